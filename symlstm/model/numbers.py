"""Rational numbers as people write them in Python: ints, Fractions, SymPy's and flint's rationals, and texts as in files."""

from __future__ import annotations

from fractions import Fraction
from typing import Any

from flint import fmpq

from symlstm.model.errors import InputError

Number = int | Fraction | str | fmpq | Any  # or a SymPy rational

KINDS = 'an int, a Fraction, a SymPy rational, or a text such as "-3/2" or "1e-3"'


def fraction(number: object, where: str) -> Fraction:
    """The number exactly. Raises InputError for any other, and for a float with the text that it was meant for."""
    if isinstance(number, int | Fraction) and not isinstance(number, bool):
        return Fraction(number)
    if isinstance(number, fmpq) or getattr(number, "is_Rational", False):
        return Fraction(int(number.p), int(number.q))  # type: ignore[attr-defined]
    if isinstance(number, float):
        raise InputError(where, f"the float {number!r}", KINDS, f'"{number!r}"')
    if isinstance(number, str):
        return _read(number, where)
    raise InputError(where, repr(number), KINDS)


def _read(text: str, where: str) -> Fraction:
    from symlstm.model.file.parser import parse_entry

    entry = parse_entry(text, where)
    found = entry.rational()
    if found is None:
        raise InputError(where, repr(text), "a rational number, free of k")
    return Fraction(int(found.p), int(found.q))


def positive(number: object, where: str) -> Fraction:
    """The same of a number > 0."""
    found = fraction(number, where)
    if found <= 0:
        raise InputError(where, repr(number), "a number > 0")
    return found
