"""What a theorem is.  TRUSTED.

A `Theorem` is made by the rules of this folder and by nothing else: its constructor asks
for a key that only the kernel holds.  That guards against accident, not against malice
(Python has no abstract types), and it makes trust a question of reading this folder.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import InitVar, dataclass
from typing import TYPE_CHECKING, Any, Generic

if TYPE_CHECKING:  # read by type checkers, never run: with a default, so that a bare Theorem is one of anything
    from typing_extensions import TypeVar

    C = TypeVar("C", default=Any)
else:
    from typing import TypeVar

    C = TypeVar("C")

_KEY = object()

ARITHMETIC = "exact rationals and Arb balls (python-flint)"


class RuleError(Exception):
    """A rule refused: its premises do not establish its conclusion. Says rule, found, needed."""

    def __init__(self, rule: str, found: object, needed: object) -> None:
        super().__init__(f"{rule}: found {found}; needed {needed}")
        self.rule, self.found, self.needed = rule, found, needed


class Unsupported(Exception):
    """Not false, but outside what the kernel handles; the message names the expression."""


@dataclass(frozen=True, slots=True, eq=False)
class Theorem(Generic[C]):
    """A proved statement: what it says, the rule that gave it, and what it was given.

    `hypotheses` are the assumptions under which `conclusion` holds; `trusted` names the engines that
    this step relied on; `certificate` is what the rule needed beside its premises, as data.
    """

    conclusion: C
    rule: str
    premises: tuple[Theorem, ...]
    hypotheses: frozenset[Any]
    trusted: frozenset[str]
    certificate: Any
    key: InitVar[object]

    def __post_init__(self, key: object) -> None:
        if key is not _KEY:
            raise RuleError("Theorem", "a direct construction", "a rule of symlstm.kernel")

    def __reduce_ex__(self, protocol: object) -> Any:
        raise TypeError("a theorem is not copied or pickled: make it again")

    __setstate__ = __reduce_ex__

    def __bool__(self) -> bool:
        raise TypeError("a theorem has no truth value: read its conclusion and hypotheses")


def conclude(
    conclusion: C,
    rule: str,
    premises: tuple[Theorem, ...] = (),
    hypotheses: frozenset[Any] = frozenset(),
    discharged: frozenset[Any] = frozenset(),
    trusted: frozenset[str] = frozenset({ARITHMETIC}),
    certificate: Any = None,
) -> Theorem[C]:
    """Kernel-internal: the theorem whose hypotheses are the given ones and its premises', less the discharged."""
    if any(type(premise) is not Theorem for premise in premises):
        raise RuleError(rule, "a premise that is no Theorem", "theorems")
    inherited = frozenset().union(*(premise.hypotheses for premise in premises))
    return Theorem(conclusion, rule, premises, (inherited | hypotheses) - discharged, trusted, certificate, _KEY)


def walk(theorem: Theorem) -> Iterator[Theorem]:
    """The theorem and everything it was derived from, each once, premises first."""
    seen: set[int] = set()

    def visit(node: Theorem) -> Iterator[Theorem]:
        if id(node) not in seen:
            seen.add(id(node))
            for premise in node.premises:
                yield from visit(premise)
            yield node

    return visit(theorem)


def trusted(theorem: Theorem) -> frozenset[str]:
    """All engines that the theorem rests on beside the rules of the kernel."""
    return frozenset().union(*(node.trusted for node in walk(theorem)))
