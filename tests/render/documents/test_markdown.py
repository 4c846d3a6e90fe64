"""Markdown as GitHub reads it: text is text, mathematics in $`...`$ and math blocks, verdicts in the headings."""

from __future__ import annotations

import re

import pytest
from support.documents import ODD_WORDS, written

from symlstm.render.documents.document import Document, Grid, Listing, paragraph
from symlstm.render.documents.markdown import MarkdownWriter
from symlstm.render.formulas.formula import row

TEXT = [
    ("50%", "50%"),
    ("a_b", r"a\_b"),
    ("<b>", r"\<b\>"),
    ("*x* | `c`", r"\*x\* \| \`c\`"),
    ("&amp;", r"\&amp;"),
    ("# [l](u)", r"\# \[l\](u)"),
    ("中文", "中文"),
]


@pytest.mark.parametrize(("plain", "escaped"), TEXT)
def test_text_is_escaped(plain: str, escaped: str) -> None:
    assert MarkdownWriter().text(plain) == escaped


@pytest.mark.parametrize("word", ODD_WORDS)
def test_escaping_loses_nothing(word: str) -> None:
    assert re.sub(r"\\(.)", r"\1", MarkdownWriter().text(word)) == word


def test_each_claim_says_its_verdict() -> None:
    headings = re.findall(r"^### (?!Lemma)(.*)$", written("odd", "md").decode(), re.MULTILINE)
    assert [heading.rsplit(" — ", 1)[1] for heading in headings] == [
        "proved",
        "proved",
        "refuted",
        "proved",
        "refuted",
        "open",
    ]


@pytest.mark.slow
def test_every_math_block_is_closed_and_holds_no_blank_line() -> None:
    source = written("proofs", "md").decode()
    blocks = re.findall(r"^```math\n(.*?)\n```$", source, re.DOTALL | re.MULTILINE)
    assert len(blocks) == source.count("```math") > 100
    assert not any("\n\n" in block for block in blocks)


def test_tables_have_a_head_and_equal_columns() -> None:
    lines = MarkdownWriter().block(Grid((), ((("a|b",), (row("1"),)), (("c",), (row("2"),))))).strip().splitlines()
    assert lines == ["|  |  |", "|---|---|", r"| a\|b | $`1`$ |", "| c | $`2`$ |"]


def test_a_document_is_its_title_and_blocks() -> None:
    found = MarkdownWriter().document(Document(("a_b",), (paragraph("x"), Listing("y = 1"))))
    assert found == "# a\\_b\n\nx\n\n```text\ny = 1\n```\n"
