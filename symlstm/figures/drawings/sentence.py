"""The example sentence: which flags are up after each word, and the score, in the limit and in the network itself."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import ctx, fmpq

from symlstm.figures.paper import BLACK, BLUE, GREEN, GREY, RED, Drawing, number, panels, paper, snapped
from symlstm.figures.table import TableRow
from symlstm.kernel import algebra
from symlstm.kernel.networks.automata import error_at, trace
from symlstm.kernel.networks.statements import Invariant
from symlstm.model.network import real
from symlstm.model.simulation.running import run_balls
from symlstm.proof.claims import Script
from symlstm.render.statements.numbers import round_up
from symlstm.search.construction import Construction

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLAIMS = "S2, S5, S9"
DIGITS, BITS = 150, 600
KAPPA, HIGHEST = 0.7616, 3  # what the strongest colours mean
FLAGS = {"h_1": "bad", "h_2": "good", "h_3": "not", "h_4": "not bad", "h_5": "not good"}  # what each stands for
CAPTION = (
    "The sentence “{words}” in {title}. Colours: the hidden flags and the score cell, run in {digits}-digit "
    "arithmetic at k = 1. Written: their exact limits; a flag that is up tends to tanh(1) = 0.7616, not to 1. "
    "Right: how far each can be from its limit at k = 1 on any sentence of this length, certified ({claim})."
)


def from_script(script: Script) -> Drawing:
    """From proofs/sentiment.py: its construction, and its sentence."""
    [construction] = [value for value in script.names.values() if isinstance(value, Construction)]
    return draw(construction, tuple(script.names["SENTENCE"]))


def draw(construction: Construction, words: Sequence[str]) -> Drawing:
    """A heat map, one row a flag and one for the score."""
    rows = [*data(construction, words)]
    said = CAPTION.format(words=" ".join(words), title=construction.title, digits=DIGITS, claim=CLAIMS)
    with paper():
        return Drawing(figure(rows, words), rows, said)


def data(construction: Construction, words: Sequence[str]) -> Iterator[TableRow]:
    """One row for each word and coordinate: the exact limit, the certified distance from it, and the network's own."""
    k, network = fmpq(1), construction.network
    found: Invariant = construction.rates.conclusion
    run = run_balls(network, list(words), Fraction(1), DIGITS)
    read = trace(construction.saturation.limits, network.linear_readout, construction.weighted_automaton, tuple(words))
    most = error_at(construction.error_bound, len(words), k).conclusion.bound
    for t, situation in enumerate(visited(found, words)):
        box = found.automaton.situations[situation].box
        signals = [box[real(name)] for name in FLAGS]
        cells = [(name, s.limit, s.error.at(k), x) for name, s, x in zip(FLAGS, signals, run.h[t], strict=False)]
        for name, limit, bound, value in (*cells, ("score", read.conclusion.limits[t], most, run.readout[t])):
            at = {"claim": CLAIMS, "t": t + 1, "word": words[t], "cell": name, "limit": str(limit), "bound": bound}
            with ctx.workprec(BITS):
                yield at | {"measured": abs(value - algebra.constant_ball(limit, BITS)), "value": value}


def visited(found: Invariant, words: Sequence[str]) -> Iterator[int]:
    """The situation after each word."""
    q = 0
    for word in words:
        q = found.automaton.step[q][found.system.words.index(word)]
        yield q


def figure(rows: Sequence[TableRow], words: Sequence[str]) -> Figure:
    """One column of squares a word."""
    made, axes = panels(height=2.15)
    names = list(dict.fromkeys(row["cell"] for row in rows))
    heights = {name: len(names) - 1 - j - 0.3 * (name == "score") for j, name in enumerate(names)}
    for row in rows:
        square(axes, row, heights[row["cell"]])
    for name, y in heights.items():
        worst = max(row["bound"] for row in rows if row["cell"] == name)
        axes.text(len(words) + 0.65, y, rf"$\pm{power(worst)}$", va="center", fontsize=7)
    axes.set(xlim=(0.5, len(words) + 0.5), ylim=(min(heights.values()) - 0.5, len(names) - 0.5))
    axes.set_xticks(range(1, len(words) + 1), labels=words)
    axes.set_yticks([*heights.values()], labels=[f"{FLAGS[n]}  ${n}$" if n in FLAGS else n for n in names])
    axes.tick_params(length=0)
    axes.spines[:].set_visible(False)
    axes.grid(False)
    axes.set_title("error at most", fontsize=7, x=1.02, ha="left", pad=2)
    return made


def square(axes: Axes, row: TableRow, y: float) -> None:
    """A square in the colour of the network's value, with the exact limit in it."""
    from matplotlib.patches import Rectangle

    flag, value = row["cell"] in FLAGS, number(row["value"])
    share = min(abs(value) / (KAPPA if flag else HIGHEST), 1)
    colour = BLUE if flag else GREEN if value >= 0 else RED
    edge: dict[str, Any] = {"edgecolor": "#c8c8c8", "linewidth": 0.4}
    axes.add_patch(Rectangle((row["t"] - 0.5, y - 0.5), 1, 1, facecolor=tint(colour, share), clip_on=False, **edge))
    text = str(row["limit"]).replace("tanh(1)", r"$\tanh 1$")
    axes.text(row["t"], y, text, ha="center", va="center", fontsize=6.2, color=text_colour(share))


def text_colour(share: float) -> str:
    """What can be read on a tint."""
    return "white" if share > 0.8 else BLACK if share > 0.01 else GREY


def tint(colour: str, share: float) -> tuple[float, ...]:
    """Between white (0) and the colour (1)."""
    from matplotlib.colors import to_rgb

    return tuple(snapped(1 - share * (1 - x)) for x in to_rgb(colour))


def power(bound: fmpq) -> str:
    """A bound rounded up to two digits, for a formula."""
    digits, _, ten = round_up(bound, 2).partition("e")
    return rf"{digits}\cdot 10^{{{int(ten)}}}" if ten else digits
