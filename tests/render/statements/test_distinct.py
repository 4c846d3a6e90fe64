"""Different statements never print alike: in plain text, in LaTeX, in MathML."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Hashable, Iterator
from typing import Any

import pytest
import sympy
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st
from support.reading import read as read_proposition
from support.statements import BOUND, KAPPA, NEAR, ONE, SPECIFICATION, SYSTEM, c6, error, g6, h1, table
from sympy import Min, Sum, exp

from symlstm.kernel import algebra
from symlstm.kernel.networks.regions import LargestMargin, MarginsAt
from symlstm.kernel.networks.statements import (
    Bracket,
    Computes,
    Counterexample,
    ErrorAt,
    ErrorBound,
    FiniteError,
    Readout,
    Statement,
    Trace,
)
from symlstm.render.formulas import latex, mathml
from symlstm.render.statements.conclusions import formulas
from symlstm.render.statements.plain import statement
from symlstm.render.statements.spelling import repeated, spelled, words
from symlstm.steps import Conjunction, Equal, ForAll, Less, LessEqual, TendsTo, Within, natural, real, sequence

VOCABULARY = (
    "a",
    "b",
    "not",
    "good",
    "not good",
    "",
    " ",
    "a*5",
    "*5",
    "'",
    "it's",
    "''",
    '"',
    "ε",
    "日",
    "U+65E5",
    "\\",
)
WORDS = st.sampled_from(VOCABULARY) | st.text(max_size=3)
TWO, HALF = algebra.rational(2), algebra.rational(fmpq(1, 2))
READOUTS = [Readout(((c6, x),), d) for x in (ONE, TWO, HALF, KAPPA, -ONE) for d in (0, 1)]
READOUTS += [Readout(((c6, ONE), (h1, x)), 0) for x in (ONE, -ONE, KAPPA)] + [Readout(((h1, ONE),), 0)]
NUMBERS = [fmpq(1), fmpq(2), fmpq(1, 2), fmpq(1, 3), fmpq(1, 10**40), fmpq(12)]
SEQUENCES = [("a", "b"), ("a", "a", "b"), ("a b",), ("a", "b", "b"), ("'a", "b'"), ("a*2", "b"), ("*",), ("日", "a")]


def every() -> Iterator[Statement]:
    """Statements about one system and one specification, each a little different from others."""
    about = (SYSTEM, READOUTS[0], SPECIFICATION)
    yield from (Computes(SYSTEM, form, SPECIFICATION) for form in READOUTS)
    parts = [error(), error((0, 1, 1)), error((0, 1, 2)), error((1, 1, 1)), error((0, 2, 1)), error((0, 0, 1))]
    for q, n, c in itertools.product(parts, parts[:3], parts[:3]):
        yield ErrorBound(*about, q, n, c, fmpq(1))
    yield from (ErrorBound(*about, parts[1], parts[0], parts[0], k0) for k0 in NUMBERS[1:])
    for k, length, bound in itertools.product(NUMBERS, (1, 12), NUMBERS):
        yield ErrorAt(BOUND, k, length, bound)
    for k, first, last, low, high in itertools.product(
        NUMBERS[:3], (1, 2, 12), (12, 13), (0, *NUMBERS[:2]), NUMBERS[:3]
    ):
        yield FiniteError(*about, k, first, last, fmpq(low), high)
    ends = [FiniteError(*about, k, 1, last, fmpq(0), fmpq(1)) for k in NUMBERS[:2] for last in (1, 2)]
    yield from (Bracket(x, y, number) for x in ends for y in ends for number in NUMBERS[:2])
    for read, limit, specified in itertools.product(SEQUENCES, (ONE, KAPPA, TWO), (ONE, HALF)):
        yield Counterexample(*about, read, limit, specified)
    yield from (Trace(SYSTEM, READOUTS[0], read, (ONE,) * len(read)) for read in SEQUENCES)
    yield from (Trace(SYSTEM, READOUTS[0], ("a", "b"), (x, y)) for x in (ONE, TWO) for y in (KAPPA, TWO, HALF))
    other = error((0, 50, 1))
    rows = [
        [type(NEAR)(x, e)] * 6 for x in (ONE, KAPPA) for e in (error((0, 100, 1)), other, error((1, 100, 1)), error())
    ]
    yield from (table(signal, values, k0) for signal in (g6, h1, c6) for values in rows for k0 in (fmpq(1), fmpq(2)))
    forms = [algebra.atom(c6), algebra.atom(h1), algebra.atom(c6) + algebra.atom(h1), algebra.atom(c6).scaled(fmpq(2))]
    yield from (MarginsAt((form,), {c6: x, h1: ONE}, (y,)) for form in forms for x in (ONE, TWO) for y in (ONE, KAPPA))
    yield from (LargestMargin((f,), {c6: x}, y, {c6: x}) for f in forms for x in (ONE, TWO) for y in (ONE, KAPPA))


PRINTERS: dict[str, Callable[[Statement], Hashable]] = {
    "text": statement,
    "LaTeX": lambda found: latex.display(formulas(found)),
    "MathML": lambda found: tuple(mathml.formula(tree) for tree in formulas(found)),
}


@pytest.mark.parametrize("printer", PRINTERS)
def test_different_statements_never_print_alike(printer: str) -> None:
    seen: dict[Hashable, Statement] = {}
    for found in every():
        twin = seen.setdefault(PRINTERS[printer](found), found)
        assert twin == found, (printer, PRINTERS[printer](found))
    assert len(seen) > 450


def words_of(text: str) -> list[str]:
    """The words of a printed sequence: those in quotation marks end at theirs, others at a blank."""
    found, place = [], 0
    while place < len(text):
        quoted, word, place = text[place] == "'", "", place + (text[place] == "'")
        while place < len(text) and text[place] != ("'" if quoted else " "):
            if quoted and text.startswith("\\u{", place):
                end = text.index("}", place)
                word, place = word + chr(int(text[place + 3 : end], 16)), end + 1
            else:
                place += quoted and text[place] == "\\"
                word, place = word + text[place], place + 1
        found.append(word)
        place += 1 + quoted
    return found


@given(st.lists(WORDS, min_size=1, max_size=4))
def test_a_sequence_of_words_is_read_back(spoken: list[str]) -> None:
    assert words_of(words(spoken).text) == spoken


@pytest.mark.slow
@given(
    st.lists(st.tuples(WORDS, st.integers(1, 6)), min_size=1, max_size=3), st.lists(st.tuples(WORDS, st.integers(1, 6)))
)
def test_runs_of_words_never_print_alike(one: list[tuple[str, int]], other: list[tuple[str, int]]) -> None:
    spelt = [[word for word, n in runs for _ in range(n)] for runs in (one, other)]
    assert spelt[0] == spelt[1] or repeated(one) != repeated(other)


@pytest.mark.parametrize(
    ("word", "text"),
    [
        ("good", "good"),
        ("not good", "'not good'"),
        ("a*5", "'a*5'"),
        ("", "''"),
        ("it's", "it's"),
        ("'", r"'\''"),
        ("日", "日"),
    ],
)
def test_a_word_that_could_be_taken_for_something_else_is_quoted(word: str, text: str) -> None:
    assert spelled(word) == text


n, m, j = map(natural, "nmj")
t, T_REAL, x = natural("t"), real("t"), real("x")
h, W = sequence("h"), sequence("W")
PAIRS = [
    (TendsTo(T_REAL + exp(-T_REAL), (T_REAL,), t), TendsTo(t + exp(-t), (t,), T_REAL)),
    (Less(0, Min(t, T_REAL) + T_REAL), Less(0, Min(t, T_REAL) + t)),
    (Less(0, t), Less(0, T_REAL)),
    (Less(0, real("e")), Less(0, sympy.E)),
    (Less(0, real("e") ** 2), Less(0, exp(2))),
    (Less(0, sequence("c")(t)), Less(0, sequence("c_star")(t))),
    (Less(0, sequence("a_i_1")(t)), Less(0, sequence("a_f_1")(t))),
    (Less(0, sequence("c")(t)), Less(0, real("c_t"))),
    (Less(0, sequence("h_1")(t)), Less(0, h(1, t))),
    (Less(0, real("a_1") ** natural("o")), Less(0, real("a_o_1"))),
    (Less(0, x * (x + 1)), Less(0, sequence("x")(x + 1))),
    (Equal(Sum(W(t, j) * h(j), (j, 1, m)), 0), Equal(Sum(W(t, j) * h(j), (j, 1, m + 1)), 0)),
    (Within(x - t, 0, 1), Within(x, t, 1)),
    (Within(x, 0, 1), LessEqual(abs(x), 1)),
    (ForAll((t, x), Less(x, t)), ForAll((x,), ForAll((t,), Less(x, t)))),
    (
        ForAll((x,), Conjunction((Less(x, 1), Less(0, 1)))),
        Conjunction((ForAll((x,), Less(x, 1)), ForAll((x,), Less(0, 1)))),
    ),
    (Conjunction((Less(0, x),)), Less(0, x)),
]


@pytest.mark.parametrize(("one", "other"), PAIRS, ids=str)
def test_different_propositions_never_print_alike_and_are_read_back(one: Any, other: Any) -> None:
    assert statement(one) != statement(other) and latex.display(formulas(one)) != latex.display(formulas(other))
    assert [mathml.formula(x) for x in formulas(one)] != [mathml.formula(x) for x in formulas(other)]
    assert (read_proposition(statement(one)), read_proposition(statement(other))) == (one, other)


PRINTED = [
    (TendsTo(T_REAL + exp(-T_REAL), (T_REAL,), t), "lim_(t_real -> oo) (t_real + e^(-t_real)) = t_natural"),
    (Less(0, real("e") * real("E")), "0 < E e_real"),
    (Less(0, t), "0 < t  with natural t"),
    (Equal(h(t + 1, n), h(t, n) ** 2), "h_(t + 1,n) = h_(t,n)^2"),
    (Equal(Sum(W(n, j) * h(t, j), (j, 1, m)), x), "sum_(j = 1)^m W_(n,j) h_(t,j) = x"),
    (Less(0, sequence("a_i_1")(t)), "0 < a_(1;t)^i"),
    (LessEqual(abs(x), 1), "1 >= |x|"),
]


@pytest.mark.parametrize(("proposition", "text"), PRINTED, ids=str)
def test_a_proposition_in_a_line(proposition: Any, text: str) -> None:
    assert statement(proposition) == text
