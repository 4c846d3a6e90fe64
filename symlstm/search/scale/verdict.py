"""The verdict at a scale: right at every length, right up to a length, wrong on words that were replayed, or open.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING

from flint import arb, ctx, fmpq

from symlstm.kernel.networks.boxes import Classes
from symlstm.kernel.networks.runs import Phase, run_at
from symlstm.kernel.networks.statements import Runs
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.proof.scale import length_of
from symlstm.search.scale.classes import Astray, Found, explore
from symlstm.search.scale.closing import classes, close_layers, exact, for_ever
from symlstm.search.scale.falling import fall
from symlstm.search.scale.question import Key, Question
from symlstm.search.scale.tubes import STEPS, tubes

if TYPE_CHECKING:
    from symlstm.search.scale.float_classes import Shape

TOLERANCES = (*(arb(2) ** n for n in (10, 0, -2, -4, -6, -8)),)
SKETCHES = (*(arb(2) ** -n for n in (6, 10, 16, 30, 60, 90)),)  # the coarse ones are soon done
BITS = (128, 256, 512, 1024)  # tried in turn, until one more step tells nothing new
LONG = 20_000_000  # products evaluated in all, where what leaks is followed: some seconds
LAYERS = (32, 16, 8, 4)  # lengths tried where no wrong sequence is known, or only longer ones
CONFIGURATIONS = 400  # of a specification that is taken as finite


@dataclass(frozen=True)
class Verdict:
    """What is known of a decision at scale k. True for all lengths if `right` says so and `right_up_to` is None.

    `right` and `wrong` are the theorems: DecidesAt, WithinAt or a horizon's; RunAt on the words of `runs`.
    """

    k: fmpq
    right: Theorem | None = None
    right_up_to: int | None = None
    wrong: Theorem | None = None
    runs: Runs = ()
    reason: str = ""

    @property
    def wrong_at(self) -> int | None:
        """The length of the words on which it is wrong."""
        return length_of(self.runs) or None


def configurations(question: Question) -> list[Key] | None:
    """The configurations of the specification, those after the last words together; None if there are many."""
    seen = {question.start: None}
    todo = [question.start]
    while todo:
        key = todo.pop()
        after = (question.after(key, word) for word in question.goal.system.words)
        new = [other for other in dict.fromkeys(after) if other is not None and other not in seen]
        seen |= dict.fromkeys(new)
        todo += new
        if len(seen) > CONFIGURATIONS:
            return None
    return [*seen]


def by_boxes(question: Question) -> Verdict:
    """The verdict for a specification with few configurations."""
    quick = in_floats(question)
    if quick is not None:
        return Verdict(question.scale.k, quick[0])
    reason = ""
    for tolerance in TOLERANCES:
        try:
            found = explore(question, tolerance, BITS[0])
        except Astray as astray:
            reason = reason or str(astray.found)
            if astray.label is not None and replayed(question, astray.label) is not None:
                break
            continue
        try:
            theorem = _proved(question, for_ever(found, BITS[0]))
        except Astray as astray:
            reason = reason or str(astray.found)
            break
        if theorem is not None:
            return Verdict(question.scale.k, theorem)
        held = _held(question, tolerance)
        if held is not None:
            return up_to(question, held, held.conclusion.last)
        reason = reason or "boxes that do not settle"
    return _hunted(question, reason)


def up_to(question: Question, right: Theorem, last: int | None) -> Verdict:
    """Right up to a length, None for every one, and wrong on a longer sequence, if one is found."""
    wrong = None if last is None or not question.wrong_too else fall(question, last)
    runs = () if wrong is None else wrong.conclusion.runs
    why = "" if runs or last is None else "no longer sequence was found on which it is wrong"
    return Verdict(question.scale.k, right, last, wrong, runs, why)


def at_every_length(question: Question, tolerances: Sequence[arb] = TOLERANCES) -> Theorem | None:
    """The theorem for every length if boxes are found at once; None decides nothing."""
    found = boxes(question, tolerances, (for_ever,))
    return None if found is None else found[0]


def in_floats(question: Question, shape: Shape | None = None) -> tuple[Theorem, Classes] | None:
    """A theorem for every length with its boxes, which floating point found; None decides nothing."""
    from symlstm.search.scale.float_classes import ANY, proposals  # NumPy, which nothing in the limit needs

    for certificate in proposals(question, shape or ANY):
        theorem = _proved(question, certificate)
        if theorem is not None:
            return theorem, certificate
    return None


def boxes(
    question: Question,
    tolerances: Sequence[arb] = TOLERANCES,
    ways: Sequence[Callable[[Found, int], Classes | None]] = (for_ever, tubes),
) -> tuple[Theorem, Classes] | None:
    """A theorem with its boxes, for every length or, where they grow with the length, up to one; None decides nothing."""
    quick = in_floats(question)
    if quick is not None:
        return quick
    for tolerance in tolerances:
        try:
            found = explore(question, tolerance, BITS[0])
            for close in ways:
                certificate = close(found, BITS[0])
                theorem = _proved(question, certificate)
                if theorem is not None and certificate is not None:
                    return theorem, certificate
        except Astray:
            continue
    return None


def _proved(question: Question, classes: Classes | None) -> Theorem | None:
    """The theorem that the classes give, if they do."""
    try:
        return None if classes is None else question.prove(classes)
    except RuleError:
        return None


def _held(question: Question, tolerance: arb) -> Theorem | None:
    """The theorem for the longest time that was found, with more bits until that stays."""
    best: Theorem | None = None
    for bits in BITS:
        question = replace(question, work=LONG, spent=[0])
        try:
            certificate = tubes(explore(question, tolerance, bits), bits)
            theorem = _proved(question, certificate)
        except Astray:
            break
        if certificate is not None and theorem is not None and len(certificate.knots) > STEPS:
            return theorem  # as far as it is followed: more bits lead no farther
        if theorem is None or (best is not None and 100 * theorem.conclusion.last <= 101 * best.conclusion.last):
            return theorem if best is None else best
        best = theorem
    return best


def _hunted(question: Question, reason: str) -> Verdict:
    """Wrong on a word sequence found in a sketch, if possible one before which all are right; or right up to a length."""
    least, wrong = max(1, question.goal.readout.delay), None
    for tolerance in SKETCHES:
        found = wrong_in_sketch(question, tolerance)
        if found is not None:
            wrong, length = found, found_length(found)
            right = layered(question, length - 1) if length > least else None
            if right is not None or length <= least:
                return Verdict(
                    question.scale.k, right, None if right is None else length - 1, wrong, wrong.conclusion.runs
                )
    plain = Verdict(question.scale.k, None, None, wrong, () if wrong is None else wrong.conclusion.runs, reason)
    for last in LAYERS:
        is_open = wrong is None or last < found_length(wrong)
        right = layered(question, last) if is_open and last >= least else None
        if right is not None:
            return replace(plain, right=right, right_up_to=last)
    return plain


def found_length(wrong: Theorem) -> int:
    """The number of words that were read."""
    return length_of(wrong.conclusion.runs)


def wrong_in_sketch(question: Question, tolerance: arb) -> Theorem | None:
    """What is read on the first word sequence on which it is wrong, in a sketch of what is reached."""
    question.spent[0] = 0
    try:
        explore(question, tolerance, BITS[0], join=False)
    except Astray as astray:
        return None if astray.label is None else replayed(question, astray.label)
    return None


def replayed(question: Question, words: tuple[str, ...]) -> Theorem | None:
    """What is read on the words, if it is wrong for certain."""
    if len(words) < max(1, question.goal.readout.delay) or not question.machine.promises(words):
        return None
    phases = [Phase((word,), len([*run])) for word, run in groupby(words)]
    said = question.machine.says(question.machine.reached(words[: len(words) - question.goal.readout.delay]))
    for bits in BITS:
        for side in question.sides(said):
            try:
                theorem = run_at(question.goal_of(side), question.scale, phases, bits)
            except RuleError:
                return None
            if side.fails(arb(theorem.conclusion.lower), arb(theorem.conclusion.upper)):
                return theorem
    return None


def layered(question: Question, last: int) -> Theorem | None:
    """Right up to that length, by classes of sequences of one length each."""
    question.spent[0] = 0
    for tolerance in TOLERANCES:
        try:
            found = explore(question, tolerance, BITS[0], last)
        except Astray:
            continue
        with ctx.workprec(BITS[0]):
            close_layers(found)
            boxes = [[(exact(box), exact(box))] for box in found.boxes]
        theorem = _proved(question, classes(found, boxes, (0,), last, BITS[0]))
        if theorem is not None:
            return theorem
    return None
