"""What `symlstm bound` answers: worst case, horizon and smallest scale as lines to read and as records."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from itertools import groupby
from typing import Any

from symlstm.kernel.networks.families import machine
from symlstm.kernel.networks.machines import Chooses, Machine, Mischoice, Misdecision, Values
from symlstm.kernel.networks.statements import Counterexample
from symlstm.kernel.networks.statements import Runs as Phrases
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.proof.scale import records
from symlstm.render.statements.numbers import exactly, round_down, round_up
from symlstm.render.statements.scales import counted
from symlstm.render.statements.spelling import phrased, repeated
from symlstm.search.construction import Construction
from symlstm.search.decisions.margins import in_the_limit as limit_margin
from symlstm.search.error.horizon import NEVER, horizon
from symlstm.search.error.smallest_scale import smallest_scale
from symlstm.search.error.worst_case import worst_case
from symlstm.search.error.worst_word import Runs
from symlstm.search.pipeline import claim
from symlstm.search.saturation.exploration import Infinite
from symlstm.search.scale.answer import FAR, at_scale
from symlstm.search.scale.least import least_scale
from symlstm.search.scale.margins import margin_up_to

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
    beside: tuple[Theorem, ...] = ()  # what is proved besides

    @property
    def method(self) -> str | None:
        """The rule that gave the theorem."""
        return None if self.theorem is None else self.theorem.rule


Question = tuple[str, str, Callable[[], Answer]]  # its name, its place, and who answers it


def answers(found: Construction, k: Fraction, options: Namespace) -> list[Answer]:
    """What the options ask for, in order."""
    asked: list[Question] = []
    length, epsilon = options.length, options.epsilon
    if options.least_scale:
        where = "every length" if length is None else f"up to {counted(length)}"
        return [answered("least_scale", where, lambda: least(found, length, where))]
    if not isinstance(machine(found.specification).output, Values):
        return [answered(*question) for question in decision_questions(found, k, options)]
    if length is not None and (epsilon is None or options.scale):
        asked.append(("worst_case", f"k = {k}, {counted(length)}", lambda: largest(found, length, k)))
    if options.horizon or length is None:
        answer = deciding if isinstance(found.specification, Machine) else rounding
        asked.append(("horizon", f"k = {k}, rounded", lambda: answer(found, k)))
    if epsilon is not None:
        place = f"within {epsilon} at {counted(length)}"
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


def decision_questions(found: Construction, k: Fraction, options: Namespace) -> list[Question]:
    """What is asked of a decision: which lengths are right at the scale, and how far it is from the threshold."""
    length = options.length
    if options.epsilon is not None:
        raise InputError("--epsilon", "a decision, which has no error", "a specification of numbers; or --length alone")
    asked: list[Question] = []
    if length is not None:
        asked.append(("margin", f"k = {k}, up to {counted(length)}", lambda: margin(found, k, length)))
    if options.horizon or length is None:
        asked.append(("horizon", f"k = {k}, decided", lambda: deciding(found, k)))
        asked.append(("limit", "k -> oo", lambda: in_the_limit(found)))
    return asked


def is_wrong(found: Construction) -> bool:
    """Whether the network does not compute its specification even in the limit."""
    try:
        return isinstance(found.decision.conclusion, Counterexample | Misdecision | Mischoice)
    except (RuleError, Unsupported, Infinite):
        return False


def largest(found: Construction, length: int, k: Fraction) -> Answer:
    """The largest error of a length from both sides, and a word."""
    if isinstance(found.specification, Machine):
        raise Unsupported("the errors of a machine that says numbers are not known yet")
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
    return Answer(
        "worst_case", f"k = {k}, {counted(length)}", lines, values | words(case.runs), case.theorem, case.reason
    )


def rounding(found: Construction, k: Fraction) -> Answer:
    """Up to which length rounding is right, and from which on it can fail."""
    seen = horizon(found, k)
    if seen.safe is not None and seen.safe < NEVER and (seen.fails is None or seen.fails > FAR * seen.safe):
        return deciding(found, k)
    safe = f"10^{len(str(NEVER)) - 1}" if seen.safe == NEVER else str(seen.safe)
    lines = (
        []
        if seen.safe is None
        else [("right up to", f"{safe} word{'s' * (safe != '1')}", "certified: on every sequence")]
    )
    if seen.fails is not None:
        lines.append(
            ("wrong at", f"{seen.fails} word{'s' * (seen.fails != 1)}", f"certified: on {_example(seen.runs)}")
        )
    values = {"scale": str(k), "right_up_to": seen.safe, "wrong_at": seen.fails} | words(seen.runs)
    reason = "" if seen.is_exact else seen.reason or f"lengths from {(seen.safe or 0) + 1} to {(seen.fails or 0) - 1}"
    return Answer("horizon", f"k = {k}, rounded", lines, values, seen.theorem, reason)


def deciding(found: Construction, k: Fraction) -> Answer:
    """Up to which length a decision, or the rounding of a number, is right at the scale."""
    known = at_scale(found, k)
    lines: list[Line] = []
    if known.right is not None:
        far = "every length" if known.right_up_to is None else counted(known.right_up_to)
        lines.append(("right", far if known.right_up_to is None else f"up to {far}", "certified: on every sequence"))
    if known.wrong_at is not None:
        read = f", {known.value} for {known.specified}" if known.value else ""
        lines.append(("wrong at", counted(known.wrong_at), f"certified: on {phrased(known.runs)}{read}"))
    values = {"scale": str(k), "right_up_to": known.right_up_to, "every_length": known.is_right_up_to(None)}
    values |= {"wrong_at": known.wrong_at} | sequence(known.runs)
    settled = known.right is not None and (known.right_up_to is None or known.wrong_at == known.right_up_to + 1)
    reason = "" if settled or known.wrong_at == max(1, found.network.delay) else known.reason or "longer sequences"
    place = f"k = {k}, {'rounded' if isinstance(machine(found.specification).output, Values) else 'decided'}"
    return Answer("horizon", place, lines, values, known.wrong if known.right is None else known.right, reason)


def least(found: Construction, length: int | None, where: str) -> Answer:
    """The least scale that is certified right, the largest found wrong."""
    seen = least_scale(found, length)
    lines: list[Line] = []
    if seen.right is not None:
        lines.append(("right at k", str(seen.right), f"certified: {where}"))
    if seen.wrong is not None:
        lines.append(("wrong at k", str(seen.wrong), f"certified: on {phrased(seen.runs)}"))
    values = {"length": length, "right": _text(seen.right), "wrong": _text(seen.wrong)} | sequence(seen.runs)
    none = (
        "no k for all lengths was found; give --length N"
        if length is None
        else "no scale found that is certified right"
    )
    lacking = none if seen.right is None else "no smaller scale found wrong"
    reason = lacking if seen.right is None or seen.wrong is None else ""
    return Answer("least_scale", where, lines, values, seen.run if seen.certified is None else seen.certified, reason)


def _text(k: Fraction | None) -> str | None:
    return None if k is None else str(k)


def in_the_limit(found: Construction) -> Answer:
    """By how much at least the limit of the readout is on its side, on all promised sequences."""
    theorem = found.decision
    if isinstance(theorem.conclusion, Misdecision | Mischoice):
        line = ("wrong on", " ".join(theorem.conclusion.words), "certified: the first shortest sequence")
        return Answer("limit", "k -> oo", [line], {"sequence": [*theorem.conclusion.words]}, theorem)
    if isinstance(theorem.conclusion, Chooses):
        return Answer("limit", "k -> oo", [("right", "every length", "certified: the largest is the one")], {}, theorem)
    proved = limit_margin(claim(found), theorem)
    least = round_down(proved.conclusion.margin, DIGITS)
    line = ("margin", least, "certified: at least so far from the threshold on every sequence")
    return Answer("limit", "k -> oo", [line], {"at_least": least}, proved)


def margin(found: Construction, k: Fraction, length: int) -> Answer:
    """How far a decision is from its threshold on sequences up to a length, from both sides."""
    known = margin_up_to(found, k, length)
    most, runs = round_up(known.most, DIGITS), tuple((w, len([*run])) for w, run in groupby(known.words))
    lines: list[Line] = []
    if known.least is not None:
        least = round_down(known.least, DIGITS)
        lines.append(("at least", least, "certified: on its side by so much on every sequence"))
    says = "on its side by no more than this" if known.least is not None else "not on its side"
    lines += [("at most", most, f"certified: this sequence is {says}"), ("sequence", repeated(runs), "")]
    values = {"length": length, "scale": str(k), "at_most": most, "is_right": known.least is not None}
    values |= {"at_least": None if known.least is None else least} | words(runs)
    theorem = known.theorems[0] if known.theorems else known.shown
    return Answer("margin", f"k = {k}, up to {counted(length)}", lines, values, theorem, beside=known.theorems[1:])


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
    place = f"within {epsilon} at {counted(length)}"
    return Answer("smallest_scale", place, lines, values | words(scale.runs), scale.theorem)


def _example(runs: Runs) -> str:
    return repeated(runs) if runs else "some sequence"


def sequence(runs: Phrases) -> dict[str, Any]:
    return {"sequence": records(runs)}


def words(runs: Runs) -> dict[str, Any]:
    return {"sequence": [{"word": word, "times": n} for word, n in runs]}


def record(asked: Sequence[Answer]) -> dict[str, Any]:
    """One record an answer; its values are missing where it is open, and `reason` says why."""
    return {answer.name: answer.values | {"method": answer.method, "reason": answer.reason} for answer in asked}
