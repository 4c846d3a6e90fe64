"""Derived rules: what follows from the kernel's rules, under the names of the textbooks.  UNTRUSTED.

Each returns a theorem that the kernel made, step by step; a mistake here is a refusal, not a
false theorem. The kernel's `named` puts the name and the premises on top for the reader. What they say is a lemma
in letters, which `auto` proves once, from certificates that are kept beside this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import cache, partial, wraps
from itertools import chain, count
from typing import Any, NamedTuple, ParamSpec

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Term, Variable, absolute, exp, finite_sum, sigmoid, tanh
from symlstm.kernel.logic.bounds import (
    absolute_value,
    arithmetic,
    cubic_slack,
    monotone,
    positive,
    sides,
    sigmoid_slack,
)
from symlstm.kernel.logic.induction import empty_sum, induction, last_term
from symlstm.kernel.logic.propositions import (
    Equal,
    Less,
    LessEqual,
    Within,
    assume,
    bound_symbols,
    conclusion_of,
    free_symbols,
    generalise,
    named,
    specialise,
    substituted,
)
from symlstm.kernel.logic.quotients import vanishes
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.proof import order, ranges
from symlstm.proof.replay import Lemma

lemma = partial(Lemma, file=__file__)
x, y, u, v, w, b, c, s, X, V, S = (algebra.atom(Variable(name)) for name in "xyuvwbcsXVS")
SIZED = (Within(x, y, b), Within(u, v, c))

P = ParamSpec("P")


def auto(goal: Any, *facts: Theorem) -> Theorem:
    """The goal, from the facts as they are."""
    return order.prove(goal, facts)


def derived(name: str) -> Callable[[Callable[P, Theorem]], Callable[P, Theorem]]:
    """The rule, with its name on its theorems and in its refusals, applied to the theorems among its arguments."""

    def decorate(rule: Callable[P, Theorem]) -> Callable[P, Theorem]:
        @wraps(rule)
        def called(*arguments: P.args, **named_arguments: P.kwargs) -> Theorem:
            try:
                theorem = rule(*arguments, **named_arguments)
            except RuleError as refusal:
                raise RuleError(name, refusal.found, refusal.needed) from refusal
            given = (*arguments, *named_arguments.values())
            return named(name, theorem, *(argument for argument in given if isinstance(argument, Theorem)))

        return called

    return decorate


def _same(found: Term, needed: Term | int) -> None:
    if not vanishes(found - needed):
        raise RuleError("derived rule", found, f"an expression equal to {needed}")


# Order.


@derived("reciprocal")
def reciprocal(theorem: Theorem) -> Theorem:
    """
    0 < a
    -------
    0 < 1/a
    """
    low, a = conclusion_of("reciprocal", theorem, Less).args
    _same(low, ZERO)
    return positive(1 / a, theorem)


TIMES = lemma(LessEqual(s * b, S * b), LessEqual(s, S), LessEqual(0, b))
CUBIC = lemma(LessEqual(x - x**3 / 3, tanh(x)), LessEqual(0, x), more=lambda known: [monotone(known, cubic_slack)])


@derived("tanh above its cubic")
def tanh_above_cubic(theorem: Theorem) -> Theorem:
    """
          0 <= x
    -------------------- tanh' = 1 - tanh^2 >= 1 - x^2, integrated from 0
    x - x^3/3 <= tanh(x)
    """
    _same(conclusion_of("tanh above its cubic", theorem, LessEqual, Less).lhs, ZERO)
    return CUBIC(theorem)


# Distances.


@cache
def _triangle(count: int) -> Lemma:
    """|v_1 + ... - (c_1 + ...)| <= b_1 + ..., of so many distances."""
    parts = [[algebra.atom(Variable(f"{letter}_{n}")) for letter in "vcb"] for n in range(count)]
    value, centre, bound = (algebra.total(column) for column in zip([ZERO] * 3, *parts, strict=True))
    return lemma(Within(value, centre, bound), *(Within(*part) for part in parts))


@derived("triangle inequality")
def triangle(goal: Within, *theorems: Theorem) -> Theorem:
    """
    |v_1 - c_1| <= b_1    ...    |v_n - c_n| <= b_n
    ----------------------------------------------- v - c = sum (v_i - c_i), b = sum b_i
                    |v - c| <= b
    """
    parts = [conclusion_of("triangle inequality", theorem, Within) for theorem in theorems]
    _same(algebra.total(part.value - part.centre for part in parts), goal.value - goal.centre)
    _same(algebra.total(part.bound for part in parts), goal.bound)
    return absolute_value(goal, *sides(_triangle(len(theorems))(*theorems)))


WEAKEN = lemma(Within(x, y, c), Within(x, y, b), LessEqual(b, c))


@derived("weaken")
def weaken(theorem: Theorem, order: Theorem) -> Theorem:
    """
    |v - c| <= b    b <= b'
    -----------------------
         |v - c| <= b'
    """
    near, fact = conclusion_of("weaken", theorem, Within), conclusion_of("weaken", order, LessEqual, Less, Equal)
    _same(fact.lhs, near.bound)
    return WEAKEN(theorem, order, b=near.bound)


PRODUCT = lemma(Within(x * u, y * v, X * c + V * b), *SIZED, Within(x, 0, X), Within(v, 0, V))


@derived("product")
def product(first: Theorem, second: Theorem, first_size: Theorem, second_size: Theorem) -> Theorem:
    """
    |x - y| <= b    |u - v| <= b'    |x| <= X    |v| <= V
    ----------------------------------------------------- xu - yv = x(u - v) + v(x - y)
               |xu - yv| <= X b' + V b
    """
    premises = (first, second, first_size, second_size)
    xy, uv, x, v = (conclusion_of("product", premise, Within) for premise in premises)
    for found, needed in ((x.value, xy.value), (x.centre, ZERO), (v.value, uv.centre), (v.centre, ZERO)):
        _same(found, needed)
    return PRODUCT(*premises)


BOTH = lemma(Within(x * y, 0, X * V), Within(x, 0, X), Within(y, 0, V))
NOT_NEGATIVE = lemma(LessEqual(0, b), Within(x, y, b))


def _grown(near: Theorem, gain: Callable[[Term, Theorem], Theorem]) -> Iterable[Theorem]:
    """For z = x and z = y: sigmoid of the other is at most sigmoid(z + b), and what that is at most."""
    positive_b = NOT_NEGATIVE(near)
    for z, other in ((x, y), (y, x)):
        yield monotone(auto(LessEqual(other, z + b), near), sigmoid)
        yield gain(z, positive_b)


def _slack(z: Term, positive_b: Theorem) -> Theorem:
    """sigmoid(z + b) - sigmoid(z) <= b/4, as z/4 - sigmoid(z) increases."""
    return monotone(auto(LessEqual(z, z + b), positive_b), sigmoid_slack)


SIGMOID = lemma(Within(sigmoid(x), sigmoid(y), b / 4), Within(x, y, b), more=lambda near: _grown(near, _slack))
NEGATIVE = lemma(Within(-x, -y, b), Within(x, y, b))
MULTIPLE = lemma(Within(w * x, w * y, w * b), Within(x, y, b), LessEqual(0, w))
TANH = lemma(
    Within(tanh(x), tanh(y), b),
    Within(x, y, b),
    more=lambda near: [SIGMOID(MULTIPLE(near, positive(algebra.rational(2))))],
)
LIPSCHITZ = {sigmoid: SIGMOID, tanh: TANH}


@derived("Lipschitz")
def lipschitz(theorem: Theorem, function: Any) -> Theorem:
    """
       |x - y| <= b
    -------------------- K = 1/4 for f = sigmoid, K = 1 for f = tanh, as x/4 - sigmoid(x) increases
    |f(x) - f(y)| <= K b
    """
    conclusion_of("Lipschitz", theorem, Within)
    if function not in LIPSCHITZ:
        raise RuleError("Lipschitz", function, "sigmoid or tanh")
    return LIPSCHITZ[function](theorem)


@cache
def _sign() -> Theorem:
    """For all x, b: 0 <= the square, over what is positive."""
    q = exp(b / 2)
    root, rest = 1 - exp(x) * q, 1 / ((q + 1) * (1 + exp(x)) * (1 + exp(x) * q**2))
    sign = auto(LessEqual(0, root**2 * rest), specialise(ranges.square(), root), positive(rest))
    return generalise(sign, *x.symbols(), *b.symbols())


def _difference(z: Term, positive_b: Theorem) -> Theorem:
    """sigmoid(z + b) - sigmoid(z) <= tanh(b/4): the gap is e^(b/2) - 1 times a square over what is positive."""
    sign, grows = specialise(_sign(), z, b), monotone(auto(LessEqual(0, b / 2), positive_b), exp)
    gap = auto(LessEqual(0, (exp(b / 2) - 1) * sign.conclusion.rhs), grows, sign)
    return auto(LessEqual(sigmoid(z + b), sigmoid(z) + tanh(b / 4)), gap)


CONTRACTION = lemma(
    Within(sigmoid(x), sigmoid(y), tanh(b / 4)), Within(x, y, b), more=lambda near: _grown(near, _difference)
)


@derived("sigmoid contraction")
def sigmoid_contraction(theorem: Theorem) -> Theorem:
    """
              |x - y| <= b
    ------------------------------------ the difference is greatest where x = b/2 and y = -b/2
    |sigmoid(x) - sigmoid(y)| <= tanh(b/4)
    """
    conclusion_of("sigmoid contraction", theorem, Within)
    return CONTRACTION(theorem)


# Numbers, and the cell of an LSTM.

LESS = lemma(Less(x, y), Less(0, y - x))
NEAR_ONE = lemma(
    Within(v * w, 1, b), Less(0, w), LessEqual(x, v), LessEqual(v, y), LessEqual(1 - x * w, b), LessEqual(y * w - 1, b)
)
STAYS_ABOVE = lemma(LessEqual(b, s * x + w), LessEqual(0, s), LessEqual(b, x), LessEqual(b, s * b + w))
STAYS_BELOW = lemma(LessEqual(s * x + w, b), LessEqual(0, s), LessEqual(x, b), LessEqual(s * b + w, b))


def ordered(small: Term, great: Term) -> Theorem:
    """small < great by the form of the difference; small <= great if they are equal by their form."""
    if vanishes(great - small):
        return arithmetic(LessEqual(small, great))
    return LESS(positive(great - small), x=small, y=great)


# Vectors, in the max norm.


LONGER = lemma(Within(u + w * x, v + w * y, (S + absolute(w)) * b), Within(u, v, S * b), Within(x, y, b))


@derived("operator norm")
def operator_norm(theorem: Theorem, rows: Theorem) -> Theorem:
    """
    G |- |x_m - y_m| <= b    sum_m |w_m| <= L
    ----------------------------------------- m not free in G or b (so for every m);
      |sum_m w_m x_m - sum_m w_m y_m| <= L b  m runs over one range
    """
    near, fact = conclusion_of("operator norm", theorem, Within), conclusion_of("operator norm", rows, LessEqual)
    series = fact.lhs.application()
    size_of = None if series is None or series.function != "sum" else series.argument.application()
    if series is None or size_of is None or size_of.function != "abs":
        raise RuleError("operator norm", fact, "a bound of a single sum of absolute values")
    weight, (_, index, low, high) = size_of.argument, series.arguments
    [m] = index.symbols()
    if m in free_symbols((near.bound, *theorem.hypotheses)):
        raise RuleError("operator norm", f"{m} in the bound or in a hypothesis", "one bound for every index")
    sums = _Sums(near, weight, m, low, (theorem, rows))
    total = specialise(sums.bounded(generalise(theorem, m), _fresh("s", theorem, rows)), high - low + 1)
    return weaken(total, TIMES(rows, NOT_NEGATIVE(theorem)))


class _Sums(NamedTuple):
    """sum w_m x_m, sum w_m y_m and sum |w_m| from m = low on, for |x_m - y_m| <= b; `given` knows their divisors."""

    near: Within
    weight: Term
    m: Variable
    low: Term
    given: tuple[Theorem, ...]

    def of(self, count: Term) -> list[Term]:
        """The three sums of `count` terms."""
        parts = (self.weight * self.near.value, self.weight * self.near.centre, absolute(self.weight))
        return [finite_sum(part, algebra.atom(self.m), self.low, self.low + count - 1) for part in parts]

    def goal(self, count: Term) -> Any:
        """|sum w_m x_m - sum w_m y_m| <= sum |w_m| b for `count` terms."""
        value, centre, size = self.of(count)
        return Within(value, centre, size * self.near.bound)

    def bounded(self, every: Theorem, s: Variable) -> Theorem:
        """That goal for s terms, by induction over s."""
        empty = [empty_sum(total, *self.given) for total in self.of(ZERO)]
        base = auto(self.goal(ZERO), *empty, *self.given)
        last = [last_term(total, *self.given) for total in self.of(s + 1)]
        weight, now = substituted(self.weight, {self.m: self.low + s}), algebra.atom(s)
        shorter = self.of(now)[2]
        longer = LONGER(
            assume(self.goal(now), *self.given), specialise(every, self.low + s), w=weight, S=shorter, b=self.near.bound
        )
        return induction(self.goal(now), s, base, auto(self.goal(s + 1), longer, *last))


@cache
def no_weights(index: Term, low: Term, high: Term) -> Theorem:
    """A sum of zeros is 0, by induction over how many there are."""
    s = _unlike("s", free_symbols([index, low]))

    def total(length: Term | Variable) -> Term:
        return finite_sum(ZERO, index, low, low + length - 1)

    claim = Equal(total(s), 0)
    step = auto(Equal(total(s + 1), 0), assume(claim), last_term(total(s + 1)))
    return specialise(induction(claim, s, empty_sum(total(ZERO)), step), high - low + 1)


def _fresh(letter: str, *theorems: Theorem) -> Variable:
    """A natural variable that occurs in none of the theorems."""
    said = {v for t in theorems for p in (t.conclusion, *t.hypotheses) for v in free_symbols([p]) | bound_symbols(p)}
    return _unlike(letter, said)


def _unlike(letter: str, said: set[Variable]) -> Variable:
    """A natural variable with a name that can be printed, other than those."""
    letters = chain([letter], (f"{letter}_{n}" for n in count(1)))
    return next(found for x in letters if (found := Variable(x, "natural")) not in said)
