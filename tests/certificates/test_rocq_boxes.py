"""Decisions at one scale and every length in Rocq: the true ones only."""

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
    (("network", "layers", 0, "weight_hh", 0, 0, 0), "-200", "net"),
    (("network", "layers", 0, "weight_ih", 0, 1, 0), str(2**70), "net"),
    (("network", "layers", 0, "h0", 1), "0", "net"),
    (("readout", "delay"), 1, "delay"),
    (("specification", "initial"), 1, "spec"),
    (("specification", "moves", 0, 0, 0, 1), 0, "spec"),
    (("specification", "accept", 1), [[]], "accepting"),
    (("specification", "accept", 0), [], "accepting"),
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


def with_register_and_domain():
    """tomita_1 with a register that stays, and a domain that accepts everything."""
    data = made("tomita_1")
    machine, classes = data["specification"], data["proof"]["classes"]
    words = len(machine["moves"])
    machine["start"] = ["1/2"]
    for move in (move for row in machine["moves"] for moves in row for move in moves):
        move[2] = [["1", [[0, "-1"]]]]
    for row in machine["moves"]:
        row[:] = [[[[[0, "<", "1/3"]], 0, [["0", []]]], *moves] for moves in row]
    machine["domain"] = {
        "initial": 0,
        "start": [],
        "moves": [[[[[], 0, []]]] for _ in range(words)],
        "accept": [[[]]],
        "domain": None,
    }
    for c in classes:
        c["configurations"] = [[state, ["1/2"]] for state, _ in c["configurations"]]
        c["domain"] = [0, []]
    return data


def with_no_promise():
    """The same, where nothing is promised: so no class follows."""
    data = with_register_and_domain()
    data["specification"]["domain"]["accept"] = [[]]
    data["proof"]["classes"] = data["proof"]["classes"][:1]
    data["proof"]["classes"][0]["successors"] = [None] * len(data["network"]["vocabulary"])
    return data


MACHINES = [
    (("specification", "start", 0), "1/4"),
    (("specification", "moves", 0, 0, 0, 0, 0, 2), "1"),
    (("specification", "moves", 0, 0, 0, 0, 0, 1), ">"),
    (("specification", "moves", 0, 0, 1, 2, 0, 0), "2"),
    (("specification", "domain", "initial"), 1),
    (("proof", "classes", 0, "configurations", 0, 1, 0), "1"),
    (("proof", "classes", 1, "configurations", 0, 1, 0), "1"),
    (("proof", "classes", 1, "domain"), [1, []]),
    (("proof", "classes", 1, "domain"), None),
    (("proof", "classes", 0, "successors", 0), None),
]


def test_registers_and_the_domain_are_part_of_the_statement():
    data = with_register_and_domain()
    recheck.check(data)
    for path, value in MACHINES[:5]:
        found = differences(text_of(changed(data, path, value)), data)
        assert found == ["domain" if "domain" in path else "spec"]
    for path, value in MACHINES:
        with pytest.raises(recheck.Rejected):
            recheck.check(changed(data, path, value))
    nested = changed(data, ("specification", "domain", "domain"), data["specification"]["domain"])
    with pytest.raises(Unreadable, match="a domain of a domain"):
        differences(text_of(data), nested)


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
    true |= {"a domain": with_register_and_domain(), "nothing promised": with_no_promise()}
    false |= {f"machine {path} {value}": changed(true["a domain"], path, value) for path, value in MACHINES[-4:]}
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
