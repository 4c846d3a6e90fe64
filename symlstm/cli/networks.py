"""The networks that a command line names: construction files, and the constructions of proof scripts."""

from __future__ import annotations

from pathlib import Path

from symlstm.cli.selection import WEIGHTS, did_you_mean, file_named, files_at, is_path, shipped
from symlstm.model.errors import InputError
from symlstm.proof.claims import run_script
from symlstm.search.construction import Construction

NEEDED = "a construction file, or the name of a proof script with a Construction"


def construction(name: str) -> Construction:
    """The construction of a file or of a shipped proof; "script:variable" says which, where there are several."""
    place, _, variable = name.partition(":") if not Path(name).exists() else (name, "", "")
    if Path(place).suffix in WEIGHTS and Path(place).with_suffix(".toml").is_file():
        return from_weights(Path(place))
    path = files_at(place)[0] if is_path(place) else file_named(place)
    if path is None:
        stems = [file.stem for file in shipped()]
        raise InputError(place, "no network of that name", NEEDED, did_you_mean(place, stems))
    return from_script(path, variable) if path.suffix == ".py" else from_file(path)


def from_file(path: Path) -> Construction:
    """The construction that a file describes."""
    from symlstm.model.file.construction_file import read_construction

    found = read_construction(path)
    if found.specification is None:
        raise InputError(str(path), "a claim about an RNN, without readout", NEEDED)
    return Construction(found.network, found.specification, found.title, found.threshold, found.margin)


def from_weights(path: Path) -> Construction:
    """The construction of a weight file, and of the file of its name beside it that says what it should compute."""
    from symlstm.weights.specified import with_specification

    found = with_specification(path, path.with_suffix(".toml"))
    if found.specification is None:
        raise InputError(str(path), "a claim about an RNN, without readout", NEEDED)
    return Construction(found.network, found.specification, found.title, found.threshold, found.margin)


def from_script(path: Path, variable: str = "") -> Construction:
    """The construction that a script names so; with no name, the only one."""
    found = {name: value for name, value in run_script(path)[1].items() if isinstance(value, Construction)}
    if variable in found:
        return found[variable]
    if len(found) == 1 and not variable:
        return next(iter(found.values()))
    choices = ", ".join(f"{path.stem}:{name}" for name in found)
    raise InputError(str(path), f"{len(found)} Constructions" if found else "no Construction", NEEDED, choices)
