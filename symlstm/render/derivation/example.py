"""A word sequence followed through a network step by step: what is computed, with numbers, and how certain it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from flint import fmpq

from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.automata import error_at
from symlstm.kernel.networks.statements import Invariant, Trace
from symlstm.kernel.theorem import Theorem
from symlstm.model.cells import Gates, lstm_update
from symlstm.model.coordinates import parsed
from symlstm.render.derivation.equations import WRITING, Written
from symlstm.render.derivation.setting import is_lstm
from symlstm.render.documents.document import Block, Grid, Paragraph, Runs
from symlstm.render.formulas.formula import Fence, Formula, row
from symlstm.render.statements.conclusions import readout
from symlstm.render.statements.notation import at_time, term
from symlstm.render.statements.numbers import round_up
from symlstm.render.statements.phrases import label_list, situation
from symlstm.render.statements.quantities import decimal, number
from symlstm.render.statements.relations import limit
from symlstm.render.statements.spelling import words


@dataclass(frozen=True)
class Scalar(Written):
    """A formula of a number: a product is written side by side."""

    def __mul__(self, other: Written) -> Scalar:
        return Scalar(row(self.tree, other.tree))

    def __add__(self, other: Written) -> Scalar:
        return Scalar(row(self.tree, "+", other.tree))


def register(found: Trace, invariant: Invariant) -> Variable | None:
    """The register that is read off, if the readout is one of an LSTM's cells and nothing else."""
    [(symbol, coefficient), *others] = found.readout.terms
    plain = not others and coefficient.rational() == 1 and symbol in invariant.automaton.registers
    place = parsed(symbol.name)
    return symbol if plain and is_lstm(found.system) and place and place.letter == "c" else None


def example(found: Trace, invariant: Invariant, bound: Theorem | None) -> Iterator[Block]:
    """The table of the steps; with the update of the register that is read, and with certified values."""
    cell = register(found, invariant)
    if cell is not None:
        new = row(at_time(cell.name, "t"), "=", update(cell))
        yield Paragraph(("Each step computes ", new, "; the table has the limits of the parts put in."))
    k = None if bound is None else max(bound.conclusion.k0, fmpq(1))
    head: list[Runs] = [(row("t"),), (at_time("w", "t"),), (situation("t"),)]
    head += [(update(cell),)] if cell is not None else []
    head += [(row(limit("k"), readout(found.readout, "t")),)]
    head += [(row(readout(found.readout, "t")), " at ", row("k", "=", number(k)))] if k is not None else []
    yield Grid(tuple(head), tuple(_rows(found, invariant, cell, bound, k)))


def update(cell: Variable) -> Formula:
    """f_t c_(t-1) + i_t g_t in the coordinate of a cell, by the function that runs it."""
    index = cell.name.removeprefix("c_")
    gates = Gates(*(Scalar(at_time(f"{name}_{index}", "t")) for name in Gates._fields))
    before = Scalar(at_time(cell.name, row("t", "-", "1")))
    _, new = lstm_update(gates, before, WRITING)
    return row(new.tree)


def _rows(
    found: Trace, invariant: Invariant, cell: Variable | None, bound: Theorem | None, k: fmpq | None
) -> Iterator[tuple[Runs, ...]]:
    q, kept = 0, None
    if cell is not None:
        kept = dict(zip(found.system.state, found.system.initial, strict=True))[cell]
    previous: Formula = row("0") if kept is None else term(kept)
    for t, (word, value) in enumerate(zip(found.words, found.limits, strict=True), 1):
        move = invariant.transitions[q][found.system.words.index(word)]
        q = move.target
        cells: list[Runs] = [(row(str(t)),), (words([word]),), (label_list(invariant.automaton, [q])[0],)]
        if cell is not None:
            factor, gain = move.registers[cell]
            cells.append((row(_signed(term(factor.limit)), "*", _signed(previous), "+", _signed(term(gain.limit))),))
        cells.append((term(value),))
        if bound is not None and k is not None:
            cells.append(_certified(term(value), bound, t, k))
        previous = term(value)
        yield tuple(cells)


def _signed(number: Formula) -> Formula:
    """A number as it stands after a sign."""
    parts = row(number).parts
    return Fence(number) if parts[:1] == row("-").parts else number


def _certified(value: Formula, bound: Theorem, length: int, k: fmpq) -> Runs:
    if length < max(1, bound.conclusion.readout.delay):
        return ("",)
    error = error_at(bound, length, k).conclusion.bound
    return (row(value, "+-", decimal(round_up(error))) if error else value,)
