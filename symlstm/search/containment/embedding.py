"""An LSTM or a GRU that contains a given RNN: the constructions of proofs/rnn_in_lstm.py and rnn_in_gru.py, for concrete weights.

================  =========================  =======================  ==========================================
method            the LSTM                   what its state is        how far, with rho = L/4, L = ||W_hh||_oo
================  =========================  =======================  ==========================================
``"source"``      bias B in i, f, g; c_0 = C  h_t ~ r_t                (1 - tanh(min(C, c*))) sum_{j<t} rho^j (R6)
``"fixed point"``  the same with c_0 = c*     h_t = tanh(c*) r_t       0 (R8)
``"zero state"``  bias -B in f; c_0 = 0      h_t ~ tanh(1) r_t        (tanh(1) - tanh(c_1)) sum_{j<t} rho^j (R9)
================  =========================  =======================  ==========================================

c* = e^B tanh(B), c_1 = sigmoid(B) tanh(B). A GRU has bias B in r and -B in z, and contains the RNN with tanh
y_t = 2 r_t - 1, whose recurrent weights are U/4 and whose biases all stand outside the reset product:

================  =========================  =======================  ==========================================
``"gates"``       the GRU                    h_t ~ 2 r_t - 1           sigmoid(-B) (L/4 + 2) sum_{j<t} rho^j (G2)
================  =========================  =======================  ==========================================

The bounds are about the exact real weights; they are in the max norm, hold for all real inputs, and are
rounded up. Floating point adds its own error: the weights that PyTorch loads are the nearest floats.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_CEILING, Context
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Term, exp, sigmoid, tanh
from symlstm.model.cells import Weights
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import Nested, entries, exact_array, shape_of
from symlstm.model.terms import term

CLAIMS = {"source": "R6", "fixed point": "R8", "zero state": "R9-distance", "gates": "G2"}  # method: what proves it
METHODS = {"lstm": ("fixed point", "source", "zero state"), "gru": ("gates",)}  # the first is the default
ONE = algebra.rational(1)
BITS = 256  # of the balls that bounds are rounded from
NAMES = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")


@dataclass(frozen=True, eq=False)
class SigmoidRNN:
    """r_t = sigmoid(W_ih x_t + b_ih + W_hh r_{t-1} + b_hh), r_0 = h0, with exact weights.

    Shapes: weight_ih (d, p), weight_hh (d, d), biases and h0 (d,); what is None is 0. Entries
    are ints, Fractions, constant terms or SymPy expressions, or finite floats (taken exactly); arrays and tensors
    will do. Raises InputError naming the tensor, what was found and what is needed.
    """

    weight_ih: Nested
    weight_hh: Nested
    bias_ih: Nested = None
    bias_hh: Nested = None
    h0: Nested = None

    def __post_init__(self) -> None:
        hidden, inputs = (*shape_of(self.weight_ih), -1, -1)[:2]
        if len(shape_of(self.weight_ih)) != 2 or -1 in (hidden, inputs):
            raise InputError("weight_ih", f"shape {shape_of(self.weight_ih)}", "shape (hidden, inputs)")
        shapes = ((hidden, inputs), (hidden, hidden), (hidden,), (hidden,), (hidden,))
        for name, shape in zip((*NAMES, "h0"), shapes, strict=True):
            array = exact_array(getattr(self, name), name, shape)
            if any(entry.symbols() for entry in entries(array)):
                raise InputError(name, "an entry that depends on k", "constants")
            object.__setattr__(self, name, array)

    @classmethod
    def from_tanh(
        cls, weight_ih: Nested, weight_hh: Nested, bias_ih: Nested = None, bias_hh: Nested = None, h0: Nested = None
    ) -> SigmoidRNN:
        """A tanh RNN (``torch.nn.RNN``) in other coordinates: its state is y_t = 2 r_t - 1.

        tanh(a) = 2 sigmoid(2a) - 1, so W_ih -> 2 W_ih, W_hh -> 4 W_hh, b_hh -> 2 (b_hh - W_hh 1),
        b_ih -> 2 b_ih and r_0 = (1 + y_0)/2: PyTorch's zero state is 1/2 in these coordinates.
        """
        y = cls(weight_ih, weight_hh, bias_ih, bias_hh, h0)  # checks shapes and entries
        recurrent = tuple(2 * b - 2 * sum(row) for row, b in zip(y.weight_hh, y.bias_hh, strict=True))
        start = tuple((1 + entry) / 2 for entry in y.h0)
        return cls(_scaled(y.weight_ih, 2), _scaled(y.weight_hh, 4), _scaled(y.bias_ih, 2), recurrent, start)

    @classmethod
    def from_state_dict(cls, tensors: Mapping[str, Any], nonlinearity: str, h0: Nested = None) -> SigmoidRNN:
        """From the state_dict of one layer; `nonlinearity` is "tanh" (torch.nn.RNN's) or "sigmoid"."""
        if nonlinearity not in ("tanh", "sigmoid"):
            raise InputError("nonlinearity", repr(nonlinearity), "'tanh' or 'sigmoid'")
        unknown = set(tensors) - {f"{name}_l0" for name in NAMES}
        if unknown:
            needed = "one layer in one direction: weight_ih_l0, weight_hh_l0 and their biases"
            raise InputError("state_dict", min(unknown), needed)
        arrays = {name: tensors.get(f"{name}_l0") for name in NAMES}
        return cls.from_tanh(**arrays, h0=h0) if nonlinearity == "tanh" else cls(**arrays, h0=h0)

    @property
    def norm(self) -> arb:
        """A ball around L = ||W_hh||_oo, the largest absolute row sum."""
        with ctx.workprec(BITS):
            sums = [sum((abs(_ball(entry)) for entry in row), arb(0)) for row in self.weight_hh]
            return max(sums, key=lambda row: row.upper(), default=arb(0))


@dataclass(frozen=True, eq=False)
class Embedding:
    """The LSTM or GRU, exactly, and how far its state h_t is from scale * r_t + shift.

    `weights` has PyTorch's shapes and gate order; `h0` and `c0` are the initial state, `c0` empty for a GRU.
    """

    rnn: SigmoidRNN
    method: str
    weights: Weights
    h0: tuple[Term, ...]
    c0: tuple[Term, ...]
    scale: Term
    step_error: arb  # a ball around the factor before the sum over j < t of (L/4)^j
    shift: Term = ZERO
    cell: str = "lstm"

    def bound(self, t: int | None = None) -> float:
        """A number not below ||h_t - scale r_t - shift||_oo at step t, or at every step if t is None.

        Raises InputError if a bound for every step is asked for and L < 4 is not certain.
        """
        if t is not None and (isinstance(t, bool) or not isinstance(t, int) or t < 0):
            raise InputError("t", repr(t), "a whole number >= 0, or None for every step")
        if self.step_error == 0:
            return 0.0
        with ctx.workprec(BITS):
            return _rounded_up(self.step_error * self._geometric(t))

    def _geometric(self, t: int | None) -> arb:
        """sum over j < t of (L/4)^j; over all j if t is None."""
        ratio = self.rnn.norm / 4
        if t is None and not ratio < 1:
            norm = self.rnn.norm.mid().str(6, radius=False)
            raise InputError("bound", f"L = ||weight_hh||_oo = {norm}", "L < 4 for a bound at every step", "bound(t)")
        if t is None:
            return 1 / (1 - ratio)
        if ratio < 1 or ratio > 1:
            return (1 - ratio**t) / (1 - ratio)
        return t * arb(1).max(ratio) ** max(t - 1, 0)

    def state_dict(self) -> dict[str, Any]:
        """The nearest float64 arrays under the names that ``torch.nn.LSTM`` or ``GRU`` loads (through ``torch.from_numpy``)."""
        return {f"{name}_l0": floats(getattr(self.weights, name)) for name in NAMES}

    def initial_state(self) -> tuple[Any, Any]:
        """h_0 and c_0 as the nearest float64 arrays, (hidden,) each; c_0 is empty for a GRU."""
        return floats(self.h0), floats(self.c0)

    def __str__(self) -> str:
        uniform = f", {shown(self.bound())} at every step" if self.rnn.norm < 4 else ""
        factor, claim = shown(self.bound(1)), CLAIMS[self.method]
        shift = f" - ({self.shift})" if self.shift.monomials else ""
        return f"||h_t - {self.scale} r_t{shift}|| <= {factor} sum_(j<t) (L/4)^j{uniform}   ({claim})"


def embed_rnn(
    rnn: SigmoidRNN, method: str | None = None, *, cell: str = "lstm", bias: Any = 10, start: Any = 20
) -> Embedding:
    """The LSTM or GRU (`cell`) that contains the RNN, by one of its `METHODS`, with B = `bias` and, for "source", c_0 = `start`.

    Raises InputError for an unknown cell or method, B <= 0, c_0 < 0, numbers that are not finite, for "zero state"
    if the RNN starts elsewhere than at 0, and for a GRU if it starts outside of 0 to 1.
    """
    if cell not in METHODS:
        raise InputError("cell", repr(cell), f"one of {', '.join(METHODS)}", "start=... for c_0")
    method = METHODS[cell][0] if method is None else method
    if method not in METHODS[cell]:
        raise InputError("method", repr(method), f"one of {', '.join(METHODS[cell])}")
    B, C = _number(bias, "bias"), _number(start, "start")
    if algebra.sign(B) <= 0:
        raise InputError("bias", str(bias), "B > 0: the gates must open, and tanh(c*) must not be 0")
    if algebra.sign(B - 1000) > 0:
        raise InputError("bias", str(bias), "B <= 1000: e^B must be within reach")
    if algebra.sign(C) < 0:
        raise InputError("start", str(start), "c_0 >= 0: the bound is 1 - tanh(min(c_0, c*))")
    made = {"source": _source, "fixed point": _fixed_point, "zero state": _zero_state, "gates": _gru}
    return made[method](rnn, B, C)


def _source(rnn: SigmoidRNN, B: Term, C: Term) -> Embedding:
    with ctx.workprec(BITS):
        least = _ball(C).min(_ball(exp(B) * tanh(B))).min(arb(1000))  # 2 e^-2000 is below every float
        error = 2 / ((2 * least).exp() + 1)  # 1 - tanh(least)
    return _embedding(rnn, "source", B, C, (algebra.rational(1), error))


def _fixed_point(rnn: SigmoidRNN, B: Term, C: Term) -> Embedding:
    c_star = exp(B) * tanh(B)
    return _embedding(rnn, "fixed point", B, c_star, (tanh(c_star), arb(0)))


def _zero_state(rnn: SigmoidRNN, B: Term, C: Term) -> Embedding:
    if any(entry != 0 for entry in rnn.h0):
        raise InputError("h0", f"{rnn.h0}", "r_0 = 0 for the method 'zero state'", "method='fixed point'")
    with ctx.workprec(BITS):
        rest = _ball(sigmoid(-B) + 2 * sigmoid(B) * sigmoid(-2 * B))  # 1 - c_1, without cancellation
        error = rest.tanh() * (1 - _ball(tanh(ONE)) * (1 - rest).tanh())  # tanh(1) - tanh(c_1)
    return _embedding(rnn, "zero state", B, ZERO, (tanh(ONE), error))


def _gru(rnn: SigmoidRNN, B: Term, C: Term) -> Embedding:
    """With y = 2 r - 1, sigmoid(a) = (1 + tanh(a/2))/2: W/2, U/4, and b/2 + U 1/4 for the biases."""
    if any(algebra.sign(entry) < 0 or algebra.sign(entry - 1) > 0 for entry in rnn.h0):
        raise InputError("h0", f"{rnn.h0}", "0 <= r_0 <= 1, where a sigmoid RNN is from its first step on")
    hidden, inputs = len(rnn.weight_ih), len(rnn.weight_ih[0])
    quarter = algebra.rational(1, 4)
    biases = tuple(
        (a + b) / 2 + quarter * algebra.total(row)
        for a, b, row in zip(rnn.bias_ih, rnn.bias_hh, rnn.weight_hh, strict=True)
    )
    weights = Weights(
        ((ZERO,) * inputs,) * (2 * hidden) + _scaled(rnn.weight_ih, algebra.rational(1, 2)),
        ((ZERO,) * hidden,) * (2 * hidden) + _scaled(rnn.weight_hh, quarter),
        (B,) * hidden + (-B,) * hidden + biases,
        (ZERO,) * (3 * hidden),
    )
    with ctx.workprec(BITS):
        error = _ball(sigmoid(-B)) * (rnn.norm / 4 + 2)
    start = tuple(2 * entry - 1 for entry in rnn.h0)
    return Embedding(rnn, "gates", weights, start, (), algebra.rational(2), error, -ONE, "gru")


def _embedding(rnn: SigmoidRNN, method: str, B: Term, cell: Term, scale_and_error: tuple[Term, arb]) -> Embedding:
    """The LSTM with no weights and constant biases in i, f, g, and the RNN in its output gate."""
    hidden, inputs = len(rnn.weight_ih), len(rnn.weight_ih[0])
    scale, error = scale_and_error
    forget = -B if method == "zero state" else B
    weights = Weights(
        ((ZERO,) * inputs,) * (3 * hidden) + rnn.weight_ih,
        ((ZERO,) * hidden,) * (3 * hidden) + _scaled(rnn.weight_hh, 1 / scale),
        (B,) * hidden + (forget,) * hidden + (B,) * hidden + rnn.bias_ih,
        (ZERO,) * (3 * hidden) + rnn.bias_hh,
    )
    start = tuple(scale * entry for entry in rnn.h0)
    return Embedding(rnn, method, weights, start, (cell,) * hidden, scale, error)


def floats(array: Nested) -> Any:
    """The nearest float64 array of a nested tuple of constants."""
    import numpy as np

    if isinstance(array, tuple):
        return np.array([floats(entry) for entry in array], dtype=np.float64)
    return _nearest(array)


def _nearest(constant: Term) -> float:
    """The nearest float; raises InputError if there is none. Ties to even if it is rational."""
    value = constant.rational()
    if value is not None:
        return float(Fraction(int(value.p), int(value.q)))
    for bits in algebra.PRECISIONS:
        with ctx.workprec(bits):
            ball = algebra.constant_ball(constant, bits)
            low, high = float(ball.lower()), float(ball.upper())
        if low == high and math.isfinite(low):
            return low
    raise InputError("float64", str(constant), "a number that has a nearest float", "a smaller bias")


def _scaled(array: Nested, factor: Term | int) -> Nested:
    return tuple(_scaled(entry, factor) for entry in array) if isinstance(array, tuple) else factor * array


def _number(value: Any, name: str) -> Term:
    """A finite number as an exact rational."""
    try:
        return term(Fraction(value))
    except (TypeError, ValueError, OverflowError):
        raise InputError(name, repr(value), "a finite number") from None


def _ball(constant: Term) -> arb:
    """Around the constant; narrower than that takes at BITS bits where its terms cancel."""
    found = arb(0)
    for bits in (BITS, 4 * BITS, 16 * BITS):
        found = algebra.constant_ball(constant, bits)
        if found.rel_accuracy_bits() > BITS // 4:
            break
    return found


def _rounded_up(x: arb) -> float:
    """The least float that is certainly not below the ball's numbers; raises InputError where there is none."""
    if not x.is_finite():
        raise InputError("bound", f"a number that {BITS} bits do not determine", "weights of moderate size")
    top = x.upper()
    near = float(top)
    return near if arb(near) >= top else math.nextafter(near, math.inf)


def shown(bound: float) -> str:
    """Three digits, rounded up."""
    return f"{Context(prec=3, rounding=ROUND_CEILING).create_decimal_from_float(bound):g}"
