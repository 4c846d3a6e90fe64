"""What a network reads off along words, in every arithmetic."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

from flint import arb, ctx, fmpq

from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.automata import error_at, trace
from symlstm.kernel.networks.decisions import value
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.simulation.running import Run, run_balls, run_floats
from symlstm.render.statements.numbers import ball_decimal, round_up
from symlstm.search.construction import Construction
from symlstm.search.decisions.reading import Deciding
from symlstm.search.error.worst_case import general_bound
from symlstm.search.saturation.exploration import Infinite
from symlstm.search.saturation.gate_limits import states_along

DIGITS = 50
FINER = (DIGITS, 150, 450)  # digits tried in turn where a difference is below all of them
SHORT = 100  # words up to which that is done
REFUSALS = (RuleError, Unsupported, Infinite, InputError)  # what leaves a column empty, with a reason
Column = list[Any]
T = TypeVar("T")


@dataclass(frozen=True)
class Case:
    """A construction, words of its vocabulary, and a scale."""

    construction: Construction
    words: tuple[str, ...]
    scale: Fraction

    @property
    def deciding(self) -> Deciding:
        """What is specified, and how it is decided."""
        return Deciding(self.construction)

    @property
    def first(self) -> int:
        """How many words there are when the readout first speaks."""
        return max(1, self.construction.network.delay)


@dataclass(frozen=True)
class Reading:
    """Columns with one entry a word, None where there is none; and why there is none."""

    case: Case
    readouts: dict[str, Column]  # the keys of READOUTS, or of DECISIONS
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

    kinds = READOUTS if case.deciding.is_number else DECISIONS
    readouts = {name: column(name, compute) for name, compute in kinds.items()}
    states = {name: column(name, compute) for name, compute in STATES.items()}
    bound = column("error_bound", error_bound)[0] if case.deciding.is_number else None
    return Reading(case, readouts, states, bound, reasons)


@lru_cache(maxsize=4)
def floats(case: Case, dtype: str) -> tuple[Run, ...]:
    """The run in IEEE arithmetic, once for each readout."""
    readers = case.construction.network.readers.values()
    return tuple(run_floats(reader, list(case.words), case.scale, dtype) for reader in readers)


@lru_cache(maxsize=4)
def balls(case: Case, digits: int = DIGITS) -> list[tuple[arb, ...]]:
    """The readouts after each word, in balls that determine so many digits."""
    readers = case.construction.network.readers.values()
    return [*zip(*(run_balls(reader, case.words, case.scale, digits).readout for reader in readers), strict=True)]


def each(case: Case, rows: Sequence[Sequence[T]], shown: Callable[[T], Any]) -> Column:
    """What is shown of the readouts after each word: of one as it is, of several by name."""
    names = [*case.construction.network.readers]
    if len(names) == 1:
        return [shown(row[0]) for row in rows]
    return [dict(zip(names, map(shown, row), strict=True)) for row in rows]


def specified(case: Case) -> Column:
    """The specification of all but the last `delay` words, for each prefix."""
    return [case.deciding.shown(said) for said in case.deciding.said(case.words)]


def differences(case: Case) -> Column:
    """How far the network is from its specification, to a few digits; what it is surely below where no digits tell.

    With more digits of the readouts until every difference is known, as far as short sequences make them cheap.
    """
    wanted = case.deciding.said(case.words)
    for digits in FINER if len(case.words) <= SHORT else FINER[:1]:
        found = [_difference(x, said) for (x, *_), said in zip(balls(case, digits), wanted, strict=True)]
        if all(x is None or x.is_exact() or not x.contains(0) for x in found):
            break
    return [None if x is None else ball_decimal(x, 5) for x in found]


def _difference(readout: arb, wanted: fmpq | bool | int | None) -> arb | None:
    with ctx.workprec(8 * FINER[-1]):
        return None if wanted is None else readout - arb(wanted)


@lru_cache(maxsize=4)
def exact_limits(case: Case) -> list[tuple[Term, ...]]:
    """The limits of the readouts for k -> oo, for each prefix; of one readout also where only the invariant knows it."""
    found = case.construction
    readouts = [reader.linear_readout for reader in found.network.readers.values()]
    states = states_along(found.network.system, case.words)[1:]
    try:
        return [tuple(value(readout, known, case.words) for readout in readouts) for known in states]
    except RuleError:
        if not isinstance(found.specification, WeightedAutomaton):
            raise
    theorem = trace(found.saturation.limits, readouts[0], found.weighted_automaton, case.words)
    return [(limit,) for limit in theorem.conclusion.limits]


def limits(case: Case) -> Column:
    """The same as text."""
    return each(case, exact_limits(case), str)


def decisions(case: Case) -> Column:
    """What the limits decide."""
    return [None if n + 1 < case.first else case.deciding.by_limits(row) for n, row in enumerate(exact_limits(case))]


def decisions_at_scale(case: Case) -> Column:
    """What the readouts decide at this scale."""
    return [None if n + 1 < case.first else case.deciding.by_balls(row) for n, row in enumerate(balls(case))]


def margins(case: Case) -> Column:
    """How far the readouts are on the side that is specified, at this scale."""
    pairs = zip(case.deciding.said(case.words), balls(case), strict=True)
    return [None if said is None else ball_decimal(case.deciding.margin(said, row), 5) for said, row in pairs]


def error_bound(case: Case) -> Column:
    """The certified error at this length and scale, rounded up; one entry."""
    k = fmpq(case.scale.numerator, case.scale.denominator)
    theorem = error_at(general_bound(case.construction, k), len(case.words), k)
    return [round_up(theorem.conclusion.bound)]


def doubles(case: Case) -> Column:
    """In IEEE double precision."""
    return each(case, [*zip(*(one.readout.tolist() for one in floats(case, "float64")), strict=True)], float)


def singles(case: Case) -> Column:
    """In IEEE single precision, with the digits that are its own."""
    return each(case, [*zip(*(one.readout for one in floats(case, "float32")), strict=True)], lambda x: float(str(x)))


def values(case: Case) -> Column:
    """To 50 digits."""
    return each(case, balls(case), lambda ball: ball_decimal(ball, DIGITS))


READOUTS: dict[str, Callable[[Case], Column]] = {
    "specified": specified,
    "limit": limits,
    "value": values,
    "difference": differences,
    "float64": doubles,
    "float32": singles,
}
DECISIONS: dict[str, Callable[[Case], Column]] = {
    "specified": specified,
    "limit": limits,
    "decision": decisions,
    "value": values,
    "decision_at_scale": decisions_at_scale,
    "margin": margins,
    "float64": doubles,
    "float32": singles,
}
STATES: dict[str, Callable[[Case], Column]] = {
    "h": lambda case: floats(case, "float64")[0].h.tolist(),
    "c": lambda case: floats(case, "float64")[0].c.tolist(),
}
