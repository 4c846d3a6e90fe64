"""auto for equations, order and distance: facts in scope, what is known of every function, and a certificate.  UNTRUSTED.

The equations in scope rewrite everything; ranges and monotone functions add facts; a linear program finds
numbers q >= 0 with right - left = sum of q times products of facts; minima and maxima that stand in the
way are split into cases. The kernel's `arithmetic` then makes the theorem, or refuses.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Apply, Term, Variable
from symlstm.kernel.logic.bounds import absolute_value, cases, monotone, positive, sides
from symlstm.kernel.logic.propositions import (
    Equal,
    Less,
    LessEqual,
    Relation,
    Within,
    divisors,
    mapped,
    replaced,
    rewrite,
    specialise,
    substituted,
)
from symlstm.kernel.logic.quotients import (
    CURVES,
    quotient,
)
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.proof import ranges
from symlstm.proof.attempts import Attempt
from symlstm.proof.certificates import DEGREE, Product
from symlstm.proof.kept import current, fingerprint

DEPTH = 3  # of goals within goals
INCREASING = {"sigmoid": algebra.sigmoid, "tanh": algebra.tanh, "exp": algebra.exp}
HOLE = Variable("z'")
NOTHING: dict[str, Any] = {"attempt": None}  # kept of a goal without a certificate


class NotFound(RuleError):
    """auto stopped: the goal, and what is in the way."""

    def __init__(self, goal: object, why: str) -> None:
        super().__init__("auto", goal, why)


def prove(goal: Any, facts: Sequence[Theorem] = (), depth: int = DEPTH) -> Theorem:
    """A theorem with the goal as its conclusion, from facts in scope; raises NotFound with the nearest miss."""
    for fact in facts:
        if fact.conclusion == goal:
            return fact
    if isinstance(goal, Within):
        return _distance(goal, facts, depth)
    if not isinstance(goal, Relation):
        raise NotFound(goal, "an equation, an order or a distance")
    return Search(goal, tuple(facts), depth).theorem()


def _distance(goal: Within, facts: Sequence[Theorem], depth: int) -> Theorem:
    """|v - c| <= b by its two sides."""
    below = prove(LessEqual(goal.centre - goal.bound, goal.value), facts, depth)
    above = prove(LessEqual(goal.value, goal.centre + goal.bound), facts, depth)
    return absolute_value(goal, below, above)


def quickly(goal: Within, facts: Sequence[Theorem]) -> Theorem:
    """A distance from products of two facts at most, as they are written."""
    below, above = LessEqual(goal.centre - goal.bound, goal.value), LessEqual(goal.value, goal.centre + goal.bound)
    return absolute_value(
        goal, *(Search(p, tuple(facts), 0, degree=2, forms=(False,)).theorem() for p in (below, above))
    )


@dataclass
class Search:
    """One goal of order."""

    goal: Relation
    given: tuple[Theorem, ...]
    depth: int
    missing: list[str] = field(default_factory=list)
    degree: int = DEGREE
    forms: tuple[bool, ...] = (False, True)  # by exponentials or not
    products: list[Any] = field(default_factory=list)  # of the certificate that was found

    def theorem(self) -> Theorem:
        """What was kept for this goal, if the kernel takes it; else a search."""
        key = fingerprint(self.goal, self.depth, self.degree, self.forms, *(f.conclusion for f in self.given))
        entry = current().get(key)
        if entry is not None:
            if entry == NOTHING and self.depth < DEPTH:
                raise NotFound(self.goal, "a certificate, which was looked for in vain")
            try:
                if entry != NOTHING and (again := self._again(entry)) is not None:
                    return again
            except (RuleError, ArithmeticError, LookupError, ValueError, TypeError):
                pass  # stale: searched again
        found, how = self._searched()
        current().put(key, how)
        if found is None:
            raise NotFound(self.goal, min(self.missing, key=len) if self.missing else "a certificate of degree 3")
        return found

    def _searched(self) -> tuple[Theorem | None, dict[str, Any]]:
        """The first of several attempts that succeeds, the cheap ones first, and how it is made again."""
        for place, attempt in enumerate(self._attempts()):
            if (found := attempt(None)) is not None:
                return found, {"attempt": place, "products": self.products}
        return None, NOTHING

    def _again(self, entry: dict[str, Any]) -> Theorem | None:
        """The attempt that succeeded, with its numbers."""
        products = [Product(fmpq(*map(int, q.split("/"))), tuple(places)) for q, places in entry["products"]]
        for place, attempt in enumerate(self._attempts()):
            if place == entry["attempt"]:
                return attempt(products)
        return None

    def _attempts(self) -> Iterator[Callable[[list[Product] | None], Theorem | None]]:
        """The facts in scope, also by exponentials; ranges too; squares; cases; monotone functions; by exponentials."""
        if isinstance(self.goal, Equal):
            yield from (partial(self._certified, expand, []) for expand in self.forms)
            return
        facts = [*self._orders()]
        yield partial(self._certified, False, facts)
        if facts and True in self.forms and self._has_curves():
            yield partial(self._certified, True, facts, degree=1)
        facts += self._ranges(facts)
        yield partial(self._certified, False, facts)
        if squares := self._squares():
            yield partial(self._certified, False, [*facts, *squares])
        if constants := self._constants(facts):
            yield partial(self._certified, False, [*facts, *constants])
        yield self._by_cases
        ordered = [*self._monotone(facts)]
        ordered += ranges.around(side for f in ordered for side in f.conclusion.args)
        if ordered:
            yield partial(self._certified, False, [*facts, *ordered])
        if True in self.forms:
            yield partial(self._certified, True, [*facts, *ordered])

    def _certified(
        self, expand: bool, facts: list[Theorem], products: list[Product] | None, degree: int = DEGREE
    ) -> Theorem | None:
        attempt = Attempt(self.goal, self.given, expand, products)
        found = attempt.certified(facts, self.missing, min(degree, self.degree))
        self.products = [[f"{q.p}/{q.q}", [*places]] for q, places in attempt.products or ()]
        return found

    def _has_curves(self) -> bool:
        """Whether the goal has a sigmoid or a tanh."""
        return any(a.function in CURVES for side in self.goal.args for a in algebra.applications(side))

    def _orders(self) -> Iterator[Theorem]:
        """The orders in scope; a distance gives two."""
        for fact in self.given:
            if isinstance(fact.conclusion, Less | LessEqual):
                yield fact
            elif isinstance(fact.conclusion, Within):
                yield from sides(fact)

    def _said(self, facts: Sequence[Theorem]) -> list[Term]:
        return [self.goal.rhs - self.goal.lhs, *(f.conclusion.rhs - f.conclusion.lhs for f in facts)]

    def _ranges(self, orders: Sequence[Theorem]) -> list[Theorem]:
        """What is known of all that occurs: 0 < sigmoid < 1, 0 < e^x, -1 < tanh < 1, min <= a, a <= max, 0 <= t."""
        found: dict[Any, Theorem] = {}
        said = [*self._said(orders), *(f.conclusion.rhs for f in self.given if isinstance(f.conclusion, Equal))]
        nodes = sorted(
            {a for term in said for a in algebra.applications(term)}, key=str
        )  # kept certificates count them
        known = [theorem for node in nodes for theorem in ranges.of_application(node)]
        exponentials = sorted({e for term in said for e in ranges.exponentials(term)}, key=str)
        naturals = sorted(
            {v for term in said for mono in term.monomials for v, _ in mono if ranges.is_natural_variable(v)}, key=str
        )
        known += [ranges.of_natural(v) for v in naturals]
        for theorem in (*known, *map(positive, exponentials)):
            found.setdefault(theorem.conclusion, theorem)
        return [*found.values()]

    def _constants(self, orders: Sequence[Theorem]) -> list[Theorem]:
        """Rational numbers around the constants that occur."""
        return ranges.around(self._said(orders))

    def _squares(self) -> list[Theorem]:
        """0 <= q^2 for the squares that the difference of the two sides asks for: one completed after the other."""
        attempt = Attempt(self.goal, self.given, False)
        p = attempt.difference().numerator
        found = {Term({frozenset((a, n // 2) for a, n in mono): fmpq(1)}) for mono in p.monomials if _is_even(mono)}
        for a in sorted({a for mono in p.monomials for a, n in mono if n == 2}, key=str):
            powers = p.coefficients(a)
            c = powers.get(2, ZERO).rational()
            if {*powers} <= {0, 1, 2} and c:
                root = algebra.atom(a) + powers.get(1, ZERO).scaled(1 / (2 * c))
                found.add(root)
                p = p - (root * root).scaled(c)
        return [specialise(ranges.square(), root) for root in sorted(found, key=str) if not divisors(root)]

    def _monotone(self, orders: Sequence[Theorem]) -> Iterator[Theorem]:
        """f(a) <= f(b) for arguments that compare, and 0 <= tanh(a) for 0 <= a."""
        if not self.depth:
            return
        terms = [quotient(e).numerator for e in self._said(orders)]
        nodes = dict.fromkeys(a for term in terms for mono in term.monomials for a, _ in mono if isinstance(a, Apply))
        for name, function in INCREASING.items():
            arguments = [a.argument for a in nodes if a.function == name]
            numbers = [x for f in orders for x in _numbers_beside(f, arguments)]
            arguments = [
                *dict.fromkeys([*arguments, *numbers, *([ZERO] if name == "tanh" or len(arguments) < 3 else [])])
            ]
            for a, b in combinations(arguments, 2):
                for low, high in ((a, b), (b, a)):
                    if (ordered := self._compared(low, high)) is not None:
                        yield monotone(ordered, function)
                        break

    def _compared(self, low: Term, high: Term) -> Theorem | None:
        for kind in (Less, LessEqual):
            try:
                return Search(kind(low, high), self.given, min(self.depth - 1, 1), degree=2, forms=(False,)).theorem()
            except (RuleError, Unsupported):
                continue
        return None

    def _by_cases(self, products: list[Product] | None = None) -> Theorem | None:
        """The goal with each argument of a minimum or maximum in its place."""
        if not self.depth:
            return None
        said = dict.fromkeys(a for side in self.goal.args for a in algebra.applications(side))
        for m in sorted((a for a in said if a.function in ranges.EXTREMES), key=str):
            shape = with_hole(self.goal, algebra.atom(m))
            try:
                parts = [prove(substituted(shape, {HOLE: a}), self.given, self.depth - 1) for a in ranges.choices(m)]
            except (RuleError, Unsupported):
                continue
            return cases(shape, HOLE, algebra.atom(m), *parts)
        return self._unfolded_cases()

    def _unfolded_cases(self) -> Theorem | None:
        """The goal with a minimum, a maximum or an absolute value in the place of what is defined as it."""
        for fact in (f for f in self.given if isinstance(f.conclusion, Equal)):
            left, right = fact.conclusion.args
            put_in = mapped(self.goal, partial(replaced, old=left, new=right))
            if put_in != self.goal and any(a.function in ranges.EXTREMES for a in algebra.applications(right)):
                try:
                    found = rewrite(prove(put_in, self.given, self.depth - 1), fact, right_to_left=True)
                except (RuleError, Unsupported):
                    continue
                if found.conclusion == self.goal:
                    return found
        return None


def _numbers_beside(order: Theorem, arguments: Sequence[Term]) -> list[Term]:
    """The number that an order compares with one of the arguments."""
    low, high = order.conclusion.args
    return [x for x, other in ((low, high), (high, low)) if x.rational() is not None and other in arguments]


def _is_even(mono: algebra.Monomial) -> bool:
    return bool(mono) and all(n > 0 and n % 2 == 0 for _, n in mono)


def with_hole(p: Any, m: Term) -> Any:
    """The proposition with a hole for a term in it."""
    return mapped(p, lambda x: replaced(x, m, algebra.atom(HOLE)))
