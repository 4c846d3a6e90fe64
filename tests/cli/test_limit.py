"""`symlstm limit`: values, what they assume, and exit codes."""

from __future__ import annotations

import json
from typing import Any

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


def test_open_says_why(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["limit", "C*exp(B)", "B"]) == ExitCode.OPEN
    assert "needed a known sign" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("sin(k)", "k"), "the function sin"),
        (("__import__('os')", "k"), "the function __import__"),
        (("k;k", "k"), "character"),
        (("k", "k", "--assume", "C"), "C>0"),
        (("k", "2"), "one variable"),
        (("k", "k", "--within", "0"), "a rational number > 0"),
        (("k^1001", "k"), "1000"),
    ],
)
def test_bad_input(capsys: pytest.CaptureFixture[str], words: tuple[str, ...], message: str) -> None:
    assert main(["limit", *words]) == ExitCode.USAGE
    assert message in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "said", "why"),
    [
        (("1/(1-tanh(k))", "k", "--within", "1/2"), "oo\n", "found the limit oo; needed a finite limit"),
        (
            ("x*sigmoid(k)", "k", "--assume", "x>0", "--within", "1/1000"),
            "x\n",
            "found the parameters x; needed k alone",
        ),
    ],
)
def test_the_limit_is_told_where_no_threshold_is(capsys: Any, words: tuple[str, ...], said: str, why: str) -> None:
    assert main(["limit", *words]) == ExitCode.OPEN
    out = capsys.readouterr().out
    assert out.startswith(said.rstrip()) and why in out
