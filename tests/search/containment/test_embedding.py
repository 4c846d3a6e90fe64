"""embed_rnn: what it builds, what it certifies, what it refuses; PyTorch as the independent oracle."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest
import sympy
from flint import arb, ctx
from support import PROOFS
from support.arrays import step
from sympy import Integer, Rational, tanh

from symlstm.kernel import algebra
from symlstm.model.cells import CELLS, Weights
from symlstm.model.errors import InputError
from symlstm.model.translation import normal, to_sympy
from symlstm.proof.claims import check, load
from symlstm.search.containment.embedding import METHODS, SigmoidRNN, embed_rnn, floats, shown
from symlstm.steps import real

NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
ONE = SigmoidRNN([[1]], [[2]])
STEPS = 200
KINDS = [(cell, method) for cell, methods in METHODS.items() for method in methods]
ROUNDING = 1e-12  # what floating point may add to a certified bound


def random_rnn(seed, hidden=8, inputs=5, norm=3.0, start=None):
    rng = np.random.default_rng(seed)
    recurrent = rng.normal(size=(hidden, hidden))
    recurrent *= norm / np.abs(recurrent).sum(axis=1).max()
    return SigmoidRNN(rng.normal(size=(hidden, inputs)), recurrent, *rng.normal(size=(2, hidden)), start)


# What is built.


def test_the_source_construction():
    rnn = SigmoidRNN([[3]], [[Fraction(1, 2)]], [4], [5], [Fraction(1, 4)])
    made = embed_rnn(rnn, "source", bias=7, start=9)
    assert made.weights.weight_ih == ((0,), (0,), (0,), (3,))
    assert made.weights.weight_hh == ((0,), (0,), (0,), (Rational(1, 2),))
    assert made.weights.bias_ih == (7, 7, 7, 4)
    assert made.weights.bias_hh == (0, 0, 0, 5)
    assert (made.h0, made.c0, made.scale) == ((Rational(1, 4),), (9,), 1)


def test_the_fixed_point():
    made = embed_rnn(SigmoidRNN([[3]], [[5]], h0=[1]), "fixed point", bias=2)
    c_star = sympy.exp(2) * tanh(2)
    assert (made.c0, made.scale, made.h0) == ((c_star,), tanh(c_star), (tanh(c_star),))
    assert made.weights.weight_hh[3] == (5 / tanh(c_star),)


def test_the_zero_state():
    made = embed_rnn(ONE, "zero state", bias=2)
    assert made.weights.bias_ih == (2, -2, 2, 0)
    assert (made.c0, made.h0, made.scale) == ((0,), (0,), tanh(1))


def test_the_gru():
    """With shut update gates and open reset gates, it is 2 r - 1, the RNN in halves and quarters."""
    rnn = SigmoidRNN([[3], [1]], [[Fraction(1, 2), 2], [4, 0]], [4, 0], [5, 0], [Fraction(1, 4), 1])
    made = embed_rnn(rnn, cell="gru", bias=7)
    assert made.weights.weight_ih == ((0,),) * 4 + ((Rational(3, 2),), (Rational(1, 2),))
    assert made.weights.weight_hh == ((0, 0),) * 4 + ((Rational(1, 8), Rational(1, 2)), (1, 0))
    assert made.weights.bias_ih == (7, 7, -7, -7, Rational(41, 8), 1)
    assert made.weights.bias_hh == (0,) * 6
    assert (made.h0, made.c0, made.scale, made.shift) == ((Rational(-1, 2), 1), (), 2, -1)


def test_the_gru_of_a_tanh_rnn_has_its_own_weights():
    made = embed_rnn(SigmoidRNN.from_tanh([[3]], [[5]], [1], [2], [0]), cell="gru", bias=1)
    assert (made.weights.weight_ih[2], made.weights.weight_hh[2], made.weights.bias_ih[2]) == ((3,), (5,), 3)
    assert (made.h0, made.scale, made.shift) == ((0,), 2, -1)


@pytest.mark.parametrize(("cell", "method"), KINDS)
def test_the_state_dict_has_pytorch_s_names_and_shapes(cell, method):
    tensors = embed_rnn(random_rnn(0), method, cell=cell).state_dict()
    rows = 8 * len(CELLS[cell].gates)
    shapes = {name: array.shape for name, array in tensors.items()}
    assert shapes == dict(zip([f"{name}_l0" for name in NAMES], [(rows, 5), (rows, 8), (rows,), (rows,)], strict=True))


@pytest.mark.parametrize(
    ("constant", "nearest"),
    [
        (Rational(1, 10), 0.1),
        (tanh(1), 0.7615941559557649),
        (tanh(sympy.exp(40)), 1.0),
        (sympy.exp(200) * tanh(200), 7.225973768125749e86),
    ],
)
def test_floats_are_the_nearest(constant, nearest):
    assert floats((normal(constant),)).tolist() == [nearest]


# What is certified: the expressions of the theorems, at these numbers, rounded up.


@pytest.fixture(scope="module")
def theorem_bounds():
    """The uniform bounds as the theorems print them, in B, C and L."""
    script = PROOFS / "rnn_in_lstm.py"
    claims = {made.id: made for made in load(script)}
    source, zero = (check(claims[name]).outcome.theorem.conclusion for name in ("R6-uniform", "R9-distance"))
    bounds = {"source": source.parts[0].body.bound, "zero state": zero.parts[1].body.bound}
    return {method: to_sympy(bound) for method, bound in bounds.items()}


@pytest.mark.parametrize("method", ["source", "zero state"])
@pytest.mark.parametrize(("bias", "cell"), [(Rational(1, 2), 0), (Integer(1), 3), (Integer(3), 30), (Integer(10), 5)])
def test_the_bound_is_the_theorem_s_rounded_up(method, bias, cell, theorem_bounds):
    B, C, L = map(real, "BCL")
    made = embed_rnn(ONE, method, bias=Fraction(int(bias.p), int(bias.q)), start=cell)
    c_star = sympy.exp(B) * tanh(B)
    least = min(Integer(cell), c_star.xreplace({B: bias}), key=float)
    bound = theorem_bounds[method].xreplace({sympy.Min(C, c_star): least}).xreplace({B: bias, L: Integer(2)})
    with ctx.workprec(400):
        exact = algebra.constant_ball(normal(bound * made.scale), 400)
        assert exact <= arb(made.bound()) <= exact * (1 + arb(2) ** -51)


@pytest.mark.parametrize("norm", [1, 4, 6])
def test_the_bound_at_a_step_sums_the_powers_of_the_ratio(norm):
    made = embed_rnn(SigmoidRNN([[1]], [[norm]]), "source", bias=1, start=1)
    sums = [made.bound(t) / made.bound(1) for t in range(4)]
    assert sums == pytest.approx([0, 1, 1 + norm / 4, 1 + norm / 4 + (norm / 4) ** 2], rel=1e-14)


def test_the_fixed_point_is_exact_for_every_norm():
    made = embed_rnn(SigmoidRNN([[1]], [[50]]), "fixed point")
    assert (made.bound(), made.bound(10**6)) == (0.0, 0.0)


def test_a_bound_below_all_floats_is_the_least_float():
    assert embed_rnn(ONE, "source", bias=200, start=1000).bound(1) == math.ulp(0.0)


@pytest.mark.parametrize(("bound", "text"), [(0.0, "0"), (0.25, "0.25"), (1.2341e-9, "1.24E-9"), (0.9999, "1.00")])
def test_printed_bounds_are_rounded_up(bound, text):
    assert shown(bound) == text.lower()


def test_an_embedding_prints_its_theorem():
    text = "||h_t - 1 r_t|| <= 0.0000908 sum_(j<t) (L/4)^j, 0.000182 at every step   (R6)"
    assert str(embed_rnn(ONE, "source", bias=10, start=5)) == text
    text = "||h_t - 2 r_t - (-1)|| <= 0.000114 sum_(j<t) (L/4)^j, 0.000227 at every step   (G2)"
    assert str(embed_rnn(ONE, cell="gru")) == text


def test_the_bound_of_a_gru_is_the_theorem_s_rounded_up():
    """With beta = 0 and L/4 for L, at a bias of 10."""
    claims = {made.id: made for made in load(PROOFS / "rnn_in_gru.py")}
    bound = check(claims["G2-uniform"]).outcome.theorem.conclusion.body.bound
    B, L, beta = map(real, ("B", "L", "beta"))
    made = embed_rnn(ONE, cell="gru", bias=10)
    with ctx.workprec(400):
        exact = algebra.constant_ball(
            normal(to_sympy(bound).xreplace({B: Integer(10), L: Rational(1, 2), beta: Integer(0)})), 400
        )
        assert exact <= arb(made.bound()) <= exact * (1 + arb(2) ** -51)


# What is refused.


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: embed_rnn(ONE, bias=0), "bias: found 0\n  needed  B > 0"),
        (lambda: embed_rnn(ONE, bias=-3), "bias: found -3\n  needed  B > 0"),
        (lambda: embed_rnn(ONE, bias=math.nan), "bias: found nan\n  needed  a finite number"),
        (lambda: embed_rnn(ONE, bias=math.inf), "bias: found inf\n  needed  a finite number"),
        (lambda: embed_rnn(ONE, bias=10**6), "bias: found 1000000\n  needed  B <= 1000"),
        (lambda: embed_rnn(ONE, "source", start=-1), "start: found -1\n  needed  c_0 >= 0"),
        (lambda: embed_rnn(ONE, cell=9), "cell: found 9\n  needed  one of lstm, gru\n  try     start=... for c_0"),
        (lambda: embed_rnn(ONE, "source", cell="gru"), "method: found 'source'\n  needed  one of gates"),
        (lambda: embed_rnn(SigmoidRNN([[1]], [[1]], h0=[2]), cell="gru"), "h0: found .*\n  needed  0 <= r_0 <= 1"),
        (lambda: embed_rnn(ONE, "exact"), "method: found 'exact'\n  needed  one of fixed point, source, zero state"),
        (lambda: SigmoidRNN([[1]], [[1, 2]]), r"weight_hh: found shape \(1, 2\)\n  needed  shape \(1, 1\)"),
        (
            lambda: SigmoidRNN([[1], [1]], [[1, 2], [3]]),
            r"weight_hh: found row \[0\] of 2 entries, row \[1\] of 1 entries\n",
        ),
        (lambda: SigmoidRNN([[math.nan]], [[1]]), r"weight_ih\[0\]\[0\]: found nan\n  needed  a finite number"),
        (lambda: SigmoidRNN([[1]], [[-math.inf]]), r"weight_hh\[0\]\[0\]: found -inf\n  needed  a finite number"),
        (lambda: SigmoidRNN([1], [[1]]), r"weight_ih: found shape \(1,\)\n  needed  shape \(hidden, inputs\)"),
        (lambda: SigmoidRNN([[1]], [[1]], h0=[1, 2]), r"h0: found shape \(2,\)\n  needed  shape \(1,\)"),
        (lambda: embed_rnn(SigmoidRNN([[1]], [[4]]), "source").bound(), "4.00000\n  needed  L < 4"),
        (lambda: embed_rnn(SigmoidRNN([[1]], [[1]], h0=[1]), "zero state"), "h0: found .*\n  needed  r_0 = 0"),
        (lambda: embed_rnn(ONE, "source").bound(-1), "t: found -1\n  needed  a whole number"),
        (lambda: SigmoidRNN.from_state_dict({"weight_ih_l1": 0}, "tanh"), "state_dict: found weight_ih_l1"),
        (lambda: SigmoidRNN.from_state_dict({}, "relu"), "nonlinearity: found 'relu'\n  needed  'tanh' or 'sigmoid'"),
    ],
)
def test_bad_use_gets_a_clear_error(build, message):
    with pytest.raises(InputError, match=message):
        build()


# Running them: NumPy, then PyTorch.


def rnn_states(rnn, xs):
    weights, state = Weights(*(floats(getattr(rnn, name)) for name in NAMES)), floats(rnn.h0)
    for x in xs:
        state, _ = step("rnn_sigmoid", weights, x, state)
        yield state


def states(made, xs):
    weights, (h, c) = Weights(*(made.state_dict()[f"{name}_l0"] for name in NAMES)), made.initial_state()
    for x in xs:
        h, c = step(made.cell, weights, x, h, c)
        yield h


def wanted(made, r):
    """scale r + shift"""
    scale, shift = floats((made.scale, made.shift))
    return scale * r + shift


@pytest.mark.parametrize(("cell", "method"), KINDS)
@pytest.mark.parametrize("bias", [0.5, 3, 10, 30])
@pytest.mark.parametrize("norm", [1.0, 3.0, 6.0])
def test_the_states_stay_within_the_bound(cell, method, bias, norm):
    rnn = random_rnn(1, norm=norm)
    made = embed_rnn(rnn, method, cell=cell, bias=bias, start=2)
    xs = np.random.default_rng(2).normal(size=(60, 5))
    runs = zip(states(made, xs), rnn_states(rnn, xs), strict=True)
    for t, (h, r) in enumerate(runs, start=1):
        assert np.abs(h - wanted(made, r)).max() <= made.bound(t) + ROUNDING


def in_torch(torch, made, xs):
    """The states of PyTorch's own module, (steps, hidden)."""
    module = getattr(torch.nn, made.cell.upper())(5, 8, dtype=torch.float64)
    module.load_state_dict({name: torch.from_numpy(array) for name, array in made.state_dict().items()})
    start = tuple(torch.from_numpy(state)[None] for state in made.initial_state() if state.size)
    with torch.no_grad():
        return module(xs, start if len(start) > 1 else start[0])[0]


@pytest.mark.parametrize(("cell", "method"), KINDS)
def test_pytorch_s_module_runs_the_sigmoid_rnn(cell, method):
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install torch==2.13.0")
    rnn = random_rnn(3, start=None if method == "zero state" else np.linspace(0, 1, 8))
    made = embed_rnn(rnn, method, cell=cell)
    xs = np.random.default_rng(4).normal(size=(STEPS, 5))
    found = in_torch(torch, made, torch.from_numpy(xs)).numpy()
    gaps = np.abs(found - wanted(made, np.array(list(rnn_states(rnn, xs))))).max(axis=1)
    print(f"{method}: largest gap {gaps.max():.3g}, certified {made.bound():.3g} for exact weights")
    assert all(gap <= made.bound(t) + ROUNDING for t, gap in enumerate(gaps, start=1))
    assert gaps.max() <= made.bound() + ROUNDING


@pytest.mark.parametrize(("cell", "method"), [("lstm", "source"), ("lstm", "fixed point"), ("gru", "gates")])
def test_pytorch_s_module_runs_pytorch_s_tanh_rnn(cell, method):
    """Outputs are read back by y = 2 (h - shift)/scale - 1; the zero state is r_0 = 1/2."""
    torch = pytest.importorskip("torch", reason="torch is not installed: pip install torch==2.13.0")
    torch.manual_seed(0)
    original = torch.nn.RNN(5, 8, dtype=torch.float64)
    made = embed_rnn(SigmoidRNN.from_state_dict(original.state_dict(), "tanh", h0=[0] * 8), method, cell=cell)
    xs = torch.randn(STEPS, 5, dtype=torch.float64)
    scale, shift = floats((made.scale, made.shift)).tolist()
    found = 2 * (in_torch(torch, made, xs) - shift) / scale - 1
    gaps = (found - original(xs)[0]).abs().amax(dim=1).tolist()
    assert all(gap <= 2 * made.bound(t) / scale + ROUNDING for t, gap in enumerate(gaps, start=1))


def test_the_change_of_coordinates():
    """y_t = 2 r_t - 1 of the tanh RNN; MATH: r_0 = 0 needs y_0 = -1."""
    rnn = SigmoidRNN.from_tanh([[3]], [[Fraction(1, 2)]], [1], [2], [-1])
    assert (rnn.weight_ih, rnn.weight_hh, rnn.bias_ih, rnn.bias_hh, rnn.h0) == (((6,),), ((2,),), (2,), (3,), (0,))
