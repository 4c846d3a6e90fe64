"""symlstm new: a construction file to begin with."""

from __future__ import annotations

import argparse
import os
import shlex
import tempfile
from pathlib import Path

from symlstm.cli.main import ExitCode
from symlstm.model.errors import InputError

CHOICES = ("lstm", "gru", "rnn_tanh", "rnn_relu", "step")  # those of template.py, which --help does not load
KINDS = ("counter", "flag", "latch", "parity", "decision", "stacked", "automaton")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `new`."""
    parser.add_argument("name", metavar="NAME", help="the file is NAME.toml in the current directory")
    parser.add_argument("--cell", choices=CHOICES, help="the cell (default: lstm)")
    parser.add_argument("--template", choices=KINDS, help="the construction (default: the usual one of the cell)")
    parser.add_argument("--key", action="store_true", help="a key for symlstm grade, instead of a construction")


def run(options: argparse.Namespace) -> ExitCode:
    """Writes the file and says what to do with it."""
    from symlstm.model.file.template import new_construction

    path = file_named(options.name)
    if options.key:
        from symlstm.grading.key import new_key

        write_new(path, new_key(path.stem))
    else:
        write_new(path, new_construction(path.stem, options.cell, options.template))
    if not options.quiet:
        file = shlex.quote(str(path))
        print(f"{path}\n  try     symlstm {f'grade {file} SUBMISSIONS' if options.key else f'prove {file}'}")
    return ExitCode.OK


def file_named(name: str) -> Path:
    """NAME.toml. Raises InputError for a name that is a folder's, or has another ending."""
    path = Path(name)
    if path.name in ("", "..") or path.is_dir() or name.endswith(("/", os.sep)):
        raise InputError(repr(name), "a folder", "a name for a file", "symlstm new mine")
    if path.suffix in (".json", ".py"):
        raise InputError(
            repr(name), f"the ending {path.suffix!r}", "a name without an ending, or with .toml", path.stem
        )
    return path if path.suffix == ".toml" else path.with_name(f"{path.name}.toml")


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
