"""The tanh RNN, and the sigmoid RNN, are contained in the GRU, for every hidden size and every real input.

PyTorch's GRU with no weights into its gates r and z, bias B in r and -B in z, and the RNN's own W, U and biases in n,
the recurrent ones inside the reset product: as B grows r opens, z closes, and h' = (1 - z) n + z h is n. An LSTM
cannot do this directly: what its candidate gate writes is squashed twice. In other coordinates it contains the
tanh RNN exactly, through its output gate. What is not mentioned by a hypothesis holds for all its values.
"""

from __future__ import annotations

from symlstm import Outcome, Theorem, Verdict, Witness, claim, main, refuted
from symlstm.steps import (
    Abs,
    Equal,
    ForAll,
    Less,
    LessEqual,
    Sum,
    TendsTo,
    Within,
    assume,
    auto,
    every,
    exp,
    generalise,
    last_term,
    lemma,
    monotone,
    natural,
    real,
    rewrite,
    sequence,
    sigmoid,
    specialise,
    tanh,
    theorem,
)

t, n, m, j, d, p = map(natural, "tnmjdp")  # time, coordinates, input coordinate, hidden size, input size
B, L, beta = map(real, ("B", "L", "beta"))
x, W, U, b_ih, b_hh = map(sequence, ("x", "W", "U", "b_ih", "b_hh"))
h, y = map(sequence, "hy")

reset, update = sigmoid(B), sigmoid(-B)


def of_input(weight=W):
    """W x_{t+1} + b_ih in coordinate n."""
    return Sum(W(n, j) * x(t + 1, j), (j, 1, p)) + b_ih(n)


def of_state(state):
    """U y_t + b_hh in coordinate n."""
    return Sum(U(n, m) * state(m), (m, 1, d)) + b_hh(n)


candidate = tanh(of_input() + reset * of_state(lambda m: h(t, m, B)))
RNN = assume(ForAll((t, n), Equal(y(t + 1, n), tanh(of_input() + of_state(lambda m: y(t, m))))))
GRU = assume(ForAll((t, n, B), Equal(h(t + 1, n, B), (1 - update) * candidate + update * h(t, n, B))))
START = assume(ForAll((n, B), Equal(h(0, n, B), y(0, n))))


@theorem("G1", "a GRU with update bias -B and reset bias B tends to the tanh RNN, at each time",
         ForAll((n,), TendsTo(h(t, n, B), (B,), y(t, n))), under=(GRU, RNN, START), forall=(t,))  # fmt: skip
def gru_tends_to_rnn(goal):
    goal.induct(t).auto()


# How far apart the two are, at every bias, time and input; |h_0| <= 1 as everything that a GRU writes.

delta = update * (L + beta + 2)  # at most (L + beta + 2) e^-B
ROWS = assume(ForAll((n,), LessEqual(Sum(Abs(U(n, m)), (m, 1, d)), L)))  # ||U|| <= L in the max norm
BIASES = assume(ForAll((n,), Within(b_hh(n), 0, beta)))
IN_RANGE = assume(ForAll((n,), Within(y(0, n), 0, 1)))


@lemma(ForAll((n,), Within(h(t, n, B), 0, 1)), under=(GRU, START, IN_RANGE), forall=(t, B))
def gru_in_range(goal):
    base, step = goal.induct(t)
    base.auto()
    for side in (lambda x: LessEqual(x, 1), lambda x: LessEqual(-1, x)):
        step.have(side(h(t + 1, n, B))).auto()
    step.auto()


def powers(t):
    """sum over j < t of L^j"""
    return Sum(L**j, (j, 0, t - 1))


def near(bound):
    """|h_t - y_t| <= bound for every t and n."""
    return ForAll((t, n), Within(h(t, n, B), y(t, n), bound))


LAST = [last_term(powers(t + 1)), last_term(powers(t + 2))]
SETTING = (GRU, RNN, START, ROWS, BIASES)
sum_recurrence = lemma(Equal(powers(t + 1), 1 + L * powers(t)), under=LAST, forall=(t,)).induct(t)
gap = lemma(near(delta * powers(t)), under=SETTING).induct(t, gru_in_range, sum_recurrence)
not_negative = lemma(LessEqual(0, L + beta + 2), given=[LessEqual(0, L)]).auto(lambda: specialise(BIASES, n))
gap_for_ever = lemma(near(delta / (1 - L)), under=SETTING, given=[Less(L, 1)]).induct(t, gru_in_range, not_negative)


@claim("G2", "the distance of the states at each time and bias, for every norm L")
def distance() -> Theorem:
    at_each_bias = generalise(specialise(gap(), t, n), t, n, B)
    return auto(every(at_each_bias.conclusion, ForAll((B,), LessEqual(update, exp(-B)))), at_each_bias)


@claim("G2-uniform", "the distance of the states uniformly in time, for L < 1")
def uniform_distance() -> Theorem:
    return generalise(specialise(gap_for_ever(), t, n), t, n, B)


# The sigmoid RNN is a tanh RNN in the coordinates 2 r - 1, with halves and quarters of its weights.

r = sequence("r")
SIGMOID_RNN = assume(ForAll((t, n), Equal(r(t + 1, n), sigmoid(of_input() + of_state(lambda m: r(t, m))))))


def row(d):
    """The parts of sum_m U/4 (2 r - 1) over m = 1 ... d: itself, sum_m U r and sum_m U."""
    return Sum(U(n, m) / 4 * (2 * r(t, m) - 1), (m, 1, d)), Sum(U(n, m) * r(t, m), (m, 1, d)), Sum(U(n, m), (m, 1, d))


@lemma(Equal(row(d)[0], row(d)[1] / 2 - row(d)[2] / 4), forall=(d,))
def apart(goal):
    goal.induct(d).auto()


@theorem("G3", "2 r - 1 is a tanh RNN for every sigmoid RNN r: what contains the one contains the other",
         Equal(2 * r(t + 1, n) - 1, tanh(of_input() / 2 + b_hh(n) / 2 + row(d)[2] / 4 + row(d)[0])),
         under=[SIGMOID_RNN], forall=(t, n))  # fmt: skip
def sigmoid_rnn_as_tanh_rnn(goal):
    step, (whole, state, ones) = specialise(SIGMOID_RNN, t, n), row(d)
    halved = tanh((of_input() + of_state(lambda m: r(t, m))) / 2)
    back = auto(Equal(state, 2 * whole + ones / 2), specialise(apart(), d))
    goal.by(rewrite(auto(Equal(2 * step.conclusion.lhs - 1, halved), step), back))


# An LSTM with the RNN in its candidate gate g, input and output gates open and forget gate shut: tanh twice.

c, q = sequence("c"), sequence("q")  # the LSTM's cell, and what it tends to
squashed = tanh(of_input() + of_state(lambda m: h(t, m, B)))
LSTM = (  # from zero, where h_0 = o tanh(c_0) too
    assume(ForAll((t, n, B), Equal(c(t + 1, n, B), sigmoid(-B) * c(t, n, B) + sigmoid(B) * squashed))),
    assume(ForAll((t, n, B), Equal(h(t, n, B), sigmoid(B) * tanh(c(t, n, B))))),
    assume(ForAll((n, B), Equal(c(0, n, B), 0))),
)
TWICE = (
    assume(ForAll((t, n), Equal(q(t + 1, n), tanh(of_input() + of_state(lambda m: tanh(q(t, m))))))),
    assume(ForAll((n,), Equal(q(0, n), 0))),
)


@lemma(ForAll((n,), TendsTo(c(t, n, B), (B,), q(t, n))), under=(*LSTM, *TWICE), forall=(t,))
def cell_limit(goal):
    goal.induct(t).auto()


@lemma(ForAll((n,), TendsTo(h(t, n, B), (B,), tanh(q(t, n)))), under=(*LSTM, *TWICE), forall=(t,))
def limit_of_state(goal):
    goal.auto(cell_limit())


@theorem("G4", "an LSTM with the RNN in its candidate gate tends to an RNN of tanh(tanh(.))",
         ForAll((n,), TendsTo(h(t, n, B), (B,), tanh(q(t, n)))), under=(*LSTM, *TWICE), forall=(t,))  # fmt: skip
def lstm_squashes_twice(goal):
    goal.auto(limit_of_state())


@claim(
    "G5",
    "an LSTM with the RNN in its candidate gate does not contain the tanh RNN",
    expect=Verdict.REFUTED,
    statement="with i and o open, f shut and the tanh RNN in g, from the zero state, h_t tends to y_t for B -> oo",
)
def candidate_gate_is_not_enough() -> Outcome:
    zero, rest = assume(ForAll((n,), Equal(y(0, n), 0))), specialise(TWICE[1], m)
    theirs = rewrite(specialise(RNN, 0, n), specialise(zero, m))
    ours = rewrite(specialise(TWICE[0], 0, n), rest)
    limit = specialise(specialise(limit_of_state(), 1), n)
    found = rewrite(limit, auto(Equal(q(1, n), y(1, n)), ours, theirs))
    below = monotone(auto(Less(y(1, n), 1), theirs), tanh)
    order = auto(Less(tanh(y(1, n)), y(1, n)), below, assume(Less(tanh(1), y(1, n))))
    details = {"network": "one unit, input weight 2", "y_1": "0.96402758007581688394641372410092315025502997624093"}
    witness = Witness(
        limit="tanh(y_1), and so below tanh(1)",
        specified="y_1",
        value="0.74606799844559956937741321293716283970618860765372",
        details=details,
    )
    return refuted(auto(every(found.conclusion, order.conclusion), found, order), witness)


if __name__ == "__main__":
    raise SystemExit(main(__file__))
