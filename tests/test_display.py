"""What notebooks show, and `theorem.to_latex()`."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import symlstm
from symlstm import Network, Outcome, ReadoutTerm, Verdict, k, pattern_counts, prove
from symlstm.claims import undecided
from symlstm.kernel.theorem import walk

SPECIFICATION = pattern_counts(["a", "<b>"], {("a",): 1})
NETWORK = Network.from_gates(
    ["a", "<b>"],
    1,
    {"b_hi": [100 * k], "b_hf": [100 * k], "W_ig": [[100 * k, 0]], "b_ho": [-100 * k]},
    readout=[ReadoutTerm("c", 0)],
)


@pytest.fixture(scope="module")
def outcome() -> Outcome:
    return prove(NETWORK, SPECIFICATION)


def test_a_theorem_shows_its_statement_and_proof(outcome: Outcome) -> None:
    theorem = outcome.theorem
    assert r"\lim\limits_{k \to \infty} c_{T,1} = S(w_{1} \ldots w_{T})" in theorem._repr_latex_()
    assert theorem._repr_latex_().startswith("$\\displaystyle ") and theorem._repr_latex_().endswith("$")
    assert '<span class="verdict">proved</span>' in theorem._repr_html_()


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
    assert "Refuted claim" in found._repr_html_() and "This is false" in found._repr_html_()
    assert '<span class="verdict">refuted</span>' in found._repr_html_()


def test_the_kernel_knows_nothing_of_it() -> None:
    source = Path(symlstm.__file__).with_name("kernel") / "theorem.py"
    assert "_repr_" not in source.read_text(encoding="utf-8")
