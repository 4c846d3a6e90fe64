"""All word sequences at once in IEEE arithmetic: the float states that a network can reach, length by length.

Two words sequences that lead to the same float state and the same residual specification
behave alike for ever, so one of them stands for both.  States are merged exactly, by their
bits; coordinates that influence neither the readout nor anything that does are left out.
Thus every one of the |V|^n sequences of length n is covered, although few states are visited.

The arithmetic is that of model/running.py: NumPy's exp and tanh in the given type, sums from
left to right.  PyTorch's last bits may differ.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlstm.floats.state_heads import Floats, Heads, Places
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.kernel.theorem import Unsupported
from symlstm.model.cells import Arithmetic
from symlstm.model.errors import InputError
from symlstm.model.network import Network
from symlstm.model.residuals import Integers, Residuals, residuals
from symlstm.model.simulation.running import Machine, float_machine, overflow_refused

Progress = Callable[[int, int], None]
ODD = np.int64(0x1E3779B97F4A7C15)  # any odd number of many bits


@dataclass(frozen=True)
class Level:
    """All word sequences of one length: how many, in how many distinct states, and how far from the specification.

    `worst` is the largest |readout - specification|, formed in float64; `right` says whether
    the readout rounds to the specification, ties to even, for all of them. Lengths below the
    delay, of which the readout says nothing, are right with worst 0.
    """

    length: int
    words: int
    states: int
    worst: float
    right: bool


@dataclass(frozen=True)
class Reached:
    """Every length from 1 on, up to the one asked for or the first with a wrong sequence.

    `wrong` is the first wrong sequence, by length and then in the order of the vocabulary;
    None if there is none.
    """

    dtype: str
    levels: tuple[Level, ...]
    wrong: tuple[str, ...] | None


@dataclass(frozen=True, eq=False)
class _Frontier:
    """The distinct pairs of live state and residuals, in the order of the first word sequence that leads to each."""

    head: Places  # (states,)
    counters: Floats  # (counters, states)
    values: Integers  # (r, states)
    origin: Places  # (states,), predecessor * words + word


@dataclass(frozen=True, eq=False)
class _Search:
    machine: Machine
    specification: Residuals
    words: int
    heads: Heads

    def start(self) -> _Frontier:
        initial = np.array([*self.machine.h0, *self.machine.c0])[:, None]  # (coordinates, 1)
        head, counters = self.heads.find(initial[self.heads.places]), initial[self.heads.counters]
        return _Frontier(head, counters, self.specification.start[:, None], np.zeros(1, np.intp))

    def extend(self, frontier: _Frontier) -> _Frontier:
        """Every state after one more word, each once."""
        head, counters = self.heads.step(self.heads.forgotten(frontier.head), frontier.counters)
        values = np.stack([self.specification.step(frontier.values, word) for word in range(self.words)], -1)
        head = head.ravel()  # (states * words,)
        counters = counters.reshape(len(counters), len(head))  # (counters, states * words)
        values = values.reshape(len(values), len(head))  # (r, states * words)
        first = first_of_each([head, *counters.view(f"i{counters.itemsize}"), *values])
        return _Frontier(head[first], counters.take(first, 1), values.take(first, 1), first)

    def level(self, frontier: _Frontier, length: int, delay: int) -> tuple[Level, Places]:
        """What is said of a length, and the states that round wrong."""
        wanted = self.specification.value(frontier.values)  # (states,)
        found = np.broadcast_to(self.machine.read(*self.heads.state(frontier.head, frontier.counters)), wanted.shape)
        checked = length >= delay
        wrong = np.flatnonzero((np.rint(found) != wanted) & checked)
        worst = float(np.abs(found.astype(np.float64) - wanted).max()) if checked else 0.0
        return Level(length, self.words**length, len(wanted), worst, not len(wrong)), wrong


def first_of_each(columns: Sequence[NDArray[np.signedinteger[Any]]]) -> Places:
    """Where each distinct tuple (columns[0][i], columns[1][i], ...) occurs first, ascending; columns (n,), n >= 1.

    Sorts one hash of each tuple instead of the tuples, then compares every tuple with the first
    of its hash: exact, whatever the hash, at the price of a slow sort should two ever collide.
    """
    mixed = np.zeros(len(columns[0]), np.int64)  # (n,)
    for column in columns:
        mixed = (mixed ^ (mixed >> 29)) * ODD + column
    order = mixed.argsort()  # (n,)
    new = _differs_from_the_one_before(mixed[order])
    if all((new | ~_differs_from_the_one_before(column[order])).all() for column in columns):
        first = np.minimum.reduceat(order, np.flatnonzero(new))
    else:
        _, first = np.unique(np.array(columns), axis=1, return_index=True)
    return np.sort(first)


def _differs_from_the_one_before(row: NDArray[np.signedinteger[Any]]) -> NDArray[np.bool_]:
    return np.concatenate(([True], row[1:] != row[:-1]))  # (n,)


class Reads(frozenset[int]):
    """The coordinates that a number depends on: the arithmetic of who reads whom."""

    def __add__(self, other: object) -> Reads:
        return Reads(self | other) if isinstance(other, Reads) else self

    __radd__ = __mul__ = __rmul__ = __add__
    __neg__ = __pos__ = lambda self: self


SAME = Arithmetic(*[lambda x: x] * 7)


def influential(machine: Machine) -> tuple[int, ...]:
    """The coordinates, counted through h and then c, that the readout reads or that such a one reads."""
    sizes = len(machine.h0), len(machine.c0)
    h, c = [Reads({j}) for j in range(sizes[0])], [Reads({sizes[0] + j}) for j in range(sizes[1])]
    x = [Reads()] * len(machine.encoding[0])
    new, kept = replace(machine, arithmetic=SAME).step(x, h, c)
    reads = [x if isinstance(x, Reads) else Reads() for x in (*new, *kept)]  # a constant reads nothing
    live = {index + sizes[0] * (state == "c") for state, index, coeff in machine.terms if coeff}
    while (wider := live.union(*(reads[j] for j in live))) != live:
        live = wider
    return tuple(sorted(live))


def reach(
    network: Network,
    specification: WeightedAutomaton,
    length: int,
    dtype: str = "float64",
    *,
    scale: Fraction | int = 1,
    limit: int = 200_000,
    progress: Progress | None = None,
) -> Reached:
    """Whether the readout rounds to the specification after every word sequence up to the length.

    `progress(length, states)` is called after each length. Raises InputError for bad input
    and for a specification that is not whole, Unsupported beyond `limit` distinct states.
    """
    machine = float_machine(network, scale, dtype)
    live, left = influential(machine), residuals(specification, network.vocabulary, network.delay)
    if length < 0 or not live:
        raise InputError("reach", f"length {length}, {len(live)} coordinates to read", "length >= 0 and a readout")
    words = len(network.vocabulary)
    search = _Search(machine, left, words, Heads(machine, words, live))
    levels: list[Level] = []
    origins: list[Places] = []
    frontier, wrong = search.start(), np.zeros(0, np.intp)
    with overflow_refused(dtype):
        while len(levels) < length and not len(wrong):
            frontier = search.extend(frontier)
            origins.append(frontier.origin)
            level, wrong = search.level(frontier, len(origins), network.delay)
            levels.append(level)
            if level.right and level.states > limit:
                raise Unsupported(f"{level.states} distinct states after {level.length} words; the limit is {limit}")
            if progress:
                progress(level.length, level.states)
    if not len(wrong):
        return Reached(dtype, tuple(levels), None)
    return Reached(dtype, tuple(levels), tuple(network.vocabulary[j] for j in _path(origins, wrong[0], words)))


def _path(origins: Sequence[Places], state: Any, words: int) -> list[int]:
    """The first word sequence that leads to a state of the last level, by the states' origins."""
    path = []
    for origin in reversed(origins):
        state, word = divmod(int(origin[state]), words)
        path.append(word)
    return path[::-1]
