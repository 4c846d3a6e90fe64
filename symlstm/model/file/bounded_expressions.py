"""Exact expressions in k that are known to stay small: the arithmetic behind the entries of a file.

Each operation knows, before it is done, how large its expanded result can be, and refuses
what could hang or exhaust the machine. Refused says why, and what is needed.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term
from symlstm.kernel.theorem import RuleError
from symlstm.model.terms import k

MAX_POWER = 1000  # of an integer exponent
MAX_BITS = 4096  # of the rationals in the expanded expression
MAX_TERMS = 200  # of the expanded expression
MAX_DEGREE = 4  # in k
MAX_ARGUMENT = 10_000  # of a constant under a function, and of the numerators in x of exp(x)

FUNCTIONS: dict[str, Callable[[Term], Term]] = {
    "exp": algebra.exp, "tanh": algebra.tanh, "sigmoid": algebra.sigmoid,
}  # fmt: skip


class Refused(Exception):
    """An operation whose result is undefined or may be too large."""

    def __init__(self, why: str, needed: str) -> None:
        super().__init__(f"{why}; needed {needed}")
        self.why, self.needed = why, needed


@dataclass(frozen=True)
class Bounded:
    """An expression with upper bounds for its expanded form.

    terms, bits of its rationals, degree in k (of either sign), and operations to expand it.
    """

    expr: Term
    terms: int = 1
    bits: int = 1
    degree: int = 0
    work: int = 0

    def __post_init__(self) -> None:
        if self.terms > MAX_TERMS or self.bits > MAX_BITS:
            needed = f"at most {MAX_TERMS} terms, and rationals of at most {MAX_BITS} bits, when expanded"
            raise Refused("too large a result", needed)
        if self.degree > MAX_DEGREE:
            raise Refused("too high a power of k", f"at most k**{MAX_DEGREE}")

    def __add__(self, other: Bounded) -> Bounded:
        bounds = (self.terms + other.terms, self.bits + other.bits, max(self.degree, other.degree))
        return Bounded(self.expr + other.expr, *bounds, self.work + other.work + other.terms)

    def __neg__(self) -> Bounded:
        return replace(self, expr=-self.expr)

    def __sub__(self, other: Bounded) -> Bounded:
        return self + -other

    def __mul__(self, other: Bounded) -> Bounded:
        bounds = (self.terms * other.terms, self.bits + other.bits, self.degree + other.degree)
        return Bounded(self.expr * other.expr, *bounds, self.work + other.work + _multiplying(bounds[0]))

    def __truediv__(self, other: Bounded) -> Bounded:
        return self * other.reciprocal()

    def __pow__(self, exponent: Bounded) -> Bounded:
        n = exponent.expr.rational()
        if n is None and algebra.is_natural(exponent.expr):
            return Bounded(self.expr**exponent.expr, 1, self.bits, self.degree, self.work + exponent.work + self.terms)
        if n is None or n.q != 1 or abs(n) > MAX_POWER:
            raise Refused("this power", f"an integer exponent from -{MAX_POWER} to {MAX_POWER}")
        return (self if n >= 0 else self.reciprocal())._raised(abs(int(n)))

    def _raised(self, n: int) -> Bounded:
        terms = math.comb(self.terms + n - 1, n) if n else 1
        work = self.work + n * _multiplying(terms * self.terms)
        bounds = Bounded(
            self.expr, terms, self.bits * max(n, 1), self.degree * n, work
        )  # refused before it is computed
        return replace(bounds, expr=self.expr**n)

    def reciprocal(self) -> Bounded:
        """1/self; refused for what is 0, or is a constant that no precision separates from 0."""
        if not _nonzero(self.expr):
            raise Refused("a division by 0, or by what is not separated from 0", "a divisor that is not 0")
        cost = 1 if self.expr.rational() is not None else 100 + self.terms
        return Bounded(1 / self.expr, 1, self.bits, self.degree, self.work + cost)

    def applied(self, function: str) -> Bounded:
        """exp, tanh or sigmoid of it, where values and normal forms stay small."""
        if not _moderate(self.expr, function):
            needed = f"a constant of at most {MAX_ARGUMENT}; in exp also such numerators, and no exp of k"
            raise Refused(f"what is under {function}", needed)
        terms = 2 if function == "sigmoid" else 1  # of a constant, (1 + tanh(x/2))/2
        return Bounded(FUNCTIONS[function](self.expr), terms, self.bits, 0, self.work + self.terms + 2)


SCALE = Bounded(algebra.atom(k), degree=1)


def named(name: str, kind: str = "real") -> Bounded:
    """A variable, counted like k."""
    return Bounded(algebra.atom(algebra.Variable(name, kind)), degree=1)


def _multiplying(pairs: int) -> int:
    """The work of multiplying that many pairs of terms; a single pair is quick."""
    return 4 * pairs - 3


def number(value: Fraction) -> Bounded:
    """A rational number."""
    bits = value.numerator.bit_length() + value.denominator.bit_length()
    return Bounded(algebra.rational(value.numerator, value.denominator), bits=bits)


def _nonzero(term: Term) -> bool:
    """Whether a divisor is a constant proved nonzero, or depends on k and is not 0 by its form."""
    try:
        return bool(term.monomials) if term.symbols() else algebra.sign(term) != 0
    except RuleError:
        return False


def _moderate(term: Term, function: str) -> bool:
    """Whether the function of a term has a moderate value, if constant, and for exp a moderate normal form."""
    if function == "exp" and any(abs(c.p) > MAX_ARGUMENT for c in term.monomials.values()):
        return False
    if term.symbols():
        return function != "exp" or not _has_exp(term)
    return bool(abs(algebra.constant_ball(term)) <= MAX_ARGUMENT)


def _has_exp(term: Term) -> bool:
    """Whether there is an exponential in it, at any depth."""
    applied = [a for mono in term.monomials for a, _ in mono if isinstance(a, Apply)]
    return any(a.function == "exp" or any(map(_has_exp, a.arguments)) for a in applied)
