"""A network's step at one scale as a list of operations, each on the results of those before it.

The same list runs here and in the script of a page: numbers, inputs, sums, products, whole powers, functions.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import sympy
from sympy import Expr

from symlstm.kernel.theorem import Unsupported
from symlstm.model.activations import sigmoid
from symlstm.model.named_equations import HARDSIGMOID, HARDTANH, RELU, STEP, named_equations, primed
from symlstm.model.network import Network
from symlstm.model.simulation.rounding import at_scale, nearest
from symlstm.model.translation import normal, real, to_sympy

Operation = tuple[Any, ...]  # ("number", x), ("input", name), or an operator and places of its operands
FUNCTIONS: Mapping[str, Callable[..., float]] = {
    "+": lambda *x: math.fsum(x) if len(x) > 8 else sum(x),
    "*": lambda *x: math.prod(x),
    "power": lambda x, n: x**n,
    "sigmoid": lambda x: 1 / (1 + math.exp(-x)) if x >= 0 else math.exp(x) / (1 + math.exp(x)),
    "tanh": math.tanh,
    "exp": math.exp,
    "max": max,
    "min": min,
    "relu": lambda x: max(x, 0.0),
    "step": lambda x: float(x >= 0),
    "hardsigmoid": lambda x: min(max(x + 3, 0.0), 6.0) / 6,
    "hardtanh": lambda x: min(max(x, -1.0), 1.0),
}
K = real("k")
NAMES = {sympy.tanh: "tanh", sigmoid: "sigmoid", sympy.exp: "exp", sympy.Max: "max", sympy.Min: "min"}
NAMES |= {RELU: "relu", STEP: "step", HARDSIGMOID: "hardsigmoid", HARDTANH: "hardtanh"}


@dataclass
class Program:
    """Operations, and the place of each name's value."""

    operations: list[Operation] = field(default_factory=list)
    names: dict[str, int] = field(default_factory=dict)

    def run(self, inputs: Mapping[str, float]) -> dict[str, float]:
        """The value of every name."""
        values: list[float] = []
        for operator, *rest in self.operations:
            if operator == "number":
                values.append(rest[0])
            elif operator == "input":
                values.append(inputs[rest[0]])
            elif operator == "power":
                values.append(values[rest[0]] ** rest[1])
            else:
                values.append(FUNCTIONS[operator](*(values[place] for place in rest)))
        return {name: values[place] for name, place in self.names.items()}


def program_of(network: Network, scale: Fraction | int = 1) -> Program:
    """One step: inputs are the network's inputs and coordinates, names those of its named equations, and of what is read.

    A readout is called "readout"; one of several outputs so after a blank, "readout yes".
    """
    compiler = _Compiler(Fraction(scale))
    for equation in named_equations(network):
        compiler.name(equation.name.name, compiler.place(equation.expression))
    for name, reader in network.readers.items():
        if reader.readout or reader.constant.monomials:
            compiler.name(readout_name(name), compiler.place(readout_form(reader)))
    return compiler.program


def readout_name(name: str) -> str:
    """What a program calls one of a network's readers."""
    return name if name == "readout" else f"readout {name}"


def readout_form(network: Network) -> Expr:
    """The readout in the coordinates after the step."""
    pairs = zip(network.linear_readout.terms, network.readout, strict=True)
    parts = [to_sympy(term.coeff) * primed(real(symbol.name)) for (symbol, _), term in pairs]
    return sympy.Add(*parts, *([to_sympy(network.constant)] if network.constant.monomials else []), evaluate=False)


class _Compiler:
    """Adds operations; equal expressions once."""

    def __init__(self, scale: Fraction) -> None:
        self.program, self._scale = Program(), scale
        self._places: dict[Operation, int] = {}

    def name(self, name: str, place: int) -> None:
        self.program.names[name] = place

    def place(self, expr: Expr) -> int:
        """Where the expression's value will be. Raises Unsupported for a function that there is none of here."""
        if expr.free_symbols <= {K}:
            return self._add("number", float(nearest(at_scale(normal(expr), self._scale), "float64")))
        if expr.is_Symbol:
            known = self.program.names.get(expr.name)
            return self._add("input", expr.name) if known is None else known
        if expr.is_Add or expr.is_Mul:
            return self._chain("+" if expr.is_Add else "*", expr)
        if expr.is_Pow and expr.exp.is_Integer and expr.exp > 0:
            return self._add("power", self.place(expr.base), int(expr.exp))
        if expr.func in NAMES:
            return self._add(NAMES[expr.func], *map(self.place, expr.args))
        raise Unsupported(f"no operation for {expr.func.__name__}")

    def _chain(self, operator: str, expr: Expr) -> int:
        """Constants first, as one number."""
        constant = expr.func(*(x for x in expr.args if x.free_symbols <= {K}))
        rest = [x for x in expr.args if not x.free_symbols <= {K}]
        parts: Sequence[Expr] = rest if constant == expr.func() else [constant, *rest]
        places = [*map(self.place, parts)]
        return places[0] if len(places) == 1 else self._add(operator, *places)

    def _add(self, *operation: Any) -> int:
        if operation not in self._places:
            self._places[operation] = len(self.program.operations)
            self.program.operations.append(operation)
        return self._places[operation]
