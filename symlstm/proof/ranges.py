"""What is known of every number, gate, extreme, power and natural that occurs, as theorems.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import cache

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Term, Variable
from symlstm.kernel.logic.bounds import arithmetic, extremum, positive
from symlstm.kernel.logic.induction import induction
from symlstm.kernel.logic.propositions import LessEqual, assume, generalise, specialise
from symlstm.kernel.theorem import RuleError, Theorem

EXTREMES = ("min", "max", "abs")
DIGITS = 20  # of the numbers around a constant
BITS = 400  # they are computed with
HALF = fmpq(1, 2)
Z = Variable("z'")


def choices(extreme: Apply) -> tuple[Term, ...]:
    """What a minimum, a maximum or an absolute value is one of."""
    return (*extreme.arguments, *(-a for a in extreme.arguments if extreme.function == "abs"))


def exponentials(term: Term) -> Iterator[Term]:
    """The exponential factors of its products, at any depth, together and one by one."""
    for mono in term.monomials:
        powers = {(a, n) for a, n in mono if isinstance(a, Apply) and a.function == "exp"}
        yield from (Term({frozenset(some): fmpq(1)}) for some in (powers, *({p} for p in powers)) if some)
    for a in algebra.applications(term):
        for argument in a.arguments:
            yield from exponentials(argument)


def of_application(a: Apply) -> Iterator[Theorem]:
    """0 < sigmoid < 1, -1 < tanh < 1, min(x, y) <= x, x <= max(x, y), x <= |x|, 0 < f^t <= 1 by the form of f."""
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


def around(said: Iterable[Term]) -> list[Theorem]:
    """Rational numbers around the constants in some terms."""
    terms = [*said]
    inside = {x for term in terms for x in map(algebra.atom, algebra.applications(term))}
    constants = {x for x in inside.union(*map(exponentials, terms)) if not x.symbols()}
    return [theorem for constant in sorted(constants, key=str) for theorem in _around(constant)]


def is_natural_variable(a: Atom) -> bool:
    return isinstance(a, Variable) and a.kind == "natural"


@cache
def _for_naturals() -> Theorem:
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


def of_natural(v: Atom) -> Theorem:
    """0 <= v."""
    return specialise(_for_naturals(), algebra.atom(v))


@cache
def square() -> Theorem:
    """For all z: 0 <= z^2."""
    z = algebra.atom(Z)
    above, below = (extremum(algebra.absolute(z), side) for side in (z, -z))
    size = arithmetic(LessEqual(0, algebra.absolute(z)), (HALF, above), (HALF, below))
    return generalise(arithmetic(LessEqual(0, z**2), (1, size, size)), Z)
