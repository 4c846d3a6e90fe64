"""auto for equations, order and distance: facts in scope, what is known of every function, and a certificate.  UNTRUSTED.

The equations in scope rewrite everything; ranges and monotone functions add facts; a linear program finds
numbers q >= 0 with right - left = sum of q times products of facts; minima and maxima that stand in the
way are split into cases. The kernel's `arithmetic` then makes the theorem, or refuses.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, partial, reduce
from itertools import combinations
from typing import Any

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Apply, Atom, Term, Variable
from symlstm.kernel.logic.bounds import absolute_value, arithmetic, cases, extremum, monotone, positive, sides
from symlstm.kernel.logic.induction import induction
from symlstm.kernel.logic.propositions import (
    Equal,
    Less,
    LessEqual,
    Relation,
    Within,
    assume,
    divisors,
    generalise,
    mapped,
    replaced,
    rewrite,
    specialise,
    substituted,
)
from symlstm.kernel.logic.quotients import (
    CURVES,
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
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.proof.certificates import DEGREE, Miss, Product, certificate
from symlstm.proof.kept import current, fingerprint

DEPTH = 3  # of goals within goals
ROUNDS = 8  # of rewriting
INCREASING = {"sigmoid": algebra.sigmoid, "tanh": algebra.tanh, "exp": algebra.exp}
EXTREMES = ("min", "max", "abs")
BITS = 400
DIGITS = 20  # of the numbers around a constant
HOLE = Variable("z'")
NOTHING: dict[str, Any] = {"attempt": None}  # kept of a goal without a certificate


def is_defined(a: Atom) -> bool:
    """Whether an equation may define it: a sequence at its arguments, a finite sum."""
    return isinstance(a, Apply) and (isinstance(a.function, Variable) or a.function == "sum")


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
        ordered += _around_all(side for f in ordered for side in f.conclusion.args)
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
        ranges = [theorem for node in nodes for theorem in _ranges_of(node)]
        exponentials = sorted({e for term in said for e in _exponentials(term)}, key=str)
        naturals = sorted({v for term in said for mono in term.monomials for v, _ in mono if _is_natural(v)}, key=str)
        ranges += [specialise(_not_negative(), algebra.atom(v)) for v in naturals]
        for theorem in (*ranges, *map(positive, exponentials)):
            found.setdefault(theorem.conclusion, theorem)
        return [*found.values()]

    def _constants(self, orders: Sequence[Theorem]) -> list[Theorem]:
        """Rational numbers around the constants that occur."""
        return _around_all(self._said(orders))

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
        return [specialise(square(), root) for root in sorted(found, key=str) if not divisors(root)]

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
        for m in sorted((a for a in said if a.function in EXTREMES), key=str):
            shape = with_hole(self.goal, algebra.atom(m))
            try:
                parts = [prove(substituted(shape, {HOLE: a}), self.given, self.depth - 1) for a in choices(m)]
            except (RuleError, Unsupported):
                continue
            return cases(shape, HOLE, algebra.atom(m), *parts)
        return self._unfolded_cases()

    def _unfolded_cases(self) -> Theorem | None:
        """The goal with a minimum, a maximum or an absolute value in the place of what is defined as it."""
        for fact in (f for f in self.given if isinstance(f.conclusion, Equal)):
            left, right = fact.conclusion.args
            put_in = mapped(self.goal, partial(replaced, old=left, new=right))
            if put_in != self.goal and any(a.function in EXTREMES for a in algebra.applications(right)):
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


@cache
def square() -> Theorem:
    """For all z: 0 <= z^2."""
    z = algebra.atom(HOLE)
    size = prove(LessEqual(0, algebra.absolute(z)))
    return generalise(arithmetic(LessEqual(0, z**2), (1, size, size)), HOLE)


def with_hole(p: Any, m: Term) -> Any:
    """The proposition with a hole for a term in it."""
    return mapped(p, lambda x: replaced(x, m, algebra.atom(HOLE)))


def choices(extreme: Apply) -> tuple[Term, ...]:
    """What a minimum, a maximum or an absolute value is one of."""
    return (*extreme.arguments, *(-a for a in extreme.arguments if extreme.function == "abs"))


def _exponentials(term: Term) -> Iterator[Term]:
    """The exponential factors of its products, at any depth, together and one by one."""
    for mono in term.monomials:
        powers = {(a, n) for a, n in mono if isinstance(a, Apply) and a.function == "exp"}
        yield from (Term({frozenset(some): fmpq(1)}) for some in (powers, *({p} for p in powers)) if some)
    for a in algebra.applications(term):
        for argument in a.arguments:
            yield from _exponentials(argument)


def _ranges_of(a: Apply) -> Iterator[Theorem]:
    node = algebra.atom(a)
    if a.function == "sigmoid":
        yield from (positive(node), positive(1 - node))
    elif a.function == "tanh":
        yield from (positive(1 - node), positive(1 + node))
    elif a.function in ("min", "max"):
        yield from (extremum(node, argument) for argument in a.arguments)
    elif a.function == "abs":
        yield from (extremum(node, side) for side in (a.argument, -a.argument))
    elif a.function == "power":
        try:
            yield positive(node)
            yield specialise(_powers_at_most_one(a.argument), a.arguments[1])
        except RuleError:
            return


def _around(constant: Term) -> Iterator[Theorem]:
    """Rational numbers close below and above a constant."""
    with ctx.workprec(BITS):
        middle, unit = algebra.constant_ball(constant, BITS), fmpq(1, 10**DIGITS)
        if not middle.is_finite() or middle.rad() > arb(unit) or abs(middle) > 10**DIGITS:
            return
        low = fmpq((middle.mid() * 10**DIGITS).floor().fmpz()) * unit
    for gap in (constant - (low - unit), low + 2 * unit - constant):
        try:
            yield positive(gap)
        except RuleError:
            continue


def _around_all(said: Iterable[Term]) -> list[Theorem]:
    """Rational numbers around the constants in some terms."""
    terms = [*said]
    inside = {x for term in terms for x in map(algebra.atom, algebra.applications(term))}
    constants = {x for x in inside.union(*map(_exponentials, terms)) if not x.symbols()}
    return [theorem for constant in sorted(constants, key=str) for theorem in _around(constant)]


def _is_natural(a: Atom) -> bool:
    return isinstance(a, Variable) and a.kind == "natural"


@cache
def _not_negative() -> Theorem:
    """0 <= s for every natural s, by induction."""
    s = Variable("s_0", "natural")
    p = LessEqual(0, algebra.atom(s))
    return induction(
        p, s, arithmetic(LessEqual(0, 0)), arithmetic(LessEqual(0, s + 1), (1, assume(p)), (1, positive(1)))
    )


@cache
def _powers_at_most_one(base: Term) -> Theorem:
    """base^s <= 1 for every s, by induction, for a base between 0 and 1 by its form."""
    s = Variable("s_0", "natural")
    room, size, now = positive(1 - base), positive(base), assume(LessEqual(base**s, 1))
    step = arithmetic(LessEqual(base ** (s + 1), 1), (1, room), (1, size, now))
    return induction(LessEqual(base**s, 1), s, arithmetic(LessEqual(1, 1)), step)


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
