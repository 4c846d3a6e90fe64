"""`symlstm limit`: values, what they assume, and exit codes."""

from __future__ import annotations

import json

import pytest

from symlstm import ExitCode, main

CASES = [
    (("tanh(1/(1+exp(-k)))", "k"), "tanh(1)"),
    (("C*exp(B)", "B", "--assume", "C>0"), "oo   given 0 < C"),
    (("sigmoid(B)^t*C", "B", "--natural", "t"), "C"),
    (("sigmoid(x)/(x+1)", "x"), "0"),
]


@pytest.mark.parametrize(("words", "line"), CASES)
def test_the_limit(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], line: str) -> None:
    assert main(["limit", *words]) == ExitCode.OK
    assert capsys.readouterr().out.splitlines() == [line]


def test_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["limit", "--json", "1-sigmoid(k)", "k", "--within", "1e-6", "--enclose", "1"]) == ExitCode.OK
    found = json.loads(capsys.readouterr().out)
    assert (found["schema"], found["verdict"], found["value"]) == (1, "proved", "0")
    assert found["within"]["statement"].endswith("<= 1/1000000") and found["enclosure"]["hypotheses"] == ["1 <= k"]


@pytest.mark.parametrize(
    ("words", "lines"),
    [
        (("1/sigmoid(-k)", "k", "--within", "0.1"), ["oo", "open  within: found the limit oo; needed a finite one"]),
        (
            ("x*sigmoid(k)", "k", "--within", "0.1"),
            ["x", "open  within: found the parameters x; needed an expression in k alone"],
        ),
    ],
)
def test_a_limit_without_a_threshold(
    capsys: pytest.CaptureFixture[str], words: tuple[str, ...], lines: list[str]
) -> None:
    assert main(["limit", *words]) == ExitCode.OPEN
    assert capsys.readouterr().out.splitlines() == lines


def test_the_theorems_are_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["limit", "sigmoid(k)", "k", "--within", "1e-3", "-v"]) == ExitCode.OK
    assert "|sigmoid(k) - (1)| <= 1/1000" in capsys.readouterr().out


def test_open_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["limit", "C*exp(B)", "B"]) == ExitCode.OPEN
    assert "needed a known sign" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sin(k)", "k"), "'sin' at character 1"),
        (("1+e^(-k)", "k"), "exp(...)"),
        (("sigmoid(k)", "j"), "j, which is not in sigmoid(k)"),
        (("__import__('os')", "k"), "character"),
        (("k", "k", "--assume", "C"), "C>0"),
        (("k", "2"), "one variable"),
        (("k", "k", "--within", "0"), "a rational number > 0"),
        (("k^1001", "k"), "1000"),
    ],
)
def test_bad_input(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str) -> None:
    assert main(["limit", *words]) == ExitCode.USAGE
    assert message in capsys.readouterr().err
