r"""Formulas and theorems in LaTeX, with amsmath alone.

Text inside a formula may hold any characters: what TeX reads as a command is escaped. What pdfLaTeX has no
glyph for stands as it is, as MathJax and KaTeX want it; documents call it by its code point (`declared`).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from symlstm.render.formulas.breaking import Opening, Piece, lines
from symlstm.render.formulas.formula import (
    SIGNS,
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

EMPTY = "\x00"  # between characters that TeX would join
ESCAPES = {"\\": r"\textbackslash{}"} | {character: f"\\{character}" for character in "&%$#{}"}
ESCAPES |= {"<": r"\textless{}", ">": r"\textgreater{}", "|": r"\textbar{}"}
ESCAPES |= {"'": "'", "`": r"\textasciigrave{}", "–": "--", "—": "---", "“": "``", "”": "''", "’": "'"}
ESCAPES |= {character: rf"\texttt{{\symbol{{{ord(character)}}}}}" for character in '"^_~'}  # as they are typed
ESCAPES[EMPTY] = "{}"
TYPED = set("\\~^&%$#_{}<>|\"'`-")
PREDEFINED = {"tanh", "lim", "min", "max", "exp"}
FENCES = {"(": "(", ")": ")", "{": r"\{", "}": r"\}", "|": "|"}
BARS = (r"\lvert ", r" \rvert")
CUTS = ("+", "-", "=", "<", ",", "")
FIXED = {"(": r"\bigl(", ")": r"\bigr)", "{": r"\bigl\{", "}": r"\bigr\}", "|": r"\big|"}


def escaped(text: str) -> str:
    """Plain text for TeX."""
    return "".join(map(_character, LIGATURE.sub(EMPTY, text)))


def declared(source: str) -> str:
    r"""TeX with \symchar{4E2D} for each character that pdfLaTeX knows only by its number; see DECLARATION."""
    return MISSING.sub(lambda found: "".join(rf"\symchar{{{ord(c):04X}}}" for c in found[0]), source)


def typed(text: str) -> str:
    r"""Text for TeX's typewriter fonts, which have all of ASCII in its places."""
    return "".join(rf"\symbol{{{ord(c)}}}" if c in TYPED else _character(c) for c in text)


def _character(character: str) -> str:
    if character in ESCAPES:
        return ESCAPES[character]
    if character.isascii():
        return character if character.isprintable() else " "
    if character in LATIN:
        return character
    if character in MATHEMATICAL:
        return f"${MATHEMATICAL[character]}$"
    return character


MATHEMATICAL = {sign.character: sign.latex for sign in SIGNS.values() if not sign.character.isascii()}
# what inputenc's utf8 sets in OT1
LATIN = set("àáâãäåçèéêëìíîïñòóôõöùúûüýÿÀÁÂÃÄÅÇÈÉÊËÌÍÎÏÑÒÓÔÕÖÙÚÛÜÝßøØæÆœŒ§¶©")
LIGATURE = re.compile(r"(?<=-)(?=-)|(?<=')(?=')")
# pdfTeX prints the number; other engines the character, if the font has it
DECLARATION = r"""\DeclareRobustCommand{\symchar}[1]{\ifdefined\pdfoutput\texttt{U+#1}\else
  \iffontchar\font"#1 \char"#1\relax\else\texttt{U+#1}\fi\fi}"""
MISSING = re.compile(rf"[^\x00-\x7f{''.join(sorted(LATIN))}]+")


def formula(tree: Formula | Opening) -> str:
    """One formula in LaTeX."""
    return _NODES[type(tree)](tree)


def display(trees: Sequence[Formula]) -> str:
    """Formulas under each other, broken where they are long; one that fits is left as it is."""
    broken = [line(pieces, n) for tree in trees for n, pieces in enumerate(lines(tree))]
    if len(broken) == 1:
        return broken[0]
    return "\\begin{aligned}\n" + " \\\\\n".join(f"  & {text}" for text in broken) + "\n\\end{aligned}"


def breakable(trees: Sequence[Formula], tag: str, counted: bool = False) -> str:
    """Formulas under each other that may go over the end of a page, numbered in the last line; by TeX if `counted`."""
    broken = [line(pieces, n) for tree in trees for n, pieces in enumerate(lines(tree))]
    end, name = (r"\notag \\" + "\n", "align") if counted else (" \\\\\n", "align*")
    return f"\\begin{{{name}}}\n" + end.join(f"  & {text}" for text in broken) + f"{tag}\n\\end{{{name}}}"


def line(pieces: Sequence[Piece], number: int = 0) -> str:
    """A line of a formula; those after the first are moved in, and a sign at their beginning is an operator."""
    return (r"\qquad {}" if number else "") + joined(map(formula, pieces))


def joined(parts: Iterable[str]) -> str:
    """Pieces side by side, a blank between them unless the second closes up to the first."""
    written = ""
    for part in filter(None, parts):
        closes = part[0] in ",;" or part.startswith(r"\,") or (part[0] == "(" and written[-1:] not in CUTS)
        written += part if closes or not written else f" {part}"
    return written


def _row(tree: Row) -> str:
    first, *rest = map(formula, tree.parts or (Text(""),))
    negative = tree.parts[:1] == (Sign("-"),) and len(rest) > 0
    return joined([f"-{rest[0]}", *rest[1:]] if negative else [first, *rest])


def _script(tree: Script) -> str:
    place = r"\limits" if tree.limits else ""
    below = "" if tree.below is None else f"_{{{_small(tree.below)}}}"
    above = "" if tree.above is None else f"^{{{_small(tree.above)}}}"
    return f"{formula(tree.base)}{place}{below}{above}"


def _small(tree: Formula) -> str:
    """A script, without blanks where it is made of letters, numbers and commas."""
    simple = isinstance(tree, Row) and all(isinstance(x, Letter | Number) or x == Sign(",") for x in tree.parts)
    return formula(tree).replace(" ", "") if simple else formula(tree).replace(", ", ",")


def _fence(tree: Fence) -> str:
    left, right = tree.marks[0], tree.marks[1]
    if is_tall(tree.body):
        return rf"\left{FENCES[left]} {formula(tree.body)} \right{FENCES[right]}"
    if tree.marks == "||":
        return rf"\lvert {formula(tree.body)} \rvert"
    return f"{FENCES[left]}{formula(tree.body)}{FENCES[right]}"


def _matrix(tree: Matrix) -> str:
    rows = r" \\ ".join(" & ".join(map(formula, entries)) for entries in tree.rows)
    return rf"\begin{{pmatrix}} {rows} \end{{pmatrix}}"


def _named(tree: Named) -> str:
    return f"\\{tree.text}" if tree.text in PREDEFINED else rf"\operatorname{{{tree.text}}}"


_NODES: dict[type, Callable[[Any], str]] = {
    Letter: lambda tree: tree.text,
    Number: lambda tree: tree.text,
    Sign: lambda tree: tree.spelling.latex,
    Named: _named,
    Text: lambda tree: rf"\text{{{escaped(tree.text)}}}",
    Quoted: lambda tree: rf"\text{{{escaped(tree.text)}}}",
    Row: _row,
    Script: _script,
    Quotient: lambda tree: rf"\frac{{{formula(tree.top)}}}{{{formula(tree.bottom)}}}",
    Fence: _fence,
    Matrix: _matrix,
    Opening: lambda tree: FIXED[tree.mark],
}


def latex(conclusion: Any) -> str:
    """What a theorem says, as one piece of mathematics. Raises Unsupported where there is no notation."""
    from symlstm.render.statements.conclusions import formulas

    return display(formulas(conclusion))
