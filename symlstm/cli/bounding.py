"""What `symlstm bound` answers: worst case, horizon and smallest scale as lines to read and as records."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from symlstm.kernel.networks.statements import Counterexample
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.render.statements.numbers import exactly, round_down, round_up
from symlstm.render.statements.spelling import repeated
from symlstm.search.construction import Construction
from symlstm.search.error.horizon import NEVER, horizon
from symlstm.search.error.smallest_scale import smallest_scale
from symlstm.search.error.worst_case import worst_case
from symlstm.search.error.worst_word import Runs
from symlstm.search.saturation.exploration import Infinite

DIGITS = 20  # of errors
Line = tuple[str, str, str]  # name, value, what it is


@dataclass(frozen=True)
class Answer:
    """One thing that was asked: its lines, its record, the theorem behind it, and why (a side of) it is open or refused."""

    name: str
    place: str
    lines: Sequence[Line] = ()
    values: dict[str, Any] = field(default_factory=dict)
    theorem: Theorem | None = None
    reason: str = ""
    refused: InputError | None = None

    @property
    def method(self) -> str | None:
        """The rule that gave the theorem."""
        return None if self.theorem is None else self.theorem.rule


def answers(found: Construction, k: Fraction, options: Namespace) -> list[Answer]:
    """What the options ask for, in order."""
    asked: list[tuple[str, str, Callable[[], Answer]]] = []
    length, epsilon = options.length, options.epsilon
    if length is not None and (epsilon is None or options.scale):
        asked.append(("worst_case", f"k = {k}, {length} words", lambda: largest(found, length, k)))
    if options.horizon or length is None:
        asked.append(("horizon", f"k = {k}, rounded", lambda: rounding(found, k)))
    if epsilon is not None:
        place = f"within {epsilon} at {length} words"
        asked.append(("smallest_scale", place, lambda: sufficient(found, epsilon, length, options.digits)))
    return [answered(*question) for question in asked]


def answered(name: str, place: str, answer: Callable[[], Answer]) -> Answer:
    """The answer, or that it is open, and why."""
    try:
        return answer()
    except (RuleError, Unsupported, Infinite) as reason:
        return Answer(name, place, reason=str(reason))
    except InputError as refusal:
        return Answer(name, place, reason=str(refusal), refused=refusal)


def is_wrong(found: Construction) -> bool:
    """Whether the network does not compute its specification even in the limit."""
    try:
        return isinstance(found.decision.conclusion, Counterexample)
    except (RuleError, Unsupported, Infinite):
        return False


def largest(found: Construction, length: int, k: Fraction) -> Answer:
    """The largest error of a length from both sides, and a word."""
    case = worst_case(found, length, k)
    above, below = round_up(case.upper, DIGITS), round_down(case.lower, DIGITS)
    attained = round_down(case.attained, DIGITS)
    lines = [("at most", above, "certified: the error of every sequence of this length")]
    if not case.is_attained and case.lower > case.attained:
        lines.append(("at least", below, "certified: the error of some sequence"))
    remark = "" if case.is_attained else "; whether one is worse is open"
    own = "at least" if case.is_attained or len(lines) == 1 else "found"
    lines += [(own, attained, f"certified: the error of this sequence{remark}"), ("sequence", repeated(case.runs), "")]
    values = {"length": length, "scale": str(k), "at_most": above, "at_least": below, "known": case.is_known}
    values |= {"attained": attained}
    return Answer("worst_case", f"k = {k}, {length} words", lines, values | words(case.runs), case.theorem, case.reason)


def rounding(found: Construction, k: Fraction) -> Answer:
    """Up to which length rounding is right, and from which on it can fail."""
    seen = horizon(found, k)
    safe = f"10^{len(str(NEVER)) - 1}" if seen.safe == NEVER else str(seen.safe)
    lines = [] if seen.safe is None else [("right up to", f"{safe} words", "certified: on every sequence")]
    if seen.fails is not None:
        lines.append(("wrong at", f"{seen.fails} words", f"certified: on {_example(seen.runs)}"))
    values = {"scale": str(k), "right_up_to": seen.safe, "wrong_at": seen.fails} | words(seen.runs)
    reason = "" if seen.is_exact else seen.reason or f"lengths from {(seen.safe or 0) + 1} to {(seen.fails or 0) - 1}"
    return Answer("horizon", f"k = {k}, rounded", lines, values, seen.theorem, reason)


def sufficient(found: Construction, epsilon: Fraction, length: int, digits: int) -> Answer:
    """The smallest scale between two decimals, with a word that needs the larger one."""
    scale = smallest_scale(found, epsilon, length, digits)
    above, below = exactly(scale.above), exactly(scale.below)
    lines = [
        ("sufficient k", above, "certified: every sequence of this length is within epsilon"),
        ("too small k", below, f"certified: {'this' if scale.runs else 'some'} sequence is not"),
        *([("sequence", repeated(scale.runs), "")] if scale.runs else []),
    ]
    values = {"length": length, "epsilon": str(epsilon), "sufficient": above, "too_small": below}
    place = f"within {epsilon} at {length} words"
    return Answer("smallest_scale", place, lines, values | words(scale.runs), scale.theorem)


def _example(runs: Runs) -> str:
    return repeated(runs) if runs else "some sequence"


def words(runs: Runs) -> dict[str, Any]:
    return {"sequence": [{"word": word, "times": n} for word, n in runs]}


def record(asked: Sequence[Answer]) -> dict[str, Any]:
    """One record an answer; its values are missing where it is open, and `reason` says why."""
    return {answer.name: answer.values | {"method": answer.method, "reason": answer.reason} for answer in asked}
