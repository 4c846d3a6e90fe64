"""A file of weights with a file that says what they should compute."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import ConstructionFile, construction_of
from symlstm.model.file.toml_json import load
from symlstm.model.file.writing import fields_of
from symlstm.weights.importing import read_weights

SCALED = ("none", "all")


def with_specification(weights: Path, spec: Path) -> ConstructionFile:
    """The construction of a weight file's tensors and a construction file without [weights].

    What that file says of words, cell, initial state and readout holds; the rest is taken from the weight file's
    labels. `scaled = "all"` makes every entry v of the tensors v*k; the default is "none". Raises InputError.
    """
    table = load(spec)
    if "weights" in table:
        raise InputError(f"{spec}: weights", "a table", f"none: they are those of {weights}")
    scaled = table.pop("scaled", "none")
    if scaled not in SCALED:
        raise InputError(f"{spec}: scaled", repr(scaled), " or ".join(SCALED))
    known = {name: table[name] for name in ("cell",) if name in table}
    network = read_weights(weights, scaled=None if scaled == "none" else "all", **known, **_words(table))
    return construction_of({"title": weights.stem, **fields_of(network), **table}, spec)


def _words(table: dict[str, Any]) -> dict[str, Any]:
    return {"vocabulary": table["vocabulary"]} if "vocabulary" in table else {}
