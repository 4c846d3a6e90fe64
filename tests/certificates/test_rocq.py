"""Rocq files: read back as they were written, nothing else can stand in them, and Rocq accepts the true ones only."""

import copy
import json

import pytest
from support import GALLERY, ROOT
from support.damage import certified, changed

from symlstm.certificates import compiler
from symlstm.certificates.compiled import Compiled
from symlstm.certificates.exporting import certificate
from symlstm.certificates.folder import library
from symlstm.certificates.rocq import LIBRARY, text_of
from symlstm.certificates.rocq_reading import Unreadable, differences, statement_in
from symlstm.cli.networks import construction

EVERY = [(name, json.loads(json.dumps(data))) for name, _, data in certified()]
S4 = EVERY[0][1]


def test_the_library_admits_nothing():
    text = b"".join(library().values()).decode()
    assert not [word for word in ("Admitted", "admit", "Axiom", "Parameter", "Conjecture") if word in text.split()]
    assert sorted(path.stem for path in (ROOT / "symlstm" / "rocq").glob("*.v")) == sorted(LIBRARY)


@pytest.mark.parametrize(("name", "data"), EVERY, ids=[name for name, _ in EVERY])
def test_a_file_says_what_the_certificate_says(name, data):
    assert differences(text_of(data), data) == []


CHANGED = [
    (("network", "layers", 0, "weight_ih", 18, 0, 0), str(2**70), ["net"]),
    (("network", "layers", 0, "weight_ih", 18, 0, 0), "-100", ["net"]),
    (("network", "vocabulary", 0), "worse", ["net"]),
    (("network", "layers", 0, "h0", 0), "1/3", ["net"]),
    (("atoms", 0), "2", ["net"]),
    (("readout", "terms", 0, 0), 10, ["terms"]),
    (("readout", "delay"), 2, ["delay"]),
    (("specification", "final", 1), str(2**70), ["wa"]),
]


@pytest.mark.parametrize(("path", "value", "names"), CHANGED, ids=lambda x: str(x)[:30])
def test_a_change_of_the_statement_is_seen(path, value, names):
    other = changed(S4, path, value)
    assert differences(text_of(other), S4) == names
    assert differences(text_of(S4), other) == names


BOUND = [
    (("k0",), "2", ["k0"]),
    (("bound", "quadratic", 0, 2), str(2**70), ["quadratic"]),
    (("bound", "linear", 0, 1), "1", ["linear"]),
    (("bound", "constant"), [[0, "1", "0"]], ["rest"]),
]


@pytest.mark.parametrize(("path", "value", "names"), BOUND, ids=lambda x: str(x)[:30])
def test_a_change_of_a_bound_is_seen(path, value, names):
    found = construction(str(GALLERY / "two_counters.toml"))
    data = json.loads(json.dumps(certificate(found.error_bound, found.network)))
    text, other = text_of(data), changed(data, path, value)
    assert differences(text, data) == []
    assert differences(text, other) == names


INSERTED = [
    ("Definition delay", "Definition computes (a b c d : nat) := True.\nDefinition delay"),
    ("Definition delay", "Axiom false : False.\nDefinition delay"),
    ("Definition delay", 'Notation "0" := 1.\nDefinition delay'),
    ("Definition delay", "(* a comment *) Definition delay"),
    ("Open Scope Q_scope.", "Open Scope Q_scope. Require Import Other."),
    ("Proof. exact", "Proof. Admitted. Proof. exact"),
    ("Print Assumptions statement.\n", ""),
    ("computes net terms delay wa.", "computes net terms delay wa \\/ True."),
    ("delay : nat := 1%nat", "delay : nat := ltac:(exact 1%nat)"),
    ("delay : nat := 1%nat", "delay : nat := 1%bool"),
]


@pytest.mark.parametrize(("here", "there"), INSERTED)
def test_nothing_else_stands_in_a_file(here, there):
    text = text_of(S4)
    assert here in text
    with pytest.raises(Unreadable):
        statement_in(text.replace(here, there, 1))


needs_rocq = pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")


@needs_rocq
@pytest.mark.rocq
@pytest.mark.slow
def test_rocq_accepts_what_is_true_and_nothing_else():
    wrong = copy.deepcopy(S4)
    wrong["specification"]["final"][1] = "2"
    axiom = text_of(S4).replace("Definition net", "Axiom other : False.\nDefinition net", 1)
    counters = construction(str(GALLERY / "signed_counter.toml"))
    bound = json.loads(json.dumps(certificate(counters.error_bound, counters.network)))
    smaller = copy.deepcopy(bound)
    smaller["bound"]["linear"] = []
    with compiler.rocq() as rocq:
        rocq.theorem(text_of(S4))
        rocq.theorem(text_of(bound))
        with pytest.raises(compiler.Rejected):
            rocq.theorem(text_of(smaller))
        with pytest.raises(compiler.Rejected):
            rocq.theorem(text_of(wrong))
        used = axiom.replace(axiom[axiom.index("Proof.") : axiom.index(" Qed.")], "Proof. exact (False_ind _ other).")
        with pytest.raises(compiler.Rejected, match="it rests on other"):
            rocq.theorem(used)


def test_a_library_that_does_not_compile_rejects_what_needs_it(tmp_path, monkeypatch):
    def compile(rocq, path):
        raise compiler.Rejected(f"no {path.name}")

    (tmp_path / "Definitions.v").write_text("no sentence")
    monkeypatch.setattr(compiler.Rocq, "compile", compile)
    rocq = compiler.Rocq("coqc", "8", tmp_path, Compiled(None))
    found = rocq.theorems({name: text_of(S4) for name in ("one", "two")})
    assert {name: str(said) for name, said in found.items()} == dict.fromkeys(("one", "two"), "no Definitions.v")
