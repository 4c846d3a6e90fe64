"""HTML for a notebook's cell, which has no style sheet of ours: one heading a claim, what is long folded."""

from __future__ import annotations

from symlstm.proof.claims import Verdict
from symlstm.render.documents.document import KINDS, Claim, Lemma
from symlstm.render.documents.html import HtmlWriter

COLOURS = {Verdict.PROVED: "#1a6b45", Verdict.REFUTED: "#a4262c", Verdict.OPEN: "#8a5a00"}
LEFT = "text-align:left"


class NotebookWriter(HtmlWriter):
    """As in the documents, but that the verdict is said once and proofs are folded."""

    def write_claim(self, found: Claim) -> str:
        kind = KINDS[found.verdict]
        name = f" ({self.runs(found.name)})" if found.name else ""
        id_ = f" {self.text(found.heading.id)}" if found.heading.id else ""
        mark = f'<span style="color:{COLOURS[found.verdict]}">{kind}</span>'
        return self._folding(f"<p><strong>{mark}{id_}{name}</strong></p>", found)

    def write_lemma(self, found: Lemma) -> str:
        name = f" ({self.runs(found.name)})" if found.name else ""
        return self._folding(f"<p><strong>{self.text(str(found.heading))}{name}</strong></p>", found)

    def reference(self, number: str) -> str:
        """No link: cells of a notebook number their formulas alike."""
        return f"({number})"

    def _folding(self, title: str, found: Claim | Lemma) -> str:
        proof = self.folded(self.proof_heading(found), self.blocks(found.proof)) if found.proof else ""
        return f'<div style="{LEFT}">{title}{self.blocks(found.body)}{proof}</div>'

    def folded(self, summary: str, inside: str) -> str:
        """What is opened by a click or by Enter; nothing, if there is nothing inside."""
        return f"<details><summary>{summary}</summary>{inside}</details>" if inside else ""
