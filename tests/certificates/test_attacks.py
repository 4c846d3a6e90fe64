"""Certificates that were made to have something false verified, or to stop the checker: each is refused, and where."""

import copy
import json
from functools import cache
from pathlib import Path

import pytest
from support import GALLERY

from symlstm import Construction, Network, ReadoutTerm, k, pattern_counts
from symlstm.certificates import recheck
from symlstm.certificates.exporting import certificate
from symlstm.certificates.folder import load
from symlstm.certificates.subjects import is_about
from symlstm.certificates.verifying import Unreadable, _about
from symlstm.cli.certify import said_in
from symlstm.cli.networks import construction
from symlstm.kernel.networks.invariants import step_table
from symlstm.model.network import real
from symlstm.search.scale.answer import at_scale


@cache
def counter():
    """The number of a, which a readout has with the other sign."""
    gates = {"b_ii": [100 * k], "b_if": [100 * k], "W_ig": [[100 * k, 0]], "b_io": [-100 * k]}
    network = Network.from_gates(["a", "b"], hidden=1, gates=gates, readout=[ReadoutTerm("c", 0, -1)])
    return Construction(network, pattern_counts(["a", "b"], {("a",): -1}))


@cache
def tomita():
    return construction(str(GALLERY / "decisions" / "tomita_2.toml"))


BASES = {
    "count": lambda: certificate(counter().decision, counter().network),
    "bound": lambda: certificate(counter().error_bound, counter().network),
    "table": lambda: certificate(step_table(counter().rates, (real("g_1"), real("h_1"))), counter().network),
    "boxes": lambda: certificate(at_scale(tomita(), 1).right, tomita().network),
    "off": lambda: off_limits("DecidesAt"),
    "family": lambda: off_limits("Decides"),
    "margins": lambda: {"theorem": "MarginsAt", "parameters": [], "forms": [["1", []]], "point": [], "values": ["1"]},
}


def off_limits(kind):
    """h' = tanh(100 k h) from h_0 = 1, which stays near 1; a ghost that is always 0."""
    zero, machine = ["0", "0"], {"initial": 0, "start": [], "moves": [[[[[], 0, []]]]], "accept": [[[]]]}
    layer = {"cell": "rnn_tanh", "weight_ih": [[zero]], "weight_hh": [[["100", "0"]]], "bias_ih": [zero]}
    family = {"ranges": [[0, 0]], "limits": [[0, "1"]], "places": [[0, []]], "domain": None}
    proof = {"ghosts": 1, "origin": [0], "families": [family, family], "goals": [["leaf"]] * 2}
    boxes = [[[[[0, "-1/100", "0"]]]], [[[[0, "-1/100", "0"]]]]]
    at = {"knots": [0], "bits": 64, "boxes": boxes, "reach": [[[0, 0]], [[0, 0]]]}
    return {
        "theorem": kind,
        "network": {"vocabulary": ["a"], "layers": [{**layer, "bias_hh": [zero], "h0": ["1"]}]},
        "readout": {"delay": 0, "terms": [[0, "1"]]},
        "specification": {**machine, "domain": None},
        "threshold": "1/2",
        **({"scale": "1", "last": None} if kind == "DecidesAt" else {}),
        "proof": {**proof, "steps": [[["leaf", 1, ["0"]]]] * 2, **(at if kind == "DecidesAt" else {})},
    }


@cache
def written(base):
    return json.dumps({"format": recheck.FORMAT, "atoms": [], **BASES[base]()})


def base_of(name):
    return json.loads(written(name))


def reach(data, path):
    for key in path:
        data = data[key]
    return data


def put(path, value):
    """A change: the value, or what a function makes of the old one, at the end of a path."""
    *way, last = [int(key) if key.lstrip("-").isdigit() else key for key in path.split(".")]

    def change(data):
        holder = reach(data, way)
        holder[last] = value(holder[last]) if callable(value) else value

    return change


def below(rows):
    """An amplitude below 0 in each row, at an exponent that the value has not."""
    return [[*row[:4], [*row[4], [0, "0", "-1000"]]] for row in rows]


NO_BOUND = put("bound", {"quadratic": [], "linear": [], "constant": []})
ATTACKS = [
    # what had something false verified
    ("bound", [put("proof.growth.0.0", "-1"), NO_BOUND], "the size of a coefficient"),
    ("boxes", [put("threshold", "2"), put("constant", "7/4")], "the readout in class"),
    ("table", [put("rows", below)], "row of "),
    ("off", [put("scale", "2/5"), put("proof.bits", 1)], "a scale that is more than 0"),
    # what says nothing
    ("table", [put("rows", [])], "a table without rows"),
    ("margins", [put("forms", []), put("values", [])], "a number for each parameter"),
    # numbers that are none, or not what they should be
    ("boxes", [put("scale", "0")], "a scale > 0"),
    ("boxes", [put("scale", "-1")], "a scale > 0"),
    ("boxes", [put("scale", float("nan"))], "is no rational"),
    ("boxes", [put("scale", "1/0")], "is no rational"),
    ("boxes", [put("scale", "1" + "0" * 5000)], "malformed"),
    ("boxes", [put("readout.delay", True)], "is no whole number"),
    ("boxes", [put("last", True)], "is no whole number"),
    ("boxes", [put("last", -1)], "is no whole number"),
    ("boxes", [put("proof.bits", 0)], "is no whole number"),
    ("boxes", [put("proof.bits", 10**9)], "binary places"),
    ("boxes", [put("proof.knots", [0, 2, 1]), put("last", 1)], "knots that grow"),
    ("boxes", [put("proof.knots", [0, 5]), put("last", None)], "a last knot"),
    ("boxes", [put("threshold", [["1", [[0, 10**30]]]])], "atom 0 of 0"),
    ("bound", [put("k0", "0")], "a scale k0 > 0"),
    ("bound", [put("k0", "-1")], "a scale k0 > 0"),
    ("bound", [put("bound.linear.0.1", "-1")], "an error with a term twice, or that grows"),
    # machines
    ("boxes", [put("specification.accept", lambda some: [[] if x else [[]] for x in some])], "the readout in class"),
    ("boxes", [put("specification.moves.0.0", [])], "a state without a move"),
    ("boxes", [put("specification.moves.0.0.0", lambda move: [*move, []])], "a move"),
    ("boxes", [put("specification.moves.0.0.0.1", True)], "is no whole number"),
    ("boxes", [put("specification.initial", 99)], "the machine"),
    ("boxes", [put("specification.domain", {"accept": []})], "malformed"),
    # classes and families
    ("boxes", [put("proof.classes", [])], "the start"),
    ("boxes", [put("proof.classes.0.successors", [])], "a successor for each word"),
    ("boxes", [put("proof.classes.0.successors.0", None)], "no class"),
    ("boxes", [put("proof.classes.0.successors.0", -1)], "is no whole number"),
    ("boxes", [put("last", 3), put("proof.classes.0.least", 3)], "the domain at the start"),
    ("off", [put("proof.boxes.1.0.0", [[0, "-1/1000000000000000000000", "0"]])], "outside its box"),
    ("off", [put("proof.boxes.0.0.0", [[0, "1/2", "1"]])], "a first box without 0"),
    ("off", [put("specification.accept", [[]])], "the readout in family"),
    ("family", [put("specification.accept", [[]])], "the side of the threshold"),
    ("family", [put("proof.goals", [])], "a tree of goals"),
    ("family", [put("proof.ghosts", 2)], "a range for each ghost"),
    ("family", [put("proof.origin", [1])], "the origin's ranges"),
    ("family", [put("proof.origin", [False])], "the origin"),
    ("family", [put("proof.steps.0.0", ["leaf", None, []])], "no family"),
    ("family", [put("proof.steps.0.0", ["leaf", 0, ["0"]])], "is no whole number"),
    ("family", [put("proof.steps.0.0", ["leaf", 1, ["1/2"]])], "not whole"),
    ("family", [put("proof.steps.0.0", ["leaf", 1, ["1"]])], "outside its range"),
    ("family", [put("proof.families.1.ranges", [[1, 0]])], "outside its range"),
    ("family", [put("proof.families.1.limits", [[0, "0"]])], "coordinate 0"),
    ("family", [put("proof.families.1.limits", [])], "not known in family"),
    ("family", [put("network.layers.0.h0", ["0"])], "coordinate 0 at the start"),
    # spans
    ("count", [put("proof.levels", [])], "the number of levels"),
    ("count", [put("proof.levels.0", []), put("proof.images.0", [])], "the empty word's vector"),
    ("count", [put("proof.images.0.0.0", ["0", []])], "a multiplier 0"),
    ("count", [put("specification.matrices.0", lambda rows: rows[:-1])], "the shapes of the specification"),
    ("count", [put("network.layers.0.weight_ih", lambda rows: rows[:-1])], "the shapes of the tensors"),
    ("count", [put("network.vocabulary", ["a", "a"])], "the vocabulary"),
]


@pytest.mark.parametrize("base", BASES)
def test_what_is_attacked_is_verified(base):
    recheck.check(base_of(base))


@pytest.mark.parametrize(("base", "changes", "message"), ATTACKS, ids=[f"{n} {a[2]}" for n, a in enumerate(ATTACKS)])
def test_it_is_refused(base, changes, message):
    found = base_of(base)
    for change in changes:
        change(found)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(copy.deepcopy(found))


def test_a_name_that_stands_twice_is_refused():
    with pytest.raises(recheck.Rejected, match="a repeated name"):
        load(b'{"scale": "1", "scale": "2"}')


@pytest.mark.parametrize(
    ("matrix", "final"), [([["1", "0"]], ["0", "1"]), ([["1"], ["0"]], ["0", "1"]), ([["1", "0"]] * 2, ["0"])]
)
def test_an_automaton_with_a_row_or_a_column_less_is_no_machine(matrix, final):
    with pytest.raises(recheck.Rejected, match="the shapes of the specification"):
        recheck.linear_machine({"initial": ["1", "0"], "matrices": [matrix], "final": final})


@pytest.mark.parametrize("atoms", [{}, "", None])
def test_a_table_of_atoms_that_is_no_list_is_about_nothing(atoms):
    own = tomita()
    assert not is_about(base_of("boxes") | {"atoms": atoms}, own.network, own.specification, own.threshold)


def test_forms_are_not_what_a_network_is_about():
    about = tomita()
    networks = [(Path("tomita_2.toml"), about)]
    with pytest.raises(Unreadable, match="another statement"):
        _about(base_of("margins"), networks, {Path("tomita_2.toml"): ()})


SCRIPT = """
from symlstm.kernel.algebra import Variable, atom, rational
from symlstm.kernel.logic.propositions import Less
from symlstm.proof.claims import claim

@claim("X1", "one is less than everything", goal=Less(rational(1), atom(Variable("x", "real"))))
def one():
    raise NotImplementedError
"""


def test_what_a_script_claims_may_not_be_assumed(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(SCRIPT, encoding="utf-8")
    said = ["<", [["1", []]], [["1", [[0, 1]]]]]
    step = {"rule": "hypothesis", "premises": [], "conclusion": said, "hypotheses": [0], "given": None}
    found = {"theorem": "Proposition", "symbols": [["x", "real"]], "atoms": [], "hypotheses": [said], "nodes": [step]}
    with pytest.raises(Unreadable, match="another statement"):
        _about(found, (), {script: said_in(script)[0]})
