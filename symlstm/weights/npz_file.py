"""NumPy's .npz: the tensors, and the labels as an array of one text. Needs no further package."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from symlstm.model.cells import GATES
from symlstm.model.errors import InputError
from symlstm.weights.labels import KEY
from symlstm.weights.tensors import Stored

ORDER: Mapping[str, tuple[str, ...]] = GATES
MAX_BYTES = 1 << 26  # of all arrays, unpacked


def write(path: Path, stored: Stored) -> None:
    """Writes the file; NumPy's archives carry no date, so equal networks make equal bytes."""
    arrays: dict[str, Any] = stored.tensors | {KEY: np.array(stored.labels)}
    with path.open("wb") as file:
        np.savez(file, **arrays)


def read(path: Path) -> Stored:
    """The file's tensors and labels; raises InputError for what NumPy cannot read without unpickling."""
    try:
        with zipfile.ZipFile(path) as archive:
            if sum(member.file_size for member in archive.infolist()) > MAX_BYTES:
                raise InputError(str(path), f"more than {MAX_BYTES} bytes of arrays", "a smaller file")
        with np.load(path, allow_pickle=False) as arrays:
            tensors = {name: arrays[name] for name in arrays.files}
    except (ValueError, OSError, EOFError, MemoryError, RuntimeError, zipfile.BadZipFile, zlib.error) as error:
        if isinstance(error, InputError):
            raise
        raise InputError(str(path), str(error) or type(error).__name__, "an .npz file of numbers") from None
    labels = tensors.pop(KEY, None)
    return Stored(tensors, None if labels is None else str(labels))
