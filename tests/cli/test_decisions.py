"""`symlstm run`, `bound`, `explore` and `plot` on decisions: by a threshold, by the largest output, on promised words."""

from __future__ import annotations

import json
from fractions import Fraction
from pathlib import Path
from typing import Any

import pytest
from support import GALLERY

from symlstm import ExitCode, main

Capture = pytest.CaptureFixture[str]
DECISIONS = GALLERY / "decisions"
GOLDEN, GENERATOR = DECISIONS / "anbn_golden.toml", DECISIONS / "dyck_2_3_generator.toml"


def run(capsys: Capture, file: Path, *words: str) -> Any:
    assert main(["run", str(file), *words, "--trace", "--json"]) == ExitCode.OK
    return json.loads(capsys.readouterr().out)


def bound(capsys: Capture, code: ExitCode, file: Path, *options: str) -> Any:
    assert main(["bound", str(file), *options, "--json"]) == code
    return json.loads(capsys.readouterr().out)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "said", "limit", "decision", "margin"),
    [
        ("( )", "accepted", "1/2", "accepted", "0.50000"),
        ("( ( )", "rejected", "1/2 - tanh(1)", "rejected", "0.26159"),
        (") (", "rejected", "1/2 - 2*tanh(1)", "rejected", "1.0232"),
    ],
)
def test_a_run_shows_what_is_specified_and_decided(
    capsys: Capture, words: str, said: str, limit: str, decision: str, margin: str
) -> None:
    found = run(capsys, DECISIONS / "dyck1.toml", *words.split())["readout"]
    assert (found["specified"], found["limit"], found["decision"]) == (said, limit, decision)
    assert (found["decision_at_scale"], found["margin"]) == (decision, margin)


def test_a_network_may_decide_otherwise_at_a_scale_than_in_the_limit(capsys: Capture) -> None:
    found = run(capsys, GENERATOR, "open0", "close0")["readout"]
    assert (found["specified"], found["decision"], found["decision_at_scale"]) == ("rejected", "rejected", "accepted")
    assert float(found["margin"]) == pytest.approx(-0.022010)


def test_words_that_are_not_promised_have_no_verdict(capsys: Capture) -> None:
    assert main(["run", str(GENERATOR), "close0"]) == ExitCode.OK
    lines = {line.split()[0]: " ".join(line.split()) for line in capsys.readouterr().out.splitlines()[1:]}
    assert lines["specified"] == "specified none nothing is claimed of these words"
    assert lines["limit"] == "limit 0 exact, for k -> oo"


def test_of_several_outputs_each_has_its_value_and_the_largest_its_name(capsys: Capture) -> None:
    found = run(capsys, GOLDEN, "a", "b")
    assert found["readout"]["limit"] == {"a or b": "0", "b": "0", "end": "1/4"}
    assert found["readout"]["float64"]["end"] == 0.25
    assert [step["specified"] for step in found["trace"]] == ["a or b", "end"]
    assert found["readout"]["decision"] == found["readout"]["decision_at_scale"] == "end"


def test_a_board_reads_the_constant_too(capsys: Capture) -> None:
    assert main(["run", str(DECISIONS / "dyck1.toml"), ")", "--word", "1"]) == ExitCode.OK
    [readout] = [line for line in capsys.readouterr().out.splitlines() if line.strip().startswith("readout")]
    assert "-h_1' - 2*h_2' + 1/2 =" in readout and "specified rejected" in readout


@pytest.mark.slow
def test_the_margin_in_the_limit_is_a_theorem(capsys: Capture) -> None:
    found = bound(capsys, ExitCode.OPEN, DECISIONS / "never_three_ahead.toml")
    assert found["limit"] == {
        "at_least": "0.2615941559557648881",
        "method": "the readout in all families",
        "reason": "",
    }
    assert found["horizon"]["right_up_to"] > 10**10 and found["horizon"]["reason"] == "longer sequences"


def test_the_margin_up_to_a_length_is_known_from_both_sides(capsys: Capture) -> None:
    found = bound(capsys, ExitCode.OK, DECISIONS / "majority.toml", "--length", "4")["margin"]
    assert found["is_right"]
    assert (found["at_least"], found["at_most"]) == ("0.49999999999999999999", "0.50000000000000000001")


def test_a_length_at_which_the_network_is_wrong(capsys: Capture) -> None:
    found = bound(capsys, ExitCode.OK, GENERATOR, "--length", "3")["margin"]
    assert not found["is_right"] and found["at_most"].startswith("-0.0220096")
    assert found["sequence"] == [{"word": "open0", "times": 1}, {"word": "close0", "times": 1}]


def test_every_length_at_the_published_weights(capsys: Capture) -> None:
    found = bound(capsys, ExitCode.OK, DECISIONS / "tomita_3.toml")
    assert found["horizon"]["every_length"] and found["limit"]["at_least"] == "0.5"


def test_a_wrong_decision_is_told_with_its_word(capsys: Capture) -> None:
    found = bound(capsys, ExitCode.REFUTED, DECISIONS / "failures" / "tie_at_zero.toml")
    assert found["limit"]["sequence"] == ["a", "b"]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--epsilon", "1/2", "--length", "3"], "--epsilon: found a decision, which has no error"),
        (["--length", "0"], "--length: found 0"),
    ],
)
def test_what_a_decision_has_not_is_refused(capsys: Capture, options: list[str], message: str) -> None:
    assert main(["bound", str(DECISIONS / "majority.toml"), *options]) == ExitCode.USAGE
    assert message in capsys.readouterr().err


@pytest.mark.slow
def test_the_argmax_of_outputs_has_one_line_of_reason(capsys: Capture) -> None:
    found = bound(capsys, ExitCode.OPEN, GOLDEN, "--length", "3", "--horizon")
    assert found["margin"]["reason"] == "no margin of a decision by argmax at a scale yet"
    assert found["horizon"]["right_up_to"] > 10**27
    assert found["limit"]["reason"] == ""


@pytest.mark.slow
def test_the_automaton_of_a_decision_is_drawn(capsys: Capture, tmp_path: Path) -> None:
    assert main(["plot", str(DECISIONS / "tomita_1.toml"), "-o", str(tmp_path)]) == ExitCode.OK
    said = capsys.readouterr().err
    assert "a decision, which has no error" in said and "Traceback" not in said
    rows = (tmp_path / "tomita_1-machine.csv").read_text(encoding="utf-8")
    assert "accepted" in rows and "rejected" in rows


def test_a_counter_is_refused_in_a_line(capsys: Capture, tmp_path: Path) -> None:
    assert main(["plot", str(GOLDEN), "-o", str(tmp_path)]) == ExitCode.USAGE
    assert "takes more than 64 values" in capsys.readouterr().err


@pytest.mark.slow
def test_the_least_scale_of_a_decision(capsys: Capture) -> None:
    found = bound(capsys, ExitCode.OK, DECISIONS / "parity_by_a_threshold.toml", "--least-scale")["least_scale"]
    assert Fraction(found["wrong"]) < Fraction(found["right"]) and found["reason"] == ""
