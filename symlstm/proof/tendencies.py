"""auto for limits: what has no sequences by expansion, the rest by unfolding, continuity, decay and squeeze.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sympy
from sympy import Abs, Expr, Max, Min, Pow, Sum, Symbol
from sympy.core.function import AppliedUndef

from symlstm.kernel.asymptotics import Diverges
from symlstm.kernel.logic.bounds import arithmetic
from symlstm.kernel.logic.limits import continuity, geometric_decay, iterate, squeeze
from symlstm.kernel.logic.propositions import Equal, Less, LessEqual, TendsTo, Within, is_natural, rewrite
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.proof import order
from symlstm.proof.limits import limit
from symlstm.proof.order import NotFound

INERT = (AppliedUndef, Sum, Abs, Min, Max)  # what the expansions do not know


def prove(goal: Any, facts: Sequence[Theorem]) -> Theorem:
    """A theorem with this limit or divergence as its conclusion; raises NotFound with what stood in the way."""
    for fact in facts:
        if fact.conclusion == goal:
            return fact
    if isinstance(goal, Diverges):
        return _exactly(goal, limit(goal.expr, goal.variables[0], assume=_assumptions(facts)).theorem)
    first, *later = goal.variables
    found = Tendency(first, facts).of(goal.expr)
    for variable in later:
        found = iterate(found, Tendency(variable, facts).of(found.conclusion.value))
    return _with_value(found, goal, facts)


def _exactly(goal: Any, theorem: Theorem) -> Theorem:
    if theorem.conclusion != goal:
        raise NotFound(goal, f"this; what holds is {theorem.conclusion}")
    return theorem


def _with_value(found: Theorem, goal: TendsTo, facts: Sequence[Theorem]) -> Theorem:
    """The limit with its value as the goal writes it."""
    value = found.conclusion.value
    if value == goal.value:
        return found
    try:
        equal = order.prove(Equal(value, goal.value), facts)
    except (RuleError, Unsupported):
        raise NotFound(goal, f"the limit {value}") from None
    if value.is_Rational or value.is_Symbol:  # which cannot be rewritten
        [variable] = goal.variables
        return squeeze(order.prove(Within(goal.expr, goal.value, 0), facts), continuity(sympy.Integer(0), variable))
    return _exactly(goal, rewrite(found, equal))


def _assumptions(facts: Sequence[Theorem]) -> list[Any]:
    """Bounds of parameters among the hypotheses in scope."""
    said = [fact.conclusion for fact in facts if fact.rule == "hypothesis" and isinstance(fact.conclusion, Less)]
    return [p for p in said if (p.lhs.is_Rational and p.rhs.is_Symbol) or (p.lhs.is_Symbol and p.rhs.is_Rational)]


class Tendency:
    """Limits for one variable, with facts in scope."""

    def __init__(self, variable: Symbol, facts: Sequence[Theorem]) -> None:
        self.variable, self.facts = variable, facts
        said = [(f, f.conclusion) for f in facts]
        self.known = {p.expr: f for f, p in said if isinstance(p, TendsTo) and p.variables == sympy.Tuple(variable)}
        self.equations = {p.lhs: f for f, p in said if isinstance(p, Equal) and not p.rhs.has(p.lhs)}
        self.near = {p.value: f for f, p in said if isinstance(p, Within) and variable not in p.centre.free_symbols}

    def of(self, expr: Expr) -> Theorem:
        """lim expr, whatever it is."""
        if expr in self.known:
            return self.known[expr]
        if expr in self.near:
            return self._squeezed(self.near[expr])
        if expr in self.equations and self.variable in expr.free_symbols:
            return self._unfolded(self.equations[expr])
        if not expr.has(*INERT) and (found := self._expanded(expr)) is not None:
            return found
        return continuity(expr, self.variable, *self._parts(expr))

    def _expanded(self, expr: Expr) -> Theorem | None:
        """By expansion; None where the variable is in an exponent, or a sign is open."""
        if any(self.variable in power.exp.free_symbols for power in expr.atoms(Pow) if is_natural(power.exp)):
            return None
        found = limit(expr, self.variable, assume=_assumptions(self.facts)).theorem
        if not isinstance(found.conclusion, TendsTo):
            raise NotFound(f"lim {expr}", f"a finite limit; what holds is {found.conclusion}")
        return found if found.conclusion.expr == expr else self._restored(found, expr)

    def _restored(self, found: Theorem, expr: Expr) -> Theorem:
        """The limit of the expression as it was written."""
        return rewrite(found, arithmetic(Equal(found.conclusion.expr, expr)))

    def _unfolded(self, equation: Theorem) -> Theorem:
        limit_of_value = self.of(equation.conclusion.rhs) if self._depends(equation) else self._fixed(equation)
        if not self._depends(equation):
            return limit_of_value
        back = arithmetic(Equal(equation.conclusion.rhs, equation.conclusion.lhs), (-1, equation))
        return rewrite(limit_of_value, back)

    def _depends(self, equation: Theorem) -> bool:
        return self.variable in equation.conclusion.rhs.free_symbols

    def _fixed(self, equation: Theorem) -> Theorem:
        """lim a = b from a = b, where b does not depend on the variable."""
        a, b = equation.conclusion.args
        near = order.prove(Within(a, b, 0), [equation])
        return squeeze(near, continuity(sympy.Integer(0), self.variable))

    def _squeezed(self, near: Theorem) -> Theorem:
        vanishing = self.of(near.conclusion.bound)
        if vanishing.conclusion.value != 0:
            raise NotFound(f"lim {near.conclusion.value}", f"a bound that tends to 0, not {vanishing.conclusion.value}")
        return squeeze(near, vanishing)

    def _parts(self, expr: Expr) -> list[Theorem]:
        """The limits of the parts of an expression that continuity needs."""
        found: dict[Expr, Theorem] = {}

        def visit(node: Expr) -> None:
            if self.variable not in node.free_symbols or node in found:
                return
            if node in self.known or node in self.near or node in self.equations:
                found[node] = self.of(node)
            elif isinstance(node, Pow) and node.exp == self.variable:
                found[node] = self._decay(node)
            elif isinstance(node, AppliedUndef):
                raise NotFound(f"lim {node} for {self.variable}", "its limit, or an equation for it, among the facts")
            elif node.is_Function and (inside := self._unfolded_inside(node)) is not None:
                found[node] = inside
            elif node.is_Function and not node.has(*INERT) and (limit_of_node := self._expanded(node)) is not None:
                found[node] = limit_of_node
            else:
                for part in node.args if not isinstance(node, Sum) else (node.function,):
                    visit(part)

        visit(expr)
        return [*found.values()]

    def _unfolded_inside(self, node: Expr) -> Theorem | None:
        """lim F(a) by a = b, where F(b) has no sequences: a may tend to oo."""
        used = [e for a, e in self.equations.items() if node.has(a)]
        whole = node.xreplace({e.conclusion.lhs: e.conclusion.rhs for e in used})
        if not used or whole.has(*INERT) or (found := self._expanded(whole)) is None:
            return None
        return rewrite(found, *(arithmetic(Equal(*e.conclusion.args[::-1]), (-1, e)) for e in used))

    def _decay(self, power: Expr) -> Theorem:
        """lim f^t = 0 from 0 <= f < 1."""
        low = _first_of(self.facts, Less(0, power.base), LessEqual(0, power.base))
        return geometric_decay(low, order.prove(Less(power.base, 1), self.facts), self.variable)


def _first_of(facts: Sequence[Theorem], *goals: Any) -> Theorem:
    for goal in goals[:-1]:
        try:
            return order.prove(goal, facts)
        except (RuleError, Unsupported):
            continue
    return order.prove(goals[-1], facts)
