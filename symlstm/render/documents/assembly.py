"""From claims that were run to a document: what to know first, a section for each part, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence

from symlstm.render.derivation.chapter import Chapter, Part
from symlstm.render.derivation.numbering import Ledger
from symlstm.render.derivation.preamble import foundations, overview, reading
from symlstm.render.documents.document import Block, Document, Section

TITLE = "Hand-built recurrent networks: statements and proofs"


def document(parts: Sequence[Part], title: str = TITLE) -> Document:
    """Everything in one document."""
    results = [result for part in parts for result in part.results]
    ledger = Ledger()
    sections: list[Section] = []
    for n, part in enumerate(parts, 1):
        ledger.section(f"{n}." if len(parts) > 1 else "")
        written = Chapter(part, ledger).section()
        sections.append(Section(written.title, written.blocks, str(n) if len(parts) > 1 else ""))
    end: list[Block] = [*foundations(results, str(len(parts) + 1) if len(parts) > 1 else "")]
    front = [*reading(results), *overview(parts, [section.title for section in sections])]
    if len(parts) > 1:
        return Document((title,), (*front, *sections, *end))
    [section] = sections
    return Document(section.title, (*front, *section.blocks, *end))
