"""What all figures share: the style, the logarithms that become coordinates, and how a figure becomes a file.

matplotlib is imported when a figure is drawn, and never its pyplot: no display is needed.
"""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from flint import arb, ctx, fmpq

from symlstm.figures.table import TableRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

STYLE = Path(__file__).with_name("paper.mplstyle")
BLACK, GREY = "#000000", "#6e6e6e"
BLUE, RED, GREEN, PINK, ORANGE, SKY = "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9"  # Okabe, Ito
LOOKS: list[dict[str, Any]] = [  # of a line and of its marks
    {"color": BLUE, "linestyle": "-", "marker": "o"},
    {"color": RED, "linestyle": "--", "marker": "s", "markersize": 3.2},
    {"color": GREEN, "linestyle": "-.", "marker": "^"},
    {"color": PINK, "linestyle": (0, (1, 1)), "marker": "D"},
]
BROAD: dict[str, Any] = {"linewidth": 1.9, "markersize": 4.8}  # for what lies under another line
MARK: dict[str, Any] = {"markerfacecolor": "white", "markeredgewidth": 0.8}  # of a measurement
PATCH: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.6}  # keeps text off the lines
FORMATS = ("svg", "pdf", "png")


@dataclass(frozen=True)
class Drawing:
    """A figure, the numbers that it shows, and a caption that names the claims."""

    figure: Figure
    rows: Sequence[TableRow]
    caption: str


@contextmanager
def paper() -> Iterator[None]:
    """The style, whatever a user's own matplotlibrc says."""
    from matplotlib import style

    with style.context(["default", str(STYLE)]):
        yield


def panels(rows: int = 1, columns: int = 1, height: float = 2.4, **more: Any) -> tuple[Figure, Any]:
    """A figure one column wide, `height` inches high, and its axes (an array of them if there are several)."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(3.4, height))
    return figure, figure.subplots(rows, columns, **more)


def settled(figure: Figure) -> None:
    """Makes the ticks that are there now the figure's own, so that it can be saved outside the style."""
    figure.draw_without_rendering()
    for axes in figure.axes:
        for axis in (axes.xaxis, axes.yaxis):
            low, high = axis.get_view_interval()
            axis.set_ticks([place for place in axis.get_majorticklocs() if low <= place <= high])


def picture(drawing: Drawing, form: str) -> bytes:
    """The figure as a file of a format; svg and pdf carry the caption, no file carries a date."""
    file = io.BytesIO()
    said = {"svg": "Description", "png": "Description", "pdf": "Subject"}[form]
    dated = {"svg": {"Date": None}, "png": {}, "pdf": {"CreationDate": None}}[form]
    author = {"Software" if form == "png" else "Creator": drawn_by()}
    with paper():
        drawing.figure.savefig(file, format=form, metadata={said: drawing.caption, **author, **dated})
    return file.getvalue()


def drawn_by() -> str:
    """The versions that decide where letters stand, to a fraction of a point."""
    from matplotlib import __version__
    from matplotlib.ft2font import __freetype_version__

    return f"symlstm, Matplotlib {__version__}, FreeType {__freetype_version__}"


def snapped(x: float) -> float:
    """To six digits: what a picture can show, and the same on every machine."""
    return float(f"{x:.6g}")


def log10(x: arb | fmpq | int) -> float:
    """The logarithm of a number > 0 as a coordinate; the number itself may be far below all floats."""
    with ctx.workprec(128):
        return snapped(float((arb(x).log() / arb(10).log()).mid()))


def number(x: arb | fmpq | int) -> float:
    """A number of ordinary size as a coordinate."""
    return snapped(float(arb(x).mid()))


def note(axes: Axes, x: float, y: float, text: str, **more: Any) -> Any:
    """Text at a point of the data, on a patch of white that keeps it off the lines."""
    looks: dict[str, Any] = {"fontsize": 7, "bbox": PATCH, **more}
    return axes.text(x, y, text, **looks)


def upright(axes: Axes, x: float, text: str, top: bool = False, **more: Any) -> None:
    """Text along a vertical line, to its left if there is room, from the lower end or, if `top`, the upper."""
    low, high = axes.get_xlim()
    end, inward, anchor = (1, -3, "top") if top else (0, 3, "bottom")
    away, side = (-1.5, "right") if x - low > 0.06 * (high - low) else (2.5, "left")
    beside: dict[str, Any] = {
        "xycoords": ("data", "axes fraction"),
        "xytext": (away, inward),
        "textcoords": "offset points",
        "bbox": PATCH,
    }
    axes.annotate(text, (x, end), **beside, fontsize=7, rotation=90, ha=side, va=anchor, **more)
