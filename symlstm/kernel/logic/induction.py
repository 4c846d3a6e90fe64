"""Induction over the time t, and sums that grow with it.  TRUSTED."""

from __future__ import annotations

from sympy import Expr, Integer, Sum, Symbol

from symlstm.kernel.logic import propositions
from symlstm.kernel.logic.propositions import Equal, ForAll, Proposition, derive, substituted
from symlstm.kernel.theorem import RuleError, Theorem


def induction(p: Proposition, t: Symbol, base: Theorem, step: Theorem) -> Theorem:
    """
    G |- p[t := 0]    D, p |- p[t := t + 1]
    --------------------------------------- t natural, not free in G or D;
         G, D |- for all t: p               p is assumed inside the step only
    """
    if t != propositions.natural(t.name):
        raise RuleError("induction", t, "a natural variable")
    for case, value in ((base, Integer(0)), (step, t + 1)):
        needed = substituted("induction", p, {t: value})
        if case.conclusion != needed:
            raise RuleError("induction", case.conclusion, needed)
    if p in base.hypotheses or t in propositions.free_symbols(base.hypotheses | (step.hypotheses - {p})):
        raise RuleError("induction", f"an assumption on {t}, or {p} in the base", "the hypothesis, in the step alone")
    return derive(ForAll((t,), p), "induction", (base, step), discharged=frozenset({p}))


def empty_sum(total: Expr, *divisors: Theorem) -> Theorem:
    """
    ------------------------
    sum_{j=a}^{a-1} F(j) = 0
    """
    if not isinstance(total, Sum) or any(high + 1 != low for _, low, high in total.limits):
        raise RuleError("empty sum", total, "a sum without terms")
    return derive(Equal(total, 0), "empty sum", divisors)


def last_term(total: Expr, *divisors: Theorem) -> Theorem:
    """
    ---------------------------------------------- b - a natural
    sum_{j=a}^b F(j) = sum_{j=a}^{b-1} F(j) + F(b)
    """
    [(j, low, b)] = total.limits if isinstance(total, Sum) and len(total.limits) == 1 else [(0, 1, Integer(0))]
    if not propositions.is_natural(b - low):
        raise RuleError("last term", total, "a sum with a last term")
    term = substituted("last term", total.function, {j: b})
    return derive(Equal(total, Sum(total.function, (j, low, b - 1)) + term), "last term", divisors)
