"""A folder of certificates: written whole, and read back with the digest of every file.

README.md         how to check it
MANIFEST          sha256 and name of each other file, as sha256sum writes and reads them
index.json        the theorems, and the claims that have no certificate, with the reason
recheck.py        the checker in plain Python
rocq/             the library in Rocq
NAME/certificate.json, NAME/statement.v     one theorem
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any

import symlstm
from symlstm.certificates.recheck import unique
from symlstm.certificates.rocq import LIBRARY, Data, covers, text_of
from symlstm.certificates.telling import hypotheses, told, under
from symlstm.model.errors import InputError

PACKAGE = Path(symlstm.__file__).parent
SCHEMA = 1
README = """# Certificates of symlstm {version}

{count}. Each folder has `certificate.json`, the statement with what proves it, and, where Rocq
covers its kind, `statement.v`, the same for Rocq.

    python -I recheck.py */certificate.json     plain Python, standard library only; exit code 0: all verified,
                                                3: some are derivations about real numbers, which only Rocq checks

    cd rocq                                     Rocq (Coq) 8.16 with Coquelicot 3.2 and Interval 4.6:
    {compile}
    coqc -w -all -R . Symlstm ../NAME/statement.v

The last command prints what the theorem rests on: at most the axioms of the standard library's real numbers and classical
logic (sig_forall_dec, sig_not_dec, functional_extensionality_dep, classic). A proof there is one computation, which Rocq's
kernel does when it reaches `Qed`.

What a theorem says stands in `rocq/Definitions.v` and in the tables of its own file up to the theorem's name; the other tables
only prove it. `sha256sum -c MANIFEST` compares the files with what was written. `symlstm verify FOLDER [FILE...]` does all of
this, reads the statement back out of `statement.v`, and compares it with the networks and scripts given. Names of folders, ids
and titles bind nothing, and nothing tells that a claim was left out: what has been verified is what `verify` prints.

{stated}
{missing}"""


@dataclass(frozen=True)
class Entry:
    """A claim: its certificate, or why it has none."""

    id: str
    title: str
    certificate: Data | None = None
    reason: str = ""
    folder: str = ""


def library() -> dict[str, bytes]:
    """The Rocq library that this package ships: name of the file and content."""
    return {f"{name}.v": (PACKAGE / "rocq" / f"{name}.v").read_bytes() for name in LIBRARY}


def shipped() -> dict[str, bytes]:
    """What every folder has: the library, and the checker in plain Python."""
    found = {f"rocq/{name}": data for name, data in library().items()}
    return found | {"recheck.py": (PACKAGE / "certificates" / "recheck.py").read_bytes()}


def files(entries: Iterable[Entry]) -> dict[str, bytes]:
    """All files of a folder, each under its path in it."""
    named = _named([*entries])
    found = shipped()
    for entry in named:
        if entry.certificate is not None:
            found[f"{entry.folder}/certificate.json"] = encoded(entry.certificate)
            if covers(entry.certificate):
                found[f"{entry.folder}/statement.v"] = text_of(entry.certificate).encode()
    index = [_record(entry) for entry in named]
    found["index.json"] = encoded({"schema": SCHEMA, "symlstm": symlstm.__version__, "claims": index})
    found["README.md"] = _readme(named).encode()
    manifest = "".join(f"{hashlib.sha256(data).hexdigest()}  {name}\n" for name, data in sorted(found.items()))
    return found | {"MANIFEST": manifest.encode()}


def encoded(data: Any) -> bytes:
    """JSON, one field of an object a line."""
    if not isinstance(data, dict):
        return json.dumps(data, ensure_ascii=False).encode()
    lines = (f"{json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}" for name, value in data.items())
    return ("{\n" + ",\n".join(lines) + "\n}\n").encode()


def _named(entries: list[Entry]) -> list[Entry]:
    """The entries with the names of their folders: letters, digits, - and _ of the id, each name once."""
    taken: set[str] = {"rocq"}
    named = []
    for entry in entries:
        short = (
            "".join(c if c.isascii() and (c.isalnum() or c in "-_") else "-" for c in entry.id)[:60].strip("-")
            or "theorem"
        )
        name, n = short, 1
        while name.lower() in taken:
            n += 1
            name = f"{short}-{n}"
        taken.add(name.lower())
        named.append(Entry(entry.id, entry.title, entry.certificate, entry.reason, name if entry.certificate else ""))
    return named


def _record(entry: Entry) -> dict[str, str]:
    about = {"id": entry.id, "title": entry.title}
    return about | ({"folder": entry.folder} if entry.folder else {"not_covered": entry.reason})


def _readme(entries: list[Entry]) -> str:
    left = [f"- {entry.id}: {entry.reason}" for entry in entries if not entry.folder]
    missing = "\nNot covered:\n\n" + "\n".join(left) + "\n" if left else ""
    compile = " && ".join(f"coqc -w -all -R . Symlstm {name}.v" for name in LIBRARY)
    stated = "\n".join(f"- {entry.folder}: {_says(entry.certificate)}" for entry in entries if entry.certificate)
    theorems = len(entries) - len(left)
    count = f"{theorems} theorem{'s' * (theorems != 1)}"
    return README.format(version=symlstm.__version__, count=count, compile=compile, stated=stated, missing=missing)


def _says(certificate: Data) -> str:
    given = under(hypotheses(certificate))
    return f"{told(certificate)}{given}{'' if covers(certificate) else ' (not for Rocq)'}"


def write(folder: Path, data: Mapping[str, bytes], force: bool = False) -> None:
    """Writes a folder whole or not at all; one that is there is replaced only if it is such a folder and `force`.

    Raises InputError if that cannot be done.
    """
    if folder.exists() and not (force and (folder / "MANIFEST").is_file()):
        raise InputError(str(folder), "there already", "a new folder, or --force for one that certify has written")
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=folder.parent, prefix=f".{folder.name}.") as draft:
            _write_all(Path(draft) / "new", data)
            if folder.exists():
                os.replace(folder, Path(draft) / "old")
            os.replace(Path(draft) / "new", folder)
    except OSError as error:
        raise InputError(str(folder), error.strerror or str(error), "a folder that can be written") from None


def _write_all(folder: Path, data: Mapping[str, bytes]) -> None:
    for name, content in data.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


@dataclass(frozen=True)
class Folder:
    """A folder that was read: its claims, all files by name, and those whose digests are not the manifest's."""

    claims: tuple[dict[str, Any], ...]
    content: Mapping[str, bytes]
    changed: frozenset[str]


def read(folder: Path) -> Folder:
    """Reads what the manifest lists. Raises InputError for what is no folder of certificates."""
    try:
        lines = (folder / "MANIFEST").read_text("utf-8").splitlines()
        digests = {name: digest for digest, _, name in (line.partition("  ") for line in lines)}
        if not all(_inside(name) for name in digests):
            raise InputError(str(folder / "MANIFEST"), "a name outside the folder", "relative paths")
        content = {name: (folder / name).read_bytes() for name in digests}
        claims = load(content["index.json"])["claims"]
        ids = [(claim["id"], claim.get("folder", "")) for claim in claims]
    except (OSError, UnicodeDecodeError) as error:
        found = f"no {Path(error.filename).name}" if isinstance(error, FileNotFoundError) else str(error)
        raise InputError(str(folder), found, "a folder that certify has written") from None
    except (KeyError, TypeError, ValueError) as error:
        raise InputError(
            str(folder / "index.json"), f"{type(error).__name__}: {error}", "what certify has written"
        ) from None
    if not all(isinstance(part, str) for pair in ids for part in pair):
        raise InputError(str(folder / "index.json"), "an id that is no text", "what certify has written")
    changed = {name for name, data in content.items() if hashlib.sha256(data).hexdigest() != digests[name]}
    return Folder(tuple(claims), content, frozenset(changed))


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    return bool(path.parts) and not path.is_absolute() and ".." not in path.parts and "\\" not in name


def load(data: bytes) -> Any:
    """JSON without repeated names; raises ValueError."""
    return json.loads(data.decode("utf-8"), object_pairs_hook=unique)


def digest(path: Path) -> dict[str, str]:
    """A file's name and sha256."""
    return {"name": path.name, "sha256": hashlib.sha256(path.read_bytes()).hexdigest()}
