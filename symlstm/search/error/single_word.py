"""The error on one word sequence, however long, at any scale.  UNTRUSTED.

Steps are taken in balls, from a box a little wider than the state, and kept: a state that lies in the box of an
earlier step steps alike. Where a repeated word leads from a box into that box, r' = A r + B with A and B in the
balls of the box is applied as often as the word is left, in closed form. So the state lies in the balls for certain.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
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
    found = sum((algebra.ball(x, {}) * state[s] for s, x in readout.terms), algebra.ball(readout.constant, {}))
    return abs(found - arb(specified(construction.weighted_automaton, words, readout.delay)))


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
        self._steps: dict[tuple[object, ...], _Move] = {}

    def repeat(self, word: str, n: int) -> None:
        """The word n times."""
        while n:
            move = self._move(word)
            times = n if move.contains(move.image) else 1
            self.registers = {r: _repeated(*move.affine[r], times, x) for r, x in self.registers.items()}
            self.state, n = move.image, n - times

    def _move(self, word: str) -> _Move:
        """One step of the word from a box around the state."""
        unit = arb(2) ** (ctx.prec - SLACK)
        key = word, *(int((x.mid() * unit + HALF).floor().unique_fmpz() or 0) for x in self.state.values())
        known = self._steps.get(key)
        if known is None or not known.contains(self.state):
            known = self._steps[key] = self._step(word)
        return known

    def _step(self, word: str) -> _Move:
        margin = arb(0, 1) * arb(2) ** (SLACK - ctx.prec)
        box = {s: x + margin for s, x in self.state.items()}
        after, values = self._updates[word], Balls(box)
        parts = {r: after[r].coefficients(r) for r in self.registers}
        affine = {r: tuple(values[part.get(power, algebra.ZERO)] for power in (1, 0)) for r, part in parts.items()}
        return _Move(box, {s: values[after[s]] for s in box}, affine)


@dataclass(frozen=True)
class _Move:
    """A step of one word: from every state of the box into the image, registers by r' = A r + B."""

    box: Box
    image: Box
    affine: Affine

    def contains(self, state: Box) -> bool:
        """Whether the state is one of the box."""
        return all(x.contains(state[s]) for s, x in self.box.items())


def _repeated(a: arb, b: arb, n: int, x: arb) -> arb:
    """x after n times x -> a x + b, by repeated squaring of that map."""
    while n:
        x = a * x + b if n % 2 else x
        a, b, n = a * a, a * b + b, n // 2
    return x
