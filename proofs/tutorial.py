"""Five claims for somebody who has never seen the tool, each a little longer than the one before.

A claim shows its statement where it is declared. The function below it is handed the goal: `goal.auto()`
looks for a proof, `goal.induct(t)` turns the goal into two, for t = 0 and for t + 1, and what is left over
is printed with the facts in scope. Whatever is found, the kernel makes the theorem.

    symlstm prove proofs/tutorial.py -v

What can be said: Equal(a, b); a < b and a <= b, or Less(a, b) and LessEqual(a, b) where SymPy decides the comparison
itself; Within(v, c, b) for |v - c| <= b; TendsTo(v, B, limit); Diverges(v, B, 1), -1 for -oo; ForAll((t, n), ...); every(...).
Numbers are exact: Rational(1, 4) or B/4, not 0.25.

What auto knows: definitions and facts for all values, found by their sequences and functions; sigmoid, tanh and e^x, their
ranges, and that they increase; squares, |x|, minima and maxima; constants such as sigmoid(5); sums without terms, or
with one more; distances along a recurrence; limits. What it does not find is yours to say:

    goal.have(statement).auto()    a fact on the way: what was proved is in scope (goal.facts)
    goal.auto(lemma, theorem)      with what was proved before, by its name
    goal.induct(t), goal.cases(m)  goals at 0 and t + 1; with each argument of a minimum, a maximum or |x| in its place
    goal.by(rule(...))             by a rule of symlstm.steps, whose docstrings are their inference figures
"""

from symlstm import main
from symlstm.steps import (
    Equal,
    ForAll,
    Sum,
    TendsTo,
    Within,
    every,
    natural,
    real,
    sequence,
    sigmoid,
    tanh,
    theorem,
)

t, n = natural("t"), natural("n")  # 0, 1, 2, ...
B, C, L, delta = map(real, ("B", "C", "L", "delta"))  # real numbers
f = sigmoid(B)

# 1. A gate saturates. Nothing is assumed: B is any real number.


@theorem("T1", "a gate with bias B opens as B grows", every(1 - f > 0, TendsTo(f, B, 1)))
def saturating_gate(goal):
    goal.auto()


# 2. Which limit comes first matters: at a fixed time the gate keeps everything, at a fixed bias nothing.


@theorem("T2", "f^t tends to 1 as B grows, and to 0 as t grows", every(TendsTo(f**t, B, 1), TendsTo(f**t, t, 0)))
def either_limit(goal):
    goal.auto()


# 3. A leaky cell. Its recurrence is a definition: `under` says so, and the theorem keeps it as a hypothesis.

c = sequence("c")
LEAKY = (ForAll(t, Equal(c(t + 1), f * c(t) + (1 - f))), Equal(c(0), C))


@theorem("T3", "the leaky cell in closed form", Equal(c(t), 1 + f**t * (C - 1)), under=LEAKY, forall=(t,))
def leaky_cell(goal):
    goal.induct(t).auto()


# 4. A GRU of any size, as PyTorch has it: h' = (1 - z) tanh(drive + reset * (U h)) + z h.
# With bias -B the update gate z closes, with bias B the reset gate opens: the GRU tends to a tanh RNN y.
# What it cannot become is a counter: its state is a mean of numbers between -1 and 1, whatever it reads.

d, m = natural("d"), natural("m")  # hidden size, coordinate
h, y, U, drive = map(sequence, ("h", "y", "U", "q"))  # drive(t, n), printed q: input and biases of the candidate
z, reset = sigmoid(-B), sigmoid(B)


def recurrent(state):
    """U h_t in coordinate n."""
    return Sum(U(n, m) * state(m), (m, 1, d))


candidate = tanh(drive(t, n) + reset * recurrent(lambda m: h(t, m, B)))
GRU = (
    ForAll((t, n, B), Equal(h(t + 1, n, B), (1 - z) * candidate + z * h(t, n, B))),
    ForAll((n, B), Equal(h(0, n, B), 0)),
)
TANH_RNN = (
    ForAll((t, n), Equal(y(t + 1, n), tanh(drive(t, n) + recurrent(lambda m: y(t, m))))),
    ForAll(n, Equal(y(0, n), 0)),
)


@theorem("T4", "a GRU with update bias -B tends to a tanh RNN",
         ForAll(n, TendsTo(h(t, n, B), B, y(t, n))), under=(*GRU, *TANH_RNN), forall=(t,))  # fmt: skip
def gru_to_rnn(goal):
    goal.induct(t).auto()


@theorem(
    "T4-bounded",
    "no GRU counts: its state stays between -1 and 1",
    Within(h(t, n, B), 0, 1),
    under=GRU,
    forall=(t, n, B),
)
def gru_is_bounded(goal):
    upper, lower = goal.have(h(t, n, B) <= 1), goal.have(h(t, n, B) >= -1)
    upper.induct(t).auto()
    lower.induct(t).auto()
    goal.auto()


# 5. An error that is multiplied by at most L/4 and grows by at most delta a step stays bounded if L < 4.

e = sequence("e")
BOUND = delta / (1 - L / 4)
ERROR = (ForAll(t, e(t + 1) <= delta + L / 4 * e(t)), Equal(e(0), 0))


@theorem("T5", "the error stays below delta/(1 - L/4)", (1 - L / 4) * e(t) <= delta, under=ERROR,
         given=[L < 4, L >= 0, delta >= 0], forall=(t,))  # fmt: skip
def error_stays(goal):
    goal.induct(t).auto()


if __name__ == "__main__":
    raise SystemExit(main(__file__))
