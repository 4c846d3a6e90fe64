"""Goals: a statement to be proved, the facts in scope, and what is left to do.  UNTRUSTED.

    @theorem("R2", Equal(c(t, n, B, C), f**t * C + i * g * (1 - f**t) / (1 - f)), under=lstm(B, C), forall=(t, n, B, C))
    def closed_form(goal):
        goal.induct(t).auto()

A goal is printed with its facts, one a line, and, where `auto` stopped, with what it needed. Whatever is
found here is a theorem that the kernel made.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.asymptotics import Diverges
from symlstm.kernel.logic.bounds import cases as by_cases
from symlstm.kernel.logic.induction import induction
from symlstm.kernel.logic.propositions import (
    Conjunction,
    ForAll,
    Proposition,
    TendsTo,
    assume,
    generalise,
    specialise,
    substituted,
    together,
)
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.translation import normal, of_kernel
from symlstm.proof import order, tendencies
from symlstm.proof.claims import Claim, claim
from symlstm.proof.instances import instances, split


class Unfinished(RuleError):
    """A proof with goals left: their statements, the facts in scope, and why auto stopped."""

    def __init__(self, goals: Sequence[Goal]) -> None:
        RuleError.__init__(self, "proof", f"{len(goals)} goal{'s' * (len(goals) != 1)} left", "none")
        self.goals = tuple(goals)

    def __str__(self) -> str:
        return "\n".join(map(str, self.goals))


class Goal:
    """A statement to be proved from the facts in scope."""

    def __init__(self, statement: Any, facts: Iterable[Theorem] = ()) -> None:
        self.statement, self._given, self.reason = statement, [*facts], ""
        self._haves: list[Goal] = []
        self._rest: list[Goal] = []
        self._finish: Callable[[], Theorem] | None = None

    def __str__(self) -> str:
        facts = [str(fact.conclusion) for fact in self.facts]
        lines = [*(f"  {n:2}  {fact}" for n, fact in enumerate(facts, 1)), f"  |-  {self.statement}"]
        return "\n".join([*lines, *([f"      auto: {self.reason}"] if self.reason else [])])

    @property
    def facts(self) -> list[Theorem]:
        """What is in scope: what was given, and what was proved on the way."""
        return [*self._given, *(goal.theorem for goal in self._haves if not goal.open)]

    @property
    def open(self) -> list[Goal]:
        """The goals that are left of this one."""
        if self._finish is None:
            return [*(goal for part in self._haves for goal in part.open), self]
        return [goal for part in self._rest for goal in part.open]

    @property
    def theorem(self) -> Theorem:
        """The theorem; raises Unfinished while goals are left."""
        if self.open:
            raise Unfinished(self.open)
        return self._finish()  # type: ignore[misc]  # `open` saw it

    def by(self, theorem: Theorem) -> Goal:
        """This very statement, from a rule by hand."""
        if theorem.conclusion != self.statement:
            raise RuleError("by", theorem.conclusion, self.statement)
        return self._closed(lambda: theorem)

    def _closed(self, finish: Callable[[], Theorem], *rest: Goal) -> Goal:
        self._finish, self._rest = finish, [*rest]
        return self

    def auto(self, *more: Theorem) -> Goal:
        """Looks for a proof from the facts in scope and from `more`; where there is none the goal says why."""
        self._given += more
        try:
            found = found_for(self.statement, self.facts)
        except (RuleError, Unsupported) as refusal:
            self.reason = self._miss(refusal)
            return self
        return self._closed(lambda: found)

    def _miss(self, refusal: Exception) -> str:
        """Why auto stopped: what this goal, or one on the way to it, needed."""
        if not isinstance(refusal, order.NotFound):
            return str(refusal)
        return f"needed {refusal.needed}" + (f", for {refusal.found}" if refusal.found != self.statement else "")

    def have(self, statement: Proposition) -> Goal:
        """A fact on the way: a goal of its own, and a fact here once it is proved."""
        self._haves.append(Goal(statement, self.facts))
        return self._haves[-1]

    def induct(self, t: Any) -> Goals:
        """The goals at 0 and at t + 1; the second has this statement as a fact. A statement for all t is proved at t."""
        t = of_kernel(t)
        if isinstance(self.statement, ForAll) and t in self.statement.variables:
            return self._at(t).induct(t)
        hypothesis = assume(self.statement)
        base = Goal(substituted(self.statement, {t: algebra.ZERO}), self.facts)
        step = Goal(substituted(self.statement, {t: t + 1}), [*self.facts, hypothesis])
        self._closed(lambda: specialise(induction(self.statement, t, base.theorem, step.theorem), t), base, step)
        return Goals((base, step))

    def _at(self, t: Variable) -> Goal:
        """The goal of a statement for all values, with one of its variables as it is."""
        variables = self.statement.variables
        rest = tuple(v for v in variables if v != t)
        one = Goal(ForAll(rest, self.statement.body) if rest else self.statement.body, self.facts)
        self._closed(lambda: generalise(specialise(one.theorem, *rest), *variables), one)
        return one

    def cases(self, m: Any) -> Goals:
        """The goal with each argument of a minimum or maximum in its place."""
        extreme, hole = normal(m), order.HOLE
        shape, found = order.with_hole(self.statement, extreme), extreme.application()
        if found is None or found.function not in ("min", "max"):
            raise RuleError("cases", m, "a minimum or a maximum")
        parts = [Goal(substituted(shape, {hole: a}), self.facts) for a in found.arguments]
        self._closed(lambda: by_cases(shape, hole, extreme, *(part.theorem for part in parts)), *parts)
        return Goals(parts)

    def intro(self) -> Goal:
        """The body of a statement for all values; the variables are as good as any."""
        variables = tuple(self.statement.variables)
        body = Goal(self.statement.body, self.facts)
        self._closed(lambda: generalise(body.theorem, *variables), body)
        return body

    def split(self) -> Goals:
        """The parts of a conjunction."""
        parts = [Goal(part, self.facts) for part in self.statement.parts]
        self._closed(lambda: together(*(part.theorem for part in parts)), *parts)
        return Goals(parts)


class Goals(tuple[Goal, ...]):
    """Several goals."""

    __slots__ = ()

    def auto(self, *more: Theorem) -> Goals:
        """Each by auto."""
        for goal in self:
            goal.auto(*more)
        return self

    def __str__(self) -> str:
        return "\n".join(map(str, self))


def found_for(statement: Proposition, facts: Sequence[Theorem]) -> Theorem:
    """A theorem that says it: its parts, for any values of what it binds, by order or by limits."""
    for fact in facts:
        if fact.conclusion == statement:
            return fact
    if isinstance(statement, Conjunction):
        return together(*(found_for(part, facts) for part in statement.parts))
    if isinstance(statement, ForAll):
        return generalise(found_for(statement.body, facts), *statement.variables)
    values, general = split(facts)
    known = [*values, *instances(general, [statement, *(f.conclusion for f in values)])]
    if isinstance(statement, TendsTo | Diverges):
        return tendencies.prove(statement, known)
    return order.prove(statement, known)


def auto(statement: Proposition, *facts: Theorem) -> Theorem:
    """A theorem that says the statement, from the facts; raises RuleError with what was missing."""
    return found_for(statement, facts)


def every(*parts: Proposition) -> Any:
    """All of them, as one statement."""
    return Conjunction(parts)


def lemma(
    statement: Proposition, *, under: Iterable[Theorem] = (), forall: Sequence[Any] = (), given: Iterable[Any] = ()
) -> Callable[[Callable[[Goal], Any]], Callable[[], Theorem]]:
    """Like `theorem`, but no claim: a function of no arguments that proves it once."""

    def made(function: Callable[[Goal], Any]) -> Callable[[], Theorem]:
        @cache
        def proof() -> Theorem:
            goal = Goal(statement, [*under, *(assume(p) for p in given)])
            function(goal)
            return generalise(goal.theorem, *of_kernel(forall)) if forall else goal.theorem

        return proof

    return made


def theorem(
    id: str,
    name: str,
    statement: Proposition,
    *,
    under: Iterable[Theorem] = (),
    forall: Sequence[Any] = (),
    given: Iterable[Any] = (),
) -> Callable[[Callable[[Goal], Any]], Claim]:
    """A claim that shows its formula: the statement, for all values of `forall`, under definitions and assumptions.

    The function is handed the goal without the quantifier; what it leaves undone is printed with the claim.
    """
    whole = ForAll(of_kernel(forall), statement) if forall else statement

    allowed = [*given, *(h for known in under for h in known.hypotheses)]

    def register(function: Callable[[Goal], Any]) -> Claim:
        proof = lemma(statement, under=under, forall=forall, given=given)(function)
        return claim(id, name, goal=whole, given=allowed)(located(proof, function))

    return register


def located(proof: Callable[[], Theorem], function: Callable[..., Any]) -> Callable[[], Theorem]:
    """The proof as a function that stands where the script's function stands."""

    def prove() -> Theorem:
        return proof()

    code = function.__code__
    prove.__code__ = prove.__code__.replace(co_filename=code.co_filename, co_firstlineno=code.co_firstlineno)
    return prove
