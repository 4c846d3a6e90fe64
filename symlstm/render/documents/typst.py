"""Documents in Typst, for a PDF without TeX. Formulas are printed from their trees, as in LaTeX.

Plain text goes in as Typst strings, so nothing in it is read as markup; what the fonts that
come with Typst lack is written by its code point, U+4E2D.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import zip_longest
from typing import Any

from symlstm.proof.claims import Verdict
from symlstm.render.documents.document import (
    Block,
    Claim,
    Display,
    Document,
    Figure,
    Grid,
    Lemma,
    Link,
    Listing,
    Page,
    Paragraph,
    Section,
    flush_right,
    paragraph,
)
from symlstm.render.documents.writer import Writer
from symlstm.render.formulas.breaking import Line, Opening, lines
from symlstm.render.formulas.formula import (
    Fence,
    Formula,
    Letter,
    Matrix,
    Named,
    Number,
    Quoted,
    Quotient,
    Row,
    Script,
    Sign,
    Text,
)
from symlstm.render.formulas.latex import LATIN, MATHEMATICAL

PUNCTUATION = "–—“”‘’…∎"
FOREIGN = re.compile(rf"[^\x00-\x7f{''.join([*sorted(LATIN), *MATHEMATICAL])}{PUNCTUATION}]")
COLOURS = {Verdict.PROVED: "#1a6b45", Verdict.REFUTED: "#a4262c", Verdict.OPEN: "#8a5a00"}
PREAMBLE = """#set document(title: {title}, date: none)
#set page(paper: "a4", margin: 26mm, numbering: "1")
#set text(font: "New Computer Modern", size: 11pt, lang: "en")
#set par(justify: true, leading: 0.62em, spacing: 0.8em)
#show heading: set block(above: 1.6em, below: 0.9em)
#show math.equation.where(block: true): set block(spacing: 0pt)
#show raw: set text(font: "DejaVu Sans Mono", size: 8.5pt)
#let shown(body, number) = block(width: 100%, breakable: false, above: 0.75em, below: 0.85em,
  grid(columns: (1fr, auto, 1fr), align: (left, center + horizon, right + horizon), [], body, number))
#let claim(kind, name, colour, body) = block(width: 100%, above: 1.4em, below: 0.8em, inset: (left: 0.9em),
  stroke: (left: 2pt + rgb(colour)),
  [#block(sticky: true, below: 0.7em)[*#kind* #name.] #body])
#let proof(kind, body) = block(width: 100%, above: 0.6em, below: 1.4em, [_#kind._ #body #h(1fr) $square.stroked$])
#let rows(aligned, headed, ..cells) = align(center, text(size: 9.5pt, table(
  columns: aligned.len(), stroke: none, align: aligned,
  inset: (x: 0.55em, y: 0.32em), ..if headed {{ (table.hline(stroke: 0.6pt),) }}, ..cells,
  ..if headed {{ (table.hline(stroke: 0.6pt),) }})))
#align(center, text(size: 17pt)[{heading}])
#v(1em)
"""


def string(plain: str) -> str:
    """A Typst string of the text."""
    drawn = "".join(character if character.isprintable() else " " for character in plain)
    return '"' + drawn.replace("\\", "\\\\").replace('"', '\\"') + '"'


def foreign(source: str) -> frozenset[str]:
    """The characters of Typst source for which it brings no font along."""
    return frozenset(FOREIGN.findall(source))


def coded(source: str, printable: frozenset[str] = frozenset()) -> str:
    """The source with the foreign characters that are not printable by their numbers, U+4E2D."""
    return FOREIGN.sub(lambda found: found[0] if found[0] in printable else f"U+{ord(found[0]):04X}", source)


def formula(tree: Formula | Opening) -> str:
    """One formula in Typst's mathematics."""
    return _NODES[type(tree)](tree)


def display(trees: Sequence[Formula]) -> str:
    """Formulas under each other, with the same lines as in LaTeX."""
    broken = [(pieces, n) for tree in trees for n, pieces in enumerate(lines(tree))]
    return "$ " + " \\\n  ".join(_line(pieces, n) for pieces, n in broken) + " $"


def _line(pieces: Line, number: int) -> str:
    return "& " + ("quad quad " if number else "") + " ".join(map(formula, pieces))


def _script(tree: Script) -> str:
    base = _operator(tree.base) if tree.limits else formula(tree.base)
    below = "" if tree.below is None else f"_({formula(tree.below)})"
    above = "" if tree.above is None else f"^({formula(tree.above)})"
    return f"{base}{below}{above}"


def _operator(base: Formula) -> str:
    return f'op("{base.text}", limits: #true)' if isinstance(base, Named) else f"limits({formula(base)})"


def _fence(tree: Fence) -> str:
    left, right = ("|", "|") if tree.marks == "||" else (f"\\{tree.marks[0]}", f"\\{tree.marks[1]}")
    return f"lr({left} {formula(tree.body)} {right})"


def _matrix(tree: Matrix) -> str:
    return "mat(" + "; ".join(", ".join(formula(entry) for entry in entries) for entries in tree.rows) + ")"


_NODES: dict[type, Callable[[Any], str]] = {
    Letter: lambda tree: tree.text if tree.text.isalpha() else f"\\{tree.text}",
    Number: lambda tree: tree.text,
    Sign: lambda tree: tree.spelling.typst,
    Named: lambda tree: f'op("{tree.text}")',
    Text: lambda tree: f"#{string(tree.text)};",
    Quoted: lambda tree: f"#{string(tree.text)};",
    Row: lambda tree: " ".join(map(formula, tree.parts)),
    Script: _script,
    Quotient: lambda tree: f"({formula(tree.top)})/({formula(tree.bottom)})",
    Fence: _fence,
    Matrix: _matrix,
    Opening: lambda tree: f"\\{tree.mark}",
}


class TypstWriter(Writer):
    """Typst source."""

    suffix = "typ"

    def __init__(self, steps: bool = False) -> None:
        """With `steps` it has the routine ones too."""
        super().__init__()
        self.is_brief = not steps

    def whole(self, found: Document, body: str) -> str:
        return PREAMBLE.format(title=string(self.plain(found.title)), heading=self.runs(found.title)) + body + "\n"

    def blocks(self, found: Iterable[Block]) -> str:
        """The first paragraph may stand beside a heading; further ones stay with what they introduce."""
        first, *rest = [*self.chosen(found)] or [paragraph("")]
        kept = [self.block(first), *self._kept(rest)] if isinstance(first, Paragraph) else self._kept([first, *rest])
        return "\n".join(filter(None, kept))

    def _kept(self, found: Sequence[Block]) -> Iterator[str]:
        """A paragraph before a formula or table goes to its page."""
        for block, after in zip_longest(found, found[1:]):
            introduces = isinstance(block, Paragraph) and isinstance(after, Display | Grid | Listing)
            yield f"#block(sticky: true)[{self.block(block)}]" if introduces else self.block(block)

    def text(self, plain: str) -> str:
        return f"#{string(plain)};" if plain else ""

    def code(self, plain: str) -> str:
        return f"#raw({string(plain)});"

    def strong(self, plain: str) -> str:
        return f"#strong({string(plain)});"

    def link(self, found: Link) -> str:
        return f"#link(<{found.target}>, {string(found.text)});" if found.target else self.text(found.text)

    def page(self, found: Page) -> str:
        if not found.target:
            return ""
        return f"{self.text(found.before)}#context counter(page).at(<{found.target}>).first();"

    def reference(self, number: str) -> str:
        return f"#link(<eq-{number}>, {string(f'({number})')});"

    def formula(self, found: Formula) -> str:
        return f"${formula(found)}$"

    def write_paragraph(self, found: Paragraph) -> str:
        return f"\n{self.runs(found.runs)}\n"

    def write_display(self, found: Display) -> str:
        number = self.text(f"({found.number})") if found.number else ""
        label = f" <eq-{found.number}>" if self.is_first(found.number) else ""
        return f"#shown({display(found.formulas)}, [{number}]){label}"

    def write_listing(self, found: Listing) -> str:
        return f"#block(inset: (left: 1.5em), raw({_raw(found.text)}))"

    def write_grid(self, found: Grid) -> str:
        headed = any(map(any, found.head))
        head = (
            "table.header(" + ", ".join(f"[{self.runs(c)}]" for c in found.head) + ", table.hline(stroke: 0.4pt)), "
            if headed
            else ""
        )
        cells = ",\n".join(", ".join(f"[{self.runs(cell)}]" for cell in row) for row in found.rows)
        aligned = "".join("right, " if right else "left, " for right in flush_right(found))
        return f"#rows(({aligned}), {str(headed).lower()}, {head}\n{cells})"

    def write_figure(self, found: Figure) -> str:
        return f'#figure(image(bytes({_raw(found.svg)}), format: "svg"), caption: [{self.runs(found.caption)}])'

    def write_claim(self, found: Claim) -> str:
        return self._theorem(found, COLOURS[found.verdict])

    def write_lemma(self, found: Lemma) -> str:
        return self._theorem(found, COLOURS[Verdict.PROVED])

    def _theorem(self, found: Claim | Lemma, colour: str) -> str:
        name, body = f"[({self.runs(found.name)})]" if found.name else "[]", "\n".join(self._kept(found.body))
        claim = f'#claim({string(str(found.heading))}, {name}, "{colour}")[{body}]'
        proof = f"#proof({string(self.proof_heading(found))})[{self.blocks(found.proof)}]" if found.proof else ""
        label = f" <{found.heading.anchor}>" if found.heading.anchor else ""
        return f"{claim}{label}\n{proof}"

    def write_section(self, found: Section) -> str:
        title = self.text(f"{found.number}  " if found.number else "") + self.runs(found.title)
        label = f" <{found.anchor}>" if found.anchor else ""
        return f"#heading(level: 1)[{title}]{label}\n{self.blocks(found.blocks)}"


def _raw(text: str) -> str:
    """A string of several lines."""
    return "\n".join(map(string, text.splitlines())).replace('"\n"', "\\n")
