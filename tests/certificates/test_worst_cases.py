"""Largest errors at a scale as certificates: from both sides, in closed form and from a bound; false ones are not verified."""

import json
from fractions import Fraction
from functools import cache

import pytest
from support import GALLERY, PROOFS
from support.damage import changed

from symlstm import horizon, worst_case
from symlstm.certificates import compiler, recheck
from symlstm.certificates.exporting import certificate, system_of
from symlstm.certificates.rocq import covers, text_of
from symlstm.certificates.rocq_reading import differences
from symlstm.certificates.subjects import is_about
from symlstm.cli.certify import data_of, subjects_in
from symlstm.cli.networks import construction
from symlstm.proof.claims import check, load


@cache
def found(name):
    return construction(str(GALLERY / f"{name}.toml"))


@cache
def written(name, kind):
    """The worst case of 6 words; up to which length rounding is right; an error from above alone."""
    own = found(name)
    theorem = worst_case(own, 6).theorem if kind == "worst" else horizon(own, Fraction(1, 4)).theorem
    return json.dumps(certificate(theorem, own.network))


def made(name="two_counters", kind="worst"):
    return json.loads(written(name, kind))


CASES = [
    ("two_counters", "worst", "FiniteError"),
    ("two_counters", "horizon", "Bracket"),
    ("half_votes", "worst", "FiniteError"),
    ("bounded_count", "worst", "FiniteError"),
    ("delay_line", "horizon", "FiniteError"),
    ("a_since_b", "worst", "ErrorAt"),
    ("a_since_b", "horizon", "FiniteError"),
]


@pytest.mark.parametrize(("name", "kind", "theorem"), CASES)
def test_it_is_verified(name, kind, theorem):
    data, own = made(name, kind), found(name)
    recheck.check(data)
    assert data["theorem"] == theorem
    assert is_about(data, own.network, own.specification)
    other = found("signed_counter")
    assert not is_about(data, other.network, other.specification)


def test_the_sentiment_network_is_verified():
    file = PROOFS / "finite_biases.py"
    proved = check(next(claim for claim in load(file) if claim.id == "S6b")).outcome.theorem
    [subject] = subjects_in(file)
    data = json.loads(json.dumps(data_of(proved, "", [subject.network])))
    recheck.check(data)
    assert data["theorem"] == "Bracket" and is_about(data, subject.network, subject.specification)
    assert system_of(proved.conclusion) == subject.network.system


NEAR = [  # 10^-9 of it is between what is true and what is said instead
    (("worst", "upper"), -1, "the upper bound"),
    (("worst", "lower"), 1, "the lower bound"),
]


@pytest.mark.parametrize("name", ["two_counters", "half_votes", "bounded_count"])
@pytest.mark.parametrize(("path", "side", "message"), NEAR)
def test_both_ends_are_sharp(name, path, side, message):
    data = made(name)
    end = Fraction(data["worst"][path[-1]]) * (1 + Fraction(side, 10**9))
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(data, path, str(end)))


WRONG = [
    (("worst", "last"), 7, "the upper bound"),
    (("worst", "first"), 0, "no whole number"),
    (("worst", "first"), 7, "lengths that"),
    (("worst", "scale"), "1/2", "outside its box|the upper bound"),
    (("worst", "scale"), "2", "outside its box|the lower bound"),
    (("worst", "scale"), "0", "a scale > 0"),
    (("readout", "delay"), 7, "lengths that|the number of levels"),
    (("readout", "terms", 0, 1), "2", "limit = specification"),
    (("specification", "final", 0), "7", "limit = specification"),
    (("network", "layers", 0, "bias_ih", 0, 0), "50", "the upper bound"),
    (("proof", "worst", "bits"), 1, "the lower bound"),
    (("proof", "worst", "tail"), 6, "a tail shorter"),
    (("proof", "worst", "tail"), None, "the lower bound"),
    (("proof", "worst", "contexts", 0, "successors"), [0], "a context after each word"),
    (("proof", "worst", "contexts", 0, "successors"), [], "malformed"),
]


@pytest.mark.parametrize(("path", "value", "message"), WRONG, ids=lambda x: str(x)[:40])
def test_each_condition_is_looked_at(path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(made(), path, value))


CONTEXTS = [
    ((0, "situation"), 1, "the start in context 0"),
    ((1, "situation"), 0, "context 1 after"),
    ((0, "successors", 0), 99, "context 99 after"),
    ((0, "successors", 0), 2, "context 2 after"),
    ((0, "box", 0, 2), "-1", "a box without points"),
    ((0, "box", 0, 1), "1", "a box without points"),
    ((0, "box", 0), [0, "1", "2"], "the start in context 0"),
    ((1, "box", 1, 1), "0", "the bound|outside its box"),
    ((1, "box", 0, 2), "1", "outside its box|the upper bound"),
    ((4, "box"), [], "outside its box"),
    ((9, "successors", 1), 6, "outside its box"),
]


@pytest.mark.parametrize(("path", "value", "message"), CONTEXTS, ids=lambda x: str(x)[:40])
def test_each_condition_of_contexts_is_looked_at(path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(made("bounded_count"), ("proof", "worst", "contexts", *path), value))


def test_what_is_read_is_known_at_the_end():
    data = made("bounded_count")
    contexts = data["proof"]["worst"]["contexts"]
    contexts[12] |= {"box": [], "successors": []}
    data["worst"] |= {"first": 1, "last": 1}
    with pytest.raises(recheck.Rejected, match="not known in context 12"):
        recheck.check(data)


BRACKET = [
    (("epsilon",), "24/100", "an epsilon between"),
    (("epsilon",), "26/100", "an epsilon between"),
    (("within", "last"), 10**20, "the upper bound"),
    (("within", "lower"), "1/10", "the lower bound"),
    (("beyond", "lower"), "26/100", "the lower bound"),
    (("beyond", "upper"), "26/100", "the upper bound"),
    (("proof", "beyond", "tail"), 0, "a tail shorter"),
    (("proof", "within", "contexts", 1, "successors"), [], "a context without successors"),
]


@pytest.mark.parametrize(("path", "value", "message"), BRACKET, ids=lambda x: str(x)[:40])
def test_each_condition_of_a_bracket_is_looked_at(path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(made(kind="horizon"), path, value))


FROM_A_BOUND = [
    ("worst", ("worst", "upper"), "1/1" + 60 * "0", "the upper bound"),
    ("worst", ("worst", "lower"), "1/1" + 60 * "0", "the lower bound"),
    ("worst", ("worst", "scale"), "1/100", "a scale below"),
    ("horizon", ("worst", "last"), 10**60, "the upper bound"),
    ("horizon", ("bound", "linear"), [], "an error above the bound"),
]


@pytest.mark.parametrize(("kind", "path", "value", "message"), FROM_A_BOUND, ids=lambda x: str(x)[:40])
def test_each_condition_of_a_bound_is_looked_at(kind, path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(made("a_since_b", kind), path, value))


def test_a_negative_coefficient_does_not_turn_an_error_round():
    own = found("signed_counter")
    data = json.loads(json.dumps(certificate(own.error_bound, own.network)))
    data["readout"]["terms"][0][1] = "-1"
    data["specification"]["final"] = [str(-Fraction(x)) for x in data["specification"]["final"]]
    recheck.check(data)
    data["bound"], data["proof"]["growth"][0][0] = {"quadratic": [], "linear": [], "constant": []}, "-1"
    with pytest.raises(recheck.Rejected, match="the size of a coefficient"):
        recheck.check(data)


# -- in Rocq -------------------------------------------------------------------------------------------------------------

STATED = [
    (("worst", "upper"), "1/1" + 60 * "0", "upper"),
    (("worst", "lower"), "1", "lower"),
    (("worst", "last"), 7, "longest"),
    (("worst", "first"), 0, "shortest"),
    (("worst", "scale"), "2", "at_k"),
    (("readout", "terms", 0, 1), "2", "terms"),
    (("specification", "final", 0), "7", "wa"),
]
UNPROVED = [
    (("proof", "worst", "contexts", 0, "successors", 0), 2),
    (("proof", "worst", "contexts", 4, "box"), []),
]


@pytest.mark.parametrize(("path", "value", "name"), STATED, ids=lambda x: str(x)[:40])
def test_a_change_of_the_statement_is_seen(path, value, name):
    data = made("bounded_count")
    text, other = text_of(data), changed(data, path, value)
    assert covers(data) and differences(text, data) == []
    assert differences(text, other) == [name]


def test_what_takes_long_or_is_in_closed_form_is_not_for_rocq():
    assert not covers(made("a_since_b", "horizon"))
    for path, value in (
        (("worst", "last"), 10**9),
        (("proof", "worst", "tail"), 1),
        (("proof", "worst", "bits"), 2000),
    ):
        assert not covers(changed(made("bounded_count"), path, value))


@pytest.mark.rocq
@pytest.mark.slow
@pytest.mark.skipif(compiler.installed() is None, reason="Rocq is not installed")
def test_rocq_accepts_what_is_true_and_nothing_else():
    data = made("bounded_count")
    false = [changed(data, path, value) for path, value, *_ in [STATED[0], STATED[1], *UNPROVED]]
    with compiler.rocq() as rocq:
        rocq.theorem(text_of(data))
        accepted = [n for n, other in enumerate(false) if not isinstance(rocq.one(text_of(other)), compiler.Rejected)]
    assert accepted == []


def test_what_is_not_convex_in_the_length_is_not_taken_at_its_ends(monkeypatch):
    monkeypatch.setattr(recheck, "check_error_bound", lambda data, comparison: None)
    falling = {"quadratic": [[0, "0", "-1"]], "linear": [[0, "0", "10"]], "constant": []}  # 25 in the middle
    data = {"k0": "1", "bound": falling}
    assert recheck.largest_by_bound(data, None, Fraction(1), 5, 5) == 25
    with pytest.raises(recheck.Rejected, match="not convex"):
        recheck.largest_by_bound(data, None, Fraction(1), 1, 9)
