"""A document, independent of the format it will be written in: a tree of blocks.

Writers turn every block and run of this module into their language, and nothing else.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from symlstm.claims import Verdict
from symlstm.report.formula import Formula


@dataclass(frozen=True)
class Reference:
    """The number of a displayed formula."""

    number: str


@dataclass(frozen=True)
class Code:
    """A name or value printed as it is typed."""

    text: str


@dataclass(frozen=True)
class Strong:
    """Plain text that stands out."""

    text: str


Run = str | Formula | Reference | Code | Strong  # plain text, or mathematics in the line
Runs = tuple[Run, ...]


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
    """A table. `head` may be empty."""

    head: tuple[Runs, ...]
    rows: tuple[tuple[Runs, ...], ...]


@dataclass(frozen=True)
class Figure:
    """A picture with its caption; left out by formats that hold text only."""

    svg: str
    caption: Runs


@dataclass(frozen=True)
class Claim:
    """A claim with its verdict: what was proved or why it was not, and the proof of the theorem that says so."""

    id: str
    name: str
    verdict: Verdict
    body: tuple[Block, ...]
    proof: tuple[Block, ...]


@dataclass(frozen=True)
class Lemma:
    """A theorem that claims rest on."""

    name: str
    body: tuple[Block, ...]
    proof: tuple[Block, ...]


@dataclass(frozen=True)
class Section:
    title: str
    blocks: tuple[Block, ...]
    level: int = 1


@dataclass(frozen=True)
class Document:
    title: str
    blocks: tuple[Block, ...]


Block = Paragraph | Display | Listing | Grid | Figure | Claim | Lemma | Section


def paragraph(*runs: Run) -> Paragraph:
    return Paragraph(tuple(runs))


def listed(items: Sequence[Runs], word: str = "and") -> Runs:
    """a, b and c."""
    joined: list[Run] = []
    for n, item in enumerate(items):
        joined += [f" {word} " if n == len(items) - 1 else ", "] if n else []
        joined += item
    return tuple(joined)


def prose(text: str) -> tuple[Block, ...]:
    """Paragraphs of a docstring; those that are indented are kept as they are."""
    parts = [part for part in text.strip("\n").split("\n\n") if part.strip()]
    return tuple(
        Listing("\n".join(line[4:] for line in part.strip("\n").splitlines()))
        if part.startswith("    ")
        else paragraph(" ".join(part.split()))
        for part in parts
    )
