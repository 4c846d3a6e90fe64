"""Enclosures: every bound dominates in 200-digit arithmetic, and each rule refuses what it has no bound for."""

from fractions import Fraction

import mpmath
import pytest
from flint import arb, ctx, fmpq
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from support.systems import ONE, a, b, error, exactly, h, k, near, rational, term, value_at
from sympy import exp, tanh

from symlstm.kernel import algebra
from symlstm.kernel.algebra import atom
from symlstm.kernel.networks.enclosures import (
    BOUNDED,
    SIZE,
    Enclosure,
    EnclosureArithmetic,
    Error,
    lower,
    magnitude,
    peak,
    upper,
)
from symlstm.kernel.theorem import RuleError
from symlstm.model.activations import sigmoid

EXACT, LIMITS = EnclosureArithmetic(k, fmpq(1)), EnclosureArithmetic(k, None)
FUNCTIONS = {"tanh": mpmath.tanh, "sigmoid": lambda z: 1 / (1 + mpmath.exp(-z))}

positive = st.integers(1, 240).map(lambda n: Fraction(n, 12))
powers = st.integers(-2, 4)
vanishing = st.dictionaries(st.tuples(powers, positive), positive, max_size=6).map(error)
bounded = st.builds(lambda e, c: e + error({(0, 0): c}), vanishing, st.sampled_from([0, 1, Fraction(1, 7)]))
gentle = st.dictionaries(st.tuples(st.integers(-1, 1), positive), st.sampled_from([1, Fraction(1, 9)]), max_size=4).map(
    error
)
scales = st.tuples(positive, positive | st.just(0)).map(lambda q: (rational(q[0]), rational(q[0] + q[1])))
exponents = st.lists(st.tuples(powers, positive.map(rational)), max_size=4).map(lambda found: [(2, fmpq(0)), *found])


def dominates(bound, value):
    """bound >= value, up to the rounding of the 200-digit oracle itself."""
    return bound >= value * (1 - mpmath.mpf(10) ** -150)


@pytest.fixture(autouse=True)
def digits():
    with mpmath.workdps(200):
        yield


# Rounding


@given(positive.map(rational))
def test_upper_and_lower_enclose_at_every_precision(q):
    for bits in (4, 64, 300):
        with ctx.workprec(bits):
            ball = arb(q)
            assert lower(ball) <= q <= upper(ball)


@pytest.mark.parametrize("ball", [arb("nan"), arb("inf"), arb(0, "inf"), 1 / arb(0, 1)], ids=str)
def test_upper_refuses_a_ball_without_bound(ball):
    with pytest.raises(RuleError, match=r"rounding: found a ball without bound"):
        upper(ball)


def test_upper_refuses_a_number_that_would_fill_the_memory():
    with pytest.raises(RuleError, match=r"rounding: found a number near 2\^4194305; needed one below 2\^4194304"):
        upper(arb(2) ** SIZE)


def test_what_is_smaller_than_all_numbers_in_use_is_rounded_outward():
    tiny = arb(2) ** (-2 * SIZE)
    assert (lower(-tiny), upper(-tiny), lower(tiny), upper(tiny)) == (-fmpq(1) / 2**SIZE, 0, 0, fmpq(1) / 2**SIZE)


def test_magnitude_is_above_the_absolute_value():
    kappa = fmpq(76159415595576488811945828260479359041276859725793, 10**50)
    assert kappa < magnitude(term(-tanh(1))) < kappa + fmpq(1, 2**50)


# Errors


@given(powers, positive | st.just(0), scales)
def test_peak_dominates(power, rate, scale):
    assume(rate or power <= 0)
    k0, k1 = scale
    assert dominates(exactly(peak(power, rational(rate), k0)), value_at(error({(power, rate): 1}), k1))


PEAKS = [  # power, rate, k0, the supremum
    (0, 0, 1, 1), (-1, 0, Fraction(1, 4), 4), (0, 2, 1, "0.1353352832366126918939994949724844034"),
    (3, 1, 1, "1.344250845932326460442245222551667969056"),
    (3, 1, 5, "0.8422433748856833870795060528935530311062"),
    (-2, 0, 3, "0.1111111111111111111111111"),
]  # fmt: skip


@pytest.mark.parametrize(("power", "rate", "k0", "supremum"), PEAKS)
def test_peak_is_the_supremum_rounded_up(power, rate, k0, supremum):
    found = exactly(peak(power, rational(rate), rational(k0)))
    assert -1e-18 <= found - mpmath.mpf(supremum) <= 1e-15


@pytest.mark.parametrize(("power", "rate"), [(0, -1), (-3, -1), (1, 0), (2, 0)])
def test_peak_refuses_a_function_without_bound(power, rate):
    with pytest.raises(RuleError, match=r"peak: found .*; needed a function bounded on k >= k0"):
        peak(power, fmpq(rate), fmpq(1))


@settings(deadline=None, max_examples=50)
@given(bounded, exponents, scales)
def test_under_dominates_with_the_exponents_given(found, allowed, scale):
    k0, k1 = scale
    weaker = found.weakened_to(allowed, k0)
    assert set(weaker.terms) <= set(allowed)
    assert dominates(value_at(weaker, k1), value_at(found, k1))


@pytest.mark.parametrize("allowed", [[], [(0, fmpq(3))], [(0, fmpq(2))]], ids=str)
def test_under_refuses_when_every_term_is_faster(allowed):
    with pytest.raises(RuleError, match=r"weakening: found k.1 e.*; needed a term no slower"):
        error({(1, 2): 1}).weakened_to(allowed, fmpq(1))


@settings(deadline=None, max_examples=50)
@given(bounded, scales)
def test_pruned_dominates_with_at_most_four_terms(found, scale):
    weaker = found.pruned(scale[0])
    assert len(weaker.terms) <= 4
    assert dominates(value_at(weaker, scale[1]), value_at(found, scale[1]))


@settings(deadline=None, max_examples=50)
@given(bounded, bounded, scales)
def test_within_is_never_claimed_falsely(small, large, scale):
    k0, k1 = scale
    widened = large + small.weakened_to([*large.terms, (0, fmpq(0))], k0)
    assert small.within(widened, k0)
    assert not small.within(large, k0) or dominates(value_at(large, k1), value_at(small, k1))


NOT_WITHIN = [
    (error({(0, 1): 2}), error({(0, 1): 1})),
    (error({(0, 1): 1}), error({(0, 2): 9})),
    (error({(1, 1): 1}), error({(0, 1): 9})),
    (error({}, tiny=True), error({(0, 0): 1})),
    (error({(0, 1): 1}), error({}, tiny=True)),
    (error({}), error({(0, 0): -1})),
    (error({(0, 2): 1}), error({(0, 2): 1, (0, 1): -1})),
]


@pytest.mark.parametrize(("small", "large"), NOT_WITHIN, ids=range(len(NOT_WITHIN)))
def test_within_refuses(small, large):
    assert not small.within(large, fmpq(1))


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(bounded, scales)
def test_sup_and_at_dominate(found, scale):
    k0, k1 = scale
    value = value_at(found, k1)
    assert dominates(exactly(found.sup(k0)), value)
    assert value * (1 - mpmath.mpf(10) ** -150) <= exactly(found.at(k1)) <= value * (1 + mpmath.mpf(2) ** -60)


def test_at_is_an_upper_bound_for_terms_of_either_sign():
    found = error({(0, 1): 1, (0, 0): -1, (3, 2): Fraction(-1, 3)}).at(fmpq(2))
    truth = mpmath.exp(-2) - 1 - mpmath.mpf(8) / 3 * mpmath.exp(-4)
    assert 0 <= exactly(found) - truth < 1e-18


def test_sup_refuses_an_error_without_constants():
    with pytest.raises(RuleError, match=r"sup: found an error without constants"):
        error({}, tiny=True).sup(fmpq(1))


SHAPES = [  # error, vanishes, is zero
    ({}, True, True), ({(5, 1): 1}, True, False), ({(0, 0): 1}, False, False),
    ({(-1, 0): 1}, False, False), ({(1, 0): 1}, False, False), ({(0, -1): 1}, False, False),
]  # fmt: skip


@pytest.mark.parametrize(("terms", "vanishes", "is_zero"), SHAPES)
def test_shapes_of_errors(terms, vanishes, is_zero):
    found = error(terms)
    assert (found.vanishes, found.is_zero) == (vanishes, is_zero)


TINY, ZERO, POLE = error({}, tiny=True), Error(), error({(3, 0): 2})


def test_tiny_errors_are_closed_under_sums_and_products_and_zero_absorbs_them():
    assert (TINY + POLE).tiny and (TINY * POLE).tiny and (TINY * TINY).tiny and (POLE * TINY).tiny
    assert (
        (TINY * ZERO).is_zero and (ZERO * TINY).is_zero and TINY.scaled(fmpq(0)).is_zero and TINY.scaled(fmpq(2)).tiny
    )


def test_an_error_keeps_a_copy_that_cannot_be_changed():
    terms = {(0, fmpq(1)): fmpq(1)}
    found = Error(terms)
    terms.clear()
    assert found.terms == {(0, fmpq(1)): fmpq(1)}
    with pytest.raises(TypeError, match=r"item assignment"):
        found.terms[0, fmpq(0)] = fmpq(0)


# Signals


@pytest.mark.parametrize("k0", [fmpq(0), fmpq(-1), 1.0, float("nan"), float("inf")])
def test_a_regime_refuses_a_least_scale_that_is_no_positive_rational(k0):
    with pytest.raises(RuleError, match=r"EnclosureArithmetic: found k0 = .*; needed a rational k0 > 0"):
        EnclosureArithmetic(k, k0)


def test_the_limit_of_a_signal():
    assert near(tanh(1), {(2, 1): 5}).limit == near(tanh(1), tiny=True).limit == term(tanh(1))


@pytest.mark.parametrize("signal", [near(1, {(0, 0): 1}), near(k), near(1, {(-1, 0): 1})], ids=str)
def test_limit_refuses_a_signal_without_one(signal):
    with pytest.raises(RuleError, match=r"limit: found .*; needed a constant with one that does"):
        _ = signal.limit


ADMITTED = [
    (EXACT, near(2 * k + tanh(1), {(0, 1): 1, (3, 0): 0}), True),
    (EXACT, near(1, {(0, 1): -1}), False),
    (EXACT, near(1, {(0, -1): 1}), False),
    (EXACT, near(a), False),
    (LIMITS, near(k - exp(k)), False),  # affine at top level, and tends to -oo
    (LIMITS, near(k * tanh(k)), False),
    (EXACT, near(1, tiny=True), False),
    (LIMITS, near(1, {(0, 0): 1}, tiny=True), True),
]


@pytest.mark.parametrize(("arithmetic", "signal", "expected"), ADMITTED)
def test_which_signals_a_regime_admits(arithmetic, signal, expected):
    assert arithmetic.admits(signal) == expected


unit = st.integers(-7, 7).map(lambda n: Fraction(n, 7))
coefficients = st.integers(-12, 12).map(lambda n: Fraction(n, 4))
lines, parabolas = st.tuples(coefficients, coefficients), st.tuples(coefficients, coefficients, coefficients)


def sample(main, bound, where, scale):
    """A signal around the polynomial in k, and a value that it allows at the scale."""
    polynomial = sum(
        (atom(k, n).scaled(rational(c)) for n, c in enumerate(main) if n), algebra.rational(rational(main[0]))
    )
    centre = mpmath.polyval([exactly(rational(c)) for c in reversed(main)], exactly(scale))
    return Enclosure(polynomial, bound), centre + exactly(rational(where)) * value_at(bound, scale)


def encloses(signal, truth, scale):
    """Whether |truth - main| <= error at the scale."""
    with ctx.workprec(700):
        centre = mpmath.mpf(algebra.ball(signal.main, {k: arb(scale)}).str(190, radius=False))
    return abs(truth - centre) <= value_at(signal.error, scale) * (1 + mpmath.mpf(10) ** -150) + mpmath.mpf(10) ** -150


@pytest.mark.slow
@settings(deadline=None, max_examples=50)
@given(parabolas, bounded, unit, parabolas, bounded, unit, scales)
def test_sums_and_products_enclose(m, e, u, n, f, v, scale):
    k0, k1 = scale
    arithmetic = EnclosureArithmetic(k, k0)
    (s, s_true), (t, t_true) = sample(m, e, u, k1), sample(n, f, v, k1)
    assert encloses(arithmetic.add([s, t]), s_true + t_true, k1)
    assert encloses(arithmetic.multiply(s, t), s_true * t_true, k1)


@pytest.mark.slow
@settings(deadline=None, max_examples=120)
@given(
    st.sampled_from(["tanh", "sigmoid"]),
    lines,
    gentle | bounded.filter(lambda e: not e.vanishes and e.sup(ONE) < 50),
    unit,
    scales,
)
def test_the_nonlinearities_enclose(function, m, e, u, scale):
    k0, k1 = scale
    s, truth = sample(m, e, u, k1)
    assert encloses(EnclosureArithmetic(k, k0).apply(function, s), FUNCTIONS[function](truth), k1)


@settings(deadline=None, max_examples=50)
@given(gentle, unit, bounded, unit, scales)
def test_a_term_of_signals_is_enclosed(e, u, f, v, scale):
    k0, k1 = scale
    (s, s_true), (t, t_true) = sample([Fraction(1, 2)], e, u, k1), sample([0, -1], f, v, k1)
    found = EnclosureArithmetic(k, k0).evaluate(
        term(sigmoid(2 * k + a) * tanh(b) ** 2 + 3 * k * a - tanh(1)), {a: s, b: t}
    )
    z = exactly(k1)
    truth = FUNCTIONS["sigmoid"](2 * z + s_true) * mpmath.tanh(t_true) ** 2 + 3 * z * s_true - mpmath.tanh(1)
    assert encloses(found, truth, k1)


APPLIED = [  # pre-activation, error, function, limit, error: exact outcomes
    (0, {}, "sigmoid", "1/2", {}),
    (1, {}, "tanh", "tanh(1)", {}),
    (0, {(0, 1): 1}, "sigmoid", "1/2", {(0, 1): Fraction(1, 4)}),
    (0, {(0, 1): 1}, "tanh", "0", {(0, 1): 1}),
    (5, {(0, 0): 2}, "tanh", "0", {(0, 0): 1}),
    (5, {(0, 0): 8}, "sigmoid", "1/2", {(0, 0): Fraction(1, 2)}),
    (k, {(1, 0): 1}, "tanh", "0", {(0, 0): 1}),
    (3 * k, {}, "sigmoid", "1", {(0, 3): 1}),
    (-3 * k, {}, "sigmoid", "0", {(0, 3): 1}),
    (3 * k, {}, "tanh", "1", {(0, 6): 2}),
    (-3 * k, {}, "tanh", "-1", {(0, 6): 2}),
]


@pytest.mark.parametrize(("main", "terms", "function", "limit", "bound"), APPLIED)
def test_what_a_nonlinearity_gives(main, terms, function, limit, bound):
    found = EXACT.apply(function, near(main, terms))
    assert (found.main, found.error) == (term(limit), error(bound))


@pytest.mark.parametrize(
    ("sign", "offset", "bound"), [(1, 2, "0.3678794411714423216"), (-1, 2, "20.08553692318766774")]
)
def test_a_saturated_gate_moves_its_amplitude_by_offset_and_remainder(sign, offset, bound):
    found = EXACT.apply("sigmoid", near(sign * k + offset, {(0, 0): 1}))  # e^(1 - 2) and e^(1 + 2)
    assert found.error.terms.keys() == {(0, fmpq(1))}
    assert 0 <= exactly(found.error.terms[0, fmpq(1)]) - mpmath.mpf(bound) < 1e-15


@pytest.mark.parametrize(("remainder", "main"), [(4095, 1), (4097, fmpq(1, 2))])
def test_a_gate_saturates_unless_its_amplitude_is_beyond_use(remainder, main):
    assert EXACT.apply("sigmoid", near(k, {(0, 0): remainder})).main == algebra.rational(main)


def test_nothing_is_known_of_an_unknown_but_the_range():
    assert EXACT.apply("tanh", None).error == BOUNDED
    assert EXACT.evaluate(term(a + 1), {}) is None
    assert EXACT.evaluate(term(tanh(a)), {}).error == BOUNDED


def test_apply_refuses_another_function():
    with pytest.raises(RuleError, match=r"enclosure: found exp; needed tanh, sigmoid, relu or step"):
        EXACT.evaluate(term(exp(k)), {})


@pytest.mark.parametrize("argument", [k**2, 1 + k**3], ids=str)
def test_apply_refuses_a_preactivation_that_is_not_affine_in_the_scale(argument):
    with pytest.raises(RuleError, match=r"tanh: found the pre-activation .*; needed one affine in the scale"):
        EXACT.evaluate(term(tanh(argument)), {})


def test_evaluate_refuses_negative_powers():
    with pytest.raises(RuleError, match=r"enclosure: found a to the power -1; needed powers >= 0"):
        EXACT.evaluate(atom(a, -1), {a: near(1)})


def test_a_main_that_depends_on_a_coordinate_is_refused_when_it_is_measured():
    with pytest.raises(RuleError, match=r"constant: found h; needed a term without symbols"):
        EXACT.size(term(h))


def test_equal_terms_that_list_their_symbols_differently_keep_their_own_boxes():
    one, two, arithmetic = near(1), near(2), EnclosureArithmetic(k, fmpq(1))
    left, right = term(a) - term(b), -term(b) + term(a)
    assert left == right and left.symbols() != right.symbols()
    assert arithmetic.evaluate(left, {a: one, b: two}).main == term(-1)
    assert arithmetic.evaluate(right, {a: two, b: one}).main == term(1)
    assert arithmetic.evaluate(left, {a: two, b: one}).main == term(1)


def test_pure_limits_keep_no_constants():
    saturated = LIMITS.apply("sigmoid", near(k, {(0, 0): 3}, tiny=True))
    assert (saturated.main, saturated.error) == (term(1), error({}, tiny=True))
    assert LIMITS.add([near(1, {(2, 1): 7})]).error == error({}, tiny=True)
    assert LIMITS.apply("tanh", near(0, {(0, 0): 1}, tiny=True)).error == BOUNDED


def test_pure_limits_do_not_saturate_against_an_error_that_grows():
    assert LIMITS.apply("tanh", near(k, {(0, -5): 1})).error == BOUNDED
