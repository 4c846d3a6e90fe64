"""A counterexample told to its reader: replayed, where it departs, how close the gates came to 0.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial

from symlstm.claims import Witness
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.automata import trace
from symlstm.kernel.enclosures import Regime
from symlstm.kernel.invariants import Step
from symlstm.kernel.statements import Counterexample, Invariant, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.network import Network
from symlstm.model.running import DTYPES, run_balls, run_floats
from symlstm.model.specification import value

DIGITS = 50
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
    if len(before) < max(1, delay):
        return ""
    [*_, limit] = trace(theorem.premises[0], found.readout, specification, before).conclusion.limits
    specified = algebra.rational(value(specification, before[: len(before) - delay]))
    if limit != specified:
        return ""
    adds, needed = found.limit - limit, found.specified - specified
    return f"{' '.join(before)} ({limit}); then {found.words[-1]} adds {adds} where {needed} is needed"


def _smallest_margin(theorem: Theorem) -> str:
    """The gate closest to its threshold, of those whose pre-activation can grow with k; empty if none does."""
    margins = [(_size(slope), -t, name, word, slope) for t, word, name, slope in _margins(theorem)]
    if not margins:
        return ""
    _, t, name, word, slope = min(margins, key=lambda margin: margin[:3])
    number = "" if slope.rational() is not None else f" = {algebra.constant_ball(slope).str(5, radius=False)}"
    return f"{slope}{number} per unit of k in {name.removeprefix('a_')} at word {-t}, {word}"


def _size(slope: Term) -> float:
    return float(abs(algebra.constant_ball(slope)).mid())


def _margins(theorem: Theorem) -> Iterator[tuple[int, str, str, Term]]:
    """(t, word, pre-activation, coefficient of k) along the words, where it is known; tanh(0) is left out."""
    invariant: Invariant = theorem.premises[0].conclusion
    system, automaton, q = invariant.system, invariant.automaton, 0
    regime = Regime(system.scale, None)
    for t, word in enumerate(theorem.conclusion.words, 1):
        step = Step(system, regime, automaton.situations[q], word)
        for symbol, gate in system.gates:
            signal = step.signal(symbol) if symbol.name.startswith("a_") and gate.has(system.scale) else None
            if signal is None or signal.side or not signal.error.vanishes:
                continue
            if signal.main.monomials or not symbol.name.startswith("a_g"):
                yield t, word, symbol.name, signal.main.coefficients(system.scale).get(1, Term({}))
        q = automaton.step[q][system.words.index(word)]
