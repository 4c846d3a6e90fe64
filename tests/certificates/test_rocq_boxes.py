"""Decisions at one scale and every length in Rocq: the true ones only."""

import json
import re
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
    "a generator": GALLERY / "decisions" / "dyck_2_3_generator.toml",  # registers, a promise, up to one word
    "a horizon": GALLERY / "flip_flop.toml",  # numbers, up to 2 * 10^21 words
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
    return json.loads(json.dumps(certificate(at_scale(own, Fraction(1), wrong_too=False).right, own.network)))


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


def choice():
    """tomita_1 as a choice between its readout and 1/2."""
    data = made("tomita_1")
    data["theorem"], machine = "ChoosesAt", data["specification"]
    machine["choices"] = [0 if some else 1 for some in machine.pop("accept")]
    data["readouts"] = [[data["readout"]["terms"], "0"], [[], data.pop("threshold")]]
    data["readout"]["terms"] = []
    return data


OTHERS = [
    ("a horizon", ("last",), None, "up_to"),
    ("a horizon", ("last",), 10**22, "up_to"),
    ("a horizon", ("bound",), "0", "bound"),
    ("a horizon", ("bound",), str(2**70), "bound"),
    ("a horizon", ("constant",), "1", "out"),
    ("a horizon", ("specification", "final", 0), "3", "numbers"),
    ("a generator", ("last",), 2, "up_to"),
    ("a generator", ("last",), None, "up_to"),
    ("a generator", ("specification", "domain", "start", 0), "1", "domain"),
    ("a choice", ("specification", "choices", 0), 1, "choices"),
    ("a choice", ("specification", "choices", 0), 2, "choices"),
    ("a choice", ("readouts", 1, 1), "2", "outs"),
]
UNDAMAGED = {"a choice": choice}


def taken(name):
    return UNDAMAGED.get(name, lambda: made(name))()


@pytest.mark.parametrize(("name", "path", "value", "said"), OTHERS, ids=lambda x: str(x)[:40])
def test_a_change_of_lengths_numbers_and_choices_is_seen(name, path, value, said):
    data, other = taken(name), changed(taken(name), path, value)
    assert differences(text_of(data), data) == []
    assert differences(text_of(other), data) == differences(text_of(data), other) == [said]


WORSE = [  # of what proves it
    ("a horizon", ("proof", "classes", 1, "boxes", 1, 1, 0, 1), "0"),
    ("a horizon", ("proof", "classes", 1, "boxes", 0, 1, 0, 2), "-1"),
    ("a horizon", ("proof", "classes", 1, "boxes", 2), [[], []]),
    ("a horizon", ("proof", "classes", 0, "boxes"), []),
    ("a horizon", ("proof", "knots", 1), 5),
    ("a horizon", ("proof", "bits"), 8),
    ("a generator", ("proof", "classes", 1, "least"), 2),
    ("a generator", ("proof", "classes", 1, "least"), 0),
    ("a generator", ("proof", "classes", 0, "least"), 1),
    ("a generator", ("proof", "classes", 0, "successors"), []),
]

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
    true |= {"a domain": with_register_and_domain(), "nothing promised": with_no_promise(), "a choice": choice()}
    false = {f"{path} {value}": made("tomita_1", path, value) for path, value, *_ in STATED + UNPROVED}
    false |= {f"machine {path} {value}": changed(true["a domain"], path, value) for path, value in MACHINES[-4:]}
    is_true = ("a horizon", ("bound",), str(2**70), "bound")
    others = [case for case in (*OTHERS, *WORSE) if case != is_true]
    false |= {f"{name} {path} {value}": changed(taken(name), path, value) for name, path, value, *_ in others}
    false["no delay"] = changed(late, ("readout", "delay"), 0)
    for data in true.values():
        recheck.check(data)
    with compiler.rocq() as rocq:
        assert not [said for said in rocq.theorems(texts(true)).values() if isinstance(said, compiler.Rejected)]
        rocq.compile(rocq._written(refused(texts(false).values())))
        with pytest.raises(compiler.Rejected, match="has not failed"):
            rocq.compile(rocq._written(refused([text_of(choice())])))


def refused(texts):
    """One file in which each theorem is refused by the kernel, and all tables are accepted."""
    header = "From Coq Require Import String QArith ZArith List.\nFrom Symlstm Require Import Definitions Constants Machines Boxes Lines.\n"
    modules = []
    for n, text in enumerate(texts):
        found = re.fullmatch(r"(.*)\nTheorem statement : (.*)\.\nProof\. exact (.*)\. Qed\.\n.*\n", text, re.DOTALL)
        tables = found[1].partition(header)[2]
        modules.append(f"Module T{n}.\n{tables}\nFail Definition statement : {found[2]} := {found[3]}.\nEnd T{n}.\n")
    return header + "".join(modules)


def texts(certificates):
    return {name: text_of(data) for name, data in certificates.items()}
