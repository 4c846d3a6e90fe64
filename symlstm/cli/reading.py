"""What a network reads off along words, in every arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, ctx, fmpq

from symlstm.kernel.networks.automata import error_at, trace
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.simulation.running import Run, run_balls, run_floats
from symlstm.model.specification import value
from symlstm.render.statements.numbers import ball_decimal, round_up
from symlstm.search.construction import Construction
from symlstm.search.error.worst_case import general_bound
from symlstm.search.saturation.exploration import Infinite

DIGITS = 50
FINER = (DIGITS, 150, 450)  # digits tried in turn where a difference is below all of them
SHORT = 100  # words up to which that is done
REFUSALS = (RuleError, Unsupported, Infinite, InputError)  # what leaves a column empty, with a reason
Column = list[Any]


@dataclass(frozen=True)
class Case:
    """A construction, words of its vocabulary, and a scale."""

    construction: Construction
    words: tuple[str, ...]
    scale: Fraction


@dataclass(frozen=True)
class Reading:
    """Columns with one entry a word, None where there is none; and why there is none."""

    case: Case
    readouts: dict[str, Column]  # the keys of READOUTS
    states: dict[str, Column]  # h and c, float64
    error_bound: str | None  # at this length, of any words
    reasons: dict[str, str]

    def steps(self) -> list[dict[str, Any]]:
        """One record a word."""
        columns = {"word": list(self.case.words)} | self.readouts | self.states
        return [{name: column[n] for name, column in columns.items()} for n in range(len(self.case.words))]


def split(arguments: Sequence[str], vocabulary: Sequence[str]) -> tuple[str, ...]:
    """The words of a command line: an argument that is no word may hold several, apart by blanks.

    Raises InputError for one that is not in the vocabulary.
    """
    words = [word for argument in arguments for word in ([argument] if argument in vocabulary else argument.split())]
    unknown = [word for word in words if word not in vocabulary]
    if unknown or not words:
        raise InputError("words", repr(unknown[0]) if unknown else "none", f"words of {list(vocabulary)}")
    return tuple(words)


def read(case: Case) -> Reading:
    """Everything that can be said of the readout along the words."""
    reasons: dict[str, str] = {}

    def column(name: str, compute: Callable[[Case], Column]) -> Column:
        try:
            return compute(case)
        except REFUSALS as reason:
            reasons[name] = str(reason)
            return [None] * len(case.words)

    readouts = {name: column(name, compute) for name, compute in READOUTS.items()}
    states = {name: column(name, compute) for name, compute in STATES.items()}
    return Reading(case, readouts, states, column("error_bound", error_bound)[0], reasons)


@lru_cache(maxsize=4)
def floats(case: Case, dtype: str) -> Run:
    """The run in IEEE arithmetic."""
    return run_floats(case.construction.network, list(case.words), case.scale, dtype)


@lru_cache(maxsize=4)
def balls(case: Case, digits: int = DIGITS) -> Column:
    """The readouts in balls that determine so many digits."""
    return list(run_balls(case.construction.network, case.words, case.scale, digits).readout)


def exact(case: Case) -> list[fmpq | None]:
    """The specification of all but the last `delay` words, for each prefix."""
    delay = case.construction.network.delay
    ends = range(1 - delay, len(case.words) + 1 - delay)
    return [None if end < 0 else value(case.construction.weighted_automaton, case.words[:end]) for end in ends]


def differences(case: Case) -> Column:
    """How far the network is from its specification, to a few digits; what it is surely below where no digits tell.

    With more digits of the readouts until every difference is known, as far as short sequences make them cheap.
    """
    for digits in FINER if len(case.words) <= SHORT else FINER[:1]:
        found = [_difference(x, wanted) for x, wanted in zip(balls(case, digits), exact(case), strict=True)]
        if all(x is None or x.is_exact() or not x.contains(0) for x in found):
            break
    return [None if x is None else ball_decimal(x, 5) for x in found]


def _difference(readout: arb, wanted: fmpq | None) -> arb | None:
    with ctx.workprec(8 * FINER[-1]):
        return None if wanted is None else readout - arb(wanted)


def limits(case: Case) -> Column:
    """The limits of the readout for k -> oo, for each prefix."""
    found = case.construction
    theorem = trace(found.saturation.limits, found.network.linear_readout, found.weighted_automaton, case.words)
    return [str(limit) for limit in theorem.conclusion.limits]


def error_bound(case: Case) -> Column:
    """The certified error at this length and scale, rounded up; one entry."""
    k = fmpq(case.scale.numerator, case.scale.denominator)
    theorem = error_at(general_bound(case.construction, k), len(case.words), k)
    return [round_up(theorem.conclusion.bound)]


READOUTS: dict[str, Callable[[Case], Column]] = {
    "specified": lambda case: [None if x is None else str(x) for x in exact(case)],
    "limit": limits,
    "value": lambda case: [ball_decimal(ball, DIGITS) for ball in balls(case)],
    "difference": differences,
    "float64": lambda case: floats(case, "float64").readout.tolist(),
    "float32": lambda case: [float(str(x)) for x in floats(case, "float32").readout],
}
STATES: dict[str, Callable[[Case], Column]] = {
    "h": lambda case: floats(case, "float64").h.tolist(),
    "c": lambda case: floats(case, "float64").c.tolist(),
}
