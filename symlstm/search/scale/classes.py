"""Proposes classes of word sequences with the boxes that their states reach, leaks left out of account.  UNTRUSTED.

Breadth first over the product of network and specification, in intervals: what agrees with a class of the
same configurations, to within a tolerance, joins it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import reduce

from flint import arb, ctx

from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.intervals import Interval, hull
from symlstm.kernel.theorem import RuleError
from symlstm.search.scale.question import Key, Question

MOST = 1500  # classes
VISITS = 60  # of one class before its box is taken as it is
SLACK = arb(2) ** -30  # by which an image may be outside of a box that it joins without changing it

State = dict[Variable, Interval]


class Astray(RuleError):
    """A readout that is wrong, or a box in which it may be, after the words `label`; or too many classes."""

    def __init__(self, found: str, needed: str, label: tuple[str, ...] | None = None) -> None:
        super().__init__("classes", found, needed)
        self.label = label


@dataclass
class Found:
    """Classes in the order in which they were found: key, words that lead there, box, and the successor of each word."""

    question: Question
    last: int | None = None
    keys: list[Key] = field(default_factory=list)
    labels: list[tuple[str, ...]] = field(default_factory=list)
    boxes: list[State] = field(default_factory=list)
    successors: list[list[int | None]] = field(default_factory=list)

    def images(self, c: int, box: Mapping[Variable, Interval]) -> list[State | None]:
        """Where each word leads from a box of the class; None where no promised sequence does."""
        question = self.question
        question.spent[0] += question.size * len(question.rows)
        if question.spent[0] > question.work:
            raise Astray("boxes that have not settled after much work", "fewer classes, or a smaller network")
        values = question.scale.intervals(question.goal.system, box)
        words = zip(question.goal.system.words, question.rows, strict=True)
        return [
            {s: values[row[s]] for s in question.coordinates} if question.after(self.keys[c], word) else None
            for word, row in words
        ]

    def is_right(self, c: int, box: Mapping[Variable, Interval]) -> bool:
        """Whether the readout is on its side everywhere in a box of the class."""
        return not (c or self.is_target(0)) or all(side.holds(box) for side in self.question.wanted(self.keys[c]))

    @property
    def limits(self) -> dict[Variable, Interval]:
        """Around all boxes of each coordinate."""
        return {s: reduce(hull, (box[s] for box in self.boxes)) for s in self.boxes[0]}

    @property
    def sizes(self) -> dict[Variable, arb]:
        """The largest size of each coordinate."""
        return {s: max(abs(x.lo), abs(x.hi)) for s, x in self.limits.items()}

    def is_target(self, c: int) -> bool:
        """Whether a word leads there."""
        return any(c in row for row in self.successors)


def explore(question: Question, tolerance: arb, bits: int, last: int | None = None, join: bool = True) -> Found:
    """The classes of states that agree to within the tolerance, with boxes around them. Raises Astray.

    With `last`, of states after the same number of words, up to so many. If they are not to be joined, each
    class has the state that was found first: a sketch of what is reached, and no certificate.
    """
    with ctx.workprec(bits):
        found = Found(question, last)
        _add(found, question.start, (), question.initial)
        _search(found, tolerance, join)
        return found


def _add(found: Found, key: Key, label: tuple[str, ...], box: State) -> int:
    if len(found.keys) == MOST:
        raise Astray(f"more than {MOST} classes of states", "few that repeat")
    found.keys.append(key)
    found.labels.append(label)
    found.boxes.append(box)
    found.successors.append([])
    c = len(found.keys) - 1
    if not all(x.lo.is_finite() and x.hi.is_finite() for x in box.values()) or not found.is_right(c, box):
        raise Astray(f"a wrong readout after: {' '.join(label)}", "a right one", label)
    return c


def _search(found: Found, tolerance: arb, join: bool) -> None:
    first = all(
        side.holds(found.boxes[0]) for side in found.question.wanted(found.keys[0])
    )  # else words lead elsewhere
    todo, visits, index = deque([0]), [0], dict[tuple[Key, int], list[int]]({(found.keys[0], 0): [0] * first})
    while todo:
        c = todo.popleft()
        visits[c] += 1
        if visits[c] > VISITS or len(found.labels[c]) == found.last:
            continue
        for j, image in enumerate(found.images(c, found.boxes[c])):
            if image is None:
                if len(found.successors[c]) == j:
                    found.successors[c].append(None)
                continue
            p = _place(found, c, j, image, index, tolerance)
            if p == len(visits):
                visits.append(0)
                todo.append(p)
            elif join and not is_inside(image, found.boxes[p], SLACK):
                found.boxes[p] = {s: hull(x, found.boxes[p][s]) for s, x in image.items()}
                if not found.is_right(p, found.boxes[p]):
                    raise Astray(
                        f"one box around right and wrong readouts, after: {' '.join(found.labels[p])}", "on one side"
                    )
                if p not in todo:
                    todo.append(p)


def _place(found: Found, c: int, j: int, image: State, index: dict[tuple[Key, int], list[int]], tolerance: arb) -> int:
    """The class of an image: the one that was there, one near it, or a new one."""
    if len(found.successors[c]) > j:
        kept = found.successors[c][j]
        if kept is not None:
            return kept
    word = found.question.goal.system.words[j]
    key = found.question.after(found.keys[c], word)
    if key is None:
        raise RuleError("classes", "an image that is not promised", "a promised one")
    same = index.setdefault((key, 0 if found.last is None else 1 + len(found.labels[c])), [])
    near = [p for p in same if is_inside(image, found.boxes[p], min(SLACK, tolerance))]
    near = near or [p for p in same if _distance(image, found.boxes[p]) <= tolerance]
    if not near:
        same.append(_add(found, key, (*found.labels[c], word), image))
        near = same[-1:]
    p = min(near, key=lambda p: float(_distance(image, found.boxes[p])))
    found.successors[c].append(p)
    return p


def is_inside(x: State, box: State, slack: arb) -> bool:
    """Whether each coordinate is, or is outside by so little."""
    return all(bool(box[s].lo - slack <= i.lo) and bool(i.hi <= box[s].hi + slack) for s, i in x.items())


def _distance(x: State, box: State) -> arb:
    """The largest between middles."""
    return max((abs((i.lo + i.hi - box[s].lo - box[s].hi).mid()) / 2 for s, i in x.items()), default=arb(0))
