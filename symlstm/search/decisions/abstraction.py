"""Families of situations, proposed from runs and made inductive.  UNTRUSTED.

Runs are sorted into classes by the limits of everything but counters, views as such, and by the states of the
machines. Per class the affine hull of counters and registers is kept (Karr 1976), and the range of each, without end
where longer words reach farther. What a step shows that is not yet inside is joined, until nothing is.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import NamedTuple, TypeVar

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.families import Family, Leaf, Place, Tree, arithmetic_on, form_of, tending
from symlstm.kernel.networks.invariants import arithmetic_of, at_word
from symlstm.kernel.networks.machines import Configuration, Machine
from symlstm.kernel.networks.signs import Box, Range, lower_end, pinned, put, whole
from symlstm.kernel.theorem import RuleError
from symlstm.search.decisions.configurations import Configurations, Node, Problem
from symlstm.search.decisions.counters import Grid, view
from symlstm.search.decisions.cuts import Asked, Recording, Stuck, Undecided, build, hold, points
from symlstm.search.decisions.hulls import Hull

JOINS = 6  # of a range, before an end that moves is given up
ROUNDS = 400
CLASSES = 400

Key = tuple[object, ...]
Where = Configuration | Place
T = TypeVar("T", fmpq, Term)


@dataclass
class Class:
    """What is known of the runs with one key: their affine hull, and the range of each column."""

    number: int
    label: tuple[str, ...]
    key: Key
    hull: Hull
    low: list[fmpq | None] = field(default_factory=list)
    high: list[fmpq | None] = field(default_factory=list)
    joins: int = 0

    def add(self, point: Sequence[fmpq]) -> bool:
        """Whether the class grows with the point."""
        grown = self.hull.add(point)
        if not self.low:
            self.low, self.high = list(point), list(point)
            return True
        return self.stretch(point, point) or grown

    def stretch(self, low: Sequence[fmpq | None], high: Sequence[fmpq | None]) -> bool:
        """Whether a range grows to hold these."""
        before = (list(self.low), list(self.high))
        self.low = [None if x is None or y is None else min(x, y) for x, y in zip(self.low, low, strict=True)]
        self.high = [None if x is None or y is None else max(x, y) for x, y in zip(self.high, high, strict=True)]
        return before != (self.low, self.high)

    def give_up(self, low: Sequence[fmpq | None], high: Sequence[fmpq | None]) -> None:
        """Ends that these are beyond become infinite."""
        self.low = [None if x is None or y is None or y < x else x for x, y in zip(self.low, low, strict=True)]
        self.high = [None if x is None or y is None or y > x else x for x, y in zip(self.high, high, strict=True)]


@dataclass(frozen=True)
class Known:
    """A family, its steps, and the free columns of the classes that they lead to."""

    family: Family
    trees: list[Tree]
    free: list[list[int]]


def _targets(tree: Tree) -> Iterator[int]:
    if isinstance(tree, Leaf):
        yield from () if tree.target is None else (tree.target,)
    else:
        yield from _targets(tree.below)
        yield from _targets(tree.above)


class Plan(NamedTuple):
    """Which columns are free first; whether classes are told apart by the last word too; whether differences of columns are kept."""

    registers_first: bool = False
    split: bool = False
    differences: bool = False


PLAIN = Plan()


@dataclass
class Abstraction:
    """Classes of a problem with these counters, kept apart as the plan says."""

    problem: Problem
    grids: Mapping[Variable, Grid]
    plan: Plan = PLAIN
    classes: dict[Key, Class] = field(default_factory=dict)

    def __post_init__(self) -> None:
        p = self.problem
        self.counters = [*self.grids]
        self.rest = [s for s in p.tracked if s not in self.grids]
        self.views = {s: c for s in self.rest for c in self.counters if self._shows(s, c)}
        self._of_domain = len(p.machine.domain.registers if p.machine.domain else ())
        width = len(p.machine.registers) * (p.delay + 1) + self._of_domain
        first = len(self.counters)
        columns, own = range(first + width), range(first + len(p.machine.registers))
        self.pairs = [*combinations(own, 2)] if self.plan.differences else []
        between = range(len(columns), len(columns) + len(self.pairs))
        self.ghosts = [Variable(f"n_{j + 1}") for j in (*columns, *between)]
        turned = [*columns[first:], *columns[:first]] if self.plan.registers_first else [*columns]
        self.order = [*between, *turned]

    def _shows(self, s: Variable, c: Variable) -> bool:
        return all(view(self.problem.system, word, s, c) is not None for word in self.problem.system.words)

    # runs

    def learn(self, found: Configurations) -> None:
        """Sorts what was reached into classes; an end that only the longest words reach is without end."""
        longest = max(len(node.words) for node in found.nodes)
        early = 2 * longest // 3
        samples: dict[Key, list[tuple[int, list[fmpq]]]] = {}
        labels: dict[Key, tuple[str, ...]] = {}
        for key, node in self._runs(found):
            point = self._point(node)
            if point is not None:
                samples.setdefault(key, []).append((len(node.words), point))
                labels.setdefault(key, node.words)
        for key, rows in samples.items():
            one = self._class(key, labels[key])
            for _, point in rows:
                one.add(point)
            old = [point for n, point in rows if n <= early]
            if old and longest >= 3:
                low = [min(column) for column in zip(*old, strict=True)]
                high = [max(column) for column in zip(*old, strict=True)]
                one.low = [x if x is not None and x >= y else None for x, y in zip(one.low, low, strict=True)]
                one.high = [x if x is not None and x <= y else None for x, y in zip(one.high, high, strict=True)]

    def _runs(self, found: Configurations) -> Iterator[tuple[Key, Node]]:
        """Each edge's end, with the key of its class; the start has one of its own."""
        yield ("start",), found.nodes[0]
        arithmetic = arithmetic_of(self.problem.system, None)
        for node, row in zip(found.nodes, found.step, strict=False):
            known = {s: tending(x) for s, x in zip(self.problem.tracked, node.values, strict=True)}
            for word, q in zip(self.problem.system.words, row, strict=True):
                if q is None:
                    continue
                target = found.nodes[q]
                values = dict(zip(self.problem.tracked, target.values, strict=True))
                shape: list[object] = []
                for s in self.rest:
                    if s in self.views:
                        factor = view(self.problem.system, word, s, self.views[s])
                        signal = None if factor is None else arithmetic.evaluate(factor, known)
                        shape.append(("view", None if signal is None else signal.main))
                    else:
                        shape.append(values[s])
                yield self._key(shape, target.places, target.domain, word), target

    def _key(
        self,
        shape: Iterable[object],
        places: Sequence[Configuration | Place],
        domain: Configuration | Place | None,
        word: str,
    ) -> Key:
        states = tuple(place.state for place in places)
        return (tuple(shape), states, None if domain is None else domain.state, word if self.plan.split else None)

    def _point(self, node: Node) -> list[fmpq] | None:
        values = dict(zip(self.problem.tracked, node.values, strict=True))
        point: list[fmpq] = []
        for c in self.counters:
            n = self.grids[c].number(values[c])
            r = None if n is None else n.rational()
            if r is None:
                raise Stuck(f"{c} takes the value {values[c]}, off its grid, after: {' '.join(node.words)}")
            point.append(r)
        for place in self._padded(node.places):
            point += [*place.registers]
        return self._with_differences([*point, *(node.domain.registers if node.domain else ())])

    def _with_differences(self, columns: list[T]) -> list[T]:
        """The columns, and those between two of them."""
        return [*columns, *(columns[i] - columns[j] for i, j in self.pairs)]

    def _padded(self, places: Sequence[Configuration]) -> list[Configuration]:
        """As many as the delay asks for: what is not there yet holds the first values."""
        missing = self.problem.delay + 1 - len(places)
        return [*places, *[self.problem.machine.first] * missing]

    def _class(self, key: Key, label: tuple[str, ...]) -> Class:
        if key not in self.classes:
            if len(self.classes) >= CLASSES:
                raise Stuck(f"more than {CLASSES} classes of situations")
            self.classes[key] = Class(len(self.classes), label, key, Hull(self.order))
        return self.classes[key]

    # families

    def family(self, one: Class) -> Family:
        """The class as a family: its free columns are ghosts."""
        columns = [self._column(one, j) for j in range(len(self.ghosts))]
        ghosts = {
            self.ghosts[j]: Range(_whole(one.low[j], up=True), _whole(one.high[j], up=False)) for j in one.hull.free
        }
        numbers = iter(columns)
        limits = {c: self.grids[c].value(next(numbers)) for c in self.counters}
        if one.key == ("start",):
            p = self.problem
            initial = dict(zip(p.system.state, p.system.initial, strict=True))
            domain = None if p.machine.domain is None else _at(p.machine.domain.first)
            return Family((), {}, {s: initial[s] for s in p.tracked}, (_at(p.machine.first),), domain)
        shape, states, domain_state, _ = one.key
        for s, x in zip(self.rest, shape, strict=True):  # type: ignore[call-overload]
            limits[s] = x[1] * algebra.tanh(limits[self.views[s]]) if s in self.views else x
        width = len(self.problem.machine.registers)
        places = []
        for d in range(self.problem.delay + 1):
            registers = tuple(next(numbers) for _ in range(width))
            if d < len(states):  # type: ignore[arg-type]
                places.append(Place(states[d], registers))  # type: ignore[index]
        rest = tuple(columns[len(columns) - len(self.pairs) - self._of_domain : len(columns) - len(self.pairs)])
        domain = None if domain_state is None else Place(domain_state, rest)  # type: ignore[arg-type]
        return Family(one.label, ghosts, limits, tuple(places), domain)

    def _column(self, one: Class, j: int) -> Term:
        coefficients, constant = one.hull.form(j)
        return algebra.total(
            [algebra.rational(constant), *(algebra.atom(self.ghosts[p]).scaled(c) for p, c in coefficients.items())]
        )

    # steps

    def close(self) -> tuple[list[Family], list[list[Tree]]]:
        """The families and their steps, closed under every word; raises Stuck."""
        todo, rounds, known = deque(self.classes.values()), 0, dict[int, Known]()
        while todo:
            one = todo.popleft()
            rounds += 1
            if rounds > ROUNDS:
                raise Stuck(f"classes that still change after {ROUNDS} rounds")
            family, trees = self.family(one), []
            for word in self.problem.system.words:
                changed: list[Class] = []
                trees.append(self._tree(family, word, changed))
                todo += [other for other in changed if other not in todo]
            known[one.number] = Known(family, trees, self._free(trees))
        families = [self.family(one) for one in self.classes.values()]
        return families, [self._kept(family, known[n]) for n, family in enumerate(families)]

    def _kept(self, family: Family, known: Known) -> list[Tree]:
        """The trees as they were made, if all that they are about is still the same."""
        if family == known.family and self._free(known.trees) == known.free:
            return known.trees
        return [self._tree(family, word, None) for word in self.problem.system.words]

    def _free(self, trees: Sequence[Tree]) -> list[list[int]]:
        """The free columns of the classes that trees lead to."""
        classes = [*self.classes.values()]
        return [classes[q].hull.free for tree in trees for q in _targets(tree)]

    def _tree(self, family: Family, word: str, changed: list[Class] | None) -> Tree:
        return build(family.ghosts, lambda box: self._leaf(family, word, box, changed))

    def _leaf(self, family: Family, word: str, box: Box, changed: list[Class] | None) -> Leaf:
        p, what = self.problem, f"after {' '.join(family.label) or 'the start'}, on {word}"
        domain = None
        if p.machine.domain is not None and family.domain is not None:
            domain = moved(p.machine.domain, family.domain, word, box, f"a move of the domain {what}")
            if domain.state in p.machine.domain.hopeless:
                return Leaf(None, {})
        new = moved(p.machine, family.places[0], word, box, f"a move of the specification {what}")
        fixed = pinned(box)
        places = (new, *(Place(q.state, tuple(put(x, fixed) for x in q.registers)) for q in family.places))[
            : p.delay + 1
        ]
        shape, columns = self._after(family, word, box, what)
        for place in self._padded_places(places):
            columns += [*place.registers]
        columns = self._with_differences([*columns, *(domain.registers if domain else ())])
        target = self._class(self._key(shape, places, domain, word), (*family.label, word))
        if changed is not None and self._join(target, columns, box):
            changed.append(target)
        if changed is None and self._join(target, columns, box):
            raise Stuck(f"a class that still grows {what}")
        return Leaf(
            target.number, {self.ghosts[j]: self._whole_form(j, columns[j], box, what) for j in target.hull.free}
        )

    def _whole_form(self, j: int, form: Term, box: Box, what: str) -> Term:
        """A column's form in ghosts, with whole numbers; raises Stuck where it has others."""
        if whole(form, box):
            return form
        raise Stuck(f"{self.ghosts[j]} becomes {form}, which is no whole number, {what}")

    def legend(self, text: str) -> str:
        """What the ghosts in a text are: the number of steps that a cell has gone, a register, or a difference."""
        p, numbers = self.problem, [algebra.atom(ghost) for ghost in self.ghosts]
        kept = (*p.machine.registers * (p.delay + 1), *(p.machine.domain.registers if p.machine.domain else ()))
        known = [f"{c} = {self.grids[c].value(n)}" for c, n in zip(self.counters, numbers, strict=False)]
        known += [f"the register {r} = {n}" for r, n in zip(kept, numbers[len(known) :], strict=False)]
        known += [f"{self.ghosts[a]} - {self.ghosts[b]}" for a, b in self.pairs]
        told = {str(ghost): says for ghost, says in zip(self.ghosts, known, strict=True)}
        return ", ".join(told[name] for name in sorted({*re.findall(r"\bn_\d+\b", text)}))

    def _padded_places(self, places: Sequence[Place]) -> list[Place]:
        missing = self.problem.delay + 1 - len(places)
        return [*places, *[_at(self.problem.machine.first)] * missing]

    def _after(self, family: Family, word: str, box: Box, what: str) -> tuple[list[object], list[Term]]:
        """The limits of all but counters, views as such, and the numbers of the counters."""
        record = Recording(box=box)
        arithmetic = arithmetic_on(self.problem.system, record)
        fixed, update = pinned(box), at_word(self.problem.system, word)
        known = {s: tending(put(x, fixed)) for s, x in family.limits.items()}

        def limit(term: Term, name: object) -> Term:
            record.asked.clear()
            try:
                signal = arithmetic.evaluate(term, known)
            except RuleError as refusal:
                raise Undecided(record.asked, f"{name} {what}: {refusal}") from None
            if signal is None or signal.side or not signal.error.vanishes or not {*signal.main.symbols()} <= {*box}:
                raise Undecided([*asked, *record.asked], f"{name} {what}")
            asked.extend(record.asked)
            return signal.main

        asked: list[Asked] = []
        numbers: list[Term] = []
        for c in self.counters:
            value = limit(update[c], c)
            n = self.grids[c].number(value)
            if n is None:
                raise Stuck(f"{c} takes the value {value}, off its grid, {what}")
            numbers.append(n)
        shape: list[object] = []
        for s in self.rest:
            if s in self.views:
                factor = view(self.problem.system, word, s, self.views[s])
                shape.append(("view", limit(factor if factor is not None else update[s], s)))
                continue
            value = limit(update[s], s)
            if value.symbols():
                raise Stuck(f"{s} keeps what a counter held, {value}, {what}")
            shape.append(value)
        return shape, numbers

    def _join(self, target: Class, columns: Sequence[Term], box: Box) -> bool:
        """Whether the target grows to hold the image of the box."""
        grown = False
        if target.hull.base is None or not self._inside(target, columns):
            for at in points(box, [*box]):
                values = {x: algebra.rational(n) for x, n in at.items()}
                point = [put(x, values).rational() for x in columns]
                if any(x is None for x in point):
                    raise Stuck("a register that is no rational form")
                grown |= target.add([x for x in point if x is not None])
        ends = [(lower_end(x, box).value, lower_end(-x, box).value) for x in columns]
        low = [None if x is None else x.rational() for x, _ in ends]
        high = [None if x is None or (r := x.rational()) is None else -r for _, x in ends]
        if not self._holds(target, low, high):
            target.joins += 1
            if target.joins > JOINS:
                target.give_up(low, high)
            target.stretch(low, high)
            grown = True
        return grown

    def _holds(self, target: Class, low: Sequence[fmpq | None], high: Sequence[fmpq | None]) -> bool:
        for j in target.hull.free:
            a, b = target.low[j], target.high[j]
            x, y = low[j], high[j]
            if (a is not None and (x is None or x < a)) or (b is not None and (y is None or y > b)):
                return False
        return True

    def _inside(self, target: Class, columns: Sequence[Term]) -> bool:
        image = {self.ghosts[j]: columns[j] for j in target.hull.free}
        return all(put(self._column(target, j), image) == columns[j] for j in range(len(columns)))


def moved(machine: Machine, place: Place, word: str, box: Box, what: str) -> Place:
    """Where a machine is one word later, throughout the box; raises Undecided."""
    registers = [put(x, pinned(box)) for x in place.registers]
    for move in machine.moves[word][place.state]:
        if hold(move.when, registers, box, what):
            return Place(move.target, tuple(form_of(form, registers) for form in move.updates))
    raise Stuck(what)


def _at(where: Configuration) -> Place:
    return Place(where.state, tuple(map(algebra.rational, where.registers)))


def _whole(x: fmpq | None, up: bool) -> int | None:
    if x is None:
        return None
    return -int(-x.p // x.q) if up else int(x.p // x.q)
