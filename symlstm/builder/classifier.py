"""A network as the three functions that automata are extracted from (Weiss, Goldberg and Yahav 2018).

Their tool and others ask a network only for the state before the first word, the state after one more word, and whether
a sequence is accepted; `WordClassifier` answers that in float64, so that what they find can be held against what is
proved.
"""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from symlstm.model.network import Network

State = tuple[float, ...]


class WordClassifier:
    """A network at a scale that accepts where its readout is above a threshold; `alphabet` is its vocabulary."""

    def __init__(self, network: Network, scale: Fraction | int = 1, threshold: float = 0.5) -> None:
        from symlstm.model.simulation.running import float_machine

        self.alphabet = [*network.vocabulary]
        self._machine, self._threshold, self._dtype = float_machine(network, scale, "float64"), threshold, "float64"

    def classify_word(self, word: Sequence[str]) -> bool:
        """Whether a sequence of words is accepted."""
        state, accepted = self.get_first_RState()
        for letter in word:
            state, accepted = self.get_next_RState(state, letter)
        return accepted

    def get_first_RState(self) -> tuple[State, bool]:
        """The state before the first word, and whether the empty sequence is accepted."""
        return self._told(self._machine.h0, self._machine.c0)

    def get_next_RState(self, state: State, letter: str) -> tuple[State, bool]:
        """The state after one more word, and whether the sequence so far is accepted."""
        size = len(self._machine.h0)
        x = [float(letter == word) for word in self.alphabet]
        return self._told(*self._machine.step(x, [*state[:size]], [*state[size:]]))

    def _told(self, h: Sequence[Any], c: Sequence[Any]) -> tuple[State, bool]:
        return (*map(float, h), *map(float, c)), bool(self._machine.read(h, c) > self._threshold)
