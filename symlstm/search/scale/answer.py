"""What a construction does at one scale, told to people: by boxes, or by the errors of its counters.  UNTRUSTED."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache

from flint import arb, fmpq

from symlstm.kernel.networks.boxes import Scale
from symlstm.kernel.networks.families import Families
from symlstm.kernel.networks.machines import Acceptance, Choices, Machine, Mischoice, Misdecision
from symlstm.kernel.networks.runs import RunAt
from symlstm.kernel.networks.statements import Counterexample, Goal, Runs, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.scaling import scaled
from symlstm.proof.scale import AtScale
from symlstm.search.construction import Construction
from symlstm.search.decisions.deciding import decide as decide_by_families
from symlstm.search.error.horizon import horizon, tolerance
from symlstm.search.pipeline import FAILURES, claim
from symlstm.search.scale.counting import by_counters
from symlstm.search.scale.question import Key, Question
from symlstm.search.scale.verdict import Verdict, by_boxes, configurations, replayed, up_to

SMALL = 40  # words times coordinates
FAR = 4  # times the length up to which all is right: a longer sequence that is wrong is no close answer


def at_scale(
    construction: Construction, k: Fraction | int = 1, within: Fraction | None = None, wrong_too: bool = True
) -> AtScale:
    """Whether a decision is right at scale k, at every length or up to one; a number by rounding, or `within` so much.

    Without `wrong_too` no words are looked for on which it is wrong beyond a length up to which it is right.
    Raises InputError for a scale that is not positive.
    """
    if Fraction(k) <= 0:
        raise InputError("scale", str(k), "a number > 0")
    return _at_scale(construction, Fraction(k) if construction.network.depends_on_k else None, within, wrong_too)


@lru_cache(maxsize=32)  # a network without k is asked about twice: by its verdict, and by the line below it
def _at_scale(construction: Construction, shown: Fraction | None, within: Fraction | None, wrong_too: bool) -> AtScale:
    try:
        limit = times_k(construction) if shown is None else construction
        found = _found(limit, construction, Fraction(1) if shown is None else shown, within, wrong_too)
    except (*FAILURES, InputError) as reason:
        exact = _exact(construction) if shown is None else None
        if exact is not None:
            return AtScale(shown, exact)
        return AtScale(shown, reason=" ".join(str(reason).split()))
    return told(found, shown)


def _exact(construction: Construction) -> Theorem | None:
    """The theorem about the limit of a network without k, which is always its own value; None if it is not right."""
    try:
        decision = construction.decision
    except FAILURES:
        return None
    return None if isinstance(decision.conclusion, Misdecision | Mischoice | Counterexample) else decision


def _tolerance(construction: Construction, question: Question, keys: list[Key] | None, within: Fraction | None) -> fmpq:
    """What is asked, or half of the distance between two values."""
    if within is not None:
        return fmpq(within.numerator, within.denominator)
    if keys is None:
        return tolerance(construction) if isinstance(construction.specification, WeightedAutomaton) else fmpq(1, 2)
    said = [question.machine.says(key[0][0]) for key in keys]
    return fmpq(1, 2 * math.lcm(*(int(fmpq(x).q) for x in said)))


def _found(
    limit: Construction, construction: Construction, k: Fraction, within: Fraction | None, wrong_too: bool
) -> Verdict:
    """By deviations from limits where counters are read; by boxes where the specification is finite; or by errors."""
    question, keys = asked(construction, k, within)
    question = replace(question, wrong_too=wrong_too)
    if isinstance(question.machine.output, Choices | Acceptance) or keys is None:
        beside = question if limit is construction else asked(limit, k, within)[0]
        beside = replace(beside, wrong_too=wrong_too, spent=[0])
        found = _by_families(limit, beside, keys is None)
        if found is not None:
            return found
    return by_boxes(question) if keys is not None else _by_errors(limit, question, within)


def _by_families(construction: Construction, question: Question, needed: bool) -> Verdict | None:
    """By counters that are read, if the theorem about the limit has any; wrong on the words of a counterexample.

    None where another way is better; raises what the proof of the limit raises, if it is `needed`.
    """
    try:
        decision = construction.decision
    except FAILURES:
        if needed and isinstance(construction.specification, Machine):
            raise
        return None
    k = question.scale.k
    if isinstance(decision.conclusion, Misdecision | Mischoice | Counterexample):
        wrong = replayed(question, decision.conclusion.words) if needed else None
        return None if wrong is None else Verdict(k, None, None, wrong, wrong.conclusion.runs)
    families = decision.premises[0].conclusion
    if not isinstance(families, Families) or not any(family.ghosts for family in families.families):
        return None
    goals = claim(construction).goals(families.families)
    right = by_counters(question, decision.premises[0], goals)
    if right is None:
        return None
    return up_to(question, right, right.conclusion.last)


def times_k(construction: Construction) -> Construction:
    """The same with each weight and bias times k: at k = 1 it is that network."""
    network, specification = scaled(construction.network), construction.specification
    return Construction(network, specification, construction.title, construction.threshold, construction.margin)


def asked(construction: Construction, k: Fraction, within: Fraction | None) -> tuple[Question, list[Key] | None]:
    """The question, and the configurations of its specification if they are few."""
    network, specification = construction.network, construction.specification
    scale = Scale(fmpq(k.numerator, k.denominator))
    if isinstance(specification, Machine) and isinstance(specification.output, Choices):
        outputs = network.linear_outputs
        question = Question(Goal(network.system, outputs[0], specification), scale, outputs=outputs)
        return question, configurations(question)
    goal = Goal(network.system, network.linear_readout, specification)
    question = Question(goal, scale)
    keys = configurations(question)
    if isinstance(question.machine.output, Acceptance):
        return Question(goal, scale, construction.threshold), keys
    return Question(goal, scale, tolerance=_tolerance(construction, question, keys, within)), keys


def _by_errors(construction: Construction, question: Question, within: Fraction | None) -> Verdict:
    """By how far the readout can be from the specification at each length; or wrong on the words of a counterexample."""
    k = question.scale.k
    if isinstance(construction.specification, Machine):
        raise Unsupported("no horizon found for these counters")
    decision = construction.decision.conclusion
    if isinstance(decision, Counterexample):
        wrong = replayed(question, decision.words)
        if wrong is None:
            words = " ".join(decision.words)
            what = f"a limit that is wrong on {words}, where the network rounds to what is right"
            raise RuleError("at scale", what, "a network that is right in the limit, to bound its errors")
        return Verdict(k, None, None, wrong, wrong.conclusion.runs)
    found = horizon(construction, k, None if within is None else question.tolerance)
    known = Verdict(k, found.theorem, found.safe, found.theorem, phrases(found.runs), found.reason)
    if known.right is None or known.right_up_to is None or _is_close(known):
        return known
    right = _by_small_families(construction, question)
    if right is not None and right.conclusion.last is None:
        return Verdict(k, right)
    better = known.right
    if right is not None and right.conclusion.last > known.right_up_to:
        better, known = right, replace(known, right=right, right_up_to=right.conclusion.last)
    sooner = up_to(question, better, known.right_up_to)
    if sooner.wrong_at is None or (known.wrong_at is not None and sooner.wrong_at > known.wrong_at):
        return known
    return sooner


def _is_close(known: Verdict) -> bool:
    return known.wrong_at is not None and known.wrong_at <= FAR * (known.right_up_to or 0)


def _by_small_families(construction: Construction, question: Question) -> Theorem | None:
    """As counters that are read, in a small network: its gates may be followed for longer than their first leaks."""
    system = question.goal.system
    if len(system.words) * len(system.state) > SMALL:
        return None
    try:
        premise = decide_by_families(claim(construction)).premises[0]
        families = premise.conclusion
        if isinstance(families, Families):
            return by_counters(question, premise, claim(construction).goals(families.families))
    except (*FAILURES, IndexError):
        pass
    return None


def phrases(runs: Iterable[tuple[str, int]]) -> Runs:
    """Words that stand in a row as phrases of one word."""
    return tuple(((word,), n) for word, n in runs)


def told(found: Verdict, k: Fraction | None) -> AtScale:
    right = None if found.right_up_to is None and found.wrong is found.right else found.right
    wrong = found.wrong if found.runs else None
    return AtScale(k, right, found.right_up_to, wrong, found.runs, *_read(wrong), found.reason)


def _read(wrong: Theorem | None) -> tuple[str, str]:
    """What is read on the words on which it is wrong, in a few digits, and what should be."""
    if wrong is None or not isinstance(wrong.conclusion, RunAt):
        return "", ""
    run: RunAt = wrong.conclusion
    said = run.specified
    shown = "accepted" if said is True else "rejected" if said is False else str(said)
    if type(said) is int:
        shown = f"> 0, that output {said + 1} is the largest"
    return arb((run.lower + run.upper) / 2).str(4, radius=False), shown
