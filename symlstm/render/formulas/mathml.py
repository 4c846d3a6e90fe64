r"""Formulas in MathML, which browsers show without scripts or fonts from the network.

Printed from the tree and not from LaTeX: latex2mathml turns \text{50\%} into "50\%" and loses
its way in \text{\{x\}}, while the words of a vocabulary may be anything.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from typing import Any

from symlstm.render.formulas import latex
from symlstm.render.formulas.breaking import Line, Opening, Piece, lines
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
    is_tall,
)

SPACES = {"thin": "0.17em", "quad": "1em"}


def inline(tree: Formula) -> str:
    """A formula in a line of text."""
    return _math(formula(tree), latex.formula(tree))


def display(tree: Formula) -> list[str]:
    """A displayed formula, one element a line."""
    return [_line(pieces, n) for n, pieces in enumerate(lines(tree))]


def _line(pieces: Line, number: int) -> str:
    moved = '<mspace width="2em"/>' if number else ""
    return _math(moved + _joined(pieces), latex.line(pieces, number), ' display="block"')


def _math(inner: str, tex: str, attributes: str = "") -> str:
    annotation = f'<annotation encoding="application/x-tex">{escape(tex, quote=False)}</annotation>'
    return f"<math{attributes}><semantics><mrow>{inner}</mrow>{annotation}</semantics></math>"


def formula(tree: Formula | Opening) -> str:
    """One formula as MathML elements."""
    return _NODES[type(tree)](tree)


def _joined(pieces: Sequence[Piece]) -> str:
    """Pieces side by side; a function name keeps off what is not in parentheses."""
    written: list[str] = []
    for before, part in zip([None, *pieces[:-1]], pieces, strict=True):
        if (_is_operator(part) and not isinstance(before, Sign | Opening | None)) or _needs_space(before, part):
            written.append('<mspace width="0.17em"/>')
        signed = formula(part).replace("<mo>", '<mo form="prefix">') if _is_unary(before, part) else formula(part)
        written.append(signed)
    return "".join(written)


def _is_unary(before: Piece | None, part: Piece) -> bool:
    """Whether a sign belongs to what follows: after a relation, a comma or a space."""
    opens = isinstance(before, Sign) and (before.spelling.role in ("relation", "space") or before.name == ",")
    return opens and isinstance(part, Sign) and part.spelling.role == "sum"


def _is_operator(part: Piece | None) -> bool:
    """A function's name, a limit or a sum."""
    return isinstance(part, Named) or (isinstance(part, Script) and part.limits)


def _needs_space(before: Piece | None, part: Piece) -> bool:
    return _is_operator(before) and not isinstance(part, Fence | Opening) and not _is_operator(part)


def _row(tree: Row) -> str:
    return f"<mrow>{_joined(tree.parts)}</mrow>"


def _sign(tree: Sign) -> str:
    spelling = tree.spelling
    if spelling.role == "space":
        return f'<mspace width="{SPACES[tree.name]}"/>'
    if spelling.character.isalpha() and tree.name != "oo":
        return f"<mi>{spelling.character}</mi>"
    if tree.name in ("oo", "...", "forall"):
        return f"<mi>{spelling.character}</mi>"
    separator = ' separator="true"' if tree.name in (",", ";") else ""
    return f"<mo{separator}>{escape(spelling.character)}</mo>"


def _script(tree: Script) -> str:
    base = formula(tree.base)
    parts = [formula(part) for part in (tree.below, tree.above) if part is not None]
    if tree.below is None and tree.above is None:
        return base
    kinds = ("munder", "mover", "munderover") if tree.limits else ("msub", "msup", "msubsup")
    kind = kinds[2] if len(parts) == 2 else kinds[0] if tree.above is None else kinds[1]
    return f"<{kind}>{base}{''.join(parts)}</{kind}>"


def _fence(tree: Fence) -> str:
    stretchy = "true" if is_tall(tree.body) else "false"
    left, right = (
        f'<mo fence="true" form="{form}" stretchy="{stretchy}">{mark}</mo>'
        for mark, form in zip(tree.marks, ("prefix", "postfix"), strict=True)
    )
    return f"<mrow>{left}{formula(tree.body)}{right}</mrow>"


def _matrix(tree: Matrix) -> str:
    rows = "".join(f"<mtr>{''.join(f'<mtd>{formula(e)}</mtd>' for e in entries)}</mtr>" for entries in tree.rows)
    left, right = (
        f'<mo fence="true" form="{form}" stretchy="true">{m}</mo>' for m, form in (("(", "prefix"), (")", "postfix"))
    )
    return f"<mrow>{left}<mtable>{rows}</mtable>{right}</mrow>"


def _opening(tree: Opening) -> str:
    return f'<mo stretchy="false">{escape(tree.mark)}</mo>'


def _words(tree: Text | Quoted) -> str:
    """Blanks at the ends would be dropped."""
    text = tree.text
    kept = text.replace(" ", "\u00a0")
    return f"<mtext>{escape(kept, quote=False)}</mtext>"


_NODES: dict[type, Callable[[Any], str]] = {
    Letter: lambda tree: f"<mi>{escape(tree.text)}</mi>",
    Number: lambda tree: f"<mn>{tree.text}</mn>",
    Sign: _sign,
    Named: lambda tree: (
        f'<mi mathvariant="normal">{tree.text}</mi>' if len(tree.text) == 1 else f"<mi>{tree.text}</mi>"
    ),
    Text: _words,
    Quoted: _words,
    Row: _row,
    Script: _script,
    Quotient: lambda tree: f"<mfrac>{_single(tree.top)}{_single(tree.bottom)}</mfrac>",
    Fence: _fence,
    Matrix: _matrix,
    Opening: _opening,
}


def _single(tree: Formula) -> str:
    return formula(tree)
