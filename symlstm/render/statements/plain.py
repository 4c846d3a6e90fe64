"""Theorems as plain readable mathematics: the flat form of their formulas, in ASCII but for the user's own words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symlstm.kernel.networks.statements import Readout
from symlstm.kernel.theorem import Theorem, Unsupported
from symlstm.render.formulas import text
from symlstm.render.statements import conclusions
from symlstm.render.statements.specifications import described
from symlstm.render.statements.spelling import words


def statement(conclusion: Any) -> str:
    """What a theorem says, a line for each of its formulas; as Python shows it where there is no notation."""
    try:
        said = text.display(conclusions.formulas(conclusion))
    except Unsupported:
        return str(conclusion)
    specification = conclusions.specification_of(conclusion)
    if specification is None:
        return said
    lines = [text.formula(line) for line in described(specification)]
    return f"{said}, {lines[0]}" if len(lines) == 1 else "\n".join([said, *lines])


def hypotheses(theorem: Theorem) -> list[str]:
    """What a theorem assumes: the scales for which it speaks, then its hypotheses."""
    k0 = getattr(theorem.conclusion, "k0", None)
    return [f"k >= {k0}"] * (k0 is not None) + sorted(map(statement, theorem.hypotheses))


def quoted(sequence: Sequence[str]) -> str:
    """A word sequence in quotation marks."""
    return text.formula(words(sequence))


def readout(form: Readout) -> str:
    """The linear form that is read off."""
    return text.formula(conclusions.readout(form, "T"))
