"""The part of a network's float state that decides what comes next, and what each word makes of it.  UNTRUSTED.

A *counter* is a cell of an LSTM whose h nobody reads: c' = f c + i g with gates that do not
depend on it. The *head* is all else. Few heads occur, again and again, whatever the counters.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlstm.model.cells import lstm_cell
from symlstm.model.simulation.running import Machine

Floats = NDArray[np.floating[Any]]
Places = NDArray[np.intp]
KEPT = 1 << 16  # heads, before those that do not occur any more are forgotten


class Heads:
    """A table of heads, each with its successors and the counters' gates."""

    def __init__(self, machine: Machine, words: int, live: Sequence[int]) -> None:
        """`live` are the places in (h_1 ... h_d, c_1 ... c_d) that matter; the others are held at 0."""
        self.machine, self.words = machine, words
        self._units = {at: unit for at, unit in _cells(machine).items() if at in live and unit[2] not in live}
        self.counters = [j for j in live if j in self._units]
        self.places = [j for j in live if j not in self.counters]
        self._clear(np.empty((len(self.places), 0), machine.h0[0].dtype))

    def _clear(self, state: Floats) -> None:
        self._state = state  # (places, heads)
        self._at = {row.tobytes(): at for at, row in enumerate(np.ascontiguousarray(state.T))}
        self._after = np.empty((0, self.words), np.intp)  # (heads, words), places in the table
        self._gates = np.empty((3, len(self.counters), 0, self.words), state.dtype)  # i, f, g

    def find(self, state: Floats) -> Places:
        """Where the heads stand in the table, new ones at its end: (places, n) to (n,)."""
        known, rows = len(self._at), np.ascontiguousarray(state.T)
        found = np.array([self._at.setdefault(row.tobytes(), len(self._at)) for row in rows], np.intp)  # (n,)
        _, first = np.unique(found, return_index=True)
        self._state = np.concatenate([self._state, state[:, first[found[first] >= known]]], 1)
        return found

    def step(self, head: Places, counters: Floats) -> tuple[Places, Floats]:
        """Heads (states,), counters (counters, states) a word later: (states, words), (counters, states, words)."""
        self._grow()
        i, f, g = self._gates[:, :, head]  # each (counters, states, words)
        return self._after[head], lstm_cell(i, f, g, counters[:, :, None])

    def _grow(self) -> None:
        """Steps from the heads from which there was none yet."""
        fresh = self._state[:, len(self._after) :]  # (places, n)
        if not fresh.shape[1]:
            return
        after = np.empty((*fresh.shape, self.words), fresh.dtype)
        gates = np.empty((3, len(self.counters), *after.shape[1:]), fresh.dtype)
        h, c = self._coordinates(fresh)
        for word in range(self.words):
            layers = [*self.machine.parts(self.machine.encoding[word], h, c)]
            new = [x for part in zip(*((a.parts, b.parts) for _, a, b in layers), strict=True) for y in part for x in y]
            for row, j in enumerate(self.places):
                after[row, :, word] = new[j]
            for row, j in enumerate(self.counters):
                layer, unit, _ = self._units[j]
                for gate, letter in zip(gates[:, row], "ifg", strict=True):
                    gate[:, word] = layers[layer][0].gates[letter].parts[unit]
        found = self.find(after.reshape(len(after), fresh.shape[1] * self.words)).reshape(-1, self.words)
        self._after = np.concatenate([self._after, found])
        self._gates = np.concatenate([self._gates, gates], 2)

    def forgotten(self, head: Places) -> Places:
        """The places of these heads, after all others were forgotten if the table is large."""
        if len(self._at) <= KEPT:
            return head
        kept, place = np.unique(head, return_inverse=True)
        self._clear(self._state[:, kept])
        return place

    def state(self, head: Places, counters: Floats) -> tuple[list[Any], list[Any]]:
        """(h, c), each coordinate a column (states,)."""
        h, c = self._coordinates(self._state[:, head])
        for j, column in zip(self.counters, counters, strict=True):
            c[j - len(h)] = column
        return h, c

    def _coordinates(self, state: Floats) -> tuple[list[Any], list[Any]]:
        """The same from heads (places, n), the counters and whatever nothing depends on held at 0."""
        columns: list[Any] = [state.dtype.type(0)] * (len(self.machine.h0) + len(self.machine.c0))
        for j, column in zip(self.places, state, strict=True):
            columns[j] = column
        return columns[: len(self.machine.h0)], columns[len(self.machine.h0) :]


def _cells(machine: Machine) -> dict[int, tuple[int, int, int]]:
    """The cells of LSTMs without peepholes and projections by their place: layer, unit, and the place of its h."""
    found: dict[int, tuple[int, int, int]] = {}
    h, c = 0, len(machine.h0)
    for n, ((cell, weights), size) in enumerate(zip(machine.layers, machine.sizes, strict=True)):
        plain = cell.name == "lstm" and weights.peephole is None and weights.weight_hr is None
        found |= {c + j: (n, j, h + j) for j in range(size.get("c", 0)) if plain}
        h, c = h + size["h"], c + size.get("c", 0)
    return found
