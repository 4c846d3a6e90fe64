"""Regions of parameters: every case of a region is checked again, and no other region is accepted."""

import json
from functools import cache

import pytest
import sympy
from support.damage import changed

from symlstm import Network, ReadoutTerm, k, pattern_counts, region
from symlstm.certificates import recheck
from symlstm.certificates.exporting import certificate
from symlstm.certificates.subjects import is_about

p, q = sympy.symbols("p q", real=True)
COUNT = pattern_counts(("a", "b"), {("a",): 1})


def counter(forget):
    """Counts a, if p > 0 and the forget gate is open."""
    gates = {"W_ig": [[p * k, 0]], "b_ii": [100 * k], "b_if": [forget * k], "b_io": [-100 * k]}
    return Network.from_gates(("a", "b"), 1, gates, readout=[ReadoutTerm("c", 0)], parameters=(p, q))


NETWORK = counter(q - p / sympy.tanh(1))


@cache
def written():
    return json.dumps(certificate(region(NETWORK, COUNT).theorem, NETWORK))


def cells():
    """That the counter is right just where p > 0 and q - p/tanh(1) > 0."""
    return json.loads(written())


def cases(tree, path=()):
    """The ways to the leaves of a tree, each with its case."""
    if tree[0] == "leaf":
        yield (*path, 1), tree[1]
    else:
        for n in (2, 3):
            yield from cases(tree[n], (*path, n))


def way(right):
    """To the first case where the network is right, or to the first where it is wrong."""
    return next(
        ("proof", "cases", *path) for path, case in cases(cells()["proof"]["cases"]) if right is ("words" not in case)
    )


P, SECOND = [["1", [[-1, 1]]]], [["1", [[-2, 1]]], ["-1", [[-1, 1], [0, -1]]]]


def test_the_cell_is_what_is_said():
    data = cells()
    assert {json.dumps(form) for form in data["cells"][0]} == {
        json.dumps(P),
        json.dumps(sorted(SECOND, key=lambda x: x[1])),
    }
    assert len(data["cells"]) == 1 and len(data["walls"]) == 2 and data["parameters"] == ["p", "q"]
    recheck.check(data)
    assert is_about(data, NETWORK, COUNT)
    assert not is_about(data, counter(q - p), COUNT)
    assert not is_about(changed(data, ("atoms", 0), "2"), NETWORK, COUNT)
    assert not is_about(changed(data, ("parameters", 0), "r"), NETWORK, COUNT)


FALSE = [
    (("cells", 0, 0), "1", "the cells"),
    (("cells",), [], "the cells"),
    (("cells", 0, 1), [["-1", [[-2, 1]]], ["1", [[-1, 1], [0, -1]]]], "the cells"),
    (("walls", 0), "1", "a wall that is a constant"),
    (("walls", 0), [["1", [[-1, 1]]], ["1", []]], "a split at no wall"),
    (("walls",), [], "a split at no wall"),
    (("walls",), ["0"], "a wall that is a constant"),
    (("walls", 0), "0", "a wall that is a constant"),
    (("parameters",), ["p"], "atom -2"),
    (("network", "layers", 0, "bias_ih", 1, 0), "100", "outside|the limits|a sign|="),
    (("network", "layers", 0, "bias_ih", 1, 0), [["1", [[-2, -1]]]], "to the power"),
    (("specification", "final", 0), "7", "an image|limit = spec|different"),
]


@pytest.mark.parametrize(("path", "value", "message"), FALSE, ids=lambda x: str(x)[:40])
def test_another_statement_is_rejected(path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(cells(), path, value))


RIGHT = [
    (("positive",), [], "shorter|longer|zip"),
    (("positive", 0), [["-1", [[-1, 1]]]], "a case by forms"),
    (("signs", 0, 1), "-1", "a sign that is no combination"),
    (("signs", 0, 1), "0", "a sign that is no combination"),
    (("signs", 0, 2, 0), "1", "a sign that is no combination"),
    (("signs", 0, 0), [["1", [[-2, 1]]]], "a sign that is no combination"),
    (("signs",), [], "outside|unknown|not known|limit"),
    (("words",), ["a"], "two different values"),
]


@pytest.mark.parametrize(("path", "value", "message"), RIGHT, ids=lambda x: str(x)[:40])
def test_each_condition_of_a_case_is_looked_at(path, value, message):
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(changed(cells(), (*way(right=True), *path), value))


def test_combinations_have_no_negative_multiplier_and_not_only_zeros():
    one = recheck.of(1)
    for multipliers, form, positive in ((["-1"], "-1", []), (["0"], "0", []), (["0", "-1"], "-1", [one])):
        with pytest.raises(recheck.Rejected, match="the signs of a combination"):
            recheck.Given([], 1, positive, [[form, "1", multipliers]])


def test_a_case_where_it_is_wrong_needs_words_on_which_it_is():
    place = way(right=False)
    with pytest.raises(recheck.Rejected, match="two different values"):
        recheck.check(changed(cells(), (*place, "words"), ["b"]))
    with pytest.raises(recheck.Rejected, match="words shorter"):
        recheck.check(changed(cells(), (*place, "words"), []))


def test_tanh_of_a_parameter_is_refused():
    with pytest.raises(recheck.Rejected, match="tanh of a parameter"):
        recheck.check(cells() | {"atoms": ["1", P]})
