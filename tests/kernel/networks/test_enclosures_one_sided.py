"""One-sided enclosures: sums, products and functions of numbers that are only known to be beyond something.

The oracle draws a scale and numbers that the signals admit, computes with them in 200 digits,
and asks whether the result's signal still admits what came out.
"""

from __future__ import annotations

from fractions import Fraction

import mpmath
import pytest
import sympy
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from support.systems import ONE, error, exactly, h, k, r, rational, term, value_at
from sympy import exp, tanh

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.enclosures import Enclosure, EnclosureArithmetic
from symlstm.kernel.theorem import RuleError
from symlstm.model.activations import sigmoid
from symlstm.model.translation import to_sympy

EXACT, LIMITS = EnclosureArithmetic(k, fmpq(1)), EnclosureArithmetic(k, None)
FUNCTIONS = {"tanh": mpmath.tanh, "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z))}
SLACK = mpmath.mpf(10) ** -150  # of the oracle's own rounding

small = st.fractions(-3, 3, max_denominator=6)
amplitudes = st.fractions(0, 2, max_denominator=6)
rates = st.sampled_from([0, 1, 2, 50])
errors = st.dictionaries(st.tuples(st.just(0), rates), amplitudes, max_size=2).map(error)
linear = st.dictionaries(st.just((1, 0)), amplitudes, max_size=1).map(error)
scales = st.fractions(1, 40, max_denominator=4)
shares = st.fractions(0, 1, max_denominator=8)
SIDES = st.sampled_from([-1, 0, 1])
SLOPES = [*map(Fraction, (0, 0, 1, -1, 3, -3))]
distances = st.fractions(0, 50, max_denominator=3)
PARAMETER = Variable("p")


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(200):
        yield


@st.composite
def signals(draw, slopes=(Fraction(0),), sides=SIDES, with_linear=False):
    """A signal with main = slope k + offset; and which of the numbers that it admits, for `admitted`."""
    slope, offset, side = draw(st.sampled_from(slopes)), draw(small), draw(sides)
    bound = draw(errors) + (draw(linear) if with_linear else error({}))
    main = sympy.Rational(slope.numerator, slope.denominator) * k if slope else sympy.Integer(0)
    main += sympy.Rational(offset.numerator, offset.denominator)
    return Enclosure(term(main), bound, side), (draw(shares), draw(distances), draw(st.booleans()))


def admitted(signal, drawn, scale):
    """A number that the signal admits at the scale: part of the error away, and for one side any distance beyond."""
    inside, beyond, up = drawn
    size = value_at(signal.error, scale) * exactly(rational(inside))
    if not signal.side:
        return main_at(signal, scale) + (size if up else -size)
    away = -size if up else exactly(rational(beyond))
    return main_at(signal, scale) + signal.side * away


def main_at(signal, scale):
    value = mpmath.mpf(0)
    for power, c in signal.main.coefficients(k).items():
        value += exactly(c.rational()) * exactly(scale) ** power
    return value


def admits(signal, number, scale):
    """Whether the number obeys what the signal says at the scale."""
    off, size = number - main_at(signal, scale), value_at(signal.error, scale) + SLACK
    within = {0: abs(off) <= size, 1: off >= -size, -1: off <= size}[signal.side]
    return within and (not signal.sign or signal.sign * number > 0)


@pytest.mark.slow
@settings(deadline=None)
@given(st.lists(signals(), min_size=1, max_size=4), scales.map(rational))
def test_a_sum_admits_every_sum(drawn, scale):
    total = EXACT.add([signal for signal, _ in drawn])
    sides = {signal.side for signal, _ in drawn} - {0}
    if len(sides) > 1:
        assert total is None
    else:
        assert total.side == sum(sides)
        assert admits(total, sum(admitted(signal, choice, scale) for signal, choice in drawn), scale)


@pytest.mark.slow
@settings(deadline=None)
@given(signals(), signals(), scales.map(rational), st.sampled_from([-1, 1]))
def test_a_product_admits_every_product_with_a_number_of_known_sign(one, other, scale, sign):
    """The other factor's sign is known: its main part is moved until all that it admits has that sign."""
    (x, chosen), (y, choice) = one, other
    size = max(value_at(y.error, rational(1)), value_at(y.error, scale)) + abs(main_at(y, scale)) + 1
    shift = sympy.Integer(int(mpmath.ceil(size)) * sign)
    y = Enclosure(y.main + term(shift), y.error, 0, sign)
    product = EXACT.multiply(x, y)
    assert product.side == x.side * sign
    assert admits(product, admitted(x, chosen, scale) * admitted(y, choice, scale), scale)
    again = EXACT.multiply(y, x)
    assert again.side == product.side and again.error.terms == product.error.terms


@pytest.mark.slow
@settings(deadline=None)
@given(signals(sides=st.sampled_from([-1, 1])), signals())
def test_a_one_sided_factor_asks_for_the_other_s_sign(one, other):
    assert EXACT.multiply(one[0], other[0]) is None and EXACT.multiply(other[0], one[0]) is None


def test_two_one_sided_factors_have_no_product_even_of_known_sign():
    x = Enclosure(term(1), error({}), 1, 1)
    assert EXACT.multiply(x, x) is None
    assert EXACT._atom(h, 2, {h: Enclosure(term(1), error({}), 1)}) is None


@pytest.mark.slow
@settings(max_examples=200, deadline=None)
@given(
    signals(slopes=SLOPES, with_linear=True),
    scales.map(rational),
    st.sampled_from(["tanh", "sigmoid"]),
)
def test_a_function_admits_every_value(drawn, scale, function):
    signal, choice = drawn
    found = EXACT.apply(function, signal)
    number = FUNCTIONS[function](admitted(signal, choice, scale))
    assert found.side == 0
    off = abs(number - constant(found, scale))
    assert off <= value_at(found.error, scale) + SLACK
    assert found.sign in (0, 1) and (not found.sign or function == "sigmoid")


def constant(signal, scale):
    """The main part of a function's signal in 200 digits; it may hold tanh of rationals."""
    return mpmath.mpf(
        to_sympy(signal.main).subs(to_sympy(algebra.atom(k)), sympy.Rational(int(scale.p), int(scale.q))).evalf(190)
    )


def one_sided(value, side, terms=None):
    return Enclosure(term(value), error(terms or {}), side)


@pytest.mark.parametrize(
    ("value", "side", "limit"),
    [
        (100 * k, 1, 1),
        (100 * k - 7, 1, 1),
        (-100 * k, -1, 0),
        ((100 * tanh(1) - 50) * k, 1, 1),
        ((50 - 100 * tanh(1)) * k, -1, 0),
    ],
)
def test_a_bound_on_the_right_side_saturates(value, side, limit):
    for arithmetic in (EXACT, LIMITS):
        found = arithmetic.apply("sigmoid", one_sided(value, side))
        assert found.limit.rational() == limit and found.side == 0


@pytest.mark.parametrize(("value", "side"), [(100 * k, -1), (-100 * k, 1)])
def test_a_bound_on_the_wrong_side_says_no_more_than_the_range(value, side):
    found = EXACT.apply("tanh", one_sided(value, side))
    assert found.main.rational() == 0 and found.error.at(ONE) == 1


@pytest.mark.parametrize(
    ("slope", "linear_error", "saturates"),
    [(100, 99, True), (100, 100, False), (100, 101, False), (-100, 99, True), (-100, 100, False), (0, 1, False)],
)
def test_an_error_that_grows_with_k_is_outgrown_or_leaves_the_range(slope, linear_error, saturates):
    signal = one_sided(slope * k, 0, {(1, 0): linear_error})
    for arithmetic in (EXACT, LIMITS):
        found = arithmetic.apply("sigmoid", signal)
        assert found.error.vanishes == saturates


def test_an_error_of_constant_size_does_not_hinder_saturation():
    found = LIMITS.apply("sigmoid", one_sided(k, 1, {(0, 0): 1000}))
    assert found.limit.rational() == 1


@pytest.mark.parametrize(
    ("function", "value", "side", "low", "high"),
    [
        ("tanh", 2, 1, mpmath.tanh(2), 1),
        ("tanh", 2, -1, -1, mpmath.tanh(2)),
        ("tanh", -2, 1, -mpmath.tanh(2), 1),
        ("sigmoid", 0, 1, 0.5, 1),
        ("sigmoid", 0, -1, 0, 0.5),
    ],
)
def test_beyond_a_constant_a_value_lies_between_it_and_the_end_of_the_range(function, value, side, low, high):
    found = EXACT.apply(function, one_sided(value, side))
    middle, half = constant(found, ONE), value_at(found.error, ONE)
    assert abs((middle - half) - low) < 1e-15 and abs((middle + half) - high) < 1e-15


def test_the_excess_of_what_is_further_beyond_is_its_error():
    near, far = one_sided(2, 1, {(0, 3): 1}), one_sided(5, 1, {(0, 3): 1})
    assert EXACT.excess(far, near).terms == {(0, 3): 1}
    assert EXACT.excess(near, far).terms == {(0, 3): 1, (0, 0): 3}


@pytest.mark.parametrize(("side", "holders"), [(0, {-1, 0, 1}), (1, {1}), (-1, {-1})])
def test_a_box_holds_what_its_side_says(side, holders):
    held = {of for of in (-1, 0, 1) if EXACT.excess(one_sided(1, side), one_sided(1, of)) is not None}
    assert held == holders


@pytest.mark.slow
@settings(deadline=None)
@given(signals(), signals(), scales.map(rational))
def test_what_is_held_is_admitted(one, bound, scale):
    """The number that one signal admits is admitted by the other's main part and side with the excess as error."""
    (signal, choice), (box, _) = one, bound
    excess = EXACT.excess(signal, box)
    if excess is not None:
        assert admits(Enclosure(box.main, excess, box.side), admitted(signal, choice, scale), scale)


@pytest.mark.parametrize(
    ("factor", "side"),
    [
        (3 * k, 1),
        (-k * tanh(2), -1),
        (exp(2) * k, 1),
        (-3 * sigmoid(h), -1),
        (sigmoid(h) + 1, 1),  # both terms to one side
        (tanh(3) - 1, None),  # to both sides
        (tanh(h), None),
        (tanh(3 * k), None),
        (PARAMETER * k, None),
    ],
)
def test_a_factor_carries_one_side_over_if_its_sign_is_known(factor, side):
    arithmetic = EnclosureArithmetic(k, fmpq(1), (PARAMETER,))
    found = arithmetic.evaluate(term(factor * r), {h: one_sided(0, 0, {(0, 0): 1}), r: one_sided(2, 1)})
    assert (found.side if found else None) == side


@pytest.mark.parametrize("arithmetic", [EXACT, LIMITS])
def test_a_one_sided_signal_has_no_limit(arithmetic):
    found = arithmetic.evaluate(term(2 * h), {h: one_sided(1, 1)})
    assert found.side == 1
    with pytest.raises(RuleError, match=r"limit: found 2 with"):
        assert found.limit


def test_a_register_is_unknown_even_beside_what_is_known():
    assert EXACT.evaluate(term(h + r), {h: one_sided(1, 1)}) is None
    assert EXACT.evaluate(term(tanh(r)), {}).error.at(ONE) == 1
