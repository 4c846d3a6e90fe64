"""SymPy's expressions as the kernel's terms: SymPy writes (1/2)^t as 2^(-t) as soon as something stands beside it."""

import pytest
from sympy import Rational

from symlstm.kernel.theorem import RuleError
from symlstm.model.translation import natural, normal, real, to_sympy

s, t, x = natural("s"), natural("t"), real("x")
POWERS = [
    x * Rational(1, 2) ** t,
    x * Rational(3, 4) ** t,
    x * Rational(1, 3) ** (t + 2),
    x * Rational(-1, 2) ** t,
    2 ** (s - t),
]


@pytest.mark.parametrize("expr", POWERS, ids=str)
@pytest.mark.parametrize("values", [{s: 0, t: 0, x: 3}, {s: 3, t: 1, x: -1}, {s: 2, t: 7, x: 5}])
def test_a_power_of_a_number_means_what_it_did(expr, values):
    assert to_sympy(normal(expr)).subs(values) == expr.subs(values)


@pytest.mark.parametrize("expr", [x ** (-t), Rational(0) ** (t - s)], ids=["of a variable", "of 0"])
def test_no_power_below_0_of_what_may_be_0(expr):
    with pytest.raises(RuleError, match="an integer, plus symbolic natural numbers"):
        normal(expr)
