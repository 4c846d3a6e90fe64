"""Decisions at one scale and every length as tables for Rocq: the boxes of classes of words."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symlstm.certificates.rocq_machines import optional, place
from symlstm.certificates.rocq_values import listed, rational, record, whole

Data = dict[str, Any]
LEAST, BEYOND = 60, 16  # bits of the intervals: so many, and so many beyond those of the boxes' ends


def covers(certificate: Data) -> bool:
    """Whether Rocq checks such a decision: by boxes at every length, not of a GRU, of whose mixtures it has no exact ends."""
    gru = any(layer["cell"].startswith("gru") for layer in certificate["network"]["layers"])
    return certificate["last"] is None and "classes" in certificate["proof"] and not gru


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what proves it: the classes, and the precision of the intervals."""
    classes = certificate["proof"]["classes"]
    size = sum(len(layer.get(name, [])) for layer in certificate["network"]["layers"] for name in ("h0", "c0"))
    yield "classes", "list class", listed(classes, lambda c: _class(c, size))
    ends = [Fraction(x) for c in classes for _, *pair in c["boxes"][0][0] for x in pair]
    bits = max((max(x.numerator.bit_length(), x.denominator.bit_length()) for x in ends), default=0)
    yield "precision", "positive", f"{max(LEAST, BEYOND + bits)}%positive"


def _class(c: Data, size: int) -> str:
    known = {n: f"Some ({rational(low)}, {rational(high)})" for n, low, high in c["boxes"][0][0]}
    return record(
        {
            "recent": listed(reversed(c["configurations"]), place),
            "promise_here": optional(c["domain"], place),
            "ends": listed([known.get(n, "None") for n in range(size)], str),
            "onward": listed(c["successors"], lambda p: optional(p, whole)),
        }
    )
