"""Limits for a variable -> oo: decay, squeeze, continuity, one limit after another.  TRUSTED.

A limit variable is bound in the conclusion. What a theorem assumes of it beforehand may only
be that it is large enough, and the squeeze discharges that.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Monomial, Term, Variable
from symlstm.kernel.logic import propositions
from symlstm.kernel.logic.propositions import (
    Less,
    LessEqual,
    Proposition,
    TendsTo,
    Within,
    conclusion_of,
    derive,
    term_of,
)
from symlstm.kernel.logic.quotients import vanishes
from symlstm.kernel.theorem import RuleError, Theorem

CONTINUOUS = ("exp", "tanh", "sigmoid")


def _fixed(rule: str, variable: Variable, *items: Term | Proposition) -> None:
    if variable in propositions.free_symbols(items):
        raise RuleError(rule, f"{variable} in {', '.join(map(str, items))}", f"expressions without {variable}")


def exponential_decay(argument: Any, variable: Variable, rate: Theorem) -> Theorem:
    """
            0 < a
    ---------------------- argument = q - a x, no x in a or q
    lim_{x->oo} e^argument = 0
    """
    fact, exponent = conclusion_of("exponential decay", rate, Less), term_of("exponential decay", argument)
    q = algebra.substitute(exponent, {variable: algebra.ZERO}, {})
    _fixed("exponential decay", variable, fact.rhs)
    if fact.lhs != 0 or not vanishes(exponent - q + fact.rhs * variable):
        raise RuleError("exponential decay", f"{argument} with {fact}", f"0 < a and an exponent q - a*{variable}")
    return derive(TendsTo(algebra.exp(exponent), (variable,), 0), "exponential decay", (rate,), exponent)


def geometric_decay(low: Theorem, high: Theorem, t: Variable) -> Theorem:
    """
    0 <= f    f < 1
    ---------------- t a natural variable, not in f
    lim_{t->oo} f^t = 0
    """
    f, bottom = conclusion_of("geometric decay", high, Less), conclusion_of("geometric decay", low, LessEqual, Less)
    _fixed("geometric decay", t, f.lhs)
    if (bottom.lhs, bottom.rhs, f.rhs) != (0, f.lhs, 1) or t.kind != "natural":
        raise RuleError("geometric decay", f"{bottom} and {f}, power {t}", "0 <= f and f < 1, a natural power")
    return derive(TendsTo(f.lhs**t, (t,), 0), "geometric decay", (low, high))


def _towards(rule: str, x: Variable, goal: TendsTo, *premises: Theorem) -> Theorem:
    """The goal, a limit for x, less the hypotheses K < x and K <= x: x -> oo fulfils them. No other may mention x."""
    hypotheses = frozenset().union(*(premise.hypotheses for premise in premises))
    large = {h for h in hypotheses if isinstance(h, Less | LessEqual) and h.rhs == x and x not in h.lhs.symbols()}
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


def continuity(expr: Any, x: Variable, *theorems: Theorem) -> Theorem:
    """
        lim_{x->oo} u = u'    lim_{x->oo} v = v'    ...
        ----------------------------------------------- F built by +, *, natural powers, exp,
            lim_{x->oo} F(u, v) = F(u', v')             tanh, sigmoid and finite sums

    No index of a sum is free in a hypothesis: then the premises hold for all its values.
    """
    whole, facts = term_of("continuity", expr), [conclusion_of("continuity", theorem, TendsTo) for theorem in theorems]
    if any(fact.variables != (x,) for fact in facts):
        raise RuleError("continuity", " and ".join(map(str, facts)), f"limits for {x} alone")
    indices = propositions.bound_symbols(whole)
    if indices & propositions.free_symbols(hypothesis for theorem in theorems for hypothesis in theorem.hypotheses):
        raise RuleError("continuity", f"{indices} in a hypothesis", "limits for every index of a sum")
    known = {fact.expr: fact.value for fact in facts}
    return derive(TendsTo(whole, (x,), _limit(whole, x, known)), "continuity", theorems)


def _limit(term: Term, x: Variable, known: Mapping[Term, Term]) -> Term:
    if term in known or x not in term.symbols():
        return known.get(term, term)
    return algebra.total(_limit_of_product(mono, x, known).scaled(c) for mono, c in term.monomials.items())


def _limit_of_product(mono: Monomial, x: Variable, known: Mapping[Term, Term]) -> Term:
    """By the known limits of products in it, then factor by factor, exponentials by their exponent."""
    for term, value in known.items():
        [pattern, *more] = term.monomials or [algebra.ONE]
        if not more and pattern and pattern <= mono:
            return value.scaled(1 / term.monomials[pattern]) * _limit_of_product(mono - pattern, x, known)
    return reduce(Term.__mul__, (_limit_of_power(a, n, x, known) for a, n in mono), algebra.rational(1))


def _limit_of_power(a: Atom, n: int, x: Variable, known: Mapping[Term, Term]) -> Term:
    if x not in algebra.atom(a).symbols():
        return algebra.atom(a, n)
    if type(a) is Apply and a.function == "exp":
        return algebra.exp(_limit(a.argument.scaled(fmpq(n)), x, known))
    if n < 0:
        raise RuleError("continuity", algebra.atom(a, n), f"its limit for {x} -> oo as a premise")
    return algebra.power(_limit_of_atom(a, x, known), algebra.rational(n))


def _limit_of_atom(a: Atom, x: Variable, known: Mapping[Term, Term]) -> Term:
    if algebra.atom(a) in known:
        return known[algebra.atom(a)]
    if type(a) is Apply and a.function in CONTINUOUS:
        return algebra.applied(a.function, _limit(a.argument, x, known))
    moving = {place for place, part in enumerate(a.arguments) if x in part.symbols()} if type(a) is Apply else {0}
    if type(a) is Apply and a.function in ("sum", "power") and moving == {0}:
        return algebra.applied(a.function, _limit(a.argument, x, known), *a.arguments[1:])
    raise RuleError("continuity", algebra.atom(a), f"its limit for {x} -> oo as a premise")


def reciprocal_limit(limit: Theorem, sign: Theorem) -> Theorem:
    """
    lim_{x->oo} d = d'    0 < d'
    ---------------------------- one variable; d and d' are divisors that the hypotheses keep from 0
      lim_{x->oo} 1/d = 1/d'
    """
    fact, above = (
        conclusion_of("limit of a reciprocal", theorem, kind) for theorem, kind in ((limit, TendsTo), (sign, Less))
    )
    if (above.lhs, above.rhs) != (0, fact.value) or len(fact.variables) != 1:
        raise RuleError("limit of a reciprocal", f"{fact} and {above}", f"one limit, and 0 < {fact.value}")
    return derive(TendsTo(1 / fact.expr, fact.variables, 1 / fact.value), "limit of a reciprocal", (limit, sign))


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
