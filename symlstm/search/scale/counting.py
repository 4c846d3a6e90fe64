"""Deviations from the limits of counters that are read: boxes for as long as the readout stays right.  UNTRUSTED.

From one length on, the speeds are measured at which the boxes of what is kept must grow, with ghosts and boxes as
large as they are some words later; and what is not kept is closed around its images. Long stretches are tried first.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flint import arb, ctx, fmpq

from symlstm.kernel.algebra import ZERO, Term, Variable
from symlstm.kernel.networks.boxes import Box
from symlstm.kernel.networks.choices import chooses_in, gaps
from symlstm.kernel.networks.decisions import accepted
from symlstm.kernel.networks.families import Families, Tree
from symlstm.kernel.networks.horizons import Deviations, Followed, Reach, Step, decides_in, said, within_in
from symlstm.kernel.networks.intervals import INFINITY, NOTHING, Interval, hull
from symlstm.kernel.networks.machines import Choices
from symlstm.kernel.networks.signs import Box as Ranges
from symlstm.kernel.networks.statements import Readout
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.scale.question import Question
from symlstm.search.scale.refining import refined

NEVER = 10**100  # words
FIRST, LEAST, FULL, SPARE = 512, 128, 512, 96  # bits: to measure the slowest speed, and beside those that it takes
ROUNDS, PATIENT = 24, 12  # in which boxes must settle; in which they are not given much room
PIECES = 40
MANY, MOST = 40, 120  # edges: more are followed in one stretch; are too many
FINER = 2  # times that the length of one stretch is made more precise
FINE = 40  # a stretch is not made shorter than that part of the length reached
MARGIN = 1 + arb(2) ** -8  # of speeds
ENDS = ((12, 0), (6, 2))  # with at most so many edges: how many values at the end of a range have a family each
KEPT = arb(9) / 10  # the least factor of what is called kept
LARGEST = arb(16)  # deviation

State = dict[Variable, Interval]
Kept = dict[int, Interval]  # of a group of places, whose boxes are the same
Rest = list[State]


@dataclass
class Stretch:
    """What is kept at its first and last length, and boxes for the rest meanwhile."""

    first: Kept
    last: Kept
    rest: Rest
    words: int = 1


@dataclass
class _Search:
    question: Question
    followed: Followed
    goals: Sequence[Tree]
    keeps: set[tuple[int, Variable]] = field(default_factory=set)  # an edge, and what it keeps
    places: list[dict[Variable, int]] = field(default_factory=list)  # in each family what is kept, and its group

    @property
    def families(self) -> Families:
        return self.followed.families

    def start(self) -> Stretch:
        """No deviation. What a step multiplies by about 1 or more is kept, and has one box in all families that it joins."""
        named: Rest = [dict.fromkeys(family.limits, NOTHING) for family in self.families.families]
        for n, edge in enumerate(self.followed.edges):
            step = self.followed.step(edge, named[edge.source], NEVER)
            self.keeps |= {(n, s) for s in edge.limits if step is not None and s in edge.targets and _keeps(step, s)}
        group = {
            place: n
            for n, place in enumerate(sorted({(self.followed.edges[n].target, s) for n, s in self.keeps}, key=str))
        }
        for n, s in self.keeps:
            edge = self.followed.edges[n]
            old, new = group[edge.target, s], group.get((edge.source, s))
            if new is not None:
                group = {place: new if g == old else g for place, g in group.items()}
        self.places = [{s: group[q, s] for s in box if (q, s) in group} for q, box in enumerate(named)]
        self.keeps = {(n, s) for n, s in self.keeps if s in self.places[self.followed.edges[n].source]}
        kept = dict.fromkeys(group.values(), NOTHING)
        return Stretch(
            kept, kept, [{s: x for s, x in box.items() if (q, s) not in group} for q, box in enumerate(named)]
        )

    def boxes(self, kept: Kept, rest: Rest, q: int) -> State:
        """Of all that is known in a family."""
        return {**rest[q], **{s: kept[g] for s, g in self.places[q].items()}}

    def steps(self, kept: Kept, rest: Rest, end: int | None) -> list[tuple[int, Step]]:
        """Each word at each leaf that is in reach."""
        found = []
        for n, edge in enumerate(self.followed.edges):
            step = self.followed.step(edge, self.boxes(kept, rest, edge.source), end)
            if step is not None:
                found.append((n, step))
        return found

    def stretch(self, now: Stretch, t: int, words: int | None) -> Stretch | None:
        """From where another one ended, at t, so many words; None if a gate or the readout may be on the wrong side."""
        end, times = (None, NEVER) if words is None else (t + words, words)
        found = Stretch(dict(now.last), {}, [dict(box) for box in now.rest], words or 1)
        found.last = {g: _foreseen(now.first[g], x, arb(words or 0) / now.words) for g, x in found.first.items()}
        for n in range(ROUNDS):
            around = {g: hull(x, found.last[g]) for g, x in found.first.items()}
            steps = self.steps(around, found.rest, end)
            speeds = self._speeds(steps, found)
            grown = self._closed(found, steps, n)
            for g, x in found.first.items():
                if _moved(x, speeds[g], times) not in found.last[g] or x not in found.last[g]:
                    grown, found.last[g] = True, hull(_moved(x, _more(speeds[g]), times), found.last[g])
            if not grown:
                return found if self.is_right(around, found.rest, end) else None
            if not all(_is_small(x) for x in (*found.last.values(), *(x for box in found.rest for x in box.values()))):
                return None
        return None

    def _closed(self, found: Stretch, steps: Sequence[tuple[int, Step]], n: int) -> bool:
        """Takes in the images of what is not kept, and what is set anew of what else is; whether anything grew."""
        grown = False
        for m, step in steps:
            q = step.edge.target
            for s, old in found.rest[q].items():
                x = step.off(s)
                if x not in old:
                    found.rest[q][s], grown = _joined(old, x, n), True
            for s, g in self.places[q].items():
                if (m, s) not in self.keeps and (x := step.off(s)) not in found.first[g]:
                    found.first[g], grown = hull(found.first[g], x), True
        return grown

    def _speeds(self, steps: Sequence[tuple[int, Step]], at: Stretch) -> Kept:
        """How fast both ends of what is kept must move, by steps that keep it: at the first length and at the last."""
        found = dict.fromkeys(at.first, NOTHING)
        for n, step in steps:
            kept = [(s, g) for s, g in self.places[step.edge.target].items() if (n, s) in self.keeps]
            for ends in (at.first, at.last) if kept else ():
                box = self.boxes(ends, at.rest, step.edge.source)
                for s, g in kept:
                    x = step.off(s, box)
                    down, up = x.lo - ends[g].lo, x.hi - ends[g].hi
                    found[g] = hull(found[g], Interval(down.lower(), up.upper()))
        return found

    def is_right(self, kept: Kept, rest: Rest, end: int | None) -> bool:
        """Whether the readout is on its side, up to that length."""
        followed = self.followed
        for q, box, near in followed.read(self.goals, end):
            off = self.boxes(kept, rest, q)
            for readout, less, ends in self._sides(q, box):
                x = followed.value(readout, q, near, box, less, off)
                if not (x.lo > ends.lo and x.hi < ends.hi):
                    return False
        return True

    def _sides(self, q: int, box: Ranges) -> list[tuple[Readout, Term, Interval]]:
        """Readouts, a term less, and within which ends that must lie."""
        question, spec, family = self.question, self.followed.spec, self.families.families[q]
        if isinstance(spec.output, Choices):
            chosen = spec.output.numbers[family.places[-1].state]
            return [(gap, ZERO, Interval(arb(0), INFINITY)) for gap in gaps(question.outputs, chosen)]
        if question.threshold is not None:
            yes = accepted(spec, family, box)
            side = Interval(arb(0), INFINITY) if yes else Interval(-INFINITY, arb(0))
            return [(question.goal.readout, question.threshold, side)]
        most = arb(question.tolerance).lower()
        return [(question.goal.readout, said(spec, family), Interval(-most, most))]

    def deviations(self) -> Deviations | None:
        """For every length, or as far as it goes; None if not even for one word."""
        now = self.start()
        always = self.stretch(now, 0, None)
        if always is not None:
            return self._certificate([always], (0,), None)
        many = len(self.followed.edges) > MANY
        longest = self._longest(now, FINER if many else 0)
        pieces, knots, words = list[Stretch](), [0], longest if many else max(1, longest // 4)
        while words and len(pieces) < (1 if many else PIECES) and knots[-1] < NEVER:
            piece = self.stretch(now, knots[-1], words)
            if piece is None:
                words = words // 2 if FINE * words > knots[-1] else 0
                continue
            pieces.append(piece)
            knots.append(knots[-1] + words)
            now = piece
        return self._certificate(pieces, knots, knots[-1]) if pieces else None

    def _longest(self, now: Stretch, finer: int) -> int:
        """A number of words such that a stretch of so many from the start is found, and none of much more: a power of 2,

        or a multiple of a smaller one, `finer` times halved.
        """
        low, high = 0, NEVER.bit_length()
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (middle, high) if self.stretch(now, 0, 1 << middle) is not None else (low, middle)
        longest, step = 1 << low, 1 << low
        for _ in range(min(low, finer)):
            step //= 2
            longest += step if self.stretch(now, 0, longest + step) is not None else 0
        return longest

    def _certificate(self, pieces: Sequence[Stretch], knots: Sequence[int], last: int | None) -> Deviations:
        boxes = [
            [(_exact(self.boxes(x.first, x.rest, q)), _exact(self.boxes(x.last, x.rest, q))) for x in pieces]
            for q in range(len(self.families.families))
        ]
        return Deviations(boxes, self.followed.reach, self.goals, tuple(knots), last, ctx.prec)

    def bits(self) -> int:
        """What the slowest speed at the start takes."""
        found = self.stretch(self.start(), 0, 1)
        ends = [] if found is None else [end.mid().fmpq() for x in found.last.values() for end in x if end != 0]
        small = [int(end.q).bit_length() - int(abs(end.p)).bit_length() for end in ends]
        return max(LEAST, min(FULL, SPARE + max(small, default=0)))


def by_counters(question: Question, premise: Theorem, goals: Sequence[Tree]) -> Theorem | None:
    """Right at every length, or up to the longest one that was found; None if neither."""
    edges = len(Followed(premise, question.scale, ()).edges)
    best = None
    for ends in [n for most, n in ENDS if edges <= most]:
        theorem = _with(question, *refined(premise, goals, ends))
        if theorem is not None and (best is None or _is_longer(theorem, best)):
            best = theorem
        if best is not None and best.conclusion.last is None:
            break
    return _with(question, premise, goals) if best is None and edges <= MOST else best


def _is_longer(theorem: Theorem, best: Theorem) -> bool:
    return theorem.conclusion.last is None or theorem.conclusion.last > best.conclusion.last


def _with(question: Question, premise: Theorem, goals: Sequence[Tree]) -> Theorem | None:
    """The same with these families."""
    followed = Followed(premise, question.scale, ())
    reach = reaches(followed)
    if reach is None or len(followed.edges) > MOST:
        return None
    followed = Followed(premise, question.scale, reach)
    with ctx.workprec(FIRST):
        bits = _Search(question, followed, goals).bits()
    with ctx.workprec(bits):
        found = _Search(question, followed, goals).deviations()
    return None if found is None else _proved(question, premise, found)


def _proved(question: Question, premise: Theorem, found: Deviations) -> Theorem | None:
    """The theorem, if the kernel finds it right."""
    readout, scale = question.goal.readout, question.scale
    try:
        if question.outputs:
            return chooses_in(premise, question.outputs, scale, found)
        if question.threshold is not None:
            return decides_in(premise, readout, question.threshold, scale, found)
        theorem = within_in(premise, readout, scale, found)
    except RuleError:
        return None
    return theorem if theorem.conclusion.bound < question.tolerance else None


def reaches(followed: Followed) -> list[Reach] | None:
    """A bound a + b t of all ghosts: b the most that one word adds; None if one becomes more than another one and a number."""
    offset, step, families = 0, 0, followed.families
    for edge in followed.edges:
        for form in edge.image.values():
            constant = abs(int(form.monomials.get(frozenset(), fmpq(0)).p))
            ghosts = sum(abs(c) for mono, c in form.monomials.items() if mono)
            if ghosts > 1:
                return None
            offset, step = (offset, max(step, constant)) if ghosts else (max(offset, constant), step)
    boxes = [*(family.ghosts for family in families.families), *(edge.box for edge in followed.edges)]
    ends = [n for box in boxes for r in box.values() if None not in (r.low, r.high) for n in (r.low, r.high)]
    offset = max([offset, *(abs(n) for n in (*ends, *families.origin.values()) if n is not None)])
    return [dict.fromkeys(family.ghosts, (offset, step)) for family in families.families]


def _keeps(step: Step, s: Variable) -> bool:
    """Whether a step multiplies a deviation of the coordinate by 1 or more, or -1 or less, up to a little."""
    factor = step.row[s].coefficients(s).get(1)
    found = None if factor is None else step.near.near(factor)
    if found is None:
        return False
    x = step.near.range_of(found.main)
    return bool(_size(x) > KEPT)


def _moved(x: Interval, speed: Interval, words: int) -> Interval:
    times = arb(words)
    return Interval((x.lo + speed.lo * times).lower(), (x.hi + speed.hi * times).upper())


def _foreseen(before: Interval, now: Interval, share: arb) -> Interval:
    """Further by a share of what it was the last time, and a little more."""
    more = share * 65 / 64
    return Interval((now.lo + (now.lo - before.lo) * more).lower(), (now.hi + (now.hi - before.hi) * more).upper())


def _more(x: Interval) -> Interval:
    tiny = arb(2) ** (16 - ctx.prec)
    return Interval((x.lo * MARGIN - (tiny if x.lo else 0)).lower(), (x.hi * MARGIN + (tiny if x.hi else 0)).upper())


def _joined(old: Interval, new: Interval, n: int) -> Interval:
    """Around both; with room, after some rounds with much."""
    x = hull(old, new)
    room = (x.hi - x.lo) * arb(2) ** (-2 if n > PATIENT else -10)
    return Interval((x.lo - room).lower(), (x.hi + room).upper())


def _size(x: Interval) -> arb:
    return max(abs(x.lo), abs(x.hi))


def _is_small(x: Interval) -> bool:
    return bool(_size(x) < LARGEST)


def _exact(box: State) -> Box:
    return {s: (x.lo.fmpq(), x.hi.fmpq()) for s, x in box.items()}
