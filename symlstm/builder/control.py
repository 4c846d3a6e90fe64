"""A finite automaton as one layer of threshold units, in the cell that is asked for.

A unit's pre-activation is k (sum of what it reads - threshold): at least 1/2 when the unit shall be on and at most -1/2
else, in numbers that are 0 when off and 1 when on. What the cells make of on and off:

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

from sympy import Expr, Integer, Rational, sympify, tanh

from symlstm.builder.threshold_layer import ThresholdLayer
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


def rows(layer: ThresholdLayer, levels: Levels, scale: Expr) -> Rows:
    """scale * (sum of what is on - threshold), with the units' levels in place of 0 and 1."""
    height = levels.on - levels.off
    weight = scale / height
    return Rows(
        [[scale * sympify(x) for x in row] for row in layer.words],
        [[weight * sympify(x) for x in row] for row in layer.units],
        [
            -scale * (sympify(t) + sympify(sum(row)) * levels.off / height)
            for t, row in zip(layer.thresholds, layer.units, strict=True)
        ],
    )


def start(layer: ThresholdLayer, levels: Levels) -> list[Expr]:
    """h before the first word."""
    return [levels.on if on else levels.off for on in layer.start]


def readout(layer: ThresholdLayer, levels: Levels) -> dict[str, Any]:
    """At least 1 for accepted words and at most 0 for the others; the terms and the constant."""
    height, total = levels.on - levels.off, sympify(sum(layer.readout))
    terms = [ReadoutTerm("h", n, sympify(x) / height) for n, x in enumerate(layer.readout) if x]
    return {"readout": terms, "constant": sympify(layer.constant) - total * levels.off / height}


def rnn(cell: str, levels: Levels) -> Callable[[ThresholdLayer, Expr], Network]:
    """The builder for an Elman network whose units are the pre-activations' function."""

    def build(layer: ThresholdLayer, scale: Expr) -> Network:
        w, u, b = rows(layer, levels, scale)
        return Network(_words(layer), w, u, b, h0=start(layer, levels), cell=cell, **readout(layer, levels))

    return build


def relu(layer: ThresholdLayer, scale: Expr) -> Network:
    """relu(sum - (threshold - 1/2)) is 1 for the sum that is one above, and 0 for all below: exact, without a scale."""
    levels = Levels(Integer(0), Integer(1))
    w, u, b = rows(layer, levels, Integer(1))
    bias = [entry + Rational(1, 2) for entry in b]
    return Network(_words(layer), w, u, bias, h0=start(layer, levels), cell="rnn_relu", **readout(layer, levels))


def gru(layer: ThresholdLayer, scale: Expr) -> Network:
    """Blocks r, z, n: r = 1 lets n see the units before, z = 0 takes what is new, n decides."""
    levels = Levels(Integer(-1), Integer(1))
    w, u, b = rows(layer, levels, scale)
    size, words = len(layer.units), len(_words(layer))
    quiet_w, quiet_u = _zeros(2 * size, words), _zeros(2 * size, size)
    bias = [*[WIDE * scale] * size, *[-WIDE * scale] * size, *b]
    return Network(
        _words(layer),
        quiet_w + w,
        quiet_u + u,
        bias,
        h0=start(layer, levels),
        cell="gru",
        **readout(layer, levels),
    )


def lstm(layer: ThresholdLayer, scale: Expr) -> Network:
    """Blocks i, f, g, o: the cell is 1 after each step, and the output gate decides."""
    levels = Levels(Integer(0), KAPPA)
    w, u, b = rows(layer, levels, scale)
    size, words = len(layer.units), len(_words(layer))
    wide = WIDE * scale
    bias = [*[wide] * size, *[-wide] * size, *[wide] * size, *b]
    return Network(
        _words(layer),
        _zeros(3 * size, words) + w,
        _zeros(3 * size, size) + u,
        bias,
        h0=start(layer, levels),
        cell="lstm",
        **readout(layer, levels),
    )


def _words(layer: ThresholdLayer) -> list[str]:
    return [*layer.automaton.moves]


def _zeros(height: int, width: int) -> list[list[int]]:
    return [[0] * width for _ in range(height)]


BUILDERS: dict[str, Callable[[ThresholdLayer, Expr], Network]] = {
    "lstm": lstm,
    "gru": gru,
    "rnn_tanh": rnn("rnn_tanh", Levels(Integer(-1), Integer(1))),
    "rnn_sigmoid": rnn("rnn_sigmoid", Levels(Integer(0), Integer(1))),
    "relu": relu,
}


def network(layer: ThresholdLayer, cell: str, scale: Expr = k) -> Network:
    """The automaton's network; its weights are multiples of the scale, k for the ideal one."""
    return BUILDERS[cell](layer, scale)
