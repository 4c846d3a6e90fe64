"""PDF: from LaTeX where there is a pdflatex, else from Typst; the same bytes on every run."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import warnings
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from symlstm.model.packages import command
from symlstm.render.documents.document import Document
from symlstm.render.documents.fonts import MissingFont, fonts_for, glyphs
from symlstm.render.documents.tex import TexWriter
from symlstm.render.documents.typst import TypstWriter, coded, foreign

CODED = re.compile(r"\\symchar\{([0-9A-F]+)\}")  # a character that pdfTeX prints by its number
FIXED = {"SOURCE_DATE_EPOCH": "0", "FORCE_SOURCE_DATE": "1"}
COMMAND = ("pdflatex", "-interaction=nonstopmode", "-halt-on-error", "-no-shell-escape", "-jobname=document")
RUNS = 2  # the second knows the pages that the first has found
START = r"\pdftrailerid{}\input{source.tex}"  # else the name of the folder gets into the file's id


class NoEngine(Exception):
    """Nothing is installed that makes a PDF; the message names the command that installs something."""

    def __init__(self) -> None:
        lines = ["pdf: no pdflatex and no typst", "  needed  one of the two", f"  try     {command('typst')}"]
        super().__init__("\n".join(lines))


def pdf(document: Document, steps: bool = False) -> bytes:
    """The document as a PDF, with `steps` the routine ones too; raises NoEngine.

    Characters that TeX has no glyphs for are set by Typst in a font of this machine, where there are both. Warns of
    MissingFont where they are not printed.
    """
    if not shutil.which("pdflatex"):
        source = TypstWriter(steps).document(document)
        return with_typst(source, _fonts(foreign(source)))
    source = TexWriter(steps=steps).document(document)
    if not (missing := frozenset(chr(int(code, 16)) for code in CODED.findall(source))):
        return with_pdflatex(source)
    if find_spec("typst") is None:
        warnings.warn(MissingFont(missing, f"typst and a font that has them: {command('typst')}"), stacklevel=2)
    elif fonts := _fonts(missing):
        return with_typst(TypstWriter(steps).document(document), fonts)
    return with_pdflatex(source)


def _fonts(characters: frozenset[str]) -> tuple[Path, ...]:
    """Fonts of this machine for the characters; warns of those that none has."""
    fonts, lacking = fonts_for(characters) if characters else ((), characters)
    if lacking:
        warnings.warn(MissingFont(lacking), stacklevel=3)
    return fonts


def with_pdflatex(source: str) -> bytes:
    """What pdflatex makes of LaTeX source."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "source.tex").write_text(source, encoding="utf-8", newline="\n")
        for _ in range(RUNS if r"\ref" in source or r"\pageref" in source or r"\hyperref[" in source else 1):
            done = subprocess.run(
                (*COMMAND, START),
                cwd=folder,
                env=os.environ | FIXED,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                check=False,
            )
            if done.returncode:
                raise RuntimeError(f"pdflatex failed:\n{_complaint(done.stdout)}")
        return (folder / "document.pdf").read_bytes()


def _complaint(log: bytes) -> str:
    """The first error in a log, with the lines after it."""
    lines = log.decode(errors="replace").splitlines()
    first = next((n for n, line in enumerate(lines) if line.startswith("!")), max(0, len(lines) - 5))
    return "\n".join(lines[first : first + 5])


def with_typst(source: str, fonts: Sequence[Path] = ()) -> bytes:
    """What Typst makes of its source, with the fonts that it brings along and those; raises NoEngine."""
    try:
        import typst
    except ModuleNotFoundError:
        raise NoEngine from None
    with tempfile.TemporaryDirectory() as folder:
        for font in fonts:
            shutil.copy(font, folder)
        printable = frozenset().union(*map(glyphs, fonts))
        text: Any = coded(source, printable).encode()
        return bytes(typst.compile(text, ignore_system_fonts=True, font_paths=[folder]))
