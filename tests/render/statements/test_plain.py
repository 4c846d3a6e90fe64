"""Statements in plain text: tables of theorem and exact output."""

from __future__ import annotations

import pytest
from flint import fmpq
from support.statements import (
    AUTOMATON,
    BOUND,
    KAPPA,
    NEAR,
    ONE,
    SCORE,
    SPECIFICATION,
    SYSTEM,
    ZERO,
    c6,
    error,
    g6,
    h1,
    table,
)
from sympy import Symbol

from symlstm.kernel import algebra
from symlstm.kernel.networks.enclosures import Error
from symlstm.kernel.networks.statements import Computes, Counterexample, ErrorAt, FiniteError, Readout, StepTable, Trace
from symlstm.render.formulas.text import formula as text_of
from symlstm.render.statements.plain import readout, statement
from symlstm.render.statements.quantities import decay, decays
from symlstm.render.statements.summary import Decay, slowest

EVERY = "for every word sequence w_1 ... w_T"
S = ", S(w_1 ... w_n) = 0"
STATEMENTS = [
    (Computes(SYSTEM, SCORE, SPECIFICATION), f"lim_(k -> oo) c_(T,6) = S(w_1 ... w_(T - 1))  {EVERY}, T >= 1{S}"),
    (
        Computes(SYSTEM, Readout(((c6, ONE), (h1, algebra.inverse(KAPPA))), 0), SPECIFICATION),
        f"lim_(k -> oo) (c_(T,6) + (1/tanh(1)) h_(T,1)) = S(w_1 ... w_T)  {EVERY}, T >= 1{S}",
    ),
    (
        BOUND,
        "|c_(T,6) - S(w_1 ... w_(T - 1))| <= 0.5 T (T - 1) e^(-100 k) + 2 T e^(-152 k)  "
        f"{EVERY}, T >= 1 and all k >= 1{S}",
    ),
    (
        ErrorAt(BOUND, fmpq(1), 100, fmpq(184143761, 10**48)),
        f"|c_(T,6) - S(w_1 ... w_(T - 1))| <= 1.8415 * 10^(-40)  {EVERY}, k = 1, T = 100{S}",
    ),
    (
        FiniteError(SYSTEM, SCORE, SPECIFICATION, fmpq(1), 1, 9, fmpq(1, 4), fmpq(1, 2)),
        f"0.25 <= max_(1 <= T <= 9,w_1 ... w_T) |c_(T,6) - S(w_1 ... w_(T - 1))| <= 0.5  for k = 1{S}",
    ),
    (
        FiniteError(SYSTEM, SCORE, SPECIFICATION, fmpq(1), 9, 9, fmpq(0), fmpq(1, 2)),
        f"max_(w_1 ... w_T) |c_(T,6) - S(w_1 ... w_(T - 1))| <= 0.5  for k = 1, T = 9{S}",
    ),
    (
        Counterexample(SYSTEM, SCORE, SPECIFICATION, ("a", "b", "b"), KAPPA, ONE),
        f'lim_(k -> oo) c_(3,6) = tanh(1) != 1 = S("a b")  on "a b b"{S}',
    ),
    (
        Trace(SYSTEM, SCORE, ("a", "b"), (ONE, KAPPA)),
        'lim_(k -> oo) c_(t,6) = 1, tanh(1)  for t = 1, ..., 2 on "a b"',
    ),
    ("anything else", "anything else"),
]


@pytest.mark.parametrize(("conclusion", "text"), STATEMENTS, ids=lambda x: type(x).__name__)
def test_statement(conclusion: object, text: str) -> None:
    assert statement(conclusion) == text


TABLES = [
    (table(g6, [NEAR] * 6), ["g_(t,6) = 1 +- e^(-100 k)"]),
    (table(g6, [ZERO] * 6), ["g_(t,6) = 0"]),
    (table(g6, [NEAR] * 6, None), ["g_(t,6) = 1 + o(1)"]),
    (
        table(h1, [NEAR, NEAR, ZERO, ZERO, ZERO, ZERO]),
        ['h_(t,1) = 1 +- e^(-100 k) if q_(t - 1) = ""', 'h_(t,1) = 0 if q_(t - 1) != ""'],
    ),
    (
        table(h1, [NEAR, ZERO, NEAR, ZERO, ZERO, ZERO]),
        [
            'h_(t,1) = 1 +- e^(-100 k) if w_t = "a", q_(t - 1) != "a b"',
            'h_(t,1) = 0 if w_t = "a", q_(t - 1) = "a b" or w_t = "b"',
        ],
    ),
]


@pytest.mark.parametrize(("found", "lines"), TABLES)
def test_table_has_equal_rows_together(found: StepTable, lines: list[str]) -> None:
    head, *rows = statement(found).splitlines()
    assert head.startswith("at every step of every word sequence")
    assert [" ".join(row.split()) for row in rows] == lines


def test_signals_with_the_same_row_share_it() -> None:
    names = [Symbol(name, real=True) for name in ("i_1", "i_2", "f_6", "i_3", "o")]
    rows = tuple((q, w, name, NEAR) for q in range(3) for w in ("a", "b") for name in names)
    assert statement(StepTable(SYSTEM, AUTOMATON, rows, fmpq(1))).endswith(
        "  i_(t,1), ..., i_(t,3), f_(t,6), o_t = 1 +- e^(-100 k)"
    )


DECAYS = [
    (Decay((fmpq(1),), 0, fmpq(100)), "e^(-100 k)"),
    (Decay((fmpq(2),), 1, fmpq(1, 2)), "2 k e^(-0.5 k)"),
    (Decay((fmpq(3),), 2, fmpq(0)), "3 k^2"),
    (Decay((fmpq(1),), 0, fmpq(0)), "1"),
    (Decay((fmpq(0), fmpq(1)), 0, fmpq(2)), "T e^(-2 k)"),
    (Decay((fmpq(1), fmpq(-3), fmpq(2)), 0, fmpq(2)), "(2 T^2 - 3 T + 1) e^(-2 k)"),
    (Decay((fmpq(0), fmpq(-1), fmpq(1)), 0, fmpq(2)), "T (T - 1) e^(-2 k)"),
]


@pytest.mark.parametrize(("part", "text"), DECAYS)
def test_decay(part: Decay, text: str) -> None:
    assert text_of(decay(part)) == text


def test_no_error_is_zero() -> None:
    assert text_of(decays(())) == "0"


def test_one_term_covers_all_errors_with_its_amplitude_up_and_its_rate_down() -> None:
    errors = [error((0, fmpq(200, 3), fmpq(1, 3))), error((0, 100, 5), (1, 200, 1))]
    [part] = slowest(errors, fmpq(1)) or ()
    assert part.rate == fmpq(66666, 1000)
    for found in errors:
        assert found.at(fmpq(1)) <= error((part.power, part.rate, part.coefficients[0])).at(fmpq(1))


def test_an_error_without_constants_is_no_number() -> None:
    assert slowest([Error(tiny=True)], fmpq(1)) is None
    assert slowest([Error()], fmpq(1)) == ()


X = algebra.Variable("h_1")


@pytest.mark.parametrize(
    ("terms", "constant", "text"),
    [
        ([], algebra.rational(1, 4), "1/4"),
        ([], algebra.ZERO, "0"),
        ([], algebra.rational(-1), "-1"),
        ([(X, algebra.rational(2))], algebra.ZERO, "2 h_(T,1)"),
        ([(X, algebra.rational(-1))], algebra.rational(1, 2), "(-h_(T,1) + 1/2)"),
        ([(X, algebra.rational(1))], algebra.rational(-1, 2), "(h_(T,1) - 1/2)"),
    ],
)
def test_a_readout_is_a_form_with_its_constant(terms: list, constant: algebra.Term, text: str) -> None:
    assert readout(Readout(tuple(terms), 0, constant)) == text
