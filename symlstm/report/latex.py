"""Theorems in LaTeX (amsmath): one fragment of mathematics a statement, with the names of the cell's equations.

c_{t,6} is coordinate 6 of c after t words.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra, statements
from symlstm.report.notation import at_time, lines, proposition, term, words
from symlstm.report.numbers import exactly, round_up
from symlstm.report.summary import Decay, Row, When, growth, labels, polynomial, rows, runs, when


def latex(conclusion: Any) -> str:
    """What a theorem says. Raises Unsupported where there is no notation."""
    if type(conclusion) in _STATEMENTS:
        return _STATEMENTS[type(conclusion)](conclusion)
    return proposition(conclusion)


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
