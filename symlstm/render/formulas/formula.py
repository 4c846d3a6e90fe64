"""Formulas as small trees: what is set in mathematics, before anyone decides in which language.

`latex`, `mathml`, `text` and the documents' `typst` each print every kind of node; `breaking` measures and breaks
them, so every output has the same lines.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import NamedTuple


class Spelling(NamedTuple):
    """A sign in LaTeX, in Typst, as a character; and its role: relation, sum, open, close, space or plain."""

    latex: str
    typst: str
    character: str
    role: str = "plain"


SIGNS: dict[str, Spelling] = {
    "=": Spelling("=", "=", "=", "relation"),
    "<": Spelling("<", "<", "<", "relation"),
    ">": Spelling(">", ">", ">", "relation"),
    "<=": Spelling(r"\le", "<=", "≤", "relation"),
    "approx": Spelling(r"\approx", "approx", "≈", "relation"),
    "!=": Spelling(r"\ne", "!=", "≠", "relation"),
    ">=": Spelling(r"\ge", ">=", "≥", "relation"),
    "in": Spelling(r"\in", "in", "∈", "relation"),
    "notin": Spelling(r"\notin", "in.not", "∉", "relation"),
    "->": Spelling(r"\to", "->", "→", "relation"),
    "|-": Spelling(r"\vdash", "tack.r", "⊢", "relation"),
    "+": Spelling("+", "+", "+", "sum"),
    "-": Spelling("-", "-", "−", "sum"),
    "+-": Spelling(r"\pm", "plus.minus", "±", "sum"),
    "*": Spelling(r"\cdot", "dot.op", "·"),
    "star": Spelling("*", "ast", "∗"),
    "odot": Spelling(r"\odot", "dot.o", "⊙"),
    "forall": Spelling(r"\forall", "forall", "∀"),
    "norm": Spelling(r"\Vert", "bar.v.double", "‖"),
    "oo": Spelling(r"\infty", "infinity", "∞"),
    "sum": Spelling(r"\sum", "sum", "∑"),
    "...": Spelling(r"\ldots", "dots.h", "…"),
    ",": Spelling(",", "\\,", ","),
    ";": Spelling(";", "\\;", ";"),
    ":": Spelling(r"\colon", ":", ":"),
    "thin": Spelling(r"\,", "thin", " ", "space"),
    "quad": Spelling(r"\quad", "quad", " ", "space"),
}
SIGNS |= {
    name: Spelling(f"\\{name}", name, character)
    for name, character in zip(
        ("alpha", "beta", "gamma", "delta", "varepsilon", "eta", "kappa", "lambda", "mu", "rho", "sigma", "theta"),
        "αβγδεηκλμρσθ",
        strict=True,
    )
}
SIGNS["Delta"] = Spelling(r"\Delta", "Delta", "Δ")
SIGNS["varepsilon"] = Spelling(r"\varepsilon", "epsilon", "ε")


@dataclass(frozen=True)
class Letter:
    """One italic letter."""

    text: str


@dataclass(frozen=True)
class Number:
    """A decimal numeral."""

    text: str


@dataclass(frozen=True)
class Sign:
    """A key of SIGNS."""

    name: str

    @property
    def spelling(self) -> Spelling:
        return SIGNS[self.name]


@dataclass(frozen=True)
class Named:
    """A name in upright letters: tanh, lim, min."""

    text: str


@dataclass(frozen=True)
class Text:
    """Plain text inside a formula, of any characters."""

    text: str


@dataclass(frozen=True)
class Quoted:
    """Words of a vocabulary, spelled so that they can be told apart; plain text has quotation marks round them."""

    text: str


@dataclass(frozen=True)
class Row:
    """Formulas one after the other."""

    parts: tuple[Formula, ...]


@dataclass(frozen=True)
class Script:
    """A formula with something below and above at its right, or under and over it if `limits`."""

    base: Formula
    below: Formula | None = None
    above: Formula | None = None
    limits: bool = False


@dataclass(frozen=True)
class Quotient:
    """top over bottom."""

    top: Formula
    bottom: Formula


@dataclass(frozen=True)
class Fence:
    """A formula between delimiters: (), || or {}."""

    body: Formula
    marks: str = "()"


@dataclass(frozen=True)
class Matrix:
    """Rows of equal length, in brackets."""

    rows: tuple[tuple[Formula, ...], ...]


Formula = Letter | Number | Sign | Named | Text | Quoted | Row | Script | Quotient | Fence | Matrix


def row(*parts: Formula | str) -> Row:
    """A row; a string is a sign, a letter, a numeral or a name, by its form; rows inside it are opened."""
    opened: list[Formula] = []
    for part in map(piece, parts):
        opened.extend(part.parts if isinstance(part, Row) else [part])
    return Row(tuple(opened))


def piece(part: Formula | str) -> Formula:
    """The leaf that a string spells."""
    if not isinstance(part, str):
        return part
    if part in SIGNS:
        return Sign(part)
    if part[:1].isdigit():
        return Number(part)
    return Letter(part) if len(part) == 1 else Named(part)


def commas(parts: Iterable[Formula | str]) -> Row:
    """A list with commas."""
    joined: list[Formula | str] = []
    for part in parts:
        joined += [",", "thin", part] if joined else [part]
    return row(*joined)


def applied(function: Formula | str, *arguments: Formula | str) -> Row:
    """A function of arguments in parentheses."""
    return row(function, Fence(commas(arguments)))


def in_line(formula: Formula) -> Formula:
    """With what stands under an operator at its right, so that a line of text has room for it."""
    if isinstance(formula, Row):
        return Row(tuple(map(in_line, formula.parts)))
    if isinstance(formula, Fence):
        return replace(formula, body=in_line(formula.body))
    return replace(formula, limits=False) if isinstance(formula, Script) else formula


def is_tall(formula: Formula) -> bool:
    """Whether it is higher than a line, so that delimiters round it must grow."""
    if isinstance(formula, Row):
        return any(map(is_tall, formula.parts))
    if isinstance(formula, Script):
        return formula.limits or is_tall(formula.base)
    if isinstance(formula, Fence):
        return is_tall(formula.body)
    return isinstance(formula, Quotient | Matrix)
