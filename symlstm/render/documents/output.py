"""A document in the formats asked for."""

from __future__ import annotations

from collections.abc import Callable

from symlstm.render.documents.document import Document
from symlstm.render.documents.html import HtmlWriter
from symlstm.render.documents.markdown import MarkdownWriter
from symlstm.render.documents.pdf import pdf
from symlstm.render.documents.tex import TexWriter

FORMATS: dict[str, Callable[[Document, bool], bytes]] = {  # of a document, and whether paper has routine steps too
    "tex": lambda found, steps: TexWriter(steps=steps).document(found).encode(),
    "html": lambda found, steps: HtmlWriter().document(found).encode(),
    "pdf": pdf,
    "md": lambda found, steps: MarkdownWriter().document(found).encode(),
}
FRAGMENTS: dict[str, Callable[[Document, str, bool], bytes]] = {  # with the beginning of its labels
    "tex": lambda found, prefix, steps: TexWriter(prefix, steps).fragment(found).encode(),
    "html": lambda found, prefix, steps: HtmlWriter(prefix).blocks(found.blocks).encode(),
    "md": lambda found, prefix, steps: MarkdownWriter().blocks(found.blocks).encode(),
}
