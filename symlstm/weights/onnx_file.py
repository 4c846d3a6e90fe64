"""ONNX: one LSTM or RNN node with the network's weights and initial state, labels in the model's metadata.

https://onnx.ai/onnx/operators/onnx__LSTM.html and onnx__RNN.html. With d the hidden size,
gates stacked i, o, f, c, where PyTorch has i, f, g, o:

    X (time, batch, words) one-hot    W (1, 4d, words)    R (1, 4d, d)    B (1, 8d), W's biases before R's
    initial_h, initial_c (1, states, d)                   Y (time, 1, batch, d), Y_h, Y_c (1, batch, d)

The initial states are inputs with a default, the network's own, and are expanded to the batch.
ONNX's reference evaluator runs float64 and float32; onnxruntime has no LSTM in float64
(microsoft/onnxruntime#28339).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np

from symlstm.model.cells import GATES, logistic
from symlstm.model.errors import InputError
from symlstm.model.packages import package
from symlstm.weights.checking import Array, Step
from symlstm.weights.labels import KEY
from symlstm.weights.tensors import LAYER, START, Stored, Tensors, without_zero_start

ORDER: Mapping[str, tuple[str, ...]] = {"lstm": ("i", "o", "f", "c"), "rnn_sigmoid": ("r",), "rnn_tanh": ("r",)}
PYTORCH = {"c": "g"}  # ONNX's letter: PyTorch's
ACTIVATIONS = {"lstm": ["Sigmoid", "Tanh", "Tanh"], "rnn_sigmoid": ["Sigmoid"], "rnn_tanh": ["Tanh"]}
OPSET, IR = 17, 8  # of 2022: old enough for the runtimes in use
PLAIN = {"direction": "forward", "layout": 0, "input_forget": 0}  # the only values that a file may have
PURPOSE = "to read and write .onnx"
NEEDED = "one LSTM or RNN node, forward, with weights in the file and its own activations"


def write(path: Path, stored: Stored) -> None:
    """Writes the file, checked by ONNX. Raises MissingPackage without onnx."""
    onnx = _library()
    model = onnx.helper.make_model(
        _graph(onnx, stored.tensors, str(stored.cell)),
        producer_name="symlstm",
        ir_version=IR,
        opset_imports=[onnx.helper.make_opsetid("", OPSET)],
    )
    onnx.helper.set_model_props(model, {} if stored.labels is None else {KEY: stored.labels})
    onnx.checker.check_model(model, full_check=True)
    path.write_bytes(model.SerializeToString(deterministic=True))


def _graph(onnx: Any, tensors: Tensors, cell: str) -> Any:
    helper, dtype = onnx.helper, tensors["weight_hh_l0"].dtype
    hidden, words = tensors["weight_hh_l0"].shape[1], tensors["weight_ih_l0"].shape[1]
    states = ["h", "c"] if cell == "lstm" else ["h"]
    kind = helper.np_dtype_to_tensor_dtype(dtype)
    start = [helper.make_tensor_value_info(f"initial_{s}", kind, [1, "states", hidden]) for s in states]
    last = [helper.make_tensor_value_info(f"Y_{s}", kind, [1, "batch", hidden]) for s in states]
    return helper.make_graph(
        list(_nodes(helper, cell, states, hidden)),
        "network",
        [helper.make_tensor_value_info("X", kind, ["time", "batch", words]), *start],
        [helper.make_tensor_value_info("Y", kind, ["time", 1, "batch", hidden]), *last],
        [onnx.numpy_helper.from_array(array, name) for name, array in _initializers(tensors, cell, states)],
    )


def _nodes(helper: Any, cell: str, states: list[str], hidden: int) -> Iterator[Any]:
    yield helper.make_node("Shape", ["X"], ["batch"], start=1, end=2)
    yield helper.make_node("Concat", ["one", "batch", "hidden"], ["shape"], axis=0)
    for s in states:
        yield helper.make_node("Expand", [f"initial_{s}", "shape"], [f"{s}_0"])
    inputs = ["X", "W", "R", "B", "", *(f"{s}_0" for s in states)]
    outputs = ["Y", *(f"Y_{s}" for s in states)]
    operator = "LSTM" if cell == "lstm" else "RNN"
    yield helper.make_node(operator, inputs, outputs, hidden_size=hidden, activations=ACTIVATIONS[cell])


def _initializers(tensors: Tensors, cell: str, states: list[str]) -> Iterator[tuple[str, Array]]:
    w, r, b, b_hh = (reordered(tensors[name], GATES[cell], _letters(cell)) for name in LAYER)
    hidden = r.shape[1]
    yield from (("W", w[None]), ("R", r[None]), ("B", np.concatenate([b, b_hh])[None]))
    for s in states:
        yield f"initial_{s}", tensors.get(f"{s}0", np.zeros(hidden, r.dtype))[None, None]
    yield from (("one", np.array([1])), ("hidden", np.array([hidden])))


def _letters(cell: str) -> list[str]:
    return [PYTORCH.get(letter, letter) for letter in ORDER[cell]]


def reordered(tensor: Array, found: tuple[str, ...] | list[str], wanted: tuple[str, ...] | list[str]) -> Any:
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
        node = _recurrent(model.graph)
        cell = _cell(onnx, node)
        tensors = _tensors(node, model.graph, constants, cell)
    except (broken, LookupError, ValueError, TypeError, AttributeError, OSError) as error:  # as bytes for a text
        raise InputError(str(path), f"another model ({type(error).__name__}: {error})", NEEDED) from None
    labels = {entry.key: entry.value for entry in model.metadata_props}
    return Stored(tensors, labels.get(KEY), cell)


def _array(onnx: Any, initializer: Any) -> Array:
    if onnx.external_data_helper.uses_external_data(initializer):  # which may be any file, anywhere
        raise ValueError(f"{initializer.name} in another file")
    found: Array = onnx.numpy_helper.to_array(initializer)
    return found


def _recurrent(graph: Any) -> Any:
    nodes = [node for node in graph.node if node.op_type in ("LSTM", "RNN", "GRU")]
    if len(nodes) != 1 or nodes[0].op_type == "GRU":
        raise ValueError(f"recurrent nodes: {', '.join(node.op_type for node in nodes) or 'none'}")
    return nodes[0]


def _cell(onnx: Any, node: Any) -> str:
    attributes = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    usual = ["Sigmoid", "Tanh", "Tanh"] if node.op_type == "LSTM" else ["Tanh"]
    names = [name.decode() for name in attributes.pop("activations", [])] or usual
    attributes.pop("hidden_size", None)
    odd = [name for name, value in attributes.items() if PLAIN.get(name) not in (value, *_text(value))]
    cells = [cell for cell, activations in ACTIVATIONS.items() if activations == names]
    if odd or not cells or (cells[0] == "lstm") != (node.op_type == "LSTM"):
        raise ValueError(f"{node.op_type} with {', '.join(odd) or 'the activations ' + ', '.join(names)}")
    return cells[0]


def _text(value: Any) -> list[str]:
    return [value.decode()] if isinstance(value, bytes) else []


def _tensors(node: Any, graph: Any, constants: Tensors, cell: str) -> Tensors:
    inputs = [*node.input, *[""] * 8]
    if inputs[4] or inputs[7] or inputs[0] not in {value.name for value in graph.input}:
        raise ValueError("sequence lengths, peepholes, or an input computed from others")
    w, r = (constants[name] for name in inputs[1:3])  # (1, gates*d, words), (1, gates*d, d)
    b = constants[inputs[3]] if inputs[3] else np.zeros((1, 2 * r.shape[1]), r.dtype)
    if len(w) != 1 or len(r) != 1 or b.shape != (1, 2 * r.shape[1]):
        raise ValueError(f"W {w.shape}, R {r.shape}, B {b.shape}")
    blocks = (w[0], r[0], *np.split(b[0], 2))
    tensors = {n: reordered(x, _letters(cell), GATES[cell]) for n, x in zip(LAYER, blocks, strict=True)}
    expanded = {x.output[0]: x.input[0] for x in graph.node if x.op_type == "Expand"}
    start = {name: expanded.get(value, value) for name, value in zip(START, inputs[5:7], strict=True) if value}
    return without_zero_start(tensors | {name: constants[value].reshape(r.shape[2]) for name, value in start.items()})


def stepper(path: Path) -> Step:
    """One step of the file's network by ONNX's reference evaluator."""
    onnx = _library()
    evaluator = onnx.reference.ReferenceEvaluator(str(path), new_ops=[_rnn()])
    inputs, outputs = evaluator.input_names, [name for name in evaluator.output_names if name != "Y"]

    def step(x: Array, h: Array | None, c: Array | None) -> Sequence[Array]:
        start = {"initial_h": h, "initial_c": c}
        given = {name: state[None] for name, state in start.items() if state is not None and name in inputs}
        with np.errstate(over="ignore"):  # its sigmoid is 1/(1 + exp(-x))
            found = evaluator.run(outputs, {"X": x[None]} | given)
        return [state[0] for state in found]

    return step


def _rnn() -> type:
    """The evaluator's RNN, which knows no sigmoid, with one."""
    known = package("onnx.reference.ops.op_rnn", PURPOSE).RNN_14

    def choose_act(self: Any, name: str, alpha: float | None, beta: float | None) -> Any:
        return logistic if name == "Sigmoid" else known.choose_act(self, name, alpha, beta)

    return type("RNN", (known,), {"op_domain": "", "choose_act": choose_act})


def _library() -> Any:
    package("onnx.reference", PURPOSE)
    return package("onnx", PURPOSE)
