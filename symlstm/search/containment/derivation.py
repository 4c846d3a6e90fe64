"""An LSTM that contains an RNN: the derivations of Part I for the gates of one network.  UNTRUSTED.

The gates i, f, g do not depend on words and states, and are the same in every unit; the
output gate carries the RNN's own weights, the recurrent ones divided by a number s. With
c_t near the number whose tanh is s, h_t is near s r_t. Three theorems, for all real inputs:

    exactly       f c_0 + i g = c_0 and s = tanh(c_0):       h_t = s r_t at each k > 0
    in the limit  lim c_t = C and s = tanh(C):               lim h_t = s r_t
    nearby        |tanh(c_t)/s - 1| <= delta and L < 4:      |h_t/s - r_t| <= delta/(1 - L/4)

r_t is a sigmoid RNN, perhaps a tanh RNN in other coordinates (contained.py). W, U and b stand for the weights of the
RNN that is claimed; that the numbers in the file are of this form is listed beside the theorem, one equation a
number (verdict.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Term, Variable, exp, sigmoid, tanh
from symlstm.kernel.logic.bounds import absolute_value, arithmetic, monotone, positive
from symlstm.kernel.logic.induction import induction
from symlstm.kernel.logic.limits import continuity, exponential_decay, squeeze
from symlstm.kernel.logic.propositions import (
    Equal,
    ForAll,
    Less,
    LessEqual,
    Relation,
    TendsTo,
    Within,
    assume,
    generalise,
    rewrite,
    specialise,
)
from symlstm.kernel.logic.quotients import certainly_positive, vanishes
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.simulation.decimals import decimal
from symlstm.model.terms import SCALE
from symlstm.proof.lemmas import lipschitz, product, triangle, weaken
from symlstm.search.containment.contained import ONE, Contained, m, n, symmetric, t

DIGITS = 500  # of numbers that are proposed
BITS = 5000  # they are computed with
COARSE = (2, 8, 30)  # digits of the numbers that bound a cell, tried before all

K = SCALE
h, c = Variable("h", "sequence"), Variable("c", "sequence")


def limit_of_equal(equation: Theorem) -> Theorem:
    """a -> b for k -> oo from a = b, where b does not depend on k."""
    a, value = equation.conclusion.args
    below, above = arithmetic(LessEqual(value, a), (-1, equation)), arithmetic(LessEqual(a, value), (1, equation))
    return squeeze(absolute_value(Within(a, value, 0), below, above), continuity(ZERO, K))


def positive_scale() -> Theorem:
    """0 < k, a hypothesis."""
    return assume(Less(0, K))


def positive_at(expr: Term) -> Theorem:
    """0 < expr by its form, or for expr = tanh(e^a tanh(a)) with a = q k + p, from 0 < k."""
    if certainly_positive(expr):
        return positive(expr)
    outer = expr.application()
    a = None if outer is None or outer.function != "tanh" else _fixed_point_of(outer.argument)
    if a is None:
        raise RuleError("containment", f"the scale {expr}", "a positive number, or tanh(e^a tanh(a)) with a = q k > 0")
    slope, rest = _line(a)
    argument = arithmetic(Less(0, a), (slope, positive_scale()), *([(1, positive(rest))] if rest != 0 else []))
    cell = arithmetic(Less(0, exp(a) * tanh(a)), (1, positive(exp(a)), monotone(argument, tanh)))
    return monotone(cell, tanh)


def _line(expr: Term) -> tuple[Term, Term]:
    """q and p of q k + p; what else is in it is in p."""
    slope = expr.coefficients(K).get(1, ZERO)
    return slope, expr - slope * K


def _fixed_point_of(expr: Term) -> Term | None:
    """a, if expr is e^a tanh(a)."""
    candidates = [a.argument for a in algebra.applications(expr) if a.function == "tanh"]
    return next((a for a in candidates if vanishes(expr - exp(a) * tanh(a))), None)


@dataclass(frozen=True)
class Containment:
    """Gates and initial cell as expressions in k (`K`), the number s, and the RNN, as one of sigmoids.

    `more` is (K,) if the states are named as functions of k, which limits need, else (); the
    numbers that bound a cell are multiples of 1/units.
    """

    i: Term
    f: Term
    g: Term
    cell: Term
    s: Term
    rnn: Contained
    more: tuple[Variable, ...] = ()
    units: int = 10**150

    def c(self, time: Term | Variable) -> Term:
        """The cell in coordinate n."""
        return c(time, n, *self.more)

    def h(self, time: Term | Variable, index: Variable = n) -> Term:
        """The LSTM's state."""
        return h(time, index, *self.more)

    def preactivation(self, state: Term, scale: Term = ONE) -> Term:
        """W x_(t+1) + b + U scale y_t in coordinate n; `state` is y_t in coordinate m."""
        return self.rnn.drive() + self.rnn.recurrent(state, scale)

    @cached_property
    def divisor(self) -> Theorem:
        """0 < s"""
        return positive_at(self.s)

    @cached_property
    def cells(self) -> tuple[Theorem, Theorem]:
        """c_(t+1) = f c_t + i g for every t, and c_0."""
        update = Equal(self.c(t + 1), self.f * self.c(t) + self.i * self.g)
        start = assume(ForAll((n, *self.more), Equal(self.c(ZERO), self.cell)))
        every = assume(ForAll((t, n, *self.more), update))
        return generalise(specialise(every, t, n, *self.more), t), specialise(start, n, *self.more)

    @cached_property
    def new_state(self) -> Theorem:
        """h_(t+1) = sigmoid(W x + b + U/s h_t) tanh(c_(t+1))."""
        gate = sigmoid(self.preactivation(self.h(t, m), 1 / self.s))
        definition = ForAll((t, n, *self.more), Equal(self.h(t + 1), gate * tanh(self.c(t + 1))))
        known = () if certainly_positive(self.s) else (self.divisor,)
        return specialise(assume(definition, *known), t, n, *self.more)

    @cached_property
    def start(self) -> Theorem:
        """h_0 = s r_0, where the file has r_0 by the RNN's own state."""
        defined = self.rnn.defined(0)
        given = assume(ForAll((n, *self.more), Equal(self.h(ZERO), self.s * defined.conclusion.rhs)))
        told = specialise(given, n, *self.more)
        return (
            told
            if self.rnn.is_own
            else arithmetic(Equal(self.h(ZERO), self.s * self.rnn.state(0)), (1, told), (-self.s, defined))
        )

    def exactly(self) -> Theorem:
        """h_t = s r_t for every t; raises RuleError unless c_0 is a fixed point and s its tanh."""
        constant, (cells, first) = Equal(self.c(t), self.cell), self.cells
        update = specialise(cells, t)
        step = arithmetic(Equal(self.c(t + 1), self.cell), (1, update), (self.f, assume(constant)))
        later = specialise(induction(constant, t, first, step), t + 1)
        claim = ForAll((n,), Equal(self.h(t), self.s * self.rnn.state(t)))
        new = rewrite(self.new_state, later, specialise(assume(claim), m), symmetric(self.rnn.step))
        return self._told(induction(claim, t, generalise(self.start, n), generalise(new, n)))

    def in_the_limit(self) -> Theorem:
        """lim h_t = s r_t for every t; raises RuleError unless lim c_t is one number for t >= 1, and s its tanh."""
        claim = ForAll((n,), TendsTo(self.h(t), (K,), self.s * self.rnn.state(t)))
        saturates = continuity(tanh(self.c(t + 1)), K, self.cell_limit())
        new = continuity(self.new_state.conclusion.rhs, K, specialise(assume(claim), m), saturates)
        step = rewrite(new, symmetric(self.new_state), symmetric(self.rnn.step))
        return self._told(induction(claim, t, generalise(limit_of_equal(self.start), n), generalise(step, n)))

    def _told(self, theorem: Theorem) -> Theorem:
        return self.rnn.told(specialise(specialise(theorem, t), n))

    def cell_limit(self) -> Theorem:
        """c_(t+1) tends to one number."""
        gates = [limit_of_gate(gate) for gate in dict.fromkeys((self.i, self.f, self.g)) if K in gate.symbols()]
        cells, first = self.cells
        at_once = rewrite(specialise(cells, 0), first)
        value = at_once.conclusion.rhs
        base = _renamed(continuity(value, K, *gates), at_once) if K in value.symbols() else limit_of_equal(at_once)
        hypothesis = TendsTo(self.c(t + 1), (K,), base.conclusion.value)
        later = specialise(cells, t + 1)
        step = _renamed(continuity(later.conclusion.rhs, K, *gates, assume(hypothesis)), later)
        return specialise(induction(hypothesis, t, base, step), t)

    def nearby(self, norm: Term, bound: Term) -> Theorem:
        """|h_t/s - r_t| <= bound/s for every t and all weights with L <= norm; all numbers constant.

        Raises RuleError unless norm < 4 and delta/(1 - norm/4) is at most bound/s.
        """
        for digits in COARSE:
            try:
                return replace(self, units=10**digits)._nearby(norm, bound)
            except RuleError:
                continue
        return self._nearby(norm, bound)

    def _nearby(self, norm: Term, bound: Term) -> Theorem:
        saturation, steepest = self.saturation(), norm * self.rnn.change.recurrent / 4
        delta = saturation.conclusion.bound
        if not certainly_positive(1 - steepest):
            least = 4 / self.rnn.change.recurrent
            raise RuleError("containment", f"L = ||weight_hh||_oo = {norm}", f"L < {least}, for a bound at every time")
        limit = delta / (1 - steepest)
        if not certainly_positive(bound / self.s - limit):
            raise RuleError("containment", f"an error up to {decimal(self.s * limit, digits=5)}", f"at most {bound}")
        slack = positive(1 - steepest)
        y = self.h(t) / self.s
        claim = ForAll((n,), Within(y, self.rnn.state(t), limit))
        recurrent = self.rnn.apart(specialise(assume(claim), m), norm)
        ours, theirs = (self.preactivation(state) for state in (self.h(t, m) / self.s, self.rnn.state(t, m)))
        gates = lipschitz(triangle(Within(ours, theirs, recurrent.conclusion.bound), recurrent), sigmoid)
        step = product(gates, saturation, gate_size(gates.conclusion.value), gate_size(algebra.rational(1)))
        new = self.new_state.conclusion
        own_step = Equal(new.lhs / self.s, sigmoid(ours) * tanh(self.c(t + 1)) / self.s)
        scaled = arithmetic(own_step, (1 / self.s, self.new_state))
        exact = arithmetic(Equal(step.conclusion.bound, limit), divisors=(slack,))
        step = weaken(rewrite(step, symmetric(scaled), symmetric(self.rnn.step)), exact)
        proof = specialise(induction(claim, t, self._start_within(limit), generalise(step, n)), t)
        order = arithmetic(Less(limit, bound / self.s), (1, positive(bound / self.s - limit)))
        return self.rnn.told(weaken(specialise(proof, n), order))

    def _start_within(self, limit: Term) -> Theorem:
        y, r_0 = self.h(ZERO) / self.s, self.rnn.state(0)
        equal = arithmetic(Equal(y, r_0), (1 / self.s, self.start))
        nonnegative = positive(limit)
        below = arithmetic(LessEqual(r_0 - limit, y), (-1, equal), (1, nonnegative))
        above = arithmetic(LessEqual(y, r_0 + limit), (1, equal), (1, nonnegative))
        return generalise(absolute_value(Within(y, r_0, limit), below, above), n)

    def saturation(self) -> Theorem:
        """|tanh(c_(t+1))/s - 1| <= delta, from the cell's least and greatest values."""
        low, high = (monotone(side, tanh) for side in self.cell_bounds())
        value, scale = tanh(self.c(t + 1)), positive(1 / self.s)
        least, greatest = low.conclusion.lhs / self.s, high.conclusion.rhs / self.s
        delta = max((1 - least, greatest - 1), key=_middle)
        room = [positive(delta - other) for other in (1 - least, greatest - 1) if other != delta]
        below_room, above_room = (room if delta != own else [] for own in (1 - least, greatest - 1))
        below = arithmetic(LessEqual(1 - delta, value / self.s), (1, scale, low), *((1, p) for p in below_room))
        above = arithmetic(LessEqual(value / self.s, 1 + delta), (1, scale, high), *((1, p) for p in above_room))
        return absolute_value(Within(value / self.s, 1, delta), below, above)

    def cell_bounds(self) -> tuple[Theorem, Theorem]:
        """Rational numbers around c_1 and the fixed point, which enclose c_(t+1); for constants with 0 < f < 1."""
        first = self.f * self.cell + self.i * self.g
        ends = sorted(_middle(e) for e in (first, self.i * self.g / (1 - self.f)))
        slack = [step * (1 + abs(end).floor()) for end, step in zip(ends, (-1, 2), strict=True)]
        low, high = ((fmpq((e * self.units).floor()) + d) / self.units for e, d in zip(ends, slack, strict=True))
        return self._bounded(low, first, above=False), self._bounded(high, first, above=True)

    def _bounded(self, end: fmpq, first: Term, above: bool) -> Theorem:
        """end <= c_(t+1), or c_(t+1) <= end, by induction over t: f end + i g is on the same side of end."""
        cells, start = self.cells

        def ordered(value: Term) -> Relation:
            relation: Relation = LessEqual(value, end) if above else LessEqual(end, value)
            return relation

        def gap(value: Term) -> list[tuple[Any, ...]]:
            difference = (value - end) * (-1 if above else 1)
            return [] if vanishes(difference) else [(1, positive(difference))]

        sign, hypothesis = (1 if above else -1), ordered(self.c(t + 1))
        at_once = rewrite(specialise(cells, 0), start)
        base = arithmetic(ordered(self.c(algebra.rational(1))), (sign, at_once), *gap(first))
        later = specialise(cells, t + 1)
        certificate = [(sign, later), (1, positive(self.f), assume(hypothesis)), *gap(self.f * end + self.i * self.g)]
        step = arithmetic(ordered(self.c(t + 2)), *certificate)
        return specialise(induction(hypothesis, t, base, step), t)


def _middle(number: Term) -> fmpq:
    """The number to about DIGITS digits; RuleError if it is beyond 10^DIGITS."""
    with ctx.workprec(BITS):
        found = algebra.constant_ball(number, BITS)
    if not found.is_finite() or not abs(found) < arb(10) ** DIGITS:
        raise RuleError("containment", f"the cell {number}", f"one below 10^{DIGITS}")
    mantissa, exponent = found.mid().man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)


def gate_size(gate: Term) -> Theorem:
    """|gate| <= 1 for a sigmoid, and for 1."""
    one = [] if gate == 1 else [(1, positive(1 - gate))]
    below = arithmetic(LessEqual(-1, gate), (1, positive(gate)), (1, positive(1)))
    return absolute_value(Within(gate, 0, 1), below, arithmetic(LessEqual(gate, 1), *one))


def _renamed(limit: Theorem, equation: Theorem) -> Theorem:
    """lim a from lim b and a = b."""
    return rewrite(limit, symmetric(equation))


def limit_of_gate(gate: Term) -> Theorem:
    """The limit of sigmoid or tanh of q + a k, a != 0."""
    found = gate.application()
    slope, rest = (ZERO, ZERO) if found is None else _line(found.argument)
    a = slope.rational()
    if found is None or found.function not in ("sigmoid", "tanh") or not a or K in rest.symbols():
        raise RuleError("containment", f"the gate {gate}", "sigmoid or tanh of q + a k with a rational a, not 0")
    is_sigmoid, size = found.function == "sigmoid", found.argument if a > 0 else -found.argument
    rate, tail = _tail(is_sigmoid, size)
    decay = exponential_decay(size * -rate, K, positive(rate * abs(a)))
    near = squeeze(tail, continuity(tail.conclusion.bound, K, decay))
    if a > 0:
        return near
    mirrored = Equal(1 - sigmoid(size), gate) if is_sigmoid else Equal(-tanh(size), gate)
    return rewrite(continuity(mirrored.lhs, K, near), arithmetic(mirrored))


def _tail(is_sigmoid: bool, size: Term) -> tuple[int, Theorem]:
    """1 and |sigmoid(y) - 1| <= e^-y, or 2 and |tanh(y) - 1| <= 2 e^-2y."""
    value, small, bound, rate = (
        (sigmoid(size), sigmoid(-size), exp(-size), 1)
        if is_sigmoid
        else (tanh(size), sigmoid(-2 * size), 2 * exp(-2 * size), 2)
    )
    below = arithmetic(LessEqual(1 - value, bound), (rate, positive(small), positive(exp(size * -rate))))
    above = arithmetic(Less(value, 1 + bound), (1, positive(1 - value)), (1, positive(bound)))
    return rate, absolute_value(Within(value, 1, bound), below, above)
