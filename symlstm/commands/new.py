"""symlstm new: a construction file to begin with."""

from __future__ import annotations

import argparse
import os
import shlex
import tempfile
from pathlib import Path

from symlstm.cli import ExitCode
from symlstm.model.errors import InputError


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `new`."""
    parser.add_argument("name", metavar="NAME", help="the file is NAME.toml in the current directory")


def run(options: argparse.Namespace) -> ExitCode:
    """Writes the file and says what to do with it."""
    from symlstm.model.template import new_construction

    path = Path(options.name if options.name.endswith(".toml") else f"{options.name}.toml")
    write_new(path, new_construction(path.stem))
    if not options.quiet:
        print(f"{path}\n  try     symlstm prove {shlex.quote(str(path))}")
    return ExitCode.OK


def write_new(path: Path, text: str) -> None:
    """Writes a file whole or not at all. Raises InputError if there is one of that name, or no such folder."""
    if not path.parent.is_dir():
        raise InputError(str(path.parent), "no such folder", "a folder that exists")
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with open(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.link(draft, path)
    except FileExistsError:
        raise InputError(str(path), "a file of that name", "a new name", f"{path.stem}2") from None
    finally:
        os.unlink(draft)
