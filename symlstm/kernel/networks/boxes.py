"""One scale, or all scales from one on, and every promised word: boxes closed under every step.  TRUSTED.

A *class* holds word sequences after which the specification has the same configurations (after the last
`delay` + 1 prefixes). It has a box around the states that they lead to, which may change with the length t:

    initial state in box(0, 0)      step(box(c, t), w) inside box(c w, t + 1), for all classes c, promised words w and 0 <= t < last
    --------------------------------------------------------------------------------------------------------------------------------
                   after every promised word sequence of length t <= last the state lies in box(class reached, t)

The lengths are cut at `knots`; between two of them the ends of a box lie on a line. There a gate is enclosed over
all t at once. A sum of products in which a coordinate stands at most once has its largest value at a corner of its
atoms' intervals, which is linear in t, and the largest of linear functions is convex: it stays below a line if it
does at both ends. With one knot the boxes do not change, and hold at every length.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from types import MappingProxyType
from typing import TypeAlias

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks.enclosures import lower, upper
from symlstm.kernel.networks.fixed_scale import updates
from symlstm.kernel.networks.intervals import INFINITY, Interval, Intervals, around, within
from symlstm.kernel.networks.invariants import at_word
from symlstm.kernel.networks.machines import Acceptance, Configuration, Machine, Values, check_machine, machine_of
from symlstm.kernel.networks.statements import Goal, Readout, System, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, conclude

Ends: TypeAlias = tuple[fmpq, fmpq]
Box: TypeAlias = Mapping[Variable, Ends]
Pair: TypeAlias = tuple[Box, Box]


@dataclass(frozen=True)
class Class:
    """The configurations of the specification, oldest first, and of its domain; boxes; a successor a word.

    Each pair of boxes is for the lengths from a knot to the next: at the first and at the last of them. A successor
    is None if no promised sequence goes on like that. Without successors, (), it is reached at the end only.
    """

    configurations: Sequence[Configuration]
    domain: Configuration | None
    boxes: Sequence[Pair]
    successors: Sequence[int | None]


@dataclass(frozen=True)
class Classes:
    """A certificate, class 0 the start, knots 0 = t_0 < t_1 < ... = last, or 0 alone; checked with `bits` bits.

    `last` is None for every length.
    """

    classes: Sequence[Class]
    knots: Sequence[int] = (0,)
    last: int | None = None
    bits: int = 128


@dataclass(frozen=True)
class Scale:
    """A number k > 0: the scale, or with `onward` the least of all scales that are meant."""

    k: fmpq
    onward: bool = False

    def rows(self, system: System) -> Sequence[Mapping[Variable, Term]]:
        """The updates for each word, with the scale put in if it is one number."""
        if type(self.k) is not fmpq or not self.k > 0 or type(self.onward) is not bool or system.parameters:
            found = f"k = {self.k} and the open parameters {system.parameters}"
            raise RuleError("boxes", found, "a rational k > 0 and no open parameters")
        return [at_word(system, word) for word in system.words] if self.onward else updates(system, self.k)

    def intervals(self, system: System, box: Mapping[Variable, Interval], near: Intervals | None = None) -> Intervals:
        """The ranges of terms over a box, those of another box taken where they are the same."""
        if not self.onward:
            return Intervals(box, near=near)
        return Intervals({**box, system.scale: Interval(arb(self.k).lower(), INFINITY)}, system.scale, near)


class AtScale(Goal):
    """At scale k (with `onward`: at every scale from k on), for every promised word sequence w_1 ... w_T of every
    length T >= max(1, delay), and T <= last unless that is None.
    """

    scale: Scale
    last: int | None


class WithinAt(AtScale):
    """|readout_T - specification(w_1 ... w_(T-delay))| <= bound: at this scale, on these sequences."""

    bound: fmpq


class DecidesAt(AtScale):
    """readout_T > threshold if w_1 ... w_(T-delay) is accepted, and < threshold if not: at this scale, on these sequences."""

    threshold: Term


class Closed:
    """Classes that have been checked, of a system at a scale and a specification (the figure above)."""

    def __init__(self, goal: Goal, scale: Scale, classes: Classes) -> None:
        self.system, self.readout, self.scale = goal.system, goal.readout, scale
        self.machine = as_machine(goal.specification)
        check_machine(self.machine, self.system.words)
        check_readout(self.readout)
        own = [
            Class((*c.configurations,), c.domain, [*map(copied, c.boxes)], (*c.successors,)) for c in classes.classes
        ]
        self.classes, self.knots, self.last = own, (*classes.knots,), classes.last
        self._check_shapes()
        self.rows = scale.rows(self.system)
        self._check_start()
        self.near = scale.intervals(self.system, around_all(own[-1].boxes))
        for c in range(len(own)):
            self._check_class(c)

    def _check_shapes(self) -> None:
        size, words = len(self.classes), len(self.system.words)
        for c in self.classes:
            numbers = all(p is None or (type(p) is int and 0 <= p < size) for p in c.successors)
            if not numbers or len(c.successors) not in (0, words):
                raise RuleError("boxes", "a class of another shape", "a successor a word, or none at all")
            check_pairs(c.boxes, self.knots, self.last, self.system.state)
        self._check_unfinished()

    def _check_unfinished(self) -> None:
        """A class without successors is only reached by sequences of the last length."""
        depth, level = {0: 0}, [0]
        while level:
            new = [p for c in level for p in self.classes[c].successors if p is not None]
            level = [p for p in dict.fromkeys(new) if p not in depth]
            depth |= dict.fromkeys(level, 1 + max(depth.values()))
        for c, n in depth.items():
            if not self.classes[c].successors and (self.last is None or n < self.last):
                raise RuleError(
                    "boxes", f"nothing after class {c}, reached by {n} words", "successors up to the last length"
                )

    def _check_start(self) -> None:
        first, domain = self.classes[0], self.machine.domain
        if first.configurations != (self.machine.first,) or first.domain != (domain and domain.first):
            raise RuleError(
                "boxes", f"a first class with {first.configurations}", "the configuration of the empty word"
            )
        start = first.boxes[0][0]
        initial = dict(zip(self.system.state, self.system.initial, strict=True))
        _check_inside({s: constant(initial[s]) for s in start}, start, "the initial state")

    def _check_class(self, c: int) -> None:
        source = self.classes[c]
        moves = [*zip(self.system.words, self.rows, source.successors, strict=bool(source.successors))]
        for word, _, p in moves:
            self._check_specification(source, word, p)
        for j, pair in enumerate(source.boxes):
            values = self.scale.intervals(self.system, around_all([pair]), self.near)
            length = self.knots[j + 1] - self.knots[j] if len(self.knots) > 1 else 1
            for word, row, p in moves:
                if p is not None:
                    check_step(values, row, pair, self.classes[p].boxes[j], length, f"class {c} + {word}")

    def _check_specification(self, source: Class, word: str, p: int | None) -> None:
        domain = self.machine.domain
        if p is None:
            ahead = None if domain is None or source.domain is None else domain.after(source.domain, word)
            if ahead is None or domain is None or ahead.state not in domain.hopeless:
                raise RuleError(
                    "boxes", f"no successor for {word}", "one for each word that a promised sequence may go on with"
                )
            return
        after = (*source.configurations, self.machine.after(source.configurations[-1], word))[-self.readout.delay - 1 :]
        promised = domain.after(source.domain, word) if domain is not None and source.domain is not None else None
        if self.classes[p].configurations != after or self.classes[p].domain != promised:
            raise RuleError("boxes", f"class {p} after {word}", f"the configurations {after} and {promised}")

    def claimed(self) -> Iterator[tuple[Mapping[Variable, Interval], fmpq | bool | int]]:
        """Of each class of which something is claimed: where its states are, and what the specification says."""
        for p in {p for c in self.classes for p in c.successors if p is not None}:
            c, domain = self.classes[p], self.machine.domain
            promised = domain is None or c.domain is None or domain.says(c.domain)
            if promised and len(c.configurations) > self.readout.delay:
                yield around_all(c.boxes), self.machine.says(c.configurations[0])


def as_machine(specification: WeightedAutomaton | Machine) -> Machine:
    """The specification as a machine."""
    return machine_of(specification) if isinstance(specification, WeightedAutomaton) else specification


def check_readout(readout: Readout) -> None:
    """Refuse a readout with other coefficients than constants, or another delay than a natural number."""
    numbers = [readout.constant, *(x for _, x in readout.terms)]
    constant = all(algebra.is_normal(x) and not x.symbols() for x in numbers)
    if not constant or type(readout.delay) is not int or readout.delay < 0:
        raise RuleError("boxes", readout, "a readout with constant coefficients and a natural delay")


def read(readout: Readout, box: Mapping[Variable, Interval]) -> Interval:
    """All values of the readout in a box."""
    form = algebra.total([readout.constant, *(algebra.atom(s) * x for s, x in readout.terms)])
    return Intervals(box)[form]


def check_pairs(pairs: Sequence[Pair], knots: tuple[int, ...], last: int | None, known: Iterable[Variable]) -> None:
    """Refuse boxes for other lengths or over other coordinates, or one that does not hold the one before the same knot."""
    rising = knots[:1] == (0,) and all(type(t) is int for t in knots) and all(map(int.__lt__, knots, knots[1:]))
    ends = (last is None or type(last) is int) and (len(knots) == 1 or knots[-1] == last)
    if not rising or not ends:
        raise RuleError("boxes", f"the knots {knots} up to {last}", "whole numbers that grow from 0 to the last length")
    if len(pairs) != max(1, len(knots) - 1):
        raise RuleError("boxes", f"{len(pairs)} pairs of boxes", f"one for each of {max(1, len(knots) - 1)} stretches")
    named = {frozenset(box) for pair in pairs for box in pair}
    if len(named) != 1 or not {*pairs[0][0]} <= {*known}:
        raise RuleError("boxes", f"boxes over {named}", "the same coordinates of the state at each knot")
    if len(knots) == 1 and pairs[0][0] != pairs[0][1]:
        raise RuleError("boxes", "a box that changes for ever", "one box for every length, or a last length")
    for (_, before), (after, _) in pairwise(pairs):
        if not all(after[s][0] <= before[s][0] and before[s][1] <= after[s][1] for s in after):
            raise RuleError("boxes", "a box at a knot outside the next one", "one that is inside")


def check_step(
    values: Intervals, row: Mapping[Variable, Term], source: Pair, target: Pair, length: int, where: str, later: int = 1
) -> None:
    """Refuse a step that leads outside, from the boxes of `source` at t into those of `target` at t + `later`, which is

    0 or 1, 0 <= t < length. Both pairs are at 0 and at `length`; `values` are the ranges over all of the source's.
    """
    step = fmpq(1, length)
    first, last = (
        target if target[0] == target[1] else (between(*target, at) for at in (step * later, 1 + step * (later - 1)))
    )
    aims = (last,) if first == last else (first, last)
    moving = [s for s in aims[0] if not all(values[row[s]] in within(*aim[s]) for aim in aims)]
    for s in moving:
        check_linear(row[s], source, where)
    for box, aim in zip((source[0], between(*source, 1 - step)), (first, last), strict=True):
        _check_inside({s: along(values, row[s], box) for s in moving}, aim, where)


def check_linear(term: Term, source: Pair, where: str) -> None:
    """Each product has at most one coordinate whose box changes, outside functions and to the first power."""
    changing = {s for s in source[0] if source[0][s] != source[1][s]}
    for mono in term.monomials:
        powers = [n for a, n in mono if a in changing]
        if powers not in ([], [1]):
            raise RuleError(
                "boxes", f"{term} after {where}", "at most one coordinate with a changing box in each product"
            )


def along(values: Intervals, term: Term, box: Box) -> Interval:
    """The range over one of the boxes, functions taken over all of them."""
    atoms = {a for mono in term.monomials for a, _ in mono}
    own = {a: around(*box[a]) if a in box else values[a] for a in atoms if not isinstance(a, Apply)}
    return Intervals({**{a: values[a] for a in atoms}, **own}, values.scale)[term]


def _check_inside(found: Mapping[Variable, Interval], box: Box, where: str) -> None:
    for s, x in found.items():
        if x not in within(*box[s]):
            raise RuleError("boxes", f"{s} in {_shown(x)} after {where}", f"inside [{box[s][0]}, {box[s][1]}]")


def _shown(x: Interval) -> str:
    return f"[{x.lo.str(8, radius=False)}, {x.hi.str(8, radius=False)}]"


def copied(pair: Pair) -> Pair:
    """Read-only copies, and nothing but rationals in them."""
    first, last = ({s: (lo, hi) for s, (lo, hi) in box.items()} for box in pair)
    if not all(type(lo) is type(hi) is fmpq and lo <= hi for box in (first, last) for lo, hi in box.values()):
        raise RuleError("boxes", "a box with other ends", "rationals lo <= hi")
    return MappingProxyType(first), MappingProxyType(last)


def between(first: Box, last: Box, share: fmpq) -> Box:
    """The box on the way from one to another."""
    ends = {s: zip(first[s], last[s], strict=True) for s in first}
    return {s: tuple(a + (b - a) * share for a, b in pair) for s, pair in ends.items()}


def around_all(pairs: Sequence[Pair]) -> Mapping[Variable, Interval]:
    """Around all the boxes."""
    boxes = [box for pair in pairs for box in pair]
    ends = {s: [box[s] for box in boxes] for s in boxes[0]}
    return {s: around(min(lo for lo, _ in own), max(hi for _, hi in own)) for s, own in ends.items()}


def constant(term: Term) -> Interval:
    """Around a constant term."""
    ball = algebra.constant_ball(term, ctx.prec)
    return Interval(ball.lower(), ball.upper())


def within_at(goal: Goal, scale: Scale, classes: Classes) -> Theorem:
    """classes closed     a readout and a specification of numbers
    --------------------------------------------------------------
       WithinAt: bound = the largest |readout - specification| over the boxes
    """
    with ctx.workprec(classes.bits):
        closed, bound = Closed(goal, scale, classes), fmpq(0)
        if type(closed.machine.output) is not Values:
            raise RuleError("within at", closed.machine.output, "a specification that says numbers")
        for box, said in closed.claimed():
            x = read(goal.readout, box)
            bound = max(bound, upper(x.hi) - said, said - lower(x.lo))
    statement = WithinAt(goal.system, goal.readout, goal.specification, scale, closed.last, bound)
    return conclude(statement, "boxes", certificate=classes)


def decides_at(goal: Goal, threshold: Term, scale: Scale, classes: Classes) -> Theorem:
    """classes closed     readout > threshold in the boxes of classes that are accepted, < threshold in the others
    -------------------------------------------------------------------------------------------------------------
                                                    DecidesAt
    """
    if not algebra.is_normal(threshold) or threshold.symbols():
        raise RuleError("decides at", f"the threshold {threshold}", "a constant")
    with ctx.workprec(classes.bits):
        closed, level = Closed(goal, scale, classes), constant(threshold)
        if type(closed.machine.output) is not Acceptance:
            raise RuleError("decides at", closed.machine.output, "a specification that accepts or not")
        for box, said in closed.claimed():
            x = read(goal.readout, box)
            if not (x.lo > level.hi if said else x.hi < level.lo):
                side = "above" if said else "below"
                raise RuleError("decides at", f"a readout in {_shown(x)}", f"{side} the threshold {threshold}")
    statement = DecidesAt(goal.system, goal.readout, goal.specification, scale, closed.last, threshold)
    return conclude(statement, "boxes", certificate=classes)
