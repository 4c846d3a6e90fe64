"""What is asked of a network at a scale: a readout, a specification, and where the readout must lie.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

from flint import arb, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks.boxes import Classes, Scale, as_machine, constant, decides_at, read, within_at
from symlstm.kernel.networks.choices import chooses_at, gaps
from symlstm.kernel.networks.intervals import INFINITY, Interval
from symlstm.kernel.networks.machines import Configuration, Machine
from symlstm.kernel.networks.statements import Goal, Readout
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.saturation.exploration import relevant

HALF = fmpq(1, 2)
KEPT = arb(9) / 10  # the least share of a value that is kept, where it is called kept
Key = tuple[tuple[Configuration, ...], Configuration | None]  # of the specification, oldest first, and of its domain


class Side(NamedTuple):
    """A readout, and within which ends it must lie, strictly."""

    readout: Readout
    ends: Interval

    def holds(self, box: Mapping[Variable, Interval]) -> bool:
        """Whether it does everywhere in a box."""
        x = read(self.readout, box)
        return bool(self.ends.lo < x.lo) and bool(x.hi < self.ends.hi)

    def fails(self, lower: arb, upper: arb) -> bool:
        """Whether what lies between these is not within the ends, for certain."""
        return bool(upper <= self.ends.lo) or bool(lower >= self.ends.hi)


@dataclass(frozen=True)
class Question:
    """Whether, at a scale, the readout is on its side of a threshold; or, without one, within `tolerance` of the value.

    With `outputs`, of a specification that chooses: whether the one that it names is the largest.
    """

    goal: Goal
    scale: Scale
    threshold: Term | None = None
    tolerance: fmpq = HALF
    outputs: tuple[Readout, ...] = ()
    wrong_too: bool = True  # whether words are looked for on which it is wrong, beyond a length up to which it is right
    work: int = 1_500_000  # products evaluated in all before it is given up
    spent: list[int] = field(default_factory=lambda: [0], compare=False)  # products evaluated so far, in one entry

    @cached_property
    def machine(self) -> Machine:
        """The specification as a machine."""
        return as_machine(self.goal.specification)

    @cached_property
    def coordinates(self) -> tuple[Variable, ...]:
        """Those that the readout depends on, at once or later."""
        wanted = {s for readout in self.outputs or (self.goal.readout,) for s in relevant(self.goal.system, readout)}
        return tuple(s for s in self.goal.system.state if s in wanted)

    @cached_property
    def rows(self) -> tuple[Mapping[Variable, Term], ...]:
        """The updates on each word."""
        return tuple(self.scale.rows(self.goal.system))

    @cached_property
    def size(self) -> int:
        """About how many products are evaluated at a step, functions within one another counted each time."""
        return max(sum(_products(row[s]) for s in self.coordinates) for row in self.rows)

    def row(self, word: str) -> Mapping[Variable, Term]:
        """The updates on a word."""
        return self.rows[self.goal.system.words.index(word)]

    @property
    def start(self) -> Key:
        """Before any word."""
        domain = self.machine.domain
        return (self.machine.first,), None if domain is None else domain.first

    @property
    def initial(self) -> dict[Variable, Interval]:
        """The initial state, at flint's current precision."""
        values = dict(zip(self.goal.system.state, self.goal.system.initial, strict=True))
        return {s: constant(values[s]) for s in self.coordinates}

    def keeps(self, update: Term, s: Variable, box: Mapping[Variable, Interval]) -> bool:
        """Whether everywhere in the box a step keeps the value of a coordinate, up to a little."""
        share = self.share_kept(update, s, box)
        return share is not None and bool(share.lo > KEPT) and bool(share.hi < 2)

    def share_kept(self, update: Term, s: Variable, box: Mapping[Variable, Interval]) -> Interval | None:
        """How much of the value of a coordinate a step keeps; None if it keeps nothing of it."""
        factor = update.coefficients(s).get(1)
        return None if factor is None else self.scale.intervals(self.goal.system, box)[factor]

    def after(self, key: Key, word: str) -> Key | None:
        """One word later; None if no promised sequence goes on like that."""
        (configurations, place), domain = key, self.machine.domain
        if domain is not None and place is not None:
            place = domain.after(place, word)
            if place.state in domain.hopeless:
                return None
        now = (*configurations, self.machine.after(configurations[-1], word))
        return now[-self.goal.readout.delay - 1 :], place

    def wanted(self, key: Key) -> tuple[Side, ...]:
        """Where the readout must lie; nothing if nothing is claimed."""
        (configurations, place), domain = key, self.machine.domain
        if len(configurations) <= self.goal.readout.delay or (domain and place and not domain.says(place)):
            return ()
        return self.sides(self.machine.says(configurations[0]))

    def sides(self, said: fmpq | bool | int) -> tuple[Side, ...]:
        """Where the readout must lie for what the specification says; of several, by how much one is larger than each other."""
        if self.outputs:
            return tuple(Side(gap, Interval(arb(0), INFINITY)) for gap in gaps(self.outputs, said))
        if self.threshold is not None:
            level = algebra.constant_ball(self.threshold, 256)
            return (
                Side(
                    self.goal.readout, Interval(level.upper(), INFINITY) if said else Interval(-INFINITY, level.lower())
                ),
            )
        within = Interval(arb(said - self.tolerance).upper(), arb(said + self.tolerance).lower())
        return (Side(self.goal.readout, within),)

    def goal_of(self, side: Side) -> Goal:
        """About the readout of a side."""
        return Goal(self.goal.system, side.readout, self.goal.specification)

    def prove(self, classes: Classes) -> Theorem:
        """The theorem; raises RuleError if the classes do not give it."""
        if self.outputs:
            return chooses_at(self.goal.system, self.outputs, self.machine, self.scale, classes)
        if self.threshold is not None:
            return decides_at(self.goal, self.threshold, self.scale, classes)
        theorem = within_at(self.goal, self.scale, classes)
        if not theorem.conclusion.bound < self.tolerance:
            raise RuleError("within at", f"an error up to {theorem.conclusion.bound}", f"less than {self.tolerance}")
        return theorem


def _products(term: Term) -> int:
    inner = (a.argument for mono in term.monomials for a, _ in mono if isinstance(a, Apply))
    return len(term.monomials) + sum(_products(x) for x in inner if x.symbols())
