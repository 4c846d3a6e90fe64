"""Bounds as lines and measurements as marks, on a logarithmic axis that reaches far below all floats."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any

from flint import arb, fmpq

from symlstm.figures.paper import MARK, log10
from symlstm.figures.table import TableRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.axis import Axis

Place = Callable[[TableRow], float]  # the abscissa of a row


def points(rows: Sequence[TableRow], column: str, place: Place) -> list[tuple[float, float]]:
    """(abscissa, log10 of the column) of the rows whose number there is certainly > 0."""
    found = ((place(row), row.get(column)) for row in rows)
    return [(x, log10(y)) for x, y in found if isinstance(y, arb | fmpq | int) and y > 0]


def curve(axes: Axes, rows: Sequence[TableRow], place: Place, look: dict[str, Any], label: str = "") -> None:
    """The column "bound" as a line, the column "measured" as marks of the same colour."""
    line, marks = points(rows, "bound", place), points(rows, "measured", place)
    drawn = {name: value for name, value in look.items() if name != "marker"}
    axes.plot(*columns(line), **drawn)
    axes.plot(*columns(marks), **(look | MARK | {"linestyle": "none"}))
    axes.plot([], [], **(look | MARK), label=label)  # what the legend shows


def columns(pairs: Sequence[tuple[float, float]]) -> tuple[list[float], list[float]]:
    """Abscissas and ordinates."""
    return [x for x, _ in pairs], [y for _, y in pairs]


def lowest(rows: Sequence[TableRow]) -> float:
    """The least logarithm in the columns "bound" and "measured"."""
    return min(y for name in ("bound", "measured") for _, y in points(rows, name, lambda _: 0.0))


def highest(rows: Sequence[TableRow]) -> float:
    """The greatest logarithm there."""
    return max(y for name in ("bound", "measured") for _, y in points(rows, name, lambda _: 0.0))


def decades(axis: Axis, low: float, high: float, most: int = 9) -> None:
    """Ticks at powers of ten, `most` of them at most, on an axis of logarithms from low to high."""
    step = next(n for n in (1, 2, 5, 10, 20, 25, 50, 100) if (high - low) / n <= most)
    ticks = range(math.ceil(low / step) * step, math.floor(high) + 1, step)
    axis.set_ticks(list(ticks), labels=[f"$10^{{{n}}}$" if n else "$1$" for n in ticks])
