"""`symlstm derive`: files, names, exit codes, the same bytes every time."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from support import ROOT
from support.documents import SCRIPT, construction

from symlstm.cli.deriving import scripts, stem_of
from symlstm.cli.main import ExitCode, main

WITHOUT_PDF = "tex,html,md"


@pytest.fixture(scope="module")
def odd(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A construction file with odd words."""
    file = tmp_path_factory.mktemp("odd") / "odd.toml"
    file.write_text(construction(), encoding="utf-8")
    return file


def derive(*arguments: object) -> int:
    return main(["derive", *map(str, arguments)])


def test_formats_are_files_of_one_name(odd: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert derive(odd, "--to", WITHOUT_PDF, "-o", tmp_path / "new") == ExitCode.OK
    names = ["odd.tex", "odd.html", "odd.md"]
    assert sorted(path.name for path in (tmp_path / "new").iterdir()) == sorted(names)
    assert capsys.readouterr().out.split() == [str(tmp_path / "new" / name) for name in names]


@pytest.mark.slow
def test_twice_the_same_bytes(odd: Path, tmp_path: Path) -> None:
    forms = WITHOUT_PDF + ",pdf" * bool(shutil.which("pdflatex"))
    for folder in ("one", "two"):
        derive(odd, "--to", forms, "-o", tmp_path / folder)
    files = [sorted((tmp_path / folder).iterdir()) for folder in ("one", "two")]
    assert [path.read_bytes() for path in files[0]] == [path.read_bytes() for path in files[1]]
    assert len(files[0]) == len(forms.split(","))


def test_json_lists_the_files(odd: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(["--json", "derive", str(odd), "--to", "md", "-o", str(tmp_path)])
    assert json.loads(capsys.readouterr().out) == {"schema": 1, "files": [str(tmp_path / "odd.md")]}


@pytest.mark.slow
def test_a_claim_by_its_name_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    assert derive("S3", "--to", "md", "-o", tmp_path) == ExitCode.OK
    written = (tmp_path / "S3.md").read_text(encoding="utf-8")
    assert "### Theorem S3" in written and "S4" not in written


def test_verdicts_other_than_expected_are_in_the_exit_code(tmp_path: Path) -> None:
    script = tmp_path / "claims.py"
    script.write_text(SCRIPT.replace("expect=Verdict.OPEN", "expect=Verdict.PROVED"), encoding="utf-8")
    assert derive(script, "--to", "md", "-o", tmp_path) == ExitCode.OPEN
    assert "Open claim R" in (tmp_path / "claims.md").read_text(encoding="utf-8")


def test_a_script_that_raises_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    script = tmp_path / "broken.py"
    script.write_text("raise ValueError('no')", encoding="utf-8")
    assert derive(script, "--to", "md", "-o", tmp_path) == ExitCode.RAISED
    assert "ValueError: no" in capsys.readouterr().err and not (tmp_path / "broken.md").exists()


def test_a_fragment_is_no_pdf(odd: Path, tmp_path: Path) -> None:
    assert derive(odd, "--to", "pdf", "--fragment", "-o", tmp_path) == ExitCode.USAGE
    assert not list(tmp_path.iterdir())


def test_an_unknown_format_is_refused(odd: Path) -> None:
    assert derive(odd, "--to", "docx") == ExitCode.USAGE


def test_without_an_engine_nothing_is_written(odd: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: None)
    monkeypatch.setitem(__import__("sys").modules, "typst", None)
    assert derive(odd, "--to", "md,pdf", "-o", tmp_path) == ExitCode.MISSING
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_made_is_named(odd: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").write_text("")
    assert derive(odd, "--to", "md", "-o", tmp_path / "file" / "below") == ExitCode.USAGE
    assert "a folder that can be written to" in capsys.readouterr().err


def test_the_argument_comes_before_its_audit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    names = [path.stem for path in scripts() if path.stem != "finite_biases"]
    argument = ["rnn_in_lstm", "rnn_in_gru", "sentiment", "region"]
    assert names == [*argument, "source_audit", "source_audit_sentiment", "tutorial"]


STEMS = [
    ([], "proofs"),
    (["proofs/sentiment.py"], "sentiment"),
    (["S4", "S5"], "S4_S5"),
    (["a/b c&d.toml"], "b_c_d"),
    (["..."], "proofs"),
    (["x" * 200], "x" * 80),
]


@pytest.mark.parametrize(("targets", "stem"), STEMS)
def test_the_file_is_called_by_its_targets(targets: list[str], stem: str) -> None:
    assert stem_of(targets) == stem


def test_the_error_of_a_users_network_is_named_by_the_scales_of_its_theorem(odd: Path, tmp_path: Path) -> None:
    derive(odd, "--to", "md", "-o", tmp_path)
    written = (tmp_path / "odd.md").read_text(encoding="utf-8")
    assert "### Theorem (the error at every length and scale k ≥ 1)" in written


@pytest.mark.slow
def test_characters_without_a_font_are_named(
    odd: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("typst")
    monkeypatch.setattr("symlstm.render.documents.pdf.fonts_for", lambda characters: ((), characters))
    assert derive(odd, "--to", "pdf", "-o", tmp_path) == ExitCode.OK
    assert "symlstm: pdf: 中文 printed by code point, as U+" in capsys.readouterr().err
