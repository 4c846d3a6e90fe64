"""The RNN in the LSTM: how far apart they are, over the bias B and the initial cell C, at several times."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import reduce
from typing import TYPE_CHECKING

import sympy
from flint import arb, ctx, fmpq
from sympy import Expr, exp, tanh

from symlstm.claims import Script
from symlstm.kernel.enclosures import upper
from symlstm.kernel.propositions import ForAll, Within, natural, real
from symlstm.kernel.theorem import Theorem
from symlstm.model.cells import Gates, lstm_update
from symlstm.model.running import BALLS
from symlstm.report.figures.evaluating import at_time, parts, theorem_of, value
from symlstm.report.figures.paper import RED, Drawing, log10, number, panels, paper
from symlstm.report.figures.table import Row

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLAIM = "R6"
NORM = 2  # of the recurrent weight: the RNN r' = sigmoid(2 r - 1), r_0 = 1/2
BIASES = [fmpq(n, 4) for n in range(2, 19)]
CELLS = [fmpq(5 * n, 2) for n in range(17)]
TIMES = {"t = 1": range(1, 2), "t = 256": range(256, 257), "all t": range(1, 257)}
TITLES = {"t = 1": "$t=1$", "t = 256": "$t=256$", "all t": "all $t\\leq 256$"}
BITS = 384  # of the measurements
LEVELS = range(-36, 1, 4)  # decimal exponents
t, B, C, L = natural("t"), real("B"), real("C"), real("L")
CAPTION = (
    "How far h_t of the LSTM is from r_t of the RNN that it contains, over the bias B and the initial cell C: at t "
    "= 1, at t = 256, and the largest of all t up to 256. Colours: measured in {digits}-digit arithmetic on the RNN "
    "r_(t+1) = sigmoid(2 r_t - 1), r_0 = 1/2. Black lines: the same levels of the certified bound, for every RNN "
    "with L = 2 and every input ({claim}). Dashed: C = c*. At a fixed t a large C is enough; later C is forgotten "
    "and c* is left; for all t only min(C, c*) counts."
)


def from_script(script: Script) -> Drawing:
    """From the claim of proofs/rnn_in_lstm.py."""
    return draw(theorem_of(script, CLAIM))


def draw(theorem: Theorem) -> Drawing:
    """Three panels, one a time."""
    rows = [*data(bound_of(theorem))]
    with paper():
        return Drawing(figure(rows), rows, CAPTION.format(digits=BITS * 3 // 10, claim=CLAIM))


def bound_of(theorem: Theorem) -> Expr:
    """The bound of |h_t - r_t| in the theorem, with L = 2 put in."""
    found = next(p for p in parts(theorem) if isinstance(p, ForAll) and isinstance(p.body, Within))
    return found.body.bound.xreplace({L: sympy.Integer(NORM)})


def data(bound: Expr) -> Iterator[Row]:
    """One row for each bias, cell and set of times; the bound grows with t."""
    latest = {name: at_time(bound, t, times[-1]) for name, times in TIMES.items()}
    with ctx.workprec(BITS):
        for b in BIASES:
            for c in CELLS:
                at = {B: arb(b), C: arb(c)}
                gaps = measured(*at.values())
                for name, times in TIMES.items():
                    certified = upper(value(latest[name], at))
                    largest = reduce(arb.max, (gaps[time - 1] for time in times))
                    yield {"claim": CLAIM, "when": name, "B": b, "C": c, "bound": certified, "measured": largest}


def measured(b: arb, c: arb) -> list[arb]:
    """|h_t - r_t| for t = 1 ... 256: the LSTM's constant gates, and its output gate with the RNN's weights."""
    i, g = BALLS.sigmoid(b), BALLS.tanh(b)
    h = r = arb(1) / 2
    found = []
    for _ in range(256):
        h, c = lstm_update(Gates(i, i, g, BALLS.sigmoid(NORM * h - 1)), c, BALLS)
        r = BALLS.sigmoid(NORM * r - 1)
        found.append(abs(h - r))
    return found


def figure(rows: Sequence[Row]) -> Figure:
    """A panel for each time, and one scale of colours."""
    made, axes = panels(len(TIMES), height=2.1, sharey=True)
    for ax, when in zip(axes, TIMES, strict=True):
        own = [row for row in rows if row["when"] == when]
        colours = ax.contourf(*grid(own, "measured"), levels=[*LEVELS], cmap="cividis", extend="min")
        ax.contour(*grid(own, "bound"), levels=[*LEVELS], colors="black", linewidths=0.6, linestyles="solid")
        fixed_point(ax)
        ax.set(title=TITLES[when], xlabel="bias $B$", xlim=(number(BIASES[0]), number(BIASES[-1])))
        ax.grid(False)
    axes[0].set(ylabel="initial cell $C$", ylim=(0, number(CELLS[-1])))
    bar = made.colorbar(colours, ax=axes, shrink=0.95, aspect=25, pad=0.02)
    bar.set_ticks([*LEVELS][::2], labels=[f"$10^{{{n}}}$" if n else "$1$" for n in LEVELS][::2])
    bar.set_label(r"$\Vert h_t-r_t\Vert$")
    return made


def grid(rows: Sequence[Row], column: str) -> tuple[list[float], list[float], list[list[float]]]:
    """B, C, and log10 of the column over them: one list a cell C."""
    values = {(row["B"], row["C"]): log10(row[column]) for row in rows}
    return [*map(number, BIASES)], [*map(number, CELLS)], [[values[b, c] for b in BIASES] for c in CELLS]


def fixed_point(axes: Axes) -> None:
    """The curve C = c* = e^B tanh(B)."""
    with ctx.workprec(BITS):
        heights = [number(value(exp(B) * tanh(B), {B: arb(b)})) for b in BIASES]
    axes.plot([*map(number, BIASES)], heights, color=RED, linestyle="--", linewidth=1)
