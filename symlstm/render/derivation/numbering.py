"""What a document has told so far: the numbers of its formulas, and where each theorem, network and rule came first."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from typing import Any

from sympy import Expr, Symbol

from symlstm.kernel.logic.propositions import Proposition
from symlstm.kernel.networks.enclosures import Enclosure
from symlstm.kernel.networks.statements import System
from symlstm.kernel.theorem import Theorem
from symlstm.render.documents.document import Heading


class Ledger:
    """One for each document. Formulas are numbered by section; everything is looked up by what it says."""

    def __init__(self) -> None:
        self._prefix, self._count = "", 0
        self.known: dict[Any, str] = {}  # the numbers of formulas
        self.first: dict[Any, Heading] = {}  # theorems, systems and rules: where they came first
        self.notation: dict[Symbol, Expr] = {}  # letters that the scripts have for expressions
        self.routine: set[Any] = set()  # the steps that were marked as routine
        self.machines: dict[Any, str] = {}  # the numbers of the inductions over words
        self.systems: list[tuple[System, Heading]] = []  # the networks that were told in full

    def section(self, prefix: str) -> None:
        """Begins a new section's numbers."""
        self._prefix, self._count = prefix, 0

    def next(self) -> str:
        """A number that stands for nothing yet."""
        self._count += 1
        return f"{self._prefix}{self._count}"

    def number(self, key: Any) -> str:
        """The number of a new fact."""
        self.known[key] = self.next()
        return self.known[key]

    def tell(self, key: Any, place: Heading) -> Heading | None:
        """Where it was told first; None, and from now on `place`, if it is new."""
        before = self.first.get(key)
        self.first.setdefault(key, place)
        return before


def key(theorem: Theorem) -> Any:
    """Equal for theorems that say the same under the same hypotheses."""
    return fingerprint(theorem.conclusion), theorem.hypotheses


def assumed(hypothesis: Any) -> Any:
    """The key of the theorem that a hypothesis holds under itself."""
    return hypothesis, frozenset({hypothesis})


def fingerprint(thing: Any) -> Any:
    """Something hashable that is equal for statements that say the same, signals compared by their values."""
    if isinstance(thing, Proposition):
        return thing
    if isinstance(thing, Enclosure) or is_dataclass(thing):
        return type(thing).__name__, *(fingerprint(getattr(thing, field.name)) for field in fields(thing))
    if isinstance(thing, Mapping):
        return frozenset((fingerprint(name), fingerprint(value)) for name, value in thing.items())
    if isinstance(thing, tuple | list):
        return tuple(map(fingerprint, thing))
    return thing
