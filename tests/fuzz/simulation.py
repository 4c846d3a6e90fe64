"""An independent oracle: networks run in 120 to 400 digits by their equations, written out for each fuzz target.

Only the middle of each ball is kept; nothing of the prover is used but the definition of the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction

from flint import arb, ctx, fmpq
from support.oracle import Case, Machine, _Node

BITS = 1600  # in which numbers are compared
Words = tuple[str, ...]


def states(case: Case, scale: Fraction, words: Words, digits: int = 400) -> Iterator[dict[str, arb]]:
    """h_1, ..., c_1, ... after each of the words, the empty sequence first."""
    machine = Machine(case, scale, digits)
    node = _Node((), machine._start, (case.specification.initial,))
    yield _named(node)
    for word in words:
        node = machine._step(node, word)
        yield _named(node)


def _named(node: _Node) -> dict[str, arb]:
    [(h, c)] = node.state  # of the one layer
    cells = {"h": h, "c": c}
    return {f"{kind}_{j + 1}": x for kind, values in cells.items() for j, x in enumerate(values)}


def worst(case: Case, scale: Fraction, length: int, digits: int = 400) -> tuple[arb, Words]:
    """The largest |readout - specification| over all words of the length, and where it is."""
    found, words = arb(-1), ()
    for reading in Machine(case, scale, digits).readings(length):
        with ctx.workprec(BITS):
            if len(reading.words) == length and (error := reading.error) > found:
                found, words = error, reading.words
    return found, words


def at_most(x: arb, bound: fmpq, slack: int = 360) -> bool:
    """Whether x <= bound, but for what the oracle rounds: 10^-slack."""
    with ctx.workprec(BITS):
        return bool(x <= arb(bound) + arb(10) ** -slack)
