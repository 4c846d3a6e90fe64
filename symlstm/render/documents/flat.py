"""Runs as plain text in one line, for titles of files and windows."""

from __future__ import annotations

from symlstm.render.documents.document import Code, Reference, Run, Strong
from symlstm.render.formulas.formula import Fence, Formula, Fraction, Matrix, Row, Script, Sign


def flat(found: Run) -> str:
    """c_t, e^(-B), (a)/(b)."""
    if isinstance(found, str):
        return found
    if isinstance(found, Code | Strong):
        return found.text
    return f"({found.number})" if isinstance(found, Reference) else formula(found)


def formula(tree: Formula) -> str:
    """A formula in a line."""
    if isinstance(tree, Row):
        return " ".join(map(formula, tree.parts))
    if isinstance(tree, Script):
        below = "" if tree.below is None else f"_{_grouped(tree.below)}"
        return f"{formula(tree.base)}{below}" + ("" if tree.above is None else f"^{_grouped(tree.above)}")
    if isinstance(tree, Fraction):
        return f"{_grouped(tree.top)}/{_grouped(tree.bottom)}"
    if isinstance(tree, Fence):
        return f"{tree.marks[0]}{formula(tree.body)}{tree.marks[1]}"
    if isinstance(tree, Matrix):
        return "; ".join(" ".join(map(formula, entries)) for entries in tree.rows)
    return tree.spelling.character if isinstance(tree, Sign) else tree.text


def _grouped(tree: Formula) -> str:
    written = formula(tree)
    return written if len(written) == 1 or written.isdigit() else f"({written})"
