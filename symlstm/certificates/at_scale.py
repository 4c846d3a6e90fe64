"""What holds at one scale, on one word sequence or in the worst case, as the data of a certificate.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from flint import arb, fmpq

from symlstm.certificates.subjects import Atoms, Data, NotCovered, outward, with_constant
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.boxes import Box
from symlstm.kernel.networks.fixed_scale import Contexts
from symlstm.kernel.networks.runs import Phase, RunAt
from symlstm.kernel.networks.statements import Bracket, ErrorAt
from symlstm.kernel.theorem import Theorem
from symlstm.model.network import Network

Case = tuple[Data, Data | None]  # what is said of a largest error, and the evidence
LONGEST = 4000  # digits of a number that Python reads as text
SHOWN, SHORT = 32, (40, 64, 128)  # binary places of bounds, and of the intervals that are tried for these
RELATIVE = 36
GUARD = 64  # binary places beyond those of the kernel


def runs(theorem: Theorem[RunAt], network: Network, atoms: Atoms) -> Iterator[Data]:
    """What is read after one word sequence, and what shows it: in intervals of more and more bits.

    Where the words are followed one by one, the bounds are rounded outward to `SHOWN` binary places.
    """
    goal, (phases, bits) = theorem.conclusion, theorem.certificate
    if goal.scale.onward:
        raise NotCovered("word sequences at all scales from one on")
    coordinate = {s: n for n, s in enumerate(goal.system.state)}
    singly = not any(phase.boxes for phase in phases)
    lower, upper = outward((goal.lower, goal.upper), SHOWN) if singly else (goal.lower, goal.upper)
    said = goal.specified if isinstance(goal.specified, bool | int) else str(goal.specified)
    body = with_constant(network, goal.readout, goal.specification, atoms) | {
        "scale": str(goal.scale.k),
        "runs": [[[*words], times] for words, times in goal.runs],
        **{"lower": str(lower), "upper": str(upper), "specified": said},
    }
    written = [_phase(phase, coordinate) for phase in phases]
    for more in (*(SHORT if singly else ()), 2 * bits):
        yield body | {"proof": {"bits": more, "phases": written}}


def _phase(phase: Phase, coordinate: Mapping[Variable, int]) -> list[Any]:
    boxes = [[_box(box, coordinate) for box in pair] for pair in phase.boxes]
    return [[*phase.words], phase.times, boxes or None]


def _box(box: Box, coordinate: Mapping[Variable, int]) -> list[Any]:
    written = [(coordinate[s], str(low), str(high)) for s, (low, high) in box.items()]
    if any(max(len(low), len(high)) > LONGEST for _, low, high in written):
        raise NotCovered(f"boxes with numbers of more than {LONGEST} digits")
    return [*map(list, written)]


def cases(theorem: Theorem, network: Network) -> dict[str, Case]:
    """What is said of largest errors, under the names of a certificate, each with what shows it.

    The bounds of one alone are rounded outward to `RELATIVE` binary digits.
    """
    goal = theorem.conclusion
    if isinstance(goal, Bracket):
        names = zip(("within", "beyond"), theorem.premises, strict=True)
        return {name: _case(x, network, (x.conclusion.lower, x.conclusion.upper)) for name, x in names}
    if isinstance(goal, ErrorAt):
        return {"worst": (_said(goal.k, (goal.length, goal.length), (fmpq(0), goal.bound)), None)}
    return {"worst": _case(theorem, network, (-_digits(-goal.lower), _digits(goal.upper)))}


def _digits(x: fmpq) -> fmpq:
    """A number not below it of `RELATIVE` binary digits."""
    places = RELATIVE - abs(int(x.p)).bit_length() + int(x.q).bit_length()
    unit = fmpq(2) ** places
    return (x * unit).ceil() / unit


def _case(theorem: Theorem, network: Network, ends: tuple[fmpq, fmpq]) -> Case:
    goal = theorem.conclusion
    said = _said(goal.k, (goal.first, goal.last), ends)
    if theorem.certificate is None:  # by the bound at both lengths
        return said, None
    found, levels, bits = theorem.certificate
    tail = goal.last + 1 - len(levels) if levels else None
    return said, {"bits": bits + GUARD, "tail": tail, "contexts": _contexts(found, network, bits)}


def _said(k: fmpq, lengths: tuple[int, int], ends: tuple[fmpq, fmpq]) -> Data:
    (first, last), (lower, upper) = lengths, ends
    return {"scale": str(k), "first": first, "last": last, "lower": str(lower), "upper": str(upper)}


def _contexts(found: Contexts, network: Network, bits: int) -> list[Any]:
    coordinate = {s: n for n, s in enumerate(network.system.state)}
    rows = zip(found.situation, found.box, found.step, strict=True)
    return [
        {"situation": q, "box": _box({s: _ends(x, bits) for s, x in box.items()}, coordinate), "successors": [*step]}
        for q, box, step in rows
    ]


def _ends(ball: arb, bits: int) -> tuple[fmpq, fmpq]:
    """Of a ball, rounded outward."""
    middle, radius = ball.mid().fmpq(), ball.rad().fmpq()
    return outward((middle - radius, middle + radius), bits + 8)
