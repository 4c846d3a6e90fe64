"""The command line: every exit code by a small script, JSON, and hostile terminals."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from support import GALLERY, ROOT

from symlstm import ExitCode, main
from symlstm.cli import doctor
from symlstm.cli.screen import Screen, wants_colour
from symlstm.model.file.template import new_construction

Capture = pytest.CaptureFixture[str]

HEAD = """
from symlstm import Outcome, Verdict, Witness, claim
from symlstm.steps import positive
from sympy import Symbol, exp
def true(): return positive(exp(Symbol("B", real=True)))
"""
PROVED = '@claim("A1", "exp is positive")\ndef a(): return true()\n'
FALSE = """@claim("A2", "a false claim", expect=Verdict.{}, statement="1 = 2")
def b(): return Outcome(Verdict.REFUTED, true(), Witness(("x", "y"), "1", "2"))
"""
REFUTED, EXPECTED = FALSE.format("PROVED"), FALSE.format("REFUTED")
WRONGLY_PROVED = '@claim("A3", "thought false", expect=Verdict.REFUTED)\ndef c(): return true()\n'
OPEN = '@claim("A4", "not settled")\ndef d(): return Outcome(Verdict.OPEN, reason="too hard")\n'
RAISES = '@claim("A5", "raises")\ndef e(): return {}["key"]\n'
SLOW = '@claim("A6", "slow")\ndef f():\n    while True: pass\n'
BAD_INPUT = "from symlstm import Network\nNetwork([], [[0]], [[0]])\n"
INTERRUPTED = '@claim("A7", "interrupted")\ndef g(): raise KeyboardInterrupt\n'


@pytest.fixture
def script(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., str]]:
    """Writes a proof script in an empty current directory."""
    monkeypatch.chdir(tmp_path)

    def write(*claims: str, file: str = "s.py") -> str:
        Path(file).parent.mkdir(exist_ok=True)
        Path(file).write_text(HEAD + "".join(claims))
        return file

    yield write


EXITS = [
    ((PROVED,), 0),
    ((PROVED, EXPECTED), 0),
    ((PROVED, REFUTED), 1),
    ((WRONGLY_PROVED,), 1),
    ((OPEN,), 3),
    ((RAISES,), 4),
    ((), 5),
    ((INTERRUPTED, PROVED), 130),
    ((OPEN, REFUTED), 1),
    ((OPEN, REFUTED, RAISES), 4),
    ((BAD_INPUT,), 2),
    (("1 / 0\n",), 4),
    (("raise SystemExit(0)\n",), 4),
    (("def f(:\n",), 4),
]


@pytest.mark.parametrize(("claims", "code"), EXITS)
def test_exit_code(script: Callable[..., str], claims: tuple[str, ...], code: int) -> None:
    assert main(["prove", script(*claims)]) == code


def test_claims_with_one_id_are_told_apart_by_their_lines(script: Callable[..., str], capsys: Capture) -> None:
    assert main(["prove", script(PROVED, OPEN, PROVED)]) == ExitCode.OPEN
    shown = capsys.readouterr()
    assert shown.err == "symlstm: s.py: 2 claims have the id A1: s.py:6, s.py:10\n"
    assert "2 proved, 1 open" in shown.out


@pytest.mark.skipif(not hasattr(__import__("signal"), "setitimer"), reason="no timer on this system")
def test_a_claim_that_takes_too_long_is_open(script: Callable[..., str], capsys: Capture) -> None:
    assert main(["prove", script(SLOW, PROVED), "--timeout", "0.05"]) == ExitCode.OPEN
    out = capsys.readouterr().out
    assert "reason   timed out after 0.05 s" in out
    assert "A1" in out


USAGE = [
    ["prove", "--timeout", "0"],
    ["prove", "--timeout", "soon"],
    ["prove", "none.toml"],
    ["prove", "S55"],
    ["run", "sentiment", "great"],
    ["run", "sentiment", "--scale", "0", "good"],
    ["run", "nonesuch", "good"],
    ["prov"],
    [],
]


@pytest.mark.parametrize("words", USAGE, ids=" ".join)
def test_misuse_is_told_without_a_traceback(words: list[str], capsys: Capture) -> None:
    assert main(words) == ExitCode.USAGE
    out, err = capsys.readouterr()
    assert out == ""
    assert err.startswith("symlstm: ")
    assert "Traceback" not in err


SUGGESTIONS = [(["prov"], "symlstm prove"), (["prove", "S55"], "S5"), (["run", "sentimen", "x"], "sentiment")]


@pytest.mark.parametrize(("words", "hint"), SUGGESTIONS)
def test_a_close_name_is_suggested(words: list[str], hint: str, capsys: Capture) -> None:
    main(words)
    assert hint in capsys.readouterr().err.splitlines()[-1]


def test_a_refuted_claim_shows_claim_witness_and_hint(script: Callable[..., str], capsys: Capture) -> None:
    main(["prove", script(REFUTED)])
    lines = capsys.readouterr().out.splitlines()
    assert lines[1].startswith("✗  refuted   A2  a false claim")
    assert lines[2:5] == [
        "    claim    1 = 2",
        "    witness  x y: found 1, claimed 2",
        "    hint     symlstm prove s.py -k A2 -v",
    ]
    assert lines[5].startswith("1 refuted   ")
    assert lines[5].endswith("exit 1")


def test_a_network_without_k_gets_its_hint(script: Callable[..., str], capsys: Capture) -> None:
    Path(script(file="flat.toml")).write_text(new_construction("flat").replace("100*k", "100"))
    assert main(["prove", "flat.toml"]) == ExitCode.REFUTED
    out = capsys.readouterr().out
    assert (
        "    hint     no entry of the network depends on k" in out and "write 100*k, or import with scaled='all'" in out
    )


def test_a_proved_claim_shows_what_does_not_hold_with_it(capsys: Capture) -> None:
    assert main(["prove", str(GALLERY / "flip_flop.toml")]) == ExitCode.OK
    assert "    note     no error bound found that holds at every length: c_1, held by" in capsys.readouterr().out


def test_an_expected_refutation_says_so(script: Callable[..., str], capsys: Capture) -> None:
    main(["prove", script(EXPECTED)])
    out = capsys.readouterr().out
    assert "refuted, as expected" in out
    assert out.splitlines()[-1].startswith("1 refuted as expected")


def test_a_traceback_has_only_the_scripts_own_lines(script: Callable[..., str], capsys: Capture) -> None:
    main(["prove", script(RAISES)])
    err = capsys.readouterr().err
    assert "KeyError: 'key'" in err
    assert "claims.py" not in err
    main(["prove", "s.py", "-v"])
    assert "claims.py" in capsys.readouterr().err


def test_bad_input_in_a_script_names_its_line(script: Callable[..., str], capsys: Capture) -> None:
    main(["prove", script(BAD_INPUT)])
    line = HEAD.count("\n") + 2
    assert capsys.readouterr().err.startswith(f"symlstm: s.py:{line}: ")


def test_stops_at_the_first_failure(script: Callable[..., str], capsys: Capture) -> None:
    main(["prove", script(PROVED, OPEN, REFUTED), "-x"])
    assert "A2" not in capsys.readouterr().out


def test_filters_by_id_and_name(script: Callable[..., str], capsys: Capture) -> None:
    assert main(["prove", script(PROVED, REFUTED), "-k", "EXP is"]) == ExitCode.OK
    assert main(["prove", "s.py", "-k", "nothing"]) == ExitCode.NO_CLAIMS


def test_a_claim_is_sought_in_the_files_beside_it(script: Callable[..., str], capsys: Capture) -> None:
    assert main(["prove", script(PROVED, REFUTED), "A1"]) == ExitCode.OK
    shown = capsys.readouterr().out
    assert "exp is positive" in shown and "A2" not in shown


def test_a_filter_that_matches_nothing_is_named(script: Callable[..., str], capsys: Capture) -> None:
    main(["prove", script(PROVED), "-k", "zzz"])
    assert capsys.readouterr().err == "symlstm: no claim has 'zzz' in its id or name\n"


def test_an_interrupt_is_said(script: Callable[..., str], capsys: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["prove", script(PROVED, INTERRUPTED)])
    assert capsys.readouterr().err == "symlstm: interrupted\n"

    def interrupt(options: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(doctor, "run", interrupt)
    assert main(["doctor"]) == ExitCode.INTERRUPTED
    assert capsys.readouterr().err == "symlstm: interrupted\n"


@pytest.mark.parametrize("command", ["prove", "bound", "run", "derive"])
def test_help_says_what_the_exit_codes_mean(command: str, capsys: Capture) -> None:
    assert main([command, "--help"]) == ExitCode.OK
    assert "2: bad input" in " ".join(capsys.readouterr().out.split())


def test_quiet_shows_only_what_fails(script: Callable[..., str], capsys: Capture) -> None:
    main(["--quiet", "prove", script(PROVED, OPEN)])
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["?", "reason", "1"]


def test_verbose_shows_statement_steps_and_trust(script: Callable[..., str], capsys: Capture) -> None:
    main(["prove", script(PROVED), "-v"])
    out = capsys.readouterr().out
    assert "    theorem  0 < e^B\n    proof    positive" in out
    assert "    trusts   " in out


def test_default_is_the_folder_proofs(script: Callable[..., str], capsys: Capture) -> None:
    script(PROVED, file="proofs/one.py")
    Path("proofs/constructions").mkdir()
    Path("proofs/constructions/count.toml").write_text(new_construction("count"))
    assert main(["prove"]) == ExitCode.OK
    out = capsys.readouterr().out
    assert "proofs/one.py" in out
    assert "count.toml" in out
    for name in ("A1", "one", "count", "proofs"):
        assert main(["prove", name]) == ExitCode.OK


def prove_json(capsys: Capture, *words: str) -> Any:
    main(["prove", *words, "--json"])
    return json.loads(capsys.readouterr().out)


FIELDS = ["id", "name", "source", "verdict", "expected", "statement", "latex"]
FIELDS += ["method", "hypotheses", "trusted", "refutation", "witness", "reason", "at_scale", "seconds"]


def test_json_has_the_fields_of_schema_1(script: Callable[..., str], capsys: Capture) -> None:
    found = prove_json(capsys, script("print('noise')\n", PROVED, REFUTED, OPEN))
    assert set(found) == {"schema", "exit", "claims"}
    assert (found["schema"], found["exit"]) == (1, 1)
    assert all(list(claim) == FIELDS for claim in found["claims"])
    proved, refuted, left = found["claims"]
    assert proved["source"] == f"s.py:{HEAD.count(chr(10)) + 2}"
    assert (proved["verdict"], proved["statement"], proved["latex"]) == ("proved", "0 < e^B", "0 < e^{B}")
    assert refuted["witness"] == {"words": ["x", "y"], "limit": "1", "specified": "2", "value": None}
    assert (refuted["statement"], refuted["latex"], refuted["method"]) == ("1 = 2", None, None)
    assert (refuted["refutation"]["statement"], refuted["refutation"]["latex"]) == ("0 < e^B", "0 < e^{B}")
    assert refuted["refutation"]["method"] == "positive" and proved["refutation"] is left["refutation"] is None
    assert (left["verdict"], left["method"], left["reason"]) == ("open", None, "too hard")


def test_statement_and_latex_of_a_refuted_network_say_what_is_false(capsys: Capture) -> None:
    [found] = prove_json(capsys, str(GALLERY / "failures" / "suppression_missing.toml"))["claims"]
    assert found["statement"].startswith("lim_(k -> oo) c_(T,1) = S(")
    assert r"\lim" in found["latex"] and r"\ne" not in found["latex"] and r"\ne" in found["refutation"]["latex"]
    assert " != " in found["refutation"]["statement"]


ASSUMING = """@claim("A8", "a title"{})
def h():
    from symlstm.steps import Less, assume, real
    return assume(Less(0, real("C")))
"""
STATED = ', goal=__import__("symlstm").steps.Less(0, __import__("symlstm").steps.real("C")), given=[]'


def test_a_title_is_followed_by_what_was_proved(script: Callable[..., str], capsys: Capture) -> None:
    assert main(["prove", script(PROVED, ASSUMING.format(""))]) == ExitCode.OK
    said = [line.strip() for line in capsys.readouterr().out.splitlines() if line.strip().startswith("says")]
    assert said == ["says     0 < e^B", "says     0 < C; given 1 hypothesis"]


def test_a_hypothesis_that_is_not_stated_is_bad_input(script: Callable[..., str], capsys: Capture) -> None:
    assert main(["prove", script(ASSUMING.format(STATED))]) == ExitCode.USAGE
    assert "claim A8: found the hypothesis 0 < C\n  needed  hypotheses that are stated" in capsys.readouterr().err


def test_json_of_an_interrupt_has_what_was_found(script: Callable[..., str], capsys: Capture) -> None:
    found = prove_json(capsys, script(PROVED, INTERRUPTED))
    assert found["exit"] == ExitCode.INTERRUPTED
    assert [claim["id"] for claim in found["claims"]] == ["A1"]


def test_a_wrong_construction_is_replayed_and_can_be_run(script: Callable[..., str], capsys: Capture) -> None:
    Path(script(file="wrong.toml")).write_text(new_construction("wrong").replace('weight = "1"', 'weight = "2"'))
    [claim] = prove_json(capsys, "wrong.toml")["claims"]
    assert (claim["id"], claim["verdict"], claim["witness"]["words"]) == ("wrong", "refuted", ["a"])
    assert claim["witness"]["value"].startswith("0.999999999999999999999999999999999999999999962799")
    assert main(["run", "wrong.toml", "a", "--trace"]) == ExitCode.OK
    assert "0.99999" in capsys.readouterr().out


@pytest.mark.slow
def test_a_difference_below_50_digits_is_not_printed_as_0(capsys: Capture) -> None:
    assert main(["run", "sentiment", "--json", "--trace", "uh", "good", "uh", "uh"]) == ExitCode.OK
    shown = [step["difference"] for step in json.loads(capsys.readouterr().out)["trace"]]
    assert shown[0] == "0" and shown[1].startswith("0 +- ") and shown[2] == "-3.7201e-44"
    assert main(["run", "sentiment", "--json", "--trace", "--scale", "2", "good", "uh"]) == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["trace"][1]["difference"] == "-1.3839e-87"


def test_run_json_puts_all_arithmetics_side_by_side(capsys: Capture) -> None:
    assert main(["run", "sentiment", "--json", "--trace", "--scale", "1/4", "uh good", "bad"]) == ExitCode.OK
    found = json.loads(capsys.readouterr().out)
    assert (found["words"], found["scale"]) == (["uh", "good", "bad"], "1/4")
    readout = found["readout"]
    assert (readout["limit"], readout["specified"], readout["float32"]) == ("1", "1", 1.0)
    error = 1 - float(readout["float64"])
    assert 0 < error < float(readout["error_bound"]) < 4 * error
    assert len(readout["value"].replace("0.", "")) == 50
    assert [step["word"] for step in found["trace"]] == found["words"]
    assert len(found["trace"][0]["h"]) == 6


def test_run_says_why_there_is_no_bound(capsys: Capture) -> None:
    main(["run", "sentiment", "--scale", "1/400", "good"])
    [line] = [line for line in capsys.readouterr().out.splitlines() if "error bound" in line]
    assert "none" in line
    assert "settle" in line


def test_new_proves_at_once_and_never_overwrites(script: Callable[..., str], capsys: Capture) -> None:
    script()
    assert main(["new", "mine"]) == ExitCode.OK
    assert main(["prove", "mine.toml"]) == ExitCode.OK
    before = Path("mine.toml").read_text()
    assert main(["new", "mine"]) == ExitCode.USAGE
    assert Path("mine.toml").read_text() == before
    assert sorted(os.listdir()) == ["mine.toml", "s.py"]


@pytest.mark.parametrize("name", ["..", ".", "", "folder", "folder/", "q.json", "q.py"])
def test_new_refuses_what_is_no_name_for_a_toml_file(name: str, script: Callable[..., str], capsys: Capture) -> None:
    script()
    Path("folder").mkdir()
    assert main(["new", name]) == ExitCode.USAGE
    assert capsys.readouterr().err.startswith(f"symlstm: {name!r}: found ")
    assert sorted(os.listdir()) == ["folder", "s.py"]


@pytest.mark.parametrize(("name", "file"), [("a", "a.toml"), ("a.toml", "a.toml"), ("v1.2", "v1.2.toml")])
def test_new_writes_a_toml_file(name: str, file: str, script: Callable[..., str]) -> None:
    script()
    assert main(["new", name]) == ExitCode.OK
    assert {*os.listdir()} == {file, "s.py"}


def test_a_construction_file_is_listed_with_its_title_though_they_are_alike(
    script: Callable[..., str], capsys: Capture
) -> None:
    Path(script(file="mine.toml")).write_text(new_construction("mine"))
    main(["prove", "mine.toml"])
    assert capsys.readouterr().out.splitlines()[0].split()[2:4] == ["mine.toml", "mine"]


def test_a_column_that_cannot_be_had_is_one_line(capsys: Capture) -> None:
    assert main(["run", "sentiment", "--scale", "1e400", "good"]) == ExitCode.OK
    lines = capsys.readouterr().out.splitlines()[1:]
    assert [line.split()[0] for line in lines] == ["specified", "limit", "error", "value", "float64", "float32"]
    assert "a number of size 2^1335; needed  numbers within the range of float64" in lines[4]


def test_doctor_fails_only_without_a_runtime_dependency(monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> None:
    assert main(["doctor"]) == ExitCode.OK
    monkeypatch.setattr(doctor, "installed", lambda package: None if package in ("sympy", "torch") else "1")
    assert main(["doctor", "--json"]) == ExitCode.MISSING
    capsys.readouterr()
    assert main(["doctor", "--quiet"]) == ExitCode.MISSING
    missing = capsys.readouterr().out
    assert "-m pip install sympy" in missing
    assert "-m pip install torch" in missing


COLOURS = [  # option, environment, whether it colours output that is no terminal
    ("auto", {}, False),
    ("auto", {"FORCE_COLOR": "1"}, True),
    ("auto", {"FORCE_COLOR": "1", "NO_COLOR": "1"}, False),
    ("always", {"NO_COLOR": "1"}, True),
    ("never", {"FORCE_COLOR": "1"}, False),
]


@pytest.mark.parametrize(("choice", "environment", "coloured"), COLOURS)
def test_colour(choice: str, environment: dict[str, str], coloured: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("NO_COLOR", "FORCE_COLOR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    with open(os.devnull) as stream:
        assert wants_colour(choice, stream) is coloured


def test_colour_is_written_with_rich(capsys: Capture) -> None:
    Screen("always").line(("proved  ", "proved"))
    assert capsys.readouterr().out == "\x1b[32mproved\x1b[0m\n"


def process(*words: str, **environment: str) -> subprocess.CompletedProcess[bytes]:
    """A command in a process of its own."""
    command = [sys.executable, "-c", "import sys; from symlstm.cli.main import main; sys.exit(main())", *words]
    env = os.environ | {"PYTHONPATH": str(ROOT)} | environment
    return subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)


def test_help_needs_no_sympy() -> None:
    check = "import sys; from symlstm.cli.main import main; main(['--help']); main(['prove', '-h']); print(sorted(sys.modules))"
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    shown = subprocess.run([sys.executable, "-c", check], env=env, capture_output=True, check=True, text=True).stdout
    assert "'symlstm.cli.main'" in shown
    for heavy in ("sympy", "flint", "numpy", "rich", "matplotlib"):
        assert f"'{heavy}'" not in shown


@pytest.mark.slow
def test_the_proof_script_runs_by_itself_on_an_ascii_terminal() -> None:
    command = [sys.executable, "proofs/sentiment.py", "-k", "S4"]
    env = os.environ | {"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False)
    assert done.returncode == ExitCode.OK
    assert done.stdout.decode("ascii").splitlines()[1].startswith("ok  proved    S4")


@pytest.mark.slow
def test_words_outside_ascii_are_escaped(tmp_path: Path) -> None:
    file = tmp_path / "w.toml"
    text = new_construction("größer").replace('"a"', '"größer"').replace('weight = "1"', 'weight = "2"')
    file.write_text(text, encoding="utf-8")
    done = process("prove", str(file), PYTHONIOENCODING="ascii")
    assert done.returncode == ExitCode.REFUTED
    assert b"gr\\xf6\\xdfer: found 1" in done.stdout


@pytest.mark.skipif(os.name == "nt", reason="pipes of POSIX")
def test_a_closed_pipe_ends_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    command = [sys.executable, "-c", "import sys; from symlstm.cli.main import main; sys.exit(main())", "doctor"]
    env = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=env, stdout=writing, stderr=subprocess.PIPE, check=False)
    os.close(writing)
    assert (done.returncode, done.stderr) == (ExitCode.CLOSED_PIPE, b"")
