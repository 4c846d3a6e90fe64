"""The saturated automaton: its situations, where each word leads, and what each step adds to the readout."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING, Any

from symlstm.figures.paper import BLUE, GREEN, ORANGE, PINK, RED, SKY, Drawing, panels, paper, snapped
from symlstm.figures.table import TableRow
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.decisions import value
from symlstm.kernel.networks.statements import Invariant
from symlstm.model.errors import InputError
from symlstm.search.construction import Construction
from symlstm.search.decisions.reading import Deciding

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 12  # situations that can be told apart in a figure of this size
STROKES = [(BLUE, "-"), (RED, "--"), (GREEN, "-."), (PINK, ":"), (ORANGE, "-"), (SKY, "--")]
RADIUS, INCH = 0.21, 1.15  # of a node, where the nodes lie on a circle of radius 1, and how long that is
ROOM = 0.46  # above the highest node and below the lowest
TINTS = {"+": "#cfe8dd", "-": "#f6d9c6"}  # of nodes that add, and that take away
TINTS |= {"accepted": TINTS["+"], "rejected": TINTS["-"]}
WIDE = 3  # increments beside each other in a node
Place = tuple[float, float]
CAPTION = (
    "The saturated automaton of {title}: in the limit the network's visible state is one of {count} situations, "
    "named by the words that lead there. Each arrow is a word. In a node: what the next step adds to the readout: "
    "one number if that is the same for all words, else one for each in the legend's order ({claim}, each "
    "transition proved)."
)
DECIDING = (
    "The saturated automaton of {title}: in the limit the network's visible state is one of {count} situations, "
    "named by the words that lead there. Each arrow is a word. In a node: what the limit of the readout decides "
    "there ({claim}, each transition proved)."
)


def draw(construction: Construction, claim: str) -> Drawing:
    """Situations on a circle; the arrows of a word have a colour and stroke of their own."""
    found: Invariant = construction.saturation.limits.conclusion
    count = len(found.automaton.situations)
    if count > MOST:
        raise InputError("machine", f"{count} situations", f"at most {MOST}: more cannot be told apart")
    if len(found.system.words) > len(STROKES):
        raise InputError("machine", f"{len(found.system.words)} words", f"at most {len(STROKES)}, one stroke each")
    deciding = Deciding(construction)
    rows = [{"claim": claim} | row for row in (data if deciding.is_number else decided)(construction, found)]
    caption = (CAPTION if deciding.is_number else DECIDING).format(title=construction.title, count=count, claim=claim)
    with paper():
        return Drawing(figure(rows), rows, caption)


def data(construction: Construction, found: Invariant) -> Iterator[dict[str, str]]:
    """One row a transition, with what it adds to the readout's registers."""
    names = [name(q.label) for q in found.automaton.situations]
    for q, row in enumerate(found.transitions):
        for word, step in zip(found.system.words, row, strict=True):
            terms = construction.network.linear_readout.terms
            added = [c * step.registers[s][1].limit for s, c in terms if s in step.registers]
            yield {"from": names[q], "word": word, "to": names[step.target], "adds": plain(sum(added, Term({})))}


def decided(construction: Construction, found: Invariant) -> Iterator[dict[str, str]]:
    """One row a transition, with what is decided where it starts."""
    readouts = [reader.linear_readout for reader in construction.network.readers.values()]
    names, deciding = [name(q.label) for q in found.automaton.situations], Deciding(construction)
    for q, row in enumerate(found.transitions):
        limits = {s: x.limit for s, x in found.automaton.situations[q].box.items() if not x.side}
        says = deciding.by_limits([value(one, limits, found.automaton.situations[q].label) for one in readouts])
        for word, step in zip(found.system.words, row, strict=True):
            yield {"from": names[q], "word": word, "to": names[step.target], "decides": says if q else ""}


def plain(term: Term) -> str:
    """An increment as it is written in a node: +1, 0."""
    text = str(term)
    return f"+{text}" if term.monomials and not text.startswith("-") else text


def name(label: Sequence[str]) -> str:
    """A situation by its words."""
    return " ".join(label) or "start"


def figure(rows: Sequence[TableRow]) -> Figure:
    """The nodes, the arrows, and a legend of words."""
    names, words = (list(dict.fromkeys(row[key] for row in rows)) for key in ("from", "word"))
    place = dict(zip(names, circle(len(names)), strict=True))
    low, high = (edge(y for _, y in place.values()) for edge in (min, max))
    made, axes = panels(height=(high - low + 2 * ROOM) * INCH + 0.25)
    strokes = dict(zip(words, STROKES, strict=False))
    for (tail, head), parallel in groupby(sorted(rows, key=ends), key=ends):
        for n, row in enumerate(parallel):
            arrow(axes, (place[tail], place[head]), n, strokes[row["word"]])
    for one in names:
        node(axes, place[one], one, [row for row in rows if row["from"] == one])
    for word, (colour, line) in strokes.items():
        axes.plot([], [], color=colour, linestyle=line, label=word)
    axes.set(xlim=(-1.48, 1.48), ylim=(low - ROOM, high + ROOM), aspect="equal")
    axes.axis("off")
    made.legend(loc="outside lower center", ncols=len(words))
    return made


def ends(row: TableRow) -> tuple[str, str]:
    """From where to where an arrow leads."""
    return row["from"], row["to"]


def circle(count: int) -> list[Place]:
    """Points on the unit circle, clockwise from the left of its top; one alone is in the middle."""
    return [turned((0, 1), (0.5 - n) / count) for n in range(count)] if count > 1 else [(0, 0)]


def turned(vector: Place, share: float) -> Place:
    """A vector after that share of a full turn, anticlockwise."""
    (x, y), turn = vector, 2 * math.pi * share
    return snapped(x * math.cos(turn) - y * math.sin(turn)), snapped(x * math.sin(turn) + y * math.cos(turn))


def arrow(axes: Axes, way: tuple[Place, Place], n: int, stroke: tuple[str, str]) -> None:
    """The n-th arc from node to node, bent to the left, or loop: the line in the word's stroke, its head solid."""
    from matplotlib.patches import FancyArrowPatch

    (tail, head), (colour, line) = way, stroke
    bent: dict[str, Any] = {"posA": tail, "posB": head, "connectionstyle": f"arc3,rad={0.13 + 0.13 * n}"}
    shape: dict[str, Any] = {"path": loop(tail, n)} if tail == head else bent
    shape |= {"shrinkA": INCH * RADIUS * 72, "shrinkB": INCH * RADIUS * 72, "clip_on": False}
    axes.add_patch(FancyArrowPatch(**shape, arrowstyle="-", color=colour, linestyle=line, linewidth=0.9))
    tip = "-|>,head_length=4,head_width=1.7"
    axes.add_patch(FancyArrowPatch(**shape, arrowstyle=tip, color=colour, linewidth=0, mutation_scale=1.1))


def loop(place: Place, n: int) -> Any:
    """The n-th curve from a node to itself, on the side away from the others."""
    from matplotlib.path import Path

    (x, y), out = place, place if place != (0, 0) else (0, 1)
    far = 0.55 + 0.13 * n
    corners = ((RADIUS, 0.09), (far, 0.12), (far, -0.12), (RADIUS, -0.09))
    bends = [turned((length * out[0], length * out[1]), share) for length, share in corners]
    return Path([(x + u, y + v) for u, v in bends], [Path.MOVETO, *[Path.CURVE4] * 3])


def node(axes: Axes, place: Place, text: str, rows: Sequence[TableRow]) -> None:
    """A disc with the situation's name, and the increment, one for all words or one each, or what is decided."""
    from matplotlib.patches import Circle

    (x, y), adds = place, [row["adds"] for row in rows if "adds" in row]
    same = adds[0] if len({*adds}) == 1 else ""
    said = next((row["decides"] for row in rows if "decides" in row), "")
    tint = TINTS.get(said or same[:1], "white")
    axes.add_patch(Circle(place, RADIUS, facecolor=tint, edgecolor="black", zorder=3))
    axes.text(x, y + 0.06, text, ha="center", va="center", fontsize=7, zorder=4)
    lines = [[same]] if same else [adds[n : n + WIDE] for n in range(0, len(adds), WIDE)]
    written = said or ",\n".join(", ".join(f"${one}$" for one in line) for line in lines)
    small = 7 if same else 5.5
    axes.text(x, y - 0.08, written, ha="center", va="center", fontsize=small, zorder=4, linespacing=0.9)
