"""Tensors under PyTorch's names to a `Network`: floats are taken exactly, as the rationals that they are.

A rule says which entries grow with k: `scaled` is "none" (or None), "all", a number X (those with
|entry| >= X), or a mapping from PyTorch's names ("weight_hh_l0") to True or an array of
booleans. An entry v of them becomes v*k, so that k = 1 is what was read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.model.cells import CELLS, Cell
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import Nested, exact, exact_array, k, shape_of
from symlstm.model.file.network_tables import MAX_HIDDEN, MAX_LAYERS, MAX_WORDS
from symlstm.model.layers import LAYER, NEEDED, START, TENSORS, Layer
from symlstm.model.network import Network
from symlstm.weights.formats import format_of, read_stored
from symlstm.weights.labels import Labels, read_labels
from symlstm.weights.modules import RECURRENT, taken, type_of
from symlstm.weights.tensors import EMBEDDING, depth, start_name

MODES = {cell.torch[1]: cell.name for cell in CELLS.values() if cell.torch}  # PyTorch's name: ours
STRANGE = (  # the end of a tensor's name, what it is, what is needed
    ("_reverse$", "the backward half of a bidirectional network", "one direction: bidirectional=False"),
)

Tensors = Mapping[str, Any]


def from_torch(module_or_state_dict: Any, vocabulary: Sequence[str], *, scaled: Any = None, **rest: Any) -> Network:
    """The network of a torch.nn.LSTM, GRU or RNN of any number of layers, or the state dict of one.

    `scaled` says which weights and biases v grow with the scale, as v*k: "none" of them (the default: claims are about
    the network as it stands, at every length); "all"; a number X > 0 those with |v| >= X; or a mapping from tensor
    names to True or an array of booleans. For a network with large weights, such as biases of 100:

        from_torch(lstm, ["a", "b"], scaled="all", readout=[ReadoutTerm("c", 0)])
        from_torch(lstm, ["a", "b"], scaled={"weight_ih_l0": True, "bias_ih_l0": True}, ...)

    Of any other module, one recurrent module (or Cell), an nn.Embedding and an nn.Linear head are
    found by their types; the network's title says what was taken. A head of several rows makes
    outputs, named by `labels`.

    `rest` goes to `Network`: cell (needed for the state dict of an RNN), h0, c0, readout, delay,
    title. A missing bias is 0; `batch_first` says nothing about the weights. Raises InputError
    for two directions and what does not fit.
    """
    is_module = callable(getattr(module_or_state_dict, "named_modules", None))
    if is_module and type_of(module_or_state_dict) not in RECURRENT:
        tensors, told = taken(module_or_state_dict, rest.pop("labels", None))
        return _network(tensors, "module", scaled, {"vocabulary": vocabulary} | told | rest)
    mode = module_or_state_dict.mode if is_module else None
    tensors = module_or_state_dict.state_dict() if is_module else module_or_state_dict
    if not isinstance(tensors, Mapping):
        raise InputError("module", type(tensors).__name__, "a torch.nn.LSTM, a torch.nn.RNN or a state dict")
    cell = {} if mode is None else {"cell": MODES[mode]}
    return _network(tensors, "state_dict", scaled, {"vocabulary": vocabulary} | cell | rest)


def read_weights(
    path: str | Path, vocabulary: Sequence[str] | None = None, *, scaled: Any = None, **rest: Any
) -> Network:
    """The network of a .safetensors, .npz or .onnx file.

    `scaled` as in `from_torch`: read_weights("net.safetensors", scaled="all") makes each entry v the v*k
    that tends to a saturated gate; by default none depends on k.
    What the file's labels do not say, `rest` must: vocabulary, and for an RNN cell; it goes to
    `Network`, before the labels. Raises InputError for a file or tensors that do not fit,
    MissingPackage where the format needs a package that is not installed.
    """
    path = Path(path)
    stored = read_stored(path)
    told: dict[str, Any] = {"cell": stored.cells[0], "above": stored.cells[1:]} if stored.cells else {}
    if stored.labels is not None:
        labels = read_labels(stored.labels, str(path))
        _check_labels(labels, format_of(path).order, stored.cells, path)
        told |= labels.described
    words = {} if vocabulary is None else {"vocabulary": vocabulary}
    return _network(stored.tensors, str(path), scaled, told | rest | words)


def _check_labels(labels: Labels, order: Mapping[str, tuple[str, ...]], cells: Sequence[str], path: Path) -> None:
    if labels.gates != order[labels.cell] or cells not in ((), (labels.cell, *labels.above)):
        found = f"labels of a {labels.cell} with gates {', '.join(labels.gates)}"
        raise InputError(str(path), found, f"gates {', '.join(order[(*cells, labels.cell)[0]])}")


def _network(tensors: Tensors, where: str, scaled: Any, rest: dict[str, Any]) -> Network:
    tensors = _named(tensors, where)
    layers = range(depth(tensors))
    sizes = [_sizes(tensors, n, where) for n in layers]
    embedding = tensors.get(EMBEDDING)
    if rest.get("vocabulary") is None:
        words = sizes[0][1] if embedding is None else len(embedding)
        raise InputError(where, "no labels", f"vocabulary=[...] of {words} words, and a readout")
    cell = rest.get("cell") or _cell(tensors, where)
    cells = (cell, *(rest.pop("above", ()) or [cell] * (len(layers) - 1)))
    for name in cells:
        if name not in CELLS:
            raise InputError("cell", repr(name), f"one of {', '.join(CELLS)}")
    if len(cells) != len(layers):
        raise InputError(where, f"the tensors of {len(layers)} layers", f"those of {len(cells)}, as the labels say")
    kinds = [CELLS[name] for name in cells]
    shapes = {name: shape for n, kind in enumerate(kinds) for name, shape in _shapes(kind, n, sizes[n], tensors)}
    marks = _marks(scaled, shapes)
    exact_tensors = {
        name: times_k(exact_array(tensors.get(name), f"{where}: {name}", shape), marks(name))
        for name, shape in shapes.items()
    }
    starts = [{f"{s}0": tensors[start_name(s, n)] for s in "hc" if start_name(s, n) in tensors} for n in layers]
    first, *above = (
        {name: exact_tensors[f"{name}_l{n}"] for name in TENSORS if f"{name}_l{n}" in shapes}
        | starts[n]
        | {"cell": cells[n]}
        for n in layers
    )
    return Network(**{**first, "above": [Layer(**layer) for layer in above], "embedding": embedding, **rest})


def _shapes(kind: Cell, n: int, sizes: tuple[int, int], tensors: Tensors) -> Iterator[tuple[str, tuple[int, ...]]]:
    """The tensors of layer n and their shapes."""
    outputs, inputs = sizes
    projected = tensors.get(f"weight_hr_l{n}")
    units = outputs if projected is None else (*_shape(projected), 0)[1]
    rows = units * len(kind.gates)
    yield from zip((f"{name}_l{n}" for name in LAYER), ((rows, inputs), (rows, outputs), (rows,), (rows,)), strict=True)
    more = {"weight_hr": (outputs, units), "peephole": (units * len(kind.peepholes),)}
    for name, shape in more.items():
        if f"{name}_l{n}" in tensors:
            if name not in kind.optional:
                raise InputError(f"{name}_l{n}", f"one in a {kind.name}", "an LSTM for it")
            yield f"{name}_l{n}", shape


def _named(tensors: Tensors, where: str) -> Tensors:
    """The layers' tensors by PyTorch's names without their common prefix, the initial states and the embedding."""
    for pattern, found, needed in STRANGE:
        odd = [name for name in tensors if re.search(pattern, name)]
        if odd:
            raise InputError(where, f"{odd[0]}, {found}", needed)
    first = f"{LAYER[0]}_l0"
    prefixes = [name.removesuffix(first) for name in tensors if name.endswith(first)]
    prefix = prefixes[0] if len(prefixes) == 1 else ""
    own = {name.removeprefix(prefix): x for name, x in tensors.items() if name.startswith(prefix)}
    own |= {name: x for name, x in tensors.items() if name == EMBEDDING or name.startswith(START)}
    known = {f"{name}_l{n}" for n in range(MAX_LAYERS) for name in TENSORS} | {EMBEDDING}
    known |= {start_name(letter, n) for n in range(MAX_LAYERS) for letter in "hc"}
    odd = [name for name in tensors if name not in known and name.removeprefix(prefix) not in known]
    missing = [f"{name}_l0" for name in NEEDED if f"{name}_l0" not in own]
    if odd or missing:
        found = f"{odd[0]!r}" if odd else f"no {missing[0]}"
        raise InputError(
            where, found, f"the tensors of one layer or more: {', '.join(known_names())}, and perhaps h0, c0"
        )
    return own


def known_names() -> list[str]:
    """Those of the first layer."""
    return [f"{name}_l0" for name in LAYER]


def _sizes(tensors: Tensors, n: int, where: str) -> tuple[int, int]:
    """The length of a layer's h, and the number of its inputs."""
    inputs, hidden = (_shape(tensors.get(f"{name}_l{n}"))[-1:] for name in NEEDED)
    if not inputs or not hidden or not 0 < hidden[0] <= MAX_HIDDEN or not 0 < inputs[0] <= MAX_WORDS:
        shapes = ", ".join(f"{name}_l{n} {_shape(tensors.get(f'{name}_l{n}'))}" for name in NEEDED)
        raise InputError(where, shapes, f"a hidden size of 1 to {MAX_HIDDEN}, and 1 to {MAX_WORDS} words")
    return hidden[0], inputs[0]


def _shape(tensor: Any) -> tuple[int, ...]:
    return tuple(tensor.shape) if hasattr(tensor, "shape") else shape_of(tensor)


def _cell(tensors: Tensors, where: str) -> str:
    """The cell that the shapes tell: four blocks of rows are an LSTM, three a GRU."""
    rows, outputs = (*_shape(tensors[f"{LAYER[1]}_l0"]), 0)[:2]
    hidden = outputs if "weight_hr_l0" not in tensors else (*_shape(tensors["weight_hr_l0"]), 0)[1]
    blocks = {4: "lstm", 3: "gru"}
    if hidden and rows % hidden == 0 and rows // hidden in blocks:
        return blocks[rows // hidden]
    needed = (
        'cell="rnn_tanh", "rnn_relu" or "rnn_sigmoid"' if rows == hidden else f"{4 * hidden} rows, those of an LSTM"
    )
    raise InputError(where, f"weight_hh_l0 of shape ({rows}, {outputs})", needed)


Mark = bool | Callable[[Term], bool] | Sequence[Any]  # all or none, a rule, or nested booleans


def _marks(scaled: Any, shapes: Mapping[str, tuple[int, ...]]) -> Callable[[str], Mark]:
    """Which entries of a tensor are to be multiplied by k, by its name."""
    if scaled is None or (isinstance(scaled, str) and scaled in ("all", "none")):
        return lambda name: scaled == "all"
    if not isinstance(scaled, Mapping):
        least = _threshold(scaled)
        return lambda name: lambda entry: algebra.sign(abs(entry) - least) >= 0
    for name, mask in scaled.items():
        _check_mask(name, mask, shapes)
    return lambda name: _nested(scaled.get(name, False))


def _threshold(scaled: Any) -> Term:
    least = exact(scaled, "scaled") if isinstance(scaled, int | float | Fraction) else None
    if least is None or algebra.sign(least) <= 0:
        raise InputError("scaled", repr(scaled), '"none", "all", a number > 0, or {name: True or an array of booleans}')
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
