"""A network with its specification: what is no such thing is refused, and what a verdict leaves unsaid is told."""

from __future__ import annotations

import re

import pytest
from support import GALLERY

from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.file.construction_file import read_construction
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.specification import pattern_counts
from symlstm.proof.claims import Verdict
from symlstm.search.construction import LATCH, UNSCALED, prove

COUNTS_A = pattern_counts(("a", "b"), {("a",): 1})


FIRST_CELL = ReadoutTerm("c", 0)


def counter(size=100 * k, readout=(FIRST_CELL,)) -> Network:
    """Counts "a" if `size` grows with k."""
    gates = {"W_ig": [[size, 0]], "b_ii": [size], "b_if": [size], "b_io": [-size]}
    return Network.from_gates(("a", "b"), 1, gates, readout=readout)


@pytest.mark.parametrize(
    ("network", "specification", "message"),
    [
        (
            counter(),
            None,
            "specification: found NoneType\n  needed  a WeightedAutomaton or a Machine\n  try     pattern_counts",
        ),
        (counter(), {("a",): 1}, "specification: found dict\n  needed  a WeightedAutomaton"),
        (None, COUNTS_A, "network: found NoneType\n  needed  a Network"),
        (COUNTS_A, counter(), "network: found WeightedAutomaton\n  needed  a Network"),
        (counter(readout=()), COUNTS_A, "network.readout: found no terms"),
        (counter(), pattern_counts(("a",), {("a",): 1}), "specification: found the words ['a']"),
    ],
)
def test_what_is_no_network_with_a_specification_is_refused(network, specification, message):
    with pytest.raises(InputError, match=re.escape(message)):
        prove(network, specification)


@pytest.mark.parametrize(
    ("readout", "message"),
    [
        ([("h", 0)], "readout: found ('h', 0)\n  needed  a ReadoutTerm"),
        (ReadoutTerm("h", 0), "needed  a list of ReadoutTerms"),
        ([ReadoutTerm("x", 0)], "readout: found x[0]\n  needed  c or h with index 0 to 0"),
        ([ReadoutTerm("h", "0")], "readout: found h['0']"),
        ([ReadoutTerm("h", False)], "readout: found h[False]"),
        ([ReadoutTerm("h", 0.0)], "readout: found h[0.0]"),
    ],
)
def test_what_is_no_readout_is_refused(readout, message):
    with pytest.raises(InputError, match=re.escape(message)):
        counter(readout=readout)


FLIPPED = Network(("a", "b"), [[3, 0]], [[1]], readout=[ReadoutTerm("h", 0)], cell="rnn_tanh")


@pytest.mark.parametrize("network", [counter(100), counter(0), FLIPPED])
def test_a_network_that_is_wrong_without_k_is_told_to_use_it(network):
    outcome = prove(network, COUNTS_A)
    assert outcome.verdict is Verdict.REFUTED
    assert outcome.reason == UNSCALED and "100*k" in UNSCALED and "scaled='all'" in UNSCALED


def test_a_network_without_k_is_taken_as_it_stands():
    twins = {"W_ig": [[1], [1]], "b_if": [1, 1]}
    readout = [ReadoutTerm("h", 0), ReadoutTerm("h", 1, -1)]
    outcome = prove(Network.from_gates(("a",), 2, twins, readout=readout), pattern_counts(("a",), {}))
    assert (outcome.verdict, outcome.reason) == (Verdict.PROVED, "")  # as it stands: within 1/2, at every length
    outcome = prove(Network.from_gates(("a",), 2, twins, readout=readout[:1]), pattern_counts(("a",), {("a",): 1}))
    assert outcome.verdict is not Verdict.PROVED and outcome.reason.endswith(UNSCALED)


@pytest.mark.parametrize("network", [counter(-100 * k), counter(readout=[ReadoutTerm("h", 0)])])
def test_a_network_that_is_wrong_with_k_is_not(network):
    outcome = prove(network, COUNTS_A)
    assert (outcome.verdict, outcome.reason) == (Verdict.REFUTED, "")


@pytest.mark.parametrize(("network", "counts"), [(counter(), {("a",): 1}), (counter(0), {})])
def test_nothing_is_said_of_a_right_network_with_a_bound_at_every_length(network, counts):
    outcome = prove(network, pattern_counts(("a", "b"), counts))
    assert (outcome.verdict, outcome.reason) == (Verdict.PROVED, "")


@pytest.mark.parametrize("name", ["flip_flop", "modulo_three", "parity"])
def test_a_latch_is_named_as_what_has_no_bound_at_every_length(name):
    file = read_construction(GALLERY / f"{name}.toml")
    outcome = prove(file.network, file.specification)
    assert outcome.verdict is Verdict.PROVED
    assert outcome.reason == LATCH.format("c_1") and "no error bound found that holds at every length" in LATCH


def reader(threshold) -> Network:
    """Counts "a" in cell 1, seen through its output gate; cell 2 holds what the gate i_2 lets in once h_1 passes the threshold."""
    gates = {
        "W_ig": [[100 * k, 0], [0, 0]],
        "W_hi": [[0, 0], [100 * k, 0]],
        "b_ii": [100 * k, -100 * k * threshold],
        "b_if": [100 * k, 100 * k],
        "b_ig": [0, 100 * k],
        "b_io": [100 * k, -100 * k],
    }
    return Network.from_gates(("a", "b"), 2, gates, readout=[ReadoutTerm("c", 1)])


@pytest.mark.slow
def test_a_threshold_that_a_counter_never_reaches_is_proved():
    outcome = prove(reader(1), pattern_counts(("a", "b"), {}))  # h_1 < 1, so that nothing is let in; but tanh(n) -> 1
    assert outcome.verdict is Verdict.PROVED and outcome.theorem.rule == "the readout in all families"
