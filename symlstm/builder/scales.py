"""By what unit weights must be multiplied: the least that is certified, and the least that is right in float32.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from typing import NamedTuple

from symlstm.floats.closed_states import LIMIT, Exhausted, exhausted
from symlstm.kernel.theorem import Theorem
from symlstm.model.errors import InputError
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked, at_scale
from symlstm.search.scale.float_classes import Shape, proposals
from symlstm.search.scale.least import narrowed
from symlstm.search.scale.verdict import in_floats

SMALLEST, LARGEST = Fraction(2), 4096  # multiples that are tried
ROUNDS = 6  # more multiples, where the kernel does not accept what floating point found
TOLERANCES = (1 / 4,)  # states of one step are about a unit apart: what is within it is one class
MANY = 100  # units, from which on boxes are made alike
FINE = 8  # the least multiple is known to one part in so many
NUMBERS = 2_000_000  # in all states of one run in floats
FLOATS = "float32"


class Tried(NamedTuple):
    """A multiple, of two digits, and the largest that was tried and does not do."""

    multiple: Fraction
    too_small: Fraction | None = None

    def larger(self) -> Iterator[Tried]:
        """It, and some that are a little larger each."""
        yield self
        tried = self
        for _ in range(ROUNDS):
            tried = Tried(_two_digits_up(tried.multiple * 9 / 8), tried.multiple)
            yield tried


def at_every_length(construction: Construction) -> Theorem | None:
    """The theorem at k = 1 for every length, None if it is not found."""
    found = in_floats(asked(construction, Fraction(1), None)[0], _shape(construction))
    return None if found is None else found[0]


def _shape(construction: Construction) -> Shape:
    return Shape(TOLERANCES, (True,) if construction.network.hidden >= MANY else (True, False))


def least_for_ever(ideal: Construction) -> Tried | None:
    """The least scale at which boxes close in floating point, which has to be checked."""

    def closes(scale: Fraction) -> bool:
        return next(proposals(asked(ideal, scale, None)[0], _shape(ideal)), None) is not None

    return _least(closes)


def least_up_to(found: Callable[[Fraction], Construction], length: int) -> Tried:
    """The least multiple that is certified up to the length. Raises InputError if there is none."""
    best = _least(lambda multiple: at_scale(found(multiple), wrong_too=False).is_right_up_to(length))
    if best is None:
        raise InputError("build", f"no certificate with weights up to {LARGEST}", "a shorter length, or another cell")
    return best


@lru_cache(maxsize=16)  # the last one that a search asks about is asked about again
def right_in_floats(construction: Construction, scale: Fraction) -> Exhausted | None:
    """A run over all float32 states at a scale that found none wrong; None if one is, or if they cannot all be run."""
    size = len(construction.network.coordinates)
    try:
        found = exhausted(construction, FLOATS, scale, min(LIMIT, NUMBERS // size))
    except InputError:  # very many configurations, or weights beyond the range of float32
        return None
    return None if found is None or found.wrong else found


def least_safe(ideal: Construction, first: Fraction) -> Tried | None:
    """The least scale from `first` on that is right in float32; None if none is found."""
    fine = FINE if ideal.network.hidden < MANY else 2
    return _least(lambda scale: right_in_floats(ideal, scale) is not None, first, fine)


def _least(does: Callable[[Fraction], bool], first: Fraction = SMALLEST, fine: int = FINE) -> Tried | None:
    low, high = None, first
    while not does(high):
        low, high = high, 2 * high
        if high > LARGEST:
            return None
    if low is not None:
        low, high = narrowed(low, high, does, fine)
    rounded = _two_digits_up(high)
    return Tried(rounded if rounded == high or does(rounded) else high, low)


def _two_digits_up(x: Fraction) -> Fraction:
    unit = Fraction(1)
    while x / unit >= 100:
        unit *= 10
    while x / unit < 10:
        unit /= 10
    return -(-x // unit) * unit
