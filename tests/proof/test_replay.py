"""Lemmas: proved once in letters, used for terms; what their hypotheses do not fit is refused."""

from __future__ import annotations

import pytest
from support.refusals import refuses

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable, sigmoid, tanh
from symlstm.kernel.logic.bounds import cases, positive
from symlstm.kernel.logic.propositions import Equal, Less, LessEqual, Within, assume
from symlstm.kernel.theorem import Theorem, Unsupported, walk
from symlstm.proof.lemmas import CONTRACTION, LONGER, NEAR_ONE, PRODUCT, STAYS_ABOVE, STAYS_BELOW, TANH, WEAKEN
from symlstm.proof.order import HOLE
from symlstm.proof.replay import Lemma, Replay

x, y, b, c, s, p, q = (algebra.atom(Variable(name)) for name in "xybcspq")
E = algebra.exp(p)
SWAPPED = Within(E * y - x, tanh(x), b * c + 1)  # has the lemma's own letters in other places
GROWS = Lemma(LessEqual(tanh(x), tanh(y)), LessEqual(x, y), file=__file__)
SHRINKS = STAYS_ABOVE(assume(LessEqual(0, s)), assume(LessEqual(b, x)), assume(LessEqual(b, s * b + c)), w=c)


@pytest.mark.parametrize(
    ("found", "said"),
    [
        (WEAKEN(assume(SWAPPED), assume(LessEqual(b * c + 1, x))), Within(E * y - x, tanh(x), x)),
        (WEAKEN(assume(SWAPPED), assume(Less(b * c + 1, x))), Within(E * y - x, tanh(x), x)),
        (WEAKEN(assume(SWAPPED), assume(Equal(b * c + 1, x))), Within(E * y - x, tanh(x), x)),
        (GROWS(assume(Equal(p, q))), LessEqual(tanh(p), tanh(q))),
        (TANH(assume(SWAPPED)), Within(tanh(E * y - x), tanh(tanh(x)), b * c + 1)),
        (CONTRACTION(assume(Within(b, x, y))), Within(sigmoid(b), sigmoid(x), tanh(y / 4))),
        (SHRINKS, LessEqual(b, s * x + c)),
    ],
)
def test_a_lemma_for_other_terms_says_the_same_of_them(found: Theorem, said: object) -> None:
    assert found.conclusion == said and {step.conclusion for step in walk(found) if step.rule == "hypothesis"} == (
        found.hypotheses
    )


def test_what_has_no_hypotheses_is_one_step() -> None:
    gate = sigmoid(x)
    lemma = Lemma(Less(0, gate * (1 - gate)), file=__file__)
    assert [step.rule for step in walk(lemma(x=y * c))][-2:] == ["generalise", "specialise"]


@pytest.mark.parametrize(
    ("lemma", "facts", "why"),
    [
        (WEAKEN, (Within(x, y, b), LessEqual(c, x)), "lemma: found c; needed b"),
        (PRODUCT, (Within(x, y, b), Within(p, q, c), Within(x, 1, b), Within(q, 0, b)), "lemma: found 1; needed 0"),
        (PRODUCT, (Within(x, y, b), Within(p, q, c), Within(y, 0, b), Within(q, 0, b)), "lemma: found y; needed x"),
        (WEAKEN, (Within(x, y, b), Within(b, c, 0)), "lemma: found .*needed b <= c"),
        (WEAKEN, (LessEqual(x, y), LessEqual(b, c)), "lemma: found x <= y; needed"),
        (WEAKEN, (Within(x, y, b),), "lemma: found 1 facts; needed 2"),
        (TANH, (LessEqual(x, y),), "lemma: found x <= y; needed"),
        (STAYS_BELOW, (LessEqual(0, s), LessEqual(x, b), LessEqual(b, s * b + c)), "lemma: found"),
    ],
)
def test_a_lemma_refuses_facts_that_its_hypotheses_do_not_fit(lemma, facts, why) -> None:
    refuses(why, lemma, *map(assume, facts))


def test_a_variable_of_which_the_facts_say_nothing_needs_a_value() -> None:
    refuses("lemma: found no value for p", Lemma(Less(sigmoid(p), 1), file=__file__))


def test_values_may_not_divide_by_what_may_be_0() -> None:
    refuses(
        ".* needed a theorem 0 < q", LONGER, assume(Within(x, y, s * b)), assume(Within(p, q, b)), w=1 / q, S=s, b=b
    )


def test_a_rule_that_lemmas_do_not_use_is_unsupported() -> None:
    least = algebra.minimum(x, y)
    parts = (assume(Less(0, x)), assume(Less(0, y)))
    proof = cases(Less(0, algebra.atom(HOLE)), HOLE, least, *parts)
    with pytest.raises(Unsupported, match="a lemma by the rule cases"):
        Replay({}, {part.conclusion: part for part in parts}).of(proof)


def test_a_wrong_gap_is_refused() -> None:
    gaps = [assume(LessEqual(1 - x * s, b)), assume(LessEqual(y * s - 1, c))]
    known = [assume(Less(0, s)), assume(LessEqual(x, p)), assume(LessEqual(p, y))]
    refuses("lemma: found c; needed b", NEAR_ONE, *known, *gaps, w=s)
    assert positive(E).conclusion == Less(0, E)
