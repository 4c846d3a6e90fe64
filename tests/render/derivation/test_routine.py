"""Routine steps: folded in HTML, left out on paper, where nothing cites them; all of them on demand."""

from __future__ import annotations

import re

import pytest
from support.documents import derived, written

from symlstm.render.documents.document import Either, Routine, paragraph
from symlstm.render.documents.html import HtmlWriter
from symlstm.render.documents.markdown import MarkdownWriter
from symlstm.render.documents.tex import TexWriter
from symlstm.render.documents.typst import TypstWriter
from symlstm.render.documents.writer import Writer

CITED = Either(paragraph("from (1.2)"), paragraph("from what follows from (1.1)"))


def numbers(tex: str) -> set[str]:
    """Of the formulas that are displayed."""
    return set(re.findall(r"\\tag\{([\d.]+)\}", tex))


@pytest.mark.slow
def test_paper_cites_only_what_it_displays() -> None:
    tex = written("proofs", "tex").decode()
    cited = set(re.findall(r"\\hyperref\[eq:([\d.]+)\]", tex))
    assert len(cited) > 100 and cited <= numbers(tex)


@pytest.mark.slow
def test_every_step_is_in_html_and_on_paper_on_demand() -> None:
    html = set(re.findall(r'<div class="wide" id="f([\d.]+)"', written("proofs", "html").decode()))
    assert numbers(TexWriter(steps=True).document(derived("proofs"))) == html
    assert len(html - numbers(written("proofs", "tex").decode())) > 100


WRITERS = [
    (HtmlWriter(), True),
    (MarkdownWriter(), True),
    (TexWriter(steps=True), True),
    (TexWriter(), False),
    (TypstWriter(steps=True), True),
    (TypstWriter(), False),
]


@pytest.mark.parametrize(("writer", "is_shown"), WRITERS)
def test_a_routine_step_stands_where_it_has_a_place(writer: Writer, is_shown: bool) -> None:
    found = writer.blocks([Routine((paragraph("By algebra"),)), CITED])
    assert ("By algebra" in found, "what follows" in found) == (is_shown, not is_shown)


def test_html_says_how_many_steps_are_folded() -> None:
    found = HtmlWriter().blocks([Routine((CITED,), 3)])
    assert found.startswith("<details><summary>3 routine steps</summary>\n<p>from (1.2)</p>")
