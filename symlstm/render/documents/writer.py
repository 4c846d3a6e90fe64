"""What the writers share: a visitor with one method a kind of block and a kind of run."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator

from symlstm.proof.claims import Verdict
from symlstm.render.documents.document import (
    Block,
    Claim,
    Code,
    Display,
    Document,
    Either,
    Figure,
    Grid,
    Lemma,
    Link,
    Listing,
    Page,
    Paragraph,
    Reference,
    Routine,
    Run,
    Runs,
    Section,
    Strong,
)
from symlstm.render.documents.flat import flat
from symlstm.render.formulas.formula import Formula


class Writer(ABC):
    """Turns a document into text. Every format says how each block and run is written."""

    suffix: str
    is_brief = False  # without routine steps
    folds = False  # routine steps, so that a reader opens them

    def __init__(self) -> None:
        self._placed: set[str] = set()

    def is_first(self, number: str) -> bool:
        """Whether a numbered formula stands here first: links lead there, not to where it stands again."""
        new = bool(number) and number not in self._placed
        self._placed.add(number)
        return new

    def document(self, found: Document) -> str:
        """The whole document, to be read by itself."""
        return self.whole(found, self.blocks(found.blocks))

    def blocks(self, found: Iterable[Block]) -> str:
        """Blocks one after the other; also what goes into another document."""
        return "\n".join(filter(None, map(self.block, self.chosen(found))))

    def chosen(self, found: Iterable[Block]) -> Iterator[Block]:
        """The blocks that are written, with or without routine steps."""
        for block in found:
            if isinstance(block, Either):
                yield block.brief if self.is_brief else block.full
            elif isinstance(block, Routine) and not self.folds:
                yield from () if self.is_brief else self.chosen(block.blocks)
            else:
                yield block

    def block(self, found: Block) -> str:
        """One block."""
        return str(getattr(self, f"write_{type(found).__name__.lower()}")(found))

    def runs(self, found: Runs) -> str:
        """Text and mathematics in a line."""
        return "".join(map(self.run, found))

    def run(self, found: Run) -> str:
        """One run."""
        if isinstance(found, str):
            return self.text(found)
        if isinstance(found, Reference):
            return self.reference(found.number)
        if isinstance(found, Link):
            return self.link(found)
        if isinstance(found, Page):
            return self.page(found)
        if isinstance(found, Code):
            return self.code(found.text)
        return self.strong(found.text) if isinstance(found, Strong) else self.formula(found)

    def link(self, found: Link) -> str:
        """A link; in formats without links its text."""
        return self.text(found.text)

    def page(self, found: Page) -> str:
        """The number of a page; in formats without pages nothing."""
        return ""

    def proof_heading(self, found: Claim | Lemma) -> str:
        """Of what the proof is."""
        refuted = isinstance(found, Claim) and found.verdict is not Verdict.PROVED
        return "Proof of what is true" if refuted else "Proof"

    def plain(self, found: Runs) -> str:
        """Runs without any markup, for what a file says of itself."""
        return "".join(run if isinstance(run, str) else flat(run) for run in found)

    @abstractmethod
    def whole(self, found: Document, body: str) -> str: ...

    @abstractmethod
    def text(self, plain: str) -> str: ...

    @abstractmethod
    def code(self, plain: str) -> str: ...

    @abstractmethod
    def strong(self, plain: str) -> str: ...

    @abstractmethod
    def reference(self, number: str) -> str: ...

    @abstractmethod
    def formula(self, found: Formula) -> str: ...

    @abstractmethod
    def write_paragraph(self, found: Paragraph) -> str: ...

    @abstractmethod
    def write_display(self, found: Display) -> str: ...

    @abstractmethod
    def write_listing(self, found: Listing) -> str: ...

    @abstractmethod
    def write_grid(self, found: Grid) -> str: ...

    @abstractmethod
    def write_figure(self, found: Figure) -> str: ...

    @abstractmethod
    def write_claim(self, found: Claim) -> str: ...

    @abstractmethod
    def write_lemma(self, found: Lemma) -> str: ...

    @abstractmethod
    def write_section(self, found: Section) -> str: ...
