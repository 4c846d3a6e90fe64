"""Every cell, in one layer and two: against NumPy equations written by hand, against PyTorch, and its terms against its numbers."""

from __future__ import annotations

from itertools import product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from flint import arb, ctx
from support.arrays import step

from symlstm.kernel import algebra
from symlstm.model.cells import CELLS
from symlstm.model.coordinates import Coordinate, parsed
from symlstm.model.errors import InputError
from symlstm.model.layers import Layer
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.simulation.running import run_balls, run_floats

WORDS = ["a", "b", "b", "a", "a", "b"]


def layer(rng: np.random.Generator, cell: str, inputs: int, units: int, extras: bool) -> dict[str, Any]:
    """Random tensors; with a projection to one output and peepholes, where the cell may have them."""
    kind, projected = CELLS[cell], extras and "c" in CELLS[cell].states
    rows, outputs = len(kind.gates) * units, 1 if projected else units
    shapes = {"weight_ih": (rows, inputs), "weight_hh": (rows, outputs), "bias_ih": rows, "bias_hh": rows}
    shapes |= {"h0": outputs} | ({"c0": units} if "c" in kind.states else {})
    shapes |= {"weight_hr": (1, units), "peephole": len(kind.peepholes) * units} if projected else {}
    return {name: np.round(rng.normal(size=shape), 3) for name, shape in shapes.items()} | {"cell": cell}


def stack(cell: str, depth: int, extras: bool) -> tuple[Network, list[dict[str, Any]]]:
    rng = np.random.default_rng(len(cell) + depth)
    first = layer(rng, cell, 3, 2, extras)
    layers = [first] + [layer(rng, cell, len(first["h0"]), 3, extras) for _ in range(depth - 1)]
    readout = [ReadoutTerm("h", 0, 1, depth - 1)]
    embedding = [[1, 2, 0], [0, -1, 3]]
    above = [Layer(**tensors) for tensors in layers[1:]]
    return Network(["a", "b"], **first, above=above, readout=readout, embedding=embedding), layers


CASES = [
    (cell, depth, extras)
    for cell, depth in product(CELLS, (1, 2))
    for extras in ((False, True) if "c" in CELLS[cell].states else (False,))
]


@pytest.mark.parametrize(("cell", "depth", "extras"), CASES)
def test_a_run_is_what_the_equations_by_hand_give(cell, depth, extras):
    network, layers = stack(cell, depth, extras)
    run, states = run_floats(network, WORDS), [(w["h0"], w.get("c0")) for w in layers]
    for t, word in enumerate(WORDS):
        x: Any = np.array([[1.0, 2, 0], [0, -1, 3]])[network.vocabulary.index(word)]
        for n, tensors in enumerate(layers):
            given = SimpleNamespace(**{"weight_hr": None, "peephole": None} | tensors)
            states[n] = step(cell, given, x, *states[n])
            x = states[n][0]
        np.testing.assert_allclose(run.h[t], np.concatenate([h for h, _ in states]), rtol=0, atol=1e-12)
        if states[0][1] is not None:
            np.testing.assert_allclose(run.c[t], np.concatenate([c for _, c in states]), rtol=0, atol=1e-12)
        assert run.readout[t] == run.h[t][-len(states[-1][0])]


@pytest.mark.slow
@pytest.mark.parametrize(("cell", "depth", "extras"), CASES)
def test_the_terms_of_the_kernel_are_the_numbers_of_a_run(cell, depth, extras):
    network, _ = stack(cell, depth, extras)
    run, system = run_balls(network, WORDS[:2]), network.system
    with ctx.workprec(300):
        values = {s: algebra.constant_ball(x, 300) for s, x in zip(system.state, system.initial, strict=True)}
        for t, word in enumerate(WORDS[:2]):
            row = system.encoding[system.words.index(word)]
            put = values | {x: algebra.constant_ball(v, 300) for x, v in zip(system.inputs, row, strict=True)}
            put[system.scale] = arb(1)
            values = {s: algebra.ball(update, put) for s, update in zip(system.state, system.updates, strict=True)}
            expected = [*run.h[t], *run.c[t]]
            assert all(abs(values[s] - x) < arb(10) ** -45 for s, x in zip(system.state, expected, strict=True))


@pytest.mark.parametrize("cell", [name for name, cell in CELLS.items() if cell.torch])
@pytest.mark.parametrize("depth", [1, 2])
def test_pytorch_runs_the_same_from_the_same_initial_state(cell, depth):
    torch = pytest.importorskip("torch")
    name, mode = CELLS[cell].torch or ("", "")
    options = {"nonlinearity": mode.removeprefix("RNN_").lower()} if name == "RNN" else {}
    torch.manual_seed(1)
    module = getattr(torch.nn, name)(2, 3, depth, dtype=torch.float64, **options)
    start = [torch.randn(depth, 1, 3, dtype=torch.float64) for _ in CELLS[cell].states]
    layers = [
        {
            key.removesuffix(f"_l{n}"): x.detach().numpy()
            for key, x in module.named_parameters()
            if key.endswith(f"_l{n}")
        }
        | {f"{s}0": x[n, 0].numpy() for s, x in zip(CELLS[cell].states, start, strict=True)}
        for n in range(depth)
    ]
    above = [Layer(**tensors, cell=cell) for tensors in layers[1:]]
    run = run_floats(Network(["a", "b"], **layers[0], cell=cell, above=above), WORDS)
    x = torch.eye(2, dtype=torch.float64)[torch.tensor([["ab".index(word)] for word in WORDS])]
    with torch.no_grad():
        y, last = module(x, tuple(start) if len(start) > 1 else start[0])
    np.testing.assert_allclose(run.h[:, -3:], y[:, 0].numpy(), rtol=0, atol=1e-12)
    for ours, theirs in zip((run.h, run.c), last if len(start) > 1 else [last], strict=False):
        np.testing.assert_allclose(ours[-1], theirs[:, 0].numpy().ravel(), rtol=0, atol=1e-12)


def test_a_coordinate_is_known_by_its_name():
    for found in (Coordinate("h", 3), Coordinate("c", 1, 2), Coordinate("a_i", 12, 1)):
        assert parsed(found.name) == found
    assert [parsed(name) for name in ("h", "h_x", "h^1", "k", "a_1_")] == [None] * 5


GRU = {"weight_ih": [[0, 0]] * 3, "weight_hh": [[0]] * 3, "cell": "gru"}
REFUSED = [
    ({"cell": "bilstm"}, r"cell: found 'bilstm'"),
    ({"weight_hh": [[0]] * 4}, r"weight_hh: found shape \(4, 1\)\n  needed  shape \(3\*d, d\) of a gru"),
    ({"peephole": [0, 0]}, "peephole: found one in a gru\n  needed  an LSTM for it"),
    ({"c0": [0]}, "c0: found one in a gru"),
    (
        {"above": [Layer([[0, 0]] * 3, [[0]] * 3, cell="gru")]},
        r"weight_ih_l1: found shape \(3, 2\)\n  needed  shape \(3, 1\)",
    ),
    ({"above": ["gru"]}, r"above\[0\]: found str\n  needed  a Layer"),
    ({"readout": [ReadoutTerm("c", 0)]}, r"readout: found c\[0\]\n  needed  h with index 0 to 0"),
    ({"readout": [ReadoutTerm("h", 0, layer=1)]}, "readout: found layer 1\n  needed  a layer from 0 to 0"),
    ({"embedding": [[1, 2]]}, r"embedding: found shape \(1, 2\)\n  needed  shape \(2, p\): a row for each word"),
]


@pytest.mark.parametrize(("changed", "message"), REFUSED)
def test_what_does_not_fit_is_refused_by_name(changed, message):
    with pytest.raises(InputError, match=message):
        Network(["a", "b"], **GRU | changed)
