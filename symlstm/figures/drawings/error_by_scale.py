"""The score's error against the scale, at a few lengths: certified for all words, and the worst word of all."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from symlstm.figures.curves import curve, decades, highest, lowest, points
from symlstm.figures.measuring import invariants
from symlstm.figures.paper import BLACK, GREY, LOOKS, Drawing, log10, note, number, panels, paper, upright
from symlstm.figures.table import Cell, TableRow
from symlstm.kernel.networks.automata import error_at
from symlstm.kernel.networks.statements import FiniteError
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.render.statements.numbers import exponent
from symlstm.search.construction import Construction
from symlstm.search.error.growth import bound as closed_form
from symlstm.search.error.horizon import tolerance
from symlstm.search.error.worst_case import WorstCase, worst_case

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

LENGTHS = (4, 16, 64, 256)
HALF = fmpq(1, 2)
LINE = [1 + fmpq(n, 10) for n in range(39)]  # times the least scale of a certified bound
MARKED = [fmpq(1), fmpq(2), fmpq(16, 5), fmpq(24, 5)]
BITS = 512  # of worst cases
TRIES, APART = 8, fmpq(1, 100)  # in the search for the scale where rounding becomes safe
CAPTION = (
    "The largest error of the readout of {title} against the scale k, for sequences of T words. Lines: the "
    "certified bound in closed form, for every word sequence ({claim}). Marks: the true worst case over all "
    "{words}^T sequences, its word run in arithmetic of 50 digits and more. Thin lines: scales at which rounding to "
    "the nearest integer is right on every sequence, and wrong on some at one a few percent smaller, {safe}."
)


def draw(construction: Construction, claim: str) -> Drawing:
    """The certified curves, worst cases on them, and where the curves fall below 1/2."""
    bounds = [closed_form(rates, construction.decision) for rates in invariants(construction)]
    found = {length: worst_cases(construction, length, least(bounds)) for length in LENGTHS}
    rows = [{"claim": claim} | row for length in LENGTHS for row in data(bounds, length, found[length])]
    safe = {length: safe_from(cases) for length, cases in found.items()}
    with paper():
        made = figure(rows, safe)
    said = ", ".join(f"k = {number(k)} at T = {length}" for length, k in safe.items() if k is not None)
    words = len(construction.network.vocabulary)
    return Drawing(made, rows, CAPTION.format(title=construction.title, claim=claim, words=words, safe=said or "none"))


def least(bounds: Iterable[Theorem]) -> fmpq:
    """The least scale that one of the bounds speaks of."""
    return min(bound.conclusion.k0 for bound in bounds)


def certified(bounds: Iterable[Theorem], length: int, k: fmpq) -> fmpq | None:
    """The sharpest of the bounds at a length and scale; None below all their scales."""
    found = [error_at(bound, length, k).conclusion.bound for bound in bounds if k >= bound.conclusion.k0]
    return min(found, default=None)


def data(bounds: Sequence[Theorem], length: int, cases: Sequence[WorstCase]) -> list[dict[str, Cell]]:
    """One row a scale: the bound; in the rows of a worst case its size, what it is at most, and its word."""
    measured = {case.k: case for case in cases}
    scales = sorted({*measured, *(least(bounds) * n for n in LINE)})
    return [{"length": length, "k": k, "bound": certified(bounds, length, k), **worst(measured.get(k))} for k in scales]


def worst(case: WorstCase | None) -> dict[str, Cell]:
    """The columns of a worst case, if there is one."""
    if case is None:
        return {}
    words = " ".join(word if n == 1 else f"{word}*{n}" for word, n in case.runs)
    with ctx.workprec(BITS):
        return {"measured": abs(case.error), "at most": case.upper, "word": words}


def worst_cases(construction: Construction, length: int, base: fmpq) -> list[WorstCase]:
    """At the marked scales, from the largest down while both sides are known, and on both sides of an error of 1/2."""
    found: list[WorstCase] = []
    for n in reversed(MARKED):
        case = known(construction, length, base * n)
        if case is None:
            return found
        found.append(case)
    return found + (around_half(construction, length, found) if tolerance(construction) == HALF else [])


def known(construction: Construction, length: int, k: fmpq) -> WorstCase | None:
    """The worst case, if it is enclosed from both sides."""
    try:
        case = worst_case(construction, length, k)
    except (RuleError, Unsupported):
        return None
    return case if isinstance(case.theorem.conclusion, FiniteError) and case.is_known else None


def around_half(construction: Construction, length: int, found: Sequence[WorstCase]) -> list[WorstCase]:
    """Worst cases at two scales a few percent apart, one above 1/2 and one below; none if the search does not end."""
    near = [*found]
    for _ in range(TRIES):
        pair = [known(construction, length, k) for k in around(crossing(near))]
        cases = [case for case in pair if case is not None]
        if len(cases) < len(pair) or safe_from(cases) is not None:
            return cases
        near += cases
    return []


def crossing(found: Iterable[WorstCase]) -> arb:
    """Where the line through the logarithms of the two errors nearest to 1/2 says that it is reached."""
    with ctx.workprec(BITS):
        logs = ((case.k, (2 * abs(case.error)).log()) for case in found)
        (k, x), (m, y) = sorted(logs, key=lambda pair: abs(float(pair[1])))[:2]
        return (k - arb(m - k) * x / (y - x)).max(arb(k) / 2)


def around(k: arb) -> tuple[fmpq, fmpq]:
    """Two decimals of three digits, about one percent below and above."""
    middle = k.mid().fmpq()
    unit = fmpq(10) ** (exponent(middle) - 2)
    width = max((middle / unit * APART).floor(), fmpq(1))
    return ((middle / unit).floor() - width) * unit, ((middle / unit).ceil() + width) * unit


def safe_from(found: Iterable[WorstCase]) -> fmpq | None:
    """A scale with every error below 1/2, a few percent above one with an error above 1/2; None if there is none."""
    beyond = max((case.k for case in found if case.lower > HALF), default=None)
    within = min((case.k for case in found if case.upper < HALF), default=None)
    close = beyond is not None and within is not None and beyond < within < beyond * (1 + 4 * APART)
    return within if close else None


def figure(rows: Sequence[TableRow], safe: dict[int, fmpq | None]) -> Figure:
    """One curve a length, with its name at its end."""
    made, axes = panels()
    ends: dict[int, tuple[float, float]] = {}
    for length, look in zip(LENGTHS, LOOKS, strict=False):
        own = [row for row in rows if row["length"] == length]
        curve(axes, own, scale, look)
        ends[length] = points(own, "bound", scale)[-1]
    x = max(x for x, _ in ends.values())
    axes.set(xlabel="scale $k$ of weights and biases", ylabel="largest error of the readout")
    axes.set(xlim=(0, x * 1.24), ylim=(lowest(rows) - 1.5, highest(rows) + 1.5))
    for length, look in zip(LENGTHS, LOOKS, strict=False):
        bar(axes, safe[length], look["color"])
    for text, height, colour in names(ends, axes.get_ylim()):
        note(axes, x * 1.02, height, text, color=colour, va="center")
    axes.axhline(log10(HALF), color=GREY, linewidth=0.6, zorder=1)
    note(axes, x * 1.22, log10(HALF) + 0.3, "an error of 1/2: rounding can fail", color=GREY, ha="right")
    decades(axes.yaxis, *axes.get_ylim())
    return made


def names(ends: dict[int, tuple[float, float]], window: tuple[float, float]) -> Iterator[tuple[str, float, str]]:
    """(text, height, colour): each curve's name, one for all that end at the same height."""
    near, left = 0.05 * (window[1] - window[0]), dict(ends)
    for length, look in zip(ends, LOOKS, strict=False):
        together = [n for n, (_, y) in left.items() if abs(y - ends[length][1]) < near] if length in left else []
        if together:
            said = f"T={length}" if len(together) == 1 else rf"T={length}\ldots{together[-1]}"
            yield f"${said}$", ends[length][1], look["color"] if len(together) == 1 else BLACK
        left = {n: end for n, end in left.items() if n not in together}


def scale(row: TableRow) -> float:
    """The abscissa: k."""
    return number(row["k"])


def bar(axes: Axes, k: fmpq | None, colour: str) -> None:
    """From 1/2 down to the axis at the scale where rounding becomes safe, with its number."""
    if k is not None:
        axes.plot([number(k)] * 2, [log10(HALF), -100], color=colour, linewidth=0.6, linestyle="-", zorder=1)
        upright(axes, number(k), f"safe at {number(k)}", color=colour)
