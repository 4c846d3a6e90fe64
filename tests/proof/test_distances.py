"""Distances by the shape of both sides: what is found, what is refused, and that nothing is found of what is false."""

from __future__ import annotations

from typing import Any

import pytest
from sympy import Abs, Rational

from symlstm.kernel.theorem import RuleError
from symlstm.proof.goals import Goal, auto, inductively
from symlstm.steps import Equal, ForAll, Less, LessEqual, Sum, Within, assume, natural, real, sequence, sigmoid, tanh

t, n, m, d = map(natural, "tnmd")
L, e, a, b, delta = map(real, ("L", "e", "a", "b", "delta"))
y, r, U, x, k = map(sequence, ("y", "r", "U", "x", "k"))
ours, theirs = (Sum(U(n, m) * z(t, m), (m, 1, d)) for z in (y, r))
NEAR = ForAll((n,), Within(y(t, n), r(t, n), e))
ROWS = ForAll((n,), LessEqual(Sum(Abs(U(n, m)), (m, 1, d)), L))
STEP = [
    ForAll((t, n), Equal(y(t + 1, n), sigmoid(x(t, n) + ours) * k(t))),
    ForAll((t, n), Equal(r(t + 1, n), sigmoid(x(t, n) + theirs))),
    ForAll((t,), Within(k(t), 1, delta)),
    ROWS,
]

open_, shut = sigmoid(a), sigmoid(-a)
SIZED = [ForAll((n,), Within(y(t, n), 0, 1)), ForAll((n,), Within(k(n), 0, b)), NEAR, ROWS]
GRU = [
    Equal(y(t + 1, n), (1 - shut) * tanh(x(t, n) + open_ * (ours + k(n))) + shut * y(t, n)),
    Equal(r(t + 1, n), tanh(x(t, n) + theirs + k(n))),
    *SIZED,
]

FOUND: list[tuple[Any, list[Any]]] = [
    (Within(sigmoid(a), sigmoid(b), e / 4), [Within(a, b, e)]),
    (Within(tanh(sigmoid(a)), tanh(sigmoid(b)), e / 4), [Within(a, b, e)]),
    (Within(sigmoid(a), sigmoid(b), tanh(e / 4)), [Within(a, b, e)]),
    (Within(3 + sigmoid(a), 3 + sigmoid(b), e), [Within(a, b, e), LessEqual(0, e)]),
    (Within(sigmoid(a) * tanh(a), sigmoid(b) * tanh(b), 5 * e / 4), [Within(a, b, e)]),
    (Within(ours, theirs, L * e), [NEAR, ROWS]),
    (Within(tanh(ours), tanh(theirs), L * e), [NEAR, ROWS]),
    (Within(y(t + 1, n), r(t + 1, n), L * e / 4 + delta), [NEAR, *STEP]),
    (Within(y(t + 1, n), r(t + 1, n), tanh(L * e / 4) + delta), [NEAR, *STEP]),
    (Within(y(t + 1, n), r(t + 1, n), L * e + shut * (L + b + 2)), GRU),
    (Within(open_ * ours, theirs, L * e + shut * L), SIZED),
    (Within(tanh(ours / 4), tanh(theirs / 4), L * e / 4), [NEAR, ROWS]),
    (Within(-3 * tanh(a), -3 * tanh(b), 3 * e), [Within(a, b, e)]),
    (Within((1 - open_) * k(t) + open_, (1 - open_) * x(t, n) + open_, (1 - open_) * e), [Within(k(t), x(t, n), e)]),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "given"), FOUND, ids=lambda x: str(x)[:60])
def test_found(statement: Any, given: list[Any]) -> None:
    theorem = auto(statement, *map(assume, given))
    assert theorem.conclusion == statement and theorem.hypotheses <= {*given}


def test_for_ever() -> None:
    given = [*STEP, Less(L, 4), LessEqual(0, delta), ForAll((n,), Equal(y(0, n), r(0, n)))]
    statement = ForAll((t, n), Within(y(t, n), r(t, n), delta / (1 - L / 4)))
    assert inductively(statement, t, *map(assume, given)).conclusion == statement


FALSE: list[tuple[Any, list[Any]]] = [
    (Within(sigmoid(a), sigmoid(b), e / 5), [Within(a, b, e)]),
    (Within(tanh(a), tanh(b), e / 4), [Within(a, b, e)]),
    (Within(sigmoid(a), tanh(b), e), [Within(a, b, e)]),
    (Within(2 * sigmoid(a), sigmoid(b), e / 4), [Within(a, b, e)]),
    (Within(sigmoid(a), sigmoid(b), tanh(e / 5)), [Within(a, b, e)]),
    (Within(ours, theirs, L * e), [Within(y(t, m), r(t, m), e), ROWS]),
    (Within(ours, theirs, L * e), [NEAR, LessEqual(Sum(Abs(U(n, m)), (m, 1, d + 1)), L)]),
    (Within(ours, theirs, L * e / 2), [NEAR, ROWS]),
    (Within(y(t + 1, n), r(t + 1, n), L * e / 4), [NEAR, *STEP]),
    (Within(y(t + 1, n), r(t + 1, n), L * e / 5 + delta), [NEAR, *STEP]),
    (Within(y(t + 1, n), r(t + 1, n), L * e / 4 + delta), [NEAR, *STEP[:2], ROWS]),
    (Within(y(t + 1, n), r(t + 1, n), L * e + shut * (L + b + 1)), GRU),
    (Within(y(t + 1, n), r(t + 1, n), L * e + shut * (L + b + 2)), [*GRU[:2], *GRU[3:]]),
    (Within(open_ * ours, theirs, L * e), SIZED),
    (Within(shut * ours, theirs, L * e + shut * L), SIZED),
]


@pytest.mark.parametrize(("statement", "given"), FALSE, ids=lambda x: str(x)[:60])
def test_what_is_false_is_refused(statement: Any, given: list[Any]) -> None:
    with pytest.raises(RuleError):
        auto(statement, *map(assume, given))


def test_a_bound_that_is_too_small_is_shown_beside_the_one_that_follows() -> None:
    goal = Goal(Within(y(t + 1, n), r(t + 1, n), L * e / 5 + delta), map(assume, [NEAR, *STEP])).auto()
    assert goal.reason == "needed L*e/4 + delta <= L*e/5 + delta"


def test_definitions_in_a_circle_end() -> None:
    circle = [Equal(k(t + 1), x(t, n) + 0 * a), Equal(x(t, n), k(t + 1)), Equal(r(t, n), y(t, n))]
    with pytest.raises(RuleError):
        auto(Within(x(t, n), r(t, n), Rational(1, 2)), *map(assume, circle))
