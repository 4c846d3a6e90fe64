"""One goal of order in one normal form, and the equations in scope that rewrite it.  UNTRUSTED."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import reduce
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Apply, Atom, Term, Variable
from symlstm.kernel.logic.bounds import arithmetic, positive
from symlstm.kernel.logic.propositions import Equal, Less, Relation, divisors
from symlstm.kernel.logic.quotients import (
    Quotient,
    certainly_positive,
    inverse,
    negative,
    normalised,
    product,
    quotient,
    total,
    whole,
)
from symlstm.kernel.theorem import Theorem
from symlstm.proof.certificates import Miss, Product, certificate

ROUNDS = 8  # of rewriting


def is_defined(a: Atom) -> bool:
    """Whether an equation may define it: a sequence at its arguments, a finite sum."""
    return isinstance(a, Apply) and (isinstance(a.function, Variable) or a.function == "sum")


@dataclass
class Attempt:
    """One normal form: as it is written, or by exponentials."""

    goal: Relation
    given: Sequence[Theorem]
    expand: bool
    products: list[Product] | None = None  # the certificate, if it is known

    def difference(self) -> Quotient:
        """The right side less the left one, by the equations in scope."""
        return self._reduced(quotient(self.goal.rhs - self.goal.lhs, self.expand), self._rules())

    def certified(self, orders: Sequence[Theorem], missing: list[str], degree: int) -> Theorem | None:
        """By a certificate; None, and the nearest miss told, if there is none."""
        rules = self._rules()
        difference = self._reduced(quotient(self.goal.rhs - self.goal.lhs, self.expand), rules)
        if isinstance(self.goal, Equal):
            orders = []
        elif degree > 1:  # alone they say nothing that the ranges do not say more simply
            orders = [*orders, *self._reciprocals(difference)]
        known = [self._reduced(quotient(f.conclusion.rhs - f.conclusion.lhs, self.expand), rules) for f in orders]
        strict = [isinstance(f.conclusion, Less) for f in orders]
        found = self.products or certificate(difference, known, strict, isinstance(self.goal, Less), degree)
        if isinstance(found, Miss):
            missing.append(_told(found, self.goal))
            return None
        self.products = found
        entries = [(q, *(orders[n] for n in places)) for q, places in found]
        return self._theorem(entries, rules)

    def _reciprocals(self, difference: Quotient) -> Iterator[Theorem]:
        """0 < 1/d for the divisors d that are positive, by their form or by a fact in scope."""
        for divisor in difference.divisors:
            d = whole(Quotient(divisor, Counter()))
            if certainly_positive(d):
                yield positive(1 / d)
            yield from (positive(1 / sign.conclusion.rhs, sign) for sign in self._signs(d))

    def _signs(self, d: Term) -> Iterator[Theorem]:
        """0 < a multiple of d, from a fact that says so with some of it on either side."""
        wanted = normalised(quotient(d, self.expand).numerator)[1]
        for fact in self.given:
            if isinstance(fact.conclusion, Less):
                size = fact.conclusion.rhs - fact.conclusion.lhs
                if size.monomials and normalised(quotient(size, self.expand).numerator)[1] == wanted:
                    yield arithmetic(Less(0, size), (1, fact))
                    return

    def _theorem(self, entries: list[tuple[Any, ...]], rules: list[Rule]) -> Theorem:
        """The certificate, and the multiples of equations that make up the rest."""
        parts = [quotient(self.goal.rhs - self.goal.lhs, self.expand)]
        for q, *theorems in entries:
            sizes = [quotient(f.conclusion.rhs - f.conclusion.lhs, self.expand) for f in theorems]
            parts.append(negative(product([quotient(algebra.rational(q)), *sizes])))
        rest = total(parts)
        for _ in range(ROUNDS):
            before = rest
            for rule in rules:
                multiple, rest = rule.applied(rest)
                if multiple is not None:
                    entries.append((-whole(multiple), rule.equation))
            if rest == before:
                break
        return arithmetic(self.goal, *entries, divisors=tuple(self._divisors()))

    def _divisors(self) -> Iterator[Theorem]:
        """Facts that know of divisors that they are not 0: 0 < d, and those that divide themselves."""
        open_divisors = [d for d in divisors(self.goal) if not certainly_positive(d)]
        for d in open_divisors:
            yield from self._signs(d)
        for fact in self.given:
            is_sign = isinstance(fact.conclusion, Less) and fact.conclusion.lhs == 0
            if is_sign or (open_divisors and divisors(fact.conclusion)):
                yield fact

    def _rules(self) -> list[Rule]:
        found = []
        for equation in (f for f in self.given if isinstance(f.conclusion, Equal)):
            if (rule := Rule.of(equation, self.expand)) is not None:
                found.append(rule)
        return sorted(found, key=lambda rule: len({*filter(is_defined, algebra.applications(whole(rule.value)))}))

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
    """An equation read as atom -> value: left - right = factor * (atom - value), with a factor without the atom."""

    equation: Theorem
    atom: Apply
    value: Quotient
    factor: Quotient
    difference: Quotient  # left - right

    @staticmethod
    def of(equation: Theorem, expand: bool) -> Rule | None:
        """By the atom on the left, on the right, or else by one in which the equation is linear."""
        left, right = equation.conclusion.args
        difference = quotient(left - right, expand)
        sides = [a for side in (left, right) if (a := side.application()) is not None and is_defined(a)]
        inside = {a for mono in difference.numerator.monomials for a, _ in mono if is_defined(a)}
        for atom in sides or sorted(inside, key=str):
            powers = difference.numerator.coefficients(atom)
            if {*powers} <= {0, 1} and 1 in powers:
                factor, rest = Quotient(powers[1], difference.divisors), Quotient(-powers.get(0, ZERO), Counter())
                value = product([rest, inverse(Quotient(powers[1], Counter()))])
                if not any(atom in algebra.applications(whole(x)) for x in (factor, value)):
                    return Rule(equation, atom, value, factor, difference)
        return None

    def applied(self, x: Quotient) -> tuple[Quotient | None, Quotient]:
        """x = multiple * (left - right) + x with the value for the atom, at top level."""
        powers = x.numerator.coefficients(self.atom)
        if set(powers) == {0} or not powers:
            return None, x
        if {*powers} <= {0, 1} and (multiple := self._multiple(powers[1], x)) is not None:
            return multiple, total([x, negative(product([multiple, self.difference]))])
        a = Quotient(algebra.atom(self.atom), Counter())
        kept, multiples = [], []
        for n, c in powers.items():
            part = Quotient(c, x.divisors)
            kept.append(product([part, *[self.value] * n]))
            multiples += [product([part, *[a] * j, *[self.value] * (n - 1 - j)]) for j in range(n)]
        return product([total(multiples), inverse(self.factor)]), total(kept)

    def _multiple(self, coefficient: Term, x: Quotient) -> Quotient | None:
        """A product that makes the factor the coefficient of the atom, so that nothing is divided by a sum."""
        factor = self.factor.numerator
        if len(factor.monomials) < 2 or len(coefficient.monomials) != len(factor.monomials):
            return None
        first = Term(dict([next(iter(factor.monomials.items()))]))
        for mono, c in coefficient.monomials.items():
            multiple = Term({mono: c}) / first
            if factor * multiple == coefficient:
                whole_factor = reduce(Term.__mul__, self.factor.divisors.elements(), multiple)
                return Quotient(whole_factor, x.divisors)
        return None


def _told(miss: Miss, goal: Relation) -> str:
    """The nearest miss in words."""
    terms = [Term({mono: c}) for mono, c in miss.terms[:3]]
    if not terms:
        return "facts whose products add up to the difference of the two sides"
    return f"a fact that bounds the term{'s' if len(terms) > 1 else ''} {', '.join(map(str, terms))} of the difference"
