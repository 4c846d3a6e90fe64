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

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Term, Variable, sigmoid, tanh
from symlstm.kernel.logic.bounds import monotone, positive
from symlstm.kernel.logic.induction import induction
from symlstm.kernel.logic.propositions import (
    Equal,
    ForAll,
    Less,
    LessEqual,
    TendsTo,
    Within,
    assume,
    generalise,
    rewrite,
    specialise,
)
from symlstm.kernel.logic.quotients import certainly_positive
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.simulation.decimals import decimal
from symlstm.model.terms import SCALE
from symlstm.proof.goals import auto, inductively
from symlstm.proof.lemmas import NEAR_ONE, STAYS_ABOVE, STAYS_BELOW, ordered, weaken
from symlstm.proof.tendencies import Tendency
from symlstm.search.containment.contained import ONE, Contained, m, n, t

DIGITS = 500  # of numbers that are proposed
BITS = 5000  # they are computed with
COARSE = (2, 8, 30)  # digits of the numbers that bound a cell, tried before all

K = SCALE
h, c = Variable("h", "sequence"), Variable("c", "sequence")


def limit_of(expr: Term, *facts: Theorem) -> Theorem:
    """lim expr for k -> oo, from equations and limits."""
    return Tendency(K, facts).of(expr)


def positive_scale() -> Theorem:
    """0 < k, a hypothesis."""
    return assume(Less(0, K))


def positive_at(expr: Term) -> Theorem:
    """0 < expr by its form, or from 0 < k."""
    if certainly_positive(expr):
        return positive(expr)
    try:
        return auto(Less(0, expr), positive_scale())
    except RuleError as refusal:
        raise RuleError("containment", f"the scale {expr}", "a number that is positive for k > 0") from refusal


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
        return told if self.rnn.is_own else auto(Equal(self.h(ZERO), self.s * self.rnn.state(0)), told, defined)

    def exactly(self) -> Theorem:
        """h_t = s r_t for every t; raises RuleError unless c_0 is a fixed point and s its tanh."""
        constant = inductively(ForAll((t,), Equal(self.c(t), self.cell)), t, *self.cells)
        claim = ForAll((n,), Equal(self.h(t), self.s * self.rnn.state(t)))
        new = rewrite(self.new_state, specialise(constant, t + 1), specialise(assume(claim), m))
        step = rewrite(new, self.rnn.step, right_to_left=True)
        return self._told(induction(claim, t, generalise(self.start, n), generalise(step, n)))

    def in_the_limit(self) -> Theorem:
        """lim h_t = s r_t for every t; raises RuleError unless lim c_t is one number for t >= 1, and s its tanh."""
        claim = ForAll((n,), TendsTo(self.h(t), (K,), self.s * self.rnn.state(t)))
        new = limit_of(self.h(t + 1), self.new_state, specialise(assume(claim), m), self.cell_limit())
        step = rewrite(new, self.rnn.step, right_to_left=True)
        start = limit_of(self.h(ZERO), self.start)
        return self._told(induction(claim, t, generalise(start, n), generalise(step, n)))

    def _told(self, theorem: Theorem) -> Theorem:
        return self.rnn.told(specialise(specialise(theorem, t), n))

    def cell_limit(self) -> Theorem:
        """c_(t+1) tends to one number."""
        cells, first = self.cells
        base = limit_of(self.c(ONE), rewrite(specialise(cells, 0), first))
        hypothesis = TendsTo(self.c(t + 1), (K,), base.conclusion.value)
        step = limit_of(self.c(t + 2), specialise(cells, t + 1), assume(hypothesis))
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
        claim = ForAll((t, n), Within(self.h(t) / self.s, self.rnn.state(t), limit))
        known = (self.new_state, self.rnn.step, self.start, saturation, self.rnn.rows(norm))
        proof = inductively(claim, t, *known, positive(limit), positive(1 - steepest))
        return self.rnn.told(weaken(specialise(proof, t, n), ordered(limit, bound / self.s)))

    def saturation(self) -> Theorem:
        """|tanh(c_(t+1))/s - 1| <= delta, from the cell's least and greatest values."""
        low, high = (monotone(side, tanh) for side in self.cell_bounds())
        gaps = (1 - low.conclusion.lhs / self.s, high.conclusion.rhs / self.s - 1)
        delta = max(gaps, key=_middle)
        return NEAR_ONE(positive(1 / self.s), low, high, *(ordered(gap, delta) for gap in gaps), w=1 / self.s)

    def cell_bounds(self) -> tuple[Theorem, Theorem]:
        """Rational numbers around c_1 and the fixed point, which enclose c_(t+1); for constants with 0 < f < 1."""
        first = self.f * self.cell + self.i * self.g
        ends = sorted(_middle(e) for e in (first, self.i * self.g / (1 - self.f)))
        slack = [step * (1 + abs(end).floor()) for end, step in zip(ends, (-1, 2), strict=True)]
        low, high = ((fmpq((e * self.units).floor()) + d) / self.units for e, d in zip(ends, slack, strict=True))
        return self._bounded(low, first, above=False), self._bounded(high, first, above=True)

    def _bounded(self, end: fmpq, first: Term, above: bool) -> Theorem:
        """end <= c_(t+1), or c_(t+1) <= end, by induction over t: f end + i g is on the same side of end."""
        (cells, start), bound, added = self.cells, algebra.rational(end), self.i * self.g

        def side(value: Term) -> tuple[Term, Term]:
            return (value, bound) if above else (bound, value)

        hypothesis, stays = LessEqual(*side(self.c(t + 1))), STAYS_BELOW if above else STAYS_ABOVE
        base = auto(LessEqual(*side(self.c(ONE))), rewrite(specialise(cells, 0), start), ordered(*side(first)))
        again = ordered(*side(self.f * bound + added))
        new = stays(positive(self.f), assume(hypothesis), again, s=self.f, w=added, b=bound)
        step = rewrite(new, specialise(cells, t + 1), right_to_left=True)
        return specialise(induction(hypothesis, t, base, step), t)


def _middle(number: Term) -> fmpq:
    """The number to about DIGITS digits; RuleError if it is beyond 10^DIGITS."""
    with ctx.workprec(BITS):
        found = algebra.constant_ball(number, BITS)
    if not found.is_finite() or not abs(found) < arb(10) ** DIGITS:
        raise RuleError("containment", f"the cell {number}", f"one below 10^{DIGITS}")
    mantissa, exponent = found.mid().man_exp()
    return fmpq(mantissa) * fmpq(2) ** int(exponent)
