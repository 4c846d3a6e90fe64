"""Expressions, names and propositions in LaTeX.

Refuses what it has no notation for: nothing is guessed from the spelling of a name.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import takewhile
from typing import Any

import sympy
from sympy import Basic, Expr, Symbol
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter

from symlstm.kernel import algebra, propositions
from symlstm.kernel.algebra import Term
from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import sigmoid

NODES = (
    *(sympy.Add, sympy.Mul, sympy.Pow, sympy.Rational, sympy.Symbol, sympy.tanh, sigmoid, sympy.exp),
    *(sympy.Abs, sympy.Min, sympy.Max, sympy.Sum, sympy.Tuple, AppliedUndef, type(sympy.E)),
)
NAMES = (  # what a symbol may be called, and how it is written
    (r"[A-Za-z]", r"\g<0>"),
    (r"lambda|delta|kappa", r"\\\g<0>"),
    (r"([a-z])_(\d+)", r"\1_{\2}"),
    (r"a_([ifgo])_(\d+)", r"a^{\1}_{\2}"),
    (r"([WUb])_([a-z]+)", r"\1_{\2}"),
)
ESCAPES = {"\\": r"\textbackslash{}", "~": r"\textasciitilde{}", "^": r"\textasciicircum{}"}
ESCAPES |= {character: f"\\{character}" for character in "&%$#_{}"}
NEWLINE = r"\\"
PROPOSITIONS: dict[type, str] = {
    propositions.Equal: "{} = {}",
    propositions.LessEqual: r"{} \le {}",
    propositions.Less: "{} < {}",
    propositions.ForAll: r"\forall\, {0}:\; {1}",
}


class Printer(LatexPrinter):  # type: ignore[misc]
    """SymPy's printer, for the nodes listed only."""

    def _print(self, expr: Any, **kwargs: Any) -> str:
        if isinstance(expr, Basic) and not isinstance(expr, NODES):
            raise Unsupported(f"no LaTeX notation for {type(expr).__name__}: {expr}")
        return str(super()._print(expr, **kwargs))

    def _print_Symbol(self, expr: Symbol, style: str = "plain") -> str:
        return name(expr.name)

    def _print_Tuple(self, expr: sympy.Tuple) -> str:
        return ", ".join(map(self._print, expr))

    def _print_AppliedUndef(self, expr: Expr, exp: str | None = None) -> str:
        """A sequence: its leading integer arguments below, the parameters that it depends on in parentheses."""
        indices = list(takewhile(lambda argument: argument.is_integer, expr.args))
        below = ",".join(map(self._print, indices))
        rest = ", ".join(map(self._print, expr.args[len(indices) :]))
        written = f"{name(expr.func.__name__)}_{{{below}}}" + (f"({rest})" if rest else "")
        return written if exp is None else f"{{{written}}}^{{{exp}}}"


def name(spelling: str) -> str:
    """A symbol's name in LaTeX; raises Unsupported for one that has no rule."""
    for pattern, written in NAMES:
        if re.fullmatch(pattern, spelling):
            return re.sub(pattern, written, spelling)
    raise Unsupported(f"no LaTeX notation for the name {spelling!r}")


def at_time(spelling: str, time: str) -> str:
    """A coordinate at a time: c_6 at T is c_{T,6}."""
    kind, _, index = name(spelling).rpartition("_{")
    return f"{kind}_{{{time},{index}" if kind else name(spelling)


def words(sequence: Iterable[str]) -> str:
    r"""Words of the vocabulary as \text{...}, with everything that TeX reads as a command escaped."""
    return rf"\text{{{' '.join(''.join(ESCAPES.get(c, c) for c in word) for word in sequence)}}}"


def proposition(p: Any) -> str:
    """A statement about real numbers, its parts in the template of its class."""
    if isinstance(p, propositions.Conjunction):
        return lines(f"&{proposition(part)}" for part in p.parts)
    if isinstance(p, propositions.Within):
        return rf"\left\lvert {proposition(p.value)} - {factor(p.centre)} \right\rvert \le {proposition(p.bound)}"
    if isinstance(p, propositions.TendsTo):
        limits = (rf"\lim_{{{proposition(variable)} \to \infty}} " for variable in reversed(p.variables))
        return f"{''.join(limits)}{proposition(p.expr)} = {proposition(p.value)}"
    if type(p) in PROPOSITIONS:
        return PROPOSITIONS[type(p)].format(*map(proposition, p.args))
    if isinstance(p, Basic):
        return str(Printer().doprint(p))
    raise Unsupported(f"no LaTeX notation for {type(p).__name__}")


def factor(expr: Expr) -> str:
    """An expression as it stands after a minus sign."""
    written = proposition(expr)
    return rf"\left({written}\right)" if expr.is_Add or expr.could_extract_minus_sign() else written


def lines(written: Iterable[str]) -> str:
    """Lines aligned at their &."""
    return rf"\begin{{aligned}}{f' {NEWLINE} '.join(written)}\end{{aligned}}"


def term(value: Term) -> str:
    return proposition(algebra.to_sympy(value))
