"""What is known of a claim about a network at one scale: the network that people run, not its limit."""

from __future__ import annotations

import enum
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from fractions import Fraction

    from symlstm.kernel.networks.statements import Runs
    from symlstm.kernel.theorem import Theorem

RUN = 20_000  # words: a sequence of at most so many can be run, word by word


def length_of(runs: Runs) -> int:
    """The number of words."""
    return sum(len(words) * n for words, n in runs)


def spelled(runs: Runs) -> Iterator[str]:
    """The words, one by one."""
    return (word for words, n in runs for _ in range(n) for word in words)


def records(runs: Runs) -> list[dict[str, Any]]:
    """As fields of JSON: a word, or the words of a phrase, and how many times they are read."""
    named = ({"word": words[0]} if len(words) == 1 else {"words": [*words]} for words, _ in runs)
    return [{**name, "times": n} for name, (_, n) in zip(named, runs, strict=True)]


@dataclass(frozen=True)
class Recheck:
    """Which checkers beside the kernel accept the certificate of what was proved; `reason` says why none, or not all."""

    by: tuple[str, ...] = ()
    reason: str = ""

    def __and__(self, other: Recheck) -> Recheck:
        """Of two theorems that are told together."""
        return Recheck(tuple(name for name in self.by if name in other.by), self.reason or other.reason)

    @property
    def words(self) -> str:
        """As it stands behind what was proved."""
        return f"checked by {', '.join(self.by)}" if self.by else "not checked again"


def recheck_record(found: Recheck | None) -> dict[str, Any]:
    """As fields of JSON, where it was asked for."""
    if found is None:
        return {}
    return {"checked_by": [*found.by], **({"not_checked": found.reason} if found.reason else {})}


class Finding(enum.Enum):
    """What became of a claim at a scale. Has no truth value, as a verdict has none."""

    RIGHT = "right"
    WRONG = "wrong"
    OPEN = "open"

    def __bool__(self) -> bool:
        raise TypeError("a finding has no truth value: compare it, `finding is Finding.RIGHT`")


@dataclass(frozen=True)
class AtScale:
    """A decision at scale k; at k = None that of a network in which no weight depends on k.

    `right` is the theorem that it is right on all word sequences of up to `right_up_to` words, or of every length
    if that is None. `wrong` is the theorem about `runs`, phrases with how often each is read in a row, on which it is
    not: what is read there (`value`, decimals) and what should be (`specified`). `recheck` is of both theorems.
    """

    k: Fraction | None
    right: Theorem | None = None
    right_up_to: int | None = None
    wrong: Theorem | None = None
    runs: Runs = ()
    value: str = ""
    specified: str = ""
    reason: str = ""
    recheck: Recheck | None = None

    @property
    def wrong_at(self) -> int | None:
        """The number of words of the sequence on which it is wrong."""
        return length_of(self.runs) or None

    @property
    def finding(self) -> Finding:
        """Wrong if that shows on words that can be run; right at every length or up to one; or open."""
        if self.wrong_at is not None and self.wrong_at <= RUN:
            return Finding.WRONG
        return Finding.OPEN if self.right is None else Finding.RIGHT

    @property
    def record(self) -> dict[str, Any]:
        """As fields of JSON: "right" with null for right_up_to means every length; words as a list, or runs if long."""
        words = [*spelled(self.runs)] if (self.wrong_at or 0) <= RUN else None
        return {
            "k": None if self.k is None else str(self.k),
            "verdict": self.finding.value,
            "right_up_to": self.right_up_to,
            "wrong_at": self.wrong_at,
            "words": words or None,
            "runs": records(self.runs) or None,
            "value": self.value or None,
            "specified": self.specified or None,
            "reason": self.reason or None,
            **recheck_record(self.recheck),
        }

    def up_to(self, length: int) -> AtScale:
        """What it says of sequences of up to so many words: right or wrong on all of them, or open."""
        if self.wrong_at is not None and self.wrong_at <= length:
            return self
        right = self.is_right_up_to(length)
        reason = self.reason if right else self.reason or f"certified up to {self.right_up_to or 0} words, no further"
        return AtScale(self.k, self.right if right else None, self.right_up_to if right else None, reason=reason)

    def is_right_up_to(self, length: int | None) -> bool:
        """Whether it is right on all sequences of up to so many words, None for every length."""
        if self.right is None or self.right_up_to is None:
            return self.right is not None
        return length is not None and length <= self.right_up_to
