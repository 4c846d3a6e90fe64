"""Statements that no shipped proof contains: each by one auto or one induction; look-alikes that are false, refused.

And the certificates: whatever is damaged in one, the kernel refuses it.
"""

from __future__ import annotations

import random
from typing import Any

import pytest
from sympy import Rational

from symlstm.kernel.theorem import RuleError
from symlstm.proof.goals import Goal, Unfinished
from symlstm.proof.order import NotFound
from symlstm.proof.order import prove as order
from symlstm.steps import (
    Abs,
    Diverges,
    Equal,
    ForAll,
    Less,
    LessEqual,
    Max,
    Min,
    Sum,
    TendsTo,
    Within,
    arithmetic,
    assume,
    auto,
    every,
    exp,
    lemma,
    natural,
    real,
    sequence,
    sigmoid,
    tanh,
)

t, n, m, d = map(natural, "tnmd")
B, C, L, a, b, q = map(real, ("B", "C", "L", "a", "b", "q"))
c, e, u, h, w = map(sequence, "ceuhw")
f, g = sigmoid(B), tanh(B)

AUTO: list[tuple[Any, list[Any]]] = [
    (Less(0, f * (1 - f)), []),
    (LessEqual(f * (1 - f), 1), []),
    (LessEqual(f * (1 - f), Rational(1, 4)), [LessEqual(0, (f - Rational(1, 2)) * (f - Rational(1, 2)))]),
    (Less(f + g, 2), []),
    (Less(-1, f * g), []),
    (Equal(f + sigmoid(-B), 1), []),
    (Equal(tanh(B), 2 * sigmoid(2 * B) - 1), []),
    (Equal(f / (1 - f), exp(B)), []),
    (Less(sigmoid(a), sigmoid(b)), [Less(a, b)]),
    (LessEqual(tanh(a) + sigmoid(a), tanh(b) + sigmoid(b)), [LessEqual(a, b)]),
    (Less(0, tanh(tanh(B))), [Less(0, B)]),
    (Less(0, exp(a) * tanh(b)), [Less(0, b)]),
    (LessEqual(a * b, 1), [LessEqual(0, a), LessEqual(a, 1), LessEqual(b, 1), LessEqual(0, b)]),
    (LessEqual(a * a, 4), [LessEqual(-2, a), LessEqual(a, 2)]),
    (LessEqual(Min(a, b), (a + b) / 2), []),
    (LessEqual((a + b) / 2, Max(a, b)), []),
    (LessEqual(0, Min(a, b)), [LessEqual(0, a), LessEqual(0, b)]),
    (LessEqual(Max(a, b), 1), [LessEqual(a, 1), LessEqual(b, 1)]),
    (LessEqual(-Abs(a), a), []),
    (Within(f * a, 0, 1), [LessEqual(-1, a), LessEqual(a, 1)]),
    (Within((1 - f) * a + f * b, 0, 1), [Within(a, 0, 1), Within(b, 0, 1)]),
    (Less(a / (1 + exp(B)), a), [Less(0, a)]),
    (TendsTo(B * (1 - f), (B,), 0), []),
    (TendsTo((1 - f**3) / (1 - f), (B,), 3), []),
    (TendsTo(tanh(f + g), (B,), tanh(2)), []),
    (TendsTo(f**t * C + (1 - f**t) * a, (t,), a), []),
    (TendsTo(tanh(c(t, B)), (B,), tanh(a)), [TendsTo(c(t, B), (B,), a)]),
    (TendsTo(sigmoid(B + q * c(t, B)), (B,), 1), [TendsTo(c(t, B), (B,), a)]),
    (TendsTo(sigmoid(C * c(t, B) - B), (B,), 0), [TendsTo(c(t, B), (B,), a)]),
    (TendsTo(tanh(c(t, B) - 2 * B) + c(t, B), (B,), a - 1), [TendsTo(c(t, B), (B,), a)]),
    (TendsTo(sigmoid(-B) * c(t, B), (B,), 0), [ForAll((B,), Within(c(t, B), 0, C))]),
    (Less(0, a), [every(Less(-1, b), Less(0, a))]),
    (Diverges(exp(B) * tanh(B), (B,), 1), []),
    (Diverges(-B * f, (B,), -1), []),
    (Less(g**2, 1), []),
    (LessEqual(sigmoid(a) * sigmoid(b), Min(sigmoid(a), sigmoid(b))), []),
    (Equal(sigmoid(2 * B), (1 + g) / 2), []),
    (LessEqual(Abs(a * b), (a**2 + b**2) / 2), []),
    (Less(f, exp(B)), []),
    (LessEqual((1 - f) ** 2 + f**2, 1), []),
    (TendsTo((f - g) * exp(B), (B,), -1), []),
    (TendsTo(g**t, (B,), 1), []),
    (LessEqual(f * (1 - f), Rational(1, 4)), []),
    (LessEqual(1 - g**2, 1), []),
    (LessEqual(a * b, (a**2 + b**2) / 2), []),
    (LessEqual(Abs(a), b), [Within(a, 0, b)]),
    (Less(Rational(99, 100), sigmoid(5)), []),
    (TendsTo(e(t), (t,), 0), [ForAll((t,), every(Less(0, e(t)), LessEqual(e(t), Rational(1, 4) ** t)))]),
    (Equal(Sum(e(m), (m, 0, t + 1)), Sum(e(m), (m, 0, t)) + e(t + 1)), []),
    (Less(exp(-10), Rational(1, 20000)), []),
    (LessEqual(1 - f, Rational(1, 20000)), [LessEqual(10, B)]),
    (Less(Rational(1, 2), sigmoid(a)), [Less(0, a)]),
    (LessEqual(0, (1 - f) / (1 - L / 4)), [Less(L, 4)]),
    (Equal(c(t) / 2**t, Rational(1, 2) ** t * c(t)), []),
    (Equal(c(t + 1), 2 * a + 1), [Equal(c(t + 1), c(t) + 1), Equal(c(t), 2 * a)]),
]

PEEPHOLES = [
    ForAll((t, n, B), Equal(c(t + 1, n, B), sigmoid(B + u(n) * c(t, n, B)) * c(t, n, B)
                            + sigmoid(B + e(n) * c(t, n, B)) * tanh(w(t, n)))),
    ForAll((t, n), Equal(h(t + 1, n), h(t, n) + tanh(w(t, n)))),
    ForAll((n, B), Equal(c(0, n, B), 0)),
    ForAll((n,), Equal(h(0, n), 0)),
]  # fmt: skip
COUPLED = [  # f = 1 - i, and i, o open: two tanh in a row
    ForAll((t, n, B), Equal(c(t + 1, n, B), (1 - f) * c(t, n, B) + f * tanh(Sum(w(n, m) * h(t, m, B), (m, 1, d))))),
    ForAll((t, n, B), Equal(h(t + 1, n, B), f * tanh(c(t + 1, n, B)))),
    ForAll((t, n), Equal(u(t + 1, n), tanh(Sum(w(n, m) * e(t, m), (m, 1, d))))),
    ForAll((t, n), Equal(e(t + 1, n), tanh(u(t + 1, n)))),
    *(ForAll((n, B), Equal(y(0, n, B), 0)) for y in (c, h)),
    *(ForAll((n,), Equal(y(0, n), 0)) for y in (u, e)),
]
LEAKY = ForAll((t,), Equal(c(t + 1), f * c(t)))
INDUCTIONS: list[tuple[Any, list[Any]]] = [
    (ForAll((t, n), TendsTo(c(t, n, B), (B,), h(t, n))), PEEPHOLES),
    (ForAll((t, n, B), Within(c(t, n, B), 0, t)), PEEPHOLES[:3]),
    (ForAll((t,), every(ForAll((n,), TendsTo(c(t, n, B), (B,), u(t, n))),
                        ForAll((n,), TendsTo(h(t, n, B), (B,), e(t, n))))), COUPLED),
    (Equal(c(t), f**t * C), [LEAKY, Equal(c(0), C)]),
    (LessEqual(0, c(t)), [LEAKY, LessEqual(0, c(0))]),
    (LessEqual(c(t), C), [LEAKY, Equal(c(0), C), LessEqual(0, C)]),
    (Equal(c(t), C + t * a), [ForAll((t,), Equal(c(t + 1), c(t) + a)), Equal(c(0), C)]),
    (Equal(c(t), a + (C - a) * q**t), [ForAll((t,), Equal(c(t + 1), q * c(t) + (1 - q) * a)), Equal(c(0), C)]),
    (Within(c(t), 0, t), [ForAll((t,), Equal(c(t + 1), c(t) + tanh(w(t)))), Equal(c(0), 0)]),
    (every(LessEqual(0, c(t)), LessEqual(c(t), C)),
     [ForAll((t,), Equal(c(t + 1), Max(c(t) - 1, 0))), Equal(c(0), C), LessEqual(0, C)]),
    (ForAll((n,), Within(u(t, n), e(t, n), (L / 4) ** t * a)), [
        *(ForAll((t, n), Equal(y(t + 1, n), sigmoid(w(t, n) + Sum(h(n, m) * y(t, m), (m, 1, d))))) for y in (u, e)),
        ForAll((n,), LessEqual(Sum(Abs(h(n, m)), (m, 1, d)), L)), ForAll((n,), Within(u(0, n), e(0, n), a)),
    ]),
    (Within(c(t), 0, 1), [
        ForAll((t,), Equal(c(t + 1), (1 - sigmoid(u(t))) * c(t) + sigmoid(u(t)) * tanh(w(t)))), Equal(c(0), 0)
    ]),
    (LessEqual(Abs(c(t)), 2 * a), [
        ForAll((t,), Equal(c(t + 1), c(t) / 2 + w(t))), ForAll((t,), LessEqual(Abs(w(t)), a)), LessEqual(Abs(c(0)), 2 * a)
    ]),
    (Equal(c(t), 2 * a + (c(0) - 2 * a) * Rational(1, 2) ** t), [ForAll((t,), Equal(c(t + 1), c(t) / 2 + a))]),
    (LessEqual(t + 1, 2**t), []),
    (Equal((1 - q) * c(t), a + ((1 - q) * c(0) - a) * q**t), [ForAll((t,), Equal(c(t + 1), q * c(t) + a))]),
    (Equal(c(t), a / (1 - q) + (c(0) - a / (1 - q)) * q**t), [Less(q, 1), ForAll((t,), Equal(c(t + 1), q * c(t) + a))]),
    (TendsTo(c(t, B), (B,), Sum(e(m), (m, 0, t - 1))),
     [ForAll((t, B), Equal(c(t + 1, B), c(t, B) + f * e(t))), ForAll((B,), Equal(c(0, B), 0))]),
    (Equal(Sum(0, (m, 1, t)), 0), []),
    (Within(u(t), 0, 1), [ForAll((t,), Equal(u(t + 1), (1 - f) * u(t) + f * tanh(w(t)))), Equal(u(0), 0)]),
    (LessEqual(e(t), 2 * a), [ForAll((t,), LessEqual(e(t + 1), a + e(t) / 2)), LessEqual(e(0), 2 * a)]),
    (TendsTo(c(t, B), (B,), t), [ForAll((t, B), Equal(c(t + 1, B), f * c(t, B) + g)), ForAll((B,), Equal(c(0, B), 0))]),
    (ForAll((n,), TendsTo(h(t, n, B), (B,), w(t, n))), [
        ForAll((t, n, B), Equal(h(t + 1, n, B), f * tanh(Sum(h(t, m, B), (m, 1, d))))),
        ForAll((t, n), Equal(w(t + 1, n), tanh(Sum(w(t, m), (m, 1, d))))),
        ForAll((n, B), Equal(h(0, n, B), 0)), ForAll((n,), Equal(w(0, n), 0)),
    ]),
    (ForAll((n,), Equal(h(t, n), 3 * w(t, n))), [
        ForAll((t, n), Equal(h(t + 1, n), f * h(t, n))), ForAll((t, n), Equal(w(t + 1, n), f * w(t, n))),
        ForAll((n,), Equal(h(0, n), 3 * w(0, n))),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "given"), AUTO, ids=lambda x: str(x)[:60])
def test_one_auto(statement: Any, given: list[Any]) -> None:
    theorem = auto(statement, *map(assume, given))
    assert theorem.conclusion == statement and theorem.hypotheses <= {*given}


@pytest.mark.parametrize(("statement", "given"), INDUCTIONS, ids=lambda x: str(x)[:60])
def test_one_induction(statement: Any, given: list[Any]) -> None:
    proved = lemma(statement, given=given).induct(t)()
    assert proved.conclusion == statement and proved.hypotheses <= {*given}


FALSE: list[tuple[Any, list[Any]]] = [
    (LessEqual(1 - f, exp(-2 * B)), []),
    (LessEqual(0, a * b), []),
    (Less(0, a**2), []),
    (LessEqual(f * (1 - f), Rational(6, 25)), []),
    (LessEqual(Abs(a), b), [LessEqual(a, b)]),
    (LessEqual(Abs(a), -a), []),
    (Less(Rational(999, 1000), sigmoid(5)), []),
    (LessEqual(1 - f, Rational(1, 20000)), [LessEqual(9, B)]),
    (LessEqual(1, t), []),
    (TendsTo(e(t), (t,), 0), [ForAll((t,), LessEqual(e(t), Rational(1, 4) ** t))]),
    (Equal(Sum(e(m), (m, 0, t + 1)), Sum(e(m), (m, 0, t))), []),
    (Less(0, t), []),
    (LessEqual(0, (1 - f) / (1 - L / 4)), [Less(4, L)]),
    (Less(f * (1 - f), Rational(1, 5)), []),
    (Less(1, f + g), []),
    (LessEqual(0, f * g), []),
    (Equal(f + sigmoid(B), 1), []),
    (Equal(tanh(B), 2 * sigmoid(B) - 1), []),
    (Less(sigmoid(a), sigmoid(b)), [LessEqual(a, b)]),
    (Less(0, tanh(tanh(B))), [LessEqual(0, B)]),
    (Less(0, exp(a) * tanh(b)), [Less(0, a)]),
    (LessEqual(a * b, 1), [LessEqual(a, 1), LessEqual(b, 1)]),
    (LessEqual(Max(a, b), (a + b) / 2), []),
    (LessEqual(0, Min(a, b)), [LessEqual(0, a)]),
    (Within(f * a + b, 0, 1), [Within(a, 0, 1), Within(b, 0, 1)]),
    (TendsTo(B * (1 - f), (B,), 1), []),
    (TendsTo(sigmoid(B + q * c(t, B)), (B,), 1), []),
    (TendsTo(sigmoid(-B + q * c(t, B)), (B,), 1), [TendsTo(c(t, B), (B,), a)]),
    (TendsTo(sigmoid(-B) * c(t, B), (B,), 0), [Within(c(t, B), 0, C)]),
    (TendsTo(f * c(t, B), (B,), 0), [ForAll((B,), Within(c(t, B), 0, C))]),
    (TendsTo((1 - f**3) / (1 - f), (B,), 2), []),
    (TendsTo(exp(B) * tanh(B), (B,), 1), []),
    (TendsTo(f**t * C, (t,), C), []),
    (Diverges(exp(B) * tanh(B), (B,), -1), []),
    (Diverges(C * exp(B), (B,), 1), []),
    (Less(0, 1 - L / 4), [LessEqual(L, 4)]),
]


@pytest.mark.parametrize(("statement", "given"), FALSE, ids=lambda x: str(x)[:60])
def test_what_is_false_is_refused(statement: Any, given: list[Any]) -> None:
    with pytest.raises(RuleError):
        auto(statement, *map(assume, given))


def test_a_false_induction_shows_the_goal_that_is_left() -> None:
    goal = Goal(Equal(c(t), C), map(assume, [LEAKY, Equal(c(0), C)]))
    base, step = goal.induct(t).auto()
    assert not base.open and step.open == [step]
    with pytest.raises(Unfinished, match=r"\|-  c\(t \+ 1\) = C"):
        _ = goal.theorem


def test_a_miss_names_the_term_that_nothing_bounds() -> None:
    with pytest.raises(NotFound, match="a fact that bounds the term a of the difference"):
        order(LessEqual(0, a + f))


def test_a_fact_on_the_way_is_in_scope() -> None:
    goal = Goal(every(Less(0, f), Less(0, 2 * f)))
    goal.have(Less(0, f)).auto()
    assert [str(fact.conclusion) for fact in goal.facts] == ["0 < sigmoid(B)"]
    assert goal.auto().theorem.conclusion == goal.statement


def test_by_takes_this_statement_only() -> None:
    with pytest.raises(RuleError, match="by: found 0 < sigmoid"):
        Goal(Less(0, g)).by(auto(Less(0, f)))


def test_an_open_goal_has_no_theorem() -> None:
    with pytest.raises(Unfinished):
        _ = Goal(Less(0, g)).auto().theorem


def test_damaged_certificates_are_refused() -> None:
    """Numbers changed, factors dropped, doubled or exchanged, signs turned: never a theorem."""
    p, r, x, y = (assume(Less(0, v)) for v in map(real, "prxy"))
    goal = Less(0, real("p") * real("r") + 2 * real("x") + 3 * real("y") * real("y"))
    good = [(Rational(1), p, r), (Rational(2), x), (Rational(3), y, y)]
    assert arithmetic(goal, *good).conclusion == goal
    pick = random.Random(5)
    for _ in range(60):
        bad = [[*entry] for entry in good]
        entry = pick.choice(bad)
        match pick.randrange(5):
            case 0:
                entry[0] += Rational(pick.choice([-5, -1, 1, 2]), pick.choice([1, 2, 7]))
            case 1:
                del entry[pick.randrange(1, len(entry))]
            case 2:
                entry.append(pick.choice([p, r, x]))
            case 3:
                entry[1:] = [pick.choice([q for q in (p, r, x, y) if q not in entry])]
            case _:
                bad.remove(entry)
        with pytest.raises(RuleError):
            arithmetic(goal, *map(tuple, bad))
