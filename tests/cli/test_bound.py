"""`symlstm bound`: what it prints, what it says of a side that is open, its exit codes and refusals."""

from __future__ import annotations

import json
from fractions import Fraction
from typing import Any

import pytest
from support import GALLERY, ROOT

from symlstm import ExitCode, main

Capture = pytest.CaptureFixture[str]


@pytest.fixture(autouse=True)
def at_the_checkout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)


def lines_of(capsys: Capture, *words: str) -> list[str]:
    assert main(["bound", *words]) == ExitCode.OK
    return capsys.readouterr().out.splitlines()


def record(capsys: Capture, *words: str) -> dict[str, Any]:
    code = main(["bound", "--json", *words])
    found = json.loads(capsys.readouterr().out)
    assert found["schema"] == 1 and found["exit"] == code
    return found


@pytest.mark.slow
def test_the_largest_error_of_a_length(capsys: Capture) -> None:
    lines = lines_of(capsys, "sentiment", "--length", "1000")
    assert lines[0] == "the sentiment network, k = 1, 1000 words"
    assert [" ".join(line.split()) for line in lines[1:]] == [
        "at most 1.8581779500224075635e-38 certified: the error of every sequence of this length",
        "at least 1.8581779500224075634e-38 certified: the error of this sequence",
        "sequence bad*1000",
    ]


def test_without_a_length_the_horizon(capsys: Capture) -> None:
    lines = lines_of(capsys, "sentiment")
    assert lines[0] == "the sentiment network, k = 1, rounded"
    assert "5184705528587072464088 words   certified: on every sequence" in lines[1]
    assert "5184705528587072464089 words   certified: on bad*5184705528587072464089" in lines[2]


@pytest.mark.slow
def test_all_at_once_as_json(capsys: Capture) -> None:
    asked = "sentiment --length 4 --scale 1/26 --horizon --epsilon 0.5 --digits 6"
    found = record(capsys, *asked.split())
    worst, rounded, scale = found["worst_case"], found["horizon"], found["smallest_scale"]
    assert worst["at_most"] == "0.46595475688142713377" and worst["known"] and worst["scale"] == "1/26"
    assert worst["sequence"] == [{"word": word, "times": n} for word, n in (("not", 1), ("good", 1), ("bad", 2))]
    assert (rounded["right_up_to"], rounded["wrong_at"], rounded["reason"]) == (4, 5, "")
    assert (scale["too_small"], scale["sufficient"], scale["epsilon"]) == ("0.0378701", "0.0378702", "1/2")
    assert worst["method"] == "dynamic programming over contexts"
    assert rounded["method"] == scale["method"] == "comparison"


def test_with_epsilon_only_the_smallest_scale(capsys: Capture) -> None:
    found = record(capsys, "sentiment", "--epsilon", "1e-6", "--length", "10", "--digits", "8")
    assert set(found) == {"schema", "exit", "title", "smallest_scale"}
    assert found["smallest_scale"]["sufficient"] == "0.17622214"


def test_verbose_shows_the_theorem(capsys: Capture) -> None:
    text = "\n".join(lines_of(capsys, "sentiment", "--length", "3", "-v"))
    assert "max_(w_1 ... w_T) |c_(T,6) - S(" in text and "dynamic programming over contexts" in text


def test_a_side_that_is_not_known_is_said_to_be_open(capsys: Capture) -> None:
    found = record(capsys, str(GALLERY / "a_since_b.toml"), "--length", "5", "--scale", "1/10", "--horizon")
    worst, rounded = found["worst_case"], found["horizon"]
    assert found["exit"] == ExitCode.OPEN and not worst["known"]
    assert "some words forget more than others" in worst["reason"] and not rounded["reason"]
    assert rounded["right_up_to"] == 12 and rounded["sequence"] == [{"word": "a", "times": 13}]
    assert main(["bound", str(GALLERY / "a_since_b.toml"), "--length", "5", "--scale", "1/10"]) == ExitCode.OPEN
    assert "certified: the error of this sequence; whether one is worse is open" in capsys.readouterr().out


def test_halves_are_rounded_to_the_nearest_half(capsys: Capture) -> None:
    found = record(capsys, str(GALLERY / "two_counters.toml"), "--horizon")["horizon"]
    whole = record(capsys, str(GALLERY / "signed_counter.toml"), "--horizon")["horizon"]
    assert found["right_up_to"] < found["wrong_at"] < whole["right_up_to"] < 4 * found["wrong_at"]


def test_what_is_open_altogether_has_its_reason_and_exit_code(capsys: Capture) -> None:
    since = str(GALLERY / "a_since_b.toml")
    assert main(["bound", since, "--length", "5", "--epsilon", "1/2"]) == ExitCode.OPEN
    assert "some words forget more than others" in capsys.readouterr().out


def test_a_network_that_is_wrong_is_refuted(capsys: Capture) -> None:
    assert main(["bound", str(GALLERY / "failures" / "delay_off_by_one.toml"), "--length", "5"]) == ExitCode.REFUTED
    assert "a network that is wrong on: a a" in capsys.readouterr().out


USAGE = [
    (("sentiment", "--scale", "0"), "argument --scale: '0'; needed a rational > 0"),
    (("sentiment", "--scale", "1/0"), "argument --scale: '1/0'; needed a rational > 0"),
    (("sentiment", "--scale", "x"), "argument --scale: 'x'; needed a rational > 0"),
    (("sentiment", "--length", "3", "--epsilon", "-0.5"), "argument --epsilon: '-0.5'; needed a rational > 0"),
    (("sentiment", "--length", "3", "--epsilon=-1/2"), "argument --epsilon: '-1/2'; needed a rational > 0"),
    (("sentiment", "--length", "-3"), "length: found -3"),
    (("sentiment", "--length", "0"), "length: found 0"),
    (("sentiment", "--length", "2.5"), "argument --length: '2.5'; needed a whole number"),
    (("sentiment", "--epsilon", "1/2"), "--epsilon: found no --length"),
    (("sentiment", "--length", "3", "--epsilon", "1/2", "--digits", "0"), "digits: found 0"),
    (("sentimental",), "sentimental: found no network of that name"),
]


@pytest.mark.parametrize(("words", "message"), USAGE)
def test_bad_input_is_refused_in_three_lines(words: tuple[str, ...], message: str, capsys: Capture) -> None:
    assert main(["bound", *words]) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert err.startswith(f"symlstm: {message}") and len(err.splitlines()) <= 3 and not out


@pytest.mark.slow
def test_without_a_scale_for_every_length_a_length_is_asked_for(capsys: Capture) -> None:
    found = record(capsys, str(GALLERY / "a_since_b.toml"), "--least-scale")["least_scale"]
    assert found["right"] is None and found["reason"] == "no k for all lengths was found; give --length N"
    found = record(capsys, str(GALLERY / "a_since_b.toml"), "--least-scale", "--length", "9")["least_scale"]
    assert 0 < Fraction(found["right"]) < Fraction(1, 10)
