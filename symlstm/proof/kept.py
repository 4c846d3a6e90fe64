"""Found certificates, kept beside a proof script as data.  UNTRUSTED: the kernel checks each one that is used.

`prove proofs/x.py --keep` writes proofs/x.certificates: for each goal of order that auto met, which
attempt succeeded and with what numbers. A stale entry is searched again.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

Entry = dict[str, Any]


class Store:
    """The entries of one script, by the fingerprints of their goals and facts."""

    def __init__(self, path: Path | None = None) -> None:
        self.path, self.found, self.changed = path, {}, False
        if path is not None and path.is_file():
            try:
                self.found = dict(json.loads(path.read_text(encoding="utf-8")))
            except (ValueError, TypeError):
                self.found = {}

    found: dict[str, Entry]

    def get(self, key: str) -> Entry | None:
        """What was kept for a goal."""
        entry = self.found.get(key)
        return entry if isinstance(entry, dict) else None

    def put(self, key: str, entry: Entry) -> None:
        """Keeps what was found."""
        if self.found.get(key) != entry:
            self.found[key], self.changed = entry, True

    def write(self) -> None:
        """Writes the file, sorted, one goal a line."""
        if self.path is not None and self.changed:
            rows = [f"{json.dumps(key)}: {json.dumps(self.found[key], sort_keys=True)}" for key in sorted(self.found)]
            self.path.write_text("{\n" + ",\n".join(rows) + "\n}\n", encoding="utf-8")


def fingerprint(*said: object) -> str:
    """The same for what is written the same."""
    return hashlib.sha256("\n".join(map(str, said)).encode()).hexdigest()[:16]


_open: list[Store] = [Store()]


def current() -> Store:
    """The store of the script whose claim is being proved."""
    return _open[-1]


@contextmanager
def beside(script: Path) -> Iterator[Store]:
    """In the block, the store of a script; one of nothing for what is no script."""
    store = Store(script.with_suffix(".certificates") if script.suffix == ".py" else None)
    _open.append(store)
    try:
        yield store
    finally:
        _open.pop()
        if writing:
            store.write()


writing = False  # whether what is found is written beside the scripts; `prove --keep` sets it
