"""A document in the formats asked for."""

from __future__ import annotations

from collections.abc import Callable

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
