"""The gallery of decisions: each file's verdict, and brute force on short words at a large scale."""

from itertools import product

import numpy as np
import pytest
from support import GALLERY
from support.decisions import first_wrong

from symlstm.kernel import algebra
from symlstm.model.file.construction_file import read_construction
from symlstm.model.simulation.running import run_floats
from symlstm.model.specification import pattern_counts
from symlstm.proof.claims import Verdict
from symlstm.search.construction import Construction

FILES = sorted((GALLERY / "decisions").rglob("*.toml"))
SLOW = {"anbncn", "dyck_2_7_generator", "dyck_2_7_generator_rnn", "shuffle_of_two_dyck1", "margin_that_is_too_large"}
SLOW |= {"slowly_leaking_counter", "leaking_counter"}
LENGTH = {1: 6, 2: 6, 3: 4, 4: 3}


@pytest.mark.parametrize(
    "path", [pytest.param(p, marks=pytest.mark.slow) if p.stem in SLOW else p for p in FILES], ids=lambda p: p.stem
)
def test_a_file_has_the_verdict_that_it_expects(path):
    file = read_construction(path)
    outcome = Construction(file.network, file.specification, file.title, file.threshold, file.margin).outcome()
    assert outcome.verdict.value == file.expected, outcome.reason


@pytest.mark.parametrize("path", [p for p in FILES if p.parent.name == "decisions"], ids=lambda p: p.stem)
def test_what_is_proved_is_right_on_short_words(path):
    file = read_construction(path)
    if file.threshold is None or file.network.hidden > 12:
        pytest.skip("no threshold, or too large for brute force")
    threshold = float(algebra.constant_ball(file.threshold).mid())
    length = LENGTH.get(len(file.network.vocabulary), 2) - 2
    assert first_wrong(file.network, file.specification, threshold, length) is None


def test_the_floor_counter_stops_at_the_floor():
    """Against its definition on all words up to length 8; without the stop in the specification it is refuted at once."""
    file = read_construction(GALLERY / "decisions" / "relu_floor_counter.toml")
    words = np.array([*product(range(2), repeat=8)])
    height, found = np.zeros(len(words)), run_floats(file.network, words).readout
    for t, word in enumerate(words.T):
        height = np.maximum(height + np.where(word == 0, 1, -1), 0)
        assert np.array_equal(found[:, t], height)
    balance = pattern_counts(("up", "down"), {("up",): 1, ("down",): -1})
    outcome = Construction(file.network, balance).outcome()
    assert (outcome.verdict, outcome.witness.words) == (Verdict.REFUTED, ("down",))
