"""Decisions at one scale and every length in Rocq: finite automata only, and the true ones only."""

import json
from copy import deepcopy
from fractions import Fraction
from functools import cache

import pytest
from support import GALLERY, PROOFS
from support.damage import changed

from symlstm.certificates import compiler, recheck
from symlstm.certificates.exporting import certificate
from symlstm.certificates.folder import Entry, files
from symlstm.certificates.rocq import covers, text_of
from symlstm.certificates.rocq_reading import Unreadable, differences
from symlstm.certificates.subjects import NotCovered
from symlstm.cli.networks import construction
from symlstm.search.scale.answer import at_scale

FILES = {
    "tomita_1": GALLERY / "decisions" / "tomita_1.toml",
    "tomita_2": GALLERY / "decisions" / "tomita_2.toml",
    "an LSTM": PROOFS / "published" / "parity_or_nand_10.toml",
    "a tanh RNN": PROOFS / "published" / "merrill_rnn.toml",
}
LATE = """
title = "Whether the last word but one is 1"
cell = "rnn_sigmoid"
vocabulary = ["0", "1"]
[weights]
weight_ih_l0 = [["0", "200*k"], ["0", "0"]]
weight_hh_l0 = [["0", "0"], ["200*k", "0"]]
bias_ih_l0 = ["-100*k", "-100*k"]
[readout]
delay = 1
terms = [{ state = "h", index = 1, coeff = "1" }]
[spec]
type = "accepts"
threshold = "1/2"
[spec.dfa]
initial = "no"
accepting = ["yes"]
[spec.dfa.table]
no = { "0" = "no", "1" = "yes" }
yes = { "0" = "no", "1" = "yes" }
"""


def of_file(path):
    own = construction(str(path))
    return json.loads(json.dumps(certificate(at_scale(own, Fraction(1)).right, own.network)))


@cache
def written(name):
    return json.dumps(of_file(FILES[name]))


def made(name, path=(), value=None):
    """The certificate, with one thing changed if there is a path to it."""
    data = json.loads(written(name))
    return changed(data, path, value) if path else data


@pytest.fixture
def late(tmp_path):
    (tmp_path / "late.toml").write_text(LATE)
    return of_file(tmp_path / "late.toml")


@pytest.mark.parametrize("name", ["tomita_1", "an LSTM"])
def test_a_file_says_what_the_certificate_says(name):
    data = made(name)
    assert data["theorem"] == "DecidesAt" and covers(data)
    assert differences(text_of(data), data) == []
    assert "one/statement.v" in files([Entry("one", "", data)])


def test_the_delay_is_part_of_the_statement(late):
    text = text_of(late)
    assert "Definition delay : nat := 1%nat." in text and differences(text, late) == []


STATED = [
    (("network", "weight_hh", 0, 0, 0), "-200", "net"),
    (("network", "weight_ih", 0, 1, 0), str(2**70), "net"),
    (("network", "h0", 1), "0", "net"),
    (("readout", "delay"), 1, "delay"),
    (("specification", "initial"), 1, "fa"),
    (("specification", "moves", 0, 0, 0, 1), 0, "fa"),
    (("specification", "accept", 1), [[]], "fa"),
    (("specification", "accept", 0), [], "fa"),
    (("threshold",), "1", "threshold"),
    (("scale",), "1/100", "at_k"),
]
TWICE = (
    ("readout", "terms", 0, 1),
    "2",
    "terms",
)  # another statement that is true: twice the readout, on the same side


@pytest.mark.parametrize(("path", "value", "name"), [*STATED, TWICE], ids=lambda x: str(x)[:40])
def test_a_change_of_the_statement_is_seen(path, value, name):
    data, other = made("tomita_1"), made("tomita_1", path, value)
    assert differences(text_of(other), data) == differences(text_of(data), other) == [name]


NOT_FINITE = [
    (("specification", "start"), ["0"]),
    (("specification", "domain"), made("tomita_1")["specification"]),
    (("specification", "moves", 0, 0), []),
    (("specification", "moves", 0, 0), [[[], 1, []], [[], 0, []]]),
    (("specification", "moves", 0, 0, 0, 0), [[0, "=", "0"]]),
    (("specification", "moves", 0, 0, 0, 2), [["0", []]]),
    (("specification", "accept", 0), [[[0, "=", "0"]]]),
]


@pytest.mark.parametrize(("path", "value"), NOT_FINITE, ids=lambda x: str(x)[:40])
def test_a_machine_that_is_no_finite_automaton_is_not_for_rocq(path, value):
    other = made("tomita_1", path, value)
    assert not covers(other)
    assert "one/statement.v" not in files([Entry("one", "", other)])
    with pytest.raises(Unreadable, match="a finite automaton of a machine"):
        differences(text_of(made("tomita_1")), other)


@pytest.mark.parametrize(
    ("name", "reason"),
    [("gru_parity", "WithinAt")],
)
def test_other_kinds_have_no_certificate(name, reason):
    own = construction(str(GALLERY / f"{name}.toml"))
    with pytest.raises(NotCovered, match=reason):
        certificate(at_scale(own, Fraction(1)).right, own.network)


UNPROVED = [
    (("proof", "classes", 1, "boxes", 0, 0, 0, 2), "1/" + str(2**200)),
    (("proof", "classes", 1, "boxes", 0, 0), []),
    (("proof", "classes", 0, "boxes", 0, 0, 1), [1, "0", "0"]),
    (("proof", "classes", 0, "successors"), [1]),
    (("proof", "classes", 0, "successors", 0), 9),
    (("proof", "classes", 0, "successors", 0), 2),
    (("proof", "classes", 1, "configurations", 0, 0), 0),
    (("proof", "classes"), []),
]


@pytest.mark.rocq
@pytest.mark.slow
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_rocq_accepts_what_is_true_and_nothing_else(late):
    true = {name: made(name) for name in FILES} | {"a delay": late, "twice": made("tomita_1", *TWICE[:2])}
    false = {f"{path} {value}": made("tomita_1", path, value) for path, value, *_ in STATED + UNPROVED}
    false["no delay"] = deepcopy(late)
    false["no delay"]["readout"]["delay"] = 0
    for data in true.values():
        recheck.check(data)
    with compiler.rocq() as rocq:
        assert not [said for said in rocq.theorems(texts(true)).values() if isinstance(said, compiler.Rejected)]
        accepted = [name for name, text in texts(false).items() if not isinstance(rocq.one(text), compiler.Rejected)]
    assert accepted == []


def texts(certificates):
    return {name: text_of(data) for name, data in certificates.items()}
