"""Order and distance: the small steps about <, <= and |value - centre| <= bound.  TRUSTED.

Elementary throughout: e^x increases, sigmoid' = (1 - sigmoid) sigmoid and tanh' = 1 - tanh^2.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from typing import Any, NamedTuple

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.logic import propositions
from symlstm.kernel.logic.propositions import (
    Equal,
    Less,
    LessEqual,
    Proposition,
    Relation,
    Within,
    conclusion_of,
    derive,
    term_of,
)
from symlstm.kernel.logic.quotients import certainly_positive, vanishes
from symlstm.kernel.theorem import RuleError, Theorem


def sigmoid_slack(x: Term) -> Term:
    """x/4 - sigmoid(x), which increases: its derivative is (sigmoid(x) - 1/2)^2."""
    return x / 4 - algebra.sigmoid(x)


def cubic_slack(x: Term) -> Term:
    """tanh(x) - x + x^3/3, which increases: its derivative is x^2 - tanh(x)^2."""
    return algebra.tanh(x) - x + x**3 / 3


INCREASING = (algebra.sigmoid, algebra.tanh, algebra.exp, sigmoid_slack, cubic_slack)


class Product(NamedTuple):
    """A part of a certificate: the coefficient, and the places of the premises whose differences it multiplies."""

    coefficient: Term
    places: tuple[int, ...]


def positive(expr: Any, *factors: Theorem) -> Theorem:
    """
    a_1 < b_1    ...    a_n < b_n
    ----------------------------- expr (b_1 - a_1)...(b_n - a_n) is positive by its form: made of e^x, sigmoid(x),
              0 < expr            1 - sigmoid(x), 1 - tanh(x), positive constants by +, *, /, natural powers
    """
    whole, facts = term_of("positive", expr), [conclusion_of("positive", factor, Less) for factor in factors]
    if not certainly_positive(whole, *(fact.rhs - fact.lhs for fact in facts)):
        raise RuleError("positive", whole, "an expression that is positive by its form")
    return derive(Less(0, whole), "positive", factors)


def arithmetic(goal: Relation, *certificate: tuple[Any, ...], divisors: tuple[Theorem, ...] = ()) -> Theorem:
    """
        a_1 <= b_1    ...    a_n <= b_n
        ------------------------------- rhs - lhs = sum of the certificate's products
                  lhs <= rhs

    An entry (q, i, j, ...) of the certificate stands for the product q (b_i - a_i)(b_j - a_j)...;
    its q is a rational number >= 0, or any expression if one of the premises is an equation.
    Strict if one product is positive; an equation if every product has an equation in it, so
    with no entry it is an algebraic identity. `divisors` are theorems 0 < d. The theorem's certificate
    is a `Product` for each entry.
    """
    if type(goal) not in (Equal, LessEqual, Less):
        raise RuleError("arithmetic", type(goal).__name__, "an Equal, a LessEqual or a Less")
    remainder, strict, equal = goal.rhs - goal.lhs, False, True
    premises = (*(theorem for _, *theorems in certificate for theorem in theorems), *divisors)
    coefficients = [term_of("arithmetic", q) for q, *_ in certificate]
    for q, (_, *theorems) in zip(coefficients, certificate, strict=True):
        facts = [conclusion_of("arithmetic", theorem, Equal, LessEqual, Less) for theorem in theorems]
        remainder -= reduce(Term.__mul__, (fact.rhs - fact.lhs for fact in facts), q)
        if not any(isinstance(fact, Equal) for fact in facts):
            value = q.rational()
            if value is None or value < 0:
                raise RuleError("arithmetic", f"the coefficient {q}", "a rational number >= 0")
            equal, strict = False, strict or (value > 0 and all(isinstance(fact, Less) for fact in facts))
    propositions.check_divisors("arithmetic", premises, *coefficients)
    if not vanishes(remainder):
        raise RuleError("arithmetic", f"{goal} with {remainder} left over", "nothing left over")
    if (isinstance(goal, Less) and not strict) or (isinstance(goal, Equal) and not equal):
        raise RuleError("arithmetic", f"{goal}", "a positive product" if isinstance(goal, Less) else "equations only")
    places = (tuple(premises.index(theorem) for theorem in theorems) for _, *theorems in certificate)
    products = tuple(map(Product, coefficients, places))
    return derive(goal, "arithmetic", premises, products)


def monotone(theorem: Theorem, function: Callable[[Term], Term]) -> Theorem:
    """
    a <= b
    ------------ f one of INCREASING: sigmoid, tanh, exp, the two above;
    f(a) <= f(b) the same with < in place of <=
    """
    fact = conclusion_of("monotone", theorem, LessEqual, Less)
    if function not in INCREASING:
        raise RuleError("monotone", function, f"one of {', '.join(f.__name__ for f in INCREASING)}")
    return derive(type(fact)(function(fact.lhs), function(fact.rhs)), "monotone", (theorem,), function.__name__)


def _extreme(rule: str, m: Any) -> Apply:
    """The minimum, maximum or absolute value that a term is; refuses any other."""
    found = term_of(rule, m).application()
    if found is None or found.function not in ("abs", "max", "min"):
        raise RuleError(rule, m, "a minimum or a maximum")
    return found


def _arguments(extreme: Apply) -> tuple[Term, ...]:
    """What it is one of: |a| is max(a, -a)."""
    return (*extreme.arguments, *(-a for a in extreme.arguments if extreme.function == "abs"))


def extremum(m: Any, argument: Any) -> Theorem:
    """
    --------------      --------------
    min(a, b) <= a      a <= max(a, b)      and |a| is max(a, -a)
    """
    found, one = _extreme("extremum", m), term_of("extremum", argument)
    if one not in _arguments(found):
        raise RuleError("extremum", m, f"a minimum or a maximum of {argument} and others")
    whole = algebra.atom(found)
    return derive(
        LessEqual(whole, one) if found.function == "min" else LessEqual(one, whole),
        "extremum",
        certificate=(whole, one),
    )


def cases(p: Proposition, hole: Variable, m: Any, *theorems: Theorem) -> Theorem:
    """
    p[hole := a]    p[hole := b]
    ---------------------------- min(a, b) is a or b, and so is max(a, b); |a| is a or -a
       p[hole := min(a, b)]
    """
    extreme, known = _extreme("cases", m), [theorem.conclusion for theorem in theorems]
    for case in (propositions.substituted(p, {hole: argument}) for argument in _arguments(extreme)):
        if case not in known:
            raise RuleError("cases", list(map(str, known)), f"also {case}")
    whole = algebra.atom(extreme)
    return derive(propositions.substituted(p, {hole: whole}), "cases", theorems, (p, hole, whole))


def absolute_value(goal: Within, below: Theorem, above: Theorem) -> Theorem:
    """
    c - b <= v    v <= c + b
    ------------------------ either premise up to the same terms on both sides
         |v - c| <= b
    """
    difference = goal.value - goal.centre
    for theorem, gap in ((below, goal.bound + difference), (above, goal.bound - difference)):
        fact = conclusion_of("absolute value", theorem, LessEqual, Less)
        if not vanishes(fact.rhs - fact.lhs - gap):
            raise RuleError("absolute value", fact, f"two sides with a difference of {gap}")
    return derive(goal, "absolute value", (below, above))


def sides(theorem: Theorem) -> tuple[Theorem, Theorem]:
    """
     |v - c| <= b        |v - c| <= b
    --------------      --------------
      c - b <= v          v <= c + b
    """
    near = conclusion_of("sides", theorem, Within)
    below = LessEqual(near.centre - near.bound, near.value)
    above = LessEqual(near.value, near.centre + near.bound)
    return derive(below, "sides", (theorem,)), derive(above, "sides", (theorem,))
