"""Every word sequence of every length in IEEE arithmetic, where it reaches finitely many states: run, no theorem.  UNTRUSTED.

A pair of a float state and a configuration of the specification decides what comes next. Where no step leads to a new
pair, all that can ever be reached has been seen, so that the run speaks of every length. The arithmetic is that of
model/simulation/running.py, as in reachable_states.py; PyTorch's last bits may differ.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

import numpy as np
from numpy.typing import NDArray

from symlstm.floats.reachable_states import influential
from symlstm.model.errors import InputError
from symlstm.model.simulation.running import Machine, float_machine, overflow_refused
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked
from symlstm.search.scale.question import Key, Question

LIMIT = 10_000  # states
Floats = NDArray[np.floating[Any]]


@dataclass(frozen=True)
class Exhausted:
    """All float states that are reached; `wrong` are the first words after which the readout is on no right side, if any."""

    dtype: str
    states: int
    wrong: tuple[str, ...] | None


def exhausted(construction: Construction, dtype: str, k: Fraction | int = 1, limit: int = LIMIT) -> Exhausted | None:
    """What every word sequence reaches; None where that is more than `limit` states, unless a wrong one came first.

    Raises InputError for a network that chooses among outputs, and where a number leaves the range.
    """
    question, keys = asked(construction, Fraction(k), None)
    if question.outputs or keys is None:
        found = "several outputs" if question.outputs else "very many configurations"
        raise InputError("exhausted", found, "one readout, of finitely many configurations")
    with overflow_refused(dtype):
        return _Search(question, float_machine(construction.network, k, dtype), dtype).run(limit)


@dataclass
class _Search:
    question: Question
    machine: Machine
    dtype: str
    seen: dict[tuple[bytes, Key], int] = field(default_factory=dict)
    states: list[Floats] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)
    origins: list[tuple[int, str]] = field(default_factory=list)
    _after: dict[tuple[Key, str], Key | None] = field(default_factory=dict)

    def run(self, limit: int) -> Exhausted | None:
        """Breadth first, a length at a time."""
        self.live = [*influential(self.machine)]
        start = np.array([*self.machine.h0, *self.machine.c0], self.dtype)
        self._add(start, self.question.start, (-1, ""))
        self.seen.clear()  # nothing is claimed before any word; where words lead back there, something is
        first = 0
        while first < len(self.states):
            last = len(self.states)
            wrong = self._extend(first, last)
            if wrong is not None:
                return Exhausted(self.dtype, len(self.states), wrong)
            if len(self.states) > limit:
                return None
            first = last
        return Exhausted(self.dtype, len(self.states), None)

    def _extend(self, first: int, last: int) -> tuple[str, ...] | None:
        """Adds what follows these states; the words to one that is wrong."""
        columns = [*np.array(self.states[first:last]).T]
        split = len(self.machine.h0)
        for word, x in zip(self.question.goal.system.words, self.machine.encoding, strict=True):
            h, c = self.machine.step(x, columns[:split], columns[split:])
            full = [np.broadcast_to(y, (last - first,)) for y in (*h, *c)]
            read = np.broadcast_to(self.machine.read(full[:split], full[split:]), (last - first,))
            for n, (state, value) in enumerate(zip(np.array(full, self.dtype).T, read, strict=True), first):
                key = self._next(self.keys[n], word)
                if key is not None and self._add(state, key, (n, word)) and not self._is_right(key, float(value)):
                    return self._words(len(self.states) - 1)
        return None

    def _next(self, key: Key, word: str) -> Key | None:
        if (key, word) not in self._after:
            self._after[key, word] = self.question.after(key, word)
        return self._after[key, word]

    def _add(self, state: Floats, key: Key, origin: tuple[int, str]) -> bool:
        """Whether it is new; only coordinates that matter tell states apart."""
        place = state[self.live].tobytes(), key
        if place in self.seen:
            return False
        self.seen[place] = len(self.states)
        self.states.append(state)
        self.keys.append(key)
        self.origins.append(origin)
        return True

    def _is_right(self, key: Key, value: float) -> bool:
        return all(float(side.ends.lo) < value < float(side.ends.hi) for side in self.question.wanted(key))

    def _words(self, n: int) -> tuple[str, ...]:
        found = list[str]()
        while self.origins[n][1]:
            n, word = self.origins[n]
            found.append(word)
        return (*reversed(found),)
