"""A network of threshold units with sigmoids in their place: step(x) becomes sigmoid(k x), sign(x) tanh(k x)."""

from __future__ import annotations

from dataclasses import replace

from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k, mapped
from symlstm.model.layers import LAYER, Layer
from symlstm.model.network import Network

STEPS = {"rnn_step": "rnn_sigmoid", "rnn_strict_step": "rnn_sigmoid", "lstm_step": "lstm"}


def has_steps(network: Network) -> bool:
    """Whether a layer of it has threshold units."""
    return any(layer.cell in STEPS for layer in network.layers)


def as_sigmoids(network: Network) -> Network:
    """The same weights with sigmoid(k x) for each step(x), of which sigmoid(k x) tends to a step but for x = 0.

    At 0 a sigmoid is 1/2: a threshold that sums reach exactly is one that sigmoids do not keep. An LSTM shows
    tanh(c) for the sign of c, without k, as LSTMs do.
    Raises InputError for a network without steps.
    """
    if not has_steps(network):
        raise InputError("cell", network.cell, f"a layer of {' or '.join(STEPS)}")
    first, *above = map(_smoothed, network.layers)
    return replace(network, **first.tensors, cell=first.cell, above=above)


def _smoothed(layer: Layer) -> Layer:
    if layer.cell not in STEPS:
        return layer
    names = [name for name in (*LAYER, "peephole") if getattr(layer, name) is not None]
    scaled = {name: mapped(getattr(layer, name), lambda entry: entry * k) for name in names}
    return replace(layer, **scaled, cell=STEPS[layer.cell])
