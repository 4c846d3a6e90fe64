"""The sigmoid RNN is contained in the LSTM, for every hidden size and every real input.

The LSTM of the homework: zero weights and bias B in the gates i, f, g, so these gates are the
constants sigmoid(B), sigmoid(B), tanh(B) in every coordinate; the output gate carries the
RNN's own weights W, U and biases; h_0 = r_0 and c_0 = C.  A sequence names everything that it
depends on: h(t, n, B, C) is coordinate n of h_t in the LSTM with these B and C.  What is not
mentioned by a hypothesis holds for all its values: times, coordinates, sizes, inputs, weights.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from sympy import Abs, Expr, Max, Min, Rational, S, Sum, exp, tanh

from symlstm import Outcome, Theorem, Verdict, Witness, claim, main, refuted, sigmoid
from symlstm.steps import (
    Arithmetic,
    Equal,
    ForAll,
    Less,
    LessEqual,
    TendsTo,
    Within,
    absolute_value,
    arithmetic,
    assume,
    cases,
    continuity,
    empty_sum,
    exponential_decay,
    extremum,
    generalise,
    geometric_decay,
    induction,
    iterate,
    last_term,
    lipschitz,
    lstm_gates,
    lstm_update,
    monotone,
    natural,
    operator_norm,
    positive,
    product,
    real,
    reciprocal,
    rewrite,
    sequence,
    sigmoid_contraction,
    specialise,
    squeeze,
    tanh_above_cubic,
    together,
    triangle,
    weaken,
)

t, n, m, j, d, p = map(natural, "tnmjdp")  # time, coordinates, input coordinate, hidden size, input size
B, C, L = map(real, "BCL")
x, W, U, b_ih, b_hh = map(sequence, ("x", "W", "U", "b_ih", "b_hh"))
r, h, c = map(sequence, "rhc")

i = f = sigmoid(B)
g = tanh(B)
c_star = exp(B) * tanh(B)
ARITHMETIC = Arithmetic(sigmoid, tanh)
least = Min(C, c_star)
delta = 1 - tanh(least)
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
    output = gates.o * tanh(c(t + 1, n, *parameters))
    scope = (t, n, *parameters)
    return (
        assume(ForAll(scope, Equal(c(t + 1, n, *parameters), cell))),
        assume(ForAll(scope, Equal(h(t + 1, n, *parameters), output)), *divisors),
    )


@cache
def starting_cell():
    """c_0 = C in every coordinate."""
    return assume(ForAll((n, B, C), Equal(c(0, n, B, C), C)))


@cache
def starting_state():
    """h_0 = r_0."""
    return assume(ForAll((n, B, C), Equal(h(0, n, B, C), r(0, n))))


def positive_bias():
    return assume(Less(0, B))


def everywhere(theorem, *variables):
    """A statement for all t, said for all values of further variables too."""
    return generalise(specialise(theorem, t), t, *variables)


def symmetric(equation):
    """b = a from a = b."""
    fact = equation.conclusion
    return arithmetic(Equal(fact.rhs, fact.lhs), (-1, equation))


def limit_of_equal(equation, variable):
    """a -> b from a = b, where b does not depend on the variable."""
    a, b = equation.conclusion.args
    below, above = arithmetic(LessEqual(b, a), (-1, equation)), arithmetic(LessEqual(a, b), (1, equation))
    return squeeze(absolute_value(Within(a, b, 0), below, above), continuity(S.Zero, variable))


# R1. The gates saturate.


@cache
def sigmoid_tail(x):
    """|sigmoid(x) - 1| <= e^-x, for every real x."""
    tail = arithmetic(LessEqual(1 - sigmoid(x), exp(-x)), (1, positive(sigmoid(-x)), positive(exp(-x))))
    above = arithmetic(Less(sigmoid(x), 1 + exp(-x)), (1, positive(1 - sigmoid(x))), (1, positive(exp(-x))))
    return absolute_value(Within(sigmoid(x), 1, exp(-x)), tail, above)


def tanh_tail(x):
    """|tanh(x) - 1| <= 2 e^-2x, for every real x."""
    tail = arithmetic(LessEqual(1 - tanh(x), 2 * exp(-2 * x)), (2, positive(sigmoid(-2 * x)), positive(exp(-2 * x))))
    above = arithmetic(Less(tanh(x), 1 + 2 * exp(-2 * x)), (1, positive(1 - tanh(x))), (2, positive(exp(-2 * x))))
    return absolute_value(Within(tanh(x), 1, 2 * exp(-2 * x)), tail, above)


@cache
def sigmoid_saturates():
    return squeeze(sigmoid_tail(B), exponential_decay(-B, B, positive(Rational(1))))


def tanh_saturates(argument, variable, rate):
    """tanh(q + a x) -> 1 for x -> oo, from 0 < 2a."""
    decay = exponential_decay(-2 * argument, variable, rate)
    return squeeze(tanh_tail(argument), continuity(2 * exp(-2 * argument), variable, decay))


@claim("R1", "the gates i, f, g tend to 1, exponentially fast in the bias")
def gates_saturate() -> Theorem:
    return together(
        positive(1 - i),
        arithmetic(LessEqual(1 - i, exp(-B)), (1, positive(sigmoid(-B)), positive(exp(-B)))),
        positive(1 - g),
        arithmetic(LessEqual(1 - g, 2 * exp(-2 * B)), (2, positive(sigmoid(-2 * B)), positive(exp(-2 * B)))),
        sigmoid_saturates(),
        tanh_saturates(B, B, positive(Rational(2))),
    )


# R2 to R4. The cell: its closed form, its limit for B -> oo, its limit for t -> oo.


@cache
def cell_closed_form():
    """c_t = f^t C + i g (1 - f^t)/(1 - f), by induction over t."""

    def closed(t):
        return f**t * C + i * g * (1 - f**t) / (1 - f)

    new_cell = specialise(lstm(B, C)[0], t, n, B, C)
    hypothesis = Equal(c(t, n, B, C), closed(t))
    goal = Equal(c(t + 1, n, B, C), closed(t + 1))
    step = arithmetic(goal, (1, new_cell), (f, assume(hypothesis)))
    return everywhere(induction(hypothesis, t, specialise(starting_cell(), n, B, C), step), n, B, C)


@claim("R2", "the cell in closed form, at every time and every finite bias")
def closed_form() -> Theorem:
    return cell_closed_form()


@cache
def cell_tends_to_count():
    """c_t -> C + t for B -> oo, by induction over t."""
    new_cell = specialise(lstm(B, C)[0], t, n, B, C)
    hypothesis = TendsTo(c(t, n, B, C), (B,), C + t)
    g_limit = tanh_saturates(B, B, positive(Rational(2)))
    limit = continuity(new_cell.conclusion.rhs, B, sigmoid_saturates(), g_limit, assume(hypothesis))
    start = limit_of_equal(specialise(starting_cell(), n, B, C), B)
    return everywhere(induction(hypothesis, t, start, rewrite(limit, symmetric(new_cell))), n, C)


@claim("R3", "for each t the cell tends to C + t as the bias grows")
def cell_counts() -> Theorem:
    return cell_tends_to_count()


@cache
def cell_around_fixed_point():
    """c_t = c* + f^t (C - c*) with c* = e^B tanh(B)."""
    equation = specialise(cell_closed_form(), t, n, B, C)
    return arithmetic(Equal(c(t, n, B, C), c_star + f**t * (C - c_star)), (1, equation))


@cache
def power_at_most_one():
    """f^t <= 1, by induction over t: 1 - f^(t+1) = (1 - f) + f (1 - f^t)."""
    hypothesis = LessEqual(f**t, 1)
    step = arithmetic(LessEqual(f ** (t + 1), 1), (1, positive(1 - f)), (1, positive(f), assume(hypothesis)))
    return specialise(induction(hypothesis, t, arithmetic(LessEqual(1, 1)), step), t)


@cache
def cell_above_least():
    """min(C, c*) <= c_t: a weighted mean of C and c* is not below the smaller."""
    mean, weight = cell_around_fixed_point(), power_at_most_one()
    return arithmetic(
        LessEqual(least, c(t, n, B, C)),
        (-1, mean),
        (1, positive(f**t), extremum(least, C)),
        (1, weight, extremum(least, c_star)),
    )


@cache
def cell_below_greatest():
    """c_t <= max(C, c*)."""
    greatest = Max(C, c_star)
    return arithmetic(
        LessEqual(c(t, n, B, C), greatest),
        (1, cell_around_fixed_point()),
        (1, positive(f**t), extremum(greatest, C)),
        (1, power_at_most_one(), extremum(greatest, c_star)),
    )


@claim("R4", "at a finite bias the cell does not diverge: it tends to e^B tanh(B), monotonically")
def cell_converges() -> Theorem:
    mean = cell_around_fixed_point()
    decay = geometric_decay(positive(f), arithmetic(Less(f, 1), (1, positive(1 - f))), t)
    towards = continuity(mean.conclusion.rhs, t, decay)
    following = specialise(generalise(mean, t), t + 1)
    difference = Equal(c(t + 1, n, B, C) - c(t, n, B, C), (1 - f) * f**t * (c_star - C))
    bounds = (cell_above_least(), cell_below_greatest(), arithmetic(difference, (1, following), (-1, mean)))
    return together(
        arithmetic(Equal(c_star, i * g / (1 - f))),
        generalise(mean, t, n, B, C),
        generalise(rewrite(towards, symmetric(mean)), n, B, C),
        *(generalise(bound, t, n, B, C) for bound in (*bounds, positive((1 - f) * f**t))),
    )


# R5. The two limits of the hidden state.

s = sequence("s")  # the LSTM in the limit B -> oo


@cache
def saturated():
    """s_{t+1} = sigmoid(W x_{t+1} + b_ih + U s_t + b_hh) tanh(C + t + 1), s_0 = r_0."""
    o = sigmoid(preactivation(lambda m: s(t, m, C)))
    new_state = assume(ForAll((t, n, C), Equal(s(t + 1, n, C), o * tanh(C + t + 1))))
    return new_state, assume(ForAll((n, C), Equal(s(0, n, C), r(0, n))))


def limit_at_each_time(expr, target, start, cell_limit, definitions):
    """lim expr_t = target_t for every t and n, by induction over t.

    `start` is the limit at t = 0, `cell_limit` the limit of tanh(c_{t+1}), `definitions` the
    equations of the two recurrences; expr and target map (t, n) to the states compared.
    """

    [variable] = start.conclusion.variables

    def hypothesis(n):
        return TendsTo(expr(t, n), (variable,), target(t, n))

    everywhere_now = assume(ForAll((n,), hypothesis(n)))
    new_expr, new_target = definitions
    limit = continuity(new_expr.conclusion.rhs, variable, specialise(everywhere_now, m), cell_limit)
    step = rewrite(limit, symmetric(new_expr), symmetric(new_target))
    proof = induction(everywhere_now.conclusion, t, generalise(start, n), generalise(step, n))
    return specialise(specialise(proof, t), n)


@cache
def limit_of_saturated():
    """lim_{C->oo} s_t = r_t."""
    (new_saturated, start), new_rnn = saturated(), specialise(rnn(), t, n)
    return limit_at_each_time(
        lambda t, n: s(t, n, C),
        r,
        limit_of_equal(specialise(start, n, C), C),
        tanh_saturates(C + t + 1, C, positive(Rational(2))),
        (specialise(new_saturated, t, n, C), new_rnn),
    )


@cache
def limit_for_bias():
    """lim_{B->oo} h_t = s_t."""
    new_state, start = specialise(lstm(B, C)[1], t, n, B, C), specialise(saturated()[1], n, C)
    start_equal = arithmetic(Equal(h(0, n, B, C), s(0, n, C)), (1, specialise(starting_state(), n, B, C)), (-1, start))
    return limit_at_each_time(
        lambda t, n: h(t, n, B, C),
        lambda t, n: s(t, n, C),
        limit_of_equal(start_equal, B),
        continuity(tanh(c(t + 1, n, B, C)), B, specialise(cell_tends_to_count(), t + 1, n, C)),
        (new_state, specialise(saturated()[0], t, n, C)),
    )


@cache
def limit_for_cell():
    """lim_{C->oo} h_t = r_t, at every finite bias: f^t C is all that depends on C."""
    following = specialise(generalise(cell_around_fixed_point(), t), t + 1)
    saturates = tanh_saturates(following.conclusion.rhs, C, positive(2 * f ** (t + 1)))
    return limit_at_each_time(
        lambda t, n: h(t, n, B, C),
        r,
        limit_of_equal(specialise(starting_state(), n, B, C), C),
        rewrite(saturates, symmetric(following)),
        (specialise(lstm(B, C)[1], t, n, B, C), specialise(rnn(), t, n)),
    )


@claim("R5", "for each input sequence and each t the LSTM tends to the RNN, in either order of limits")
def states_converge() -> Theorem:
    bias_first = iterate(limit_for_bias(), limit_of_saturated())
    cell_first = iterate(limit_for_cell(), continuity(r(t, n), B))
    share = geometric_decay(positive(f), arithmetic(Less(f, 1), (1, positive(1 - f))), t)
    return together(
        generalise(bias_first, t, n),
        generalise(cell_first, t, n),
        generalise(limit_for_cell(), t, n, B),
        generalise(continuity(f**t * C, t, share), B, C),
    )


# R6. How far apart the two are. Every weight, every input, every bias.

ratio = L / 4
E, D = sequence("E"), sequence("D")


def powers_of_ratio(t):
    """sum over j < t of (L/4)^j"""
    return Sum(ratio**j, (j, 0, t - 1))


@cache
def row_sums():
    """||U|| <= L in the max norm: no row sum of |U| exceeds L."""
    return assume(ForAll((n,), LessEqual(Sum(Abs(U(n, m)), (m, 1, d)), L)))


def gate_size(gate):
    """|gate| <= 1 for a sigmoid gate."""
    below = arithmetic(LessEqual(-1, gate), (1, positive(gate)), (1, positive(Rational(1))))
    return absolute_value(Within(gate, 0, 1), below, arithmetic(LessEqual(gate, 1), (1, positive(1 - gate))))


def near_saturation(below):
    """|tanh(c) - 1| <= 1 - tanh(a), from a <= c."""
    following = monotone(below, tanh)
    low, value = following.conclusion.args
    above = arithmetic(LessEqual(value, 1 + (1 - low)), (1, positive(1 - value)), (1, positive(1 - low)))
    return absolute_value(Within(value, 1, 1 - low), following, above)


@cache
def cell_near_saturation():
    """|tanh(c_{t+1}) - 1| <= delta, from min(C, c*) <= c_{t+1}."""
    return near_saturation(specialise(generalise(cell_above_least(), t), t + 1))


@cache
def cell_at_its_time():
    """|tanh(c_{t+1}) - 1| <= 1 - tanh(c* + f^(t+1) (C - c*)), which is equal."""
    cell = specialise(generalise(cell_around_fixed_point(), t), t + 1)
    value, closed = cell.conclusion.args
    return near_saturation(arithmetic(LessEqual(closed, value), (-1, cell)))


class Comparison(NamedTuple):
    """A state y(t, n) that is to be near r(t, n): y_0 = r_0, y_{t+1} = o a with a gate o that sees y, and a near 1."""

    y: Callable[[Expr, Expr], Expr]
    start: Theorem
    update: Theorem
    saturation: Theorem  # |a - 1| <= delta

    @property
    def delta(self):
        return self.saturation.conclusion.bound


@cache
def source():
    """h_t of the homework's LSTM."""
    start, update = specialise(starting_state(), n, B, C), specialise(lstm(B, C)[1], t, n, B, C)
    return Comparison(lambda t, n: h(t, n, B, C), start, update, cell_near_saturation())


def one_step(network, now, contraction):
    """From |y_t - r_t| <= e in every coordinate: |y_{t+1} - r_{t+1}| <= delta + contraction(L e)."""
    recurrent = operator_norm(specialise(now, m), specialise(row_sums(), n))
    ours, theirs = (preactivation(lambda m, state=state: state(t, m)) for state in (network.y, r))
    gates = contraction(triangle(Within(ours, theirs, recurrent.conclusion.bound), recurrent))
    one = absolute_value(Within(1, 0, 1), arithmetic(LessEqual(-1, 1), (2,)), arithmetic(LessEqual(1, 1)))
    step = product(gates, network.saturation, gate_size(gates.conclusion.value), one)
    return rewrite(step, symmetric(network.update), symmetric(specialise(rnn(), t, n)))


def start_within(network, bound, nonnegative):
    """|y_0 - r_0| <= bound, as they are equal."""
    y, r_0 = network.start.conclusion.args
    below = arithmetic(LessEqual(r_0 - bound, y), (-1, network.start), (1, nonnegative))
    above = arithmetic(LessEqual(y, r_0 + bound), (1, network.start), (1, nonnegative))
    return generalise(absolute_value(Within(y, r_0, bound), below, above), n)


@cache
def sum_recurrence():
    """sum_{j<t+1} rho^j = 1 + rho sum_{j<t} rho^j, by induction over t."""

    def hypothesis(t):
        return Equal(powers_of_ratio(t + 1), 1 + ratio * powers_of_ratio(t))

    empty, first = empty_sum(powers_of_ratio(S.Zero)), last_term(powers_of_ratio(S.One))
    start = arithmetic(hypothesis(S.Zero), (1, first), (1 - ratio, empty))
    last, now = last_term(powers_of_ratio(t + 2)), last_term(powers_of_ratio(t + 1))
    step = arithmetic(hypothesis(t + 1), (1, last), (1, assume(hypothesis(t))), (-ratio, now))
    return specialise(induction(hypothesis(t), t, start, step), t)


@cache
def gap(network):
    """|y_t - r_t| <= delta sum_{j<t} (L/4)^j, by induction over t."""
    delta = network.delta

    def hypothesis(t):
        return ForAll((n,), Within(network.y(t, n), r(t, n), delta * powers_of_ratio(t)))

    empty = empty_sum(powers_of_ratio(S.Zero))
    nothing = arithmetic(LessEqual(0, delta * powers_of_ratio(S.Zero)), (-delta, empty))
    start = start_within(network, delta * powers_of_ratio(S.Zero), nothing)
    step = one_step(network, assume(hypothesis(t)), lambda near: lipschitz(near, sigmoid))
    bound = arithmetic(Equal(step.conclusion.bound, delta * powers_of_ratio(t + 1)), (-delta, sum_recurrence()))
    proof = induction(hypothesis(t), t, start, generalise(weaken(step, bound), n))
    return specialise(specialise(proof, t), n)


@cache
def geometric_sum():
    """(1 - rho) sum_{j<t} rho^j = 1 - rho^t, by induction over t."""

    def hypothesis(t):
        return Equal((1 - ratio) * powers_of_ratio(t), 1 - ratio**t)

    start = arithmetic(hypothesis(S.Zero), (1 - ratio, empty_sum(powers_of_ratio(S.Zero))))
    step = arithmetic(hypothesis(t + 1), (1 - ratio, last_term(powers_of_ratio(t + 1))), (1, assume(hypothesis(t))))
    return specialise(induction(hypothesis(t), t, start, step), t)


@cache
def power_of_norm():
    """0 <= (L/4)^t, by induction over t, from 0 <= L."""
    hypothesis, norm = LessEqual(0, ratio**t), assume(LessEqual(0, L))
    step = arithmetic(LessEqual(0, ratio ** (t + 1)), (Rational(1, 4), norm, assume(hypothesis)))
    return specialise(induction(hypothesis, t, arithmetic(LessEqual(0, 1), (1,)), step), t)


def uniform_gap(network, nonnegative_delta, norm_below_four):
    """|y_t - r_t| <= delta/(1 - L/4) for every t, from L < 4."""
    slack = arithmetic(Less(0, 1 - ratio), (Rational(1, 4), norm_below_four))
    limit = network.delta / (1 - ratio)
    order = arithmetic(
        LessEqual(network.delta * powers_of_ratio(t), limit),
        (limit, geometric_sum()),
        (1, nonnegative_delta, reciprocal(slack), power_of_norm()),
        divisors=(slack,),
    )
    return weaken(gap(network), order)


def nonnegative_least(start, bias):
    """0 <= min(C, c*), from 0 <= C and 0 < B."""
    hole = real("z")
    fixed_point = arithmetic(LessEqual(0, c_star), (1, positive(exp(B)), monotone(bias, tanh)))
    return cases(LessEqual(0, hole), hole, least, start, fixed_point)


@claim("R6", "the distance of the states at each time, for every norm L")
def distance() -> Theorem:
    tail = (2, positive(sigmoid(-2 * least)), positive(exp(-2 * least)))
    return together(
        generalise(gap(source()), t, n),
        positive(delta),
        arithmetic(LessEqual(delta, 2 * exp(-2 * least)), tail),
    )


@claim("R6-uniform", "the distance of the states uniformly in time, for L < 4")
def uniform_distance() -> Theorem:
    small = monotone(nonnegative_least(assume(LessEqual(0, C)), positive_bias()), tanh)
    return together(
        generalise(uniform_gap(source(), positive(delta), assume(Less(L, 4))), t, n),
        arithmetic(LessEqual(delta, 1), (1, small)),
    )


def distance_by_recursion(network, E) -> Theorem:
    """|y_t - r_t| <= E_t where E_0 = 0, E_{t+1} = delta + tanh(L E_t / 4), by induction over t."""
    start = assume(Equal(E(0), 0))
    new_bound = assume(ForAll((t,), Equal(E(t + 1), network.delta + tanh(L * E(t) / 4))))

    def hypothesis(t):
        return ForAll((n,), Within(network.y(t, n), r(t, n), E(t)))

    zero = arithmetic(LessEqual(0, E(0)), (-1, start))
    step = one_step(network, assume(hypothesis(t)), sigmoid_contraction)
    bound = arithmetic(Equal(step.conclusion.bound, E(t + 1)), (-1, specialise(new_bound, t)))
    proof = induction(hypothesis(t), t, start_within(network, E(0), zero), generalise(weaken(step, bound), n))
    return generalise(specialise(specialise(proof, t), n), t, n)


@claim("R6-sharper", "for every L: e_{t+1} <= delta + tanh(L e_t / 4)")
def sharper_distance() -> Theorem:
    return distance_by_recursion(source(), E)


@claim("R6-each-time", "the same with 1 - tanh(c_{t+1}) for delta: at each time, large C alone is enough")
def distance_at_each_time() -> Theorem:
    return distance_by_recursion(source()._replace(saturation=cell_at_its_time()), D)


# L > 4: a network of one cell, h_0 = r_0 = 1/2, weight L, bias -L/2, no input; c_0 = c*.

threshold = real("u_0")
eta = 1 - tanh(c_star)
growth = (1 + ratio) / 2
HALF = Rational(1, 2)


@cache
def one_cell():
    """The RNN and the LSTM of one cell: the equations of r_{t+1} and h_{t+1}, and r_0 = h_0 = 1/2."""
    new_r = assume(ForAll((t,), Equal(r(t + 1), sigmoid(L * r(t) - L / 2))))
    new_cell = assume(ForAll((t, B), Equal(c(t + 1, B), f * c(t, B) + i * g)))
    new_h = assume(ForAll((t, B), Equal(h(t + 1, B), sigmoid(L * h(t, B) - L / 2) * tanh(c(t + 1, B)))))
    start = assume(ForAll((B,), Equal(c(0, B), c_star)))
    cell = stays_at_fixed_point(c(t, B), specialise(new_cell, t, B), specialise(start, B))
    constant = rewrite(specialise(new_h, t, B), specialise(generalise(cell, t), t + 1))
    return new_r, generalise(constant, t, B), assume(Equal(r(0), HALF)), assume(ForAll((B,), Equal(h(0, B), HALF)))


def stays_at_fixed_point(cell, update, start):
    """c_t = c* for every t from c_0 = c*, by induction over t: f c* + i g = c*."""
    constant = Equal(cell, c_star)
    step = arithmetic(Equal(update.conclusion.lhs, c_star), (1, update), (f, assume(constant)))
    return specialise(induction(constant, t, start, step), t)


@cache
def resting():
    """r_t = 1/2 for every t: sigmoid(0) = 1/2."""
    new_r, _, start, _ = one_cell()
    hypothesis = Equal(r(t), HALF)
    step = rewrite(specialise(new_r, t), assume(hypothesis))
    return specialise(induction(hypothesis, t, start, step), t)


@cache
def lower(t):
    """min(u_0, q^t eta/2) with q = (1 + L/4)/2 > 1: what the error is not below."""
    return Min(threshold, growth**t * eta / 2)


def lower_grows(norm_above_four, positive_threshold):
    """0 <= v_t <= u_0, and v_{t+1} <= q v_t, for v_t = lower(t)."""
    hole = real("z")
    q_power = power_of_growth(norm_above_four)
    nonnegative = cases(
        LessEqual(0, hole),
        hole,
        lower(t),
        positive_threshold,
        arithmetic(LessEqual(0, growth**t * eta / 2), (HALF, q_power, positive(eta))),
    )
    first, second = extremum(lower(t + 1), threshold), extremum(lower(t + 1), growth ** (t + 1) * eta / 2)
    grown = cases(
        LessEqual(lower(t + 1), growth * hole),
        hole,
        lower(t),
        arithmetic(
            LessEqual(lower(t + 1), growth * threshold),
            (1, first),
            (Rational(1, 8), norm_above_four, positive_threshold),
        ),
        arithmetic(LessEqual(lower(t + 1), growth * growth**t * eta / 2), (1, second)),
    )
    return nonnegative, grown


def growth_not_negative(norm_above_four):
    """0 <= q, from 4 < L."""
    return arithmetic(LessEqual(0, growth), (Rational(1, 8), norm_above_four), (1,))


def power_of_growth(norm_above_four):
    """0 <= q^t, by induction over t."""
    hypothesis = LessEqual(0, growth**t)
    step = arithmetic(LessEqual(0, growth ** (t + 1)), (1, growth_not_negative(norm_above_four), assume(hypothesis)))
    return specialise(induction(hypothesis, t, arithmetic(LessEqual(0, 1), (1,)), step), t)


def error_grows(norm):
    """min(u_0, q^t eta/2) <= r_{t+1} - h_{t+1}, whatever B: by induction over t, from 4 < L."""
    bottom = assume(LessEqual(0, threshold))
    small = assume(LessEqual(L**3 * threshold**2, 6 * (L - 4)))
    _, new_h, _, start = one_cell()
    nonnegative, grown = lower_grows(norm, bottom)
    v, u = lower(t), HALF - h(t + 1, B)
    hypothesis = LessEqual(v, u)

    norm_positive = arithmetic(LessEqual(0, L), (1, norm), (4,))
    argument = arithmetic(LessEqual(0, L * v / 2), (HALF, norm_positive, nonnegative))
    cubic = tanh_above_cubic(argument)
    ordered = monotone(arithmetic(LessEqual(L * v / 2, L * u / 2), (HALF, norm_positive, assume(hypothesis))), tanh)
    below = extremum(v, threshold)
    slope = arithmetic(
        LessEqual(growth * v, (L * v / 2 - (L * v / 2) ** 3 / 3) / 2),
        (Rational(1, 48), nonnegative, small),
        (Rational(1, 48), nonnegative, norm_positive, norm_positive, norm_positive, below, bottom),
        (Rational(1, 48), nonnegative, norm_positive, norm_positive, norm_positive, below, nonnegative),
    )
    new = specialise(new_h, t + 1, B)
    step = arithmetic(
        LessEqual(lower(t + 1), HALF - h(t + 2, B)),
        (1, grown),
        (1, slope),
        (HALF, cubic),
        (HALF, ordered),
        (1, new),
        (1, positive(eta), positive(sigmoid(L * h(t + 1, B) - L / 2))),
    )
    first = rewrite(specialise(new_h, 0, B), specialise(start, B))
    base = arithmetic(LessEqual(lower(S.Zero), HALF - h(1, B)), (1, extremum(lower(S.Zero), eta / 2)), (1, first))
    proof = specialise(induction(hypothesis, t, base, step), t)
    rests = specialise(generalise(resting(), t), t + 1)
    return arithmetic(LessEqual(v, r(t + 1) - h(t + 1, B)), (1, proof), (-1, rests))


def bernoulli(norm):
    """1 + t (q - 1) <= q^t, by induction over t, from 4 < L."""
    time = specialise(induction(LessEqual(0, t), t, arithmetic(LessEqual(0, 0)), later_than_now()), t)
    hypothesis = LessEqual(1 + t * (growth - 1), growth**t)
    step = arithmetic(
        LessEqual(1 + (t + 1) * (growth - 1), growth ** (t + 1)),
        (1, growth_not_negative(norm), assume(hypothesis)),
        (Rational(1, 64), time, norm, norm),
    )
    return specialise(induction(hypothesis, t, arithmetic(LessEqual(1, 1)), step), t)


def later_than_now():
    """0 <= t + 1 from 0 <= t."""
    return arithmetic(LessEqual(0, t + 1), (1, assume(LessEqual(0, t))), (1,))


def error_stays(norm):
    """u_0 <= r_{t+1} - h_{t+1} from the time on when (1 + t (q - 1)) eta/2 has reached u_0, whatever B."""
    reached = assume(LessEqual(threshold, (1 + t * (growth - 1)) * eta / 2))
    power = arithmetic(LessEqual(threshold, growth**t * eta / 2), (1, reached), (HALF, bernoulli(norm), positive(eta)))
    hole = real("z")
    both = cases(LessEqual(threshold, hole), hole, lower(t), arithmetic(LessEqual(threshold, threshold)), power)
    return arithmetic(LessEqual(threshold, r(t + 1) - h(t + 1, B)), (1, both), (1, error_grows(norm)))


@claim(
    "R6-all-L",
    "no bound of the distance that is uniform in time and vanishes for B -> oo exists for L > 4",
    expect=Verdict.REFUTED,
    statement="for every norm L, the supremum over t of the distance tends to 0 as B and C grow",
)
def not_uniform_above_four() -> Outcome:
    theorem = error_stays(assume(Less(4, L)))
    values = {
        "network": "L = 8, bias -4, h_0 = r_0 = 1/2, B = 2, c_0 = c*",
        "1 - tanh(c*)": "1.2997206392245985319599240347529660820205206250220e-6",
    }
    value = "0.47875204516665255062734852305651037315160970565715"
    return refuted(theorem, Witness(specified="0", value=value, details=values))


# R7. PyTorch's default c_0 = 0.


@claim(
    "R7",
    "with zero initial cell the source's reduction fails at the first step",
    expect=Verdict.REFUTED,
    statement="with c_0 = 0, PyTorch's default, h_t tends to r_t for B -> oo",
)
def zero_initial_cell() -> Outcome:
    new_saturated, start = saturated()
    limit = specialise(generalise(limit_for_bias(), t, n, C), 1, n, 0)
    first_s = rewrite(specialise(new_saturated, 0, n, 0), specialise(start, m, 0))
    first_r = specialise(rnn(), 0, n)
    gate = first_r.conclusion.rhs
    theorem = together(
        rewrite(limit, first_s, symmetric(first_r)),
        rewrite(arithmetic(Less(tanh(1) * gate, gate), (1, positive(1 - tanh(1)), positive(gate))), symmetric(first_r)),
    )
    value = "0.76159415595576488811945828260479359041276859725794"
    details = {"factor": "h_1 / r_1 -> tanh(1), at every input and in every coordinate"}
    return refuted(generalise(theorem, n), Witness(limit="tanh(1)*r_1", specified="r_1", value=value, details=details))


# R8. Exact containment at finite weights.


def fixed_point_saturation(bias):
    """0 < tanh(c*), from 0 < B."""
    return monotone(arithmetic(Less(0, c_star), (1, positive(exp(B)), monotone(bias, tanh))), tanh)


def exact_containment(bias):
    """h_t = tanh(c*) r_t for every t, with c_0 = c*, h_0 = tanh(c*) r_0 and recurrent weight U/tanh(c*)."""
    kappa, kappa_positive = tanh(c_star), fixed_point_saturation(bias)
    new_cell, new_state = lstm(weight=lambda n, m: U(n, m) / kappa, divisors=(kappa_positive,))
    start_cell = assume(ForAll((n,), Equal(c(0, n), c_star)))
    start = assume(ForAll((n,), Equal(h(0, n), kappa * r(0, n))))

    cell = generalise(stays_at_fixed_point(c(t, n), specialise(new_cell, t, n), specialise(start_cell, n)), t)

    everywhere_now = assume(ForAll((n,), Equal(h(t, n), kappa * r(t, n))))
    new_r = symmetric(specialise(rnn(), t, n))
    step = rewrite(specialise(new_state, t, n), specialise(cell, t + 1), specialise(everywhere_now, m), new_r)
    return specialise(induction(everywhere_now.conclusion, t, start, generalise(step, n)), t)


@claim("R8", "exact containment: no limit, at every finite bias B > 0")
def contained_exactly() -> Theorem:
    return generalise(specialise(exact_containment(positive_bias()), n), t, n)


# R9. Zero initial state.


kappa = tanh(1)
first_cell = sigmoid(B) * tanh(B)  # c_1
kappa_delta = 1 - tanh(first_cell) / kappa
NOTATION |= {real("eta"): eta, real("theta"): kappa_delta}


@cache
def lstm_from_zero():
    """Forget bias -B, recurrent weight U/tanh(1): the equations of c_{t+1} and h_{t+1}."""
    return lstm(B, forget=-B, weight=lambda n, m: U(n, m) / kappa)


@cache
def zero_states():
    """c_0 = h_0 = r_0 = 0."""
    cell, state = (assume(ForAll((n, B), Equal(y(0, n, B), 0))) for y in (c, h))
    return cell, state, assume(ForAll((n,), Equal(r(0, n), 0)))


@cache
def first_cell_from_zero():
    """c_1 = sigmoid(B) tanh(B)."""
    return rewrite(specialise(lstm_from_zero()[0], 0, n, B), specialise(zero_states()[0], n, B))


@cache
def scaled_start():
    """h_0/tanh(1) = r_0."""
    _, start, zero = zero_states()
    goal = Equal(h(0, n, B) / kappa, r(0, n))
    return arithmetic(goal, (1 / kappa, specialise(start, n, B)), (-1, specialise(zero, n)))


@cache
def cell_from_zero_tends_to_one():
    """c_{t+1} -> 1 for B -> oo, by induction over t: c_{t+1} = sigmoid(-B) c_t + sigmoid(B) tanh(B)."""
    closes = arithmetic(Equal(1 - sigmoid(B), sigmoid(-B)))
    forget = rewrite(continuity(1 - sigmoid(B), B, sigmoid_saturates()), closes)
    gates = (sigmoid_saturates(), tanh_saturates(B, B, positive(Rational(2))), forget)
    hypothesis = TendsTo(c(t + 1, n, B), (B,), 1)
    first, later = first_cell_from_zero(), specialise(lstm_from_zero()[0], t + 1, n, B)
    base = rewrite(continuity(first.conclusion.rhs, B, *gates), symmetric(first))
    step = rewrite(continuity(later.conclusion.rhs, B, *gates, assume(hypothesis)), symmetric(later))
    return specialise(induction(hypothesis, t, base, step), t)


@claim("R9", "from PyTorch's zero state, with forget bias -B, the LSTM tends to tanh(1) times the RNN")
def contained_from_zero() -> Theorem:
    start_equal = arithmetic(Equal(h(0, n, B), kappa * r(0, n)), (kappa, scaled_start()))
    limit = limit_at_each_time(
        lambda t, n: h(t, n, B),
        lambda t, n: kappa * r(t, n),
        limit_of_equal(start_equal, B),
        continuity(tanh(c(t + 1, n, B)), B, cell_from_zero_tends_to_one()),
        (specialise(lstm_from_zero()[1], t, n, B), specialise(rnn(), t, n)),
    )
    return generalise(limit, t, n)


def cell_from_zero_above_first(bias):
    """c_1 <= c_{t+1}, by induction over t: the gates and the cell are not negative, as 0 < B."""
    hypothesis = LessEqual(first_cell, c(t + 1, n, B))
    increment = (positive(sigmoid(B)), monotone(bias, tanh))
    base = arithmetic(LessEqual(first_cell, c(1, n, B)), (-1, first_cell_from_zero()))
    later = specialise(lstm_from_zero()[0], t + 1, n, B)
    step = arithmetic(
        LessEqual(first_cell, c(t + 2, n, B)),
        (-1, later),
        (1, positive(sigmoid(-B)), assume(hypothesis)),
        (1, positive(sigmoid(-B)), *increment),
    )
    return specialise(induction(hypothesis, t, base, step), t)


def cell_from_zero_below_one():
    """c_{t+1} <= 1, by induction over t."""
    hypothesis = LessEqual(c(t + 1, n, B), 1)
    room = (positive(sigmoid(B)), positive(1 - tanh(B)))
    first, later = first_cell_from_zero(), specialise(lstm_from_zero()[0], t + 1, n, B)
    base = arithmetic(LessEqual(c(1, n, B), 1), (1, first), (1, *room), (1, positive(1 - sigmoid(B))))
    goal = LessEqual(c(t + 2, n, B), 1)
    step = arithmetic(goal, (1, later), (1, positive(sigmoid(-B)), assume(hypothesis)), (1, *room))
    return specialise(induction(hypothesis, t, base, step), t)


def from_zero(bias):
    """h_t/tanh(1) of this LSTM, with |tanh(c_{t+1})/tanh(1) - 1| <= 1 - tanh(c_1)/tanh(1)."""
    value, scale = tanh(c(t + 1, n, B)), (reciprocal(positive(kappa)),)
    low = monotone(cell_from_zero_above_first(bias), tanh)
    high = monotone(cell_from_zero_below_one(), tanh)
    below = arithmetic(LessEqual(1 - kappa_delta, value / kappa), (1, *scale, low))
    above = arithmetic(LessEqual(value / kappa, 1 + kappa_delta), (2, *scale, high), (1, *scale, low))
    update = specialise(lstm_from_zero()[1], t, n, B)
    y, new_y = (side / kappa for side in update.conclusion.args)
    scaled = arithmetic(Equal(y, new_y), (1 / kappa, update))
    saturation = absolute_value(Within(value / kappa, 1, kappa_delta), below, above)
    nonnegative = arithmetic(LessEqual(0, kappa_delta), (1, *scale, low), (1, *scale, high))
    return Comparison(lambda t, n: h(t, n, B) / kappa, scaled_start(), scaled, saturation), nonnegative


@claim("R9-distance", "how far the LSTM from zero is from tanh(1) times the RNN, at each time and for ever")
def distance_from_zero() -> Theorem:
    network, nonnegative = from_zero(positive_bias())
    uniform = uniform_gap(network, nonnegative, assume(Less(L, 4)))
    return together(generalise(gap(network), t, n), generalise(uniform, t, n))


if __name__ == "__main__":
    raise SystemExit(main(__file__))
