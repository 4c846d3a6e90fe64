"""Hugging Face's .safetensors: the tensors, and the labels under one key of the metadata.

One key, because two are written in an order that changes from run to run.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symlstm.model.cells import GATES
from symlstm.model.errors import InputError
from symlstm.model.packages import package
from symlstm.weights.labels import KEY
from symlstm.weights.tensors import Stored

ORDER: Mapping[str, tuple[str, ...]] = GATES


def write(path: Path, stored: Stored) -> None:
    """Writes the file. Raises MissingPackage without safetensors."""
    metadata = {} if stored.labels is None else {KEY: stored.labels}
    path.write_bytes(_library("safetensors.numpy").save(stored.tensors, metadata=metadata))


def read(path: Path) -> Stored:
    """The file's tensors and labels; raises InputError for a broken file, MissingPackage without safetensors."""
    library = _library("safetensors")
    try:
        with library.safe_open(path, framework="numpy") as file:
            tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
            return Stored(tensors, (file.metadata() or {}).get(KEY))
    except (library.SafetensorError, TypeError, AttributeError, ValueError) as error:  # bfloat16 is none of NumPy's
        hint = "tensors in float32 or float64"
        raise InputError(str(path), str(error), "a .safetensors file of numbers that NumPy has", hint) from None


def _library(module: str) -> Any:
    return package(module, "to read and write .safetensors")
