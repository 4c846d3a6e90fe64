"""auto for distances: |F(y) - F(r)| from |y_m - r_m|, step by step along what F is made of.  UNTRUSTED.

Definitions are unfolded, sums of weights times states go by the operator norm, sigmoid and tanh by their slope,
products by one factor after the other. What comes out is a bound; that it is at most the one asked for, is an order.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache
from itertools import product
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Monomial, Term, absolute, finite_sum, sigmoid, tanh
from symlstm.kernel.logic.bounds import absolute_value, positive, sides
from symlstm.kernel.logic.propositions import Equal, LessEqual, Relation, Within, replaced, rewrite
from symlstm.kernel.logic.quotients import certainly_positive
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.proof import lemmas, order
from symlstm.proof.attempts import is_defined
from symlstm.proof.lemmas import lipschitz, operator_norm, sigmoid_contraction, triangle, weaken
from symlstm.proof.order import NotFound

Spread = Callable[[Theorem, str], Theorem]
CURVES = {"sigmoid": sigmoid, "tanh": tanh}
ONE = algebra.rational(1)


def _by_slope(near: Theorem, function: str) -> Theorem:
    return lipschitz(near, CURVES[function])


def _by_contraction(near: Theorem, function: str) -> Theorem:
    return sigmoid_contraction(near) if function == "sigmoid" else _by_slope(near, function)


class OtherShape(NotFound):
    """The two sides are not made alike, so that no bound follows."""


def prove(goal: Within, facts: Sequence[Theorem]) -> Theorem:
    """A theorem with the distance as its conclusion; raises NotFound, or OtherShape, with what stood in the way."""

    @cache
    def found(spread: Spread) -> Theorem:
        distances = Distances(facts, spread)
        try:
            return distances.of(goal.value, goal.centre)
        except (RuleError, Unsupported) as refusal:
            kind = OtherShape if distances.entered == 1 else NotFound
            raise kind(goal, str(refusal)) from refusal

    for kind, spread in product((Equal, LessEqual), (_by_slope, _by_contraction)):
        wanted = kind(found(spread).conclusion.bound, goal.bound)
        try:
            return weaken(found(spread), order.prove(wanted, _about(wanted, facts)))
        except (RuleError, Unsupported):
            continue
    raise NotFound(goal, f"{found(_by_slope).conclusion.bound} <= {goal.bound}")


def _about(goal: Relation, facts: Sequence[Theorem]) -> list[Theorem]:
    """The equations and orders that share a sequence or a sum with the goal, or have none."""
    said = _defined(goal)
    relations = [fact for fact in facts if isinstance(fact.conclusion, Relation)]
    return [fact for fact in relations if not (own := _defined(fact.conclusion)) or own & said]


def _defined(p: Relation) -> set[Apply]:
    return {a for side in p.args for a in algebra.applications(side) if is_defined(a)}


class Distances:
    """Distances from facts in scope; `spread` makes one of sigmoid or tanh from one of their arguments."""

    def __init__(self, facts: Sequence[Theorem], spread: Spread) -> None:
        self.spread, self.unfolding, self.entered = spread, list[Theorem](), 0
        said = [(fact, fact.conclusion) for fact in facts]
        self.near = {(p.value, p.centre): fact for fact, p in said if isinstance(p, Within)}
        self.rows = {p.lhs: fact for fact, p in said if isinstance(p, LessEqual)}
        self.equations = {
            p.lhs: fact
            for fact, p in said
            if isinstance(p, Equal) and p.rhs.variable() is None and p.rhs.rational() is None
        }

    def of(self, u: Term, v: Term) -> Theorem:
        """|u - v| <= a bound that follows from their shape; raises NotFound."""
        self.entered += 1
        if u == v:
            return order.prove(Within(u, v, 0))
        if (known := self.near.get((u, v))) is not None:
            return known
        for equation in self._definitions(u) + self._definitions(v):
            if equation not in self.unfolding:
                return self._unfolded(u, v, equation)
        shared = Term({mono: c for mono, c in u.monomials.items() if v.monomials.get(mono) == c})
        if shared.monomials:
            near = self.of(u - shared, v - shared)
            return absolute_value(Within(u, v, near.conclusion.bound), *sides(near))
        if v == 1 and certainly_positive(1 - u):
            return order.prove(Within(u, v, 1 - u))
        return self._products(u, v) if len(u.monomials) == len(v.monomials) == 1 else self._sum(u, v)

    def _unfolded(self, u: Term, v: Term, equation: Theorem) -> Theorem:
        left, right = equation.conclusion.args
        new_u, new_v = replaced(u, left, right), replaced(v, left, right)
        if new_u == new_v:
            return order.prove(Within(u, v, 0), [equation])
        self.unfolding.append(equation)
        near = self.of(new_u, new_v)
        self.unfolding.pop()
        found = rewrite(near, equation, right_to_left=True)
        if (found.conclusion.value, found.conclusion.centre) != (u, v):
            raise NotFound(f"|{u} - ({v})|", f"both sides by {equation.conclusion}")
        return found

    def _definitions(self, side: Term) -> list[Theorem]:
        atoms = [algebra.atom(a) for mono in side.monomials for a, n in mono if n == 1]
        return [self.equations[a] for a in atoms if a in self.equations]

    def _sum(self, u: Term, v: Term) -> Theorem:
        """Term by term: those with the same functions, and the size of what is left on the left."""
        left, parts = sorted(u.monomials.items(), key=_heads), []
        for mono, c in sorted(v.monomials.items(), key=_heads):
            alike = [part for part in left if {*_heads((mono, c))} <= {*_heads(part)}]
            if not alike:
                raise NotFound(f"|{u} - ({v})|", f"a term like {Term({mono: c})}")
            nearest = min(alike, key=lambda part: len(part[0]))
            left.remove(nearest)
            parts.append(self.of(Term(dict([nearest])), Term({mono: c})))
        parts += [self._whole_size(Term(dict([part]))) for part in left]
        return triangle(Within(u, v, algebra.total(part.conclusion.bound for part in parts)), *parts)

    def _products(self, u: Term, v: Term) -> Theorem:
        """One factor after the other: those that are the same function of other arguments, and what is left."""
        [(mono, c)], [(other, d)] = u.monomials.items(), v.monomials.items()
        if c == d != 1:
            near = self.of(u.scaled(1 / c), v.scaled(1 / c))
            larger = lemmas.MULTIPLE(near, positive(algebra.rational(abs(c))))
            return larger if c > 0 else lemmas.NEGATIVE(larger)
        for a, n in sorted(mono, key=str):
            for b, k in sorted(other, key=str):
                if n == k == 1 and isinstance(a, Apply) and isinstance(b, Apply) and a.function == b.function:
                    rest = Term({mono - {(a, n)}: c}), Term({other - {(b, k)}: d})
                    near = order.prove(Within(algebra.atom(a), algebra.atom(b), 0)) if a == b else self._applied(a, b)
                    if rest == (ONE, ONE):
                        return near
                    return lemmas.product(near, self.of(*rest), self._size(near.conclusion.value), self._size(rest[1]))
        raise NotFound(f"|{u} - ({v})|", "a fact that bounds it")

    def _applied(self, a: Apply, b: Apply) -> Theorem:
        if a.function == "sum":
            return self._weighted(a, b)
        if a.function not in CURVES:
            raise NotFound(f"|{algebra.atom(a)} - ({algebra.atom(b)})|", "a fact that bounds it")
        return self.spread(self.of(a.argument, b.argument), str(a.function))

    def _weighted(self, a: Apply, b: Apply) -> Theorem:
        """|sum w x - sum w y| by the sum of |w|."""
        if a.arguments[1:] != b.arguments[1:]:
            raise NotFound(f"|{algebra.atom(a)} - ({algebra.atom(b)})|", "sums over the same indices")
        weight = _common(a.argument, b.argument)
        sizes = finite_sum(absolute(weight), *a.arguments[1:])
        if sizes not in self.rows:
            raise NotFound(f"|{algebra.atom(a)} - ({algebra.atom(b)})|", f"a bound of {sizes}")
        return operator_norm(self.of(a.argument / weight, b.argument / weight), self.rows[sizes])

    def _size(self, x: Term) -> Theorem:
        """|x| <= a fact's bound, or that of its terms, or 1; of a number itself."""
        known, series = self.near.get((x, algebra.ZERO)), x.application()
        if known is not None:
            return known
        if len(x.monomials) > 1:
            parts = [self._size(Term({mono: c})) for mono, c in x.monomials.items()]
            return triangle(Within(x, 0, algebra.total(part.conclusion.bound for part in parts)), *parts)
        if series is not None and series.function == "sum":
            return self._size_of_weighted(series)
        number = x.rational()
        return order.prove(Within(x, 0, 1 if number is None else abs(number)))

    def _size_of_weighted(self, series: Apply) -> Theorem:
        """|sum w x| by the sum of |w|."""
        body, *span = series.arguments
        for weight in (algebra.atom(a) for mono in body.monomials for a, _ in mono):
            rows = self.rows.get(finite_sum(absolute(weight), *span))
            if rows is not None:
                apart = operator_norm(self._size(body / weight), rows)
                return rewrite(apart, lemmas.no_weights(*span))
        raise NotFound(f"|{algebra.atom(series)}|", "a bound of the sum of the sizes of its weights")

    def _whole_size(self, x: Term) -> Theorem:
        """|x| <= the product of the sizes of its factors; of those without sequences themselves, if they are positive."""
        [(mono, c)] = x.monomials.items()
        moving = frozenset((a, n) for a, n in mono if any(map(is_defined, algebra.applications(algebra.atom(a)))))
        fixed, rest = Term({mono - moving: abs(c)}), Term({moving: fmpq(1 if c > 0 else -1)})
        own, other = order.prove(Within(fixed, 0, fixed)), self._size(rest)
        return lemmas.BOTH(own, other)


def _common(x: Term, y: Term) -> Term:
    """The factors that all terms of both have."""
    first, *others = [mono for term in (x, y) for mono in term.monomials]
    return Term({frozenset(first).intersection(*others): fmpq(1)})


def _heads(part: tuple[Monomial, Any]) -> list[str]:
    """The functions in a product."""
    return sorted(str(a.function) if isinstance(a, Apply) else str(a) for a, _ in part[0])
