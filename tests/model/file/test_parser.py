"""Entries: exact values, refusals with their place, and no text that hangs or escapes."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.hanging import no_hang
from sympy import E, Expr, Integer, Rational, exp, tanh

from symlstm.model.activations import sigmoid
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.file import parser as entries
from symlstm.model.file.parser import Entries, parse_entry

VALUES = [
    ("0", Integer(0)),
    ("100*k", 100 * k),
    ("-3/2*k + 1", 1 - 3 * k / 2),
    ("0.5", Rational(1, 2)),
    ("0.1", Rational(1, 10)),
    ("1e-3", Rational(1, 1000)),
    (".5", Rational(1, 2)),
    ("5.", Integer(5)),
    ("2.5E+2", Integer(250)),
    ("1/tanh(1)", 1 / tanh(1)),
    ("sigmoid(k)", sigmoid(k)),
    ("sigmoid(0)", Rational(1, 2)),
    ("exp(1)", E),
    ("exp(k)*tanh(k)", exp(k) * tanh(k)),
    ("1/tanh(exp(k)*tanh(k))", 1 / tanh(exp(k) * tanh(k))),
    ("-k**2", -(k**2)),
    ("(-k)**2", k**2),
    ("k^2", k**2),
    ("2**-1", Rational(1, 2)),
    ("2^3^2", Integer(512)),
    ("2**1000", Integer(2) ** 1000),
    ("8/2/2", Integer(2)),
    ("8-2-2", Integer(4)),
    ("--1", Integer(1)),
    ("+-+1", Integer(-1)),
    ("2*-k", -2 * k),
    (" ( ( k ) )\t", k),
]

GRAMMAR = "  needed  numbers, k, + - * /, integer powers, exp(...), tanh(...), sigmoid(...)"

REFUSALS = [
    ("100k", "found '100k': 'k' at character 4\n  needed  an operator or the end\n  try     100*k"),
    ("100*kk", "found '100*kk': 'kk' at character 5\n" + GRAMMAR + "\n  try     k"),
    ("tan(1)", "found 'tan(1)': 'tan' at character 1\n" + GRAMMAR + "\n  try     tanh"),
    ("K", "found 'K': 'K' at character 1\n" + GRAMMAR + "\n  try     k"),
    ("__import__('os')", "found \"__import__('os')\": '__import__' at character 1\n" + GRAMMAR),
    ("−1", "found '−1': '−' at character 1\n" + GRAMMAR + "\n  try     - for minus"),
    ("٣", "found '٣': '٣' at character 1\n" + GRAMMAR),
    ("nan", "found 'nan': 'nan' at character 1\n  needed  a finite number"),
    ("-inf", "found '-inf': 'inf' at character 2\n  needed  a finite number"),
    ("(1", "found '(1': the end at character 3\n  needed  ')' for the '(' at character 1"),
    ("1)", "found '1)': ')' at character 2\n  needed  an operator or the end"),
    ("1 +", "found '1 +': the end at character 4\n" + GRAMMAR),
    ("tanh 1", "found 'tanh 1': '1' at character 6\n  needed  '(' after tanh"),
    ("", "found a text of 0 characters\n  needed  1 to 400 of " + GRAMMAR.removeprefix("  needed  ")),
]

ZERO = "a division by 0, or by what is not separated from 0"
POWER = "an integer exponent from -1000 to 1000"
LARGE = "at most 200 terms, and rationals of at most 4096 bits, when expanded"

LIMITS = [
    ("1/0", f"{ZERO} at character 2"),
    ("0**-1", f"{ZERO} at character 2"),
    ("1/(tanh(1) - tanh(1))", f"{ZERO} at character 2"),
    ("1/(2*sigmoid(1) - 1 - tanh(1/2))", f"{ZERO} at character 2"),
    ("1/(exp(2)*(1 - tanh(1)) - 1 - tanh(1))", f"{ZERO} at character 2"),
    ("1/((k + 1)**2 - k**2 - 2*k - 1)", f"{ZERO} at character 2"),
    ("k**(1/2)", POWER),
    ("k**k", POWER),
    ("2**1001", POWER),
    ("2**2**100", POWER),
    ("10**999*10**999", LARGE),
    ("123456789**999", LARGE),
    ("(1 + tanh(k))**200", LARGE),
    ("(1 + exp(k) + tanh(k))**30", LARGE),
    ("k**5", "too high a power of k at character 2\n  needed  at most k**4"),
    ("1/k**5", "too high a power of k"),
    ("1e1001", "at most 100 digits, and an exponent of at most 1000"),
    ("1" * 101, "at most 100 digits, and an exponent of at most 1000"),
    ("1e" + "9" * 300, "at most 100 digits, and an exponent of at most 1000"),
    ("1+" * 200 + "1", "a text of 401 characters"),
    ("(" * 33 + "1" + ")" * 33, "nesting deeper than 32 at character 33"),
    ("2**" * 60 + "1", "nesting deeper than 32"),
    ("exp(exp(exp(9)))", "what is under exp at character 1"),
    ("exp(1e9*k)", "what is under exp at character 1"),
    ("tanh(10**9)", "what is under tanh at character 1"),
    ("exp(exp(k))", "what is under exp at character 1"),
]

SMALL = st.integers(-30, 30)
OPERATORS = st.sampled_from(["+", "-", "*"])
PIECES = [
    "1",
    "0",
    "k",
    "2.5",
    "(",
    ")",
    "+",
    "-",
    "*",
    "/",
    "**",
    "^",
    "exp",
    "tanh",
    "sigmoid",
    "tanh(",
    "exp(",
    "e9",
    " ",
]


@pytest.mark.parametrize(("text", "expected"), VALUES)
def test_an_entry_is_exact(text: str, expected: Expr):
    assert parse_entry(text) == expected


@pytest.mark.parametrize(("text", "message"), REFUSALS)
def test_a_refusal_names_the_place_and_the_need(text: str, message: str):
    with pytest.raises(InputError) as error:
        parse_entry(text)
    assert str(error.value) == f"entry: {message}"


@pytest.mark.parametrize(("text", "message"), LIMITS)
def test_an_entry_that_is_undefined_or_too_large_is_refused_without_a_hang(text: str, message: str):
    with no_hang(), pytest.raises(InputError) as error:
        parse_entry(text)
    assert message in str(error.value)


@pytest.mark.parametrize("entry", [True, None, 0.5, [1], {"a": 1}])
def test_only_whole_numbers_and_texts_are_entries(entry: object):
    with pytest.raises(InputError, match="needed  a number, or a text of"):
        Entries().read(entry, "entry")


def test_a_whole_number_is_an_entry():
    assert Entries().read(-7, "entry") == -7


def test_an_error_within_a_file_names_its_entry():
    with pytest.raises(InputError, match=r"^weights\[2\]: found '1/0'"):
        Entries().read("1/0", "weights[2]")


def test_the_work_of_a_file_is_limited_however_often_an_entry_is_repeated(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(entries, "MAX_WORK", 1000)
    reader = Entries()
    with pytest.raises(InputError, match="more entries, or longer ones, than can be expanded in seconds"):
        for _ in range(1000):
            reader.read("100*k", "entry")


@given(SMALL, OPERATORS, SMALL, OPERATORS, SMALL)
def test_precedence_is_python_s(a: int, first: str, b: int, second: str, c: int):
    text = f"{a}{first}{b}{second}{c}"
    assert parse_entry(text) == eval(text)


@given(st.integers(-(10**40), 10**40), st.integers(-30, 30))
def test_decimals_are_exact(mantissa: int, exponent: int):
    assert parse_entry(f"{mantissa}e{exponent}") == mantissa * Rational(10) ** exponent


@pytest.mark.slow
@settings(max_examples=300, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(st.sampled_from(PIECES), max_size=25).map("".join)))
def test_any_text_is_an_expression_in_k_or_an_input_error(text: str):
    try:
        with no_hang():
            assert {*parse_entry(text).symbols()} <= {k}
    except InputError as error:
        assert 2 <= len(str(error).splitlines()) <= 3
