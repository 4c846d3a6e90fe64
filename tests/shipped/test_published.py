"""The published networks: the script's verdicts, and what they do in floating point and in their sources' own code."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby, product
from typing import NamedTuple

import numpy as np
import pytest
from support import PROOFS

from symlstm.kernel import algebra
from symlstm.model.file.construction_file import ConstructionFile, read_construction
from symlstm.model.network import Network
from symlstm.model.simulation.running import run_floats
from symlstm.proof.claims import Verdict, check, run_script

FOLDER = PROOFS / "published"
SCRIPT = run_script(FOLDER / "published.py")
SLOW = {"hao-subsequences", "hao-automaton"}
SLOW |= {"hao-automaton-weights", "hao-subsequences-weights", "homework-38-weights", "homework-60-weights"}
SLOW |= {"hao-count-21", "hao-count-70", "suzgun-weights", "gers-weights", "korsky-berwick-weights"}
SLOW |= {"hewitt-lstm-weights"}
LONG = {"hao-stack-weights", "hewitt-lstm-log-weights"}  # seconds each: for the script itself


def cases() -> list[object]:
    """Those that are decided: whether more can be is not for a test to say."""
    decided = [c for c in SCRIPT.claims if c.expected is not Verdict.OPEN and c.id not in LONG]
    return [pytest.param(c, id=c.id, marks=pytest.mark.slow if c.id in SLOW else ()) for c in decided]


@pytest.mark.slow
@pytest.mark.parametrize("claim", cases())
def test_a_claim_has_the_verdict_that_is_expected_of_it(claim):
    result = check(claim)
    assert result.error is None and result.outcome.verdict is claim.expected, result.outcome.reason


def read(name: str) -> ConstructionFile:
    return read_construction(FOLDER / f"{name}.toml")


def numbers(file: ConstructionFile, words: tuple[str, ...], scale: float = 1) -> np.ndarray:
    """The readout after each word in float64."""
    index = [file.network.vocabulary.index(word) for word in words]
    return run_floats(file.network, np.array([index]), scale).readout[0]


def forbidden(words: tuple[str, ...]) -> bool:
    """Whether ab, bc, cd or dc is a subsequence, by its definition."""
    pairs = {(a, b) for n, b in enumerate(words) for a in words[:n]}
    return not pairs.isdisjoint({("a", "b"), ("b", "c"), ("c", "d"), ("d", "c")})


ORACLES = {  # what the sources say that is accepted, in Python
    "hao_counter": lambda w: w.count("a") > w.count("b"),
    "hao_subsequences": lambda w: not forbidden(w),
    "hao_automaton": lambda w: not forbidden(w),
    "minsky_bias_3_2": lambda w: "000" not in "".join(w),
    "mitarchuk_saturated": lambda w: "000" not in "".join(w),
    "svete_heaviside": lambda w: "000" not in "".join(w),
    "merrill_rnn": lambda w: "000" not in "".join(w),
    **{f"parity_{name}": lambda w: w.count("one") % 2 == 1 for name in ("or_nand_100", "or_nand_10", "forget_38")},
    **{f"parity_{name}": lambda w: w.count("one") % 2 == 1 for name in ("forget_60", "small_weights")},
}


@pytest.mark.parametrize("name", ORACLES)
def test_short_words_are_decided_as_the_source_says(name):
    file = read(name)
    vocabulary, threshold = file.network.vocabulary, constant_of(file.threshold)
    indices = [*product(range(len(vocabulary)), repeat=4 if len(vocabulary) > 2 else 8)]
    accepted = run_floats(file.network, np.array(indices)).readout > threshold
    for word, row in zip(indices, accepted, strict=True):
        words = tuple(vocabulary[j] for j in word)
        assert row.tolist() == [ORACLES[name](words[: n + 1]) for n in range(len(words))]


def brackets(kinds: int, depth: int, length: int, words: tuple[str, ...] = (), open_: tuple[int, ...] = ()):
    """Prefixes of nested brackets of some kinds, by number of the word, with what is open; opening words come first."""
    if words:
        yield words, open_
    if len(words) < length:
        for kind in range(kinds) if len(open_) < depth else ():
            yield from brackets(kinds, depth, length, (*words, kind), (*open_, kind))
        if open_:
            yield from brackets(kinds, depth, length, (*words, kinds + open_[-1]), open_[:-1])


@pytest.mark.parametrize(
    ("name", "kinds", "depth", "length"),
    [("hewitt_lstm", 2, 3, 6), ("hewitt_rnn", 2, 3, 6), ("hewitt_lstm_log", 4, 2, 4)],
)
def test_a_bracket_may_close_if_it_is_the_last_that_is_open(name, kinds, depth, length):
    file = read(name)
    for found, open_ in run_all(file.network, brackets(kinds, depth, length)):
        assert (found.readout[-1] > constant_of(file.threshold)) == (open_[-1:] == (0,))


class Last(NamedTuple):
    """What is read, and h, after each word of one sequence."""

    readout: np.ndarray
    h: np.ndarray


def run_all(network: Network, words: Iterable[tuple[tuple[int, ...], tuple[int, ...]]]) -> Iterator[tuple[Last, tuple]]:
    """Runs the sequences, those of one length together, and gives each back with what is open."""
    for _, same in groupby(sorted(words, key=lambda x: len(x[0])), lambda x: len(x[0])):
        group = [*same]
        run = run_floats(network, np.array([w for w, _ in group]))
        readouts = run.readout if network.readout else [None] * len(group)
        yield from ((Last(r, h), open_) for r, h, (_, open_) in zip(readouts, run.h, group, strict=True))


def test_haos_stack_names_the_bracket_that_closes_next():
    network = read("hao_stack").network
    for found, open_ in run_all(network, brackets(2, 2, 7)):
        h = found.h[-1]
        answers = [h[4], -h[4], h[5]]
        assert int(np.argmax(answers)) == (open_[-1] if open_ else 2)


def test_the_golden_network_has_the_probabilities_of_its_source():
    """Which checks them to two decimals; p = 0.3."""
    network = read("lan_golden").network
    words = ["#", "a", "a", "a", "b", "b", "b"]
    h = run_floats(network, np.array([[network.vocabulary.index(w) for w in words]])).h[0]
    logits = [
        [
            constant_of(c) + sum(constant_of(t.coeff) * state[t.index] for t in terms)
            for terms, c in network.outputs.values()
        ]
        for state in h
    ]
    found = np.exp(logits) / np.exp(logits).sum(1, keepdims=True)
    expected = [[0, 0.7, 0.3]] * 3 + [[0, 0, 1]] * 2 + [[1, 0, 0]]
    assert np.allclose(found, [[0.3, 0.7, 0], *expected], atol=0.005)


def constant_of(constant) -> float:
    return float(algebra.constant_ball(constant).mid())


def test_the_gate_of_haos_count_is_not_open():
    """Its margin, the gate, and what a b b b ... is off by after 10 words, as the script's note says."""
    file = read("hao_b_after_a")
    margin = 2 * np.tanh(np.tanh(0.7)) - 1
    assert round(margin, 3) == 0.080 and round(1 / (1 + np.exp(-50 * margin)), 3) == 0.982
    assert round(9 - numbers(file, ("a", *9 * "b"))[-1], 2) == 0.16


WRONG = [  # the first sequence of its kind: accepted by the automaton, not by the network
    ("deslab_factor_3", "0 0 0 0 0 1 0 0 0 1", True),
    ("deslab_factor_3_2", "0 0 0 0", True),
    ("hao_automaton_half", "a b", False),
    ("minsky_bias_1", "0 0 0", False),
    ("parity_small_weights", " ".join(48 * ["one"]), False),
]


@pytest.mark.parametrize(("name", "words", "accepted"), WRONG)
def test_what_is_refuted_is_wrong_in_floating_point(name, words, accepted):
    file = read(name)
    found = numbers(file, tuple(words.split()))
    assert (found[-1] > constant_of(file.threshold)) != accepted


def test_the_table_tells_whose_the_weights_are():
    source, said = SCRIPT.names["source"], SCRIPT.names["said"]
    assert source("Lan, Chemla and Katzir (2024), Bridging the gap") == "Lan, Chemla and Katzir (2024)"
    assert source("after Minsky (1967), Computation") == "after Minsky (1967)"
    assert source("Suzgun (2019), LSTMs. The weights here are ours") == "after Suzgun (2019)"
    assert source("code x.py, y") == "code x.py"
    by_id = SCRIPT.names["BY_ID"]
    assert said(by_id["homework-2"], Verdict.REFUTED) == "wrong at 48 words"
    assert said(by_id["hao-counter"], Verdict.PROVED) == "right up to 10^10 words"
    assert said(by_id["hewitt-rnn"], Verdict.PROVED) == "right at every length"


def test_at_least_fourteen_networks_have_both_verdicts():
    decided = [n for n in SCRIPT.names["NETWORKS"] if n.weights is not Verdict.OPEN and n.limit is not Verdict.OPEN]
    assert len(decided) >= 14


def test_the_page_has_a_row_for_every_network_with_its_verdicts() -> None:
    """What `--table` prints, as far as the claims' own expectations say it."""
    page = (FOLDER / "README.md").read_text(encoding="utf-8").splitlines()
    rows = [[cell.strip() for cell in line.strip("|").split("|")] for line in page if line.startswith("| ")][1:]
    networks = SCRIPT.names["NETWORKS"]
    assert [row[0] for row in rows] == [network.read.title for network in networks]
    assert [row[3] for row in rows] == [network.limit.value for network in networks]
