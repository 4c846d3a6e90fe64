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
from symlstm.kernel.logic.bounds import absolute_value, arithmetic, positive
from symlstm.kernel.logic.induction import empty_sum, induction, last_term
from symlstm.kernel.logic.limits import continuity
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
from symlstm.model.terms import SCALE as K
from symlstm.proof.goals import found_for
from symlstm.proof.lemmas import lipschitz, product, triangle, weaken
from symlstm.search.containment.contained import ONE, Contained, d, j, m, n, series, symmetric, t
from symlstm.search.containment.derivation import limit_of_equal, limit_of_gate

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
        return told if self.rnn.is_own else arithmetic(Equal(self.h(ZERO), self.rnn.state(0)), (1, told), (-1, defined))

    def in_the_limit(self) -> Theorem:
        """lim h_t = y_t for every t; raises RuleError unless lim r = 1 and lim z = 0."""
        gates = [limit_of_gate(gate) for gate in (self.reset, self.update) if K in gate.symbols()]
        if [gate.conclusion.value for gate in gates] != [1, 0]:
            found = f"r = {self.reset}, z = {self.update}"
            raise RuleError("containment", found, "a reset gate that tends to 1 and an update gate that tends to 0")
        claim = ForAll((n,), TendsTo(self.h(t), (K,), self.rnn.state(t)))
        known = assume(claim)
        new = continuity(self.step.conclusion.rhs, K, specialise(known, m), specialise(known, n), *gates)
        later = rewrite(new, symmetric(self.step), symmetric(self.rnn.step))
        proof = induction(claim, t, generalise(limit_of_equal(self.start), n), generalise(later, n))
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
        equal, size = self.start, positive(limit)
        base = found_for(Within(self.h(ZERO), self.rnn.state(0), limit), [equal, size])
        new = self._one_step(assume(claim), norm)
        exact = arithmetic(Equal(new.conclusion.bound, limit), divisors=(positive(1 - steepest),))
        proof = induction(claim, t, generalise(base, n), generalise(weaken(new, exact), n))
        order = arithmetic(Less(limit, bound), (1, positive(bound - limit)))
        return self.rnn.told(weaken(specialise(specialise(proof, t), n), order))

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
        start = Within(self.h(ZERO), self.rnn.state(0), each * total(0))
        base = found_for(start, [self.start, empty_sum(total(0))])
        new = self._one_step(assume(claim), norm)
        goal, next_goal = (Equal(total(time + 1), 1 + steepest * total(time)) for time in (algebra.atom(t), t + 1))
        first = found_for(Equal(total(1), 1 + steepest * total(0)), [last_term(total(1)), empty_sum(total(0))])
        last, one_less = last_term(total(t + 2)), last_term(total(t + 1))
        sums = induction(goal, t, first, arithmetic(next_goal, (1, last), (1, assume(goal)), (-steepest, one_less)))
        order = arithmetic(Equal(new.conclusion.bound, each * total(t + 1)), (-each, specialise(sums, t)))
        proof = induction(claim, t, generalise(base, n), generalise(weaken(new, order), n))
        return self.rnn.told(specialise(specialise(proof, t), n))

    def _one_step(self, now: Theorem, norm: Term) -> Theorem:
        """From |h_t - y_t| <= e in every coordinate: |h_(t+1) - y_(t+1)| <= L e + (1 - r)(L + beta) + 2 z."""
        rnn, size = self.rnn.step, self.size()
        target = found_for(Within(self.rnn.state(t + 1), 0, 1), [rnn])
        apart = self.rnn.apart(specialise(now, m), norm)
        total = rewrite(self.rnn.apart(specialise(size, m), norm), self._nothing())
        biases = [specialise(assume(ForAll((n,), Within(b_hn(n), 0, self.beta))), n)] * (self.bias != 0)
        inside = triangle(Within(self.inside, 0, total.conclusion.bound + self.beta), total, *biases)
        opened = found_for(Within(self.reset, 1, 1 - self.reset), [positive(1 - self.reset)])
        kept = product(opened, _same(self.inside), _gate(self.reset), inside)
        theirs = self.rnn.drive() + self.rnn.recurrent(self.rnn.state(t, m))
        goal = Within(self.before, theirs, kept.conclusion.bound + apart.conclusion.bound)
        written = rewrite(lipschitz(triangle(goal, kept, apart), tanh), symmetric(rnn))
        moved = product(_same(1 - self.update), written, _gate(1 - self.update), target)
        far = found_for(Within(self.h(t), self.rnn.state(t + 1), 2), [specialise(size, n), target])
        held = product(_same(self.update), far, _gate(self.update, self.update), target)
        whole = Within(self.step.conclusion.rhs, self.rnn.state(t + 1), moved.conclusion.bound + held.conclusion.bound)
        return rewrite(triangle(whole, moved, held), symmetric(self.step))

    def size(self) -> Theorem:
        """|h_t| <= 1 in every coordinate, from |y_0| <= 1."""
        claim = ForAll((n,), Within(self.h(t), 0, 1))
        facts = [self.step, specialise(assume(claim), n), positive(self.update), positive(1 - self.update)]
        ends = [found_for(side, facts) for side in (LessEqual(-1, self.h(t + 1)), LessEqual(self.h(t + 1), 1))]
        base = rewrite(self.first, symmetric(self.start))
        new = absolute_value(Within(self.h(t + 1), 0, 1), *ends)
        return specialise(induction(claim, t, generalise(base, n), generalise(new, n)), t)

    @property
    def first(self) -> Theorem:
        """|y_0| <= 1; for a sigmoid RNN of 2 r_0 - 1, where r_0 is between 0 and 1."""
        centre, radius = RANGES[self.rnn.function]
        own = specialise(assume(ForAll((n,), Within(self.rnn.own(0), centre, radius))), n)
        return own if self.rnn.is_own else found_for(Within(self.rnn.state(0), 0, 1), [own, self.rnn.defined(0)])

    def _nothing(self) -> Theorem:
        """A sum of zeros, one a unit, is 0."""

        def total(count: Term) -> Term:
            return series(ZERO, m, count)

        size = algebra.atom(d)
        step = found_for(Equal(total(size + 1), ZERO), [assume(Equal(total(size), ZERO)), last_term(total(size + 1))])
        return specialise(induction(Equal(total(size), ZERO), d, empty_sum(total(ZERO)), step), self.rnn.hidden)


def _same(value: Term) -> Theorem:
    """|v - v| <= 0"""
    side = arithmetic(LessEqual(value, value))
    return absolute_value(Within(value, value, 0), side, side)


def _gate(gate: Term, most: Term = ONE) -> Theorem:
    """|g| <= most for a gate between 0 and 1: itself, or 1."""
    room = [] if gate == most else [(1, positive(most - gate))]
    below = arithmetic(LessEqual(-most, gate), (1, positive(gate)), (1, positive(most)))
    return absolute_value(Within(gate, 0, most), below, arithmetic(LessEqual(gate, most), *room))
