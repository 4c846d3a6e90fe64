"""Equality and sign of quotients by their form.  TRUSTED.

A term is brought over divisors that are kept apart; then equality is cross-multiplication, decided by the
normal form of `algebra`. With E = e^x, sigmoid(x) = E/(1+E) and tanh(x) = (E^2-1)/(E^2+1), which is tried
too. Whatever has no rule here (a sequence c(t), a sum, a minimum) is an atom: equal when its parts are.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from functools import lru_cache, reduce
from math import lcm
from typing import NamedTuple

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ONE, Apply, Atom, Monomial, Term, Variable
from symlstm.kernel.theorem import RuleError

UNIT = algebra.rational(1)
CURVES = ("tanh", "sigmoid")
POSITIVE = ("tanh", "inverse", "power")  # positive where the first argument is


class Quotient(NamedTuple):
    """numerator / product of the divisors with their multiplicities: the value wherever no divisor is 0."""

    numerator: Term
    divisors: Counter[Term]

    def over(self, common: Counter[Term]) -> Term:
        """The numerator over a common denominator that has all divisors."""
        return reduce(Term.__mul__, (common - self.divisors).elements(), self.numerator)


@lru_cache(maxsize=16384)
def quotient(term: Term, expand: bool = False) -> Quotient:
    """The term as a quotient; `expand` writes tanh and sigmoid by exponentials."""
    parts = []
    for mono, c in term.monomials.items():
        split = [(a, n) for a, n in mono if _is_split(a, n, expand)]
        whole = Quotient(Term({mono.difference(split): c}), Counter())
        parts.append(product([whole, *(_power(a, n, expand) for a, n in split)]) if split else whole)
    return total(parts)


def _is_split(a: Atom, n: int, expand: bool) -> bool:
    function = a.function if isinstance(a, Apply) else None
    is_square = function == "abs" and n > 1  # |x|^2 = x^2
    return (n < 0 and function != "exp") or function == "inverse" or is_square or (expand and function in CURVES)


def _power(a: Atom, n: int, expand: bool) -> Quotient:
    base = Quotient(algebra.atom(a), Counter())
    if isinstance(a, Apply) and a.function == "inverse":
        base = inverse(quotient(a.argument, expand))
    elif isinstance(a, Apply) and a.function == "abs" and n > 1:
        return Quotient(algebra.power(a.argument, algebra.rational(n - n % 2)) * algebra.atom(a, n % 2), Counter())
    elif isinstance(a, Apply) and expand and a.function in CURVES:
        e = algebra.exp(a.argument + a.argument if a.function == "tanh" else a.argument)
        base = Quotient(e - UNIT if a.function == "tanh" else e, Counter([e + UNIT]))
    return product([base if n > 0 else inverse(base)] * abs(n))


def inverse(x: Quotient) -> Quotient:
    """1/x, numbers and exponentials put into the numerator, the other factors of a product apart."""
    if not x.numerator.monomials:
        raise RuleError("quotient", "a division by 0", "what is not 0")
    above = reduce(Term.__mul__, x.divisors.elements(), UNIT)
    if len(x.numerator.monomials) != 1:
        factor, monic = normalised(x.numerator)
        return Quotient(above.scaled(1 / factor), Counter([monic]))
    [(mono, c)] = x.numerator.monomials.items()
    below = {(a, n) for a, n in mono if n > 0 and not (isinstance(a, Apply) and a.function == "exp")}
    rest = Term({frozenset((a, -n) for a, n in mono - below): 1 / c})
    return Quotient(above * rest, Counter({algebra.atom(a): n for a, n in below}))


@lru_cache(maxsize=65536)
def normalised(term: Term) -> tuple[fmpq, Term]:
    """A number and a term whose product is the term, the same term for all its multiples; the term is not 0."""
    factor = term.monomials.get(ONE)
    if factor is None:
        factor = term.monomials[min(term.monomials, key=lambda mono: algebra.spelled(Term({mono: fmpq(1)})))]
    return factor, term.scaled(1 / factor)


def total(parts: Sequence[Quotient]) -> Quotient:
    common = common_divisors(parts)
    return Quotient(algebra.total(part.over(common) for part in parts), common)


def common_divisors(parts: Sequence[Quotient]) -> Counter[Term]:
    """The least multiplicities that all of them fit in."""
    return reduce(lambda x, y: x | y, (part.divisors for part in parts), Counter())


def product(parts: Sequence[Quotient]) -> Quotient:
    """Their product, with equal factors above and below cancelled."""
    below = sum((part.divisors for part in parts), Counter())
    kept = UNIT
    for part in parts:
        kept = kept * _cancelled(part.numerator, below)
    return Quotient(_cancelled(kept, below), +below)


def _cancelled(numerator: Term, below: Counter[Term]) -> Term:
    """What is left of a numerator, one divisor less if it is one."""
    if not numerator.monomials or not below:
        return numerator
    factor, monic = normalised(numerator)
    if below[monic] <= 0:
        return numerator
    below[monic] -= 1
    return algebra.rational(factor)


def negative(x: Quotient) -> Quotient:
    return Quotient(-x.numerator, x.divisors)


def whole(x: Quotient) -> Term:
    """A quotient as a term."""
    return reduce(Term.__mul__, map(algebra.inverse, x.divisors.elements()), x.numerator)


def vanishes(term: Term) -> bool:
    """Whether the term is 0 by its form, as it is written or by exponentials; False decides nothing."""
    numerators = (quotient(term, expand).numerator for expand in (False, True))
    return any(not numerator.monomials or not with_common_roots(numerator).monomials for numerator in numerators)


def with_common_roots(term: Term) -> Term:
    """The same value with powers of one e^(m/q) for each monomial m in exponents: e^(x/2) e^(x/2) and e^x are one."""
    exponents = {
        a: a.argument for mono in term.monomials for a, _ in mono if isinstance(a, Apply) and a.function == "exp"
    }
    denominators: dict[Monomial, int] = {}
    for x in exponents.values():
        for mono, c in x.monomials.items():
            denominators[mono] = lcm(denominators.get(mono, 1), int(c.q))
    parts = []
    for mono, c in term.monomials.items():
        roots = [(a, n) for a, n in mono if a in exponents]
        product = Term({mono.difference(roots): c})
        for a, n in roots:
            for m, q in exponents[a].monomials.items():
                root = algebra.exp(Term({m: fmpq(1, denominators[m])}))
                product = product * algebra.power(root, algebra.rational(n * q * denominators[m]))
        parts.append(product)
    return algebra.total(parts)


def certainly_positive(*factors: Term) -> bool:
    """Whether the product of the factors is positive by its form, as it is written or by exponentials."""
    for expand in (False, True):
        found = product([quotient(factor, expand) for factor in factors])
        if positive_by_form(reduce(Term.__mul__, found.divisors.elements(), found.numerator)):  # of the same sign
            return True
    return False


def positive_by_form(form: Term) -> bool:
    """Whether it is a positive constant, or every term of it is nonnegative by its form and one of them positive."""
    if not form.symbols():
        return algebra.sign(form) > 0
    found = {_sign_of(mono, c) for mono, c in form.monomials.items()}
    return 1 in found and None not in found


def _sign_of(mono: Monomial, c: fmpq) -> int | None:
    """1 if it is positive, 0 if it is not negative, None if neither is known."""
    fixed = frozenset((a, n) for a, n in mono if not algebra.atom(a).symbols())
    signs = {_sign_of_power(a, n) for a, n in mono - fixed}
    if None in signs or algebra.sign(Term({fixed: c})) < 0:
        return None
    return 0 if 0 in signs else 1


def _sign_of_power(a: Atom, n: int) -> int | None:
    if type(a) is Apply and (
        a.function in ("exp", "sigmoid") or (a.function in POSITIVE and positive_by_form(a.argument))
    ):
        return 1
    natural = type(a) is Variable and a.kind == "natural" and n > 0
    return 0 if natural or (n % 2 == 0 and n > 0) else None
