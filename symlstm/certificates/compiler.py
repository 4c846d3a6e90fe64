"""Rocq, where it is installed: compiles the library and a statement, and says what the theorem rests on."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from symlstm.certificates.folder import library

AXIOMS = {  # of the real numbers and of classical logic, in Rocq's standard library
    "ClassicalDedekindReals.sig_not_dec",
    "ClassicalDedekindReals.sig_forall_dec",
    "FunctionalExtensionality.functional_extensionality_dep",
    "Classical_Prop.classic",
}
NEEDED = {"Coquelicot": "libcoq-coquelicot", "Interval": "libcoq-interval"}
INSTALL = "sudo apt-get install coq libcoq-coquelicot libcoq-interval"
LIMIT = 600  # seconds for one file


class Rejected(Exception):
    """Rocq refuses a file, or a theorem in it rests on other axioms."""


@dataclass(frozen=True)
class Rocq:
    """The compiler, its version, and the folder that it works in, where the library is compiled."""

    program: str
    version: str
    workplace: Path

    def theorem(self, text: str) -> float:
        """Compiles a statement; the seconds that took. Raises Rejected."""
        start = time.perf_counter()
        path = self.workplace / "statement.v"
        path.write_text(text, encoding="utf-8")
        said = self.compile(path)
        assumed = set(re.findall(r"^([A-Za-z_][\w.']*)\s*:", said.partition("Axioms:")[2], re.MULTILINE))
        if not assumed <= AXIOMS or ("Axioms:" not in said and "Closed under the global context" not in said):
            raise Rejected(f"it rests on {', '.join(sorted(assumed - AXIOMS)) or 'nothing that is said'}")
        return time.perf_counter() - start

    def compile(self, path: Path) -> str:
        """What the compiler says; raises Rejected with its error."""
        words = [self.program, "-q", "-w", "-all", "-R", ".", "Symlstm", path.name]
        try:
            done = subprocess.run(words, cwd=self.workplace, capture_output=True, text=True, timeout=LIMIT, check=False)
        except subprocess.TimeoutExpired:
            raise Rejected(f"no end after {LIMIT} s") from None
        if done.returncode:
            lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
            raise Rejected("; ".join(line.strip() for line in lines[:4])[:300] or f"exit code {done.returncode}")
        return done.stdout


def installed() -> tuple[str, str] | None:
    """The compiler and its version, if it is there with the libraries that are needed."""
    program = shutil.which("coqc")
    if program is None:
        return None
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
        where = subprocess.run([program, "-where"], capture_output=True, text=True, timeout=60, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"version (\S+)", said)
    contributed = Path(where.strip()) / "user-contrib"
    complete = all((contributed / name).is_dir() for name in NEEDED)
    return (program, version[1]) if version and complete else None


@contextmanager
def rocq() -> Iterator[Rocq | None]:
    """The compiler with the library compiled, in a folder of its own for as long; None where it is not installed."""
    found = installed()
    if found is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="symlstm-rocq-") as folder:
        made = Rocq(*found, Path(folder))
        for name, data in library().items():
            (made.workplace / name).write_bytes(data)
            made.compile(made.workplace / name)
        yield made
