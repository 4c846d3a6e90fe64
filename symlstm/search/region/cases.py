"""One case of the parameters: explore, then prove or refute, or name a margin whose sign is needed.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import accumulate, pairwise

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.automata import Comparison, counterexample
from symlstm.kernel.networks.invariants import Step, invariant
from symlstm.kernel.networks.statements import (
    Automaton,
    Computes,
    Invariant,
    Readout,
    Situation,
    System,
    Transition,
    WeightedAutomaton,
)
from symlstm.kernel.parameters import Assumptions
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.region.affine_margins import Signs, simplest
from symlstm.search.region.remembered import Asked, Recalling, Traces
from symlstm.search.saturation.difference import shortest_difference
from symlstm.search.saturation.equivalence import decide
from symlstm.search.saturation.exploration import OPEN, Infinite, explore


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
    traces: Traces = field(default_factory=dict, repr=False, compare=False)  # shared by all cases

    def signs(self, positive: tuple[Term, ...]) -> Signs:
        return Signs(positive, self.system.parameters)

    def margins(self, positive: tuple[Term, ...]) -> list[Term]:
        """All margins that the network depends on there, each with the sign that it has."""
        case = Case(self, self.signs(positive))
        case.check_registers(case.automaton())
        return [form if algebra.sign(found.factor) > 0 else -form for form, found in case.signs.items()]


class Case:
    """The parameters where some forms are positive; `registers` as found in another case."""

    def __init__(self, problem: Problem, signs: Signs, registers: frozenset[Variable] | None = None) -> None:
        self.problem, self.signs, self.registers = problem, signs, registers
        self.system = problem.system
        self.undecided: Term | None = None  # the first margin to ask for

    def with_form(self, form: Term) -> Case:
        """The part of the case where one more form is positive."""
        return Case(self.problem, self.signs.extended(form), self.registers)

    def restricted(self, positive: Sequence[Term]) -> Case:
        """The wider case where only some of the forms are positive."""
        return Case(self.problem, self.signs.restricted(positive), self.registers)

    def settled(self) -> Theorem:
        """The theorem that the network is right here, or wrong.

        Raises Undecided, or RuleError and the like if it is not a matter of signs.
        """
        automaton = self.automaton()
        self.registers = frozenset(automaton.registers)
        if self.undecided is not None:
            return self._refuted_already(automaton, self.undecided)
        self.check_registers(automaton)
        found = self.refuted(automaton)
        if found is None:
            return decide(self.invariant(automaton), self.problem.readout, self.problem.specification)
        return found

    def enlarged(self) -> Theorem:
        """The theorem that the network is right with as few of these inequalities as its proof can do with."""
        case, theorem = self, self.settled()
        for form in case.signs.positive:
            wider = case.restricted([other for other in case.signs.positive if other != form])
            try:
                found = wider.settled()
            except (Undecided, RuleError, Infinite):
                continue
            if isinstance(found.conclusion, Computes):
                theorem, case = found, wider
        return theorem

    def _refuted_already(self, automaton: Automaton, margin: Term) -> Theorem:
        """A counterexample that does not wait for the sign of the margin; else raises Undecided."""
        try:
            found = self.refuted(automaton, len(automaton.situations) - 1)
        except RuleError:  # a register of which nothing is known in the unknown situation
            found = None
        if found is None:
            raise Undecided(margin)
        return found

    def arithmetic(self) -> Recalling:
        given = Asked(self.signs.positive, self.signs)
        return Recalling(self.system.scale, None, self.system.parameters, given=given, traces=self.problem.traces)

    def automaton(self) -> Automaton:
        """The automaton as far as the signs decide it; if steps stay open they lead to a situation of which nothing is known."""
        found = explore(self.system, self.problem.readout, self.arithmetic(), self._examine, self.registers)
        if not any(OPEN in row for row in found.step):
            self.undecided = None
            return found
        return self._with_unknown(found)

    def _with_unknown(self, automaton: Automaton) -> Automaton:
        """The automaton with a last situation of which nothing is known, where all open steps lead."""
        if not any(OPEN in row for row in automaton.step):
            return automaton
        size, width = len(automaton.situations), len(self.system.words)
        rows = tuple(tuple(size if p == OPEN else p for p in row) for row in automaton.step)
        q, row = next((q, row) for q, row in enumerate(automaton.step) if OPEN in row)
        label = (*automaton.situations[q].label, self.system.words[row.index(OPEN)])
        unknown = Situation(label, {}, {})
        return replace(automaton, situations=(*automaton.situations, unknown), step=(*rows, (size,) * width))

    def _examine(self, situation: Situation, terms: list[Term]) -> bool:
        """Whether a margin whose sign is open keeps the terms from having a limit."""
        self.signs.undecided.clear()
        arithmetic = self.arithmetic()
        for term in terms:
            arithmetic.evaluate(term, situation.box)
        margin = simplest(self.signs.undecided)
        self.undecided = self.undecided or margin
        return margin is not None

    def check_registers(self, automaton: Automaton) -> None:
        """Raises Undecided if what a register is multiplied by, or gains, depends on an open sign."""
        arithmetic = self.arithmetic()
        for situation in automaton.situations:
            for word in self.system.words:
                move = Step(self.system, arithmetic, situation, word)
                for r in automaton.registers:
                    blurred = not all(part.error.vanishes for part in move.register(r))
                    asked = blurred and self._examine(situation, [*move.terms[r].coefficients(r).values()])
                    if asked and self.undecided is not None:
                        raise Undecided(self.undecided)

    def invariant(self, automaton: Automaton) -> Theorem:
        return invariant(self.system, automaton, None, Assumptions(self.signs.positive, dict(self.signs)))

    def refuted(self, automaton: Automaton, unknown: int | None = None) -> Theorem | None:
        """A counterexample among the words that do not get to the unknown situation."""
        readout, specification = self.problem.readout, self.problem.specification
        words = shortest_difference(Comparison(self._proposed(automaton), readout, specification), unknown)
        if words is None:
            return None
        try:
            premise = self.invariant(self._along(automaton, words))
        except RuleError:  # a register of which nothing is known in the unknown situation
            premise = self.invariant(automaton)
        return counterexample(premise, readout, specification, words)

    def _proposed(self, automaton: Automaton) -> Invariant:
        """What the kernel would find, not proved yet, so that it need not be asked in vain."""
        arithmetic, rows = self.arithmetic(), []
        for situation, targets in zip(automaton.situations, automaton.step, strict=True):
            moves = (Step(self.system, arithmetic, situation, word) for word in self.system.words)
            registers = ({r: move.register(r) for r in automaton.registers} for move in moves)
            rows.append(tuple(Transition(p, found, frozenset()) for p, found in zip(targets, registers, strict=True)))
        given = Assumptions(self.signs.positive, self.signs)
        return Invariant(self.system, automaton, tuple(rows), None, given)

    def _along(self, automaton: Automaton, words: Sequence[str]) -> Automaton:
        """The situations that the words pass through; all other steps lead to one of which nothing is known."""
        path = [*accumulate(words, lambda q, word: automaton.step[q][self.system.words.index(word)], initial=0)]
        number = {q: n for n, q in enumerate(dict.fromkeys(path))}
        rows = [[OPEN] * len(self.system.words) for _ in number]
        for word, (q, p) in zip(words, pairwise(path), strict=True):
            rows[number[q]][self.system.words.index(word)] = number[p]
        labels = {q: tuple(words[: path.index(q)]) for q in number}
        situations = tuple(replace(automaton.situations[q], label=label) for q, label in labels.items())
        return self._with_unknown(Automaton(situations, tuple(map(tuple, rows)), automaton.registers))
