"""Order and distance: the small steps about <, <= and |value - centre| <= bound.  TRUSTED.

Elementary throughout; what is used of sigmoid and tanh is stated in `model.activations`.
"""

from __future__ import annotations

from typing import Any

from sympy import Abs, Add, Expr, Function, Max, Min, Rational, Sum, Symbol, Tuple, exp, prod, tanh

from symlstm.kernel import propositions
from symlstm.kernel.fractions import certainly_positive, vanishes
from symlstm.kernel.propositions import Equal, Less, LessEqual, Proposition, Relation, Within, conclusion_of, derive
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.activations import SIGMOID_SLOPE, TANH_SLOPE, sigmoid

SLOPES = {sigmoid: SIGMOID_SLOPE, tanh: TANH_SLOPE}
INCREASING = (sigmoid, tanh, exp)


def _same(rule: str, found: Expr, needed: Expr) -> None:
    if not vanishes(found - needed):
        raise RuleError(rule, found, f"an expression equal to {needed}")


def positive(expr: Expr) -> Theorem:
    """
    -------- expr is positive by its form: e^x, sigmoid(x), 1 - sigmoid(x), 1 - tanh(x),
    0 < expr positive constants, sums, products, quotients and natural powers of such
    """
    if not certainly_positive(expr):
        raise RuleError("positive", expr, "an expression that is positive by its form")
    return derive(Less(0, expr), "positive")


def reciprocal(theorem: Theorem) -> Theorem:
    """
    0 < a
    -------
    0 < 1/a
    """
    fact = conclusion_of("reciprocal", theorem, Less)
    _same("reciprocal", fact.lhs, Rational(0))
    return derive(Less(0, 1 / fact.rhs), "reciprocal", (theorem,))


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


def monotone(theorem: Theorem, function: type[Function]) -> Theorem:
    """
    a <= b
    ------------ f one of sigmoid, tanh, exp; the same with < in place of <=
    f(a) <= f(b)
    """
    fact = conclusion_of("monotone", theorem, LessEqual, Less)
    if function not in INCREASING:
        raise RuleError("monotone", function, "sigmoid, tanh or exp")
    return derive(type(fact)(function(fact.lhs), function(fact.rhs)), "monotone", (theorem,))


def tanh_above_cubic(theorem: Theorem) -> Theorem:
    """
          0 <= x
    -------------------- tanh' = 1 - tanh^2 >= 1 - x^2, integrated from 0
    x - x^3/3 <= tanh(x)
    """
    fact = conclusion_of("tanh above its cubic", theorem, LessEqual, Less)
    _same("tanh above its cubic", fact.lhs, Rational(0))
    return derive(LessEqual(fact.rhs - fact.rhs**3 / 3, tanh(fact.rhs)), "tanh above its cubic", (theorem,))


def extremum(m: Expr, argument: Expr) -> Theorem:
    """
    --------------      --------------
    min(a, b) <= a      a <= max(a, b)
    """
    if not isinstance(m, Min | Max) or argument not in m.args:
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
    for argument in m.args:
        case = propositions.substituted("cases", p, {hole: argument})
        if case not in [theorem.conclusion for theorem in theorems]:
            raise RuleError("cases", [str(theorem.conclusion) for theorem in theorems], f"also {case}")
    return derive(propositions.substituted("cases", p, {hole: m}), "cases", theorems)


def absolute_value(goal: Within, below: Theorem, above: Theorem) -> Theorem:
    """
    c - b <= v    v <= c + b
    ------------------------ either premise up to the same terms on both sides
         |v - c| <= b
    """
    low, high = (conclusion_of("absolute value", theorem, LessEqual, Less) for theorem in (below, above))
    _same("absolute value", low.rhs - low.lhs, goal.value - goal.centre + goal.bound)
    _same("absolute value", high.rhs - high.lhs, goal.centre + goal.bound - goal.value)
    return derive(goal, "absolute value", (below, above))


def triangle(goal: Within, *theorems: Theorem) -> Theorem:
    """
    |v_1 - c_1| <= b_1    ...    |v_n - c_n| <= b_n
    ----------------------------------------------- v - c = sum (v_i - c_i), b = sum b_i
                    |v - c| <= b
    """
    parts = [conclusion_of("triangle inequality", theorem, Within) for theorem in theorems]
    _same("triangle inequality", Add(*(part.value - part.centre for part in parts)), goal.value - goal.centre)
    _same("triangle inequality", Add(*(part.bound for part in parts)), goal.bound)
    return derive(goal, "triangle inequality", theorems)


def weaken(theorem: Theorem, order: Theorem) -> Theorem:
    """
    |v - c| <= b    b <= b'
    -----------------------
         |v - c| <= b'
    """
    near, fact = conclusion_of("weaken", theorem, Within), conclusion_of("weaken", order, LessEqual, Less, Equal)
    _same("weaken", fact.lhs, near.bound)
    return derive(Within(near.value, near.centre, fact.rhs), "weaken", (theorem, order))


def product(first: Theorem, second: Theorem, first_size: Theorem, second_size: Theorem) -> Theorem:
    """
    |x - y| <= b    |u - v| <= b'    |x| <= X    |v| <= V
    ----------------------------------------------------- xu - yv = x(u - v) + v(x - y)
               |xu - yv| <= X b' + V b
    """
    premises = (first, second, first_size, second_size)
    xy, uv, x, v = (conclusion_of("product", theorem, Within) for theorem in premises)
    for found, needed in ((x.value, xy.value), (x.centre, 0), (v.value, uv.centre), (v.centre, 0)):
        _same("product", found, needed)
    goal = Within(xy.value * uv.value, xy.centre * uv.centre, x.bound * uv.bound + v.bound * xy.bound)
    return derive(goal, "product", premises)


def lipschitz(theorem: Theorem, function: type[Function]) -> Theorem:
    """
       |x - y| <= b
    ------------------- K = 1/4 for f = sigmoid, K = 1 for f = tanh (mean value theorem)
    |f(x) - f(y)| <= K b
    """
    near = conclusion_of("Lipschitz", theorem, Within)
    if function not in SLOPES:
        raise RuleError("Lipschitz", function, "sigmoid or tanh")
    goal = Within(function(near.value), function(near.centre), SLOPES[function] * near.bound)
    return derive(goal, "Lipschitz", (theorem,))


def sigmoid_contraction(theorem: Theorem) -> Theorem:
    """
              |x - y| <= b
    ------------------------------------ with d = x - y, m = (x + y)/2 the difference is
    |sigmoid(x) - sigmoid(y)| <= tanh(b/4)  sinh(d/2)/(cosh(d/2) + cosh m), and cosh m >= 1
    """
    near = conclusion_of("sigmoid contraction", theorem, Within)
    goal = Within(sigmoid(near.value), sigmoid(near.centre), tanh(near.bound / 4))
    return derive(goal, "sigmoid contraction", (theorem,))


def operator_norm(theorem: Theorem, rows: Theorem) -> Theorem:
    """
    G |- |x_m - y_m| <= b    sum_m |w_m| <= L
    ----------------------------------------- m not free in G or b (so for every m);
      |sum_m w_m x_m - sum_m w_m y_m| <= L b  m runs over one range
    """
    near, fact = conclusion_of("operator norm", theorem, Within), conclusion_of("operator norm", rows, LessEqual)
    if not (isinstance(fact.lhs, Sum) and len(fact.lhs.limits) == 1 and isinstance(fact.lhs.function, Abs)):
        raise RuleError("operator norm", fact, "a bound of a single sum of absolute values")
    weight, limit = fact.lhs.function.args[0], fact.lhs.limits[0]
    if limit[0] in propositions.free_symbols({near.bound, *theorem.hypotheses}):
        raise RuleError("operator norm", f"{limit[0]} in the bound or in a hypothesis", "one bound for every index")
    value, centre = (Sum(weight * x, limit) for x in (near.value, near.centre))
    return derive(Within(value, centre, fact.rhs * near.bound), "operator norm", (theorem, rows))
