"""The names of a network's coordinates and gates: h_1, c_2, i_3, a_i_3; in layer 1 (the second) h^1_1, a_i^1_3.

Units count from 1 and layers from 0, as in a textbook and in PyTorch's weight_ih_l0.
"""

from __future__ import annotations

import re
from typing import NamedTuple

_NAME = re.compile(r"(?P<letter>(?:a_)?[a-z])(?:\^(?P<layer>\d+))?_(?P<unit>\d+)")


class Coordinate(NamedTuple):
    """A unit's state, gate, or (letter a_i and the like) pre-activation; `unit` counts from 1."""

    letter: str
    unit: int
    layer: int = 0

    @property
    def name(self) -> str:
        return f"{self.letter}{f'^{self.layer}' if self.layer else ''}_{self.unit}"


def parsed(name: str) -> Coordinate | None:
    """The coordinate of a name, None if it is not one."""
    found = _NAME.fullmatch(name)
    return Coordinate(found["letter"], int(found["unit"]), int(found["layer"] or 0)) if found else None
