"""The claim that an LSTM or a GRU contains an RNN with given weights: its verdict.  UNTRUSTED.

Proved by the derivations of `containment`, if the numbers are of their form; refuted by a
counterexample of the two networks run side by side, in the limit or at one scale; open
otherwise, with the reason why no derivation applies.
"""

from __future__ import annotations

from fractions import Fraction

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.logic.bounds import positive
from symlstm.kernel.logic.propositions import together
from symlstm.kernel.logic.quotients import certainly_positive
from symlstm.kernel.networks.statements import Readout, System, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.file.construction_file import EmbeddingClaim
from symlstm.model.network import Network, real
from symlstm.model.simulation.decimals import decimal
from symlstm.model.terms import SCALE
from symlstm.proof.claims import Outcome, Verdict, Witness, refuted, undecided
from symlstm.search.containment import gru
from symlstm.search.containment.numbers import Numbers, image
from symlstm.search.saturation.refutation import FEW, refutation


def outcome(network: Network, claim: EmbeddingClaim) -> Outcome:
    """The verdict on the claim."""
    try:
        return Outcome(Verdict.PROVED, contained(network, claim))
    except (RuleError, Unsupported) as reason:
        differing = _differing(network, claim)
        return undecided(str(reason)) if differing is None else differing


def contained(network: Network, claim: EmbeddingClaim) -> Theorem:
    """The theorem, and an equation for each number of the network that is not written as the RNN's; raises RuleError."""
    numbers = Numbers(network, claim)
    numbers.check_cell()
    theorem, *beside = (_in_lstm if network.cell == "lstm" else _in_gru)(numbers)
    return together(theorem, *beside) if beside else theorem


def _in_lstm(numbers: Numbers) -> list[Theorem]:
    found, claim = numbers.lstm(), numbers.claim
    equations = numbers.equations(found.divisor)
    if claim.quantifier == "every_k":
        return [found.exactly(), *equations]
    if claim.quantifier == "limit":
        return [found.in_the_limit(), *equations]
    norm, rows = numbers.norm()
    return [found.nearby(norm, numbers.put(_bound(claim))), *equations, *rows]


def _in_gru(numbers: Numbers) -> list[Theorem]:
    found, claim, equations = numbers.gru(), numbers.claim, numbers.equations()
    if claim.quantifier == "every_k":
        raise RuleError("containment", "a GRU at every scale", "a limit or a bound: z is never 0")
    if claim.quantifier == "limit":
        return [found.in_the_limit(), *equations, *_rate(numbers, found)]
    norm, rows = numbers.norm()
    return [found.nearby(norm, numbers.put(_bound(claim))), *equations, *rows, *numbers.within()]


def _rate(numbers: Numbers, found: gru.GRUContainment) -> list[Theorem]:
    """How far the GRU is from the RNN at each time and scale, where the RNN starts in its range; else nothing."""
    try:
        norm, rows = numbers.norm()
        return [found.at_each_time(norm), *rows, *numbers.within()]
    except RuleError:
        return []


def _differing(network: Network, claim: EmbeddingClaim) -> Outcome | None:
    """The claim refuted: at the start, or on the shortest of the words that few situations reach."""
    at = claim.at_k or (None if claim.quantifier == "limit" else Fraction(1))
    put = image(at)
    try:
        start = _different_start(network, claim, put)
        if start is not None:
            return start
        system = _side_by_side(network.put(put), claim.rnn.put(put))
        scale, shift, bound = (algebra.substitute(x, put, {}) for x in (claim.scale, claim.shift, _bound(claim)))
        differences = [_difference(n, scale, shift, system) for n in range(network.hidden)]
        found = [
            (theorem, n)
            for n, difference in enumerate(differences)
            if (theorem := refutation(system, *difference, FEW, lambda x: _beyond(x, bound))[0]) is not None
        ]
    except (RuleError, Unsupported):
        return None
    if not found:
        return None
    theorem, n = min(found, key=lambda pair: len(pair[0].conclusion.words))
    return refuted(theorem, _witness(theorem, n, claim, at))


def _bound(claim: EmbeddingClaim) -> Term:
    return algebra.ZERO if claim.bound is None else claim.bound


def _beyond(difference: Term, bound: Term) -> bool:
    """Whether |difference| > bound for certain; numbers that 4096 bits do not part are mostly equal."""
    try:
        return any(algebra.sign(side - bound) > 0 for side in (difference, -difference))
    except RuleError:
        return False


def _different_start(network: Network, claim: EmbeddingClaim, put: dict[Variable, Term]) -> Outcome | None:
    bound = algebra.substitute(_bound(claim), put, {})
    for n, (ours, theirs) in enumerate(zip(network.h0, claim.rnn.h0, strict=True)):
        gap = algebra.substitute(ours - claim.scale * theirs - claim.shift, put, {})
        beyond = [side - bound for side in (gap, -gap) if not gap.symbols() and certainly_positive(side - bound)]
        if beyond:
            names = f"h_0 - {claim.of(f'{claim.letter}_0')} in unit {n + 1}"
            witness = Witness((), f"{names} = {gap}", f"at most {bound} in size", decimal(gap))
            return refuted(positive(beyond[0]), witness)
    return None


def _side_by_side(network: Network, other: Network) -> System:
    """A network and an RNN as one system with the states h, perhaps c, and r."""
    ours, rnn = network.system, other.system
    renamed = {h: real(f"r_{n + 1}") for n, h in enumerate(rnn.state)}
    put = {h: algebra.atom(r) for h, r in renamed.items()}
    updates = (*ours.updates, *(algebra.substitute(x, put, {}) for x in rnn.updates))
    states = (*ours.state, *renamed.values())
    return System(SCALE, ours.words, ours.inputs, ours.encoding, states, (*ours.initial, *rnn.initial), updates, ())


def _difference(n: int, scale: Term, shift: Term, system: System) -> tuple[Readout, WeightedAutomaton]:
    """h_n - scale r_n - shift, which should be 0."""
    zero = (fmpq(0),)
    readout = Readout(((real(f"h_{n + 1}"), algebra.rational(1)), (real(f"r_{n + 1}"), -scale)), 0, -shift)
    return readout, WeightedAutomaton(zero, dict.fromkeys(system.words, (zero,)), zero)


def _witness(theorem: Theorem, n: int, claim: EmbeddingClaim, at: Fraction | None) -> Witness:
    found = theorem.conclusion
    value, where = decimal(found.limit), "in the limit" if at is None else f"at k = {at}"
    names = f"h_{n + 1} - {claim.of(f'{claim.letter}_{n + 1}')} {where}"
    return Witness(found.words, f"{names} = {value}", f"at most {_bound(claim)} in size")
