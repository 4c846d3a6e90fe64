"""Statements about symbols and what proves them: for B -> oo, every t, every input.

Which rule for what. Every line here can be run; `lemma` and `theorem` (a claim, with an id and a name) take the same arguments.

    from symlstm import limit
    from symlstm.steps import *

    t, n = natural("t"), natural("n")
    B, C, x, y = map(real, ("B", "C", "x", "y"))
    c = sequence("c")
    f = sigmoid(B)
    LEAKY = [ForAll(t, Equal(c(t + 1), f * c(t))), Equal(c(0), C)]  # definitions: under=; bounds of numbers: given=

    # auto: orders and distances, squares, |x|, minima and maxima, numbers, limits
    lemma(LessEqual(1 - tanh(B), 2 * exp(-2 * B))).auto()
    lemma(sigmoid(x) * (1 - sigmoid(x)) <= Rational(1, 4)).auto()  # no floats; Less, LessEqual where SymPy decides itself
    lemma(Less(Rational(99, 100), sigmoid(5))).auto()
    lemma(abs(x + y) <= B + C, given=[abs(x) <= B, Within(y, 0, C)]).auto()  # Within(v, c, b) is |v - c| <= b
    lemma(every(TendsTo(f**t, t, 0), Diverges(exp(B) - B, B, 1))).auto()  # several statements; -1 for -oo

    # induct: for every t; the step has the statement at t among its facts
    closed = lemma(Equal(c(t), f**t * C), under=LEAKY, forall=(t,)).induct(t)
    lemma(Equal(Sum(n, (n, 0, t - 1)), t * (t - 1) / 2), forall=(t,)).induct(t)

    # what was proved before goes to auto: a lemma, a theorem, a rule's result; its hypotheses have to follow from what is given
    lemma(TendsTo(c(t), t, 0), under=LEAKY).auto(closed)
    near = limit(f, B).within(Rational(1, 20000)).theorem  # for all B >= 317/32, as it finds
    lemma(LessEqual(1 - f, Rational(1, 20000)), given=[B >= 10]).auto(near)

    # a fact for all values is found by its sequences and functions; else say at which values
    square = lemma(LessEqual(0, x**2), forall=(x,)).auto()
    lemma(LessEqual(0, (y - C) ** 2)).auto(specialise(square(), y - C))

    # have: a fact on the way, in goal.facts once it is proved
    @lemma(1 - sigmoid(B + C) <= exp(1 - B), given=[C >= -1])
    def with_a_peephole(goal):
        goal.have(sigmoid(B + C) >= sigmoid(B - 1)).auto()
        goal.have(1 - sigmoid(B - 1) <= exp(1 - B)).auto()
        goal.auto()

    # cases: of a minimum, a maximum or |x|; each is a goal
    @lemma(Max(x, -x) ** 2 <= 1, given=[Within(x, 0, 1)])
    def in_two_cases(goal):
        goal.cases(Max(x, -x)).auto()

    # by: a rule by hand, whose docstring is its inference figure
    @lemma(sigmoid(x) < sigmoid(y), given=[x < y])
    def by_hand(goal):
        goal.by(monotone(goal.facts[0], sigmoid))

A lemma is proved where it is called: closed() is the theorem. A goal that is left is printed with its facts and with what
auto needed. The rules:

Propositions        Equal, Less, LessEqual, Within (|v - c| <= b), TendsTo, ForAll, Conjunction
variables           real, natural, sequence
logic               assume, generalise, specialise, rewrite, together, cases, induction
order and distance  positive, arithmetic, monotone, extremum, absolute_value, sides
limits              continuity, squeeze, iterate, exponential_decay, geometric_decay
sums                empty_sum, last_term
derived from these  reciprocal, tanh_above_cubic, triangle, weaken, product, lipschitz, sigmoid_contraction,
                    operator_norm
the cell            lstm_gates, lstm_update, Arithmetic: PyTorch's equations, for any arithmetic

Expressions are SymPy's, or the kernel's terms; what a theorem says are terms, which SymPy takes for expressions:
`sympify(theorem.conclusion.rhs)`. Each rule's docstring is its inference figure; a rule that does not apply raises
RuleError and says what it found and what it needs. `proofs/rnn_in_lstm.py` is written with these alone. The rules live in
`symlstm.kernel`, which is what has to be trusted, and the derived ones, which need no trust, in
`symlstm.proof.lemmas`; this module only names them.
"""

from sympy import Abs, Max, Min, Rational, Sum, exp, tanh

from symlstm.kernel.logic.bounds import absolute_value, sides
from symlstm.kernel.logic.limits import iterate, squeeze
from symlstm.kernel.logic.propositions import rewrite, together
from symlstm.model.activations import sigmoid
from symlstm.model.cells import Arithmetic, lstm_gates, lstm_update
from symlstm.model.translation import natural, real, sequence
from symlstm.notebook.display import attach
from symlstm.proof import lemmas
from symlstm.proof.goals import Goal, auto, every, inductively, lemma, theorem
from symlstm.proof.lemmas import (
    operator_norm,
    product,
    reciprocal,
    sigmoid_contraction,
    tanh_above_cubic,
    triangle,
    weaken,
)
from symlstm.proof.written import (
    Conjunction,
    Diverges,
    Equal,
    ForAll,
    Less,
    LessEqual,
    TendsTo,
    Within,
    arithmetic,
    assume,
    cases,
    continuity,
    empty_sum,
    exponential_decay,
    extremum,
    generalise,
    geometric_decay,
    last_term,
    monotone,
    positive,
    specialise,
    told,
)
from symlstm.proof.written import by_induction as induction

lipschitz = told(lemmas.lipschitz)

__all__ = [
    "Abs",
    "Arithmetic",
    "Conjunction",
    "Diverges",
    "Equal",
    "ForAll",
    "Goal",
    "Less",
    "LessEqual",
    "Max",
    "Min",
    "Rational",
    "Sum",
    "TendsTo",
    "Within",
    "absolute_value",
    "arithmetic",
    "assume",
    "auto",
    "cases",
    "continuity",
    "empty_sum",
    "every",
    "exp",
    "exponential_decay",
    "extremum",
    "generalise",
    "geometric_decay",
    "induction",
    "inductively",
    "iterate",
    "last_term",
    "lemma",
    "lipschitz",
    "lstm_gates",
    "lstm_update",
    "monotone",
    "natural",
    "operator_norm",
    "positive",
    "product",
    "real",
    "reciprocal",
    "rewrite",
    "sequence",
    "sides",
    "sigmoid",
    "sigmoid_contraction",
    "specialise",
    "squeeze",
    "tanh",
    "tanh_above_cubic",
    "theorem",
    "together",
    "triangle",
    "weaken",
]  # fmt: skip

attach()  # so that a theorem shows its statement at a prompt
