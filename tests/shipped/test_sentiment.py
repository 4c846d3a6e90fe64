"""The sentiment network end to end: the certified error against the true worst case, and every damaged network."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Iterator
from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import arb, ctx, fmpq
from support.arrays import step
from support.networks import VOCABULARY, sentiment
from sympy import tanh

from symlstm import Construction, Network, Verdict, k
from symlstm.kernel.networks.statements import Computes, Counterexample
from symlstm.model.simulation.running import float_weights
from symlstm.model.specification import value

# The true worst case of |c_T[6] - S| at k = 1, recomputed independently with 78 digits.
WORST = {
    2: "3.7200759760208359629598369932718131221892961175062e-44",
    100: "1.8414376081303138016650508206873896553624703777018e-40",
    1000: "1.8581779500224075634983681950778468956007892086827e-38",
}


@pytest.fixture(scope="module")
def construction() -> Construction:
    return Construction(*sentiment())


def exact(decimal: str) -> fmpq:
    ratio = Fraction(decimal)
    return fmpq(ratio.numerator, ratio.denominator)


@functools.cache
def scores(length: int) -> list[tuple[tuple[str, ...], int]]:
    """All words of the length with the sentiment of all but the last, counted by hand."""
    points = {"good": 1, "bad": -1}
    return [
        (
            words,
            sum(points.get(w, 0) * (-1 if t and words[t - 1] == "not" else 1) for t, w in enumerate(words[:-1])),
        )
        for words in itertools.product(VOCABULARY, repeat=length)
    ]


def worst_by_brute_force(longest: int) -> Iterator[arb]:
    """max |c_T[6] - S| over all 4^T words, T = 1 ... longest, in 700-bit balls, from the equations as published.

    Words that lead to the same flags in 190 digits, with the same score to come, are followed once,
    with the least and the greatest c_T[6] of them: that grows with the one before.
    """

    def gate(x: arb) -> arb:
        return 1 / (1 + (-x).exp())

    def flags(h: tuple[arb, ...], w: int) -> tuple[arb, ...]:
        a = [100 * (w == 0) - 100 * h[2] - 50, 100 * (w == 1) - 100 * h[2] - 50, arb(100 * (w == 2) - 50)]
        a += [100 * (w == 0) + 100 * h[2] - 150, 100 * (w == 1) + 100 * h[2] - 150]
        return tuple(gate(x) * cell.tanh() for x in a)

    cell = arb(0)
    with ctx.workprec(700):
        i, f, forget = gate(arb(100)), gate(arb(100)), gate(arb(-100))
        level = {(-1, "start"): ((arb(0),) * 5, {0: (arb(0), arb(0))})}  # flags, and by the truth the scores
        for _ in range(longest):
            cell, later, errors = forget * cell + i * arb(100).tanh(), {}, []
            for (before, _), (h, scores) in level.items():
                increment = i * (100 * (-h[0] + h[1] + h[3] - h[4])).tanh()
                moved = {truth: tuple(f * x + increment for x in pair) for truth, pair in scores.items()}
                errors.append(max(abs(x - truth) for truth, pair in moved.items() for x in pair))
                for w in range(4):
                    new = flags(h, w)
                    key = w, tuple((1 + x).str(190, radius=False) for x in new)
                    _, reached = later.setdefault(key, (new, {}))
                    for truth, (low, high) in moved.items():
                        gain = {0: -1, 1: 1}.get(w, 0) * (-1 if before == 2 else 1)
                        old = reached.get(truth + gain, (low, high))
                        reached[truth + gain] = min(old[0], low), max(old[1], high)
            level = later
            yield max(errors)


def test_the_certified_error_is_never_below_the_worst_case_and_at_most_one_percent_above(construction):
    for length, worst in enumerate(worst_by_brute_force(12), start=1):
        bound = construction.error_at(length).conclusion.bound
        with ctx.workprec(700):
            assert worst <= arb(bound)
            assert length == 1 or arb(bound) <= worst * arb("1.01")


@pytest.mark.parametrize("length", WORST)
def test_the_certified_error_meets_the_known_worst_case(construction, length):
    bound = construction.error_at(length).conclusion.bound
    assert exact(WORST[length]) <= bound <= exact(WORST[length]) * fmpq(101, 100)


def test_the_situations_are_the_six_of_the_last_two_words(construction):
    labels = [q.label for q in construction.saturation.limits.conclusion.automaton.situations]
    assert labels == [(), ("bad",), ("good",), ("not",), ("not", "bad"), ("not", "good")]


def test_the_specification_counts_as_by_hand():
    _, score = sentiment()
    assert all(value(score, words[:-1]) == truth for words, truth in scores(5))


def mutants():
    network, _ = sentiment()
    for name in ("weight_ih", "weight_hh", "bias_ih", "bias_hh"):
        for place, entry in np.ndenumerate(np.array(getattr(network, name), object)):
            if entry != 0:
                yield f"{name}{list(place)} zeroed", damaged(network, name, place, sympy.Integer(0))
                yield f"{name}{list(place)} negated", damaged(network, name, place, -entry)


def damaged(network: Network, name: str, place: tuple[int, ...], entry: sympy.Expr) -> Network:
    tensors = {n: np.array(getattr(network, n), object) for n in ("weight_ih", "weight_hh", "bias_ih", "bias_hh")}
    tensors[name][place] = entry
    return Network(VOCABULARY, **tensors, readout=network.readout, delay=1)


def first_difference(network: Network, longest: int = 5) -> tuple[tuple[str, ...] | None, float]:
    """By brute force in float64 at k = 40, where every margin that is not 0 has long saturated."""
    weights, h, c = float_weights(network, 40, "float64"), np.zeros((1, 6)), np.zeros((1, 6))
    for length in range(1, longest + 1):
        x = np.tile(np.eye(4), (len(h), 1))  # (4^length, 4)
        h, c = step("lstm", weights, x, np.repeat(h, 4, 0), np.repeat(c, 4, 0))  # (4^length, 6)
        wrong = np.flatnonzero(abs(c[:, 5] - [truth for _, truth in scores(length)]) > 1e-6)
        if len(wrong):
            return scores(length)[wrong[0]][0], float(c[wrong[0], 5])
    return None, 0.0


@pytest.mark.slow
@pytest.mark.parametrize(("label", "network"), [*mutants()], ids=lambda x: x if isinstance(x, str) else "")
def test_a_damaged_network_is_judged_as_brute_force_judges_it(label, network):
    construction = Construction(network, sentiment()[1])
    words, score = first_difference(network)
    outcome = construction.outcome()
    if outcome.verdict is Verdict.OPEN:
        assert "values in the limit" in outcome.reason and "bias_ih" in label and words is None
    elif words is None:
        assert isinstance(outcome.theorem.conclusion, Computes)
    else:
        assert isinstance(outcome.theorem.conclusion, Counterexample)
        assert outcome.witness.words == words
        assert float(sympy.sympify(outcome.witness.limit).evalf()) == pytest.approx(score, abs=1e-6)


OFF_AFTER_NOT = [[0, 0, x, 0, 0, 0] for x in (-100 * k, -100 * k, 0, 100 * k, 100 * k, 0)]
RAISED_BY = [[100 * k * int(word == j) for j in range(4)] for word in (0, 1, 2, 0, 1, None)]
DAMAGES = [
    ("a bias of -20 for -50", {"b_ho": [-20 * k, -50 * k, -50 * k, -150 * k, -150 * k, -50 * k]}, "not bad bad"),
    ("rows swapped", {"W_io": [RAISED_BY[j] for j in (1, 0, 2, 3, 4, 5)]}, "bad bad"),
    (
        "good not suppressed",
        {"W_ho": [[0] * 6 if j == 1 else row for j, row in enumerate(OFF_AFTER_NOT)]},
        "not good bad",
    ),
    ("a margin of 0 where only the sign matters", {"b_ho": [-100 * k, *[-50 * k] * 2, *[-150 * k] * 2, -50 * k]}, None),
    ("a flag half up", {"b_ho": [100 * k * (tanh(1) - 1), *[-50 * k] * 2, *[-150 * k] * 2, -50 * k]}, None),
    ("a margin of 0 that decides", {"b_ho": [-50 * k, 0, -50 * k, *[-150 * k] * 2, -50 * k]}, "not bad"),
]


@pytest.mark.parametrize(("label", "blocks", "words"), DAMAGES, ids=[label for label, *_ in DAMAGES])
def test_named_damages(label, blocks, words):
    network, score = sentiment(**blocks)
    outcome = Construction(network, score).outcome()
    assert first_difference(network)[0] == (words and tuple(words.split()))
    assert (outcome.witness and " ".join(outcome.witness.words)) == words
    assert outcome.verdict is (Verdict.PROVED if words is None else Verdict.REFUTED)
    if words:
        assert len(outcome.witness.value.lstrip("-").replace("0.", "", 1)) >= 50  # replayed at k = 1
