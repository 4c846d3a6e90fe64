"""The audit of the source, part 1: what it says on the way from the sigmoid RNN to the LSTM.

The source is a homework: a proof that the LSTM contains the sigmoid RNN, and the weights of a
sentiment network (part 2, in source_audit_sentiment.py).  A claim A5 is what the source says, in our
words, and is refuted by a theorem that contradicts it; A5-true is what holds in its place.  Notes
are about prose and conventions; nothing in them is proved.

The LSTM is that of rnn_in_lstm.py: no weights and bias B in the gates i, f, g; c_0 = C.
"""

# ruff: noqa: I001  (imports in packed lines)

from rnn_in_lstm import (
    ARITHMETIC, CELL, HALF, SATURATED, STATE, B, C, U, around_fixed_point, c, c_star, cell_counts, closed_form,
    contained_exactly, distance, f, first_cell, g, h, i, limit_for_bias, n, not_uniform_above_four,
    preactivation, r, rnn, s, t, uniform_distance,
)  # fmt: skip

from symlstm import Network, Outcome, Verdict, Witness, claim, decimal, decimal_of, main, note, refuted, run_balls
from symlstm.steps import (
    Diverges, Equal, ForAll, Less, LessEqual, Max, TendsTo, assume, auto, every, exp, generalise, inductively,
    lemma, lstm_gates, lstm_update, monotone, real, sequence, sigmoid, tanh, theorem, together,
)  # fmt: skip


def false(id, name, statement, goal=None):
    """A claim of the source that a theorem refutes."""
    return claim(id, name, expect=Verdict.REFUTED, statement=statement, goal=goal)


def at(bias, **values):
    """Numbers for B and, if given, C and t."""
    return {B: bias} | {{"C": C, "t": t}[name]: value for name, value in values.items()}


# A1. The RNN itself; y is the tanh RNN in the coordinates r = (1 + y)/2.

y = sequence("y")
COORDINATES = (
    assume(ForAll((t, n), Equal(y(t + 1, n), tanh(preactivation(lambda m: (1 + y(t, m)) / 2) / 2)))),
    assume(ForAll((n,), Equal(r(0, n), (1 + y(0, n)) / 2))),
)

theorem("A1-true", "part 1, RNN: in the coordinates (1 + y)/2 the sigmoid RNN is a tanh RNN",
    ForAll((t, n), Equal(r(t, n), (1 + y(t, n)) / 2)), under=(*COORDINATES, rnn())).induct(t)  # fmt: skip


# A2. Must the cell be large?

b_i, b_f, b_g = map(real, ("b_i", "b_f", "b_g"))


def contained_at(b_i, b_f, b_g, *positive_g):
    """c_t = c* and h_t = tanh(c*) r_t for every t, with biases b_i, b_f, b_g and c* = i g/(1 - f); from 0 < g."""
    cell = sigmoid(b_i) * tanh(b_g) * (1 + exp(b_f))
    scale, divisor = tanh(cell), monotone(auto(Less(0, cell), *positive_g), tanh)
    gates = lstm_gates(b_i, b_f, b_g, preactivation(lambda m: h(t, m), lambda n, m: U(n, m) / scale), ARITHMETIC)
    _, update = lstm_update(gates, c(t, n), ARITHMETIC)
    new_cell = assume(ForAll((t, n), Equal(c(t + 1, n), update)))
    new_state = assume(ForAll((t, n), Equal(h(t + 1, n), gates.o * tanh(c(t + 1, n)))), divisor)
    starts = assume(ForAll((n,), Equal(c(0, n), cell))), assume(ForAll((n,), Equal(h(0, n), scale * r(0, n))), divisor)
    constant = inductively(ForAll((t, n), Equal(c(t, n), cell)), t, new_cell, starts[0])
    state = ForAll((t, n), Equal(h(t, n), scale * r(t, n)))
    return together(constant, inductively(state, t, constant, new_state, rnn(), starts[1]))


@false("A2", "part 1: for the output gate to be the RNN the cell must be very large",
       "h_t is the RNN's state only where tanh(c_t) is near 1, so c_t must be very large")  # fmt: skip
def large_cell() -> Outcome:
    details = {"this is": "c_t for every t, at biases 0, 0, 1 in i, f, g", "h_t / r_t": decimal(tanh(tanh(1)))}
    witness = Witness(limit=str(tanh(1)), specified="oo", value=decimal(tanh(1)), details=details)
    return refuted(contained_at(0, 0, 1), witness, "any constant cell does: A2-true")


@claim("A2-true", "part 1: any constant cell does, at all biases with 0 < g")
def constant_cell():
    return contained_at(b_i, b_f, b_g, assume(Less(0, tanh(b_g))))


# A3 to A6. Does the cell diverge? lim_t c_t = c*, at every bias and for every c_0.

never_diverges = lemma(TendsTo(c(t, n, B, C), (t,), c_star), forall=(n, B, C)).auto(around_fixed_point)


@false("A3", "part 1, c_0: a large initial cell makes the cell diverge", "for c_0 large enough c_t tends to oo",
       ForAll((n, B), Diverges(c(t, n, B, C), (t,), 1)))  # fmt: skip
def initial_cell() -> Outcome:
    share = decimal(f**t * C, at(10, C=1000, t=10**6))
    details = {"this is": "f^t c_0, the share of c_0 = 1000 in c_t at B = 10, t = 1000000"}
    witness = Witness(limit=str(c_star), specified="oo", value=share, details=details)
    return refuted(never_diverges(), witness, "the cell forgets where it started: A3-true")


theorem("A3-true", "part 1, c_0: at every finite bias the share of the initial cell in c_t tends to 0",
    TendsTo(f**t * C, (t,), 0), forall=(B, C)).auto()  # fmt: skip


@false("A4", "part 1, i_t and g_t: gates near 1 make the cell diverge",
       "with i, f and g near 1 the cell c_t tends to oo", ForAll((n, C), Diverges(c(t, n, B, C), (t,), 1)))  # fmt: skip
def gates_near_one() -> Outcome:
    details = {f"{name} at B = 10": decimal(gate, at(10)) for name, gate in (("1 - i", 1 - i), ("1 - g", 1 - g))}
    limit = c_star.xreplace(at(10))
    witness = Witness(limit=str(limit), specified="oo", value=decimal(limit), details=details)
    return refuted(never_diverges(), witness, "not enough at any finite bias; nor is it needed: A4-true")


gain = sigmoid(b_i) * tanh(b_g)
OPEN_CELL = (
    assume(ForAll((t, n, B), Equal(c(t + 1, n, B), f * c(t, n, B) + gain))),
    assume(ForAll((n, B), Equal(c(0, n, B), C))),
)

theorem("A4-true", "part 1, i_t and g_t: with f -> 1 alone the cell grows by i g a step, for all i and g",
    TendsTo(c(t, n, B), (B,), C + t * gain), under=OPEN_CELL, forall=(t, n)).induct(t)  # fmt: skip

# f t <= t and i g < 1
at_most = lemma(ForAll((t, n, B, C), LessEqual(c(t, n, B, C), f**t * C + t)), under=CELL).induct(t)
below_formula = lemma(Less(c(t + 1, n, B, C), f ** (t + 1) * C + t + 1),
    under=CELL[:1], forall=(t, n, B, C)).auto(at_most)  # fmt: skip


@false("A5", "part 1, closed form: c_t = f^t c_0 + t",
       "c_t = f^t c_0 + t (f at a finite bias in one term, its limit in the other)",
       ForAll((t, n, B, C), Equal(c(t, n, B, C), f**t * C + t)))  # fmt: skip
def mixed_formula() -> Outcome:
    values, formula = at(10, C=7, t=5), f**t * C + t
    details = {
        "c_5 at": "B = 10, c_0 = 7",
        "by the formula": decimal(formula, values),
        "for B -> oo": str((C + t).xreplace(values)),
    }
    value = decimal(around_fixed_point().conclusion.body.rhs, values)
    witness = Witness(specified="f^5 c_0 + 5", value=value, details=details)
    return refuted(below_formula(), witness, "too large from t = 1 on; right is A5-true")


theorem("A5-true", "part 1, closed form: c_t = f^t C + i g (1 - f^t)/(1 - f)", closed_form.goal, under=CELL).auto(closed_form)  # fmt: skip


@false("A6", "part 1, limit of the cell: c_t tends to oo for t -> oo", "lim_(t -> oo) c_t = oo at a finite bias",
       ForAll((n, B, C), Diverges(c(t, n, B, C), (t,), 1)))  # fmt: skip
def divergence() -> Outcome:
    c_t = around_fixed_point().conclusion.body.rhs
    details = {"at": "B = 10", "c_t at c_0 = 0, t = 100000": decimal(c_t, at(10, C=0, t=10**5))}
    witness = Witness(limit=str(c_star), specified="oo", value=decimal(c_star, at(10)), details=details)
    return refuted(never_diverges(), witness, "what each of the two limits is: A6-true")


theorem("A6-true", "part 1, limit of the cell: for B -> oo it is C + t, for t -> oo it is e^B tanh(B); both of them grow", every(
    ForAll((t, n, C), TendsTo(c(t, n, B, C), (B,), C + t)), Diverges(C + t, (t,), 1),
    ForAll((n, B, C), TendsTo(c(t, n, B, C), (t,), c_star)), Diverges(c_star, (B,), 1),
), under=CELL).auto(cell_counts, never_diverges)  # fmt: skip


# A7 to A9. Is the LSTM then the RNN?


@false("A7", "part 1, hidden state: tanh(c_t) tends to 1, so h_t is o_t in the limit",
       "at a finite bias tanh(c_t) tends to 1 for t -> oo", ForAll((n, B, C), TendsTo(tanh(c(t, n, B, C)), (t,), 1)))  # fmt: skip
def factor() -> Outcome:
    limit, below = TendsTo(tanh(c(t, n, B, C)), (t,), tanh(c_star)), Less(0, 1 - tanh(c_star))
    found = auto(every(ForAll((n, B, C), limit), ForAll((B,), below)), never_diverges)
    details = {
        "at": "B = 1",
        "1 less this": decimal(1 - tanh(c_star), at(1)),
        "tanh(c_1) at B = 10, c_0 = 0": decimal(tanh(first_cell), at(10)),
    }
    witness = Witness(limit=str(tanh(c_star)), specified="1", value=decimal(tanh(c_star), at(1)), details=details)
    return refuted(found, witness, "the factor for B -> oo: A7-true; with c_0 = 0 it is not 1 either: R7")


theorem("A7-true", "part 1, hidden state: for B -> oo the factor of step t is tanh(C + t)",
    ForAll((t, n, C), TendsTo(h(t, n, B, C), (B,), s(t, n, C))), under=(*CELL, *STATE, *SATURATED)).auto(limit_for_bias)  # fmt: skip

one_cell_rnn = Network(["step"], [[0]], [[8]], [0], [-4], h0=[HALF], cell="rnn_sigmoid")
GATES = {"b_hi": [2], "b_hf": [2], "b_hg": [2], "W_ho": [[8]], "b_ho": [-4]}
one_cell_lstm = Network.from_gates(["step"], 1, GATES, h0=[HALF], c0=[c_star.xreplace({B: 2})])


def last_state(network):
    """The state of a network of one cell after 200 steps, to 60 digits."""
    return run_balls(network, ["step"] * 200, digits=60).h[-1][0]


@false("A8", "part 1, conclusion: with h_t near o_t the LSTM follows the RNN",
       "if tanh(c_t) is near 1 at all times then h_t is near r_t at all times, whatever the weights")  # fmt: skip
def errors_compound() -> Outcome:
    details = {
        "this is": "r_t - h_t at t = 200, L = 8, bias -4, h_0 = r_0 = 1/2, B = 2, c_0 = c*",
        "1 - tanh(c_t)": decimal(1 - tanh(c_star), at(2)),
    }
    value = decimal_of(lambda: last_state(one_cell_rnn) - last_state(one_cell_lstm))
    witness = Witness(specified="0", value=value, details=details)
    return refuted(not_uniform_above_four().theorem, witness, "how near it is: A8-true, A8-uniform")


theorem("A8-true", "part 1, conclusion: the distance at each time, for every norm of W_hh",
    distance.goal, given=distance.given).auto(distance)  # fmt: skip

theorem("A8-uniform", "part 1, conclusion: the distance at all times at once, for ||W_hh|| < 4",
    uniform_distance.goal, given=uniform_distance.given).auto(uniform_distance)  # fmt: skip


def first_state_below(bound_on_c):
    """h_1 <= tanh(|C| + 1), whatever the gates: |C| as max(C, -C)."""
    a, b, e, o = map(real, ("a_i", "a_f", "a_g", "a_o"))
    hidden, cell = lstm_update(lstm_gates(a, b, e, o, ARITHMETIC), C, ARITHMETIC)
    nonnegative = auto(LessEqual(0, bound_on_c - 1))
    small = monotone(auto(LessEqual(cell, bound_on_c), nonnegative), tanh)
    top = monotone(auto(LessEqual(0, bound_on_c), nonnegative), tanh)
    return generalise(auto(LessEqual(hidden, tanh(bound_on_c)), small, top), a, b, e, o, C)


@false("A9", "part 1, conclusion: the RNNs are a subset of the LSTMs",
       "the states of every sigmoid RNN are, on all inputs, the hidden states of some LSTM")  # fmt: skip
def subset() -> Outcome:
    bound, (w, b, x) = Max(C, -C) + 1, map(real, "wbx")
    first_rnn_state = auto(ForAll((b,), TendsTo(sigmoid(w * x + b), (x,), 1)), assume(Less(0, w)))
    found = together(first_state_below(bound), auto(ForAll((C,), Less(0, 1 - tanh(bound)))), first_rnn_state)
    details = {"this is": "what no h_1 exceeds if c_0 = 0; an RNN's r_1 tends to 1 as its input grows"}
    value = decimal(tanh(bound), {C: 0})
    witness = Witness(limit=f"h_1 <= {tanh(bound)}", specified="sup h_1 = 1", value=value, details=details)
    return refuted(found, witness, "true of the RNN's states times one constant: A9-true")


theorem("A9-true", "part 1, conclusion: tanh(c*) times the RNN is an LSTM, exactly",
    contained_exactly.goal, given=contained_exactly.given).auto(contained_exactly)  # fmt: skip


NOTES = (
    note("A1", "part 1, the RNN's equation",
        "PyTorch's RNN has the nonlinearities tanh and relu and refuses 'sigmoid'; the sigmoid RNN is a definition "
        "of its own. A1-true carries it over to a tanh RNN, where the initial state 0 becomes -1, which is not "
        "PyTorch's default."),
    note("A5-note", "part 1, closed form",
        "The letter t stands for the time and for the power at once: f with both is the constant gate to the power t."),
    note("A10", "part 1, the weights",
        "That all weights are 0 can only be meant of the gates i, f and g. The output gate has the RNN's weights, and "
        "its two biases add up to the RNN's; this is not said."),
    note("A11", "both parts",
        "Inputs are rows where the RNN is defined and columns afterwards; biases are rows in some places of part 2 "
        "and columns in others."),
)  # fmt: skip


if __name__ == "__main__":
    raise SystemExit(main(__file__))
