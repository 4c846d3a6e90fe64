"""A sample of the corpus of tests/benchmarks/verdicts.py: no verdict is false, no certified error too small.

And what the judge itself must notice: a verdict that is wrong in each of the ways that it knows.
"""

from __future__ import annotations

import random
from dataclasses import replace

import pytest
from support import judging
from support.corpus import gallery, mutants, random_case
from support.judging import judge, tightness
from support.networks import sentiment
from support.oracle import Case, Machine

from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.specification import pattern_counts
from symlstm.proof.claims import Outcome, Verdict

GALLERY = {case.label: case for case in gallery()}
SMALL = sorted(name for name, case in GALLERY.items() if len(case.network.vocabulary) < 4)
QUICK = dict.fromkeys(("rnn_relu", "rnn_step", "rnn_hardsigmoid", "rnn_hardtanh"), range(4))
COUNTED = pattern_counts(("a", "b"), {("a",): 1})


def counter(wrong_from: int = 0) -> Case:
    """Counts "a"; with another specification, right on fewer "a" than `wrong_from` only, if that is not 0."""
    gates = {"W_ig": [[100 * k, 0]], "b_ii": [100 * k], "b_if": [100 * k], "b_io": [-100 * k]}
    network = Network.from_gates(("a", "b"), 1, gates, readout=[ReadoutTerm("c", 0)])
    counts = {("a",): 1} | ({("a",) * wrong_from: 1} if wrong_from else {})
    return Case("counter", network, pattern_counts(("a", "b"), counts))


@pytest.mark.parametrize("name", SMALL)
def test_mutants_of_the_gallery_are_judged_as_brute_force_judges_them(name):
    for case in random.Random(name).sample([*mutants(GALLERY[name])], 3):
        judgement = judge(case)
        assert judgement.verdict in ("proved", "refuted"), (case.label, judgement)


@pytest.mark.slow
@pytest.mark.parametrize("first", range(0, 40, 10))
def test_random_networks_are_judged_as_brute_force_judges_them(first):
    for seed in range(first, first + 10):
        judgement = judge(random_case(seed), length=6)
        assert not judgement.false, (seed, judgement)


@pytest.mark.parametrize("name", ["a_after_b", "bounded_count", "half_votes", "signed_counter"])
def test_no_certified_error_is_below_an_error(name):
    compared = [*tightness(GALLERY[name], lengths=4, digits=400)]
    assert len(compared) == 8
    assert not [comparison for comparison in compared if comparison.false]


def test_the_error_of_a_counter_is_certified_to_a_percent():
    ratios = [comparison.ratio for comparison in tightness(counter(), lengths=5, digits=400)]
    assert len(ratios) == 10 and all(1 <= ratio < 1.01 for ratio in ratios)


@pytest.mark.parametrize(
    ("case", "said", "judged"),
    [
        (counter(wrong_from=3), Verdict.PROVED, "FALSE PROOF"),
        (counter(wrong_from=3), Verdict.OPEN, "open"),
        (counter(), Verdict.PROVED, "proved"),
    ],
)
def test_the_judge_believes_no_verdict(case, said, judged, monkeypatch):
    monkeypatch.setattr(judging.Construction, "outcome", lambda self: Outcome(said))
    assert judge(case).verdict == judged


@pytest.mark.parametrize(
    ("words", "judged"),
    [("a a a", "refuted"), ("b a a a", "NOT SHORTEST"), ("a a b", "FALSE REFUTATION"), ("b", "FALSE REFUTATION")],
)
def test_the_judge_looks_for_shorter_counterexamples(words, judged, monkeypatch):
    """Of a network that is wrong from "a a a" on, each refutation but the shortest is told apart."""
    case, right = counter(wrong_from=3), judging.Construction.outcome

    def other(self):
        found = right(self)
        return replace(found, witness=replace(found.witness, words=tuple(words.split())))

    monkeypatch.setattr(judging.Construction, "outcome", other)
    assert judge(case).verdict == judged


def test_the_oracle_knows_the_sentiment_network():
    case = Case("sentiment", *sentiment())
    values = {reading.words: float(reading.value) for reading in Machine(case, 50).readings(3)}
    assert values["not", "good", "uh"] == pytest.approx(-1) and values["bad", "uh"] == pytest.approx(-1)
    assert max(float(reading.error) for reading in Machine(case, 50).readings(4)) < 1e-90


@pytest.mark.parametrize("cell", QUICK)
def test_random_networks_of_a_cell_in_one_or_two_layers_are_judged_as_brute_force_judges_them(cell):
    for seed in QUICK[cell]:
        judgement = judge(random_case(seed, cell), length=4)
        assert not judgement.false, (seed, judgement)
