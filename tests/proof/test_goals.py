"""Statements first: how a lemma or theorem is proved, what is in scope, and what is said of what is left."""

from __future__ import annotations

import ast
import inspect
import textwrap
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
import sympy

from symlstm import check, limit, steps
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.proof.claims import Verdict
from symlstm.proof.counterexample import counterexample
from symlstm.proof.goals import Goal, Unfinished
from symlstm.steps import (
    Equal,
    ForAll,
    Less,
    LessEqual,
    Max,
    Rational,
    Sum,
    TendsTo,
    Within,
    assume,
    auto,
    every,
    exp,
    inductively,
    lemma,
    natural,
    real,
    sequence,
    sigmoid,
    tanh,
    theorem,
)

t, n, m, d = map(natural, "tnmd")
B, C, L = map(real, "BCL")
c, h, r, U, q = map(sequence, "chrUq")
f = sigmoid(B)
LEAKY = (assume(ForAll((t,), Equal(c(t + 1), f * c(t)))), assume(Equal(c(0), C)))


def test_a_lemma_is_proved_once_and_by_its_name() -> None:
    saturates = lemma(Less(f, 1)).auto()
    assert saturates() is saturates() and str(saturates().conclusion) == "sigmoid(B) < 1"
    assert auto(Less(f, 1), saturates).conclusion == Less(f, 1)


SATURATED = limit(f, B).within(Fraction(1, 20000)).theorem  # from 317/32 on
NEAR = LessEqual(1 - f, Rational(1, 20000))


@pytest.mark.parametrize("given", [LessEqual(10, B), Less(10, B), Within(B, 12, 2)])
def test_a_fact_from_a_scale_on_is_one_from_a_larger_scale_on(given: Any) -> None:
    assert lemma(NEAR, given=[given]).auto(SATURATED)().hypotheses == {given}


def test_a_rule_by_hand_may_assume_what_the_facts_say() -> None:
    later = lemma(NEAR, given=[B >= 10]).auto(SATURATED)
    made = lemma(NEAR, given=[LessEqual(C, B), LessEqual(11, C)])(lambda goal: goal.by(later()))
    assert made().hypotheses == {LessEqual(C, B), LessEqual(11, C)}


@pytest.mark.parametrize("given", [[B >= 9], [B <= 10], []])
def test_what_does_not_follow_stays_a_hypothesis_which_a_claim_refuses(given: Any) -> None:
    made = theorem("W", "from 9 on", NEAR, given=given).auto(SATURATED)
    assert str(check(made).error).startswith("claim W: found the hypothesis 317/32 <= B")


def test_a_lemma_by_induction_and_for_all_values() -> None:
    closed = lemma(Equal(c(t), f**t * C), under=LEAKY, forall=(t,)).induct(t)
    assert closed().conclusion == ForAll((t,), Equal(c(t), f**t * C))
    assert closed().hypotheses == {fact.conclusion for fact in LEAKY}


def proved_in(page: str) -> list[str]:
    """What the lemmas of its indented lines say: each line that is a value, and each function, is proved."""
    code = textwrap.dedent("\n".join(line for line in page.splitlines() if line.startswith("    ") or not line))
    names: dict[str, Any] = {}
    said = []
    for part in ast.parse(code).body:
        if isinstance(part, ast.Expr):
            made = eval(compile(ast.Expression(part.value), "page", "eval"), names)
        else:
            exec(compile(ast.Module([part], []), "page", "exec"), names)
            made = names[part.name] if isinstance(part, ast.FunctionDef) else None
        said += [] if made is None else [str(made().conclusion)]
    return said


def test_the_page_of_rules_is_true() -> None:
    assert steps.__doc__
    said = proved_in(steps.__doc__.split("The rules:")[0])
    assert len(said) == 12 and said[0] == "1 - tanh(B) <= 2*exp(-2*B)"


def test_the_page_is_read_as_it_stands() -> None:
    assert proved_in("Words.\n\n    from symlstm.steps import *\n    lemma(Less(0, 1)).auto()\n") == ["0 < 1"]
    with pytest.raises(Unfinished):
        proved_in("    from symlstm.steps import *\n    lemma(Less(1, 0)).auto()\n")


def test_a_theorem_is_a_claim_where_it_is_written() -> None:
    line = inspect.currentframe().f_lineno + 1  # type: ignore[union-attr]
    made = theorem("T", "the cell in closed form", Equal(c(t), f**t * C), under=LEAKY, forall=(t,)).induct(t)
    assert made.source.endswith(f"{Path(__file__).name}:{line}")
    assert check(made).outcome.verdict is Verdict.PROVED and isinstance(made(), Theorem)
    assert auto(made.goal, made).conclusion == made.goal


def test_what_a_theorem_leaves_is_printed_with_the_claim() -> None:
    result = check(theorem("T", "it stays", Equal(c(t), C), under=LEAKY).induct(t))
    assert result.outcome.verdict is Verdict.OPEN
    assert [goal.statement for goal in result.outcome.goals] == [Equal(c(t + 1), C)]


def test_a_statement_for_all_t_is_proved_by_induction_over_t() -> None:
    rows = ForAll((t, n, B), Equal(h(t + 1, n, B), f * h(t, n, B)))
    start = ForAll((n, B), Equal(h(0, n, B), 0))
    goal = Goal(ForAll((t, n, B), Equal(h(t, n, B), 0)), map(assume, (rows, start)))
    base, step = goal.induct(t)
    assert base.statement == start and step.facts[-1].conclusion == ForAll((n, B), Equal(h(t, n, B), 0))
    base.auto()
    step.auto()
    assert goal.theorem.conclusion == goal.statement and goal.theorem.hypotheses == {rows, start}


def test_a_statement_for_all_t_needs_facts_for_all_t() -> None:
    with pytest.raises(RuleError):
        inductively(ForAll((t,), LessEqual(c(t), C)), t, assume(LessEqual(c(t), C)))


SCALED: list[tuple[Any, list[Any]]] = [  # what is equal is put into the arguments of functions and of sums
    (Equal(r(t), 0), [ForAll((t,), Equal(r(t + 1), tanh(L * r(t)))), Equal(r(0), 0)]),
    (ForAll((t, n), Equal(h(t, n), 2 * r(t, n))), [
        ForAll((t, n), Equal(r(t + 1, n), tanh(Sum(U(n, m) * r(t, m), (m, 1, d))))),
        ForAll((t, n), Equal(h(t + 1, n), 2 * tanh(Sum(U(n, m) * h(t, m) / 2, (m, 1, d))))),
        ForAll((n,), Equal(h(0, n), 2 * r(0, n))),
    ]),
]  # fmt: skip


@pytest.mark.parametrize(("statement", "given"), SCALED, ids=["at rest", "scaled"])
def test_equations_inside_functions(statement: Any, given: list[Any]) -> None:
    found = inductively(statement, t, *map(assume, given))
    assert found.conclusion == statement and found.hypotheses == {*given}


def test_a_wrong_equation_inside_a_function_is_of_no_use() -> None:
    given = [ForAll((t,), Equal(r(t + 1), tanh(L * r(t)))), Equal(r(0), 0)]
    with pytest.raises(Unfinished, match=r"\|-  r\(t \+ 1\) = t"):
        inductively(Equal(r(t), t), t, *map(assume, given))


def test_the_nearest_miss_says_for_what() -> None:
    goal = Goal(TendsTo(tanh(h(t, B)), (B,), 0)).auto()
    assert goal.reason == "needed its limit, or an equation for it, among the facts, for lim h(t, B) for B"


@pytest.mark.parametrize(
    ("written", "said"),
    [
        (C < L, Less(C, L)),
        (C <= L, LessEqual(C, L)),
        (C > L, Less(L, C)),
        (C >= 0, LessEqual(0, C)),
        (c(t) < tanh(C), Less(c(t), tanh(C))),
        (C**2 >= L, LessEqual(L, C**2)),
        (f > 0, Less(0, f)),  # SymPy is told nothing of the range of sigmoid
        (f * (1 - f) > 0, Less(0, f * (1 - f))),
    ],
)
def test_comparisons_are_orders(written: Any, said: Any) -> None:
    assert Goal(written).statement == said == assume(written).conclusion == ForAll((n,), written).body
    assert lemma(said, given=[written]).auto()().hypotheses == {said}


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        (exp(B) > 0, Less(0, exp(B))),
        (t >= 0, LessEqual(0, t)),
        (abs(C) >= 0, LessEqual(0, abs(C))),
        (exp(B) + 1 > 1, Less(1, exp(B) + 1)),
    ],
)
def test_what_sympy_decides_is_proved_as_the_hint_writes_it(decided: Any, said: Any) -> None:
    """SymPy's own knowledge of exp, |x| and naturals is no proof; by the hint's name the statement is one line."""
    with pytest.raises(Unsupported, match="from symlstm"):
        auto(decided)
    assert auto(said).conclusion == said


@pytest.mark.parametrize(
    ("statement", "given", "place"),
    [
        (f * (1 - f) <= Rational(1, 5), [], "B = 0"),
        (1 - tanh(B) <= exp(-2 * B), [], "B = 1"),
        (C * L <= 1, [C <= 1, L <= 1], "C = -1, L = -3"),
        (Less(2, 1), [], "these numbers"),
        (LessEqual(1, t), [], "t = 0"),
    ],
)
def test_what_is_false_at_some_numbers_is_told_so(statement: Any, given: list[Any], place: str) -> None:
    assert Goal(statement, map(assume, given)).auto().reason == f"this is false at {place}"


@pytest.mark.parametrize(
    ("statement", "given"),
    [(f <= exp(B), []), (c(t) <= 1, []), (C <= 1, [c(t) <= 1]), (tanh(C) <= C, [C >= 0]), (Less(L**2, 2), [L**2 < 2])],
)
def test_no_place_is_told_where_none_is_known(statement: Any, given: list[Any]) -> None:
    """True at all places that are tried, or about sequences, of which nothing is tried."""
    assert counterexample(Goal(statement).statement, [*map(assume, given)]) is None


def test_definitions_may_be_statements_and_one_variable_stands_for_a_tuple() -> None:
    assert lemma(Equal(c(1), C), under=[ForAll(t, Equal(c(t + 1), c(t))), Equal(c(0), C)]).auto()().hypotheses
    assert TendsTo(f, B, 1) == TendsTo(f, (B,), 1)


@pytest.mark.parametrize(("number", "message"), [(1 / 4, r"write Rational\(1, 4\)"), (0.1, r"write Rational\(1, 10\)")])
def test_a_float_is_refused_with_the_rational_for_it(number: float, message: str) -> None:
    with pytest.raises(Unsupported, match=message):
        Goal(f * (1 - f) <= number)


def test_cases_names_what_is_not_in_the_goal() -> None:
    with pytest.raises(RuleError, match=r"needed a minimum, a maximum or an absolute value in abs\(C\) <= 1"):
        Goal(LessEqual(abs(C), 1)).cases(Max(C, -C))


def test_every_takes_comparisons() -> None:
    assert auto(every(1 - f <= exp(-B), 1 - f > 0)).conclusion == every(LessEqual(1 - f, exp(-B)), Less(0, 1 - f))


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (exp(B) > 0, "SymPy takes a comparison for True, without a proof"),
        (exp(B) < 0, "SymPy takes a comparison for False"),
        (C == L, "SymPy takes a comparison for False"),
        (sympy.Eq(C, L), "Equal"),
        (sympy.Ne(C, L), "Equal"),
    ],
)
def test_what_sympy_decides_or_equates_is_refused(written: Any, message: str) -> None:
    for made in (Goal, assume, auto, every):
        with pytest.raises(Unsupported, match=message):
            made(written)


def test_a_theorem_may_be_expected_to_be_open() -> None:
    made = theorem("V1", "false", TendsTo(f, B, 2), expect=Verdict.OPEN).auto()
    result = check(made)
    assert result.as_expected and "needed 1 = 2, as the limit is 1" in result.outcome.reason


def test_what_is_given_says_that_other_hypotheses_divide_by_what_is_not_0() -> None:
    given = [Less(L, 1), Equal(c(0), C / (1 - L))]
    assert lemma(Equal((1 - L) * c(0), C), given=given).auto()().hypotheses <= {*given}
    with pytest.raises(RuleError, match="0 < 1 - L"):
        lemma(Equal((1 - L) * c(0), C), given=given[1:]).auto()()


def test_every_one_of_one_is_itself():
    assert every(Equal(C, 1)) == Equal(C, 1)
    assert len(every(Equal(C, 1), Equal(C, 2)).parts) == 2
