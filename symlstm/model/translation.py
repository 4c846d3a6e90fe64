"""SymPy expressions as the kernel's terms: rationals, symbols, + - * /, integer powers, tanh, sigmoid and exp."""

from __future__ import annotations

from functools import lru_cache, reduce
from operator import add, mul

import sympy
from flint import fmpq
from sympy import Expr

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.fractions import NAMES
from symlstm.kernel.theorem import Unsupported

UNIT = algebra.rational(1)


@lru_cache(maxsize=4096, typed=True)  # a tensor says the same thing many times
def normal(expr: Expr) -> Term:
    """The normal form of an expression.

    Raises Unsupported for a node that has none, and RuleError for a division by what is not a nonzero constant.
    """
    if expr.is_Rational:
        return algebra.rational(fmpq(int(expr.p), int(expr.q)))
    if expr.is_Symbol:
        return algebra.atom(expr)
    if expr.is_Add or expr.is_Mul:
        return reduce(add if expr.is_Add else mul, map(normal, expr.args))
    if expr.func in NAMES:
        return algebra.BY_NAME[NAMES[expr.func]](*map(normal, expr.args))
    if expr.is_Pow and expr.exp.is_Integer:
        base, power = normal(expr.base), int(expr.exp)
        return reduce(mul, [base if power > 0 else algebra.inverse(base)] * abs(power), UNIT)
    if expr == sympy.E:
        return algebra.exp(UNIT)
    raise Unsupported(f"no normal form for {type(expr).__name__}: {expr}")
