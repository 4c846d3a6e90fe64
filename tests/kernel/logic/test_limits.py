"""Limits: each rule fires, and refuses for each of its side conditions."""

from __future__ import annotations

import pytest
from support.refusals import refuses
from sympy import Rational, Sum, exp, tanh

from symlstm.kernel.logic.limits import reciprocal_limit
from symlstm.kernel.theorem import RuleError
from symlstm.model.activations import sigmoid
from symlstm.steps import (
    Equal,
    ForAll,
    Less,
    LessEqual,
    TendsTo,
    Within,
    absolute_value,
    arithmetic,
    assume,
    continuity,
    exponential_decay,
    geometric_decay,
    iterate,
    natural,
    positive,
    real,
    sequence,
    specialise,
    squeeze,
)

B, C, K, x, y, a = map(real, "BCKxya")
t, n, m, d = map(natural, "tnmd")
h, s, r, c = map(sequence, "hsrc")
f = sigmoid(x)
rate = positive(Rational(2))


def test_exponential_decay():
    assert exponential_decay(y - 2 * B, B, rate).conclusion == TendsTo(exp(y - 2 * B), (B,), 0)
    assert exponential_decay(-B * f**t, B, positive(f**t)).conclusion == TendsTo(exp(-B * f**t), (B,), 0)


@pytest.mark.parametrize("argument", [2 * B, y, -B, -2 * B**2, -2 * B + tanh(B), -2 * B + c(B)])
def test_exponential_decay_refuses_another_exponent(argument):
    refuses("exponential decay: found .* an exponent", exponential_decay, argument, B, rate)


def test_exponential_decay_refuses_a_rate_that_may_be_zero():
    refuses("exponential decay: found 0 <= x; needed Less", exponential_decay, -x * B, B, assume(LessEqual(0, x)))


def test_exponential_decay_refuses_a_rate_that_may_be_negative():
    refuses("exponential decay: found .* needed 0 < a", exponential_decay, -x * B, B, assume(Less(-1, x)))


def test_exponential_decay_refuses_a_rate_that_vanishes_in_the_limit():
    shrinking = positive(exp(-B))
    refuses("found B in exp\\(-B\\); needed expressions without B", exponential_decay, -B * exp(-B), B, shrinking)


def test_geometric_decay():
    theorem = geometric_decay(positive(f), arithmetic(Less(f, 1), (1, positive(1 - f))), t)
    assert theorem.conclusion == TendsTo(f**t, (t,), 0)


@pytest.mark.parametrize(
    ("low", "high", "power", "message"),
    [
        (LessEqual(-1, x), Less(x, 1), t, "needed 0 <= f and f < 1"),
        (LessEqual(0, y), Less(x, 1), t, "needed 0 <= f and f < 1"),
        (LessEqual(0, x), Less(x, 2), t, "needed 0 <= f and f < 1"),
        (LessEqual(0, x), LessEqual(x, 1), t, "needed Less"),
        (LessEqual(0, x), Less(x, 1), B, "a natural power"),
        (LessEqual(0, c(t)), Less(c(t), 1), t, "expressions without t"),
    ],
)
def test_geometric_decay_refuses(low, high, power, message):
    refuses(f"geometric decay: found .*{message}", geometric_decay, assume(low), assume(high), power)


# Reciprocals.


def test_the_limit_of_a_reciprocal():
    below = continuity(1 + exp(-2 * B) * exp(y), B, exponential_decay(-2 * B, B, rate))
    assert below.conclusion == TendsTo(1 + exp(y - 2 * B), (B,), 1)
    found = reciprocal_limit(below, positive(Rational(1)))
    assert found.conclusion == TendsTo(1 / (1 + exp(y - 2 * B)), (B,), 1) and not found.hypotheses


def test_the_limit_of_a_reciprocal_keeps_the_hypotheses():
    given = [ForAll((B,), Less(0, c(B))), TendsTo(exp(c(B)), (B,), x), Less(0, x)]
    found = reciprocal_limit(assume(given[1]), assume(given[2]))
    assert found.conclusion == TendsTo(exp(-c(B)), (B,), 1 / x) and found.hypotheses == {*given[1:]}


@pytest.mark.parametrize(
    ("limit", "sign", "message"),
    [
        (TendsTo(exp(B), (B,), x), Less(0, y), "needed one limit, and 0 < x"),
        (TendsTo(exp(B), (B,), x), Less(-1, x), "needed one limit, and 0 < x"),
        (TendsTo(exp(B), (B,), x), Less(x, 0), "needed one limit, and 0 < x"),
        (TendsTo(exp(B), (B,), x), LessEqual(0, x), "needed Less"),
        (TendsTo(exp(B), (B, C), x), Less(0, x), "needed one limit, and 0 < x"),
        (Less(0, exp(B)), Less(0, x), "needed TendsTo"),
        (TendsTo(c(B), (B,), x), Less(0, x), r"a division by c\(B\)"),
    ],
)
def test_the_limit_of_a_reciprocal_refuses(limit, sign, message):
    refuses(message, reciprocal_limit, assume(limit), assume(sign))


# Squeeze.

decay = exponential_decay(-2 * B, B, rate)


def near(value, centre, *large):
    """|value - centre| <= e^-2B for every B that exceeds the given numbers."""
    forced = [assume(Less(number, B)) for number in large]
    theorem = specialise(assume(ForAll((B,), Within(value, centre, exp(-2 * B)))), B)
    unused = [(0, hypothesis) for hypothesis in forced]
    below = arithmetic(LessEqual(-exp(-2 * B), 0), (1, positive(exp(-2 * B))), *unused)
    above = arithmetic(LessEqual(0, exp(-2 * B)), (1, positive(exp(-2 * B))), *unused)
    zero = absolute_value(Within(0, 0, exp(-2 * B)), below, above)
    return zero if forced else theorem


def test_squeeze():
    assert squeeze(near(c(B), x), decay).conclusion == TendsTo(c(B), (B,), x)


def test_squeeze_discharges_that_the_variable_is_large():
    assert near(0, 0, 5, K).hypotheses == {Less(5, B), Less(K, B)}
    assert squeeze(near(0, 0, 5, K), decay).hypotheses == frozenset()


def test_squeeze_refuses_another_hypothesis_on_the_variable():
    theorem = assume(Within(c(B), x, exp(-2 * B)))
    refuses("squeeze: found B in .* needed expressions without B", squeeze, theorem, decay)


@pytest.mark.parametrize("hypothesis", [Less(B, 5), LessEqual(B**2, B), Less(tanh(B), B)])
def test_squeeze_does_not_discharge_what_a_large_value_may_violate(hypothesis):
    zero = assume(hypothesis)
    lower = arithmetic(LessEqual(-exp(-2 * B), 0), (1, positive(exp(-2 * B))), (0, zero))
    upper = arithmetic(LessEqual(0, exp(-2 * B)), (1, positive(exp(-2 * B))))
    refuses("squeeze: found B in", squeeze, absolute_value(Within(0, 0, exp(-2 * B)), lower, upper), decay)


def test_squeeze_refuses_a_centre_that_moves():
    refuses(r"squeeze: found B in tanh\(B\)", squeeze, near(c(B), tanh(B)), decay)


def test_squeeze_refuses_the_limit_of_another_bound():
    refuses("squeeze: found .* needed lim", squeeze, near(c(B), x), exponential_decay(-B, B, positive(Rational(1))))


def test_squeeze_refuses_a_bound_that_does_not_vanish():
    bound = assume(TendsTo(exp(-2 * B), (B,), 1))
    refuses("squeeze: found .* needed lim", squeeze, near(c(B), x), bound)


def test_squeeze_refuses_an_iterated_limit():
    bound = assume(TendsTo(exp(-2 * B), (B, C), 0))
    refuses("needed lim exp\\(-2\\*B\\) = 0 for one variable", squeeze, near(c(B), x), bound)


# Continuity.

one = assume(TendsTo(sigmoid(B), (B,), 1))


@pytest.mark.parametrize(
    ("expr", "value"),
    [
        (x, x),
        (sigmoid(B), 1),
        (tanh(sigmoid(B)), tanh(1)),
        (3 * sigmoid(B) ** 2 + x, 3 + x),
        (sigmoid(B) ** t * x, x),
        (exp(-sigmoid(B)), exp(-1)),
        (Sum(s(m) * sigmoid(B), (m, 1, d)), Sum(s(m), (m, 1, d))),
    ],
)
def test_continuity(expr, value):
    assert continuity(expr, B, one).conclusion == TendsTo(expr, (B,), value)


def test_continuity_under_a_sum():
    each = specialise(assume(ForAll((n,), TendsTo(h(n, B), (B,), s(n)))), m)
    theorem = continuity(Sum(r(n, m) * h(m, B), (m, 1, d)), B, each)
    assert theorem.conclusion.value == Sum(r(n, m) * s(m), (m, 1, d))


@pytest.mark.parametrize("expr", [B, tanh(B), c(B), sigmoid(B) + B, f**t * B, 2 * exp(-B)])
def test_continuity_refuses_a_part_without_limit(expr):
    refuses("continuity: found .* needed its limit for B -> oo as a premise", continuity, expr, B, one)


def test_continuity_refuses_a_division():
    refuses("continuity: found", continuity, 1 / (1 + exp(c(B))), B, assume(TendsTo(c(B), (B,), 0)))


def test_continuity_refuses_an_exponent_that_moves():
    base = assume(TendsTo(c(t), (t,), 1))
    refuses("continuity: found", continuity, c(t) ** t, t, base)


def test_continuity_refuses_a_sum_whose_length_moves():
    refuses("continuity: found", continuity, Sum(s(m) * c(t), (m, 1, t)), t, assume(TendsTo(c(t), (t,), 0)))


def test_continuity_refuses_a_limit_at_one_index_only():
    single = assume(TendsTo(h(m, B), (B,), s(m)))
    refuses("needed limits for every index", continuity, Sum(h(m, B), (m, 1, d)), B, single)


def test_continuity_refuses_a_limit_for_another_variable():
    refuses("continuity: found .* needed limits for B alone", continuity, c(B), B, assume(TendsTo(c(B), (B, C), 0)))


def test_a_limit_has_no_value_that_moves():
    with pytest.raises(RuleError, match="TendsTo: found the value"):
        assume(TendsTo(c(B), (B,), exp(-B)))


# One limit after another.

inner = specialise(assume(ForAll((C,), TendsTo(h(B, C), (B,), s(C)))), C)
outer = assume(TendsTo(s(C), (C,), x))


def test_iterate():
    theorem = iterate(inner, outer)
    assert str(theorem.conclusion) == "lim_(C -> oo) lim_(B -> oo) h(B, C) = x"
    assert len(theorem.hypotheses) == 2


def test_iterate_refuses_the_limit_of_something_else():
    refuses("iterated limit: found .* needed a limit of s", iterate, inner, assume(TendsTo(r(C), (C,), x)))


def test_iterate_refuses_an_outer_limit_for_two_variables():
    twice = assume(TendsTo(s(C), (C, K), x))
    refuses("iterated limit: found .* needed a limit of s", iterate, inner, twice)


def test_iterate_refuses_an_inner_limit_at_one_value_only():
    single = assume(TendsTo(h(B, C), (B,), s(C)))
    refuses("iterated limit: found C in", iterate, single, outer)


def test_iterate_refuses_what_is_no_limit():
    refuses("iterated limit: found .* needed TendsTo", iterate, inner, assume(Equal(s(C), x)))
