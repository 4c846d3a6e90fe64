"""Float reach: in how many distinct states all word sequences of a length end, in floating point."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from symlstm.figures.curves import columns, decades, points
from symlstm.figures.paper import BROAD, GREY, LOOKS, MARK, Drawing, note, panels, paper
from symlstm.figures.table import Cell, TableRow
from symlstm.floats.reachable_states import Reached, reach
from symlstm.model.simulation.running import DTYPES
from symlstm.search.construction import Construction

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LENGTH, EVERY = 128, 8
CAPTION = (
    "All word sequences at once: the number of distinct floating-point states in which the {words}^n sequences of n "
    "words leave {title} at k = 1, of what its readout depends on; states are merged bit by bit. Dotted: {words}^n. "
    "{verdict} ({claim}, by exhaustion)."
)


def draw(construction: Construction, claim: str) -> Drawing:
    """The number of sequences and the numbers of states against the length."""
    found = {kind: reach(construction.network, construction.weighted_automaton, LENGTH, kind) for kind in DTYPES}
    rows: list[TableRow] = [{"claim": claim, **row} for row in data(found)]
    words = len(construction.network.vocabulary)
    with paper():
        made = figure(rows, words)
    said = {"title": construction.title, "words": words, "verdict": verdict(found), "claim": claim}
    return Drawing(made, rows, CAPTION.format(**said))


def verdict(found: dict[str, Reached]) -> str:
    """Whether the readout rounds right after all of them."""
    wrong = {kind: " ".join(one.wrong) for kind, one in found.items() if one.wrong}
    if wrong:
        return "Rounding is wrong first on " + "; ".join(f"“{words}” in {kind}" for kind, words in wrong.items())
    return f"Rounding the readout is right after every one of them, up to {LENGTH} words, in both precisions"


def data(found: dict[str, Reached]) -> Iterator[dict[str, Cell]]:
    """One row a length, as far as either precision got."""
    levels = {kind: {level.length: level for level in one.levels} for kind, one in found.items()}
    for n in range(1, max(max(of) for of in levels.values()) + 1):
        here = {kind: of[n] for kind, of in levels.items() if n in of}
        states: dict[str, Cell] = {f"{kind} states": level.states for kind, level in here.items()}
        right: dict[str, Cell] = {f"{kind} right": "yes" if level.right else "no" for kind, level in here.items()}
        yield {"length": n, "sequences": max(level.words for level in here.values())} | states | right


def figure(rows: Sequence[TableRow], words: int) -> Figure:
    """The number of sequences is a straight line; the numbers of states are drawn below it, and by themselves."""
    made, axes = panels()
    line = points(rows, "sequences", place)
    axes.plot(*columns(line), color=GREY, linestyle=":")
    x, y = line[len(line) * 3 // 4]
    note(axes, x - 3, y, f"${words}^n$ sequences", color=GREY, ha="right", va="center")
    axes.set(xlabel="length $n$ of the word sequences", ylabel="number", xlim=(0, len(line) + 1), ylim=(-2, None))
    decades(axes.yaxis, 0, line[-1][1], most=5)
    inset = axes.inset_axes((0.65, 0.2, 0.32, 0.27))
    for kind, look in zip(DTYPES, (LOOKS[0] | BROAD, LOOKS[1]), strict=True):
        marks = {**look, **MARK, "linestyle": "none"}
        counted = [row for row in rows if row.get(f"{kind} states")]
        some = [row for row in counted if row["length"] in (1, 2, 4) or row["length"] % EVERY == 0]
        axes.plot(*columns(points(some, f"{kind} states", place)), **marks, label=f"states in {kind}")
        inset.plot([place(row) for row in some], [row[f"{kind} states"] for row in some], **marks)
    inset.set_title("states alone", fontsize=6.5, pad=2)
    inset.tick_params(labelsize=6)
    axes.legend(loc="upper left")
    return made


def place(row: TableRow) -> float:
    """The abscissa: the length."""
    return float(row["length"])
