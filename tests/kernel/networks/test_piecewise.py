"""relu and step of enclosures: exact where the sign is decided, never tighter than a brute-force oracle allows."""

from __future__ import annotations

from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from support.systems import error, k, near, rational

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable, atom
from symlstm.kernel.networks.enclosures import Enclosure, EnclosureArithmetic, Error
from symlstm.kernel.networks.signs import OnBox, Range
from symlstm.kernel.parameters import Assumptions, Certificate
from symlstm.model.file.parser import parse_entry as term

EXACT, LATER, LIMITS = (EnclosureArithmetic(k, k0) for k0 in (fmpq(1), fmpq(4), None))
TINY = Error(tiny=True)
HALF = Fraction(1, 2)

# what it is applied to (main, error, side), then main, error and side of the value for k >= 1
RELU = {
    "a positive number": (("2", {}, 0), ("2", {}, 0)),
    "a negative number": (("-2", {}, 0), ("0", {}, 0)),
    "0": (("0", {}, 0), ("0", {}, 0)),
    "an irrational number": (("tanh(1)", {}, 0), ("tanh(1)", {}, 0)),
    "its negative": (("-tanh(1)", {}, 0), ("0", {}, 0)),
    "near 1, surely positive": (("1", {(0, 1): 1}, 0), ("1", {(0, 1): 1}, 0)),
    "near -1, surely negative": (("-1", {(0, 1): 1}, 0), ("0", {}, 0)),
    "near 0": (("0", {(0, 1): 1}, 0), ("0", {(0, 1): 1}, 0)),
    "near 1, perhaps negative": (("1", {(0, 1): 9}, 0), ("1", {(0, 1): 9}, 0)),
    "near -1, perhaps positive": (("-1", {(0, 1): 9}, 0), ("0", {(0, 1): 9}, 0)),
    "growing from above 0": (("3*k - 2", {}, 0), ("3*k - 2", {}, 0)),
    "growing from below 0": (("k - 2", {}, 0), ("0", {}, 1)),
    "falling from below 0": (("-k", {}, 0), ("0", {}, 0)),
    "falling from above 0": (("2 - k", {}, 0), ("0", {}, 1)),
    "steeper than its error": (("2*k", {(1, 0): 1}, 0), ("2*k", {(1, 0): 1}, 0)),
    "less steep than its error": (("k", {(1, 0): 2}, 0), ("0", {}, 1)),
    "at least 1": (("1", {}, 1), ("1", {}, 1)),
    "at least -1": (("-1", {}, 1), ("0", {}, 1)),
    "at most 2": (("2", {}, -1), ("1", {(0, 0): 1}, 0)),
    "at most -1": (("-1", {}, -1), ("0", {}, 0)),
    "at most -1, nearly": (("-1", {(0, 1): 9}, -1), ("0", {(0, 1): 9}, 0)),
    "at most 2, nearly": (("2", {(0, 1): 1}, -1), ("1", {(0, 0): 1, (0, 1): 1}, 0)),
}
STEP = {
    "a positive number": (("2", {}, 0), "1"),
    "a negative number": (("-2", {}, 0), "0"),
    "0": (("0", {}, 0), "1"),
    "near 1": (("1", {(0, 1): 1}, 0), "1"),
    "near -1": (("-1", {(0, 1): 1}, 0), "0"),
    "near 0": (("0", {(0, 1): 1}, 0), None),
    "near 1, perhaps negative": (("1", {(0, 1): 9}, 0), None),
    "growing from above 0": (("3*k - 2", {}, 0), "1"),
    "growing from 0": (("k - 1", {}, 0), "1"),
    "falling from 0": (("1 - k", {}, 0), None),
    "growing from below 0": (("k - 2", {}, 0), None),
    "at least 0": (("0", {}, 1), "1"),
    "at most 0": (("0", {}, -1), None),
    "at most -1": (("-1", {}, -1), "0"),
    "at least -1": (("-1", {}, 1), None),
}


def signal(main, terms, side):
    return Enclosure(term(main), error(terms), side)


@pytest.mark.parametrize("name", RELU)
def test_what_relu_gives(name):
    given_, (main, bound, side) = RELU[name]
    found = EXACT.apply("relu", signal(*given_))
    assert (found.main, found.error, found.side) == (term(main), error(bound), side)


@pytest.mark.parametrize("name", STEP)
def test_what_step_gives(name):
    given_, main = STEP[name]
    found = EXACT.apply("step", signal(*given_))
    expected = (term(main), Error()) if main else (algebra.rational(1, 2), error({(0, 0): HALF}))
    assert (found.main, found.error, found.side) == (*expected, 0)


def test_of_what_is_unknown_only_the_range_is_known():
    relu, step = EXACT.apply("relu", None), EXACT.apply("step", None)
    assert (relu.main, relu.error, relu.side) == (Term({}), Error(), 1)
    assert (step.main, step.error, step.side) == (algebra.rational(1, 2), error({(0, 0): HALF}), 0)


def test_a_larger_least_scale_decides_more():
    assert LATER.apply("relu", near(k - 2)).main == term("k - 2")
    assert LATER.apply("step", near(k - 2)).main == algebra.rational(1)


@pytest.mark.parametrize(
    ("main", "terms", "relu", "step"),
    [
        ("k - 2", {}, "k - 2", "1"),
        ("2 - k", {}, "0", "0"),
        ("1", {(0, 1): 9}, "1", "1"),
        ("-1", {(0, 1): 9}, "0", "0"),
        ("k", {(0, 0): 9}, "k", "1"),
    ],
)
def test_for_k_to_infinity_a_sign_that_holds_from_some_k_on_is_enough_and_leaves_a_tiny_error(main, terms, relu, step):
    given_ = signal(main, terms, 0)
    assert LIMITS.apply("relu", given_).main == term(relu) and LIMITS.apply("relu", given_).error.tiny
    assert (LIMITS.apply("step", given_).main, LIMITS.apply("step", given_).error) == (term(step), TINY)


def test_for_k_to_infinity_a_number_stays_exact():
    assert LIMITS.apply("relu", near(2)).error.is_zero and LIMITS.apply("step", near(0)).error.is_zero


@pytest.mark.parametrize("tiny", [Error(tiny=True), error({(0, 1): 1})])
def test_a_step_that_meets_0_only_in_the_limit_is_not_decided(tiny):
    found = LIMITS.apply("step", Enclosure(Term({}), tiny))
    assert found.error == error({(0, 0): HALF})


def test_a_constant_error_as_large_as_the_number_decides_nothing():
    assert LIMITS.apply("step", signal("1", {(0, 0): 1}, 0)).error == error({(0, 0): HALF})
    assert LIMITS.apply("step", signal("1", {(0, 0): Fraction(9, 10)}, 0)).main == algebra.rational(1)


def test_a_parameter_has_no_sign():
    w = Variable("w")
    calculus = EnclosureArithmetic(k, fmpq(1), (w,))
    assert calculus.apply("step", near(atom(w))).error == error({(0, 0): HALF})
    assert calculus.apply("relu", near(atom(w))).side == 1


N = Variable("n")
n = atom(N)
FORMS = [  # what relu is applied to, the range of n, the side of its error; what it gives, None: only that it is not negative
    (n, (0, None), 0, n),
    (n - 1, (1, 9), 0, n - 1),
    (2 - n, (2, None), 0, Term({})),
    (2 - n, (2, None), -1, Term({})),
    (n - 1, (1, None), 1, n - 1),
    (algebra.tanh(n) - 1, (0, None), 0, Term({})),
    (n - 1, (0, None), 0, None),
    (n, (None, None), 0, None),
    (n + k, (0, None), 0, None),
]


@pytest.mark.parametrize(("form", "ends", "side", "expected"), FORMS)
def test_relu_of_a_counter_is_decided_where_its_sign_is_the_same_on_the_whole_range(form, ends, side, expected):
    calculus = EnclosureArithmetic(k, None, (N,), OnBox(box={N: Range(*ends)}))
    found = calculus.apply("relu", Enclosure(form, TINY, side))
    given_ = (Term({}), Error(), 1) if expected is None else (expected, TINY, side)
    assert (found.main, found.error, found.side) == given_


def test_relu_of_a_parameter_is_decided_by_an_assumption():
    w = Variable("w")
    positive = Certificate(algebra.rational(1), (Term({}), algebra.rational(1)))
    given_ = Assumptions((atom(w),), {atom(w): positive})
    assert EnclosureArithmetic(k, fmpq(1), (w,), given_).apply("relu", near(atom(w))).main == atom(w)


line = st.tuples(st.integers(-3, 3), st.integers(-3, 3))
gentle = st.dictionaries(
    st.tuples(st.integers(-1, 1), st.sampled_from([0, 1, HALF])), st.sampled_from([1, HALF, 3]), max_size=3
).filter(lambda e: all(rate or power <= 0 for power, rate in e))


@pytest.mark.slow
@settings(deadline=None, max_examples=300)
@given(line, gentle, st.sampled_from([-1, 0, 1]), st.integers(-8, 8), st.sampled_from([1, HALF, 3]), st.integers(0, 5))
def test_no_value_that_the_signal_may_have_leaves_the_enclosure(coefficients, terms, side, where, k0, further):
    """The oracle: the value itself, in exact rationals up to the error, whose ball is narrow."""
    m, b = coefficients
    start = rational(k0)
    scale = start + fmpq(further, 2)
    calculus, given_ = EnclosureArithmetic(k, start), Enclosure(k * m + b, error(terms), side)
    with ctx.workprec(300):
        radius = sum(
            (a * arb(scale) ** p * (-r * arb(scale)).exp() for (p, r), a in given_.error.terms.items()), arb(0)
        )
        offset = arb(fmpq(where, 8)) * radius if not side else side * (abs(arb(fmpq(where))) - radius)
        s = m * scale + b + offset
        for function, truth in (("relu", s.max(arb(0))), ("step", _step(s))):
            found = calculus.apply(function, given_)
            bound = sum(
                (a * arb(scale) ** p * (-r * arb(scale)).exp() for (p, r), a in found.error.terms.items()), arb(0)
            )
            off = truth - algebra.ball(found.main, {k: arb(scale)})
            assert found.side * off >= -bound or not found.side or (found.side * off + bound).contains(0)
            assert found.side or abs(off) <= bound or (abs(off) - bound).contains(0)


def _step(s: arb) -> arb:
    return arb(1) if s >= 0 else arb(0) if s < 0 else arb(HALF.numerator) / HALF.denominator


# the terms


def test_of_a_rational_number_they_are_numbers():
    assert [algebra.relu(algebra.rational(x)) for x in (-2, 0, 3)] == [0, 0, 3]
    assert [algebra.step(algebra.rational(x)) for x in (-2, 0, 3)] == [0, 1, 1]


def test_of_anything_else_they_are_inert():
    a = Variable("a")
    assert algebra.relu(atom(a)) == atom(Apply("relu", atom(a)))
    assert algebra.step(algebra.tanh(algebra.rational(1))) != 1


@pytest.mark.parametrize("function", ["relu", "step"])
def test_a_quotient_by_them_is_no_term_of_a_network(function):
    inert = atom(Apply(function, algebra.tanh(algebra.rational(1))))
    assert algebra.is_normal(inert) and not algebra.is_normal(algebra.inverse(inert))


@pytest.mark.parametrize(("value", "found"), [(-1, 0), (0, 1), (2, 1)])
def test_a_ball_around_a_step_is_a_number_where_the_sign_is_certain(value, found):
    assert algebra.BALLS["step"](arb(value)) == found
    straddling = algebra.BALLS["step"](arb(0, 1))
    assert straddling.contains(0) and straddling.contains(1)


def test_a_number_that_is_applied_to_is_decided_by_its_sign():
    """relu(tanh(1)) is tanh(1): a value of the saturated network is compared by its form."""
    inert = atom(Apply("relu", algebra.tanh(algebra.rational(1))))
    assert EXACT.evaluate(inert, {}).main == algebra.tanh(algebra.rational(1))
