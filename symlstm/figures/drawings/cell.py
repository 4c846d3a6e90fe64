"""The cell of the reduction over time: what it is, what the source says it is, and the ceiling that it never passes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from flint import arb, ctx

from symlstm.figures.curves import columns, decades, points
from symlstm.figures.evaluating import theorem_of
from symlstm.figures.paper import GREY, LOOKS, MARK, Drawing, log10, note, panels, paper
from symlstm.figures.table import TableRow
from symlstm.kernel.algebra import Term, Variable, atom, ball, exp, sigmoid, tanh
from symlstm.kernel.logic.propositions import Equal
from symlstm.kernel.theorem import Theorem
from symlstm.proof.claims import Script

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

CLAIM = "R2"
BIASES = (1, 6, 10)
START = 7  # C
DECADES = 8  # of time
BITS = 256
t, B, C = Variable("t", "natural"), Variable("B"), Variable("C")
SOURCE = sigmoid(atom(B)) ** t * C + t  # as the source has it
CEILING = exp(atom(B)) * tanh(atom(B))
CAPTION = (
    "The cell c_t of the LSTM that contains the RNN, from c_0 = 7, at three biases B. Lines: c_t in closed form, "
    "exact ({claim}, a theorem for every t and B). Marks: the recurrence itself, by repeated doubling in "
    "{digits}-digit arithmetic. Grey, dotted: the source's f^t c_0 + t, which grows without end. Horizontal: c* = "
    "e^B tanh(B), which c_t tends to and never passes (R4)."
)


def from_script(script: Script) -> Drawing:
    """From the claim of proofs/rnn_in_lstm.py."""
    return draw(theorem_of(script, CLAIM))


def draw(theorem: Theorem) -> Drawing:
    """One panel, logarithms both ways."""
    rows = [*data(closed_form(theorem))]
    with paper():
        return Drawing(figure(rows), rows, CAPTION.format(claim=CLAIM, digits=BITS * 3 // 10))


def closed_form(theorem: Theorem) -> Term:
    """The right side of c_t = ... in the theorem."""
    equation: Equal = theorem.conclusion.body
    return equation.rhs


def data(closed: Term) -> Iterator[TableRow]:
    """One row for each bias and time; measured where the time is a power of two."""
    times = sorted({round(10 ** (n / 4)) for n in range(4 * DECADES + 1)} | {2**n for n in range(0, 27, 2)})
    with ctx.workprec(BITS):
        for b in BIASES:
            doubled = dict(measured(arb(b), times[-1]))
            for time in times:
                at = {B: arb(b), C: arb(START), t: arb(time)}
                exact, source = (ball(expr, at) for expr in (closed, SOURCE))
                found = doubled.get(time) if time.bit_length() % 2 else None
                yield {"claim": CLAIM, "B": b, "t": time, "exact": exact, "measured": found, "source": source} | {
                    "ceiling": ball(CEILING, at)
                }


def measured(b: arb, last: int) -> Iterator[tuple[int, arb]]:
    """(t, c_t) for t = 1, 2, 4, ...: the step c -> f c + i g composed with itself, again and again."""
    kept, added = 1 / (1 + (-b).exp()), b.tanh() / (1 + (-b).exp())
    time = 1
    while time <= last:
        yield time, kept * START + added
        kept, added, time = kept * kept, kept * added + added, 2 * time


def figure(rows: Sequence[TableRow]) -> Figure:
    """One curve a bias."""
    made, axes = panels()
    for b, look in zip(BIASES, LOOKS, strict=False):
        own = [row for row in rows if row["B"] == b]
        axes.plot(*columns(points(own, "exact", place)), color=look["color"], linestyle=look["linestyle"], zorder=3)
        axes.plot(*columns(points(own, "measured", place)), **(look | MARK | {"linestyle": "none"}), zorder=3)
        ceiling(axes, own, b, look["color"])
    axes.plot(*columns(points(own, "source", place)), color=GREY, linestyle=":", zorder=2)
    note(axes, 5.6, 6.1, r"$f^{\,t}c_0+t$, the source", color=GREY, ha="right", va="bottom")
    axes.set(xlabel="time $t$", ylabel="cell $c_t$", xlim=(0, DECADES), ylim=(0, DECADES - 1))
    decades(axes.xaxis, 0, DECADES)
    decades(axes.yaxis, 0, DECADES - 1)
    return made


def ceiling(axes: Axes, rows: Sequence[TableRow], b: int, colour: str) -> None:
    """c* as a thin line with its name."""
    height = log10(rows[0]["ceiling"])
    axes.axhline(height, color=colour, linewidth=0.5, linestyle="-", zorder=1)
    note(axes, DECADES - 0.15, height + 0.2, f"$c^*$ at $B={b}$", color=colour, ha="right", va="bottom")


def place(row: TableRow) -> float:
    """The abscissa: log10 of the time."""
    return log10(row["t"])
