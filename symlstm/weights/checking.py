"""A file's network against ours, one step at a time, along a fixed set of words.

Each step starts from our own state, so that no rounding is amplified along the words and the
bound stays sharp, for a network that is unstable too. The first step starts from the file's
initial state.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise, product
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlstm.model.cells import Weights, floating, lstm_step, rnn_step
from symlstm.model.simulation.running import Machine, overflow_refused
from symlstm.weights.tensors import LAYER, Tensors, tensors_of

SHORT = 3  # all words up to this length, where they are at most MOST; else MOST of them, each first word included
MOST = 4096
LONG = (8, 40)  # as many, of this length

Array = NDArray[Any]
Step = Callable[[Array, Array | None, Array | None], Sequence[Array]]  # x, h, c (None: the initial ones) to [h', c']


class Mismatch(RuntimeError):
    """What was written is not the network; nothing was kept of it."""


def array_step(tensors: Tensors, cell: str) -> Step:
    """One step by the cell's equations on whole arrays, from tensors as they were read."""
    weights = Weights(*(tensors[name] for name in LAYER))
    activation = floating().sigmoid if cell == "rnn_sigmoid" else floating().tanh

    def step(x: Array, h: Array | None, c: Array | None) -> Sequence[Array]:
        h = initial(tensors, "h0", len(x)) if h is None else h
        if cell != "lstm":
            return [rnn_step(weights, x, h, activation)]
        return lstm_step(weights, x, h, initial(tensors, "c0", len(x)) if c is None else c, floating())

    return step


def initial(tensors: Tensors, name: str, count: int) -> Array:
    """h0 or c0, once for each of `count` sequences: (count, d)."""
    zero = np.zeros_like(tensors[LAYER[1]][0])
    return np.tile(tensors.get(name, zero), (count, 1))


def sample_words(size: int) -> Iterator[NDArray[np.int64]]:
    """Word sequences over `size` words, as positions: (sequences, SHORT), then LONG; always the same."""
    choose = random.Random(0).randrange
    if size**SHORT <= MOST:
        yield np.array(list(product(range(size), repeat=SHORT)))
    else:
        yield np.array([[j % size, *(choose(size) for _ in range(SHORT - 1))] for j in range(MOST)])
    yield np.array([[choose(size) for _ in range(LONG[1])] for _ in range(LONG[0])])


def same_tensors(found: Tensors, tensors: Tensors) -> None:
    """Raises Mismatch unless both are the same numbers of the same dtype under the same names."""
    if found.keys() != tensors.keys():
        raise Mismatch(f"tensors {sorted(found)} read, {sorted(tensors)} written")
    for name, tensor in tensors.items():
        if found[name].dtype != tensor.dtype or not np.array_equal(found[name], tensor):
            raise Mismatch(f"{name} is read as other numbers than were written")


def same_steps(step: Step, machine: Machine, vocabulary: Sequence[str]) -> None:
    """Raises Mismatch unless `step` agrees with the machine, up to the rounding of sums in another order.

    Raises InputError where a run leaves the dtype's range.
    """
    tensors = tensors_of(machine)
    one_hot = np.eye(len(vocabulary), dtype=tensors[LAYER[0]].dtype)
    for words in sample_words(len(vocabulary)):
        for t, (before, after) in enumerate(pairwise(_states(machine, words, one_hot))):
            found = step(one_hot[words[:, t]], *([*before, None][:2] if t else (None, None)))
            wrong = _wrong(found, after, tolerance(tensors, *before))
            if wrong is not None:
                prefix = " ".join(vocabulary[j] for j in words[wrong, : t + 1])
                raise Mismatch(f"after {prefix!r} the state is another than ours")


def _states(machine: Machine, words: NDArray[np.int64], one_hot: Array) -> Iterator[list[Array]]:
    """The machine's states [h, c] (an RNN's [h]), each (sequences, d): the initial ones, then after each word."""
    state: tuple[Sequence[Any], Sequence[Any]] = machine.h0, machine.c0
    for t in range(words.shape[1] + 1):
        yield [np.stack([np.broadcast_to(unit, len(words)) for unit in part], -1) for part in state if part]
        if t < words.shape[1]:
            with overflow_refused(one_hot.dtype.name):
                state = machine.step(list(one_hot[words[:, t]].T), *state)


def tolerance(tensors: Tensors, h: Array, c: Array | None = None) -> float:
    """How far one step from h and c may be off: sums in another order, and exp and tanh that are not quite equal.

    A pre-activation is a sum of n products, each at most the row's absolute sum R times |h|: off by
    at most n eps R |h|; no gate is steeper than 1, and a forget gate's error is multiplied by |c|.
    """
    whole = np.abs(np.column_stack([tensors[name] for name in LAYER]))  # (gates*d, words + d + 2)
    row, count = whole.sum(-1).max() * max(1.0, np.abs(h).max()), whole.shape[1]
    largest = 0 if c is None else np.abs(c).max()
    return float(np.finfo(h.dtype).eps * (16 + count * row) * (2 + largest))


def _wrong(found: Sequence[Array], states: Sequence[Array], most: float) -> int | None:
    """The first sequence on which a state is further off than `most`, or not a number."""
    good = [(np.abs(a - b) <= most).all(-1) for a, b in zip(found, states, strict=True)]  # each (sequences,)
    bad = np.flatnonzero(~np.logical_and.reduce(np.broadcast_arrays(*good)))
    return int(bad[0]) if bad.size else None
