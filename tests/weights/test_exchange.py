"""Weights out and in again, against torch.nn.LSTM and ONNX's reference evaluator; everything that is refused."""

from __future__ import annotations

import io
import json
import sys
from collections.abc import Sequence
from contextlib import suppress
from fractions import Fraction
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import sympy
from support.networks import sentiment

from symlstm.cli.main import ExitCode, main
from symlstm.model.cells import GATES
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.packages import MissingPackage
from symlstm.model.simulation.running import float_weights, run_floats
from symlstm.model.specification import pattern_counts
from symlstm.model.translation import normal
from symlstm.proof.claims import Verdict
from symlstm.search.construction import prove
from symlstm.weights import onnx_file
from symlstm.weights.checking import Mismatch
from symlstm.weights.exporting import export, to_state_dict
from symlstm.weights.importing import from_torch, read_weights

NEEDS = {".onnx": "onnx", ".safetensors": "safetensors"}
ENDINGS = [".npz", *NEEDS]
CELLS = ["lstm", "gru", "gru_reset_before", "rnn_sigmoid", "rnn_tanh", "rnn_relu"]
TENSORS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
SENTIMENT = sentiment()[0]


def random_network(cell: str = "lstm", hidden: int = 3, seed: int = 0, size: float = 2.0) -> Network:
    """Two words, normal weights and initial state, a readout with a coefficient that no float is."""
    rng, rows = np.random.default_rng(seed), hidden * len(GATES[cell])
    shapes = [(rows, 2), (rows, hidden), rows, rows, hidden]
    readout = [ReadoutTerm("h", hidden - 1, sympy.Rational(1, 3) / sympy.tanh(1))]
    c0 = rng.normal(size=hidden) if cell == "lstm" else None
    weights = [size * rng.normal(size=shape) for shape in shapes]
    return Network(("a", "b"), *weights, c0=c0, readout=readout, delay=2, cell=cell, title="a name")


def simple(**changed: Any) -> dict[str, Any]:
    """The tensors of an LSTM with one cell and one word."""
    shapes = {"weight_ih_l0": (4, 1), "weight_hh_l0": (4, 1), "bias_ih_l0": 4, "bias_hh_l0": 4}
    return {name: np.full(shape, 0.5) for name, shape in shapes.items()} | changed


def exported(network: Network, path: Path, **options: Any) -> Path:
    for ending, needed in NEEDS.items():
        if path.suffix == ending:
            pytest.importorskip(needed)
    export(network, path, **options)
    return path


def numbers(network: Network, scale: Fraction | int = 1) -> list[Any]:
    """Every exact number at k = scale, nested as in the network."""
    return [
        [
            sympy.sympify(entry).subs(sympy.sympify(k), sympy.Rational(scale))
            for entry in np.array(getattr(network, name), object).flat
        ]
        for name in (*TENSORS, "h0", "c0")
    ]


def meaning(network: Network) -> Any:
    terms = [(term.state, term.index, normal(term.coeff)) for term in network.readout]
    return network.cell, network.vocabulary, network.delay, network.title, terms


def all_words(size: int, length: int) -> list[list[int]]:
    return [list(words) for words in product(range(size), repeat=length)]


# there and back


@pytest.mark.slow
@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("cell", CELLS)
def test_a_network_of_floats_comes_back_exactly(tmp_path, ending, cell):
    network = random_network(cell)
    found = read_weights(exported(network, tmp_path / f"net{ending}"))
    assert numbers(found) == numbers(network)
    assert meaning(found) == meaning(network)


@pytest.mark.parametrize("ending", ENDINGS)
def test_the_sentiment_network_comes_back_with_its_k(tmp_path, ending):
    found = read_weights(exported(SENTIMENT, tmp_path / f"net{ending}"), scaled="all")
    assert all(getattr(found, name) == getattr(SENTIMENT, name) for name in (*TENSORS, "h0", "c0"))
    assert meaning(found) == meaning(SENTIMENT)


@pytest.mark.parametrize("ending", ENDINGS)
@pytest.mark.parametrize("dtype", ["float64", "float32"])
def test_at_another_scale_the_entries_are_those_rounded_once(tmp_path, ending, dtype):
    scale = Fraction(1, 3)
    found = read_weights(exported(SENTIMENT, tmp_path / f"net{ending}", scale=scale, dtype=dtype))
    ours = float_weights(SENTIMENT, scale, dtype).tensors.values()
    for name, expected in zip(TENSORS, ours, strict=True):
        assert np.array_equal(
            np.array(np.vectorize(sympy.sympify)(np.array(getattr(found, name), object)), float), expected
        )


def test_the_labels_count_what_was_rounded(tmp_path):
    assert export(SENTIMENT, tmp_path / "1.npz").rounded == 0
    assert export(SENTIMENT, tmp_path / "2.npz", Fraction(1, 2)).rounded == 0
    assert export(SENTIMENT, tmp_path / "3.npz", Fraction(1, 3)).rounded == 34  # its nonzero entries
    assert export(Network(("a",), [[sympy.tanh(1)]] * 4, [[1]] * 4), tmp_path / "4.npz").rounded == 4


@pytest.mark.parametrize("ending", ENDINGS)
def test_equal_networks_make_equal_bytes(tmp_path, ending):
    first, second = (exported(random_network(), tmp_path / f"{name}{ending}") for name in "ab")
    assert first.read_bytes() == second.read_bytes()


# what others make of the files


def test_an_npz_needs_numpy_alone_and_says_what_it_holds(tmp_path):
    with np.load(exported(SENTIMENT, tmp_path / "net.npz"), allow_pickle=False) as found:
        assert found["weight_ih_l0"].shape == (24, 4)
        labels = json.loads(str(found["symlstm"]))
    assert list(labels) == sorted(labels)
    assert labels["gates"] == ["i", "f", "g", "o"]
    assert labels["vocabulary"] == ["bad", "good", "not", "uh"]
    assert labels["readout"] == [{"state": "c", "index": 5, "coeff": "1"}]
    assert (labels["delay"], labels["scale"], labels["rounded"]) == (1, "1", 0)


def test_safetensors_hold_one_key_of_metadata_and_no_zero_initial_state(tmp_path):
    library = pytest.importorskip("safetensors")
    with library.safe_open(exported(SENTIMENT, tmp_path / "net.safetensors"), "numpy") as file:
        assert list(file.metadata()) == ["symlstm"]
        assert sorted(file.keys()) == sorted(f"{name}_l0" for name in TENSORS)
    with library.safe_open(exported(random_network(), tmp_path / "start.safetensors"), "numpy") as file:
        assert {"h0", "c0"} <= set(file.keys())


def in_torch(network: Network, state_dict: Any, words: list[list[int]]) -> Any:
    """The states h (sequences, T, hidden) of PyTorch's own module."""
    torch = pytest.importorskip("torch")
    module = {"lstm": torch.nn.LSTM, "rnn_tanh": torch.nn.RNN}[network.cell]
    module = module(len(network.vocabulary), network.hidden, batch_first=True, dtype=torch.float64)
    module.load_state_dict(state_dict)
    x = torch.eye(len(network.vocabulary), dtype=torch.float64)[words]
    start = [
        torch.tensor(np.tile(np.array([*map(sympy.sympify, s or ())], float), (1, len(words), 1)))
        for s in (network.h0, network.c0)
    ]
    with torch.no_grad():
        return module(x, tuple(start) if network.cell == "lstm" else start[0])[0].numpy()


def in_onnx(path: Path, words: list[list[int]], size: int) -> list[Any]:
    """Y as (sequences, T, hidden), and the last states (sequences, hidden), by the reference evaluator."""
    onnx = pytest.importorskip("onnx.reference")
    x = np.eye(size)[words].swapaxes(0, 1)
    with np.errstate(over="ignore"):
        y, *last = onnx.ReferenceEvaluator(str(path)).run(None, {"X": x})
    return [y[:, 0].swapaxes(0, 1), *(state[0] for state in last)]


@pytest.mark.slow
@pytest.mark.parametrize("hidden", range(1, 6))
@pytest.mark.parametrize("cell", ["lstm", "rnn_tanh"])
def test_pytorch_agrees_on_every_word_sequence(cell, hidden):
    pytest.importorskip("torch")
    network, words = random_network(cell, hidden, seed=hidden), all_words(2, 7)
    ours = run_floats(network, np.array(words)).h
    assert np.abs(in_torch(network, to_state_dict(network), words) - ours).max() < 1e-12


@pytest.mark.parametrize("hidden", [1, 2, 5])
@pytest.mark.parametrize("cell", ["lstm", "gru", "gru_reset_before", "rnn_tanh"])
def test_onnx_agrees_on_every_word_sequence(tmp_path, cell, hidden):
    network, words = random_network(cell, hidden, seed=hidden), all_words(2, 7)
    h, *last = in_onnx(exported(network, tmp_path / "net.onnx"), words, 2)
    run = run_floats(network, np.array(words))
    assert np.abs(h - run.h).max() < 1e-12
    for found, ours in zip(last, [run.h, run.c], strict=False):
        assert np.abs(found - ours[:, -1]).max() < 1e-12


def test_both_agree_on_the_sentiment_network(tmp_path):
    words = all_words(4, 5)
    run = run_floats(SENTIMENT, np.array(words))
    h, _, c = in_onnx(exported(SENTIMENT, tmp_path / "net.onnx"), words, 4)
    assert max(np.abs(h - run.h).max(), np.abs(c - run.c[:, -1]).max()) < 1e-12
    assert np.abs(in_torch(SENTIMENT, to_state_dict(SENTIMENT), words) - run.h).max() < 1e-12


def test_the_safetensors_of_a_lstm_load_into_pytorch_as_they_are(tmp_path):
    pytest.importorskip("torch")
    library = pytest.importorskip("safetensors.torch")
    path = exported(SENTIMENT, tmp_path / "net.safetensors")
    found = in_torch(SENTIMENT, library.load_file(path), all_words(4, 3))
    assert np.abs(found - run_floats(SENTIMENT, np.array(all_words(4, 3))).h).max() < 1e-12


def test_an_onnx_model_starts_where_it_is_told_to(tmp_path):
    onnx = pytest.importorskip("onnx.reference")
    network = random_network()
    evaluator = onnx.ReferenceEvaluator(str(exported(network, tmp_path / "net.onnx")))
    x, run = np.eye(2)[[[0], [1], [1]]], run_floats(network, ["a", "b", "b"])
    start = {"initial_h": run.h[None, None, 0], "initial_c": run.c[None, None, 0]}
    _, h, c = evaluator.run(None, {"X": x[1:]} | start)
    assert np.abs(h[0, 0] - run.h[-1]).max() < 1e-12
    assert np.abs(c[0, 0] - run.c[-1]).max() < 1e-12


def test_to_state_dict_leaves_the_random_numbers_of_pytorch_alone():
    torch = pytest.importorskip("torch")
    before = torch.random.get_rng_state()
    to_state_dict(random_network())
    assert torch.equal(before, torch.random.get_rng_state())


# from PyTorch


@pytest.mark.parametrize("options", [{}, {"bias": False}, {"batch_first": True}])
def test_a_module_and_its_state_dict_are_the_same_network(options):
    torch = pytest.importorskip("torch")
    module = torch.nn.LSTM(2, 3, **options)
    by_name = from_torch({f"encoder.{n}": x for n, x in module.state_dict().items()}, ["a", "b"])
    assert numbers(by_name) == numbers(from_torch(module, ["a", "b"]))
    assert by_name.weight_ih[11][1] == Fraction(module.weight_ih_l0[11, 1].item())


def test_a_tanh_rnn_is_one_and_its_state_dict_must_be_told():
    torch = pytest.importorskip("torch")
    module = torch.nn.RNN(2, 3)
    assert from_torch(module, ["a", "b"]).cell == "rnn_tanh"
    with pytest.raises(InputError, match='cell="rnn_tanh", "rnn_relu" or "rnn_sigmoid"'):
        from_torch(module.state_dict(), ["a", "b"])


def test_half_precision_is_read_exactly(tmp_path):
    torch = pytest.importorskip("torch")
    entry = torch.tensor([[0.1]] * 4, dtype=torch.bfloat16)
    network = from_torch(simple(weight_ih_l0=entry), ["a"])
    assert network.weight_ih[0][0] == sympy.Rational(205, 2048)


@pytest.mark.parametrize("options", [{}, {"num_layers": 2}])
@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN"])
def test_two_directions_are_refused_in_one_line(kind, options):
    torch = pytest.importorskip("torch")
    with pytest.raises(InputError, match="weight_ih_l0_reverse, the backward half of a bidirectional") as refusal:
        from_torch(getattr(torch.nn, kind)(2, 3, bidirectional=True, **options), ["a", "b"])
    assert str(refusal.value).count("\n") == 1


MODULES = [
    ("LSTM", {}, "lstm"),
    ("LSTM", {"num_layers": 3}, "lstm"),
    ("LSTM", {"proj_size": 2, "num_layers": 2}, "lstm"),
    ("GRU", {}, "gru"),
    ("GRU", {"num_layers": 2, "bias": False}, "gru"),
    ("RNN", {"nonlinearity": "relu"}, "rnn_relu"),
    ("RNN", {"num_layers": 2}, "rnn_tanh"),
]


@pytest.mark.parametrize(("kind", "options", "cell"), MODULES)
def test_a_module_runs_as_its_network(kind, options, cell):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)
    module = getattr(torch.nn, kind)(3, 4, dtype=torch.float64, **options)
    network = from_torch(module, ["a", "b", "c"])
    words = np.array(all_words(3, 4))  # (81, 4)
    with torch.no_grad():
        y, last = module(torch.eye(3, dtype=torch.float64)[torch.from_numpy(words.T)])  # (4, 81, d)
    run = run_floats(network, words)
    states = list(last) if kind == "LSTM" else [last]
    assert [layer.cell for layer in network.layers] == [cell] * options.get("num_layers", 1)
    np.testing.assert_allclose(run.h[..., -y.shape[2] :], y.numpy().swapaxes(0, 1), rtol=0, atol=1e-12)
    for ours, theirs in zip((run.h, run.c), states, strict=False):
        np.testing.assert_allclose(ours[:, -1], np.concatenate([*theirs.numpy()], -1), rtol=0, atol=1e-12)
    found = to_state_dict(network)
    again = getattr(torch.nn, kind)(3, 4, dtype=torch.float64, **options | {"bias": True})
    again.load_state_dict(found)
    with torch.no_grad():
        assert torch.equal(again(torch.eye(3, dtype=torch.float64)[torch.from_numpy(words.T)])[0], y)


@pytest.mark.parametrize("kind", ["LSTM", "GRU", "RNN", "LSTMCell", "GRUCell", "RNNCell"])
def test_a_whole_module_is_taken_by_the_types_of_its_parts(kind):
    torch = pytest.importorskip("torch")
    torch.manual_seed(0)

    class Model(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.embed = torch.nn.Embedding(3, 2)
            self.cell = getattr(torch.nn, kind)(2, 4)
            self.out = torch.nn.Linear(4, 1)

        def forward(self, words):
            x, state = self.embed(words), None
            if not kind.endswith("Cell"):
                return self.out(self.cell(x)[0])
            found = []
            for part in x:
                state = self.cell(part[None], state)
                found.append(self.out(state[0] if kind == "LSTMCell" else state)[0])
            return torch.stack(found)

    model = Model().double()
    network, words = from_torch(model, ["a", "b", "c"]), [0, 1, 2, 1, 1]
    with torch.no_grad():
        expected = model(torch.tensor(words))[:, 0].numpy()
    np.testing.assert_allclose(run_floats(network, np.array(words)).readout, expected, rtol=0, atol=1e-12)
    assert network.title == f"{kind} 'cell', Embedding 'embed', Linear 'out' of a Model"


def test_a_module_with_two_recurrent_parts_or_another_layer_is_refused():
    torch = pytest.importorskip("torch")
    two = torch.nn.Sequential(torch.nn.GRU(2, 2), torch.nn.GRU(2, 2))
    with pytest.raises(InputError, match="module: found 2 recurrent, 0 embedding, 0 head"):
        from_torch(two, ["a", "b"])
    more = {
        "Conv1d '1'": torch.nn.Conv1d(1, 1, 1),
        "Tanh '1'": torch.nn.Tanh(),  # has no weights, and may stand anywhere
        "Embedding '1'": torch.nn.Embedding(2, 2, max_norm=1.0),  # shortens its vectors when it is called
    }
    for found, part in more.items():
        with pytest.raises(InputError, match=f"module: found {found}"):
            from_torch(torch.nn.Sequential(torch.nn.GRU(2, 2), part), ["a", "b"])
    kept = torch.nn.Sequential(torch.nn.GRU(2, 2), torch.nn.Dropout(), torch.nn.CrossEntropyLoss())
    assert from_torch(kept, ["a", "b"]).cell == "gru"


def test_a_module_that_computes_something_else_is_not_taken_for_torch_s():
    """By its name, by what it inherits, or beside a parameter of its own, such as a learned initial state."""
    torch = pytest.importorskip("torch")

    class Renamed(torch.nn.GRU):
        pass

    class GRU(torch.nn.GRU):
        def forward(self, x):
            return super().forward(-x)

    class Starting(torch.nn.Module):
        def __init__(self):
            super().__init__()
            self.cell, self.h0 = torch.nn.GRU(2, 2), torch.nn.Parameter(torch.ones(2))

    assert from_torch(Renamed(2, 2), ["a", "b"]).cell == "gru"
    for module in (GRU(2, 2), torch.nn.Sequential(GRU(2, 2)), Starting()):
        with pytest.raises(InputError, match=r"module: found (GRU|Starting)"):
            from_torch(module, ["a", "b"])


def test_the_state_dict_of_a_gru_is_known_by_its_three_blocks():
    torch = pytest.importorskip("torch")
    assert from_torch(torch.nn.GRU(2, 3).state_dict(), ["a", "b"]).cell == "gru"


@pytest.mark.parametrize(
    ("tensors", "message"),
    [
        (simple(bias_ih_l0=np.zeros(3)), r"state_dict: bias_ih_l0: found shape \(3,\)"),
        (simple(weight_ih_l0=np.zeros((3, 1))), r"weight_ih_l0: found shape \(3, 1\)\n  needed  shape \(4, 1\)"),
        (simple(weight_hh_l0=np.zeros((4, 0))), r"weight_hh_l0 \(4, 0\)"),
        (simple(weight_hh_l0=np.zeros((4 * 257, 257))), "a hidden size of 1 to 256"),
        (simple(weight_ih_l0=np.full((4, 1), np.nan)), r"weight_ih_l0\[0\]\[0\]: found nan"),
        (simple(decoder=np.zeros(3)), "found 'decoder'"),
        ({"weight_ih_l0": np.zeros((4, 1))}, "no weight_hh_l0"),
        ({}, "no weight_ih_l0"),
        ([1, 2], "found list"),
    ],
)
def test_tensors_that_do_not_fit_are_refused_by_name(tensors, message):
    with pytest.raises(InputError, match=message):
        from_torch(tensors, ["a"])


# which entries grow with k


def test_without_a_rule_nothing_grows():
    assert not any(entry.free_symbols for row in numbers(from_torch(simple(), ["a"])) for entry in row)


def test_a_threshold_scales_the_entries_at_or_above_it():
    network = from_torch(simple(bias_ih_l0=np.array([-2.0, 0.25, 1.0, 0.5])), ["a"], scaled=0.5)
    assert network.bias_ih == (-2 * k, sympy.Rational(1, 4), k, k / 2)


def test_a_rule_by_tensor_scales_all_of_it_or_a_mask():
    mask = np.array([[True], [False], [False], [True]])
    network = from_torch(simple(), ["a"], scaled={"bias_hh_l0": True, "weight_ih_l0": mask})
    half = sympy.Rational(1, 2)
    assert network.bias_hh == (k / 2,) * 4
    assert network.weight_ih == ((k / 2,), (half,), (half,), (k / 2,))
    assert network.weight_hh == ((half,),) * 4


@pytest.mark.parametrize(
    ("scaled", "message"),
    [
        ("some", "scaled: found 'some'"),
        (0, "a number > 0"),
        (float("nan"), "found nan"),
        ({"bias": True}, "an unknown tensor"),
        ({"bias_ih_l0": [True]}, r"True, or booleans of shape \(4,\)"),
        ({"bias_ih_l0": [1, 0, 0, 1]}, "booleans"),
    ],
)
def test_a_rule_that_is_none_is_refused(scaled, message):
    with pytest.raises(InputError, match=message):
        from_torch(simple(), ["a"], scaled=scaled)


# files that are refused


def saved(path: Path, **tensors: Any) -> Path:
    np.savez(path, **tensors)
    return path


def test_a_file_of_others_needs_a_vocabulary(tmp_path):
    path = saved(tmp_path / "net.npz", **simple())
    with pytest.raises(InputError, match=r"no labels\n  needed  vocabulary=\[\.\.\.\] of 1 words"):
        read_weights(path)
    assert read_weights(path, vocabulary=["a"], readout=[ReadoutTerm("c", 0)]).readout[0].state == "c"


@pytest.mark.parametrize("ending", [".pt", ".pth", ".pkl"])
def test_a_pickle_is_never_opened(tmp_path, ending):
    with pytest.raises(InputError, match=r"runs code when it is read\n.*\n  try     safetensors.torch.save_file"):
        read_weights(tmp_path / f"net{ending}")


def test_an_npz_with_a_pickle_in_it_is_not_unpickled(tmp_path):
    with pytest.raises(InputError, match="allow_pickle=False"):
        read_weights(saved(tmp_path / "net.npz", **simple(h0=np.array([print], object))), vocabulary=["a"])


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"gates": ["i", "o", "f", "c"]}, "gates i, o, f, c\n  needed  gates i, f, g, o"),
        ({"vocabulary": []}, "labels.vocabulary: found 0 texts"),
        ({"readout": [{"state": "c", "index": 0, "coeff": "__import__('os')"}]}, "labels.readout"),
        ({"scale": "k"}, "labels.scale: found .*\n  needed  a rational number"),
        ({"scale": "-1"}, "labels.schema: found 1, and scale -1"),
        ({"delay": -1}, "labels.delay: found -1"),
        ({"more": 1}, "labels.more: found an unknown field"),
    ],
)
def test_labels_that_are_wrong_are_refused_by_field(tmp_path, change, message):
    with np.load(exported(SENTIMENT, tmp_path / "net.npz")) as file:
        tensors = dict(file)
    labels = json.loads(str(tensors.pop("symlstm"))) | change
    with pytest.raises(InputError, match=message):
        read_weights(saved(tmp_path / "changed.npz", **tensors, symlstm=np.array(json.dumps(labels))))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_damaged_file_is_refused_or_read_and_never_a_traceback(tmp_path, ending):
    path = exported(random_network(), tmp_path / f"net{ending}")
    whole, rng = path.read_bytes(), np.random.default_rng(0)
    for _ in range(150):
        data = bytearray(whole[: rng.integers(len(whole) + 1)] if rng.random() < 0.3 else whole)
        for place in rng.integers(len(data), size=3) if data else ():
            data[place] = rng.integers(256)
        path.write_bytes(data)
        with suppress(InputError):
            read_weights(path)


FOREIGN = [  # operator, its attributes, gates, the cell that it is
    ("GRU", {}, 3, "gru_reset_before"),  # ONNX's default resets before the product, PyTorch after it
    ("GRU", {"linear_before_reset": 1}, 3, "gru"),
    ("LSTM", {}, 4, "lstm"),
    ("RNN", {}, 1, "rnn_tanh"),
]


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize(("operator", "attributes", "gates", "cell"), FOREIGN)
def test_an_onnx_file_of_others_runs_as_it_is_read(tmp_path, operator, attributes, gates, cell, bias):
    """Made of ONNX's operators alone: no labels, no initial state, perhaps no bias."""
    onnx = pytest.importorskip("onnx")
    rng, helper, double, d = np.random.default_rng(gates), onnx.helper, onnx.TensorProto.DOUBLE, 3
    shapes = {"W": (1, gates * d, 2), "R": (1, gates * d, d)} | ({"B": (1, 2 * gates * d)} if bias else {})
    parts = [onnx.numpy_helper.from_array(rng.normal(size=shape), name) for name, shape in shapes.items()]
    node = helper.make_node(operator, ["X", *shapes], ["Y"], hidden_size=d, **attributes)
    ends = [
        helper.make_tensor_value_info(name, double, shape) for name, shape in (("X", [5, 1, 2]), ("Y", [5, 1, 1, d]))
    ]
    model = helper.make_model(helper.make_graph([node], "theirs", ends[:1], ends[1:], parts), ir_version=8)
    onnx.save(model, tmp_path / "net.onnx")
    found, words = read_weights(tmp_path / "net.onnx", ["a", "b"]), np.array([0, 1, 1, 0, 1])
    [y] = pytest.importorskip("onnx.reference").ReferenceEvaluator(model).run(None, {"X": np.eye(2)[words][:, None]})
    assert found.cell == cell
    assert np.abs(run_floats(found, words).h - y[:, 0, 0]).max() < 1e-12


def test_other_onnx_models_are_refused(tmp_path):
    onnx = pytest.importorskip("onnx")
    path = exported(random_network(), tmp_path / "net.onnx")
    for name, value in {"direction": "reverse", "clip": 3.0, "layout": 1}.items():
        model = onnx.load(path)
        node = next(node for node in model.graph.node if node.op_type == "LSTM")
        node.attribute.append(onnx.helper.make_attribute(name, value))
        onnx.save(model, tmp_path / "changed.onnx")
        with pytest.raises(InputError, match=f"LSTM with {name}"):
            read_weights(tmp_path / "changed.onnx")


def test_onnx_weights_in_another_file_are_not_followed(tmp_path):
    onnx = pytest.importorskip("onnx")
    model = onnx.load(exported(random_network(), tmp_path / "net.onnx"))
    onnx.external_data_helper.convert_model_to_external_data(model, size_threshold=0)
    onnx.save(model, tmp_path / "split.onnx")
    with pytest.raises(InputError, match="W in another file"):
        read_weights(tmp_path / "split.onnx")


# exports that are refused


def test_a_file_that_is_there_is_kept(tmp_path):
    path = tmp_path / "net.npz"
    path.write_text("mine")
    with pytest.raises(InputError, match=r"a file of that name\n.*\n.*--force"):
        export(SENTIMENT, path)
    assert path.read_text() == "mine"
    assert read_weights(exported(SENTIMENT, path, overwrite=True)).hidden == 6


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("net.h5", {}, r"the ending '\.h5'"),
        ("none/net.npz", {}, "no such folder"),
        ("net.npz", {"dtype": "float16"}, "float64 or float32"),
        ("net.npz", {"scale": 0}, "a number > 0"),
        ("net.npz", {"scale": 10**38, "dtype": "float32"}, "numbers within the range of float32"),
    ],
)
def test_a_bad_export_is_refused_and_leaves_nothing(tmp_path, name, options, message):
    with pytest.raises(InputError, match=message):
        export(SENTIMENT, tmp_path / name, **options)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("network", [SENTIMENT, random_network()])
def test_a_writer_that_forgets_to_reorder_the_gates_is_caught(tmp_path, monkeypatch, network):
    pytest.importorskip("onnx")
    monkeypatch.setitem(onnx_file.ORDER, "lstm", ("i", "f", "c", "o"))
    with pytest.raises(Mismatch, match="the state is another than ours"):
        export(network, tmp_path / "net.onnx")
    assert not list(tmp_path.iterdir())


def test_a_writer_that_changes_the_last_bit_of_a_weight_is_caught(tmp_path, monkeypatch):
    save = np.savez

    def saves_other(file: io.BytesIO, **arrays: Any) -> None:
        save(file, **arrays | {"bias_hh_l0": np.nextafter(arrays["bias_hh_l0"], 1e9)})

    monkeypatch.setattr(np, "savez", saves_other)
    with pytest.raises(Mismatch, match="bias_hh_l0 is read as other numbers"):
        export(SENTIMENT, tmp_path / "net.npz")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(("ending", "missing"), [(".onnx", "onnx.reference"), (".safetensors", "safetensors.numpy")])
def test_a_missing_package_is_named_with_the_command_that_installs_it(tmp_path, monkeypatch, ending, missing):
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(MissingPackage, match=r"-m pip install (safetensors|onnx)$"):
        export(SENTIMENT, tmp_path / f"net{ending}")
    assert not list(tmp_path.iterdir())


def test_without_torch_a_state_dict_names_its_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    with pytest.raises(MissingPackage, match=r"torch: not installed\n.*\n  try     .* -m pip install torch$"):
        to_state_dict(SENTIMENT)


# the command


def command(*words: str | Path) -> int:
    return main(["export", *map(str, words)])


def test_the_command_writes_the_file_and_says_so(tmp_path, capsys):
    path = tmp_path / "net.npz"
    assert command("sentiment", path, "--scale", "1/4") == ExitCode.OK
    assert "the sentiment network at k = 1/4 in float64, every number exact" in capsys.readouterr().out
    assert read_weights(path, scaled="all").bias_hh[-1] == -sympy.Rational(25, 2) * k


def test_the_command_with_json_prints_one_object(tmp_path, capsys):
    assert command("sentiment", tmp_path / "net.npz", "--json", "--dtype", "float32") == ExitCode.OK
    assert json.loads(capsys.readouterr().out)["labels"]["dtype"] == "float32"


def test_the_command_overwrites_only_by_force(tmp_path, capsys):
    path = tmp_path / "net.npz"
    codes = [command("sentiment", path, *more) for more in ([], [], ["--force"])]
    assert codes == [ExitCode.OK, ExitCode.USAGE, ExitCode.OK]
    assert "try     overwrite=True, or --force" in capsys.readouterr().err


def test_the_command_says_what_is_missing(tmp_path, capsys, monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    assert command("sentiment", tmp_path / "net.onnx") == ExitCode.MISSING
    assert "onnx: not installed" in capsys.readouterr().err


def test_the_command_reports_a_mismatch(tmp_path, capsys, monkeypatch):
    def other(*arguments: Sequence[Any]) -> None:
        raise Mismatch("after 'not' the state is another than ours")

    monkeypatch.setattr("symlstm.weights.exporting.same_steps", other)
    assert command("sentiment", tmp_path / "net.npz") == ExitCode.REFUTED
    assert "another than ours" in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


def test_biases_of_100_prove_something_once_they_are_scaled():
    """As in the docstring of `from_torch`: nothing is scaled unless asked for, and the outcome says so."""
    tensors = {"weight_ih_l0": [[0], [0], [100], [0]], "weight_hh_l0": [[0]] * 4, "bias_ih_l0": [100, 100, 0, -100]}
    readout, counts = [ReadoutTerm("c", 0)], pattern_counts(("a",), {("a",): 1})
    plain = prove(from_torch(tensors, ["a"], readout=readout), counts)
    assert plain.verdict is Verdict.REFUTED and "scaled='all'" in plain.reason
    for scaled in ("all", 100, {"weight_ih_l0": True, "bias_ih_l0": True}):
        outcome = prove(from_torch(tensors, ["a"], scaled=scaled, readout=readout), counts)
        assert (outcome.verdict, outcome.reason) == (Verdict.PROVED, "")
