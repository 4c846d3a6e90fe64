"""Expressions as quotients of polynomials in atoms, with their divisors kept apart.  UNTRUSTED.

Whatever is no sum, product or whole power is an atom. With `expand`, tanh and sigmoid are written by
exponentials, as the kernel does when it compares (kernel/fractions.py).
"""

from __future__ import annotations

from collections import Counter
from functools import lru_cache, reduce
from typing import Any, NamedTuple

import sympy
from flint import fmpq
from sympy import Add, Expr, Mul, Pow

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ONE, Apply, Monomial, Term
from symlstm.kernel.fractions import NAMES, fraction

UNIT = algebra.rational(1)


class Quotient(NamedTuple):
    """numerator / product of the divisors with their multiplicities."""

    numerator: Term
    divisors: Counter[Term]

    def over(self, common: Counter[Term]) -> Term:
        """The numerator over a common denominator that has all divisors."""
        return reduce(Term.__mul__, (common - self.divisors).elements(), self.numerator)


def constant(q: fmpq) -> Quotient:
    return Quotient(algebra.rational(q), Counter())


def quotient(expr: Expr, expand: bool = False) -> Quotient:
    """The expression as a quotient."""
    if expr.is_Rational:
        return constant(fmpq(int(expr.p), int(expr.q)))
    if expr.is_Add:
        return total([quotient(part, expand) for part in expr.args])
    if expr.is_Mul:
        return product([quotient(part, expand) for part in expr.args])
    if expr.is_Pow and expr.base != sympy.E:
        return product([_power(expr.base, part, expand) for part in Add.make_args(expr.exp)])
    if expr.func in NAMES or expr == sympy.E:
        found = fraction(expr, expand)
        return product([Quotient(found.numerator, Counter()), inverse(Quotient(found.denominator, Counter()))])
    return Quotient(algebra.atom(expr), Counter())


def _power(base: Expr, exponent: Expr, expand: bool) -> Quotient:
    if not exponent.is_Integer:
        coefficient, rest = exponent.as_coeff_Mul()
        return product([Quotient(algebra.atom(Pow(base, rest)), Counter())] * int(coefficient))
    found = quotient(base, expand)
    if exponent < 0:
        found = inverse(found)
    return product([found] * abs(int(exponent)))


def inverse(x: Quotient) -> Quotient:
    """1/x, a number put into the numerator."""
    above = reduce(Term.__mul__, x.divisors.elements(), UNIT)
    if (value := x.numerator.rational()) is not None:
        return Quotient(above.scaled(1 / value), Counter())
    if len(x.numerator.monomials) == 1:  # a power of e^x and the like has an inverse of its own form
        [(mono, c)] = x.numerator.monomials.items()
        if all(type(a) is Apply and a.function == "exp" for a, _ in mono):
            return Quotient(above * Term({frozenset((a, -n) for a, n in mono): 1 / c}), Counter())
    factor, monic = normalised(x.numerator)
    return Quotient(above.scaled(1 / factor), Counter([monic]))


@lru_cache(maxsize=65536)
def normalised(term: Term) -> tuple[fmpq, Term]:
    """A number and a term whose product is the term, the same term for all its multiples."""
    factor = term.monomials.get(ONE)
    if factor is None:
        factor = term.monomials[min(term.monomials, key=lambda mono: sorted(map(str, mono)))]
    return factor, term.scaled(1 / factor)


def total(parts: list[Quotient]) -> Quotient:
    common = common_divisors(parts)
    return Quotient(algebra.total(part.over(common) for part in parts), common)


def common_divisors(parts: list[Quotient]) -> Counter[Term]:
    """The least multiplicities that all of them fit in."""
    return reduce(lambda x, y: x | y, (part.divisors for part in parts), Counter())


def product(parts: list[Quotient]) -> Quotient:
    """Their product, with equal factors above and below cancelled."""
    above, below = [part.numerator for part in parts], Counter[Term]()
    for part in parts:
        below += part.divisors
    kept = []
    for numerator in above:
        factor, monic = normalised(numerator) if below and numerator.monomials else (fmpq(1), numerator)
        if below[monic] > 0:
            below[monic] -= 1
            kept.append(algebra.rational(factor))
        else:
            kept.append(numerator)
    return Quotient(reduce(Term.__mul__, kept, UNIT), +below)


def negative(x: Quotient) -> Quotient:
    return Quotient(-x.numerator, x.divisors)


def expression(term: Term) -> Expr:
    """A polynomial in atoms as a SymPy expression."""
    return Add(*(sympy.Rational(int(c.p), int(c.q)) * _product_of(mono) for mono, c in term.monomials.items()))


def _product_of(mono: Monomial) -> Expr:
    return Mul(*(_atom(a) ** n for a, n in mono))


def _atom(a: Any) -> Expr:
    if not isinstance(a, Apply):
        return a if isinstance(a, Expr) else sympy.sympify(a)
    functions: dict[Any, Any] = {name: function for function, name in NAMES.items()}
    return functions[a.function](expression(a.argument))


def whole(x: Quotient) -> Expr:
    """A quotient as a SymPy expression."""
    return expression(x.numerator) / Mul(*(expression(d) for d in x.divisors.elements()))
