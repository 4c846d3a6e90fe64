"""Decisions with machines as certificates: Dyck-1, a^n b^n and others are verified, and what is damaged or false is not."""

import json
from fractions import Fraction
from functools import cache

import pytest
from flint import fmpq
from support import GALLERY
from support.damage import changed

from symlstm.certificates import compiler, recheck
from symlstm.certificates.exporting import certificate
from symlstm.certificates.subjects import is_about
from symlstm.cli.main import main
from symlstm.cli.networks import construction
from symlstm.kernel import algebra
from symlstm.search.scale.answer import at_scale

NAMES = [
    *("dyck1", "anbn", "majority", "never_three_ahead", "shuffle_of_two_dyck1", "dyck_2_3_generator"),
    *("tomita_1", "tomita_3", "parity_held_by_38", "parity_at_margin_0", "carry_of_a_decimal_adder"),
]


@cache
def found(name):
    return construction(str(GALLERY / "decisions" / f"{name}.toml"))


@cache
def written(name):
    return json.dumps(certificate(found(name).decision, found(name).network))


def made(name):
    return json.loads(written(name))


@pytest.mark.parametrize("name", NAMES)
def test_it_is_verified(name):
    recheck.check(made(name))


@pytest.mark.parametrize("name", ["dyck1", "anbn", "dyck_2_3_generator"])
def test_it_is_about_its_own_network_machine_and_threshold(name):
    data, own = made(name), found(name)
    assert is_about(data, own.network, own.specification, own.threshold)
    assert not is_about(data, own.network, own.specification, own.threshold + algebra.rational(fmpq(1, 100)))
    assert not is_about(data, own.network, own.specification)
    other = found("tomita_3")
    assert not is_about(data, other.network, other.specification, other.threshold)
    moved = changed(data, ("specification", "initial"), 1)
    assert not is_about(moved, own.network, own.specification, own.threshold)


FALSE = [  # statements about Dyck-1 that are false: another threshold, machine, network, readout
    (("threshold",), "1/2", "the side of the threshold"),
    (("threshold",), "-1", "do not decide"),
    (("specification", "accept", 0, 0, 0, 2), "1", "the side of the threshold"),
    (("specification", "accept", 0), [], "the side of the threshold"),
    (("specification", "accept", 1), [[]], "the side of the threshold"),
    (("specification", "moves", 1, 0, 0, 2, 0, 0), "0", "the machine after"),
    (("specification", "moves", 0, 0, 0, 1), 1, "the machine after"),
    (("specification", "start", 0), "1", "a machine at the start"),
    (("specification", "moves", 1, 0, 0, 0, 0, 1), ">", "a test that the ranges do not decide"),
    (("network", "layers", 0, "weight_ih", 4, 0, 0), "-100", "coordinate 2 after family 0 and word 0"),
    (("network", "layers", 0, "weight_hh", 1, 0, 0), "200", "a limit that is not known"),
    (("network", "layers", 0, "bias_ih", 6, 0), "0", "coordinate 0 after"),
    (("network", "layers", 0, "c0", 0), "1", "coordinate 2 at the start"),
    (("readout", "terms", 1, 1), "2", "the side of the threshold"),
    (("readout", "terms"), [], "the side of the threshold"),
]


@pytest.mark.parametrize(("path", "value", "message"), FALSE, ids=lambda x: str(x)[:40])
def test_a_false_statement_is_rejected(path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(made("dyck1"), path, value))


UNPROVED = [  # of the proof
    (("proof", "families", 1, "ranges", 0, 0), 1, "ghost 0 outside its range"),
    (("proof", "families", 2, "ranges", 0, 1), 5, "ghost 0 outside its range"),
    (("proof", "families", 1, "ranges", 0, 0), "0", "a range"),
    (("proof", "families", 1, "limits", 0, 1), "1", "coordinate 2 after"),
    (("proof", "families", 1, "places"), [], "places"),
    (("proof", "steps", 1, 1, 2), 1, "coordinate 2 after family 1 and word 1|undecided|do not decide|ghost 0 outside"),
    (("proof", "steps", 0, 0, 1), 0, "no whole number >= 1"),
    (("proof", "steps", 0, 0, 1), None, "no family after"),
    (("proof", "steps", 0, 0, 1), 7, "family 7"),
    (("proof", "steps", 1, 1), ["leaf", 2, ["-1"]], "do not decide|the machine after|coordinate"),
    (("proof", "steps", 0, 0, 2, 0), "1/2", "not whole"),
    (("proof", "goals", 1), ["leaf", None, []], "do not decide"),
    (("proof", "goals"), [], "a tree of goals"),
    (("proof", "ghosts"), 0, "atom -1 of"),
    (("proof", "origin"), [1], "the origin's ranges"),
    (("atoms", 0), [["2", [[-1, 1]]]], "a limit that is not known"),
]


@pytest.mark.parametrize(("path", "value", "message"), UNPROVED, ids=lambda x: str(x)[:40])
def test_each_condition_is_looked_at(path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(made("dyck1"), path, value))


def test_a_promise_is_part_of_the_statement():
    """Without its domain the generator of Dyck-(2, 3) is not what the machine says on words that nobody promises."""
    data = made("dyck_2_3_generator")
    assert data["specification"]["domain"] is not None
    with pytest.raises(recheck.Rejected):
        recheck.check(changed(made("dyck_2_3_generator"), ("specification", "domain"), None))


# -- at a scale, for all lengths ---------------------------------------------------------------------------------------

AT_SCALE_1 = [f"decisions/tomita_{n}" for n in (1, 2, 3)] + [
    "decisions/parity_by_a_threshold",
    "decisions/dyck_2_3_generator_rnn",
]


@cache
def at_scale_1(name):
    own = construction(str(GALLERY / f"{name}.toml"))
    return json.dumps(certificate(at_scale(own, Fraction(1), wrong_too=False).right, own.network))


@pytest.mark.parametrize("name", AT_SCALE_1)
def test_a_decision_at_scale_1_is_verified_for_every_length(name):
    data, own = json.loads(at_scale_1(name)), construction(str(GALLERY / f"{name}.toml"))
    recheck.check(data)
    assert data["theorem"] == "DecidesAt" and data["scale"] == "1"
    assert is_about(data, own.network, own.specification, own.threshold)


@pytest.mark.slow
def test_what_is_rejected_at_a_scale_is_open_there(monkeypatch, capsys):
    file, check = str(GALLERY / "decisions" / "tomita_1.toml"), recheck.check

    def reject(data):
        check(data)
        if data["theorem"] == "DecidesAt":
            raise recheck.Rejected("a reason")

    monkeypatch.setattr(compiler.shutil, "which", lambda name: None)
    for checker, verdict in ((check, "right"), (reject, "open")):
        monkeypatch.setattr(recheck, "check", checker)
        main(["--json", "prove", "--recheck", file])
        [claim] = json.loads(capsys.readouterr().out)["claims"]
        assert (claim["verdict"], claim["at_scale"]["verdict"]) == ("proved", verdict)


WRONG_AT_SCALE = [
    (("scale",), "1/100", "outside its box"),
    (("scale",), "0", "a scale > 0"),
    (("threshold",), "1", "the readout in class"),
    (("specification", "accept", 0), [], "the readout in class"),
    (("specification", "moves", 0, 0, 0, 1), 0, "the machine after"),
    (("specification", "initial"), 1, "the start"),
    (("network", "layers", 0, "weight_hh", 0, 0, 0), "-200", "outside its box"),
    (("network", "layers", 0, "h0", 1), "0", "coordinate 1 at the start"),
    (("proof", "classes", 1, "boxes", 0, 0, 0, 2), "0", "a box without points|outside its box"),
    (("proof", "classes", 1, "boxes", 0, 0), [], "outside its box|a readout that is not known"),
    (("proof", "classes", 0, "successors"), [1], "a successor for each word"),
    (("proof", "classes", 0, "successors", 0), None, "no class after"),
    (("proof", "classes", 0, "successors", 0), 9, "class 9"),
    (("proof", "classes", 0, "successors", 0), 2, "the machine after"),
    (("proof", "classes", 1, "configurations", 0, 0), 0, "the machine after"),
    (("proof", "classes"), [], "the start"),
    (("readout", "delay"), 1, "the machine after|the start"),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG_AT_SCALE, ids=lambda x: str(x)[:40])
def test_each_condition_of_boxes_is_looked_at(path, value, message):
    data = changed(json.loads(at_scale_1("decisions/tomita_1")), path, value)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(data)


HORIZONS = ("decisions/parity_held_by_38", "decisions/dyck_2_3_generator")


@pytest.mark.parametrize(("name", "last"), [(HORIZONS[0], 506837412772518), (HORIZONS[1], 1)])
def test_a_horizon_is_verified(name, last):
    data = json.loads(at_scale_1(name))
    recheck.check(data)
    assert data["last"] == last


BEYOND = [  # of parity held by 38, by stretches of lengths, and of a generator up to one word
    (HORIZONS[0], {("last",): None}, "a last knot"),
    (HORIZONS[0], {("last",): 10**15}, "a last knot"),
    (HORIZONS[0], {("last",): 10**15, ("proof", "knots", -1): 10**15}, "outside its box"),
    (HORIZONS[0], {("last",): 5 * 10**14, ("proof", "knots", -1): 5.0 * 10**14}, "no whole number"),
    (HORIZONS[0], {("last",): None, ("proof", "knots"): [0]}, "the boxes of each stretch"),
    (HORIZONS[0], {("proof", "knots", 0): 1}, "knots that grow from 0"),
    (HORIZONS[0], {("proof", "knots", 5): 7}, "knots that grow from 0"),
    (HORIZONS[0], {("proof", "knots", 1): 0}, "knots that grow from 0"),
    (HORIZONS[0], {("proof", "classes", 1, "boxes", 7, 1): []}, "boxes of other coordinates"),
    (HORIZONS[0], {("proof", "classes", 1, "boxes", 7, 0, 0, 2): "0"}, "a box without points|outside"),
    (HORIZONS[0], {("proof", "classes", 1, "boxes", 7, 0, 1, 1): "1"}, "a box without points|outside the next"),
    (HORIZONS[0], {("proof", "bits"): 8}, "outside its box|coordinate"),
    (HORIZONS[0], {("proof", "bits"): 2**20}, "binary places"),
    (HORIZONS[1], {("last",): 2}, "a successor for each word"),
    (HORIZONS[1], {("last",): None}, "a successor for each word"),
    (HORIZONS[1], {("proof", "classes", 1, "least"): 0, ("last",): 1}, "a successor for each word"),
    (HORIZONS[1], {("proof", "classes", 1, "least"): 2, ("last",): 2}, "class 1 after"),
    (HORIZONS[1], {("proof", "classes", 0, "least"): 1}, "the start"),
]


@pytest.mark.parametrize(("name", "changes", "message"), BEYOND, ids=lambda x: str(x)[:50])
def test_no_horizon_is_farther_than_its_boxes(name, changes, message):
    data = json.loads(at_scale_1(name))
    for path, value in changes.items():
        data = changed(data, path, value)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(data)


# -- at a scale, by deviations from limits -----------------------------------------------------------------------------

MAJORITY = "decisions/majority"  # one counter, up to 4869940435459321626624 words


@pytest.mark.parametrize("name", [MAJORITY, "decisions/dyck1_rewritten"])
def test_counters_at_scale_1_are_verified_up_to_a_length(name):
    data, own = json.loads(at_scale_1(name)), construction(str(GALLERY / f"{name}.toml"))
    recheck.check(data)
    assert data["theorem"] == "DecidesAt" and data["last"] > 10**21
    assert is_about(data, own.network, own.specification, own.threshold)


FARTHER = [
    ({("last",): None}, "a last knot"),
    ({("last",): 10**23, ("proof", "knots", -1): 10**23}, "coordinate 1 outside its box"),
    ({("last",): None, ("proof", "knots"): [0]}, "the boxes of each stretch"),
    ({("scale",): "1/100"}, "outside its box|a first box|side"),
    ({("threshold",): "1"}, "the readout in family"),
    ({("threshold",): "0"}, "the readout in family"),
    ({("threshold",): "1", ("constant",): "1"}, "the readout in family"),
    ({("scale",): "1/1000000", ("proof", "bits"): 16}, "a scale that is more than 0"),
    ({("specification", "accept", 0, 0, 0, 2): "1"}, "the readout in family|do not decide"),
    ({("network", "layers", 0, "weight_hh", 0, 0, 1): "1/1000"}, "a limit that is not known"),
    ({("network", "layers", 0, "bias_ih", 1, 1): "-60"}, "coordinate 1 outside its box"),
    ({("network", "layers", 0, "bias_hh", 0, 1): "-120"}, "coordinate 1 outside its box|coordinate 0"),
    ({("network", "layers", 0, "bias_ih", 1, 0): "1"}, "coordinate 1 outside its box"),
    ({("proof", "reach", 1, 0, 1): 0}, "a ghost out of reach"),
    ({("proof", "reach", 1, 0, 0): -1}, "no whole number"),
    ({("proof", "reach", 1): []}, "boxes and a reach"),
    ({("proof", "reach"): []}, "boxes and a reach"),
    ({("proof", "boxes"): []}, "boxes and a reach"),
    ({("proof", "boxes", 0, 0, 0, 0, 1): "1/1024"}, "a first box without 0|a box without points"),
    ({("proof", "boxes", 1, 3, 1, 0, 2): "0"}, "outside|without points"),
    ({("proof", "goals"): []}, "boxes and a reach"),
    ({("proof", "families", 1, "limits"): []}, "a limit"),
]


@pytest.mark.parametrize(("changes", "message"), FARTHER, ids=lambda x: str(x)[:60])
def test_each_condition_of_deviations_is_looked_at(changes, message):
    data = json.loads(at_scale_1(MAJORITY))
    for path, value in changes.items():
        data = {**data, path[0]: value} if len(path) == 1 else changed(data, path, value)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(data)


# -- at a scale, numbers and choices ------------------------------------------------------------------------------------

OTHERS = {"bounded_count": "WithinAt", "decisions/steps_since_on": "WithinAt", "decisions/anbn_golden": "ChoosesAt"}


@pytest.mark.parametrize(("name", "kind"), [*OTHERS.items()])
def test_numbers_and_choices_at_scale_1_are_verified(name, kind):
    data, own = json.loads(at_scale_1(name)), construction(str(GALLERY / f"{name}.toml"))
    recheck.check(data)
    assert data["theorem"] == kind and is_about(data, own.network, own.specification)
    assert not is_about(changed(data, ("scale",), "2") | {"readout": {"delay": 3, "terms": []}}, *own_of(name))
    other = construction(str(GALLERY / "decisions" / "majority.toml"))
    assert not is_about(data, other.network, other.specification) and not is_about(data, own.network, None)


def own_of(name):
    own = construction(str(GALLERY / f"{name}.toml"))
    return own.network, own.specification


FALSE_AT_SCALE = [
    ("bounded_count", {("bound",): "0"}, "the readout in class"),
    ("bounded_count", {("bound",): "-1"}, "the readout in class"),
    ("bounded_count", {("constant",): "1"}, "the readout in class"),
    ("bounded_count", {("specification", "final", 0): "3"}, "the readout in class"),
    ("bounded_count", {("specification", "matrices", 0): []}, "the shapes of the specification"),
    ("bounded_count", {("specification", "final"): []}, "the shapes of the specification"),
    ("bounded_count", {("theorem",): "DecidesAt", ("threshold",): "-9"}, "a machine that says something else"),
    ("decisions/steps_since_on", {("bound",): "1/1000000000000"}, "the readout in family"),
    ("decisions/steps_since_on", {("specification", "values", 0, 0): "1"}, "the readout in family"),
    ("decisions/steps_since_on", {("specification", "values", 1, 0): "1"}, "the readout in family"),
    ("decisions/anbn_golden", {("specification", "choices", 0): 1}, "the readout in family"),
    ("decisions/anbn_golden", {("specification", "choices", 1): 99}, "a choice among the readouts"),
    ("decisions/anbn_golden", {("readouts", 0, 1): "9"}, "the readout in family"),
    ("decisions/anbn_golden", {("readouts", 1, 0): []}, "the readout in family"),
]


@pytest.mark.parametrize(("name", "changes", "message"), FALSE_AT_SCALE, ids=lambda x: str(x)[:60])
def test_false_numbers_and_choices_are_rejected(name, changes, message):
    data = json.loads(at_scale_1(name))
    for path, value in changes.items():
        data = {**data, path[0]: value} if len(path) == 1 else changed(data, path, value)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(data)


# -- signs of what varies ----------------------------------------------------------------------------------------------


def on(low, high, atoms=()):
    return recheck.OnBox(recheck.Atoms(atoms, 1), [(low, high)])


N = {((-1, 1),): recheck.Fraction(1)}
TANH = {((0, 1),): recheck.Fraction(1)}  # of n, where the table begins with that
ARGUMENT = [[["1", [[-1, 1]]]]]


@pytest.mark.parametrize(
    ("low", "high", "x", "sign"),
    [
        (1, None, N, 1), (None, -1, N, -1), (0, 0, N, 0), (3, 3, recheck.minus(N, recheck.of(3)), 0),
        (1, None, recheck.minus(TANH, recheck.of(recheck.Fraction(3, 4))), 1),
        (None, 0, recheck.minus(TANH, recheck.of(1)), -1),
        (1, None, recheck.minus(recheck.of(2), TANH), 1),
    ],
)  # fmt: skip
def test_signs_on_ranges(low, high, x, sign):
    assert on(low, high, ARGUMENT).sign(x) == sign


@pytest.mark.parametrize(
    ("low", "high", "x"),
    [
        (0, None, N), (None, None, TANH), (1, None, recheck.minus(recheck.of(1), TANH)),
        (1, 5, recheck.times(N, N)), (1, 5, recheck.times(N, TANH)),
    ],
)  # fmt: skip
def test_signs_that_ranges_do_not_decide(low, high, x):
    with pytest.raises(recheck.Rejected):
        on(low, high, ARGUMENT).sign(x)


def test_what_varies_has_no_interval_and_no_inverse():
    atoms = recheck.Atoms(ARGUMENT, 1)
    for x in (N, TANH):
        with pytest.raises(recheck.Rejected, match="what varies"):
            atoms.interval(x, 64)
    with pytest.raises(recheck.Rejected, match="to the power -1"):
        recheck.constant([["1", [[-1, -1]]]], 0, 1)
    with pytest.raises(recheck.Rejected, match="a constant with a ghost"):
        atoms.read([["1", [[0, 1]]]])
    with pytest.raises(recheck.Rejected, match="a division by what varies"):
        recheck.put({((0, -1),): recheck.Fraction(1)}, {0: recheck.of(1)}, atoms)
