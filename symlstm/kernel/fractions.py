"""Equality of quotients: an expression as a fraction of two normal forms.  TRUSTED.

With E = e^x, sigmoid(x) = E/(1+E) and tanh(x) = (E^2-1)/(E^2+1); powers with a symbolic
natural exponent split, f^(t+1) = f^t f.  Then equality is cross-multiplication, decided by
the polynomial normal form of `algebra`.  Whatever has no rule here (a sequence c(t), a sum,
a minimum) is an atom: equal when it is written the same.
"""

from __future__ import annotations

from functools import reduce
from typing import NamedTuple

import sympy
from flint import fmpq
from sympy import Add, Expr, Pow

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Term, Variable
from symlstm.model.activations import sigmoid

NAMES = {sympy.exp: "exp", sympy.tanh: "tanh", sigmoid: "sigmoid"}
UNIT = algebra.rational(1)


class Fraction(NamedTuple):
    """numerator/denominator: the value of an expression wherever it divides by nothing that is 0."""

    numerator: Term
    denominator: Term = UNIT


def fraction(expr: Expr, expand: bool = True) -> Fraction:
    """The expression over one denominator; `expand` writes tanh and sigmoid by exponentials."""
    if expr.is_Rational:
        return Fraction(algebra.rational(fmpq(int(expr.p), int(expr.q))))
    if expr.is_Add or expr.is_Mul:
        return reduce(_sum if expr.is_Add else _product, [fraction(part, expand) for part in expr.args])
    if expr.func in NAMES:
        return _applied(expr, NAMES[expr.func], expand)
    if expr.is_Pow:
        return reduce(_product, [_power(expr.base, part, expand) for part in Add.make_args(expr.exp)])
    return Fraction(algebra.exp(UNIT) if expr == sympy.E else algebra.atom(expr))


def _sum(a: Fraction, b: Fraction) -> Fraction:
    if a.denominator == b.denominator:
        return Fraction(a.numerator + b.numerator, a.denominator)
    return Fraction(a.numerator * b.denominator + b.numerator * a.denominator, a.denominator * b.denominator)


def _product(a: Fraction, b: Fraction) -> Fraction:
    return Fraction(a.numerator * b.numerator, a.denominator * b.denominator)


def _power(base: Expr, part: Expr, expand: bool) -> Fraction:
    """base^n for an integer n != 0 by its factors; base^t for a natural t is an atom."""
    if not part.is_Integer:
        return Fraction(algebra.atom(Pow(base, part)))
    power = reduce(_product, [fraction(base, expand)] * abs(int(part)))
    return power if part > 0 else Fraction(*power[::-1])


def _applied(expr: Expr, name: str, expand: bool) -> Fraction:
    x, denominator = fraction(expr.args[0], expand=False)
    if denominator != UNIT:  # a quotient inside a function: an atom as it is written
        return Fraction(algebra.atom(expr))
    if name == "exp" or not expand:
        return Fraction(algebra.BY_NAME[name](x))
    e = algebra.exp(x + x if name == "tanh" else x)
    return Fraction(e - UNIT if name == "tanh" else e, e + UNIT)


def vanishes(expr: Expr) -> bool:
    """Whether the expression is 0 by its form, as it is written or by exponentials; False decides nothing."""
    return not all(fraction(expr, expand).numerator.monomials for expand in (False, True))


def certainly_positive(expr: Expr) -> bool:
    """Whether it is positive by its form: a positive constant, or positive coefficients over positive atoms."""
    numerator, denominator = fraction(expr)
    term = numerator * denominator  # of the same sign
    if not term.symbols():
        return algebra.sign(term) > 0
    return min(term.monomials.values()) > 0 and all(_positive_atom(a) for mono in term.monomials for a, _ in mono)


def _positive_atom(a: Atom) -> bool:
    if isinstance(a, Apply):
        return a.function in ("exp", "sigmoid")
    if isinstance(a, Variable):
        return False
    return a.func in (sympy.exp, sigmoid) or (isinstance(a, Pow) and certainly_positive(a.base))
