"""A document, independent of the format it will be written in: a tree of blocks.

Writers turn every block and run of this module into their language, and nothing else.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from symlstm.proof.claims import Verdict
from symlstm.render.formulas.formula import Fence, Formula, Quoted, Row, Sign, Text


@dataclass(frozen=True)
class Reference:
    """The number of a displayed formula."""

    number: str


@dataclass(frozen=True)
class Link:
    """Plain text that leads to a place of the document: a claim or a section."""

    text: str
    target: str


@dataclass(frozen=True)
class Page:
    """The number of the page on which a place is, after a text; nothing in formats without pages."""

    target: str
    before: str = ""


@dataclass(frozen=True)
class Code:
    """A name or value printed as it is typed."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Plain text that stands out."""

    text: str


@dataclass(frozen=True)
class Heading:
    """How a claim or lemma is called: "Theorem", "S4"; cited by this name."""

    kind: str
    id: str

    def __str__(self) -> str:
        return " ".join(filter(None, (self.kind, self.id)))

    @property
    def anchor(self) -> str:
        """Its place, for links; empty for one without an id."""
        return anchor(self.id)


def anchor(id_: str) -> str:
    """The place of a claim, in letters that all formats take in a name."""
    plain = re.sub(r"[^A-Za-z0-9-]", lambda found: f"-{ord(found[0]):x}-", id_)
    return f"claim-{plain}" if id_ else ""


Run = str | Formula | Reference | Link | Page | Code | Strong  # plain text, or mathematics in the line
Runs = tuple[Run, ...]


FAILED = "Failed claim"  # one whose script raised, whatever its verdict
KINDS = {Verdict.PROVED: "Theorem", Verdict.REFUTED: "Refuted claim", Verdict.OPEN: "Open claim"}


@dataclass(frozen=True)
class Paragraph:
    runs: Runs


@dataclass(frozen=True)
class Display:
    """Formulas under each other, with one number if it is not empty."""

    formulas: tuple[Formula, ...]
    number: str = ""


@dataclass(frozen=True)
class Listing:
    """Lines of plain text, kept as they are."""

    text: str


@dataclass(frozen=True)
class Grid:
    """A table. `head` may be empty; in `fine` print, much stands on a page."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]
    fine: bool = False


@dataclass(frozen=True)
class Figure:
    """A picture with its caption; left out by formats that hold text only."""

    svg: str
    caption: Runs


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict: what was proved or why it was not, and the proof of the theorem that says so."""

    heading: Heading
    name: Runs
    verdict: Verdict
    body: tuple[Block, ...]
    proof: tuple[Block, ...]

    @property
    def word(self) -> str:
        """The verdict in a word; of a claim that raised, "failed"."""
        return "failed" if self.heading.kind == FAILED else self.verdict.value


@dataclass(frozen=True)
class Lemma:
    """A theorem that claims rest on."""

    heading: Heading
    name: Runs
    body: tuple[Block, ...]
    proof: tuple[Block, ...]


@dataclass(frozen=True)
class Routine:
    """Steps that a reader may skip: folded in HTML, left out where a document is brief."""

    blocks: tuple[Block, ...]
    count: int = 1


@dataclass(frozen=True)
class Either:
    """A block that may speak of routine steps, and what stands in its place where they are left out."""

    full: Block
    brief: Block


@dataclass(frozen=True)
class Section:
    title: Runs
    blocks: tuple[Block, ...]
    number: str = ""

    @property
    def anchor(self) -> str:
        """Its place, for links."""
        return section_anchor(self.number)


def section_anchor(number: str) -> str:
    """The place of a section; empty for one without a number."""
    return f"section-{number}" if number else ""


@dataclass(frozen=True)
class Document:
    title: Runs
    blocks: tuple[Block, ...]


Block = Paragraph | Display | Listing | Grid | Figure | Claim | Lemma | Routine | Either | Section


def flush_right(found: Grid) -> list[bool]:
    """For each column whether it is set flush right: one of numbers under a head, but not the first."""
    headed = any(map(any, found.head))
    return [headed and n > 0 and _is_numeric(column) for n, column in enumerate(zip(*found.rows, strict=True))]


def _is_numeric(column: Sequence[Runs]) -> bool:
    """Whether the cells of a column are numbers and the like."""
    cells = [runs for runs in column if runs not in ((), ("",))]
    return (
        bool(cells)
        and all(len(runs) == 1 and not isinstance(runs[0], str | Code | Strong) for runs in cells)
        and not any(map(_has_words, cells))
    )


def _has_words(runs: Runs) -> bool:
    inner = (run.parts if isinstance(run, Row) else (run.body,) if isinstance(run, Fence) else () for run in runs)
    return any(isinstance(run, Text | Quoted) or run in (Sign("varepsilon"), Sign("->")) for run in runs) or any(
        map(_has_words, inner)
    )


def paragraph(*runs: Run) -> Paragraph:
    return Paragraph(tuple(runs))


def listed(items: Sequence[Runs], word: str = "and") -> Runs:
    """a, b and c."""
    joined: list[Run] = []
    for n, item in enumerate(items):
        joined += [f" {word} " if n == len(items) - 1 else ", "] if n else []
        joined += item
    return tuple(joined)


def citations(items: Iterable[Runs]) -> Runs:
    """What is cited, each once: numbers first and in order, three or more in a row as (1.3)-(1.5), then the rest."""
    once = dict.fromkeys(items)
    numbers = sorted((run.number for [run, *more] in once if isinstance(run, Reference) and not more), key=_order)
    blocks: list[list[str]] = []
    for number in numbers:
        if (
            blocks
            and _order(blocks[-1][-1])[:-1] == _order(number)[:-1]
            and _order(blocks[-1][-1])[-1] + 1 == _order(number)[-1]
        ):
            blocks[-1].append(number)
        else:
            blocks.append([number])
    cited: list[Runs] = []
    for block in blocks:
        whole: Runs = (Reference(block[0]), "–", Reference(block[-1]))
        cited += [whole] if len(block) > 2 else [(Reference(number),) for number in block]
    return listed([*cited, *(runs for runs in once if not (len(runs) == 1 and isinstance(runs[0], Reference)))])


def _order(number: str) -> tuple[int, ...]:
    return tuple(map(int, number.split(".")))
