"""Along words: where each gate and coordinate tends for k -> oo, and how its pre-activation grows.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.enclosures import Enclosure
from symlstm.kernel.networks.invariants import Step, arithmetic_of
from symlstm.kernel.networks.statements import Automaton
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.search.construction import Construction
from symlstm.search.saturation.exploration import Exploration, Infinite, relevant

MOST = 500  # situations explored where the whole is out of reach


@dataclass(frozen=True)
class Limit:
    """The limit of a gate or coordinate, or for a pre-activation how much it grows per unit of k. None: not known.

    `constant` is what is left of a pre-activation that does not grow.
    """

    limit: Term | None = None
    slope: Term | None = None
    constant: Term | None = None


Limits = dict[str, Limit]


def automaton_of(construction: Construction) -> Automaton | None:
    """The situations of a construction: all, or where they are too many some; None if not even these are known."""
    try:
        return construction.saturation.automaton
    except (Infinite, RuleError, Unsupported):
        system = construction.network.system
        tracked = tuple(s for s in system.state if s in relevant(system, construction.network.linear_readout))
        search = Exploration(system, tracked, (), arithmetic_of(system, None), lambda *_: False, {}, limited=False)
        try:
            return search.truncated(MOST)[0]
        except (Infinite, RuleError, Unsupported):
            return None


def limits_along(construction: Construction, words: Sequence[str]) -> list[Limits]:
    """For each word what is known after it of every gate, pre-activation and coordinate, by name."""
    automaton, system = automaton_of(construction), construction.network.system
    if automaton is None:
        return [{} for _ in words]
    q, found = 0, []
    for word in words:
        found.append(limits_of_step(construction, automaton, q, word))
        q = automaton.step[q][system.words.index(word)]
    return found


def limits_of_step(construction: Construction, automaton: Automaton, q: int, word: str) -> Limits:
    """The same of one step, from a situation."""
    system = construction.network.system
    step = Step(system, arithmetic_of(system, None), automaton.situations[q], word)
    known = {symbol.name: _limit(_signal(step, symbol), system.scale) for symbol, _ in system.gates}
    after = automaton.situations[automaton.step[q][system.words.index(word)]].box
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
    slope, constant = parts.get(1, algebra.ZERO), parts.get(0, algebra.ZERO)
    return Limit(None if slope.monomials else constant, slope, constant)
