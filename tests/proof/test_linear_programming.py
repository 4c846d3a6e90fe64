"""The exact simplex: textbook programs, Farkas both ways, and fields with tanh(1) in them."""

from __future__ import annotations

from fractions import Fraction as F

import numpy as np
import pytest
import sympy

from symlstm.model.translation import normal
from symlstm.proof.linear_programming import Infeasible, Unbounded, combination, minimise, widest
from symlstm.search.region.ordered_field import Field

kappa = sympy.tanh(1)


def fractions(rows):
    return [[*map(F, row)] for row in rows]


@pytest.mark.parametrize(
    ("costs", "rows", "right", "value", "x"),
    [
        (
            [-5, -4, -3, 0, 0, 0],
            [[2, 3, 1, 1, 0, 0], [4, 1, 2, 0, 1, 0], [3, 4, 2, 0, 0, 1]],
            [5, 11, 8],
            -13,
            [2, 0, 1, 0, 1, 0],
        ),  # Chvatal, p. 13
        (
            [-10, 57, 9, 24, 0, 0, 0],
            [["1/2", "-11/2", "-5/2", 9, 1, 0, 0], ["1/2", "-3/2", "-1/2", 1, 0, 1, 0], [1, 0, 0, 0, 0, 0, 1]],
            [0, 0, 1],
            -1,
            None,
        ),  # cycles without Bland's rule, p. 31
        ([1, 1], [[-1, -1]], [-3], 3, None),
        ([1, 2], [[1, 1], [2, 2]], [4, 8], 4, [4, 0]),
        ([0], [[1]], [0], 0, [0]),
    ],
)
def test_minimise(costs, rows, right, value, x):
    A, b, c = fractions(rows), [*map(F, right)], [*map(F, costs)]
    found = minimise(c, A, b)
    assert found.value == value and x in (None, found.x)
    assert sum(p * q for p, q in zip(found.prices, b, strict=True)) == value
    assert all(sum(y * row[j] for y, row in zip(found.prices, A, strict=True)) <= c[j] for j in range(len(c)))


def test_minimise_finds_no_solution():
    with pytest.raises(Infeasible):
        minimise([F(1)], [[F(1)]], [F(-1)])


def test_minimise_finds_no_least_cost():
    with pytest.raises(Unbounded):
        minimise([F(-1), F(0)], [[F(1), F(-1)]], [F(0)])


def test_a_combination_is_found_or_there_is_a_separating_vector():
    random, refused = np.random.default_rng(0), 0
    for vectors, target in ((random.integers(-2, 3, (5, 3)), random.integers(-2, 3, 3)) for _ in range(60)):
        try:
            found = combination(fractions(vectors.tolist()), [*map(F, target.tolist())])
        except Infeasible as infeasible:
            y = infeasible.separating
            assert dot(y, target) > 0 and all(dot(y, vector) <= 0 for vector in vectors)
            refused += 1
        else:
            assert min(found) >= 0 and [dot(found, column) for column in vectors.T] == [*target]
    assert 10 < refused < 50


def dot(numbers, integers) -> F:
    return sum((x * int(n) for x, n in zip(numbers, integers, strict=True)), F(0))


@pytest.mark.parametrize(
    ("expr", "sign"),
    [(kappa - sympy.Rational(3, 4), 1), (1 / kappa - 2, -1), (kappa**2 - kappa * kappa, 0), (sympy.tanh(2) - kappa, 1)],
)
def test_signs_in_the_field(expr, sign):
    term = normal(expr)
    assert Field([term])(term).sign() == sign


def test_field_arithmetic_is_exact():
    field = Field([normal(kappa)])
    x, one = field(normal(kappa)), field(1)
    assert not (one / (one + x) * (one - x * x) - (one - x))
    assert ((one - x * x) / (one + x)).term() == normal(1 - kappa)


def test_widest_of_a_triangle():
    forms = fractions([[1, 0, 0], [0, 1, 0], [-1, -1, 1]])  # x, y, 1 - x - y
    assert widest(forms, [None, None], F(1)) == (F(1, 3), [F(1, 3), F(1, 3)], [F(1, 3)] * 3)


def test_widest_needs_bounds():
    with pytest.raises(Infeasible):
        widest(fractions([[1, 0]]), [None], F(1))


def test_widest_over_the_field():
    field = Field([normal(kappa)])
    one, x = field(1), field(normal(kappa))
    mu, (p,), _ = widest([[one, -one], [-x, one]], [None], one)  # p - 1 and 1 - kappa p, equal at p = 2/(1 + kappa)
    assert not (p - field(2) / (one + x)) and not (mu - (p - one))
