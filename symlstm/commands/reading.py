"""What a network reads off along words, in every arithmetic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, fmpq

from symlstm.kernel.automata import error_at, trace
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.running import run_balls, run_floats
from symlstm.model.specification import value
from symlstm.report.numbers import ball_decimal, round_up
from symlstm.search import growth
from symlstm.search.construction import Construction
from symlstm.search.saturation import Infinite, saturate

DIGITS = 50
REFUSALS = (RuleError, Unsupported, Infinite)  # what leaves a limit or a bound out, with a reason


@dataclass(frozen=True)
class Reading:
    """Columns of readouts, one entry a word, None where there is none; and why there is none."""

    title: str
    words: tuple[str, ...]
    scale: Fraction
    readouts: dict[str, list[Any]]  # specified, limit, value, float64, float32
    differences: list[str | None]  # value - specified, at each word
    error_bound: str | None
    reasons: dict[str, str]
    states: dict[str, list[list[float]]]  # h and c after each word, float64

    def steps(self) -> list[dict[str, Any]]:
        """One record a word."""
        columns = self.readouts | {"difference": self.differences} | self.states
        return [
            {"word": word} | {name: column[n] for name, column in columns.items()} for n, word in enumerate(self.words)
        ]


def split(arguments: Sequence[str], vocabulary: Sequence[str]) -> tuple[str, ...]:
    """The words of a command line: each argument that is no word may hold several, apart by blanks."""
    return tuple(
        word for argument in arguments for word in ([argument] if argument in vocabulary else argument.split())
    )


def read(construction: Construction, words: Sequence[str], scale: Fraction) -> Reading:
    """Runs the network on the words. Raises InputError for an unknown word."""
    network = construction.network
    unknown = [word for word in words if word not in network.vocabulary]
    if unknown or not words:
        raise InputError("words", repr(unknown[0]) if unknown else "none", f"words of {list(network.vocabulary)}")
    reasons: dict[str, str] = {}
    double, single = (run_floats(network, list(words), scale, kind) for kind in ("float64", "float32"))
    exact, balls = specified(construction, words), run_balls(network, words, scale, DIGITS).readout
    readouts = {
        "specified": [None if x is None else str(x) for x in exact],
        "limit": limits(construction, words, reasons),
        "value": [ball_decimal(ball, DIGITS) for ball in balls],
        "float64": double.readout.tolist(),
        "float32": [float(str(x)) for x in single.readout],
    }
    states = {"h": double.h.tolist(), "c": double.c.tolist()}
    bound = error_bound(construction, len(words), scale, reasons)
    differences = [difference(ball, x) for ball, x in zip(balls, exact, strict=True)]
    return Reading(construction.title, tuple(words), scale, readouts, differences, bound, reasons, states)


def difference(ball: arb, exact: fmpq | None) -> str | None:
    """How far the network is from its specification, to a few digits."""
    return None if exact is None else ball_decimal(ball - arb(exact), 5)


def specified(construction: Construction, words: Sequence[str]) -> list[fmpq | None]:
    """The specification of all but the last `delay` words, for each prefix."""
    delay = construction.network.delay
    ends = range(1 - delay, len(words) + 1 - delay)
    return [None if end < 0 else value(construction.specification, words[:end]) for end in ends]


def limits(construction: Construction, words: Sequence[str], reasons: dict[str, str]) -> list[str | None]:
    """The limits of the readout for k -> oo, for each prefix."""
    readout = construction.network.linear_readout
    try:
        theorem = trace(construction.saturation.limits, readout, construction.specification, tuple(words))
    except REFUSALS as reason:
        reasons["limit"] = str(reason)
        return [None] * len(words)
    return [str(limit) for limit in theorem.conclusion.limits]


def error_bound(construction: Construction, length: int, scale: Fraction, reasons: dict[str, str]) -> str | None:
    """The certified error at this length and scale, rounded up."""
    k = fmpq(scale.numerator, scale.denominator)
    try:
        theorem = error_at(general_bound(construction, k), length, k)
    except REFUSALS as reason:
        reasons["error_bound"] = str(reason)
        return None
    return round_up(theorem.conclusion.bound)


def general_bound(construction: Construction, k: fmpq) -> Theorem:
    """The construction's error bound, or if that is for larger scales only, one from k on."""
    usual = construction.error_bound
    if k >= usual.conclusion.k0:
        return usual
    network = construction.network
    small = saturate(network.system, network.linear_readout, k)
    if small.rates is None:
        raise RuleError("error bound", small.reason, f"enclosures that hold from k = {k} on")
    return growth.bound(small.rates, construction.decision)
