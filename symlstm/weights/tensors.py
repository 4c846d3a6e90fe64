"""A network's numbers under PyTorch's names: exact entries at one scale, each rounded once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlstm.kernel.algebra import Term
from symlstm.model.cells import CELLS, Weights, floating
from symlstm.model.exact_tensors import entries
from symlstm.model.layers import LAYER, START, TENSORS
from symlstm.model.network import Network
from symlstm.model.simulation.rounding import at_scale
from symlstm.model.simulation.running import Machine

EMBEDDING = "embedding.weight"  # as a module with an nn.Embedding of that name has it

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Stored:
    """What a weights file holds.

    tensors: those of each layer in PyTorch's shapes and names (weight_ih_l0, ...), gates in PyTorch's
    order; h0, c0, h0_l1, ... (d,) only where they are not zero, so that `load_state_dict` takes the
    rest as it is; and the embedding, if there is one. labels: see labels.py, and cells: the cell of
    each layer, or none where a file of others does not say.
    """

    tensors: Tensors
    labels: str | None = None
    cells: tuple[str, ...] = ()


def start_name(letter: str, layer: int) -> str:
    """h0 and c0 of the first layer, h0_l1 and so on of the others."""
    return f"{letter}0_l{layer}" if layer else f"{letter}0"


def tensors_of(machine: Machine) -> Tensors:
    """The numbers of a network in floating point."""
    dtype, numbers = machine.h0[0].dtype, dict[str, Any]()
    for n, (_, weights) in enumerate(machine.layers):
        numbers |= {f"{name}_l{n}": tensor for name, tensor in weights.tensors.items()}
    for n, start in enumerate(machine.split(machine.h0, machine.c0)):
        numbers |= {start_name(letter, n): values for letter, values in zip("hc", start, strict=True) if values}
    if not _is_identity(machine.encoding):
        numbers[EMBEDDING] = machine.encoding
    return without_zero_start({name: np.array(nested, dtype) for name, nested in numbers.items()})


def _is_identity(encoding: Sequence[Sequence[Any]]) -> bool:
    square = all(len(row) == len(encoding) for row in encoding)
    return square and all(x == (i == j) for i, row in enumerate(encoding) for j, x in enumerate(row))


def without_zero_start(tensors: Tensors) -> Tensors:
    """The tensors without an initial state that is zero."""
    return {name: tensor for name, tensor in tensors.items() if not name.startswith(START) or tensor.any()}


def depth(tensors: Mapping[str, Any]) -> int:
    """How many layers there are tensors of."""
    n = 0
    while f"{LAYER[1]}_l{n}" in tensors:
        n += 1
    return n


def machine_of(tensors: Tensors, cells: Sequence[str]) -> Machine:
    """A network of tensors as they were read, in their own precision; it reads nothing off."""
    kinds = [CELLS[cell] for cell in cells]
    layers = [(kind, Weights(*(tensors.get(f"{name}_l{n}") for name in TENSORS))) for n, kind in enumerate(kinds)]
    sizes = [
        {"h": weights.weight_hh.shape[1]}
        | ({"c": len(weights.weight_hh) // len(kind.gates)} if "c" in kind.states else {})
        for kind, weights in layers
    ]
    zero = layers[0][1].weight_hh.dtype.type(0)
    h0, c0 = (
        tuple(x for n, size in enumerate(sizes) for x in tensors.get(start_name(s, n), [zero] * size.get(s, 0)))
        for s in "hc"
    )
    eye = np.eye(layers[0][1].weight_ih.shape[1], dtype=zero.dtype)
    encoding = tuple(map(tuple, tensors.get(EMBEDDING, eye)))
    return Machine(tuple(layers), tuple(sizes), encoding, h0, c0, (), None, floating())


def rounded_entries(network: Network, machine: Machine, scale: Fraction) -> int:
    """How many numbers of the machine are not exactly the network's at k = scale."""
    return sum(not _is(entry, number, scale) for entry, number in _pairs(network, machine))


def _pairs(network: Network, machine: Machine) -> Iterator[tuple[Term, Any]]:
    for layer, (_, weights) in zip(network.layers, machine.layers, strict=True):
        for exact, numbers in zip(layer.weights.tensors.values(), weights.tensors.values(), strict=True):
            yield from zip(entries(exact), entries(numbers), strict=True)
    yield from zip(network.start, (*machine.h0, *machine.c0), strict=True)
    yield from zip(entries(network.encoding), entries(machine.encoding), strict=True)


def _is(entry: Term, number: Any, scale: Fraction) -> bool:
    exact = at_scale(entry, scale).rational()
    return exact is not None and Fraction(int(exact.p), int(exact.q)) == Fraction(float(number))
