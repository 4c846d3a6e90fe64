"""limit and enclose on a corpus whose truth is computed elsewhere; thresholds; what is asked of the caller."""

from __future__ import annotations

import math

import pytest
import sympy
from flint import arb, ctx
from support.limit_corpus import B, C, Case, corpus, t, value
from sympy import exp, tanh

from symlstm import InputError, RuleError, enclose, limit
from symlstm.kernel.theorem import ARITHMETIC, Theorem, trusted
from symlstm.model.activations import sigmoid
from symlstm.steps import LessEqual

CASES = corpus()
f = sigmoid(B)


def test_the_corpus_is_large_enough() -> None:
    assert len(CASES) >= 230


def judged(case: Case) -> str:
    """right or wrong, against the truth for each sample of the parameters; open if there is no theorem."""
    try:
        found = limit(case.expr, case.variable)
    except RuleError as refusal:
        return f"open: {refusal}"
    for sample in case.samples():
        truth = case.truth(sample)
        if isinstance(truth, str) or isinstance(found.value, str):
            right = truth == found.value
        else:
            with ctx.workprec(600):
                right = bool(abs(value(found.value, sample) - truth) < arb(10) ** -55)
        if not right:
            return f"wrong: {found.value} for {sample}"
    return "right"


@pytest.mark.slow
def test_every_limit_is_right() -> None:
    assert {case.name: said for case in CASES if (said := judged(case)) != "right"} == {}


def test_what_sympy_gets_wrong() -> None:
    reduction = f**t * C + f * tanh(B) * (1 - f**t) / (1 - f)
    assert limit(reduction, B).value == C + t
    assert limit(tanh(f), B).value == tanh(1)


def test_only_assumptions_that_are_needed_become_hypotheses() -> None:
    assert limit(f, B, assume=[C > 0]).hypotheses == ()
    assert limit(C * exp(B), B, assume=[C > 0, t > 0]).hypotheses == ("0 < C",)
    assert limit((1 - f) ** t, B, assume=[t > 0]).value == 0


@pytest.mark.parametrize(
    ("expr", "reason"),
    [
        (C * exp(B), "sign: found C; needed a known sign"),
        ((1 - f) ** t, "sign: found -t"),
        (f / C, "sign: found C"),
        (exp(exp(B)), "grows faster than k"),
    ],
)
def test_what_is_not_decided_says_what_is_missing(expr: sympy.Expr, reason: str) -> None:
    with pytest.raises(RuleError, match=reason):
        limit(expr, B)


@pytest.mark.parametrize(
    ("arguments", "named", "message"),
    [
        ((f, 2), {}, "one variable"),
        ((f, B), {"assume": [sympy.Eq(C, 1)]}, "assume"),
        ((f, B), {"assume": [C > B]}, "a number on the other"),
        (("sigmoid(B)", B), {}, "a number, a term"),
    ],
)
def test_bad_input(arguments: tuple, named: dict, message: str) -> None:
    with pytest.raises(InputError, match=message):
        limit(*arguments, **named)


CURVES = [
    1 - f,
    tanh(f),
    B**3 * exp(-B),
    tanh(exp(B) * tanh(B)),
    1 / (1 + 5 * exp(-B)),
    f**3 * tanh(2 * B),
    (1 - f**4) / (1 - f),
]


@pytest.mark.parametrize("expr", CURVES, ids=str)
@pytest.mark.parametrize("start", [1, "5/2", 8])
def test_an_enclosure_holds_where_it_says(expr: sympy.Expr, start: object) -> None:
    near = enclose(expr, B, from_=start)
    said = near.conclusion
    for factor in ("1", "11/10", "3"):
        at = {B: sympy.Rational(start) * sympy.Rational(factor)}
        with ctx.workprec(900):
            assert not abs(value(said.value, at) - value(said.centre, {})) > value(said.bound, at)
    assert near.hypotheses == {LessEqual(sympy.Rational(start), B)}


@pytest.mark.parametrize(
    ("expr", "inverse"), [(1 - f, lambda e: math.log(1 / e - 1)), (1 - tanh(B), lambda e: math.log(2 / e - 1) / 2)]
)
@pytest.mark.parametrize("distance", [1e-2, 1e-6, 1e-12])
def test_a_threshold_is_tight_where_the_error_falls(expr, inverse, distance) -> None:  # fmt: skip
    found = limit(expr, B).within(distance)
    assert inverse(distance) <= found.start <= 1.05 * inverse(distance)
    assert isinstance(found.theorem, Theorem) and trusted(found.theorem) == {ARITHMETIC}


def test_no_threshold_with_parameters() -> None:
    with pytest.raises(RuleError, match="the parameters C; needed an expression in B alone"):
        limit(f * C, B).within(1e-3)
