"""Certificates of order: a difference as a sum of nonnegative multiples of products of known ones.  UNTRUSTED.

    difference = sum of q_j * (product of some known differences),  q_j >= 0 rational

Handelman's and Krivine's certificates (1988, 1964), of growing degree. What has no chance is left
out first, the numbers are found by exact linear programming, and the kernel's `arithmetic` checks them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import NamedTuple

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Monomial, Term, Variable, total
from symlstm.kernel.logic.quotients import UNIT, Quotient, common_divisors, product, quotient, with_common_roots
from symlstm.proof.linear_programming import Infeasible, Unbounded, minimise

DEGREE = 3  # factors of a product
COLUMNS = 1500  # products that are tried at once
ENTRIES = 30000  # of the linear program
CEILING = fmpq(10**9)  # of the sum of the multipliers that make an order strict


Columns = dict[tuple[int, ...], Term]


class Product(NamedTuple):
    """q times the product of some known differences, by their places; no place is the number 1."""

    q: fmpq
    places: tuple[int, ...]


@dataclass(frozen=True)
class Miss:
    """Why there is no certificate: terms of the difference that no product can make up for."""

    terms: tuple[tuple[Monomial, fmpq], ...]


def certificate(
    difference: Quotient, known: Sequence[Quotient], strict: Sequence[bool], is_strict: bool, degree: int = DEGREE
) -> list[Product] | Miss:
    """Products that add up to the difference, by as few factors as will do; or what is in the way."""
    found: list[Product] | Miss = Miss(tuple(difference.numerator.monomials.items()))
    for factors in range(1, degree + 1):
        products = dict(_products(known, factors))
        common = common_divisors([difference, *products.values()])
        goal, *terms = _with_common_roots([difference.over(common), *(x.over(common) for x in products.values())])
        found = _solved(goal, dict(zip(products, terms, strict=True)), strict, is_strict)
        if not isinstance(found, Miss):
            return found
    return found


def _with_common_roots(terms: list[Term]) -> list[Term]:
    """The same values with powers of the same exponentials in all of them: e^(x/2) e^(x/2) and e^x are one."""
    atoms = {a for term in terms for mono in term.monomials for a, _ in mono if isinstance(a, Apply)}
    exponents = [*{(mono, c.q) for a in atoms if a.function == "exp" for mono, c in a.argument.monomials.items()}]
    if len({mono for mono, _ in exponents}) == len(exponents):
        return terms
    places = [Variable(f"column {n}") for n in range(len(terms))]  # each marks its term in one sum
    joint = with_common_roots(total(term * algebra.atom(v) for term, v in zip(terms, places, strict=True)))
    found: dict[Variable, dict[Monomial, fmpq]] = {v: {} for v in places}
    for mono, c in joint.monomials.items():
        [mark] = [(a, n) for a, n in mono if a in found]
        found[mark[0]][mono - {mark}] = c
    return [Term(part) for part in found.values()]


def _solved(difference: Term, columns: Columns, strict: Sequence[bool], is_strict: bool) -> list[Product] | Miss:
    columns, missing = _with_a_chance(columns, difference.monomials)
    if missing:
        return Miss(tuple((mono, difference.monomials[mono]) for mono in missing))
    if not difference.monomials and not is_strict:
        return []
    places, rows = [*columns], [*{mono: None for term in columns.values() for mono in term.monomials}]
    if len(places) * len(rows) > ENTRIES:
        return Miss(())
    matrix = [[columns[place].monomials.get(mono, fmpq(0)) for place in places] for mono in rows]
    right = [difference.monomials.get(mono, fmpq(0)) for mono in rows]
    positive = [all(strict[n] for n in place) for place in places]
    numbers = _solution(matrix, right, positive if is_strict else None)
    if numbers is None:
        return Miss(())
    return [Product(q, place) for q, place in zip(numbers, places, strict=True) if q]


def _products(known: Sequence[Quotient], degree: int) -> Iterator[tuple[tuple[int, ...], Quotient]]:
    """The number 1, then products of one factor, of two, and so on; no more than COLUMNS."""
    yield (), quotient(UNIT)
    count = 1
    for factors in range(1, degree + 1):
        for places in combinations_with_replacement(range(len(known)), factors):
            count += 1
            if count > COLUMNS:
                return
            yield places, product([known[n] for n in places])


def _with_a_chance(columns: Columns, goal: Mapping[Monomial, fmpq]) -> tuple[Columns, list[Monomial]]:
    """Without the products whose terms cannot cancel; and the terms of the goal that then nothing makes up.

    A term that is not in the goal, and has one sign in all products that have it, cannot cancel.
    """
    while True:
        signs: dict[Monomial, set[bool]] = {}
        for term in columns.values():
            for mono, c in term.monomials.items():
                signs.setdefault(mono, set()).add(c > 0)
        lonely = {mono for mono, found in signs.items() if len(found) == 1 and mono not in goal}
        wrong = {mono for mono, found in signs.items() if mono in goal and found == {goal[mono] < 0}}
        missing = [mono for mono in goal if mono not in signs or mono in wrong]
        kept = {place: term for place, term in columns.items() if not lonely & term.monomials.keys()}
        if missing or len(kept) == len(columns):
            return kept, missing
        columns = kept


def _solution(matrix: list[list[fmpq]], right: list[fmpq], positive: list[bool] | None) -> list[fmpq] | None:
    """Numbers >= 0 with matrix . numbers = right; one of the `positive` ones above 0, if that is asked for."""
    zero = fmpq(0)
    if not matrix or not matrix[0]:
        return None
    width = len(matrix[0])
    try:
        if positive is None:
            return minimise([zero] * width, matrix, right).x
        capped = [[*row, zero] for row in matrix]
        cap = [*(fmpq(int(p)) for p in positive), fmpq(1)]
        found = minimise([*(fmpq(-int(p)) for p in positive), zero], [*capped, cap], [*right, CEILING]).x
    except (Infeasible, Unbounded):
        return None
    return found[:-1] if any(q and p for q, p in zip(found, positive, strict=False)) else None
