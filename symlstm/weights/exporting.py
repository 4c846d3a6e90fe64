"""A network at one scale to a file or a state dict. Nothing appears that has not been read again, run and compared."""

from __future__ import annotations

import os
import re
from fractions import Fraction
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np

from symlstm.model.errors import InputError
from symlstm.model.layers import LAYER
from symlstm.model.network import Network
from symlstm.model.packages import package
from symlstm.model.simulation.rounding import positive
from symlstm.model.simulation.running import Machine, float_machine
from symlstm.weights.checking import Mismatch, Step, array_step, initial, same_steps, same_tensors
from symlstm.weights.formats import Format, format_of
from symlstm.weights.labels import Labels, labels_of, read_labels
from symlstm.weights.tensors import Stored, Tensors, rounded_entries, tensors_of


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
    if form.refuse:
        form.refuse(network, path)
    machine = float_machine(network, scale, dtype)
    rounded = rounded_entries(network, machine, scale)
    labels = labels_of(network, form.order[network.cell], scale, dtype, rounded)
    cells = tuple(layer.cell for layer in network.layers)
    try:
        with TemporaryDirectory(dir=path.parent, prefix=".symlstm-") as folder:
            draft = Path(folder) / path.name
            form.write(draft, Stored(tensors_of(machine), labels.text, cells))
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
    cells = [layer.cell for layer in network.layers]
    step = form.stepper(draft) if form.stepper else array_step(found.tensors, cells)
    same_steps(step, machine, network.vocabulary)


def _same_readout(network: Network, labels: Labels) -> bool:
    ours, theirs = (
        [(term.state, term.index, term.layer, term.coeff) for term in terms]
        for terms in (network.readout, labels.readout)
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
    """The network at k = scale as torch tensors that `torch.nn.LSTM`, `GRU` or `RNN` loads as they are.

    The initial state and the embedding are not among them: PyTorch wants the one with every call
    and has the other in a module of its own. Loaded, run and compared as every export is. Raises
    InputError and Mismatch like `export`, MissingPackage without torch.
    """
    torch = package("torch", "to make a state dict")
    machine = float_machine(network, scale, dtype)
    tensors = tensors_of(machine)
    state_dict = {
        name: torch.from_numpy(x) for name, x in tensors.items() if re.search(r"(weight|bias|hole)\w*_l\d+$", name)
    }
    same_steps(_torch_step(torch, state_dict, tensors, network), machine, network.vocabulary)
    return state_dict


def _module(torch: Any, network: Network, dtype: Any) -> Any:
    """PyTorch's module for the network, None if it has none: for other cells, or layers that differ."""
    first, cells = network.layers[0], {layer.kind for layer in network.layers}
    shapes = {(layer.units, layer.outputs, layer.peephole is None) for layer in network.layers}
    if len(cells) > 1 or first.kind.torch is None or shapes != {(first.units, first.outputs, True)}:
        return None
    name, mode = first.kind.torch
    options: dict[str, Any] = {"nonlinearity": mode.removeprefix("RNN_").lower()} if name == "RNN" else {}
    options |= {"proj_size": first.outputs} if first.weight_hr is not None else {}
    with torch.random.fork_rng(devices=[]):  # a new module draws weights
        sizes = len(network.encoding[0]), first.units, len(network.layers)
        return getattr(torch.nn, name)(*sizes, dtype=dtype, **options)


def _torch_step(torch: Any, state_dict: dict[str, Any], tensors: Tensors, network: Network) -> Step:
    """One step by PyTorch's own module, where there is one."""
    cells = [layer.cell for layer in network.layers]
    module = _module(torch, network, state_dict[f"{LAYER[0]}_l0"].dtype)
    if module is None:
        return array_step(tensors, cells)
    module.load_state_dict(state_dict)
    letters, depth = network.layers[0].kind.states, len(cells)

    def step(x: Any, h: Any, c: Any) -> list[Any]:
        given = list(zip(letters, (h, c), strict=False))
        start = [initial(tensors, cells, letter, len(x)) if state is None else state for letter, state in given]
        states = [torch.from_numpy(np.stack(np.split(state, depth, -1))) for state in start]  # each (layers, n, d)
        with torch.no_grad():
            _, last = module(torch.from_numpy(x)[None], tuple(states) if len(states) > 1 else states[0])
        return [np.concatenate([*state.numpy()], -1) for state in (last if len(states) > 1 else [last])]

    return step
