"""Closed expressions as decimals: for witnesses, which are printed and never used in a proof."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import reduce
from operator import add, mul

import sympy
from flint import arb, ctx, fmpq
from sympy import Expr

from symlstm.kernel.algebra import BALLS
from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import sigmoid

MAX_BITS = 1 << 16  # where it gives up
_FUNCTIONS = {sympy.tanh: BALLS["tanh"], sigmoid: BALLS["sigmoid"], sympy.exp: BALLS["exp"]}
_CHAINS: dict[type, Callable[[arb, arb], arb]] = {
    sympy.Add: add,
    sympy.Mul: mul,
    sympy.Min: lambda x, y: x.min(y),
    sympy.Max: lambda x, y: x.max(y),
}


def decimal(expr: Expr, values: Mapping[Expr, Expr | int] | None = None, digits: int = 50) -> str:
    """The value of an expression of numbers, sigmoid, tanh, exp, Min and Max, to that many significant digits.

    `values` are put in for symbols first. Raises Unsupported for any other part, and if
    2^16 bits do not give the digits.
    """
    closed = sympy.sympify(expr).xreplace({x: sympy.sympify(value) for x, value in (values or {}).items()})
    return decimal_of(lambda: evaluate(closed), digits)


def decimal_of(number: Callable[[], arb], digits: int = 50) -> str:
    """The same of a number that is computed anew, in balls of flint's precision, until these determine the digits."""
    bits = 32 + math.ceil(digits * math.log2(10))
    while bits <= MAX_BITS:
        with ctx.workprec(bits):
            ball = number()
            if ball == 0 or ball.rel_accuracy_bits() > digits * math.log2(10) + 2:
                return str(ball.str(digits, radius=False))
        bits *= 2
    raise Unsupported(f"{digits} digits need more than {MAX_BITS} bits")


def evaluate(expr: Expr) -> arb:
    """A ball around a closed expression at flint's precision; an integer power by repeated squaring."""
    if expr.is_Rational:
        return arb(fmpq(int(expr.p), int(expr.q)))
    if expr.func in _CHAINS:
        return reduce(_CHAINS[expr.func], map(evaluate, expr.args))
    if expr.func in _FUNCTIONS:
        return _FUNCTIONS[expr.func](evaluate(expr.args[0]))
    if expr.is_Pow and expr.exp.is_Integer:
        return evaluate(expr.base) ** int(expr.exp)
    if expr == sympy.E:
        return arb(1).exp()
    raise Unsupported(f"no value for {type(expr).__name__}: {expr}")
