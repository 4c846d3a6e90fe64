"""What notebooks show, and `theorem.to_latex()`."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
import sympy

import symlstm
from symlstm import (
    Construction,
    Network,
    Outcome,
    ReadoutTerm,
    SigmoidRNN,
    Verdict,
    Witness,
    embed_rnn,
    figures,
    horizon,
    k,
    pattern_counts,
    prove,
    reach,
    smallest_scale,
    worst_case,
)
from symlstm.kernel.theorem import walk
from symlstm.proof.claims import undecided
from symlstm.steps import Diverges, Equal, ForAll, Goal, Less, assume, exp, natural, real, sequence

SPECIFICATION = pattern_counts(["a", "<b>"], {("a",): 1})
NETWORK = Network.from_gates(
    ["a", "<b>"],
    1,
    {"b_hi": [100 * k], "b_hf": [100 * k], "W_ig": [[100 * k, 0]], "b_ho": [-100 * k]},
    readout=[ReadoutTerm("c", 0)],
)
COUNTING = Construction(NETWORK, SPECIFICATION)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return prove(NETWORK, SPECIFICATION)


def test_a_theorem_shows_its_statement_and_proof(outcome: Outcome) -> None:
    theorem = outcome.theorem
    assert r"\lim\limits_{k \to \infty} c_{T,1} = S(w_{1} \ldots w_{T})" in theorem._repr_latex_()
    assert theorem._repr_latex_().startswith("$\\displaystyle ") and theorem._repr_latex_().endswith("$")
    shown = theorem._repr_html_()
    assert shown.index("<math") < shown.index("<summary>Proof</summary>") < shown.index("The network is")
    assert shown.count("Theorem") == 1 and "proved" not in shown.split("<details>")[0]


@pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
def test_a_theorem_in_latex_is_a_fragment_that_compiles(outcome: Outcome, tmp_path: Path) -> None:
    fragment = outcome.theorem.to_latex()
    assert "\\begin{symproved}" in fragment and "\\begin{proof}" in fragment and "\\documentclass" not in fragment
    paper = r"\documentclass{article}\usepackage{amsmath,amssymb,amsthm}\begin{document}" + fragment + r"\end{document}"
    (tmp_path / "x.tex").write_text(paper, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "x.tex"]
    assert subprocess.run(command, cwd=tmp_path, check=False, capture_output=True).returncode == 0


def test_a_network_shows_its_equations_and_weights() -> None:
    assert r"c_{t} = f_{t} \odot c_{t - 1} + i_{t} \odot g_{t}" in NETWORK._repr_latex_()
    assert "&lt;b&gt;" in NETWORK._repr_html_() and "<b>" not in NETWORK._repr_html_()


def test_automata_show_what_they_do(outcome: Outcome) -> None:
    assert r"S(w_{1} \ldots w_{n}) = \text{\#}(\text{a})" in SPECIFICATION._repr_latex_()
    [invariant] = [step.conclusion for step in walk(outcome.theorem) if step.rule == "induction over words"]
    assert "A step changes" in invariant._repr_html_()


def test_an_open_outcome_says_so() -> None:
    shown = undecided("a margin is 0 & more")._repr_html_()
    assert "Open claim" in shown and "It is open: a margin is 0 &amp; more." in shown and "Theorem" not in shown


def test_a_refuted_outcome_says_so() -> None:
    found = prove(NETWORK, pattern_counts(["a", "<b>"], {("a",): 2}))
    assert found.verdict is Verdict.REFUTED
    shown = found._repr_html_()
    assert "This claim is false" in shown and shown.count("Refuted claim") == 1


t, B, C, c = natural("t"), real("B"), real("C"), sequence("c")
FACTS = [ForAll((t,), Equal(c(t + 1), exp(B) * c(t))), Equal(c(0), C)]


def test_a_goal_shows_what_is_left_with_the_facts_in_scope() -> None:
    goal = Goal(Equal(c(t), C), map(assume, FACTS))
    goals = goal.induct(t).auto()
    lines = [
        r"\begin{aligned}",
        r"  & c_{t + 1} = e^{B} c_{t} \quad \text{for all } t \\",
        r"  & c_{(0)} = C \\",
        r"  & c_{t} = C \\",
        r"  & \vdash c_{t + 1} = C",
        r"\end{aligned}",
    ]
    assert goals[1]._repr_latex_() == "$\\displaystyle " + "\n".join(lines) + "$"
    shown = goal._repr_html_()
    assert shown.index("What is left to show") < shown.index("<mo>⊢</mo>") < shown.index("auto stopped: ")
    assert repr(goals) == "<Goals: <Goal, proved: c_((0)) = C>, <Goal, 1 left: |- c_(t + 1) = C>>"


def test_an_open_outcome_shows_its_goals() -> None:
    goal = Goal(Diverges(-C * exp(B), (B,), 1)).auto()
    shown = Outcome(Verdict.OPEN, reason="left", goals=(goal,))._repr_html_()
    assert "Open claim" in shown and "⊢" in shown and "a known sign" in shown


def test_a_proved_goal_says_so() -> None:
    assert "Nothing is left to show of" in Goal(Diverges(exp(B), (B,), 1)).auto()._repr_html_()


def test_a_construction_shows_what_becomes_of_its_claim() -> None:
    assert "Theorem" in COUNTING._repr_html_()
    wrong = Construction(NETWORK, pattern_counts(["a", "<b>"], {("a",): 2}), "twice")
    shown = wrong._repr_html_().split("<details>")[0]
    assert "Refuted claim" in shown and "(twice)" in shown and "smallest margin" in shown


@pytest.mark.slow
def test_a_figure_is_a_picture_without_any_magic() -> None:
    assert figures.gates(COUNTING)._repr_png_().startswith(b"\x89PNG")


LINES = [
    (lambda: NETWORK, "<Network lstm of hidden size 1; words a, <b>; reads c_(T,1), delay 0>"),
    (lambda: worst_case(COUNTING, 3), "2.232 * 10^(-43) <= max_(w_1 ... w_T) |c_(T,1) - S("),
    (lambda: horizon(COUNTING), "at k = 1, rounded: right up to "),
    (lambda: smallest_scale(COUNTING, 1, 3), "within 1 at 3 words: k = 0.0"),
    (lambda: undecided("a margin is 0"), "open: a margin is 0"),
    (
        lambda: prove(NETWORK, SPECIFICATION),
        "proved: lim_(k -> oo) c_(T,1) = S(w_1 ... w_T) for every word sequence w_1 ... w_T, T >= 1, S(w_1 ... w_n) = #(a)",
    ),
    (
        lambda: prove(NETWORK, pattern_counts(["a", "<b>"], {("a",): 2})),
        'refuted, since lim_(k -> oo) c_(1,1) = 1 != 2 = S("a") on "a", S(w_1 ... w_n) = 2 #(a)',
    ),
    (
        lambda: COUNTING.table({"g_1": 1}),
        "refuted, since at every step of every word sequence and all k >= 1: g_(t,1) = 1 +- 2 e^(-200 k) if w_t = "
        '"a"; g_(t,1) = 0 if w_t = "<b>"',
    ),
    (lambda: Outcome(Verdict.REFUTED, witness=Witness(("a",), "1", "2")), "refuted: a: found 1, claimed 2"),
    (lambda: COUNTING.saturation, "the saturated network has 1 situation; c_1 counts on"),
    (lambda: COUNTING.error_at(1000), "proved: |c_(T,1) - S(w_1 ... w_T)| <= "),
    (lambda: COUNTING, f"<Construction {NETWORK!r}>"),
    (lambda: SigmoidRNN([[1]], [[1]]), "<SigmoidRNN of hidden size 1, 1 inputs>"),
    (lambda: embed_rnn(SigmoidRNN([[1]], [[1]])), "<Embedding ||h_t - tanh("),
    (lambda: reach(NETWORK, SPECIFICATION, 2), "<run in float64, all words up to length 2: none wrong>"),
]


@pytest.mark.parametrize(("make", "start"), LINES)
def test_a_result_is_one_line_at_the_prompt(make: Callable[[], object], start: str) -> None:
    shown = repr(make())
    assert shown.startswith(start) and str(make()) in shown
    assert "\n" not in shown and len(shown) < 500


def test_a_theorem_is_its_statement_with_the_number_of_its_hypotheses(outcome: Outcome) -> None:
    assert repr(outcome.theorem) == repr(outcome) and repr(outcome).startswith("proved: lim_(k -> oo) c_(T,1) = S(")
    assumed = assume(Less(sympy.Integer(0), real("B")))
    assert repr(assumed) == "proved: 0 < B (given 1 hypothesis)"


def test_the_kernel_quotes_its_statements_as_before(outcome: Outcome) -> None:
    """Its refusals may hold the conclusion of a theorem, and must not depend on what is attached."""
    assert repr(outcome.theorem.conclusion).startswith("Computes(system=System(")


def test_the_kernel_knows_nothing_of_it() -> None:
    source = Path(symlstm.__file__).with_name("kernel") / "theorem.py"
    assert "_repr_" not in source.read_text(encoding="utf-8")
