"""Margins of decisions: proved in the limit, or none because the readout comes as near as one likes."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import fmpq

from symlstm import Construction, InputError, Network, ReadoutTerm, k
from symlstm.kernel.networks.machines import DecidesBy
from symlstm.kernel.theorem import Unsupported
from symlstm.model.specifications.counts import counts
from symlstm.search.decisions.margins import in_the_limit
from symlstm.search.pipeline import claim
from symlstm.search.scale.margins import margin_up_to

BIG = 100 * k


def counters(words: tuple[str, str], readout: list[ReadoutTerm], comparison: str, constant: int = 0) -> Construction:
    """Two cells that count a word each, always open."""
    gates = {"W_ig": [[BIG, 0], [0, BIG]], "b_ii": [BIG, BIG], "b_if": [BIG, BIG], "b_io": [BIG, BIG]}
    network = Network.from_gates(words, 2, gates, readout=readout, constant=constant)
    return Construction(network, counts(comparison, words), threshold=0)


@pytest.mark.slow
def test_the_cells_of_counters_differ_by_one_at_least() -> None:
    found = counters(("a", "b"), [ReadoutTerm("c", 0, 2), ReadoutTerm("c", 1, -2)], "#a > #b", constant=-1)
    theorem = in_the_limit(claim(found), found.decision)
    assert type(theorem.conclusion) is DecidesBy and theorem.conclusion.margin == 1


def test_what_comes_as_near_as_one_likes_has_no_margin() -> None:
    gates = {"W_ig": [[BIG]], "b_ii": [BIG], "b_if": [BIG], "b_io": [BIG]}
    network = Network.from_gates(("a",), 1, gates, readout=[ReadoutTerm("h", 0)])
    found = Construction(network, counts("#a < 0", ("a",)), threshold=1)  # tanh(n) < 1
    with pytest.raises(Unsupported, match="no margin in the limit: among words like a the readout"):
        in_the_limit(claim(found), found.decision)


def test_a_margin_at_a_scale_lies_between_what_is_proved_and_what_is_run() -> None:
    found = counters(("a", "b"), [ReadoutTerm("c", 0, 2), ReadoutTerm("c", 1, -2)], "#a > #b", constant=-1)
    margin = margin_up_to(found, Fraction(1, 50), 4)
    assert margin.least is not None
    assert 0 <= margin.most - margin.least < fmpq(1, 10**9)
    assert all(theorem.conclusion.last == 4 for theorem in margin.theorems)
    up, down = (theorem.conclusion.threshold for theorem in margin.theorems)
    assert up == -down and up.rational() == margin.least


def test_a_margin_needs_words() -> None:
    with pytest.raises(InputError, match="--length: found 0"):
        margin_up_to(counters(("a", "b"), [ReadoutTerm("c", 0)], "#a > 0"), Fraction(1), 0)


def test_a_wrong_sequence_has_no_margin() -> None:
    found = counters(("a", "b"), [ReadoutTerm("c", 0)], "#a > #b")
    margin = margin_up_to(found, Fraction(1), 2)
    assert (margin.least, margin.theorems) == (None, ()) and margin.most <= 0
