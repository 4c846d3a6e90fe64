"""Linear programming over an ordered field, exactly.  UNTRUSTED: its answers are certificates, checked elsewhere.

The two-phase simplex method with Bland's rule (Bland 1977; Chvatal, Linear Programming, 1983,
chapters 3 and 8), on a dense tableau: the programs here have a few rows and a few dozen
columns. Entries are of any type with + - * /, truth (not 0) and comparison with the int 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

Scalar = Any  # Fraction, or ordered_field.Number
Coefficients = list[Scalar]


class Infeasible(Exception):
    """No x >= 0 satisfies rows . x = right: y . rows <= 0 and y . right > 0 for y = `separating` (Farkas 1902)."""

    def __init__(self, separating: list[Scalar]) -> None:
        super().__init__("no solution >= 0")
        self.separating = separating


class Unbounded(Exception):
    """The costs have no lower bound."""


@dataclass(frozen=True)
class Optimum:
    """The least cost, the x that attains it, and prices y: least cost = right . y, and y A <= costs."""

    value: Scalar
    x: list[Scalar]
    prices: list[Scalar]


def minimise(costs: Sequence[Scalar], rows: Sequence[Sequence[Scalar]], right: Sequence[Scalar]) -> Optimum:
    """The least costs . x subject to rows . x = right, x >= 0; raises Infeasible or Unbounded."""
    tableau = _Tableau(rows, right)
    tableau.run([tableau.zero] * len(costs), [tableau.one] * len(rows), len(tableau.body[0]) - 1)
    if tableau.cost() > 0:
        raise Infeasible(tableau.prices([tableau.one] * len(rows)))
    tableau.expel()
    tableau.run([*costs], [tableau.zero] * len(rows), len(costs))
    return tableau.optimum(len(costs))


class _Tableau:
    """Rows (A | I | b) reduced to the basis; the columns of I are artificial and keep the basis inverse."""

    def __init__(self, rows: Sequence[Sequence[Scalar]], right: Sequence[Scalar]) -> None:
        self.zero, self.one = right[0] - right[0], _one(rows, right)
        self.flipped = [b < 0 for b in right]
        self.body: list[Coefficients] = []
        for i, (row, b) in enumerate(zip(rows, right, strict=True)):
            signed = [-x for x in (*row, b)] if self.flipped[i] else [*row, b]
            unit = [self.one if i == j else self.zero for j in range(len(rows))]
            self.body.append([*signed[:-1], *unit, signed[-1]])
        self.width = len(rows[0])
        self.basis = [self.width + i for i in range(len(rows))]
        self.reduced: Coefficients = []

    def run(self, costs: Coefficients, artificial: Coefficients, columns: int) -> None:
        """From a feasible basis to an optimal one, with entering columns among the first `columns`."""
        full = [*costs, *artificial, self.zero]
        self.reduced = [*full]
        for row, b in zip(self.body, self.basis, strict=True):
            self.reduced = _less(self.reduced, full[b], row)
        while (entering := next((j for j in range(columns) if self.reduced[j] < 0), None)) is not None:
            self.pivot(self._leaving(entering), entering)

    def _leaving(self, entering: int) -> int:
        """The row of the least ratio, of those the least basic variable: Bland's rule."""
        best: tuple[Scalar, int] | None = None
        for i, row in enumerate(self.body):
            if row[entering] > 0:
                ratio = row[-1] / row[entering]
                step = self.zero if best is None else ratio - best[0]
                if best is None or step < 0 or (not step and self.basis[i] < self.basis[best[1]]):
                    best = ratio, i
        if best is None:
            raise Unbounded
        return best[1]

    def pivot(self, leaving: int, entering: int) -> None:
        pivot = self.body[leaving][entering]
        self.body[leaving] = [x / pivot if x else x for x in self.body[leaving]]
        for i, row in enumerate(self.body):
            if i != leaving:
                self.body[i] = _less(row, row[entering], self.body[leaving])
        self.reduced = _less(self.reduced, self.reduced[entering], self.body[leaving])
        self.basis[leaving] = entering

    def expel(self) -> None:
        """Artificial variables out of the basis, at value 0; a row where none can leave is a sum of others, and 0."""
        for i, b in enumerate(self.basis):
            column = next((j for j in range(self.width) if self.body[i][j]), None) if b >= self.width else None
            if column is not None:
                self.pivot(i, column)

    def cost(self) -> Scalar:
        return -self.reduced[-1]

    def optimum(self, columns: int) -> Optimum:
        x = [self.zero] * columns
        for row, b in zip(self.body, self.basis, strict=True):
            if b < columns:
                x[b] = row[-1]
        return Optimum(self.cost(), x, self.prices([self.zero] * len(self.body)))

    def prices(self, artificial: Coefficients) -> list[Scalar]:
        """Of the equations as given, where the artificial variables have these costs."""
        found = [cost - y for cost, y in zip(artificial, self.reduced[self.width : -1], strict=True)]
        return [-y if flipped else y for y, flipped in zip(found, self.flipped, strict=True)]


def _one(rows: Sequence[Sequence[Scalar]], right: Sequence[Scalar]) -> Scalar:
    some = next(x for x in (*right, *(x for row in rows for x in row)) if x)
    return some / some


def _less(row: Coefficients, factor: Scalar, other: Coefficients) -> Coefficients:
    """row - factor * other."""
    return [x - factor * y if y else x for x, y in zip(row, other, strict=True)] if factor else row


def combination(vectors: Sequence[Sequence[Scalar]], target: Sequence[Scalar]) -> list[Scalar]:
    """Numbers >= 0 with sum of number * vector = target; raises Infeasible if there are none (Farkas 1902)."""
    zero = target[0] - target[0]
    if not any(target):
        return [zero] * len(vectors)
    return minimise([zero] * len(vectors), [*zip(*vectors, strict=True)], target).x


def widest(
    forms: Sequence[Sequence[Scalar]], bounds: Sequence[Scalar | None], one: Scalar
) -> tuple[Scalar, list[Scalar], list[Scalar]]:
    """The largest mu with form(p) >= mu for each form and |p_j| <= bounds[j] (None: no bound); (mu, p, multipliers).

    A form is its coefficients, then its constant. Solved by the dual program: the least sum of
    m_i constant_i + sum of n_j bound_j with sum of m_i = 1 and the parameters cancelled; its
    prices are (-p, mu). Raises Infeasible if mu has no upper bound.
    """
    zero, size = one - one, len(bounds)
    sides = [(j, sign, b) for j, b in enumerate(bounds) if b is not None for sign in (one, -one)]
    walls = [([sign if i == j else zero for i in range(size)], b) for j, sign, b in sides]
    columns = [[*form[:-1], one] for form in forms] + [[*wall, zero] for wall, _ in walls]
    costs = [*(form[-1] for form in forms), *(b for _, b in walls)]
    found = minimise(costs, [*zip(*columns, strict=True)], [*[zero] * size, one])
    return found.value, [-y for y in found.prices[:-1]], found.x
