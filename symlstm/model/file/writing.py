"""A network as the fields of a construction file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from symlstm.kernel.algebra import Term
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import Nested
from symlstm.model.file.parser import parse_entry
from symlstm.model.layers import START
from symlstm.model.network import Network


def entry_text(entry: Term) -> str:
    """An exact entry as a text that reads as the same entry. Raises InputError for one that has none."""
    text = str(entry)
    if parse_entry(text) != entry:
        raise InputError("entry", text, "numbers, k, + - * /, powers, exp, tanh, sigmoid")
    return text


def fields_of(network: Network, written: Callable[[Term], Any] = lambda entry: entry) -> dict[str, Any]:
    """The fields cell, vocabulary, weights, initial and readout, each entry as `written`: by default as it is."""

    def listed(array: Nested) -> Any:
        return [listed(part) for part in array] if isinstance(array, tuple) else written(array)

    terms = [
        {"state": t.state, "index": t.index, "coeff": written(t.coeff), **({"layer": t.layer} if t.layer else {})}
        for t in network.readout
    ]
    weights, initial = dict[str, Any](), dict[str, Any]()
    for n, layer in enumerate(network.layers):
        for name, tensor in layer.tensors.items():
            if name in START:
                initial[f"{name}_l{n}" if n else name] = listed(tensor)
            else:
                weights[f"{name}_l{n}"] = listed(tensor)
    cells = [layer.cell for layer in network.layers]
    found = {
        "cell": cells[0] if len({*cells}) == 1 else cells,
        "vocabulary": [*network.vocabulary],
        "weights": weights,
        "initial": initial,
    }
    found |= {} if network.embedding is None else {"embedding": listed(network.embedding)}
    return found | ({"readout": {"delay": network.delay, "terms": terms}} if terms else {})
