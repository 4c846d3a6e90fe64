"""The affine hull of points, with free columns (Karr 1976).  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from flint import fmpq

Point = list[fmpq]


@dataclass
class Hull:
    """The smallest affine space that holds the points. It grows at most as often as there are columns, plus one."""

    order: Sequence[int]  # columns that are free first
    base: Point | None = None
    rows: list[tuple[int, Point]] = field(default_factory=list)  # (pivot, direction), reduced

    def add(self, point: Sequence[fmpq]) -> bool:
        """Whether the space grows with the point."""
        if self.base is None:
            self.base = list(point)
            return True
        rest = self._reduced([x - y for x, y in zip(point, self.base, strict=True)])
        pivot = next((j for j in self.order if rest[j]), None)
        if pivot is None:
            return False
        row = [x / rest[pivot] for x in rest]
        self.rows = [(p, [x - other[pivot] * y for x, y in zip(other, row, strict=True)]) for p, other in self.rows]
        self.rows.append((pivot, row))
        self._reorder()
        return True

    def _reduced(self, rest: Point) -> Point:
        for pivot, row in self.rows:
            if factor := rest[pivot]:
                rest = [x - factor * y for x, y in zip(rest, row, strict=True)]
        return rest

    def _reorder(self) -> None:
        """Echelon form once more, so that the free columns are the first that can be."""
        rows, self.rows = [row for _, row in self.rows], []
        left = rows
        for j in self.order:
            lead = next((row for row in left if row[j]), None)
            if lead is None:
                continue
            one = [x / lead[j] for x in lead]
            left = [[x - row[j] * y for x, y in zip(row, one, strict=True)] for row in left if row is not lead]
            self.rows = [(p, [x - row[j] * y for x, y in zip(row, one, strict=True)]) for p, row in self.rows]
            self.rows.append((j, one))

    @property
    def free(self) -> list[int]:
        return [pivot for pivot, _ in self.rows]

    def form(self, column: int) -> tuple[dict[int, fmpq], fmpq]:
        """A column as an affine form in the free ones: coefficients, constant."""
        base = self.base or []
        coefficients = {pivot: row[column] for pivot, row in self.rows if row[column]}
        return coefficients, base[column] - sum((c * base[p] for p, c in coefficients.items()), fmpq(0))
