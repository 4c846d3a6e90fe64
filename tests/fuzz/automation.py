"""Random orders and distances under random assumptions: what `auto` proves holds at random places by mpmath, and where it
tells of a place at which a statement is false, it is false there and what is assumed holds."""

from __future__ import annotations

import random
from typing import Any

import mpmath
from flint import fmpq

from fuzz.findings import demand
from fuzz.terms import DIGITS, REAL, Undefined, Values, rational, value
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.logic.propositions import Equal, Less, LessEqual, Within, assume
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.proof.counterexample import counterexample
from symlstm.proof.goals import auto

NAME = "automation"
PLACES = 60
GATES = (algebra.sigmoid, algebra.tanh, algebra.exp, algebra.absolute)
SLACK = mpmath.mpf(10) ** -20


def number(rng: random.Random) -> Term:
    return rng.choice((algebra.atom(rng.choice(REAL)), algebra.atom(rng.choice(REAL)), rational(rng)))


def gate(rng: random.Random) -> Term:
    return rng.choice(GATES)(number(rng) + rng.choice((algebra.ZERO, number(rng))))


def part(rng: random.Random) -> Term:
    """A number, a gate, or an extreme of two."""
    kind = rng.random()
    if kind < 0.35:
        return number(rng)
    if kind < 0.8:
        return gate(rng)
    return rng.choice((algebra.minimum, algebra.maximum))(number(rng), gate(rng))


def side(rng: random.Random) -> Term:
    first, second = part(rng), part(rng)
    return rng.choice((first, first + second, first * second, first - second))


def added(rng: random.Random) -> Term:
    """What is mostly not negative."""
    x = part(rng)
    return rng.choice((algebra.ZERO, x * x, algebra.sigmoid(x), algebra.exp(x), 1 - algebra.tanh(x), x))


def statement(rng: random.Random) -> Any:
    low = side(rng)
    if rng.random() < 0.25:
        a, b, bound = number(rng), number(rng), algebra.atom(REAL[-1])
        f = rng.choice(GATES[:2])
        return Within(f(a), f(b), bound.scaled(fmpq(1, rng.choice((1, 4, 5)))))
    return rng.choice((Less, LessEqual, LessEqual))(low, low + added(rng) + rng.choice((algebra.ZERO, number(rng))))


def assumption(rng: random.Random) -> Any:
    a, b = number(rng), number(rng)
    kind = rng.randrange(4)
    if kind == 3:
        return Within(a, b, algebra.atom(REAL[-1]))
    return (Less, LessEqual, Equal)[kind](a, b)


def holds(p: Any, at: Values, slack: Any) -> bool:
    """With some room; a negative one asks for more."""
    values = [value(x, at) for x in p.args]
    if isinstance(p, Within):
        return bool(abs(values[0] - values[1]) <= values[2] + slack)
    return bool(abs(values[0] - values[1]) <= slack if isinstance(p, Equal) else values[0] <= values[1] + slack)


def place(rng: random.Random, given: list[Any]) -> Values:
    """Numbers; equations between variables and numbers are made true as far as that goes."""
    at: Values = {v: mpmath.mpf(rng.randint(-300, 300)) / rng.choice((101, 33)) for v in REAL}
    for p in given:
        if isinstance(p, Equal) and (v := p.lhs.variable()) is not None:
            at[v] = value(p.rhs, at)
    return at


def check(seed: int) -> str:
    """Proved, false somewhere, or open."""
    rng = random.Random(f"automation {seed}")
    goal, given = statement(rng), [assumption(rng) for _ in range(rng.randint(0, 2))]
    facts = [*map(assume, given)]
    with mpmath.workdps(DIGITS):
        try:
            theorem = auto(goal, *facts)
        except (RuleError, Unsupported):
            found = counterexample(goal, facts)
            if found is None:
                return "open"
            at: Values = {v: mpmath.mpf(int(x.rational().p)) / int(x.rational().q) for v, x in found.items()}
            demand(all(holds(p, at, SLACK) for p in given), f"{given} at {found}")
            demand(not holds(goal, at, -SLACK), f"{goal} is not false at {found}")
            return "false somewhere"
        demand(theorem.conclusion == goal and theorem.hypotheses <= {*given}, f"{theorem} for {goal}")
        for _ in range(PLACES):
            try:
                at = place(rng, given)
                if all(holds(p, at, -SLACK if not isinstance(p, Equal) else SLACK) for p in given):
                    demand(holds(goal, at, SLACK), f"{goal} given {given} at {at}")
            except Undefined:
                continue
    return "proved"
