"""Prose with its mathematics: what becomes a formula, and what stays text."""

from __future__ import annotations

import pytest

from symlstm.render.documents.document import Code
from symlstm.render.documents.inline import prose, runs
from symlstm.render.formulas.latex import formula

FORMULAS = [
    ("the cell tends to C + t as the bias grows", "the cell tends to [C + t] as the bias grows"),
    ("it tends to e^B tanh(B), monotonically", r"it tends to [e^{B} \tanh(B)], monotonically"),
    ("for every L: e_{t+1} <= delta", r"for every [L]: [e_{t + 1} \le \delta]"),
    ("vanishes for B -> oo exists", r"vanishes for [B \to \infty] exists"),
    ("1 - sigmoid(B) <= e^-B", r"[1 - \sigma(B) \le e^{-B}]"),
    ("tanh(c*) times the RNN", r"[\tanh(c^{*})] times the RNN"),
    ("(W_hg h_{t-1})_6 is 100 k", r"[(W_{hg} h_{t - 1})_{6}] is [100 k]"),
    ("the gates i, f, g and c_0", "the gates [i], [f], [g] and [c_{0}]"),
    ("||W_hh|| < 4 and |w|, |n| <= 100", r"[\Vert W_{hh} \Vert < 4] and [\lvert w \rvert], [\lvert n \rvert \le 100]"),
    ("h_0 = r_0 = 1/2, B = 2", "[h_{0} = r_{0} = 1 / 2], [B = 2]"),
    ("a_o_1 ~ -50*k", r"[a_{1}^{o} \approx - 50 \cdot k]"),
    ("exp(B)*tanh(B)", r"[e^{B} \cdot \tanh(B)]"),
    ("(1 - sigmoid(-100)**2)*tanh(100)", r"[(1 - \sigma(-100)^{2}) \cdot \tanh(100)]"),
]
TEXT = [
    "a step and A thing, I think",
    "A2-true, R6-all-L and S4",
    "see source_audit.py, e.g. at the t-th step; the RNN's",
    "it has 72 networks and 3 words",
    "refuses 'sigmoid'",
    "score = #good - #bad",
    "",
]


def shown(text: str) -> str:
    """Formulas in brackets."""
    return "".join(run if isinstance(run, str) else f"[{formula(run)}]" for run in runs(text))


@pytest.mark.parametrize(("text", "written"), FORMULAS)
def test_what_reads_as_a_formula_becomes_one(text: str, written: str) -> None:
    assert shown(text) == written


@pytest.mark.parametrize("text", TEXT)
def test_the_rest_stays_text(text: str) -> None:
    assert shown(text) == text


def test_quoted_text_is_left() -> None:
    assert shown('the word "a_b" and c_t') == "the word “a_b” and [c_{t}]"


def test_backquoted_text_is_code() -> None:
    assert runs("see `c_t`") == ("see ", Code("c_t"))


def test_indented_paragraphs_are_kept_as_they_are() -> None:
    paragraph, listing = prose("one\n  c_t\n\n    x = 1\n    y = 2\n")
    assert (type(paragraph).__name__, listing.text) == ("Paragraph", "x = 1\ny = 2")
