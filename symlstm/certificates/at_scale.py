"""What holds at one scale, on one word sequence or in the worst case, as the data of a certificate.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from symlstm.certificates.subjects import Atoms, Data, NotCovered, run_subject
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.boxes import Box
from symlstm.kernel.networks.runs import Phase, RunAt
from symlstm.kernel.theorem import Theorem
from symlstm.model.network import Network

LONGEST = 4000  # digits of a number that Python reads as text


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
        "proof": {"bits": 2 * bits, "phases": [_phase(phase, coordinate) for phase in phases]},
    }


def _phase(phase: Phase, coordinate: Mapping[Variable, int]) -> list[Any]:
    boxes = [[_box(box, coordinate) for box in pair] for pair in phase.boxes]
    return [[*phase.words], phase.times, boxes or None]


def _box(box: Box, coordinate: Mapping[Variable, int]) -> list[Any]:
    written = [(coordinate[s], str(low), str(high)) for s, (low, high) in box.items()]
    if any(max(len(low), len(high)) > LONGEST for _, low, high in written):
        raise NotCovered(f"boxes with numbers of more than {LONGEST} digits")
    return [*map(list, written)]
