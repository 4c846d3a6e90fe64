"""ONNX: a node for each layer with its weights and initial state, labels in the model's metadata.

https://onnx.ai/onnx/operators/onnx__LSTM.html, onnx__GRU.html and onnx__RNN.html. With d the hidden
size and g the number of gates, these in ONNX's order (cells.py):

    X (time, batch, inputs)    W (1, g*d, inputs)    R (1, g*d, d)    B (1, 2*g*d), W's biases before R's
    initial_h, initial_c (1, states, d)              Y (time, 1, batch, d), Y_h, Y_c (1, batch, d)

The names of a layer above the first end in _l1 and so on; it reads the Y of the one below. The initial
states are inputs with a default, the network's own, and are expanded to the batch. ONNX's reference
evaluator runs float64 and float32; onnxruntime has no LSTM in float64 (microsoft/onnxruntime#28339).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from symlstm.model.cells import CELLS, Cell, Onnx, logistic
from symlstm.model.errors import InputError
from symlstm.model.layers import LAYER
from symlstm.model.network import Network
from symlstm.model.packages import package
from symlstm.weights.checking import Array, Step
from symlstm.weights.labels import KEY
from symlstm.weights.tensors import Stored, Tensors, start_name, without_zero_start

KNOWN: Mapping[str, Onnx] = {name: cell.onnx for name, cell in CELLS.items() if cell.onnx}
ORDER = {name: known.letters for name, known in KNOWN.items()}
PYTORCH = {"c": "g", "h": "n"}  # ONNX's letter: PyTorch's
USUAL = {"LSTM": ["Sigmoid", "Tanh", "Tanh"], "GRU": ["Sigmoid", "Tanh"], "RNN": ["Tanh"]}
PEEPHOLES = ("i", "o", "f")  # their order in P
OPSET, IR = 17, 8  # of 2022: old enough for the runtimes in use
PLAIN = {"direction": "forward", "layout": 0, "input_forget": 0}  # the only values that a file may have
PURPOSE = "to read and write .onnx"
NEEDED = "LSTM, GRU or RNN nodes one above the other, forward, with weights in the file and their own activations"


def refuse(network: Network, path: Path) -> None:
    """Raises InputError for what ONNX has no operator for, or the file no place."""
    for layer in network.layers:
        if layer.kind.onnx is None:
            raise InputError(
                str(path), f"a layer of {layer.cell}", f"one of {', '.join(KNOWN)}", "a .safetensors or .npz file"
            )
        if layer.weight_hr is not None:
            raise InputError(str(path), "an LSTM with a projection", "none", "a .safetensors or .npz file")
    if network.embedding is not None:
        raise InputError(str(path), "a network with an embedding", "one-hot words", "a .safetensors or .npz file")


def write(path: Path, stored: Stored) -> None:
    """Writes the file, checked by ONNX. Raises MissingPackage without onnx."""
    onnx = _library()
    model = onnx.helper.make_model(
        _graph(onnx, stored.tensors, [CELLS[cell] for cell in stored.cells]),
        producer_name="symlstm",
        ir_version=IR,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
    )
    onnx.helper.set_model_props(model, {} if stored.labels is None else {KEY: stored.labels})
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _graph(onnx: Any, tensors: Tensors, cells: Sequence[Cell]) -> Any:
    helper, dtype = onnx.helper, tensors["weight_hh_l0"].dtype
    kind, words = helper.np_dtype_to_tensor_dtype(dtype), tensors["weight_ih_l0"].shape[1]
    sizes = [tensors[f"weight_hh_l{n}"].shape[1] for n in range(len(cells))]
    states = [(f"{s}{_end(n)}", sizes[n]) for n, cell in enumerate(cells) for s in cell.states]
    start = [helper.make_tensor_value_info(f"initial_{s}", kind, [1, "states", d]) for s, d in states]
    last = [helper.make_tensor_value_info(f"Y_{s}", kind, [1, "batch", d]) for s, d in states]
    y = helper.make_tensor_value_info(f"Y{_end(len(cells) - 1)}", kind, ["time", 1, "batch", sizes[-1]])
    constants = [pair for n, cell in enumerate(cells) for pair in _initializers(tensors, cell, n)]
    one = [("one", np.array([1]))]
    return helper.make_graph(
        [node for n, cell in enumerate(cells) for node in _nodes(helper, cell, n, sizes[n], tensors)],
        "network",
        [helper.make_tensor_value_info("X", kind, ["time", "batch", words]), *start],
        [y, *last],
        [onnx.numpy_helper.from_array(array, name) for name, array in (*constants, *one)],
    )


def _end(n: int) -> str:
    """Of the names of layer n."""
    return f"_l{n}" if n else ""


def _nodes(helper: Any, cell: Cell, n: int, hidden: int, tensors: Tensors) -> Iterator[Any]:
    end, below, known = _end(n), _end(n - 1), KNOWN[cell.name]
    if not n:
        yield helper.make_node("Shape", ["X"], ["batch"], start=1, end=2)
    else:
        yield helper.make_node("Squeeze", [f"Y{below}", "one"], [f"X{end}"])
    yield helper.make_node("Concat", ["one", "batch", f"hidden{end}"], [f"shape{end}"], axis=0)
    for s in cell.states:
        yield helper.make_node("Expand", [f"initial_{s}{end}", f"shape{end}"], [f"{s}_0{end}"])
    peephole = [f"P{end}"] if f"peephole_l{n}" in tensors else []
    inputs = [*(f"{x}{end}" for x in "XWRB"), "", *(f"{s}_0{end}" for s in cell.states), *peephole]
    outputs = [f"Y{end}", *(f"Y_{s}{end}" for s in cell.states)]
    activations = list(known.activations)
    yield helper.make_node(
        known.operator, inputs, outputs, hidden_size=hidden, activations=activations, **known.attributes
    )


def _initializers(tensors: Tensors, cell: Cell, n: int) -> Iterator[tuple[str, Array]]:
    end = _end(n)
    w, r, b, b_hh = (reordered(tensors[f"{name}_l{n}"], tuple(cell.gates), _letters(cell.name)) for name in LAYER)
    hidden = r.shape[1]
    yield from ((f"W{end}", w[None]), (f"R{end}", r[None]), (f"B{end}", np.concatenate([b, b_hh])[None]))
    if f"peephole_l{n}" in tensors:
        yield f"P{end}", reordered(tensors[f"peephole_l{n}"], cell.peepholes, PEEPHOLES)[None]
    for s in cell.states:
        yield f"initial_{s}{end}", tensors.get(start_name(s, n), np.zeros(hidden, r.dtype))[None, None]
    yield f"hidden{end}", np.array([hidden])


def _letters(cell: str) -> list[str]:
    return [PYTORCH.get(letter, letter) for letter in ORDER[cell]]


def reordered(tensor: Array, found: Sequence[str], wanted: Sequence[str]) -> Any:
    """A tensor of blocks of rows, one a gate, in another order of gates."""
    blocks = dict(zip(found, np.split(tensor, len(found)), strict=True))
    return np.concatenate([blocks[gate] for gate in wanted])


def read(path: Path) -> Stored:
    """The file's tensors, gates in PyTorch's order, and labels.

    Raises InputError for a broken file and for any other model, MissingPackage without onnx.
    """
    onnx = _library()
    broken = import_module("google.protobuf.message").DecodeError
    try:
        model = onnx.load(path, load_external_data=False)
        constants = {x.name: _array(onnx, x) for x in model.graph.initializer}
        nodes = _recurrent(model.graph)
        cells = tuple(_cell(onnx, node) for node in nodes)
        tensors: Tensors = {}
        for n, (node, cell) in enumerate(zip(nodes, cells, strict=True)):
            tensors |= _tensors(node, model.graph, constants, cell, n)
    except (broken, LookupError, ValueError, TypeError, AttributeError, OSError) as error:  # as bytes for a text
        raise InputError(str(path), f"another model ({type(error).__name__}: {error})", NEEDED) from None
    labels = {entry.key: entry.value for entry in model.metadata_props}
    return Stored(tensors, labels.get(KEY), cells)


def _array(onnx: Any, initializer: Any) -> Array:
    if onnx.external_data_helper.uses_external_data(initializer):  # which may be any file, anywhere
        raise ValueError(f"{initializer.name} in another file")
    found: Array = onnx.numpy_helper.to_array(initializer)
    return found


def _recurrent(graph: Any) -> list[Any]:
    """The nodes, each of which reads the one before it, the first the graph's input."""
    nodes = [node for node in graph.node if node.op_type in USUAL]
    squeezed = {x.output[0]: x.input[0] for x in graph.node if x.op_type in ("Squeeze", "Identity")}
    reads = [squeezed.get(node.input[0], node.input[0]) for node in nodes]
    if not nodes or reads[0] not in {value.name for value in graph.input}:
        raise ValueError(f"recurrent nodes: {', '.join(node.op_type for node in nodes) or 'none'} of the graph's input")
    if any(y != node.output[0] for y, node in zip(reads[1:], nodes, strict=False)):
        raise ValueError("recurrent nodes that do not read one another's Y, in order")
    return nodes


def _cell(onnx: Any, node: Any) -> str:
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    names = [name.decode() for name in attributes.pop("activations", [])] or USUAL[node.op_type]
    attributes.pop("hidden_size", None)
    before = {"linear_before_reset": attributes.pop("linear_before_reset", 0)} if node.op_type == "GRU" else {}
    odd = [name for name, value in attributes.items() if PLAIN.get(name) not in (value, *_text(value))]
    asked = (node.op_type, tuple(names), {name: x for name, x in before.items() if x})
    cells = [cell for cell, known in KNOWN.items() if (known.operator, known.activations, known.attributes) == asked]
    if odd or not cells:
        raise ValueError(f"{node.op_type} with {', '.join(odd) or 'the activations ' + ', '.join(names)}")
    return cells[0]


def _text(value: Any) -> list[str]:
    return [value.decode()] if isinstance(value, bytes) else []


def _tensors(node: Any, graph: Any, constants: Tensors, cell: str, n: int) -> Tensors:
    inputs = [*node.input, *[""] * 8]
    peephole = inputs[7] if node.op_type == "LSTM" else ""
    if inputs[4]:
        raise ValueError("sequence lengths")
    w, r = (constants[name] for name in inputs[1:3])  # (1, gates*d, inputs), (1, gates*d, d)
    b = constants[inputs[3]] if inputs[3] else np.zeros((1, 2 * r.shape[1]), r.dtype)
    if len(w) != 1 or len(r) != 1 or b.shape != (1, 2 * r.shape[1]):
        raise ValueError(f"W {w.shape}, R {r.shape}, B {b.shape}")
    blocks, gates = (w[0], r[0], *np.split(b[0], 2)), tuple(CELLS[cell].gates)
    tensors = {f"{name}_l{n}": reordered(x, _letters(cell), gates) for name, x in zip(LAYER, blocks, strict=True)}
    if peephole:
        tensors[f"peephole_l{n}"] = reordered(constants[peephole][0], PEEPHOLES, CELLS[cell].peepholes)
    expanded = {x.output[0]: x.input[0] for x in graph.node if x.op_type == "Expand"}
    given = zip(CELLS[cell].states, inputs[5:7], strict=False)
    start = {start_name(s, n): expanded.get(value, value) for s, value in given if value}
    return without_zero_start(tensors | {name: constants[value].reshape(r.shape[2]) for name, value in start.items()})


def stepper(path: Path) -> Step:
    """One step of the file's network by ONNX's reference evaluator."""
    onnx = _library()
    evaluator = onnx.reference.ReferenceEvaluator(str(path), new_ops=[_rnn()])
    names, starts = evaluator.output_names, {name: len(array[0, 0]) for name, array in _starts(onnx, path)}

    def step(x: Array, h: Array | None, c: Array | None) -> Sequence[Array]:
        given = {"X": x[None]}
        for letter, state in (("h", h), ("c", c)):
            own = {name: size for name, size in starts.items() if name.startswith(f"initial_{letter}")}
            parts = [] if state is None else np.split(state, np.cumsum([*own.values()])[:-1], -1)
            given |= {name: part[None] for name, part in zip(own, parts, strict=False)}
        with np.errstate(over="ignore"):  # its sigmoid is 1/(1 + exp(-x))
            last = {s: [n for n in names if n.startswith(f"Y_{s}")] for s in "hc"}
            found = evaluator.run([*last["h"], *last["c"]], given)
        both = found[: len(last["h"])], found[len(last["h"]) :]
        return [np.concatenate([state[0] for state in part], -1) for part in both if part]

    return step


def _starts(onnx: Any, path: Path) -> Iterator[tuple[str, Array]]:
    """The default initial states of a file that was written here."""
    for x in onnx.load(path).graph.initializer:
        if x.name.startswith("initial_"):
            yield x.name, onnx.numpy_helper.to_array(x)


def _rnn() -> type:
    """The evaluator's RNN, which knows tanh alone, with sigmoid and relu."""
    known = package("onnx.reference.ops.op_rnn", PURPOSE).RNN_14
    more = {"Sigmoid": logistic, "Relu": lambda x: np.maximum(x, 0)}

    def choose_act(self: Any, name: str, alpha: float | None, beta: float | None) -> Any:
        return more.get(name) or known.choose_act(self, name, alpha, beta)

    return type("RNN", (known,), {"op_domain": "", "choose_act": choose_act})


def _library() -> Any:
    package("onnx.reference", PURPOSE)
    return package("onnx", PURPOSE)
