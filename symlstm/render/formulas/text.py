"""Formulas in one line of plain text: the flat form of the tree that LaTeX and MathML are printed from.

ASCII but for the user's own words: c_(t,6), e^(-100 k), (a + b)/2. Factors stand side by side after a blank, what
a function is applied to follows it at once: B (x + 1) is a product, h(x + 1) is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

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

SPELT = {"thin": "", "quad": "  ", "notin": "not in", "star": "*", "odot": "o", "norm": "||", "approx": "~"}
SPELT |= {"sigma": "sigmoid", "varepsilon": '""', "forall": "for all"}
CLOSING = (",", ";", ":")
SEPARATOR = re.compile("[,;] ")  # closed up in scripts
GAP = Sign("quad")


def formula(tree: Formula) -> str:
    """One formula in a line."""
    return _NODES[type(tree)](tree)


def display(trees: Sequence[Formula]) -> str:
    """Formulas under each other; several are aligned where they have wide spaces, after a first line of their own."""
    lines = [_columns(tree) for tree in trees]
    if len(lines) == 1:
        return "  ".join(filter(None, lines[0]))
    head = [" ".join(lines.pop(0))] if len(lines[0]) == 1 and lines[0][0].endswith(":") else []
    width = max(map(len, lines))
    padded = [[*line, *[""] * (width - len(line))] for line in lines]
    widths = [max(map(len, column)) for column in zip(*padded, strict=True)]
    rows = ("   ".join(f"{cell:{w}}" for cell, w in zip(line, widths, strict=True) if w).rstrip() for line in padded)
    return "\n".join([*head, *(f"  {line}" if head else line for line in rows)])


def _columns(tree: Formula) -> list[str]:
    """What wide spaces part."""
    columns: list[list[Formula]] = [[]]
    for part in tree.parts if isinstance(tree, Row) else (tree,):
        columns += [[]] if part == GAP else []
        columns[-1] += [] if part == GAP else [part]
    return [_row(Row(tuple(column))).strip() for column in columns]


def _row(tree: Row) -> str:
    written, before, unary = "", None, False
    for part in tree.parts:
        text = formula(part)
        if text:
            closes = not written or unary or _closes_up(before, part, written, text)
            written += ("" if closes else " ") + text
        unary = _is_signed(before, part)
        before = part if text or not written.endswith(CLOSING) else before
    return written


def _is_signed(before: Formula | None, part: Formula) -> bool:
    """Whether it is a sign that belongs to what follows: at the beginning, after a relation or a comma."""
    opens = (
        before is None
        or isinstance(before, Text)
        or (isinstance(before, Sign) and (before.spelling.role == "relation" or before.name in CLOSING))
    )
    return part in (Sign("+"), Sign("-")) and opens


def _closes_up(before: Formula | None, part: Formula, written: str, text: str) -> bool:
    """Whether no blank stands before the part."""
    if written[-1].isspace() or text[0] in CLOSING or text[0].isspace():
        return True
    opened = part.base if isinstance(part, Script) else part
    return isinstance(opened, Fence) and opened.marks == "()" and _applies(before)


def _applies(before: Formula | None) -> bool:
    """Whether it may be a function: what is in parentheses after it is its argument."""
    if isinstance(before, Script):
        return not before.limits
    return isinstance(before, Letter | Named) or before == Sign("sigma")


def _script(tree: Script) -> str:
    base = formula(tree.base)
    below = "" if tree.below is None else f"_{grouped(tree.below)}"
    return f"{base}{below}" + ("" if tree.above is None else f"^{grouped(tree.above)}")


def grouped(tree: Formula) -> str:
    """A formula as one thing, in parentheses unless it is a letter or a numeral: U_((i)) is U at i, U_(i) a name."""
    written = formula(tree)
    simple = len(written) == 1 or re.fullmatch(r"[A-Za-z\d]+(\([^()]*\))?", written)
    return written if simple else f"({SEPARATOR.sub(lambda found: found[0][0], written)})"


def _fence(tree: Fence) -> str:
    body = formula(tree.body)
    if tree.marks == "||":
        return f"abs({body})" if "|" in body else f"|{body}|"
    return f"{tree.marks[0]}{body}{tree.marks[1]}"


def _matrix(tree: Matrix) -> str:
    return f"[{'; '.join(' '.join(map(formula, entries)) for entries in tree.rows)}]"


def _text(tree: Letter | Number | Named | Text) -> str:
    return tree.text


_NODES: dict[type, Callable[[Any], str]] = {
    Letter: _text,
    Number: _text,
    Named: _text,
    Text: _text,
    Quoted: lambda tree: f'"{tree.text}"',
    Sign: lambda tree: SPELT.get(tree.name, tree.name),
    Row: _row,
    Script: _script,
    Quotient: lambda tree: f"{grouped(tree.top)}/{grouped(tree.bottom)}",
    Fence: _fence,
    Matrix: _matrix,
}


def lines(trees: Iterable[Formula]) -> list[str]:
    """Each formula in a line of its own."""
    return [formula(tree) for tree in trees]
