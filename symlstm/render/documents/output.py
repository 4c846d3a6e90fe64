"""A document in the formats asked for."""

from __future__ import annotations

from collections.abc import Callable

from symlstm.render.documents.document import Document
from symlstm.render.documents.html import HtmlWriter
from symlstm.render.documents.markdown import MarkdownWriter
from symlstm.render.documents.pdf import pdf
from symlstm.render.documents.tex import TexWriter

FORMATS: dict[str, Callable[[Document], bytes]] = {
    "tex": lambda found: TexWriter().document(found).encode(),
    "html": lambda found: HtmlWriter().document(found).encode(),
    "pdf": pdf,
    "md": lambda found: MarkdownWriter().document(found).encode(),
}
FRAGMENTS: dict[str, Callable[[Document, str], bytes]] = {  # of a document and the beginning of its labels
    "tex": lambda found, prefix: TexWriter(prefix).fragment(found).encode(),
    "html": lambda found, prefix: HtmlWriter(prefix).blocks(found.blocks).encode(),
    "md": lambda found, prefix: MarkdownWriter().blocks(found.blocks).encode(),
}
