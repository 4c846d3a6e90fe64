"""What a fuzz target answers, and how it says that something is wrong."""

from __future__ import annotations


class Wrong(AssertionError):
    """A false theorem, a false certified number, or two statements that print alike: what must never occur."""


def demand(holds: object, *what: object) -> None:
    """Raises Wrong unless it holds."""
    if not holds:
        raise Wrong(" ".join(map(str, what)))
