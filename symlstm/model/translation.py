"""SymPy expressions as the kernel's terms, and back.  UNTRUSTED: a theorem prints what was proved.

What has no meaning in the kernel's language is refused: symbols that are neither real nor natural
numbers, functions without rules, fractional powers.
"""

from __future__ import annotations

from functools import lru_cache, reduce
from operator import add, mul

import sympy
from flint import fmpq
from sympy import Expr, Symbol

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.logic.propositions import natural, real, to_sympy
from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import relu, sigmoid, step

__all__ = ["natural", "normal", "real", "to_sympy", "variable"]

_FUNCTIONS = {
    sympy.exp: "exp", sympy.tanh: "tanh", sigmoid: "sigmoid", relu: "relu", step: "step",
    sympy.Abs: "abs", sympy.Min: "min", sympy.Max: "max",
}  # fmt: skip


def variable(symbol: Symbol) -> Variable:
    """The variable of a SymPy symbol that is assumed to be real or natural and nothing else; else Unsupported."""
    if symbol == real(symbol.name):
        return Variable(symbol.name)
    if symbol == natural(symbol.name):
        return Variable(symbol.name, "natural")
    raise Unsupported(f"no kind of number for the symbol {symbol}: Symbol({symbol.name!r}, real=True) has one")


@lru_cache(maxsize=4096, typed=True)  # a tensor says the same thing many times
def normal(expr: Expr) -> Term:
    """The term of an expression; raises Unsupported for a node that has none, RuleError for a division by 0."""
    found = algebra.as_term(expr)
    if isinstance(found, Term):
        return found
    if expr.is_Rational:
        return algebra.rational(fmpq(int(expr.p), int(expr.q)))
    if expr.is_Symbol:
        return algebra.atom(variable(expr))
    if expr.is_Add or expr.is_Mul:
        return reduce(add if expr.is_Add else mul, map(normal, expr.args))
    if expr.func in _FUNCTIONS:
        return algebra.applied(_FUNCTIONS[expr.func], *map(normal, expr.args))
    if expr.is_Pow and (expr.exp.is_Integer or expr.exp.free_symbols):
        return algebra.power(normal(expr.base), normal(expr.exp))
    if expr == sympy.E:
        return algebra.exp(algebra.rational(1))
    raise Unsupported(f"no normal form for {type(expr).__name__}: {expr}")
