"""A network's numbers under PyTorch's names: exact entries at one scale, each rounded once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlstm.kernel.algebra import Term
from symlstm.model.exact_tensors import entries
from symlstm.model.network import Network
from symlstm.model.simulation.rounding import at_scale
from symlstm.model.simulation.running import Machine

LAYER = ("weight_ih_l0", "weight_hh_l0", "bias_ih_l0", "bias_hh_l0")
START = ("h0", "c0")

Tensors = dict[str, NDArray[Any]]


@dataclass(frozen=True, eq=False)
class Stored:
    """What a weights file holds.

    tensors: LAYER in PyTorch's shapes, (gates*d, words), (gates*d, d) and (gates*d,) twice,
    gates stacked i, f, g, o; h0 and c0 (d,) only where they are not zero, so that
    `load_state_dict` takes the rest as it is. labels: see labels.py, and cell: one of GATES, or
    None where a file of others does not say.
    """

    tensors: Tensors
    labels: str | None = None
    cell: str | None = None


def tensors_of(machine: Machine) -> Tensors:
    """The numbers of a network in floating point."""
    numbers = {name: getattr(machine.weights, name.removesuffix("_l0")) for name in LAYER}
    numbers |= {"h0": machine.h0, "c0": machine.c0}
    dtype = machine.h0[0].dtype
    return without_zero_start({name: np.array(nested, dtype) for name, nested in numbers.items()})


def without_zero_start(tensors: Tensors) -> Tensors:
    """The tensors without an initial state that is zero."""
    return {name: tensor for name, tensor in tensors.items() if name in LAYER or tensor.any()}


def rounded_entries(network: Network, machine: Machine, scale: Fraction) -> int:
    """How many numbers of the machine are not exactly the network's at k = scale."""
    weights = [(getattr(network, name), numbers) for name, numbers in vars(machine.weights).items()]
    pairs = [*weights, (network.h0, machine.h0), *([(network.c0, machine.c0)] if machine.c0 else [])]
    return sum(
        not _is(entry, number, scale)
        for exact, numbers in pairs
        for entry, number in zip(entries(exact), entries(numbers), strict=True)
    )


def _is(entry: Term, number: Any, scale: Fraction) -> bool:
    exact = at_scale(entry, scale).rational()
    return exact is not None and Fraction(int(exact.p), int(exact.q)) == Fraction(float(number))
