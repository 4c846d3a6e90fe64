"""Counterexamples among short words, where the saturated network is infinite or the whole is not needed."""

from __future__ import annotations

import pytest
from flint import fmpq

from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.specification import pattern_counts
from symlstm.proof.claims import Verdict
from symlstm.search.construction import Construction
from symlstm.search.saturation.refutation import FEW, MANY, refutation

COUNT = {("a",): 1}


def visible_counter(**blocks) -> Network:
    """One cell that counts "a" and "b" with opposite signs; its output gate is open, so every value is seen."""
    gates = {"W_ig": [[100 * k, -100 * k]], "W_hg": [[k]], "b_ii": [100 * k], "b_if": [100 * k], "b_io": [100 * k]}
    return Network.from_gates(("a", "b"), 1, gates | blocks, readout=[ReadoutTerm("c", 0)])


def of(network: Network, counts) -> Construction:
    return Construction(network, pattern_counts(network.vocabulary, counts))


@pytest.mark.parametrize(
    ("counts", "words"),
    [
        ({("a",): 1}, "b"),
        ({("a",): 2, ("b",): -1}, "a"),
        ({("a",): 1, ("b",): -1, ("a", "b"): 1}, "a b"),
        ({("a",): 1, ("b",): -1, ("b", "a", "b"): 3}, "b a b"),
        ({("a",): 1, ("b",): -1, ("b", "b", "a", "b"): 3}, "b b a b"),
    ],
)
def test_an_infinite_network_is_refuted_on_its_shortest_wrong_words(counts, words):
    outcome = of(visible_counter(), counts).outcome()
    assert outcome.verdict is Verdict.REFUTED and " ".join(outcome.witness.words) == words


@pytest.mark.slow
def test_an_infinite_network_that_is_right_is_proved_by_families():
    outcome = of(visible_counter(), {("a",): 1, ("b",): -1}).outcome()
    assert outcome.verdict is Verdict.PROVED
    assert outcome.theorem.rule == "the readout in all families"


@pytest.mark.slow
def test_few_situations_reach_less_far_than_many():
    network = visible_counter()
    specification = pattern_counts(network.vocabulary, {("a",): 1, ("b",): -1})
    (_, near), (_, far) = (refutation(network.system, network.linear_readout, specification, n) for n in (FEW, MANY))
    assert 1 <= near < far


def test_a_delayed_readout_is_compared_with_earlier_words():
    """h follows the word just read, so with delay 1 it is wrong as soon as two words differ."""
    gates = {"W_ig": [[100 * k, 0]], "b_ii": [100 * k], "b_if": [-100 * k], "b_io": [100 * k]}
    network = Network.from_gates(("a", "b"), 1, gates, readout=[ReadoutTerm("c", 0)], delay=1)
    theorem, _ = refutation(network.system, network.linear_readout, pattern_counts(("a", "b"), COUNT), FEW)
    assert theorem.conclusion.words == ("a",) and theorem.conclusion.specified.rational() == fmpq(0)


def test_the_constant_of_a_readout_is_read_too():
    gates = {"W_ig": [[100 * k]], "b_ii": [100 * k], "b_if": [-100 * k]}
    network = Network.from_gates(["a"], 1, gates, readout=[ReadoutTerm("c", 0)], constant=1)
    one = fmpq(1)
    right, wrong = (WeightedAutomaton((fmpq(n),), {"a": ((one,),)}, (one,)) for n in (2, 1))
    assert refutation(network.system, network.linear_readout, right, FEW) == (None, 12)
    theorem, _ = refutation(network.system, network.linear_readout, wrong, FEW)
    assert theorem is not None and theorem.conclusion.words == ("a",)
