"""The nonlinearities of recurrent cells, and every fact about sigmoid and tanh that a proof may use.

    sigmoid(x) = 1/(1 + e^-x)            tanh(x) = 2 sigmoid(2x) - 1

Elementary facts, for all real x and y; each proof is one line:

* range        0 < sigmoid < 1 and -1 < tanh < 1              e^x > 0
* symmetry     sigmoid(-x) = 1 - sigmoid(x), tanh(-x) = -tanh(x)   multiply by e^x
* derivative   sigmoid' = sigmoid (1 - sigmoid)                quotient rule
* slope        sigmoid' <= 1/4                                 1/4 - s(1-s) = (s - 1/2)^2
* monotone     sigmoid, tanh, x/4 - sigmoid(x), tanh(x) - x + x^3/3 increase   the last: x^2 - tanh(x)^2 >= 0
* Lipschitz    |sigmoid(x) - sigmoid(y)| <= |x - y|/4, |tanh(x) - tanh(y)| <= |x - y|   mean value theorem
* tail         0 < 1 - sigmoid(x) < e^-x, 0 < 1 - tanh(x) < 2 e^-2x   1/(1+a) < 1/a for a > 0

SymPy has tanh but no sigmoid; it is defined here as an inert function, so that nothing
rewrites a gate behind the reader's back.
"""

from __future__ import annotations

from typing import Any

import sympy
from sympy import Expr, Function, Rational

SIGMOID_SLOPE = Rational(1, 4)


class sigmoid(Function):  # type: ignore[misc]
    """The logistic function ``1/(1 + exp(-x))`` as a SymPy function of one real argument.

    >>> from sympy import Symbol, exp
    >>> x = Symbol("x", real=True)
    >>> sigmoid(x).diff(x)
    (1 - sigmoid(x))*sigmoid(x)
    >>> sigmoid(x).rewrite(exp)
    1/(1 + exp(-x))
    """

    nargs = 1
    is_real = True

    @classmethod
    def eval(cls, x: Expr) -> Expr | None:
        return Rational(1, 2) if x == 0 else None

    def fdiff(self, argindex: int = 1) -> Expr:
        return self * (1 - self)

    def _eval_rewrite_as_exp(self, x: Expr, **hints: Any) -> Expr:
        return 1 / (1 + sympy.exp(-x))

    def _eval_rewrite_as_tanh(self, x: Expr, **hints: Any) -> Expr:
        return (1 + sympy.tanh(x / 2)) / 2

    def _eval_evalf(self, prec: int) -> Expr:
        return self.rewrite(sympy.exp)._eval_evalf(prec)

    def _latex(self, printer: Any, exp: str | None = None) -> str:
        power = f"^{{{exp}}}" if exp else ""
        return rf"\sigma{power}\left({printer._print(self.args[0])}\right)"


class relu(Function):  # type: ignore[misc]
    """max(x, 0), inert. Exact in the kernel where the sign of x is decided."""

    nargs = 1
    is_real = True


class step(Function):  # type: ignore[misc]
    """The Heaviside function that is 1 at 0, inert."""

    nargs = 1
    is_real = True
