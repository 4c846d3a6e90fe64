"""A code: each state of the minimal automaton is a set of units that are on, so that log2 of the states may do.

A unit is a set of states, those in which it is on. It must be a linear threshold function of the units before
and the word, which few sets are: for each word there are the states from which it leads into the set, and of these
sets one must contain the other. Among the units that this leaves, codes are tried in a fixed order, shift registers
first; whether a threshold separates is decided by exact linear programming, which finds the least weights too.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from fractions import Fraction
from itertools import pairwise
from typing import NamedTuple

from flint import fmpq

from symlstm.builder.threshold_layer import ThresholdLayer, accepted, minimised
from symlstm.builder.units import pairs
from symlstm.kernel.networks.machines import Machine
from symlstm.model.errors import InputError
from symlstm.proof.linear_programming import Unbounded, minimise

MOST_STATES = 16  # there are 2^(states - 1) sets to look at
LOOKED = 2000  # codes of one size, more than there are of 3 units for 8 states; what is refused early counts once
MORE = 3  # units than the logarithm, at most
NEEDED = "units that tell the states apart, each a threshold function of the units before and the word"

Row = tuple[int, ...]  # of a set of states: 1 for those in it
Tables = list[list[int]]  # the state that each word (outer) leads to from each state (inner)


class Weighed(NamedTuple):
    """Weights and the threshold: the weighted sum is at least 1/2 above it for some points, and 1/2 below for the others."""

    weights: list[Fraction]
    threshold: Fraction


def code(machine: Machine, exact: bool = False) -> ThresholdLayer:
    """The layer of the fewest units that is found, fewer than there are of pairs; raises InputError if none is.

    Each state has one set of units, however it was reached.
    `exact`: the sum of each unit that is on is just 1/2 above its threshold, as ReLU needs it.
    """
    automaton = minimised(machine)
    states, least = len(automaton.states), (len(automaton.states) - 1).bit_length()
    if not 2 <= states <= MOST_STATES:
        raise _none(f"{states} states" if states > 1 else "one state", f"2 to {MOST_STATES} states for a code")
    steps = [[moves[0].target for moves in rows] for rows in automaton.moves.values()]
    sets = _possible(steps)
    if len({*zip(*sets, strict=True)}) < states:
        raise _none(f"no code of any number of units for these {states} states", NEEDED)
    most = min(len(pairs(automaton).units) - 1, least + MORE)
    tried, cut = 0, False
    for size in range(least, most + 1):
        for n, columns in enumerate(_codes(sets, size)):
            if n == LOOKED:
                cut = True
                break
            layer = None if columns is None else _layer(automaton, steps, columns, exact)
            if layer is not None:
                return layer
            tried += columns is not None
    kind = "code whose sums ReLU keeps exact" if exact else "code"
    numbers = f"{least} to {most} units" if least < most else f"{least} units"
    many = f"{tried} tried, not all" if cut else f"all {tried} tried"
    raise _none(f"no {kind} of {numbers} for these {states} states ({many})", NEEDED)


def _none(found: str, needed: str) -> InputError:
    return InputError("code", found, needed, "--code unit")


def _possible(steps: Tables) -> list[Row]:
    """Sets, but for complements, whose states before are for each two words one within the other; those of shift registers first."""
    states = len(steps[0])
    every = [tuple(n >> q & 1 for q in range(states)) for n in range(2, 2**states, 2)]  # state 0 is in none of them
    nested = [row for row in every if _nested(_before(row, steps))]
    known: dict[Row, None] = {}
    while more := [row for row in nested if row not in known and _reads(_before(row, steps), known)]:
        known |= dict.fromkeys(more)
    return [*known, *(row for row in nested if row not in known)]


def _before(row: Row, steps: Tables) -> list[Row]:
    """For each word the states from which it leads into the set."""
    return [tuple(row[q] for q in step) for step in steps]


def _nested(before: Sequence[Row]) -> bool:
    ordered = sorted(before, key=sum)
    return all(p <= q for small, large in pairwise(ordered) for p, q in zip(small, large, strict=True))


def _reads(before: Sequence[Row], known: dict[Row, None]) -> bool:
    """Whether the word alone decides, or one unit that is known already and not the word."""
    first = before[0]
    constant = all(len({*row}) == 1 for row in before)
    return constant or (all(row == first for row in before) and (first in known or _complement(first) in known))


def _complement(row: Row) -> Row:
    return tuple(1 - x for x in row)


def _codes(sets: Sequence[Row], size: int, chosen: tuple[Row, ...] = ()) -> Iterator[tuple[Row, ...] | None]:
    """All choices of so many sets that tell all states apart, in the order of the sets; None for what is refused before."""
    if not size:
        yield chosen
        return
    for n, row in enumerate(sets):
        columns = (*chosen, row)
        if max(Counter(zip(*columns, strict=True)).values()) <= 2 ** (size - 1):
            yield from _codes(sets[n + 1 :], size - 1, columns)
        else:
            yield None


def _layer(automaton: Machine, steps: Tables, columns: Sequence[Row], exact: bool) -> ThresholdLayer | None:
    """The layer of a code; None as soon as one unit, or acceptance, has no threshold."""
    states = [*zip(*columns, strict=True)]
    letters = _units(len(steps))
    readout = separated(states, accepted(automaton))
    if readout is None:
        return None
    points = [(*state, *letter) for letter in letters for state in states]
    found = []
    for row in columns:
        unit = separated(points, [bool(x) for before in _before(row, steps) for x in before], exact)
        if unit is None:
            return None
        found.append(unit)
    size = len(columns)
    return ThresholdLayer(
        automaton,
        [unit.weights[size:] for unit in found],
        [unit.weights[:size] for unit in found],
        [unit.threshold for unit in found],
        [bool(x) for x in states[automaton.initial]],
        readout.weights,
        Fraction(1, 2) - readout.threshold,
    )


def separated(points: Sequence[Row], on: Sequence[bool], exact: bool = False) -> Weighed | None:
    """The weights of the least sum of absolute values that separate the points by a margin of 1/2; None if none do.

    They are the prices of the dual program, which is unbounded if there are none: multipliers of the points, of either
    sign where the margin is exact, such that each weight's sum is at most 1 in absolute value, and the threshold's 0.
    """
    size = len(points[0])
    signed = [[x if above else -x for x in (*point, -1)] for point, above in zip(points, on, strict=True)]
    both = [[-x for x in row] for row, above in zip(signed, on, strict=True) if exact and above]
    costs = [fmpq(-1, 2)] * len(signed) + [fmpq(1, 2)] * len(both) + [fmpq(0)] * 2 * size
    *sums, threshold = zip(*signed, *both, strict=True)
    bounded = [*sums, *([-x for x in row] for row in sums)]
    rows = [[*row, *slack] for row, slack in zip(bounded, _units(2 * size), strict=True)]
    rows.append([*threshold, *[0] * 2 * size])
    right = [fmpq(1)] * 2 * size + [fmpq(0)]
    try:
        prices = minimise(costs, [[fmpq(x) for x in row] for row in rows], right).prices
    except Unbounded:
        return None
    y = [Fraction(int(price.p), int(price.q)) for price in prices]
    return Weighed([q - p for p, q in zip(y[:size], y[size:-1], strict=True)], -y[-1])


def _units(size: int) -> list[Row]:
    return [tuple(int(n == m) for m in range(size)) for n in range(size)]
