"""How wrong a construction can be at one scale: worst word, horizon of rounding, smallest scale.  UNTRUSTED.

Chooses contexts and precision, calls the kernel, and follows the dynamic programme to a worst
word.  Every bound that it returns is the kernel's.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from functools import reduce
from itertools import product

from flint import arb, ctx, fmpq

from symlstm.kernel.automata import error_at
from symlstm.kernel.finite import FixedScale, bracket, error_up_to, finite_error
from symlstm.kernel.statements import Counterexample, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.network import Network
from symlstm.model.running import run_balls
from symlstm.model.specification import value
from symlstm.search.construction import Construction
from symlstm.search.contexts import contexts
from symlstm.search.residuals import residuals

BITS = (128, 256, 512, 1024, 2048)  # precisions tried in turn
SHARP = arb(10) ** -6  # the relative gap between the two sides at which a worst case counts as known
FOREVER = 1 << 40  # words for which contexts are wanted when the length is not fixed
REPLAYED = 5000  # words up to which a sequence is run, and lengths that are searched one by one
NEVER = 10**100  # a horizon beyond this one is not looked for
DIGITS = 18  # of a smallest scale

Words = tuple[str, ...]
Runs = tuple[tuple[str, int], ...]  # words, each with how often it stands in a row


@dataclass(frozen=True)
class WorstCase:
    """The largest error over all word sequences of a length at scale k.

    `theorem` is a FiniteError (both sides) or an ErrorAt (from above only). `word` is a
    sequence with the error `error`, run in balls: the worst one where the two sides meet.
    """

    length: int
    k: fmpq
    theorem: Theorem
    word: Words
    error: arb

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


@dataclass(frozen=True)
class Row:
    """A worst case in plain numbers, as a sweep returns it from other processes."""

    length: int
    k: Fraction
    lower: Fraction
    upper: Fraction
    word: Words


@dataclass(frozen=True)
class Horizon:
    """Up to which length rounding the readout gives the specification on every word sequence.

    True for all lengths up to `safe`, by a theorem; False for some sequence of length
    `fails`, for example `runs`. What is None is open, and `reason` says why. Where both are
    known `theorem` is a Bracket, else the FiniteError of the side that is.
    """

    k: fmpq
    safe: int | None
    fails: int | None
    runs: Runs
    theorem: Theorem | None
    reason: str = ""


@dataclass(frozen=True)
class SmallestScale:
    """Between which scales the largest error of a length falls below epsilon; `theorem` is a Bracket.

    At `above` every sequence is within epsilon, at `below` the sequence `word` is not.
    """

    epsilon: fmpq
    length: int
    below: fmpq
    above: fmpq
    word: Words
    theorem: Theorem


def rational(number: Fraction | int | fmpq, name: str = "scale") -> fmpq:
    """A number > 0 as the kernel wants it. Raises InputError for any other."""
    if isinstance(number, bool) or not isinstance(number, Fraction | int | fmpq) or number <= 0:
        raise InputError(name, repr(number), "an int or a Fraction > 0")
    return number if isinstance(number, fmpq) else fmpq(number.numerator, number.denominator)


def checked_length(construction: Construction, length: int) -> int:
    """A length that the readout speaks of. Raises InputError for any other."""
    least = max(1, construction.network.delay)
    if isinstance(length, bool) or not isinstance(length, int) or length < least:
        raise InputError("length", repr(length), f"a whole number >= {least}, the first length that the readout speaks of")
    return length


def premises(construction: Construction) -> tuple[Theorem, Theorem]:
    """The invariant and the theorem that the specification is computed; RuleError with a word if it is not."""
    decision = construction.decision
    if isinstance(decision.conclusion, Counterexample):
        words = " ".join(decision.conclusion.words)
        raise RuleError("finite error", f"a network that is wrong on: {words}", "one that computes its specification")
    return construction.saturation.limits, decision


def worst_case(construction: Construction, length: int, k: Fraction | int | fmpq = 1) -> WorstCase:
    """The largest error over all word sequences of the length at scale k, from both sides where that can be had.

    Raises InputError for a bad length or scale, RuleError where nothing is certified, with the reason.
    """
    k, length = rational(k), checked_length(construction, length)
    try:
        theorem, scale, bits = _sharp(construction, length, k)
    except (RuleError, Unsupported) as reason:
        return _from_above(construction, length, k, reason)
    with ctx.workprec(bits):
        word = worst_word(scale, length)
    return WorstCase(length, k, theorem, word, error_on(construction, word, k))


def fixed(construction: Construction, k: fmpq, length: int) -> FixedScale:
    """The construction at one scale, on contexts for the length, at the current precision; RuleError where words change a register's factor."""
    invariant, computed = premises(construction)
    found = contexts(invariant.conclusion, construction.network.linear_readout, k, length, ctx.prec)
    scale = FixedScale(invariant, computed, found, k)
    if any(not _narrow(factor) for pair in scale.factors for factor in pair):
        raise RuleError("finite error", "a register that some words forget more than others", "one factor at every step")
    return scale


def _sharp(construction: Construction, length: int, k: fmpq) -> tuple[Theorem, FixedScale, int]:
    """The theorem whose two sides meet, and the bits that this takes; RuleError if they do with none."""
    for bits in BITS:
        with ctx.workprec(bits):
            scale = fixed(construction, k, length)
        theorem = finite_error(*scale.premises, scale.contexts, k, (length, length), bits)
        found = theorem.conclusion
        if found.upper == 0 or arb(found.upper - found.lower) < SHARP**2 * arb(found.upper):
            return theorem, scale, bits
    raise RuleError("finite error", f"two sides apart with {BITS[-1]} bits", "sides that meet")


def _narrow(factor: arb) -> bool:
    return bool(factor.rad() <= arb(2) ** (8 - ctx.prec // 2))


def largest(extremes: Iterable[tuple[arb, arb]]) -> arb:
    """The largest absolute value."""
    return reduce(arb.max, (arb.max(high, -low) for high, low in extremes))


def _from_above(construction: Construction, length: int, k: fmpq, reason: Exception) -> WorstCase:
    """The closed form's bound, and the worst of a few sequences that repeat one or two words."""
    if k < construction.error_bound.conclusion.k0:
        raise RuleError("finite error", str(reason), f"a scale from {construction.error_bound.conclusion.k0} on, or contexts")
    theorem = error_at(construction.error_bound, length, k)
    words = construction.network.vocabulary
    pairs = product(words, repeat=2) if length <= REPLAYED // 25 else zip(words, words, strict=True)
    tried = [((a, b) * length)[-length:] for a, b in pairs] if length <= REPLAYED else []
    errors = {word: error_on(construction, word, k) for word in tried}
    word = max(errors, key=lambda word: float(abs(errors[word]).mid()), default=())
    return WorstCase(length, k, theorem, word, errors.get(word, arb(0)))


def error_on(construction: Construction, word: Sequence[str], k: fmpq) -> arb:
    """|readout - specification| after the words, run in balls until 20 digits of it are certain (or 300 of the readout)."""
    wanted = value(construction.specification, word[: len(word) - construction.network.delay])
    scale = Fraction(int(k.p), int(k.q))
    for digits in (50, 100, 300):
        readout = run_balls(construction.network, list(word), scale, digits).readout[-1]
        with ctx.workprec(4 * digits):
            error = abs(readout - arb(wanted))
        if error.rel_accuracy_bits() > 64:
            return error
    return error


def worst_word(scale: FixedScale, length: int, tail: int = 0) -> Words:
    """A sequence that attains the largest error; with a tail, its words before that."""
    best: list[tuple[arb, Words]] = []
    for side in (1, -1):
        start, choices = _choices(scale, length, tail, side)
        best.append((start, _followed(scale, choices)))
    (high, up), (low, down) = best
    return up if not low.mid() > high.mid() else down


def _choices(scale: FixedScale, length: int, tail: int, side: int) -> tuple[arb, list[dict[int, int]]]:
    """The greatest sum side * gain from the start, and for each number of steps to go the best word in every context."""
    levels = scale.levels(length - tail)
    ends = {c: scale.tail(c, tail, True) for c in levels[-1]}
    best = {c: high if side > 0 else -low for c, (high, low) in ends.items()}
    choices: list[dict[int, int]] = []
    for n in range(1, length - tail + 1):
        rows = scale.gains(levels[length - tail - n], n + tail - 1)
        sums = {c: [side * x + best[p] for x, p in row] for c, row in rows.items()}
        choices.append({c: max(range(len(row)), key=lambda j, row=row: _Mid(row[j])) for c, row in sums.items()})
        best = {c: row[choices[-1][c]] for c, row in sums.items()}
    return best[0] + side * scale.start(length), choices


class _Mid:
    """A ball, ordered by its middle; what agrees to the radii is equal, so that the first word wins."""

    def __init__(self, ball: arb) -> None:
        self.ball = ball

    def __lt__(self, other: _Mid) -> bool:
        return bool(self.ball < other.ball)

    def __gt__(self, other: _Mid) -> bool:
        return bool(self.ball > other.ball)


def _followed(scale: FixedScale, choices: list[dict[int, int]]) -> Words:
    c, word = 0, []
    for choice in reversed(choices):
        word.append(scale.found.system.words[choice[c]])
        c = scale.contexts.step[c][choice[c]]
    return tuple(word)


def runs(words: Iterable[str]) -> Runs:
    """The words with how often each stands in a row."""
    found: list[tuple[str, int]] = []
    for word in words:
        found[-1:] = [(word, found[-1][1] + 1)] if found and found[-1][0] == word else [*found[-1:], (word, 1)]
    return tuple(found)


def integral(construction: Construction) -> None:
    """Raises InputError unless the specification is a whole number on every word sequence."""
    specification, network = construction.specification, construction.network
    if residuals(specification, network.vocabulary, network.delay).denominator != 1:
        raise InputError("spec", "values that need not be whole numbers", "whole numbers, for rounding to be compared with")


def horizon(construction: Construction, k: Fraction | int | fmpq = 1) -> Horizon:
    """The first length at which rounding the readout can fail, at scale k, from both sides.

    Raises InputError for a specification whose values are not whole.
    """
    k = rational(k)
    integral(construction)
    before: Horizon | None = None
    reason = ""
    for bits in BITS:
        try:
            found = _closed_horizon(construction, k, bits)
        except (RuleError, Unsupported) as refusal:
            before, reason = None, str(refusal)
            continue
        short = found.safe is None or (found.fails or 0) <= REPLAYED and found.fails != found.safe + 1
        if short:
            return _stepwise_horizon(construction, k)
        if found.fails in (None, (found.safe or 0) + 1) or found == before:
            return found
        before = found
    return before or Horizon(k, None, None, (), None, reason)


HALF = fmpq(1, 2)


def _closed_horizon(construction: Construction, k: fmpq, bits: int) -> Horizon:
    """Both sides in closed form: the triangle inequality from above, one repeated word from below."""
    with ctx.workprec(bits):
        scale = fixed(construction, k, FOREVER)
        settled = _settled(scale)

        def above(length: int) -> bool:
            return bool(largest(scale.extremes(length, length, length - 1, up_to=True)) < HALF)

        def below(length: int) -> bool:
            steps = min(length, settled)
            return not largest(scale.extremes(length, length, length - steps, from_below=True)) > HALF

        safe = last(above, NEVER)
        fails = None if safe in (0, NEVER) else last(below, NEVER, safe) + 1
        if safe == 0:
            return Horizon(k, None, None, (), None)
        within = error_up_to(*scale.premises, scale.contexts, k, safe, bits)
        if fails is None:
            return Horizon(k, safe, None, (), within, f"no sequence of up to 10^{len(str(NEVER)) - 1} words fails")
        steps = min(fails, settled)
        beyond = finite_error(*scale.premises, scale.contexts, k, (fails, fails), bits, fails - steps)
        words = runs(worst_word(scale, fails, fails - steps))
    longer = (*words[:-1], (words[-1][0], words[-1][1] + fails - steps))
    return Horizon(k, safe, fails, longer, bracket(within, beyond, HALF))


def _settled(scale: FixedScale) -> int:
    """After how many words only contexts are reached that are reached again and again."""
    levels = scale.levels(len(scale.edges))
    return next(n for n, level in enumerate(levels) if level == levels[-1] or n == len(levels) - 1)


def last(holds: Callable[[int], bool], most: int, start: int = 0) -> int:
    """The last n, start <= n <= most, of a property that holds at the start and, once lost, stays lost."""
    step = 1
    while start + step <= most and holds(start + step):
        step *= 2
    low, high = start + step // 2, min(start + step, most + 1)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if holds(middle) else (low, middle)
    return low


def _stepwise_horizon(construction: Construction, k: fmpq) -> Horizon:
    """Length by length, with the worst case of each known from both sides."""
    first = checked_length(construction, max(1, construction.network.delay))
    for longest in (64, 512, REPLAYED):
        for bits in BITS[:3]:
            found = _first_failure(construction, k, first, longest, bits)
            if found is not None:
                return found
    return Horizon(k, None, None, (), None, f"no length up to {REPLAYED} fails, and no closed form says that none does")


def _first_failure(construction: Construction, k: fmpq, first: int, longest: int, bits: int) -> Horizon | None:
    """The horizon if it is at most `longest` and these bits decide it."""
    with ctx.workprec(bits):
        scale = fixed(construction, k, longest)
        worst = [largest([pair]) for pair in scale.extremes(first, longest)]
        fails = next((first + n for n, x in enumerate(worst) if not x < HALF), None)
        if fails is None or not worst[fails - first] > HALF:
            return None
        beyond = finite_error(*scale.premises, scale.contexts, k, (fails, fails), bits)
        words = runs(worst_word(scale, fails))
        if fails == first:
            return Horizon(k, None, fails, words, beyond, "already the first length fails")
        within = finite_error(*scale.premises, scale.contexts, k, (first, fails - 1), bits)
    return Horizon(k, fails - 1, fails, words, bracket(within, beyond, HALF))


def smallest_scale(
    construction: Construction, epsilon: Fraction | int | fmpq, length: int, digits: int = DIGITS
) -> SmallestScale:
    """Two scales, equal to `digits` digits, with every sequence within epsilon at the larger and one beyond it at the smaller.

    The error is taken to fall with the scale on the way between them; nothing is claimed of
    other scales. Raises InputError for epsilon <= 0, RuleError if no such scales are found.
    """
    epsilon, length = rational(epsilon, "epsilon"), checked_length(construction, length)

    def excess(k: fmpq) -> arb:
        """ln(largest error / epsilon) at k."""
        found = _sharp(construction, length, k)[0].conclusion
        return (arb(found.upper) / arb(epsilon)).log()

    low, high = _straddling(excess)
    root = _root(excess, low, high, digits)
    unit = fmpq(10) ** (_magnitude(root) - digits + 1)
    for width in (1, 10, 1000):
        below, above = ((root / unit).floor() - width) * unit, ((root / unit).ceil() + width) * unit
        inside, outside = _sharp(construction, length, above)[0], worst_case(construction, length, below)
        if inside.conclusion.upper < epsilon < outside.lower:
            theorem = bracket(inside, outside.theorem, epsilon)
            return SmallestScale(epsilon, length, below, above, outside.word, theorem)
    raise RuleError("smallest scale", f"no change of sign near {root}", "an error that falls with the scale")


def _magnitude(x: fmpq) -> int:
    """The e with 10^e <= x < 10^(e+1)."""
    return int((arb(x).log() / arb(10).log()).floor().unique_fmpz())


Point = tuple[fmpq, arb]


def _straddling(excess: Callable[[fmpq], arb]) -> tuple[Point, Point]:
    """Two scales, one below the one wanted and one above, by doubling and halving from 1/4."""
    k = fmpq(1, 4)
    value = excess(k)
    for _ in range(20):
        other = k / 2 if value < 0 else k * 2
        beyond = excess(other)
        if (beyond > 0) != (value > 0):
            pair = sorted([(k, value), (other, beyond)], key=lambda point: float(arb(point[0])))
            return pair[0], pair[1]
        k, value = other, beyond
    raise RuleError("smallest scale", f"the same at every scale down or up to {k}", "one at which the error is epsilon")


def _root(excess: Callable[[fmpq], arb], low: Point, high: Point, digits: int) -> fmpq:
    """Where the excess changes sign: regula falsi with the Illinois rule (Dowell and Jarratt 1971), in short rationals."""
    weight, kept = [arb(1), arb(1)], -1
    (a, u), (b, v) = low, high
    while True:
        with ctx.workprec(BITS[0]):
            x = b - fmpq(1) * _short((v * weight[1] * arb(b - a) / (v * weight[1] - u * weight[0])), digits)
        if not a < x < b or min(x - a, b - x) < x * fmpq(10) ** -(digits + 1):
            return x
        value = excess(x)
        side = int(bool(value < 0))
        a, u, b, v = (a, u, x, value) if side else (x, value, b, v)
        weight[side], weight[1 - side] = arb(1), weight[1 - side] / 2 if kept == side else arb(1)
        kept = side


def _short(x: arb, digits: int) -> fmpq:
    """A decimal near the ball."""
    unit = fmpq(10) ** -(digits + 6)
    return (x.mid().fmpq() / unit).floor() * unit


def sweep(
    construction: Construction,
    cases: Iterable[tuple[int, Fraction | int]],
    executor: Executor | None = None,
) -> list[Row]:
    """The worst case of each (length, scale), in order; in the executor's processes or threads, if there is one.

    Theorems stay where they were made: the rows are plain numbers.
    """
    network, form = construction.network, construction.specification
    plain = (form.initial, dict(form.matrices), form.final)
    jobs = [(network, plain, construction.title, length, Fraction(k)) for length, k in cases]
    return list((executor.map if executor else map)(row, jobs))


def row(job: tuple[Network, tuple[object, ...], str, int, Fraction]) -> Row:
    """One job of a sweep."""
    network, plain, title, length, k = job
    found = worst_case(Construction(network, WeightedAutomaton(*plain), title), length, k)
    lower, upper = (Fraction(int(x.p), int(x.q)) for x in (found.lower, found.upper))
    return Row(length, k, lower, upper, found.word)
