"""Decisions with machines as the data of a certificate.  UNTRUSTED: `recheck` says whether they hold.

Ghosts are numbered; ghost n stands in a constant as atom -1 - n.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

from flint import fmpq

from symlstm.certificates.subjects import Atoms, Data, NotCovered, chosen, decided, outward, with_constant
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.boxes import Class, Classes, DecidesAt, Pair, WithinAt, as_machine
from symlstm.kernel.networks.choices import ChoosesAt
from symlstm.kernel.networks.decisions import run
from symlstm.kernel.networks.families import Cut, Families, Family, Leaf, Place, Tree, leaves
from symlstm.kernel.networks.horizons import Deviations
from symlstm.kernel.networks.machines import Chooses, Configuration, Decides, DecidesBy, Mischoice, Misdecision
from symlstm.kernel.networks.signs import Box, Range, pinned, put
from symlstm.kernel.theorem import Theorem
from symlstm.model.network import Network

PLACES = (40, 64, 96, 128, 192, 256, 512, 1024, 4000)  # binary places of the ends of boxes, tried in turn
BEYOND = 24  # binary places of the intervals that boxes are checked with, beyond those


def in_families(theorem: Theorem, network: Network, atoms: Atoms) -> Data:
    """What is said of the limits after all words, and the families that prove it."""
    found = theorem.premises[0].conclusion
    if not isinstance(found, Families):
        raise NotCovered(f"decisions by {theorem.rule}")
    writer = _Writer(found, atoms, numbered(found), at_ends="relu" in str(network.cell))
    said = _said(theorem.conclusion, network, atoms)
    return said | {"proof": writer.proof(theorem.certificate)}


def on_words(theorem: Theorem, network: Network, atoms: Atoms) -> Data:
    """What is said of one word sequence; tanh of the limits on the way is in the table."""
    goal = theorem.conclusion
    said = _said(goal, network, atoms)
    for limits in run(goal.system, goal.words):
        for x in limits.values():
            atoms.constant(x)
    body: Data = {"words": [*goal.words]}
    if isinstance(goal, Mischoice):
        return said | body | {"limits": [*map(atoms.constant, goal.limits)], "specified": goal.choice}
    if isinstance(goal, Misdecision):
        limit = goal.limit - goal.readout.constant
        return said | body | {"limit": atoms.constant(limit), "specified": goal.accepted}
    return said | body | {"limit": atoms.constant(goal.limit), "specified": atoms.constant(goal.specified)}


def decisions_at(theorem: Theorem, network: Network, atoms: Atoms) -> Iterator[Data]:
    """What is said at one scale of all words, and what proves it: boxes rounded outward to less and more binary places."""
    goal, found = theorem.conclusion, theorem.certificate
    if goal.scale.onward:
        raise NotCovered("decisions at all scales from one on")
    if not isinstance(found, Classes | Deviations):
        raise NotCovered(f"theorems at a scale by {theorem.rule}")
    said = {"scale": str(goal.scale.k), "last": goal.last}
    written: Callable[[_Boxes], Data] = partial(_classes, found)
    if isinstance(found, Deviations):
        families = theorem.premises[0].conclusion
        written = partial(_Writer(families, atoms, numbered(families)).deviations, found)
    said |= _said(goal, network, atoms)
    coordinate = {s: n for n, s in enumerate(goal.system.state)}
    for places in PLACES:
        proof = written(_Boxes(coordinate, places, len(found.knots) == 1))
        yield said | {"proof": proof | {"knots": [*found.knots], "bits": places + BEYOND}}


def _said(goal: Any, network: Network, atoms: Atoms) -> Data:
    if isinstance(goal, Decides | DecidesBy | DecidesAt | Misdecision):
        said = decided(network, goal.readout, as_machine(goal.specification), goal.threshold, atoms)
        return said | ({"margin": str(goal.margin)} if isinstance(goal, DecidesBy) else {})
    if isinstance(goal, Chooses | ChoosesAt | Mischoice):
        return chosen(network, goal.specification, atoms)
    said = with_constant(network, network.linear_readout, goal.specification, atoms)
    return said | ({"bound": str(goal.bound)} if isinstance(goal, WithinAt) else {})


def numbered(found: Families) -> dict[Variable, int]:
    """The ghosts, by name."""
    ghosts = {x for family in found.families for x in family.ghosts}
    return {x: n for n, x in enumerate(sorted(ghosts, key=lambda x: x.name))}


def _classes(found: Any, boxes: _Boxes) -> Data:
    return {"classes": [_class(c, least, boxes) for c, least in zip(found.classes, _least(found), strict=True)]}


def _least(found: Classes) -> list[int]:
    """The number of words of the shortest way to each class."""
    least, level = {0: 0}, [0]
    while level:
        after = (p for c in level for p in found.classes[c].successors if p is not None)
        new = [p for p in dict.fromkeys(after) if p not in least]
        least |= dict.fromkeys(new, 1 + least[level[0]])
        level = new
    return [least.get(c, len(least)) for c in range(len(found.classes))]


def _class(c: Class, least: int, boxes: _Boxes) -> Data:
    return {
        "configurations": [_configuration(x) for x in c.configurations],
        "domain": None if c.domain is None else _configuration(c.domain),
        "boxes": boxes.of(c.boxes),
        "successors": [*c.successors],
        "least": least,
    }


@dataclass(frozen=True)
class _Boxes:
    """Writes boxes, their ends rounded outward to so many binary places."""

    coordinate: Mapping[Variable, int]
    places: int
    alone: bool

    def of(self, pairs: Sequence[Pair]) -> list[Any]:
        """A pair of each stretch; one box, where there are no stretches."""
        return [[self._box(box) for box in pair[: 1 if self.alone else 2]] for pair in pairs]

    def _box(self, box: Mapping[Variable, tuple[fmpq, fmpq]]) -> list[Any]:
        return [[self.coordinate[s], *map(str, outward(ends, self.places))] for s, ends in box.items()]


def _configuration(x: Configuration) -> list[Any]:
    return [x.state, [*map(str, x.registers)]]


class _Writer:
    """Writes families; a ghost that a family does not have is 0 there."""

    def __init__(self, found: Families, atoms: Atoms, ghosts: Mapping[Variable, int], at_ends: bool = False) -> None:
        self.found, self.atoms, self.ghosts, self.at_ends = found, atoms, ghosts, at_ends
        self.coordinate = {s: n for n, s in enumerate(found.system.state)}
        atoms.ghosts = ghosts

    def proof(self, goals: Any) -> Data:
        found = self.found
        for family, row in zip(found.families, found.steps, strict=True):
            self._arguments(family)
            for tree in row:
                for leaf, box in leaves(tree, family.ghosts):
                    self._elsewhere(family, leaf, box)
        families = [self._family(family) for family in found.families]
        return {
            "ghosts": len(self.ghosts),
            "families": families,
            "origin": [int(found.origin.get(x, 0)) for x in self.ghosts],
            "steps": [
                [self._tree(tree, family.ghosts if self.at_ends else {}) for tree in row]
                for family, row in zip(found.families, found.steps, strict=True)
            ],
            "goals": [self._tree(tree, {}) for tree in goals],
        }

    def deviations(self, found: Deviations, boxes: _Boxes) -> Data:
        """The families, and what the state is off their limits at one scale."""
        reach = [[[*row.get(x, (0, 0))] for x in self.ghosts] for row in found.reach]
        return self.proof(found.goals) | {"boxes": [*map(boxes.of, found.boxes)], "reach": reach}

    def _arguments(self, family: Family) -> None:
        for limit in family.limits.values():
            self.atoms.constant(limit)

    def _elsewhere(self, family: Family, leaf: Leaf, box: Box) -> None:
        """What tanh is applied to at a leaf, before and after the step, is in the table, too."""
        fixed = pinned(box)
        for limit in family.limits.values():
            self.atoms.constant(put(limit, fixed))
        if leaf.target is not None:
            for limit in self.found.families[leaf.target].limits.values():
                self.atoms.constant(put(algebra.substitute(limit, dict(leaf.image), {}), fixed))

    def _family(self, family: Family) -> Data:
        ranges = [family.ghosts.get(x) for x in self.ghosts]
        return {
            "ranges": [[0, 0] if r is None else [r.low, r.high] for r in ranges],
            "limits": [[self.coordinate[s], self.atoms.constant(x)] for s, x in family.limits.items()],
            "places": [self._place(place) for place in family.places],
            "domain": None if family.domain is None else self._place(family.domain),
        }

    def _place(self, place: Place) -> list[Any]:
        return [place.state, [*map(self.atoms.constant, place.registers)]]

    def _tree(self, tree: Tree, box: Box) -> list[Any]:
        """With a cut at the lowest value of each ghost of the box, where relu is 0 or begins to rise."""
        if isinstance(tree, Cut):
            x, t = tree.ghost, tree.threshold
            low, high = (box[x].low, box[x].high) if x in box else (None, None)
            below = Range(low, t if high is None else min(t, high))
            above = Range(t + 1 if low is None else max(t + 1, low), high)
            parts = [
                self._tree(part, {**box, x: r} if box else {}) for part, r in ((tree.below, below), (tree.above, above))
            ]
            return ["cut", self.ghosts[x], t, *parts]
        leaf = ["leaf", tree.target, [self.atoms.constant(tree.image.get(x, algebra.ZERO)) for x in self.ghosts]]
        for x, r in box.items():
            if r.low is not None and r.low != r.high:
                leaf = ["cut", self.ghosts[x], r.low, leaf, leaf]
        return leaf
