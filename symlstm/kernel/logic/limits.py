"""Limits for a variable -> oo: decay, squeeze, continuity, one limit after another.  TRUSTED.

A limit variable is bound in the conclusion. What a theorem assumes of it beforehand may only
be that it is large enough, and the squeeze discharges that.
"""

from __future__ import annotations

from collections.abc import Mapping

import sympy
from sympy import Expr, Pow, Sum, Symbol

from symlstm.kernel.fractions import vanishes
from symlstm.kernel.logic import propositions
from symlstm.kernel.logic.propositions import Less, LessEqual, Proposition, TendsTo, Within, conclusion_of, derive
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.activations import sigmoid

CONTINUOUS = (sympy.Add, sympy.Mul, sympy.exp, sympy.tanh, sigmoid)


def _fixed(rule: str, variable: Symbol, *items: Expr | Proposition) -> None:
    if variable in propositions.free_symbols(items):
        raise RuleError(rule, f"{variable} in {', '.join(map(str, items))}", f"expressions without {variable}")


def exponential_decay(argument: Expr, variable: Symbol, rate: Theorem) -> Theorem:
    """
            0 < a
    ---------------------- argument = q - a x, no x in a or q
    lim_{x->oo} e^argument = 0
    """
    fact = conclusion_of("exponential decay", rate, Less)
    q = propositions.substituted("exponential decay", argument, {variable: sympy.Integer(0)})
    _fixed("exponential decay", variable, fact.rhs)
    if fact.lhs != 0 or not vanishes(argument - q + fact.rhs * variable):
        raise RuleError("exponential decay", f"{argument} with {fact}", f"0 < a and an exponent q - a*{variable}")
    return derive(TendsTo(sympy.exp(argument), (variable,), 0), "exponential decay", (rate,))


def geometric_decay(low: Theorem, high: Theorem, t: Symbol) -> Theorem:
    """
    0 <= f    f < 1
    ---------------- t a natural variable, not in f
    lim_{t->oo} f^t = 0
    """
    f, bottom = conclusion_of("geometric decay", high, Less), conclusion_of("geometric decay", low, LessEqual, Less)
    _fixed("geometric decay", t, f.lhs)
    if (bottom.lhs, bottom.rhs, f.rhs) != (0, f.lhs, 1) or t != propositions.natural(t.name):
        raise RuleError("geometric decay", f"{bottom} and {f}, power {t}", "0 <= f and f < 1, a natural power")
    return derive(TendsTo(Pow(f.lhs, t), (t,), 0), "geometric decay", (low, high))


def _towards(rule: str, x: Symbol, goal: TendsTo, *premises: Theorem) -> Theorem:
    """The goal, a limit for x, less the hypotheses K < x and K <= x: x -> oo fulfils them. No other may mention x."""
    hypotheses = frozenset().union(*(premise.hypotheses for premise in premises))
    large = {h for h in hypotheses if isinstance(h, Less | LessEqual) and h.rhs == x and x not in h.lhs.free_symbols}
    _fixed(rule, x, *(hypotheses - large))
    return derive(goal, rule, premises, discharged=frozenset(large))


def squeeze(near: Theorem, vanishing: Theorem) -> Theorem:
    """
    G, K < x |- |v - c| <= b    D |- lim_{x->oo} b = 0
    -------------------------------------------------- no x in c, G or D
          G, D |- lim_{x->oo} v = c
    """
    fact, limit = conclusion_of("squeeze", near, Within), conclusion_of("squeeze", vanishing, TendsTo)
    if (limit.expr, limit.value) != (fact.bound, 0) or len(limit.variables) != 1:
        raise RuleError("squeeze", limit, f"lim {fact.bound} = 0 for one variable")
    [x] = limit.variables
    _fixed("squeeze", x, fact.centre)
    return _towards("squeeze", x, TendsTo(fact.value, (x,), fact.centre), near, vanishing)


def continuity(expr: Expr, x: Symbol, *theorems: Theorem) -> Theorem:
    """
        lim_{x->oo} u = u'    lim_{x->oo} v = v'    ...
        ----------------------------------------------- F built by +, *, natural powers, exp,
            lim_{x->oo} F(u, v) = F(u', v')             tanh, sigmoid and finite sums

    No index of a sum is free in a hypothesis: then the premises hold for all its values.
    """
    facts = [conclusion_of("continuity", theorem, TendsTo) for theorem in theorems]
    if any(fact.variables != (x,) for fact in facts):
        raise RuleError("continuity", " and ".join(map(str, facts)), f"limits for {x} alone")
    indices = propositions.bound_symbols(expr)
    if indices & propositions.free_symbols(hypothesis for theorem in theorems for hypothesis in theorem.hypotheses):
        raise RuleError("continuity", f"{indices} in a hypothesis", "limits for every index of a sum")
    known = {fact.expr: fact.value for fact in facts}
    return derive(TendsTo(expr, (x,), _limit(expr, x, known)), "continuity", theorems)


def _limit(expr: Expr, x: Symbol, known: Mapping[Expr, Expr]) -> Expr:
    if expr in known or x not in expr.free_symbols:
        return known.get(expr, expr)
    if expr.func in CONTINUOUS:
        return expr.func(*(_limit(part, x, known) for part in expr.args))
    if isinstance(expr, Sum) and x not in sympy.Tuple(*expr.limits).free_symbols:
        return Sum(_limit(expr.function, x, known), *expr.limits)
    if isinstance(expr, Pow) and propositions.is_natural(expr.exp) and x not in expr.exp.free_symbols:
        return _limit(expr.base, x, known) ** expr.exp
    raise RuleError("continuity", expr, f"its limit for {x} -> oo as a premise")


def iterate(inner: Theorem, outer: Theorem) -> Theorem:
    """
    G |- lim_x u = v    D |- lim_y v = w
    ------------------------------------ G and D say of y at most that it is large
       G, D |- lim_y lim_x u = w
    """
    first, second = (conclusion_of("iterated limit", theorem, TendsTo) for theorem in (inner, outer))
    if first.value != second.expr or len(second.variables) != 1:
        raise RuleError("iterated limit", second, f"a limit of {first.value}")
    goal = TendsTo(first.expr, first.variables + second.variables, second.value)
    return _towards("iterated limit", second.variables[0], goal, inner, outer)
