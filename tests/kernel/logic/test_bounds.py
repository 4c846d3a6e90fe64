"""Order and distance: each rule fires, and refuses for each of its side conditions."""

from __future__ import annotations

from itertools import pairwise

import pytest
from support.refusals import refuses
from sympy import Abs, Float, Max, Min, Rational, cos, exp, tanh

from symlstm.kernel.algebra import Variable, constant_ball, rational
from symlstm.kernel.logic.bounds import Product, cubic_slack, sigmoid_slack
from symlstm.kernel.logic.propositions import Relation
from symlstm.model.activations import sigmoid
from symlstm.model.translation import normal, of_kernel
from symlstm.steps import (
    Equal,
    Less,
    LessEqual,
    Within,
    absolute_value,
    arithmetic,
    assume,
    cases,
    extremum,
    generalise,
    monotone,
    natural,
    positive,
    real,
    rewrite,
    sequence,
    sides,
    specialise,
)

x, y, u, v, a, b, L, z = map(real, ("x", "y", "u", "v", "a", "b", "L", "z"))
n, m, d = map(natural, "nmd")
h, r, U = map(sequence, "hrU")
near = assume(Within(x, y, b))


def test_positive():
    assert positive(1 - tanh(x)).conclusion == Less(0, 1 - tanh(x))


def test_positive_refuses_what_is_not_positive_by_its_form():
    refuses(r"positive: found x; needed an expression that is positive by its form", positive, x)


def test_positive_if_positive_times_what_is_positive():
    slack, rate = assume(Less(0, 1 - L / 4)), assume(Less(0, x))
    assert positive(1 / (1 - L / 4), slack).conclusion == Less(0, 1 / (1 - L / 4))
    assert positive(3 * exp(y) / (1 - L / 4) / x, slack, rate).hypotheses == slack.hypotheses | rate.hypotheses


@pytest.mark.parametrize(
    ("expr", "factor", "message"),
    [
        (1 / x, LessEqual(0, x), "0 <= x; needed Less"),
        (1 / x, Less(-1, x), "needed an expression that is positive by its form"),
        (1 / (1 + x), Less(-1, x), r"a division by x \+ 1; needed a theorem 0 < x \+ 1"),
        (-1 / x, Less(0, x), "needed an expression that is positive by its form"),
        (y / x, Less(0, x), "needed an expression that is positive by its form"),
    ],
)
def test_positive_refuses_factors(expr, factor, message):
    refuses(f"positive: found .*{message}", positive, expr, assume(factor))


# Arithmetic.


@pytest.mark.parametrize(
    ("goal", "certificate"),
    [
        (Equal(sigmoid(-x), 1 - sigmoid(x)), []),
        (LessEqual(x, x), []),
        (LessEqual(1, 3), [(2,)]),
        (Less(1, 3), [(2,)]),
        (LessEqual(x, y), [(1, assume(Less(x, y)))]),
        (Less(x, y + b), [(1, assume(LessEqual(x, y))), (1, assume(Less(0, b)))]),
        (Less(x, y + b), [(1, assume(Less(0, b))), (1, assume(LessEqual(x, y)))]),
        (LessEqual(0, x * y), [(1, assume(LessEqual(0, x)), assume(LessEqual(0, y)))]),
        (Less(0, 3 * x**2), [(3, assume(Less(0, x)), assume(Less(0, x)))]),
        (Equal(x, 2 * u), [(2, assume(Equal(y, u))), (1, assume(Equal(x, 2 * y)))]),
        (Equal(0, x * y), [(-x, assume(Equal(y, 0)))]),
        (LessEqual(0, x), [(-1, assume(Equal(x, y))), (1, assume(LessEqual(0, y)))]),
    ],
)
def test_arithmetic(goal, certificate):
    theorem = arithmetic(goal, *certificate)
    assert theorem.conclusion == goal
    assert [len(product.places) for product in theorem.certificate] == [len(entry) - 1 for entry in certificate]


def test_arithmetic_has_its_certificate_as_data():
    theorem = arithmetic(LessEqual(0, 2 * x * y), (2, assume(LessEqual(0, x)), assume(LessEqual(0, y))))
    assert theorem.certificate == (Product(rational(2), (0, 1)),)
    assert arithmetic(Equal(x, x)).certificate == ()


@pytest.mark.parametrize(
    ("goal", "certificate", "message"),
    [
        (LessEqual(y, x), [(-1, assume(LessEqual(x, y)))], "the coefficient -1; needed a rational number >= 0"),
        (LessEqual(0, x * y), [(x, assume(LessEqual(0, y)))], "the coefficient x; needed a rational number >= 0"),
        (Less(x, y), [(1, assume(LessEqual(x, y)))], "needed a positive product"),
        (Less(x, x), [], "needed a positive product"),
        (Less(x, x), [(0, assume(Less(0, y)))], "needed a positive product"),
        (Less(0, x * y), [(1, assume(Less(0, x)), assume(LessEqual(0, y)))], "needed a positive product"),
        (Equal(x, y), [(1, assume(LessEqual(x, y)))], "needed equations only"),
        (LessEqual(x, y), [(1, assume(LessEqual(x, u)))], "left over; needed nothing left over"),
        (LessEqual(0, x**2), [], "left over"),
        (Equal(0, 1), [(-1 / x, assume(Equal(x, 0)))], "a division by x; needed a theorem 0 < x"),
        (Equal(x / x, y / y), [(1, near)], "needed Equal or LessEqual or Less"),
    ],
)
def test_arithmetic_refuses(goal, certificate, message):
    refuses(f"arithmetic.*{message}", arithmetic, goal, *certificate)


class Greater(Relation):
    fields = Relation.fields
    text = "{} > {}"


@pytest.mark.parametrize("goal", [Greater(0, 1), Relation(0, 1), Within(0, 1, 1)], ids=range(3))
def test_arithmetic_refuses_another_kind_of_goal(goal):
    refuses(r"arithmetic: found .*; needed an Equal, a LessEqual or a Less", arithmetic, goal, (1,))


def test_arithmetic_refuses_a_goal_that_divides_by_what_may_be_zero():
    refuses(r"a division by x \+ 1", arithmetic, Equal(1 / (1 + x), (1 + x) / (1 + x) ** 2 + y - y))


def test_arithmetic_divides_by_what_a_theorem_says_is_positive():
    slack = assume(Less(0, 1 - L))
    theorem = arithmetic(Equal((1 - L**2) / (1 - L), 1 + L), divisors=(slack,))
    assert theorem.hypotheses == {Less(0, 1 - L)}


@pytest.mark.parametrize("inexact", [0.5, Float("0.5")])
def test_arithmetic_refuses_floats(inexact):
    with pytest.raises(Exception, match=r"no meaning for Float|needed a term"):
        arithmetic(LessEqual(0, x / 2), (inexact, assume(LessEqual(0, x))))


# Functions.


@pytest.mark.parametrize("function", [sigmoid, tanh, exp])
@pytest.mark.parametrize("kind", [Less, LessEqual])
def test_monotone(function, kind):
    assert monotone(assume(kind(x, y)), function).conclusion == kind(function(x), function(y))


@pytest.mark.parametrize("function", [exp, tanh, sigmoid, sigmoid_slack, cubic_slack])
def test_what_is_called_increasing_increases(function):
    """Between neighbours of a grid, by 60-digit numbers."""
    values = [constant_ball(of_kernel(function)(rational(n, 8)), 256) for n in range(-160, 161)]
    assert all(a < b for a, b in pairwise(values))


def test_what_increases_is_written_in_terms_of_its_argument():
    assert sigmoid_slack(normal(x)) == normal(x / 4 - sigmoid(x))
    assert cubic_slack(normal(x)) == normal(tanh(x) - x + x**3 / 3)


def test_monotone_refuses_a_function_that_is_not_increasing():
    refuses(
        "monotone: found cos; needed one of sigmoid, tanh, exp, sigmoid_slack, cubic_slack",
        monotone,
        assume(Less(x, y)),
        cos,
    )


def test_monotone_refuses_what_is_no_order():
    refuses("monotone: found x = y; needed LessEqual or Less", monotone, assume(Equal(x, y)), tanh)


# Distances.


def test_absolute_value():
    theorem = absolute_value(Within(x, y, b), assume(LessEqual(y - b, x)), assume(Less(x, y + b)))
    assert theorem.conclusion == Within(x, y, b)


def test_absolute_value_refuses_two_bounds_on_one_side():
    above = assume(LessEqual(x, y + b))
    refuses(
        "absolute value: found .* needed two sides with a difference of", absolute_value, Within(x, y, b), above, above
    )


def test_absolute_value_refuses_another_bound():
    below = assume(LessEqual(y - b, x))
    refuses("absolute value: found", absolute_value, Within(x, y, b), below, assume(LessEqual(x, y + 2 * b)))


def test_sides():
    below, above = sides(near)
    assert (below.conclusion, above.conclusion) == (LessEqual(y - b, x), LessEqual(x, y + b))
    assert below.hypotheses == above.hypotheses == near.hypotheses


def test_sides_refuses_what_is_no_distance():
    refuses("sides: found x < y; needed Within", sides, assume(Less(x, y)))


# Minimum and maximum.


def test_extremum():
    assert extremum(Min(x, y), x).conclusion == LessEqual(Min(x, y), x)
    assert extremum(Max(x, y), x).conclusion == LessEqual(x, Max(x, y))


@pytest.mark.parametrize("side", [x, -x])
def test_extremum_of_an_absolute_value(side):
    assert extremum(Abs(x), side).conclusion == LessEqual(side, Abs(x))


@pytest.mark.parametrize(("m", "argument"), [(Min(x, y), u), (x + y, x), (Abs(x), y), (Abs(x), 2 * x)])
def test_extremum_refuses_what_is_no_argument(m, argument):
    refuses("extremum: found .* needed a minimum or a maximum", extremum, m, argument)


def test_cases():
    theorem = cases(LessEqual(0, z), z, Min(x, y), assume(LessEqual(0, x)), assume(LessEqual(0, y)))
    assert (theorem.conclusion, len(theorem.hypotheses)) == (LessEqual(0, Min(x, y)), 2)
    greatest = cases(LessEqual(z, 0), z, Max(x, y), assume(LessEqual(x, 0)), assume(LessEqual(y, 0)))
    assert greatest.conclusion == LessEqual(Max(x, y), 0)


def test_cases_of_an_absolute_value():
    theorem = cases(LessEqual(z, 1), z, Abs(x), assume(LessEqual(x, 1)), assume(LessEqual(-x, 1)))
    assert (theorem.conclusion, len(theorem.hypotheses)) == (LessEqual(Abs(x), 1), 2)


@pytest.mark.parametrize(("only", "missing"), [(x, "-x"), (-x, "x")])
def test_cases_of_an_absolute_value_refuses_one_side_only(only, missing):
    needed = rf"needed also {missing} <= 1"
    refuses(needed, cases, LessEqual(z, 1), z, Abs(x), *[assume(LessEqual(only, 1))] * 2)


def test_cases_refuses_a_missing_case():
    only = assume(LessEqual(0, x))
    refuses(r"cases: found \['0 <= x'\]; needed also 0 <= y", cases, LessEqual(0, z), z, Min(x, y), only)


def test_cases_refuses_what_is_no_minimum():
    refuses("cases: found x; needed a minimum or a maximum", cases, LessEqual(0, z), z, x, assume(LessEqual(0, x)))


def test_rational_coefficients_may_be_sympy_numbers():
    half = arithmetic(LessEqual(0, x / 2), (Rational(1, 2), assume(LessEqual(0, x))))
    assert half.certificate == (Product(rational(1, 2), (0,)),)


def test_the_small_steps_have_what_their_rules_needed_as_data():
    least = cases(LessEqual(0, z), z, Min(x, y), assume(LessEqual(0, x)), assume(LessEqual(0, y)))
    assert least.certificate == (LessEqual(0, z), Variable("z"), normal(Min(x, y)))
    assert extremum(Max(x, y), x).certificate == (normal(Max(x, y)), normal(x))
    assert monotone(assume(Less(x, y)), tanh).certificate == "tanh"
    general = generalise(positive(exp(x)), x)
    assert specialise(general, y + 1).certificate == (normal(y + 1),)
    assert rewrite(assume(Less(0, h(n))), assume(Equal(h(n), x))).certificate == ((normal(h(n)), normal(x)),)
