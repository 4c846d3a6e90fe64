"""Goals: a statement to be proved, the facts in scope, and what is left to do.  UNTRUSTED.

    @theorem("R2", Equal(c(t, n, B, C), f**t * C + i * g * (1 - f**t) / (1 - f)), under=lstm(B, C), forall=(t, n, B, C))
    def closed_form(goal):
        goal.induct(t).auto()

A goal is printed with its facts, one a line, and, where `auto` stopped, with what it needed. Whatever is
found here is a theorem that the kernel made.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.asymptotics import Diverges
from symlstm.kernel.logic.bounds import cases as by_cases
from symlstm.kernel.logic.induction import induction
from symlstm.kernel.logic.propositions import (
    Conjunction,
    Equal,
    ForAll,
    Less,
    LessEqual,
    Proposition,
    TendsTo,
    Within,
    assume,
    cut,
    divisors,
    generalise,
    rewrite,
    specialise,
    substituted,
    together,
)
from symlstm.kernel.logic.quotients import certainly_positive
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.translation import normal, of_kernel
from symlstm.proof import distances, order, ranges, tendencies
from symlstm.proof.claims import Claim, Verdict, claim
from symlstm.proof.counterexample import counterexample
from symlstm.proof.instances import instances, split, sums

Proof = Callable[[], Any]  # of a theorem, made once
Known = Theorem | Proof  # a theorem, or a lemma or claim by its name
Made = TypeVar("Made")


class Place(NamedTuple):
    """Where a proof stands."""

    file: str
    line: int


def theorem_of(known: Known) -> Theorem:
    """The theorem, proved if it was not yet."""
    return known if isinstance(known, Theorem) else known()


def positive_divisors(p: Proposition, facts: Sequence[Theorem]) -> list[Theorem]:
    """0 < d, from orders among the facts, for what a proposition divides by and is not positive by its form."""
    orders = [fact for fact in facts if isinstance(fact.conclusion, Less | LessEqual)]
    return [order.prove(Less(0, d), orders) for d in divisors(p) if not certainly_positive(d)]


def assumed(given: Iterable[Any]) -> list[Theorem]:
    """Hypotheses; the orders among them say of what the others divide by that it is not 0."""
    said = [*given]
    orders = [assume(p) for p in said if isinstance(p, Less | LessEqual) and not divisors(p)]
    return [assume(p, *positive_divisors(p, orders)) for p in said]


def discharged(theorem: Theorem, facts: Sequence[Theorem]) -> Theorem:
    """The theorem, with the facts' hypotheses for those orders and distances among its own that follow from the facts."""
    scope = frozenset().union(*(fact.hypotheses for fact in facts))
    for p in sorted(theorem.hypotheses - scope, key=str):
        if isinstance(p, Less | LessEqual | Within):
            with suppress(RuleError, Unsupported):
                theorem = cut(order.prove(p, facts), theorem)
    return theorem


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
        self.statement, self._given, self.reason = of_kernel(statement), [*facts], ""
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
        found = discharged(theorem, self.facts)
        return self._closed(lambda: found)

    def _closed(self, finish: Callable[[], Theorem], *rest: Goal) -> Goal:
        self._finish, self._rest = finish, [*rest]
        return self

    def auto(self, *more: Known) -> Goal:
        """Looks for a proof from the facts in scope and from `more`; where there is none the goal says why."""
        scope = self.facts
        self._given += [discharged(theorem_of(known), scope) for known in more]
        try:
            found = found_for(self.statement, self.facts)
        except (RuleError, Unsupported) as refusal:
            self.reason = self._miss(refusal)
            return self
        return self._closed(lambda: found)

    def _miss(self, refusal: Exception) -> str:
        """Why auto stopped: what this goal, or one on the way to it, needed."""
        if (place := counterexample(self.statement, self.facts)) is not None:
            return f"this is false at {', '.join(f'{v} = {x}' for v, x in place.items()) or 'these numbers'}"
        if not isinstance(refusal, order.NotFound):
            return str(refusal)
        return f"needed {refusal.needed}" + (f", for {refusal.found}" if refusal.found != self.statement else "")

    def have(self, statement: Any) -> Goal:
        """A fact on the way: a goal of its own, and a fact here once it is proved."""
        self._haves.append(Goal(statement, self.facts))
        return self._haves[-1]

    def induct(self, t: Any) -> Goals:
        """The goals at 0 and at t + 1; the second has this statement as a fact. A statement for all t is proved at t."""
        t = of_kernel(t)
        if isinstance(self.statement, ForAll) and t in self.statement.variables:
            return self._at(t).induct(t)
        hypothesis = assume(self.statement, *positive_divisors(self.statement, self.facts))
        base = Goal(substituted(self.statement, {t: algebra.ZERO}), self.facts)
        step = Goal(substituted(self.statement, {t: t + 1}), [*self.facts, hypothesis])
        self._closed(lambda: specialise(induction(self.statement, t, base.theorem, step.theorem), t), base, step)
        return Goals((base, step))

    def _at(self, t: Variable) -> Goal:
        """The goal of a statement for all values, with one of its variables as it is."""
        variables = self.statement.variables
        rest = tuple(v for v in variables if v != t)
        one = Goal(ForAll(rest, self.statement.body) if rest else self.statement.body, self.facts)
        self._closed(lambda: generalise(specialise(one.theorem, *rest) if rest else one.theorem, *variables), one)
        return one

    def cases(self, m: Any) -> Goals:
        """The goal with each argument of a minimum or maximum in its place; with a and -a in the place of |a|."""
        extreme, hole = normal(m), order.HOLE
        shape, found = order.with_hole(self.statement, extreme), extreme.application()
        if found is None or found.function not in ranges.EXTREMES or shape == self.statement:
            raise RuleError("cases", m, f"a minimum, a maximum or an absolute value in {self.statement}")
        parts = [Goal(substituted(shape, {hole: a}), self.facts) for a in ranges.choices(found)]
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

    def auto(self, *more: Known) -> Goals:
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
    known += sums(statement, known)
    equations = sorted((f for f in known if isinstance(f.conclusion, Equal)), key=lambda f: len(str(f.conclusion)))
    if isinstance(statement, Within) and statement.centre.rational() is None:
        try:
            return distances.prove(statement, known)
        except distances.OtherShape:
            pass  # it may follow from orders all the same
        except (RuleError, Unsupported):
            with suppress(RuleError, Unsupported):
                return order.quickly(statement, [_put_in(fact, equations) for fact in known])
            raise
    inside = [_put_in(fact, equations) for fact in known]
    if isinstance(statement, TendsTo | Diverges):
        return _first(tendencies.prove, statement, known, inside)
    return _first(order.prove, statement, inside, known)


def _first(prove: Callable[..., Theorem], statement: Proposition, *scopes: Sequence[Theorem]) -> Theorem:
    """From the first of two lists of facts, else from the other; why the first did not do, if neither does."""
    first, second = scopes
    try:
        return prove(statement, first)
    except (RuleError, Unsupported):
        if first == second:
            raise
        try:
            return prove(statement, second)
        except (RuleError, Unsupported):
            pass
        raise


def _put_in(fact: Theorem, equations: Sequence[Theorem]) -> Theorem:
    """A definition with the other equations put into it, also into the arguments of its functions."""
    for other in equations if isinstance(fact.conclusion, Equal) else ():
        if other.conclusion.lhs != fact.conclusion.lhs:
            try:
                fact = rewrite(fact, other)
            except RuleError:
                continue
    return fact


def auto(statement: Any, *facts: Known) -> Theorem:
    """A theorem that says the statement, from the facts; raises RuleError with what was missing."""
    return found_for(of_kernel(statement), [*map(theorem_of, facts)])


def inductively(statement: Any, t: Any, *facts: Known) -> Theorem:
    """A theorem that says the statement, by induction over t; raises Unfinished with the goals that are left."""
    goal = Goal(statement, map(theorem_of, facts))
    goal.induct(t).auto()
    return goal.theorem


def every(*parts: Any) -> Any:
    """All of them, as one statement; one alone is itself."""
    found = of_kernel(parts)
    return found[0] if len(found) == 1 else Conjunction(found)


class Stated(Generic[Made]):
    """A statement that waits for its proof: a function that is handed the goal, or one of the two usual ones."""

    def __init__(self, goal: Callable[[], Goal], forall: Sequence[Any], made: Callable[[Proof, Place], Made]) -> None:
        self._goal, self._forall, self._made = goal, of_kernel(forall), made

    def __call__(self, function: Callable[[Goal], Any]) -> Made:
        """Proved as the function says; what it leaves undone is printed."""
        code = function.__code__
        return self._by(function, Place(code.co_filename, code.co_firstlineno))

    def auto(self, *more: Known) -> Made:
        """Proved by auto."""
        return self._by(lambda goal: goal.auto(*more), _caller())

    def induct(self, t: Any, *more: Known) -> Made:
        """Proved by induction over t, base and step by auto."""
        return self._by(lambda goal: goal.induct(t).auto(*more), _caller())

    def _by(self, function: Callable[[Goal], Any], place: Place) -> Made:
        @cache
        def proof() -> Theorem:
            goal = self._goal()
            function(goal)
            return generalise(goal.theorem, *self._forall) if self._forall else goal.theorem

        return self._made(proof, place)


def _caller() -> Place:
    frame = sys._getframe(2)
    return Place(frame.f_code.co_filename, frame.f_lineno)


def lemma(
    statement: Any, *, under: Iterable[Any] = (), forall: Sequence[Any] = (), given: Iterable[Any] = ()
) -> Stated[Proof]:
    """Like `theorem`, but no claim: a function of no arguments that proves it once."""
    known, hypotheses = _known(under), of_kernel([*given])
    return Stated(lambda: Goal(statement, [*known, *assumed(hypotheses)]), forall, lambda proof, _: proof)


def theorem(
    id: str,
    name: str,
    statement: Any,
    *,
    under: Iterable[Any] = (),
    forall: Sequence[Any] = (),
    given: Iterable[Any] = (),
    expect: Verdict = Verdict.PROVED,
) -> Stated[Claim]:
    """A claim that shows its formula: the statement, for all values of `forall`, under definitions and assumptions.

    `expect` is the verdict that the script's author expects: OPEN of what is not proved yet. A goal has the statement
    without the quantifier.
    """
    whole = ForAll(of_kernel(forall), of_kernel(statement)) if forall else of_kernel(statement)
    known, hypotheses = _known(under), of_kernel([*given])
    allowed = [*hypotheses, *(h for fact in known for h in fact.hypotheses)]

    def register(proof: Proof, place: Place) -> Claim:
        return claim(id, name, expect=expect, goal=whole, given=allowed)(_located(proof, place))

    return Stated(lambda: Goal(statement, [*known, *assumed(hypotheses)]), forall, register)


def _known(under: Iterable[Any]) -> list[Theorem]:
    """Definitions, as theorems or as statements that are assumed."""
    return [x if isinstance(x, Theorem) else assume(of_kernel(x)) for x in under]


def _located(proof: Proof, place: Place) -> Proof:
    """The proof as a function that stands at a place of the script."""

    def prove() -> Any:
        return proof()

    prove.__code__ = prove.__code__.replace(co_filename=place.file, co_firstlineno=place.line)
    return prove
