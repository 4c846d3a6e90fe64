"""Figures as files: the same bytes on every run, and compared with those that are there."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from symlstm.figures.paper import Drawing, picture
from symlstm.figures.table import csv_text


@dataclass(frozen=True)
class Files:
    """What is written of one figure: file names with their bytes, and the caption."""

    name: str
    caption: str
    files: Mapping[str, bytes]


def files_of(name: str, drawing: Drawing, forms: tuple[str, ...], data: tuple[str, ...] = ("csv",)) -> Files:
    """The figure in some formats, and its numbers."""
    files = {f"{name}.{form}": picture(drawing, form) for form in forms}
    files |= {f"{name}.{form}": csv_text(drawing.rows).encode() for form in data}
    return Files(name, drawing.caption, files)


def index(figures: list[Files]) -> bytes:
    """A page with every picture and its caption."""
    parts = [f"## {one.name}\n\n![{one.name}]({one.name}.svg)\n\n{one.caption}\n" for one in figures]
    intro = "Written by `symlstm plot`; `symlstm plot --check` compares. The numbers are in the csv files here.\n"
    return "\n".join(["# Figures\n", intro, *parts]).encode()


def differences(folder: Path, files: Mapping[str, bytes]) -> Iterator[tuple[str, str]]:
    """(file, how it differs) for each file that is not there or has other bytes, but for `foreign` ones."""
    for name, data in files.items():
        path = folder / name
        if not path.is_file():
            yield name, "is not there"
        elif path.read_bytes() != data and not _foreign(path.read_bytes(), data):
            yield name, _first_difference(path.read_bytes(), data)


def foreign(folder: Path, files: Mapping[str, bytes]) -> list[str]:
    """The pictures there that another version of matplotlib or FreeType drew: letters may stand a hair elsewhere."""
    there = {name: folder / name for name in files if (folder / name).is_file()}
    return [name for name, path in there.items() if _foreign(path.read_bytes(), files[name])]


def _foreign(there: bytes, new: bytes) -> bool:
    old, now = (re.search(rb"<dc:title>symlstm, Matplotlib (.*)</dc:title>", svg) for svg in (there, new))
    return old is not None and now is not None and old[1] != now[1]


def _first_difference(there: bytes, new: bytes) -> str:
    """The first line that differs."""
    old, now = there.splitlines(), new.splitlines()
    n = next((n for n, (a, b) in enumerate(zip(old, now, strict=False)) if a != b), min(len(old), len(now)))
    return f"differs from line {n + 1} on"
