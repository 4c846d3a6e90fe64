"""A counterexample told to its reader: replayed, where it departs, how close the gates came to 0.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from functools import partial
from typing import NamedTuple

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.automata import trace
from symlstm.kernel.networks.invariants import Step, arithmetic_of
from symlstm.kernel.networks.statements import Counterexample, Invariant, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.coordinates import Coordinate, gate_of
from symlstm.model.errors import InputError
from symlstm.model.network import Network, real
from symlstm.model.simulation.running import DTYPES, run_balls, run_floats
from symlstm.model.specification import value
from symlstm.proof.claims import Witness
from symlstm.search.saturation.exploration import relevant

DIGITS = 50
TANH = ("g", "n")  # the gates that a tanh makes, 0 at 0
REFUSALS = (InputError, RuleError, Unsupported)


def witness(network: Network, specification: WeightedAutomaton, theorem: Theorem) -> Witness:
    """The counterexample's words, exact values, and its replay at k = 1 in 50 digits, float64 and float32."""
    found: Counterexample = theorem.conclusion
    details = {dtype: _said(partial(_float, network, found, dtype)) for dtype in DTYPES}
    details["right up to"] = _said(lambda: _departure(theorem, specification))
    details["smallest margin"] = _said(lambda: _smallest_margin(theorem))
    exact = _said(lambda: run_balls(network, found.words).readout[-1].str(DIGITS, radius=False))
    known = {key: text for key, text in details.items() if text}
    return Witness(found.words, str(found.limit), str(found.specified), exact, known)


def _said(what: Callable[[], str]) -> str:
    """The text, or why there is none."""
    try:
        return what()
    except REFUSALS as reason:
        return f"none ({str(reason).splitlines()[0]})"


def _float(network: Network, found: Counterexample, dtype: str) -> str:
    return str(run_floats(network, found.words, dtype=dtype).readout[-1])


def _departure(theorem: Theorem, specification: WeightedAutomaton) -> str:
    """The words on which the readout is still right, and what the last one adds and should add; empty if none are."""
    found: Counterexample = theorem.conclusion
    before, delay = found.words[:-1], found.readout.delay
    if len(before) < max(1, delay) or not theorem.premises:
        return ""
    [*_, limit] = trace(theorem.premises[0], found.readout, specification, before).conclusion.limits
    specified = algebra.rational(value(specification, before[: len(before) - delay]))
    if limit != specified:
        return ""
    adds, needed = found.limit - limit, found.specified - specified
    return f"{' '.join(before)} ({limit}); then {found.words[-1]} adds {adds} where {needed} is needed"


class Margin(NamedTuple):
    """How a pre-activation grows with k at word t; `constant` if it never does, whatever the word.

    It is a tie if its limit is 0, so that a sigmoid stays at 1/2.
    """

    t: int
    word: str
    gate: str
    slope: Term
    constant: bool
    tie: bool

    def __str__(self) -> str:
        exact = self.slope.rational() is not None
        number = "" if exact else f" = {algebra.constant_ball(self.slope).str(5, radius=False)}"
        stays = f": what {self.gate} is taken of tends to 0, a tie" if self.tie else ""
        why = f": {self.gate} does not depend on k" if self.constant else stays
        return f"{self.slope}{number} per unit of k in {self.gate} at word {self.t}, {self.word}{why}"


def _smallest_margin(theorem: Theorem) -> str:
    """The gate closest to its threshold, ties before all, the latest of several; empty if there is none."""
    return str(min(_margins(theorem), key=lambda m: (not m.tie, _size(m.slope), -m.t, m.gate), default=""))


def _size(slope: Term) -> float:
    return float(abs(algebra.constant_ball(slope)).mid())


def _margins(theorem: Theorem) -> Iterator[Margin]:
    """Along the words, where it is known; tanh(0) is left out, and a constant gate whose value changes nothing."""
    if not theorem.premises:  # a counterexample that was evaluated without an invariant
        return
    invariant: Invariant = theorem.premises[0].conclusion
    system, automaton, q = invariant.system, invariant.automaton, 0
    arithmetic = arithmetic_of(system, None)
    wanted = {s.name for s in relevant(system, theorem.conclusion.readout)}
    for t, word in enumerate(theorem.conclusion.words, 1):
        step = Step(system, arithmetic, automaton.situations[q], word)
        q = automaton.step[q][system.words.index(word)]
        for symbol, row in system.gates:
            gate = gate_of(symbol.name)
            signal = step.signal(symbol) if gate else None
            if gate is None or signal is None or signal.side or not signal.error.vanishes:
                continue
            constant = system.scale not in row.symbols()
            if constant and not _matters(gate, step, wanted):
                continue
            if signal.main.monomials or gate.letter not in TANH:
                slope = signal.main.coefficients(system.scale).get(1, algebra.ZERO)
                yield Margin(t, word, gate.name, slope, constant, not signal.main.monomials)


def _matters(place: Coordinate, step: Step, wanted: Collection[str]) -> bool:
    """Whether the readout depends on the gate's cell, and what the gate is multiplied by is not 0 in the limit."""
    if place.letter not in "ifgo":  # of a GRU, all of whose gates meet in h
        return place._replace(letter="h").name in wanted
    i, g, c, h = (real(place._replace(letter=letter).name) for letter in "igch")
    factors = {
        "i": lambda: step.signal(g),
        "g": lambda: step.signal(i),
        "f": lambda: step.enclose(algebra.atom(c)),
        "o": lambda: step.signal(c),
    }
    if (h if place.letter == "o" else c).name not in wanted:
        return False
    factor = factors[place.letter]()
    return factor is None or bool(factor.main.monomials) or not factor.error.vanishes
