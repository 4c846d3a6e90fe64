"""auto for limits: what has no sequences by expansion, the rest by unfolding, continuity, decay and squeeze.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Apply, Atom, Term, Variable
from symlstm.kernel.asymptotics import Diverges
from symlstm.kernel.logic.bounds import arithmetic, positive
from symlstm.kernel.logic.limits import continuity, geometric_decay, iterate, reciprocal_limit, squeeze
from symlstm.kernel.logic.propositions import Equal, Less, LessEqual, TendsTo, Within, replaced, rewrite
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.proof import order
from symlstm.proof.limits import limit
from symlstm.proof.order import NotFound

INERT = ("sum", "abs", "min", "max")  # what the expansions do not know, beside sequences


FUNCTIONS = ("exp", "tanh", "sigmoid", "abs", "min", "max")


def is_inert(term: Term) -> bool:
    """Whether the expansions do not know something in it."""
    return any(isinstance(a.function, Variable) or a.function in INERT for a in algebra.applications(term))


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
        if (named := _by_name(found, goal, facts)) is not None:
            return named
        raise NotFound(goal, f"{value} = {goal.value}, as the limit is {value}") from None
    if value.rational() is not None or value.variable() is not None:  # which cannot be rewritten
        [variable] = goal.variables
        return squeeze(order.prove(Within(goal.expr, goal.value, 0), facts), continuity(ZERO, variable))
    return _exactly(goal, rewrite(found, equal))


def _by_name(found: Theorem, goal: TendsTo, facts: Sequence[Theorem]) -> Theorem | None:
    """The limit with a sequence for what it is defined as inside the value."""
    for equation in facts:
        said, value = equation.conclusion, found.conclusion.value
        if isinstance(said, Equal) and replaced(value, said.rhs, said.lhs) == goal.value:
            return rewrite(found, equation, right_to_left=True)
    return None


def _assumptions(facts: Sequence[Theorem]) -> list[Any]:
    """Bounds of parameters among the hypotheses in scope."""
    said = [fact.conclusion for fact in facts if fact.rule == "hypothesis" and isinstance(fact.conclusion, Less)]
    return [p for p in said if any(_is_bound(*sides) for sides in (p.args, p.args[::-1]))]


def _is_bound(number: Term, variable: Term) -> bool:
    return number.rational() is not None and variable.variable() is not None


class Tendency:
    """Limits for one variable, with facts in scope."""

    def __init__(self, variable: Variable, facts: Sequence[Theorem]) -> None:
        self.variable, self.facts = variable, facts
        said = [(f, f.conclusion) for f in facts]
        self.known = {p.expr: f for f, p in said if isinstance(p, TendsTo) and p.variables == (variable,)}
        self.equations = {p.lhs: f for f, p in said if isinstance(p, Equal) and not _has(p.rhs, p.lhs)}
        self.near = {p.value: f for f, p in said if isinstance(p, Within) and variable not in p.centre.symbols()}
        for upper, p in said:
            if isinstance(p, Less | LessEqual) and p.lhs not in self.near and p.lhs.application() is not None:
                lower = [f for f, q in said if isinstance(q, Less | LessEqual) and (q.lhs, q.rhs) == (ZERO, p.lhs)]
                for fact in lower[:1]:
                    with suppress(RuleError, Unsupported):
                        self.near[p.lhs] = order.prove(Within(p.lhs, ZERO, p.rhs), [upper, fact])

    def of(self, expr: Term) -> Theorem:
        """lim expr, whatever it is."""
        if expr in self.known:
            return self.known[expr]
        if expr in self.near and (squeezed := self._squeezed(self.near[expr])) is not None:
            return squeezed
        if expr in self.equations and self.variable in expr.symbols():
            return self._unfolded(self.equations[expr])
        if not is_inert(expr) and (found := self._expanded(expr)) is not None:
            return found
        return continuity(expr, self.variable, *self._parts(expr))

    def _expanded(self, expr: Term) -> Theorem | None:
        """By expansion; None where the variable is in an exponent, or a sign is open."""
        if any(self.variable in a.arguments[1].symbols() for a in algebra.applications(expr) if a.function == "power"):
            return None
        found = limit(expr, self.variable, assume=_assumptions(self.facts)).theorem
        if not isinstance(found.conclusion, TendsTo):
            raise NotFound(f"lim {expr}", f"a finite limit; what holds is {found.conclusion}")
        return found

    def _unfolded(self, equation: Theorem) -> Theorem:
        limit_of_value = self.of(equation.conclusion.rhs) if self._depends(equation) else self._fixed(equation)
        if not self._depends(equation):
            return limit_of_value
        back = arithmetic(Equal(equation.conclusion.rhs, equation.conclusion.lhs), (-1, equation))
        return rewrite(limit_of_value, back)

    def _depends(self, equation: Theorem) -> bool:
        return self.variable in equation.conclusion.rhs.symbols()

    def _fixed(self, equation: Theorem) -> Theorem:
        """lim a = b from a = b, where b does not depend on the variable."""
        a, b = equation.conclusion.args
        near = order.prove(Within(a, b, 0), [equation])
        return squeeze(near, continuity(ZERO, self.variable))

    def _squeezed(self, near: Theorem) -> Theorem | None:
        """By a distance that tends to 0; None if it does not."""
        try:
            return squeeze(near, self.of(near.conclusion.bound))
        except RuleError:
            return None

    def _vanishing(self, product: Term) -> Theorem | None:
        """lim of a bounded quantity times what tends to 0; None if it is no such product."""
        for value, near in self.near.items():
            [mono] = product.monomials
            [factor, *more] = value.monomials or [algebra.ONE]
            if near.conclusion.centre == 0 and not more and factor and factor <= mono:
                bound = Term({mono - factor: fmpq(1)}) * near.conclusion.bound
                try:
                    return self._squeezed(order.prove(Within(product, ZERO, bound), [near, *self.facts]))
                except (RuleError, Unsupported):
                    continue
        return None

    def _parts(self, expr: Term) -> list[Theorem]:
        """The limits of the parts of an expression that continuity needs."""
        found: dict[Term, Theorem] = {}

        def visit(whole: Term) -> None:
            for mono in whole.monomials:
                moving = frozenset((a, n) for a, n in mono if self.variable in algebra.atom(a).symbols())
                grown = Term({moving: fmpq(1)})
                if grown in self.known:
                    found[grown] = self.of(grown)
                elif moving and (there := self._vanishing(grown)) is not None:
                    found[grown] = there
                else:
                    for a, n in moving:
                        part(a, n)

        def part(a: Atom, n: int) -> None:
            node = algebra.atom(a, n) if isinstance(a, Apply) and a.function == "exp" else algebra.atom(a)
            if node in found or node == self.variable:
                return
            if node in self.known or node in self.equations:
                found[node] = self.of(node)
            elif node in self.near and (squeezed := self._squeezed(self.near[node])) is not None:
                found[node] = squeezed
            elif not isinstance(a, Apply):
                return
            elif a.function == "power" and a.arguments[1] == self.variable:
                found[node] = self._decay(a)
            elif isinstance(a.function, Variable):
                raise NotFound(f"lim {node} for {self.variable}", "its limit, or an equation for it, among the facts")
            elif a.function in FUNCTIONS and (inside := self._unfolded_inside(node)) is not None:
                found[node] = inside
            elif a.function in FUNCTIONS and not is_inert(node) and (there := self._expanded(node)) is not None:
                found[node] = there
            elif a.function in ("sigmoid", "tanh") and (saturated := self._saturated(node, a)) is not None:
                found[node] = saturated
            else:
                for inner in a.arguments if a.function != "sum" else (a.argument,):
                    visit(inner)

        visit(expr)
        return [*found.values()]

    def _unfolded_inside(self, node: Term) -> Theorem | None:
        """lim F(a) by a = b, where F(b) has no sequences: a may tend to oo."""
        used = [e for a, e in self.equations.items() if _has(node, a)]
        whole = node
        for e in used:
            whole = replaced(whole, *e.conclusion.args)
        if not used or is_inert(whole) or (found := self._expanded(whole)) is None:
            return None
        return rewrite(found, *(arithmetic(Equal(*e.conclusion.args[::-1]), (-1, e)) for e in used))

    def _saturated(self, node: Term, a: Apply) -> Theorem | None:
        """lim sigmoid(v + y) or lim tanh(v + y), where v -> oo or -oo has no sequences and y has a limit; else None."""
        drift = _without_sequences(a.argument, self.variable)
        if drift == 0 or not isinstance(way := limit(drift, self.variable).theorem.conclusion, Diverges):
            return None
        scale = fmpq(way.direction * (2 if a.function == "tanh" else 1))
        opened = self._opened(drift.scaled(scale), (a.argument - drift).scaled(scale))
        gate = opened.conclusion.expr
        form = (gate * 2 - 1).scaled(fmpq(way.direction)) if a.function == "tanh" else gate if scale > 0 else 1 - gate
        if form == node:
            return opened
        return rewrite(continuity(form, self.variable, opened), arithmetic(Equal(form, node)))

    def _opened(self, drift: Term, rest: Term) -> Theorem:
        """lim sigmoid(v + y) = 1, where v -> oo: it is 1/(1 + e^-v e^-y)."""
        size, vanishing = drift + rest, limit(algebra.exp(-drift), self.variable).theorem
        below = algebra.exp(-size) + 1
        found = continuity(below, self.variable, vanishing, *self._parts(algebra.exp(-rest)))
        upside_down = reciprocal_limit(found, positive(found.conclusion.value))
        return rewrite(upside_down, arithmetic(Equal(1 / below, algebra.sigmoid(size))))

    def _decay(self, power: Apply) -> Theorem:
        """lim f^t = 0 from 0 <= f < 1."""
        base = power.argument
        low = _first_of(self.facts, Less(0, base), LessEqual(0, base))
        return geometric_decay(low, order.prove(Less(base, 1), self.facts), self.variable)


def _without_sequences(term: Term, variable: Variable) -> Term:
    """Its terms with the variable that have no sequences."""
    terms = [Term({mono: c}) for mono, c in term.monomials.items()]
    return algebra.total(x for x in terms if variable in x.symbols() and not is_inert(x))


def _has(term: Term, part: Term) -> bool:
    """Whether it has the part at any depth."""
    return bool(replaced(term, part, algebra.atom(order.HOLE)) != term)


def _first_of(facts: Sequence[Theorem], *goals: Any) -> Theorem:
    for goal in goals[:-1]:
        try:
            return order.prove(goal, facts)
        except (RuleError, Unsupported):
            continue
    return order.prove(goals[-1], facts)
