"""Rocq, where it is installed: compiles the library and a statement, and says what the theorem rests on."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import reduce
from itertools import count
from pathlib import Path
from typing import NamedTuple

from symlstm.certificates.compiled import Compiled
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
TOGETHER = 500_000  # letters of statements in one file
AT_ONCE, COUNT = 2, count()  # compilers that run at once; numbers of files
ENDING = "Print Assumptions statement.\n"


class Rejected(Exception):
    """Rocq refuses a file, or a theorem in it rests on other axioms."""


@dataclass(frozen=True)
class Rocq:
    """The compiler, its version, and the folder that it works in, where the library is compiled as far as it is needed."""

    program: str
    version: str
    workplace: Path
    kept: Compiled
    ready: set[str] = field(default_factory=set)

    def theorem(self, text: str) -> float:
        """Compiles a statement; the seconds that took. Raises Rejected."""
        start = time.perf_counter()
        assumed = _assumed(self.compile(self._written(text)))
        if not assumed <= AXIOMS:
            raise Rejected(f"it rests on {', '.join(sorted(assumed - AXIOMS))}")
        return time.perf_counter() - start

    def theorems(self, texts: Mapping[str, str]) -> dict[str, float | Rejected]:
        """The same of several, in one file for those with the same library: seconds without the time to load that."""
        portions = [
            (header, some)
            for header in dict.fromkeys(map(_header, texts.values()))
            for some in _portions({name: text for name, text in texts.items() if _header(text) == header})
        ]
        found: dict[str, float | Rejected] = {}
        for header, some in portions:
            try:
                self._prepare(header)
            except Rejected as reason:  # of the library
                found |= dict.fromkeys(some, reason)
        left = [portion for portion in portions if not {*portion[1]} <= {*found}]
        with ThreadPoolExecutor(AT_ONCE) as pool:
            for seconds in pool.map(lambda portion: self._together(*portion), left):
                found |= seconds
        return found

    def _together(self, header: str, texts: Mapping[str, str]) -> dict[str, float | Rejected]:
        left, rejected = dict(texts), dict[str, float | Rejected]()
        while len(left) > 1:
            modules = {
                name: f"Module T{n}.\n{text.removeprefix(header).removesuffix(ENDING)}End T{n}.\n"
                for n, (name, text) in enumerate(left.items())
            }
            every = reduce(lambda rest, n: f"({n}.statement, {rest})", (f"T{n}" for n in range(len(left))), "tt")
            whole = f"{header}{''.join(modules.values())}Definition every := {every}.\nPrint Assumptions every.\n"
            done = self._run(self._written(whole), "-time")
            if not done.returncode:
                if _assumed(done.stdout) <= AXIOMS:
                    return rejected | _seconds(done.stdout, len(header.encode()), modules)
                break
            wrong = _module_at(done.stderr, header, modules)
            if wrong is None:
                break
            rejected[wrong] = Rejected(_said(done))
            del left[wrong]
        return rejected | {name: self.one(text) for name, text in left.items()}

    def one(self, text: str) -> float | Rejected:
        """The seconds of a statement, or why it is rejected."""
        try:
            return self.theorem(text)
        except Rejected as reason:
            return reason

    def _written(self, text: str) -> Path:
        self._prepare(text)
        path = self.workplace / f"statement{next(COUNT)}.v"
        path.write_text(text, encoding="utf-8")
        return path

    def _prepare(self, text: str) -> None:
        """Compiles what a text requires of the library, if it was not yet."""
        for names in re.findall(r"^From Symlstm Require Import (.*)\.$", text, re.MULTILINE):
            for name in names.split():
                path = self.workplace / f"{name}.v"
                if name not in self.ready and path.is_file():
                    self.ready.add(name)
                    self._prepare(path.read_text("utf-8"))
                    self._make(name, path)

    def _make(self, name: str, path: Path) -> None:
        if not self.kept.fetch(name, self.workplace):
            self.compile(path)
            self.kept.keep(name, self.workplace)

    def compile(self, path: Path) -> str:
        """What the compiler says; raises Rejected with its error."""
        done = self._run(path)
        if done.returncode:
            raise Rejected(_said(done))
        return done.stdout

    def _run(self, path: Path, *options: str) -> subprocess.CompletedProcess[str]:
        words = [self.program, "-q", "-w", "-all", *options, "-R", ".", "Symlstm", path.name]
        try:
            return subprocess.run(words, cwd=self.workplace, capture_output=True, text=True, timeout=LIMIT, check=False)
        except subprocess.TimeoutExpired:
            raise Rejected(f"no end after {LIMIT} s") from None


def _portions(texts: Mapping[str, str]) -> Iterator[dict[str, str]]:
    """Texts that are compiled together: no more than Rocq has memory for."""
    some: dict[str, str] = {}
    for name, text in texts.items():
        if some and sum(map(len, (*some.values(), text))) > TOGETHER:
            yield some
            some = {}
        some[name] = text
    if some:
        yield some


def _said(done: subprocess.CompletedProcess[str]) -> str:
    lines = [line for line in (done.stderr or done.stdout).splitlines() if line.strip()]
    return "; ".join(line.strip() for line in lines[:4])[:300] or f"exit code {done.returncode}"


def _assumed(said: str) -> set[str]:
    """What `Print Assumptions` names, in what was said; something that no library has, if it named nothing at all."""
    if "Axioms:" not in said and "Closed under the global context" not in said:
        return {"nothing that is said"}
    return set(re.findall(r"^([A-Za-z_][\w.']*)\s*:", said.partition("Axioms:")[2], re.MULTILINE))


def _header(text: str) -> str:
    """The lines that load a library."""
    return text[: text.index("\n", text.index("From Symlstm")) + 1]


def _module_at(error: str, header: str, modules: Mapping[str, str]) -> str | None:
    """The module that an error is about, by its line."""
    place = re.search(r", line (\d+), characters", error)
    left = int(place[1]) - header.count("\n") if place else 0
    for name, text in modules.items():
        left -= text.count("\n")
        if place and left <= 0:
            return name
    return None


def _seconds(said: str, start: int, modules: Mapping[str, str]) -> dict[str, float | Rejected]:
    """The seconds of each module, from those of each sentence and where it begins."""
    times = [
        (int(at), float(x)) for at, x in re.findall(r"^Chars (\d+) - \d+ \[.*\] ([\d.]+) secs", said, re.MULTILINE)
    ]
    found: dict[str, float | Rejected] = {}
    for name, text in modules.items():
        end = start + len(text.encode())
        found[name] = sum(x for at, x in times if start <= at < end)
        start = end
    return found


class Installed(NamedTuple):
    """The compiler, its version, and when each library that is needed was installed."""

    program: str
    version: str
    since: tuple[int, ...]


def installed() -> Installed | None:
    """The compiler, if it is there with the libraries that are needed."""
    program = shutil.which("coqc")
    if program is None:
        return None
    try:
        said = subprocess.run([program, "--version"], capture_output=True, text=True, timeout=60, check=False).stdout
        where = subprocess.run([program, "-where"], capture_output=True, text=True, timeout=60, check=False).stdout
    except (OSError, subprocess.TimeoutExpired):
        return None
    version = re.search(r"version (\S+)", said)
    libraries = [Path(where.strip()) / "user-contrib" / name for name in NEEDED]
    if version is None or not all(path.is_dir() for path in libraries):
        return None
    return Installed(program, version[1], tuple(path.stat().st_mtime_ns for path in libraries))


@contextmanager
def rocq(fresh: bool = False) -> Iterator[Rocq | None]:
    """The compiler with the library, in a folder of its own for as long; None where it is not installed.

    The library is compiled once for each version; with `fresh` anew.
    """
    found = installed()
    if found is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="symlstm-rocq-") as folder:
        sources = library()
        kept = Compiled(None) if fresh else Compiled.of(found, sources)
        made = Rocq(found.program, found.version, Path(folder), kept)
        for name, data in sources.items():
            (made.workplace / name).write_bytes(data)
        yield made
