"""The arithmetic of expansions: what encloses the truth at every scale, and what is refused."""

from __future__ import annotations

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from support.refusals import refuses

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable, rational
from symlstm.kernel.expansions import CONSTANT, LINEAR, Expansion, Expansions, Order
from symlstm.kernel.theorem import RuleError

K = Variable("k")
k = algebra.atom(K)
rates = st.integers(1, 4).map(rational)
numbers = st.fractions(-3, 3, max_denominator=4).map(lambda q: rational(q.numerator, q.denominator))


def combined(inner):
    """Terms built from terms."""
    return st.one_of(
        st.builds(lambda x, y: x + y, inner, inner),
        st.builds(lambda x, y: x * y, inner, inner),
        st.builds(lambda x, q: algebra.sigmoid(x * q), inner, rates),
        st.builds(lambda x, q: algebra.tanh(x - q * k), inner, rates),
        st.builds(lambda x: 1 / (3 + algebra.sigmoid(x)), inner),
        st.builds(lambda x: algebra.exp(algebra.tanh(x)), inner),
    )


terms = st.recursive(
    st.one_of(numbers, st.just(k), st.builds(lambda q: algebra.exp(k * -q), rates)), combined, max_leaves=5
)


def by_its_tree(term: Term, at: arb) -> arb:
    """The value in balls, by code of its own: sums of products of applied functions."""
    total = arb(0)
    for mono, c in term.monomials.items():
        product = arb(c)
        for a, n in mono:
            if a == K:
                product *= at**n
                continue
            x = by_its_tree(a.argument, at)
            value = {
                "exp": x.exp, "tanh": x.tanh, "sigmoid": lambda x=x: 1 / (1 + (-x).exp()), "inverse": lambda x=x: 1 / x,
            }[a.function]()  # fmt: skip
            product *= value**n
        total += product
    return total


@pytest.mark.slow
@settings(max_examples=60, deadline=None)
@given(terms, st.sampled_from([1, 2, 5]), st.sampled_from([fmpq(1, 2), fmpq(1), fmpq(4)]))
def test_the_truth_lies_within_the_rest_at_every_scale(term: Term, length: int, k0: fmpq) -> None:
    try:
        found = Expansions(K, k0, length).evaluate(term, {})
    except RuleError:
        return
    for factor in (fmpq(1), fmpq(21, 20), fmpq(2), fmpq(10)):
        with ctx.workprec(2000):
            at = arb(k0 * factor)
            main = sum((by_its_tree(c, at) * of(order, at) for order, c in found.main.items()), arb(0))
            rest = sum((arb(a) * of(order, at) for order, a in found.rest.items()), arb(0))
            assert abs(by_its_tree(term, at) - main) <= rest + arb(2) ** -900


def of(order: Order, at: arb) -> arb:
    return at**order.power * (-by_its_tree(order.rate, at) * at).exp()


def test_leading_terms_cancel_exactly() -> None:
    f = algebra.sigmoid(k)
    found = Expansions(K, None, 4).evaluate((1 - f**3) / (1 - f), {})
    assert next(iter(found.main.items())) == (CONSTANT, rational(3))


@pytest.mark.parametrize(
    ("term", "message"),
    [
        (algebra.exp(algebra.exp(k)), "an exponent that grows faster than k"),
        (algebra.absolute(k), "needed k, tanh"),
        (algebra.power(k, algebra.atom(Variable("t", "natural"))), "a leading term c e"),
        (algebra.sigmoid(k) / algebra.atom(Variable("C")), "constant"),
    ],
)  # fmt: skip
def test_refuses(term: Term, message: str) -> None:
    refuses(message, Expansions(K, None, 3).evaluate, term, {})


def test_refuses_a_divisor_that_may_be_0_beyond_the_first_scale() -> None:
    refuses("may be 0 at some scale >= 1", Expansions(K, fmpq(1), 3).evaluate, 1 / (1 - 5 * algebra.exp(-k)), {})
    assert Expansions(K, fmpq(4), 3).evaluate(1 / (1 - 5 * algebra.exp(-k)), {}).main


def test_refuses_a_rest_that_hides_the_leading_term() -> None:
    refuses("nothing but a rest", Expansions(K, None, 1).inverse, Expansion({}, {Order(0, rational(1)): fmpq(1)}))


def test_refuses_a_symbolic_power_where_constants_are_wanted() -> None:
    t = algebra.atom(Variable("t", "natural"))
    refuses("a number, where constants are wanted", Expansions(K, fmpq(1), 2).evaluate, algebra.sigmoid(k) ** t, {})


def test_refuses_a_power_series_in_what_does_not_vanish() -> None:
    growing, one = Expansion({LINEAR: rational(1)}), rational(1)
    refuses("one that tends to 0", Expansions(K, fmpq(1), 2).compose, [one, one], growing, fmpq(1))


@pytest.mark.parametrize("k0", [0, fmpq(0), 1.5, fmpq(-1)])
def test_refuses_a_first_scale_that_is_no_positive_rational(k0: object) -> None:
    refuses("a rational k0 > 0", Expansions, K, k0, 2)


def test_the_circle_is_not_below_four_over_pi() -> None:
    from symlstm.kernel.expansions import CIRCLE

    with ctx.workprec(64):
        assert arb(CIRCLE) > 4 / arb.pi()
