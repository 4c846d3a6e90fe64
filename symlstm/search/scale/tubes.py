"""Boxes that grow with the length by what leaks at each word, for as long as the readout stays right.  UNTRUSTED.

A cell that is held by a forget gate below 1 moves a little at each word. From the speed at which the ends of its box
must move now, it is foretold where they are some words later; with boxes around both, the speed that holds all the
while is measured, and with it how long that room lasts. So on, as a differential equation is integrated in steps.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from flint import arb, ctx, fmpq

from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.boxes import Classes, Pair, along
from symlstm.kernel.networks.intervals import Interval, hull
from symlstm.search.scale.classes import Found, State
from symlstm.search.scale.closing import classes, exact, swept

SWEEPS = 30  # before what still moves is called a leak
CLOSING = 8  # rounds in which what does not leak must settle
LITTLE = arb(2) ** -20  # room for what does not leak
NEVER = 10**100  # words: a longer time is not told from for ever
MARGIN = 1 + fmpq(1, 1 << 12)  # of speeds
WIDEST, NARROWEST = fmpq(1, 8), fmpq(1, 1 << 9)  # share of its size by which what leaks may move in one step
FORESIGHT = fmpq(3, 2)  # rooms, in what the speed of now would need
SPARE = fmpq(1, 1 << 6)  # share of a room that an end has at least
STEPS = 120

Place = tuple[int, Variable]  # a coordinate in a class
Speeds = Mapping[Place, tuple[fmpq, fmpq]]  # down, up


@dataclass
class _Tubes:
    found: Found
    base: list[State]
    moving: set[Place]
    group: dict[Place, int] = field(default_factory=dict)  # places that steps lead to each other, keeping the value
    size: dict[Variable, arb] = field(default_factory=dict)

    def closed(self, boxes: list[State]) -> list[State] | None:
        """The boxes, those of what does not move made so wide that they hold their images; None if that does not end."""
        for n in range(CLOSING):
            settled = True
            for c in range(len(boxes)):
                for image, p in self.edges(c, boxes[c]):
                    for s, x in image.items():
                        if (p, s) not in self.moving and x not in boxes[p][s]:
                            settled, joined = False, hull(boxes[p][s], x)
                            boxes[p] = {
                                **boxes[p],
                                s: _wider(joined, _growth(joined, boxes[p][s]) if n > 1 else arb(0)),
                            }
            if not all(self.found.is_right(c, box) for c, box in enumerate(boxes)):
                return None
            if settled:
                return boxes
        return None

    def edges(self, c: int, box: State) -> Iterator[tuple[State, int]]:
        """The images of a box, and the classes in which they are."""
        for image, p in zip(self.found.images(c, box), self.found.successors[c], strict=True):
            if image is not None and p is not None:
                yield image, p

    def updates(self, c: int) -> Iterator[tuple[Mapping[Variable, Term], int]]:
        """The updates of the words that lead from a class to others."""
        for row, p in zip(self.found.question.rows, self.found.successors[c], strict=True):
            if p is not None:
                yield row, p

    def arrivals(self, p: int, row: Mapping[Variable, Term], box: State, kept: bool) -> list[Variable]:
        """What moves in a class, of which a step from a box does or does not keep the value."""
        keeps = self.found.question.keeps
        return [s for q, s in self.moving if q == p and keeps(row[s], s, box) == kept]

    def resets(self, boxes: list[State]) -> list[State]:
        """Where steps lead that do not keep the value of what moves."""
        found: list[State] = [{} for _ in boxes]
        for c, box in enumerate(boxes):
            for (image, p), (row, _) in zip(self.edges(c, box), self.updates(c), strict=True):
                for s in self.arrivals(p, row, box, kept=False):
                    found[p][s] = hull(image[s], found[p].get(s, image[s]))
        return found

    def grouped(self) -> dict[Place, int]:
        """A number for each place, the same for those that are joined by steps that keep the value."""
        group = {place: n for n, place in enumerate(sorted(self.moving, key=str))}
        for c, box in enumerate(self.base):
            for row, p in self.updates(c):
                for s in self.arrivals(p, row, box, kept=True):
                    if (c, s) in group:
                        old, new = group[p, s], group[c, s]
                        group = {place: new if n == old else n for place, n in group.items()}
        return group

    def speeds(self, first: list[State], last: list[State]) -> Speeds:
        """By how much at least the ends of each place must move at a word, the same in each group."""
        found = dict.fromkeys(self.group.values(), (fmpq(0), fmpq(0)))
        question = self.found.question
        for c in range(len(first)):
            around = {s: hull(first[c][s], last[c][s]) for s in first[c]}
            values = question.scale.intervals(question.goal.system, around)
            for row, p in self.updates(c):
                for s in self.arrivals(p, row, around, kept=True):
                    for source, target in ((first, first), (last, last)):
                        x, aim = along(values, row[s], exact(source[c])), target[p][s]
                        down, up = found[self.group[p, s]]
                        found[self.group[p, s]] = max(down, _exact(aim.lo - x.lo)), max(up, _exact(x.hi - aim.hi))
        least = {s: _exact(size * arb(2) ** (12 - ctx.prec)) for s, size in self.size.items()}
        both = {place: found[n] for place, n in self.group.items()}
        return {(c, s): (d * MARGIN + least[s], u * MARGIN + least[s]) for (c, s), (d, u) in both.items()}

    def moved(self, boxes: list[State], speeds: Speeds, times: fmpq) -> list[State]:
        """The boxes so many words later."""
        found = [dict(box) for box in boxes]
        for (c, s), (down, up) in speeds.items():
            x = boxes[c][s]
            found[c][s] = Interval((x.lo - arb(down * times)).lower(), (x.hi + arb(up * times)).upper())
        return found


def tubes(found: Found, bits: int) -> Classes | None:
    """Boxes that hold up to some length, the longest that was found; None if not even for a word."""
    with ctx.workprec(bits):
        base = [dict(box) for box in found.boxes]
        for _ in range(SWEEPS):
            grown = swept(found, base, arb(0))
            if grown is None:
                return None
            if not grown:
                break
        made = _Tubes(found, base, _moving(found, base))
        made.group = made.grouped()
        made.size = found.sizes
        pairs, lengths = _integrated(made)
        if not lengths:
            return None
        knots = [sum(lengths[:n]) for n in range(len(lengths) + 1)]
        return classes(found, pairs, knots, knots[-1], bits)


def _moving(found: Found, base: list[State]) -> set[Place]:
    """What does not stay in its box when all boxes are given a little room, and what such a value is kept from or for."""
    made, boxes = _Tubes(found, base, set()), [{s: _wider(x, LITTLE) for s, x in box.items()} for box in base]
    images = (edge for c in range(len(base)) for edge in made.edges(c, boxes[c]))
    moving = {(p, s) for image, p in images for s, x in image.items() if x not in boxes[p][s]}
    names = {s for _, s in moving}
    keeps = found.question.keeps
    kept = [
        {(c, s), (p, s)}
        for c, box in enumerate(base)
        for row, p in made.updates(c)
        for s in names
        if keeps(row[s], s, box)
    ]
    while wider := set[Place]().union(*(pair for pair in kept if pair & moving)) - moving:
        moving |= wider
    return moving


def _integrated(made: _Tubes) -> tuple[list[list[Pair]], list[int]]:
    """The pairs of boxes of each class, and how many words each pair lasts."""
    pairs: list[list[Pair]] = [[] for _ in made.base]
    lengths: list[int] = []
    now, share = [dict(box) for box in made.base], WIDEST
    while share >= NARROWEST and len(lengths) < STEPS and sum(lengths) < NEVER:
        step = _step(made, now, share)
        if step is None:
            share /= 2
            continue
        first, last, times = step
        for own, a, b in zip(pairs, first, last, strict=True):
            own.append((exact(a), exact(b)))
        lengths.append(times)
        now, share = last, min(WIDEST, 2 * share)
    return pairs, lengths


def _step(made: _Tubes, now: list[State], share: fmpq) -> tuple[list[State], list[State], int] | None:
    """Boxes now and some words later, when what leaks has moved by about that share of its size; None if that fails."""
    before = made.speeds(now, now)
    sizes = {s: size.lower().fmpq() for s, size in made.size.items()}
    pace = max((v / sizes[s] for (_, s), both in before.items() for v in both if sizes[s] > 0), default=fmpq(0))
    wanted = share / pace if pace > 0 else fmpq(NEVER)
    wanted = min(wanted, fmpq(NEVER))
    spare = {s: share * SPARE * size for s, size in sizes.items()}
    ahead = wanted * FORESIGHT
    rooms = {(c, s): (max(d * ahead, spare[s]), max(u * ahead, spare[s])) for (c, s), (d, u) in before.items()}
    pair = _pair(made, now, rooms)
    if pair is None:
        return None
    first, last = pair
    speeds = made.speeds(first, last)
    times = _times(first, last, speeds)
    if times < 1 or 2 * times < wanted:
        return None
    ends = made.moved(first, speeds, fmpq(times))
    return (
        first,
        [{**box, **{s: ends[c][s] for s in box if (c, s) in made.moving}} for c, box in enumerate(last)],
        times,
    )


def _pair(made: _Tubes, now: list[State], room: Speeds) -> tuple[list[State], list[State]] | None:
    """Boxes that hold those of now and all that steps set anew, and the same with so much room; None if none close."""
    first = [_joined(box, new) for box, new in zip(now, made.resets(now), strict=True)]
    for _ in range(CLOSING):
        last = made.closed([_widened(made, c, box) for c, box in enumerate(made.moved(first, room, fmpq(1)))])
        if last is None:
            return None
        first = [{s: first[c][s] if (c, s) in made.moving else x for s, x in box.items()} for c, box in enumerate(last)]
        resets = made.resets(last)
        if all(x in first[c][s] for c, new in enumerate(resets) for s, x in new.items()):
            return first, last
        first = [_joined(box, new) for box, new in zip(first, resets, strict=True)]
    return None


def _widened(made: _Tubes, c: int, box: State) -> State:
    """A little room for what does not move; a box that has it already keeps it."""
    return {s: x if (c, s) in made.moving else hull(x, _wider(made.base[c][s], LITTLE)) for s, x in box.items()}


def _joined(box: State, new: State) -> State:
    return {s: hull(x, new.get(s, x)) for s, x in box.items()}


def _times(first: list[State], last: list[State], speeds: Speeds) -> int:
    """For how many words the room lasts."""
    found = fmpq(NEVER)
    for (c, s), (down, up) in speeds.items():
        rooms = _exact(first[c][s].lo - last[c][s].lo, down=True), _exact(last[c][s].hi - first[c][s].hi, down=True)
        found = min([found, *(room / v for room, v in zip(rooms, (down, up), strict=True) if v > 0)])
    return int(found.floor())


def _exact(x: arb, down: bool = False) -> fmpq:
    return (x.lower() if down else x.upper()).fmpq()


def _wider(x: Interval, room: arb) -> Interval:
    return Interval((x.lo - room).lower(), (x.hi + room).upper())


def _growth(joined: Interval, old: Interval) -> arb:
    return (joined.hi - joined.lo - old.hi + old.lo).upper()
