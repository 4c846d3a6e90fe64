"""Statements in LaTeX: tables of theorem and exact output, and what is refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import sympy
from flint import fmpq
from support.statements import BOUND, KAPPA, NEAR, ONE, SCORE, SPECIFICATION, SYSTEM, ZERO, g6, table
from sympy import Abs, Expr, Function, Min, Sum, Symbol, exp, tanh

from symlstm.kernel.networks.statements import Computes, Counterexample, ErrorAt, Trace
from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import sigmoid
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network
from symlstm.render.derivation.setting import recurrence
from symlstm.render.formulas.breaking import lines
from symlstm.render.formulas.formula import Fence, row
from symlstm.render.formulas.latex import declared, display, latex
from symlstm.render.formulas.latex import formula as tex
from symlstm.render.statements.conclusions import formulas
from symlstm.render.statements.notation import at_time, name
from symlstm.render.statements.spelling import words
from symlstm.steps import (
    Conjunction,
    Diverges,
    Equal,
    ForAll,
    Less,
    LessEqual,
    TendsTo,
    Within,
    natural,
    real,
    sequence,
)

B, C, t, n = real("B"), real("C"), natural("t"), natural("n")
h, r = sequence("h"), sequence("r")

NAMES = [
    ("h_3", "h_{3}"),
    ("a_o_1", "a_{1}^{o}"),
    ("W_if", "W_{if}"),
    ("b_hh", "b_{hh}"),
    ("k", "k"),
    ("lambda", r"\lambda"),
]


@pytest.mark.parametrize(("spelling", "written"), NAMES)
def test_name(spelling: str, written: str) -> None:
    assert tex(name(spelling)) == written


@pytest.mark.parametrize("spelling", ["nu_alpha", "alphabet", "h_hat", "x!", ""])
def test_a_name_without_a_rule_is_refused(spelling: str) -> None:
    with pytest.raises(Unsupported, match="name"):
        name(spelling)


def test_time_comes_before_the_coordinate() -> None:
    assert (tex(at_time("c_6", "T")), tex(at_time("a_o_1", "t"))) == ("c_{T,6}", "a_{t,1}^{o}")


def test_an_rnn_is_written_with_its_times_and_its_signs() -> None:
    """h_1 alone would read as time 1."""
    network = Network(["a", "b"], [[-k, 1], [0, 0]], [[-k, 3], [0, 1]], cell="rnn_tanh")
    assert [tex(equation) for equation in recurrence(network.system)] == [
        r"h_{t,1} = \tanh(3 h_{t - 1,2} + x_{t,2} - k h_{t - 1,1} - k x_{t,1})",
        r"h_{t,2} = \tanh(h_{t - 1,2})",
    ]
    [signed] = recurrence(Network(["a"], [[-k]], [[0]], cell="rnn_tanh").system)
    assert tex(signed) == r"h_{t,1} = \tanh(-k x_{t,1})"


WORDS = [
    (["not", "bad"], r"\text{not bad}"),
    ([r"\input{x}"], r"\text{'\textbackslash{}\textbackslash{}input\{x\}'}"),
    (["50%&$_#^~"], r"\text{50\%\&\$\texttt{\symbol{95}}\#\texttt{\symbol{94}}\texttt{\symbol{126}}}"),
    (["not good", "a*5", "it's", "é"], r"\text{'not good' 'a*5' it's é}"),
]


@pytest.mark.parametrize(("sequence", "written"), WORDS)
def test_words_are_escaped(sequence: list[str], written: str) -> None:
    assert tex(words(sequence)) == written


EXPRESSIONS = [
    (tanh(1), r"\tanh(1)"),
    (sigmoid(B) ** t, r"\sigma(B)^{t}"),
    (exp(-2 * B), "e^{-2 B}"),
    (h(t + 1, n, B, 0), r"h_{t + 1,n}(B,\, 0)"),
    (h(t) ** 2, "h_{t}^{2}"),
    (Min(C, Abs(B)), r"\min(C,\, \lvert B \rvert)"),
    (Sum(B**n, (n, 0, t)), r"\sum\limits_{n = 0}^{t} B^{n}"),
]


@pytest.mark.parametrize(("expression", "written"), EXPRESSIONS)
def test_expression(expression: Expr, written: str) -> None:
    assert latex(expression) == written


@pytest.mark.parametrize(
    "expression", [sympy.cosh(B), sympy.oo, sympy.pi, sympy.Float("0.5"), Function("f")(Symbol("nu_x"))]
)
def test_an_expression_without_notation_is_refused(expression: Expr) -> None:
    with pytest.raises(Unsupported, match="no notation"):
        latex(expression)


def test_what_is_no_statement_is_refused() -> None:
    with pytest.raises(Unsupported, match="str"):
        latex("S = 1")


PROPOSITIONS = [
    (Equal(B, 1), "B = 1"),
    (Less(0, B), "0 < B"),
    (LessEqual(B, C), r"B \le C"),
    (Within(h(t), r(t), C), r"\lvert h_{t} - r_{t} \rvert \le C"),
    (Within(h(t), 1 - C, B), r"\lvert h_{t} - (1 - C) \rvert \le B"),
    (ForAll((t, n), Equal(h(t, n), 0)), r"h_{t,n} = 0 \quad \text{for all } t,\, n"),
    (Diverges(exp(B), (B,), 1), r"\lim\limits_{B \to \infty} e^{B} = \infty"),
    (Diverges(-exp(B), (B,), -1), r"\lim\limits_{B \to \infty}(-e^{B}) = - \infty"),
    (TendsTo(h(t), (B, C), r(t)), r"\lim\limits_{C \to \infty} \lim\limits_{B \to \infty} h_{t} = r_{t}"),
    (Conjunction((Less(0, B), Less(B, C))), "\\begin{aligned}\n  & 0 < B \\\\\n  & B < C\n\\end{aligned}"),
]


@pytest.mark.parametrize(("proposition", "written"), PROPOSITIONS)
def test_proposition(proposition: object, written: str) -> None:
    assert latex(proposition) == written


EVERY = r"\text{for every word sequence } w_{1} \ldots w_{T},\, T \ge 1"
SCORED = r"S(w_{1} \ldots w_{T - 1})"
ALWAYS = r"& \text{at every step of every word sequence} \text{ and all } k \ge 1 \colon \\"
STATEMENTS = [
    (
        Computes(SYSTEM, SCORE, SPECIFICATION),
        rf"\lim\limits_{{k \to \infty}} c_{{T,6}} = {SCORED} \quad {EVERY}",
    ),
    (
        BOUND,
        [
            rf"& \lvert c_{{T,6}} - {SCORED} \rvert \le 0.5 T\, (T - 1) e^{{-100 k}} + 2 T e^{{-152 k}} \\",
            rf"& \qquad {{}}{EVERY} \text{{ and all }} k \ge 1",
        ],
    ),
    (
        ErrorAt(BOUND, fmpq(1), 100, fmpq(18, 10**41)),
        [
            rf"& \lvert c_{{T,6}} - {SCORED} \rvert \le 1.8 \cdot 10^{{-40}} \\",
            r"& \qquad {}\text{for every word sequence } w_{1} \ldots w_{T},\, k = 1,\, T = 100",
        ],
    ),
    (
        Counterexample(SYSTEM, SCORE, SPECIFICATION, ("a", "b"), KAPPA, ONE),
        r"\lim\limits_{k \to \infty} c_{2,6} = \tanh(1) \ne 1 = S(\text{a}) \quad \text{on } \text{a b}",
    ),
    (
        Trace(SYSTEM, SCORE, ("a", "b"), (ONE, KAPPA)),
        r"\lim\limits_{k \to \infty} c_{t,6} = 1,\, \tanh(1) \quad \text{for } t = 1,\, \ldots,\, 2 "
        r"\text{ on } \text{a b}",
    ),
    (table(g6, [NEAR] * 6), [ALWAYS, r"& g_{t,6} = 1 \pm e^{-100 k}"]),
    (
        table(g6, [NEAR, ZERO, NEAR, ZERO, ZERO, ZERO]),
        [
            ALWAYS,
            r"& g_{t,6} = 1 \pm e^{-100 k} \quad \text{if } w_{t} = \text{a},\, q_{t - 1} \ne \text{a b} \\",
            r"& g_{t,6} = 0 \quad \text{if } w_{t} = \text{a},\, q_{t - 1} = \text{a b} \text{ or } w_{t} = \text{b}",
        ],
    ),
]


@pytest.mark.parametrize(("conclusion", "written"), STATEMENTS, ids=lambda x: type(x).__name__)
def test_statement(conclusion: object, written: str | list[str]) -> None:
    assert display(formulas(conclusion)) == (written if isinstance(written, str) else aligned(written))


def aligned(lines: list[str]) -> str:
    return "\n".join([r"\begin{aligned}", *(f"  {line}" for line in lines), r"\end{aligned}"])


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_compiles_with_amsmath_alone(tmp_path: Path) -> None:
    formulas = [latex(found) for found, _ in (*EXPRESSIONS, *PROPOSITIONS, *STATEMENTS)] + [text for _, text in WORDS]
    body = "".join(rf"\[ {formula} \]" for formula in formulas)
    document = rf"\documentclass{{article}}\usepackage{{amsmath}}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "all.tex").write_text(document)
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "all.tex"]
    assert subprocess.run(command, cwd=tmp_path, check=False, stdout=subprocess.DEVNULL).returncode == 0


def test_what_pdflatex_cannot_draw_stands_as_it_is_and_is_declared_in_documents() -> None:
    assert tex(words(["日本", "a"])) == r"\text{日本 a}"
    assert declared(tex(words(["日本", "a"]))) == r"\text{\symchar{65E5}\symchar{672C} a}"
    assert tex(words(["U+65E5"])) == r"\text{'U+65E5'}"


def test_a_line_may_end_after_a_parenthesis_that_was_taken_apart() -> None:
    wide = row(Fence(row(*"abcd", "-", *"efgh")), "-", *"uvwx")
    assert [len(line) for line in lines(wide, 9)] == [5, 6, 5]
