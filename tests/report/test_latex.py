"""Statements in LaTeX: tables of theorem and exact output, and what is refused."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import sympy
from flint import fmpq
from statements import BOUND, KAPPA, NEAR, ONE, SCORE, SPECIFICATION, SYSTEM, ZERO, g6, table
from sympy import Abs, Expr, Function, Min, Sum, Symbol, exp, tanh

from symlstm.kernel.propositions import (
    Conjunction,
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
from symlstm.kernel.statements import Computes, Counterexample, ErrorAt, Trace
from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import sigmoid
from symlstm.report.latex import latex
from symlstm.report.notation import at_time, name, words

B, C, t, n = real("B"), real("C"), natural("t"), natural("n")
h, r = sequence("h"), sequence("r")

NAMES = [
    ("h_3", "h_{3}"),
    ("a_o_1", "a^{o}_{1}"),
    ("W_if", "W_{if}"),
    ("b_hh", "b_{hh}"),
    ("k", "k"),
    ("lambda", r"\lambda"),
]


@pytest.mark.parametrize(("spelling", "written"), NAMES)
def test_name(spelling: str, written: str) -> None:
    assert name(spelling) == written


@pytest.mark.parametrize("spelling", ["nu_alpha", "alphabet", "h_hat", "x!", ""])
def test_a_name_without_a_rule_is_refused(spelling: str) -> None:
    with pytest.raises(Unsupported, match="name"):
        name(spelling)


def test_time_comes_before_the_coordinate() -> None:
    assert (at_time("c_6", "T"), at_time("a_o_1", "t")) == ("c_{T,6}", "a^{o}_{t,1}")


WORDS = [
    (["not", "bad"], r"\text{not bad}"),
    ([r"\input{x}"], r"\text{\textbackslash{}input\{x\}}"),
    (["50% & $_#^~"], r"\text{50\% \& \$\_\#\textasciicircum{}\textasciitilde{}}"),
]


@pytest.mark.parametrize(("sequence", "written"), WORDS)
def test_words_are_escaped(sequence: list[str], written: str) -> None:
    assert words(sequence) == written


EXPRESSIONS = [
    (tanh(1), r"\tanh{\left(1 \right)}"),
    (sigmoid(B) ** t, r"\sigma^{t}\left(B\right)"),
    (exp(-2 * B), "e^{- 2 B}"),
    (h(t + 1, n, B, 0), "h_{t + 1,n}(B, 0)"),
    (h(t) ** 2, "{h_{t}}^{2}"),
    (Min(C, Abs(B)), r"\min\left(C, \left|{B}\right|\right)"),
    (Sum(B**n, (n, 0, t)), r"\sum_{n=0}^{t} B^{n}"),
]


@pytest.mark.parametrize(("expression", "written"), EXPRESSIONS)
def test_expression(expression: Expr, written: str) -> None:
    assert latex(expression) == written


@pytest.mark.parametrize(
    "expression", [sympy.cosh(B), sympy.oo, sympy.pi, sympy.Float("0.5"), Function("f")(Symbol("nu_x"))]
)
def test_an_expression_without_notation_is_refused(expression: Expr) -> None:
    with pytest.raises(Unsupported, match="no LaTeX notation"):
        latex(expression)


def test_what_is_no_statement_is_refused() -> None:
    with pytest.raises(Unsupported, match="str"):
        latex("S = 1")


PROPOSITIONS = [
    (Equal(B, 1), "B = 1"),
    (Less(0, B), "0 < B"),
    (LessEqual(B, C), r"B \le C"),
    (Within(h(t), r(t), C), r"\left\lvert h_{t} - r_{t} \right\rvert \le C"),
    (Within(h(t), 1 - C, B), r"\left\lvert h_{t} - \left(1 - C\right) \right\rvert \le B"),
    (ForAll((t, n), Equal(h(t, n), 0)), r"\forall\, t, n:\; h_{t,n} = 0"),
    (TendsTo(h(t), (B, C), r(t)), r"\lim_{C \to \infty} \lim_{B \to \infty} h_{t} = r_{t}"),
    (Conjunction((Less(0, B), Less(B, C))), r"\begin{aligned}&0 < B \\ &B < C\end{aligned}"),
]


@pytest.mark.parametrize(("proposition", "written"), PROPOSITIONS)
def test_proposition(proposition: object, written: str) -> None:
    assert latex(proposition) == written


STATEMENTS = [
    (
        Computes(SYSTEM, SCORE, SPECIFICATION),
        r"\forall\, T \ge 1\;\forall\, w_1 \ldots w_T:\quad \lim_{k \to \infty} c_{T,6} = S(w_1 \ldots w_{T-1})",
    ),
    (
        BOUND,
        r"\forall\, k \ge 1:\;\forall\, T \ge 1\;\forall\, w_1 \ldots w_T:\quad "
        r"\lvert c_{T,6} - S(w_1 \ldots w_{T-1}) \rvert \le 0.5 T (T - 1) e^{-100 k} + 2 T e^{-152 k}",
    ),
    (
        ErrorAt(BOUND, fmpq(1), 100, fmpq(18, 10**41)),
        r"k = 1,\; T = 100:\quad \lvert c_{T,6} - S(w_1 \ldots w_{T-1}) \rvert \le 1.8 \cdot 10^{-40}",
    ),
    (
        Counterexample(SYSTEM, SCORE, SPECIFICATION, ("a", "b"), KAPPA, ONE),
        r"\lim_{k \to \infty} c_{2,6} = \tanh{\left(1 \right)} \ne 1 = S(\text{a})\quad\text{on }\text{a b}",
    ),
    (
        Trace(SYSTEM, SCORE, ("a",), (ONE,)),
        r"\Bigl(\lim_{k \to \infty} c_{t,6}\Bigr)_{t = 1, \ldots, 1} = (1)\quad\text{on }\text{a}",
    ),
    (
        table(g6, [NEAR] * 6),
        r"\begin{aligned}&\forall\, k \ge 1: \\ g_{t,6} &= 1 \pm e^{-100 k} &&\end{aligned}",
    ),
]


@pytest.mark.parametrize(("conclusion", "written"), STATEMENTS, ids=lambda x: type(x).__name__)
def test_statement(conclusion: object, written: str) -> None:
    assert latex(conclusion) == written


def test_steps_are_words_read_in_situations() -> None:
    [_, up, down] = latex(table(g6, [NEAR, ZERO, NEAR, ZERO, ZERO, ZERO])).split(r" \\ ")
    assert up == r"g_{t,6} &= 1 \pm e^{-100 k} &&w_t \in \{\text{a}\},\, q_{t-1} \notin \{\text{a b}\}"
    assert r"w_t \in \{\text{a}\},\, q_{t-1} \in \{\text{a b}\};\ w_t \in \{\text{b}\}" in down


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_compiles_with_amsmath_alone(tmp_path: Path) -> None:
    formulas = [written for _, written in (*EXPRESSIONS, *PROPOSITIONS, *STATEMENTS)] + [text for _, text in WORDS]
    body = "".join(rf"\[ {formula} \]" for formula in formulas)
    document = rf"\documentclass{{article}}\usepackage{{amsmath}}\begin{{document}}{body}\end{{document}}"
    (tmp_path / "all.tex").write_text(document)
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "all.tex"]
    assert subprocess.run(command, cwd=tmp_path, check=False, stdout=subprocess.DEVNULL).returncode == 0
