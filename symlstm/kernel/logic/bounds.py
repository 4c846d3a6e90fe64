"""Order and distance: the small steps about <, <= and |value - centre| <= bound.  TRUSTED.

Elementary throughout; what is used of sigmoid and tanh is stated in `model.activations`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Abs, Expr, Max, Min, Rational, Symbol, Tuple, exp, prod, tanh

from symlstm.kernel.fractions import certainly_positive, vanishes
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
)
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.activations import SIGMOID_SLOPE, sigmoid


def sigmoid_slack(x: Expr) -> Expr:
    """x/4 - sigmoid(x), which increases: its derivative is (sigmoid(x) - 1/2)^2."""
    return SIGMOID_SLOPE * x - sigmoid(x)


def cubic_slack(x: Expr) -> Expr:
    """tanh(x) - x + x^3/3, which increases: its derivative is x^2 - tanh(x)^2."""
    return tanh(x) - x + x**3 / 3


INCREASING = (sigmoid, tanh, exp, sigmoid_slack, cubic_slack)


def positive(expr: Expr, *factors: Theorem) -> Theorem:
    """
    a_1 < b_1    ...    a_n < b_n
    ----------------------------- expr (b_1 - a_1)...(b_n - a_n) is positive by its form: made of e^x, sigmoid(x),
              0 < expr            1 - sigmoid(x), 1 - tanh(x), positive constants by +, *, /, natural powers
    """
    facts = [conclusion_of("positive", factor, Less) for factor in factors]
    if not certainly_positive(expr * prod(fact.rhs - fact.lhs for fact in facts)):
        raise RuleError("positive", expr, "an expression that is positive by its form")
    return derive(Less(0, expr), "positive", factors)


def arithmetic(goal: Relation, *certificate: tuple[Any, ...], divisors: tuple[Theorem, ...] = ()) -> Theorem:
    """
        a_1 <= b_1    ...    a_n <= b_n
        ------------------------------- rhs - lhs = sum of the certificate's products
                  lhs <= rhs

    An entry (q, i, j, ...) of the certificate stands for the product q (b_i - a_i)(b_j - a_j)...;
    its q is a rational number >= 0, or any expression if one of the premises is an equation.
    Strict if one product is positive; an equation if every product has an equation in it, so
    with no entry it is an algebraic identity. `divisors` are theorems 0 < d. The rule's name
    spells the certificate out, P1 for the first premise, so that it can be checked again.
    """
    if type(goal) not in (Equal, LessEqual, Less):
        raise RuleError("arithmetic", type(goal).__name__, "an Equal, a LessEqual or a Less")
    remainder, strict, equal = goal.rhs - goal.lhs, False, True
    premises = (*(theorem for _, *theorems in certificate for theorem in theorems), *divisors)
    for q, *theorems in certificate:
        facts = [conclusion_of("arithmetic", theorem, Equal, LessEqual, Less) for theorem in theorems]
        remainder -= q * prod(fact.rhs - fact.lhs for fact in facts)
        if not any(isinstance(fact, Equal) for fact in facts):
            if not (isinstance(q, int | Rational) and q >= 0):
                raise RuleError("arithmetic", f"the coefficient {q}", "a rational number >= 0")
            equal, strict = False, strict or (q > 0 and all(isinstance(fact, Less) for fact in facts))
    propositions.check_divisors("arithmetic", premises, Tuple(*(q for q, *_ in certificate)))
    if not vanishes(remainder):
        raise RuleError("arithmetic", f"{goal} with {remainder} left over", "nothing left over")
    if (isinstance(goal, Less) and not strict) or (isinstance(goal, Equal) and not equal):
        raise RuleError("arithmetic", f"{goal}", "a positive product" if isinstance(goal, Less) else "equations only")
    products = ("*".join([f"({q})", *(f"P{premises.index(i) + 1}" for i in theorems)]) for q, *theorems in certificate)
    return derive(goal, f"arithmetic [{' + '.join(products) or 'identity'}]", premises)


def monotone(theorem: Theorem, function: Callable[[Expr], Expr]) -> Theorem:
    """
    a <= b
    ------------ f one of INCREASING: sigmoid, tanh, exp, the two above;
    f(a) <= f(b) the same with < in place of <=
    """
    fact = conclusion_of("monotone", theorem, LessEqual, Less)
    if function not in INCREASING:
        raise RuleError("monotone", function, f"one of {', '.join(f.__name__ for f in INCREASING)}")
    return derive(type(fact)(function(fact.lhs), function(fact.rhs)), "monotone", (theorem,))


def extremum(m: Expr, argument: Expr) -> Theorem:
    """
    --------------      --------------
    min(a, b) <= a      a <= max(a, b)      and |a| is max(a, -a)
    """
    arguments = (*m.args, *(-a for a in m.args)) if isinstance(m, Abs) else m.args
    if not isinstance(m, Min | Max | Abs) or argument not in arguments:
        raise RuleError("extremum", m, f"a minimum or a maximum of {argument} and others")
    return derive(LessEqual(m, argument) if isinstance(m, Min) else LessEqual(argument, m), "extremum")


def cases(p: Proposition, hole: Symbol, m: Expr, *theorems: Theorem) -> Theorem:
    """
    p[hole := a]    p[hole := b]
    ---------------------------- min(a, b) is a or b, and so is max(a, b)
       p[hole := min(a, b)]
    """
    if not isinstance(m, Min | Max):
        raise RuleError("cases", m, "a minimum or a maximum")
    known = [theorem.conclusion for theorem in theorems]
    for case in (propositions.substituted("cases", p, {hole: argument}) for argument in m.args):
        if case not in known:
            raise RuleError("cases", list(map(str, known)), f"also {case}")
    return derive(propositions.substituted("cases", p, {hole: m}), "cases", theorems)


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
