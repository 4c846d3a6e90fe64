"""A network's equations as a lecturer writes them: each gate by its name, each pre-activation as a sum.

    a_i_1 = 100*k*x_1 + 100*k,    i_1 = sigmoid(a_i_1),    c_1' = f_1*c_1 + i_1*g_1,    h_1' = o_1*tanh(c_1')

A prime marks the value after the step. Nothing here knows a cell: the names are those of the network's own parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sympy
from sympy import Dummy, Expr, Symbol

from symlstm.model.activations import sigmoid
from symlstm.model.cells import Arithmetic, Step, Vector
from symlstm.model.coordinates import Coordinate, preactivation
from symlstm.model.exact_tensors import mapped
from symlstm.model.layers import Layer
from symlstm.model.network import Network
from symlstm.model.translation import real, to_sympy

# SymPy would look for the sign of x
RELU, STEP, HARDSIGMOID, HARDTANH = (sympy.Function(name) for name in ("relu", "step", "hardsigmoid", "hardtanh"))
SYMBOLIC = Arithmetic(
    sigmoid, lambda x: sympy.tanh(x, evaluate=False), RELU, STEP, HARDSIGMOID, HARDTANH, lambda x: 1 - x
)
PREACTIVATION, GATE, STATE = "pre-activation", "gate", "state"


class Equation(NamedTuple):
    """name = expression; `of` is the pre-activation's name for a gate, and for a state the coordinate that it updates."""

    name: Symbol
    expression: Expr
    kind: str
    of: Symbol | None = None


def primed(coordinate: Symbol) -> Symbol:
    """The name of a coordinate after the step."""
    return real(f"{coordinate.name}'")


def named_equations(network: Network) -> list[Equation]:
    """One equation a pre-activation, gate and coordinate, in an order in which each needs only those before it."""
    x: tuple[Expr, ...] = tuple(real(variable.name) for variable in network.input_symbols)
    found: list[Equation] = []
    for n, layer in enumerate(network.layers):
        named = _Layer(layer, n, x)
        found += named.equations()
        x = named.after("h")
    return [*_in_order(found)]


class _Layer:
    """One layer's step, in which each sum has a name of its own, so that equal gates are told apart."""

    def __init__(self, layer: Layer, n: int, x: tuple[Expr, ...]) -> None:
        self._layer, self._n, self._sums = layer, n, dict[Symbol, Expr]()
        before = (Vector(self._state("h")), Vector(self._state("c")))
        self._step = Step(
            layer.kind, layer.weights.each(lambda array: mapped(array, to_sympy)), x, *before, SYMBOLIC, self._total
        )
        h, c = layer.kind.equations(self._step)
        self._updates = {"h": h.parts} | ({"c": c.parts} if "c" in layer.size else {})

    def _total(self, parts: list[Expr]) -> Expr:
        name = Dummy(real=True)
        self._sums[name] = sympy.Add(*parts)
        return name

    def _state(self, letter: str) -> tuple[Symbol, ...]:
        return self._names(letter, self._layer.size.get(letter, 0))

    def _names(self, letter: str, count: int) -> tuple[Symbol, ...]:
        return tuple(real(Coordinate(letter, j + 1, self._n).name) for j in range(count))

    def after(self, letter: str) -> tuple[Symbol, ...]:
        """The names of its state after the step."""
        return tuple(map(primed, self._state(letter)))

    def equations(self) -> Iterator[Equation]:
        """In no particular order. The one gate of a cell without others is its h."""
        names: dict[Expr, Symbol] = {}
        gated = len(self._step.gates) > 1
        for letter, vector in self._step.before.items():
            befores = self._names(preactivation(letter), len(vector.parts))
            gates = self._names(letter, len(vector.parts))
            for before, gate, part, value in zip(
                befores, gates, vector.parts, self._step.gates[letter].parts, strict=True
            ):
                yield Equation(before, part.xreplace(names).xreplace(self._sums).xreplace(names), PREACTIVATION)
                names[part] = before
                if gated:
                    yield Equation(gate, value.xreplace({part: before}), GATE, before)
                    names[value] = gate
        updates = {
            update: name for k in self._updates for name, update in zip(self.after(k), self._updates[k], strict=True)
        }
        for letter, parts in self._updates.items():
            for s, update in zip(self._state(letter), parts, strict=True):
                inside = {other: name for other, name in updates.items() if name != primed(s)}
                yield Equation(primed(s), update.xreplace(inside | names), STATE, s)


def _in_order(equations: list[Equation]) -> Iterator[Equation]:
    """Each after those that it needs."""
    by_name, done = {equation.name: equation for equation in equations}, set[Symbol]()

    def visit(equation: Equation) -> Iterator[Equation]:
        if equation.name in done:
            return
        done.add(equation.name)
        for name in sorted(equation.expression.free_symbols & by_name.keys(), key=str):
            yield from visit(by_name[name])
        yield equation

    for equation in equations:
        yield from visit(equation)
