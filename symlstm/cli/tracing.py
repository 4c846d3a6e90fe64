"""What `run --trace` knows of each word: every gate with its pre-activation, limit and margin, state and readout."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from symlstm.cli.reading import REFUSALS, Case, Reading
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.model.named_equations import GATE, Equation, named_equations
from symlstm.model.simulation.program import Program, program_of
from symlstm.render.statements.board import Board
from symlstm.search.saturation.gate_limits import Limit, Limits, limits_along


@dataclass(frozen=True)
class Tracing:
    """A reading with its gates."""

    reading: Reading

    @property
    def case(self) -> Case:
        return self.reading.case

    @cached_property
    def equations(self) -> list[Equation]:
        """Of the network's step, by names."""
        return named_equations(self.case.construction.network)

    @cached_property
    def program(self) -> Program:
        """The same at the scale of the case."""
        return program_of(self.case.construction.network, self.case.scale)

    @cached_property
    def limits(self) -> list[Limits]:
        """What is known of the limits, a record a word."""
        try:
            return limits_along(self.case.construction, self.case.words)
        except REFUSALS:
            return [{} for _ in self.case.words]

    @cached_property
    def values(self) -> list[dict[str, float]]:
        """Inputs, state before and everything named, in float64; a record a word."""
        network = self.case.construction.network
        state = dict(zip((s.name for s in network.state_symbols), map(float, self._start()), strict=True))
        found = []
        for word in self.case.words:
            before = inputs(network, word) | state
            after = self.program.run(before)
            found.append(before | after)
            state = {name: after[f"{name}'"] for name in state}
        return found

    def _start(self) -> Iterator[float]:
        from symlstm.model.simulation.running import float_machine

        machine = float_machine(self.case.construction.network, self.case.scale, "float64")
        yield from (*machine.h0, *machine.c0)

    def steps(self) -> list[dict[str, Any]]:
        """One record a word, as JSON has it: the reading's, and the gates."""
        records = self.reading.steps()
        return [record | {"gates": self._gates(n)} for n, record in enumerate(records)]

    def _gates(self, n: int) -> list[dict[str, Any]]:
        return [self._gate(n, equation) for equation in self.equations if is_gate(equation)]

    def _gate(self, n: int, equation: Equation) -> dict[str, Any]:
        """A gate of word n; its margin is what its pre-activation grows by per unit of k, 0 for a tie."""
        values, known = self.values[n], self.limits[n]
        name, before = equation.name.name, preactivation(equation)
        limit, margin = known.get(name.removesuffix("'"), Limit()), known.get(before, Limit())
        return {
            "name": name.removesuffix("'"),
            "preactivation": values[before],
            "value": values[name],
            "limit": None if limit.limit is None else str(limit.limit),
            "margin": None if margin.slope is None else str(margin.slope),
            "margin_value": None if margin.slope is None else number(margin.slope),
        }

    def board(self, n: int) -> Board:
        """Word n, from 1, in full."""
        reading, at = self.reading, n - 1
        readout = {name: column[at] for name, column in reading.readouts.items()}
        network = self.case.construction.network
        return Board(
            network, self.case.words[:n], self.case.scale, self.equations, self.values[at], self.limits[at], readout
        )


def inputs(network: Any, word: str) -> dict[str, float]:
    """What the network reads of a word, by the names of its inputs."""
    row = network.system.encoding[network.vocabulary.index(word)]
    return {symbol.name: number(x) for symbol, x in zip(network.input_symbols, row, strict=True)}


def is_gate(equation: Equation) -> bool:
    """Whether it is a function of one pre-activation: a gate, or the unit of an RNN."""
    return equation.kind == GATE or preactivation(equation) != ""


def preactivation(equation: Equation) -> str:
    """The name of the pre-activation that it is a function of, if it is."""
    if equation.of is not None and equation.kind == GATE:
        return str(equation.of.name)
    arguments: Sequence[Any] = equation.expression.args
    single = len(arguments) == 1 and arguments[0].is_Symbol and not arguments[0].name.endswith("'")
    return str(arguments[0].name) if single else ""


def number(term: Term) -> float:
    """A constant term as a float, about."""
    return float(algebra.constant_ball(term).mid())
