"""Enclosures of relu and step, exact wherever the sign of what they are applied to is decided.  TRUSTED.

    s >= 0                s <= 0                 |s - L| <= E, L constant             s unknown
    --------------        -------------          -----------------------------        ------------
    relu(s) = s           relu(s) = 0            |relu(s) - relu(L)| <= E             relu(s) >= 0

    |s - L| <= E, L >= 0 for all values of ghosts or parameters        the same with L <= 0
    -----------------------------------------------------------        --------------------
    |relu(s) - L| <= E                                                 |relu(s)| <= E

    s >= 0                s < 0                  otherwise
    -------------         -------------          ------------------
    step(s) = 1           step(s) = 0            0 <= step(s) <= 1

With a least scale k0 the sign is that at every k >= k0; for k -> oo only, that from some k on,
and then the value has an error without constants, unless s is a number.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra

if TYPE_CHECKING:
    from symlstm.kernel.networks.enclosures import Enclosure, EnclosureArithmetic

HALF, ONE = algebra.rational(1, 2), algebra.rational(1)


def relu(calculus: EnclosureArithmetic, x: Enclosure | None) -> Enclosure:
    """max(s, 0); see the figures above. It increases, and no faster than s, which gives its one-sided bounds."""
    if x is None:
        return calculus.exactly(algebra.ZERO, side=1)
    if stays_positive(calculus, x, strictly=False):
        return replace(x, error=replace(x.error, tiny=x.error.tiny or _later(calculus, x)))
    if stays_positive(calculus, _negative(x), strictly=False):
        return calculus.exactly(algebra.ZERO, tiny=_later(calculus, x))
    if x.main.symbols():
        known = None if calculus.k in x.main.symbols() else calculus.given.side(x.main)
        if known is None:
            return calculus.exactly(algebra.ZERO, side=1)
        return replace(x, main=x.main if known > 0 else algebra.ZERO, sign=0)
    main = x.main if algebra.sign(x.main) > 0 else algebra.ZERO
    if x.side >= 0:
        return replace(x, main=main, sign=0)
    half = main.scaled(fmpq(1, 2))  # 0 <= relu(s) <= relu(L) + E
    return replace(x, main=half, error=x.error + calculus.size(half), side=0, sign=0)


def step(calculus: EnclosureArithmetic, x: Enclosure | None) -> Enclosure:
    """1 from 0 on, 0 below; see the figures above."""
    if x is not None and stays_positive(calculus, x, strictly=False):
        return calculus.exactly(ONE, sign=1, tiny=_later(calculus, x))
    if x is not None and stays_positive(calculus, _negative(x), strictly=True):
        return calculus.exactly(algebra.ZERO, tiny=_later(calculus, x))
    return replace(calculus.exactly(HALF), error=calculus.size(HALF))


def stays_positive(calculus: EnclosureArithmetic, x: Enclosure, strictly: bool) -> bool:
    """Whether s > 0 (or >= 0) for certain, for all k >= k0, or for k -> oo from some k on.

    For |s - (m k + b)| <= q k + r(k) with m >= q: s >= (m - q) k0 + b - sup r.
    """
    main, k = x.main, calculus.k
    if x.side < 0 or {*main.symbols()} - {k} or not {*main.coefficients(k)} <= {0, 1}:
        return False
    slope, offset = (main.coefficients(k).get(power, algebra.ZERO) for power in (1, 0))
    if x.error.is_zero and not slope.monomials:
        return algebra.sign(offset) > 0 or not (strictly or offset.monomials)
    linear, rest = calculus.linear_part(x.error)
    if any(rate < 0 or (rate == 0 and power > 0) for power, rate in rest.terms):
        return False
    with ctx.workprec(64):
        steep = algebra.constant_ball(slope, 64) - linear
        low = algebra.constant_ball(offset, 64)
        if not (steep > 0 or (not slope.monomials and not linear)):
            return False
        if calculus.k0 is not None:
            low = low + steep * calculus.k0 - rest.sup(calculus.k0)
            return bool(low > 0 or (low >= 0 and not strictly))
        constant = sum((a for (power, rate), a in rest.terms.items() if power == 0 == rate), fmpq(0))
        return bool(steep > 0 or low > arb(constant))  # the other terms vanish


def _negative(x: Enclosure) -> Enclosure:
    return replace(x, main=-x.main, side=-x.side, sign=-x.sign)


def _later(calculus: EnclosureArithmetic, x: Enclosure) -> bool:
    """Whether its sign is known from some k on only."""
    return calculus.k0 is None and not (x.error.is_zero and not x.main.symbols())
