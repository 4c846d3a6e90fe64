"""auto for equations, order and distance: facts in scope, what is known of every function, and a certificate.  UNTRUSTED.

The equations in scope rewrite everything; ranges and monotone functions add facts; a linear program finds
numbers q >= 0 with right - left = sum of q times products of facts; minima and maxima that stand in the
way are split into cases. The kernel's `arithmetic` then makes the theorem, or refuses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import combinations
from typing import Any

import sympy
from flint import fmpq
from sympy import Abs, Expr, Max, Min, Pow, Rational, tanh
from sympy.core.function import AppliedUndef

from symlstm.kernel.algebra import Term
from symlstm.kernel.logic.bounds import absolute_value, arithmetic, cases, extremum, monotone, positive, sides
from symlstm.kernel.logic.induction import induction
from symlstm.kernel.logic.propositions import (
    Equal,
    Less,
    LessEqual,
    Relation,
    Within,
    assume,
    real,
    specialise,
)
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.activations import sigmoid
from symlstm.proof.certificates import Miss, certificate
from symlstm.proof.quotients import Quotient, expression, negative, product, quotient, total, whole

ROUNDS = 8  # of rewriting
INCREASING = (sigmoid, tanh, sympy.exp)
HOLE = real("z'")


class NotFound(RuleError):
    """auto stopped: the goal, and what is in the way."""

    def __init__(self, goal: object, why: str) -> None:
        super().__init__("auto", goal, why)


def prove(goal: Any, facts: Sequence[Theorem] = (), depth: int = 3) -> Theorem:
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


@dataclass
class Search:
    """One goal of order."""

    goal: Relation
    given: tuple[Theorem, ...]
    depth: int
    missing: list[str] = field(default_factory=list)

    def theorem(self) -> Theorem:
        equations = [f for f in self.given if isinstance(f.conclusion, Equal)]
        orders = [*self._orders()]
        for expand in (False, True):
            attempt = Attempt(self.goal, self.given, expand)
            for extra in (orders, [*orders, *self._ranges(orders)]):
                if (found := attempt.certified(extra, self.missing)) is not None:
                    return found
            if isinstance(self.goal, Equal):
                continue
        if not isinstance(self.goal, Equal):
            more = [*orders, *self._ranges(orders), *self._monotone(orders, equations)]
            for expand in (False, True):
                if (found := Attempt(self.goal, self.given, expand).certified(more, self.missing)) is not None:
                    return found
            if (split := self._by_cases()) is not None:
                return split
        raise NotFound(self.goal, min(self.missing, key=len) if self.missing else "a certificate of degree 3")

    def _orders(self) -> Iterator[Theorem]:
        """The orders in scope; a distance gives two."""
        for fact in self.given:
            if isinstance(fact.conclusion, Less | LessEqual):
                yield fact
            elif isinstance(fact.conclusion, Within):
                yield from sides(fact)

    def _said(self, facts: Sequence[Theorem]) -> list[Expr]:
        return [self.goal.rhs - self.goal.lhs, *(f.conclusion.rhs - f.conclusion.lhs for f in facts)]

    def _ranges(self, orders: Sequence[Theorem]) -> list[Theorem]:
        """What is known of each function that occurs: 0 < sigmoid < 1, 0 < e^x, -1 < tanh < 1, min <= a, a <= max."""
        found: dict[Any, Theorem] = {}
        said = [*self._said(orders), *(f.conclusion.rhs for f in self.given if isinstance(f.conclusion, Equal))]
        nodes = dict.fromkeys(node for e in said for node in sympy.preorder_traversal(e))
        for node in sorted(nodes, key=str):
            for theorem in _ranges_of(node):
                found.setdefault(theorem.conclusion, theorem)
        return [*found.values()]

    def _monotone(self, orders: Sequence[Theorem], equations: Sequence[Theorem]) -> Iterator[Theorem]:
        """f(a) <= f(b) for arguments that compare, and 0 <= tanh(a) for 0 <= a."""
        if not self.depth:
            return
        said = self._said(orders)
        for function in INCREASING:
            nodes = dict.fromkeys(node for e in said for node in e.atoms(function))
            arguments = [node.args[0] for node in nodes]
            if function == tanh:
                arguments.append(sympy.Integer(0))
            for a, b in combinations(arguments, 2):
                for low, high in ((a, b), (b, a)):
                    if (ordered := self._compared(low, high)) is not None:
                        yield monotone(ordered, function)
                        break

    def _compared(self, low: Expr, high: Expr) -> Theorem | None:
        for kind in (Less, LessEqual):
            try:
                return prove(kind(low, high), self.given, self.depth - 1)
            except (RuleError, Unsupported):
                continue
        return None

    def _by_cases(self) -> Theorem | None:
        """The goal with each argument of a minimum or maximum in its place."""
        if not self.depth:
            return None
        for m in sorted(self.goal.atoms(Min, Max), key=str):
            shape = self.goal.xreplace({m: HOLE})
            try:
                parts = [prove(shape.xreplace({HOLE: a}), self.given, self.depth - 1) for a in m.args]
            except (RuleError, Unsupported):
                continue
            return cases(shape, HOLE, m, *parts)
        return None


def _ranges_of(node: Expr) -> Iterator[Theorem]:
    if isinstance(node, sigmoid):
        yield from (positive(node), positive(1 - node))
    elif isinstance(node, tanh):
        yield from (positive(1 - node), positive(1 + node))
    elif isinstance(node, sympy.exp):
        yield positive(node)
    elif isinstance(node, Min | Max):
        yield from (extremum(node, argument) for argument in node.args)
    elif isinstance(node, Abs):
        yield from (extremum(node, side) for side in (node.args[0], -node.args[0]))
    elif isinstance(node, Pow) and not node.exp.is_Integer:
        try:
            yield positive(node)
            yield _power_at_most_one(node.base, node.exp)
        except RuleError:
            return


@cache
def _power_at_most_one(base: Expr, t: Expr) -> Theorem:
    """base^t <= 1 by induction over t, for a base between 0 and 1 by its form."""
    room, size, now = positive(1 - base), positive(base), assume(LessEqual(base**t, 1))
    step = arithmetic(LessEqual(base ** (t + 1), 1), (1, room), (1, size, now))
    return specialise(induction(LessEqual(base**t, 1), t, arithmetic(LessEqual(1, 1)), step), t)


@dataclass
class Attempt:
    """One normal form: as it is written, or by exponentials."""

    goal: Relation
    given: Sequence[Theorem]
    expand: bool

    def certified(self, orders: Sequence[Theorem], missing: list[str]) -> Theorem | None:
        """By a certificate; None, and the nearest miss told, if there is none."""
        rules = self._rules()
        difference = self._reduced(quotient(self.goal.rhs - self.goal.lhs, self.expand), rules)
        if isinstance(self.goal, Equal):
            orders = ()
        known = [self._reduced(quotient(f.conclusion.rhs - f.conclusion.lhs, self.expand), rules) for f in orders]
        strict = [isinstance(f.conclusion, Less) for f in orders]
        found = certificate(difference, known, strict, isinstance(self.goal, Less))
        if isinstance(found, Miss):
            missing.append(_told(found, self.goal))
            return None
        entries = [(Rational(int(q.p), int(q.q)), *(orders[n] for n in places)) for q, places in found]
        return self._theorem(entries, rules)

    def _theorem(self, entries: list[tuple[Any, ...]], rules: list[Rule]) -> Theorem:
        """The certificate, and the multiples of equations that make up the rest."""
        parts = [quotient(self.goal.rhs - self.goal.lhs, self.expand)]
        for q, *theorems in entries:
            sizes = [quotient(f.conclusion.rhs - f.conclusion.lhs, self.expand) for f in theorems]
            parts.append(negative(product([quotient(q), *sizes])))
        rest = total(parts)
        for _ in range(ROUNDS):
            before = rest
            for rule in rules:
                multiple, rest = rule.applied(rest)
                if multiple is not None:
                    entries.append((-rule.side * whole(multiple), rule.equation))
            if rest == before:
                break
        positive_divisors = [f for f in self.given if isinstance(f.conclusion, Less) and f.conclusion.lhs == 0]
        return arithmetic(self.goal, *entries, divisors=tuple(positive_divisors))

    def _rules(self) -> list[Rule]:
        found = []
        for equation in (f for f in self.given if isinstance(f.conclusion, Equal)):
            for side in (1, -1):
                rule = Rule.of(equation, side, self.expand)
                if rule is not None:
                    found.append(rule)
                    break
        return found

    def _reduced(self, x: Quotient, rules: list[Rule]) -> Quotient:
        for _ in range(ROUNDS):
            before = x
            for rule in rules:
                _, x = rule.applied(x)
            if x == before:
                return x
        return x


@dataclass(frozen=True)
class Rule:
    """An equation read as atom -> value; `side` is 1 if the atom is on its left."""

    equation: Theorem
    atom: Expr
    value: Quotient
    side: int

    @staticmethod
    def of(equation: Theorem, side: int, expand: bool) -> Rule | None:
        left, right = equation.conclusion.args[::side]
        if not isinstance(left, AppliedUndef | sympy.Sum) or right.has(left):
            return None
        return Rule(equation, left, quotient(right, expand), side)

    def applied(self, x: Quotient) -> tuple[Quotient | None, Quotient]:
        """x = multiple * (atom - value) + x with the value for the atom, at top level."""
        powers = x.numerator.coefficients(self.atom)
        if set(powers) == {0} or not powers:
            return None, x
        a = Quotient(Term({frozenset({(self.atom, 1)}): fmpq(1)}), Counter())
        kept, multiples = [], []
        for n, c in powers.items():
            part = Quotient(c, x.divisors)
            kept.append(product([part, *[self.value] * n]))
            multiples += [product([part, *[a] * j, *[self.value] * (n - 1 - j)]) for j in range(n)]
        return total(multiples), total(kept)


def _told(miss: Miss, goal: Relation) -> str:
    """The nearest miss in words."""
    terms = [expression(Term({mono: c})) for mono, c in miss.terms[:3]]
    if not terms:
        return "facts whose products add up to the difference of the two sides"
    return f"a fact that bounds the term{'s' if len(terms) > 1 else ''} {', '.join(map(str, terms))} of the difference"
