"""A network with what it should compute: everything that can be proved about the two.  UNTRUSTED.

Organises calls to the kernel; every theorem it returns was made there.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from fractions import Fraction
from functools import cached_property
from typing import TypeAlias

from flint import fmpq

from symlstm.kernel.algebra import Apply, Term
from symlstm.kernel.networks.automata import error_at, trace
from symlstm.kernel.networks.families import Families
from symlstm.kernel.networks.invariants import step_table
from symlstm.kernel.networks.machines import Choices, Machine, Mischoice, Misdecision
from symlstm.kernel.networks.statements import Counterexample, StepTable, Trace, WeightedAutomaton, Words
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import exact
from symlstm.model.network import Network, real
from symlstm.model.terms import term
from symlstm.proof.claims import Outcome, Verdict, Witness, refuted, undecided
from symlstm.search import pipeline
from symlstm.search.error import growth
from symlstm.search.saturation.invariant import Saturation, saturate
from symlstm.search.saturation.rates import latch

Expected: TypeAlias = Term | int | Mapping[Words, Term | int] | Callable[[Words, str], Term | int]


UNSCALED = "no entry of the network depends on k, so that no gate saturates: write 100*k, or import with scaled='all'"
LATCH = "no error bound found that holds at every length: {}, held by a gate below 1, loses a little at each word"


class Construction:
    """A network and its specification. Work is done once, when first asked for."""

    def __init__(
        self,
        network: Network,
        specification: WeightedAutomaton | Machine,
        title: str = "",
        threshold: Term | Fraction | int | None = None,
        margin: Fraction | int | None = None,
    ) -> None:
        """`threshold` is what the readout of a decision is compared with (default 1/2), `margin` by how much at least."""
        _check_kind("network", network, Network, "read_construction(path).network")
        kinds = (WeightedAutomaton, Machine)
        _check_kind("specification", specification, kinds, 'pattern_counts(vocabulary, {("a",): 1})')
        choosing = isinstance(specification, Machine) and isinstance(specification.output, Choices)
        if not (network.outputs if choosing else network.readout):
            raise InputError("network.readout", "no terms", "at least one ReadoutTerm")
        words = {*(specification.moves if isinstance(specification, Machine) else specification.matrices)}
        if words != set(network.vocabulary):
            found = f"the words {sorted(words)}"
            raise InputError("specification", found, f"the network's vocabulary {sorted(network.vocabulary)}")
        self.network, self.specification = network, specification
        self.threshold = exact(Fraction(1, 2) if threshold is None else threshold, "threshold")
        self.margin = margin
        self.title = title or network.title

    @property
    def weighted_automaton(self) -> WeightedAutomaton:
        """The specification, if it is one; raises InputError for a machine."""
        if isinstance(self.specification, Machine):
            raise InputError(
                "specification", "a machine", "a weighted automaton or pattern counts, whose errors are numbers"
            )
        return self.specification

    @cached_property
    def saturation(self) -> Saturation:
        """The invariants; raises Infinite or RuleError if there is none."""
        return saturate(self.network.system, self.network.all_read)

    @cached_property
    def decision(self) -> Theorem:
        """The theorem that the network computes its specification in the limit, or that it does not (a counterexample).

        Raises one of pipeline.FAILURES where neither is found.
        """
        return pipeline.decision(self)

    def outcome(self) -> Outcome:
        """Proved on every word sequence, refuted with a shortest counterexample, or open with the reason.

        In the limit; of a network without k, with its weights as they stand: a decision by the readout, a number by
        rounding it.
        """
        if not self.network.depends_on_k and self.has_curves:
            return self._as_it_stands(UNSCALED)
        try:
            theorem = self.decision
        except pipeline.FAILURES as reason:
            if not self.network.depends_on_k:  # steps at their thresholds: exact values tell, limits do not
                found = self._as_it_stands()
                if found.verdict is not Verdict.OPEN:
                    return found
            return undecided("; ".join(filter(None, [str(reason), *getattr(reason, "__notes__", ()), self._unscaled])))
        if isinstance(self.specification, Machine):
            return self._decision_outcome(theorem)
        if isinstance(theorem.conclusion, Counterexample):
            from symlstm.search.saturation import witness as replay  # only where it is needed: a proof runs no network

            return refuted(theorem, replay.witness(self.network, self.weighted_automaton, theorem), self._unscaled)
        if isinstance(theorem.premises[0].conclusion, Families):
            return Outcome(Verdict.PROVED, theorem)
        held = latch(self.network.system, self.saturation.automaton)
        return Outcome(Verdict.PROVED, theorem, reason=LATCH.format(held) if held else "")

    def _as_it_stands(self, hint: str = "") -> Outcome:
        from symlstm.search.scale.standing import as_it_stands  # which asks for constructions

        return as_it_stands(self, hint=hint)

    def _decision_outcome(self, theorem: Theorem) -> Outcome:
        found = theorem.conclusion
        if not isinstance(found, Misdecision | Mischoice | Counterexample):
            return Outcome(Verdict.PROVED, theorem)
        from symlstm.search.decisions.telling import hint, witness

        told = "; ".join(filter(None, [hint(found), self._unscaled]))
        return refuted(theorem, witness(self.network, found), told)

    @property
    def has_curves(self) -> bool:
        """Whether a tanh or sigmoid stands in the equations: without k what it makes of the state is never whole."""
        atoms = [a for term in self.network.system.updates for mono in term.monomials for a, _ in mono]
        return any(isinstance(a, Apply) and a.function in ("tanh", "sigmoid") for a in atoms)

    @property
    def _unscaled(self) -> str:
        """What to do about a network without k, or nothing."""
        saturating = any(
            kind in ("sigmoid", "tanh") for layer in self.network.layers for kind in layer.kind.gates.values()
        )
        return UNSCALED if saturating and not self.network.depends_on_k else ""

    @property
    def rates(self) -> Theorem:
        """The invariant with rates, for all k >= k0; raises RuleError with the reason where there is none."""
        return self.saturation.rates

    @cached_property
    def error_bound(self) -> Theorem:
        """|readout - specification| at every length, for every k >= k0, in closed form."""
        if isinstance(self.decision.conclusion, Counterexample):
            words = " ".join(self.decision.conclusion.words)
            raise RuleError(
                "error bound", f"a network that is wrong on: {words}", "one that computes its specification"
            )
        return growth.bound(self.rates, self.decision)

    def error_at(self, length: int, k: int | fmpq = 1) -> Theorem:
        """A number not below the error of any word sequence of the length at scale k."""
        return error_at(self.error_bound, length, fmpq(k))

    def trace(self, words: Sequence[str], expected: Sequence[Term | int]) -> Theorem | Outcome:
        """That the limits of the readout along the words are the expected ones; refuted at the first that is not."""
        unknown = [word for word in words if word not in self.network.vocabulary]
        if unknown or len(words) != len(expected):
            raise InputError("trace", f"{unknown or len(expected)}", f"{len(words)} values, words of the vocabulary")
        theorem = trace(self.saturation.limits, self.network.linear_readout, self.weighted_automaton, tuple(words))
        found: Trace = theorem.conclusion
        for n, (limit, wanted) in enumerate(zip(found.limits, expected, strict=True)):
            if limit != term(wanted):
                return refuted(theorem, Witness(tuple(words[: n + 1]), str(limit), str(wanted)))
        return theorem

    def table(self, expected: Mapping[str, Expected]) -> Theorem | Outcome:
        """That gates and coordinates have the expected limits after every step, with their rates.

        `expected` maps a name ("i_1", "h_3", "g_6") to its limit: one for all steps, or one
        for each situation (by the shortest words that lead to it), or a function of situation
        and word. Refuted at the first step that has another limit.
        """
        try:
            premise = self.rates
        except RuleError:  # the limits without their rates, then
            premise = self.saturation.limits
        theorem = step_table(premise, tuple(map(real, expected)))
        found: StepTable = theorem.conclusion
        for q, word, name, signal in found.rows:
            label = found.automaton.situations[q].label
            wanted = term(_at(expected[name.name], label, word))
            if signal.limit != wanted:
                return refuted(theorem, Witness((*label, word), f"{name} -> {signal.limit}", f"{name} -> {wanted}"))
        return theorem


def _check_kind(where: str, found: object, kind: type | tuple[type, ...], hint: str) -> None:
    if not isinstance(found, kind):
        names = " or a ".join(one.__name__ for one in (kind if isinstance(kind, tuple) else (kind,)))
        raise InputError(where, type(found).__name__, f"a {names}", hint)


def _at(expected: Expected, label: Words, word: str) -> Term | int:
    if isinstance(expected, Mapping):
        return expected[label]
    return expected(label, word) if callable(expected) and not isinstance(expected, Term) else expected


def prove(network: Network, specification: WeightedAutomaton | Machine) -> Outcome:
    """Whether the network's readout tends to the specification on every word sequence, for k -> oo."""
    return Construction(network, specification).outcome()


def names(kind: str, indices: Iterable[int]) -> list[str]:
    """The names of a gate's or state's coordinates, from 1: names("h", [1, 2]) is ["h_1", "h_2"]."""
    return [f"{kind}_{j}" for j in indices]
