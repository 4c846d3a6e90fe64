"""SymPy's constructors decide signs of constants by estimates that can be wrong; no rule lets them."""

from typing import Any

import pytest
from support.refusals import refuses
from sympy import Abs, Max, Min, tanh

from symlstm.kernel.theorem import Theorem
from symlstm.steps import (
    Equal,
    Less,
    LessEqual,
    assume,
    cases,
    extremum,
    generalise,
    monotone,
    real,
    rewrite,
    sequence,
    specialise,
)

z = real("z")
f = sequence("f")
BELOW_ZERO = tanh(tanh(1000) - tanh(2000))  # SymPy takes it for positive


def test_sympy_takes_a_negative_constant_for_positive() -> None:
    assert Abs(BELOW_ZERO) == BELOW_ZERO


@pytest.mark.parametrize(("m", "part"), [(Abs(z), -z), (Max(z, 0), z), (Max(z, 0), 0), (Min(z, 0), z)])
def test_a_value_is_not_put_where_sympy_would_take_its_sign(m: Any, part: Any) -> None:
    general: Theorem = generalise(extremum(m, part), z)
    refuses("specialise: found .* of ", specialise, general, BELOW_ZERO)


def test_an_equation_is_not_put_where_sympy_would_take_the_sign() -> None:
    theorem, equation = extremum(Max(f(0), 0), 0), assume(Equal(f(0), BELOW_ZERO))
    refuses("rewrite: found Max of ", rewrite, theorem, equation)


def test_cases_do_not_take_the_sign() -> None:
    premises = [assume(LessEqual(Abs(y), 1)) for y in (real("x"), real("y"))]
    refuses("cases: found Abs of ", cases, LessEqual(Abs(z), 1), z, Max(2, BELOW_ZERO, evaluate=False), *premises)


def test_a_rewriting_that_changes_nothing_is_refused() -> None:
    refuses("rewrite: found f.0. nowhere in", rewrite, monotone(assume(Less(0, z)), tanh), assume(Equal(f(0), 1)))
