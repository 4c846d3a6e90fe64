"""The small steps of a proof, for statements about symbols: B -> oo, every t, every input.

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
