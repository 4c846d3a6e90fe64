"""A finite automaton as one layer of threshold units, whatever its units stand for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

from symlstm.kernel.networks.machines import Acceptance, Machine, check_machine
from symlstm.model.errors import InputError
from symlstm.model.specifications.regular import minimal

Rows = Sequence[Sequence[Any]]  # of rational numbers


class ThresholdLayer(NamedTuple):
    """Units that are 1 or 0, on or off.

    A unit is on after a step where its weight from the word, and the sum of its weights from the units that were on,
    are at least 1/2 above its threshold; else they are at least 1/2 below. The readout's sum is at least 1 after
    accepted words, and at most 0 after the others.
    """

    automaton: Machine
    words: Rows  # (units, words)
    units: Rows  # (units, units)
    thresholds: Sequence[Any]  # (units,)
    start: Sequence[bool]  # (units,)
    readout: Sequence[Any]  # (units,)
    constant: Any


def minimised(machine: Machine) -> Machine:
    """The minimal automaton that accepts the same words; raises InputError for a machine with registers, or that does not accept."""
    if machine.registers or not isinstance(machine.output, Acceptance):
        found = "registers" if machine.registers else "an output that is not yes or no"
        raise InputError("specification", found, "a finite automaton: a regex, a dfa, a named regular language")
    check_machine(machine, machine.moves)
    states, words = range(len(machine.states)), [*machine.moves]
    table = [[machine.moves[word][q][0].target for word in words] for q in states]
    return minimal(words, table, accepted(machine), machine.initial)


def accepted(machine: Machine) -> list[bool]:
    """Whether each state of a finite automaton accepts."""
    return [bool(some) for some in machine.output.conditions]  # type: ignore[union-attr]
