"""Documents in GitHub's Markdown, with mathematics between dollar signs."""

from __future__ import annotations

import re

from symlstm.render.documents.document import (
    Claim,
    Display,
    Document,
    Figure,
    Grid,
    Lemma,
    Link,
    Listing,
    Paragraph,
    Runs,
    Section,
)
from symlstm.render.documents.writer import Writer
from symlstm.render.formulas import latex
from symlstm.render.formulas.formula import Formula

SPECIAL = re.compile(r"([\\`*_{}\[\]<>#+!|$~&^])")


class MarkdownWriter(Writer):
    """Markdown. GitHub takes mathematics in a line as $`...`$, in which nothing needs escaping."""

    suffix = "md"

    def whole(self, found: Document, body: str) -> str:
        return f"# {self.runs(found.title)}\n\n{body.strip()}\n"

    def text(self, plain: str) -> str:
        return SPECIAL.sub(r"\\\1", plain)

    def code(self, plain: str) -> str:
        fence = "``" if "`" in plain else "`"
        return f"{fence}{plain.replace('|', '¦')}{fence}"

    def strong(self, plain: str) -> str:
        return f"**{self.text(plain)}**"

    def link(self, found: Link) -> str:
        return f"[{self.text(found.text)}](#{found.target})" if found.target else self.text(found.text)

    def reference(self, number: str) -> str:
        return f"({number})"

    def formula(self, found: Formula) -> str:
        return f"$`{latex.formula(found)}`$"

    def write_paragraph(self, found: Paragraph) -> str:
        return f"{self.runs(found.runs)}\n"

    def write_display(self, found: Display) -> str:
        tag = rf" \tag{{{found.number}}}" if found.number else ""
        return f"```math\n{latex.display(found.formulas)}{tag}\n```\n"

    def write_listing(self, found: Listing) -> str:
        return f"```text\n{found.text}\n```\n"

    def write_grid(self, found: Grid) -> str:
        columns = len(found.rows[0])
        head = found.head or ((),) * columns
        lines = [self._cells(head), "|".join(["", *["---"] * columns, ""]), *map(self._cells, found.rows)]
        return "\n".join(lines) + "\n"

    def _cells(self, cells: tuple[Runs, ...]) -> str:
        return f"| {' | '.join(self.runs(cell).replace(chr(10), ' ') for cell in cells)} |"

    def write_figure(self, found: Figure) -> str:
        return ""

    def write_claim(self, found: Claim) -> str:
        return self._theorem(found, f" — {found.verdict.value}")

    def write_lemma(self, found: Lemma) -> str:
        return self._theorem(found, "")

    def _theorem(self, found: Claim | Lemma, mark: str) -> str:
        name = f" ({self.runs(found.name)})" if found.name else ""
        title = f"### {self.text(str(found.heading))}{name}{mark}"
        proof = f"*{self.proof_heading(found)}.*\n\n{self.blocks(found.proof).strip()}\n\n∎\n" if found.proof else ""
        return f"{title}\n\n{self.blocks(found.body)}\n{proof}"

    def write_section(self, found: Section) -> str:
        title = " ".join(filter(None, (found.number, self.runs(found.title))))
        return f"## {title}\n\n{self.blocks(found.blocks)}"
