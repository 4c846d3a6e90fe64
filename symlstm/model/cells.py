"""The cells' equations, written once, for every arithmetic: SymPy, balls, float64, float32.

PyTorch's conventions (torch.nn.LSTM, torch.nn.RNN): gates stacked in the order i, f, g, o;

    i = sigmoid(W_ii x + b_ii + W_hi h + b_hi)      g = tanh(W_ig x + b_ig + W_hg h + b_hg)
    f = sigmoid(W_if x + b_if + W_hf h + b_hf)      o = sigmoid(W_io x + b_io + W_ho h + b_ho)
    c' = f*c + i*g                                  h' = o*tanh(c')

Hochreiter and Schmidhuber (1997), with the forget gate of Gers, Schmidhuber and Cummins (2000).
PyTorch's RNN has tanh or relu; the RNN with sigmoid is this project's own definition.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

GATES = {"lstm": ("i", "f", "g", "o"), "rnn_sigmoid": ("r",), "rnn_tanh": ("r",)}


@dataclass(frozen=True)
class Weights:
    """One layer under PyTorch's names; `gates` blocks of `hidden` rows each.

    Shapes: weight_ih (gates*hidden, input), weight_hh (gates*hidden, hidden), both biases
    (gates*hidden,). NumPy arrays, or nested tuples of scalars of any arithmetic.
    """

    weight_ih: Any
    weight_hh: Any
    bias_ih: Any
    bias_hh: Any

    def each(self, function: Callable[[Any], Any]) -> Weights:
        """The layer with the function's value for each tensor."""
        return Weights(*map(function, vars(self).values()))


class Arithmetic(NamedTuple):
    """The two nonlinearities, on scalars or elementwise on arrays."""

    sigmoid: Callable[[Any], Any]
    tanh: Callable[[Any], Any]


class Gates(NamedTuple):
    """The activated gates of an LSTM step: scalars, or arrays (..., hidden)."""

    i: Any
    f: Any
    g: Any
    o: Any


def preactivation(weights: Weights, x: Any, h: Any) -> Any:
    """W_ih x + b_ih + W_hh h + b_hh for arrays x (..., input) and h (..., hidden): (..., gates*hidden)."""
    return x @ weights.weight_ih.T + weights.bias_ih + h @ weights.weight_hh.T + weights.bias_hh


def scalar_preactivations(
    weights: Weights, x: Sequence[Any], h: Sequence[Any], total: Callable[[list[Any]], Any] = sum
) -> Iterator[Any]:
    """The same, one scalar a row, without the products that are zero by their weight."""
    rows = zip(weights.weight_ih, weights.bias_ih, weights.weight_hh, weights.bias_hh, strict=True)
    for w, b, u, b_hh in rows:
        products = [a * y for a, y in zip((*w, *u), (*x, *h), strict=True) if a != 0]
        yield total([*products, b, b_hh])


def lstm_gates(i: Any, f: Any, g: Any, o: Any, arithmetic: Arithmetic) -> Gates:
    """The activated gates from their pre-activations."""
    sigmoid, tanh = arithmetic
    return Gates(sigmoid(i), sigmoid(f), tanh(g), sigmoid(o))


def lstm_cell(i: Any, f: Any, g: Any, c: Any) -> Any:
    """c' from the gates and the cell."""
    return f * c + i * g


def stacked_gates(rows: Sequence[Any], arithmetic: Arithmetic) -> list[Gates]:
    """The gates of each unit from the stacked pre-activations, as many rows a gate as there are units."""
    hidden = len(rows) // 4
    blocks = (rows[n * hidden : (n + 1) * hidden] for n in range(4))
    return [lstm_gates(i, f, g, o, arithmetic) for i, f, g, o in zip(*blocks, strict=True)]


def lstm_update(gates: Gates, c: Any, arithmetic: Arithmetic) -> tuple[Any, Any]:
    """(h', c') from the gates and the cell."""
    c = lstm_cell(gates.i, gates.f, gates.g, c)
    return gates.o * arithmetic.tanh(c), c


def lstm_step(weights: Weights, x: Any, h: Any, c: Any, arithmetic: Arithmetic) -> tuple[Any, Any]:
    """One LSTM step on arrays: x (..., input), h and c (..., hidden) to (h', c')."""
    a, hidden = preactivation(weights, x, h), h.shape[-1]
    i, f, g, o = (a[..., j * hidden : (j + 1) * hidden] for j in range(4))  # each (..., hidden)
    return lstm_update(lstm_gates(i, f, g, o, arithmetic), c, arithmetic)


def rnn_step(weights: Weights, x: Any, h: Any, activation: Callable[[Any], Any]) -> Any:
    """One step of the Elman RNN on arrays: h' = activation(W_ih x + b_ih + W_hh h + b_hh), (..., hidden)."""
    return activation(preactivation(weights, x, h))


def logistic(x: Any) -> Any:
    """1/(1 + e^-x) in floating point without overflow, in x's own precision."""
    import numpy as np

    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def floating() -> Arithmetic:
    """NumPy's arithmetic, in the arrays' own precision."""
    import numpy as np

    return Arithmetic(logistic, np.tanh)
