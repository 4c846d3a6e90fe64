"""Which ending is which format, and reading a file of any."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

from symlstm.model.errors import InputError
from symlstm.model.network import Network
from symlstm.weights import npz_file, onnx_file, safetensors_file
from symlstm.weights.checking import Step
from symlstm.weights.tensors import Stored

MAX_BYTES = 1 << 26  # of a file to read: the largest network that is accepted needs half of it
PICKLES = (".pt", ".pth", ".bin", ".ckpt", ".pkl", ".pickle", ".joblib")


class Format(NamedTuple):
    """A format: writing, reading, its order of gates, and a step as its own tool takes it, if it has one.

    `refuse` raises InputError for a network that it cannot say.
    """

    write: Callable[[Path, Stored], None]
    read: Callable[[Path], Stored]
    order: Mapping[str, tuple[str, ...]]
    stepper: Callable[[Path], Step] | None = None
    refuse: Callable[[Network, Path], None] | None = None


FORMATS = {
    ".safetensors": Format(safetensors_file.write, safetensors_file.read, safetensors_file.ORDER),
    ".npz": Format(npz_file.write, npz_file.read, npz_file.ORDER),
    ".onnx": Format(onnx_file.write, onnx_file.read, onnx_file.ORDER, onnx_file.stepper, onnx_file.refuse),
}


def format_of(path: Path) -> Format:
    """The format of a file's ending. Raises InputError for any other, and says what to do about a pickle."""
    ending = path.suffix.lower()
    if ending in PICKLES:
        hint = 'safetensors.torch.save_file(module.state_dict(), "weights.safetensors")'
        raise InputError(str(path), "a pickle, which runs code when it is read", " or ".join(FORMATS), hint)
    if ending not in FORMATS:
        raise InputError(str(path), f"the ending {ending!r}", " or ".join(FORMATS))
    return FORMATS[ending]


def read_stored(path: Path) -> Stored:
    """What a file holds. Raises InputError for another format, no file, a large or a broken one."""
    form = format_of(path)
    if not path.is_file():
        raise InputError(str(path), "no such file", " or ".join(FORMATS))
    size = path.stat().st_size
    if size > MAX_BYTES:
        raise InputError(str(path), f"{size} bytes", f"at most {MAX_BYTES}")
    return form.read(path)
