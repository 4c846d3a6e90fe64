"""The checker in plain Python: it stands alone, verifies what is shipped, and rejects what is damaged or false."""

import ast
import copy
import json
import random
import subprocess
import sys
from fractions import Fraction
from functools import cache

import mpmath
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support import GALLERY, PROOFS, ROOT
from support.damage import certified, changed

from symlstm.certificates import recheck
from symlstm.certificates.exporting import certificate
from symlstm.cli.networks import construction

FILE = ROOT / "symlstm" / "certificates" / "recheck.py"
NAMES = [name for name, _, _ in certified()]


def read_back(data):
    return json.loads(json.dumps(data))


def sentiment():
    return read_back(certified()[0][2])


@pytest.mark.slow
def test_it_imports_the_standard_library_only():
    tree = ast.parse(FILE.read_text("utf-8"))
    imported = {alias.name for node in ast.walk(tree) if isinstance(node, ast.Import) for alias in node.names}
    imported |= {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert imported == {
        "__future__",
        "collections.abc",
        "fractions",
        "functools",
        "itertools",
        "json",
        "re",
        "sys",
        "typing",
    }


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


def test_none_of_the_gallery_is_lost():
    assert {"sentiment", "parity", "sentiment_with_very", "two_counters", "margin_zero"} <= {*NAMES}
    assert len(NAMES) >= 20


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
    (("theorem",), "Invariant", "the theorem 'Invariant'"),
    (("atoms",), ["0"], "tanh\\(0\\)"),
    (("atoms",), [[["1", [[0, 1]]]]], "atom 0 of 0"),
    (("network", "layers", 0, "bias_hh", 0), ["2e3", "0"], "no rational"),
    (("network", "layers", 0, "bias_hh", 0), ["1/0", "0"], "no rational"),
    (("network", "layers", 0, "bias_hh", 0), [100, "0"], "malformed"),
    (("network", "layers", 0, "bias_hh", 6), ["100", "0"], "after situation"),
    (("network", "vocabulary"), ["bad", "bad", "not", "uh"], "the vocabulary"),
    (("network", "layers", 0, "cell"), "lstm_cell", "the cell"),
    (("network", "layers", 0, "h0"), ["0"] * 5, "the shapes of the tensors"),
    (("network", "layers", 0, "h0", 0), "1", "at the start"),
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
    data = changed(sentiment(), path, value)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(data)


def test_a_latch_that_grows_is_not_bounded():
    """c' = c + 1 for each a, called bounded."""
    weights = [[["0", "0"]]] * 2 + [[["100", "0"]]] + [[["0", "0"]]]
    zero = [["0", "0"]] * 4
    bias = [["100", "0"], ["100", "0"], ["0", "0"], ["-100", "0"]]
    layer = {"cell": "lstm", "weight_ih": weights, "weight_hh": [[["0", "0"]]] * 4}
    layer |= {"bias_ih": bias, "bias_hh": zero, "h0": ["0"], "c0": ["0"]}
    network = {"vocabulary": ["a"], "layers": [layer]}
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


# -- rates -------------------------------------------------------------------------------------------------------------


@cache
def rated(name):
    found = construction(str(PROOFS / "sentiment.py")) if name == "S5" else construction(str(GALLERY / f"{name}.toml"))
    return json.dumps(certificate(found.error_bound, found.network))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["S5", "a_after_b", "bounded_count", "delay_line", "half_votes", "two_counters"])
def test_errors_at_every_length_are_verified(name):
    recheck.check(json.loads(rated(name)))


@settings(max_examples=60, deadline=None)
@given(st.fractions(min_value=-300, max_value=300, max_denominator=1000))
def test_exp_above_is_above_and_near(x):
    with mpmath.workdps(250):
        ratio = mpmath.mpf(recheck.exp_above(x).numerator) / recheck.exp_above(x).denominator
        ratio /= mpmath.exp(mpmath.mpf(x.numerator) / x.denominator)
        assert 1 <= ratio < 1 + mpmath.mpf(2) ** -100


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 4), st.fractions(min_value=Fraction(1, 8), max_value=20, max_denominator=50), st.floats(1, 60))
def test_a_peak_is_not_passed(power, rate, k):
    top = recheck.peak(power, rate, Fraction(1))
    with mpmath.workdps(60):
        value = mpmath.mpf(k) ** power * mpmath.exp(-mpmath.mpf(rate.numerator) / rate.denominator * mpmath.mpf(k))
        assert value <= mpmath.mpf(top.numerator) / top.denominator


@settings(max_examples=60, deadline=None)
@given(st.integers(min_value=1), st.integers(min_value=1))
def test_short_numbers_are_not_below(p, q):
    x = Fraction(p, q)
    assert x <= recheck.short(x) <= x * (1 + Fraction(1, 2**150))


WRONG = [
    (("k0",), "0", "k0 > 0"),
    (("k0",), "1/100", "."),
    (("bound", "quadratic", 0, 2), "1/4", "an error above the bound"),
    (("bound", "quadratic"), [], "an error above the bound"),
    (("bound", "linear", 1, 1), str(2**70), "an error above the bound"),
    (("network", "layers", 0, "bias_ih", 11), ["1", "0"], "without such a term"),
    (("proof", "rates", "situations", 0, 0, 2, 0, 1), "51", "coordinate 0 outside its bounds"),
    (("proof", "rates", "situations", 0, 0, 2, 0, 2), "-1", "a negative error"),
    (("proof", "rates", "situations", 0, 0, 1), "1", "outside its bounds at the start"),
    (("proof", "rates", "equal", 1, 3), 0, "coordinates 3 and 0 differ"),
    (("proof", "rates", "equal", 0, 0), 1, "a representative"),
    (("proof", "growth", 0, 0), "1/2", "the size of a coefficient"),
    (("proof", "growth", 0, 1, "slope"), "1/2", "a limit above its bound"),
    (("proof", "growth", 0, 1, "offset", 0), "-1", "the register at the start"),
    (("proof", "growth", 0, 1, "quadratic", 0, 2), "1/4", "an error above its bound"),
    (("proof", "growth", 0, 1), None, "a limit of the readout"),
    (("proof", "moves", 0, 0, 0, 0), "1/2", "the limits of A and B"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("path", "value", "message"), WRONG, ids=lambda x: str(x)[:40])
def test_each_condition_of_an_error_is_looked_at(path, value, message):
    data = changed(json.loads(rated("S5")), path, value)
    with pytest.raises(recheck.Rejected, match=message):
        recheck.check(data)


@pytest.mark.parametrize("seed", range(20))
def test_a_mixture_of_intervals_is_where_those_of_their_numbers_are(seed):
    """z x + (1 - z) y of a GRU: around the mixtures of all numbers, and no wider than those at corners."""
    chance, by = random.Random(seed), recheck.AtScale(recheck.Atoms([]), Fraction(1), 20)
    z, x, y = ([*sorted(chance.randint(-(2**20) * (n > 0), 2**20) for _ in "ab")] for n in range(3))
    low, high = recheck.mixed(z, x, y, by)
    found = [Fraction(p * a + (2**20 - p) * b, 2**20) for p in z for a in x for b in y]
    assert low <= min(found) < low + 1 and high - 1 < max(found) <= high
    for _ in range(50):
        p, a, b = (chance.randint(*ends) for ends in (z, x, y))
        assert low <= Fraction(p * a + (2**20 - p) * b, 2**20) <= high


def test_a_mixture_of_other_values_is_a_sum_of_products():
    class Numbers(recheck.NearLimits):
        def __init__(self):
            pass

        def exactly(self, offset, slope=None):
            return offset[()]

        def add(self, x, y):
            return x + y

        def multiply(self, x, y):
            return x * y

    assert recheck.mixed(Fraction(1, 4), 8, 16, Numbers()) == 14
