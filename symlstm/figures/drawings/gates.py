"""Gate saturation: how far each gate is from its limit, against the scale."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from symlstm.figures.curves import curve, decades, lowest
from symlstm.figures.measuring import gate_values, invariants
from symlstm.figures.paper import BROAD, GREY, LOOKS, Drawing, note, number, panels, paper
from symlstm.figures.table import Cell, TableRow
from symlstm.kernel import algebra
from symlstm.kernel.networks.invariants import step_table
from symlstm.kernel.networks.statements import StepTable
from symlstm.model.cells import GATES
from symlstm.model.errors import InputError
from symlstm.model.network import Network, real
from symlstm.search.construction import Construction

if TYPE_CHECKING:
    from matplotlib.figure import Figure

LINE = [fmpq(n, 20) for n in range(1, 29)]  # scales
MARKED = LINE[3::4]
FLOOR = -60  # decimal exponent
BITS = 1024  # of the measurements: 300 digits, of which the distance keeps 200
CAPTION = (
    "How far the gates of {title} are from their limits, against the scale k; k = 1 is the network that runs. "
    "For each of i, f, g and o the largest distance over all units, words and situations. Lines: the certified "
    "enclosure, for every word sequence ({claim}). Marks: the network, in 300-digit arithmetic."
)


def draw(construction: Construction, claim: str) -> Drawing:
    """The certified curves of the four gates, and the network's own distances."""
    network = construction.network
    if network.cell != "lstm":
        raise InputError("gates", f"the cell {network.cell}", "an LSTM: the gates of other cells are not drawn")
    names = tuple(real(f"{gate}_{j + 1}") for gate in GATES["lstm"] for j in range(network.hidden))
    tables = [step_table(theorem, names).conclusion for theorem in invariants(construction)]
    rows = [{"claim": claim} | row for row in data(tables, network)]
    with paper():
        return Drawing(figure(rows), rows, CAPTION.format(title=construction.title, claim=claim))


def data(tables: Sequence[StepTable], network: Network) -> list[dict[str, Cell]]:
    """One row for each gate and scale: the certified distance, and the measured one at some scales."""
    least = min(table.k0 for table in tables if table.k0 is not None)
    scales = sorted(k for k in {least, *LINE} if k >= least)
    found = {k: measured(tables[0], network, k) for k in scales if k in MARKED}
    return [
        {"gate": gate, "k": k, "bound": bound(tables, gate, k), "measured": found.get(k, {}).get(gate)}
        for gate in GATES["lstm"]
        for k in scales
    ]


def bound(tables: Sequence[StepTable], gate: str, k: fmpq) -> fmpq:
    """The largest certified distance of the units of a gate from their limits at scale k, by the sharpest table."""
    valid = (table.rows for table in tables if table.k0 is not None and k >= table.k0)
    return min(max(signal.error.at(k) for *_, name, signal in rows if name.name.startswith(gate)) for rows in valid)


def measured(table: StepTable, network: Network, k: fmpq) -> Mapping[str, arb]:
    """The largest distance in the network, over the shortest words to each situation and one more."""
    found = dict.fromkeys(GATES["lstm"], arb(0))
    for (q, word), rows in groupby(table.rows, key=lambda row: row[:2]):
        values = gate_values(network, (*table.automaton.situations[q].label, word), k, BITS)
        with ctx.workprec(BITS):
            for *_, name, signal in rows:
                distance = abs(values[name.name] - algebra.constant_ball(signal.limit, BITS))
                found[name.name[0]] = found[name.name[0]].max(distance)
    return found


def figure(rows: Sequence[TableRow]) -> Figure:
    """The four gates in one panel."""
    made, axes = panels()
    for gate, look in zip(GATES["lstm"], (LOOKS[0] | BROAD, *LOOKS[1:]), strict=True):  # i may lie under f
        curve(axes, [row for row in rows if row["gate"] == gate], scale, look, f"${gate}$")
    axes.axvline(1, color=GREY, linewidth=0.6, zorder=0)
    note(axes, 1.02, -1, "$k=1$, as it runs", color=GREY, va="top")
    axes.set(xlabel="scale $k$ of weights and biases", ylabel="largest |gate $-$ limit|")
    axes.set(xlim=(0, number(LINE[-1]) * 1.03), ylim=(max(FLOOR, lowest(rows)), 2))
    decades(axes.yaxis, *axes.get_ylim())
    axes.legend(title="gate", loc="lower left", ncols=2)
    return made


def scale(row: TableRow) -> float:
    """The abscissa: k."""
    return number(row["k"])
