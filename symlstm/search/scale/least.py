"""The least scale at which a decision is certified right, and the largest at which it is found wrong.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from symlstm.kernel.theorem import Theorem
from symlstm.model.errors import InputError
from symlstm.proof.scale import AtScale, length_of
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked, at_scale
from symlstm.search.scale.verdict import at_every_length, layered, wrong_in_sketch

SKETCHES = (arb(2) ** -4, arb(2) ** -8)
LARGEST, SMALLEST = Fraction(2) ** 4, Fraction(1, 2) ** 20
FINE = 32  # the last two scales are this near: a 32nd of the larger


@dataclass(frozen=True)
class Least:
    """`right` is certified by the theorem, `wrong` by a run; None where none was found. Scales between them are open."""

    right: Fraction | None
    certified: Theorem | None
    wrong: Fraction | None
    run: Theorem | None


def least_scale(construction: Construction, length: int | None = None) -> Least:
    """By bisection, for sequences of up to so many words or, with None, of every length; raises InputError without k."""
    if not construction.network.depends_on_k:
        raise InputError("scale", "a network without k", "weights in k, or scaled = 'all'")
    seen: dict[Fraction, tuple[Theorem | None, Theorem | None]] = {}

    def is_right(k: Fraction) -> bool:
        if k not in seen:
            seen[k] = _at(construction, k, length)
        return seen[k][0] is not None

    high = Fraction(1)
    while not is_right(high) and high < LARGEST:
        high *= 2
    low = high / 2
    while is_right(high) and is_right(low) and low > SMALLEST:
        high, low = low, low / 2
    if is_right(high):
        narrowed(low, high, is_right, FINE)
    right = min((k for k, (theorem, _) in seen.items() if theorem is not None), default=None)
    wrong = max((k for k, (_, run) in seen.items() if run is not None), default=None)
    return Least(right, None if right is None else seen[right][0], wrong, None if wrong is None else seen[wrong][1])


def narrowed(
    low: Fraction, high: Fraction, is_right: Callable[[Fraction], bool], fine: int
) -> tuple[Fraction, Fraction]:
    """Two scales between these, at most a part in `fine` from each other: by bisection, from `high`, which is right."""
    while high - low > high / fine:
        middle = (low + high) / 2
        low, high = (low, middle) if is_right(middle) else (middle, high)
    return low, high


def _at(construction: Construction, k: Fraction, length: int | None) -> tuple[Theorem | None, Theorem | None]:
    """The theorem at that scale, or a run that is wrong there: first a sketch is made, in which most of these show."""
    question, keys = asked(construction, k, None)
    if keys is not None:
        for tolerance in SKETCHES:
            run = wrong_in_sketch(question, tolerance)
            if run is not None and (length is None or length_of(run.conclusion.runs) <= length):
                return None, run
        question.spent[0] = 0
        theorem = at_every_length(question)
        if theorem is None and length is not None:
            theorem = layered(question, length)
        if theorem is not None or length is None:
            return theorem, None
    known: AtScale = at_scale(construction, k, wrong_too=False)
    right = known.right if known.is_right_up_to(length) else None
    is_short = known.wrong_at is not None and (length is None or known.wrong_at <= length)
    return right, known.wrong if is_short else None
