"""Induction over time, and sums that grow with it."""

from __future__ import annotations

import pytest
from support.refusals import refuses
from sympy import Sum

from symlstm.steps import (
    Equal,
    ForAll,
    Less,
    LessEqual,
    arithmetic,
    assume,
    empty_sum,
    induction,
    last_term,
    natural,
    positive,
    real,
    sequence,
    specialise,
    together,
)

x, L = map(real, "xL")
t, n, m, j, d = map(natural, "tnmjd")
c, h = sequence("c"), sequence("h")

start = assume(Equal(c(0), 1))
doubles = specialise(assume(ForAll((t,), Equal(c(t + 1), 2 * c(t)))), t)
p = Equal(c(t), 2**t)
step = arithmetic(Equal(c(t + 1), 2 ** (t + 1)), (1, doubles), (2, assume(p)))


def test_induction():
    theorem = induction(p, t, start, step)
    assert theorem.conclusion == ForAll((t,), p)
    assert theorem.hypotheses == {Equal(c(0), 1), ForAll((t,), Equal(c(t + 1), 2 * c(t)))}


def test_induction_refuses_another_base():
    refuses(r"induction: found c\(0\) = 2; needed c\(0\) = 1", induction, p, t, assume(Equal(c(0), 2)), step)


def test_induction_refuses_a_base_at_one():
    refuses(r"induction: found c\(1\) = 2; needed c\(0\) = 1", induction, p, t, assume(Equal(c(1), 2)), step)


def test_induction_refuses_another_step():
    refuses(r"induction: found c\(t\) = 2\*\*t; needed c\(t \+ 1\)", induction, p, t, start, assume(p))


def test_induction_refuses_a_step_that_holds_at_one_time_only():
    once = arithmetic(Equal(c(t + 1), 2 ** (t + 1)), (1, assume(Equal(c(t + 1), 2 * c(t)))), (2, assume(p)))
    refuses("induction: found an assumption on t", induction, p, t, start, once)


def test_induction_refuses_a_base_that_mentions_the_time():
    weak = arithmetic(Equal(c(0), 1), (1, start), (0, assume(Equal(c(t), 7))))
    refuses("induction: found an assumption on t", induction, p, t, weak, step)


def test_induction_does_not_discharge_its_statement_from_the_base():
    """Without this, p |- p at 0 and p |- p at t + 1 would prove any p that does not mention t."""
    false = Equal(x, x + 1)
    refuses("or x = x \\+ 1 in the base", induction, false, t, assume(false), assume(false))


def test_induction_refuses_a_real_variable():
    s = real("s")
    refuses("induction: found s; needed a natural variable", induction, Equal(c(s), 0), s, start, step)


def test_induction_over_a_variable_that_the_statement_binds_needs_the_statement_itself():
    bound = ForAll((n,), LessEqual(Sum(h(t, m), (m, 0, n)), 0))
    refuses(r"induction: found c\(0\) = 1; needed for all n: ", induction, bound, n, start, step)


def test_the_induction_hypothesis_does_not_escape_its_step():
    theorem = together(induction(p, t, start, step), step)
    assert p in theorem.hypotheses
    assert p not in induction(p, t, start, step).hypotheses


def test_an_empty_sum_that_starts_anywhere():
    assert empty_sum(Sum(h(j, m), (m, n, n - 1))).conclusion.rhs == 0


def test_empty_sum():
    assert empty_sum(Sum(L**j, (j, 0, -1))).conclusion == Equal(Sum(L**j, (j, 0, -1)), 0)


@pytest.mark.parametrize(
    "total",
    [Sum(L**j, (j, 0, 0)), Sum(L**j, (j, 0, t - 1)), Sum(L**j, (j, 1, -1)), Sum(h(j, m), (m, 0, -1), (j, 0, n)), x],
)
def test_empty_sum_refuses_what_may_have_a_term(total):
    refuses("empty sum: found .* needed a sum without terms", empty_sum, total)


def test_last_term():
    theorem = last_term(Sum(L**j, (j, 0, t)))
    assert theorem.conclusion == Equal(Sum(L**j, (j, 0, t)), Sum(L**j, (j, 0, t - 1)) + L**t)


def test_last_term_of_a_sum_that_starts_anywhere():
    theorem = last_term(Sum(h(t, m), (m, n, n + t)))
    assert theorem.conclusion.rhs == Sum(h(t, m), (m, n, n + t - 1)) + h(t, n + t)


@pytest.mark.parametrize("rule", [empty_sum, last_term])
def test_a_sum_divides_by_what_a_theorem_says_is_positive(rule):
    total = Sum(h(t, m) / L, (m, 1, 0 if rule is empty_sum else 1))
    assert rule(total, assume(Less(0, L))).conclusion.lhs == total
    refuses("found a division by L; needed a theorem 0 < L", rule, total)


@pytest.mark.parametrize(
    "total", [Sum(L**j, (j, 0, t - 1)), Sum(L**j, (j, 0, -1)), Sum(L**j, (j, 1, t)), Sum(L**j, (j, n, t)), x]
)
def test_last_term_refuses_a_sum_that_may_be_empty(total):
    refuses("last term: found .* needed a sum with a last term", last_term, total)


def test_the_last_term_of_a_double_sum_is_the_inner_sum_at_the_last_index():
    """An index of the inner sum that is in the last index is renamed."""
    theorem = last_term(Sum(h(j, m), (m, 1, d), (j, 0, m)))
    assert str(theorem.conclusion.rhs) == "sum(h(m, m'), m', 1, d) + sum(sum(h(j, m), m, 1, d), j, 0, m - 1)"


def test_positive_powers_by_induction():
    statement = LessEqual(0, x**t)
    grows = arithmetic(LessEqual(0, x ** (t + 1)), (1, assume(LessEqual(0, x)), assume(statement)))
    theorem = induction(statement, t, arithmetic(LessEqual(0, 1), (1, positive(x * 0 + 1))), grows)
    assert theorem.hypotheses == {LessEqual(0, x)}
