"""One section of a document: the claims of a script or file, with their settings, statements and proofs."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from flint import fmpq
from sympy import Expr, Symbol, tanh

from symlstm.kernel.logic.propositions import Proposition
from symlstm.kernel.networks.families import Families
from symlstm.kernel.networks.machines import Machine
from symlstm.kernel.networks.regions import Cells
from symlstm.kernel.networks.statements import (
    Bracket,
    Computes,
    ErrorBound,
    Invariant,
    StepTable,
    System,
    Trace,
    WeightedAutomaton,
)
from symlstm.kernel.theorem import Theorem, walk
from symlstm.proof.claims import Note, Result, Verdict, Witness
from symlstm.render.derivation.argument import Argument, shown
from symlstm.render.derivation.example import example
from symlstm.render.derivation.network_argument import family_lemma, leaves, lemma
from symlstm.render.derivation.numbering import Ledger, fingerprint, key
from symlstm.render.derivation.preamble import definitions, letters
from symlstm.render.derivation.rules import AGAIN, BECAUSE
from symlstm.render.derivation.setting import changes, matrices, setting, specification
from symlstm.render.derivation.situations import grid
from symlstm.render.derivation.unfinished import left
from symlstm.render.documents.document import (
    FAILED,
    KINDS,
    Block,
    Claim,
    Code,
    Grid,
    Heading,
    Lemma,
    Listing,
    Paragraph,
    Run,
    Runs,
    Section,
    Strong,
    listed,
    paragraph,
)
from symlstm.render.documents.inline import prose, runs
from symlstm.render.formulas.formula import Quoted, row
from symlstm.render.statements.abbreviations import Abbreviations, using
from symlstm.render.statements.evidence import in_a_line
from symlstm.render.statements.quantities import decimal, number
from symlstm.render.statements.specifications import counts
from symlstm.render.statements.written import written

FALSE = "This claim is false, for it is true that"
KAPPA = Symbol("kappa", real=True)


def checked(result: Result) -> Iterator[Block]:
    """By what the theorem was checked beside the kernel, and its statement in Rocq."""
    if result.recheck is not None and result.recheck.by:
        said = "Proved" if result.outcome.verdict is Verdict.PROVED else "The theorem that refutes it is proved"
        yield Paragraph((f"{said}; checked by ", *listed([(name,) for name in result.recheck.by]), "."))
    if result.rocq:
        yield paragraph("The statement in Rocq:")
        yield Listing(result.rocq)


@dataclass(frozen=True)
class Part:
    """A section to be: a script or file, its introduction, its claims as they were run, and letters for what recurs."""

    title: str
    introduction: str
    results: tuple[Result, ...]
    notes: tuple[Note, ...] = ()
    notation: Mapping[Symbol, Expr] = field(default_factory=dict)
    is_script: bool = True  # its prose may have mathematics in it


class Chapter:
    """Writes one part; what was told before, here or in earlier parts, is cited."""

    def __init__(self, part: Part, ledger: Ledger) -> None:
        self.part, self.ledger = part, ledger
        self._recalled: set[Any] = set()

    def section(self) -> Section:
        """The whole section. The letters that its claims used are defined at its beginning."""
        with using(Abbreviations(self._notation())) as abbreviations:
            blocks = [block for result in self.part.results for block in self.claim(result)]
            notation = [*letters(self.part.results), *definitions(abbreviations)]
        head = prose(self.part.introduction) if self.part.introduction else ()
        return Section(self.text(self.part.title), (*head, *notation, *blocks, *self.notes()))

    def _notation(self) -> dict[Symbol, Expr]:
        """The script's own, those of earlier parts, and kappa for tanh(1) unless kappa means something else."""
        taken = {symbol.name for result in self.part.results for symbol in _symbols(result)}
        ours = {} if KAPPA.name in taken else {KAPPA: tanh(1)}
        self.ledger.notation |= self.part.notation
        return {symbol: whole for symbol, whole in self.ledger.notation.items() if symbol.name not in taken} | ours

    def text(self, plain: str) -> Runs:
        """Words of the part's author."""
        return runs(plain) if self.part.is_script else (plain,)

    def notes(self) -> Iterator[Block]:
        """What the script remarks in prose."""
        if self.part.notes:
            yield paragraph("Notes, which claim nothing and prove nothing:")
        for note in self.part.notes:
            yield Paragraph((Strong(f"{note.id}."), " (", *self.text(note.place), ") ", *self.text(note.text)))

    def claim(self, result: Result) -> Iterator[Block]:
        """The setting of its network, if it is new, and the claim."""
        outcome, theorem = result.outcome, result.outcome.theorem
        kind = KINDS[outcome.verdict] if result.error is None else FAILED
        heading = Heading(kind, result.claim.id if result.claim.id != result.claim.name else "")
        before = None
        if theorem is not None:
            yield from self.setting(theorem, heading)
            before = self.ledger.tell(key(theorem), heading)
        body = [*self.claimed(result)]
        if theorem is not None:
            body += self.statement(theorem, outcome.verdict, before)
        body += checked(result)
        if outcome.witness is not None:
            body.append(self.witness(outcome.witness))
        body += left(outcome.goals) if outcome.goals else self.reason(outcome.reason, outcome.verdict)
        if result.error is not None:
            body.append(Paragraph(("Trying it raised ", Code(f"{type(result.error).__name__}: {result.error}"), ".")))
        proof = [] if theorem is None else [*self.proof(theorem, outcome.verdict, heading, before)]
        yield Claim(heading, self.text(result.claim.name), outcome.verdict, tuple(body), tuple(proof))

    def claimed(self, result: Result) -> Iterator[Block]:
        """What was claimed, where it is not proved: in the words of its script, and as a formula where it was stated."""
        if result.outcome.verdict is Verdict.PROVED:
            return
        name = "" if result.claim.id == result.claim.name else result.claim.name
        said = runs(result.claim.statement) if result.claim.statement else self.text(name)
        if any(said):
            yield Paragraph(("The claim: ", *said, "."))
        goal = result.claimed
        if goal is not None:
            yield paragraph("That is" if any(said) else "The claim")
            yield shown(goal)

    def reason(self, reason: str, verdict: Verdict) -> Iterator[Block]:
        """Why a claim is open, or what is right in place of what was refuted."""
        if reason and verdict is Verdict.OPEN:
            yield Paragraph(("It is open: ", *self.text(reason.removesuffix(".")), "."))
        elif reason:
            yield Paragraph((*self.text(_capital(reason.removesuffix("."))), "."))

    def setting(self, theorem: Theorem, heading: Heading) -> Iterator[Block]:
        """The network, its situations and its specification, each once a document."""
        for step in [theorem] if isinstance(theorem.conclusion, Cells) else walk(theorem):
            found = step.conclusion
            if isinstance(system := getattr(found, "system", None), System):
                yield from self.network(system, heading)
            if isinstance(found, Invariant | Families) and key(step) not in self.ledger.known:
                yield self._lemma(step, heading)
            if (specified := getattr(found, "specification", None)) is not None:
                yield from self._specification(specified, heading)

    def _lemma(self, step: Theorem, heading: Heading) -> Lemma:
        """The induction over words that a theorem rests on."""
        if isinstance(step.conclusion, Families):
            return Lemma(Heading("Lemma", ""), self._of_network("families", heading), *family_lemma(step, self.ledger))
        rates = () if step.conclusion.k0 is None else (", with errors",)
        name = (*self._of_network("situations", heading), *rates)
        return Lemma(Heading("Lemma", ""), name, *lemma(step, self.ledger))

    def _of_network(self, what: str, heading: Heading) -> Runs:
        """The name of the lemma on a network's situations: of the claim that it is needed for first, or of its file."""
        if heading.id or not self.part.title:
            return (f"the {what} of the network{f' of {heading}' * bool(heading.id)}",)
        return (f"the {what} of the network “", *self.text(self.part.title), "”")

    def _specification(self, found: WeightedAutomaton | Machine, heading: Heading) -> Iterator[Block]:
        before = self.ledger.tell(fingerprint(found), heading)
        if before is None:
            self._recalled.add(fingerprint(found))
            yield from specification(found)
        else:
            yield from self._once(found, [paragraph(f"The specification S is that of {before}.")])

    def network(self, system: System, heading: Heading) -> Iterator[Block]:
        """A network in full, or by what it changes in one that was told."""
        told = [(place, known) for known, place in self.ledger.systems]
        before = self.ledger.tell(fingerprint(system), heading)
        if before is not None:
            yield from self._once(system, [paragraph(f"The network is that of {before}.")])
            return
        self._recalled.add(fingerprint(system))
        self.ledger.systems.append((system, heading))
        yield from next(
            (list(blocks) for place, known in told if (blocks := changes(system, known, place))), setting(system)
        )

    def _once(self, thing: Any, blocks: list[Paragraph]) -> Iterator[Block]:
        """Recalls something of an earlier section."""
        if fingerprint(thing) not in self._recalled:
            self._recalled.add(fingerprint(thing))
            yield from blocks

    def statement(self, theorem: Theorem, verdict: Verdict, before: Heading | None) -> list[Block]:
        """Assumptions, and what holds under them."""
        false = verdict is Verdict.REFUTED
        if false and before is not None:
            what = str(before) if before.kind == KINDS[Verdict.PROVED] else f"what was shown under {before}"
            return [paragraph(f"This claim is false: it contradicts {what}.")]
        new, cited = Argument(theorem, self.ledger).assumptions()
        blocks: list[Block] = [paragraph("Let"), *new] if new else []
        found = theorem.conclusion
        opening: list[Run] = ["Under ", *cited, ","] if cited else []
        if false:
            opening = ["This claim is false, for under ", *cited, " it is true that"] if cited else [FALSE]
        if isinstance(found, StepTable):
            start = (*opening, " at") if opening else ("At",)
            return [
                *blocks,
                Paragraph((*start, " every step of every word sequence", *scales(found.k0), ":")),
                grid(found),
            ]
        blocks += [Paragraph(tuple(opening))] if opening else []
        fresh = not isinstance(found, Proposition) and key(theorem) not in self.ledger.known
        return [
            *blocks,
            shown(found, self.ledger.number(key(theorem)) if fresh else self.ledger.known.get(key(theorem), "")),
        ]

    def proof(self, theorem: Theorem, verdict: Verdict, heading: Heading, before: Heading | None) -> Iterator[Block]:
        """The steps; for theorems about a network what its last rule does, and an example in full."""
        if before is not None:
            if verdict is Verdict.PROVED:
                yield paragraph(
                    f"This is {before}." if before.kind == heading.kind else f"This was shown under {before}."
                )
            return
        argument = Argument(theorem, self.ledger)
        if isinstance(theorem.conclusion, Proposition):
            yield from [*argument.steps(), *argument.ending()]
            return
        if isinstance(theorem.conclusion, Bracket):  # compares exact bounds that would look alike when rounded
            theorem = theorem.premises[0]
        elif not isinstance(theorem.conclusion, Cells):
            yield from argument.steps()
        yield from self.because(theorem, argument, heading)

    def because(self, theorem: Theorem, argument: Argument, heading: Heading) -> Iterator[Block]:
        """The last step; in full the first time, by comparison from then on."""
        first = self.ledger.tell(theorem.rule, heading)
        if first is None or theorem.rule not in AGAIN:
            yield argument.because(theorem, BECAUSE)
        else:
            yield argument.because(theorem, AGAIN | {theorem.rule: AGAIN[theorem.rule].replace("{first}", str(first))})
        found = theorem.conclusion
        if isinstance(found, Cells):
            yield from leaves(theorem)
        if isinstance(found, Computes) and first is None and counts(found.specification):
            yield from matrices(found.specification)
        if isinstance(found, Trace):
            [premise] = theorem.premises
            yield from example(found, premise.conclusion, self._bound(found))

    def _bound(self, found: Trace) -> Theorem | None:
        """A bound in this section on the error of the same readout."""
        theorems = [result.outcome.theorem for result in self.part.results]
        bounds = [t for t in theorems if t is not None and isinstance(t.conclusion, ErrorBound)]
        same = [t for t in bounds if t.conclusion.system is found.system and t.conclusion.readout == found.readout]
        return same[0] if same else None

    def witness(self, found: Witness) -> Grid:
        """Where a claim fails, as a table of names and values."""
        named = {"found": found.limit, "claimed": found.specified, "value": found.value} | found.details
        rows = [(runs(name), exact(text)) for name, text in named.items() if text]
        read: list[tuple[Runs, ...]] = [(("words",), (Quoted(in_a_line(found.words)),))] if found.words else []
        return Grid((), (*read, *rows))


def _symbols(result: Result) -> set[Symbol]:
    said = (
        []
        if result.outcome.theorem is None
        else [result.outcome.theorem.conclusion, *result.outcome.theorem.hypotheses]
    )
    return {symbol for p in said for symbol in _named(p)}


def _named(said: Any) -> set[Symbol]:
    if isinstance(said, Proposition):
        return set(written(said).atoms(Symbol))
    system = getattr(said, "system", None)
    return set() if system is None else {system.scale, *system.parameters}


def exact(text: str) -> Runs:
    """A value of a witness: a decimal as a number, everything else with its mathematics."""
    return (decimal(text),) if re.fullmatch(r"-?\d+(\.\d+)?(e[+-]?\d+)?", text) else runs(text)


def scales(k0: fmpq | None) -> Runs:
    """The scales for which a table speaks."""
    return (" as ", row("k", "->", "oo")) if k0 is None else (" and for all ", row("k", ">=", number(k0)))


def _capital(text: str) -> str:
    """A sentence's beginning, but for a letter of mathematics or a number."""
    return text[0].upper() + text[1:] if text[:2].isalpha() else text
