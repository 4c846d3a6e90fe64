"""TOML and JSON files as plain data, with numbers as they are written and limits on size.

A number with a point or an exponent comes as `Literal`, its own text, so that 0.1 can be
read as 1/10. Everything that is wrong with a file, at this level, is an InputError that
names it: no file, a directory, not UTF-8, too large, too deep, a syntax error, a key twice.
"""

from __future__ import annotations

import difflib
import json
import re
import tomllib
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from symlstm.model.errors import InputError

MAX_BYTES = {".toml": 512 * 1024, ".json": 8 * 1024 * 1024}  # both are read in about a second
MAX_DOTS = 100  # in a line of TOML, decimals apart: tomllib's time grows with the square of the dots of a key
_DECIMAL = re.compile(r"(?<![\w.])\d+\.\d+(?![\w.])")


class Literal(str):
    """A number as the file writes it."""

    __slots__ = ()


def load(path: Path) -> dict[str, Any]:
    """The file's table. Raises InputError naming the file, and the line where there is one."""
    suffix = path.suffix.lower()
    if suffix not in MAX_BYTES:
        raise InputError(str(path), f"the ending {suffix!r}", " or ".join(MAX_BYTES))
    text = _text(path, MAX_BYTES[suffix])
    try:
        table = _PARSERS[suffix](text)
    except RecursionError:
        raise InputError(str(path), "lists or tables nested too deeply", "lists of lists at most") from None
    except ValueError as error:  # TOMLDecodeError, JSONDecodeError, and integers of more than 4300 digits
        told = str(error)
        raise InputError(
            str(path), f"a syntax error: {told[:1].lower()}{told[1:]}", f"valid {suffix[1:].upper()}"
        ) from None
    if not isinstance(table, dict):
        raise InputError(str(path), "a file that is not a table", "fields such as vocabulary, weights, readout, spec")
    return table


def _text(path: Path, limit: int) -> str:
    try:
        if path.is_dir():
            raise InputError(str(path), "a directory", "a construction file")
        with path.open("rb") as file:
            data = file.read(limit + 1)
    except FileNotFoundError:
        raise InputError(str(path), "no such file", "a construction file", _neighbour(path)) from None
    except (OSError, ValueError) as error:  # ValueError: a null character in the name
        raise InputError(str(path), getattr(error, "strerror", None) or str(error), "a readable file") from None
    if len(data) > limit:
        raise InputError(str(path), f"more than {limit} bytes", "a smaller file", "JSON may be larger than TOML")
    return _decoded(path, data)


def _decoded(path: Path, data: bytes) -> str:
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise InputError(str(path), f"a byte that is not UTF-8, in line {line}", "UTF-8 text") from None


def _neighbour(path: Path) -> str:
    """The file beside it with the most similar name, if any is similar."""
    try:
        names = [entry.name for entry in path.parent.iterdir() if entry.suffix in MAX_BYTES]
    except OSError:
        return ""
    return "".join(str(path.with_name(name)) for name in difflib.get_close_matches(path.name, names, n=1))


def _toml(text: str) -> dict[str, Any]:
    for n, line in enumerate(_DECIMAL.sub("", text).split("\n"), 1):
        if line.count(".") > MAX_DOTS:
            raise ValueError(f"more than {MAX_DOTS} dots in a line (at line {n})")
    return tomllib.loads(text, parse_float=lambda number: Literal(number.replace("_", "")))


def _json(text: str) -> Any:
    return json.loads(
        text, parse_float=Literal, parse_int=_integer, parse_constant=Literal, object_pairs_hook=_no_key_twice
    )


def _integer(number: str) -> int | Literal:
    return int(number) if len(number) < 20 else Literal(number)


def _no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    table = dict(pairs)
    if len(table) < len(pairs):
        twice, _ = Counter(key for key, _ in pairs).most_common(1)[0]
        raise ValueError(f"the key {twice[:60]!r} twice")
    return table


_PARSERS: dict[str, Callable[[str], Any]] = {".toml": _toml, ".json": _json}
