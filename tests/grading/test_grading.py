"""Grading: a folder of submissions, the hints, the key's refusals, processes that do not end, and the formats."""

from __future__ import annotations

import csv
import json
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from support.submissions import KEY, LATE, RIGHT, WATCHED, Submission, as_json, changed, write

from symlstm import ExitCode, Network, ReadoutTerm, export, k, main, read_construction, weighted_automaton
from symlstm.grading import pool
from symlstm.grading.grade import Grade, Part, grade, ungraded
from symlstm.grading.key import Key, new_key, read_key
from symlstm.grading.slips import slip
from symlstm.model.errors import InputError

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def key(tmp_path: Path) -> Callable[..., Key]:
    """A key with some of its text replaced."""

    def make(*pairs: tuple[str, str], text: str = KEY) -> Key:
        for old, new in pairs:
            assert old in text, old
            text = text.replace(old, new)
        path = tmp_path / "key.toml"
        path.write_text(text)
        return read_key(path)

    return make


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Submission], dict[str, Any]]:
    """The folder of submissions, what each should get, and what each got."""
    base = tmp_path_factory.mktemp("grading")
    (base / "key.toml").write_text(KEY)
    submissions = {s.file: s for s in write(base / "submissions")}
    words = ["grade", str(base / "key.toml"), str(base / "submissions"), "-o", str(base / "grades")]
    assert main([*words, "--to", "json,csv,gradescope,prairielearn"]) == ExitCode.OK
    found = json.loads((base / "grades" / "grades.json").read_text())
    return base, submissions, {Path(row["file"]).name: row for row in found["submissions"]}


@pytest.mark.slow
def test_every_file_has_a_row(folder: tuple[Path, dict[str, Submission], dict[str, Any]]) -> None:
    _, submissions, rows = folder
    assert {*rows} == {*submissions}
    assert len(rows) > 40


@pytest.mark.slow
def test_every_submission_gets_its_score_and_a_message(
    folder: tuple[Path, dict[str, Submission], dict[str, Any]],
) -> None:
    _, submissions, rows = folder
    wanted = {name: (s.score, 10, s.verdict) for name, s in submissions.items()}
    assert {name: (row["score"], row["max_score"], row["verdict"]) for name, row in rows.items()} == wanted
    silent = {name: row["message"] for name, row in rows.items() if submissions[name].says not in row["message"]}
    assert not silent


@pytest.mark.slow
def test_no_submission_ran(folder: tuple[Path, dict[str, Submission], dict[str, Any]]) -> None:
    base, _, _ = folder
    assert not (base / "submissions" / WATCHED).exists()


def test_no_message_tells_the_key(folder: tuple[Path, dict[str, Submission], dict[str, Any]]) -> None:
    _, _, rows = folder
    assert not [name for name, row in rows.items() if "pattern" in row["message"] or "key.toml" in row["message"]]


def test_a_row_has_the_fields_of_the_schema(folder: tuple[Path, dict[str, Submission], dict[str, Any]]) -> None:
    _, _, rows = folder
    fields = ["file", "score", "max_score", "verdict", "message", "at_scale", "witness", "tests", "seconds"]
    assert all(list(row) == fields for row in rows.values())
    wrong, right = rows["forgets_half.toml"], rows["right.toml"]
    assert wrong["witness"]["words"] == ["a", "a"]
    assert wrong["at_scale"]["verdict"] == "wrong"
    scale = right["at_scale"]
    assert (scale["k"], scale["verdict"], scale["wrong_at"], scale["words"]) == ("1", "right", None, None)
    assert 5e21 < scale["right_up_to"] < 6e21


def test_the_platforms_get_their_own_files(folder: tuple[Path, dict[str, Submission], dict[str, Any]]) -> None:
    base, _, rows = folder
    scope = json.loads((base / "grades/gradescope/tiny_scale.toml.json").read_text())
    assert (scope["score"], scope["visibility"]) == (7, "visible")
    assert [(test["score"], test["max_score"], test["status"]) for test in scope["tests"]] == [
        (6, 6, "passed"),
        (1, 1, "passed"),
        (0, 3, "failed"),
    ]
    learn = json.loads((base / "grades/prairielearn/tiny_scale.toml.json").read_text())
    assert (learn["gradable"], learn["score"]) == (True, 0.7)
    assert [(test["points"], test["max_points"]) for test in learn["tests"]] == [(6, 6), (1, 1), (0, 3)]
    broken = json.loads((base / "grades/prairielearn/empty.toml.json").read_text())
    assert broken["gradable"] is False
    assert broken["format_errors"] == [rows["empty.toml"]["message"]]
    assert all(path.stat().st_size < 1e6 for path in (base / "grades").rglob("*.json"))


def test_csv_has_a_column_for_each_credit(folder: tuple[Path, dict[str, Submission], dict[str, Any]]) -> None:
    base, _, rows = folder
    with (base / "grades/grades.csv").open(newline="") as file:
        head, *lines = csv.reader(file)
    assert head == ["file", "score", "max_score", "verdict", "message", "limit", "short", "scale"]
    assert {Path(line[0]).name: float(line[1]) for line in lines} == {name: row["score"] for name, row in rows.items()}


KEYS = [  # what is wrong with a key, and what is said of it
    ([("points = 6", "points = 5")], "points that add up to 10"),
    ([('pattern = ["a"]', 'pattern = ["z"]')], "spec.terms[0].pattern"),
    ([('name = "short"', 'words = ["b"]'), ("length = 1\n", "")], "a network of zeros earns it"),
    ([("hidden = 3", "hiden = 3")], "an unknown field"),
    ([('cell = "lstm"', 'cell = "lstn"')], "one of lstm"),
    ([("length = 1000", "within = 0")], "a number > 0"),
    ([('[[credit]]\nname = "short"', '[[credit]]\nwords = ["a"]\nname = "short"')], "one of them"),
    ([('name = "short"', 'pattern = ["q"]'), ("length = 1\n", "")], "words of ['a', 'b']"),
    ([("points = 10", "points = 0")], "a number > 0"),
    ([("points = 10", "expected = \"refuted\"\npoints = 10")], "an unknown field"),
]  # fmt: skip


@pytest.mark.parametrize(("pairs", "says"), KEYS, ids=[says for _, says in KEYS])
def test_a_wrong_key_is_refused(key: Callable[..., Key], pairs: list[tuple[str, str]], says: str) -> None:
    with pytest.raises(InputError) as refusal:
        key(*pairs)
    assert says in str(refusal.value)


def graded(key: Key, tmp_path: Path, text: str, file: str = "s.toml", **options: Any) -> Grade:
    path = tmp_path / file
    path.write_text(text)
    return grade(key, path, **options)


def test_the_template_of_a_key_is_one(tmp_path: Path, key: Callable[..., Key]) -> None:
    found = graded(key(text=new_key("mine")), tmp_path, RIGHT)
    assert [part.points for part in found.tests] == [0, 0, 1, 0]


PARTS = [  # a credit for some sequences only, what submission, whether it is earned
    ('words = ["a"]', RIGHT, True),
    ('words = ["a"]', changed(('["100*k", "0"],     # g', '["100*k", "100*k"],     # g')), True),
    ('pattern = ["a"]', changed(('["100*k", "0"],     # g', '["100*k", "100*k"],     # g')), False),
    ("length = 1", changed(('"100*k", "100*k", "0"', '"100*k", "0", "0"')), True),
    ("length = 2", changed(('"100*k", "100*k", "0"', '"100*k", "0", "0"')), False),
]


@pytest.mark.parametrize(("only", "text", "earned"), PARTS)
def test_a_part_is_earned_by_what_is_right_there(
    key: Callable[..., Key], tmp_path: Path, only: str, text: str, earned: bool
) -> None:
    part = graded(key(("length = 1\n", f"{only}\n")), tmp_path, text).tests[1]
    assert part.points == earned


@pytest.mark.slow
def test_the_delay_is_the_keys(key: Callable[..., Key], tmp_path: Path) -> None:
    late = key(("[spec]", "[readout]\ndelay = 1\n[spec]"), ("length = 1\n", "length = 2\n"))
    assert graded(late, tmp_path, LATE).score == 10
    assert graded(late, tmp_path, RIGHT).score == 0


@pytest.mark.slow
def test_a_weight_file_is_taken_times_k_if_the_key_says_so(key: Callable[..., Key], tmp_path: Path) -> None:
    (tmp_path / "s.toml").write_text(RIGHT)
    network = read_construction(tmp_path / "s.toml").network
    for file in ("w.npz", "w.safetensors", "w.onnx"):
        export(network, tmp_path / file)
        assert grade(key(), tmp_path / file).score < 10
        scaled = key(("hidden = 3", 'hidden = 3\nscaled = "all"'))
        assert (file, grade(scaled, tmp_path / file).score) == (file, 10)


@pytest.mark.slow
def test_a_weight_file_of_others_has_the_keys_words_and_readout(key: Callable[..., Key], tmp_path: Path) -> None:
    import numpy as np

    layer = {
        "weight_ih_l0": np.zeros((4, 2)),
        "weight_hh_l0": np.zeros((4, 1)),
        "bias_ih_l0": np.array([9e2, 9e2, 0, -9e2]),
    }
    layer["weight_ih_l0"][2, 0] = 900
    np.savez(tmp_path / "w.npz", **layer)
    assert "no readout" in grade(key(), tmp_path / "w.npz").message
    readout = '[readout]\nterms = [{ state = "c", index = 0 }]\n[spec]'
    scaled = key(("hidden = 3", 'hidden = 3\nscaled = "all"'), ("[spec]", readout))
    assert "right on every word" in grade(scaled, tmp_path / "w.npz").message
    assert grade(scaled, tmp_path / "w.npz").score == 10


SCRIPT = """
print("noise")
from symlstm import *
mine = Network.from_gates(["a", "b"], hidden=1, readout=[ReadoutTerm("c", 0)],
    gates={"b_ii": [100*k], "b_if": [100*k], "W_ig": [[100*k, 0]], "b_io": [-100*k]})
"""
SCRIPTS = [  # a script, its score, what is said
    (SCRIPT, 10, "right on every word sequence"),
    (SCRIPT + "claim = Construction(mine, pattern_counts(['a', 'b'], {('a',): 1}))\n", 10, ""),
    (SCRIPT + "other = mine.put({})\n", 0, "2 networks"),
    ("1 / 0\n", 0, "ZeroDivisionError"),
    ("import os; os._exit(0)\n", 0, "no network"),
    ("while True: pass\n", 0, "more than 2 s of running"),
    ("x = bytearray(1 << 40)\n", 0, "MemoryError"),
    ("import os; os.write(1, b'{\"score\": 10}'); os._exit(0)\n", 0, "no network"),
    ("open('x', 'wb').write(bytes(1 << 24))\n", 0, "File too large"),
]


@pytest.mark.slow
@pytest.mark.skipif(sys.platform == "win32", reason="limits of POSIX")
@pytest.mark.parametrize(("text", "score", "says"), SCRIPTS, ids=range(len(SCRIPTS)))
def test_python_runs_only_if_allowed_and_within_limits(
    key: Callable[..., Key], tmp_path: Path, text: str, score: int, says: str
) -> None:
    seconds = 2 if "while" in text else 20
    found = graded(key(), tmp_path, text, "s.py", python=seconds)
    assert (found.score, says in found.message) == (score, True), found.message


def test_a_link_is_no_submission(key: Callable[..., Key], tmp_path: Path) -> None:
    (tmp_path / "right.toml").write_text(RIGHT)
    (tmp_path / "link.toml").symlink_to(tmp_path / "right.toml")
    assert "a link" in grade(key(), tmp_path / "link.toml").message


@pytest.mark.slow
def test_what_is_decided_in_time_counts(
    key: Callable[..., Key], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def endless(*_: object) -> None:
        while True:
            pass

    monkeypatch.setattr("symlstm.grading.judging.at_scale", endless)
    monkeypatch.setattr("symlstm.grading.key._check_worth", lambda key: None)
    found = graded(key(), tmp_path, RIGHT, seconds=1)
    assert (found.verdict, found.score, found.message) == ("timed out", 7, "timed out after 1 s")


PROCESSES = [  # what a process does with a request, and what becomes of the file
    ("import time; time.sleep(60)", "timed out"),
    ("raise SystemExit(1)", "failed"),
    ("input(); print('no new line', end=''); raise SystemExit", "failed"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("code", "verdict"), PROCESSES)
def test_a_process_that_does_not_answer_costs_one_file(
    key: Callable[..., Key], monkeypatch: pytest.MonkeyPatch, code: str, verdict: str
) -> None:
    import subprocess

    def start(path: Path) -> subprocess.Popen[str]:
        pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.DEVNULL}
        return subprocess.Popen([sys.executable, "-c", code], encoding="utf-8", **pipes)

    monkeypatch.setattr(pool, "_start", start)
    monkeypatch.setattr(pool, "STARTING", 0)
    monkeypatch.setattr(pool, "GRACE", 0.3)
    found = [*pool.judged(key(), [Path("a.toml"), Path("b.toml")], 0.1, jobs=1)]
    assert [(grade.file, grade.verdict, grade.score) for grade in found] == [
        ("a.toml", verdict, 0),
        ("b.toml", verdict, 0),
    ]


FULL = {"b_ii": [100 * k], "b_if": [-100 * k], "W_ig": [[200 * k, 0, 0]], "b_io": [100 * k]}
NOW = weighted_automaton(
    [1, 0], {w: [[int(w != "set"), int(w == "set")]] * 2 for w in ("set", "reset", "keep")}, [0, 1]
)


def test_the_slip_of_tanh_is_named() -> None:
    network = Network.from_gates(["set", "reset", "keep"], hidden=1, gates=FULL, readout=[ReadoutTerm("h", 0)])
    assert slip(network, NOW, ("set",)).startswith("tanh(1) is forgotten")
    assert slip(replace(network, readout=[ReadoutTerm("c", 0, 2)]), NOW, ("set",)) == ""


def test_a_long_message_is_cut(key: Callable[..., Key]) -> None:
    assert len(ungraded(key(), Path("x"), "malformed", "x" * 10**6).message) == 4000


def test_a_cell_that_a_spreadsheet_would_run_is_text(key: Callable[..., Key]) -> None:
    from symlstm.grading.formats import as_csv

    found = Grade("=cmd()", 0, 10, "open", "-1", tests=(Part("p", 0, 1, ""),))
    assert as_csv(key(), [found]).splitlines()[1].startswith("'=cmd(),0,10,open,'-1")


def command(tmp_path: Path, *words: str) -> int:
    (tmp_path / "key.toml").write_text(KEY)
    (tmp_path / "s").mkdir(exist_ok=True)
    return main(["grade", str(tmp_path / "key.toml"), *words])


@pytest.mark.slow
def test_one_submission_for_a_platform_is_results_json(tmp_path: Path) -> None:
    (tmp_path / "s.json").write_text(as_json())
    assert command(tmp_path, str(tmp_path / "s.json"), "--to", "gradescope", "-o", str(tmp_path / "out")) == ExitCode.OK
    assert json.loads((tmp_path / "out/results.json").read_text())["score"] == 10


@pytest.mark.slow
def test_submissions_of_one_name_keep_apart(tmp_path: Path) -> None:
    for student in ("ann", "bob"):
        (tmp_path / "s" / student).mkdir(parents=True)
        (tmp_path / "s" / student / "net.txt").write_text("")
    assert command(tmp_path, str(tmp_path / "s"), "--to", "gradescope", "-o", str(tmp_path / "out")) == ExitCode.OK
    assert len([*(tmp_path / "out/gradescope").iterdir()]) == 2


@pytest.mark.slow
def test_the_table_shows_score_verdict_and_message(tmp_path: Path, capsys: Capture) -> None:
    (tmp_path / "bad.txt").write_text("")
    assert command(tmp_path, str(tmp_path / "bad.txt")) == ExitCode.OK
    out = capsys.readouterr().out.splitlines()
    assert out[0].split() == ["!", "0/10", str(tmp_path / "bad.txt"), "malformed"]
    assert out[-1] == "1 malformed"


USAGE = [["none.toml"], ["s", "--to", "json,csv"], ["s", "--to", "xml"], ["s", "--timeout", "0"]]


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_misuse_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, words: list[str]) -> None:
    monkeypatch.chdir(tmp_path)
    assert command(tmp_path, *words) == ExitCode.USAGE


def test_no_files_are_said(tmp_path: Path) -> None:
    assert command(tmp_path, str(tmp_path / "s")) == ExitCode.NO_CLAIMS
