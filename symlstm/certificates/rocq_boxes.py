"""What proves what holds at one scale of all words as tables for Rocq: the boxes of classes of words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from symlstm.certificates.rocq_machines import optional, place
from symlstm.certificates.rocq_runs import gates
from symlstm.certificates.rocq_values import coordinates, integer, listed, record, whole

Data = dict[str, Any]
BEYOND = 48  # bits of the intervals beyond those of the plain checker, whose numbers are of fixed size
MOST = 11_000_000  # gates of all steps, times the square of the bits
KINDS = ("DecidesAt", "WithinAt", "ChoosesAt")


def covers(certificate: Data) -> bool:
    """Whether its proof is by boxes, not of a GRU, whose mixtures may need more bits, and Rocq evaluates them in half a
    minute: the time grows with the gates and with the square of the bits.
    """
    proof = certificate["proof"]
    if "classes" not in proof or any(layer["cell"].startswith("gru") for layer in certificate["network"]["layers"]):
        return False
    steps = sum(len([p for p in c["successors"] if p is not None]) * len(c["boxes"]) for c in proof["classes"])
    return bool(steps * gates(certificate) * _precision(proof) ** 2 <= MOST)


def _precision(proof: Data) -> int:
    bits: int = proof["bits"]
    return bits + BEYOND


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what proves it: the lengths of the stretches, the classes, the precision of the intervals."""
    proof, network = certificate["proof"], certificate["network"]
    size = sum(len(layer.get(name, [])) for layer in network["layers"] for name in ("h0", "c0"))
    lengths = [t - s for s, t in pairwise(proof["knots"])] or [certificate["last"] or 1]
    yield "lengths", "list positive", listed(lengths, lambda n: f"{n}%positive")
    yield "classes", "list class", listed(proof["classes"], lambda c: _class(c, size))
    yield "precision", "positive", f"{_precision(proof)}%positive"


def _class(c: Data, size: int) -> str:
    return record(
        {
            "recent": listed(reversed(c["configurations"]), place),
            "promise_here": optional(c["domain"], place),
            "least": integer(c["least"]),
            "boxes": listed(c["boxes"], lambda pair: _pair(pair, size)),
            "onward": listed(c["successors"], lambda p: optional(p, whole)),
        }
    )


def _pair(pair: Any, size: int) -> str:
    first, last = coordinates(pair[0], size), coordinates(pair[-1], size)
    return f"({first}, {'[]' if first == last else last})"
