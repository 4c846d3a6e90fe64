"""One scale and counters that are read: what holds up to a length, by how far the state is off its limits.  TRUSTED.

Families are about limits, but which family a word sequence reaches, and with which values of its ghosts, is a
matter of whole numbers at any scale. Let L_q(x) be the limits in family q. A certificate bounds ghosts by the
number of words, and has for each family a box for what the state is off them, which may grow with it (as in boxes.py):

    start:  |origin| <= reach(0), and box(0, 0) holds 0
    net:    q -w-> q' a leaf, x in its box, |x| <= reach(t), d in box(q, t):  step(L_q(x) + d, w) - L_q'(u(x)) in box(q', t + 1)
    reach:  |x| <= reach(t):  |u(x)| <= reach(t + 1)                                                       for all 0 <= t < last
    -----------------------------------------------------------------------------------------------------------------
    after every promised word sequence of length t <= last: its family and ghosts, and the state is L_q(x) + d, d in box(q, t)
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from flint import ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Monomial, Term, Variable
from symlstm.kernel.networks.boxes import (
    DecidesAt,
    Pair,
    Scale,
    WithinAt,
    around_all,
    between,
    check_linear,
    check_pairs,
    check_readout,
    constant,
    copied,
)
from symlstm.kernel.networks.decisions import accepted, promised, value
from symlstm.kernel.networks.deviations import Near, Neighbourhood
from symlstm.kernel.networks.enclosures import lower, upper
from symlstm.kernel.networks.families import Families, Family, Tree, form_of, leaves, machine
from symlstm.kernel.networks.intervals import INFINITY, NOTHING, Interval, add, around, multiply, within
from symlstm.kernel.networks.invariants import at_word
from symlstm.kernel.networks.machines import Acceptance, Machine, Values
from symlstm.kernel.networks.signs import Box, Range, image_range, pinned, put
from symlstm.kernel.networks.statements import Readout, System
from symlstm.kernel.theorem import RuleError, Theorem, conclude

Off = Mapping[Variable, Interval]  # by what each coordinate is off its limit
Reach = Mapping[Variable, tuple[int, int]]  # of each ghost: |x| <= a + b t after t words


@dataclass(frozen=True)
class Deviations:
    """A certificate: of each family boxes, between knots, and the reach of its ghosts; trees of cuts for what is read.

    Knots 0 = t_0 < t_1 < ... = last, or 0 alone, then `last` may be None, for every length. Checked with `bits` bits.
    """

    boxes: Sequence[Sequence[Pair]]
    reach: Sequence[Reach]
    goals: Sequence[Tree]
    knots: Sequence[int]
    last: int | None
    bits: int = 256


class Edge(NamedTuple):
    """A word at a leaf: the families before and after, the leaf's box, and the limits of both as terms in its ghosts."""

    source: int
    target: int
    word: str
    image: Mapping[Variable, Term]
    box: Box
    limits: Mapping[Variable, Term]
    targets: Mapping[Variable, Term]


class Followed:
    """Families at a scale, and of each ghost in each family how far it may be from 0: |x| <= a + b t after t words."""

    def __init__(self, premise: Theorem, scale: Scale, reach: Sequence[Reach]) -> None:
        families = premise.conclusion
        if not isinstance(families, Families) or type(scale) is not Scale or scale.onward:
            raise RuleError("horizon", type(families).__name__, "Families, at one scale")
        scale.rows(families.system)  # refuses what is no scale
        self.families, self.k, self.spec = families, scale.k, machine(families.specification)
        self.reach = [dict(own) for own in reach]
        self.edges = [*self._edges()]

    def _edges(self) -> Iterator[Edge]:
        families = self.families
        for q, family in enumerate(families.families):
            for word, tree in zip(families.system.words, families.steps[q], strict=True):
                for leaf, box in leaves(tree, family.ghosts):
                    if leaf.target is not None:
                        fixed, aims = pinned(box), families.families[leaf.target].limits
                        limits = {s: put(x, fixed) for s, x in family.limits.items()}
                        targets = {s: put(algebra.substitute(x, leaf.image, {}), fixed) for s, x in aims.items()}
                        yield Edge(q, leaf.target, word, leaf.image, box, limits, targets)

    def check_reach(self) -> None:
        """Refuses bounds of ghosts that do not hold."""
        families = self.families
        for family, reach in zip(families.families, self.reach, strict=True):
            natural = all(type(n) is int and n >= 0 for both in reach.values() for n in both)
            if {*reach} != {*family.ghosts} or not natural:
                raise RuleError("horizon", f"a reach of {[*reach]}", "two natural numbers for each ghost")
        if not all(abs(n) <= self.reach[0][x][0] for x, n in families.origin.items()):
            raise RuleError("horizon", f"the origin {dict(families.origin)}", "one in reach")
        for edge in self.edges:
            for x, form in edge.image.items():
                self._check_image(form, edge, self.reach[edge.target][x])

    def _check_image(self, form: Term, edge: Edge, bound: tuple[int, int]) -> None:
        """|c_0| + sum |c_i| (a_i + b_i t) <= a + b (t + 1) for all t >= 0: at t = 0, and by the coefficients of t."""
        ends = image_range(form, edge.box)
        if ends.low is not None and ends.high is not None and max(-ends.low, ends.high) <= bound[0] + bound[1]:
            return
        constant, slope = fmpq(0), fmpq(0)
        for mono, c in form.monomials.items():
            a, b = self._ends(edge, mono)
            constant, slope = constant + abs(c) * a, slope + abs(c) * b
        if constant > bound[0] + bound[1] or slope > bound[1]:
            found = f"the ghost {form}, up to {constant} + {slope} t, on {edge.word}"
            raise RuleError("horizon", found, f"{bound[0]} + {bound[1]} (t + 1)")

    def _ends(self, edge: Edge, mono: Monomial) -> tuple[int, int]:
        """a and b of a bound a + b t of |x|, or of 1: by its range if that is finite, else by its reach."""
        for x, r in edge.box.items():
            if (x, 1) in mono:
                known = None if r.low is None or r.high is None else (max(abs(r.low), abs(r.high)), 0)
                return known or self.reach[edge.source][x]
        return 1, 0

    def ghosts(self, q: int, box: Box, end: int | None) -> dict[Variable, Interval] | None:
        """Where the ghosts are, in a box and after up to `end` words; None if that is nowhere."""
        bounds = {x: None if end is None else self.reach[q][x][0] + self.reach[q][x][1] * end for x in box}
        found = {x: _interval(r, bounds[x]) for x, r in box.items()}
        return found if all(x.lo <= x.hi for x in found.values()) else None

    def step(self, edge: Edge, off: Mapping[Variable, Interval], end: int | None) -> Step | None:
        """The word read after up to `end` - 1 words, off the limits by so much; None if the leaf is out of reach."""
        ghosts = self.ghosts(edge.source, edge.box, end)
        return None if ghosts is None else Step(self.families.system, self.k, edge, off, ghosts)

    def read(self, goals: Sequence[Tree], end: int | None) -> Iterator[tuple[int, Box, Neighbourhood]]:
        """Of each leaf of which something is claimed, after up to `end` words: its family, its box, its ghosts."""
        families = self.families
        if len(goals) != len(families.families):
            raise RuleError("horizon", f"{len(goals)} trees", f"one a family, {len(families.families)}")
        for q, (family, tree) in enumerate(zip(families.families, goals, strict=True)):
            if q == 0 or len(family.places) <= families.delay:
                continue
            for _, box in leaves(tree, family.ghosts):
                ghosts = self.ghosts(q, box, end)
                if ghosts is not None and promised(self.spec, family, box):
                    yield q, box, Neighbourhood({}, ghosts, families.system.scale, self.k)

    def value(self, readout: Readout, q: int, near: Neighbourhood, box: Box, less: Term, off: Off) -> Interval:
        """The readout less a term in the ghosts, in a box of a family."""
        form = value(readout, self.families.families[q].limits, self.families.families[q].label) - less
        total = near.range_of(put(form, pinned(box)))
        for s, c in readout.terms:
            if s not in off:
                raise RuleError("horizon", f"{s} is read, of which nothing is known", "a box for it")
            total = add(total, multiply(constant(c), off[s]))
        return total


class Step:
    """A word at a leaf: the state off its limits before, and off what are to be its limits after it."""

    def __init__(self, system: System, k: fmpq, edge: Edge, off: Off, ghosts: Mapping[Variable, Interval]) -> None:
        self.edge, self.row = edge, at_word(system, edge.word)
        self.near = Neighbourhood(self._state(off), ghosts, system.scale, k)

    def _state(self, off: Off) -> dict[Variable, Near]:
        return {s: Near(self.edge.limits[s], x) for s, x in off.items()}

    def off(self, s: Variable, at: Off | None = None) -> Interval:
        """By what a coordinate is off afterwards; `at`: off before, for what stands outside of functions."""
        term = self.row[s]
        found = self.near.near(term) if at is None else self.near.sum(term, self._state(at))
        if found is None:
            raise RuleError("horizon", f"{s}, of which nothing is known", "a coordinate whose limit is followed")
        gap = found.main - self.edge.targets[s]
        return add(self.near.range_of(gap), found.off) if gap.monomials else found.off

    def check(self, source: Pair, target: Pair, length: int) -> None:
        """As `check_step` of boxes.py: a sum of products with one changing coordinate in each is convex on a line."""
        step = fmpq(1, length)
        aims = (between(*target, step), target[1])
        moving = [s for s in aims[0] if not all(self.off(s) in within(*aim[s]) for aim in aims)]
        for s in moving:
            check_linear(self.row[s], source, self.edge.word)
        for box, aim in zip((source[0], between(*source, 1 - step)), aims, strict=True):
            for s in moving:
                found = self.off(s, {r: around(*ends) for r, ends in box.items()})
                if found not in within(*aim[s]):
                    shown = f"{found.lo.str(8, radius=False)} to {found.hi.str(8, radius=False)}"
                    raise RuleError(
                        "horizon", f"{s} off by {shown} after {self.edge.word}", f"{aim[s][0]} to {aim[s][1]}"
                    )


def _interval(r: Range, most: int | None) -> Interval:
    lows = [n for n in (r.low, None if most is None else -most) if n is not None]
    highs = [n for n in (r.high, most) if n is not None]
    lo = around(fmpq(max(lows)), fmpq(max(lows))).lo if lows else -INFINITY
    hi = around(fmpq(min(highs)), fmpq(min(highs))).hi if highs else INFINITY
    return Interval(lo, hi)


class Checked(Followed):
    """A certificate that has been checked (the figure above)."""

    def __init__(self, premise: Theorem, scale: Scale, found: Deviations) -> None:
        super().__init__(premise, scale, found.reach)
        self.goals, self.knots, self.last = (*found.goals,), (*found.knots,), found.last
        self.boxes = [[*map(copied, pairs)] for pairs in found.boxes]
        self._check_shapes()
        self.check_reach()
        for edge in self.edges:
            for j, (pair, target) in enumerate(zip(self.boxes[edge.source], self.boxes[edge.target], strict=True)):
                end, length = self.last, 1
                if len(self.knots) > 1:
                    end, length = self.knots[j + 1], self.knots[j + 1] - self.knots[j]
                step = self.step(edge, around_all([pair]), end)
                if step is not None:
                    step.check(pair, target, length)

    def _check_shapes(self) -> None:
        families = self.families.families
        if not len(families) == len(self.boxes) == len(self.reach):
            raise RuleError("horizon", f"{len(self.boxes)} families", f"{len(families)}")
        for family, pairs in zip(families, self.boxes, strict=True):
            check_pairs(pairs, self.knots, self.last, family.limits)
        if not all(NOTHING in within(*ends) for ends in self.boxes[0][0][0].values()):
            raise RuleError("horizon", "a first box without 0", "no deviation of the initial state")

    def each(self, of: Callable[[int], Sequence[tuple[Readout, Term]]]) -> Iterator[tuple[int, Box, Interval]]:
        """Readouts less a term each, of a family's own, on each leaf of which something is claimed."""
        for q, box, near in self.read(self.goals, self.last):
            for readout, less in of(q):
                yield q, box, self.value(readout, q, near, box, less, around_all(self.boxes[q]))


def _checked(premise: Theorem, readout: Readout, scale: Scale, found: Deviations, kind: type) -> Checked:
    check_readout(readout)
    checked = Checked(premise, scale, found)
    if type(checked.spec.output) is not kind or readout.delay != checked.families.delay:
        raise RuleError("horizon", checked.spec.output, f"{kind.__name__}, with the delay of the readout")
    return checked


def decides_in(premise: Theorem, readout: Readout, threshold: Term, scale: Scale, found: Deviations) -> Theorem:
    """Families     deviations checked     readout > threshold on each leaf that is accepted, < threshold on the others
    -----------------------------------------------------------------------------------------------------------
                                               DecidesAt
    """
    if not algebra.is_normal(threshold) or threshold.symbols():
        raise RuleError("horizon", f"the threshold {threshold}", "a constant")
    with ctx.workprec(found.bits):
        checked = _checked(premise, readout, scale, found, Acceptance)
        families = checked.families
        for q, box, x in checked.each(lambda _: [(readout, threshold)]):
            yes = accepted(checked.spec, families.families[q], box)
            if not (x.lo > 0 if yes else x.hi < 0):
                label = " ".join(families.families[q].label)
                raise RuleError("horizon", f"a readout after {label}", f"{'above' if yes else 'below'} the threshold")
    statement = DecidesAt(families.system, readout, families.specification, scale, checked.last, threshold)
    return conclude(statement, "deviations in families", (premise,), certificate=found)


def within_in(premise: Theorem, readout: Readout, scale: Scale, found: Deviations) -> Theorem:
    """Families     deviations checked     a specification of numbers
    ----------------------------------------------------------------
    WithinAt: bound = the largest |readout - specification| on leaves
    """
    with ctx.workprec(found.bits):
        checked, bound = _checked(premise, readout, scale, found, Values), fmpq(0)
        for _, _, x in checked.each(lambda q: [(readout, said(checked.spec, checked.families.families[q]))]):
            bound = max(bound, upper(x.hi), -lower(x.lo))
    families = checked.families
    statement = WithinAt(families.system, readout, families.specification, scale, checked.last, bound)
    return conclude(statement, "deviations in families", (premise,), certificate=found)


def said(spec: Machine, family: Family) -> Term:
    """The number that a specification says in a family, as a term in its ghosts."""
    place, output = family.places[-1], spec.output
    return form_of(output.forms[place.state], place.registers) if isinstance(output, Values) else algebra.ZERO
