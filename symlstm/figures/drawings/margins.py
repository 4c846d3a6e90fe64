"""Published networks: how far their gates are from their thresholds, against the least scale at which they are certified."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from flint import arb, ctx, fmpq

from symlstm.figures.curves import columns, decades
from symlstm.figures.paper import BLUE, GREY, MARK, RED, Drawing, log10, note, panels, paper
from symlstm.figures.table import TableRow
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.families import tending
from symlstm.kernel.networks.invariants import arithmetic_of, at_word
from symlstm.kernel.networks.statements import Situation
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.proof.claims import Script
from symlstm.search.construction import Construction
from symlstm.search.saturation.gate_limits import automaton_of
from symlstm.search.scale.answer import asked, at_scale
from symlstm.search.scale.verdict import at_every_length, layered

if TYPE_CHECKING:
    from matplotlib.figure import Figure

SITUATIONS = 60  # of a network that counts
BITS = 128
CAPTION = (
    "Published networks. Margin: by how much, with the weights of their authors, the nearest pre-activation that is "
    "reached is beyond its threshold. Scale: what the weights may be multiplied by so that all sequences of up to "
    "{length} words are still decided right, which a theorem says; the least that was found by halving. Above the dashed "
    "line, in red, the published weights are too small; below it there is room to spare. Dotted: margin times scale is 4, "
    "gates of 0.018 and 0.982. {names}."
)


def from_script(script: Script) -> Drawing:
    """From the networks of proofs/published/published.py of which a least scale is known."""
    networks, length = [one for one in script.names["NETWORKS"] if one.least], script.names["SHORT"]
    rows = [*data(networks, length)]
    names = ", ".join(f"{n}: {row['claim']}" for n, row in enumerate(rows, 1))
    with paper():
        return Drawing(figure(rows), rows, CAPTION.format(length=length, names=names))


def data(networks: Sequence[Any], length: int) -> Iterator[TableRow]:
    """A row for each network, the one with the largest margin first; raises RuleError for one that is not certified."""
    found = []
    for one in networks:
        scale = Fraction(one.least)
        theorem = certified(one.construction, scale, length)
        if theorem is None:
            raise RuleError(one.id, f"no certificate at k = {one.least}", f"a theorem up to {length} words")
        k = fmpq(scale.numerator, scale.denominator)
        found.append({"claim": one.id, "margin": margin(one.construction), "scale": k})
    yield from sorted(found, key=lambda row: (-float(row["margin"]), row["claim"]))


def certified(construction: Construction, scale: Fraction, length: int) -> Theorem | None:
    """The theorem that all sequences of up to so many words are decided right at a scale."""
    question, keys = asked(construction, scale, None)
    if keys is None:
        known = at_scale(construction, scale, wrong_too=False)
        return known.right if known.is_right_up_to(length) else None
    theorem = layered(question, length)
    return at_every_length(question) if theorem is None else theorem


def margin(construction: Construction) -> arb:
    """By how much for k = 1 the nearest pre-activation that grows with the scale is beyond 0, in what is reached."""
    known = automaton_of(construction, SITUATIONS)
    if known is None:
        raise RuleError("margins", "a network without situations", "one whose limits are known")
    automaton, whole = known
    situations = automaton.situations if whole else automaton.situations[:-1]  # of the last one nothing is known
    sizes = [abs(algebra.constant_ball(slope, BITS)) for q in situations for slope in slopes(construction, q)]
    with ctx.workprec(BITS):
        return min((x for x in sizes if x > 0), key=float)


def slopes(construction: Construction, situation: Situation) -> Iterator[Term]:
    """How much each pre-activation grows for each unit of the scale, on each word, where that is known."""
    system = construction.network.system
    arithmetic = arithmetic_of(system, None)
    known = {s: tending(x.limit) for s, x in situation.box.items()}
    for word in system.words:
        for inner in dict.fromkeys(
            a.argument for term in at_word(system, word).values() for a in algebra.applications(term)
        ):
            try:
                signal = arithmetic.evaluate(inner, known)
            except RuleError:
                continue
            slope = None if signal is None or signal.side else signal.main.coefficients(system.scale).get(1)
            if slope is not None and not slope.symbols():
                yield slope


def figure(rows: Sequence[TableRow]) -> Figure:
    """A numbered mark for each network, on logarithmic axes."""
    made, axes = panels(height=3.2)
    places = [(log10(row["margin"]), log10(row["scale"])) for row in rows]
    low, high = min(x for x, _ in places) - 0.4, max(x for x, _ in places) + 0.4
    axes.plot([low, high], [0, 0], color=GREY, linestyle="--", linewidth=0.7)
    product = log10(4)
    axes.plot([low, high], [product - low, product - high], color=GREY, linestyle=":", linewidth=0.9)
    for colour, own in ((BLUE, [p for p in places if p[1] <= 0]), (RED, [p for p in places if p[1] > 0])):
        axes.plot(*columns(own), color=colour, marker="o", linestyle="none", **MARK)
    for place, numbers in grouped(places).items():
        left = any(0.01 < x - place[0] < 0.5 and abs(y - place[1]) < 0.12 for x, y in places)
        away = -0.1 if left else 0.1
        note(
            axes, place[0] + away, place[1], numbers, fontsize=6, ha="right" if left else "left", va="center", bbox=None
        )
    axes.set(xlabel="margin of the published weights", ylabel="least certified scale $k$", xlim=(low, high))
    axes.set(ylim=(min(y for _, y in places) - 0.4, max(y for _, y in places) + 0.5))
    decades(axes.xaxis, low, high)
    decades(axes.yaxis, *axes.get_ylim())
    return made


def grouped(places: Sequence[tuple[float, float]]) -> dict[tuple[float, float], str]:
    """The numbers of the networks, those at one place together."""
    found: dict[tuple[float, float], list[str]] = {}
    for n, (x, y) in enumerate(places, 1):
        near = next((place for place in found if abs(place[0] - x) < 0.05 and abs(place[1] - y) < 0.05), (x, y))
        found.setdefault(near, []).append(str(n))
    return {place: ", ".join(numbers) for place, numbers in found.items()}
