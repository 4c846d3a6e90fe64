"""Networks that several tests share."""

from __future__ import annotations

import random
from typing import Any

import numpy as np
import sympy
from numpy.typing import NDArray

from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.cells import CELLS
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.specification import pattern_counts

VOCABULARY = ("bad", "good", "not", "uh")
SCORE = {("good",): 1, ("bad",): -1, ("not", "good"): -2, ("not", "bad"): 2}


def sentiment(**blocks: Any) -> tuple[Network, WeightedAutomaton]:
    """The sentiment network with `blocks` (W_io, b_ho, ...) in place of its own, and the score."""
    into_score = [-100 * k, 100 * k, 0, 100 * k, -100 * k, 0]
    after_not = [-100 * k, -100 * k, 0, 100 * k, 100 * k, 0]
    words = [0, 1, 2, 0, 1, None]  # the word that raises each flag
    gates = {
        "b_hi": [100 * k] * 6,
        "b_if": [-100 * k] * 5 + [100 * k],
        "b_ig": [100 * k] * 5 + [0],
        "W_hg": [[0] * 6] * 5 + [into_score],
        "W_io": [[100 * k * int(word == j) for j in range(4)] for word in words],
        "W_ho": [[0, 0, weight, 0, 0, 0] for weight in after_not],
        "b_ho": [-50 * k, -50 * k, -50 * k, -150 * k, -150 * k, -50 * k],
    }
    network = Network.from_gates(VOCABULARY, 6, gates | blocks, readout=[ReadoutTerm("c", 5)], delay=1)
    return network, pattern_counts(VOCABULARY, SCORE)


def counter(start: int = 0) -> Network:
    """One cell that counts "a" from `start` on: f = 1, i = 1, g = tanh(100 k [w = a]), o = 0."""
    gates = {"W_ig": [[100 * k, 0]], "b_ii": [100 * k], "b_if": [100 * k], "b_io": [-100 * k]}
    return Network.from_gates(("a", "b"), 1, gates, c0=[start], readout=[ReadoutTerm("c", 0)])


def all_words(length: int) -> NDArray[np.int64]:
    """Every word sequence of the sentiment network's vocabulary, in lexicographic order, (4^length, length)."""
    return np.indices((4,) * length).reshape(length, 4**length).T


def score(words: NDArray[np.int64]) -> NDArray[np.int64]:
    """The sentiment network's specification without an automaton: the score of all words but the last.

    words (sequences, length) to (sequences,).
    """
    read = words[:, :-1]  # bad 0, good 1, not 2
    after_not = (read[:, :-1] == 2) * (2 * (read[:, 1:] == 0) - 2 * (read[:, 1:] == 1))
    total: NDArray[np.int64] = (read == 1).sum(1) - (read == 0).sum(1) + after_not.sum(1)
    return total


def random_tensors(cell: str, inputs: int, units: int, draw: random.Random) -> dict[str, Any]:
    """Weights that are multiples of k/2, and biases that are multiples of 1/2, of one layer."""
    rows = len(CELLS[cell].gates) * units
    entry = lambda: sympy.Rational(draw.randint(-4, 4), 2)  # noqa: E731
    found = {"weight_ih": (rows, inputs), "weight_hh": (rows, units)}
    matrices = {name: [[entry() * k for _ in range(n)] for _ in range(m)] for name, (m, n) in found.items()}
    return matrices | {"bias_ih": [entry() for _ in range(rows)], "bias_hh": [entry() for _ in range(rows)]}
