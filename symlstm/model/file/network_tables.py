"""The network of a construction file: its cells, layers, weights, embedding and initial state."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from symlstm.model.cells import CELLS
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import entries, mapped
from symlstm.model.file.fields import Fields
from symlstm.model.layers import NEEDED, START, TENSORS, Layer
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.terms import k

MAX_WORDS = 4096
MAX_HIDDEN = 256
MAX_LAYERS = 8
MATRICES = (*NEEDED, "weight_hr")

FIELDS = (
    "cell",
    "num_layers",
    "vocabulary",
    "embedding",
    "scaled",
    "weights",
    "initial",
)  # of the file that are read here
TERM = ("state", "index", "coeff", "layer")  # fields of a readout's term


def read_network(top: Fields, title: str, readout: Mapping[str, Any], general: bool) -> Network:
    """The network of a file, read as `readout` says; raises InputError where its fields or tensors do not fit."""
    depth = _depth(top)
    cells = _cells(top, depth)
    names = {name: f"weights.{name}_l0" for name in TENSORS} | {name: f"initial.{name}" for name in START}
    names |= {f"{name}_l{n}": f"weights.{name}_l{n}" for n in range(1, depth) for name in TENSORS}
    names |= {f"{name}_l{n}": f"initial.{name}_l{n}" for n in range(1, depth) for name in START}
    with top.locating(names | {"readout": "readout.terms"}):
        words = top.texts("vocabulary", MAX_WORDS)
        first, *above = map(_scaling(top), _layers(top, cells))
        parts = {**first, "above": [Layer(**layer) for layer in above], "embedding": top.array("embedding", 2, True)}
        return Network(words, **parts, **readout, title=title, general=general)


def _scaling(top: Fields) -> Callable[[dict[str, Any]], dict[str, Any]]:
    """What is done to a layer's tensors: with scaled = "all" each entry is multiplied by k, with "none" no entry has it."""
    if not top.has("scaled"):
        return lambda layer: layer
    factor = k if top.choice("scaled", ("all", "none")) == "all" else 1

    def scaled(layer: dict[str, Any]) -> dict[str, Any]:
        for name in TENSORS:
            if any(k in entry.symbols() for entry in entries(layer.get(name) or ())):
                raise InputError(top.where("scaled"), f"an entry of {name} in k", "numbers, or no field scaled")
        return {n: mapped(x, lambda entry: entry * factor) if n in TENSORS and x else x for n, x in layer.items()}

    return scaled


def read_term(term: Fields) -> ReadoutTerm:
    """One term of a readout."""
    layer = term.whole("layer", MAX_LAYERS - 1, 0)
    return ReadoutTerm(term.text("state"), term.whole("index", MAX_HIDDEN - 1), term.entry("coeff", "1"), layer)


def _depth(top: Fields) -> int:
    """The number of layers: one more than the highest that has tensors, and as many as `num_layers` says if it does."""
    names = [*map(str, given)] if isinstance(given := top.need("weights", "a table"), dict) else []
    backward = [name for name in names if name.endswith("_reverse")]
    if backward:
        hint = "each direction as a network of its own, the backward one on the words reversed"
        raise InputError(top.where(f"weights.{backward[0]}"), "a bidirectional network", "one direction", hint)
    found = [int(n[1]) for name in names if (n := re.search(r"_l(\d)$", name)) and int(n[1]) < MAX_LAYERS]
    depth = 1 + max(found, default=0)
    if top.has("num_layers") and top.whole("num_layers", MAX_LAYERS) != depth:
        raise InputError(
            top.where("num_layers"), str(top.whole("num_layers", MAX_LAYERS)), f"{depth}: tensors are there of so many"
        )
    return depth


def _cells(top: Fields, depth: int) -> tuple[str, ...]:
    """The cell of each layer: one text for all of them, or a list."""
    given = top.need("cell", "a text") if top.has("cell") else "lstm"
    cells = (
        top.texts("cell", MAX_LAYERS)
        if isinstance(given, list)
        else (top.choice("cell", tuple(CELLS), "lstm"),) * depth
    )
    strange = [cell for cell in cells if cell not in CELLS]
    if strange or len(cells) != depth:
        found = repr(strange[0]) if strange else f"{len(cells)} cells for {depth} layers"
        raise InputError(top.where("cell"), found, f"one of {', '.join(CELLS)}, for all layers or for each")
    return cells


def _layers(top: Fields, cells: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    kinds = [CELLS[cell] for cell in cells]
    known = [f"{name}_l{n}" for n, kind in enumerate(kinds) for name in (*TENSORS[:4], *kind.optional)]
    weights = top.table("weights", known)
    starts = {
        (letter, n): f"{letter}0_l{n}" if n else f"{letter}0" for n, kind in enumerate(kinds) for letter in kind.states
    }
    initial = top.table("initial", starts.values(), optional=True)
    for n, kind in enumerate(kinds):
        start = {f"{s}0": initial.array(starts[s, n], 1, True) for s in kind.states}
        yield tensors(weights, f"_l{n}", len(kind.gates), kind.optional) | start | {"cell": kind.name}


def tensors(weights: Fields, suffix: str, gates: int, optional: tuple[str, ...] = ()) -> dict[str, Any]:
    """A layer's tensors; raises InputError for more than MAX_HIDDEN rows a gate."""
    found = {
        name: weights.array(name + suffix, 1 + (name in MATRICES), optional=name not in NEEDED)
        for name in (*TENSORS[:4], *optional)
    }
    rows = len(found["weight_hh"])
    if rows > gates * MAX_HIDDEN:
        needed = f"a hidden size of at most {MAX_HIDDEN}"
        raise InputError(weights.where("weight_hh" + suffix), f"{rows} rows for {gates} gates", needed)
    return found
