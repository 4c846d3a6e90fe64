"""Equality of quotients: what is recognised, and what must not be."""

from __future__ import annotations

import pytest
from sympy import Rational, Sum, exp, tanh

from symlstm.kernel.logic import quotients
from symlstm.kernel.logic.propositions import as_term
from symlstm.model.activations import sigmoid
from symlstm.proof.written import told
from symlstm.steps import natural, real, sequence

vanishes = told(quotients.vanishes)
certainly_positive = told(lambda expr: quotients.certainly_positive(as_term(expr)))
x, y, B = map(real, "xyB")
t, j = map(natural, "tj")
f = sigmoid(B)
c = sequence("c")

IDENTITIES = [
    (sigmoid(-x), 1 - sigmoid(x)),
    (tanh(x), 2 * sigmoid(2 * x) - 1),
    (sigmoid(x), (1 + tanh(x / 2)) / 2),
    (1 / (1 - f), 1 + exp(B)),
    (f * tanh(B) / (1 - f), exp(B) * tanh(B)),
    (f ** (t + 1), f * f**t),
    (Rational(3, 2) ** (t + 2), Rational(9, 4) * Rational(3, 2) ** t),
    (exp(x + y), exp(x) * exp(y)),
    (tanh(x) * (1 + exp(4 * x) * exp(-2 * x)), exp(2 * x) - 1),
    (abs(x) ** 3, x**2 * abs(x)),
    (1 / (1 + x), (1 - x) / (1 - x**2)),
    (Rational(1, 4) - f * (1 - f), (f - Rational(1, 2)) ** 2),
    (tanh(x) ** 2, 1 - 4 * sigmoid(2 * x) * sigmoid(-2 * x)),
]


@pytest.mark.parametrize(("left", "right"), IDENTITIES)
def test_identity_is_recognised(left, right):
    assert vanishes(left - right)


FALSE = [
    (tanh(f), f),
    (tanh(sigmoid(x)), 1),
    (f ** (t + 1), f**t),
    (f ** (2 * t), f**t),
    (c(t + 1), c(t)),
    (sigmoid(x), sigmoid(y)),
    (Sum(x**j, (j, 0, t)), Sum(x**j, (j, 0, t + 1))),
    (exp(x) + exp(y), exp(x + y)),
    (1 / (1 + x), 1 - x),
    (tanh(1), Rational(76159, 100000)),
]


@pytest.mark.parametrize(("left", "right"), FALSE)
def test_what_is_not_equal_is_not_recognised(left, right):
    assert not vanishes(left - right)


POSITIVE = [
    f,
    1 - f,
    exp(-B),
    1 - tanh(x),
    1 + tanh(x),
    f**t,
    1 - tanh(1),
    tanh(1) - Rational(3, 4),
    1 / (1 + exp(x)),
    exp(1 / x),
    sigmoid(1 / x),
    1 + x**2,
    t + 1,
    tanh(exp(x)),
    -1 / (f - 1),
]
UNKNOWN = [
    x,
    x**2,
    tanh(x),
    c(t),
    1 - x,
    -f,
    f - 1,
    x**t,
    Rational(0),
    tanh(1) - 1,
    f - Rational(1, 2),
    c(t) ** t,
    x * exp(y),
    x + exp(y),
    tanh(1 / x),
    1 / (f - 1),
    1 / (tanh(1) - 1),
    1 / x,
]


@pytest.mark.parametrize("expr", POSITIVE)
def test_positive_by_its_form(expr):
    assert certainly_positive(expr)


@pytest.mark.parametrize("expr", UNKNOWN)
def test_not_positive_by_its_form(expr):
    assert not certainly_positive(expr)
