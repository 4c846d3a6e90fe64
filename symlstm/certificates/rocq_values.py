"""Values as Rocq writes them: numbers, constants, lists, records."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


def listed(items: Any, write: Callable[[Any], str]) -> str:
    """A list."""
    return "[" + "; ".join(map(write, items)) + "]"


def rational(text: str) -> str:
    """A number of Q."""
    numerator, _, denominator = text.partition("/")
    numerator = f"({numerator})" if numerator.startswith("-") else numerator
    return f"{numerator}#{denominator}" if denominator else numerator


def whole(n: int) -> str:
    """A number of nat."""
    return f"{n}%nat"


def integer(n: int) -> str:
    """A number of Z that is not negative."""
    return f"{n}%Z"


def _power(pair: list[int]) -> str:
    return f"({pair[0]}%nat, {pair[1]}%Z)" if pair[1] >= 0 else f"({pair[0]}%nat, ({pair[1]})%Z)"


def constant(data: Any) -> str:
    """A constant: a list of products."""
    if isinstance(data, str):
        return "[]" if data == "0" else f"[({rational(data)}, [])]"
    return listed(data, lambda part: f"({rational(part[0])}, {listed(part[1], _power)})")


def term(data: Any) -> str:
    """A coordinate and its coefficient."""
    return f"({whole(data[0])}, {constant(data[1])})"


def output(data: Any) -> str:
    """A readout: its terms, and its constant."""
    terms, shift = data
    return f"({listed(terms, term)}, {constant(shift)})"


def coordinates(box: Any, size: int) -> str:
    """Where each coordinate lies, if it stands in the box."""
    known = {n: f"Some ({rational(low)}, {rational(high)})" for n, low, high in box}
    return listed([known.get(n, "None") for n in range(size)], str)


def string(text: str) -> str:
    """A text."""
    return '"' + text.replace('"', '""') + '"'


def record(fields: dict[str, str], between: str = "\n  ") -> str:
    """A record, a field a line."""
    return "{|" + ";".join(f"{between}{name} := {value}" for name, value in fields.items()) + " |}"
