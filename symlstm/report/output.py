"""A document in the formats asked for, and files that are written whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path

from symlstm.model.errors import InputError
from symlstm.report.document import Document
from symlstm.report.html import HtmlWriter
from symlstm.report.markdown import MarkdownWriter
from symlstm.report.pdf import pdf
from symlstm.report.tex import TexWriter

FORMATS: dict[str, Callable[[Document], bytes]] = {
    "tex": lambda found: TexWriter().document(found).encode(),
    "html": lambda found: HtmlWriter().document(found).encode(),
    "pdf": pdf,
    "md": lambda found: MarkdownWriter().document(found).encode(),
}
FRAGMENTS: dict[str, Callable[[Document], bytes]] = {
    "tex": lambda found: TexWriter().fragment(found).encode(),
    "html": lambda found: HtmlWriter().blocks(found.blocks).encode(),
    "md": lambda found: MarkdownWriter().blocks(found.blocks).encode(),
}


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """Writes files into a folder, which is made if need be; raises InputError where that is impossible."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, data in files.items():
            _replace(folder / name, data)
    except OSError as error:
        raise InputError(str(folder), error.strerror or str(error), "a folder that can be written to") from None


def _replace(path: Path, data: bytes) -> None:
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "wb") as file:
            file.write(data)
        os.chmod(draft, 0o644)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
