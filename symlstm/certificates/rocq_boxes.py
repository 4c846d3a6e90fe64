"""Decisions at one scale and every length as tables for Rocq: a finite automaton, and the boxes of its classes."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symlstm.certificates.rocq_values import listed, rational, record, whole

Data = dict[str, Any]
LEAST, BEYOND = 60, 16  # bits of the intervals: so many, and so many beyond those of the boxes' ends


def is_finite(machine: Data) -> bool:
    """Whether a machine is a finite automaton: no registers, no promise, one move for each state and word, no tests."""
    moves = [found for row in machine["moves"] for found in row]
    one = all(len(found) == 1 and found[0][0] == found[0][2] == [] for found in moves)
    plain = all(tests == [] for some in machine["accept"] for tests in some)
    return machine["start"] == [] and machine["domain"] is None and one and plain


def automaton(machine: Data) -> str:
    """A machine without registers; a row of moves for each state, in it the state after each word."""
    states = range(len(machine["accept"]))
    moves = [[row[q][0][1] for row in machine["moves"]] for q in states]
    return record(
        {
            "start": whole(machine["initial"]),
            "moves_of": listed(moves, lambda row: listed(row, whole)),
            "accepting": listed([q for q in states if machine["accept"][q]], whole),
        }
    )


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what proves it: the classes, and the precision of the intervals."""
    classes = certificate["proof"]["classes"]
    size = len(certificate["network"]["h0"]) + len(certificate["network"].get("c0", []))
    yield "classes", "list class", listed(classes, lambda c: _class(c, size))
    ends = [Fraction(x) for c in classes for _, *pair in c["boxes"][0][0] for x in pair]
    bits = max((max(x.numerator.bit_length(), x.denominator.bit_length()) for x in ends), default=0)
    yield "precision", "positive", f"{max(LEAST, BEYOND + bits)}%positive"


def _class(c: Data, size: int) -> str:
    known = {n: f"Some ({rational(low)}, {rational(high)})" for n, low, high in c["boxes"][0][0]}
    return record(
        {
            "recent": listed([state for state, _ in reversed(c["configurations"])], whole),
            "ends": listed([known.get(n, "None") for n in range(size)], str),
            "onward": listed(c["successors"], whole),
        }
    )
