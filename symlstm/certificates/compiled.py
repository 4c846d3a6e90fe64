"""The library of one version as a compiler has made it, kept in the user's cache folder between runs.

A compiled file is used only if its digest is the one in its name; what it rests on, `Print Assumptions` says of it
as of a fresh one. `verify --fresh` does without.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path


class Compiled:
    """Compiled files of these sources by this compiler; without a folder nothing is kept."""

    def __init__(self, folder: Path | None) -> None:
        self.folder = folder

    @classmethod
    def of(cls, compiler: tuple[object, ...], sources: Mapping[str, bytes]) -> Compiled:
        """Kept in a folder of their own for each compiler and each state of the sources."""
        key = hashlib.sha256(repr((*compiler, sorted(sources.items()))).encode()).hexdigest()[:16]
        try:
            base = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
        except RuntimeError:  # no home
            return cls(None)
        return cls(base / "symlstm" / f"rocq-{key}")

    def fetch(self, name: str, into: Path) -> bool:
        """Puts a compiled file into a folder, if there is a whole one."""
        for path in [] if self.folder is None else self.folder.glob(f"{name}.*.vo"):
            try:
                data = path.read_bytes()
            except OSError:
                continue
            if path.name == self._name(name, data):
                (into / f"{name}.vo").write_bytes(data)
                return True
        return False

    def keep(self, name: str, place: Path) -> None:
        """Keeps a compiled file, whole or not at all; where that cannot be, without a word."""
        if self.folder is None:
            return
        data = (place / f"{name}.vo").read_bytes()
        draft = self.folder / f".{name}.{os.getpid()}"
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            draft.write_bytes(data)
            draft.replace(self.folder / self._name(name, data))
        except OSError:
            with suppress(OSError):
                draft.unlink()

    @staticmethod
    def _name(name: str, data: bytes) -> str:
        return f"{name}.{hashlib.sha256(data).hexdigest()[:32]}.vo"
