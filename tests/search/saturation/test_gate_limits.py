"""Limits along words: those of a counter at any length; what does not saturate is not written out for ever."""

from __future__ import annotations

import random

import pytest
from support import GALLERY

from symlstm import Network, ReadoutTerm, RuleError, k
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.model.file.construction_file import read_construction
from symlstm.search.saturation.gate_limits import states_along


def test_a_counter_is_followed_to_any_length() -> None:
    network = read_construction(GALLERY / "decisions" / "majority.toml").network
    states = states_along(network.system, ["a"] * 300)
    assert len(states) == 301
    assert states[-1][Variable("c_1")] == algebra.rational(300)


def test_what_does_not_saturate_is_given_up_after_some_words() -> None:
    rng = random.Random(1)
    rows = [[rng.randint(-3, 3) for _ in range(3)] for _ in range(12)]
    network = Network(("a",), [[1]] * 12, rows, readout=[ReadoutTerm("h", 0)])
    states = states_along(network.system, ["a"] * 30)
    assert states[1] and not states[-1]


def test_what_grows_with_the_scale_has_no_limit() -> None:
    network = Network(("a",), [[k]], [[k]], h0=[1], readout=[ReadoutTerm("h", 0)], cell="rnn_relu")
    assert states_along(network.system, ["a", "a"])[1:] == [{}, {}]


def test_open_parameters_are_refused() -> None:
    q = Variable("q")
    network = Network(("a",), [[q * k]], [[0]], readout=[ReadoutTerm("h", 0)], cell="rnn_tanh", parameters=[q])
    with pytest.raises(RuleError, match="open parameters"):
        states_along(network.system, ["a"])
