"""Which claims a command line means: files, folders, and names of claims in the shipped proofs."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from symlstm.cli.attempt import Source, read, read_weight_file
from symlstm.model.errors import InputError
from symlstm.proof.claims import Claim
from symlstm.proof.folder import proofs

STDOUT = 1  # the file descriptor
SUFFIXES = (".py", ".toml", ".json")
WEIGHTS = (".safetensors", ".npz", ".onnx")  # which need a file that says what they should compute


def files_of(folder: Path, scripts: bool = True) -> list[Path]:
    """The proof scripts of a folder, then its construction files, then those of its folder `constructions`.

    What this program has printed as JSON is no construction file.
    """
    kinds = SUFFIXES if scripts else SUFFIXES[1:]
    return [
        path
        for place, suffixes in ((folder, kinds), (folder / "constructions", SUFFIXES[1:]))
        for suffix in suffixes
        for path in sorted(place.glob(f"*{suffix}"))
        if not is_output(path)
    ]


def is_output(path: Path) -> bool:
    """Whether a file is an object that a command has printed, or prints now: it has a schema, and no weights."""
    if path.suffix != ".json":
        return False
    if _is_stdout(path):
        return True
    from symlstm.model.file.toml_json import load

    try:
        found = load(path)
    except InputError:
        return False
    return "schema" in found and "weights" not in found


def _is_stdout(path: Path) -> bool:
    """Whether what is printed goes into that file."""
    try:
        return os.path.samestat(path.stat(), os.fstat(STDOUT))
    except OSError:  # there is no output
        return False


def shipped() -> list[Path]:
    """The files that are proved by default."""
    return files_of(proofs())


def is_path(target: str) -> bool:
    """Whether a target means a file or folder, existing or not, and not a name."""
    path = Path(target)
    return path.exists() or path.suffix in (*SUFFIXES, *WEIGHTS) or len(path.parts) > 1


def file_named(name: str) -> Path | None:
    """The shipped file of that stem."""
    return next((path for path in shipped() if path.stem == name), None)


def files_at(target: str, scripts: bool = False) -> list[Path]:
    """The files that a path means; of a folder the construction files. Raises InputError if there is none of that name."""
    path = Path(target)
    if path.is_dir():
        return files_of(path, scripts)
    if path.is_file() and path.suffix in SUFFIXES:
        return [path]
    if path.suffix in WEIGHTS:
        needed = "--spec FILE, a construction file without weights: vocabulary, readout, spec"
        raise InputError(target, "weights, which say nothing of what they should compute", needed)
    if path.exists():
        raise InputError(target, f"the suffix {path.suffix!r}", f"one of {', '.join(SUFFIXES)}")
    siblings = [str(path.with_name(other.name)) for other in files_of(path.parent)]
    hint = did_you_mean(target, siblings)
    raise InputError(target, "no such file", "a proof script, construction file or folder", hint)


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """The closest known words, as a hint; empty if none is close."""
    from difflib import get_close_matches

    by_lower = {name.lower(): name for name in known}
    close = get_close_matches(word.lower(), list(by_lower), 3, 0.5)
    return " or ".join(by_lower[name] for name in close)


def selected(
    targets: Sequence[str], scripts: bool = False, seconds: float | None = None, spec: Path | None = None
) -> Iterator[Source]:
    """The files that the targets mean, each once, with the claims meant; all shipped ones if there is no target.

    Claims are sought by name in the files that are named beside them, then in the shipped ones. The scripts of a folder
    only if `scripts`; each script may run for so many seconds before its claims. With
    `spec` the targets are weight files, of which that file says what they should compute.
    """
    if spec is not None:
        yield from (read_weight_file(Path(target), spec) for target in targets)
        return
    names = [target for target in targets if not is_path(target) and file_named(target) is None]
    paths = [path for target in targets if target not in names for path in _files(target, scripts)]
    sources: Iterable[Source] = (read(path, seconds) for path in dict.fromkeys(paths if targets else shipped()))
    if names and paths:
        sources = [*sources]
        own = {claim.id for source in sources for claim in source.claims}.intersection(names)
        if own:
            names = [name for name in names if name not in own]
            sources = kept(sources, lambda claim: claim.id in own)
    yield from sources
    if names:
        yield from _claims_named(names)


def _files(target: str, scripts: bool) -> list[Path]:
    named = None if is_path(target) else file_named(target)
    if named is not None:
        return [named]
    found = files_at(target, scripts)
    left = [] if scripts or not Path(target).is_dir() else sorted(Path(target).glob("*.py"))
    if left:
        count = f"{len(left)} Python script{'s' * (len(left) > 1)}"
        print(f"symlstm: {target}: {count} not run\n  try     --scripts, or the script's name", file=sys.stderr)
    return found


def _claims_named(names: Sequence[str]) -> Iterator[Source]:
    sources = [read(path) for path in shipped()]
    known = [claim.id for source in sources for claim in source.claims]
    for name in names:
        if name not in known:
            broken = [source for source in sources if source.error is not None]
            stems = [source.path.stem for source in sources]
            where = f"{', '.join(str(source.path) for source in broken)} cannot be read" if broken else ""
            hint = did_you_mean(name, [*known, *stems]) or where
            needed = "a path, or the name of a shipped claim or file" + (
                f": {known[0]}, {stems[0]}, ..." if known else ""
            )
            raise InputError(name, "no claim or file of that name", needed, hint)
    yield from kept((source for source in sources if source.error is None), lambda claim: claim.id in names)


def kept(sources: Iterable[Source], wanted: Callable[[Claim], bool]) -> Iterator[Source]:
    """The sources with only the claims wanted (notes: if all are); without any they are dropped, unless they failed."""
    for source in sources:
        claims = tuple(filter(wanted, source.claims))
        if claims or source.error is not None:
            yield replace(source, claims=claims, notes=source.notes if claims == source.claims else ())
