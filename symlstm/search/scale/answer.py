"""What a construction does at one scale, told to people: by boxes, or by the errors of its counters.  UNTRUSTED."""

from __future__ import annotations

import math
from fractions import Fraction

from flint import arb, fmpq

from symlstm.kernel.networks.boxes import Scale
from symlstm.kernel.networks.machines import Acceptance, Choices
from symlstm.kernel.networks.runs import RunAt
from symlstm.kernel.networks.statements import Goal
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.translation import normal
from symlstm.proof.scale import AtScale
from symlstm.search.construction import Construction
from symlstm.search.error.horizon import horizon
from symlstm.search.saturation.exploration import Infinite
from symlstm.search.scale.question import Key, Question
from symlstm.search.scale.verdict import Verdict, by_boxes, configurations


def at_scale(construction: Construction, k: Fraction | int = 1, within: Fraction | None = None) -> AtScale:
    """Whether a decision is right at scale k, at every length or up to one; a number by rounding, or `within` so much.

    Raises InputError for a scale that is not positive.
    """
    k = Fraction(k)
    if k <= 0:
        raise InputError("scale", str(k), "a number > 0")
    shown = k if construction.network.depends_on_k else None
    try:
        question, keys = asked(construction, k, within)
        found = _by_errors(construction, k) if keys is None and within is None else by_boxes(question)
    except (RuleError, Unsupported, Infinite, InputError) as reason:
        return AtScale(shown, reason=" ".join(str(reason).split()))
    return _told(found, shown)


def asked(construction: Construction, k: Fraction, within: Fraction | None) -> tuple[Question, list[Key] | None]:
    """The question, and the configurations of its specification if they are few."""
    network, specification = construction.network, construction.specification
    goal = Goal(network.system, network.linear_readout, specification)
    scale = Scale(fmpq(k.numerator, k.denominator))
    question = Question(goal, scale)
    if isinstance(question.machine.output, Choices):
        raise Unsupported("a decision by argmax has no theorem at a scale yet")
    keys = configurations(question)
    if isinstance(question.machine.output, Acceptance):
        return Question(goal, scale, normal(construction.threshold)), keys
    said = [question.machine.says(key[0][0]) for key in keys or ()]
    unit = math.lcm(*(int(fmpq(x).q) for x in said))
    tolerance = fmpq(1, 2 * unit) if within is None else fmpq(within.numerator, within.denominator)
    return Question(goal, scale, tolerance=tolerance), keys


def _by_errors(construction: Construction, k: Fraction) -> Verdict:
    """By how far the readout can be from the specification at each length."""
    found = horizon(construction, k)
    return Verdict(found.k, found.theorem, found.safe, found.theorem, found.runs, found.reason)


def _told(found: Verdict, k: Fraction | None) -> AtScale:
    right = None if found.right_up_to is None and found.wrong is found.right else found.right
    value, specified = "", ""
    if found.wrong is not None and isinstance(found.wrong.conclusion, RunAt):
        run: RunAt = found.wrong.conclusion
        value = arb((run.lower + run.upper) / 2).str(4, radius=False)
        specified = {True: "accepted", False: "rejected"}.get(run.specified, str(run.specified)) if isinstance(run.specified, bool) else str(run.specified)
    return AtScale(k, right, found.right_up_to, found.wrong if found.runs else None, found.runs, value, specified, found.reason)
