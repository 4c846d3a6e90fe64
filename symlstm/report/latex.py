"""Theorems in LaTeX (amsmath): one fragment of mathematics a statement, with the names of the cell's equations.

c_{t,6} is coordinate 6 of c after t words. Refuses what it has no notation for: nothing is
guessed from the spelling of a name.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from itertools import takewhile
from typing import Any

import sympy
from flint import fmpq
from sympy import Basic, Expr, Symbol
from sympy.core.function import AppliedUndef
from sympy.printing.latex import LatexPrinter

from symlstm.kernel import algebra, propositions, statements
from symlstm.kernel.algebra import Term
from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import sigmoid
from symlstm.report.numbers import exactly, round_up
from symlstm.report.summary import Decay, Row, When, growth, labels, polynomial, rows, runs, when

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


def latex(conclusion: Any) -> str:
    """What a theorem says. Raises Unsupported where there is no notation."""
    if type(conclusion) in _STATEMENTS:
        return _STATEMENTS[type(conclusion)](conclusion)
    return proposition(conclusion)


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


def invariant(found: statements.Invariant) -> str:
    reached = situations(found.automaton, range(len(found.automaton.situations)))
    return rf"{scales(found.k0)}\;\forall\, w_1 \ldots w_t:\; s_t \in \mathrm{{box}}(q_t),\quad q_t \in \{{{reached}\}}"


def step_table(table: statements.StepTable) -> str:
    return lines([f"&{scales(table.k0)}", *(row(found, table) for found in rows(table))])


def row(found: Row, table: statements.StepTable) -> str:
    """The signals, their limit with its error, the steps; columns apart by &."""
    signals = r",\, ".join(
        at_time(first, "t") if first == last else rf"{at_time(first, 't')}, \ldots, {at_time(last, 't')}"
        for first, last in runs(found.names)
    )
    error = "o(1)" if found.error is None else decays(found.error)
    steps = r";\ ".join(phrase(p, table.automaton) for p in when(found.steps, table.automaton, table.system.words))
    bound = rf"= {term(found.main)}" if found.error == () else rf"= {term(found.main)} \pm {error}"
    return rf"{signals} &{bound} &&{steps}"


def phrase(part: When, automaton: statements.Automaton) -> str:
    """When: on which words, in which situations."""
    read = rf"w_t \in \{{{', '.join(words([word]) for word in part.words)}\}}" if part.words else ""
    inside = rf"q_{{t-1}} \in \{{{situations(automaton, part.situations)}\}}" if part.situations else ""
    outside = rf"q_{{t-1}} \notin \{{{situations(automaton, part.excluded)}\}}" if part.excluded else ""
    return r",\, ".join(filter(None, (read, inside, outside)))


def situations(automaton: statements.Automaton, which: Iterable[int]) -> str:
    return ", ".join(words(label) if label else r"\varepsilon" for label in labels(automaton, which))


def computes(found: statements.Computes) -> str:
    form = found.readout
    return rf"{sequences(form)} \lim_{{k \to \infty}} {readout(form, 'T')} = {specified(form)}"


def error_bound(found: statements.ErrorBound) -> str:
    form = found.readout
    return rf"{scales(found.k0)}\;{sequences(form)} {difference(form, 'T')} \le {decays(growth(found))}"


def error_at(found: statements.ErrorAt) -> str:
    bound = number_text(round_up(found.bound))
    return rf"k = {found.k},\; T = {found.length}:\quad {difference(found.general.readout, 'T')} \le {bound}"


def counterexample(found: statements.Counterexample) -> str:
    read = found.words[: len(found.words) - found.readout.delay]
    return (
        rf"\lim_{{k \to \infty}} {readout(found.readout, str(len(found.words)))} = {term(found.limit)} \ne "
        rf"{term(found.specified)} = S({words(read)})\quad\text{{on }}{words(found.words)}"
    )


def trace(found: statements.Trace) -> str:
    values = r",\, ".join(map(term, found.limits))
    limits = rf"\Bigl(\lim_{{k \to \infty}} {readout(found.readout, 't')}\Bigr)_{{t = 1, \ldots, {len(found.words)}}}"
    return rf"{limits} = ({values})\quad\text{{on }}{words(found.words)}"


def scales(k0: fmpq | None) -> str:
    return r"k \to \infty:" if k0 is None else rf"\forall\, k \ge {k0}:"


def sequences(form: statements.Readout) -> str:
    return rf"\forall\, T \ge {max(1, form.delay)}\;\forall\, w_1 \ldots w_T:\quad"


def specified(form: statements.Readout) -> str:
    return rf"S(w_1 \ldots w_{{T-{form.delay}}})" if form.delay else r"S(w_1 \ldots w_T)"


def difference(form: statements.Readout, time: str) -> str:
    return rf"\lvert {readout(form, time)} - {specified(form)} \rvert"


def readout(form: statements.Readout, time: str) -> str:
    """The linear form that is read off at a time."""
    one = algebra.rational(1)
    parts = [("" if c == one else rf"\left({term(c)}\right) ") + at_time(s.name, time) for s, c in form.terms]
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


def decays(error: Iterable[Decay]) -> str:
    return " + ".join(map(decay, error)) or "0"


def decay(part: Decay) -> str:
    """One term, coefficient, power and exponential."""
    scale = {0: "", 1: "k"}.get(part.power, f"k^{{{part.power}}}")
    factors = " ".join(filter(None, (scale, f"e^{{-{number(part.rate)} k}}" if part.rate else "")))
    return rf"{polynomial(part.coefficients, bool(factors), number)} {factors}".strip() or "1"


def number(value: fmpq) -> str:
    return number_text(exactly(value))


def number_text(decimal: str) -> str:
    """A decimal such as 3.72e-44 with its power of ten written out."""
    digits, e, exponent = decimal.partition("e")
    return rf"{digits} \cdot 10^{{{exponent}}}" if e else digits


_STATEMENTS: dict[type, Callable[[Any], str]] = {
    statements.Invariant: invariant,
    statements.StepTable: step_table,
    statements.Computes: computes,
    statements.ErrorBound: error_bound,
    statements.ErrorAt: error_at,
    statements.Counterexample: counterexample,
    statements.Trace: trace,
}
