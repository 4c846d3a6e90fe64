"""Random terms: what the kernel says of their form (0, positive, a quotient) and makes of them (values put in, parts
replaced, SymPy and back) against their values by mpmath, which knows nothing of normal forms; and random certificates."""

from __future__ import annotations

import operator
import random
from collections.abc import Callable
from functools import reduce
from operator import mul
from typing import Any

import mpmath
from flint import fmpq

from fuzz.findings import demand
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.logic import bounds, quotients
from symlstm.kernel.logic.propositions import Equal, Less, LessEqual, assume, generalise, replaced, rewrite, specialise
from symlstm.kernel.theorem import RuleError
from symlstm.model.translation import normal, to_sympy

NAME = "terms"
DIGITS = 60
REAL = [Variable(name) for name in "xyt"]
NATURAL = [Variable(name, "natural") for name in "tnm"]
HEADS = [Variable(name, "sequence") for name in "hc"]
Values = dict[Variable, Any]
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "tanh": mpmath.tanh,
    "exp": mpmath.exp,
    "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    "abs": abs,
    "min": min,
    "max": max,
    "relu": lambda x: max(x, mpmath.mpf(0)),
    "step": lambda x: mpmath.mpf(x >= 0),
    "inverse": lambda x: 1 / x,
    "power": lambda x, n: x ** int(n),
}


OPERATORS = {"+": operator.add, "-": operator.sub, "*": mul, "/": operator.truediv}


class Undefined(Exception):
    """A value that is too large or too near to 0 to be told."""


def value(term: Term, at: Values) -> Any:
    """Monomial by monomial, sums index by index; a sequence is some function of its arguments."""
    total = mpmath.mpf(0)
    for mono, c in term.monomials.items():
        product = mpmath.mpf(int(c.p)) / int(c.q)
        for a, n in mono:
            base = at[a] if isinstance(a, Variable) else applied(a, at)
            if abs(base) > 1e6 or (n < 0 and abs(base) < 1e-20):
                raise Undefined
            product *= base**n
        total += product
    return total


def applied(a: Apply, at: Values) -> Any:
    if a.function == "sum":
        body, index, low, high = a.arguments
        [j] = index.symbols()
        span = range(int(value(low, at)), int(value(high, at)) + 1)
        return sum((value(body, {**at, j: mpmath.mpf(i)}) for i in span), mpmath.mpf(0))
    arguments = [value(x, at) for x in a.arguments]
    if isinstance(a.function, Variable):
        return mpmath.cos(
            sum((n + 2) * x for n, x in enumerate(arguments)) + len(a.function.name) + ord(a.function.name[0])
        )
    if (a.function == "exp" and abs(arguments[0]) > 40) or (a.function == "inverse" and abs(arguments[0]) < 1e-20):
        raise Undefined
    return FUNCTIONS[a.function](*arguments)


def rational(rng: random.Random) -> Term:
    return algebra.rational(fmpq(rng.randint(-3, 3), rng.randint(1, 2)))


def natural(rng: random.Random) -> Term:
    n = algebra.atom(rng.choice(NATURAL))
    return rng.choice((n, n, n + 1, algebra.rational(rng.randint(0, 3)), n + algebra.atom(rng.choice(NATURAL))))


def term(rng: random.Random, depth: int = 3) -> Term:
    """Of every construct of the language."""
    if not depth or rng.random() < 0.15:
        return rng.choice((algebra.atom(rng.choice(REAL)), rational(rng), natural(rng)))

    def part() -> Term:
        return term(rng, depth - 1)

    kind = rng.choice(("+", "+", "-", "*", "*", "/", "f", "f", "f", "^", "^t", "extreme", "sequence", "sum"))
    if kind in "+-*":
        return {"+": Term.__add__, "-": Term.__sub__, "*": Term.__mul__}[kind](part(), part())
    if kind == "/":
        return part() / (1 + part() ** 2)
    if kind == "f":
        return rng.choice((algebra.exp, algebra.tanh, algebra.sigmoid, algebra.relu, algebra.step, algebra.absolute))(
            part()
        )
    if kind == "^":
        return part() ** rng.randint(2, 3)
    if kind == "^t":
        return part() ** natural(rng)
    if kind == "extreme":
        return rng.choice((algebra.minimum, algebra.maximum))(part(), part())
    if kind == "sequence":
        return rng.choice(HEADS)(natural(rng), *([part()] if rng.random() < 0.5 else []))
    index = algebra.atom(rng.choice(NATURAL))
    return algebra.finite_sum(part(), index, algebra.rational(rng.randint(0, 1)), natural(rng))


def total(rng: random.Random) -> Term:
    """A sum of a product with its index in it."""
    index = algebra.atom(rng.choice(NATURAL))
    body = rng.choice(HEADS)(index) * term(rng, 1) + index * algebra.atom(rng.choice(REAL))
    return algebra.finite_sum(body, index, algebra.rational(rng.randint(0, 1)), natural(rng))


def values(rng: random.Random) -> Values:
    found: Values = {v: mpmath.mpf(rng.randint(-300, 300)) / 101 for v in REAL}
    return found | {v: mpmath.mpf(rng.randint(0, 3)) for v in NATURAL}


def near(a: Any, b: Any) -> bool:
    return bool(abs(a - b) <= mpmath.mpf(10) ** -25 * (1 + abs(a) + abs(b)))


def check(seed: int) -> str:
    """What was attacked."""
    rng = random.Random(f"terms {seed}")
    with mpmath.workdps(DIGITS):
        try:
            attack = rng.choice(
                (construction, putting_in, a_part, zero, positive, quotient, by_sympy, certificate, renaming)
            )
            attack(rng)
        except (Undefined, OverflowError, ZeroDivisionError):
            return "no value"
        except RuleError:
            return f"refused: {attack.__name__}"
    return attack.__name__


def construction(rng: random.Random) -> None:
    """Each constructor is its function."""
    u, v, at = term(rng, 2), rng.choice((term(rng, 1), term(rng, 2))), values(rng)
    name = rng.choice(("+", "-", "*", "/", *FUNCTIONS))
    if name in OPERATORS:
        made, wanted = OPERATORS[name](u, v), OPERATORS[name](value(u, at), value(v, at))
    else:
        arguments = {"min": (u, v), "max": (u, v), "power": (u, natural(rng))}.get(name, (u,))
        made, wanted = algebra.applied(name, *arguments), FUNCTIONS[name](*(value(x, at) for x in arguments))
    demand(near(value(made, at), wanted), name, u, v, made)


def putting_in(rng: random.Random) -> None:
    """Values for variables, all at once."""
    whole, at = rng.choice((term(rng), total(rng))), values(rng)
    image = {v: term(rng, 2) for v in rng.sample(REAL, 2)} | {v: natural(rng) for v in rng.sample(NATURAL, 2)}
    found = algebra.substitute(whole, image, {})
    demand(near(value(found, at), value(whole, at | {v: value(x, at) for v, x in image.items()})), whole, image, found)


def a_part(rng: random.Random) -> None:
    """A part by a variable that has its value: what is bound in a sum stays out of it."""
    whole, at = term(rng), values(rng)
    parts = [a for a in algebra.applications(whole) if not {*algebra.atom(a).symbols()} & {*NATURAL}]
    if not parts:
        raise Undefined
    old, new = algebra.atom(rng.choice(parts)), Variable("new")
    found = replaced(whole, old, algebra.atom(new))
    demand(near(value(found, at | {new: value(old, at)}), value(whole, at)), whole, old, found)


def equal_terms(rng: random.Random) -> tuple[Term, Term]:
    """Two writings of one function, and now and then of two."""
    u, v = term(rng, 2), term(rng, 1)
    pairs: list[tuple[Term, Term]] = [
        (algebra.sigmoid(u), (1 + algebra.tanh(u / 2)) / 2),
        (algebra.tanh(u), 1 - 2 / (algebra.exp(2 * u) + 1)),
        (algebra.exp(u / 2) * algebra.exp(u / 2), algebra.exp(u)),
        (algebra.sigmoid(-u), 1 - algebra.sigmoid(u)),
        (algebra.absolute(u) ** 2, u**2),
        (algebra.absolute(u) ** 3, rng.choice((u**3, u**2 * algebra.absolute(u)))),
        ((u + v) / (1 + u**2), u / (1 + u**2) + v / (1 + u**2)),
        (algebra.tanh(u + v) * (1 + algebra.tanh(u) * algebra.tanh(v)), algebra.tanh(u) + algebra.tanh(v)),
    ]
    a, b = rng.choice(pairs)
    return a, rng.choice((b, b, b, b + rational(rng), algebra.substitute(b, {REAL[0]: algebra.atom(REAL[1])}, {})))


def zero(rng: random.Random) -> None:
    a, b = equal_terms(rng)
    c = term(rng, 2)
    if quotients.vanishes((a - b) * c):
        for _ in range(3):
            at = values(rng)
            demand(near(value(a * c, at), value(b * c, at)), a, "=", b)


def positive(rng: random.Random) -> None:
    signed = (algebra.tanh, algebra.absolute, algebra.relu, algebra.exp, algebra.sigmoid)
    if rng.random() < 0.3:
        whole = rng.choice(signed)(term(rng, 1)) * rng.choice(signed)(term(rng, 1)) + rng.choice((0, 0, 1))
    else:
        whole = term(rng) if rng.random() < 0.5 else term(rng, 2) ** 2 + term(rng, 1) * algebra.exp(term(rng, 1))
    if quotients.certainly_positive(whole):
        for _ in range(3):
            demand(value(whole, values(rng)) > 0, whole, "is positive")


def quotient(rng: random.Random) -> None:
    whole, at, expand = term(rng), values(rng), rng.random() < 0.5
    found = quotients.quotient(whole, expand)
    below = reduce(mul, (value(d, at) ** n for d, n in found.divisors.items()), mpmath.mpf(1))
    demand(near(value(found.numerator, at), value(whole, at) * below), whole, found)
    demand(near(value(quotients.with_common_roots(found.numerator), at), value(found.numerator, at)), found.numerator)


def by_sympy(rng: random.Random) -> None:
    whole, at = term(rng), values(rng)
    demand(near(value(normal(to_sympy(whole)), at), value(whole, at)), whole, to_sympy(whole))


def certificate(rng: random.Random) -> None:
    """A theorem of arithmetic is true wherever its hypotheses are."""
    facts = [rng.choice((Less, LessEqual, Equal))(term(rng, 1), term(rng, 1)) for _ in range(3)]
    entries = [
        (fmpq(rng.randint(-1, 3), rng.randint(1, 2)), *(assume(p) for p in rng.choices(facts, k=rng.randint(0, 2))))
        for _ in range(rng.randint(1, 3))
    ]
    gap = algebra.ZERO
    for q, *theorems in entries:
        gap += reduce(mul, (t.conclusion.rhs - t.conclusion.lhs for t in theorems), algebra.rational(q))
    left = term(rng, 2)
    goal = rng.choice((Less, LessEqual, Equal))(
        left, left + gap + rng.choice((algebra.ZERO, algebra.ZERO, rational(rng)))
    )
    theorem = bounds.arithmetic(goal, *entries)
    for _ in range(20):
        at = values(rng)
        if all(holds(p, at) for p in theorem.hypotheses):
            demand(holds(goal, at), goal, "given", [*theorem.hypotheses])


def holds(p: Any, at: Values) -> bool:
    a, b = value(p.lhs, at), value(p.rhs, at)
    return (
        near(a, b) if isinstance(p, Equal) else bool(a < b or near(a, b)) if isinstance(p, LessEqual) else bool(a < b)
    )


def renaming(rng: random.Random) -> None:
    """An instance of a general equation, and one that is rewritten, hold where the general one does."""
    a, b = equal_terms(rng)
    general = generalise(bounds.arithmetic(Equal(a, b)), *REAL, *NATURAL)
    image = [term(rng, 1) for _ in REAL] + [natural(rng) for _ in NATURAL]
    instance, at = specialise(general, *image), values(rng)
    demand(holds(instance.conclusion, at), general.conclusion, "at", image, instance.conclusion)
    said = bounds.arithmetic(Equal(a * b, b**2))
    again = rewrite(said, bounds.arithmetic(Equal(a, b)))
    demand(holds(again.conclusion, at), again.conclusion)
