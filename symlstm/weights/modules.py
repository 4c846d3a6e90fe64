"""A whole torch.nn.Module: an embedding, one recurrent module and a linear head, found by their types."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from symlstm.model.errors import InputError
from symlstm.model.network import ReadoutTerm
from symlstm.weights.tensors import EMBEDDING

RECURRENT, SINGLE_STEP = ("LSTM", "GRU", "RNN"), {"LSTMCell": "lstm", "GRUCell": "gru"}
KINDS = {"recurrent": (*RECURRENT, *SINGLE_STEP, "RNNCell"), "embedding": ("Embedding",), "head": ("Linear",)}
IDLE = re.compile("Dropout|Identity|.*Loss")  # what changes nothing when a network is evaluated
NEEDED = "one nn.LSTM, nn.GRU, nn.RNN or Cell, at most one nn.Embedding and one nn.Linear, and nothing between them"


def type_of(module: Any) -> str:
    """The name of its class in torch.nn, or of one that inherits it and changes no forward; else "" ."""
    base = next((c for c in type(module).__mro__ if c.__module__.startswith("torch.nn.modules.")), None)
    own: Any = type(module)
    return base.__name__ if base is not None and own.forward is getattr(base, "forward", None) else ""


def parts_of(module: Any) -> dict[str, list[tuple[str, Any]]]:
    """The submodules of each kind that is known, with their names."""
    leaves = _leaves(module)
    return {kind: [(n, p) for n, p in leaves if type_of(p) in names] for kind, names in KINDS.items()}


def _leaves(module: Any) -> list[tuple[str, Any]]:
    return [(name, part) for name, part in module.named_modules() if not [*part.children()]]


def taken(module: Any, labels: Sequence[str] | None = None) -> tuple[Mapping[str, Any], dict[str, Any]]:
    """The tensors of the recurrent part with the embedding, and what `Network` takes beside them.

    The head reads h of the last layer: one row is the readout, several are outputs, named by `labels`
    or by their numbers. The title says what was taken. Raises InputError where it is not one of each.
    """
    parts = parts_of(module)
    known = {name for names in KINDS.values() for name in names}
    strange = [(name, p) for name, p in _leaves(module) if type_of(p) not in known and not IDLE.fullmatch(type_of(p))]
    strange += [(name, p) for name, p in parts["embedding"] if p.max_norm is not None]  # which changes its vectors
    strange += [(name, p) for name, p in module.named_modules() if [*p.children()] and [*p.parameters(recurse=False)]]
    odd = [f"{type(part).__name__} {name!r}" for name, part in strange]
    counts = ", ".join(f"{len(found)} {kind}" for kind, found in parts.items())
    if odd or len(parts["recurrent"]) != 1 or max(len(parts["embedding"]), len(parts["head"])) > 1:
        raise InputError("module", odd[0] if odd else counts, NEEDED, "from_torch of its recurrent part alone")
    [(_, recurrent)] = parts["recurrent"]
    tensors = dict(recurrent.state_dict())
    is_cell = type_of(recurrent).endswith("Cell")
    if is_cell:
        tensors = {f"{key}_l0": tensor for key, tensor in tensors.items()}
    for _, embedding in parts["embedding"]:
        tensors[EMBEDDING] = embedding.weight
    rest: dict[str, Any] = {"cell": _cell(recurrent)}
    for _, head in parts["head"]:
        rest |= _readout(head, 0 if is_cell else recurrent.num_layers - 1, labels)
    found = [f"{type(part).__name__} {n!r}" for kind in parts.values() for n, part in kind]
    return tensors, rest | {"title": f"{', '.join(found)} of a {type(module).__name__}"}


def _cell(recurrent: Any) -> str:
    kind = type_of(recurrent)
    if kind in SINGLE_STEP:
        return SINGLE_STEP[kind]
    return {"LSTM": "lstm", "GRU": "gru"}.get(kind) or f"rnn_{recurrent.nonlinearity}"


def _readout(head: Any, layer: int, labels: Sequence[str] | None) -> dict[str, Any]:
    rows = head.weight.tolist()
    constants = [0.0] * len(rows) if head.bias is None else head.bias.tolist()
    terms = [[ReadoutTerm("h", j, x, layer) for j, x in enumerate(row)] for row in rows]
    if len(rows) == 1:
        return {"readout": terms[0], "constant": constants[0]}
    names = [*map(str, range(len(rows)))] if labels is None else [*labels]
    if len(names) != len(rows):
        raise InputError("labels", f"{len(names)} names", f"{len(rows)}, one for each output of the head")
    return {"outputs": dict(zip(names, zip(terms, constants, strict=True), strict=True))}
