"""Induction over the time t, and sums that grow with it.  TRUSTED."""

from __future__ import annotations

from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Variable
from symlstm.kernel.logic.propositions import Equal, ForAll, Proposition, derive, free_symbols, substituted, term_of
from symlstm.kernel.theorem import RuleError, Theorem


def induction(p: Proposition, t: Variable, base: Theorem, step: Theorem) -> Theorem:
    """
    G |- p[t := 0]    D, p |- p[t := t + 1]
    --------------------------------------- t natural, not free in G or D;
         G, D |- for all t: p               p is assumed inside the step only
    """
    if type(t) is not Variable or t.kind != "natural":
        raise RuleError("induction", t, "a natural variable")
    for case, value in ((base, algebra.ZERO), (step, t + 1)):
        needed = substituted(p, {t: value})
        if case.conclusion != needed:
            raise RuleError("induction", case.conclusion, needed)
    if p in base.hypotheses or t in free_symbols(base.hypotheses | (step.hypotheses - {p})):
        raise RuleError("induction", f"an assumption on {t}, or {p} in the base", "the hypothesis, in the step alone")
    return derive(ForAll((t,), p), "induction", (base, step), (t, p), discharged=frozenset({p}))


def _sum(rule: str, total: Any, needed: str) -> Apply:
    found = term_of(rule, total).application()
    if found is None or found.function != "sum":
        raise RuleError(rule, total, needed)
    return found


def empty_sum(total: Any, *divisors: Theorem) -> Theorem:
    """
    ------------------------
    sum_{j=a}^{a-1} F(j) = 0
    """
    found = _sum("empty sum", total, "a sum without terms")
    _, _, low, high = found.arguments
    if high + 1 != low:
        raise RuleError("empty sum", total, "a sum without terms")
    return derive(Equal(algebra.atom(found), 0), "empty sum", divisors)


def last_term(total: Any, *divisors: Theorem) -> Theorem:
    """
    ---------------------------------------------- b - a natural
    sum_{j=a}^b F(j) = sum_{j=a}^{b-1} F(j) + F(b)
    """
    found = _sum("last term", total, "a sum with a last term")
    body, index, low, b = found.arguments
    if not algebra.is_natural(b - low):
        raise RuleError("last term", total, "a sum with a last term")
    [j] = index.symbols()
    rest, term = algebra.finite_sum(body, index, low, b - 1), algebra.substitute(body, {j: b}, {})
    return derive(Equal(algebra.atom(found), rest + term), "last term", divisors)
