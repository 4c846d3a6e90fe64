"""Limits by expansion: the conclusions, and a refusal for each side condition."""

from __future__ import annotations

import pytest
from flint import fmpq
from support.refusals import refuses

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable, rational
from symlstm.kernel.asymptotics import Bound, Signs, closeness, decay, divergence, enclosure, limit, positive_by_form

K, C, T = Variable("k"), Variable("C"), Variable("t", "natural")
k, c, t = map(algebra.atom, (K, C, T))
f = algebra.sigmoid(k)
POSITIVE = Signs((Bound(C, fmpq(0)),))


def test_a_limit_and_its_hypotheses() -> None:
    found = limit(f / c, K, 2, POSITIVE)
    assert str(found.conclusion) == "lim_(k -> oo) sigmoid(k)/C = 1/C"
    assert [*map(str, found.hypotheses)] == ["0 < C"]


def test_a_divergence() -> None:
    assert str(divergence(-c * algebra.exp(k), K, 2, POSITIVE).conclusion).endswith("= -oo")


def test_an_enclosure_holds_from_a_scale_on() -> None:
    found = enclosure(1 - f, K, 1, fmpq(1))
    assert [*map(str, found.hypotheses)] == ["1 <= k"]
    assert "exp(-k)" in str(found.conclusion)


@pytest.mark.parametrize(
    ("rule", "message"),
    [
        (lambda: limit(k, K, 2, Signs()), "needed none"),
        (lambda: limit(algebra.exp(k) * (f - 1), K, 1, Signs()) and limit((1 - f) / (1 - f) * k, K, 1, Signs()), "none|more terms"),
        (lambda: limit(c * k, K, 2, Signs()), "needed none"),
        (lambda: limit(f / c, K, 2, Signs()), "sign: found"),
        (lambda: limit(f / (c - 1), K, 2, POSITIVE), "sign: found"),
        (lambda: limit(f, K, 0, Signs()), "terms >= 1"),
        (lambda: limit(f, K, 2, Signs((Bound(K, fmpq(0)),))), "no bound of k"),
        (lambda: limit("k", K, 2, Signs()), "a term"),
        (lambda: divergence(f, K, 2, Signs()), "one that grows"),
        (lambda: divergence(c * k, K, 2, Signs()), "sign: found C"),
        (lambda: divergence(1 - f, K, 2, Signs()), "one that grows"),
        (lambda: enclosure(c * f, K, 2, fmpq(1)), "the parameters"),
        (lambda: enclosure(k, K, 2, fmpq(1)), "bounded"),
        (lambda: closeness(1 - f, K, 4, fmpq(10), fmpq(1, 10**6)), r"a bound \[4.54"),
        (lambda: Bound(C, fmpq(2), fmpq(1)), "in order"),
        (lambda: Bound(C, 0.5), "rational numbers"),
    ],
)  # fmt: skip
def test_refuses(rule, message: str) -> None:
    refuses(message, rule)


def test_closeness_is_what_the_bound_proves() -> None:
    assert str(closeness(1 - f, K, 4, fmpq(14), fmpq(1, 10**6)).conclusion).endswith("<= 1/1000000")
    assert decay(1 - f, K, 1, fmpq(1)).supremum < fmpq(56, 100)


@pytest.mark.parametrize(
    ("form", "positive"),
    [
        (1 + t, True), (t, False), (c, False), (1 + c * c, True), (c * c, False), (algebra.exp(c) + t, True),
        (algebra.sigmoid(c) * algebra.exp(c), True), (1 - algebra.exp(c), False), (algebra.tanh(1 + t), True),
        (algebra.tanh(t), False), (1 / (1 + t), True), (1 / c, False), (rational(0), False),
        (algebra.power(algebra.sigmoid(c), t), True), (algebra.power(c, t), False),
        (1 + algebra.power(c, rational(-2)), False),
    ],
)  # fmt: skip
def test_positive_by_its_form(form: Term, positive: bool) -> None:
    assert positive_by_form(form) is positive


@pytest.mark.parametrize(
    ("bound", "form", "sign"),
    [
        (Bound(C, fmpq(0)), c, 1), (Bound(C, None, fmpq(0)), c, -1), (Bound(C, fmpq(1)), c - 1, 1),
        (Bound(C, fmpq(1)), 2 * c + 3, 1), (Bound(C, fmpq(0), fmpq(4)), 4 - c, 1), (Bound(T, fmpq(0)), t, 1),
    ],
)  # fmt: skip
def test_a_sign_from_a_bound(bound: Bound, form: Term, sign: int) -> None:
    assert Signs((bound,))(form) == sign
