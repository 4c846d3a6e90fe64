"""Derived rules: each fires, and refuses for each of its side conditions, under its own name."""

from __future__ import annotations

import pytest
from support.refusals import refuses
from sympy import Abs, Sum, exp, tanh

from symlstm.kernel.logic.propositions import Derived
from symlstm.kernel.theorem import Theorem
from symlstm.model.activations import sigmoid
from symlstm.proof.lemmas import (
    operator_norm,
    product,
    reciprocal,
    sigmoid_contraction,
    tanh_above_cubic,
    triangle,
    weaken,
)
from symlstm.steps import ForAll, Less, LessEqual, Within, assume, lipschitz, natural, real, sequence, specialise

x, y, u, v, a, b, L, z = map(real, ("x", "y", "u", "v", "a", "b", "L", "z"))
n, m, d = map(natural, "nmd")
h, r, U = map(sequence, "hrU")
near = assume(Within(x, y, b))
slack = assume(Less(0, 1 - L))


def test_reciprocal():
    assert reciprocal(assume(Less(0, 1 - L / 4))).conclusion == Less(0, 1 / (1 - L / 4))


def test_reciprocal_refuses_what_may_be_zero():
    refuses("reciprocal: found 0 <= x; needed Less", reciprocal, assume(LessEqual(0, x)))


def test_reciprocal_refuses_another_bound():
    refuses("reciprocal: found -1; needed an expression equal to 0", reciprocal, assume(Less(-1, x)))


# Functions.


@pytest.mark.parametrize(("function", "bound"), [(sigmoid, b / 4), (tanh, b)])
def test_lipschitz(function, bound):
    assert lipschitz(near, function).conclusion == Within(function(x), function(y), bound)


def test_lipschitz_refuses_exp():
    refuses("Lipschitz: found <function exp.*; needed sigmoid or tanh", lipschitz, near, exp)


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


@pytest.mark.parametrize("span", [(1, 3), (0, d), (0, n - 1), (n, n + d)])
def test_operator_norm_over_any_range(span):
    rows = assume(LessEqual(Sum(Abs(U(m)), (m, *span)), L))
    every = specialise(assume(ForAll((n,), Within(h(n), r(n), b))), m)
    expected = Within(Sum(U(m) * h(m), (m, *span)), Sum(U(m) * r(m), (m, *span)), L * b)
    assert operator_norm(every, rows).conclusion == expected


def test_operator_norm_of_weights_and_states_with_divisors():
    scale = assume(Less(0, z))
    scaled = specialise(assume(ForAll((n,), Within(h(n) / z, r(n), b)), scale), m)
    rows = assume(LessEqual(Sum(Abs(U(m) / z), (m, 1, d)), a), scale)
    assert operator_norm(scaled, rows).conclusion.bound == a * b


def test_operator_norm_keeps_a_variable_of_its_own_apart():
    s = natural("s")
    every = specialise(assume(ForAll((n,), Within(h(n, s), r(n, s), b))), m)
    rows = assume(LessEqual(Sum(Abs(U(s, m)), (m, 1, s)), L))
    theorem = operator_norm(every, rows)
    assert theorem.conclusion.value == Sum(U(s, m) * h(m, s), (m, 1, s))
    assert theorem.hypotheses == every.hypotheses | rows.hypotheses


# What all have in common.

APPLIED = [
    (reciprocal, (slack,)),
    (tanh_above_cubic, (assume(Less(0, x)),)),
    (triangle, (Within(x, y, b), near)),
    (weaken, (near, assume(LessEqual(b, a)))),
    (product, (near, assume(Within(u, v, z)), assume(Within(x, 0, a)), assume(Within(v, 0, L)))),
    (lipschitz, (near, tanh)),
    (sigmoid_contraction, (near,)),
    (operator_norm, (states, rows)),
]


@pytest.mark.parametrize(("rule", "arguments"), APPLIED, ids=lambda value: getattr(value, "__name__", ""))
def test_a_derived_rule_says_its_name_and_what_it_was_applied_to(rule, arguments):
    theorem, given = rule(*arguments), tuple(a for a in arguments if isinstance(a, Theorem))
    *cited, proof = theorem.premises
    assert isinstance(theorem.certificate, Derived)
    assert (tuple(cited), proof.conclusion) == (given, theorem.conclusion)
    assert theorem.hypotheses == frozenset().union(*(premise.hypotheses for premise in given))


@pytest.mark.parametrize(
    "rule", [lambda fact: lipschitz(fact, sigmoid), lambda fact: lipschitz(fact, tanh), sigmoid_contraction]
)
def test_distances_may_divide_by_what_a_premise_divides_by(rule):
    far = assume(Within(x / (1 - L), y, b / (1 - L)), slack)
    assert rule(far).hypotheses == far.hypotheses


def test_arguments_may_be_named():
    assert lipschitz(theorem=near, function=tanh).premises[:-1] == (near,)


def test_triangle_of_nothing():
    assert triangle(Within(x, x, 0)).conclusion == Within(x, x, 0)
