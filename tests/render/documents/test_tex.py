"""The TeX of documents: a real pdflatex compiles it without a warning and without an overfull box over 2 pt."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import pytest
from support.documents import ODD_WORDS, derived, verdicts, written

from symlstm.proof.claims import Verdict
from symlstm.render.documents.document import Claim, Document, Grid, Heading, paragraph
from symlstm.render.documents.tex import TexWriter
from symlstm.render.formulas.formula import row

pdflatex = pytest.mark.skipif(shutil.which("pdflatex") is None, reason="needs pdflatex")
pdftotext = pytest.mark.skipif(shutil.which("pdftotext") is None, reason="needs pdftotext")
DOCUMENTS = ["odd", "proofs", "wide"]
TOO_WIDE = 2.0  # pt


def compiled(source: str, folder: Path) -> str:
    """The log of pdflatex; fails if it stops."""
    (folder / "x.tex").write_text(source, encoding="utf-8")
    command = ["pdflatex", "-halt-on-error", "-interaction=batchmode", "x.tex"]
    for _ in range(2):  # the second run knows what the first has found
        done = subprocess.run(command, cwd=folder, check=False, capture_output=True)
    log = (folder / "x.log").read_text(encoding="utf-8", errors="replace")
    assert done.returncode == 0, log[-2000:]
    return log


def complaints(log: str) -> list[str]:
    """Warnings, and boxes that are too wide."""
    wide = [found[0] for found in re.finditer(r"Overfull .hbox \((\d+\.\d+)pt.*", log) if float(found[1]) > TOO_WIDE]
    return wide + [line for line in log.splitlines() if "Warning" in line or line.startswith("!")]


@pytest.mark.slow
@pdflatex
@pytest.mark.parametrize("name", DOCUMENTS)
def test_an_article_compiles_without_complaint(name: str, tmp_path: Path) -> None:
    assert complaints(compiled(written(name, "tex").decode(), tmp_path)) == []
    if name == "proofs":
        [page] = re.findall(r"newlabel\{section-1\}\{\{1\}\{(\d+)\}", (tmp_path / "x.aux").read_text())
        assert page == "3", "the summary has two pages"


@pytest.mark.slow
@pdflatex
def test_complaints_are_seen(tmp_path: Path) -> None:
    source = r"\documentclass{article}\begin{document}\hbox to 5pt{too wide} \ref{nothing}\end{document}"
    assert len(complaints(compiled(source, tmp_path))) >= 2


@pytest.mark.slow
@pdflatex
def test_a_fragment_goes_into_a_paper_with_the_ams_packages_alone(tmp_path: Path) -> None:
    fragment = written("sentiment", "tex", fragment=True).decode()
    assert "\\documentclass" not in fragment and "\\begin{document}" not in fragment
    paper = r"\documentclass{article}\usepackage[utf8]{inputenc}\usepackage{amsmath,amssymb,amsthm}\begin{document}"
    other = TexWriter("other").fragment(derived("sentiment"))
    own = r"\begin{equation}\label{own}x=y\end{equation}"
    log = compiled(
        f"{paper}{own}\n{fragment}\n{other}{own.replace('own', 'last')} \\ref{{last}}\\end{{document}}", tmp_path
    )
    assert not [line for line in log.splitlines() if "multiply" in line or "undefined" in line]
    numbers = re.findall(r"newlabel\{([^}]*)\}\{\{(\d+)\}", (tmp_path / "x.aux").read_text())
    assert [int(n) for _, n in numbers] == list(range(1, len(numbers) + 1)) and len(numbers) > 6


def test_only_packages_of_a_minimal_installation() -> None:
    packages = re.findall(r"\\usepackage(?:\[[^]]*\])?\{([^}]*)\}", written("sentiment", "tex").decode())
    assert {*",".join(packages).split(",")} == {"inputenc", "amsmath", "amssymb", "amsthm", "geometry", "hyperref"}
    assert r"\IfFileExists{hyperref.sty}" in written("sentiment", "tex").decode()


@pytest.mark.slow
@pdflatex
@pdftotext
def test_odd_words_are_read_back_from_the_page(tmp_path: Path) -> None:
    compiled(written("odd", "tex").decode(), tmp_path)
    done = subprocess.run(["pdftotext", "-layout", "x.pdf", "-"], cwd=tmp_path, check=True, capture_output=True)
    text = " ".join(done.stdout.decode().split())
    as_printed = {"it's": "it’s", "中文": "U+4E2DU+6587"}
    assert [word for word in ODD_WORDS if as_printed.get(word, word) not in text] == []


@pytest.mark.parametrize("word", ODD_WORDS)
def test_no_odd_word_is_a_command(word: str) -> None:
    source = TexWriter().blocks([paragraph(word)])
    assert "\\input{x}" not in source
    assert not set("%#&$_^~") & set(re.sub(r"\\[%#&$]", "", source))


def test_each_claim_is_in_the_environment_of_its_verdict() -> None:
    environments = {Verdict.PROVED: "symproved", Verdict.REFUTED: "symrefuted", Verdict.OPEN: "symopen"}
    begun = re.findall(r"\\begin\{(symproved|symrefuted|symopen)\}", written("odd", "tex").decode())
    assert begun == [environments[verdict] for verdict in verdicts("odd")]


def test_what_is_not_proved_has_no_proof_of_itself() -> None:
    [refuted] = [
        block
        for section in derived("odd").blocks
        for block in getattr(section, "blocks", ())
        if isinstance(block, Claim) and block.heading == Heading("Refuted claim", "Q")
    ]
    source = TexWriter().block(refuted)
    assert "This claim is false" in source and "[Proof of what is true]" in source


@pytest.mark.slow
@pdflatex
def test_a_long_table_goes_over_pages(tmp_path: Path) -> None:
    rows = tuple(((f"claim {n}",), ("words " * 20,), (row(str(n)),)) for n in range(100))
    source = TexWriter().document(Document(("t",), (Grid((("id",), ("text",), ("number",)), rows),)))
    log = compiled(source, tmp_path)
    assert complaints(log) == []
    assert int(re.search(r"Output written on x.pdf \((\d+) pages", log)[1]) > 2
