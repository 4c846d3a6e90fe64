"""Where a step leads from many boxes at once, in floating point.  UNTRUSTED.

The recurrence is read once, with the scale left open, into columns: a coordinate, a sum that is linear in coordinates,
a function of a column, another sum of products. Linear sums are products with one matrix; the others follow the rules of
kernel/networks/intervals.py, those of one form together. It takes milliseconds where exact ends take seconds, and is
for what is checked exactly afterwards.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import product
from typing import Any, NamedTuple, TypeAlias

import numpy as np
from flint import arb, fmpq
from numpy.typing import NDArray

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Monomial, Term, Variable
from symlstm.kernel.networks.intervals import CORNERS, RANGE
from symlstm.kernel.networks.invariants import at_word
from symlstm.kernel.networks.statements import Readout, System
from symlstm.kernel.theorem import Unsupported
from symlstm.model.cells import logistic

Floats: TypeAlias = NDArray[np.float64]
Form: TypeAlias = tuple[tuple[int, ...], ...]  # of a sum: the factors of each product, atoms numbered as they come
FUNCTIONS: Mapping[Any, Callable[[Floats], Floats]] = {
    "tanh": np.tanh,
    "sigmoid": logistic,
    "relu": lambda x: np.maximum(x, 0),
    "step": lambda x: np.asarray(x >= 0, float),
}
ROUNDING = {"tanh": 2.0**-44, "sigmoid": 2.0**-44}  # more than the error of a value; the others are exact
LINEAR = 2.0**-44  # the same of a sum, relative to the sizes of what is added


class Ends(NamedTuple):
    """The ends of ranges, for each box."""

    lo: Floats
    hi: Floats


@dataclass
class _Operation:
    """Columns that are the same function of others, or sums of one form."""

    of: str | Form
    columns: list[int] = field(default_factory=list)
    arguments: list[list[int]] = field(default_factory=list)  # of each column
    coefficients: list[list[int]] = field(default_factory=list)  # of each sum, by their places


class Recurrence:
    """The updates of some coordinates on each word; coefficients depend on the scale alone."""

    def __init__(self, system: System, coordinates: Sequence[Variable]) -> None:
        """Raises Unsupported for functions that are not among FUNCTIONS, and for negative powers."""
        self.scale = system.scale
        self.coefficients: dict[Term, int] = {}
        self.entries: list[tuple[int, int, int]] = []  # linear sum, coordinate, coefficient
        self.operations: dict[tuple[int, str | Form], _Operation] = {}  # by depth
        self.linear: list[int] = []  # columns
        self.size = len(coordinates)
        self._column: dict[Atom | Term, int] = {s: n for n, s in enumerate(coordinates)}
        self._depth = [0] * self.size
        rows = [at_word(system, word) for word in system.words]
        self.updates = np.array([[self._sum(row[s]) for s in coordinates] for row in rows])  # (words, coordinates)

    @property
    def columns(self) -> int:
        """How many there are."""
        return len(self._depth)

    def _new(self, x: Atom | Term, depth: int) -> int:
        self._column[x] = len(self._depth)
        self._depth.append(depth)
        return self._column[x]

    def _sum(self, term: Term) -> int:
        if term in self._column:
            return self._column[term]
        products = self._products(term)
        if all(
            len(varying) < 2 and all(self._column.get(a, self.size) < self.size and n == 1 for a, n in varying)
            for varying in products
        ):
            for varying, c in products.items():
                column = next((self._column[a] for a, _ in varying), self.size)
                self.entries.append((len(self.linear), column, c))
            self.linear.append(self._new(term, 0))
            return self.linear[-1]
        factors = [[a for a, n in sorted(varying, key=str) for _ in range(self._power(a, n))] for varying in products]
        atoms = list(dict.fromkeys(a for part in factors for a in part))
        arguments = [self._atom(a) for a in atoms]
        form = tuple(tuple(atoms.index(a) for a in part) for part in factors)
        depth = 1 + max(self._depth[n] for n in arguments)
        operation = self.operations.setdefault((depth, form), _Operation(form))
        operation.columns.append(self._new(term, depth))
        operation.arguments.append(arguments)
        operation.coefficients.append([*products.values()])
        return operation.columns[-1]

    def _power(self, a: Atom, n: int) -> int:
        if n < 0:
            raise Unsupported(f"{a} to the power {n}, in floating point")
        return n

    def _atom(self, a: Atom) -> int:
        if a in self._column:
            return self._column[a]
        if not isinstance(a, Apply) or a.function not in FUNCTIONS:
            raise Unsupported(f"{a}, in floating point")
        argument = self._sum(a.argument)
        depth = 1 + self._depth[argument]
        operation = self.operations.setdefault((depth, name := str(a.function)), _Operation(name))
        operation.columns.append(self._new(a, depth))
        operation.arguments.append([argument])
        return operation.columns[-1]

    def _products(self, term: Term) -> dict[Monomial, int]:
        """The place of the coefficient of each; what depends on the scale alone belongs to it."""
        found: dict[Monomial, list[Term]] = {}
        for mono, c in term.monomials.items():
            varying = frozenset((a, n) for a, n in mono if {*algebra.atom(a).symbols()} - {self.scale})
            found.setdefault(varying, []).append(Term({mono - varying: c}))
        sums = {varying: algebra.total(parts) for varying, parts in found.items()}
        return {varying: self.coefficients.setdefault(c, len(self.coefficients)) for varying, c in sums.items()}

    def at(self, k: fmpq) -> Step:
        """The recurrence at one scale. Raises Unsupported where a coefficient is infinite."""
        found = [value(c, {self.scale: arb(k)}) for c in self.coefficients]
        return Step(self, np.array([x for x, _ in found]), np.array([not exact for _, exact in found], float))


@lru_cache(maxsize=8)
def recurrence(system: System, coordinates: tuple[Variable, ...]) -> Recurrence:
    """The same object for the same system, whatever the scale. Raises Unsupported as the class does."""
    return Recurrence(system, coordinates)


def value(term: Term, values: Mapping[Variable, arb]) -> tuple[float, bool]:
    """The value of a term, and whether the float is exact; raises Unsupported for one that is infinite."""
    ball = algebra.ball(term, values)
    found = float(ball.mid())
    if not np.isfinite(found):
        raise Unsupported(f"{term}, in floating point")
    return found, ball.is_exact() and bool(ball == arb(found))


class Step:
    """One step at one scale."""

    def __init__(self, of: Recurrence, coefficients: Floats, rounded: Floats) -> None:
        """`rounded` is 1 for coefficients that are not exact."""
        matrix, self._room = np.zeros((len(of.linear), of.size + 1)), np.zeros(len(of.linear))
        if of.entries:
            rows, columns, places = np.array(of.entries).T
            matrix[rows, columns] = coefficients[places]
            np.maximum.at(self._room, rows, rounded[places] * LINEAR)
        self._of, self._coefficients, self._bias = of, coefficients, matrix[:, -1]
        self._up, self._down = np.maximum(matrix[:, :-1], 0).T, np.minimum(matrix[:, :-1], 0).T
        self._operations = [operation for _, operation in sorted(of.operations.items(), key=lambda item: item[0][0])]

    @np.errstate(over="ignore", invalid="ignore")
    def images(self, boxes: Ends) -> Ends:
        """From boxes (boxes, coordinates) where each word leads: (boxes, words, coordinates)."""
        lo, hi = (np.empty((len(x), self._of.columns)) for x in boxes)
        lo[:, : self._of.size], hi[:, : self._of.size] = boxes
        largest = np.maximum(np.abs(boxes.lo), np.abs(boxes.hi)) @ (self._up - self._down) + np.abs(self._bias)
        lo[:, self._of.linear] = boxes.lo @ self._up + boxes.hi @ self._down + self._bias - self._room * largest
        hi[:, self._of.linear] = boxes.hi @ self._up + boxes.lo @ self._down + self._bias + self._room * largest
        for operation in self._operations:
            arguments = np.array(operation.arguments)  # (columns, arguments)
            own = Ends(lo[:, arguments], hi[:, arguments])
            made = (
                _applied(operation.of, own)
                if isinstance(operation.of, str)
                else self._summed(operation, operation.of, own)
            )
            lo[:, operation.columns], hi[:, operation.columns] = made
        return Ends(lo[:, self._of.updates], hi[:, self._of.updates])

    def _summed(self, operation: _Operation, form: Form, atoms: Ends) -> Ends:
        """Sums of one form, (boxes, sums), of atoms (boxes, sums, atoms): the extremes over the ends of some of them."""
        coefficients = self._coefficients[np.array(operation.coefficients)]
        sums = []
        for corner in product((0, 1), repeat=len(shared := _shared(form))):
            chosen, total = dict(zip(shared, corner, strict=True)), [np.zeros(1), np.zeros(1)]
            for n, factors in enumerate(form):
                part = Ends(coefficients[:, n], coefficients[:, n])
                for a in factors:
                    ends = [x[..., a] for x in atoms]
                    part = _times(part, Ends(*[ends[chosen[a]]] * 2 if a in chosen else ends))
                total = [x + y for x, y in zip(total, part, strict=True)]
            sums.append(total)
        lows, highs = zip(*sums, strict=True)
        return Ends(np.minimum.reduce(lows), np.maximum.reduce(highs))


def _applied(function: str, argument: Ends) -> Ends:
    room, (least, most) = ROUNDING.get(function, 0.0), map(float, RANGE[function])
    lo, hi = (FUNCTIONS[function](x[..., 0]) for x in argument)
    return Ends(np.maximum(lo - room, least), np.minimum(hi + room, most))


def _times(x: Ends, y: Ends) -> Ends:
    products = [a * b for a in x for b in y]
    return Ends(np.minimum.reduce(products), np.maximum.reduce(products))


def _shared(form: Form) -> list[int]:
    """Atoms in which a sum is linear, but not in one place only: its extremes are at their ends."""
    counts = Counter(a for factors in form for a in {*factors})
    higher = {a for factors in form for a in factors if factors.count(a) > 1}
    return sorted((a for a, n in counts.items() if n > 1 and a not in higher), key=lambda a: -counts[a])[:CORNERS]


def readings(readout: Readout, coordinates: Sequence[Variable]) -> tuple[Floats, float]:
    """The readout's coefficients of the coordinates, and its constant."""
    place, found = {s: n for n, s in enumerate(coordinates)}, np.zeros(len(coordinates))
    for s, x in readout.terms:
        found[place[s]] += value(x, {})[0]
    return found, value(readout.constant, {})[0]
