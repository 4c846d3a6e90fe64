"""The commands certify and verify: a folder whole or not at all, bound to the network, with the exit codes of prove."""

import json
import shutil

import pytest
from support import GALLERY, PROOFS

from symlstm.certificates import compiler, coverage, folder, recheck
from symlstm.cli.main import main
from symlstm.model.errors import InputError
from symlstm.proof.scale import Recheck

PARITY = GALLERY / "parity.toml"


@pytest.fixture
def made(tmp_path):
    assert main(["certify", str(PARITY), "-o", str(tmp_path / "folder")]) == 0
    return tmp_path / "folder"


def verify(*words):
    return main(["verify", "--with", "python", *map(str, words)])


def test_a_folder_is_verified(made, capsys):
    assert verify(made, PARITY) == 0
    said = capsys.readouterr().out
    assert "verified     parity: lim readout = specification, at every length; plain Python" in said
    assert "weights of parity.toml" in said


def test_what_has_no_certificate_is_said(tmp_path, capsys):
    other = tmp_path / "e.toml"
    other.write_text(PARITY.read_text().replace("*k", "*exp(1)*k"))
    assert main(["certify", str(other), str(PARITY), "-o", str(tmp_path / "folder")]) == 3
    assert "not covered  e: the constant" in capsys.readouterr().out
    assert verify(tmp_path / "folder") == 3
    assert "1 verified, 1 not covered" in capsys.readouterr().out


@pytest.mark.slow
def test_the_theorems_of_a_script(tmp_path, capsys):
    script = PROOFS / "sentiment.py"
    assert main(["certify", str(script), "-o", str(tmp_path / "folder")]) == 0
    capsys.readouterr()
    assert verify(tmp_path / "folder", script) == 0
    said = capsys.readouterr().out.splitlines()
    assert [line.split()[:2] for line in said[:-1]] == [["verified", f"S{n}:"] for n in (1, 2, 3, 4, 5, 9)]
    assert (tmp_path / "folder" / "S5" / "statement.v").exists()
    assert (tmp_path / "folder" / "S1" / "statement.v").exists()


def test_another_network_is_seen(made, tmp_path, capsys):
    other = tmp_path / "parity.toml"
    other.write_text(PARITY.read_text("utf-8").replace("200*k", "201*k", 1).replace("100*k", "101*k", 1))
    assert verify(made, other) == 1
    assert "another network, readout or specification than in parity.toml" in capsys.readouterr().out


@pytest.mark.parametrize("name", ["parity/certificate.json", "parity/statement.v", "rocq/Definitions.v", "recheck.py"])
def test_a_changed_file_is_seen(made, name, capsys):
    (made / name).write_bytes((made / name).read_bytes() + b" ")
    assert verify(made) == 1
    assert f"rejected     parity: the digest of {name} is not the manifest's" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("name", "old", "new", "reason"),
    [
        ("rocq/Definitions.v", "/ (1 + exp (- x))", "/ (2 + exp (- x))", "rocq/Definitions.v is not this version's"),
        ("parity/statement.v", "delay : nat := 0%nat", "delay : nat := 1%nat", "differ in delay"),
        ("parity/certificate.json", '"delay": 0', '"delay": 1', "rejected"),
    ],
)
def test_a_change_with_its_digest_is_seen(made, name, old, new, reason, capsys):
    text = (made / name).read_text("utf-8")
    assert old in text
    content = {**folder.read(made).content, name: text.replace(old, new).encode()}
    lines = [f"{folder.hashlib.sha256(data).hexdigest()}  {file}\n" for file, data in content.items()]
    shutil.rmtree(made)
    folder.write(made, {**content, "MANIFEST": "".join(lines).encode()})
    assert verify(made) == 1
    assert reason in capsys.readouterr().out


def test_a_folder_that_is_there_stays(made):
    before = sorted(made.rglob("*"))
    assert main(["certify", str(PARITY), "-o", str(made)]) == 2
    assert sorted(made.rglob("*")) == before
    assert main(["certify", str(PARITY), "-o", str(made), "--force"]) == 0


def test_force_replaces_no_other_folder(tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "file").write_text("kept")
    assert main(["certify", str(PARITY), "-o", str(tmp_path / "mine"), "--force"]) == 2
    assert (tmp_path / "mine" / "file").read_text() == "kept"


def test_what_is_no_folder_of_certificates_is_refused(tmp_path):
    assert verify(tmp_path) == 2
    (tmp_path / "MANIFEST").write_text("0  ../other\n")
    with pytest.raises(InputError, match="outside the folder"):
        folder.read(tmp_path)


def test_json(made, capsys):
    capsys.readouterr()
    assert verify(made, "--json") == 0
    [claim] = json.loads(capsys.readouterr().out)["claims"]
    assert (claim["id"], claim["status"]) == ("parity", "verified")


def test_without_rocq_the_command_that_installs_it(made, capsys, monkeypatch):
    monkeypatch.setattr(compiler.shutil, "which", lambda name: None)
    assert main(["verify", "--with", "rocq", str(made)]) == 6
    assert compiler.INSTALL in capsys.readouterr().err
    assert main(["verify", str(made)]) == 0


BY_BOTH = {
    "Chooses",
    "ChoosesAt",
    "Computes",
    "Counterexample",
    "Decides",
    "DecidesAt",
    "DecidesBy",
    "ErrorBound",
    "FiniteError",
    "LargestMargin",
    "MarginsAt",
    "Mischoice",
    "Misdecision",
    "RunAt",
    "StepTable",
    "Trace",
    "WithinAt",
}
BY_PYTHON = {
    "Cells",
    "ErrorAt",
    "Bracket",
}


def test_the_table_of_coverage_names_every_kind():
    rows = {row.kind: row.checked_by for row in coverage.table()}
    assert {kind for kind, by in rows.items() if by == "plain Python, Rocq"} == BY_BOTH
    assert {kind for kind, by in rows.items() if by == "plain Python"} == BY_PYTHON
    assert rows["Proposition"] == "Rocq"
    assert {"Invariant"} <= {kind for kind, by in rows.items() if by == "none"}


@pytest.fixture
def without_rocq(monkeypatch):
    monkeypatch.setattr(compiler.shutil, "which", lambda name: None)


def test_derive_appends_the_statement_in_rocq(tmp_path, without_rocq):
    assert main(["derive", "--rocq", "--to", "md", "-o", str(tmp_path), "T1"]) == 0
    said = (tmp_path / "T1.md").read_text("utf-8")
    assert "Theorem statement" in said and "lim (fun B => sigmoid B) 1" in said
    assert main(["derive", "--rocq", "--to", "md,tex,html", "-o", str(tmp_path), str(PARITY)]) == 0
    said = (tmp_path / "parity.md").read_text("utf-8")
    assert "Proved; checked by plain Python." in said and "Theorem statement : computes net terms delay wa." in said


@pytest.mark.rocq
@pytest.mark.slow
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_what_rocq_has_checked_says_so(tmp_path, capsys):
    assert main(["prove", "--recheck", "T1"]) == 0
    assert "checked by Rocq 8." in " ".join(capsys.readouterr().out.split())
    assert main(["derive", "--rocq", "--to", "md", "-o", str(tmp_path), "T1"]) == 0
    assert "Proved; checked by Rocq 8." in (tmp_path / "T1.md").read_text("utf-8")


@pytest.mark.slow
def test_prove_checks_again(capsys, without_rocq):
    assert main(["prove", "--recheck", str(PARITY)]) == 0
    assert "checked by plain Python" in capsys.readouterr().out
    files = [str(PARITY), str(GALLERY / "rnn_in_lstm_exactly.toml")]
    assert main(["prove", "--recheck", "-v", *files]) == 0
    said = " ".join(capsys.readouterr().out.split())
    assert "of 3 statements 2 by plain Python, 1 not checked again (-v: why)" in said
    assert "recheck only Rocq checks derivations, and it is not installed" in said
    assert main(["--json", "prove", "--recheck", *files]) == 0
    decided, embedded = json.loads(capsys.readouterr().out)["claims"]
    assert decided["checked_by"] == ["plain Python"] and "not_checked" not in decided
    assert embedded["checked_by"] == [] and embedded["not_checked"].startswith("only Rocq checks derivations")


TOLD_TOGETHER = [
    (Recheck(("plain Python", "Rocq")), Recheck(("plain Python",)), Recheck(("plain Python",))),
    (Recheck(("plain Python",)), Recheck(reason="a kind"), Recheck(reason="a kind")),
    (Recheck(reason="one"), Recheck(reason="other"), Recheck(reason="one")),
]


@pytest.mark.parametrize(("right", "wrong", "both"), TOLD_TOGETHER)
def test_two_theorems_are_checked_by_what_checks_each(right, wrong, both):
    assert right & wrong == both


@pytest.mark.slow
def test_what_the_other_checker_rejects_is_open(capsys, monkeypatch, without_rocq):
    def reject(data):
        raise recheck.Rejected("a reason")

    monkeypatch.setattr(recheck, "check", reject)
    assert main(["prove", "--recheck", str(PARITY)]) == 3
    said = " ".join(capsys.readouterr().out.split())
    assert "proved by the kernel, and rejected by plain Python: a reason" in said


def test_prove_with_rocq_needs_it(capsys, monkeypatch):
    monkeypatch.setattr(compiler.shutil, "which", lambda name: None)
    assert main(["prove", "--rocq", str(PARITY)]) == 6
    assert compiler.INSTALL in capsys.readouterr().err


@pytest.mark.slow
@pytest.mark.parametrize("name", ["tomita_1", "tomita_2"])  # an RNN with tanh, and a GRU
def test_trained_weights_beside_their_specification(name, tmp_path, capsys, without_rocq):
    made, trained = tmp_path / "folder", PROOFS / "trained"
    weights, spec = trained / f"{name}.safetensors", ["--spec", str(trained / f"{name}.toml")]
    assert main(["certify", str(weights), *spec, "-o", str(made)]) == 0
    assert verify(made, weights, *spec) == 0
    assert f"weights of {name}.safetensors" in " ".join(capsys.readouterr().out.split())
    assert verify(made, GALLERY / "decisions" / f"{name}.toml") == 1
