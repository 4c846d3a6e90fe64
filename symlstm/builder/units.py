"""Units for pairs of a state and a word.

A finite automaton becomes a layer of threshold units (Minsky 1967, chapter 3): a unit is on after a step if and
only if the automaton was in one of some states and read one of some words. Minsky takes a unit for each pair of a
state and a word; here words and states that lead to the same state share one, wherever one threshold can tell.
"""

from __future__ import annotations

from fractions import Fraction
from typing import NamedTuple

from symlstm.builder.threshold_layer import ThresholdLayer, accepted, minimised
from symlstm.kernel.networks.machines import Machine


class Unit(NamedTuple):
    """On after a step from a state of `before` on a word of `words`; the automaton is then in state `state`.

    A unit that is only on at the start has neither.
    """

    before: frozenset[int]
    words: frozenset[str]
    state: int


def pairs(machine: Machine) -> ThresholdLayer:
    """The units of the minimal automaton: one for each word and state that it leads to, fewer where words act alike."""
    automaton = minimised(machine)
    units = _units(automaton)
    start = next((n for n, unit in enumerate(units) if unit.state == automaton.initial), len(units))
    if start == len(units):  # no word leads back to the initial state
        units.append(Unit(frozenset(), frozenset(), automaton.initial))
    words, states, accepts = [*automaton.moves], len(automaton.states), accepted(automaton)
    from_words, from_units, thresholds = [], [], []
    for unit in units:
        every_state, every_word = len(unit.before) == states, len(unit.words) == len(words)
        read = frozenset[int]() if every_state else unit.before
        from_words.append([int(word in unit.words and (every_state or not every_word)) for word in words])
        from_units.append([int(other.state in read) for other in units])
        # half way between the sum when the unit shall be on and the most that it is else
        thresholds.append(Fraction(1 if every_state or every_word or not unit.words else 3, 2))
    return ThresholdLayer(
        automaton,
        from_words,
        from_units,
        thresholds,
        [n == start for n in range(len(units))],
        [int(accepts[unit.state]) for unit in units],
        0,
    )


def _units(automaton: Machine) -> list[Unit]:
    sources: dict[tuple[str, int], set[int]] = {}
    for word, rows in automaton.moves.items():
        for q, moves in enumerate(rows):
            sources.setdefault((word, moves[0].target), set()).add(q)
    alike: dict[tuple[frozenset[int], int], set[str]] = {}
    for (word, target), before in sources.items():
        alike.setdefault((frozenset(before), target), set()).add(word)
    return [Unit(before, frozenset(words), target) for (before, target), words in alike.items()]
