"""Proofs about networks: the induction over words with its tables, and the cases of a region of parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.regions import Cells
from symlstm.kernel.networks.statements import Counterexample, Invariant
from symlstm.kernel.parameters import assumed
from symlstm.kernel.theorem import Theorem
from symlstm.render.derivation.argument import shown
from symlstm.render.derivation.margins import margin_table
from symlstm.render.derivation.numbering import Ledger, fingerprint, key
from symlstm.render.derivation.rules import FAMILIES, INDUCTION, INDUCTION_AGAIN, filled
from symlstm.render.derivation.situations import equalities, families, limit_of, registers, situations, transitions
from symlstm.render.documents.document import Block, Display, Grid, Heading, Paragraph, Reference, Runs, paragraph
from symlstm.render.formulas.breaking import packed
from symlstm.render.formulas.formula import Letter, Script, Text, row
from symlstm.render.statements.notation import term
from symlstm.render.statements.phrases import sequence
from symlstm.render.statements.spelling import words


def leaves(theorem: Theorem) -> Iterator[Block]:
    """The cases of a theorem about parameters: the sign of each form, and whether the network is right."""
    found: Cells = theorem.conclusion
    names = [Script(Letter("F"), row(str(n))) for n in range(1, len(found.walls) + 1)]
    forms = packed(row(name, "=", term(form)) for name, form in zip(names, found.walls, strict=True))
    yield Display(tuple(forms))
    head: list[Runs] = [*((name,) for name in names), ("the network is",)]
    rows = []
    for leaf in theorem.premises:
        verdict: Runs = ("right",)
        if isinstance(leaf.conclusion, Counterexample):
            verdict = ("wrong on ", words(leaf.conclusion.words))
        rows.append((*(_sign(form, leaf) for form in found.walls), verdict))
    yield Grid(tuple(head), tuple(rows))


def _sign(form: Term, leaf: Theorem) -> Runs:
    """Which sign of a form the case assumes; empty if it needs none."""
    if assumed(form) in leaf.hypotheses:
        return (row("+"),)
    return (row("-"),) if assumed(-form) in leaf.hypotheses else ("",)


def lemma(theorem: Theorem, ledger: Ledger) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The induction over words: statement and proof."""
    found: Invariant = theorem.conclusion
    before = ledger.machines.get(_machine(found))
    number = ledger.number(key(theorem))
    ledger.machines.setdefault(_machine(found), number)
    if before is not None:
        return _in_the_limit(theorem, before, number)
    said = (paragraph("At every moment the state is near these limits:"), shown(found, number))
    if found.k0 is None:
        said = (paragraph("As ", row("k", "->", "oo"), ", for every word sequence"), _limits(number))
    body = (*situations(found), *transitions(found), *registers(found), *said)
    return body, (_induction(theorem, ledger, number), *margin_table(theorem), *equalities(found))


def family_lemma(theorem: Theorem, ledger: Ledger) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The induction over words whose states have integers in their limits: statement and proof."""
    number = ledger.number(key(theorem))
    said = row(Text("the state tends to the limits of one of the families after "), sequence("t"))
    body = (*families(theorem.conclusion), Display((said,), number))
    return body, (Paragraph(filled(FAMILIES)),)


def _induction(theorem: Theorem, ledger: Ledger, number: str) -> Paragraph:
    """In full the first time."""
    found: Invariant = theorem.conclusion
    first = ledger.tell(theorem.rule, Heading("", number))
    pairs = str(len(found.automaton.situations) * len(found.system.words))
    text = (INDUCTION if first is None else INDUCTION_AGAIN).format(pairs=pairs)
    return Paragraph(filled(text, [] if first is None else [(Reference(first.id),)]))


def _machine(found: Invariant) -> Any:
    """What two inductions over the same situations share."""
    limits = [{symbol: limit_of(signal) for symbol, signal in q.box.items()} for q in found.automaton.situations]
    return fingerprint((found.system, [q.label for q in found.automaton.situations], found.automaton.step, limits))


def _in_the_limit(theorem: Theorem, before: str, number: str) -> tuple[tuple[Block, ...], tuple[Block, ...]]:
    """The same situations once more: only the limits, or at other scales."""
    start = paragraph("In the situations of ", Reference(before), ", for every word sequence")
    proof = paragraph("As for ", Reference(before), ", for the scales that are spoken of here.")
    if theorem.conclusion.k0 is not None:
        return (start, *registers(theorem.conclusion), shown(theorem.conclusion, number)), (proof,)
    return (start, _limits(number)), (proof,)


def _limits(number: str) -> Display:
    """That the state tends to the limits of its situation, and the registers change as stated."""
    return Display((row(Text("these are the limits after "), sequence("t"), Text(" and in the last step")),), number)
