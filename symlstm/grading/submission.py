"""The network of a submitted file, and nothing else of it: no claim, no title, no code.

TOML and JSON give their fields of a network, weight files their tensors and labels. A Python file is never run
here: python_file.py runs it in a process of its own, if that is allowed, and hands on the same fields as text.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from symlstm.grading.key import Key
from symlstm.model.errors import InputError
from symlstm.model.file.toml_json import MAX_BYTES, load
from symlstm.model.file.writing import fields_of
from symlstm.weights.formats import FORMATS, PICKLES
from symlstm.weights.importing import read_weights

SCRIPTS = (".py",)
ENDINGS = (*MAX_BYTES, *FORMATS)


def network_of(path: Path, key: Key, python: float | None = None) -> Mapping[str, Any]:
    """The file's network as fields of a construction file. Raises InputError for anything else.

    `python`: the seconds that a Python file may run; None if it may not.
    """
    if path.is_symlink() or not path.is_file():
        raise InputError(str(path), "a link" if path.is_symlink() else "no such file", "a file")
    ending = path.suffix.lower()
    if ending in SCRIPTS:
        return _of_script(path, python)
    if ending in MAX_BYTES:
        return _of_table(path)
    if ending in (*FORMATS, *PICKLES):
        return _of_weights(path, key)
    raise InputError(str(path), f"the ending {ending!r}", f"one of {', '.join(ENDINGS)}")


def _of_table(path: Path) -> Mapping[str, Any]:
    table = load(path)
    if "weights" not in table:
        raise InputError(f"{path}: weights", "nothing", "a table of tensors, as in the file that `symlstm new` writes")
    return table


def _of_script(path: Path, seconds: float | None) -> Mapping[str, Any]:
    if seconds is None:
        raise InputError(str(path), "a Python file, which is not run", "a file of weights: " + ", ".join(ENDINGS))
    from symlstm.grading.python_file import network_fields

    return network_fields(path, seconds)


def _of_weights(path: Path, key: Key) -> Mapping[str, Any]:
    """A weight file's words are those of its labels, or else the key's in their order."""
    try:
        network = read_weights(path)
    except InputError as error:
        if error.found != "no labels":
            raise
        network = read_weights(path, vocabulary=key.vocabulary, **_cell(key))
    found = fields_of(network)
    return found if network.readout else {name: value for name, value in found.items() if name != "readout"}


def _cell(key: Key) -> dict[str, str]:
    return {"cell": key.cells[0]} if len(key.cells) == 1 else {}
