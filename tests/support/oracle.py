"""Brute force: a network on all short words in 100 digits or more, its equations written out here once more.

Nothing of the prover is used but the definition of the network and flint's balls, of which only the
middle is kept. States that agree to all but the last 20 digits, with the same specification to come,
are followed once: so words of length 7 over five words are within reach.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import arb, ctx, fmpq

from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.exact_tensors import k
from symlstm.model.layers import Layer
from symlstm.model.network import Network

GUARD = 66  # bits, 20 digits
Words = tuple[str, ...]
Row = tuple[fmpq, ...]


@dataclass(frozen=True)
class Case:
    """A network and what it is said to compute."""

    label: str
    network: Network
    specification: WeightedAutomaton


@dataclass(frozen=True)
class Reading:
    """The first words of those that lead to one state, the readout after them, and what it should be."""

    words: Words
    value: arb
    specified: fmpq

    @property
    def error(self) -> arb:
        return abs(self.value - arb(self.specified)).mid()


@dataclass(frozen=True)
class _Node:
    words: Words
    state: tuple[State, ...]  # of each layer
    rows: tuple[Row, ...]  # the specification's row vectors after the last words, the oldest first


State = tuple[tuple[arb, ...], tuple[arb, ...]]  # h, c

ACTIVATIONS = {
    "rnn_tanh": arb.tanh,
    "rnn_sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "rnn_relu": lambda x: x.max(arb(0)),
    "rnn_step": lambda x: arb(int(x >= 0)),
    "rnn_strict_step": lambda x: arb(int(x > 0)),
    "rnn_hardsigmoid": lambda x: (x / 6 + arb(1) / 2).max(arb(0)).min(arb(1)),
    "rnn_hardtanh": lambda x: x.max(arb(-1)).min(arb(1)),
}


class _Layer:
    """One layer in numbers."""

    def __init__(self, layer: Layer, value: Callable[[sympy.Expr], arb]) -> None:
        def sparse(matrix: Any) -> list[list[tuple[int, arb]]]:
            rows = [[(i, value(x)) for i, x in enumerate(row)] for row in matrix]
            return [[(i, x) for i, x in row if x != 0] for row in rows]

        self.cell, self.w, self.u = layer.cell, sparse(layer.weight_ih), sparse(layer.weight_hh)
        self.b, self.v = ([*map(value, bias)] for bias in (layer.bias_ih, layer.bias_hh))
        self.r = layer.weight_hr and sparse(layer.weight_hr)
        self.p = layer.peephole and [*map(value, layer.peephole)]
        self.start: State = (tuple(map(value, layer.h0)), tuple(map(value, layer.c0 or ())))

    def step(self, x: Sequence[arb], h: Sequence[arb], c: Sequence[arb]) -> State:
        a, u = _sums(self.w, x, self.b), _sums(self.u, h, self.v)
        if self.cell in ACTIVATIONS:
            return tuple(ACTIVATIONS[self.cell](s + t).mid() for s, t in zip(a, u, strict=True)), ()
        if self.cell.startswith("gru"):
            return self._gru(a, u, h), ()
        return self._lstm([s + t for s, t in zip(a, u, strict=True)], c)

    def _gru(self, a: list[arb], u: list[arb], h: Sequence[arb]) -> tuple[arb, ...]:
        d = len(h)
        r, z = ([_logistic(a[j] + u[j]) for j in range(n * d, (n + 1) * d)] for n in (0, 1))
        if self.cell == "gru_reset_before":
            inner = _sums(self.u, [x * y for x, y in zip(r, h, strict=True)], self.v)[2 * d :]
        else:
            inner = [r[j] * u[2 * d + j] for j in range(d)]
        return tuple(((1 - z[j]) * (a[2 * d + j] + inner[j]).tanh() + z[j] * h[j]).mid() for j in range(d))

    def _lstm(self, a: list[arb], c: Sequence[arb]) -> State:
        if self.cell == "lstm_step":
            return self._lstm_of(a, c, ACTIVATIONS["rnn_strict_step"], lambda x: arb(int(x > 0) - int(x < 0)))
        return self._lstm_of(a, c, _logistic, arb.tanh)

    def _lstm_of(
        self, a: list[arb], c: Sequence[arb], sigmoid: Callable[[arb], arb], tanh: Callable[[arb], arb]
    ) -> State:
        d, letters = len(c), "ifgo" if self.cell in ("lstm", "lstm_step") else "igo"
        gate = {x: a[n * d : (n + 1) * d] for n, x in enumerate(letters)}
        sees = [x for x in letters if x != "g"]
        p = {x: self.p[n * d : (n + 1) * d] if self.p else [arb(0)] * d for n, x in enumerate(sees)}
        i = [sigmoid(gate["i"][j] + p["i"][j] * c[j]) for j in range(d)]
        if "f" in gate:
            f = [sigmoid(gate["f"][j] + p["f"][j] * c[j]) for j in range(d)]
        else:
            f = [1 - x for x in i] if self.cell == "lstm_coupled" else [arb(1)] * d
        new = [f[j] * c[j] + i[j] * tanh(gate["g"][j]) for j in range(d)]
        h = [sigmoid(gate["o"][j] + p["o"][j] * new[j]) * tanh(new[j]) for j in range(d)]
        h = _sums(self.r, h, [arb(0)] * len(self.r)) if self.r else h
        return tuple(x.mid() for x in h), tuple(x.mid() for x in new)


def _sums(rows: list[list[tuple[int, arb]]], x: Sequence[arb], b: list[arb]) -> list[arb]:
    return [y + sum((w * x[i] for i, w in row), arb(0)) for row, y in zip(rows, b, strict=True)]


class Machine:
    """The network at one scale, in numbers of so many digits."""

    def __init__(self, case: Case, scale: Fraction | int, digits: int = 100) -> None:
        self.case, self.bits = case, int(digits * 3.33) + GUARD
        with ctx.workprec(self.bits):
            self._scale, self._memo = arb(fmpq(Fraction(scale).numerator, Fraction(scale).denominator)), {}
            self._layers = [_Layer(layer, self._value) for layer in case.network.layers]
            self._encoding = [[*map(self._value, row)] for row in case.network.encoding]
            self._read = [(t.state, t.layer, t.index, self._value(t.coeff)) for t in case.network.readout]
            self._start = tuple(layer.start for layer in self._layers)
            self._constant = self._value(sympy.sympify(case.network.constant))

    def _value(self, entry: Any) -> arb:
        if entry not in self._memo:
            self._memo[entry] = _evaluate(sympy.sympify(entry), self._scale)
        return self._memo[entry]

    def readings(self, length: int) -> Iterator[Reading]:
        """All words up to the length, the shorter first, then in the vocabulary's order; merged as said above."""
        level = [_Node((), self._start, (self.case.specification.initial,))]
        for _ in range(length):
            level = self._merged(level)
            yield from (self._reading(node) for node in level if len(node.rows) > self.case.network.delay)

    def along(self, words: Words) -> Reading:
        """The readout after one word sequence."""
        node = _Node((), self._start, (self.case.specification.initial,))
        for word in words:
            node = self._step(node, word)
        return self._reading(node)

    def _merged(self, level: list[_Node]) -> list[_Node]:
        found: dict[Any, _Node] = {}
        for node in level:
            for word in self.case.network.vocabulary:
                new = self._step(node, word)
                found.setdefault((*(self._rounded(x) for h, c in new.state for x in h + c), new.rows), new)
        return list(found.values())

    def _rounded(self, x: arb) -> Any:
        with ctx.workprec(self.bits - GUARD):
            return (x + 1).mid().man_exp()

    def _step(self, node: _Node, word: str) -> _Node:
        with ctx.workprec(self.bits):
            x, new = self._encoding[self.case.network.vocabulary.index(word)], []
            for layer, (h, c) in zip(self._layers, node.state, strict=True):
                new.append(layer.step(x, h, c))
                x = new[-1][0]
        matrix, last = self.case.specification.matrices[word], node.rows[-1]
        row = tuple(sum((x * line[j] for x, line in zip(last, matrix, strict=True)), fmpq(0)) for j in range(len(last)))
        return _Node((*node.words, word), tuple(new), (*node.rows, row)[-1 - self.case.network.delay :])

    def _reading(self, node: _Node) -> Reading:
        with ctx.workprec(self.bits):
            value = sum((x * node.state[n]["hc".index(s)][j] for s, n, j, x in self._read), self._constant).mid()
        final = self.case.specification.final
        return Reading(node.words, value, sum((x * y for x, y in zip(node.rows[0], final, strict=True)), fmpq(0)))


def _logistic(x: arb) -> arb:
    return 1 / (1 + (-x).exp())


def _evaluate(entry: sympy.Expr, scale: arb) -> arb:
    """An entry at a scale, by its tree."""
    if entry == sympy.sympify(k):
        return scale
    if entry.is_Rational:
        return arb(fmpq(int(entry.p), int(entry.q)))
    parts = [_evaluate(part, scale) for part in entry.args]
    if entry.is_Add:
        return sum(parts, arb(0))
    if entry.is_Mul:
        product = arb(1)
        for part in parts:
            product *= part
        return product
    if entry.is_Pow:
        return parts[0] ** int(entry.exp)
    return {"tanh": arb.tanh, "exp": arb.exp, "sigmoid": _logistic}[entry.func.__name__](*parts)
