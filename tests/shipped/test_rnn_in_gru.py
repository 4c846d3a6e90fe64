"""The GRU and the tanh RNN: the verdicts, and an attack on each bound and limit by both networks run in NumPy."""

from __future__ import annotations

from functools import cache
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from support import PROOFS
from support.arrays import sigmoid, step

from symlstm.proof.claims import Verdict, check, load
from symlstm.steps import Equal, ForAll, Less, LessEqual, Within

SCRIPT = PROOFS / "rnn_in_gru.py"
ROUNDING = 1e-12
VERDICTS = {"G1": "proved", "G2": "proved", "G2-uniform": "proved", "G3": "proved", "G4": "proved", "G5": "refuted"}
GAP = "for all t, n, B: |h(t, n, B) - (y(t, n))| <= "
SUM = "sigmoid(-B)*sum(L**j, j, 0, t - 1)"
SAID = {
    "G1": "for all t: for all n: lim_(B -> oo) h(t, n, B) = y(t, n)",
    "G2": GAP + f"2*{SUM} + L*{SUM} + beta*{SUM} and for all B: sigmoid(-B) <= exp(-B)",
    "G2-uniform": GAP + "2*sigmoid(-B)/(1 - L) + L*sigmoid(-B)/(1 - L) + beta*sigmoid(-B)/(1 - L)",
}


@cache
def results() -> dict[str, Any]:
    return {made.id: check(made) for made in load(SCRIPT)}


@pytest.mark.slow
def test_verdicts() -> None:
    assert {name: result.outcome.verdict for name, result in results().items()} == {
        name: Verdict(verdict) for name, verdict in VERDICTS.items()
    }


@pytest.mark.parametrize("name", SAID)
def test_the_statements_are_those_that_are_attacked(name: str) -> None:
    assert str(results()[name].outcome.theorem.conclusion) == SAID[name]


def test_only_definitions_and_sizes_are_assumed() -> None:
    for result in results().values():
        for hypothesis in result.outcome.theorem.hypotheses:
            body = hypothesis.body if isinstance(hypothesis, ForAll) else hypothesis
            assert isinstance(body, Equal | Less | LessEqual | Within)


class Pair:
    """A random tanh RNN, and the GRU and the LSTM with it in their candidates and bias B in their other gates."""

    def __init__(self, seed: int, bias: float) -> None:
        rng = np.random.default_rng(seed)
        self.d, p = rng.integers(1, 6), rng.integers(1, 4)
        self.norm = rng.uniform(0.1, 1.5)
        recurrent = rng.normal(size=(self.d, self.d))
        recurrent *= self.norm / np.abs(recurrent).sum(1).max()
        w, b, b_hh = rng.normal(size=(self.d, p)), rng.normal(size=self.d), rng.normal(size=self.d)
        self.beta, self.bias = np.abs(b_hh).max(), bias
        self.rnn = SimpleNamespace(weight_ih=w, weight_hh=recurrent, bias_ih=b, bias_hh=b_hh)
        self.gru, self.lstm = self._gates("rz", (1, -1)), self._gates("ifgo", (1, -1, 0, 1))
        self.inputs, self.start = rng.normal(size=(60, p)), rng.uniform(-1, 1, self.d)

    def _gates(self, letters: str, signs: tuple[int, ...]) -> SimpleNamespace:
        """The RNN's rows where the sign is 0, or last; the bias with its sign in the others."""
        rows = [*signs, 0] if 0 not in signs else [*signs]
        zero, ones, r = np.zeros_like, np.ones(self.d), self.rnn
        parts = {
            "weight_ih": [zero(r.weight_ih) if s else r.weight_ih for s in rows],
            "weight_hh": [zero(r.weight_hh) if s else r.weight_hh for s in rows],
            "bias_ih": [s * self.bias * ones if s else r.bias_ih for s in rows],
            "bias_hh": [zero(r.bias_hh) if s else r.bias_hh for s in rows],
        }
        found = {name: np.concatenate(blocks) for name, blocks in parts.items()}
        return SimpleNamespace(**found, peephole=None, weight_hr=None)

    def states(self) -> Any:
        """(t, h_t of the GRU, y_t)."""
        h = y = self.start
        for t, x in enumerate(self.inputs, 1):
            h, y = step("gru", self.gru, x, h)[0], step("rnn_tanh", self.rnn, x, y)[0]
            yield t, h, y


def test_no_bound_is_violated() -> None:
    largest = 0.0
    for seed in range(60):
        pair = Pair(seed, bias=[0.5, 2.0, 5.0, 12.0][seed % 4])
        delta = sigmoid(-pair.bias) * (pair.norm + pair.beta + 2)
        for t, h, y in pair.states():
            gap, bound = np.abs(h - y).max(), delta * (pair.norm ** np.arange(t)).sum()
            assert gap <= bound + ROUNDING
            assert pair.norm >= 1 or gap <= delta / (1 - pair.norm) + ROUNDING
            largest = max(largest, gap / bound)
    assert largest > 0.2  # the bound is not idle


@pytest.mark.parametrize("seed", range(10))
def test_the_limits_are_approached(seed: int) -> None:
    pair = Pair(seed, bias=60.0)
    assert max(np.abs(h - y).max() for _, h, y in pair.states()) < ROUNDING
    h = c = twice = np.zeros(pair.d)
    for x in pair.inputs:
        h, c = step("lstm", pair.lstm, x, h, c)
        twice = np.tanh(step("rnn_tanh", pair.rnn, x, twice)[0])
        assert np.abs(h - twice).max() < ROUNDING


@pytest.mark.parametrize("seed", range(10))
def test_a_sigmoid_rnn_is_a_tanh_rnn_with_halves_and_quarters(seed: int) -> None:
    pair = Pair(seed, bias=1.0)
    w = pair.rnn
    other = SimpleNamespace(
        weight_ih=w.weight_ih / 2,
        weight_hh=w.weight_hh / 4,
        bias_ih=w.bias_ih / 2,
        bias_hh=w.bias_hh / 2 + w.weight_hh.sum(1) / 4,
    )
    r, y = (1 + pair.start) / 2, pair.start
    for x in pair.inputs:
        r, y = step("rnn_sigmoid", w, x, r)[0], step("rnn_tanh", other, x, y)[0]
        assert np.abs(2 * r - 1 - y).max() < ROUNDING


def test_the_witness_is_what_the_two_networks_do() -> None:
    """One unit with input weight 2, from zero: tanh(tanh(2)) for tanh(2)."""
    witness = results()["G5"].outcome.witness
    assert abs(np.tanh(np.tanh(2)) - float(witness.value)) < ROUNDING
    assert abs(np.tanh(2) - float(witness.details["y_1"])) < ROUNDING
