"""The claim that an LSTM contains a sigmoid RNN with given weights: its verdict.  UNTRUSTED.

Proved by the derivations of `containment`, if the numbers are of their form; refuted by a
counterexample of the two networks run side by side, in the limit or at one scale; open
otherwise, with the reason why no derivation applies.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable, sigmoid, tanh
from symlstm.kernel.logic.bounds import absolute_value, arithmetic, positive
from symlstm.kernel.logic.propositions import Equal, Less, LessEqual, Within, together
from symlstm.kernel.logic.quotients import certainly_positive, vanishes
from symlstm.kernel.networks.statements import Readout, System, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.file.construction_file import EmbeddingClaim
from symlstm.model.network import Network, real
from symlstm.model.simulation.decimals import decimal
from symlstm.model.terms import SCALE
from symlstm.proof.claims import Outcome, Verdict, Witness, refuted, undecided
from symlstm.search.containment.derivation import Containment, K
from symlstm.search.saturation.refutation import FEW, refutation

NOT_FOUND = "gates i, f, g that depend on no word and no state, the same in every unit"


def outcome(network: Network, claim: EmbeddingClaim) -> Outcome:
    """The verdict on the claim."""
    try:
        return Outcome(Verdict.PROVED, contained(network, claim))
    except (RuleError, Unsupported) as reason:
        differing = _differing(network, claim)
        return undecided(str(reason)) if differing is None else differing


def contained(network: Network, claim: EmbeddingClaim) -> Theorem:
    """The theorem, and an equation for each number of the LSTM that is not written as the RNN's; raises RuleError."""
    put = _scale(claim)
    found = _containment(network, claim, put)
    equations = [
        arithmetic(Equal(a, b), divisors=(found.divisor,)) if vanishes(a - b) else _refuse(where, a, b)
        for where, a, b in _numbers(network, claim, put)
        if a != b
    ]
    if claim.quantifier == "every_k":
        theorem = found.exactly()
    elif claim.quantifier == "limit":
        theorem = found.in_the_limit()
    else:
        norm, rows = _norm(claim, put)
        theorem, equations = found.nearby(norm, put(_bound(claim))), [*equations, *rows]
    return together(theorem, *equations) if equations else theorem


def _refuse(where: str, found: Term, needed: Term) -> Theorem:
    raise RuleError("containment", f"{where} = {found}", str(needed))


def _scale(claim: EmbeddingClaim) -> Callable[[Term], Term]:
    """What puts the number at_k, if there is one, for k."""
    return lambda entry: algebra.substitute(entry, _image(claim.at_k), {})


def _image(at: Fraction | None) -> dict[Variable, Term]:
    return {} if at is None else {SCALE: algebra.rational(at.numerator, at.denominator)}


def _containment(network: Network, claim: EmbeddingClaim, put: Callable[[Term], Term]) -> Containment:
    d = network.hidden
    for row in range(3 * d):
        if any(x != 0 for x in (*network.weight_ih[row], *network.weight_hh[row])):
            raise RuleError("containment", f"weights into gate {'ifg'[row // d]}_{row % d + 1}", NOT_FOUND)
    biases = [put(a + b) for a, b in zip(network.bias_ih, network.bias_hh, strict=True)]
    i, f, g = (_single(biases[n * d : (n + 1) * d], f"the biases of gate {gate}") for n, gate in enumerate("ifg"))
    cell, s = _single([put(x) for x in network.c0], "initial.c0"), put(claim.scale)
    more = (K,) if claim.quantifier == "limit" else ()
    if more and any(K in x.symbols() for x in (cell, s, *(e for _, _, e in _numbers(network, claim, put)))):
        raise RuleError("containment", "an initial cell, a scale or an RNN that depends on k", "constants for a limit")
    return Containment(sigmoid(i), sigmoid(f), tanh(g), cell, s, d, len(network.vocabulary), more)


def _single(entries: list[Term], where: str) -> Term:
    if not all(vanishes(entry - entries[0]) for entry in entries):
        raise RuleError("containment", f"{where}: {', '.join(map(str, entries))}", "the same in every unit")
    return entries[0]


def _numbers(network: Network, claim: EmbeddingClaim, put: Callable[[Term], Term]) -> Iterator[tuple[str, Term, Term]]:
    """(where, number of the LSTM, what it should be) of the output gate and of the initial state."""
    rnn, s, first = claim.rnn, put(claim.scale), 3 * network.hidden
    for n in range(network.hidden):
        row = first + n
        rows: list[tuple[str, Any, Any]] = [
            ("weights.weight_ih_l0", network.weight_ih[row], rnn.weight_ih[n]),
            ("weights.weight_hh_l0", network.weight_hh[row], [u / claim.scale for u in rnn.weight_hh[n]]),
        ]
        for name, ours, theirs in rows:
            for j, (a, b) in enumerate(zip(ours, theirs, strict=True)):
                yield f"{name}[{row}][{j}]", put(a), put(b)
        ours, theirs = network.bias_ih[row] + network.bias_hh[row], rnn.bias_ih[n] + rnn.bias_hh[n]
        yield f"the bias of o_{n + 1}", put(ours), put(theirs)
        yield f"initial.h0[{n}]", put(network.h0[n]), s * put(rnn.h0[n])


def _norm(claim: EmbeddingClaim, put: Callable[[Term], Term]) -> tuple[Term, list[Theorem]]:
    """The largest absolute row sum of the RNN's recurrent weights, and theorems that it is this:

    |u| <= its size for every weight that is no rational, and that the other rows are smaller.
    """
    rows = [[put(u) for u in row] for row in claim.rnn.weight_hh]
    sums = [algebra.total(u * algebra.sign(u) for u in row) for row in rows]
    norm = sums[0]
    for total in sums[1:]:
        norm = total if algebra.sign(total - norm) > 0 else norm
    smaller = [
        arithmetic(Less(total, norm), (1, positive(norm - total))) for total in dict.fromkeys(sums) if total != norm
    ]
    weights = dict.fromkeys(u for row in rows for u in row if u.rational() is None)
    return norm, [*map(_sized, weights), *smaller]


def _sized(weight: Term) -> Theorem:
    """|u| <= u or |u| <= -u, whichever is positive; |u| <= 0 for a number that is 0 in normal form."""
    size = weight * algebra.sign(weight)
    room = [(2, positive(size))] if size != 0 else []
    below = arithmetic(LessEqual(-size, weight), *(room if size == weight else []))
    above = arithmetic(LessEqual(weight, size), *(room if size != weight else []))
    return absolute_value(Within(weight, 0, size), below, above)


def _differing(network: Network, claim: EmbeddingClaim) -> Outcome | None:
    """The claim refuted: at the start, or on the shortest of the words that few situations reach."""
    at = claim.at_k or (None if claim.quantifier == "limit" else Fraction(1))
    image = _image(at)
    try:
        start = _different_start(network, claim, image)
        if start is not None:
            return start
        system, scale = (
            _side_by_side(network.put(image), claim.rnn.put(image)),
            algebra.substitute(claim.scale, image, {}),
        )
        bound = algebra.substitute(_bound(claim), image, {})
        found = [
            (theorem, n) for n in range(network.hidden) if (theorem := _refutation(system, n, scale, bound)) is not None
        ]
    except (RuleError, Unsupported):
        return None
    if not found:
        return None
    theorem, n = min(found, key=lambda pair: len(pair[0].conclusion.words))
    return refuted(theorem, _witness(theorem, n, claim, at))


def _refutation(system: System, n: int, scale: Term, bound: Term) -> Theorem | None:
    """A counterexample in which |h_n - scale r_n| is beyond the bound."""
    return refutation(system, *_difference(n, scale, system), FEW, lambda x: _beyond(x, bound))[0]


def _bound(claim: EmbeddingClaim) -> Term:
    return algebra.ZERO if claim.bound is None else claim.bound


def _beyond(difference: Term, bound: Term) -> bool:
    """Whether |difference| > bound for certain; numbers that 4096 bits do not part are mostly equal."""
    try:
        return any(algebra.sign(side - bound) > 0 for side in (difference, -difference))
    except RuleError:
        return False


def _different_start(network: Network, claim: EmbeddingClaim, image: dict[Variable, Term]) -> Outcome | None:
    scale, bound = (algebra.substitute(x, image, {}) for x in (claim.scale, _bound(claim)))
    for n, (ours, theirs) in enumerate(zip(network.h0, claim.rnn.h0, strict=True)):
        gap = algebra.substitute(ours - claim.scale * theirs, image, {})
        beyond = [side - bound for side in (gap, -gap) if not gap.symbols() and certainly_positive(side - bound)]
        if beyond:
            names = f"h_0 - {scale}*r_0 in unit {n + 1}"
            witness = Witness((), f"{names} = {gap}", f"at most {bound} in size", decimal(gap))
            return refuted(positive(beyond[0]), witness)
    return None


def _side_by_side(network: Network, other: Network) -> System:
    """An LSTM and an RNN as one system with the states h, c and r."""
    lstm, rnn = network.system, other.system
    renamed = {h: real(f"r_{n + 1}") for n, h in enumerate(rnn.state)}
    image = {h: algebra.atom(r) for h, r in renamed.items()}
    updates = (*lstm.updates, *(algebra.substitute(x, image, {}) for x in rnn.updates))
    states = (*lstm.state, *renamed.values())
    return System(SCALE, lstm.words, lstm.inputs, lstm.encoding, states, (*lstm.initial, *rnn.initial), updates, ())


def _difference(n: int, scale: Term, system: System) -> tuple[Readout, WeightedAutomaton]:
    """h_n - scale r_n, which should be 0."""
    zero = (fmpq(0),)
    readout = Readout(((real(f"h_{n + 1}"), algebra.rational(1)), (real(f"r_{n + 1}"), -scale)), 0)
    return readout, WeightedAutomaton(zero, dict.fromkeys(system.words, (zero,)), zero)


def _witness(theorem: Theorem, n: int, claim: EmbeddingClaim, at: Fraction | None) -> Witness:
    found = theorem.conclusion
    value, where = decimal(found.limit), "in the limit" if at is None else f"at k = {at}"
    names = f"h_{n + 1} - {claim.scale}*r_{n + 1} {where}"
    return Witness(found.words, f"{names} = {value}", f"at most {_bound(claim)} in size")
