"""Runs in float64, float32 and balls, against PyTorch, NumPy's own products and figures from elsewhere."""

from fractions import Fraction
from itertools import product

import numpy as np
import pytest
import sympy
from flint import arb, ctx
from hypothesis import given
from hypothesis import strategies as st
from support.arrays import step
from support.networks import counter, sentiment
from sympy import exp, tanh

from symlstm.kernel.theorem import Unsupported
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.simulation import running
from symlstm.model.simulation.rounding import nearest, rounded
from symlstm.model.simulation.running import float_weights, run_balls, run_floats
from symlstm.model.translation import normal

ERROR_2 = "3.7200759760208359629598369932718131221892961175062e-44"  # of "good good": sigmoid(-100) + 2 e^(-200 tanh 1)
ERROR_1000 = "1.8581779500224075634983681950778468956007892086827e-38"  # of a thousand "good", 78 digits by mpmath
FLAG = "0.76159415595576488811931139014354260143105898770595"  # sigmoid(50) tanh(sigmoid(100) tanh(100))
EXAMPLE = ["good", "not", "bad", "good", "uh", "not", "good", "uh"]

fractions = st.builds(
    lambda p, q, e: Fraction(p, q) * Fraction(2) ** e, st.integers(), st.integers(1), st.integers(-1100, 900)
)


def random_network(cell: str, seed: int) -> Network:
    """Two words, hidden size 3, normal weights."""
    rng, rows = np.random.default_rng(seed), 12 if cell == "lstm" else 3
    weights = [rng.normal(size=shape) for shape in [(rows, 2), (rows, 3), rows, rows, 3]]
    return Network(("a", "b"), *weights, cell=cell, readout=[ReadoutTerm("h", 0, sympy.Rational(1, 3))])


def one_entry(entry: sympy.Expr, scale: Fraction | int, dtype: str) -> float:
    network = Network(("a",), [[entry]], [[0]], cell="rnn_tanh")
    return float(float_weights(network, scale, dtype).weight_ih[0, 0])


@given(fractions)
def test_a_rational_becomes_the_float_that_python_divides_to(x):
    try:
        expected = x.numerator / x.denominator
    except OverflowError:
        with pytest.raises(InputError, match="range of float64"):
            rounded(x, "float64")
    else:
        assert rounded(x, "float64") == expected


@given(st.floats(width=32, allow_nan=False, allow_infinity=False))
def test_a_float32_stays_what_it_is(x):
    assert rounded(Fraction(x), "float32") == x


def test_float32_is_rounded_once_and_not_by_way_of_float64():
    above_midpoint = 1 + Fraction(1, 2**24) + Fraction(1, 2**60)
    assert rounded(above_midpoint, "float32") == 1 + 2**-23
    assert np.float32(rounded(above_midpoint, "float64")) == 1  # what two roundings give


def test_a_midpoint_goes_to_the_even_neighbour():
    assert rounded(Fraction(2**53 + 1), "float64") == 2**53
    assert rounded(Fraction(2**53 + 3), "float64") == 2**53 + 4


def test_a_subnormal_number_is_rounded_once_to_its_coarser_grid():
    assert rounded(Fraction(5, 4) / 2**149, "float32") == 2.0**-149
    assert rounded((Fraction(1, 2) + Fraction(1, 2**60)) / 2**1074, "float64") == 2.0**-1074


@pytest.mark.parametrize(("sign", "expected"), [(1, 1 + 2.0**-52), (-1, 1.0)])
def test_an_entry_next_to_a_midpoint_needs_more_than_64_bits(sign, expected):
    midpoint = 1 + sympy.Rational(1, 2**53)
    assert one_entry(midpoint + sign * sympy.exp(-60), 1, "float64") == expected


def test_irrational_entries_are_rounded_from_balls():
    assert one_entry(1 / sympy.tanh(1), 1, "float64") == 1.3130352854993312  # coth(1) = 1.31303528549933130363...
    assert one_entry(k * sympy.tanh(k), 2, "float32") == np.float32(1.928055160151634)


def test_weights_are_taken_at_the_scale():
    assert one_entry(100 * k, Fraction(1, 3), "float64") == 100 / 3


@pytest.mark.parametrize("scale", [0, -1, 0.5, True, Fraction(-1, 2)])
def test_a_scale_that_is_no_positive_rational_is_refused(scale):
    with pytest.raises(InputError, match="scale: found"):
        run_floats(counter(), ["a"], scale)
    with pytest.raises(InputError, match="scale: found"):
        run_balls(counter(), ["a"], scale)


def test_another_dtype_is_refused():
    with pytest.raises(InputError, match="needed  float64 or float32"):
        run_floats(counter(), ["a"], dtype="float16")


def test_a_weight_beyond_float32_is_refused():
    assert one_entry(sympy.Integer(10) ** 39, 1, "float64") == 1e39
    with pytest.raises(InputError, match="within the range of float32"):
        one_entry(sympy.Integer(10) ** 39, 1, "float32")


def test_a_sum_that_overflows_is_refused():
    network = Network(("a",), [[3e38]], [[0]], [3e38], cell="rnn_tanh")
    with pytest.raises(InputError, match="overflow"):
        run_floats(network, ["a"], dtype="float32")


STRANGE = [["a", "c"], [["a"], ["a", "b"]], "a", [0], np.array([2]), np.array([-1]), [["a"], "b"]]


@pytest.mark.parametrize("words", STRANGE, ids=str)
def test_words_outside_the_vocabulary_and_ragged_ones_are_refused(words):
    with pytest.raises(InputError, match="words: found"):
        run_floats(counter(), words)


def test_the_example_sentence_is_scored():
    network, _ = sentiment()
    expected = [0, 1, 1, 2, 3, 3, 3, 2]  # by hand: the score of all words but the last
    for dtype in running.DTYPES:
        assert run_floats(network, EXAMPLE, dtype=dtype).readout.tolist() == expected


def test_shapes_and_dtype():
    run = run_floats(counter(), [[["a", "b", "b"]] * 4] * 2, dtype="float32")
    assert (run.h.shape, run.c.shape, run.readout.shape) == ((2, 4, 3, 1), (2, 4, 3, 1), (2, 4, 3))
    assert run.h.dtype == run.c.dtype == run.readout.dtype == np.float32
    assert run_floats(random_network("rnn_tanh", 0), ["a"]).c.shape == (1, 0)


def test_no_words_give_no_states():
    assert run_floats(counter(), []).readout.shape == (0,)
    assert run_balls(counter(), []).readout == ()


@pytest.mark.parametrize("dtype", running.DTYPES)
@pytest.mark.parametrize("cell", ["lstm", "rnn_sigmoid", "rnn_tanh"])
def test_columns_agree_with_the_equations_on_arrays(cell, dtype):
    network = random_network(cell, 1)
    weights, run = float_weights(network, 1, dtype), run_floats(network, ["a", "b", "b", "a"], dtype=dtype)
    h, c = (np.array(list(map(sympy.sympify, start or ())), dtype) for start in (network.h0, network.c0))
    for t, word in enumerate([0, 1, 1, 0]):
        x = np.eye(2, dtype=dtype)[word]
        h, c = step(cell, weights, x, h, c)
        np.testing.assert_allclose(run.h[t], h, rtol=0, atol=8 * np.finfo(dtype).eps)
        np.testing.assert_allclose(run.readout[t], h[0] / 3, rtol=0, atol=8 * np.finfo(dtype).eps)


@pytest.mark.parametrize("dtype", running.DTYPES)
@pytest.mark.parametrize("cell", ["lstm", "rnn_sigmoid", "rnn_tanh"])
def test_a_result_does_not_depend_on_its_batch(cell, dtype):
    network = random_network(cell, 2)
    words = np.array(list(product(range(2), repeat=5)))  # (32, 5)
    together = run_floats(network, words, dtype=dtype).h
    for part in (1, 3, 17):
        alone = np.concatenate([run_floats(network, words[j : j + part], dtype=dtype).h for j in range(0, 32, part)])
        assert (alone == together).all()


@pytest.mark.slow
@pytest.mark.parametrize("dtype", running.DTYPES)
def test_torch_gives_the_same_states_but_for_last_bits(dtype):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; pip install symlstm[torch]")
    network, _ = sentiment()
    words = np.array(list(product(range(4), repeat=6)))  # (4096, 6)
    lstm = torch.nn.LSTM(4, 6, batch_first=True, dtype=getattr(torch, dtype))
    for name, array in float_weights(network, 1, dtype).tensors.items():
        getattr(lstm, f"{name}_l0").data = torch.from_numpy(array)
    with torch.no_grad():
        h, (_, c) = lstm(torch.eye(4, dtype=getattr(torch, dtype))[torch.from_numpy(words)])
    run = run_floats(network, words, dtype=dtype)
    np.testing.assert_allclose(run.h, h.numpy(), rtol=0, atol=4 * np.finfo(dtype).eps)
    np.testing.assert_allclose(run.c[:, -1], c[0].numpy(), rtol=0, atol=1e-25)  # PyTorch's h_1 and h_2 are not equal


def test_balls_hold_the_known_errors():
    network, _ = sentiment()
    run = run_balls(network, ["good"] * 1000, digits=90)
    with ctx.workprec(400):
        assert (999 - run.readout[999]).overlaps(arb(f"{ERROR_1000} +/- 1e-87"))
        assert (1 - run.readout[1]).overlaps(arb(f"{ERROR_2} +/- 1e-93"))
        assert run.h[0][1].overlaps(arb(f"{FLAG} +/- 1e-50"))


def test_balls_have_the_digits_asked_for():
    network, _ = sentiment()
    for digits in (10, 200):
        for score in run_balls(network, EXAMPLE, digits=digits).readout:
            assert score.rad() <= (abs(score.mid()) or 1) * arb(10) ** -digits


@pytest.mark.parametrize("cell", ["lstm", "rnn_sigmoid", "rnn_tanh"])
def test_balls_hold_what_floats_come_near(cell):
    network, words = random_network(cell, 3), ["a", "b"] * 3
    floats, balls = run_floats(network, words), run_balls(network, words)
    for t in range(6):
        assert floats.h[t] == pytest.approx([float(x) for x in balls.h[t]], rel=1e-14)
        assert floats.readout[t] == pytest.approx(float(balls.readout[t]), rel=1e-14)


def test_balls_do_not_lose_a_weight_that_is_nearly_zero():
    nearly = sympy.tanh(1) - sympy.Rational(f"{76159415595576488811945828260479359041276859725794}/{10**50}")
    network = Network(("a",), [[10**55 * nearly]], [[0]], cell="rnn_tanh", readout=[ReadoutTerm("h", 0)])
    assert not run_balls(network, ["a"], digits=3).readout[0].contains(0)


def test_balls_gain_precision_where_the_readout_cancels():
    terms = [ReadoutTerm("h", 0), ReadoutTerm("h", 1, -1)]
    network = Network(("a",), [[1], [1 + sympy.Rational(1, 10**40)]], [[0, 0]] * 2, cell="rnn_tanh", readout=terms)
    [difference] = run_balls(network, ["a"]).readout
    assert difference.rel_accuracy_bits() > 50 * 3.32


def test_balls_refuse_what_needs_too_many_bits(monkeypatch):
    monkeypatch.setattr(running, "MAX_BITS", 100)
    with pytest.raises(Unsupported, match="50 digits after 1 words need more than 100 bits"):
        run_balls(counter(), ["a"])


def test_far_arguments_of_the_sigmoid_do_not_overflow():
    network = Network(("a", "b"), [[10**30, -(10**30)]], [[0]], cell="rnn_sigmoid", readout=[ReadoutTerm("h", 0)])
    assert run_floats(network, ["a", "b"], dtype="float32").readout.tolist() == [1, 0]
    high, low = run_balls(network, ["a", "b"]).readout
    assert high.overlaps(arb(1)) and low > 0 and low.rel_accuracy_bits() > 150


@pytest.mark.parametrize(
    ("constant", "expected"),
    [
        (tanh(exp(40) * tanh(40)), 1.0),  # within e^(-10^17) of 1
        (1 - tanh(exp(20)), 0.0),
        (-exp(-(10**6)), 0.0),
        (exp(700), 1.0142320547350045e304),
    ],
)
def test_numbers_far_beyond_the_exponents_of_a_float_are_rounded_at_once(constant, expected):
    assert nearest(normal(constant), "float64") == expected


def test_a_number_far_above_the_range_is_refused_at_once():
    with pytest.raises(InputError, match=r"needed  numbers within the range of float64"):
        nearest(normal(exp(10**12)), "float64")
