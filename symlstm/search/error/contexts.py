"""Proposes contexts: classes of word sequences whose states at one scale lie in one small box.  UNTRUSTED.

Breadth first over the states that are reached, in balls; a state that agrees with an earlier
one of the same situation to all but the last few bits joins it.  The boxes of states that were
joined are widened until every step stays inside.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass, field

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.fixed_scale import Balls, Contexts, updates
from symlstm.kernel.networks.statements import Invariant, Readout
from symlstm.kernel.theorem import RuleError
from symlstm.search.saturation.exploration import relevant

SLACK = 24  # bits by which joined states may differ from each other
WIDEST = 1 << 12  # contexts in all
HALF = arb(1) / 2
VISITS = 40  # of one context before its box is given up

Box = dict[Variable, arb]


class Growing(RuleError):
    """Joined boxes that grow with every step."""


class TooMany(RuleError):
    """More contexts than are wanted; more bits would only tell more of them apart."""


@dataclass
class _Exploration:
    found: Invariant
    updates: tuple[Mapping[Variable, Term], ...]
    tracked: tuple[Variable, ...]
    bits: int
    layered: bool  # whether only states after the same number of words are joined
    situation: list[int] = field(default_factory=list)
    step: list[list[int]] = field(default_factory=list)
    box: list[Box] = field(default_factory=list)
    depth: list[int] = field(default_factory=list)
    _index: dict[tuple[int, ...], int] = field(default_factory=dict)

    def add(self, situation: int, box: Box, depth: int) -> int:
        """A new context."""
        if len(self.box) == WIDEST:
            raise TooMany("contexts", f"more than {WIDEST} classes of states", "few that repeat")
        self.situation.append(situation)
        self.box.append(box)
        self.step.append([])
        self.depth.append(depth)
        return len(self.box) - 1

    def images(self, c: int) -> list[Box]:
        """Where each word leads from the box of a context."""
        values = Balls(self.box[c])
        return [{s: values[after[s]] for s in self.tracked} for after in self.updates]

    def place(self, c: int, word: int, image: Box) -> int:
        """The context of an image: the one that was there, an equal one, or a new one."""
        if len(self.step[c]) > word:
            return self.step[c][word]
        situation = self.found.automaton.step[self.situation[c]][word]
        unit = arb(2) ** (self.bits - SLACK)
        depth = self.depth[c] + 1
        rounded = ((x.mid() * unit + HALF).floor().unique_fmpz() for x in image.values())
        key = (situation, depth * self.layered, *(int(x or 0) for x in rounded))
        if key not in self._index:
            self._index[key] = self.add(situation, self.widened(image), depth)
        self.step[c].append(self._index[key])
        return self._index[key]

    def widened(self, image: Box) -> Box:
        """A little more than the image: what joins it later differs by so much."""
        margin = arb(0, 1) * arb(2) ** (SLACK - self.bits)
        return {s: (x + margin).union(x + (x - x.mid()) / 8) for s, x in image.items()}


def contexts(found: Invariant, readout: Readout, k: fmpq, length: int, bits: int) -> Contexts:
    """Contexts for all word sequences of the length, and of every length if they repeat before.

    Where boxes that were joined do not settle, those of each length apart. Raises RuleError if there are too many.
    """
    with ctx.workprec(bits):
        try:
            return _explored(found, readout, k, length, layered=False)
        except Growing:
            return _explored(found, readout, k, length, layered=True)


def _explored(found: Invariant, readout: Readout, k: fmpq, length: int, layered: bool) -> Contexts:
    tracked = relevant(found.system, readout) - frozenset(found.automaton.registers)
    order = tuple(s for s in found.system.state if s in tracked)
    exploration = _Exploration(found, updates(found.system, k), order, ctx.prec, layered)
    values = dict(zip(found.system.state, found.system.initial, strict=True))
    exploration.add(0, {s: algebra.ball(values[s], {}) for s in order}, 0)
    _explore(exploration, length)
    return Contexts(exploration.situation, exploration.step, exploration.box)


def _explore(exploration: _Exploration, length: int) -> None:
    todo, visits = deque([0]), [0]
    while todo:
        c = todo.popleft()
        if exploration.depth[c] >= length:
            continue
        visits[c] += 1
        if visits[c] > VISITS:
            raise Growing("contexts", "boxes that grow with every step", "boxes that settle")
        for word, image in enumerate(exploration.images(c)):
            p = exploration.place(c, word, image)
            if p == len(visits):
                visits.append(0)
                todo.append(p)
            elif not all(exploration.box[p][s].contains(x) for s, x in image.items()):
                joined = {s: x.union(exploration.box[p][s]) for s, x in image.items()}
                exploration.box[p] = exploration.widened(joined)
                if p not in todo:
                    todo.append(p)
