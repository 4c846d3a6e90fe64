"""One case of the parameters: explore, then prove or refute, or name a margin whose sign is needed.  UNTRUSTED."""

from __future__ import annotations

from dataclasses import dataclass, replace

from sympy import Symbol

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.automata import Comparison, counterexample
from symlstm.kernel.enclosures import Regime
from symlstm.kernel.invariants import Step, invariant
from symlstm.kernel.parameters import Assumptions
from symlstm.kernel.statements import Automaton, Computes, Readout, Situation, System, Vector, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.equivalence import Basis, Words, decide
from symlstm.search.margins import Signs, simplest
from symlstm.search.exploration import OPEN, Infinite, explore


class Undecided(Exception):
    """A limit depends on the sign of this margin, which can still be either."""

    def __init__(self, margin: Term) -> None:
        super().__init__(str(margin))
        self.margin = margin


@dataclass(frozen=True)
class Open:
    """A case that is neither proved nor refuted: the forms assumed positive, and the reason."""

    positive: tuple[Term, ...]
    reason: str


@dataclass(frozen=True)
class Problem:
    """A network with open parameters, in the kernel's terms."""

    system: System
    readout: Readout
    specification: WeightedAutomaton

    def signs(self, positive: tuple[Term, ...]) -> Signs:
        return Signs(positive, self.system.parameters)

    def enlarged(self, positive: tuple[Term, ...]) -> Theorem:
        """The theorem that the network is right with as few of these inequalities as its proof can do with."""
        theorem = Case(self, self.signs(positive)).settled()
        for form in positive:
            fewer = tuple(other for other in positive if other != form)
            try:
                found = Case(self, self.signs(fewer)).settled()
            except (Undecided, RuleError, Infinite):
                continue
            if isinstance(found.conclusion, Computes):
                theorem, positive = found, fewer
        return theorem

    def margins(self, positive: tuple[Term, ...]) -> list[Term]:
        """All margins that the network depends on there, each with the sign that it has."""
        case = Case(self, self.signs(positive))
        case.check_registers(case.automaton())
        return [form if algebra.sign(found.factor) > 0 else -form for form, found in case.signs.items()]


class Case:
    """The parameters where some forms are positive; `registers` as found in a wider case."""

    def __init__(self, problem: Problem, signs: Signs, registers: frozenset[Symbol] | None = None) -> None:
        self.problem, self.signs, self.registers = problem, signs, registers
        self.system = problem.system
        self.undecided: Term | None = None  # the first margin to ask for

    def narrowed(self, form: Term) -> Case:
        """The part of the case where one more form is positive."""
        return Case(self.problem, self.signs.extended(form), self.registers)

    def settled(self) -> Theorem:
        """The theorem that the network is right here, or wrong; raises Undecided, or RuleError and the like if it is not a matter of signs."""
        automaton = self.automaton()
        self.registers = frozenset(automaton.registers)
        if self.undecided is not None:
            return self._refuted_already(automaton, self.undecided)
        self.check_registers(automaton)
        premise = self.invariant(automaton)
        found = self.refuted(premise, None)
        return decide(premise, self.problem.readout, self.problem.specification) if found is None else found

    def _refuted_already(self, automaton: Automaton, margin: Term) -> Theorem:
        """A counterexample that does not wait for the sign of the margin; else raises Undecided."""
        try:
            found = self.refuted(self.invariant(automaton), len(automaton.situations) - 1)
        except RuleError:  # a register of which nothing is known in the unknown situation
            found = None
        if found is None:
            raise Undecided(margin)
        return found

    def regime(self) -> Regime:
        return Regime(self.system.scale, None, self.system.parameters, Assumptions(self.signs.positive, self.signs))

    def automaton(self) -> Automaton:
        """The automaton as far as the signs decide it; if steps stay open they lead to a situation of which nothing is known."""
        found = explore(self.system, self.problem.readout, self.regime(), self._examine, self.registers)
        if not any(OPEN in row for row in found.step):
            self.undecided = None
            return found
        size, width = len(found.situations), len(self.system.words)
        rows = tuple(tuple(size if p == OPEN else p for p in row) for row in found.step)
        q, row = next((q, row) for q, row in enumerate(found.step) if OPEN in row)
        label = (*found.situations[q].label, self.system.words[row.index(OPEN)])
        unknown = Situation(label, {}, {})
        return replace(found, situations=(*found.situations, unknown), step=(*rows, (size,) * width))

    def _examine(self, situation: Situation, terms: list[Term]) -> bool:
        """Whether a margin whose sign is open keeps the terms from having a limit."""
        self.signs.undecided.clear()
        regime = self.regime()
        for term in terms:
            regime.evaluate(term, situation.box)
        margin = simplest(self.signs.undecided)
        self.undecided = self.undecided or margin
        return margin is not None

    def check_registers(self, automaton: Automaton) -> None:
        """Raises Undecided if what a register is multiplied by, or gains, depends on an open sign."""
        regime = self.regime()
        for situation in automaton.situations:
            for word in self.system.words:
                move = Step(self.system, regime, situation, word)
                for r in automaton.registers:
                    blurred = not all(part.error.vanishes for part in move.register(r))
                    if blurred and self._examine(situation, [*move.terms[r].coefficients(r).values()]):
                        raise Undecided(self.undecided)

    def invariant(self, automaton: Automaton) -> Theorem:
        return invariant(self.system, automaton, None, Assumptions(self.signs.positive, dict(self.signs)))

    def refuted(self, premise: Theorem, unknown: int | None) -> Theorem | None:
        """A counterexample among the words that do not get to the unknown situation."""
        readout, specification = self.problem.readout, self.problem.specification
        words = _shortest_difference(Comparison(premise, readout, specification), unknown)
        return None if words is None else counterexample(premise, readout, specification, words)


def _shortest_difference(comparison: Comparison, unknown: int | None) -> Words | None:
    """The first word, in shortlex order, on which the readout is wrong, of those that never get to the unknown situation."""
    bases = [Basis() for _ in range(comparison.first + 1)]  # by length, the last for all later ones
    found: list[tuple[Words, Vector, int]] = [((), comparison.start(), 0)]
    for words, vector, q in found:
        basis = bases[min(len(words), comparison.first)]
        size = len(basis.vectors)
        basis.coordinates(vector, words)
        if len(basis.vectors) == size:
            continue
        if len(words) >= comparison.first and comparison.limit(vector) != comparison.specified(vector):
            return words
        steps = zip(comparison.found.system.words, comparison.found.automaton.step[q], strict=True)
        found += [((*words, word), comparison.after(vector, word), p) for word, p in steps if p != unknown]
    return None
