"""What holds at one scale, on one word sequence or in the worst case, as the data of a certificate.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symlstm.certificates.decided import LONGEST
from symlstm.certificates.recheck import PRECISIONS
from symlstm.certificates.subjects import Atoms, Data, NotCovered, run_subject
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.boxes import Pair
from symlstm.kernel.networks.runs import Phase, RunAt
from symlstm.kernel.theorem import Theorem
from symlstm.model.network import Network


def run(theorem: Theorem[RunAt], network: Network, atoms: Atoms) -> Data:
    """What is read after one word sequence, and the boxes that show it."""
    goal, (phases, bits) = theorem.conclusion, theorem.certificate
    if goal.scale.onward:
        raise NotCovered("word sequences at all scales from one on")
    coordinate = {s: n for n, s in enumerate(goal.system.state)}
    said = goal.specified if isinstance(goal.specified, bool | int) else str(goal.specified)
    ends = {"lower": str(goal.lower), "upper": str(goal.upper)}
    return run_subject(network, goal.readout, goal.specification, atoms) | {
        "scale": str(goal.scale.k),
        "runs": [[[*words], times] for words, times in goal.runs],
        **ends,
        "specified": said,
        "proof": {"bits": precision(2 * bits), "phases": [_phase(phase, coordinate) for phase in phases]},
    }


def precision(bits: int) -> int:
    """The least of the checker's precisions that has so many bits, or the largest."""
    return next((least for least in PRECISIONS if least >= bits), PRECISIONS[-1])


def _phase(phase: Phase, coordinate: Mapping[Variable, int]) -> list[Any]:
    boxes = [_lines(pair, coordinate) for pair in phase.boxes]
    return [[*phase.words], phase.times, boxes or None]


def _lines(pair: Pair, coordinate: Mapping[Variable, int]) -> list[Any]:
    first, last = pair
    lines = [[coordinate[s], *map(str, (*first[s], *last[s]))] for s in first]
    if any(len(x) > LONGEST for _, *ends in lines for x in ends):
        raise NotCovered(f"boxes with numbers of more than {LONGEST} digits")
    return lines
