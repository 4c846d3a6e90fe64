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

from symlstm.model.layers import LAYER
from symlstm.model.simulation.running import Machine, overflow_refused
from symlstm.weights.tensors import Tensors, depth, machine_of, tensors_of

SHORT = 3  # all words up to this length, where they are at most MOST; else MOST of them, each first word included
MOST = 4096
LONG = (8, 40)  # as many, of this length

Array = NDArray[Any]
Step = Callable[[Array, Array | None, Array | None], Sequence[Array]]  # x, h, c (None: the initial ones) to [h', c']


class Mismatch(RuntimeError):
    """What was written is not the network; nothing was kept of it."""


def array_step(tensors: Tensors, cells: Sequence[str]) -> Step:
    """One step by the cells' equations, from tensors as they were read."""
    machine = machine_of(tensors, cells)

    def step(x: Array, h: Array | None, c: Array | None) -> Sequence[Array]:
        given = [
            initial(tensors, cells, s, len(x)) if state is None else state
            for s, state in zip("hc", (h, c), strict=True)
        ]
        new = machine.step(list(x.T), *(list(state.T) for state in given))
        # a unit that nothing leads to is one number for all sequences
        return [np.stack([np.broadcast_to(unit, len(x)) for unit in part], -1) for part in new if part]

    return step


def initial(tensors: Tensors, cells: Sequence[str], letter: str, count: int) -> Array:
    """h or c of all layers side by side before the first word, once for each of `count` sequences: (count, coordinates)."""
    machine = machine_of(tensors, cells)
    start = np.array(machine.h0 if letter == "h" else machine.c0, tensors[f"{LAYER[1]}_l0"].dtype)
    return np.tile(start, (count, 1))


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
    inputs = np.array(machine.encoding, tensors[f"{LAYER[0]}_l0"].dtype)  # (words, inputs)
    for words in sample_words(len(vocabulary)):
        for t, (before, after) in enumerate(pairwise(_states(machine, words, inputs))):
            found = step(inputs[words[:, t]], *([*before, None][:2] if t else (None, None)))
            wrong = _wrong(found, after, tolerance(tensors, *before))
            if wrong is not None:
                prefix = " ".join(vocabulary[j] for j in words[wrong, : t + 1])
                raise Mismatch(f"after {prefix!r} the state is another than ours")


def _states(machine: Machine, words: NDArray[np.int64], inputs: Array) -> Iterator[list[Array]]:
    """The machine's states [h, c] ([h] without cells), each (sequences, coordinates): the initial ones, then after each word."""
    state: tuple[Sequence[Any], Sequence[Any]] = machine.h0, machine.c0
    for t in range(words.shape[1] + 1):
        yield [np.stack([np.broadcast_to(unit, len(words)) for unit in part], -1) for part in state if part]
        if t < words.shape[1]:
            with overflow_refused(inputs.dtype.name):
                state = machine.step(list(inputs[words[:, t]].T), *state)


def tolerance(tensors: Tensors, h: Array, c: Array | None = None) -> float:
    """How far one step from h and c may be off: sums in another order, and exp and tanh that are not quite equal.

    A pre-activation is a sum of n products, each at most the row's absolute sum R times |h|: off by
    at most n eps R |h|; no gate is steeper than 1, and a forget gate's error is multiplied by |c|.
    A layer above multiplies what it reads by at most its own R.
    """
    largest, off = 0 if c is None else np.abs(c).max(initial=0), 0.0
    for n in range(depth(tensors)):
        columns = [np.atleast_2d(tensors[f"{name}_l{n}"].T).T for name in LAYER]
        whole = np.abs(np.column_stack(columns))  # (gates*d, inputs + d + 2)
        row, count = whole.sum(-1).max() * max(1.0, np.abs(h).max()), whole.shape[1]
        off = (np.finfo(h.dtype).eps * (16 + count * row) + row * off) * (2 + largest)
    return float(off)


def _wrong(found: Sequence[Array], states: Sequence[Array], most: float) -> int | None:
    """The first sequence on which a state is further off than `most`, or not a number."""
    good = [(np.abs(a - b) <= most).all(-1) for a, b in zip(found, states, strict=True)]  # each (sequences,)
    bad = np.flatnonzero(~np.logical_and.reduce(np.broadcast_arrays(*good)))
    return int(bad[0]) if bad.size else None
