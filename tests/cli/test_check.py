"""What is said at a scale, and the exit code: by `--scale`, by `--scale none`, by a file's [check]."""

import json
from pathlib import Path

import pytest
from support import GALLERY

from symlstm.cli.main import ExitCode, main
from symlstm.render.statements.spelling import phrased, repeated

Capture = pytest.CaptureFixture[str]
PARITY = (GALLERY / "parity.toml").read_text(encoding="utf-8")


def proved(capsys: Capture, path: Path, *words: str) -> tuple[int, dict]:
    code = main(["prove", str(path), "--json", *words])
    return code, json.loads(capsys.readouterr().out)["claims"][0]["at_scale"]


def test_the_limit_alone_has_no_line_about_a_scale(capsys: Capture) -> None:
    code, known = proved(capsys, GALLERY / "parity.toml", "--scale", "none")
    assert (code, known) == (ExitCode.OK, None)


def test_a_horizon_is_told_with_the_length_at_which_it_is_wrong(capsys: Capture) -> None:
    code, known = proved(capsys, GALLERY / "flip_flop.toml")
    assert (code, known["k"], known["verdict"]) == (ExitCode.OK, "1", "right")
    assert 2e21 < known["right_up_to"] < known["wrong_at"] < 4 * known["right_up_to"]
    assert known["words"] is None and sum(run["times"] for run in known["runs"]) == known["wrong_at"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("asked", "code"),
    [
        ("length = 100", ExitCode.OK),
        ("", ExitCode.OPEN),  # every length: half of a value leaks away some time
        ('scale = "1/25"\nlength = 100', ExitCode.REFUTED),
        ('scale = "1/25"\nlength = 2', ExitCode.OK),
    ],
    ids=["a_length", "every_length", "a_scale_too_small", "a_short_length"],
)
def test_the_exit_code_follows_what_a_file_asks(tmp_path: Path, capsys: Capture, asked: str, code: ExitCode) -> None:
    path = tmp_path / "parity.toml"
    path.write_text(f"{PARITY}\n[check]\n{asked}\n", encoding="utf-8")
    found, known = proved(capsys, path)
    assert found == code, known


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "said"), [("2", "at k = 2 "), ("none", "")])
def test_the_command_line_goes_before_what_a_file_asks(tmp_path: Path, capsys: Capture, scale: str, said: str) -> None:
    file = tmp_path / "flag.toml"
    file.write_text((GALLERY / "bounded_count.toml").read_text() + "\n[check]\nscale = 1\nlength = 10\n")
    assert main(["prove", str(file), "--scale", scale]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert said in shown and "at k = 1 " not in shown


def test_counters_that_are_read_may_be_asked_for_a_length(tmp_path: Path, capsys: Capture) -> None:
    text = (GALLERY / "decisions" / "dyck1_rewritten.toml").read_text(encoding="utf-8")
    path = tmp_path / "dyck1.toml"
    for length, code in ((600, ExitCode.OK), (2000, ExitCode.OPEN)):
        path.write_text(f'{text}\n[check]\nscale = "3/20"\nlength = {length}\n', encoding="utf-8")
        found, known = proved(capsys, path)
        assert (found, known["verdict"]) == (code, "wrong")
        assert 600 < known["right_up_to"] < 2000 < known["wrong_at"] < 4 * known["right_up_to"]


def test_a_phrase_stands_in_brackets_that_no_word_has() -> None:
    runs = ((("not", "very", "good"), 10**12), (("good",), 1), (("good",), 1))
    assert phrased(runs) == "(not very good)*1000000000000 good good"
    assert phrased(((("(", ")"), 7), (("(",), 1))) == "[( )]*7 ("
    assert (
        phrased(((("(", "]"), 7),)) == "{( ]}*7"
        and phrased(((("a", "b"), 1),)) == "a b"
        and phrased(()) == "none found"
    )


def test_a_long_sequence_is_told_by_what_comes_again() -> None:
    runs = [("not", 1), ("good", 1)] * 2 + [("not", 1), ("very", 1), ("good", 1)] * 250 + [("a", 7)]
    assert repeated(runs) == "not good not good (not very good)*250 a*7"
    assert repeated([("(", 1), (")", 1)] * 5) == "( ) ( ) ( ) ( ) ( )"  # brackets would be taken for words


def test_one_word_is_no_words(capsys: Capture) -> None:
    assert main(["bound", str(GALLERY / "half_votes.toml"), "--length", "1"]) == ExitCode.OK
    assert "k = 1, 1 word\n" in capsys.readouterr().out
