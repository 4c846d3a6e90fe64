"""What each unit of a built network stands for.

A finite automaton becomes a layer of threshold units (Minsky 1967, chapter 3): a unit is on after a step if and
only if the automaton was in one of some states and read one of some words. Minsky takes a unit for each pair of a
state and a word; here words and states that lead to the same state share one, wherever one threshold can tell.
"""

from __future__ import annotations

from typing import NamedTuple

from symlstm.kernel.networks.machines import Acceptance, Machine, check_machine
from symlstm.model.errors import InputError
from symlstm.model.specifications.regular import minimal


class Unit(NamedTuple):
    """On after a step from a state of `before` on a word of `words`; the automaton is then in state `state`.

    A unit that is only on at the start has neither.
    """

    before: frozenset[int]
    words: frozenset[str]
    state: int


class Control(NamedTuple):
    """A minimal automaton with its units, of which the one numbered `start` is on before the first word."""

    automaton: Machine
    units: tuple[Unit, ...]
    start: int

    def on(self, states: frozenset[int]) -> list[int]:
        """The numbers of the units that say that the automaton is in one of these states."""
        return [n for n, unit in enumerate(self.units) if unit.state in states]

    @property
    def accepting(self) -> list[int]:
        """The numbers of the units of accepted words."""
        conditions = self.automaton.output.conditions  # type: ignore[union-attr]
        return self.on(frozenset(q for q, some in enumerate(conditions) if some))


def minimised(machine: Machine) -> Machine:
    """The minimal automaton that accepts the same words; raises InputError for a machine with registers, or that does not accept."""
    if machine.registers or not isinstance(machine.output, Acceptance):
        found = "registers" if machine.registers else "an output that is not yes or no"
        raise InputError("specification", found, "a finite automaton: a regex, a dfa, a named regular language")
    check_machine(machine, machine.moves)
    states, words = range(len(machine.states)), [*machine.moves]
    table = [[machine.moves[word][q][0].target for word in words] for q in states]
    return minimal(words, table, [bool(machine.output.conditions[q]) for q in states], machine.initial)


def control(machine: Machine) -> Control:
    """The units of the minimal automaton: one for each word and state that it leads to, fewer where words act alike."""
    automaton = minimised(machine)
    sources: dict[tuple[str, int], set[int]] = {}
    for word, rows in automaton.moves.items():
        for q, moves in enumerate(rows):
            sources.setdefault((word, moves[0].target), set()).add(q)
    alike: dict[tuple[frozenset[int], int], set[str]] = {}
    for (word, target), before in sources.items():
        alike.setdefault((frozenset(before), target), set()).add(word)
    units = [Unit(before, frozenset(words), target) for (before, target), words in alike.items()]
    start = next((n for n, unit in enumerate(units) if unit.state == automaton.initial), len(units))
    if start == len(units):  # no word leads back to the initial state
        units.append(Unit(frozenset(), frozenset(), automaton.initial))
    return Control(automaton, tuple(units), start)
