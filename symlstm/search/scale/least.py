"""The least scale at which a decision is certified right, and the largest at which it is found wrong.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fractions import Fraction

from flint import arb

from symlstm.kernel.networks.statements import Runs
from symlstm.kernel.theorem import Theorem
from symlstm.model.errors import InputError
from symlstm.proof.scale import length_of
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked, at_scale
from symlstm.search.scale.verdict import at_every_length, layered, wrong_in_sketch

SKETCHES = (arb(2) ** -4, arb(2) ** -8)
LARGEST, SMALLEST = Fraction(2) ** 4, Fraction(1, 2) ** 20
Known = tuple[Theorem | None, Theorem | None, Runs]  # right; wrong, and on which words
FINE = 32  # the last two scales are this near: a 32nd of the larger


@dataclass(frozen=True)
class Least:
    """`right` is certified by the theorem, `wrong` by what is read on `runs`; None where none was found. Between them it is open."""

    right: Fraction | None
    certified: Theorem | None
    wrong: Fraction | None
    run: Theorem | None
    runs: Runs = ()


def least_scale(construction: Construction, length: int | None = None) -> Least:
    """By bisection, for sequences of up to so many words or, with None, of every length; raises InputError without k."""
    if not construction.network.depends_on_k:
        raise InputError("scale", "a network without k", "weights in k, or scaled = 'all'")
    seen: dict[Fraction, Known] = {}

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
    right = min((k for k, (theorem, *_) in seen.items() if theorem is not None), default=None)
    wrong = max((k for k, (_, run, _) in seen.items() if run is not None), default=None)
    run, runs = (None, ()) if wrong is None else seen[wrong][1:]
    return Least(right, None if right is None else seen[right][0], wrong, run, runs)


def narrowed(
    low: Fraction, high: Fraction, is_right: Callable[[Fraction], bool], fine: int
) -> tuple[Fraction, Fraction]:
    """Two scales between these, at most a part in `fine` from each other: by bisection, from `high`, which is right."""
    while high - low > high / fine:
        middle = (low + high) / 2
        low, high = (low, middle) if is_right(middle) else (middle, high)
    return low, high


def _at(construction: Construction, k: Fraction, length: int | None) -> Known:
    """The theorem at that scale, or a run that is wrong there: first a sketch is made, in which most of these show."""
    question, keys = asked(construction, k, None)
    if keys is not None:
        for tolerance in SKETCHES:
            run = wrong_in_sketch(question, tolerance)
            if run is not None and (length is None or length_of(run.conclusion.runs) <= length):
                return None, run, run.conclusion.runs
        question.spent[0] = 0
        theorem = at_every_length(question)
        if theorem is None and length is not None:
            theorem = layered(question, length)
        if theorem is not None or length is None:
            return theorem, None, ()
    known = at_scale(construction, k, wrong_too=False)
    if known.is_right_up_to(length):
        return known.right, None, ()
    known = known if length is None or known.wrong is not None else at_scale(construction, k)
    is_short = known.wrong_at is not None and (length is None or known.wrong_at <= length)
    return (None, known.wrong, known.runs) if is_short else (None, None, ())
