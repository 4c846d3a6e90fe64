"""Which kinds of conclusions and which rules have certificates: kinds are read from the kernel's own statements.

`page` is COVERAGE.md, and `verify --coverage` prints the same rows; a test compares both with the kernel.
"""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from pkgutil import iter_modules
from typing import NamedTuple

from symlstm.certificates.recheck import KINDS
from symlstm.certificates.rocq_stated import ROCQ_CELLS, STATED
from symlstm.certificates.rocq_steps import RULES
from symlstm.kernel import networks
from symlstm.kernel.logic.propositions import Proposition
from symlstm.kernel.networks.boxes import AtScale
from symlstm.kernel.networks.families import Cut, Family, Leaf, Place
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
    *(AtScale, System, Situation, Automaton, Transition, Readout, WeightedAutomaton, Goal),
    *(Machine, Test, Form, Move, Values, Acceptance, Choices, Family, Place, Cut, Leaf),
}
ABOUT = (
    f"Certificates about networks are of layers of {', '.join(ROCQ_CELLS)} that read their words one-hot; "
    "parameters are open in Cells only; the specification is a weighted automaton or, for limits and what holds at a "
    "scale, a machine. Rocq checks what holds at a "
    "scale of all words where that is by boxes. Those about real numbers (Proposition) are of any derivation by the rules below."
)
PYTHON, ROCQ, NONE = "plain Python", "Rocq", "none"
BOTH = f"{PYTHON}, {ROCQ}"
NETWORK_RULES = {  # of the kernel: by what the conclusions that it gives are checked
    "induction over words": BOTH,
    "equality of weighted automata": BOTH,
    "evaluation of both sides": BOTH,
    "evaluation in the saturated automaton": BOTH,
    "induction over t": BOTH,
    "reading the invariant": BOTH,
    "evaluation": PYTHON,
    "evaluation along the words": f"{PYTHON}; {ROCQ} where each word is followed by itself",
    "the readout in all families": BOTH,
    "the readouts in all families": BOTH,
    "deviations in families": PYTHON,
    "boxes": BOTH,
    "convexity in the length": PYTHON,
    "comparison": PYTHON,
    "dynamic programming over contexts": f"{PYTHON}; {ROCQ} where it takes half a minute at most, and no closed form",
    "cases by sign": PYTHON,
    "substitution": BOTH,
    "duality": BOTH,
}
OTHER_RULES = {"enclosure by expansion": NONE, "closeness by expansion": NONE}  # of asymptotics: no lemma


class Row(NamedTuple):
    """A kind of conclusion or a rule, by what its certificates are checked, and what it says."""

    kind: str
    checked_by: str
    says: str


def kinds() -> list[type]:
    """The kinds of statements about networks, by name, and propositions of the small steps as one."""
    for module in iter_modules(networks.__path__, f"{networks.__name__}."):
        import_module(module.name)  # defines kinds
    found: set[type] = set()
    todo: list[type] = [Statement]
    while todo:
        below: list[type] = todo.pop().__subclasses__()
        found.update(below)
        todo.extend(below)
    return [*sorted(found - PARTS, key=lambda kind: kind.__name__), Proposition]


def table() -> list[Row]:
    """A row for each kind of conclusion."""
    return [Row(kind.__name__, _checkers(kind), _first_words(kind)) for kind in kinds()]


def rules() -> list[Row]:
    """A row for each rule of the kernel: the small steps, then networks."""
    small = dict.fromkeys(RULES, ROCQ) | OTHER_RULES
    return [Row(rule, by, "") for found in (small, NETWORK_RULES) for rule, by in sorted(found.items())]


def page() -> str:
    """COVERAGE.md: both tables."""
    return "\n".join(_page()) + "\n"


def _page() -> Iterator[str]:
    yield "# What is checked again beside the kernel"
    yield ""
    yield "`symlstm certify` writes certificates, `symlstm verify` and `symlstm prove --recheck` check them: in plain Python"
    yield "(`recheck.py`, one file, standard library only), and with Rocq where it is installed. This page is generated;"
    yield "`symlstm verify --coverage` prints the same."
    yield ""
    yield ABOUT
    yield ""
    yield "| kind of conclusion | checked by | what it says |"
    yield "|---|---|---|"
    yield from (f"| {row.kind} | {row.checked_by} | {row.says.replace('|', chr(92) + '|')} |" for row in table())
    yield ""
    yield "| rule of the kernel | checked by |"
    yield "|---|---|"
    yield from (f"| {row.kind} | {row.checked_by} |" for row in rules())


def _checkers(kind: type) -> str:
    found = [PYTHON] * (kind.__name__ in KINDS) + [ROCQ] * (kind.__name__ in STATED or kind is Proposition)
    return ", ".join(found) or NONE


def _first_words(kind: type) -> str:
    """The first paragraph of what it says of itself, and the one that it announces, as one line."""
    if kind is Proposition:
        return "A statement about real numbers and sequences: <, <=, =, |v - c| <= b, and, for all, limits."
    first, *more = (kind.__doc__ or "").strip().split("\n\n")
    return " ".join(" ".join([first, *more[: first.endswith(":")]]).split())
