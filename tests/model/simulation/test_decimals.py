"""Decimals of closed expressions, against literals computed elsewhere (mpmath, 120 digits)."""

import re

import pytest
import sympy
from flint import arb
from sympy import E, Max, Min, Rational, Symbol, exp, tanh

from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import sigmoid
from symlstm.model.simulation.decimals import decimal, decimal_of

x = Symbol("x", real=True)


@pytest.mark.parametrize(
    ("expr", "digits"),
    [
        (tanh(1), "0.76159415595576488811945828260479359041276859725794"),
        (sigmoid(-100), "3.7200759760208359629596958038631183373588921539871e-44"),
        (E, "2.7182818284590452353602874713526624977572470937000"),
        (exp(Rational(1, 2)) - Rational(1, 3), "1.3153879373667948135153174544808302383204427673768"),
        (sigmoid(10) ** 100000 * 1000, "10.674581528784475543556210193986650966157049539270"),
        (1 - tanh(exp(3)), "7.1606804263998890901480738018377306713190803608636e-18"),
        (Min(2, exp(-1)) + Max(tanh(3), Rational(1, 7)), "1.3629341948581727729274039554169493425436249857321"),
    ],
)
def test_digits(expr, digits):
    assert decimal(expr) == digits


def test_numbers_are_put_in_for_symbols():
    assert decimal(tanh(x) + x, {x: 1}, digits=20) == "1.7615941559557648881"


def test_zero_and_small_rationals_are_exact():
    assert decimal(sympy.Integer(0)) == "0"
    assert decimal(Rational(1, 4), digits=5) == "0.25000"


@pytest.mark.parametrize(
    ("expr", "refusal"),
    [
        (x, "no value for x in x"),
        (sympy.sqrt(2), "no meaning for Pow: sqrt(2)"),
        (sympy.sin(1), "no meaning for sin: sin(1)"),
        (sympy.oo, "no meaning for Infinity: oo"),
    ],
)
def test_what_has_no_rule_is_named(expr, refusal):
    with pytest.raises(Unsupported, match=re.escape(refusal)):
        decimal(expr)


def test_a_number_that_cannot_be_told_from_zero_is_refused():
    with pytest.raises(Unsupported, match="50 digits"):
        decimal_of(lambda: arb(2).sqrt() ** 2 - 2)
