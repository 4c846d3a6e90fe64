"""Proofs about networks: the induction over words with its tables, and the cases of a region of parameters."""

from __future__ import annotations

from symlstm.kernel.statements import Counterexample
from symlstm.kernel.theorem import Theorem
from symlstm.report.argument import Numbering, key, shown
from symlstm.report.conclusions import formulas
from symlstm.report.document import Block, Grid, Paragraph, paragraph
from symlstm.report.formula import commas
from symlstm.report.margins import margin_table
from symlstm.report.notation import words
from symlstm.report.rules import filled
from symlstm.report.situations import equalities, kappa, situations, transitions


def leaves(theorem: Theorem) -> Grid:
    """The cases of a theorem about parameters: the signs assumed, and what holds under them."""
    rows = []
    for leaf in theorem.premises:
        signs = commas([line for p in sorted(leaf.hypotheses, key=str) for line in formulas(p)])
        found = leaf.conclusion
        wrong = found.words if isinstance(found, Counterexample) else None
        rows.append(((signs,), ("right",) if wrong is None else ("wrong on ", words(wrong))))
    return Grid((("case",), ("the network is",)), tuple(rows))


def lemma(theorem: Theorem, numbering: Numbering) -> tuple[str, tuple[Block, ...], tuple[Block, ...]]:
    """The induction over words: name, statement, proof."""
    found = theorem.conclusion
    pairs = len(found.automaton.situations) * len(found.system.words)
    where = (
        "for large k, with constants that may depend on the words" if found.k0 is None else f"for all k ≥ {found.k0}"
    )
    number = numbering.number(key(theorem))
    body = (*kappa(), *situations(found), *transitions(found), paragraph("Then"), shown(found, number))
    proof = filled(
        "By induction over the length of the word sequence. The initial state lies in the box of the empty sequence. For "
        f"each of the {pairs} pairs of a situation and a word, enclosures of all gates and of the new state are computed "
        f"from the box of the situation in exact rationals and outward-rounded balls, {where}; they lie in the box of the "
        "situation to which the table leads. A sigmoid whose pre-activation is {km} with {m} differs from its limit by at "
        "most {tail}, a tanh by at most {tanh tail}, enlarged by what the pre-activation itself is off."
    )
    return "situations", body, (Paragraph(proof), *margin_table(theorem), *equalities(found))
