"""How wrong a construction can be at one scale and length, over all word sequences.  UNTRUSTED.

Chooses contexts and precision and calls the kernel: dynamic programming where the error is a
sum over the steps, and a word attains what the theorem says; else the bound in closed form
from above, and from below the worst of a few words. Each word that is named is run.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import product

from flint import arb, ctx, fmpq

from symlstm.kernel.networks.automata import error_at
from symlstm.kernel.networks.fixed_scale import FixedScale, finite_error
from symlstm.kernel.networks.statements import Counterexample, FiniteError, Words
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.numbers import Number, positive
from symlstm.search.construction import Construction
from symlstm.search.error import growth
from symlstm.search.error.contexts import TooMany, contexts
from symlstm.search.error.replay import BITS, REPLAYED, at_least, most_wrong
from symlstm.search.error.worst_word import Runs, levels, proposals, runs, settled, spelled
from symlstm.search.saturation.exploration import Infinite

SHARP = arb(10) ** -6  # the relative gap between the two sides at which a worst case counts as known
NEARLY = 1 - fmpq(1, 10**9)  # of the largest error: a sequence with as much is taken for a worst one
FOREVER = 1 << 40  # words for which contexts are wanted when the length is not fixed
PAIRED = 200  # words up to which sequences that repeat two words are tried


@dataclass(frozen=True)
class WorstCase:
    """The largest error over all word sequences of a length at scale k.

    `theorem` is a FiniteError (both sides) or an ErrorAt (from above only). `runs` is a sequence with the error
    `error`, in a ball that certainly holds it; it may be smaller than what the theorem says of some sequence.
    `reason` says what is open.
    """

    length: int
    k: fmpq
    theorem: Theorem
    runs: Runs
    error: arb
    reason: str = ""

    @property
    def word(self) -> Words:
        """The sequence, word by word."""
        return spelled(self.runs)

    @property
    def upper(self) -> fmpq:
        """Not below the error of any sequence."""
        found = self.theorem.conclusion
        return found.upper if hasattr(found, "upper") else found.bound

    @property
    def attained(self) -> fmpq:
        """Not above the error of `runs`."""
        return at_least(self.error)

    @property
    def lower(self) -> fmpq:
        """Not above the error of the worst sequence: by the theorem, or by the one that was run."""
        return max(getattr(self.theorem.conclusion, "lower", fmpq(0)), self.attained)

    @property
    def is_known(self) -> bool:
        """Whether both sides agree within a relative 1e-6."""
        return self._reaches(self.lower)

    @property
    def is_attained(self) -> bool:
        """Whether the sequence is as wrong as any, within a relative 1e-6."""
        return self._reaches(self.attained)

    def _reaches(self, below: fmpq) -> bool:
        return bool(arb(self.upper - below) <= SHARP * arb(self.upper))


def worst_case(construction: Construction, length: int, k: Number = 1) -> WorstCase:
    """The largest error over all word sequences of the length at scale k, from both sides where that can be had.

    Raises InputError for a bad length or scale, RuleError where nothing is certified, with the reason.
    """
    k, length = rational(k), checked_length(construction, length)
    try:
        theorem, scale, bits = sharp(construction, length, k)
    except (RuleError, Unsupported) as reason:
        return _from_above(construction, length, k, reason)
    found: FiniteError = theorem.conclusion
    proposed = proposals(scale, length, bits, tail_of(scale, length))
    words, error = most_wrong(construction, proposed, k, found.upper * NEARLY, found.upper)
    case = WorstCase(length, k, theorem, words, error)
    return case if case.is_attained else replace(case, reason="which sequence has the largest error is open")


def rational(number: Number, name: str = "scale") -> fmpq:
    """A number > 0 as the kernel wants it. Raises InputError for any other."""
    found = positive(number, name)
    return fmpq(found.numerator, found.denominator)


def checked_length(construction: Construction, length: int) -> int:
    """A length that the readout speaks of. Raises InputError for any other."""
    least = max(1, construction.network.delay)
    if isinstance(length, bool) or not isinstance(length, int) or length < least:
        needed = f"a whole number >= {least}, the first length that the readout speaks of"
        raise InputError("length", repr(length), needed)
    return length


def premises(construction: Construction) -> tuple[Theorem, Theorem]:
    """The invariant and the theorem that the specification is computed; RuleError with a word if it is not."""
    try:
        limits, decision = construction.saturation.limits, construction.decision
    except Infinite as reason:
        raise RuleError("finite error", str(reason), "a network that is known to be right in the limit") from None
    if isinstance(decision.conclusion, Counterexample):
        words = " ".join(decision.conclusion.words)
        raise RuleError("finite error", f"a network that is wrong on: {words}", "one that computes its specification")
    return limits, decision


def fixed(construction: Construction, k: fmpq, length: int) -> FixedScale:
    """The construction at one scale, on contexts for the length, at the current precision.

    Raises RuleError without such contexts, and where words change the factor of a register.
    """
    invariant, computed = premises(construction)
    classes = contexts(invariant.conclusion, construction.network.linear_readout, k, length, ctx.prec)
    scale = FixedScale(invariant, computed, classes, k)
    if any(not _narrow(factor) for pair in scale.factors for factor in pair):
        found = "a register that some words forget more than others"
        raise RuleError("finite error", found, "one factor at every step")
    return scale


def _narrow(factor: arb) -> bool:
    return bool(factor.rad() <= arb(2) ** (8 - ctx.prec // 2))


def tail_of(scale: FixedScale, length: int) -> int:
    """How many of the last steps are taken in closed form: none unless the sequence is long."""
    return length - min(length, settled(scale)) if length > REPLAYED else 0


def enclosed(scale: FixedScale, lengths: tuple[int, int], bits: int, tail: int = 0) -> Theorem:
    """The theorem of the worst case of the lengths, the last steps in closed form."""
    first, last = lengths
    seen = levels(scale.contexts, last - tail, up_to=first < last)
    return finite_error(*scale.premises, scale.contexts, scale.k, lengths, bits, seen)


def sharp(construction: Construction, length: int, k: fmpq) -> tuple[Theorem, FixedScale, int]:
    """The theorem whose two sides meet, its scale and the bits that this takes; RuleError if they do with none.

    To a relative SHARP^2, or SHARP for sequences so long that the last steps are in closed form.
    """
    refusal = RuleError("finite error", f"two sides apart with {BITS[-1]} bits", "sides that meet")
    found: tuple[Theorem, FixedScale, int] | None = None
    for bits in BITS:
        try:
            with ctx.workprec(bits):
                scale = fixed(construction, k, length)
                tail = tail_of(scale, length)
            theorem = enclosed(scale, (length, length), bits, tail)
        except TooMany:
            raise
        except RuleError as reason:
            refusal = reason
            continue
        if _gap(theorem) < SHARP**2:
            return theorem, scale, bits
        if found is not None and _gap(theorem) * 2 > _gap(found[0]):
            return found
        if tail and _gap(theorem) < SHARP:
            found = theorem, scale, bits
    if found is None:
        raise refusal
    return found


def _gap(theorem: Theorem) -> arb:
    """Between the two sides, relative to the upper one."""
    found: FiniteError = theorem.conclusion
    return arb(found.upper - found.lower) / arb(found.upper) if found.upper else arb(0)


def _from_above(construction: Construction, length: int, k: fmpq, reason: Exception) -> WorstCase:
    """The closed form's bound, and the worst of a few sequences that repeat one or two words."""
    try:
        theorem = error_at(general_bound(construction, k), length, k)
    except RuleError as refusal:
        both = dict.fromkeys([str(refusal.found), str(getattr(reason, "found", reason))])
        raise RuleError("finite error", ", and ".join(both), refusal.needed) from None
    bound: fmpq = theorem.conclusion.bound
    tried = _repeating(construction.network.vocabulary, length)
    word, error = most_wrong(construction, tried, k, bound * NEARLY, bound)
    return WorstCase(length, k, theorem, word, error, str(reason))


def _repeating(words: Sequence[str], length: int) -> Iterator[Runs]:
    """Sequences of the length that repeat one or two words."""
    if length <= PAIRED:
        yield from (runs(((a, b) * length)[-length:]) for a, b in product(words, repeat=2))
    else:
        yield from (((word, length),) for word in words)


def general_bound(construction: Construction, k: fmpq) -> Theorem:
    """The construction's error bound, or if that is for larger scales only, one from k on."""
    premises(construction)
    usual = construction.error_bound
    if k >= usual.conclusion.k0:
        return usual
    return growth.bound(construction.saturation.rates_from(k), construction.decision)
