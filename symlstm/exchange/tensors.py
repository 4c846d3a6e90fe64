"""A network's numbers under PyTorch's names: exact entries at one scale, each rounded once."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sympy import Expr

from symlstm.model.network import Network, entries
from symlstm.model.rounding import at_scale
from symlstm.model.running import float_machine

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


def rounded_tensors(network: Network, scale: Fraction, dtype: str) -> tuple[Tensors, int]:
    """The network's tensors at k = scale, and how many entries are not exactly what they were.

    Raises InputError for a bad scale or dtype, and for an entry out of the dtype's range.
    """
    machine = float_machine(network, scale, dtype)
    numbers = {name: getattr(machine.weights, name.removesuffix("_l0")) for name in LAYER}
    numbers |= {"h0": machine.h0, "c0": machine.c0}
    tensors = {name: np.array(nested, dtype) for name, nested in numbers.items()}
    rounded = sum(_rounded(getattr(network, name.removesuffix("_l0")), x, scale) for name, x in tensors.items())
    return without_zero_start(tensors), rounded


def without_zero_start(tensors: Tensors) -> Tensors:
    """The tensors without an initial state that is zero."""
    return {name: tensor for name, tensor in tensors.items() if name in LAYER or tensor.any()}


def _rounded(array: Any, numbers: NDArray[Any], scale: Fraction) -> int:
    pairs = zip(entries(array), numbers.flat, strict=False)  # an RNN has no c0
    return sum(not _is(entry, number, scale) for entry, number in pairs)


def _is(entry: Expr, number: Any, scale: Fraction) -> bool:
    exact = at_scale(entry, scale).rational()
    return exact is not None and Fraction(int(exact.p), int(exact.q)) == Fraction(float(number))
