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

FILES = sorted((GALLERY / "decisions").glob("*.toml"))
FAILURES = GALLERY / "decisions" / "failures"
SLOW = {"anbncn", "parity_with_small_weights"}
LENGTH = {1: 6, 2: 6, 3: 4, 4: 3}


@pytest.mark.parametrize(
    "path", [pytest.param(p, marks=pytest.mark.slow) if p.stem in SLOW else p for p in FILES], ids=lambda p: p.stem
)
def test_a_file_has_the_verdict_that_it_expects(path):
    file = read_construction(path)
    outcome = Construction(file.network, file.specification, file.title, file.threshold, file.margin).outcome()
    assert outcome.verdict.value == file.expected, outcome.reason


TOLD = {  # a shortest wrong sequence, its limit, what is specified, and the hint
    "anbn_in_any_order": ("a b a b", "1/2", "less than 0 (not accepted)", "'otherwise', which is never left"),
    "carry_without_nine": ("10 9", "0", "more than 1/2 (accepted)", ""),
    "dyck1_whose_latch_forgets": (") ( ( )", "1/2", "less than 0 (not accepted)", "its language only"),
    "dyck1_without_a_latch": (")", "3/2", "less than 0 (not accepted)", "its language only"),
    "generator_without_its_promise": ("close0 open0", "1", "less than 1/2 (not accepted)", "say so in a [domain]"),
    "leaking_counter": ("a a a a b b b", None, "more than 0 (accepted)", ""),
    "parity_with_small_weights": (" ".join(["x1"] * 48), "0.5004", "rejected", "no entry of the network depends on k"),
    "threshold_between_the_wrong_counts": ("a a a", "1/2 - tanh(1)", "more than 0 (accepted)", ""),
    "tie_at_zero": ("a b", "0", "less than 0 (not accepted)", ""),
}
OPEN = {
    "margin_that_is_too_large": "the readout after a is on its side by tanh(1) - 1/2, which is less than the margin 1/3",
    "slowly_leaking_counter": "c_1 has no known limit after: a a a a a a a a a (its values grow longer with each word, on no"
    " grid: a factor that is neither 0 nor 1); right on all promised words up to length 7",
}


def outcome_of(name):
    file = read_construction(FAILURES / f"{name}.toml")
    outcome = Construction(file.network, file.specification, file.title, file.threshold, file.margin).outcome()
    assert outcome.verdict.value == file.expected, outcome.reason
    return outcome


@pytest.mark.parametrize("name", [pytest.param(n, marks=pytest.mark.slow) if n in SLOW else n for n in TOLD])
def test_a_failure_is_told_with_its_first_shortest_words(name):
    words, limit, specified, hint = TOLD[name]
    outcome = outcome_of(name)
    assert outcome.witness.words == tuple(words.split())
    assert limit in (None, outcome.witness.limit)
    assert outcome.witness.specified == specified
    assert hint in outcome.reason
    assert ("tie" in outcome.witness.details) == (name == "tie_at_zero")


@pytest.mark.slow
@pytest.mark.parametrize("name", OPEN)
def test_what_stays_open_says_why_and_after_which_words(name):
    assert outcome_of(name).reason.startswith(OPEN[name])


def test_every_failure_is_told():
    assert {*TOLD, *OPEN} == {path.stem for path in FAILURES.glob("*.toml")}


@pytest.mark.parametrize("path", FILES, ids=lambda p: p.stem)
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
