"""The RNN that is contained, in the coordinates that a network has room for.  UNTRUSTED.

An LSTM's output gate holds a sigmoid RNN, a GRU's candidate a tanh RNN. With r = (1 + y)/2 and y = 2 r - 1 each is
the other with other weights, as sigmoid(2 a) = (1 + tanh(a))/2:

    y' = tanh(W x + b + U y)         r' = sigmoid(2 W x + 2 b - 2 U 1 + 4 U r)
    r' = sigmoid(W x + b + U r)      y' = tanh(W/2 x + b/2 + U 1/4 + U/4 y)

W, U and b stand for the weights of the RNN that is claimed. Where its function is not the one that is needed, the
other state is defined by an equation, and its recurrence is a theorem.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Term, Variable, absolute, finite_sum, sigmoid, tanh
from symlstm.kernel.logic.bounds import arithmetic, positive
from symlstm.kernel.logic.induction import empty_sum, induction, last_term
from symlstm.kernel.logic.propositions import Equal, ForAll, LessEqual, assume, generalise, rewrite, specialise
from symlstm.kernel.theorem import Theorem
from symlstm.proof.goals import auto
from symlstm.proof.lemmas import MULTIPLE, operator_norm

ONE = algebra.rational(1)
t, n, m, j, d = (Variable(name, "natural") for name in "tnmjd")
W, U, b, x, r, y = (Variable(name, "sequence") for name in ("W", "U", "b", "x", "r", "y"))


class Change(NamedTuple):
    """What W and b, what U, and what U 1 in the bias are multiplied by."""

    weights: fmpq = fmpq(1)
    recurrent: fmpq = fmpq(1)
    row: fmpq = fmpq(0)


CHANGES = {  # the function of the RNN, and the one that is needed
    ("sigmoid", "sigmoid"): Change(),
    ("tanh", "tanh"): Change(),
    ("tanh", "sigmoid"): Change(fmpq(2), fmpq(4), fmpq(-2)),
    ("sigmoid", "tanh"): Change(fmpq(1, 2), fmpq(1, 4), fmpq(1, 4)),
}


def series(body: Term, index: Variable, last: Term | int) -> Term:
    """The sum over the index from 1 on."""
    return finite_sum(body, algebra.atom(index), ONE, algebra.as_term(last))


def _at(sequence: Variable, *indices: Term | Variable | int) -> Term:
    found: Term = sequence(*indices)
    return found


@dataclass(frozen=True)
class Contained:
    """An RNN of `function`, as one of the function `needed`; both are "sigmoid" or "tanh"."""

    function: str
    needed: str
    hidden: int
    inputs: int

    @property
    def change(self) -> Change:
        return CHANGES[self.function, self.needed]

    @property
    def is_own(self) -> bool:
        """Whether it is the RNN that is claimed itself."""
        return self.function == self.needed

    def own(self, time: Term | Variable | int, index: Term | Variable = n) -> Term:
        """The state of the RNN that is claimed."""
        return _at(y if self.function == "tanh" else r, time, index)

    def state(self, time: Term | Variable | int, index: Term | Variable = n) -> Term:
        """The state of the RNN that is needed."""
        return _at(y if self.needed == "tanh" else r, time, index)

    def drive(self) -> Term:
        """What does not depend on the state, in coordinate n."""
        change = self.change
        plain = (series(W(n, j) * x(t + 1, j), j, self.inputs) + b(n)).scaled(change.weights)
        return plain + series(U(n, m), m, self.hidden).scaled(change.row)

    def recurrent(self, state: Term, scale: Term = ONE) -> Term:
        """The sum of the recurrent weights times scale and a state in coordinate m."""
        return series(U(n, m) * scale * state, m, self.hidden).scaled(self.change.recurrent)

    def defined(self, time: Term | Variable | int, index: Term | Variable = n) -> Theorem:
        """The needed state by the RNN's own; an identity where they are one."""
        if self.is_own:
            return arithmetic(Equal(self.state(time, index), self.own(time, index)))
        new = 2 * r(t, n) - 1 if self.needed == "tanh" else (1 + y(t, n)) / 2
        return specialise(assume(ForAll((t, n), Equal(self.state(t), new))), time, index)

    @cached_property
    def step(self) -> Theorem:
        """The needed state at t + 1 is the function of drive and recurrent: assumed, or derived from the RNN's own."""
        own = sigmoid if self.function == "sigmoid" else tanh
        plain = series(W(n, j) * x(t + 1, j), j, self.inputs) + b(n)
        before = plain + series(U(n, m) * self.own(t, m), m, self.hidden)
        given = specialise(assume(ForAll((t, n), Equal(self.own(t + 1), own(before)))), t, n)
        if self.is_own:
            return given
        new, factor = self.defined(t + 1), self.change.weights
        function = tanh if self.needed == "tanh" else sigmoid
        goal = Equal(self.state(t + 1), function(before * factor))
        return rewrite(auto(goal, new, given), self._parted())

    def rows(self, norm: Term) -> Theorem:
        """Row sums of |U| that are at most norm."""
        return assume(ForAll((n,), LessEqual(series(absolute(U(n, m)), m, self.hidden), norm)))

    def apart(self, near: Theorem, norm: Term) -> Theorem:
        """From |x_m - y_m| <= e how far the recurrent parts of x and y are apart."""
        plain, factor = operator_norm(near, specialise(self.rows(norm), n)), self.change.recurrent
        return plain if factor == 1 else MULTIPLE(plain, positive(algebra.rational(factor)))

    def told(self, theorem: Theorem) -> Theorem:
        """A theorem about the needed state at t and n as one about the RNN's own, for all t and n."""
        return generalise(theorem if self.is_own else rewrite(theorem, self.defined(t)), t, n)

    def _parted(self) -> Theorem:
        """sum U own = what is recurrent + U 1, each with its factor, at t: by induction over the number of units."""
        change, size = self.change, algebra.atom(d)

        def parts(count: Term) -> tuple[Term, Term, Term]:
            bodies = (U(n, m) * self.own(t, m), U(n, m) * self.state(t, m), U(n, m))
            return tuple(series(body, m, count) for body in bodies)  # type: ignore[return-value]

        def goal(count: Term) -> Equal:
            own, needed, ones = parts(count)
            return Equal(own, (needed * change.recurrent + ones * change.row) / change.weights)

        defined, last = self.defined(t, 1 + size), map(last_term, parts(size + 1))
        base, step = (
            auto(goal(ZERO), *map(empty_sum, parts(ZERO))),
            auto(goal(size + 1), assume(goal(size)), defined, *last),
        )
        return specialise(induction(goal(size), d, base, step), self.hidden)
