"""Where in the space of the output gate's parameters the sentiment network is right: two planes through its cells."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from flint import arb, ctx

from symlstm.figures.evaluating import theorem_of
from symlstm.figures.paper import BLUE, RED, SKY, Drawing, note, number, panels, paper
from symlstm.figures.polygons import Box, clipped
from symlstm.figures.table import TableRow
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, ball
from symlstm.kernel.networks.regions import Cells, LargestMargin
from symlstm.model.translation import normal
from symlstm.proof.claims import Script

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

BITS = 256
RIGHT, WRONG, PUBLISHED, WIDEST = "right", "if the flags were 1", "as published", "largest margin"
LOOKS: dict[str, dict[str, Any]] = {
    RIGHT: {"facecolor": SKY, "alpha": 0.45, "edgecolor": "none"},
    WRONG: {"facecolor": "none", "edgecolor": RED, "linestyle": "--", "linewidth": 1.0},
}
MARKS: dict[str, dict[str, Any]] = {
    PUBLISHED: {"marker": "o", "color": "black"},
    WIDEST: {"marker": "*", "color": BLUE, "markersize": 7},
}
CAPTION = (
    "The parameters of the output gate, all times k, with which the network is right on every sentence in the "
    "limit; that it is, and that it is wrong elsewhere, is proved ({claim}). Two cells of all (w, n, beta, gamma), "
    "shown where (left) w = 100 and n = 100 or -100, (right) beta = -50 and gamma = -150. Dashed: the region one "
    "would believe if the flags were 1 and not tanh(1). Stars: the points of largest margin, 50 tanh(1) = 38.08 "
    "(S7b, S7c)."
)


@dataclass(frozen=True)
class Plane:
    """A plane through parameter space: its axes, the numbers held fixed, and the part that is shown."""

    name: str
    axes: tuple[str, str]
    fixed: Mapping[str, int]
    window: Box


PLANES = (
    Plane("n = 100", ("beta", "gamma"), {"w": 100, "n": 100}, (-125, 25, -230, 110)),
    Plane("n = -100", ("beta", "gamma"), {"w": 100, "n": -100}, (-125, 25, -230, 110)),
    Plane("biases as published", ("w", "n"), {"beta": -50, "gamma": -150}, (30, 170, 0, 230)),
)


def from_script(script: Script) -> Drawing:
    """From the claims of proofs/region.py."""
    cells, *widest = (theorem_of(script, claim).conclusion for claim in ("S7", "S7b", "S7c"))
    return draw(cells, widest, script.names["PUBLISHED"])


def draw(cells: Cells, widest: Sequence[LargestMargin], published: Mapping[Any, int]) -> Drawing:
    """The planes of (beta, gamma) and of (w, n)."""
    with ctx.workprec(BITS):
        points = {PUBLISHED: [{str(p): arb(x) for p, x in published.items()}]}
        points[WIDEST] = [{str(p): ball(x, {}) for p, x in made.point.items()} for made in widest]
        rows = [row for plane in PLANES for row in (*outlines(cells, plane), *inside(points, plane))]
    with paper():
        return Drawing(figure(rows), rows, CAPTION.format(claim="S7"))


def outlines(cells: Cells, plane: Plane) -> Iterator[TableRow]:
    """The corners of the cells in the plane, as they are and with 1 for tanh(1)."""
    for n, cell in enumerate(cells.cells):
        forms = [normal(inequality.rhs) for inequality in cell]
        believed = [with_flags_at_1(form) for form in forms]
        for what, sides in ((RIGHT, forms), (WRONG, believed)):
            corners = clipped(plane.window, [affine(form, plane) for form in sides])
            for x, y in corners:
                yield {"claim": "S7", "plane": plane.name, "cell": n + 1, "what": what, "x": x, "y": y}


def with_flags_at_1(form: Term) -> Term:
    """The form with 1 for tanh(1)."""
    [(flag, _)] = next(iter(algebra.tanh(algebra.rational(1)).monomials))
    parts = (Term({frozenset(p for p in mono if p[0] != flag): c}) for mono, c in form.monomials.items())
    return algebra.total(parts)


def affine(form: Term, plane: Plane) -> tuple[arb, arb, arb]:
    """(a, b, c) with form = a + b x + c y in the plane."""
    symbols = {str(s): s for s in form.symbols()}

    def at(x: int, y: int) -> arb:
        numbers = dict(zip(plane.axes, (x, y), strict=True)) | dict(plane.fixed)
        return ball(form, {s: arb(numbers[name]) for name, s in symbols.items()})

    return at(0, 0), at(1, 0) - at(0, 0), at(0, 1) - at(0, 0)


def inside(points: Mapping[str, Sequence[Mapping[str, arb]]], plane: Plane) -> Iterator[TableRow]:
    """The points that lie in the plane."""
    for what, places in points.items():
        for place in places:
            if all(place[name] == x for name, x in plane.fixed.items()):
                x, y = (place[name] for name in plane.axes)
                yield {"claim": "S7", "plane": plane.name, "cell": None, "what": what, "x": x, "y": y}


def figure(rows: Sequence[TableRow]) -> Figure:
    """Two panels: the biases, and the weights."""
    made, panes = panels(1, 2, height=2.3)
    for ax, planes in zip(panes, (PLANES[:2], PLANES[2:]), strict=True):
        for plane in planes:
            show(ax, [row for row in rows if row["plane"] == plane.name])
        (left, right, low, high), (x, y) = planes[0].window, planes[0].axes
        ax.set(xlim=(left, right), ylim=(low, high), xlabel=SYMBOLS[x], ylabel=SYMBOLS[y])
    for plane, place in zip(PLANES[:2], ((-62, -190), (-38, 88)), strict=True):
        note(panes[0], *place, f"${plane.name}$", ha="center", va="center", bbox=None)
    named = dict(zip(*reversed(panes[0].get_legend_handles_labels()), strict=True))
    made.legend(named.values(), named.keys(), loc="outside upper center", ncols=2)
    return made


def show(axes: Axes, rows: Sequence[TableRow]) -> None:
    """The outlines and the points of a plane."""
    from matplotlib.patches import Polygon

    for what, look in LOOKS.items():
        for cell in {row["cell"] for row in rows if row["what"] == what}:
            own = [row for row in rows if (row["what"], row["cell"]) == (what, cell)]
            corners = [(number(row["x"]), number(row["y"])) for row in own]
            axes.add_patch(Polygon(corners, closed=True, label=what, **look))
    for row in rows:
        if row["what"] in MARKS:
            axes.plot(number(row["x"]), number(row["y"]), linestyle="none", label=row["what"], **MARKS[row["what"]])


SYMBOLS = {
    "beta": r"bias $\beta$ of the flags",
    "gamma": r"bias $\gamma$ of the compound flags",
    "w": "weight $w$ of a word",
    "n": "weight $n$ of the flag “not”",
}
