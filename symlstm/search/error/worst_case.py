"""How wrong a construction can be at one scale and length, over all word sequences.  UNTRUSTED.

Chooses contexts and precision and calls the kernel: dynamic programming where the error is a
sum over the steps, and a word attains what the theorem says; else the bound in closed form
from above, and from below the worst of a few words that are run.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product

from flint import arb, ctx, fmpq

from symlstm.kernel.networks.automata import error_at
from symlstm.kernel.networks.fixed_scale import FixedScale, finite_error
from symlstm.kernel.networks.statements import Counterexample, FiniteError
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.simulation.running import run_balls
from symlstm.model.specification import value
from symlstm.search.construction import Construction
from symlstm.search.error import growth
from symlstm.search.error.contexts import TooMany, contexts
from symlstm.search.error.worst_word import Runs, Words, levels, runs, settled, spelled, worst_runs
from symlstm.search.saturation.exploration import Infinite

BITS = (128, 256, 512, 1024, 2048)  # precisions tried in turn
SHARP = arb(10) ** -6  # the relative gap between the two sides at which a worst case counts as known
FOREVER = 1 << 40  # words for which contexts are wanted when the length is not fixed
REPLAYED = 5000  # words up to which a sequence is run, and followed step by step
ONE = fmpq(1)
PAIRED = 200  # words up to which sequences that repeat two words are tried


@dataclass(frozen=True)
class WorstCase:
    """The largest error over all word sequences of a length at scale k.

    `theorem` is a FiniteError (both sides) or an ErrorAt (from above only). `runs` is a
    sequence with the error `error`, run in balls: the worst one where the two sides meet. A
    sequence of more than REPLAYED words is not run; its error is then from the theorem. `reason`
    says why there is no more than a bound from above.
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
    def lower(self) -> fmpq:
        """Not above the error of the worst sequence: by the theorem or by the one that was run."""
        return max(getattr(self.theorem.conclusion, "lower", fmpq(0)), abs(self.error).lower().fmpq())

    @property
    def is_known(self) -> bool:
        """Whether both sides agree within a relative 1e-6."""
        return bool(arb(self.upper - self.lower) <= SHARP * arb(self.upper))


def worst_case(construction: Construction, length: int, k: Fraction | int | fmpq = 1) -> WorstCase:
    """The largest error over all word sequences of the length at scale k, from both sides where that can be had.

    Raises InputError for a bad length or scale, RuleError where nothing is certified, with the reason.
    """
    k, length = rational(k), checked_length(construction, length)
    try:
        theorem, found = attained(construction, length, k)
    except (RuleError, Unsupported) as reason:
        return _from_above(construction, length, k, reason)
    if length > REPLAYED:
        return WorstCase(length, k, theorem, found, arb(theorem.conclusion.lower))
    return WorstCase(length, k, theorem, found, error_on(construction, spelled(found), k, theorem.conclusion.upper))


def attained(construction: Construction, length: int, k: fmpq) -> tuple[Theorem, Runs]:
    """The theorem whose two sides meet, and a sequence that attains it; RuleError if there is none."""
    theorem, scale, bits = sharp(construction, length, k)
    with ctx.workprec(bits):
        return theorem, worst_runs(scale, length, tail_of(scale, length))


def rational(number: Fraction | int | fmpq, name: str = "scale") -> fmpq:
    """A number > 0 as the kernel wants it. Raises InputError for any other."""
    if isinstance(number, bool) or not isinstance(number, Fraction | int | fmpq) or number <= 0:
        raise InputError(name, repr(number), "an int or a Fraction > 0")
    return number if isinstance(number, fmpq) else fmpq(number.numerator, number.denominator)


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
    words = construction.network.vocabulary
    pairs = product(words, repeat=2) if length <= PAIRED else zip(words, words, strict=True)
    tried = [((a, b) * length)[-length:] for a, b in pairs] if length <= REPLAYED else []
    errors = {word: error_on(construction, word, k, theorem.conclusion.bound) for word in tried}
    word = max(errors, key=lambda word: float(abs(errors[word]).mid()), default=())
    return WorstCase(length, k, theorem, runs(word), errors.get(word, arb(0)), str(reason))


def general_bound(construction: Construction, k: fmpq) -> Theorem:
    """The construction's error bound, or if that is for larger scales only, one from k on."""
    premises(construction)
    usual = construction.error_bound
    if k >= usual.conclusion.k0:
        return usual
    return growth.bound(construction.saturation.rates_from(k), construction.decision)


def error_on(construction: Construction, word: Sequence[str], k: fmpq, size: fmpq = ONE) -> arb:
    """|readout - specification| after the words, in balls with 20 certain digits (or 300 of the readout).

    `size` is about how large it is expected to be, which saves a run.
    """
    wanted = value(construction.weighted_automaton, word[: len(word) - construction.network.delay])
    scale = Fraction(int(k.p), int(k.q))
    digits = 25 + (max(0, -magnitude(size)) if size else 0)
    for wider in (digits, 2 * digits, max(300, 4 * digits)):
        readout = run_balls(construction.network, list(word), scale, wider).readout[-1]
        with ctx.workprec(4 * wider):
            error = abs(readout - arb(wanted))
        if error.rel_accuracy_bits() > 64:
            return error
    return error


def magnitude(x: fmpq) -> int:
    """The e with 10^e <= x < 10^(e+1), for x > 0."""
    e = len(str(x.p)) - len(str(x.q))
    return e if fmpq(10) ** e <= x else e - 1
