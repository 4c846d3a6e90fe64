"""Random networks written to .onnx and read back, and run by ONNX's reference evaluator against equations by hand.

    python tests/benchmarks/exchange.py [--files 20] [--cell gru ...]

For each cell that ONNX has: one or two layers of 1 to 4 units, initial states, peepholes of an LSTM; all words of
length 5 over three words, whole sequences at once. The oracle is tests/support/arrays.py. Prints the largest
difference of a state; exit code 1 above 1e-12, or where a number does not come back as it was.
"""

from __future__ import annotations

import argparse
import sys
from itertools import product
from pathlib import Path
from tempfile import TemporaryDirectory
from types import SimpleNamespace
from typing import Any

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.arrays import step

from symlstm.model.cells import CELLS
from symlstm.model.layers import Layer
from symlstm.model.network import Network
from symlstm.weights.exporting import export
from symlstm.weights.formats import read_stored
from symlstm.weights.importing import read_weights
from symlstm.weights.tensors import start_name

ONNX = [name for name, cell in CELLS.items() if cell.onnx]
WORDS, LENGTH, MOST = 3, 5, 1e-12


def random_layers(cell: str, rng: np.random.Generator) -> list[dict[str, Any]]:
    """The tensors of one layer or two."""
    found, inputs, kind = [], WORDS, CELLS[cell]
    for _ in range(rng.integers(1, 3)):
        units = int(rng.integers(1, 5))
        rows = units * len(kind.gates)
        shapes: dict[str, Any] = {
            "weight_ih": (rows, inputs),
            "weight_hh": (rows, units),
            "bias_ih": rows,
            "bias_hh": rows,
        }
        shapes |= {f"{s}0": units for s in kind.states}
        if kind.peepholes and rng.random() < 0.5:
            shapes["peephole"] = units * len(kind.peepholes)
        found.append({name: rng.normal(size=shape) for name, shape in shapes.items()})
        inputs = units
    return found


def by_hand(cell: str, layers: list[dict[str, Any]], words: Any) -> Any:
    """h of the last layer, (sequences, time, units)."""
    states: list[Any] = [
        tuple(np.tile(layer[f"{s}0"], (len(words), 1)) if f"{s}0" in layer else None for s in "hc") for layer in layers
    ]
    rows = []
    for t in range(words.shape[1]):
        x = np.eye(WORDS)[words[:, t]]
        for n, layer in enumerate(layers):
            states[n] = step(cell, SimpleNamespace(**{"weight_hr": None, "peephole": None} | layer), x, *states[n])
            x = states[n][0]
        rows.append(x)
    return np.stack(rows, 1)


def by_onnx(path: Path, words: Any) -> Any:
    """The same by the reference evaluator."""
    from onnx.reference import ReferenceEvaluator

    from symlstm.weights.onnx_file import _rnn

    y, *_ = ReferenceEvaluator(str(path), new_ops=[_rnn()]).run(None, {"X": np.eye(WORDS)[words].swapaxes(0, 1)})
    return y[:, 0].swapaxes(0, 1)


def difference(cell: str, seed: int, folder: Path) -> float:
    """How far the evaluator is from the equations; infinite where the tensors come back as others."""
    layers, words = random_layers(cell, np.random.default_rng(seed)), np.array([*product(range(WORDS), repeat=LENGTH)])
    first, *above = layers
    network = Network(["a", "b", "c"], **first, cell=cell, above=[Layer(**layer, cell=cell) for layer in above])
    path = folder / f"{cell}_{seed}.onnx"
    export(network, path)
    stored, again = read_stored(path).tensors, read_weights(path, ["a", "b", "c"])
    for n, layer in enumerate(layers):
        names = {name: start_name(name[0], n) if name in ("h0", "c0") else f"{name}_l{n}" for name in layer}
        if not all(np.array_equal(stored[names[name]], tensor) for name, tensor in layer.items()):
            return np.inf
    if [layer.cell for layer in again.layers] != [cell] * len(layers):
        return np.inf
    return float(np.abs(by_onnx(path, words) - by_hand(cell, layers, words)).max())


def main() -> int:
    """Prints a line a cell."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=20, help="of each cell")
    parser.add_argument("--cell", nargs="*", choices=ONNX, default=ONNX)
    options, worst = parser.parse_args(), 0.0
    with TemporaryDirectory() as folder:
        for cell in options.cell:
            found = max(difference(cell, seed, Path(folder)) for seed in range(options.files))
            worst = max(worst, found)
            print(f"{cell}: {options.files} files, largest difference {found:.1e}", flush=True)
    return int(worst > MOST)


if __name__ == "__main__":
    sys.exit(main())
