"""Along words: where each gate and coordinate tends for k -> oo, and how its pre-activation grows.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.enclosures import Enclosure
from symlstm.kernel.networks.families import tending
from symlstm.kernel.networks.invariants import Step, arithmetic_of
from symlstm.kernel.networks.statements import Automaton, Situation, System, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.search.construction import Construction
from symlstm.search.saturation.exploration import DEEP, LARGE, Exploration, Infinite, depth, relevant, size


@dataclass(frozen=True)
class Limit:
    """The limit of a gate or coordinate, or for a pre-activation how much it grows per unit of k. None: not known.

    `constant` is what is left of a pre-activation that does not grow.
    """

    limit: Term | None = None
    slope: Term | None = None
    constant: Term | None = None


Limits = dict[str, Limit]


def automaton_of(construction: Construction, most: int) -> tuple[Automaton, bool] | None:
    """The situations of a construction, and whether these are all; None if not even a few are known.

    Where there are more than `most`, only so many are followed: all others are the last one, of which nothing is known.
    """
    if isinstance(construction.specification, WeightedAutomaton):  # a number: what is counted is a register
        with suppress(Infinite, RuleError, Unsupported):
            whole = construction.saturation.automaton
            if len(whole.situations) <= most:
                return whole, True
    system = construction.network.system
    tracked = tuple(s for s in system.state if s in relevant(system, construction.network.all_read))
    search = Exploration(system, tracked, (), arithmetic_of(system, None), lambda *_: False, {}, limited=False)
    try:
        automaton, shortest = search.truncated(most)
    except (Infinite, RuleError, Unsupported):
        return None
    return automaton, shortest is None


def states_along(system: System, words: Sequence[str]) -> list[Mapping[Variable, Term]]:
    """The limits of the coordinates before the words and after each, as far as they are known and not too large to be written."""
    if system.parameters:
        raise RuleError("limits", f"the open parameters {system.parameters}", "numbers for them")
    arithmetic = arithmetic_of(system, None)
    states: list[Mapping[Variable, Term]] = [dict(zip(system.state, system.initial, strict=True))]
    for word in words:
        step = Step(system, arithmetic, Situation((), {s: tending(x) for s, x in states[-1].items()}, {}), word)
        found = {s: _limit(_signal(step, s), system.scale).limit for s in system.state}
        states.append({s: x for s, x in found.items() if x is not None and is_short(x)})
    return states


def is_short(x: Term) -> bool:
    """Whether a value is not made of very many functions, the exact limits of gates that do not saturate."""
    return depth(x) <= DEEP and size(x) <= LARGE


def limits_along(construction: Construction, words: Sequence[str]) -> list[Limits]:
    """For each word what is known after it of every gate, pre-activation and coordinate, by name."""
    system = construction.network.system
    states = states_along(system, words)
    boxes = [{s: tending(x) for s, x in known.items()} for known in states]
    return [
        _limits(system, Situation((), before, {}), word, after)
        for word, before, after in zip(words, boxes, boxes[1:], strict=False)
    ]


def limits_of_step(construction: Construction, automaton: Automaton, q: int, word: str) -> Limits:
    """The same of one step, from a situation."""
    system = construction.network.system
    after = automaton.situations[automaton.step[q][system.words.index(word)]].box
    return _limits(system, automaton.situations[q], word, after)


def _limits(system: System, situation: Situation, word: str, after: Mapping[Variable, Enclosure]) -> Limits:
    step = Step(system, arithmetic_of(system, None), situation, word)
    known = {symbol.name: _limit(_signal(step, symbol), system.scale) for symbol, _ in system.gates}
    return known | {s.name: _limit(x, system.scale) for s, x in after.items()}


def _signal(step: Step, symbol: Any) -> Enclosure | None:
    try:
        return step.signal(symbol)
    except (RuleError, Unsupported):
        return None


def _limit(found: Enclosure | None, scale: Any) -> Limit:
    if found is None or found.side or not found.error.vanishes:
        return Limit()
    parts = found.main.coefficients(scale)
    if not {*parts} <= {0, 1}:
        return Limit()
    slope, constant = parts.get(1, algebra.ZERO), parts.get(0, algebra.ZERO)
    return Limit(None if slope.monomials else constant, slope, constant)
