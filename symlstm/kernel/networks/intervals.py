"""Interval arithmetic: a term's values wherever the state lies in a box, at one scale or from one scale on.  TRUSTED.

To evaluate a term is to enclose its range: each result holds every value that the term takes when each symbol
in it takes any value of its own interval. Ends are rounded outward, at flint's current precision (Moore 1966).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import lru_cache, reduce
from itertools import product
from types import MappingProxyType
from typing import Any, NamedTuple

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Monomial, Term, Variable
from symlstm.kernel.theorem import RuleError

CORNERS = 6  # atoms at most whose ends are tried in all combinations


class Interval(NamedTuple):
    """All real numbers from lo to hi; the ends are exact, or infinite."""

    lo: arb
    hi: arb

    def __contains__(self, other: object) -> bool:
        return isinstance(other, Interval) and bool(self.lo <= other.lo) and bool(other.hi <= self.hi)


ZERO, INFINITY = arb(0), arb.pos_inf()
WHOLE, NOTHING = Interval(-INFINITY, INFINITY), Interval(ZERO, ZERO)
RANGE = {  # increasing functions, and between what their values lie
    "tanh": Interval(arb(-1), arb(1)),
    "sigmoid": Interval(ZERO, arb(1)),
    "step": Interval(ZERO, arb(1)),
    "relu": Interval(ZERO, INFINITY),
    "exp": Interval(ZERO, INFINITY),
}


def around(lo: fmpq, hi: fmpq) -> Interval:
    """The interval, its ends rounded outward."""
    return Interval(arb(lo).lower(), arb(hi).upper())


def within(lo: fmpq, hi: fmpq) -> Interval:
    """The interval, its ends rounded inward: what lies in it lies between lo and hi."""
    return Interval(arb(lo).upper(), arb(hi).lower())


def hull(x: Interval, y: Interval) -> Interval:
    """The smallest interval that holds both; without a bound at an end that is no number."""
    lo = x.lo if x.lo <= y.lo else y.lo if y.lo <= x.lo else -INFINITY
    return Interval(lo, x.hi if x.hi >= y.hi else y.hi if y.hi >= x.hi else INFINITY)


def add(x: Interval, y: Interval) -> Interval:
    """All sums."""
    return Interval((x.lo + y.lo).lower(), (x.hi + y.hi).upper())


def multiply(x: Interval, y: Interval) -> Interval:
    """All products; an infinite end is not attained, so that 0 times it is 0."""
    if not x.lo >= 0 and y.lo >= 0:
        x, y = y, x
    if x.lo >= 0:  # the ends of y, times what makes them most
        lo, hi = _times(x.lo if y.lo >= 0 else x.hi, y.lo), _times(x.hi if y.hi >= 0 else x.lo, y.hi)
        return Interval(lo.lower(), hi.upper())
    products = [_times(a, b) for a in x for b in y]
    return reduce(hull, (Interval(p.lower(), p.upper()) for p in products))


def _times(a: arb, b: arb) -> arb:
    return ZERO if a == 0 or b == 0 else a * b


@lru_cache(maxsize=65536)
def varying(term: Term, bits: int) -> Mapping[Monomial, arb]:
    """The term as a polynomial in what varies with the state, its constant coefficients each one ball."""
    total: dict[Monomial, arb] = {}
    for mono, c in term.monomials.items():
        rest = frozenset((a, n) for a, n in mono if algebra.atom(a).symbols())
        total[rest] = total.get(rest, ZERO) + algebra.constant_ball(Term({mono - rest: c}), bits)
    return MappingProxyType(total)


class Intervals(dict[Atom | Term, Interval]):
    """A box, and the range of each term in it; a coordinate without an interval may be any real number.

    `scale`, if it is not None, is the one symbol that may be unbounded and is factored out of sums. `near` has the
    ranges in another box, at the same precision: those of terms without a coordinate in which the boxes differ are the same.
    """

    def __init__(
        self, box: Mapping[Any, Interval], scale: Variable | None = None, near: Intervals | None = None
    ) -> None:
        super().__init__(box)
        self.scale, self.box, self.near = scale, dict(box), near
        other = {} if near is None else near.box
        self.differs = {s for s in {**self.box, **other} if self.box.get(s) != other.get(s)}

    def __missing__(self, x: Atom | Term) -> Interval:
        if isinstance(x, Term):
            is_same = self.near is not None and self.differs.isdisjoint(x.symbols())
            return self.setdefault(x, self.near[x] if is_same and self.near is not None else self.range_of(x))
        return self.setdefault(x, self._applied(x) if isinstance(x, Apply) else WHOLE)

    def range_of(self, term: Term) -> Interval:
        """Of a sum of products."""
        by_power = {} if self.scale is None else term.coefficients(self.scale)
        if self.scale is not None and {*by_power} - {0} and {*by_power} <= {0, 1}:
            offset = self[by_power[0]] if 0 in by_power else NOTHING
            return add(multiply(self[self.scale], self[by_power[1]]), offset)
        polynomial = varying(term, ctx.prec)
        shared = self._shared(polynomial)
        corners = (dict(zip(shared, ends, strict=True)) for ends in product(*(self[a] for a in shared)))
        return reduce(hull, (self._sum(polynomial, corner) for corner in corners))

    def _shared(self, polynomial: Iterable[Monomial]) -> list[Atom]:
        """Atoms in which the polynomial is linear, but not in one place only: its extremes are at their ends."""
        counts = Counter(a for mono in polynomial for a, _ in mono)
        higher = {a for mono in polynomial for a, n in mono if n != 1}
        found = [a for a, n in counts.items() if n > 1 and a not in higher and self._is_proper(self[a])]
        return sorted(found, key=lambda a: -counts[a])[:CORNERS]

    def _is_proper(self, x: Interval) -> bool:
        return bool(x.lo < x.hi) and x.lo.is_finite() and x.hi.is_finite()

    def _sum(self, polynomial: Mapping[Monomial, arb], corner: Mapping[Atom, arb]) -> Interval:
        total = NOTHING
        for mono, c in polynomial.items():
            if not c.is_finite():
                raise RuleError("interval", f"{c}, a coefficient", "a finite one")
            part = Interval(c.lower(), c.upper())
            for a, n in mono:
                if n < 0:
                    raise RuleError("interval", f"{a} to the power {n}", "powers >= 0")
                for _ in range(n):
                    part = multiply(part, Interval(corner[a], corner[a]) if a in corner else self[a])
            total = add(total, part)
        return total

    def _applied(self, a: Apply) -> Interval:
        """An increasing function of an interval: its values at the ends, within the function's range."""
        if a.function not in RANGE:
            raise RuleError("interval", a.function, f"one of {', '.join(RANGE)}")
        x, (least, most), value = self[a.argument], RANGE[a.function], algebra.BALLS[a.function]
        lo, hi = value(x.lo).lower(), value(x.hi).upper()
        return Interval(lo if lo >= least else least, hi if hi <= most else most)
