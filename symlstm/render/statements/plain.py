"""Theorems as plain readable mathematics, in ASCII but for the user's own words."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from flint import fmpq

from symlstm.kernel.algebra import Term, Variable, rational
from symlstm.kernel.networks.regions import Cells, LargestMargin, MarginsAt
from symlstm.kernel.networks.statements import (
    Automaton,
    Bracket,
    Computes,
    Counterexample,
    ErrorAt,
    ErrorBound,
    FiniteError,
    Invariant,
    Readout,
    StepTable,
    Trace,
    WeightedAutomaton,
)
from symlstm.kernel.theorem import Theorem
from symlstm.render.statements.columns import aligned
from symlstm.render.statements.numbers import exactly, round_down, round_up
from symlstm.render.statements.summary import (
    Decay,
    Order,
    Row,
    Shown,
    When,
    growth,
    labels,
    polynomial,
    rows,
    runs,
    when,
)

REPEATED = 3  # equal words in a row that are written out


def statement(conclusion: Any) -> str:
    """What a theorem says. A table has a line for each of its rows; everything else is one line."""
    return _STATEMENTS.get(type(conclusion), str)(conclusion)


def hypotheses(theorem: Theorem) -> list[str]:
    """What a theorem assumes: the scales for which it speaks, then its hypotheses."""
    k0 = getattr(theorem.conclusion, "k0", None)
    return [f"k >= {k0}"] * (k0 is not None) + sorted(map(str, theorem.hypotheses))


def invariant(found: Invariant) -> str:
    automaton = found.automaton
    steps = len(automaton.situations) * len(found.system.words)
    registers = f"; registers {', '.join(map(str, automaton.registers))}" if automaton.registers else ""
    return (
        f"{scales(found.k0)}, for every word sequence: the state lies in the box of the situation reached, one of "
        f"{situations(automaton, range(len(automaton.situations)))} ({steps} steps checked{registers})"
    )


def step_table(table: StepTable) -> str:
    lines = [row(found, table) for found in rows(table)]
    return "\n".join([f"{scales(table.k0)}, at every step of every word sequence:", *aligned(lines)])


def row(found: Row, table: StepTable) -> tuple[str, str, str]:
    """The signals and their limit, the error, the steps."""
    names = ", ".join(name if name == last else f"{name} ... {last}" for name, last in runs(found.names))
    phrases = [phrase(part, table.automaton) for part in when(found.steps, table.automaton, table.system.words)]
    loose = found.main.symbols() or isinstance(found.error, Order)
    relation = "=" if found.error == () else "~" if loose else "->"
    return f"{names} {relation} {term(found.main)}", error_of(found.error), "; ".join(filter(None, phrases))


def error_of(error: Shown) -> str:
    """How far a signal is from its main term."""
    if isinstance(error, Order):
        return f"error O(k^{error.power})" if error.power else "error bounded"
    return f"error <= {decays(error)}" if error else ""


def phrase(part: When, automaton: Automaton) -> str:
    """When: on which words, in which situations."""
    words = f"on {', '.join(part.words)}" if part.words else ""
    inside = f"after {situations(automaton, part.situations)}" if part.situations else ""
    outside = f"unless after {situations(automaton, part.excluded)}" if part.excluded else ""
    return " ".join(filter(None, (words, inside, outside)))


def situations(automaton: Automaton, which: Iterable[int]) -> str:
    """Situations by the shortest words that lead to them."""
    return ", ".join(f'"{" ".join(label)}"' for label in labels(automaton, which))


def computes(found: Computes) -> str:
    return (
        f"{sequences(found.readout)}: lim_(k->oo) {readout(found.readout)} after T words = "
        f"S({prefix(found.readout.delay)}), {meaning(found.specification)}"
    )


def error_bound(found: ErrorBound) -> str:
    return (
        f"{scales(found.k0)}, {sequences(found.readout)}: |{readout(found.readout)} after T words - "
        f"S({prefix(found.readout.delay)})| <= {decays(growth(found))}, {meaning(found.specification)}"
    )


def error_at(found: ErrorAt) -> str:
    form, specification = found.general.readout, found.general.specification
    return (
        f"at k = {found.k}, for every word sequence of length T = {found.length}: |{readout(form)} after T words - "
        f"S({prefix(form.delay)})| <= {round_up(found.bound)}, {meaning(specification)}"
    )


def finite_error(found: FiniteError) -> str:
    one = found.first == found.last
    lengths = f"length T = {found.last}" if one else f"lengths {found.first} <= T <= {found.last}"
    low = f"{round_down(found.lower)} <= " if found.lower > 0 else ""
    return (
        f"at k = {found.k}, over all word sequences of {lengths}: {low}largest |{readout(found.readout)} "
        f"after T words - S({prefix(found.readout.delay)})| <= {round_up(found.upper)}, {meaning(found.specification)}"
    )


def bracket(found: Bracket) -> str:
    return f"{finite_error(found.within)}; {finite_error(found.beyond)}"


def counterexample(found: Counterexample) -> str:
    read = found.words[: len(found.words) - found.readout.delay]
    return (
        f"on {quoted(found.words)}: lim_(k->oo) {readout(found.readout)} = {term(found.limit)}, "
        f"but S({quoted(read)}) = {term(found.specified)}, {meaning(found.specification)}"
    )


def trace(found: Trace) -> str:
    values = ", ".join(f"{word} {term(limit)}" for word, limit in zip(found.words, found.limits, strict=True))
    return f"lim_(k->oo) {readout(found.readout)} after each word of {quoted(found.words)}: {values}"


def cells(found: Cells) -> str:
    """A line for each cell."""
    form, walls = found.readout, ", ".join(map(term, found.walls))
    head = (
        f"where none of {walls} is 0: {sequences(form)}, lim_(k->oo) {readout(form)} after T words = "
        f"S({prefix(form.delay)}), {meaning(found.specification)}, if and only if"
    )
    written = [", ".join(map(str, cell)) for cell in found.cells] or ["never"]
    return "\n".join([head, *(f"{'or' if n else '  '} {line}" for n, line in enumerate(written))])


def largest_margin(found: LargestMargin) -> str:
    bounds = ", ".join(f"|{p}| <= {term(bound)}" for p, bound in found.bounds.items())
    forms, at = ", ".join(map(term, found.forms)), point(found.point)
    return f"the largest least value of {forms} where {bounds} is {term(found.value)}, at {at}"


def margins_at(found: MarginsAt) -> str:
    values = (f"{term(form)} = {term(value)}" for form, value in zip(found.forms, found.values, strict=True))
    return f"at {point(found.point)}: {', '.join(values)}"


def point(values: Mapping[Variable, Term]) -> str:
    return ", ".join(f"{p} = {term(x)}" for p, x in values.items())


def scales(k0: fmpq | None) -> str:
    return "for k -> oo" if k0 is None else f"for all k >= {k0}"


def sequences(form: Readout) -> str:
    return f"for every word sequence w_1 ... w_T (T >= {max(1, form.delay)})"


def prefix(delay: int) -> str:
    """The words that a readout delayed by so many speaks of."""
    return f"w_1 ... w_(T-{delay})" if delay else "w_1 ... w_T"


def meaning(specification: WeightedAutomaton) -> str:
    return f"S the specification (a weighted automaton of size {len(specification.initial)})"


def quoted(words: Sequence[str]) -> str:
    return f'"{" ".join(words)}"'


def term(value: Term) -> str:
    return str(value)


def repeated(runs: Iterable[tuple[str, int]]) -> str:
    """The words; those that stand in a row often, with their number."""
    return " ".join(f"{word}*{n}" if n > REPEATED else " ".join([word] * n) for word, n in runs) or "none found"


def readout(form: Readout) -> str:
    """The linear form that is read off, in parentheses if it is a sum."""
    parts = [f"{'' if c == rational(1) else f'({c}) ' if c.rational() is None else f'{c} '}{s}" for s, c in form.terms]
    return parts[0] if len(parts) == 1 else f"({' + '.join(parts)})"


def decays(error: Iterable[Decay]) -> str:
    """The sum of the terms; "0" for none."""
    return " + ".join(map(decay, error)) or "0"


def decay(part: Decay) -> str:
    scale = {0: "", 1: "k"}.get(part.power, f"k^{part.power}")
    exponential = f"e^(-{exactly(part.rate)} k)" if part.rate else ""
    factors = " ".join(filter(None, (scale, exponential)))
    return " ".join(filter(None, (polynomial(part.coefficients, bool(factors), exactly), factors)))


_STATEMENTS: dict[type, Callable[[Any], str]] = {
    Invariant: invariant,
    StepTable: step_table,
    Computes: computes,
    ErrorBound: error_bound,
    ErrorAt: error_at,
    FiniteError: finite_error,
    Bracket: bracket,
    Counterexample: counterexample,
    Trace: trace,
    Cells: cells,
    LargestMargin: largest_margin,
    MarginsAt: margins_at,
}
