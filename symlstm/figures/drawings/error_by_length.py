"""The score's error against the length, at the published scale, up to the horizon of rounding and past it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from flint import arb, ctx, fmpq

from symlstm.figures.curves import columns, decades, highest, lowest, points
from symlstm.figures.paper import GREY, LOOKS, MARK, RED, Drawing, log10, note, panels, paper, upright
from symlstm.figures.table import Cell, TableRow
from symlstm.kernel.algebra import rational
from symlstm.kernel.networks.automata import error_at
from symlstm.kernel.networks.statements import FiniteError
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.search.construction import Construction
from symlstm.search.error.horizon import Horizon, horizon
from symlstm.search.error.worst_case import FOREVER, enclosed, fixed, worst_case

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

RUN = (2, 10, 100, 1000)  # lengths at which the worst word is run
BITS = 512  # of the enclosures at great lengths
STEP = 4  # decades between these
BEYOND = 18  # decades shown where no horizon is known
HALF = fmpq(1, 2)
GROWTHS = {1.0: r"$\propto T$", 2.0: r"$\propto T^2$"}  # by the slope of the logarithms
CAPTION = (
    "The largest error of the readout of {title} at k = {k} against the length T. Line: the certified bound in "
    "closed form, for every word sequence ({claim}). Circles: the worst word of all, run in arithmetic of 50 digits "
    "and more. Crosses: the true worst case, which theorems enclose from both sides. {horizon}{floats}"
)


def draw(construction: Construction, claim: str) -> Drawing:
    """The bound, worst cases on it, the horizon, and where floats stop counting."""
    k = max(construction.error_bound.conclusion.k0, fmpq(1))
    seen = seen_from(construction, k)
    last = 2 * len(str(seen.fails)) + 16 if seen.fails else BEYOND
    stalls = dict(counting_limits(construction))
    rows = [{"claim": claim} | row for row in data(construction, k, last)]
    rows += [{"claim": claim, "what": f"{kind} stops counting", "length": n} for kind, n in stalls.items()]
    rows += [{"claim": claim, "what": "rounding fails", "length": seen.fails}] if seen.fails else []
    with paper():
        made = figure(rows, last)
    floats = "".join(f" In {kind} the count stops at {n}." for kind, n in stalls.items())
    said = CAPTION.format(title=construction.title, k=k, claim=claim, horizon=sentence(seen), floats=floats)
    return Drawing(made, rows, said)


def seen_from(construction: Construction, k: fmpq) -> Horizon:
    """The horizon, or why there is none."""
    try:
        return horizon(construction, k)
    except InputError as reason:
        return Horizon(k, None, None, (), None, f"the specification has {reason.found}")


def sentence(seen: Horizon) -> str:
    """What is known of the horizon."""
    if seen.fails is None:
        return f"Where rounding first fails is open: {seen.reason}."
    up_to = f"Rounding is right on every sequence of up to {seen.safe} words and" if seen.safe else "Rounding"
    return f"{up_to} fails on one of {seen.fails}."


def data(construction: Construction, k: fmpq, last: int) -> list[dict[str, Cell]]:
    """One row a length."""
    general = construction.error_bound
    found: dict[int, dict[str, Cell]] = {n: {"measured": ran(construction, k, n)} for n in RUN}
    found |= dict(between(construction, k, range(2 * STEP, last + 1, STEP)))
    lengths = sorted(n for n in {*found, *(10**n for n in range(1, last + 1))} if n >= construction.network.delay)
    return [
        {"what": "error", "length": n, "bound": error_at(general, n, k).conclusion.bound} | found.get(n, {})
        for n in lengths
    ]


def ran(construction: Construction, k: fmpq, length: int) -> arb | None:
    """The error of the worst word, if it is certain that it is the worst."""
    if length < construction.network.delay:
        return None
    case = worst_case(construction, length, k)
    with ctx.workprec(BITS):
        return abs(case.error) if isinstance(case.theorem.conclusion, FiniteError) else None


def between(construction: Construction, k: fmpq, decades: Sequence[int]) -> Iterator[tuple[int, dict[str, Cell]]]:
    """The true worst case from both sides at the lengths 10^n, where the kernel has closed forms for it."""
    try:
        with ctx.workprec(BITS):
            scale = fixed(construction, k, FOREVER)
        for n in decades:
            tail = 10**n - len(scale.contexts.step)
            theorem = enclosed(scale, (10**n, 10**n), BITS, tail)
            found: FiniteError = theorem.conclusion
            if found.lower > 0:
                yield 10**n, {"at least": found.lower, "at most": found.upper}
    except (RuleError, Unsupported):
        return


def counting_limits(construction: Construction) -> Iterator[tuple[str, int]]:
    """The powers of two at which a counter that the readout is no longer changes in floating point, with the dtype."""
    from symlstm.model.simulation.running import DTYPES, float_machine

    network = construction.network
    if [(term.state, term.coeff) for term in network.readout] != [("c", rational(1))]:
        return
    word = worst_case(construction, 4, 1).word[-1:]
    x = [int(word == (w,)) for w in network.vocabulary]
    for kind in sorted(DTYPES):
        machine = float_machine(network, 1, kind)
        found = next((n for n in range(8, 64) if stalls(machine, x, network.readout[0].index, n)), 8)
        if found > 8:  # a cell that does not count stalls everywhere
            yield kind, 2**found


def stalls(machine: Any, x: Sequence[int], index: int, n: int) -> bool:
    """Whether a cell at 2^n, on the side that the input drives it to, stays there."""
    h, c = list(machine.h0), list(machine.c0)
    for _ in range(4):
        h, c = machine.step(x, h, c)
    c[index] = type(c[index])(2.0**n if c[index] > 0 else -(2.0**n))
    return bool(machine.step(x, h, c)[1][index] == c[index])


def figure(rows: Sequence[TableRow], last: int) -> Figure:
    """One panel, logarithms both ways."""
    made, axes = panels()
    errors = [row for row in rows if row["what"] == "error"]
    line, ran, ends = (points(errors, column, place) for column in ("bound", "measured", "at most"))
    axes.plot(*columns(line), **(LOOKS[0] | {"marker": ""}), label="certified bound")
    axes.plot(*columns(ran), **(LOOKS[0] | MARK | {"linestyle": "none"}), label="worst word, run" if ran else None)
    enclosed = "worst case, between theorems" if ends else None
    axes.plot(*columns(ends), **(LOOKS[1] | {"marker": "x"}), zorder=3, label=enclosed)
    axes.axhline(log10(HALF), color=GREY, linewidth=0.6, zorder=1)
    axes.set(xlabel="length $T$ of the word sequence", ylabel="largest error of the readout", xlim=(0, last))
    axes.set_ylim(lowest(errors) - 2, highest(errors) + 2)
    decades(axes.xaxis, 0, last)
    decades(axes.yaxis, *axes.get_ylim())
    for row in rows:
        if row["what"] != "error":
            axes.axvline(place(row), color=GREY, linewidth=0.6, zorder=1)
            upright(axes, place(row), str(row["what"]), top=True, color=GREY)
    slopes(axes, line, ends)
    axes.legend(loc="lower right")
    return made


def slopes(axes: Axes, line: Sequence[tuple[float, float]], ends: Sequence[tuple[float, float]]) -> None:
    """How the bound grows, and how the worst case does at the end where that is another way."""
    (x, y), (u, v) = line[len(line) // 2], line[-1]
    power = GROWTHS.get(round((v - y) / (u - x), 1), "")
    note(axes, x + 0.02 * u, y - 0.02 * u, power, color=LOOKS[0]["color"], va="top")
    if ends and ends[-1][1] < dict(line)[ends[-1][0]] - 1:
        note(axes, u - 1.5, ends[-1][1] - 7, GROWTHS[1.0], color=RED, ha="right", va="top")


def place(row: TableRow) -> float:
    """The abscissa: log10 of the length."""
    return log10(row["length"])
