"""Networks built from automata: their units against the automaton's states, and the multiple of unit weights that is certified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flint import fmpq

from symlstm.figures.paper import GREEN, GREY, LOOKS, MARK, PINK, Drawing, note, number, panels, paper
from symlstm.figures.table import TableRow
from symlstm.kernel.networks.boxes import DecidesAt
from symlstm.kernel.theorem import RuleError
from symlstm.proof.claims import Script

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

NAMES = {"lstm": "LSTM", "gru": "GRU", "rnn_tanh": "tanh", "rnn_sigmoid": "sigmoid", "rnn_relu": "ReLU"}
STYLES: dict[str, dict[str, Any]] = {  # tanh under GRU, sigmoid under LSTM: they mostly agree
    "rnn_sigmoid": LOOKS[2] | {"color": GREEN, "markersize": 6.0},
    "lstm": LOOKS[0],
    "rnn_tanh": LOOKS[3] | {"color": PINK, "markersize": 5.4},
    "gru": LOOKS[1],
    "rnn_relu": {"color": GREY, "linestyle": "-", "marker": "v"},
}
CAPTION = (
    "Networks that `symlstm build` makes of random minimal automata over {letters} letters. Above: units against states, "
    "the same in every cell; dotted: a unit for each pair of a state and a letter. Below: the multiple of unit weights that "
    "they have. Each mark is a theorem: the weights as they are written decide every word sequence of every length right "
    "({first} to {last}); a run over all float32 states found none wrong. A ReLU network is exact."
)


def from_script(script: Script) -> Drawing:
    """From the claims of proofs/built/built.py."""
    rows = [*data(script.names["EXAMPLES"], script)]
    letters, claims = script.names["LETTERS"], [row["claim"] for row in rows]
    with paper():
        made = figure(rows, len(letters))
    return Drawing(made, rows, CAPTION.format(letters=len(letters), first=claims[0], last=claims[-1]))


def data(examples: Sequence[Any], script: Script) -> Iterator[TableRow]:
    """A row for each network; raises RuleError for one without the theorem about its weights."""
    ids = {claim.id for claim in script.claims}
    for example in examples:
        built = example.built
        theorem = built.at_weights.right
        if (
            example.id not in ids
            or theorem is None
            or not isinstance(theorem.conclusion, DecidesAt)
            or theorem.conclusion.last is not None
        ):
            raise RuleError(example.id, "no theorem about every length", "one")
        multiple = fmpq(built.multiple.numerator, built.multiple.denominator)
        cell = built.construction.network.cell
        yield {"claim": example.id, "cell": cell, "states": built.states, "units": built.units, "multiple": multiple}


def figure(rows: Sequence[TableRow], letters: int) -> Figure:
    """Units above, multiples below, against the number of states."""
    made, (above, below) = panels(2, 1, height=3.4, sharex=True, gridspec_kw={"height_ratios": (1, 1)})
    states = sorted({row["states"] for row in rows})
    units = sorted({(row["states"], row["units"]) for row in rows})
    above.plot([0, states[-1]], [0, letters * states[-1]], color=GREY, linestyle=":")
    note(above, states[-1] * 0.56, letters * states[-1] * 0.66, f"{letters} for each state", color=GREY, ha="right")
    above.plot(*zip(*units, strict=True), **(LOOKS[0] | MARK))
    above.set(ylabel="units", ylim=(0, letters * states[-1] * 1.06))
    for cell, look in STYLES.items():
        lines(below, [row for row in rows if row["cell"] == cell], look)
    below.set(xlabel="states of the minimal automaton", ylabel="multiple of unit weights", xlim=(0, states[-1] * 1.24))
    below.set(xticks=states, ylim=(0, max(number(row["multiple"]) for row in rows) * 1.15))
    for text, height in names(rows, states[-1]):
        note(below, states[-1] * 1.03, height, text, va="center")
    return made


def lines(axes: Axes, rows: Sequence[TableRow], look: dict[str, Any]) -> None:
    axes.plot([row["states"] for row in rows], [number(row["multiple"]) for row in rows], **(look | MARK))


def names(rows: Sequence[TableRow], last: int) -> Iterator[tuple[str, float]]:
    """The cells that end at one height, with it."""
    ends = {row["cell"]: number(row["multiple"]) for row in rows if row["states"] == last}
    for height in dict.fromkeys(ends.values()):
        yield "\n".join(NAMES[cell] for cell, end in ends.items() if end == height), height
