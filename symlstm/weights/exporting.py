"""A network at one scale to a file or a state dict. Nothing appears that has not been read again, run and compared."""

from __future__ import annotations

import os
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from symlstm.model.errors import InputError
from symlstm.model.network import Network
from symlstm.model.packages import package
from symlstm.model.simulation.rounding import positive
from symlstm.model.simulation.running import Machine, float_machine
from symlstm.weights.checking import Mismatch, Step, array_step, initial, same_steps, same_tensors
from symlstm.weights.formats import Format, format_of
from symlstm.weights.labels import Labels, labels_of, read_labels
from symlstm.weights.tensors import LAYER, START, Stored, Tensors, rounded_entries, tensors_of

MODULES = {"lstm": "LSTM", "rnn_tanh": "RNN"}  # cell: what torch.nn calls it


def export(
    network: Network,
    path: str | Path,
    scale: Fraction | int = 1,
    dtype: str = "float64",
    overwrite: bool = False,
) -> Labels:
    """Writes the network at k = scale to a .safetensors, .npz or .onnx file; returns the labels in it.

    Each entry is rounded once (none, where it is a number of the dtype; `labels.rounded` counts).
    The file is read again and run, and appears whole or not at all; equal networks make equal
    bytes. Raises InputError for a bad path, scale or dtype, for a number out of range and for a
    file that is there already; MissingPackage; Mismatch, if what was written is not the network.
    """
    path, scale = Path(path), positive(scale)
    form = format_of(path)
    refuse_existing(path, overwrite)
    machine = float_machine(network, scale, dtype)
    rounded = rounded_entries(network, machine, scale)
    labels = labels_of(network, form.order[network.cell], scale, dtype, rounded)
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".symlstm-") as folder:
            draft = Path(folder) / path.name
            form.write(draft, Stored(tensors_of(machine), labels.text, network.cell))
            _check(form, draft, network, machine, labels)
            _publish(draft, path, overwrite)
    except OSError as error:
        raise InputError(str(path), error.strerror or str(error), "a folder that can be written to") from None
    return labels


def refuse_existing(path: Path, overwrite: bool) -> None:
    """Raises InputError if the file is there and may not be replaced, or if its folder is not there."""
    if not path.parent.is_dir():
        raise InputError(str(path.parent), "no such folder", "a folder that exists")
    if path.is_dir():
        raise InputError(str(path), "a folder of that name", "a new name")
    if path.exists() and not overwrite:
        raise InputError(str(path), "a file of that name", "a new name", "overwrite=True, or --force")


def _check(form: Format, draft: Path, network: Network, machine: Machine, labels: Labels) -> None:
    """Raises Mismatch unless the file holds these tensors and labels, and a network that steps as ours."""
    found = form.read(draft)
    same_tensors(found.tensors, tensors_of(machine))
    if found.labels != labels.text or not _same_readout(network, read_labels(labels.text, draft.name)):
        raise Mismatch("the labels are read as others than were written")
    step = form.stepper(draft) if form.stepper else array_step(found.tensors, network.cell)
    same_steps(step, machine, network.vocabulary)


def _same_readout(network: Network, labels: Labels) -> bool:
    ours, theirs = (
        [(term.state, term.index, term.coeff) for term in terms] for terms in (network.readout, labels.readout)
    )
    return ours == theirs


def _publish(draft: Path, path: Path, overwrite: bool) -> None:
    if overwrite:
        draft.replace(path)
        return
    try:
        os.link(draft, path)
    except FileExistsError:
        refuse_existing(path, overwrite)


def to_state_dict(network: Network, scale: Fraction | int = 1, dtype: str = "float64") -> dict[str, Any]:
    """The network at k = scale as torch tensors that `torch.nn.LSTM` or `torch.nn.RNN` loads as they are.

    The initial state is not among them: PyTorch wants it with every call. Loaded, run and
    compared as every export is. Raises InputError and Mismatch like `export`, MissingPackage
    without torch.
    """
    torch = package("torch", "to make a state dict")
    machine = float_machine(network, scale, dtype)
    tensors = tensors_of(machine)
    state_dict = {name: torch.from_numpy(tensors[name]) for name in LAYER}
    same_steps(_torch_step(torch, state_dict, tensors, network.cell), machine, network.vocabulary)
    return state_dict


def _torch_step(torch: Any, state_dict: dict[str, Any], tensors: Tensors, cell: str) -> Step:
    """One step by PyTorch's own module, which for the sigmoid RNN there is not."""
    if cell not in MODULES:
        return array_step({name: tensor.numpy() for name, tensor in state_dict.items()} | tensors, cell)
    words, hidden = (state_dict[name].shape[1] for name in LAYER[:2])
    with torch.random.fork_rng(devices=[]):  # a new module draws weights
        module = getattr(torch.nn, MODULES[cell])(words, hidden, dtype=state_dict[LAYER[0]].dtype)
    module.load_state_dict(state_dict)

    def step(x: Any, h: Any, c: Any) -> list[Any]:
        given = zip(START, (h, c), strict=True)
        start = [initial(tensors, name, len(x)) if state is None else state for name, state in given]
        states = [torch.from_numpy(state.copy())[None] for state in start]
        with torch.no_grad():
            _, last = module(torch.from_numpy(x)[None], tuple(states) if cell == "lstm" else states[0])
        return [state[0].numpy() for state in (last if cell == "lstm" else [last])]

    return step
