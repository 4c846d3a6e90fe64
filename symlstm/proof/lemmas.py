"""Derived rules: what follows from the kernel's rules, under the names of the textbooks.  UNTRUSTED.

Each returns a theorem that the kernel made, step by step; a mistake here is a refusal, not a
false theorem. The kernel's `named` puts the name and the premises on top for the reader.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache, wraps
from itertools import chain, count
from typing import Any, NamedTuple, ParamSpec

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Term, Variable, absolute, exp, finite_sum, sigmoid, tanh
from symlstm.kernel.logic.bounds import (
    absolute_value,
    arithmetic,
    cubic_slack,
    extremum,
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

HALF, SIGMOID_SLOPE = fmpq(1, 2), fmpq(1, 4)
SCALES = {sigmoid: 1, tanh: 2}  # f(x) = a sigmoid(a x) + 1 - a for both

Z = Variable("z")

P = ParamSpec("P")


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


def _within(goal: Within, below: Sequence[tuple[Any, ...]], above: Sequence[tuple[Any, ...]]) -> Theorem:
    """|v - c| <= b, by a certificate for c - b <= v and one for v <= c + b."""
    low, high = LessEqual(goal.centre - goal.bound, goal.value), LessEqual(goal.value, goal.centre + goal.bound)
    return absolute_value(goal, arithmetic(low, *below), arithmetic(high, *above))


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


@derived("tanh above its cubic")
def tanh_above_cubic(theorem: Theorem) -> Theorem:
    """
          0 <= x
    -------------------- tanh' = 1 - tanh^2 >= 1 - x^2, integrated from 0
    x - x^3/3 <= tanh(x)
    """
    low, x = conclusion_of("tanh above its cubic", theorem, LessEqual, Less).args
    _same(low, ZERO)
    slack = monotone(arithmetic(LessEqual(0, x), (1, theorem)), cubic_slack)
    return arithmetic(LessEqual(x - x**3 / 3, tanh(x)), (1, slack))


@cache
def _size() -> tuple[Theorem, Theorem]:
    """For all z: z <= |z| and -z <= |z|."""
    z = algebra.atom(Z)
    above, below = (generalise(extremum(absolute(z), side), Z) for side in (z, -z))
    return above, below


@cache
def _square() -> Theorem:
    """For all z: 0 <= z^2."""
    z = algebra.atom(Z)
    above, below = (specialise(fact, z) for fact in _size())
    size = arithmetic(LessEqual(0, absolute(z)), (HALF, above), (HALF, below))
    return generalise(arithmetic(LessEqual(0, z**2), (1, size, size)), Z)


# Distances.


@derived("triangle inequality")
def triangle(goal: Within, *theorems: Theorem) -> Theorem:
    """
    |v_1 - c_1| <= b_1    ...    |v_n - c_n| <= b_n
    ----------------------------------------------- v - c = sum (v_i - c_i), b = sum b_i
                    |v - c| <= b
    """
    both = [sides(theorem) for theorem in theorems]
    parts = [theorem.conclusion for theorem in theorems]
    _same(algebra.total(part.value - part.centre for part in parts), goal.value - goal.centre)
    _same(algebra.total(part.bound for part in parts), goal.bound)
    return _within(goal, [(1, below) for below, _ in both], [(1, above) for _, above in both])


@derived("weaken")
def weaken(theorem: Theorem, order: Theorem) -> Theorem:
    """
    |v - c| <= b    b <= b'
    -----------------------
         |v - c| <= b'
    """
    below, above = sides(theorem)
    near, fact = theorem.conclusion, conclusion_of("weaken", order, LessEqual, Less, Equal)
    _same(fact.lhs, near.bound)
    return _within(Within(near.value, near.centre, fact.rhs), [(1, below), (1, order)], [(1, above), (1, order)])


@derived("product")
def product(first: Theorem, second: Theorem, first_size: Theorem, second_size: Theorem) -> Theorem:
    """
    |x - y| <= b    |u - v| <= b'    |x| <= X    |v| <= V
    ----------------------------------------------------- xu - yv = x(u - v) + v(x - y)
               |xu - yv| <= X b' + V b
    """
    premises = (first, second, first_size, second_size)
    (xy_low, xy_high), (uv_low, uv_high), (x_low, x_high), (v_low, v_high) = map(sides, premises)
    xy, uv, x, v = (premise.conclusion for premise in premises)
    for found, needed in ((x.value, xy.value), (x.centre, 0), (v.value, uv.centre), (v.centre, 0)):
        _same(found, needed)
    goal = Within(xy.value * uv.value, xy.centre * uv.centre, x.bound * uv.bound + v.bound * xy.bound)
    below = [(x_high, uv_high), (x_low, uv_low), (v_high, xy_high), (v_low, xy_low)]
    above = [(x_high, uv_low), (x_low, uv_high), (v_high, xy_low), (v_low, xy_high)]
    return _within(goal, [(HALF, *pair) for pair in below], [(HALF, *pair) for pair in above])


def _nonnegative(near: Theorem) -> Theorem:
    """0 <= b from |v - c| <= b."""
    below, above = sides(near)
    return arithmetic(LessEqual(0, near.conclusion.bound), (HALF, below), (HALF, above))


def _spread(near: Theorem, function: Any, bound: Term, gain: Callable[[Term], Theorem]) -> Theorem:
    """|f(x) - f(y)| <= bound from |x - y| <= b, for an increasing f with gain(z): f(z + b) <= f(z) + bound."""
    below, above = sides(near)
    x, y, b = near.conclusion.args
    down = (monotone(arithmetic(LessEqual(y, x + b), (1, below)), function), gain(x))
    up = (monotone(arithmetic(LessEqual(x, y + b), (1, above)), function), gain(y))
    return _within(Within(function(x), function(y), bound), [(1, p) for p in down], [(1, p) for p in up])


@cache
def _by_sigmoid(function: Any) -> Theorem:
    """For all z: f(z) = a sigmoid(a z) + 1 - a."""
    z, a = algebra.atom(Z), SCALES[function]
    return generalise(arithmetic(Equal(function(z), a * sigmoid(a * z) + 1 - a)), Z)


@derived("Lipschitz")
def lipschitz(theorem: Theorem, function: Any) -> Theorem:
    """
       |x - y| <= b
    -------------------- K = 1/4 for f = sigmoid, K = 1 for f = tanh, as x/4 - sigmoid(x) increases
    |f(x) - f(y)| <= K b
    """
    b = conclusion_of("Lipschitz", theorem, Within).bound
    if function not in SCALES:
        raise RuleError("Lipschitz", function, "sigmoid or tanh")
    scale = SCALES[function]
    bound = SIGMOID_SLOPE * scale**2 * b

    def gain(z: Term) -> Theorem:
        wider = arithmetic(LessEqual(scale * z, scale * (z + b)), (scale, _nonnegative(theorem)))
        here, there = (specialise(_by_sigmoid(function), at, divisors=(theorem,)) for at in (z, z + b))
        slack = monotone(wider, sigmoid_slack)
        return arithmetic(LessEqual(function(z + b), function(z) + bound), (scale, slack), (-1, here), (1, there))

    return _spread(theorem, function, bound, gain)


@cache
def _sigmoid_difference() -> tuple[Theorem, Theorem]:
    """For all y, e: tanh(e) - (sigmoid(y + 4e) - sigmoid(y)) = (e^2e - 1) F, and 0 <= F, for one F."""
    free = Variable("y"), Variable("e")
    y, e = map(algebra.atom, free)
    q = exp(2 * e)
    root, rest = 1 - exp(y) * q, 1 / ((q + 1) * (1 + exp(y)) * (1 + exp(y) * q**2))
    factor = root**2 * rest
    equation = arithmetic(Equal(tanh(e) - (sigmoid(y + 4 * e) - sigmoid(y)), (q - 1) * factor))
    sign = arithmetic(LessEqual(0, factor), (1, specialise(_square(), root), positive(rest)))
    return generalise(equation, *free), generalise(sign, *free)


@derived("sigmoid contraction")
def sigmoid_contraction(theorem: Theorem) -> Theorem:
    """
              |x - y| <= b
    ------------------------------------ the difference is greatest where x = b/2 and y = -b/2
    |sigmoid(x) - sigmoid(y)| <= tanh(b/4)
    """
    b = conclusion_of("sigmoid contraction", theorem, Within).bound
    grows = monotone(arithmetic(LessEqual(0, b / 2), (HALF, _nonnegative(theorem))), exp)

    def gain(z: Term) -> Theorem:
        equation, sign = (specialise(fact, z, b / 4, divisors=(theorem,)) for fact in _sigmoid_difference())
        return arithmetic(LessEqual(sigmoid(z + b), sigmoid(z) + tanh(b / 4)), (-1, equation), (1, grows, sign))

    return _spread(theorem, sigmoid, tanh(b / 4), gain)


# Vectors, in the max norm.


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
    size = arithmetic(LessEqual(total.conclusion.bound, fact.rhs * near.bound), (1, rows, _nonnegative(theorem)))
    return weaken(total, size)


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
        base = _within(self.goal(ZERO), self._by(empty, -1), self._by(empty, 1))
        last = [last_term(total, *self.given) for total in self.of(s + 1)]
        weight, now = substituted(self.weight, {self.m: self.low + s}), algebra.atom(s)
        less, more = (specialise(fact, weight, divisors=self.given) for fact in _size())
        low, high = sides(specialise(every, self.low + s))
        below, above = sides(assume(self.goal(now), *self.given))
        step = _within(
            self.goal(s + 1),
            [*self._by(last, -1), (1, below), (HALF, more, low), (HALF, less, high)],
            [*self._by(last, 1), (1, above), (HALF, less, low), (HALF, more, high)],
        )
        return induction(self.goal(now), s, base, step)

    def _by(self, equations: Sequence[Theorem], side: int) -> list[tuple[Any, ...]]:
        """What equations of the three sums add to the bound below (-1) or above (1)."""
        value, centre, size = equations
        return [(side, value), (-side, centre), (-self.near.bound, size)]


def _fresh(letter: str, *theorems: Theorem) -> Variable:
    """A natural variable that occurs in none of the theorems."""
    said = {v for t in theorems for p in (t.conclusion, *t.hypotheses) for v in free_symbols([p]) | bound_symbols(p)}
    letters = chain([letter], (f"{letter}_{n}" for n in count(1)))
    return next(found for x in letters if (found := Variable(x, "natural")) not in said)
