"""A GRU that contains an RNN: proofs/rnn_in_gru.py for the gates of one network.  UNTRUSTED.

The gates r and z do not depend on words and states, and are the same in every unit; the candidate carries the
RNN's own weights, of its bias the part b_hn inside the reset product:

    h' = (1 - z) tanh(W x + b - b_hn + r (U h + b_hn)) + z h

y_t is a tanh RNN, perhaps a sigmoid RNN in other coordinates (contained.py). Three theorems, for all real inputs:

    in the limit  lim r = 1, lim z = 0:                          lim h_t = y_t
    at each time  |b_hn| <= beta, |y_0| <= 1, L > 0:             |h_t - y_t| <= D sum_(j<t) L^j at every scale,
                                                                 D = (1 - r)(L + beta) + 2 z
    nearby        the same with L < 1:                           |h_t - y_t| <= D/(1 - L)

Exactly it is no RNN at any scale: z is never 0.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Term, Variable, tanh
from symlstm.kernel.logic.bounds import positive
from symlstm.kernel.logic.induction import empty_sum, induction, last_term
from symlstm.kernel.logic.propositions import (
    Equal,
    ForAll,
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
from symlstm.model.terms import SCALE as K
from symlstm.proof.goals import auto, inductively
from symlstm.proof.lemmas import lipschitz, ordered, product, triangle, weaken
from symlstm.search.containment.contained import Contained, d, j, m, n, series, t
from symlstm.search.containment.derivation import limit_of

RANGES = {"tanh": (fmpq(0), fmpq(1)), "sigmoid": (fmpq(1, 2), fmpq(1, 2))}  # centre and radius of what it takes
h, b_hn = Variable("h", "sequence"), Variable("b_hn", "sequence")


@dataclass(frozen=True)
class GRUContainment:
    """Gates as expressions in k (`K`), the largest |b_hn|, and the RNN, as one of tanh; `more` as in derivation.py."""

    reset: Term
    update: Term
    beta: Term
    rnn: Contained
    more: tuple[Variable, ...] = ()

    def h(self, time: Term | Variable, index: Term | Variable = n) -> Term:
        """The GRU's state."""
        return h(time, index, *self.more)

    @property
    def inside(self) -> Term:
        """U h_t + b_hn in coordinate n; without b_hn where it is 0."""
        return self.rnn.recurrent(self.h(t, m)) + self.bias

    @property
    def bias(self) -> Term:
        return b_hn(n) if self.beta.monomials else ZERO

    @property
    def before(self) -> Term:
        """What the candidate is tanh of."""
        return self.rnn.drive() - self.bias + self.reset * self.inside

    @cached_property
    def step(self) -> Theorem:
        """h_(t+1) = (1 - z) tanh(...) + z h_t."""
        new = (1 - self.update) * tanh(self.before) + self.update * self.h(t)
        return specialise(assume(ForAll((t, n, *self.more), Equal(self.h(t + 1), new))), t, n, *self.more)

    @cached_property
    def start(self) -> Theorem:
        """h_0 = y_0, where the file has y_0 by the RNN's own state."""
        defined = self.rnn.defined(0)
        given = ForAll((n, *self.more), Equal(self.h(ZERO), defined.conclusion.rhs))
        told = specialise(assume(given), n, *self.more)
        return told if self.rnn.is_own else auto(Equal(self.h(ZERO), self.rnn.state(0)), told, defined)

    def in_the_limit(self) -> Theorem:
        """lim h_t = y_t for every t; raises RuleError unless lim r = 1 and lim z = 0."""
        gates = [limit_of(gate) for gate in (self.reset, self.update) if K in gate.symbols()]
        if [gate.conclusion.value for gate in gates] != [1, 0]:
            found = f"r = {self.reset}, z = {self.update}"
            raise RuleError("containment", found, "a reset gate that tends to 1 and an update gate that tends to 0")
        claim = ForAll((n,), TendsTo(self.h(t), (K,), self.rnn.state(t)))
        known = assume(claim)
        new = limit_of(self.h(t + 1), self.step, specialise(known, m), specialise(known, n))
        later, start = rewrite(new, self.rnn.step, right_to_left=True), limit_of(self.h(ZERO), self.start)
        proof = induction(claim, t, generalise(start, n), generalise(later, n))
        return self.rnn.told(specialise(specialise(proof, t), n))

    def nearby(self, norm: Term, bound: Term) -> Theorem:
        """|h_t - y_t| <= bound for every t and all weights with row sums of at most norm; all numbers constant.

        Raises RuleError unless L < 1 and ((1 - r)(L + beta) + 2 z)/(1 - L) is at most bound.
        """
        steepest = norm * self.rnn.change.recurrent
        if not certainly_positive(1 - steepest):
            least = 1 / self.rnn.change.recurrent
            raise RuleError("containment", f"L = ||weight_hh||_oo = {norm}", f"L < {least}, for a bound at every time")
        limit = ((1 - self.reset) * (steepest + self.beta) + 2 * self.update) / (1 - steepest)
        if not certainly_positive(bound - limit):
            raise RuleError("containment", f"an error up to {decimal(limit, digits=5)}", f"at most {bound}")
        claim = ForAll((n,), Within(self.h(t), self.rnn.state(t), limit))
        base = auto(Within(self.h(ZERO), self.rnn.state(0), limit), self.start, positive(limit))
        new = self._one_step(assume(claim), norm)
        exact = auto(Equal(new.conclusion.bound, limit), positive(1 - steepest))
        proof = induction(claim, t, generalise(base, n), generalise(weaken(new, exact), n))
        return self.rnn.told(weaken(specialise(specialise(proof, t), n), ordered(limit, bound)))

    def at_each_time(self, norm: Term) -> Theorem:
        """|h_t - y_t| <= ((1 - r)(L + beta) + 2 z) sum_(j<t) L^j for every t; raises RuleError unless L > 0."""
        steepest = norm * self.rnn.change.recurrent
        if not certainly_positive(steepest):
            raise RuleError("containment", f"L = ||weight_hh||_oo = {norm}", "L > 0, for powers of it")
        each = (1 - self.reset) * (steepest + self.beta) + 2 * self.update

        def total(time: Term | Variable | int) -> Term:
            powers = algebra.power(steepest, algebra.atom(j))
            return algebra.finite_sum(powers, algebra.atom(j), ZERO, algebra.as_term(time) - 1)

        claim = ForAll((n,), Within(self.h(t), self.rnn.state(t), each * total(t)))
        empty, *lasts = empty_sum(total(0)), last_term(total(1)), last_term(total(t + 1)), last_term(total(t + 2))
        base = auto(Within(self.h(ZERO), self.rnn.state(0), each * total(0)), self.start, empty)
        sums = inductively(ForAll((t,), Equal(total(t + 1), 1 + steepest * total(t))), t, empty, *lasts)
        new = self._one_step(assume(claim), norm)
        order = auto(Equal(new.conclusion.bound, each * total(t + 1)), sums)
        proof = induction(claim, t, generalise(base, n), generalise(weaken(new, order), n))
        return self.rnn.told(specialise(specialise(proof, t), n))

    def _one_step(self, now: Theorem, norm: Term) -> Theorem:
        """From |h_t - y_t| <= e in every coordinate: |h_(t+1) - y_(t+1)| <= L e + (1 - r)(L + beta) + 2 z."""
        rnn, size = self.rnn.step, self.size()
        target = auto(Within(self.rnn.state(t + 1), 0, 1), rnn)
        apart = self.rnn.apart(specialise(now, m), norm)
        total = rewrite(self.rnn.apart(specialise(size, m), norm), self._nothing())
        biases = [specialise(assume(ForAll((n,), Within(b_hn(n), 0, self.beta))), n)] * (self.bias != 0)
        inside = triangle(Within(self.inside, 0, total.conclusion.bound + self.beta), total, *biases)
        opened = auto(Within(self.reset, 1, 1 - self.reset))
        kept = product(opened, _same(self.inside), auto(Within(self.reset, 0, 1)), inside)
        theirs = self.rnn.drive() + self.rnn.recurrent(self.rnn.state(t, m))
        goal = Within(self.before, theirs, kept.conclusion.bound + apart.conclusion.bound)
        written = rewrite(lipschitz(triangle(goal, kept, apart), tanh), rnn, right_to_left=True)
        moved = product(_same(1 - self.update), written, auto(Within(1 - self.update, 0, 1)), target)
        far = auto(Within(self.h(t), self.rnn.state(t + 1), 2), specialise(size, n), target)
        held = product(_same(self.update), far, auto(Within(self.update, 0, self.update)), target)
        whole = Within(self.step.conclusion.rhs, self.rnn.state(t + 1), moved.conclusion.bound + held.conclusion.bound)
        return rewrite(triangle(whole, moved, held), self.step, right_to_left=True)

    def size(self) -> Theorem:
        """|h_t| <= 1 in every coordinate, from |y_0| <= 1."""
        claim = ForAll((n,), Within(self.h(t), 0, 1))
        facts = [self.step, specialise(assume(claim), n), positive(self.update), positive(1 - self.update)]
        ends = [auto(side, *facts) for side in (LessEqual(-1, self.h(t + 1)), LessEqual(self.h(t + 1), 1))]
        base, new = auto(Within(self.h(ZERO), 0, 1), self.start, self.first), auto(Within(self.h(t + 1), 0, 1), *ends)
        return specialise(induction(claim, t, generalise(base, n), generalise(new, n)), t)

    @property
    def first(self) -> Theorem:
        """|y_0| <= 1; for a sigmoid RNN of 2 r_0 - 1, where r_0 is between 0 and 1."""
        centre, radius = RANGES[self.rnn.function]
        own = specialise(assume(ForAll((n,), Within(self.rnn.own(0), centre, radius))), n)
        return own if self.rnn.is_own else auto(Within(self.rnn.state(0), 0, 1), own, self.rnn.defined(0))

    def _nothing(self) -> Theorem:
        """A sum of zeros, one a unit, is 0."""

        def total(count: Term) -> Term:
            return series(ZERO, m, count)

        size = algebra.atom(d)
        step = auto(Equal(total(size + 1), ZERO), assume(Equal(total(size), ZERO)), last_term(total(size + 1)))
        return specialise(induction(Equal(total(size), ZERO), d, empty_sum(total(ZERO)), step), self.rnn.hidden)


def _same(value: Term) -> Theorem:
    """|v - v| <= 0"""
    return auto(Within(value, value, 0))
