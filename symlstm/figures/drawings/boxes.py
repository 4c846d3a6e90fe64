"""The boxes that prove a decision at k = 1: what the readout may be in each class of words, and one coordinate."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, ctx

from symlstm.figures.paper import BLUE, GREY, RED, Drawing, number, panels, paper
from symlstm.figures.table import TableRow
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.boxes import Class, Classes, around_all, read
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.errors import InputError
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked
from symlstm.search.scale.question import Question
from symlstm.search.scale.verdict import boxes

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LOOKS: dict[str, dict[str, Any]] = {
    "accepted": {"facecolor": BLUE, "edgecolor": BLUE, "linestyle": "-"},
    "rejected": {"facecolor": RED, "edgecolor": RED, "linestyle": "--"},
    "nothing claimed": {"facecolor": GREY, "edgecolor": GREY, "linestyle": ":"},
}
TINT = 0.3  # of the inside of a box
THIN = 1 / 120  # of the window: a smaller box is drawn as large, so that it is seen
CAPTION = (
    "The boxes that prove {title} at k = 1, {length} ({claim}): one for each of {count} classes of word sequences, "
    "closed under every word. Across: the readout, and its threshold as a line; upwards: the coordinate ${name}$. "
    "The box of a class holds what both may be after any of its sequences; a box too small to be seen is drawn larger."
)


def draw(construction: Construction, claim: str) -> Drawing:
    """The readout and the coordinate that varies most, in each class."""
    question, _ = asked(construction, Fraction(1), None)
    if question.threshold is None:
        raise InputError("boxes", "a specification of numbers or of choices", "a decision by a threshold")
    found = boxes(question)
    if found is None:
        raise RuleError("boxes", "no boxes that prove the decision at k = 1", "some that close")
    theorem, certificate = found
    with ctx.workprec(certificate.bits):
        shown = widest(certificate)
        level = algebra.constant_ball(question.threshold, certificate.bits)
        rows: list[TableRow] = [
            {"claim": claim, "threshold": level, **row} for row in data(question, certificate, shown)
        ]
    said = CAPTION.format(title=construction.title, claim=claim, length=_length(theorem), count=len(rows), name=shown)
    with paper():
        return Drawing(figure(rows, str(shown)), rows, said)


def _length(theorem: Theorem) -> str:
    last = theorem.conclusion.last
    return "at every length" if last is None else f"up to {last} words"


def widest(certificate: Classes) -> Variable:
    """The coordinate whose boxes lie furthest apart."""

    def spread(s: Variable) -> arb:
        ends = [around_all(c.boxes)[s] for c in certificate.classes]
        return max(x.hi for x in ends) - min(x.lo for x in ends)

    return max(certificate.classes[0].boxes[0][0], key=lambda s: float(spread(s)))


def data(question: Question, certificate: Classes, shown: Variable) -> Iterator[TableRow]:
    """One row a class: what it holds, and the ends of its box."""
    reached = {p for c in certificate.classes for p in c.successors}
    for n, c in enumerate(certificate.classes):
        if n in reached:
            box = around_all(c.boxes)
            x, y = read(question.goal.readout, box), box[shown]
            yield {"class": n, "says": _says(question, c), "coordinate": str(shown),
                   "left": x.lo, "right": x.hi, "low": y.lo, "high": y.hi}  # fmt: skip


def _says(question: Question, c: Class) -> str:
    key = (tuple(c.configurations), c.domain)
    if not question.wanted(key):
        return "nothing claimed"
    return "accepted" if question.machine.says(key[0][0]) else "rejected"


def figure(rows: Sequence[TableRow], name: str) -> Figure:
    """One panel: rectangles in the colours of what is accepted and what is not, and the threshold."""
    made, axes = panels(height=2.3)
    ends = {side: [number(row[side]) for row in rows] for side in ("left", "right", "low", "high")}
    level = number(rows[0]["threshold"])
    across = window([*ends["left"], *ends["right"], level])
    upwards = window([*ends["low"], *ends["high"]])
    for row in rows:
        show(axes, row, (across[1] - across[0]) * THIN, (upwards[1] - upwards[0]) * THIN)
    axes.axvline(level, color="black", linewidth=0.8, label="threshold")
    letter, _, place = name.partition("_")
    axes.set(xlim=across, ylim=upwards, xlabel="readout", ylabel=f"${letter}_{{{place}}}$" if place else f"${letter}$")
    named = dict(zip(*reversed(axes.get_legend_handles_labels()), strict=True))
    made.legend(named.values(), named.keys(), loc="outside upper center", ncols=4)
    return made


def window(values: Sequence[float]) -> tuple[float, float]:
    """Around the values, with a margin."""
    low, high = min(values), max(values)
    room = (high - low or 1.0) / 16
    return low - room, high + room


def show(axes: Axes, row: TableRow, least_wide: float, least_high: float) -> None:
    """The rectangle of a class."""
    from matplotlib.colors import to_rgba
    from matplotlib.patches import Rectangle

    left, right, low, high = (number(row[side]) for side in ("left", "right", "low", "high"))
    wide, tall = max(right - left, least_wide), max(high - low, least_high)
    look = LOOKS[str(row["says"])]
    corner = ((left + right - wide) / 2, (low + high - tall) / 2)
    inside = to_rgba(look["facecolor"], TINT)
    axes.add_patch(Rectangle(corner, wide, tall, **(look | {"facecolor": inside}), label=row["says"], linewidth=0.8))
