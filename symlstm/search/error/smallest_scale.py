"""The scale at which the largest error of a length falls below epsilon, between two close decimals.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import chain

from flint import arb, ctx, fmpq

from symlstm.kernel.networks.fixed_scale import bracket
from symlstm.kernel.networks.statements import Words
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.errors import InputError
from symlstm.model.numbers import Number
from symlstm.search.construction import Construction
from symlstm.search.error.replay import BITS, at_least, magnitude, most_wrong
from symlstm.search.error.single_word import error_along
from symlstm.search.error.worst_case import checked_length, fixed, rational, sharp, tail_of
from symlstm.search.error.worst_word import Runs, proposals, spelled

DIGITS = 18  # of a smallest scale
START = fmpq(1, 4)  # the first scale that is tried
WORDS = 32  # tried one after the other
DOUBLINGS = 20  # of a scale in search of one on the other side of epsilon


@dataclass(frozen=True)
class SmallestScale:
    """Between which scales the largest error of a length falls below epsilon; `theorem` is a Bracket.

    At `above` every sequence is within epsilon, at `below` one is not: `runs`, which was run (empty if none was found).
    """

    epsilon: fmpq
    length: int
    below: fmpq
    above: fmpq
    runs: Runs
    theorem: Theorem

    @property
    def word(self) -> Words:
        """The sequence, word by word."""
        return spelled(self.runs)


def smallest_scale(construction: Construction, epsilon: Number, length: int, digits: int = DIGITS) -> SmallestScale:
    """Two scales, equal to `digits` digits: at the larger every sequence is within epsilon, at the smaller one is not.

    The error is taken to fall with the scale on the way between them; nothing is claimed of
    other scales. Raises InputError for bad input, RuleError if no such scales are found.
    """
    epsilon, length = rational(epsilon, "epsilon"), checked_length(construction, length)
    if digits < 1:
        raise InputError("digits", str(digits), "at least 1")

    root, words = _crossing(construction, epsilon, length, digits)
    unit = fmpq(10) ** (magnitude(root) - digits + 1)
    for width in (0, 1, 10, 1000):
        below, above = ((root / unit).floor() - width) * unit, ((root / unit).ceil() + width) * unit
        inside, outside = (sharp(construction, length, k)[0] for k in (above, below))
        if inside.conclusion.upper < epsilon < outside.conclusion.lower:
            proposed = chain([words], _worst(construction, length, below))
            runs, error = most_wrong(construction, proposed, below, epsilon, epsilon)
            theorem = bracket(inside, outside, epsilon)
            return SmallestScale(epsilon, length, below, above, runs if at_least(error) > epsilon else (), theorem)
    raise RuleError("smallest scale", f"no change of sign near {root}", "an error that falls with the scale")


def _crossing(construction: Construction, epsilon: fmpq, length: int, digits: int) -> tuple[fmpq, Runs]:
    """About where the largest error is epsilon, and a word with that error there.

    Where the error of a worst word is epsilon, until no other is worse there. Every word's error falls
    with the scale, so the scales only grow from one word to the next (policy iteration, Howard 1960).
    """
    k, words = START, next(_worst(construction, length, START))
    for _ in range(WORDS):
        excess = partial(_excess, construction, words, epsilon)
        k = _root(excess, *_straddling(excess, k), digits)
        before, words = words, next(_worst(construction, length, k))
        if words == before or _excess(construction, words, epsilon, k) < excess(k) + arb(10) ** -(digits + 3):
            return k, before
    raise RuleError("smallest scale", f"ever other worst words, the last near scale {k}", "one that stays the worst")


def _excess(construction: Construction, words: Runs, epsilon: fmpq, k: fmpq) -> arb:
    """About ln(error / epsilon) on the words at k: where the search goes, not what it says."""
    with ctx.workprec(BITS[1]):
        return (error_along(construction, words, k).mid() / arb(epsilon)).log()


def _worst(construction: Construction, length: int, k: fmpq) -> Iterator[Runs]:
    """Words that may attain the largest error, the likeliest first."""
    with ctx.workprec(BITS[1]):
        scale = fixed(construction, k, length)
        tail = tail_of(scale, length)
    return proposals(scale, length, BITS[1], tail)


Point = tuple[fmpq, arb]


def _straddling(excess: Callable[[fmpq], arb], k: fmpq) -> tuple[Point, Point]:
    """Two scales, one below the one wanted and one above, by doubling and halving from k."""
    value = excess(k)
    for _ in range(DOUBLINGS):
        other = k / 2 if value < 0 else k * 2
        beyond = excess(other)
        if (beyond > 0) != (value > 0):
            return ((k, value), (other, beyond)) if k < other else ((other, beyond), (k, value))
        k, value = other, beyond
    raise RuleError("smallest scale", f"the same at every scale down or up to {k}", "one at which the error is epsilon")


def _root(excess: Callable[[fmpq], arb], low: Point, high: Point, digits: int) -> fmpq:
    """Where the excess changes sign: regula falsi with the Illinois rule (Dowell and Jarratt 1971)."""
    weight, kept = [arb(1), arb(1)], -1
    (a, u), (b, v) = low, high
    while True:
        with ctx.workprec(BITS[0]):
            x = b - _short((v * weight[1] * arb(b - a) / (v * weight[1] - u * weight[0])), digits)
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
