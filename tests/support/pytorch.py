"""Networks run by PyTorch's own cells, on which nothing of this project's arithmetic is asked."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.model.exact_tensors import exact
from symlstm.model.network import Network
from symlstm.weights.exporting import to_state_dict


def read_off(network: Network, words: NDArray[np.int64], dtype: str) -> NDArray[np.floating]:
    """The readout at k = 1 after each word, of shape (number of sequences, length); words by their numbers."""
    values = torch.tensor([number_of(t.coeff) for t in network.readout], dtype=getattr(torch, dtype))
    read = hidden(network, words, dtype)[:, :, [t.index for t in network.readout]] @ values
    return (read + number_of(network.constant)).numpy()


def hidden(network: Network, words: NDArray[np.int64], dtype: str) -> torch.Tensor:
    """h after each word, of shape (number of words, length, hidden size): torch.nn's cell, or for sigmoid units its Linear."""
    kind, tensors = getattr(torch, dtype), to_state_dict(network, 1, dtype)
    inputs = torch.nn.functional.one_hot(torch.from_numpy(words), len(network.vocabulary)).to(kind)
    layer = network.layers[0]
    start = [
        torch.tensor([[*map(number_of, x)]] * len(words), dtype=kind) for x in (layer.h0, layer.c0) if x is not None
    ]
    with torch.no_grad():
        if network.cell == "rnn_sigmoid":
            return _sigmoid_units(tensors, inputs, start[0])
        name, mode = layer.kind.torch
        options = {"nonlinearity": mode.removeprefix("RNN_").lower()} if name == "RNN" else {}
        module = getattr(torch.nn, name)(inputs.shape[2], network.hidden, batch_first=True, dtype=kind, **options)
        module.load_state_dict(tensors)
        first = tuple(x[None] for x in start)
        return module(inputs, first if len(first) > 1 else first[0])[0]


def _sigmoid_units(tensors: dict[str, torch.Tensor], inputs: torch.Tensor, h: torch.Tensor) -> torch.Tensor:
    w, u = tensors["weight_ih_l0"], tensors["weight_hh_l0"]
    bias, found = tensors["bias_ih_l0"] + tensors["bias_hh_l0"], []
    for t in range(inputs.shape[1]):
        h = torch.sigmoid(inputs[:, t] @ w.T + h @ u.T + bias)
        found.append(h)
    return torch.stack(found, 1)


def number_of(constant: Term | int) -> float:
    """An exact constant as a float."""
    return float(algebra.constant_ball(exact(constant, "constant")).mid())
