"""Verdicts judged by brute force, and certified errors by the errors themselves."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from flint import arb, ctx, fmpq

from support.oracle import Case, Machine, Words
from symlstm.kernel import algebra
from symlstm.kernel.networks.automata import error_at
from symlstm.kernel.networks.runs import RunAt
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.proof.claims import Verdict
from symlstm.search.construction import Construction

LENGTH = 7  # of the words tried
SCALE, DIGITS = 2**20, 150  # the limit is read here: a margin of 1e-4 still leaves errors of e^-100
WRONG = 1e-9


@dataclass(frozen=True)
class Judgement:
    """What the prover says, or in capitals what is wrong with that; and the words, or the reason that it is open."""

    verdict: str
    detail: str
    seconds: float

    @property
    def false(self) -> bool:
        return self.verdict.isupper()


def first_wrong(case: Case, length: int = LENGTH) -> Words | None:
    """The first words, shortlex, on which the network at a very large scale is not near its specification."""
    readings = Machine(case, SCALE, DIGITS).readings(length)
    return next((reading.words for reading in readings if reading.error > WRONG), None)


def judge(case: Case, length: int = LENGTH) -> Judgement:
    """The prover's verdict, and whether brute force agrees with all that it says."""
    start = time.perf_counter()
    outcome = Construction(case.network, case.specification).outcome()
    seconds = time.perf_counter() - start
    wrong = first_wrong(case, length)
    if outcome.verdict is Verdict.PROVED:
        return Judgement("FALSE PROOF" if wrong else "proved", " ".join(wrong or ()), seconds)
    if outcome.verdict is Verdict.OPEN:
        reason = re.sub(r"along: [^;]*|\d+", "#", outcome.reason)
        return Judgement("open", f"{'wrong' if wrong else 'right'} so far: {reason}", seconds)
    words = outcome.witness.words
    if isinstance(outcome.theorem.conclusion, RunAt):
        return Judgement(*_replayed(case, words, outcome.theorem.conclusion), seconds)
    found = Machine(case, SCALE, DIGITS).along(words)
    claimed = algebra.constant_ball(outcome.theorem.conclusion.limit, 256)
    if found.error < WRONG or abs(found.value - claimed) > WRONG:
        return Judgement("FALSE REFUTATION", " ".join(words), seconds)
    if wrong != (words if len(words) <= length else None):
        return Judgement("NOT SHORTEST", f"{' '.join(words)} / {' '.join(wrong or ())}", seconds)
    return Judgement("refuted", str(len(words)), seconds)


def _replayed(case: Case, words: Words, claimed: RunAt) -> tuple[str, str]:
    """The judgement on a counterexample at a scale, of a network without a limit: that it is real."""
    k = claimed.scale.k
    found = Machine(case, Fraction(int(k.p), int(k.q)), DIGITS).along(words)
    with ctx.workprec(500):
        inside = arb(claimed.lower) - WRONG < found.value < arb(claimed.upper) + WRONG
    real = inside and found.specified == claimed.specified and found.error > WRONG
    return ("refuted", str(len(words))) if real else ("FALSE REFUTATION", " ".join(words))


@dataclass(frozen=True)
class Tightness:
    """At one length and scale: the certified error and the worst one of all words."""

    length: int
    k: fmpq
    bound: arb
    worst: arb
    rounding: arb  # of the worst

    @property
    def false(self) -> bool:
        return self.worst > self.bound + self.rounding

    @property
    def ratio(self) -> float | None:
        """How many times too large the bound is; None where the error is 0 or lost in rounding."""
        return float(self.bound / self.worst) if self.worst > self.rounding else None


def tightness(case: Case, lengths: int, digits: int) -> Iterator[Tightness]:
    """For each length up to one, at the least scale of the bound and twice that; nothing where there is no bound."""
    try:
        bound = Construction(case.network, case.specification).error_bound
    except (RuleError, Unsupported):
        return
    least = bound.conclusion.k0
    for k in (least, 2 * least):
        worst: dict[int, arb] = {}
        for reading in Machine(case, Fraction(int(k.p), int(k.q)), digits).readings(lengths):
            length = len(reading.words)
            worst[length] = max(worst.get(length, arb(0)), reading.error)
        for length, error in worst.items():
            certified = error_at(bound, length, k).conclusion.bound
            yield Tightness(length, k, arb(certified), error, arb(10) ** (20 - digits))
