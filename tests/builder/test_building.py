"""From a specification to certified weights and back: what is built does what was asked for, on every word tried by brute force."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from itertools import product
from pathlib import Path

import numpy as np
import pytest
from support import ROOT

from symlstm.builder import building, counting, scales
from symlstm.builder.building import Built, build
from symlstm.builder.classifier import WordClassifier
from symlstm.builder.dot import read, written
from symlstm.builder.extraction import automaton
from symlstm.builder.specified import from_words
from symlstm.builder.threshold_layer import minimised
from symlstm.builder.units import pairs
from symlstm.builder.writing import header, text
from symlstm.cli.main import ExitCode, main
from symlstm.kernel.networks.machines import Machine
from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import read_construction
from symlstm.model.network import Network
from symlstm.model.simulation.running import run_floats
from symlstm.model.specifications.languages import language
from symlstm.model.specifications.regular import dfa, regex
from symlstm.proof.claims import Verdict
from symlstm.proof.scale import AtScale, Finding
from symlstm.search.construction import Construction
from symlstm.search.scale import float_classes
from symlstm.weights.exporting import export
from symlstm.weights.importing import read_weights

ABB = "(a|b)*abb"


def agree(value: float, said: object) -> bool:
    """Whether a readout is on its side of 1/2, or the number."""
    if isinstance(said, bool):
        return (value > 1 / 2) == said
    return abs(value - float(Fraction(int(said.p), int(said.q)))) < 1e-6


def wrong_words(network: Network, machine: Machine, length: int, scale: int = 1) -> list[tuple[str, ...]]:
    """Words of up to that length on which the network in float64 does not say what the machine says."""
    found = []
    for n in range(1, length + 1):
        words = [*product(network.vocabulary, repeat=n)]
        read = run_floats(network, np.array([[network.vocabulary.index(w) for w in x] for x in words]), scale).readout
        pairs = zip(words, read, strict=True)
        found += [x for x, y in pairs if not agree(y[-1], machine.says(machine.reached(x[: n - network.delay])))]
    return found


@pytest.fixture(scope="module", params=["lstm", "gru", "rnn_tanh", "rnn_sigmoid", "relu"])
def built(request: pytest.FixtureRequest) -> Built:
    return build(regex(ABB, ["a", "b"]), request.param)


def test_a_built_network_is_proved_in_the_limit_and_at_its_weights_at_every_length(built: Built) -> None:
    assert built.limit.verdict is Verdict.PROVED
    assert built.at_weights.is_right_up_to(None)
    assert (built.states, built.units) == (4, 4)


def test_a_built_network_decides_as_its_automaton_on_all_short_words(built: Built) -> None:
    assert wrong_words(built.construction.network, regex(ABB, ["a", "b"]), 7) == []


@pytest.mark.slow
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_pytorch_decides_long_words_as_the_automaton(built: Built, dtype: str) -> None:
    pytest.importorskip("torch")
    from support.pytorch import read_off

    words = np.random.default_rng(0).integers(0, 2, (20, 200))
    accepted = read_off(built.construction.network, words, dtype) > 1 / 2
    ends = ["".join("ab"[j] for j in row) for row in words]
    assert accepted.tolist() == [[row[: n + 1].endswith("abb") for n in range(200)] for row in ends]


def test_a_built_file_proves_again(built: Built, tmp_path: Path) -> None:
    tables = from_words(["a", "b"], regex=ABB).tables
    for suffix in (".toml", ".json"):
        path = tmp_path / f"built{suffix}"
        path.write_text(text(built, tables, suffix), encoding="utf-8")
        found = read_construction(path)
        assert (
            Construction(found.network, found.specification, threshold=found.threshold).outcome().verdict
            is Verdict.PROVED
        )
        assert found.network == built.construction.network or found.network.system == built.construction.network.system


def test_a_file_asks_for_what_is_certified(built: Built) -> None:
    assert "[check]" in text(built, {}, ".toml")
    unknown = replace(built, at_weights=AtScale(Fraction(1), reason="not known"))
    assert "[check]" not in text(unknown, {}, ".toml")


def test_what_is_taken_out_is_the_minimal_automaton_that_was_put_in(built: Built) -> None:
    found = automaton(built.construction.network)
    assert found.machine == minimised(regex(ABB, ["a", "b"]))
    assert found.outcome.verdict is Verdict.PROVED


def test_a_classifier_steps_word_by_word(built: Built) -> None:
    machine, classifier = regex(ABB, ["a", "b"]), WordClassifier(built.construction.network)
    state, accepted = classifier.get_first_RState()
    for n, word in enumerate("abbabb", 1):
        state, accepted = classifier.get_next_RState(state, word)
        assert accepted == machine.says(machine.reached("abbabb"[:n])) == classifier.classify_word("abbabb"[:n])


UNITS = [  # fewer than a unit for each state and letter
    ("parity", ["a", "b"], 2, 4),
    ("tomita1", ["0", "1"], 2, 3),
    ("tomita4", ["0", "1"], 4, 5),
    ("tomita7", ["0", "1"], 5, 6),
]


@pytest.mark.parametrize(("name", "words", "states", "units"), UNITS)
def test_words_and_states_that_lead_to_the_same_state_share_a_unit(
    name: str, words: list[str], states: int, units: int
) -> None:
    found = pairs(language(name, words))
    assert (len(found.automaton.states), len(found.units)) == (states, units)


COUNTING = [("majority", "ab", 7, 8), ("anbn", "ab", 17, 8), ("dyck1", "()", 17, 8), ("shuffle2", "([)]", 38, 4)]


@pytest.mark.slow
@pytest.mark.parametrize(("name", "words", "units", "length"), COUNTING)
def test_a_machine_that_counts_is_an_lstm_that_counts(name: str, words: str, units: int, length: int) -> None:
    machine = language(name, [*words])
    network = counting.network(machine)
    assert network.hidden == units
    assert wrong_words(network, machine, length, 60) == []


@pytest.mark.parametrize("name", ["majority", "dyck1", "anbn"])
def test_a_network_that_counts_is_proved_in_the_limit(name: str) -> None:
    machine = language(name, ["a", "b"])
    assert Construction(counting.network(machine), machine).outcome().verdict is Verdict.PROVED


@pytest.mark.slow
def test_a_built_counter_is_right_at_its_weights_up_to_a_length() -> None:
    built = build(language("majority", ["a", "b"]))
    assert (built.multiple, built.float32) == (building.AMPLE, None)
    assert built.at_weights.is_right_up_to(10**100) and not built.at_weights.is_right_up_to(None)


def test_where_the_least_weights_are_not_right_in_float32_larger_ones_are_taken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(scales, "LIMIT", 30)
    built = build(language("tomita5", ["a", "b"]), "rnn_tanh")
    assert built.least is not None and built.least < built.multiple
    assert built.unsafe is not None and built.least <= built.unsafe < built.multiple
    assert built.float32 is not None and built.float32.states <= 30
    said = " ".join(header(built))
    assert f"{built.float32.states} reachable float32 states" in said and "is certified too" in said


def test_what_is_never_right_in_float32_is_said_to_be_not_established(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(scales, "LIMIT", 2)
    built = build(language("tomita5", ["a", "b"]), "rnn_tanh")
    assert built.float32 is None and built.at_weights.is_right_up_to(None) and built.least == built.multiple
    assert "In float32: not established." in header(built)


def test_counts_of_patterns_are_added_up_one_word_late() -> None:
    patterns = {
        ("good",): Fraction(1),
        ("bad",): Fraction(-1),
        ("not", "good"): Fraction(-2),
        ("not", "bad"): Fraction(2),
    }
    machine = counting.counting(["bad", "good", "not", "uh"], patterns)
    network = counting.network(machine)
    assert network.hidden == 8 and wrong_words(network, machine, 5, 40) == []


REFUSED = [
    ("anbncn", "abc", "tests of 2 registers"),
    ("dyck1", "()", r'cell "lstm": only its cells count'),
]


@pytest.mark.parametrize(("name", "words", "message"), REFUSED)
def test_what_cannot_be_built_is_refused_with_the_reason(name: str, words: str, message: str) -> None:
    with pytest.raises(InputError, match=message):
        build(language(name, [*words]), "gru" if name == "dyck1" else "lstm")


def test_what_is_too_large_to_certify_is_built_with_its_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(float_classes, "MOST", 2)
    found = build(regex(ABB, ["a", "b"]), "rnn_sigmoid")
    assert found.limit.verdict is Verdict.PROVED and found.multiple == building.AMPLE
    assert found.at_weights.finding is Finding.OPEN and "no boxes" in found.at_weights.reason


def test_a_unit_that_is_on_at_the_start_alone_is_exported(tmp_path: Path) -> None:
    network = build(regex("a(a|b)*b", ["a", "b"]), "rnn_sigmoid").construction.network
    rows = zip(network.weight_ih, network.weight_hh, strict=True)
    assert any({*map(str, (*words, *units))} == {"0"} for words, units in rows)
    export(network, tmp_path / "x.safetensors")
    assert read_weights(tmp_path / "x.safetensors").hidden == network.hidden


def test_states_that_are_never_reached_are_left_out() -> None:
    table = {"far": {"a": "here"}, "here": {"a": "there"}, "there": {"a": "here"}}
    assert minimised(dfa(["a"], "here", table, ["there", "far"])) == regex("a(aa)*", ["a"])


def test_a_drawing_needs_graphviz(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys) -> None:
    monkeypatch.setattr("shutil.which", lambda name: None)
    network = ROOT / "proofs" / "constructions" / "parity_in_a_sigmoid_rnn.toml"
    code = main(["automaton", str(network), "-o", str(tmp_path / "x.svg")])
    told = capsys.readouterr().err
    assert code == ExitCode.MISSING and "Graphviz" in told and "x.dot" in told and not [*tmp_path.iterdir()]


@pytest.mark.slow
def test_an_automaton_goes_to_dot_and_back(tmp_path: Path) -> None:
    pytest.importorskip("pydot")
    path = tmp_path / "abb.dot"
    machine = minimised(regex(ABB, ["a", "b"]))
    path.write_text(written(machine), encoding="utf-8")
    assert minimised(read(path)) == machine


NO_AUTOMATON = [
    ("digraph { a -> b [label = x] }", "0 first states"),
    ('digraph { s [shape=none]; s -> a; a -> b [label="x"]; a -> a [label="x"] }', "two arrows from 'a' on 'x'"),
    ("digraph { s [shape=none]; s -> a }", "no words on the arrows"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("content", "message"), NO_AUTOMATON)
def test_a_graph_that_is_no_automaton_is_refused(content: str, message: str, tmp_path: Path) -> None:
    pytest.importorskip("pydot")
    path = tmp_path / "x.dot"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(InputError, match=message):
        read(path)
