"""Order and distance: each rule fires, and refuses for each of its side conditions."""

from __future__ import annotations

import pytest
from sympy import Abs, Float, Max, Min, Rational, Sum, cos, exp, tanh

from symlstm.kernel.bounds import (
    absolute_value,
    arithmetic,
    cases,
    extremum,
    lipschitz,
    monotone,
    operator_norm,
    positive,
    product,
    reciprocal,
    sigmoid_contraction,
    tanh_above_cubic,
    triangle,
    weaken,
)
from symlstm.kernel.propositions import (
    Equal,
    ForAll,
    Less,
    LessEqual,
    Within,
    assume,
    natural,
    real,
    sequence,
    specialise,
)
from symlstm.kernel.theorem import RuleError
from symlstm.model.activations import sigmoid

x, y, u, v, a, b, L, z = map(real, ("x", "y", "u", "v", "a", "b", "L", "z"))
n, m, d = map(natural, "nmd")
h, r, U = map(sequence, "hrU")
near = assume(Within(x, y, b))


def refuses(message, rule, *arguments, **named):
    with pytest.raises(RuleError, match=message):
        rule(*arguments, **named)


def test_positive():
    assert positive(1 - tanh(x)).conclusion == Less(0, 1 - tanh(x))


def test_positive_refuses_what_is_not_positive_by_its_form():
    refuses(r"positive: found x; needed an expression that is positive by its form", positive, x)


def test_reciprocal():
    assert reciprocal(assume(Less(0, 1 - L / 4))).conclusion == Less(0, 1 / (1 - L / 4))


def test_reciprocal_refuses_what_may_be_zero():
    refuses("reciprocal: found 0 <= x; needed Less", reciprocal, assume(LessEqual(0, x)))


def test_reciprocal_refuses_another_bound():
    refuses("reciprocal: found -1; needed an expression equal to 0", reciprocal, assume(Less(-1, x)))


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
    assert theorem.rule.startswith("arithmetic [")


def test_arithmetic_spells_its_certificate():
    theorem = arithmetic(LessEqual(0, 2 * x * y), (2, assume(LessEqual(0, x)), assume(LessEqual(0, y))))
    assert theorem.rule == "arithmetic [(2)*P1*P2]"
    assert arithmetic(Equal(x, x)).rule == "arithmetic [identity]"


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


def test_arithmetic_refuses_a_goal_that_divides_by_what_may_be_zero():
    refuses(r"a division by x \+ 1", arithmetic, Equal(1 / (1 + x), (1 + x) / (1 + x) ** 2 + y - y))


def test_arithmetic_divides_by_what_a_theorem_says_is_positive():
    slack = assume(Less(0, 1 - L))
    theorem = arithmetic(Equal((1 - L**2) / (1 - L), 1 + L), divisors=(slack,))
    assert theorem.hypotheses == {Less(0, 1 - L)}


@pytest.mark.parametrize("inexact", [0.5, Float("0.5")])
def test_arithmetic_refuses_floats(inexact):
    with pytest.raises(Exception, match=r"no meaning for Float|rational number"):
        arithmetic(LessEqual(0, x / 2), (inexact, assume(LessEqual(0, x))))


# Functions.


@pytest.mark.parametrize("function", [sigmoid, tanh, exp])
@pytest.mark.parametrize("kind", [Less, LessEqual])
def test_monotone(function, kind):
    assert monotone(assume(kind(x, y)), function).conclusion == kind(function(x), function(y))


def test_monotone_refuses_a_function_that_is_not_increasing():
    refuses("monotone: found cos; needed sigmoid, tanh or exp", monotone, assume(Less(x, y)), cos)


def test_monotone_refuses_what_is_no_order():
    refuses("monotone: found x = y; needed LessEqual or Less", monotone, assume(Equal(x, y)), tanh)


@pytest.mark.parametrize(("function", "bound"), [(sigmoid, b / 4), (tanh, b)])
def test_lipschitz(function, bound):
    assert lipschitz(near, function).conclusion == Within(function(x), function(y), bound)


def test_lipschitz_refuses_exp():
    refuses("Lipschitz: found exp; needed sigmoid or tanh", lipschitz, near, exp)


def test_lipschitz_refuses_what_is_no_distance():
    refuses("Lipschitz: found x < y; needed Within", lipschitz, assume(Less(x, y)), tanh)


def test_sigmoid_contraction():
    assert sigmoid_contraction(near).conclusion == Within(sigmoid(x), sigmoid(y), tanh(b / 4))


def test_sigmoid_contraction_refuses_what_is_no_distance():
    refuses("sigmoid contraction: found x < y; needed Within", sigmoid_contraction, assume(Less(x, y)))


def test_tanh_above_its_cubic():
    assert tanh_above_cubic(assume(LessEqual(0, x))).conclusion == LessEqual(x - x**3 / 3, tanh(x))


def test_tanh_above_its_cubic_refuses_what_may_be_negative():
    refuses("tanh above its cubic: found -1; needed an expression equal to 0", tanh_above_cubic, assume(Less(-1, x)))


# Distances.


def test_absolute_value():
    theorem = absolute_value(Within(x, y, b), assume(LessEqual(y - b, x)), assume(Less(x, y + b)))
    assert theorem.conclusion == Within(x, y, b)


def test_absolute_value_refuses_two_bounds_on_one_side():
    above = assume(LessEqual(x, y + b))
    refuses("absolute value: found .* needed an expression equal to", absolute_value, Within(x, y, b), above, above)


def test_absolute_value_refuses_another_bound():
    below = assume(LessEqual(y - b, x))
    refuses("absolute value: found", absolute_value, Within(x, y, b), below, assume(LessEqual(x, y + 2 * b)))


def test_triangle():
    theorem = triangle(Within(x + u, y + v, a + b), near, assume(Within(u, v, a)))
    assert theorem.conclusion == Within(x + u, y + v, a + b)


def test_triangle_in_a_chain():
    assert triangle(Within(x, u, a + b), near, assume(Within(y, u, a))).conclusion.centre == u


def test_triangle_refuses_another_difference():
    refuses("triangle inequality: found x - y; needed", triangle, Within(x, u, b), near)


def test_triangle_refuses_a_smaller_bound():
    refuses("triangle inequality: found b; needed an expression equal to b/2", triangle, Within(x, y, b / 2), near)


def test_weaken():
    assert weaken(near, assume(LessEqual(b, a))).conclusion == Within(x, y, a)


def test_weaken_refuses_an_order_of_another_bound():
    refuses("weaken: found a; needed an expression equal to b", weaken, near, assume(LessEqual(a, b)))


def test_product():
    sizes = (assume(Within(x, 0, a)), assume(Within(v, 0, L)))
    theorem = product(near, assume(Within(u, v, z)), *sizes)
    assert theorem.conclusion == Within(x * u, y * v, a * z + L * b)


@pytest.mark.parametrize(
    ("first_size", "second_size"),
    [(Within(y, 0, a), Within(v, 0, L)), (Within(x, 0, a), Within(u, 0, L)), (Within(x, 1, a), Within(v, 0, L))],
)
def test_product_refuses_the_size_of_something_else(first_size, second_size):
    refuses("product: found", product, near, assume(Within(u, v, z)), assume(first_size), assume(second_size))


# Vectors, in the max norm.

rows = assume(LessEqual(Sum(Abs(U(n, m)), (m, 1, d)), L))
states = specialise(assume(ForAll((n,), Within(h(n), r(n), b))), m)


def test_operator_norm():
    expected = Within(Sum(U(n, m) * h(m), (m, 1, d)), Sum(U(n, m) * r(m), (m, 1, d)), L * b)
    assert operator_norm(states, rows).conclusion == expected


def test_operator_norm_refuses_one_coordinate_only():
    one = assume(Within(h(m), r(m), b))
    refuses("operator norm: found m in the bound or in a hypothesis; needed one bound", operator_norm, one, rows)


def test_operator_norm_refuses_a_bound_that_varies_with_the_index():
    varying = specialise(assume(ForAll((n,), Within(h(n), r(n), U(n, n)))), m)
    refuses("operator norm: found m in the bound", operator_norm, varying, rows)


@pytest.mark.parametrize(
    "rows",
    [
        LessEqual(Sum(U(n, m), (m, 1, d)), L),
        LessEqual(Abs(U(n, n)), L),
        LessEqual(2 * Sum(Abs(U(n, m)), (m, 1, d)), L),
        LessEqual(Sum(Abs(U(n, m)), (m, 1, d), (n, 1, d)), L),
    ],
)
def test_operator_norm_refuses_rows_that_are_no_sum_of_absolute_values(rows):
    refuses("operator norm: found .* needed a bound of a single sum", operator_norm, states, assume(rows))


# Minimum and maximum.


def test_extremum():
    assert extremum(Min(x, y), x).conclusion == LessEqual(Min(x, y), x)
    assert extremum(Max(x, y), x).conclusion == LessEqual(x, Max(x, y))


@pytest.mark.parametrize(("m", "argument"), [(Min(x, y), u), (x + y, x)])
def test_extremum_refuses_what_is_no_argument(m, argument):
    refuses("extremum: found .* needed a minimum or a maximum", extremum, m, argument)


def test_cases():
    theorem = cases(LessEqual(0, z), z, Min(x, y), assume(LessEqual(0, x)), assume(LessEqual(0, y)))
    assert (theorem.conclusion, len(theorem.hypotheses)) == (LessEqual(0, Min(x, y)), 2)
    greatest = cases(LessEqual(z, 0), z, Max(x, y), assume(LessEqual(x, 0)), assume(LessEqual(y, 0)))
    assert greatest.conclusion == LessEqual(Max(x, y), 0)


def test_cases_refuses_a_missing_case():
    only = assume(LessEqual(0, x))
    refuses(r"cases: found \['0 <= x'\]; needed also 0 <= y", cases, LessEqual(0, z), z, Min(x, y), only)


def test_cases_refuses_what_is_no_minimum():
    refuses("cases: found x; needed a minimum or a maximum", cases, LessEqual(0, z), z, x, assume(LessEqual(0, x)))


def test_rational_coefficients_may_be_sympy_numbers():
    half = arithmetic(LessEqual(0, x / 2), (Rational(1, 2), assume(LessEqual(0, x))))
    assert half.rule == "arithmetic [(1/2)*P1]"
