"""A finite automaton as one layer of threshold units, in the cell that is asked for.

A unit's pre-activation is k (sum of the units of its states before + the unit of its word - threshold): 2 - 3/2 when
both are there and at most 1 - 3/2 else, in numbers that are 0 when off and 1 when on. What the cells make of on and off:

    cell          off    on        how
    rnn_sigmoid    0      1        sigmoid(pre-activation)
    rnn_tanh      -1      1        tanh(pre-activation)
    rnn_relu       0      1        relu(sum - 1), exact: no scale
    gru           -1      1        z = 0, n = tanh(pre-activation)
    lstm           0      tanh(1)  i = 1, f = 0, g = 1, o = sigmoid(pre-activation)
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sympy import Expr, Integer, Rational, tanh

from symlstm.builder.units import Control, Unit
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm

WIDE = 50  # how much farther from 0 than the units' own the pre-activations of gates that never change are, for LSTM and GRU
KAPPA = tanh(Integer(1))


class Rows(NamedTuple):
    """The pre-activations of the units: weights from words (units, words), from units (units, units), bias (units,)."""

    words: list[list[Any]]
    units: list[list[Any]]
    bias: list[Any]


class Levels(NamedTuple):
    """What a unit's h is when off, and when on."""

    off: Expr
    on: Expr


def threshold(unit: Unit, control: Control) -> Rational:
    """Half way between what the sum is when the unit shall be on and the most that it is else."""
    alone = len(unit.before) == len(control.automaton.states) or len(unit.words) == len(control.automaton.moves)
    return Rational(1, 2) if alone or not unit.words else Rational(3, 2)


def rows(control: Control, levels: Levels, scale: Expr) -> Rows:
    """scale * (sum of what is on - threshold), with the units' levels in place of 0 and 1."""
    words, height = [*control.automaton.moves], levels.on - levels.off
    weight = scale / height
    table = Rows([], [], [])
    for unit in control.units:
        every_state = len(unit.before) == len(control.automaton.states)
        every_word = len(unit.words) == len(words)
        read = set() if every_state else set(control.on(unit.before))
        table.words.append([scale if word in unit.words and (every_state or not every_word) else 0 for word in words])
        table.units.append([weight if n in read else 0 for n in range(len(control.units))])
        table.bias.append(-scale * (threshold(unit, control) + len(read) * levels.off / height))
    return table


def start(control: Control, levels: Levels) -> list[Expr]:
    """h before the first word."""
    return [levels.on if n == control.start else levels.off for n in range(len(control.units))]


def readout(control: Control, levels: Levels) -> dict[str, Any]:
    """1 for accepted words and 0 for the others; the terms and the constant."""
    height, read = levels.on - levels.off, control.accepting
    return {"readout": [ReadoutTerm("h", n, 1 / height) for n in read], "constant": -len(read) * levels.off / height}


def rnn(cell: str, levels: Levels) -> Callable[[Control, Expr], Network]:
    """The builder for an Elman network whose units are the pre-activations' function."""

    def build(control: Control, scale: Expr) -> Network:
        w, u, b = rows(control, levels, scale)
        return Network(_words(control), w, u, b, h0=start(control, levels), cell=cell, **readout(control, levels))

    return build


def relu(control: Control, scale: Expr) -> Network:
    """relu(sum - (threshold - 1/2)) is 1 for the sum that is one above, and 0 for all below: exact, without a scale."""
    levels = Levels(Integer(0), Integer(1))
    w, u, b = rows(control, levels, Integer(1))
    bias = [entry + Rational(1, 2) for entry in b]
    return Network(_words(control), w, u, bias, h0=start(control, levels), cell="rnn_relu", **readout(control, levels))


def gru(control: Control, scale: Expr) -> Network:
    """Blocks r, z, n: r = 1 lets n see the units before, z = 0 takes what is new, n decides."""
    levels = Levels(Integer(-1), Integer(1))
    w, u, b = rows(control, levels, scale)
    size, words = len(control.units), len(_words(control))
    quiet_w, quiet_u = _zeros(2 * size, words), _zeros(2 * size, size)
    bias = [*[WIDE * scale] * size, *[-WIDE * scale] * size, *b]
    return Network(
        _words(control),
        quiet_w + w,
        quiet_u + u,
        bias,
        h0=start(control, levels),
        cell="gru",
        **readout(control, levels),
    )


def lstm(control: Control, scale: Expr) -> Network:
    """Blocks i, f, g, o: the cell is 1 after each step, and the output gate decides."""
    levels = Levels(Integer(0), KAPPA)
    w, u, b = rows(control, levels, scale)
    size, words = len(control.units), len(_words(control))
    wide = WIDE * scale
    bias = [*[wide] * size, *[-wide] * size, *[wide] * size, *b]
    return Network(
        _words(control),
        _zeros(3 * size, words) + w,
        _zeros(3 * size, size) + u,
        bias,
        h0=start(control, levels),
        cell="lstm",
        **readout(control, levels),
    )


def _words(control: Control) -> list[str]:
    return [*control.automaton.moves]


def _zeros(height: int, width: int) -> list[list[int]]:
    return [[0] * width for _ in range(height)]


BUILDERS: dict[str, Callable[[Control, Expr], Network]] = {
    "lstm": lstm,
    "gru": gru,
    "rnn_tanh": rnn("rnn_tanh", Levels(Integer(-1), Integer(1))),
    "rnn_sigmoid": rnn("rnn_sigmoid", Levels(Integer(0), Integer(1))),
    "relu": relu,
}


def network(control: Control, cell: str, scale: Expr = k) -> Network:
    """The automaton's network; its weights are multiples of the scale, k for the ideal one."""
    return BUILDERS[cell](control, scale)
