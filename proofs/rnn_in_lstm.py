"""The sigmoid RNN is contained in the LSTM, for every hidden size and every real input.

The LSTM of the homework: zero weights and bias B in the gates i, f, g, so these gates are the
constants sigmoid(B), sigmoid(B), tanh(B) in every coordinate; the output gate carries the
RNN's own weights W, U and biases; h_0 = r_0 and c_0 = C.  A sequence names everything that it
depends on: h(t, n, B, C) is coordinate n of h_t in the LSTM with these B and C.  What is not
mentioned by a hypothesis holds for all its values: times, coordinates, sizes, inputs, weights.
"""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

from sympy import Rational

from symlstm import Outcome, Theorem, Verdict, Witness, claim, main, refuted
from symlstm.steps import (
    Abs,
    Arithmetic,
    Equal,
    ForAll,
    Goal,
    Less,
    LessEqual,
    Max,
    Min,
    Sum,
    TendsTo,
    Within,
    assume,
    auto,
    empty_sum,
    every,
    exp,
    generalise,
    last_term,
    lemma,
    lipschitz,
    lstm_gates,
    lstm_update,
    monotone,
    natural,
    operator_norm,
    product,
    real,
    rewrite,
    sequence,
    sigmoid,
    sigmoid_contraction,
    specialise,
    tanh,
    tanh_above_cubic,
    theorem,
    triangle,
    weaken,
)

t, n, m, j, d, p = map(natural, "tnmjdp")  # time, coordinates, input coordinate, hidden size, input size
B, C, L = map(real, "BCL")
x, W, U, b_ih, b_hh = map(sequence, ("x", "W", "U", "b_ih", "b_hh"))
r, h, c, s = map(sequence, "rhcs")

i = f = sigmoid(B)
g = tanh(B)
c_star = exp(B) * tanh(B)
ARITHMETIC = Arithmetic(sigmoid, tanh)
least, greatest = Min(C, c_star), Max(C, c_star)
delta = 1 - tanh(least)
ratio, HALF = L / 4, Rational(1, 2)
NOTATION = {real("c_star"): c_star, real("delta"): delta}  # letters that the written derivation uses


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


START = assume(ForAll((n, B, C), Equal(c(0, n, B, C), C)))  # c_0 = C
SAME_START = assume(ForAll((n, B, C), Equal(h(0, n, B, C), r(0, n))))  # h_0 = r_0
CELL = (lstm(B, C)[0], START)
STATE = (lstm(B, C)[1], SAME_START)


# R1 to R4. The gates saturate; the cell: its closed form, its limit for B -> oo, its limit for t -> oo.


@theorem("R1", "the gates i, f, g tend to 1, exponentially fast in the bias", every(
    Less(0, 1 - i), LessEqual(1 - i, exp(-B)), Less(0, 1 - g), LessEqual(1 - g, 2 * exp(-2 * B)),
    TendsTo(i, (B,), 1), TendsTo(g, (B,), 1),
))  # fmt: skip
def gates_saturate(goal):
    goal.auto()


@lemma(Equal(c(t, n, B, C), f**t * C + i * g * (1 - f**t) / (1 - f)), under=CELL, forall=(t, n, B, C))
def cell_closed_form(goal):
    goal.induct(t).auto()


@theorem("R2", "the cell in closed form, at every time and every finite bias",
         Equal(c(t, n, B, C), f**t * C + i * g * (1 - f**t) / (1 - f)), under=CELL, forall=(t, n, B, C))  # fmt: skip
def closed_form(goal):
    goal.auto(cell_closed_form())


@lemma(TendsTo(c(t, n, B, C), (B,), C + t), under=CELL, forall=(t, n, C))
def cell_tends_to_count(goal):
    goal.induct(t).auto()


@theorem(
    "R3",
    "for each t the cell tends to C + t as the bias grows",
    TendsTo(c(t, n, B, C), (B,), C + t),
    under=CELL,
    forall=(t, n, C),
)
def cell_counts(goal):
    goal.auto(cell_tends_to_count())


@lemma(Equal(c(t, n, B, C), c_star + f**t * (C - c_star)), forall=(t, n, B, C))
def cell_around_fixed_point(goal):
    goal.auto(cell_closed_form())


@theorem("R4", "at a finite bias the cell does not diverge: it tends to e^B tanh(B), monotonically", every(
    Equal(c_star, i * g / (1 - f)),
    ForAll((t, n, B, C), Equal(c(t, n, B, C), c_star + f**t * (C - c_star))),
    ForAll((n, B, C), TendsTo(c(t, n, B, C), (t,), c_star)),
    ForAll((t, n, B, C), LessEqual(least, c(t, n, B, C))),
    ForAll((t, n, B, C), LessEqual(c(t, n, B, C), greatest)),
    ForAll((t, n, B, C), Equal(c(t + 1, n, B, C) - c(t, n, B, C), (1 - f) * f**t * (c_star - C))),
    ForAll((t, n, B, C), Less(0, (1 - f) * f**t)),
), under=CELL)  # fmt: skip
def cell_converges(goal):
    goal.auto(cell_around_fixed_point())


# R5. The two limits of the hidden state; s is the LSTM in the limit B -> oo.

SATURATED = (
    assume(ForAll((t, n, C), Equal(s(t + 1, n, C), sigmoid(preactivation(lambda m: s(t, m, C))) * tanh(C + t + 1)))),
    assume(ForAll((n, C), Equal(s(0, n, C), r(0, n)))),
)


@lemma(ForAll((n,), TendsTo(s(t, n, C), (C,), r(t, n))), under=(*SATURATED, rnn()), forall=(t,))
def limit_of_saturated(goal):
    goal.induct(t).auto()


@lemma(ForAll((n,), TendsTo(h(t, n, B, C), (B,), s(t, n, C))), under=(*STATE, *SATURATED), forall=(t, C))
def limit_for_bias(goal):
    goal.induct(t).auto(cell_tends_to_count())


@lemma(ForAll((n,), TendsTo(h(t, n, B, C), (C,), r(t, n))), under=(*STATE, rnn()), forall=(t, B))
def limit_for_cell(goal):
    goal.induct(t).auto(cell_around_fixed_point())


@theorem("R5", "for each input sequence and each t the LSTM tends to the RNN, in either order of limits", every(
    ForAll((t, n), TendsTo(h(t, n, B, C), (B, C), r(t, n))),
    ForAll((t, n), TendsTo(h(t, n, B, C), (C, B), r(t, n))),
    ForAll((t, n, B), TendsTo(h(t, n, B, C), (C,), r(t, n))),
    ForAll((B, C), TendsTo(f**t * C, (t,), 0)),
), under=(*CELL, *STATE, *SATURATED, rnn()))  # fmt: skip
def states_converge(goal):
    goal.auto(limit_for_bias(), limit_of_saturated(), limit_for_cell())


# R6. How far apart the two are. Every weight, every input, every bias.

E, D = sequence("E"), sequence("D")


def powers_of_ratio(t):
    """sum over j < t of (L/4)^j"""
    return Sum(ratio**j, (j, 0, t - 1))


ROWS = assume(ForAll((n,), LessEqual(Sum(Abs(U(n, m)), (m, 1, d)), L)))  # ||U|| <= L in the max norm
SUMS = [empty_sum(powers_of_ratio(t * 0)), last_term(powers_of_ratio(t + 1)), last_term(powers_of_ratio(t + 2))]


@lemma(Equal(powers_of_ratio(t + 1), 1 + ratio * powers_of_ratio(t)), under=SUMS, forall=(t,))
def sum_recurrence(goal):
    goal.induct(t).auto(last_term(powers_of_ratio(1 + 0 * t)))


@lemma(Equal((1 - ratio) * powers_of_ratio(t), 1 - ratio**t), under=SUMS, forall=(t,))
def geometric_sum(goal):
    goal.induct(t).auto()


@lemma(LessEqual(0, ratio**t), given=[LessEqual(0, L)], forall=(t,))
def power_of_norm(goal):
    goal.induct(t).auto()


class Comparison(NamedTuple):
    """A state y(t, n) that is to be near r(t, n): y_0 = r_0, y_{t+1} = o a with a gate o that sees y, and a near 1."""

    y: Any
    start: Theorem
    update: Theorem
    saturation: Theorem  # |a - 1| <= delta

    @property
    def delta(self):
        return self.saturation.conclusion.bound


def near_saturation(low, *facts):
    """|tanh(c_{t+1}) - 1| <= 1 - tanh(low), from low <= c_{t+1}."""
    return auto(Within(tanh(c(t + 1, n, B, C)), 1, 1 - tanh(low)), auto(LessEqual(low, c(t + 1, n, B, C)), *facts))


@cache
def source(at_its_time=False):
    """h_t of the homework's LSTM; |tanh(c_{t+1}) - 1| by the least c_t at any time, or by c_{t+1} itself."""
    start, update = specialise(SAME_START, n, B, C), specialise(STATE[0], t, n, B, C)
    low = c_star + f ** (t + 1) * (C - c_star) if at_its_time else least
    return Comparison(lambda t, n: h(t, n, B, C), start, update, near_saturation(low, cell_around_fixed_point()))


def one_step(network, now, contraction):
    """From |y_t - r_t| <= e in every coordinate: |y_{t+1} - r_{t+1}| <= delta + contraction(L e)."""
    recurrent = operator_norm(specialise(now, m), specialise(ROWS, n))
    ours, theirs = (preactivation(lambda m, state=state: state(t, m)) for state in (network.y, r))
    gates = contraction(triangle(Within(ours, theirs, recurrent.conclusion.bound), recurrent))
    size, one = auto(Within(gates.conclusion.value, 0, 1)), auto(Within(1, 0, 1))
    step = product(gates, network.saturation, size, one)
    equations = (network.update, specialise(rnn(), t, n))
    return rewrite(step, *(auto(Equal(*e.conclusion.args[::-1]), e) for e in equations))


def by_steps(network, bound, contraction, *facts):
    """|y_t - r_t| <= bound(t) for every t and n, by induction: the bound follows one step, and 0 <= bound(0)."""
    goal = ForAll((n,), Within(network.y(t, n), r(t, n), bound(t)))

    @lemma(goal, under=facts, forall=(t,))
    def distances(goal):
        base, step = goal.induct(t)
        base.auto(network.start)
        taken = one_step(network, step.facts[-1], contraction)
        order = auto(LessEqual(taken.conclusion.bound, bound(t + 1)), *facts)
        step.by(generalise(weaken(taken, order), n))

    return specialise(specialise(distances(), t), n)


@cache
def gap(network):
    """|y_t - r_t| <= delta sum_{j<t} (L/4)^j, by induction over t."""
    return by_steps(network, lambda t: network.delta * powers_of_ratio(t), lambda near: lipschitz(near, sigmoid),
                    SUMS[0], sum_recurrence())  # fmt: skip


def uniform_gap(network, norm_below_four, *facts):
    """|y_t - r_t| <= delta/(1 - L/4) for every t, from L < 4."""
    limit, slack = network.delta / (1 - ratio), auto(Less(0, 1 - ratio), norm_below_four)
    order = LessEqual(network.delta * powers_of_ratio(t), limit)
    return weaken(gap(network), auto(order, geometric_sum(), power_of_norm(), slack, *facts))


@claim("R6", "the distance of the states at each time, for every norm L")
def distance() -> Theorem:
    near = generalise(gap(source()), t, n)
    return auto(every(near.conclusion, Less(0, delta), LessEqual(delta, 2 * exp(-2 * least))), near)


@claim("R6-uniform", "the distance of the states uniformly in time, for L < 4")
def uniform_distance() -> Theorem:
    near = generalise(uniform_gap(source(), assume(Less(L, 4))), t, n)
    return auto(every(near.conclusion, LessEqual(delta, 1)), near, assume(LessEqual(0, C)), assume(Less(0, B)))


def distance_by_recursion(network, E) -> Theorem:
    """|y_t - r_t| <= E_t where E_0 = 0, E_{t+1} = delta + tanh(L E_t / 4), by induction over t."""
    start = assume(Equal(E(0), 0))
    new_bound = assume(ForAll((t,), Equal(E(t + 1), network.delta + tanh(L * E(t) / 4))))
    return generalise(by_steps(network, E, sigmoid_contraction, start, new_bound), t, n)


@claim("R6-sharper", "for every L: e_{t+1} <= delta + tanh(L e_t / 4)")
def sharper_distance() -> Theorem:
    return distance_by_recursion(source(), E)


@claim("R6-each-time", "the same with 1 - tanh(c_{t+1}) for delta: at each time, large C alone is enough")
def distance_at_each_time() -> Theorem:
    return distance_by_recursion(source(at_its_time=True), D)


# L > 4: a network of one cell, h_0 = r_0 = 1/2, weight L, bias -L/2, no input; c_0 = c*.

threshold = real("u_0")
eta = 1 - tanh(c_star)
growth = (1 + ratio) / 2
late = LessEqual(threshold, (1 + t * (growth - 1)) * eta / 2)
ONE_CELL = (
    assume(ForAll((t,), Equal(r(t + 1), sigmoid(L * r(t) - L / 2)))),
    assume(ForAll((t, B), Equal(c(t + 1, B), f * c(t, B) + i * g))),
    assume(ForAll((t, B), Equal(h(t + 1, B), sigmoid(L * h(t, B) - L / 2) * tanh(c(t + 1, B))))),
    assume(ForAll((B,), Equal(c(0, B), c_star))),
    assume(Equal(r(0), HALF)),
    assume(ForAll((B,), Equal(h(0, B), HALF))),
)


def stays_at_fixed_point(cell, at_next, *definitions):
    """c_t = c* for every t from c_0 = c*, by induction over t: f c* + i g = c*."""
    goal = Goal(Equal(cell, c_star), definitions)
    goal.induct(t).auto()
    return specialise(generalise(goal.theorem, t), at_next)


@lemma(Equal(r(t), HALF), under=ONE_CELL, forall=(t,))
def resting(goal):
    base, step = goal.induct(t)
    base.auto()
    step.by(rewrite(specialise(ONE_CELL[0], t), step.facts[-1]))


@lemma(Equal(h(t + 1, B), sigmoid(L * h(t, B) - L / 2) * tanh(c_star)), forall=(t, B))
def constant_cell(goal):
    constant = stays_at_fixed_point(c(t, B), t + 1, *ONE_CELL)
    goal.by(rewrite(specialise(ONE_CELL[2], t, B), constant))


def lower(t):
    """min(u_0, q^t eta/2) with q = (1 + L/4)/2 > 1: what the error is not below."""
    return Min(threshold, growth**t * eta / 2)


def error_grows(norm):
    """min(u_0, q^t eta/2) <= r_{t+1} - h_{t+1}, whatever B: by induction over t, from 4 < L."""
    bottom, small = assume(LessEqual(0, threshold)), assume(LessEqual(L**3 * threshold**2, 6 * (L - 4)))
    v, u = lower(t), HALF - h(t + 1, B)
    goal = Goal(LessEqual(v, u), [norm, bottom, constant_cell(), *ONE_CELL[4:]])
    base, step = goal.induct(t)
    base.by(auto(base.statement, rewrite(specialise(constant_cell(), 0, B), specialise(ONE_CELL[5], B))))
    power = power_of_growth(norm)
    nonnegative = auto(LessEqual(0, v), bottom, norm, power)
    grown = auto(LessEqual(lower(t + 1), growth * v), norm, bottom, power)
    cubic = tanh_above_cubic(auto(LessEqual(0, L * v / 2), norm, nonnegative))
    ordered = monotone(auto(LessEqual(L * v / 2, L * u / 2), norm, step.facts[-1]), tanh)
    slope = auto(
        LessEqual(growth * v, (L * v / 2 - (L * v / 2) ** 3 / 3) / 2), *steepness(v, norm, bottom, small, nonnegative)
    )
    new = specialise(constant_cell(), t + 1, B)
    gate = sigmoid(L * h(t + 1, B) - L / 2)
    half, below = auto(LessEqual(gate, (1 - tanh(L * u / 2)) / 2)), auto(LessEqual(h(t + 2, B), gate), new)
    step.by(auto(step.statement, grown, slope, cubic, ordered, half, below))
    return auto(LessEqual(v, r(t + 1) - h(t + 1, B)), goal.theorem, specialise(resting(), t + 1))


def steepness(v, norm, bottom, small, nonnegative):
    """0 <= v (6 (L - 4) - L^3 v^2), as v <= u_0."""
    square = auto(LessEqual(v**2, threshold**2), bottom, nonnegative)
    cube = auto(LessEqual(0, L**3), auto(LessEqual(0, L), norm))
    return nonnegative, auto(LessEqual(L**3 * v**2, 6 * (L - 4)), square, cube, small)


def power_of_growth(norm):
    """0 <= q^t, by induction over t."""
    goal = Goal(LessEqual(0, growth**t), [norm])
    goal.induct(t).auto()
    return goal.theorem


@lemma(LessEqual(0, t), forall=(t,))
def time_not_negative(goal):
    goal.induct(t).auto()


def bernoulli(norm):
    """1 + t (q - 1) <= q^t, by induction over t, from 4 < L."""
    goal = Goal(LessEqual(1 + t * (growth - 1), growth**t), [norm, specialise(time_not_negative(), t)])
    goal.induct(t).auto()
    return goal.theorem


def error_stays(norm):
    """u_0 <= r_{t+1} - h_{t+1} from the time on when (1 + t (q - 1)) eta/2 has reached u_0, whatever B."""
    both = auto(LessEqual(threshold, lower(t)), assume(late), bernoulli(norm))
    return auto(LessEqual(threshold, r(t + 1) - h(t + 1, B)), both, error_grows(norm))


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
    return refuted(error_stays(assume(Less(4, L))), Witness(specified="0", value=value, details=values))


# R7. PyTorch's default c_0 = 0.


@claim(
    "R7",
    "with zero initial cell the source's reduction fails at the first step",
    expect=Verdict.REFUTED,
    statement="with c_0 = 0, PyTorch's default, h_t tends to r_t for B -> oo",
    goal=ForAll((t, n), TendsTo(h(t, n, B, 0), (B,), r(t, n))),
)
def zero_initial_cell() -> Outcome:
    first_s = rewrite(specialise(SATURATED[0], 0, n, 0), specialise(SATURATED[1], m, 0))
    first_r = specialise(rnn(), 0, n)
    limit = specialise(specialise(limit_for_bias(), 1, 0), n)
    below = auto(Less(tanh(1) * first_r.conclusion.rhs, first_r.conclusion.rhs))
    back = auto(Equal(*first_r.conclusion.args[::-1]), first_r)
    found = every(TendsTo(h(1, n, B, 0), (B,), tanh(1) * r(1, n)), Less(tanh(1) * r(1, n), r(1, n)))
    theorem = generalise(auto(found, rewrite(limit, first_s, back), rewrite(below, back)), n)
    value = "0.76159415595576488811945828260479359041276859725794"
    details = {"factor": "h_1 / r_1 -> tanh(1), at every input and in every coordinate"}
    return refuted(theorem, Witness(limit="tanh(1)*r_1", specified="r_1", value=value, details=details))


# R8. Exact containment at finite weights.


def exact_containment(bias):
    """h_t = tanh(c*) r_t for every t, with c_0 = c*, h_0 = tanh(c*) r_0 and recurrent weight U/tanh(c*)."""
    kappa = tanh(c_star)
    new_cell, new_state = lstm(weight=lambda n, m: U(n, m) / kappa, divisors=(auto(Less(0, kappa), bias),))
    cells = assume(ForAll((n,), Equal(c(0, n), c_star)))
    goal = Goal(ForAll((n,), Equal(h(t, n), kappa * r(t, n))), [assume(ForAll((n,), Equal(h(0, n), kappa * r(0, n))))])
    base, step = goal.induct(t)
    base.auto()
    now = specialise(step.facts[-1], m)
    cell = stays_at_fixed_point(c(t, n), t + 1, new_cell, cells)
    back = specialise(rnn(), t, n)
    back = auto(Equal(*back.conclusion.args[::-1]), back)
    step.by(generalise(rewrite(specialise(new_state, t, n), cell, now, back), n))
    return goal.theorem


@claim("R8", "exact containment: no limit, at every finite bias B > 0")
def contained_exactly() -> Theorem:
    return generalise(specialise(exact_containment(assume(Less(0, B))), n), t, n)


# R9. Zero initial state, forget bias -B, recurrent weight U/tanh(1).

kappa = tanh(1)
first_cell = sigmoid(B) * tanh(B)  # c_1
kappa_delta = 1 - tanh(first_cell) / kappa
NOTATION |= {real("eta"): eta, real("theta"): kappa_delta}
FROM_ZERO = (
    *lstm(B, forget=-B, weight=lambda n, m: U(n, m) / kappa),
    *(assume(ForAll((n, B), Equal(y(0, n, B), 0))) for y in (c, h)),
    assume(ForAll((n,), Equal(r(0, n), 0))),
    rnn(),
)


@lemma(Equal(c(1, n, B), first_cell), under=FROM_ZERO, forall=(n, B))
def first_cell_from_zero(goal):
    goal.auto()


@lemma(TendsTo(c(t + 1, n, B), (B,), 1), under=FROM_ZERO[:1], forall=(t, n))
def cell_from_zero_tends_to_one(goal):
    goal.induct(t).auto(first_cell_from_zero())


@theorem("R9", "from PyTorch's zero state, with forget bias -B, the LSTM tends to tanh(1) times the RNN",
         TendsTo(h(t, n, B), (B,), kappa * r(t, n)), under=FROM_ZERO, forall=(t, n))  # fmt: skip
def contained_from_zero(goal):
    @lemma(ForAll((n,), TendsTo(h(t, n, B), (B,), kappa * r(t, n))), under=FROM_ZERO[1:], forall=(t,))
    def limits(goal):
        goal.induct(t).auto(cell_from_zero_tends_to_one())

    goal.auto(limits())


def from_zero(bias):
    """h_t/tanh(1) of this LSTM, with |tanh(c_{t+1})/tanh(1) - 1| <= 1 - tanh(c_1)/tanh(1)."""
    value = tanh(c(t + 1, n, B))
    facts = (*FROM_ZERO[:1], first_cell_from_zero(), bias)
    bounds = []
    for side in (LessEqual(first_cell, c(t + 1, n, B)), LessEqual(c(t + 1, n, B), 1)):
        goal = Goal(side, facts)
        goal.induct(t).auto()
        bounds.append(monotone(goal.theorem, tanh))
    saturation = auto(Within(value / kappa, 1, kappa_delta), *bounds)
    update, start = specialise(FROM_ZERO[1], t, n, B), auto(Equal(h(0, n, B) / kappa, r(0, n)), *FROM_ZERO)
    scaled = auto(Equal(*(side / kappa for side in update.conclusion.args)), update)
    nonnegative = auto(LessEqual(0, kappa_delta), *bounds)
    return Comparison(lambda t, n: h(t, n, B) / kappa, start, scaled, saturation), nonnegative


@claim("R9-distance", "how far the LSTM from zero is from tanh(1) times the RNN, at each time and for ever")
def distance_from_zero() -> Theorem:
    network, nonnegative = from_zero(assume(Less(0, B)))
    near = generalise(gap(network), t, n)
    uniform = generalise(uniform_gap(network, assume(Less(L, 4)), nonnegative), t, n)
    return auto(every(near.conclusion, uniform.conclusion), near, uniform)


if __name__ == "__main__":
    raise SystemExit(main(__file__))
