"""Up to which length the readout rounds to the specification on every word sequence, at one scale.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from math import isqrt

from flint import arb, ctx, fmpq

from symlstm.kernel.networks.fixed_scale import FixedScale, bound_up_to, bracket, finite_error
from symlstm.kernel.networks.statements import FiniteError
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.numbers import Number
from symlstm.model.residuals import exact_residuals
from symlstm.search.construction import Construction
from symlstm.search.error.contexts import TooMany
from symlstm.search.error.replay import BITS, REPLAYED, at_least, most_wrong
from symlstm.search.error.worst_case import FOREVER, enclosed, fixed, general_bound, rational
from symlstm.search.error.worst_word import Runs, levels, proposals, settled

HALF = fmpq(1, 2)
NEVER = 10**100  # a horizon beyond this one is not looked for
SEARCHED = (8, 64, 512)  # lengths searched one by one where no closed form says that one of them fails
WORK = 1 << 17  # contexts times lengths in such a search


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

    @property
    def is_exact(self) -> bool:
        """Whether both sides meet: one word more than is safe, or no failure up to NEVER."""
        return self.safe == NEVER or (self.fails is not None and self.fails == (self.safe or 0) + 1)


def tolerance(construction: Construction) -> fmpq:
    """Half the distance between neighbouring values: 1/2 for whole numbers, 1/4 for halves. Rounding is to the nearest."""
    specification, network = construction.weighted_automaton, construction.network
    return HALF / exact_residuals(specification, network.vocabulary, network.delay).denominator


def horizon(construction: Construction, k: Number = 1, within: fmpq | None = None) -> Horizon:
    """The first length at which rounding the readout can fail, at scale k, from both sides where they are known.

    Rounding is to the nearest multiple of what the values of the specification are multiples of; or, with `within`,
    to fail is to be further off than that.
    """
    k, limit = rational(k), tolerance(construction) if within is None else within
    found = _in_closed_form(construction, k, limit)
    if found.safe is None:
        found = _by_growth(construction, k, limit, found)
    if found.is_exact or (found.safe or 0) >= REPLAYED:
        return found
    return _stepwise(construction, limit, found)


def _in_closed_form(construction: Construction, k: fmpq, limit: fmpq) -> Horizon:
    """With more bits until the two sides meet or stay where they are; then proved."""
    sides, reason = None, ""
    for bits in BITS:
        before = sides
        try:
            with ctx.workprec(bits):
                sides, reason = _both_sides(fixed(construction, k, FOREVER), limit), ""
        except TooMany as refusal:
            reason = str(refusal)
            break
        except (RuleError, Unsupported) as refusal:
            reason = str(refusal)
            continue
        if sides.meet or (before and sides.stay_at(before)):
            break
    found = sides.proved(construction, k) if sides else Horizon(k, None, None, (), None)
    return replace(found, reason=reason or found.reason)


@dataclass(frozen=True)
class _Sides:
    """Up to which length every sequence is right in closed form, and the first where one that repeats a word is not."""

    scale: FixedScale
    limit: fmpq
    bits: int
    safe: int
    fails: int

    @property
    def meet(self) -> bool:
        return self.safe == NEVER or self.fails == self.safe + 1

    @property
    def far(self) -> bool:
        """Whether they are so far apart that it is not for want of bits."""
        return 2 * self.safe < self.fails <= NEVER and self.safe >= self.scale.first

    def stay_at(self, before: _Sides) -> bool:
        return (self.safe, self.fails) == (before.safe, before.fails) or (self.far and before.far)

    def proved(self, construction: Construction, k: fmpq) -> Horizon:
        """The horizon, as far as it is known."""
        if self.safe < self.scale.first:
            return Horizon(k, None, None, (), None, "in closed form not even the first length is right")
        with ctx.workprec(self.bits):
            given = (*self.scale.premises, self.scale.contexts, k)
            within = finite_error(*given, (self.scale.first, self.safe), self.bits)
            if self.safe == NEVER:
                return Horizon(k, NEVER, None, (), within, f"no sequence of up to 10^{len(str(NEVER)) - 1} words fails")
            if self.fails > NEVER:
                return Horizon(k, self.safe, None, (), within, "no repeated word fails")
            tail = max(0, self.fails - settled(self.scale))
            return _bracketed(construction, self.scale, self.limit, within, self.fails, tail)


def _both_sides(scale: FixedScale, limit: fmpq) -> _Sides:
    """From above the triangle inequality, from below one repeated word, both in closed form."""
    steps = settled(scale)

    def attained(length: int) -> arb:
        seen, tail = levels(scale.contexts, min(length, steps)), max(0, length - steps)
        *_, ends = scale.tail(seen[-1], tail)
        return scale.worst(length, seen, tail, ends)[0]

    safe = last(lambda n: scale.up_to(n) - limit, NEVER, scale.first - 1)
    known = scale.first <= safe < NEVER
    fails = last(lambda n: attained(n) - limit, NEVER, safe, certain=False) + 1 if known else NEVER + 1
    return _Sides(scale, limit, ctx.prec, safe, fails)


def _bracketed(
    construction: Construction, scale: FixedScale, limit: fmpq, within: Theorem, fails: int, tail: int = 0
) -> Horizon:
    """The horizon with a length that fails, of which the last steps, that repeat a word, are in closed form."""
    beyond = enclosed(scale, (fails, fails), ctx.prec, tail)
    theorem = bracket(within, beyond, limit)
    runs = _failing(construction, scale, limit, fails, tail)
    return Horizon(scale.k, within.conclusion.last, fails, runs, theorem)


def _failing(construction: Construction, scale: FixedScale, limit: fmpq, length: int, tail: int = 0) -> Runs:
    """A sequence of the length that was run and fails; empty if none of those proposed does."""
    runs, error = most_wrong(construction, proposals(scale, length, ctx.prec, tail), scale.k, limit)
    return runs if at_least(error) > limit else ()


def last(excess: Callable[[int], arb], most: int, start: int = 0, certain: bool = True) -> int:
    """The last n, start <= n <= most, with an excess below 0: one that is at the start, and that grows with n.

    Where `certain` is false, not above 0 is enough. By steps that grow like squares, then by secants, and halves
    wherever a secant has not done as much.
    """

    def holds(x: arb) -> bool:
        return bool(x < 0) if certain else not x > 0

    step, low, below = 1, start, arb(-1)
    while low < most and holds(value := excess(min(start + step, most))):
        low, below, step = min(start + step, most), value, 2 * step * step
    if low == most:
        return most
    high, above, halve = min(start + step, most), value, False
    while (width := high - low) > 1:
        if high - start > 4 * (low - start + 1):
            middle = start + isqrt((high - start) * (low - start + 1))
        else:
            secant = (arb(width) * below.mid() / (below - above).mid()).floor().unique_fmpz()
            middle = low + (width // 2 if halve or secant is None else int(secant))
        middle = min(max(middle, low + 1), high - 1)
        if holds(value := excess(middle)):
            low, below = middle, value
        else:
            high, above = middle, value
        halve = 2 * (high - low) > width
    return low


def _by_growth(construction: Construction, k: fmpq, limit: fmpq, found: Horizon) -> Horizon:
    """The safe side from the error bound in closed form, which needs no contexts; the other stays open."""
    try:
        general = general_bound(construction, k)
        first = max(1, construction.network.delay)
        safe = last(lambda n: arb(bound_up_to(general, k, n).conclusion.upper - limit), NEVER, first - 1)
        within = bound_up_to(general, k, safe) if safe >= first else None
    except (RuleError, Unsupported) as refusal:
        return replace(found, reason=found.reason or str(refusal))
    if within is None:
        return found
    reason = f"no sequence of up to 10^{len(str(NEVER)) - 1} words fails" if safe == NEVER else found.reason
    return Horizon(k, safe, None, (), within, reason)


def _stepwise(construction: Construction, limit: fmpq, found: Horizon) -> Horizon:
    """Length by length, with the worst case of each known from both sides, up to one that is known to fail."""
    fails = found.fails or NEVER
    reason = found.reason
    for longest in (fails,) if fails <= REPLAYED else SEARCHED:
        for bits in BITS:
            try:
                with ctx.workprec(bits):
                    scale = fixed(construction, found.k, longest)
                    if len(scale.contexts.step) * longest > WORK:
                        return replace(found, reason=found.reason or "too many classes of states to go on")
                    exact = _first_failure(construction, scale, limit, longest)
            except (RuleError, Unsupported) as refusal:
                return replace(found, reason=found.reason or str(refusal))
            if isinstance(exact, Horizon):
                return exact
            if exact is not None:
                found, reason = _safer(found, exact, limit), f"no length up to {longest} fails"
                break
    return replace(found, reason=f"{reason}; from there on it is open" if reason else "")


def _safer(found: Horizon, within: Theorem, limit: fmpq) -> Horizon:
    statement: FiniteError = within.conclusion
    if statement.last <= (found.safe or 0):
        return found
    if found.theorem is None or found.fails is None:
        return replace(found, safe=statement.last, theorem=within)
    _, beyond = found.theorem.premises
    return replace(found, safe=statement.last, theorem=bracket(within, beyond, limit))


def _first_failure(
    construction: Construction, scale: FixedScale, limit: fmpq, longest: int
) -> Horizon | Theorem | None:
    """The horizon if it is at most `longest`, else that no length up to it fails; None without enough bits."""
    first = scale.first
    seen = levels(scale.contexts, longest, up_to=True)
    worst = scale.worst(first, seen, 0, *scale.tail(seen[-1], 0))
    fails = next((first + n for n, x in enumerate(worst) if not x < limit), longest + 1)
    if fails <= longest and not worst[fails - first] > limit:
        return None
    if fails == first:
        beyond = enclosed(scale, (fails, fails), ctx.prec)
        runs = _failing(construction, scale, limit, fails)
        return Horizon(scale.k, None, fails, runs, beyond, "already the first length fails")
    within = enclosed(scale, (first, fails - 1), ctx.prec)
    return within if fails > longest else _bracketed(construction, scale, limit, within, fails)
