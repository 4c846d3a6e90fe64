"""Classes of word sequences with boxes that hold for ever, found in floating point.  UNTRUSTED.

States are followed as points, breadth first; what agrees with a class of the same configurations to within a
tolerance joins it. Then boxes grow around the points until no step leads out of them. The kernel checks them exactly;
where nothing is found, exact ends may still find something.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
from flint import arb, fmpq

from symlstm.kernel.networks.boxes import Box, Class, Classes
from symlstm.kernel.theorem import Unsupported
from symlstm.search.scale.float_ranges import Ends, Floats, Step, readings, recurrence
from symlstm.search.scale.question import Key, Question

MOST, ALIKE = 1500, 100  # classes, and those of one key
PRODUCTS = 8_000_000  # that the kernel evaluates at most, for one certificate: some seconds
TOLERANCES = (2.0**10, 1.0, 2.0**-2, 2.0**-4, 2.0**-6, 2.0**-8)
SWEEPS = (*[0.0] * 16, *[1.0] * 12, *[4.0] * 12, *[16.0] * 8, *[64.0] * 8)  # of its move, by which an end goes on
ROOM = 2.0**-40  # by which it goes on at least
APART = 1 / 8  # of all that a coordinate ranges over: what is nearer is made one range
LARGE = 2.0**40


class Shape(NamedTuple):
    """Within which distances states are one class, tried in turn; whether boxes of a coordinate that are near each other are made the same.

    Boxes that are the same are soon checked; others may be smaller.
    """

    tolerances: Sequence[float] = TOLERANCES
    alike: Sequence[bool] = (True, False)


ANY = Shape()


def proposals(question: Question, shape: Shape = ANY) -> Iterator[Classes]:
    """Certificates for every length, the coarsest first; none where floating point does not do."""
    try:
        step = recurrence(question.goal.system, question.coordinates).at(question.scale.k)
        ends = [(float(x.lo.mid()), x.lo == x.hi == arb(float(x.lo.mid()))) for x in question.initial.values()]
    except Unsupported:
        return
    start = np.array([x for x, _ in ends])
    room = np.array([0.0 if exact else ROOM for _, exact in ends])
    for tolerance in shape.tolerances:
        points = _Points(question, step, tolerance)
        if not points.followed(start) or points.products > PRODUCTS:
            continue
        closing = _Closing(points, room)
        if not closing.is_right(Ends(closing.states, closing.states)):
            return  # wrong, or on the threshold
        for alike in shape.alike:
            boxes = closing.closed(alike)
            if boxes is not None:
                yield closing.certificate(boxes)


@dataclass(eq=False)
class _Points:
    """Classes in the order in which they were found: key, a state, and the successor of each word, -1 for none."""

    question: Question
    step: Step
    tolerance: float
    keys: list[Key] = field(default_factory=list)
    states: list[Floats] = field(default_factory=list)
    successors: list[list[int]] = field(default_factory=list)
    _alike: dict[Key, list[int]] = field(default_factory=dict)
    _after: dict[tuple[Key, str], Key | None] = field(default_factory=dict)

    def followed(self, start: Floats) -> bool:
        """Finds all classes; whether they are few, and finite."""
        self._at(self.question.start, start)
        question = self.question
        if not all(side.holds(question.initial) for side in question.wanted(question.start)):
            self._alike.clear()  # words lead elsewhere
        while len(self.successors) < len(self.keys):
            first = len(self.successors)
            points = np.array(self.states[first:])
            lo, hi = self.step.images(Ends(points, points))
            if not (np.abs(lo) + np.abs(hi) < LARGE).all():
                return False
            for c, images in enumerate((lo + hi) / 2, first):
                keys = (self._key(self.keys[c], word) for word in self.question.goal.system.words)
                row = [-1 if key is None else self._at(key, x) for key, x in zip(keys, images, strict=True)]
                self.successors.append(row)
                if len(self.keys) > MOST or any(len(self._alike[self.keys[p]]) > ALIKE for p in row if p >= 0):
                    return False
        return True

    @property
    def products(self) -> int:
        """That are evaluated on all steps."""
        return len(self.keys) * self.question.size * len(self.question.rows)

    def _key(self, key: Key, word: str) -> Key | None:
        if (key, word) not in self._after:
            self._after[key, word] = self.question.after(key, word)
        return self._after[key, word]

    def _at(self, key: Key, state: Floats) -> int:
        """The nearest class with that key if it is near, else a new one."""
        alike = self._alike.setdefault(key, [])
        if alike:
            off = np.abs(np.array([self.states[p] for p in alike]) - state).max(1, initial=0)
            if off.min() <= self.tolerance:
                return alike[int(off.argmin())]
        self.keys.append(key)
        self.states.append(state)
        alike.append(len(self.keys) - 1)
        return alike[-1]


class _Sides(NamedTuple):
    """Of each thing that is read: the class, the coefficients and the constant, and between what it must lie."""

    classes: Any
    coefficients: Floats
    constants: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, eq=False)
class _Closing:
    """Boxes around points; `room` is around the initial state."""

    points: _Points
    room: Floats

    @cached_property
    def states(self) -> Floats:
        return np.array(self.points.states)

    @cached_property
    def edges(self) -> tuple[Any, Any, Any]:
        """Sources, words and targets of all steps."""
        successors = np.array(self.points.successors)
        sources, words = np.nonzero(successors >= 0)
        return sources, words, successors[sources, words]

    @cached_property
    def sides(self) -> _Sides:
        question, reached, found = self.points.question, {*self.edges[2].tolist()}, []
        for c in reached:
            for side in question.wanted(self.points.keys[c]):
                row, constant = readings(side.readout, question.coordinates)
                found.append((c, row, constant, float(side.ends.lo), float(side.ends.hi)))
        return _Sides(*map(np.array, zip(*found, strict=True))) if found else _Sides([], *[np.zeros(0)] * 4)

    def is_right(self, boxes: Ends) -> bool:
        """Whether all that is read is on its side everywhere in the boxes."""
        sides = self.sides
        if not len(sides.classes):
            return True
        up, down = np.maximum(sides.coefficients, 0), np.minimum(sides.coefficients, 0)
        lo, hi = boxes.lo[sides.classes], boxes.hi[sides.classes]
        least, most = (up * lo + down * hi).sum(1) + sides.constants, (up * hi + down * lo).sum(1) + sides.constants
        return bool((sides.lower < least).all() and (most < sides.upper).all())

    @np.errstate(over="ignore", invalid="ignore")
    def closed(self, alike: bool) -> Ends | None:
        """Boxes out of which no step leads; with `alike`, those of one coordinate that are near each other the same."""
        boxes = Ends(self.states.copy(), self.states.copy())
        boxes.lo[0] -= self.room
        boxes.hi[0] += self.room
        for onward in SWEEPS:
            boxes = _alike(boxes) if alike else boxes
            if not self.is_right(boxes):
                return None
            held = self._held(boxes)
            if not (np.abs(held.lo) + np.abs(held.hi) < LARGE).all():
                return None
            if (held.lo == boxes.lo).all() and (held.hi == boxes.hi).all():
                return boxes
            boxes = Ends(_onward(boxes.lo, held.lo, onward), _onward(boxes.hi, held.hi, onward))
        return None

    def _held(self, boxes: Ends) -> Ends:
        """Around the boxes and all that steps from them lead to."""
        sources, words, targets = self.edges
        images = self.points.step.images(boxes)
        lo, hi = boxes.lo.copy(), boxes.hi.copy()
        np.minimum.at(lo, targets, images.lo[sources, words])
        np.maximum.at(hi, targets, images.hi[sources, words])
        return Ends(lo, hi)

    def certificate(self, boxes: Ends) -> Classes:
        """With exact ends."""
        exact = {x: fmpq(*x.as_integer_ratio()) for x in {*boxes.lo.ravel().tolist(), *boxes.hi.ravel().tolist()}}
        rows = zip(self.points.keys, boxes.lo.tolist(), boxes.hi.tolist(), self.points.successors, strict=True)
        found = []
        for key, lo, hi, successors in rows:
            ends = zip(self.points.question.coordinates, lo, hi, strict=True)
            box: Box = {s: (exact[a], exact[b]) for s, a, b in ends}
            found.append(Class(*key, [(box, box)], [None if p < 0 else p for p in successors]))
        return Classes(found)


def _onward(old: Floats, new: Floats, share: float) -> Floats:
    """An end that moved, a share of its move further."""
    return np.where(new == old, old, new + (new - old) * share + np.sign(new - old) * ROOM)


def _alike(boxes: Ends) -> Ends:
    """For each coordinate one range in place of those that are near each other."""
    lo, hi = boxes.lo.copy(), boxes.hi.copy()
    for a, b in zip(lo.T, hi.T, strict=True):
        order = np.argsort(a)
        reach = np.maximum.accumulate(b[order])
        groups = np.concatenate([[0], np.cumsum(a[order][1:] > reach[:-1] + APART * (b.max() - a.min()))])
        for n in range(groups[-1] + 1):
            own = order[groups == n]
            a[own], b[own] = a[own].min(), b[own].max()
    return Ends(lo, hi)
