"""The cells' equations, written once for every arithmetic: terms, SymPy, balls, float64, float32, formulas.

PyTorch's conventions (torch.nn.LSTM, GRU, RNN): gates stacked in the order of the table CELLS, and

    LSTM   i, f, o = sigmoid(W_i x + b_i + W_h h + b_h), each with its own rows, and g = tanh of the same
           c' = f*c + i*g                  h' = o*tanh(c')
    GRU    r, z = sigmoid(...)             n = tanh(W_in x + b_in + r*(W_hn h + b_hn))
           h' = (1 - z)*n + z*h
    Elman  h' = activation(W_ih x + b_ih + W_hh h + b_hh)

Hochreiter and Schmidhuber (1997), with the forget gate of Gers, Schmidhuber and Cummins (2000);
Cho et al. (2014), whose own GRU resets before the product: n = tanh(W_in x + b_in + W_hn (r*h) + b_hn);
Elman (1990). PyTorch's RNN has tanh or relu; the others are this project's own, as published networks
use them. Variants of the LSTM (Greff et al. 2017): peepholes, a gate i that is also 1 - f, no forget gate,
and PyTorch's projection h' = W_hr (o*tanh(c')); and the LSTM of threshold units, with steps that are 0 at 0 for
sigmoid, and the sign for tanh.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from symlstm.kernel.theorem import Unsupported

Function = Callable[[Any], Any]


@dataclass(frozen=True)
class Weights:
    """One layer under PyTorch's names; `gates` blocks of `hidden` rows each.

    Shapes: weight_ih (gates*hidden, input), weight_hh (gates*hidden, output), both biases
    (gates*hidden,); for an LSTM perhaps weight_hr (output, hidden), the projection, and peephole
    (its sigmoid gates*hidden,), what they read of the cell. NumPy arrays, or nested tuples of
    scalars of any arithmetic.
    """

    weight_ih: Any
    weight_hh: Any
    bias_ih: Any
    bias_hh: Any
    weight_hr: Any = None
    peephole: Any = None

    @property
    def tensors(self) -> dict[str, Any]:
        """Those that there are, by name."""
        return {name: tensor for name, tensor in vars(self).items() if tensor is not None}

    def each(self, function: Function) -> Weights:
        """The layer with the function's value for each tensor."""
        return Weights(**{name: function(tensor) for name, tensor in self.tensors.items()})


class Arithmetic(NamedTuple):
    """The nonlinearities, and 1 - x, on scalars or elementwise on arrays; None for one that it does not have."""

    sigmoid: Function
    tanh: Function
    relu: Function | None = None
    step: Function | None = None
    hardsigmoid: Function | None = None
    hardtanh: Function | None = None
    complement: Function = lambda x: 1 - x


class Gates(NamedTuple):
    """The activated gates of an LSTM step: scalars, vectors or arrays (..., hidden)."""

    i: Any
    f: Any
    g: Any
    o: Any


@dataclass(frozen=True)
class Vector:
    """Scalars of one arithmetic, one a unit; sums and products unit by unit."""

    parts: tuple[Any, ...]

    def __add__(self, other: Vector) -> Vector:
        return Vector(tuple(a + b for a, b in zip(self.parts, other.parts, strict=True)))

    def __mul__(self, other: Vector) -> Vector:
        return Vector(tuple(a * b for a, b in zip(self.parts, other.parts, strict=True)))

    def each(self, function: Function) -> Vector:
        return Vector(tuple(map(function, self.parts)))


@dataclass
class Step:
    """One step of one layer as its cell's equations read it: inputs, the state before, weights; and what it found.

    `before` and `gates` map a gate's letter to its pre-activations and its values.
    """

    cell: Cell
    weights: Weights
    x: Sequence[Any]
    h: Any
    c: Any
    on: Arithmetic
    total: Callable[[list[Any]], Any] = sum
    before: dict[str, Any] = field(default_factory=dict)
    gates: dict[str, Any] = field(default_factory=dict)

    def gate(self, letter: str, cell: Any = None) -> Any:
        """The gate of W_i x + b_i + W_h h + b_h, and of what its peepholes see of a cell."""
        inputs, state = self._rows(letter)
        seen = self._peephole(letter, cell)
        rows = zip(inputs, state, seen, strict=True)
        return self.activated(letter, Vector(tuple(self.total([*w, *u, *p, b, d]) for (w, b), (u, d), p in rows)))

    def of_input(self, letter: str) -> Vector:
        """W_i x + b_i."""
        return Vector(tuple(self.total([*products, bias]) for products, bias in self._rows(letter)[0]))

    def of_state(self, letter: str, h: Vector | None = None) -> Vector:
        """W_h h + b_h, of the state before unless another is given."""
        return Vector(tuple(self.total([*products, bias]) for products, bias in self._rows(letter, h)[1]))

    def activated(self, letter: str, before: Any) -> Any:
        """The gate of its pre-activation."""
        self.before[letter] = before
        self.gates[letter] = before.each(activation(self.cell.gates[letter], self.on))
        return self.gates[letter]

    def complement(self, x: Any) -> Any:
        """1 - x."""
        return x.each(self.on.complement)

    def squashed(self, x: Any) -> Any:
        """tanh of a new cell, or what the cell has instead."""
        return x.each(activation(self.cell.squash, self.on))

    def projected(self, h: Any) -> Any:
        """W_hr h, where there is a projection."""
        rows = self.weights.weight_hr
        return h if rows is None else Vector(tuple(self.total(_products(row, h.parts)) for row in rows))

    def _rows(self, letter: str, h: Vector | None = None) -> tuple[list[tuple[list[Any], Any]], ...]:
        """For each unit the products of the input and the bias; the same of the state."""
        w = self.weights
        first = [*self.cell.gates].index(letter) * (size := len(w.bias_ih) // len(self.cell.gates))
        pairs = ((w.weight_ih, w.bias_ih, self.x), (w.weight_hh, w.bias_hh, (self.h if h is None else h).parts))
        units = range(first, first + size)
        return tuple([(_products(rows[j], y), biases[j]) for j in units] for rows, biases, y in pairs)

    def _peephole(self, letter: str, cell: Any) -> list[list[Any]]:
        size, seen = len(self.weights.bias_ih) // len(self.cell.gates), self.weights.peephole
        if seen is None or cell is None or letter not in self.cell.peepholes:
            return [[]] * size
        first = self.cell.peepholes.index(letter) * size
        return [_products([p], [c]) for p, c in zip(seen[first : first + size], cell.parts, strict=True)]


def _products(row: Sequence[Any], values: Sequence[Any]) -> list[Any]:
    """Without those that are zero by their weight."""
    return [a * y for a, y in zip(row, values, strict=True) if a != 0]


def activation(name: str, on: Arithmetic) -> Function:
    """A nonlinearity by name; `strict step` is 0 at 0, where `step` is 1: 1 - step(-x); `sign` is -1, 0 or 1."""
    if name in ("strict step", "sign"):
        step: Function = activation("step", on)
        return (lambda x: on.complement(step(-x))) if name == "strict step" else (lambda x: step(x) - step(-x))
    function: Function | None = getattr(on, name)
    if function is None:
        raise Unsupported(f"{name}: not in this arithmetic")
    return function


State = tuple[Any, Any]  # h', c' (None for a cell without)


def lstm_cell(i: Any, f: Any, g: Any, c: Any) -> Any:
    """c' from the gates and the cell."""
    return f * c + i * g


def lstm_gates(i: Any, f: Any, g: Any, o: Any, arithmetic: Arithmetic) -> Gates:
    """The activated gates from their pre-activations."""
    kinds = CELLS["lstm"].gates
    pairs = zip(kinds, (i, f, g, o), strict=True)
    return Gates(*(activation(kinds[letter], arithmetic)(before) for letter, before in pairs))


def lstm_output(o: Any, c: Any, tanh: Function) -> Any:
    """h' from the output gate and the new cell."""
    return o * tanh(c)


def lstm_update(gates: Gates, c: Any, arithmetic: Arithmetic) -> State:
    """(h', c') from the gates and the cell."""
    c = lstm_cell(gates.i, gates.f, gates.g, c)
    return lstm_output(gates.o, c, arithmetic.tanh), c


def _lstm(step: Step) -> State:
    i, f, g = (step.gate(letter, step.c) for letter in "ifg")
    return _output(step, lstm_cell(i, f, g, step.c))


def _coupled_lstm(step: Step) -> State:
    i, g = (step.gate(letter, step.c) for letter in "ig")
    return _output(step, lstm_cell(i, step.complement(i), g, step.c))


def _lstm_without_forget_gate(step: Step) -> State:
    i, g = (step.gate(letter, step.c) for letter in "ig")
    return _output(step, step.c + i * g)


def _output(step: Step, c: Any) -> State:
    return step.projected(lstm_output(step.gate("o", c), c, step.squashed)), c


def _gru(step: Step) -> State:
    r, z = step.gate("r"), step.gate("z")
    n = step.activated("n", step.of_input("n") + r * step.of_state("n"))
    return step.complement(z) * n + z * step.h, None


def _gru_reset_before(step: Step) -> State:
    r, z = step.gate("r"), step.gate("z")
    n = step.activated("n", step.of_input("n") + step.of_state("n", r * step.h))
    return step.complement(z) * n + z * step.h, None


def _elman(step: Step) -> State:
    return step.gate("r"), None


class Onnx(NamedTuple):
    """What ONNX calls a cell: the operator, its letters for the gates in its order, activations, other attributes.

    ONNX has no step; its HardSigmoid has a slope in single precision, which is not 1/6; the gate
    1 - i that it offers its reference evaluator leaves out.
    """

    operator: str
    letters: tuple[str, ...]
    activations: tuple[str, ...]
    attributes: Mapping[str, Any] = {}


@dataclass(frozen=True, eq=False)
class Cell:
    """A kind of cell: its gates with their activations in PyTorch's order, the letters of its state, its equations.

    `onnx` and `torch` (the module of torch.nn and its mode) are None where there is none; `peepholes` are
    the gates that may see the cell; a cell with `c` may have a projection, and `squash` is what it outputs of it;
    `reset` is the gate in whose pre-activation another gate stands before the state.
    """

    name: str
    title: str  # after "is"
    gates: Mapping[str, str]
    states: tuple[str, ...]
    equations: Callable[[Step], State]
    onnx: Onnx | None = None
    torch: tuple[str, str] | None = None
    peepholes: tuple[str, ...] = ()
    squash: str = "tanh"
    reset: str = ""

    @property
    def optional(self) -> tuple[str, ...]:
        """The tensors that a layer may have besides the four."""
        return ("weight_hr", "peephole") if "c" in self.states else ()


_SIGMOIDS = {"i": "sigmoid", "g": "tanh", "o": "sigmoid"}
_GRU = {"r": "sigmoid", "z": "sigmoid", "n": "tanh"}
_ONNX_GRU = ("GRU", ("z", "r", "h"), ("Sigmoid", "Tanh"))
_RNN = ("RNN", ("r",))


def _elman_cell(
    name: str, title: str, function: str, onnx: Onnx | None = None, torch: tuple[str, str] | None = None
) -> Cell:
    return Cell(name, title, {"r": function}, ("h",), _elman, onnx, torch)


_TABLE = (
    Cell(
        "lstm",
        "PyTorch's LSTM",
        {"i": "sigmoid", "f": "sigmoid", "g": "tanh", "o": "sigmoid"},
        ("h", "c"),
        _lstm,
        Onnx("LSTM", ("i", "o", "f", "c"), ("Sigmoid", "Tanh", "Tanh")),
        ("LSTM", "LSTM"),
        ("i", "f", "o"),
    ),
    Cell(
        "lstm_coupled",
        "an LSTM whose forget gate is 1 less its input gate",
        _SIGMOIDS,
        ("h", "c"),
        _coupled_lstm,
        peepholes=("i", "o"),
    ),
    Cell(
        "lstm_without_forget_gate",
        "an LSTM without forget gate",
        _SIGMOIDS,
        ("h", "c"),
        _lstm_without_forget_gate,
        peepholes=("i", "o"),
    ),
    Cell(
        "lstm_step",
        "an LSTM of steps, 1 above 0 and else 0, and of signs, which are 0 at 0",
        {"i": "strict step", "f": "strict step", "g": "sign", "o": "strict step"},
        ("h", "c"),
        _lstm,
        peepholes=("i", "f", "o"),
        squash="sign",
    ),
    Cell(
        "gru",
        "PyTorch's GRU",
        _GRU,
        ("h",),
        _gru,
        Onnx(*_ONNX_GRU, {"linear_before_reset": 1}),
        ("GRU", "GRU"),
        reset="n",
    ),
    Cell(
        "gru_reset_before",
        "a GRU that resets before the product (Cho et al. 2014)",
        _GRU,
        ("h",),
        _gru_reset_before,
        Onnx(*_ONNX_GRU),
        reset="n",
    ),
    _elman_cell("rnn_tanh", "PyTorch's RNN with tanh", "tanh", Onnx(*_RNN, ("Tanh",)), ("RNN", "RNN_TANH")),
    _elman_cell("rnn_sigmoid", "an Elman RNN with the logistic function", "sigmoid", Onnx(*_RNN, ("Sigmoid",))),
    _elman_cell(
        "rnn_relu", "PyTorch's RNN with relu, relu(x) = max(x, 0)", "relu", Onnx(*_RNN, ("Relu",)), ("RNN", "RNN_RELU")
    ),
    _elman_cell("rnn_step", "an Elman RNN of steps, 1 from 0 on and else 0", "step"),
    _elman_cell("rnn_strict_step", "an Elman RNN of steps, 1 above 0 and else 0", "strict step"),
    _elman_cell("rnn_hardsigmoid", "an Elman RNN with PyTorch's hardsigmoid, x/6 + 1/2 between 0 and 1", "hardsigmoid"),
    _elman_cell("rnn_hardtanh", "an Elman RNN with hardtanh, x between -1 and 1", "hardtanh"),
)
CELLS: Mapping[str, Cell] = {cell.name: cell for cell in _TABLE}
GATES: Mapping[str, tuple[str, ...]] = {cell.name: tuple(cell.gates) for cell in _TABLE}


def steps(
    layers: Sequence[tuple[Cell, Weights]],
    x: Sequence[Any],
    states: Sequence[tuple[Sequence[Any], Sequence[Any]]],
    on: Arithmetic,
    total: Callable[[list[Any]], Any] = sum,
) -> Iterator[tuple[Step, Vector, Vector]]:
    """The layers from below, each with its h' and c': the first reads x, each other the h' of the one below it.

    `states` has the h and c of each layer before the step, c empty where there is none.
    """
    for (cell, weights), (h, c) in zip(layers, states, strict=True):
        step = Step(cell, weights, x, Vector(tuple(h)), Vector(tuple(c)), on, total)
        new, kept = cell.equations(step)
        yield step, new, kept or Vector(())
        x = new.parts


def logistic(x: Any) -> Any:
    """1/(1 + e^-x) in floating point without overflow, in x's own precision."""
    import numpy as np

    small = np.exp(-np.abs(x))
    return np.where(x >= 0, 1 / (1 + small), small / (1 + small))


def floating() -> Arithmetic:
    """NumPy's arithmetic, in the arrays' own precision."""
    import numpy as np

    def hardsigmoid(x: Any) -> Any:  # PyTorch's relu6(x + 3)/6
        return np.minimum(np.maximum(x + 3, 0), 6) / 6

    return Arithmetic(
        logistic,
        np.tanh,
        lambda x: np.maximum(x, 0),
        lambda x: np.where(x >= 0, np.ones_like(x), np.zeros_like(x)),
        hardsigmoid,
        lambda x: np.clip(x, -1, 1),
    )
