"""Around a limit with ghosts in it: how far a term is from it at one scale, the state being known that way.  TRUSTED.

A value is written main + deviation: `main` a term in the ghosts (integers, each in an interval), the deviation in an
interval that does not depend on them. Any main will do. It is taken to be the limit for k -> oo, by the slope L1
of a pre-activation k L1 + L0, so that what is left is small where a gate is on its side:

    x = k L1 + L0 > 0, L1 > 0        sigmoid(x) in 1 + [-sigmoid(-x), 0]      tanh(x) in 1 + [-2 sigmoid(-2 x), 0]
    L1 = 0 + e, x = m + d            f(x) in f(m) + d [0, the largest slope of f between them]
    x = m + d, y = u + e             x y in m u + (m + d) e + u d, the ends of d in place of d
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache, reduce
from typing import NamedTuple

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Monomial, Term, Variable
from symlstm.kernel.networks.intervals import NOTHING, ZERO, Interval, Intervals, add, around, hull, multiply

FAR = arb(1 << 20)  # 1 - f beyond is no larger than there
ONE, HALF = algebra.rational(1), algebra.rational(1, 2)
SLOPE = {"tanh": fmpq(1), "sigmoid": fmpq(1, 4), "relu": fmpq(1)}  # the largest of each function
LOW = {"tanh": -ONE, "sigmoid": algebra.ZERO}  # the limit for pre-activations that tend to -oo
RANGE = {"tanh": (algebra.ZERO, fmpq(1)), "sigmoid": (HALF, fmpq(1, 2)), "step": (HALF, fmpq(1, 2))}


class Near(NamedTuple):
    """All numbers main + d, main at the ghosts, d in the interval."""

    main: Term
    off: Interval


EXACTLY_ONE = Near(ONE, NOTHING)


class Neighbourhood:
    """Terms over a state whose coordinates are near limits: `state`, over ghosts in intervals, at scale k.

    What is known of nothing is None: a coordinate that is not in the state, and what is made of it without bounds.
    """

    def __init__(self, state: Mapping[Variable, Near], ghosts: Mapping[Variable, Interval], scale: Variable, k: fmpq):
        self.state, self.scale, self.k = dict(state), scale, k
        self._ranges, self._known = Intervals(ghosts), dict[Atom | Term, Near | None]()

    def range_of(self, main: Term) -> Interval:
        """Of a term in the ghosts."""
        return self._ranges[main]

    def near(self, term: Term) -> Near | None:
        """Where a term is."""
        if term not in self._known:
            self._known[term] = self.sum(term, self.state)
        return self._known[term]

    def sum(self, term: Term, state: Mapping[Variable, Near]) -> Near | None:
        """The same with another state for the coordinates outside of functions."""
        main, off = algebra.ZERO, NOTHING
        for mono, c in term.monomials.items():
            part = self._product(mono, c, state)
            if part is None:
                return None
            main = main + part.main
            off = off if part.off is NOTHING else add(off, part.off)
        return Near(main, off)

    def _product(self, mono: Monomial, c: fmpq, state: Mapping[Variable, Near]) -> Near | None:
        product, constants = EXACTLY_ONE, []
        for a, n in mono:
            if isinstance(a, Apply) and not a.argument.symbols():
                constants.append((a, n))
                continue
            factor = self._atom(a, state)
            if factor is None or n < 0:
                return None
            for _ in range(n):
                product = factor if product is EXACTLY_ONE else self._times(product, factor)
        by, off = Term({frozenset(constants): c}), product.off
        return Near(product.main * by, off if off is NOTHING else multiply(self.range_of(by), off))

    def _times(self, x: Near, y: Near) -> Near:
        """(m + d) (u + e) = m u + (m + d) e + u d, where m is a number if one of both is; linear in d, so taken at its ends."""
        if x.main.rational() is None:
            x, y = y, x
        off = NOTHING
        if x is EXACTLY_ONE or (x.off is NOTHING and y.off is NOTHING):
            off = y.off
        elif x.off is NOTHING or not _is_finite(x.off):
            off = add(multiply(self._whole(x), y.off), multiply(self.range_of(y.main), x.off))
        else:
            m, u = self.range_of(x.main), self.range_of(y.main)
            ends = [Interval(d, d) for d in x.off]
            off = reduce(hull, (add(multiply(add(m, d), y.off), multiply(u, d)) for d in ends))
        return Near(x.main * y.main, off)

    def _atom(self, a: Atom, state: Mapping[Variable, Near]) -> Near | None:
        if a == self.scale:
            return Near(algebra.rational(self.k), NOTHING)
        if not isinstance(a, Apply):
            return state.get(a)
        if a not in self._known:
            fixed = all(x == self.scale for x in a.argument.symbols())
            self._known[a] = _fixed(a, self.scale, self.k, ctx.prec) if fixed else self.applied(a)
        return self._known[a]

    def applied(self, a: Apply) -> Near | None:
        """Where a function of a term is."""
        if a.function not in ("tanh", "sigmoid", "relu", "step"):
            return None if algebra.atom(a).symbols() else Near(algebra.atom(a), NOTHING)
        found = None
        if a.function in ("relu", "step"):
            found = self._piecewise(a.function, self.near(a.argument))
        elif {*(powers := a.argument.coefficients(self.scale))} <= {0, 1}:
            slope, offset = (self.near(powers.get(n, algebra.ZERO)) for n in (1, 0))
            if slope is not None and offset is not None:
                found = self._settled(a.function, slope, offset)
        if found is None and a.function in RANGE:
            middle, half = RANGE[a.function]
            return Near(middle, around(-half, half))
        return found

    def _settled(self, function: str, slope: Near, offset: Near) -> Near | None:
        """Of k slope + offset: saturated, or near its limit; None if neither is known."""
        if not slope.main.monomials:
            return self._lipschitz(function, offset.main, add(self._scaled(slope.off), offset.off))
        steep = self._whole(slope)
        x = add(self._scaled(steep), self._whole(offset))
        if steep.lo > 0 and x.lo > 0:
            return Near(ONE, Interval(-_rest(function, x.lo), ZERO))
        if steep.hi < 0 and x.hi < 0:
            return Near(LOW[function], Interval(ZERO, _rest(function, -x.hi)))
        return None

    def _whole(self, x: Near) -> Interval:
        """Of main + d."""
        return add(self.range_of(x.main), x.off)

    def _scaled(self, x: Interval) -> Interval:
        return multiply(around(self.k, self.k), x)

    def _lipschitz(self, function: str, main: Term, off: Interval) -> Near:
        """An increasing function moves with its argument, and by no more than its largest slope between times as much.

        The slopes of sigmoid and tanh fall with the distance from 0, that of sigmoid at x is that of tanh at x/2, over 4.
        """
        x, rise = add(self.range_of(main), hull(NOTHING, off)), around(fmpq(0), SLOPE[function])
        nearest = x.lo if x.lo > 0 else -x.hi
        if function != "relu" and nearest > 0:
            least = (nearest if function == "tanh" else nearest / 2).lower().tanh()
            rise = Interval(ZERO, (rise.hi * (1 - least * least)).upper())
        value = algebra.BY_NAME[function](main) if function != "relu" else main
        if off is NOTHING:
            return Near(value, NOTHING)
        risen = multiply(rise, off)
        if function != "relu" and not main.symbols() and _is_finite(off):  # at one number f is evaluated
            m, f = self.range_of(main), algebra.BALLS[function]
            lo, hi = (f(m.lo + off.lo) - f(m.hi)).lower(), (f(m.hi + off.hi) - f(m.lo)).upper()
            risen = Interval(lo if lo >= risen.lo else risen.lo, hi if hi <= risen.hi else risen.hi)
        return Near(value, risen)

    def _piecewise(self, function: str, x: Near | None) -> Near | None:
        """relu(m + d) - relu(m) as for others, where m has a side; step where m + d has one."""
        if x is None:
            return None
        main, whole = self.range_of(x.main), self._whole(x)
        if function == "step":
            side = 1 if whole.lo >= 0 else 0 if whole.hi < 0 else None
            return None if side is None else Near(algebra.rational(side), NOTHING)
        if whole.lo >= 0 or whole.hi <= 0:
            return x if whole.lo >= 0 else Near(algebra.ZERO, NOTHING)
        if main.lo >= 0 or main.hi <= 0:
            return self._lipschitz("relu", x.main if main.lo >= 0 else algebra.ZERO, x.off)
        return None


@lru_cache(maxsize=4096)
def _fixed(a: Apply, scale: Variable, k: fmpq, bits: int) -> Near | None:
    """Of what depends on the scale alone."""
    return Neighbourhood({}, {}, scale, k).applied(a)


def _is_finite(x: Interval) -> bool:
    return bool(x.lo.is_finite() and x.hi.is_finite())


def _rest(function: str, x: arb) -> arb:
    """1 - f(x) for sigmoid and tanh, x > 0, not below it."""
    steep, near = 2 if function == "tanh" else 1, x if x < FAR else FAR
    return (steep / (1 + (steep * near).exp())).upper()
