"""Theorems about a network, brought into the short form in which they are printed.

Every number is rounded so that the printed statement still follows from the theorem:
errors are weakened to their slowest term, amplitudes rounded up, rates down.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from flint import fmpq

from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.enclosures import Enclosure, Error, Exponent
from symlstm.kernel.networks.statements import Automaton, ErrorBound, Invariant, StepTable
from symlstm.render.statements.numbers import round_down_exactly, round_up_exactly

Step = tuple[int, str]  # situation, word


@dataclass(frozen=True)
class Decay:
    """(sum of coefficients[n] T^n) k^power e^(-rate k); the numbers are those to be printed."""

    coefficients: tuple[fmpq, ...]
    power: int
    rate: fmpq


@dataclass(frozen=True)
class Order:
    """O(k^power), where the constant is not known."""

    power: int


Shown = tuple[Decay, ...] | Order | None  # () is equality, None is o(1)


@dataclass(frozen=True)
class StepRow:
    """These signals are within `error` of `main` at these steps."""

    names: tuple[str, ...]
    main: Term
    error: Shown
    steps: frozenset[Step]


@dataclass(frozen=True)
class When:
    """Words read in situations; empty means all."""

    words: tuple[str, ...]
    situations: tuple[int, ...]
    excluded: tuple[int, ...]


def rows(table: StepTable) -> list[StepRow]:
    """The table with equal rows together: first the steps of a signal, then the signals."""
    signals: dict[tuple[str, Term], list[tuple[Step, Enclosure]]] = defaultdict(list)
    for q, word, symbol, signal in table.rows:
        signals[symbol.name, signal.main].append(((q, word), signal))
    names: dict[tuple[Term, Shown, frozenset[Step]], list[str]] = defaultdict(list)
    for (name, main), found in signals.items():
        error = slowest([signal.error for _, signal in found], table.k0)
        names[main, error, frozenset(step for step, _ in found)].append(name)
    order = list(dict.fromkeys(name.name for _, _, name, _ in table.rows))
    found_rows = [StepRow(tuple(group), *key) for key, group in names.items()]
    return sorted(found_rows, key=lambda row: order.index(row.names[0]))


@dataclass(frozen=True)
class Place:
    """These coordinates are within `error` of `main` in some situations; with a side, not below or not above that."""

    names: tuple[str, ...]
    main: Term
    error: Shown
    side: int
    when: When


def states(found: Invariant) -> list[Place]:
    """What is known of each coordinate in each situation, coordinates that share it together."""
    signals: dict[tuple[str, Term, int], list[tuple[int, Enclosure]]] = defaultdict(list)
    for symbol in found.system.state:
        for q, situation in enumerate(found.automaton.situations):
            if (signal := situation.box.get(symbol)) is not None:
                signals[symbol.name, signal.main, signal.side].append((q, signal))
    names: dict[tuple[Term, Shown, int, tuple[int, ...]], list[str]] = defaultdict(list)
    for (name, main, side), inside in signals.items():
        error = slowest([signal.error for _, signal in inside], found.k0)
        names[main, error, side, tuple(q for q, _ in inside)].append(name)
    everywhere = tuple(range(len(found.automaton.situations)))
    return [
        Place(tuple(group), main, error, side, When((), *_shorter(which, everywhere)))
        for (main, error, side, which), group in names.items()
    ]


def slowest(errors: Sequence[Error], k0: fmpq | None) -> Shown:
    """One term that none of the errors exceeds; () if they are all 0. Without constants only whether they vanish."""
    exponents = {exponent for error in errors for exponent in error.terms}
    if k0 is None or any(error.tiny for error in errors):
        if all(error.is_zero for error in errors):
            return ()
        return None if all(error.vanishes for error in errors) else Order(max(p for p, rate in exponents if rate == 0))
    if not exponents:
        return ()
    last: Exponent = min(exponents, key=lambda e: (e[1], -e[0]))
    amplitude = max(error.weakened_to([last], k0).terms.get(last, fmpq(0)) for error in errors)
    return (Decay((round_up_exactly(amplitude),), last[0], round_down_exactly(last[1])),)


def growth(bound: ErrorBound) -> tuple[Decay, ...]:
    """The bound with rounded numbers, terms of one exponent together, the slowest first.

    A negative term is rounded towards 0, so the rate under it up; all coefficients of an
    exponent share a rate if it is printed exactly, as those of published weights are.
    """
    collected: dict[tuple[int, fmpq], list[fmpq]] = {}
    for degree, part in enumerate((bound.constant, bound.linear, bound.quadratic)):
        for (power, rate), amplitude in part.terms.items():
            shown = round_down_exactly(rate) if amplitude > 0 else round_up_exactly(rate)
            collected.setdefault((power, shown), [fmpq(0)] * 3)[degree] += round_up_exactly(amplitude)
    ordered = sorted(collected.items(), key=lambda item: (item[0][1], -item[0][0]))
    return tuple(Decay(tuple(c), power, rate) for (power, rate), c in ordered if any(c))


def when(steps: Iterable[Step], automaton: Automaton, words: Sequence[str]) -> list[When]:
    """The steps in few phrases: the words that are read in the same situations together."""
    everywhere = tuple(range(len(automaton.situations)))
    places = {word: tuple(q for q in everywhere if (q, word) in set(steps)) for word in words}
    together: dict[tuple[int, ...], list[str]] = defaultdict(list)
    for word, situations in places.items():
        if situations:
            together[situations].append(word)
    return [
        When(() if len(group) == len(words) else tuple(group), *_shorter(situations, everywhere))
        for situations, group in together.items()
    ]


def _shorter(situations: tuple[int, ...], everywhere: tuple[int, ...]) -> tuple[tuple[int, ...], tuple[int, ...]]:
    excluded = tuple(q for q in everywhere if q not in situations)
    return ((), excluded) if len(excluded) < len(situations) else (situations, ())


def runs(names: Sequence[str]) -> list[tuple[str, str]]:
    """Names with consecutive indices as (first, last), the others as (name, name); kinds in the order given."""
    found: list[tuple[str, str]] = []
    kinds = [_indexed(name)[0] for name in names]
    for name in sorted(names, key=lambda name: (kinds.index(_indexed(name)[0]), _indexed(name)[1])):
        kind, index = _indexed(name)
        if found and _indexed(found[-1][1]) == (kind, index - 1):
            found[-1] = (found[-1][0], name)
        else:
            found.append((name, name))
    return found


def _indexed(name: str) -> tuple[str, int]:
    kind, _, index = name.rpartition("_")
    return (kind, int(index)) if index.isdigit() else (name, -1)


def labels(automaton: Automaton, situations: Iterable[int]) -> list[tuple[str, ...]]:
    """The words that name the situations."""
    return [automaton.situations[q].label for q in situations]
