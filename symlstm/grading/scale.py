"""Whether a network is right at one scale, on every sequence up to a length: certified, wrong on a word, or open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from fractions import Fraction
from itertools import count, product
from typing import Any

from flint import arb, ctx, fmpq

from symlstm.grading.key import Check
from symlstm.kernel.networks.fixed_scale import bound_up_to
from symlstm.kernel.networks.statements import Words
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.simulation.running import run_floats
from symlstm.model.specification import value
from symlstm.proof.claims import Outcome, Verdict
from symlstm.search.construction import Construction
from symlstm.search.error.replay import BITS, REPLAYED, error_on
from symlstm.search.error.worst_case import enclosed, fixed, general_bound, rational
from symlstm.search.saturation.exploration import Infinite

SEQUENCES = 2000  # tried, the short ones first
REFUSALS = (RuleError, Unsupported, Infinite, InputError)


@dataclass(frozen=True)
class AtScale:
    """A verdict "right", "wrong" or "open" at scale k.

    right: certified on every sequence up to `right_up_to` words. wrong: `words`, `wrong_at` of them, have an error
    above what is allowed, by balls. open: neither, and `reason` says what is missing.
    """

    k: str
    verdict: str
    right_up_to: int | None = None
    wrong_at: int | None = None
    words: Words | None = None
    reason: str = ""

    @property
    def record(self) -> dict[str, Any]:
        """As fields of JSON."""
        return asdict(self) | {"words": None if self.words is None else list(self.words)}

    @property
    def sentence(self) -> str:
        """In words."""
        if self.verdict == "right":
            return f"at k = {self.k}: right on every sequence of up to {self.right_up_to} words"
        if self.verdict == "wrong":
            return f"at k = {self.k}: wrong on {' '.join(self.words or ())} ({self.reason})"
        return f"at k = {self.k}: open, {self.reason}"


def at_scale(construction: Construction, outcome: Outcome, check: Check) -> AtScale:
    """What holds at the scale of the check, for the network whose outcome in the limit is known."""
    k, tried = rational(check.scale), 0
    for words in _suspects(construction, outcome, check):
        error = error_on(construction, words, k)
        if error > arb(rational(check.within)):
            says = f"off by {error.str(4, radius=False)}, where less than {check.within} is asked"
            return AtScale(str(check.scale), "wrong", None, len(words), words, says)
        tried = len(words)
    if outcome.verdict is not Verdict.PROVED:
        reason = "nothing is certified of a network that is not proved right in the limit"
        return AtScale(str(check.scale), "open", reason=reason)
    return _certified(construction, k, check, tried)


def _certified(construction: Construction, k: fmpq, check: Check, tried: int) -> AtScale:
    reasons = []
    for bound in (_by_growth, _by_contexts):
        try:
            if bound(construction, k, check.length) < rational(check.within):
                return AtScale(str(check.scale), "right", check.length)
            reasons.append(f"the certified error up to {check.length} words is not below {check.within}")
        except REFUSALS as reason:
            reasons.append(" ".join(str(reason).split()))
    return AtScale(str(check.scale), "open", reason="; ".join(dict.fromkeys(reasons)))


def _by_growth(construction: Construction, k: fmpq, length: int) -> fmpq:
    return bound_up_to(general_bound(construction, k), k, length).conclusion.upper


def _by_contexts(construction: Construction, k: fmpq, length: int) -> fmpq:
    if length > REPLAYED:
        raise RuleError("finite error", f"sequences of up to {length} words", f"at most {REPLAYED}")
    with ctx.workprec(BITS[0]):
        scale = fixed(construction, k, length)
        return enclosed(scale, (scale.first, length), BITS[0]).conclusion.upper


def _suspects(construction: Construction, outcome: Outcome, check: Check) -> Iterator[Words]:
    """Words that may be wrong at the scale: the counterexample, and those that are wrong when run in float64."""
    wrong = outcome.witness.words if outcome.verdict is Verdict.REFUTED and outcome.witness is not None else None
    if wrong and len(wrong) <= check.length:
        yield wrong
    network, specification = construction.network, construction.weighted_automaton
    for batch in _batches(network.vocabulary, check.length, max(1, network.delay)):
        try:
            run = run_floats(network, [list(words) for words in batch], check.scale).readout[:, -1]
        except InputError:  # numbers out of range
            return
        for words, found in zip(batch, run.tolist(), strict=True):
            wanted = value(specification, words[: len(words) - network.delay])
            if abs(Fraction(found) - Fraction(int(wanted.p), int(wanted.q))) > check.within:
                yield words
                break


def _batches(vocabulary: tuple[str, ...] | Any, longest: int, shortest: int) -> Iterator[list[Words]]:
    """All sequences of one length after another, as long as they are not too many."""
    left = SEQUENCES
    for length in count(shortest):
        left -= len(vocabulary) ** length
        if length > longest or left < 0:
            return
        yield [*product(vocabulary, repeat=length)]
