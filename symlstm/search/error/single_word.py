"""The error on one word sequence, however long, at any scale.  UNTRUSTED.

Steps are taken in balls and kept: a state that agrees with an earlier one to all but the last
bits steps alike. Where a word that is repeated changes nothing but registers any more, r' = A r + B
is applied as often as it is left, in closed form.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce

from flint import arb, ctx, fmpq, fmpq_mat

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.fixed_scale import Balls, updates
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.search.construction import Construction
from symlstm.search.error.contexts import SLACK, Box
from symlstm.search.error.worst_word import Runs
from symlstm.search.saturation.exploration import relevant

Affine = Mapping[Variable, tuple[arb, arb]]  # A and B of each register
HALF = arb(1) / 2


def specified(specification: WeightedAutomaton, words: Runs, delay: int) -> fmpq:
    """The specification's value on all but the last words."""
    *before, (last, n) = words
    if n < delay:
        return specified(specification, tuple(before), delay - n) if before else fmpq(0)
    size = len(specification.initial)
    matrices = {w: fmpq_mat(size, size, [x for row in rows for x in row]) for w, rows in specification.matrices.items()}
    start, end = fmpq_mat(1, size, list(specification.initial)), fmpq_mat(size, 1, list(specification.final))
    return (reduce(lambda v, run: v * matrices[run[0]] ** run[1], (*before, (last, n - delay)), start) * end)[0, 0]


def error_along(construction: Construction, words: Runs, k: fmpq) -> arb:
    """|readout - specification| after the words at scale k, in balls of flint's current precision."""
    network, path = construction.network, _Path(construction, k)
    for word, n in words:
        path.repeat(word, n)
    readout, state = network.linear_readout, {**path.state, **path.registers}
    found = sum((algebra.ball(x, {}) * state[s] for s, x in readout.terms), arb(0))
    return abs(found - arb(specified(construction.specification, words, readout.delay)))


class _Path:
    """The state after the words so far."""

    def __init__(self, construction: Construction, k: fmpq) -> None:
        system, readout = construction.network.system, construction.network.linear_readout
        registers = construction.saturation.limits.conclusion.automaton.registers
        wanted = relevant(system, readout)
        start = {s: algebra.ball(x, {}) for s, x in zip(system.state, system.initial, strict=True)}
        self.registers = {r: start[r] for r in registers}
        self.state: Box = {s: x for s, x in start.items() if s in wanted and s not in registers}
        self._updates = dict(zip(system.words, updates(system, k), strict=True))
        self._steps: dict[tuple[object, ...], tuple[Box, Affine]] = {}

    def repeat(self, word: str, n: int) -> None:
        while n:
            key = self._key(word)
            self.state, affine = self._steps.get(key) or self._steps.setdefault(key, self._step(word))
            times, n = (n, 0) if self._key(word) == key else (1, n - 1)
            self.registers = {r: _repeated(*affine[r], times, x) for r, x in self.registers.items()}

    def _key(self, word: str) -> tuple[object, ...]:
        unit = arb(2) ** (ctx.prec - SLACK)
        return word, *(int((x.mid() * unit + HALF).floor().unique_fmpz() or 0) for x in self.state.values())

    def _step(self, word: str) -> tuple[Box, Affine]:
        after, values = self._updates[word], Balls(self.state)
        parts = {r: after[r].coefficients(r) for r in self.registers}
        affine = {r: tuple(values[part.get(power, algebra.ZERO)] for power in (1, 0)) for r, part in parts.items()}
        return {s: values[after[s]] for s in self.state}, affine


def _repeated(a: arb, b: arb, n: int, x: arb) -> arb:
    """x after n times x -> a x + b, by repeated squaring of that map."""
    while n:
        x = a * x + b if n % 2 else x
        a, b, n = a * a, a * b + b, n // 2
    return x
