"""From an exact entry at a given scale to a number: a float, rounded once, or a ball."""

from __future__ import annotations

import math
from fractions import Fraction

from flint import arb, ctx

from symlstm.kernel import algebra
from symlstm.kernel.theorem import Unsupported
from symlstm.model import numbers
from symlstm.model.errors import InputError
from symlstm.model.numbers import Number
from symlstm.model.terms import SCALE

EXPONENT = 2000  # 2^EXPONENT is beyond the range of every dtype, and 2^-EXPONENT rounds to 0


def positive(scale: Number) -> Fraction:
    """The scale as a Fraction; raises InputError unless it is a rational > 0."""
    return numbers.positive(scale, "scale")


def at_scale(entry: algebra.Term, scale: Fraction) -> algebra.Term:
    """The entry, a term in k, at k = scale: a constant term."""
    return algebra.substitute(entry, {SCALE: algebra.rational(scale.numerator, scale.denominator)}, {})


def nearest(term: algebra.Term, dtype: str) -> float:
    """The number of the dtype nearest to a constant term.

    Exact where the term is rational by its form, else by balls narrow enough to round to one
    number. Raises InputError as `rounded`, Unsupported if no precision of the kernel's decides.
    """
    exact = term.rational()
    if exact is not None:
        return rounded(Fraction(int(exact.p), int(exact.q)), dtype)
    for bits in algebra.PRECISIONS:
        ball = algebra.constant_ball(term, bits)
        with ctx.workprec(bits):
            low, high = (rounded(_fraction(end), dtype) for end in (ball.lower(), ball.upper()))
        if low == high:
            return low
    raise Unsupported(f"{term}: no ball of {algebra.PRECISIONS[-1]} bits rounds to one {dtype} number")


def _fraction(point: arb) -> Fraction:
    """The point as a fraction; one beyond the exponents of every dtype as another beyond them, of its sign."""
    mantissa, exponent = map(int, point.man_exp())
    size = exponent + mantissa.bit_length()
    if abs(size) > EXPONENT:
        return Fraction((mantissa > 0) - (mantissa < 0)) * Fraction(2) ** (EXPONENT if size > 0 else -EXPONENT)
    return mantissa * Fraction(2) ** exponent


def rounded(value: Fraction, dtype: str) -> float:
    """The number of the dtype nearest to the value, ties to even (IEEE 754-2019, 4.3.1), subnormal ones included.

    Rounded directly: by way of float64 a float32 could be rounded twice. Raises InputError
    if the result would be infinite.
    """
    import numpy as np

    info = np.finfo(dtype)
    if not value:
        return 0.0
    exponent = abs(value.numerator).bit_length() - value.denominator.bit_length()
    exponent -= Fraction(2) ** exponent > abs(value)  # now 2^exponent <= |value| < 2^(exponent + 1)
    last_place = max(exponent, int(info.minexp)) - int(info.nmant)
    units = round(value / Fraction(2) ** last_place)
    if abs(units) * Fraction(2) ** last_place > Fraction(float(info.max)):
        raise InputError("weights", f"a number of size 2^{exponent}", f"numbers within the range of {dtype}")
    return math.ldexp(units, last_place)


def ball(term: algebra.Term) -> arb:
    """A ball around a constant term, of at least flint's current precision, that holds 0 only if the term is 0.

    (The cell's equations leave out a weight that is not different from 0.) Raises RuleError
    if no precision of the kernel's separates the term from 0.
    """
    if not algebra.sign(term):
        return arb(0)
    precisions = (ctx.prec, *(bits for bits in algebra.PRECISIONS if bits > ctx.prec))
    return next(x for x in (algebra.constant_ball(term, bits) for bits in precisions) if not x.contains(0))
