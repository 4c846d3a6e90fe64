"""Brute force: a network on all short words in 100 digits or more, its equations written out here once more.

Nothing of the prover is used but the definition of the network and flint's balls, of which only the
middle is kept. States that agree to all but the last 20 digits, with the same specification to come,
are followed once: so words of length 7 over five words are within reach.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import sympy
from flint import arb, ctx, fmpq

from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.exact_tensors import k
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
    h: tuple[arb, ...]
    c: tuple[arb, ...]
    rows: tuple[Row, ...]  # the specification's row vectors after the last words, the oldest first


class Machine:
    """The network at one scale, in numbers of so many digits."""

    def __init__(self, case: Case, scale: Fraction | int, digits: int = 100) -> None:
        self.case, self.bits = case, int(digits * 3.33) + GUARD
        network = case.network
        with ctx.workprec(self.bits):
            self._scale, self._memo = arb(fmpq(Fraction(scale).numerator, Fraction(scale).denominator)), {}
            weights = [[self._value(x) for x in row] for row in network.weight_ih]
            self._columns = list(zip(*weights, strict=True))
            rows = [[(i, self._value(x)) for i, x in enumerate(row)] for row in network.weight_hh]
            self._recurrent = [[(i, x) for i, x in row if x != 0] for row in rows]
            biases = zip(network.bias_ih, network.bias_hh, strict=True)
            self._bias = [self._value(x) + self._value(y) for x, y in biases]
            self._constant = self._value(sympy.sympify(network.constant))
            self._read = [(t.state, t.index, self._value(t.coeff)) for t in network.readout]
            self._h, self._c = (tuple(map(self._value, start)) for start in (network.h0, network.c0))

    def _value(self, entry: Any) -> arb:
        if entry not in self._memo:
            self._memo[entry] = _evaluate(sympy.sympify(entry), self._scale)
        return self._memo[entry]

    def readings(self, length: int) -> Iterator[Reading]:
        """All words up to the length, the shorter first, then in the vocabulary's order; merged as said above."""
        level = [_Node((), self._h, self._c, (self.case.specification.initial,))]
        for _ in range(length):
            level = self._merged(level)
            yield from (self._reading(node) for node in level if len(node.rows) > self.case.network.delay)

    def along(self, words: Words) -> Reading:
        """The readout after one word sequence."""
        node = _Node((), self._h, self._c, (self.case.specification.initial,))
        for word in words:
            node = self._step(node, word)
        return self._reading(node)

    def _merged(self, level: list[_Node]) -> list[_Node]:
        found: dict[Any, _Node] = {}
        for node in level:
            for word in self.case.network.vocabulary:
                new = self._step(node, word)
                found.setdefault((*map(self._rounded, new.h + new.c), new.rows), new)
        return list(found.values())

    def _rounded(self, x: arb) -> Any:
        with ctx.workprec(self.bits - GUARD):
            return (x + 1).mid().man_exp()

    def _step(self, node: _Node, word: str) -> _Node:
        with ctx.workprec(self.bits):
            column = self._columns[self.case.network.vocabulary.index(word)]
            rows = zip(column, self._recurrent, self._bias, strict=True)
            a = [x + b + sum((w * node.h[i] for i, w in row), arb(0)) for x, row, b in rows]
            h, c = self._updated(a, node.c)
        matrix, last = self.case.specification.matrices[word], node.rows[-1]
        row = tuple(sum((x * line[j] for x, line in zip(last, matrix, strict=True)), fmpq(0)) for j in range(len(last)))
        return _Node((*node.words, word), h, c, (*node.rows, row)[-1 - self.case.network.delay :])

    def _updated(self, a: list[arb], c: tuple[arb, ...]) -> tuple[tuple[arb, ...], tuple[arb, ...]]:
        cell, d = self.case.network.cell, self.case.network.hidden
        if cell != "lstm":
            return tuple((_logistic(x) if cell == "rnn_sigmoid" else x.tanh()).mid() for x in a), ()
        new = [_logistic(a[d + j]) * c[j] + _logistic(a[j]) * a[2 * d + j].tanh() for j in range(d)]
        return tuple((_logistic(a[3 * d + j]) * new[j].tanh()).mid() for j in range(d)), tuple(x.mid() for x in new)

    def _reading(self, node: _Node) -> Reading:
        with ctx.workprec(self.bits):
            value = sum((x * (node.h if s == "h" else node.c)[j] for s, j, x in self._read), self._constant).mid()
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
