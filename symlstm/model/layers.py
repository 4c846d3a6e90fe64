"""One layer of a network as people write it down: its cell, exact weights, and where it starts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from symlstm.model.cells import CELLS, Cell, Weights
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import Nested, shape_of

LAYER = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")  # what every layer has
TENSORS = (*LAYER, "weight_hr", "peephole")
START = ("h0", "c0")
NEEDED = ("weight_ih", "weight_hh")  # the others are 0, or there are none, if they are missing


@dataclass(frozen=True, eq=False)
class Layer:
    """A layer of one kind of cell: PyTorch's tensors without their suffix, as nested tuples of exact entries.

    Shapes, with g gates, d units, p inputs and q outputs (q = d unless there is a projection):
    weight_ih (g*d, p), weight_hh (g*d, q), bias_ih and bias_hh (g*d,), weight_hr (q, d) and
    peephole (its sigmoid gates*d,), for LSTMs only; h0 (q,), and c0 (d,) of a cell that has a c.
    What is None is 0; weight_hr and peephole are then not there.
    """

    weight_ih: Nested
    weight_hh: Nested
    bias_ih: Nested = None
    bias_hh: Nested = None
    h0: Nested = None
    c0: Nested = None
    weight_hr: Nested = None
    peephole: Nested = None
    cell: str = "lstm"

    @property
    def kind(self) -> Cell:
        return CELLS[self.cell]

    @property
    def outputs(self) -> int:
        """The length of its h."""
        return len(self.weight_hh[0])

    @property
    def units(self) -> int:
        """The hidden size d."""
        return len(self.weight_hh) // len(self.kind.gates)

    @property
    def size(self) -> dict[str, int]:
        """How many coordinates its state has, by letter."""
        return {"h": self.outputs} | ({"c": self.units} if "c" in self.kind.states else {})

    @property
    def weights(self) -> Weights:
        return Weights(*(getattr(self, name) for name in TENSORS))

    @property
    def tensors(self) -> dict[str, Nested]:
        """Its tensors and initial state, those that there are."""
        found = {name: getattr(self, name) for name in (*TENSORS, *START)}
        return {name: tensor for name, tensor in found.items() if tensor is not None}

    def checked(self, inputs: int, exact: Callable[[Any, str, tuple[int, ...]], Nested], suffix: str = "") -> Layer:
        """The layer with exact entries, by `exact`; raises InputError naming the tensor, with its suffix."""
        if self.cell not in CELLS:
            raise InputError("cell", repr(self.cell), f"one of {', '.join(CELLS)}", _advice(self.cell))
        shapes = self._shapes(inputs, suffix)
        return replace(self, **{name: exact(getattr(self, name), name + suffix, s) for name, s in shapes.items()})

    def _shapes(self, inputs: int, suffix: str) -> dict[str, tuple[int, ...]]:
        gates, shape = len(self.kind.gates), shape_of(self.weight_hh)
        if (
            len(shape) != 2
            or 0 in shape
            or shape[0] % gates
            or (self.weight_hr is None and shape[0] != gates * shape[1])
        ):
            raise InputError("weight_hh" + suffix, f"shape {shape}", f"shape ({gates}*d, d) of a {self.cell}")
        rows, outputs = shape
        units = rows // gates
        shapes = {"weight_ih": (rows, inputs), "weight_hh": shape, "bias_ih": (rows,), "bias_hh": (rows,)}
        shapes["h0"] = (outputs,)
        if "c" in self.kind.states:
            shapes["c0"] = (units,)
        more = {"weight_hr": (outputs, units), "peephole": (len(self.kind.peepholes) * units,)}
        given = [name for name in (*more, "c0") if getattr(self, name) is not None]
        for name in given:
            if name not in (*self.kind.optional, *shapes):
                raise InputError(name + suffix, f"one in a {self.cell}", "an LSTM for it")
        return shapes | {name: shape for name, shape in more.items() if name in given}


def _advice(cell: object) -> str:
    return (
        "one direction: the backward half is a network of its own, on the words reversed" if "bi" in str(cell) else ""
    )


def check_depth(layers: Sequence[object]) -> None:
    """Raises InputError for what is no Layer."""
    for n, layer in enumerate(layers, 1):
        if not isinstance(layer, Layer):
            raise InputError(f"above[{n - 1}]", type(layer).__name__, "a Layer", "Layer(weight_ih, weight_hh, ...)")
