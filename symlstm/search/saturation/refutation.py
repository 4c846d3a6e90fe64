"""A shortest counterexample among the short words.  UNTRUSTED.

The limit along one word sequence exists even where the saturated network is infinite, or so
large that it takes long to explore. So a number of situations are explored with every
coordinate tracked, and each step from the others leads to one situation of which nothing is
known. That is an automaton like any other to the kernel.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.automata import counterexample
from symlstm.kernel.networks.invariants import arithmetic_of, invariant
from symlstm.kernel.networks.statements import Automaton, Readout, System, WeightedAutomaton, Words
from symlstm.kernel.theorem import Theorem
from symlstm.search.saturation.exploration import Exploration, relevant

FEW = 10  # situations explored before anything else: what is wrong is mostly wrong soon
MANY = 500  # where the whole is out of reach
LENGTH = 12  # of the words tried, however few the situations

RowVector = tuple[fmpq, ...]


class Reached(NamedTuple):
    """The first words that lead to a situation and to the specification's last vectors, the oldest first."""

    words: Words
    situation: int
    rows: tuple[RowVector, ...]


def refutation(
    system: System,
    readout: Readout,
    specification: WeightedAutomaton,
    most: int,
    wrong: Callable[[Term], bool] = lambda difference: algebra.sign(difference) != 0,
) -> tuple[Theorem | None, int]:
    """A shortest counterexample, the first in the vocabulary's order, among the words that need `most` situations.

    A difference between readout and specification counts if it is `wrong`. None if there is none; and the
    length of the longest words tried. Raises RuleError if a sign is undecided.
    """
    tracked = tuple(s for s in system.state if s in relevant(system, readout))
    arithmetic = arithmetic_of(system, None)
    exploration = Exploration(system, tracked, (), arithmetic, lambda situation, terms: False, {}, limited=False)
    automaton, inside = exploration.truncated(most)
    longest = LENGTH if inside is None else min(inside, LENGTH)
    for reached in _reached(system, automaton, specification, readout.delay, longest):
        known = len(reached.rows) > readout.delay
        if known and wrong(_limit(automaton, readout, reached) - _specified(specification, reached)):
            premise = invariant(system, automaton, None)
            return counterexample(premise, readout, specification, reached.words), longest
    return None, longest


def _reached(
    system: System, automaton: Automaton, specification: WeightedAutomaton, delay: int, longest: int
) -> Iterator[Reached]:
    """In shortlex order."""
    level = [Reached((), 0, (tuple(specification.initial),))]
    for _ in range(longest):
        found: dict[tuple[int, tuple[RowVector, ...]], Reached] = {}
        for words, q, rows in level:
            for word, p in zip(system.words, automaton.step[q], strict=True):
                new = (p, (*rows, _next(rows[-1], specification.matrices[word]))[-1 - delay :])
                found.setdefault(new, Reached((*words, word), *new))
        level = [*found.values()]
        yield from level


def _next(row: RowVector, matrix: tuple[RowVector, ...]) -> RowVector:
    lines = [(x, line) for x, line in zip(row, matrix, strict=True) if x]
    return tuple(sum((x * line[j] for x, line in lines), fmpq(0)) for j in range(len(row)))


def _limit(automaton: Automaton, readout: Readout, reached: Reached) -> Term:
    box = automaton.situations[reached.situation].box
    return sum((coefficient * box[s].limit for s, coefficient in readout.terms), readout.constant)


def _specified(specification: WeightedAutomaton, reached: Reached) -> Term:
    pairs = zip(reached.rows[0], specification.final, strict=True)
    return algebra.rational(sum((x * y for x, y in pairs), fmpq(0)))
