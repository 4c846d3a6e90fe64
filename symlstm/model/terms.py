"""Terms for people: the scale k, the functions of the cells, and what a number or a SymPy expression is as a term.

Terms add, subtract, multiply, divide and take powers with each other and with ints and Fractions;
with SymPy's expressions too, which makes an expression. Nothing here needs SymPy, unless it is used.
"""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.model.errors import InputError

k = SCALE = Variable("k")  # the scale


def term(x: Any, where: str = "expression") -> Term:
    """A term of a term, an int, a Fraction or a SymPy expression; raises InputError for anything else,

    Unsupported for a node of an expression that no term has.
    """
    found = algebra.as_term(x)
    if isinstance(found, Term):
        return found
    if not hasattr(x, "free_symbols"):
        raise InputError(where, repr(x), "a number, a term in k, or a SymPy expression", "from symlstm import k")
    from symlstm.model.translation import normal

    return normal(x)


def real(name: str) -> Variable:
    """The variable of this name for a real number, such as a parameter."""
    return Variable(name)


def tanh(x: Term | Fraction | int) -> Term:
    """The hyperbolic tangent."""
    return algebra.tanh(term(x))


def sigmoid(x: Term | Fraction | int) -> Term:
    """The logistic function 1/(1 + e^-x)."""
    return algebra.sigmoid(term(x))


def exp(x: Term | Fraction | int) -> Term:
    """The exponential function."""
    return algebra.exp(term(x))


def _as_expression(x: Term | Variable) -> Any:
    from symlstm.model.translation import to_sympy

    return to_sympy(algebra.as_term(x))


for _kind in (Term, Variable):
    setattr(_kind, "_sympy_", _as_expression)  # noqa: B010  SymPy's protocol, of which the kernel knows nothing
