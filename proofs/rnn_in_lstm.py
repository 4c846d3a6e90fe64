"""The sigmoid RNN is contained in the LSTM, for every hidden size and every real input.

The LSTM of the homework: zero weights and bias B in the gates i, f, g, so these gates are the
constants sigmoid(B), sigmoid(B), tanh(B) in every coordinate; the output gate carries the
RNN's own weights W, U and biases; h_0 = r_0 and c_0 = C.  A sequence names everything that it
depends on: h(t, n, B, C) is coordinate n of h_t in the LSTM with these B and C.  What is not
mentioned by a hypothesis holds for all its values: times, coordinates, sizes, inputs, weights.
"""

# ruff: noqa: I001  (imports in packed lines)

from sympy import Rational

from symlstm import Outcome, Verdict, Witness, claim, main, refuted
from symlstm.steps import (
    Abs, Arithmetic, Equal, ForAll, Less, Max, Min, Sum, TendsTo, Within, assume, auto, every, exp,
    last_term, lemma, lstm_gates, lstm_update, monotone, natural, real, sequence, sigmoid, specialise, tanh,
    tanh_above_cubic, theorem,
)  # fmt: skip

t, n, m, j, d, p = map(natural, "tnmjdp")  # time, coordinates, input coordinate, hidden size, input size
B, C, L = map(real, "BCL")
x, W, U, b_ih, b_hh = map(sequence, ("x", "W", "U", "b_ih", "b_hh"))
r, h, c, s, E, D = map(sequence, "rhcsED")

i = f = sigmoid(B)
g = tanh(B)
c_star = exp(B) * tanh(B)
least, greatest = Min(C, c_star), Max(C, c_star)
delta, eta = 1 - tanh(least), 1 - tanh(c_star)
kappa, first_cell = tanh(1), sigmoid(B) * tanh(B)  # of the LSTM from zero: what it tends to, and c_1
kappa_delta = 1 - tanh(first_cell) / kappa
ratio, HALF = L / 4, Rational(1, 2)
ARITHMETIC = Arithmetic(sigmoid, tanh)
NOTATION = {real("c_star"): c_star, real("delta"): delta, real("eta"): eta, real("theta"): kappa_delta}


# The networks: definitions, which every theorem carries among its hypotheses.


def preactivation(state, weight=U):
    """W x_{t+1} + b_ih + U y_t + b_hh in coordinate n, from the state y_t."""
    return Sum(W(n, j) * x(t + 1, j), (j, 1, p)) + b_ih(n) + Sum(weight(n, m) * state(m), (m, 1, d)) + b_hh(n)


def rnn():
    """r_{t+1} = sigmoid(W x_{t+1} + b_ih + U r_t + b_hh), for every t and n."""
    return assume(ForAll((t, n), Equal(r(t + 1, n), sigmoid(preactivation(lambda m: r(t, m))))))


def lstm(*parameters, forget=B, weight=U, divisors=()):
    """PyTorch's LSTM with no weights and bias B in the gates i, f, g (another in f if given): c_{t+1} and h_{t+1}."""
    o = preactivation(lambda m: h(t, m, *parameters), weight)
    gates = lstm_gates(B, forget, B, o, ARITHMETIC)
    _, cell = lstm_update(gates, c(t, n, *parameters), ARITHMETIC)
    output, scope = gates.o * tanh(c(t + 1, n, *parameters)), (t, n, *parameters)
    return (
        assume(ForAll(scope, Equal(c(t + 1, n, *parameters), cell))),
        assume(ForAll(scope, Equal(h(t + 1, n, *parameters), output)), *divisors),
    )


CELL = (lstm(B, C)[0], assume(ForAll((n, B, C), Equal(c(0, n, B, C), C))))  # c_0 = C
STATE = (lstm(B, C)[1], assume(ForAll((n, B, C), Equal(h(0, n, B, C), r(0, n)))))  # h_0 = r_0


# R1 to R4. The gates saturate; the cell: its closed form, its limit for B -> oo, its limit for t -> oo.

theorem("R1", "the gates i, f, g tend to 1, exponentially fast in the bias", every(
    1 - i > 0, 1 - i <= exp(-B), 1 - g > 0, 1 - g <= 2 * exp(-2 * B),
    TendsTo(i, (B,), 1), TendsTo(g, (B,), 1),
)).auto()  # fmt: skip

closed_form = theorem("R2", "the cell in closed form, at every time and every finite bias",
    Equal(c(t, n, B, C), f**t * C + i * g * (1 - f**t) / (1 - f)), under=CELL, forall=(t, n, B, C)).induct(t)  # fmt: skip

cell_counts = theorem("R3", "for each t the cell tends to C + t as the bias grows",
    TendsTo(c(t, n, B, C), (B,), C + t), under=CELL, forall=(t, n, C)).induct(t)  # fmt: skip

around_fixed_point = lemma(Equal(c(t, n, B, C), c_star + f**t * (C - c_star)),
    forall=(t, n, B, C)).auto(closed_form)  # fmt: skip

theorem("R4", "at a finite bias the cell does not diverge: it tends to e^B tanh(B), monotonically", every(
    Equal(c_star, i * g / (1 - f)),
    ForAll((t, n, B, C), Equal(c(t, n, B, C), c_star + f**t * (C - c_star))),
    ForAll((n, B, C), TendsTo(c(t, n, B, C), (t,), c_star)),
    ForAll((t, n, B, C), least <= c(t, n, B, C)),
    ForAll((t, n, B, C), c(t, n, B, C) <= greatest),
    ForAll((t, n, B, C), Equal(c(t + 1, n, B, C) - c(t, n, B, C), (1 - f) * f**t * (c_star - C))),
    ForAll((t, n, B, C), Less(0, (1 - f) * f**t)),
), under=CELL).auto(around_fixed_point)  # fmt: skip


# R5. The two limits of the hidden state; s is the LSTM in the limit B -> oo.

SATURATED = (
    assume(ForAll((t, n, C), Equal(s(t + 1, n, C), sigmoid(preactivation(lambda m: s(t, m, C))) * tanh(C + t + 1)))),
    assume(ForAll((n, C), Equal(s(0, n, C), r(0, n)))),
)
limit_of_saturated = lemma(ForAll((t, n), TendsTo(s(t, n, C), (C,), r(t, n))),
    under=(*SATURATED, rnn())).induct(t)  # fmt: skip
limit_for_bias = lemma(ForAll((t, n, C), TendsTo(h(t, n, B, C), (B,), s(t, n, C))),
    under=(*STATE, *SATURATED)).induct(t, cell_counts)  # fmt: skip
limit_for_cell = lemma(ForAll((t, n, B), TendsTo(h(t, n, B, C), (C,), r(t, n))),
    under=(*STATE, rnn())).induct(t, around_fixed_point)  # fmt: skip

theorem("R5", "for each input sequence and each t the LSTM tends to the RNN, in either order of limits", every(
    ForAll((t, n), TendsTo(h(t, n, B, C), (B, C), r(t, n))),
    ForAll((t, n), TendsTo(h(t, n, B, C), (C, B), r(t, n))),
    ForAll((t, n, B), TendsTo(h(t, n, B, C), (C,), r(t, n))),
    ForAll((B, C), TendsTo(f**t * C, (t,), 0)),
), under=(*CELL, *STATE, *SATURATED, rnn())).auto(limit_for_bias, limit_of_saturated, limit_for_cell)  # fmt: skip


# R6. How far apart the two are. Every weight, every input, every bias.


def powers_of_ratio(t):
    """sum over j < t of (L/4)^j"""
    return Sum(ratio**j, (j, 0, t - 1))


def near(bound, y=h):
    """|y_t - r_t| <= bound for every t and n."""
    return ForAll((t, n), Within(y(t, n, B, C), r(t, n), bound))


def recursion(delta, E):
    """E_0 = 0, E_{t+1} = delta + tanh(L E_t / 4)."""
    return assume(Equal(E(0), 0)), assume(ForAll((t,), Equal(E(t + 1), delta + tanh(L * E(t) / 4))))


ROWS = assume(ForAll((n,), Sum(Abs(U(n, m)), (m, 1, d)) <= L))  # ||U|| <= L in the max norm
LAST = [last_term(powers_of_ratio(s)) for s in (t + 1, t + 2)]
SETTING = (*CELL, *STATE, rnn(), ROWS)
new_cell, low = c(t + 1, n, B, C), c_star + f ** (t + 1) * (C - c_star)
SMALLER, SMALLER_AT_ITS_TIME = recursion(delta, E), recursion(1 - tanh(low), D)

sum_recurrence = lemma(Equal(powers_of_ratio(t + 1), 1 + ratio * powers_of_ratio(t)),
    under=LAST, forall=(t,)).induct(t)  # fmt: skip
above_least = lemma(least <= new_cell, forall=(t, n, B, C)).auto(around_fixed_point)
near_one = lemma(Within(tanh(new_cell), 1, delta), forall=(t, n, B, C)).auto(above_least)
above_low = lemma(low <= new_cell, forall=(t, n, B, C)).auto(around_fixed_point)
near_one_at_its_time = lemma(Within(tanh(new_cell), 1, 1 - tanh(low)), forall=(t, n, B, C)).auto(above_low)
gap = lemma(near(delta * powers_of_ratio(t)), under=SETTING).induct(t, near_one, sum_recurrence)
gap_for_ever = lemma(near(delta / (1 - ratio)), under=SETTING, given=[L < 4]).induct(t, near_one)

distance = theorem("R6", "the distance of the states at each time, for every norm L",
    every(near(delta * powers_of_ratio(t)), delta > 0, delta <= 2 * exp(-2 * least)), under=SETTING).auto(gap)  # fmt: skip

uniform_distance = theorem("R6-uniform", "the distance of the states uniformly in time, for L < 4",
    every(near(delta / (1 - ratio)), delta <= 1), under=SETTING,
    given=[L < 4, C >= 0, B > 0]).auto(gap_for_ever)  # fmt: skip

theorem("R6-sharper", "for every L: e_{t+1} <= delta + tanh(L e_t / 4)",
    near(E(t)), under=(*SETTING, *SMALLER)).induct(t, near_one)  # fmt: skip

theorem("R6-each-time", "the same with 1 - tanh(c_{t+1}) for delta: at each time, large C alone is enough",
    near(D(t)), under=(*SETTING, *SMALLER_AT_ITS_TIME)).induct(t, near_one_at_its_time)  # fmt: skip


# L > 4: a network of one cell, h_0 = r_0 = 1/2, weight L, bias -L/2, no input; c_0 = c*.

threshold, growth = real("u_0"), (1 + ratio) / 2
gate = sigmoid(L * h(t, B) - L / 2)
ONE_CELL = (
    assume(ForAll((t,), Equal(r(t + 1), sigmoid(L * r(t) - L / 2)))),
    assume(ForAll((t, B), Equal(c(t + 1, B), f * c(t, B) + i * g))),
    assume(ForAll((t, B), Equal(h(t + 1, B), gate * tanh(c(t + 1, B))))),
    assume(ForAll((B,), Equal(c(0, B), c_star))),
    assume(Equal(r(0), HALF)),
    assume(ForAll((B,), Equal(h(0, B), HALF))),
)
ABOVE_FOUR, BOTTOM, SMALL = assume(L > 4), assume(threshold >= 0), assume(L**3 * threshold**2 <= 6 * (L - 4))


def lower(t):
    """min(u_0, q^t eta/2) with q = (1 + L/4)/2 > 1: what the error is not below."""
    return Min(threshold, growth**t * eta / 2)


v, w, u = lower(t), L * lower(t) / 2, HALF - h(t + 1, B)
resting = lemma(Equal(r(t), HALF), under=ONE_CELL, forall=(t,)).induct(t)
fixed_cell = lemma(ForAll((t, B), Equal(c(t, B), c_star)), under=ONE_CELL).induct(t)
constant_cell = lemma(Equal(h(t + 1, B), gate * tanh(c_star)), under=ONE_CELL, forall=(t, B)).auto(fixed_cell)
power = lemma(growth**t >= 0, under=(ABOVE_FOUR,), forall=(t,)).induct(t)
nonnegative = lemma(v >= 0, under=(ABOVE_FOUR, BOTTOM)).auto(power)
grown = lemma(lower(t + 1) <= growth * v, under=(ABOVE_FOUR, BOTTOM)).auto(power)
square = lemma(v**2 <= threshold**2, under=(BOTTOM,)).auto(nonnegative)
steep = lemma(L**3 * v**2 <= 6 * (L - 4), under=(SMALL,)).auto(square, lemma(L**3 >= 0, under=(ABOVE_FOUR,)).auto())
slope = lemma(growth * v <= (w - w**3 / 3) / 2).auto(nonnegative, steep)


@lemma(v <= u, under=(ABOVE_FOUR, BOTTOM, *ONE_CELL[4:]))
def error_grows(goal):
    """Whatever B, the error is at least v: by induction over t."""
    base, step = goal.induct(t)
    base.auto(constant_cell)
    cubic = tanh_above_cubic(auto(w >= 0, ABOVE_FOUR, nonnegative))
    ordered = monotone(auto(w <= L * u / 2, ABOVE_FOUR, step.facts[-1]), tanh)
    new, gate = specialise(constant_cell(), t + 1, B), sigmoid(L * h(t + 1, B) - L / 2)
    half, below = auto(gate <= (1 - tanh(L * u / 2)) / 2), auto(h(t + 2, B) <= gate, new)
    step.by(auto(step.statement, grown, slope, cubic, ordered, half, below))


late = threshold <= (1 + t * (growth - 1)) * eta / 2
bernoulli = lemma(1 + t * (growth - 1) <= growth**t, under=(ABOVE_FOUR,)).induct(t)
reached = lemma(threshold <= v, given=[late]).auto(bernoulli)
error_stays = lemma(threshold <= r(t + 1) - h(t + 1, B)).auto(reached, error_grows, resting)


@claim(
    "R6-all-L",
    "no bound of the distance that is uniform in time and vanishes for B -> oo exists for L > 4",
    expect=Verdict.REFUTED,
    statement="for every norm L, the supremum over t of the distance tends to 0 as B and C grow",
)
def not_uniform_above_four() -> Outcome:
    values = {
        "network": "L = 8, bias -4, h_0 = r_0 = 1/2, B = 2, c_0 = c*",
        "1 - tanh(c*)": "1.2997206392245985319599240347529660820205206250220e-6",
    }
    value = "0.47875204516665255062734852305651037315160970565715"
    return refuted(error_stays(), Witness(specified="0", value=value, details=values))


# R7. PyTorch's default c_0 = 0.


@claim(
    "R7",
    "with zero initial cell the source's reduction fails at the first step",
    expect=Verdict.REFUTED,
    statement="with c_0 = 0, PyTorch's default, h_t tends to r_t for B -> oo",
    goal=ForAll((t, n), TendsTo(h(t, n, B, 0), (B,), r(t, n))),
)
def zero_initial_cell() -> Outcome:
    first = tanh(1) * r(1, n)
    found = ForAll((n,), every(TendsTo(h(1, n, B, 0), (B,), first), Less(first, r(1, n))))
    value = "0.76159415595576488811945828260479359041276859725794"
    details = {"factor": "h_1 / r_1 -> tanh(1), at every input and in every coordinate"}
    witness = Witness(limit="tanh(1)*r_1", specified="r_1", value=value, details=details)
    return refuted(auto(found, limit_for_bias, *SATURATED, rnn()), witness)


# R8. Exact containment at finite weights.


def scaled_lstm(bias):
    """The LSTM with c_0 = c*, h_0 = tanh(c*) r_0 and recurrent weight U/tanh(c*)."""
    scale = tanh(c_star)
    starts = (assume(ForAll((n,), Equal(y(0, n), at))) for y, at in ((c, c_star), (h, scale * r(0, n))))
    return *lstm(weight=lambda n, m: U(n, m) / scale, divisors=(auto(Less(0, scale), bias),)), *starts, rnn()


SCALED = scaled_lstm(assume(B > 0))
cell_stays = lemma(Equal(c(t, n), c_star), under=SCALED, forall=(t, n)).induct(t)

contained_exactly = theorem("R8", "exact containment: no limit, at every finite bias B > 0",
    ForAll((t, n), Equal(h(t, n), tanh(c_star) * r(t, n))), under=SCALED).induct(t, cell_stays)  # fmt: skip


# R9. Zero initial state, forget bias -B, recurrent weight U/tanh(1).

FROM_ZERO = (
    *lstm(B, forget=-B, weight=lambda n, m: U(n, m) / kappa),
    *(assume(ForAll((n, B), Equal(y(0, n, B), 0))) for y in (c, h)),
    assume(ForAll((n,), Equal(r(0, n), 0))),
    rnn(),
)
starts_at = lemma(Equal(c(1, n, B), first_cell), under=FROM_ZERO, forall=(n, B)).auto()
tends_to_one = lemma(TendsTo(c(t + 1, n, B), (B,), 1), under=FROM_ZERO[:1], forall=(t, n)).induct(t, starts_at)

theorem("R9", "from PyTorch's zero state, with forget bias -B, the LSTM tends to tanh(1) times the RNN",
    ForAll((t, n), TendsTo(h(t, n, B), (B,), kappa * r(t, n))), under=FROM_ZERO).induct(t, tends_to_one)  # fmt: skip


def scaled_down(t, n, B=B, *_):
    """The state of this LSTM, divided by tanh(1)."""
    return h(t, n, B) / kappa


POSITIVE = (*FROM_ZERO, assume(B > 0))
at_least = lemma(first_cell <= c(t + 1, n, B), under=POSITIVE, forall=(t, n)).induct(t, starts_at)
at_most = lemma(c(t + 1, n, B) <= 1, under=POSITIVE, forall=(t, n)).induct(t, starts_at)
near_kappa = lemma(Within(tanh(c(t + 1, n, B)) / kappa, 1, kappa_delta), forall=(t, n)).auto(at_least, at_most)
not_negative = lemma(kappa_delta >= 0).auto()
gap_from_zero = lemma(near(kappa_delta * powers_of_ratio(t), y=scaled_down),
    under=(*FROM_ZERO, ROWS)).induct(t, near_kappa, sum_recurrence)  # fmt: skip
gap_from_zero_for_ever = lemma(near(kappa_delta / (1 - ratio), y=scaled_down),
    under=(*FROM_ZERO, ROWS), given=[L < 4]).induct(t, near_kappa, not_negative)  # fmt: skip

theorem("R9-distance", "how far the LSTM from zero is from tanh(1) times the RNN, at each time and for ever",
    every(near(kappa_delta * powers_of_ratio(t), y=scaled_down), near(kappa_delta / (1 - ratio), y=scaled_down)),
    under=(*FROM_ZERO, ROWS), given=[B > 0, L < 4]).auto(gap_from_zero, gap_from_zero_for_ever)  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main(__file__))
