"""The numbers of a figure as a table: exact, or to 25 digits with a stated direction of rounding."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias

from flint import arb, fmpq

from symlstm.render.statements.numbers import ball_decimal, exactly, round_down, round_up

DIGITS = 25
ROUNDING = {"bound": round_up, "at most": round_up, "at least": round_down}  # of these columns
ZERO = arb(10) ** -50  # a ball around 0 of a smaller radius is written as 0
Cell: TypeAlias = str | int | fmpq | arb | None  # None: not bounded, or not measured, at this place
TableRow: TypeAlias = Mapping[str, Any]  # a Cell in each column


def text_of(column: str, cell: Cell) -> str:
    """A cell as it stands in the file: bounds rounded outward, balls to the digits that they determine."""
    if isinstance(cell, arb):
        return "0" if cell.contains(0) and cell.rad() < ZERO else ball_decimal(cell, DIGITS)
    if isinstance(cell, fmpq):
        return ROUNDING[column](cell, DIGITS) if column in ROUNDING else rational(cell)
    return "" if cell is None else str(cell)


def rational(x: fmpq) -> str:
    """Exactly: a short decimal if it has one, else a fraction."""
    odd = int(x.q)
    for prime in (2, 5):
        while odd % prime == 0:
            odd //= prime
    return exactly(x) if odd == 1 and x.q < 10**DIGITS else f"{x.p}/{x.q}"


def csv_text(rows: Sequence[TableRow]) -> str:
    """A head with the columns of all rows in the order they first occur, and the rows."""
    columns = list(dict.fromkeys(name for row in rows for name in row))
    file = io.StringIO()
    writer = csv.writer(file, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows([text_of(name, row.get(name)) for name in columns] for row in rows)
    return file.getvalue()
