"""From claims that were run to a document: sections, statements with their verdicts, proofs, and what they rest on."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from symlstm.claims import Note, Result, Verdict, Witness
from symlstm.kernel.propositions import Proposition
from symlstm.kernel.regions import Cells
from symlstm.kernel.statements import Computes, Counterexample, ErrorBound, Invariant, StepTable, Trace
from symlstm.kernel.theorem import Theorem, walk
from symlstm.report.argument import Argument, Numbering, key, shown
from symlstm.report.conclusions import after
from symlstm.report.document import (
    Block,
    Claim,
    Code,
    Document,
    Grid,
    Lemma,
    Paragraph,
    Run,
    Section,
    Strong,
    paragraph,
    prose,
)
from symlstm.report.example import example
from symlstm.report.formula import row
from symlstm.report.front import foundations, letters, overview, reading
from symlstm.report.network_argument import leaves, lemma
from symlstm.report.rules import BECAUSE
from symlstm.report.setting import setting, specification
from symlstm.report.situations import grid

TITLE = "Hand-built recurrent networks: statements and proofs"


@dataclass(frozen=True)
class Part:
    """A section to be: a script or file, its introduction, and its claims as they were run."""

    title: str
    introduction: str
    results: tuple[Result, ...]
    notes: tuple[Note, ...] = ()


def document(parts: Sequence[Part], title: str = TITLE) -> Document:
    """Everything in one document."""
    single = len(parts) == 1
    sections = [Chapter(part, "" if single else f"{n}.").section() for n, part in enumerate(parts, 1)]
    results = [result for part in parts for result in part.results]
    front = [*reading(results), *overview(results)]
    return Document(parts[0].title if single and parts[0].title else title, (*front, *sections, *foundations(results)))


class Chapter:
    """One section: numbers its formulas and tells each network's setting once."""

    def __init__(self, part: Part, prefix: str) -> None:
        self.part, self.numbering = part, Numbering(prefix)
        self._told: list[Any] = []

    def section(self) -> Section:
        blocks = [block for result in self.part.results for block in self.claim(result)]
        return Section(
            self.part.title, (*prose(self.part.introduction), *letters(self.part.results), *blocks, *self.notes())
        )

    def notes(self) -> Iterator[Block]:
        """What the script remarks in prose."""
        if self.part.notes:
            yield paragraph("Notes, which claim nothing and prove nothing:")
        for note in self.part.notes:
            yield paragraph(Strong(f"{note.id} ({note.place})."), f" {note.text}")

    def claim(self, result: Result) -> Iterator[Block]:
        """The setting of its network, if it is new, and the claim."""
        outcome, theorem = result.outcome, result.outcome.theorem
        body: list[Block] = []
        proof: list[Block] = []
        if theorem is not None:
            yield from self.setting(theorem)
        if outcome.verdict is not Verdict.PROVED:
            body += [paragraph(claimed(result))] if claimed(result) else []
        if theorem is not None:
            body += self.statement(theorem, outcome.verdict)
        if outcome.witness is not None:
            body += witness(outcome.witness)
        if outcome.reason:
            body.append(paragraph("Reason: ", outcome.reason))
        if theorem is not None:
            proof += self.proof(theorem)
        yield Claim(result.claim.id, result.claim.name, outcome.verdict, tuple(body), tuple(proof))

    def setting(self, theorem: Theorem) -> Iterator[Block]:
        """The network, its situations and its specification, each once a section."""
        for step in [theorem] if isinstance(theorem.conclusion, Cells) else walk(theorem):
            found = step.conclusion
            if isinstance(found, Invariant | Cells) and self._new(found.system):
                yield from setting(found.system)
            if isinstance(found, Invariant) and self._new(found):
                yield Lemma(*lemma(step, self.numbering))
            if isinstance(found, Computes | Counterexample | Cells) and self._new(found.specification):
                yield from specification(found.specification)

    def _new(self, thing: Any) -> bool:
        if any(thing is told for told in self._told):
            return False
        self._told.append(thing)
        return True

    def statement(self, theorem: Theorem, verdict: Verdict) -> list[Block]:
        """Assumptions, and what holds under them."""
        new, cited = Argument(theorem, self.numbering).assumptions()
        blocks: list[Block] = [paragraph("Let"), *new] if new else []
        opening: list[Run] = ["Under ", *cited, ", "] if cited else []
        truth = "what is true is this:" if verdict is Verdict.REFUTED else ""
        if opening or truth:
            blocks.append(Paragraph((*opening, truth) if truth else (*opening[:-1], ":")))
        found = theorem.conclusion
        if isinstance(found, StepTable):
            scales = after(found.k0)
            return [*blocks, Paragraph(("At every step of every word sequence", row(*scales), ":")), grid(found)]
        if isinstance(found, Proposition):
            return [*blocks, shown(found)]
        return [*blocks, shown(found, self.numbering.number(key(theorem)))]

    def proof(self, theorem: Theorem) -> list[Block]:
        """The steps; for theorems about a network what its last rule does, and an example in full."""
        argument = Argument(theorem, self.numbering)
        if isinstance(theorem.conclusion, Proposition):
            return [*argument.steps(), *argument.ending()]
        if isinstance(theorem.conclusion, Cells):
            return [argument.because(theorem, BECAUSE), leaves(theorem)]
        steps = list(argument.steps())
        blocks: list[Block] = [*steps, argument.because(theorem, BECAUSE)]
        if isinstance(theorem.conclusion, Trace):
            [premise] = theorem.premises
            blocks += example(theorem.conclusion, premise.conclusion, self._bound(theorem.conclusion))
        return blocks

    def _bound(self, found: Trace) -> Theorem | None:
        """A bound in this section on the error of the same readout."""
        theorems = [result.outcome.theorem for result in self.part.results]
        bounds = [t for t in theorems if t is not None and isinstance(t.conclusion, ErrorBound)]
        same = [t for t in bounds if t.conclusion.system is found.system and t.conclusion.readout == found.readout]
        return same[0] if same else None


def claimed(result: Result) -> str:
    """What was claimed, in the words of its script."""
    return result.claim.statement or ("" if result.claim.id == result.claim.name else result.claim.name)


def witness(found: Witness) -> Iterator[Block]:
    """Where a claim fails, as a table of names and values."""
    entries = {"words": " ".join(found.words) or "(none)"} if found.words is not None else {}
    named = {"found": found.limit, "claimed": found.specified, "value": found.value} | found.details
    entries |= {key: text for key, text in named.items() if text}
    rows = tuple(((key,), (Code(text),)) for key, text in entries.items())
    yield Grid((), rows)
