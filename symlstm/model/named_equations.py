"""A network's equations as a lecturer writes them: each gate by its name, each pre-activation as a sum.

    a_i_1 = 100*k*x_1 + 100*k,    i_1 = sigmoid(a_i_1),    c_1' = f_1*c_1 + i_1*g_1,    h_1' = o_1*tanh(c_1')

A prime marks the value after the step. Nothing here knows a cell: the names are those of the network's own parts.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

import sympy
from sympy import Dummy, Expr, Symbol

from symlstm.model.network import SYMBOLIC, Network, real

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
    sums: dict[Symbol, Expr] = {}

    def total(parts: list[Expr]) -> Expr:
        """A name of its own for each sum, so that equal gates are told apart."""
        name = Dummy(real=True)
        sums[name] = sympy.Add(*parts)
        return name

    updates, parts = network._equations(SYMBOLIC, lambda entry: entry, total)
    named = {expression: symbol for symbol, expression in parts}
    named |= {sum_: real(f"a_{n + 1}") for n, sum_ in enumerate(_unnamed(updates, sums, named))}
    later = {update: primed(s) for s, update in zip(network.state_symbols, updates, strict=True)}
    found = [_part(symbol, expression, named, later, sums) for expression, symbol in named.items()]
    for s, update in zip(network.state_symbols, updates, strict=True):
        inside = {expression: name for expression, name in (named | later).items() if expression != update}
        found.append(Equation(primed(s), update.xreplace(inside), STATE, s))
    return [*_in_order(found)]


def _unnamed(updates: tuple[Expr, ...], sums: dict[Symbol, Expr], named: dict[Expr, Symbol]) -> list[Symbol]:
    """The sums of a cell without named gates that are its pre-activations."""
    inside = set().union(*(expression.free_symbols for expression in named))
    used = set().union(*(update.free_symbols for update in updates))
    return [name for name in sums if name in used and name not in inside]


def _part(
    symbol: Symbol, expression: Expr, named: dict[Expr, Symbol], later: dict[Expr, Symbol], sums: dict[Symbol, Expr]
) -> Equation:
    """A gate, of a pre-activation with a name; or a pre-activation, its sums written out."""
    if len(expression.args) == 1 and expression.args[0] in named:
        before = named[expression.args[0]]
        return Equation(symbol, expression.func(before, evaluate=False), GATE, before)
    names = {other: name for other, name in (named | later).items() if name != symbol}
    return Equation(symbol, expression.xreplace(sums).xreplace(names), PREACTIVATION)


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
