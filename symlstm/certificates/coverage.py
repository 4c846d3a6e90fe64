"""Which kinds of conclusions have certificates: read from the kernel's own statements, so that none is forgotten."""

from __future__ import annotations

from symlstm.certificates.recheck import KINDS
from symlstm.certificates.rocq import ROCQ_CELLS, STATED
from symlstm.kernel.logic.propositions import Proposition
from symlstm.kernel.networks import fixed_scale, regions, statements  # noqa: F401  (they define kinds)
from symlstm.kernel.networks.machines import Acceptance, Choices, Form, Machine, Move, Test, Values
from symlstm.kernel.networks.statements import (
    Automaton,
    Goal,
    Readout,
    Situation,
    Statement,
    System,
    Transition,
    WeightedAutomaton,
)

PARTS = {  # of statements: no conclusions
    *(System, Situation, Automaton, Transition, Readout, WeightedAutomaton, Goal),
    *(Machine, Test, Form, Move, Values, Acceptance, Choices),
}
ABOUT = (
    f"of one layer of {', '.join(ROCQ_CELLS)} without open parameters, and a weighted automaton as its specification"
)


def kinds() -> list[type]:
    """The kinds of statements about networks, by name, and propositions of the small steps as one."""
    found: set[type] = set()
    todo: list[type] = [Statement]
    while todo:
        below: list[type] = todo.pop().__subclasses__()
        found.update(below)
        todo.extend(below)
    return [*sorted(found - PARTS, key=lambda kind: kind.__name__), Proposition]


def table() -> list[dict[str, str]]:
    """A row for each kind: its name, by what its certificates are checked, and what it says."""
    return [
        {"kind": kind.__name__, "checked_by": _checkers(kind.__name__), "says": _first_words(kind)} for kind in kinds()
    ]


def _checkers(kind: str) -> str:
    found = ["plain Python"] * (kind in KINDS) + ["Rocq"] * (kind in STATED)
    return ", ".join(found) or "none"


def _first_words(kind: type) -> str:
    """The first paragraph of what it says of itself, as one line."""
    return " ".join((kind.__doc__ or "").strip().split("\n\n")[0].split())
