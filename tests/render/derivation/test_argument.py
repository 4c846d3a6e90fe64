"""Proofs as a reader sees them: a derived rule is one step, by its name, without its proof."""

from __future__ import annotations

import pytest
from sympy import Abs, Sum, tanh

from symlstm.kernel.theorem import Theorem
from symlstm.proof.lemmas import operator_norm, product, sigmoid_contraction, triangle, weaken
from symlstm.render.derivation.argument import Argument
from symlstm.render.derivation.numbering import Ledger
from symlstm.render.documents.document import Paragraph
from symlstm.render.documents.markdown import MarkdownWriter
from symlstm.steps import (
    ForAll,
    Less,
    LessEqual,
    Within,
    assume,
    lipschitz,
    natural,
    positive,
    real,
    sequence,
    sides,
    specialise,
)

x, y, b, L = map(real, "xybL")
n, m, d = map(natural, "nmd")
h, r, U = map(sequence, "hrU")
near, x_size, y_size = (assume(Within(*p)) for p in ((x, y, b), (x, 0, L), (y, 0, L)))
states = specialise(assume(ForAll((n,), Within(h(n), r(n), b))), m)
rows = assume(LessEqual(Sum(Abs(U(n, m)), (m, 1, d)), L))
BY_MEANS = "By the mean value theorem, with slopes at most 1/4 (of σ) and 1 (of tanh), (1) gives"

STEPS = [
    (lipschitz(near, tanh), ["Suppose", BY_MEANS]),
    (sigmoid_contraction(near), ["Suppose", "By the addition formula for the sigmoid, (1) gives"]),
    (triangle(Within(x, y, b), near), ["Suppose", "By the triangle inequality, from (1),"]),
    (weaken(near, assume(LessEqual(b, L))), ["Suppose", "Suppose", "Enlarging the bound of (1) by (2),"]),
    (product(near, near, x_size, y_size), ["Suppose"] * 3 + ["For the product, by (1), (2) and (3),"]),
    (operator_norm(states, rows), ["Suppose", "Suppose", "Summing (1) over the coordinates, with the row sums (2),"]),
    (sides(near)[0], ["Suppose", "On one side (1) says"]),
    (positive(1 / x, assume(Less(0, x))), ["Suppose", "By (1), exponentials, σ, 1 − σ and 1 − tanh being positive,"]),
]


@pytest.mark.parametrize(("theorem", "said"), STEPS, ids=[theorem.rule for theorem, _ in STEPS])
def test_a_proof_says_rule_after_rule(theorem: Theorem, said: list[str]) -> None:
    steps = Argument(theorem, Ledger()).steps()
    assert [MarkdownWriter().block(step).strip() for step in steps if isinstance(step, Paragraph)] == said
