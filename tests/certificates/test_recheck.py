"""The checker in plain Python: it stands alone, verifies what is shipped, and rejects what is damaged or false."""

import ast
import copy
import json
import random
import subprocess
import sys
from fractions import Fraction

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import ROOT
from support.damage import certified, damaged, verdict

from symlstm.certificates import recheck

FILE = ROOT / "symlstm" / "certificates" / "recheck.py"
NAMES = [name for name, _, _ in certified()]


def read_back(data):
    return json.loads(json.dumps(data))


def sentiment():
    return read_back(certified()[0][2])


def test_it_imports_the_standard_library_only():
    tree = ast.parse(FILE.read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {"__future__", "collections.abc", "fractions", "functools", "json", "re", "sys", "typing"}


def test_it_runs_alone(tmp_path):
    for name, data in {
        "good": sentiment(),
        "bad": sentiment() | {"theorem": "Trace", "words": [], "limits": ["1"]},
    }.items():
        (tmp_path / f"{name}.json").write_text(json.dumps(data))
    (tmp_path / "recheck.py").write_text(FILE.read_text("utf-8"))
    words = [sys.executable, "-I", "-S", "recheck.py", "good.json", "bad.json", "missing.json"]
    done = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert done.stdout.splitlines() == ["verified  good.json", "rejected  bad.json: the limits"]
    assert "missing.json" in done.stderr
    assert done.returncode == 2


@pytest.mark.parametrize("name", NAMES)
def test_what_is_shipped_is_verified(name):
    recheck.check(read_back(next(data for other, _, data in certified() if other == name)))


# -- intervals ---------------------------------------------------------------------------------------------------------


@settings(max_examples=60, deadline=None)
@given(st.fractions(min_value=-40, max_value=40, max_denominator=10**6), st.sampled_from([64, 256]))
def test_tanh_lies_in_its_interval(x, bits):
    point = (x.numerator << bits) // x.denominator
    low, high = recheck.tanh_interval((point, point), bits)
    with mpmath.workdps(120):
        value = mpmath.tanh(mpmath.mpf(point) / 2**bits) * 2**bits
        assert low <= value <= high
        assert high - low <= 8


def test_tanh_far_out():
    far = 10_000 << 64
    low, high = recheck.tanh_interval((-far, far), 64)
    assert -(1 << 64) <= low < high <= 1 << 64


@pytest.mark.parametrize(("x", "y"), [((-3, 2), (5, 7)), ((-3, -2), (-7, 5)), ((1, 2), (3, 4))])
def test_products_of_intervals_round_outward(x, y):
    low, high = recheck.product(x, y, 1)
    ends = [Fraction(a * b, 2) for a in x for b in y]
    assert low <= min(ends) <= max(ends) <= high


def test_no_division_by_an_interval_around_0():
    with pytest.raises(recheck.Rejected, match="interval around 0"):
        recheck.reciprocal((-1, 1), 64)


def test_a_sign_that_no_precision_decides_is_refused():
    atoms = recheck.Atoms(["10000"])
    with pytest.raises(recheck.Rejected, match="do not decide"):
        atoms.sign({(): Fraction(-1), ((0, 1),): Fraction(1)})


# -- what is rejected --------------------------------------------------------------------------------------------------

CHANGES = [
    (("format",), "symlstm certificate 2", "another format"),
    (("theorem",), "ErrorBound", "the theorem 'ErrorBound'"),
    (("atoms",), ["0"], "tanh\\(0\\)"),
    (("atoms",), [[["1", [[0, 1]]]]], "atom 0 of 0"),
    (("network", "bias_hh", 0), ["2e3", "0"], "no rational"),
    (("network", "bias_hh", 0), ["1/0", "0"], "no rational"),
    (("network", "bias_hh", 0), [100, "0"], "malformed"),
    (("network", "bias_hh", 6), ["100", "0"], "after situation"),
    (("network", "vocabulary"), ["bad", "bad", "not", "uh"], "the vocabulary"),
    (("network", "cell"), "gru", "the cell"),
    (("network", "h0"), ["0"] * 5, "the shapes of the tensors"),
    (("network", "h0", 0), "1", "at the start"),
    (("readout", "delay"), 0, "an image of level 0"),
    (("readout", "delay"), True, "no whole number"),
    (("readout", "terms", 0), [10, "1"], "unknown in situation|limit = specification|not known"),
    (("specification", "initial"), ["2", "0", "0", "0", "0", "0", "0"], "the empty word's vector"),
    (("specification", "final", 1), str(2**70), "limit = specification"),
    (("proof", "registers"), [11, 11], "a register twice"),
    (("proof", "registers"), [0], "coordinate 0 in a situation"),
    (("proof", "registers"), [12], "a register"),
    (("proof", "levels"), [], "the number of levels"),
    (("proof", "step", 0, 0), 99, "a step"),
    (("proof", "step", 0, 1), 1, "outside its bounds"),
    (("proof", "situations", 0, 0), [0, "0", "-1"], "a negative error"),
    (("proof", "moves", 0, 0, 0), ["0", "0"], "the limits of A and B"),
    (("proof", "images", 1, 0, 0, 0), "0", "a multiplier 0"),
    (("proof", "images", 1, 0, 0, 1), [], "an image of level 1"),
    (("proof", "levels", 1), [], "the index of a vector"),
]


@pytest.mark.parametrize(("path", "value", "message"), CHANGES, ids=lambda x: str(x)[:40])
def test_each_condition_is_looked_at(path, value, message):
    data = sentiment()
    holder = data
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(data)


def test_a_latch_that_grows_is_not_bounded():
    """c' = c + 1 for each a, called bounded."""
    weights = [[["0", "0"]]] * 2 + [[["100", "0"]]] + [[["0", "0"]]]
    zero = [["0", "0"]] * 4
    bias = [["100", "0"], ["100", "0"], ["0", "0"], ["-100", "0"]]
    network = {"cell": "lstm", "vocabulary": ["a"], "weight_ih": weights, "weight_hh": [[["0", "0"]]] * 4}
    network |= {"bias_ih": bias, "bias_hh": zero, "h0": ["0"], "c0": ["0"]}
    proof = {"registers": [], "situations": [[[0, "0", "0"], [1, "1/2", "1/2"]]], "step": [[0]], "moves": [[[]]]}
    specification = {"initial": ["1"], "matrices": [[["1"]]], "final": ["1/2"]}
    data = {"format": recheck.FORMAT, "theorem": "Computes", "atoms": [], "network": network, "proof": proof}
    data |= {"readout": {"delay": 0, "terms": [[1, "1"]]}, "specification": specification}
    with pytest.raises(recheck.Rejected, match="coordinate 1 outside its bounds after situation 0 and 'a'"):
        recheck.check(data)


def test_a_counterexample_is_no_tie():
    _, _, data = next(entry for entry in certified() if entry[2]["theorem"] == "Counterexample")
    tie = copy.deepcopy(read_back(data)) | {"limit": data["specified"]}
    with pytest.raises(recheck.Rejected, match="the two values"):
        recheck.check(tie)


def test_repeated_names_are_refused():
    with pytest.raises(recheck.Rejected, match="a repeated name"):
        json.loads('{"a": 1, "a": 2}', object_pairs_hook=recheck.unique)


@pytest.mark.parametrize("seed", range(30))
def test_damaged_copies_are_rejected(seed):
    """By the checker or by the comparison with the network; or what was changed proves the same statement as well."""
    chance = random.Random(seed)
    _, about, data = chance.choice(certified())
    path, found = damaged(data, chance)
    if verdict(found, about) == "accepted":
        assert path[0] in ("proof", "atoms")
