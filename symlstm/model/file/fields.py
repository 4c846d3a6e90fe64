"""The fields of a file's tables: each read once, with its type and limits, or refused where it stands.

Every InputError begins with the file and the field ("net.toml: weights.bias_ih_l0[2]").
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from fractions import Fraction
from typing import Any

from symlstm.kernel.algebra import Term
from symlstm.model.errors import InputError
from symlstm.model.file.parser import Entries, described
from symlstm.model.file.toml_json import Literal

MAX_LETTERS = 2000  # of a text
MAX_LENGTH = 4096  # of a list of numbers


class Fields:
    """One table of a file. `known` are the fields that it may have; any other is refused."""

    def __init__(self, file: str, place: str, table: object, known: Iterable[str], entries: Entries) -> None:
        self.file, self._place, self._entries = file, place, entries
        if not isinstance(table, dict):
            raise InputError(self.where("")[:-1], described(table), "a table of fields")
        self._table: dict[str, Any] = table
        self._check_known(list(known))

    def _check_known(self, known: list[str]) -> None:
        for name in self._table:
            if name not in known:
                close = "".join(difflib.get_close_matches(name[:60], known, n=1))
                shown = name[:60] if name.isprintable() else repr(name[:60])
                raise InputError(self.where(shown), "an unknown field", _listed(known), close)

    def where(self, name: str) -> str:
        """The file and the full name of a field of this table."""
        return f"{self.file}: {self._place}{name}"

    def has(self, name: str) -> bool:
        return name in self._table

    def need(self, name: str, what: str) -> Any:
        """The field as it is; raises InputError, saying what it should be, if it is missing."""
        if name not in self._table:
            raise InputError(self.where(name), "nothing", what)
        return self._table[name]

    def table(self, name: str, known: Iterable[str], optional: bool = False) -> Fields:
        """The field as a table; an optional one that is missing is empty."""
        found = {} if optional and name not in self._table else self.need(name, "a table")
        return Fields(self.file, f"{self._place}{name}.", found, known, self._entries)

    def tables(self, name: str, known: Iterable[str]) -> Iterator[Fields]:
        """The field as a list of tables."""
        for i, found in enumerate(self._list(name, "a list of tables")):
            yield Fields(self.file, f"{self._place}{name}[{i}].", found, known, self._entries)

    def keys(self, name: str, most: int) -> tuple[str, ...]:
        """The names of the fields of a table, at most so many, where they are the file's own."""
        found = self.need(name, "a table")
        if not isinstance(found, dict) or len(found) > most:
            raise InputError(self.where(name), described(found), f"a table of at most {most} fields")
        return tuple(_text(key, self.where(name), least=1) for key in found)

    def rows(self, name: str, width: int) -> Iterator[Fields]:
        """The field as a list of lists of one length, each as a table with the fields "0", "1", ...; none if missing."""
        known = [str(i) for i in range(width)]
        for i, row in enumerate(self._list(name, "a list of lists") if name in self._table else ()):
            if not isinstance(row, list) or len(row) != width:
                raise InputError(f"{self.where(name)}[{i}]", described(row), f"a list of {width} entries")
            table = dict(zip(known, row, strict=True))
            yield Fields(self.file, f"{self._place}{name}[{i}].", table, known, self._entries)

    def text(self, name: str, default: str | None = None) -> str:
        """The field as a line of text."""
        found = default if default is not None and name not in self._table else self.need(name, "a text")
        return _text(found, self.where(name))

    def prose(self, name: str) -> str:
        """The field as text of any number of lines, which are joined; empty if missing."""
        found = self._table.get(name, "")
        return _text(" ".join(found.split()) if type(found) is str else found, self.where(name))

    def choice(self, name: str, options: Sequence[str], default: str | None = None) -> str:
        """The field as one of a few texts."""
        found = self.text(name, default)
        if found not in options:
            close = difflib.get_close_matches(found, options, n=1)
            raise InputError(self.where(name), described(found), _listed(options), "".join(close))
        return found

    def texts(self, name: str, most: int) -> tuple[str, ...]:
        """The field as a list of one or more texts, none of them empty."""
        found = self._list(name, "a list of texts")
        if not 0 < len(found) <= most:
            raise InputError(self.where(name), f"{len(found)} texts", f"1 to {most}")
        return tuple(_text(word, f"{self.where(name)}[{i}]", least=1) for i, word in enumerate(found))

    def whole(self, name: str, most: int, default: int | None = None) -> int:
        """The field as a whole number from 0 to `most`."""
        needed = f"a whole number from 0 to {most}"
        found = default if default is not None and name not in self._table else self.need(name, needed)
        if isinstance(found, bool) or not isinstance(found, int) or not 0 <= found <= most:
            raise InputError(self.where(name), described(found), needed)
        return found

    def entry(self, name: str, default: str | None = None) -> Term:
        """The field as an exact expression in k."""
        found = default if default is not None and name not in self._table else self.need(name, "a number or text in k")
        return self._entries.read(found, self.where(name))

    def rational(self, name: str) -> Fraction:
        """The field as a rational number."""
        return rational(self.entry(name), self.where(name))

    def array(self, name: str, depth: int, optional: bool = False) -> Any:
        """The field as nested tuples of expressions in k, `depth` deep; None if it is optional and missing."""
        if optional and name not in self._table:
            return None
        return self._array(self.need(name, _NEEDED[depth]), name, depth, ())

    def _array(self, found: object, name: str, depth: int, at: tuple[int, ...]) -> Any:
        if not isinstance(found, list):
            raise InputError(self.where(name + _subscript(at)), described(found), _NEEDED[depth])
        if len(found) > MAX_LENGTH:
            raise InputError(self.where(name + _subscript(at)), f"{len(found)} entries", f"at most {MAX_LENGTH}")
        if depth == 1:
            return self._row(found, name, at)
        return tuple(self._array(inner, name, depth - 1, (*at, i)) for i, inner in enumerate(found))

    def _row(self, found: list[Any], name: str, at: tuple[int, ...]) -> tuple[Term, ...]:
        row: list[Term] = []
        try:
            for entry in found:
                row.append(self._entries.read(entry, "entry"))
        except InputError as error:
            where = self.where(name + _subscript((*at, len(row))))
            raise InputError(where, error.found, error.needed, error.hint) from None
        return tuple(row)

    def rationals(self, name: str, depth: int) -> Any:
        """The field as nested lists of rational numbers, `depth` deep."""
        return _rationals(self.array(name, depth), self.where(name))

    def _list(self, name: str, needed: str) -> list[Any]:
        found = self.need(name, needed)
        if not isinstance(found, list):
            raise InputError(self.where(name), described(found), needed)
        return found

    @contextmanager
    def locating(self, names: dict[str, str]) -> Iterator[None]:
        """Errors raised within name the file, and the field as the file calls it (by the name before any subscript)."""
        try:
            yield
        except InputError as error:
            if error.where.startswith(f"{self.file}: "):  # by a field, which knows its place
                raise
            name, bracket, rest = error.where.partition("[")
            where = self.where(names.get(name, name) + bracket + rest)
            raise InputError(where, error.found, error.needed, error.hint) from None


_NEEDED = ("a number or a text in k", "a list of numbers or texts in k", "a list of rows, each a list")


def rational(entry: Term, where: str) -> Fraction:
    """A rational entry as a Fraction; raises InputError for any other."""
    value = entry.rational()
    if value is None:
        raise InputError(where, described(str(entry)), "a rational number, free of k")
    return Fraction(int(value.p), int(value.q))


def _rationals(found: Any, where: str) -> Any:
    if isinstance(found, tuple):
        return [_rationals(inner, f"{where}[{i}]") for i, inner in enumerate(found)]
    return rational(found, where)


def _text(found: object, where: str, least: int = 0) -> str:
    if not isinstance(found, str) or isinstance(found, Literal):
        raise InputError(where, described(found), "a text in quotes")
    if not least <= len(found) <= MAX_LETTERS:
        raise InputError(where, f"{len(found)} letters", f"{least} to {MAX_LETTERS}")
    if not found.isprintable():
        raise InputError(where, described(found), "printable letters, in one line")
    return found


def _subscript(at: tuple[int, ...]) -> str:
    if len(at) == 2:
        return f"[{at[0]}][{at[1]}] (row {at[0] + 1}, column {at[1] + 1})"
    return "".join(f"[{i}]" for i in at)


def _listed(names: Sequence[str]) -> str:
    shown = ", ".join(names[:12])
    return f"one of {shown}" + (", ..." if len(names) > 12 else "")
