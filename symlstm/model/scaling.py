"""A network of plain numbers as one of scale k: every weight and bias times k, so that k = 1 is what was written."""

from __future__ import annotations

from dataclasses import replace

from symlstm.model.exact_tensors import Nested, mapped
from symlstm.model.layers import LAYER, Layer
from symlstm.model.network import Network
from symlstm.model.terms import k

GROWING = (*LAYER, "peephole")  # the tensors of which pre-activations are made


def scaled(network: Network) -> Network:
    """The network with every weight and bias times k."""
    first, *above = ({name: times_k(layer, name) for name in GROWING} for layer in network.layers)
    layers = [replace(layer, **tensors) for layer, tensors in zip(network.above, above, strict=True)]
    return replace(network, **first, above=layers)


def times_k(layer: Layer, name: str) -> Nested:
    """A tensor of a layer times k, where it has it."""
    tensor = getattr(layer, name)
    return None if tensor is None else mapped(tensor, lambda x: x * k)
