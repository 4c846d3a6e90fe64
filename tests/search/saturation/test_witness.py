"""What a counterexample tells: exact values, floats, the words that are still right, the smallest margin."""

from __future__ import annotations

from dataclasses import replace

import pytest
from support import GALLERY

from symlstm.model.exact_tensors import k
from symlstm.model.file.construction_file import read_construction
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.specification import pattern_counts
from symlstm.proof.claims import Witness
from symlstm.search.construction import Construction

FAILURES = GALLERY / "failures"
RIGHT = {
    "delay_off_by_one": "a (0); then a adds 0 where 1 is needed",
    "forget_gate_half_open": "a (1); then a adds 1/2 where 1 is needed",
    "suppression_missing": "one (1); then one adds 0 where -1 is needed",
    "threshold_for_a_full_flag": "a (0); then b adds 0 where 1 is needed",
    "margin_zero": None,  # wrong at its first word
}


def witness(network: Network, counts) -> Witness:
    return Construction(network, pattern_counts(network.vocabulary, counts)).outcome().witness


def counter(size, input_bias=100 * k) -> Network:
    """Counts "a" with g = tanh(size) and i = sigmoid(input_bias)."""
    gates = {"W_ig": [[size, 0]], "b_ii": [input_bias], "b_if": [100 * k], "b_io": [-100 * k]}
    return Network.from_gates(("a", "b"), 1, gates, readout=[ReadoutTerm("c", 0)])


@pytest.mark.parametrize("name", RIGHT)
def test_the_prefix_that_is_right_is_told_with_the_word_that_departs(name):
    file = read_construction(FAILURES / f"{name}.toml")
    details = Construction(file.network, file.specification).outcome().witness.details
    assert details.get("right up to") == RIGHT[name]
    assert {"float64", "float32", "smallest margin"} <= set(details)


def test_a_delayed_readout_is_right_up_to_the_word_before():
    found = witness(replace(counter(100 * k), delay=1), {("a",): 1})
    assert found.words == ("a",) and "right up to" not in found.details


@pytest.mark.parametrize(
    ("network", "margin"),
    [
        (counter(100 * k, k / 2), "1/2 per unit of k in i_1 at word 1, a"),
        (counter(3 * k), "3 per unit of k in g_1 at word 1, a"),
        (counter(-3 * k, 7 * k), "-3 per unit of k in g_1 at word 1, a"),
        (counter(100 * k, 0 * k + 5), "0 per unit of k in i_1 at word 1, a: i_1 does not depend on k"),
        (counter(100, k - k), "0 per unit of k in i_1 at word 1, a: i_1 does not depend on k"),  # 1/2 before tanh(100)
        (counter(100), "0 per unit of k in g_1 at word 1, a: g_1 does not depend on k"),
        (counter(0, 0), "100 per unit of k in"),  # i has no margin, but is multiplied by tanh(0)
    ],
)
def test_the_smallest_margin_names_its_gate_and_word(network, margin):
    assert witness(network, {("a",): 2}).details["smallest margin"].startswith(margin)


@pytest.mark.parametrize(
    ("name", "margin"),
    [
        ("forget_gate_half_open", "0 per unit of k in f_1 at word 2, a: f_1 does not depend on k"),
        ("increment_not_scaled", "0 per unit of k in g_1 at word 1, a: g_1 does not depend on k"),
        ("margin_zero", "0 per unit of k in i_2 at word 1, b: what i_2 is taken of tends to 0, a tie"),
    ],
)
def test_a_gate_that_does_not_depend_on_k_has_margin_0(name, margin):
    file = read_construction(FAILURES / f"{name}.toml")
    assert Construction(file.network, file.specification).outcome().witness.details["smallest margin"] == margin


def test_a_constant_gate_of_a_cell_that_is_not_read_has_no_margin():
    gates = {
        "W_ig": [[100 * k, 0], [0, 0]],
        "b_ii": [100 * k, 3],
        "b_ig": [0, 2],
        "b_if": [100 * k, 1],
        "b_io": [-100 * k, 0],
    }
    network = Network.from_gates(("a", "b"), 2, gates, readout=[ReadoutTerm("c", 0)])
    assert witness(network, {("a",): 2}).details["smallest margin"].startswith("100 per unit of k in")


def test_a_number_beyond_a_float_leaves_a_reason_and_no_traceback():
    details = witness(counter(10**60 * k), {("a",): 2}).details
    assert details["float64"] == "1.0" and details["float32"].startswith("none (weights: found a number of size")
