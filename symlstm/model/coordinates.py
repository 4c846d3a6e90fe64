"""The names of a network's coordinates and gates: h_1, c_2, i_3, a_i_3; in layer 1 (the second) h^1_1, a_i^1_3.

Units count from 1 and layers from 0, as in a textbook and in PyTorch's weight_ih_l0.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_BEFORE = "a_"  # before the letter of a gate, the pre-activation's
_NAME = re.compile(rf"(?P<letter>(?:{_BEFORE})?[a-z])(?:\^(?P<layer>\d+))?_(?P<unit>\d+)")


class Coordinate(NamedTuple):
    """A unit's state, gate, or (letter a_i and the like) pre-activation; `unit` counts from 1."""

    letter: str
    unit: int
    layer: int = 0

    @property
    def name(self) -> str:
        return f"{self.letter}{f'^{self.layer}' if self.layer else ''}_{self.unit}"

    @property
    def gate(self) -> Coordinate | None:
        """The gate whose pre-activation it is; None if it is none."""
        return self._replace(letter=self.letter.removeprefix(_BEFORE)) if self.letter.startswith(_BEFORE) else None


def preactivation(gate: str) -> str:
    """The letter of what the gate's function is applied to: a_i of i."""
    return _BEFORE + gate


def parsed(name: str) -> Coordinate | None:
    """The coordinate of a name, None if it is not one."""
    found = _NAME.fullmatch(name)
    return Coordinate(found["letter"], int(found["unit"]), int(found["layer"] or 0)) if found else None


def gate_of(preactivation: str) -> Coordinate | None:
    """The gate of a pre-activation's name, None for any other name."""
    found = parsed(preactivation)
    return found and found.gate
