"""Breaks long formulas into lines at relations, sums and products, the same in every output.

No engine breaks displayed mathematics, so this is decided here, by an estimate of the width.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from symlstm.render.formulas.formula import (
    Fence,
    Formula,
    Letter,
    Matrix,
    Named,
    Number,
    Quoted,
    Quotient,
    Row,
    Script,
    Sign,
    Text,
    row,
)

WIDTH = 72  # columns of a line, a column being about a digit
INDENT = 4  # columns that a further line is moved in
SPACES = {"quad": 2.0, "thin": 0.3}
SMALL = 0.7  # scripts
QUAD = Sign("quad")


def width(formula: Formula | None) -> float:
    """Columns that a formula takes, about."""
    if formula is None:
        return 0.0
    if isinstance(formula, Letter | Number | Named | Text | Quoted):
        return 1.1 * len(formula.text) + 0.3 * isinstance(formula, Named)
    if isinstance(formula, Sign):
        return SPACES.get(formula.name, {"relation": 2.6, "sum": 2.4}.get(formula.spelling.role, 1.0))
    return _compound(formula)


def _compound(formula: Row | Script | Quotient | Fence | Matrix) -> float:
    if isinstance(formula, Row):
        return sum(map(width, formula.parts))
    if isinstance(formula, Script):
        scripts = SMALL * max(width(formula.below), width(formula.above))
        return max(scripts, width(formula.base)) if formula.limits else scripts + width(formula.base)
    if isinstance(formula, Quotient):
        return max(width(formula.top), width(formula.bottom)) + 0.5
    if isinstance(formula, Fence):
        return width(formula.body) + 1.6
    return 2.0 + sum(1.5 + max(map(width, column)) for column in zip(*formula.rows, strict=True))


def packed(formulas: Iterable[Formula], limit: float = WIDTH) -> Iterator[Formula]:
    """The formulas, as many on a line as fit, with wide spaces between them."""
    line: list[Formula] = []
    for found in formulas:
        if line and sum(map(width, line)) + 4 * len(line) + width(found) > limit:
            yield row(*line)
            line = []
        line += [QUAD, QUAD, found] if line else [found]
    if line:
        yield row(*line)


@dataclass(frozen=True)
class Opening:
    """A delimiter by itself, of a fence that goes over a line's end."""

    mark: str


Piece = Formula | Opening
Line = tuple[Piece, ...]


def lines(formula: Formula, limit: float = WIDTH) -> list[Line]:
    """The formula in lines no wider than the limit, where it can be broken."""
    parts: Sequence[Piece] = formula.parts if isinstance(formula, Row) else (formula,)
    if _width(parts) <= limit:
        return [tuple(parts)]
    flat = _opened(parts, limit - INDENT)
    chunks = [part for chunk in _chunks(flat) for part in _fitting(chunk, limit - INDENT)]
    return _filled(chunks, limit)


def _width(parts: Sequence[Piece]) -> float:
    return sum(1.0 if isinstance(part, Opening) else width(part) for part in parts)


def _opened(parts: Sequence[Piece], limit: float) -> list[Piece]:
    """The parts, with fences that alone are wider than a line taken apart."""
    flat: list[Piece] = []
    for part in parts:
        if isinstance(part, Fence) and width(part) > limit:
            body = part.body.parts if isinstance(part.body, Row) else (part.body,)
            flat += [Opening(part.marks[0]), *_opened(body, limit), Opening(part.marks[1])]
        else:
            flat.append(part)
    return flat


def _chunks(parts: Sequence[Piece]) -> list[list[Piece]]:
    """Pieces that stay together: a new one begins at a relation, a binary sign, between factors and after a space.

    What follows a wide space is a side remark and breaks at wide spaces only.
    """
    chunks: list[list[Piece]] = [[]]
    aside = False
    for n, part in enumerate(parts):
        before = parts[n - 1] if n else None
        aside = aside or before == QUAD
        if chunks[-1] and (before == QUAD or (not aside and _may_begin(part, before))):
            chunks.append([])
        chunks[-1].append(part)
    return chunks


def _fitting(chunk: list[Piece], limit: float) -> list[list[Piece]]:
    """A chunk; a list that is too long for a line is cut after its commas."""
    parts: list[list[Piece]] = [[]]
    for before, part in zip([None, *chunk], chunk, strict=False):
        parts += [[]] if before == Sign("thin") and _width(chunk) > limit else []
        parts[-1].append(part)
    return parts


def _may_begin(part: Piece, before: Piece | None) -> bool:
    """Whether a line may begin with the part: a relation, a binary sign, or a fenced factor after another."""
    if isinstance(part, Sign) and part.spelling.role == "sum":
        opened = isinstance(before, Opening) and before.mark not in ")]}"
        return not (before is None or opened or _is_relation(before))
    between = isinstance(before, Fence) and isinstance(part, Fence | Quotient)
    return _is_relation(part) or between or before == Sign("thin")


def _is_relation(part: Piece) -> bool:
    return isinstance(part, Sign) and part.spelling.role == "relation"


def _filled(chunks: Sequence[list[Piece]], limit: float) -> list[Line]:
    """As many chunks on each line as fit. A relation begins a line if what follows it up to the next does not fit."""
    found: list[list[Piece]] = [[]]
    for n, chunk in enumerate(chunks):
        room = limit - INDENT * (len(found) > 1) - _width(found[-1])
        rest = _clause(chunks[n:]) if _is_relation(chunk[0]) else _width(chunk)
        too_long = _width(chunk) > room or (rest > room and rest <= limit - INDENT)
        if found[-1] and too_long:
            found.append([])
        found[-1] += chunk
    return [_trimmed(line) for line in found]


def _clause(chunks: Sequence[list[Piece]]) -> float:
    """The width up to the next relation or side remark."""
    total = _width(chunks[0])
    for before, chunk in pairwise(chunks):
        if _is_relation(chunk[0]) or before[-1] == QUAD:
            break
        total += _width(chunk)
    return total


def _trimmed(line: list[Piece]) -> Line:
    while line and isinstance(line[-1], Sign) and line[-1].spelling.role == "space":
        line = line[:-1]
    return tuple(line)
