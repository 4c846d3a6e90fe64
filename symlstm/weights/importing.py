"""Tensors under PyTorch's names to a `Network`: floats are taken exactly, as the rationals that they are.

A rule says which entries grow with k: `scaled` is None (none), "all", a number X (those with
|entry| >= X), or a mapping from PyTorch's names ("weight_hh_l0") to True or an array of
booleans. An entry v of them becomes v*k, so that k = 1 is what was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.model.cells import GATES
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import Nested, exact, exact_array, k, shape_of
from symlstm.model.file.construction_file import MAX_HIDDEN, MAX_WORDS
from symlstm.model.network import Network
from symlstm.weights.formats import format_of, read_stored
from symlstm.weights.labels import Labels, read_labels
from symlstm.weights.tensors import LAYER, START

MODES = {"LSTM": "lstm", "RNN_TANH": "rnn_tanh"}  # PyTorch's name: ours
STRANGE = (  # the end of a tensor's name, what it is, what is needed
    ("_reverse$", "the backward half of a bidirectional network", "one direction: bidirectional=False"),
    (r"weight_hr_l\d+$", "the projection of a projected LSTM", "no projection: proj_size=0"),
    (r"_l[1-9]\d*$", "a tensor of a further layer", "one layer: num_layers=1"),
)

Tensors = Mapping[str, Any]


def from_torch(module_or_state_dict: Any, vocabulary: Sequence[str], *, scaled: Any = None, **rest: Any) -> Network:
    """The network of a torch.nn.LSTM, a torch.nn.RNN with tanh, or the state dict of one.

    `scaled` says which weights and biases v grow with the scale, as v*k: None (the default) none of
    them, so that no gate saturates; "all"; a number X > 0 those with |v| >= X; or a mapping from tensor
    names to True or an array of booleans. For a network with large weights, such as biases of 100:

        from_torch(lstm, ["a", "b"], scaled="all", readout=[ReadoutTerm("c", 0)])
        from_torch(lstm, ["a", "b"], scaled={"weight_ih_l0": True, "bias_ih_l0": True}, ...)

    `rest` goes to `Network`: cell (needed for the state dict of an RNN), h0, c0, readout, delay,
    title. A missing bias is 0; `batch_first` says nothing about the weights. Raises InputError
    for several layers, two directions, projections, relu, GRUs and what does not fit.
    """
    mode = getattr(module_or_state_dict, "mode", None)
    if mode is not None and mode not in MODES:
        raise InputError("module", f"a torch.nn module of mode {mode}", "an LSTM, or an RNN with tanh")
    is_module = callable(getattr(module_or_state_dict, "state_dict", None))
    tensors = module_or_state_dict.state_dict() if is_module else module_or_state_dict
    if not isinstance(tensors, Mapping):
        raise InputError("module", type(tensors).__name__, "a torch.nn.LSTM, a torch.nn.RNN or a state dict")
    cell = {} if mode is None else {"cell": MODES[mode]}
    return _network(tensors, "state_dict", scaled, {"vocabulary": vocabulary} | cell | rest)


def read_weights(path: str | Path, *, scaled: Any = None, **rest: Any) -> Network:
    """The network of a .safetensors, .npz or .onnx file.

    `scaled` as in `from_torch`: read_weights("net.safetensors", scaled="all") makes each entry v the v*k
    that tends to a saturated gate; by default none depends on k.
    What the file's labels do not say, `rest` must: vocabulary, and for an RNN cell; it goes to
    `Network`, before the labels. Raises InputError for a file or tensors that do not fit,
    MissingPackage where the format needs a package that is not installed.
    """
    path = Path(path)
    stored = read_stored(path)
    told: dict[str, Any] = {} if stored.cell is None else {"cell": stored.cell}
    if stored.labels is not None:
        labels = read_labels(stored.labels, str(path))
        _check_labels(labels, format_of(path).order, stored.cell, path)
        told |= labels.described
    return _network(stored.tensors, str(path), scaled, told | rest)


def _check_labels(labels: Labels, order: Mapping[str, tuple[str, ...]], cell: str | None, path: Path) -> None:
    if labels.gates != order[labels.cell] or cell not in (None, labels.cell):
        found = f"labels of a {labels.cell} with gates {', '.join(labels.gates)}"
        raise InputError(str(path), found, f"gates {', '.join(order[cell or labels.cell])}")


def _network(tensors: Tensors, where: str, scaled: Any, rest: dict[str, Any]) -> Network:
    layer, start = _layer(tensors, where)
    hidden, words = _sizes(layer, where)
    if rest.get("vocabulary") is None:
        raise InputError(where, "no labels", f"vocabulary=[...] of {words} words, and a readout")
    cell = rest["cell"] = rest.get("cell") or _cell(layer, where)
    if cell not in GATES:
        raise InputError("cell", repr(cell), f"one of {', '.join(GATES)}")
    rows = hidden * len(GATES[cell])
    shapes = dict(zip(LAYER, ((rows, words), (rows, hidden), (rows,), (rows,)), strict=True))
    marks = _marks(scaled, shapes)
    exact_tensors = {
        name.removesuffix("_l0"): times_k(exact_array(layer.get(name), f"{where}: {name}", shape), marks(name))
        for name, shape in shapes.items()
    }
    return Network(**{**exact_tensors, **start, **rest})


def _layer(tensors: Tensors, where: str) -> tuple[Tensors, Tensors]:
    """The layer's tensors by PyTorch's names without their common prefix, and the initial state."""
    for pattern, found, needed in STRANGE:
        odd = [name for name in tensors if re.search(pattern, name)]
        if odd:
            raise InputError(where, f"{odd[0]}, {found}", needed)
    prefixes = [name.removesuffix(LAYER[0]) for name in tensors if name.endswith(LAYER[0])]
    prefix = prefixes[0] if len(prefixes) == 1 else ""
    known = {prefix + name for name in LAYER} | {*START}
    odd, missing = [name for name in tensors if name not in known], [n for n in LAYER[:2] if prefix + n not in tensors]
    if odd or missing:
        found = f"{odd[0]!r}" if odd else f"no {missing[0]}"
        raise InputError(where, found, f"the tensors of one layer: {', '.join(LAYER)}, and perhaps h0, c0")
    layer = {name: tensors[prefix + name] for name in LAYER if prefix + name in tensors}
    return layer, {name: tensors[name] for name in START if name in tensors}


def _sizes(layer: Tensors, where: str) -> tuple[int, int]:
    """The hidden size and the number of words."""
    words, hidden = (_shape(layer[name])[-1:] for name in LAYER[:2])
    if not words or not hidden or not 0 < hidden[0] <= MAX_HIDDEN or not 0 < words[0] <= MAX_WORDS:
        shapes = ", ".join(f"{name} {_shape(layer[name])}" for name in LAYER[:2])
        raise InputError(where, shapes, f"a hidden size of 1 to {MAX_HIDDEN}, and 1 to {MAX_WORDS} words")
    return hidden[0], words[0]


def _shape(tensor: Any) -> tuple[int, ...]:
    return tuple(tensor.shape) if hasattr(tensor, "shape") else shape_of(tensor)


def _cell(layer: Tensors, where: str) -> str:
    """The cell that the shapes tell: four blocks of rows are an LSTM."""
    rows, hidden = (*_shape(layer[LAYER[1]]), 0)[:2]
    if rows == 4 * hidden:
        return "lstm"
    needed = 'cell="rnn_tanh" or cell="rnn_sigmoid"' if rows == hidden else f"{4 * hidden} rows, those of an LSTM"
    raise InputError(where, f"weight_hh_l0 of shape ({rows}, {hidden})", needed)


Mark = bool | Callable[[Term], bool] | Sequence[Any]  # all or none, a rule, or nested booleans


def _marks(scaled: Any, shapes: Mapping[str, tuple[int, ...]]) -> Callable[[str], Mark]:
    """Which entries of a tensor are to be multiplied by k, by its name."""
    if scaled is None or (isinstance(scaled, str) and scaled == "all"):
        return lambda name: scaled is not None
    if not isinstance(scaled, Mapping):
        least = _threshold(scaled)
        return lambda name: lambda entry: algebra.sign(abs(entry) - least) >= 0
    for name, mask in scaled.items():
        _check_mask(name, mask, shapes)
    return lambda name: _nested(scaled.get(name, False))


def _threshold(scaled: Any) -> Term:
    least = exact(scaled, "scaled") if isinstance(scaled, int | float | Fraction) else None
    if least is None or algebra.sign(least) <= 0:
        raise InputError("scaled", repr(scaled), 'None, "all", a number > 0, or {name: True or an array of booleans}')
    return least


def _check_mask(name: str, mask: Any, shapes: Mapping[str, tuple[int, ...]]) -> None:
    where = f"scaled[{name!r}]"
    if name not in shapes:
        raise InputError(where, "an unknown tensor", f"one of {', '.join(shapes)}")
    found = shape_of(mask)
    if found not in ((), shapes[name]) or not _all_bool(_nested(mask)):
        raise InputError(where, f"shape {found}", f"True, or booleans of shape {shapes[name]}")


def _nested(mask: Any) -> Any:
    return mask.tolist() if hasattr(mask, "tolist") else mask


def _all_bool(mask: Any) -> bool:
    return all(map(_all_bool, mask)) if isinstance(mask, list | tuple) else isinstance(mask, bool)


def times_k(entry: Nested, mark: Mark) -> Nested:
    """The entries, those marked times k; `mark` is for all of them, or nested alike."""
    if isinstance(entry, tuple):
        marks = mark if isinstance(mark, Sequence) else [mark] * len(entry)
        return tuple(times_k(part, m) for part, m in zip(entry, marks, strict=True))
    return entry * k if (mark(entry) if callable(mark) else mark) else entry
