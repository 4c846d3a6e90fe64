"""What machines say in the limit besides yes or no to all words, as certificates: margins, choices, numbers, wrong words."""

import json
from functools import cache

import pytest
from certificates.test_rocq_families import checked
from flint import fmpq
from support import GALLERY, PROOFS
from support.damage import changed

from symlstm.certificates import compiler, recheck
from symlstm.certificates.exporting import certificate
from symlstm.certificates.rocq import covers, opening, text_of
from symlstm.certificates.rocq_reading import differences
from symlstm.certificates.rocq_stated import kind_of
from symlstm.certificates.subjects import is_about
from symlstm.cli.networks import construction
from symlstm.kernel.networks.decisions import decides_by, mischoice
from symlstm.kernel.networks.machines import Choices, Machine

DECISIONS, FAILURES, PUBLISHED = GALLERY / "decisions", GALLERY / "decisions" / "failures", PROOFS / "published"
FLOOR = DECISIONS / "relu_floor_counter.toml"
FILES = {
    "Chooses": DECISIONS / "anbn_golden.toml",
    "Computes": DECISIONS / "steps_since_on.toml",
    "Misdecision": FAILURES / "tie_at_zero.toml",
    "Counterexample": PUBLISHED / "merrill_bit.toml",
    "DecidesBy": DECISIONS / "majority.toml",
    "Mischoice": DECISIONS / "anbn_golden.toml",
}


@cache
def found(kind):
    return construction(str(FILES[kind]))


def theorem(kind):
    own = found(kind)
    if kind == "DecidesBy":
        goal = own.decision.conclusion
        goals = own.decision.certificate
        return decides_by(own.decision.premises[0], goal.readout, goal.threshold, fmpq(1, 4), goals)
    if kind == "Mischoice":
        spec = own.specification
        other = Machine(
            spec.states, spec.registers, spec.initial, spec.start, spec.moves, Choices((1, 0, 2)), spec.domain
        )
        return mischoice(own.network.system, own.network.linear_outputs, other, ("a", "a"))
    return own.decision


@cache
def written(kind):
    return json.dumps(certificate(theorem(kind), found(kind).network))


def made(kind):
    return json.loads(written(kind))


@pytest.mark.parametrize("kind", FILES)
def test_it_is_verified_and_about_its_file(kind):
    data, own, stated = made(kind), found(kind), theorem(kind).conclusion
    recheck.check(data)
    threshold = getattr(stated, "threshold", None)
    assert data["theorem"] == kind and is_about(data, own.network, stated.specification, threshold)
    other = found("Chooses" if kind == "Computes" else "Computes")
    assert not is_about(data, other.network, other.specification, threshold)
    assert not is_about(data, own.network, None, threshold)


@cache
def floor():
    own = construction(str(FLOOR))
    return json.dumps(certificate(own.decision, own.network))


def test_what_relu_reads_is_cut_where_it_is_0():
    """max(n - 1, 0) at n = 1 and above it."""
    data = json.loads(floor())
    recheck.check(data)
    assert covers(data) and differences(text_of(data), data) == []
    with pytest.raises(recheck.Rejected, match=r"a limit that is not known|the machine after"):
        tree = data["proof"]["steps"][1][1]
        recheck.check(changed(data, ("proof", "steps", 1, 1), [*tree[:4], tree[4][4]]))


FALSE = [
    ("Chooses", ("specification", "choices", 0), 1, "the readout"),
    ("Chooses", ("specification", "choices", 0), 7, "a choice among"),
    ("Chooses", ("readouts", 2, 1), "3", "the readout"),
    ("Chooses", ("readouts", 0, 0), [], "the readout"),
    ("Chooses", ("specification", "domain"), None, "the domain|a place of the domain"),
    ("Chooses", ("theorem",), "Computes", "something else"),
    ("Computes", ("specification", "values", 1, 0), "1", "the readout"),
    ("Computes", ("specification", "values", 0, 1), [], "the readout"),
    ("Computes", ("constant",), "1/9", "the readout"),
    ("Computes", ("readout", "terms", 0, 1), "2", "the readout"),
    ("Computes", ("theorem",), "Decides", "something else"),
    ("DecidesBy", ("margin",), "2/3", "the side of the threshold"),
    ("DecidesBy", ("margin",), "0", "a margin > 0"),
    ("DecidesBy", ("margin",), "-1", "a margin > 0"),
    ("DecidesBy", ("threshold",), "-1/2", "the side of the threshold"),
    ("Misdecision", ("words",), ["a"], "what is specified"),
    ("Misdecision", ("words",), [], "shorter"),
    ("Misdecision", ("limit",), "1", "the limits"),
    ("Misdecision", ("specified",), True, "what is specified"),
    ("Misdecision", ("specified",), 0, "what is specified"),
    ("Misdecision", ("threshold",), "1", "a limit on the other side"),
    ("Misdecision", ("readout", "delay"), 3, "shorter"),
    ("Misdecision", ("theorem",), "Mischoice", "something else"),
    ("Misdecision", ("network", "layers", 0, "h0"), ["0", "0"], "the shapes"),
    ("Mischoice", ("words",), ["a", "b"], "what is specified"),
    ("Mischoice", ("words",), ["b"], "not promised"),
    ("Mischoice", ("specified",), 0, "what is specified"),
    ("Mischoice", ("limits", 0), "0", "the limits"),
    ("Mischoice", ("specification", "choices"), [0, 1, 2], "what is specified"),
    ("Counterexample", ("specified",), "1/2", "what is specified"),
    ("Counterexample", ("specification", "values", 0, 0), "1/2", "what is specified"),
    ("Counterexample", ("limit",), "0", "the limits"),
    ("Counterexample", ("constant",), "1", "the limits"),
    ("Counterexample", ("network", "layers", 0, "weight_ih", 0, 0, 0), "1/2", "the limits|not known"),
]


@pytest.mark.parametrize(("kind", "path", "value", "message"), FALSE, ids=lambda x: str(x)[:30])
def test_what_is_false_is_rejected(kind, path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(made(kind), path, value))


def test_a_number_that_is_reached_is_no_counterexample():
    data = changed(made("Counterexample"), ("specification", "values", 0, 0), "1/2")
    with pytest.raises(recheck.Rejected, match="two different values"):
        recheck.check(changed(data, ("specified",), "1/2"))


def test_the_largest_readout_is_no_wrong_choice():
    data = changed(made("Mischoice"), ("specification", "choices"), [0, 1, 2])
    with pytest.raises(recheck.Rejected, match="a readout that is not smaller"):
        recheck.check(changed(data, ("specified",), 0))


def test_a_margin_may_be_reached():
    """Half is how far the readout of a majority, a count less 1/2, is on its side at the least."""
    recheck.check(changed(made("DecidesBy"), ("margin",), "1/2"))


@pytest.mark.parametrize("kind", FILES)
def test_a_rocq_file_says_what_the_certificate_says(kind):
    data = made(kind)
    assert covers(data) and differences(text_of(data), data) == []


STATED = [(kind, path, value) for kind, path, value, _ in FALSE if path[0] not in ("theorem", "specified")]


@pytest.mark.parametrize(("kind", "path", "value"), STATED, ids=lambda x: str(x)[:30])
def test_a_change_of_the_statement_is_seen(kind, path, value):
    data, other = made(kind), changed(made(kind), path, value)
    assert len(differences(text_of(other), data)) == 1


@pytest.mark.rocq
@pytest.mark.slow
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_rocq_accepts_what_is_true_and_nothing_else():
    by_library = {}
    for n, (kind, path, value) in enumerate(STATED):
        data = changed(made(kind), path, value)
        by_library.setdefault(opening(kind_of(data)), []).append(checked(f"F{n}", data, "false"))
    with compiler.rocq() as rocq:
        said = rocq.theorems({kind: text_of(made(kind)) for kind in FILES} | {"relu": text_of(json.loads(floor()))})
        assert not [x for x in said.values() if isinstance(x, compiler.Rejected)]
        for library, modules in by_library.items():
            rocq.compile(rocq._written(library + "".join(modules)))


@pytest.mark.parametrize("kind", ["DecidesBy", "Misdecision", "Mischoice", "Chooses"])
def test_what_is_said_nowhere_changes_nothing(kind):
    """A constant or readouts that another kind has are no part of these statements."""
    own = {"constant": "5"} | ({} if "readouts" in made(kind) else {"readouts": [[[], "100"]], "limits": ["100"]})
    recheck.check(made(kind) | own)
