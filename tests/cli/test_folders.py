"""Folders of files: what is read, what is not run, and that nothing which goes wrong is only on stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from support import ROOT

from symlstm import ExitCode, export, main, read_construction
from symlstm.model.file.template import new_construction

Capture = pytest.CaptureFixture[str]
SCRIPT = "open('ran', 'w')\n"
SPEC = """
vocabulary = ["a", "b"]
[readout]
terms = [{ state = "c", index = 0 }]
[spec]
type = "pattern_counts"
terms = [{ weight = "1", pattern = ["a"] }]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A right file, a broken one, a script, an output of this program, and notes; in the current directory."""
    monkeypatch.chdir(tmp_path)
    place = tmp_path / "work"
    place.mkdir()
    (place / "right.toml").write_text(new_construction("right"))
    (place / "broken.toml").write_text("vocabulary = [\n")
    (place / "script.py").write_text(SCRIPT)
    (place / "grades.json").write_text('{"schema": 1, "submissions": []}')
    (place / "notes.txt").write_text("")
    return tmp_path


def prove_json(capsys: Capture, *words: str) -> Any:
    main(["prove", *words, "--json"])
    return json.loads(capsys.readouterr().out)


def test_a_folder_takes_construction_files_and_each_is_an_entry(folder: Path, capsys: Capture) -> None:
    found = prove_json(capsys, "work")
    assert [(claim["source"], claim["verdict"]) for claim in found["claims"]] == [
        ("work/broken.toml", "malformed"),
        ("work/right.toml", "proved"),
    ]
    assert "valid TOML" in found["claims"][0]["reason"]
    assert found["exit"] == ExitCode.USAGE


def test_a_folder_runs_no_script_unless_asked(folder: Path, capsys: Capture) -> None:
    main(["prove", "work"])
    assert not (folder / "ran").exists()
    assert "1 Python script not run" in capsys.readouterr().err
    main(["prove", "work", "--scripts"])
    assert (folder / "ran").exists()


def test_a_script_runs_by_its_name(folder: Path) -> None:
    main(["prove", "work/script.py"])
    assert (folder / "ran").exists()


def test_the_last_line_counts_what_could_not_be_read(folder: Path, capsys: Capture) -> None:
    main(["prove", "work"])
    out = capsys.readouterr().out.splitlines()
    assert out[-1].startswith("1 proved, 1 malformed ")
    assert any(line.split()[1:3] == ["malformed", "broken.toml"] for line in out)


def test_a_script_that_raises_is_an_entry(folder: Path, capsys: Capture) -> None:
    (folder / "work" / "script.py").write_text("1 / 0\n")
    [claim] = prove_json(capsys, "work/script.py")["claims"]
    assert (claim["verdict"], "ZeroDivisionError" in claim["reason"]) == ("failed", True)


def test_a_claim_that_raises_has_failed_and_is_not_open(folder: Path, capsys: Capture) -> None:
    text = 'from symlstm import claim\n@claim("A", "raises")\ndef a(): return {}["key"]\n'
    (folder / "work" / "script.py").write_text(text)
    [claim] = prove_json(capsys, "work/script.py")["claims"]
    assert (claim["verdict"], claim["reason"]) == ("failed", "KeyError: 'key'")
    main(["prove", "work/script.py"])
    assert capsys.readouterr().out.splitlines()[-1].startswith("1 failed ")


@pytest.mark.skipif(not hasattr(__import__("signal"), "setitimer"), reason="no timer on this system")
def test_the_time_limit_holds_from_a_scripts_first_line(folder: Path, capsys: Capture) -> None:
    (folder / "work" / "script.py").write_text("while True: pass\n")
    found = prove_json(capsys, "work/script.py", "--timeout", "0.05")
    assert (found["exit"], found["claims"][0]["verdict"]) == (ExitCode.OPEN, "open")
    assert found["claims"][0]["reason"].endswith("no claims after 0.05 s")


def test_weights_are_proved_with_what_another_file_asks(folder: Path, capsys: Capture) -> None:
    export(read_construction("work/right.toml").network, folder / "net.safetensors")
    Path("spec.toml").write_text('scaled = "all"\n' + SPEC)
    [claim] = prove_json(capsys, "net.safetensors", "--spec", "spec.toml")["claims"]
    assert (claim["id"], claim["verdict"], claim["source"]) == ("net", "proved", "net.safetensors")


REFUSALS = [  # words, what is said
    (["net.npz"], "--spec FILE"),
    (["net.npz", "--spec", "work/right.toml"], "weights: found a table"),
    (["net.npz", "--spec", "strange.toml"], "none or all"),
    (["none.npz", "--spec", "spec.toml"], "no such file"),
]


@pytest.mark.parametrize(("words", "says"), REFUSALS)
def test_weights_without_a_claim_are_refused(folder: Path, capsys: Capture, words: list[str], says: str) -> None:
    export(read_construction("work/right.toml").network, folder / "net.npz")
    Path("spec.toml").write_text(SPEC)
    Path("strange.toml").write_text('scaled = "some"\n' + SPEC)
    assert main(["prove", *words]) == ExitCode.USAGE
    assert says in capsys.readouterr().err


def test_a_long_file_name_keeps_its_column(folder: Path, capsys: Capture) -> None:
    (folder / "work" / "broken.toml").unlink()
    (folder / "work" / f"{'a' * 30}.toml").write_text(new_construction("long"))
    main(["prove", "work"])
    lines = [line for line in capsys.readouterr().out.splitlines() if ".toml" in line or "..." in line or "…" in line]
    assert [line.index(f"  {title}") for line, title in zip(lines, ("long", "right "), strict=True)] == [45, 45]


@pytest.mark.slow
def test_what_is_printed_into_the_folder_is_no_submission(folder: Path) -> None:
    (folder / "work" / "broken.toml").unlink()
    command = [sys.executable, "-m", "symlstm", "prove", "work", "--json"]
    with (folder / "work" / "out.json").open("w") as out:
        done = subprocess.run(command, stdout=out, env=os.environ | {"PYTHONPATH": str(ROOT)}, check=False)
    claims = json.loads((folder / "work" / "out.json").read_text())["claims"]
    assert (done.returncode, [claim["source"] for claim in claims]) == (ExitCode.OK, ["work/right.toml"])
