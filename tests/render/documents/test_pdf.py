"""PDFs, from pdflatex and from Typst: text read back, the same bytes every time, what is said without either."""

from __future__ import annotations

import shutil
import subprocess
from importlib.util import find_spec
from pathlib import Path

import pytest
from support.documents import ODD_WORDS, derived

from symlstm.render.documents import fonts, pdf
from symlstm.render.documents.document import Display, Document, Figure, paragraph
from symlstm.render.documents.pdf import NoEngine, with_typst
from symlstm.render.documents.tex import TexWriter
from symlstm.render.documents.typst import TypstWriter, string
from symlstm.render.formulas.formula import Text

pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
typst = pytest.mark.skipif(find_spec("typst") is None, reason="needs typst")


def text_of(data: bytes, folder: Path) -> str:
    """The words on the pages."""
    (folder / "x.pdf").write_bytes(data)
    done = subprocess.run(["pdftotext", "-layout", "x.pdf", "-"], cwd=folder, check=True, capture_output=True)
    return " ".join(done.stdout.decode().split())


@pytest.mark.slow
@typst
@pdftotext
def test_typst_sets_the_shipped_proofs(tmp_path: Path) -> None:
    text = text_of(with_typst(TypstWriter().document(derived("proofs"))), tmp_path)
    for claim in ("Theorem R1", "Theorem S4", "Refuted claim A12", "Notes, which claim nothing", "What is trusted"):
        assert claim in text


@typst
@pdftotext
def test_odd_words_are_read_back_from_typst(tmp_path: Path) -> None:
    text = text_of(with_typst(TypstWriter().document(derived("odd"))), tmp_path)
    assert [word for word in ODD_WORDS if {"中文": "U+4E2DU+6587"}.get(word, word) not in text] == []


@pytest.mark.parametrize("word", [*ODD_WORDS, "\\", '"', "a\nb"])
def test_a_typst_string_is_closed_by_its_own_quotes(word: str) -> None:
    inside = string(word)[1:-1].replace("\\\\", "").replace('\\"', "")
    assert '"' not in inside and "\\" not in inside and "\n" not in inside


@typst
@pdftotext
def test_a_slash_is_no_fraction(tmp_path: Path) -> None:
    from symlstm.render.documents.inline import runs

    text = text_of(with_typst(TypstWriter().document(Document(("t",), (paragraph(*runs("x = 1/2 + y/3")),)))), tmp_path)
    assert "1/2" in text.replace(" ", "")


@typst
def test_a_figure_is_inside(tmp_path: Path) -> None:
    svg = '<svg xmlns="http://www.w3.org/2000/svg" width="20" height="10"><text x="1" y="8">a "q"\n</text></svg>'
    assert with_typst(TypstWriter().document(Document(("t",), (Figure(svg, ("caption",)),)))).startswith(b"%PDF")


@typst
def test_typst_makes_the_same_bytes_twice() -> None:
    source = TypstWriter().document(derived("odd"))
    assert with_typst(source) == with_typst(source)


@pytest.mark.slow
@pdflatex
@pdftotext
def test_pdflatex_makes_the_same_bytes_twice(tmp_path: Path) -> None:
    source = TexWriter().document(derived("odd"))
    first = pdf.with_pdflatex(source)
    assert pdf.with_pdflatex(source) == first
    assert "Open claim R (nobody knows)" in text_of(first, tmp_path)


FOREIGN = Document(("计数", " and 한국어"), (paragraph("日本語カナ"), Display((Text("中文"),))))
CHARACTERS = frozenset("计数한국어日本語カナ中文")
font = pytest.mark.skipif(bool(fonts.fonts_for(CHARACTERS)[1]), reason="needs a font with these characters")


@typst
@pdftotext
@font
@pytest.mark.parametrize("has_tex", [True, False])
def test_characters_of_other_scripts_are_set_in_a_font_of_the_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, has_tex: bool
) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: "pdflatex" if has_tex else None)
    made = pdf.pdf(FOREIGN)
    monkeypatch.undo()
    text = text_of(made, tmp_path)
    assert [part for part in ("计数 and 한국어", "日本語カナ", "中文") if part not in text] == []
    assert made == pdf.pdf(FOREIGN) or not has_tex


@pytest.mark.slow
@typst
@pdftotext
def test_without_a_font_the_code_point_stands_and_a_font_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pdf, "fonts_for", lambda characters: ((), characters))
    with pytest.warns(fonts.MissingFont, match=r"printed by code point(.|\n)*needed  an installed font(.|\n)*try "):
        made = pdf.pdf(Document(("t",), (paragraph("中"),)))
    assert "U+4E2D" in text_of(made, tmp_path)


@pytest.mark.slow
@pdflatex
def test_with_tex_alone_typst_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda name: None)
    with pytest.warns(fonts.MissingFont, match="-m pip install typst"):
        pdf.pdf(Document(("t",), (paragraph("中"),)))


@typst
def test_without_tex_typst_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    assert b"Typst" in pdf.pdf(Document(("t",), (paragraph("x"),)))


def test_without_either_the_command_that_installs_one_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    with pytest.raises(NoEngine, match=r"-m pip install typst$"):
        pdf.pdf(Document(("t",), (Display((Text("x"),)),)))


@pdflatex
def test_what_pdflatex_complains_of_is_in_the_error() -> None:
    with pytest.raises(RuntimeError, match="Undefined control sequence"):
        pdf.with_pdflatex(r"\documentclass{article}\begin{document}\nonsense\end{document}")
