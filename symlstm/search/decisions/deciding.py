"""The theorem that a network decides, chooses or computes what a machine says, or a shortest word on which it does not.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks import decisions
from symlstm.kernel.networks.families import Family, Leaf, Place, Tree, families, form_of
from symlstm.kernel.networks.machines import Acceptance, Choices, Values
from symlstm.kernel.networks.signs import NEVER_NEGATIVE, Box, pinned, put, signs
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.decisions.abstraction import PLAIN, Abstraction, Plan
from symlstm.search.decisions.configurations import Configurations, Node, Problem, Unsettled, is_claimed, reading
from symlstm.search.decisions.counters import counters
from symlstm.search.decisions.cuts import Stuck, Undecided, build, hold

EARLY = 40  # configurations looked at before anything else: what is wrong is mostly wrong soon
FINITE = 1500  # configurations that are listed one by one
DEEP = 3000  # looked at where no proof is found
LONGEST = 400  # words
VALUES = 6  # of a coordinate that are told apart before it is called a counter
COMPARED = 5  # counters and registers of which the differences are kept
HELD = 2  # of a cell that holds its value, where their combinations are many
PLANS = [Plan(first, split, pairs) for pairs in (False, True) for first in (False, True) for split in (False, True)]
_SAID = {frozenset({0}): "0", frozenset({1}): "> 0", NEVER_NEGATIVE: ">= 0"}


@dataclass(frozen=True)
class Claim:
    """What is claimed: one readout against a threshold, perhaps with a margin; several, of which one is the largest; or a number."""

    problem: Problem
    threshold: Term = algebra.ZERO
    margin: fmpq | None = None

    def is_wrong(self, node: Node) -> bool:
        """Whether the network is not right there."""
        p = self.problem
        if not is_claimed(p, node):
            return False
        said = p.machine.says(node.places[-1])
        limits = [reading(p, readout, node.values) for readout in p.readouts]
        if isinstance(said, bool):
            return algebra.sign(limits[0] - self.threshold) != (1 if said else -1)
        if isinstance(said, int):
            return not all(algebra.sign(limits[said] - x) > 0 for n, x in enumerate(limits) if n != said)
        return algebra.sign(limits[0] - algebra.rational(said)) != 0

    def refuted(self, words: Sequence[str]) -> Theorem:
        p = self.problem
        if isinstance(p.machine.output, Acceptance):
            return decisions.misdecision(p.system, p.readouts[0], p.machine, self.threshold, words)
        if isinstance(p.machine.output, Choices):
            return decisions.mischoice(p.system, p.readouts, p.machine, words)
        return decisions.counterexample_on(p.system, p.readouts[0], p.specification, words)

    def proved(self, found: Sequence[Family], steps: Sequence[Sequence[Tree]]) -> Theorem:
        """By the kernel; raises RuleError, or Stuck with the goal that is not decided."""
        p = self.problem
        goals = self.goals(found)
        premise = families(p.system, p.specification, p.delay, found, {}, steps)
        if isinstance(p.machine.output, Values):
            return decisions.computes_in(premise, p.readouts[0], goals)
        if isinstance(p.machine.output, Choices):
            return decisions.chooses(premise, p.readouts, goals)
        if self.margin is not None:
            return decisions.decides_by(premise, p.readouts[0], self.threshold, self.margin, goals)
        return decisions.decides(premise, p.readouts[0], self.threshold, goals)

    def goals(self, found: Sequence[Family]) -> list[Tree]:
        """The cuts of each family at whose leaves it is decided that the readout is right; raises Stuck."""
        return [self._goal(family, first=n == 0) for n, family in enumerate(found)]

    def _goal(self, family: Family, first: bool) -> Tree:
        if first or len(family.places) <= self.problem.delay:
            return Leaf(None, {})
        return build(family.ghosts, lambda box: self._settled(family, box))

    def _settled(self, family: Family, box: Box) -> Leaf:
        """Nothing, if the goal is decided and right in the box; raises Undecided, or Stuck where it is wrong."""
        p, fixed = self.problem, pinned(box)
        what = f"the readout after {' '.join(family.label)}"
        if not decisions.promised(p.machine, family, box):
            return Leaf(None, {})
        domain = p.machine.domain
        if domain is not None and family.domain is not None and isinstance(domain.output, Acceptance):
            conditions = domain.output.conditions[family.domain.state]
            for tests in conditions:
                hold(
                    tests,
                    [put(x, fixed) for x in family.domain.registers],
                    box,
                    f"the promise after {' '.join(family.label)}",
                )
        for whole, needed in self.forms(family, box):
            form = put(whole, fixed)
            found = signs(form, box)
            if found <= needed:
                continue
            if not found & needed and self.margin is not None:
                gap = form + algebra.rational(self.margin)
                raise Stuck(f"{what} is on its side by {gap}, which is less than the margin {self.margin}")
            if not found & needed:
                raise Stuck(f"{what}: {form} is not {_SAID[needed]}, which no run shows")
            raise Undecided([(form, needed)], what)
        return Leaf(None, {})

    def forms(self, family: Family, box: Box) -> list[tuple[Term, frozenset[int]]]:
        """What must have which signs there, for the readout to be right."""
        p, place = self.problem, family.places[-1]
        output, values = (
            p.machine.output,
            [decisions.value(readout, family.limits, family.label) for readout in p.readouts],
        )
        if isinstance(output, Values):
            return [(values[0] - form_of(output.forms[place.state], place.registers), frozenset({0}))]
        if isinstance(output, Choices):
            n = output.numbers[place.state]
            return [(values[n] - x, frozenset({1})) for j, x in enumerate(values) if j != n]
        registers = [put(x, pinned(box)) for x in place.registers]
        what = f"acceptance after {' '.join(family.label)}"
        yes = any([*(hold(tests, registers, box, what) for tests in output.conditions[place.state])])
        above = values[0] - self.threshold
        side = above if yes else -above
        if self.margin is not None:
            return [(side - algebra.rational(self.margin), NEVER_NEGATIVE)]
        return [(side, frozenset({1}))]


def decide(claim: Claim) -> Theorem:
    """The theorem that the claim is true, or that it is not on a shortest word.

    Raises Stuck or Unsettled with the reason where neither is found.
    """
    found = Configurations(claim.problem)
    reason: Exception | None = None
    try:
        for most in (EARLY, FINITE):
            wrong = _first_wrong(claim, found, most)
            if wrong is not None:
                return claim.refuted(wrong.words)
            if found.is_whole:
                return _listed(claim, found)
            if most == EARLY and (theorem := _abstract(claim, found, VALUES)) is not None:
                return theorem
        reason = None
        for values in (VALUES, HELD):
            for plan in PLANS:
                try:
                    return _attempt(claim, found, values, plan)
                except (Stuck, RuleError) as failed:
                    reason = reason or failed
        wrong = _first_wrong(claim, found, DEEP)
        if wrong is not None:
            return claim.refuted(wrong.words)
    except Unsettled as unsettled:
        reason = unsettled
    longest = len(found.nodes[max(0, len(found.step) - 1)].words)
    raise Stuck(f"{reason}; right on all promised words up to length {longest}")


def _first_wrong(claim: Claim, found: Configurations, most: int) -> Node | None:
    return next((node for node in found.follow(most, LONGEST) if claim.is_wrong(node)), None)


def _abstract(claim: Claim, found: Configurations, values: int) -> Theorem | None:
    try:
        return _attempt(claim, found, values, PLAIN)
    except (Stuck, RuleError):
        return None


def _attempt(claim: Claim, found: Configurations, values: int, plan: Plan) -> Theorem:
    p = claim.problem
    grids = counters(p.system, p.tracked, [node.values for node in found.nodes], values)
    if not grids:
        raise Stuck("a cell takes many values, which lie on no grid")
    if plan.differences and not 2 <= len(grids) + len(p.machine.registers) <= COMPARED:
        raise Stuck("the differences of counters and registers are one or very many")
    abstraction = Abstraction(p, grids, plan)
    try:
        abstraction.learn(found)
        proposed, steps = abstraction.close()
        return claim.proved(proposed, steps)
    except Stuck as stuck:
        legend = abstraction.legend(str(stuck))
        raise Stuck(f"{stuck}, where {legend}" if legend else str(stuck)) from None


def _listed(claim: Claim, found: Configurations) -> Theorem:
    """Finitely many configurations: a family without ghosts for each."""
    p = claim.problem
    listed = [
        Family(
            node.words,
            {},
            dict(zip(p.tracked, node.values, strict=True)),
            tuple(Place(c.state, tuple(map(algebra.rational, c.registers))) for c in node.places),
            None
            if node.domain is None
            else Place(node.domain.state, tuple(map(algebra.rational, node.domain.registers))),
        )
        for node in found.nodes
    ]
    return claim.proved(listed, [[Leaf(q, {}) for q in row] for row in found.step])
