"""SymPy expressions as the kernel's terms, and back.  UNTRUSTED: a theorem prints what was proved.

What has no meaning in the kernel's language is refused: symbols that are neither real nor natural
numbers, functions without rules, fractional powers. People write `real`, `natural` and `sequence`.
"""

from __future__ import annotations

from fractions import Fraction
from functools import lru_cache, reduce
from operator import add, mul
from typing import Any

import sympy
from flint import fmpq
from sympy import Basic, Expr, Function, Pow, Sum, Symbol
from sympy.core.function import AppliedUndef
from sympy.core.relational import Relational
from sympy.logic.boolalg import BooleanAtom

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Atom, Term, Variable
from symlstm.kernel.logic.propositions import Less, LessEqual, Relation
from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import relu, sigmoid, step

_FUNCTIONS = {
    sympy.exp: "exp", sympy.tanh: "tanh", sigmoid: "sigmoid", relu: "relu", step: "step",
    sympy.Abs: "abs", sympy.Min: "min", sympy.Max: "max",
}  # fmt: skip


NAMED = {name: function for function, name in _FUNCTIONS.items()}


def real(name: str) -> Symbol:
    """A variable for a real number."""
    return Symbol(name, real=True)


def natural(name: str) -> Symbol:
    """A variable for one of 0, 1, 2, ...: a time, a coordinate, a size."""
    return Symbol(name, integer=True, nonnegative=True)


@lru_cache(maxsize=256)
def sequence(name: str) -> Any:
    """A real function of its arguments: sequence("h")(t, n) is coordinate n of h at time t."""
    return Function(name, real=True)


def variable(symbol: Symbol) -> Variable:
    """The variable of a SymPy symbol that is assumed to be real or natural and nothing else; else Unsupported."""
    if symbol == real(symbol.name):
        return Variable(symbol.name)
    if symbol == natural(symbol.name):
        return Variable(symbol.name, "natural")
    raise Unsupported(f"no meaning for the symbol {symbol}: Symbol({symbol.name!r}, real=True) has one")


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
        return _power(normal(expr.base), normal(expr.exp))
    if expr == sympy.E:
        return algebra.exp(algebra.rational(1))
    if isinstance(expr, AppliedUndef) and expr.func == sequence(expr.func.__name__):
        return Variable(expr.func.__name__, "sequence")(*map(normal, expr.args))
    if isinstance(expr, Sum):
        return reduce(_summed, expr.limits, normal(expr.function))
    hint = ""
    if expr.is_Float:
        exact = Fraction(str(float(expr)))
        hint = f"; write Rational({exact.numerator}, {exact.denominator})"
    raise Unsupported(f"no meaning for {type(expr).__name__}: {expr}{hint}")


def _power(base: Term, exponent: Term) -> Term:
    """Of a number b, b^(-t) is (1/b)^t: SymPy makes the one of the other."""
    below = Term({mono: -c for mono, c in exponent.monomials.items() if mono and c < 0})
    if not below.monomials or not base.rational():
        return algebra.power(base, exponent)
    return algebra.power(base, exponent + below) * algebra.power(algebra.inverse(base), below)


def _summed(body: Term, limit: Any) -> Term:
    return algebra.finite_sum(body, *map(normal, limit))


def to_sympy(term: Term) -> Expr:
    """The term as a SymPy expression."""
    return sympy.Add(
        *(
            sympy.Rational(int(c.p), int(c.q)) * sympy.Mul(*(_atom_to_sympy(a) ** n for a, n in mono))
            for mono, c in term.monomials.items()
        )
    )


def symbol_of(variable: Variable) -> Symbol:
    """The SymPy symbol of a variable for a number."""
    return (natural if variable.kind == "natural" else real)(variable.name)


@lru_cache(maxsize=16384)
def _atom_to_sympy(a: Atom) -> Expr:
    if isinstance(a, Variable):
        return symbol_of(a)
    arguments = [*map(to_sympy, a.arguments)]
    if isinstance(a.function, Variable):
        return sequence(a.function.name)(*arguments)
    if a.function == "power":
        return Pow(*arguments)
    if a.function == "sum":
        return Sum(arguments[0], tuple(arguments[1:]))
    if a.function in ("inverse", "exp"):
        return 1 / arguments[0] if a.function == "inverse" else sympy.exp(arguments[0])
    return NAMED[a.function](*arguments, evaluate=False)


FUNCTIONS = {sigmoid: algebra.sigmoid, sympy.tanh: algebra.tanh, sympy.exp: algebra.exp}  # by which a theorem is mapped


ORDERS = {"<": (Less, 1), "<=": (LessEqual, 1), ">": (Less, -1), ">=": (LessEqual, -1)}


def order(x: Relational | BooleanAtom | bool) -> Relation:
    """The order that a < b and the like say; raises Unsupported for another relation, or where SymPy has decided it."""
    if not isinstance(x, Relational):
        raise Unsupported(
            f"SymPy takes a comparison for {x}, without a proof: write Less(a, b) for a < b, LessEqual(a, b) for "
            "a <= b and Equal(a, b) for a = b, from symlstm.steps"
        )
    if x.rel_op not in ORDERS:
        raise Unsupported(f"no meaning for {x}: Equal(a, b) is an equation")
    kind, way = ORDERS[x.rel_op]
    return kind(*map(normal, x.args[::way]))


def of_kernel(x: Any) -> Any:
    """What a rule of the kernel takes, of what people write: variables of symbols, terms of expressions, at any depth."""
    if isinstance(x, Symbol):
        return variable(x)
    if isinstance(x, tuple | list | sympy.Tuple):
        return tuple(map(of_kernel, x))
    if isinstance(x, Relational | BooleanAtom | bool):
        return order(x)
    if isinstance(x, Basic):
        return normal(x)
    return FUNCTIONS.get(x, x) if isinstance(x, type) else x
