"""Ranges of terms over boxes: every value at a point of the box is inside, and what is one function of one atom is sharp."""

import mpmath
import pytest
import sympy
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from support.refusals import refuses
from support.systems import a, b, h, k, rational, term

from symlstm.kernel import algebra
from symlstm.kernel.networks.intervals import INFINITY, WHOLE, Interval, Intervals, add, around, hull, multiply, within
from symlstm.model.activations import sigmoid


def box(**ends):
    symbols = {"a": a, "b": b, "h": h}
    return {symbols[name]: around(*map(rational, pair)) for name, pair in ends.items()}


def number(x):
    return mpmath.mpf(x.lower().str(60, radius=False)) if x.is_finite() else mpmath.mpf("inf") * (1 if x > 0 else -1)


TERMS = [
    a + 2 * b - 3,
    a * b,
    a * sigmoid(b) + sympy.tanh(a) * (1 - sigmoid(b)),
    (1 - sigmoid(h)) * sympy.tanh(a + h * b) + sigmoid(h) * b,
    sympy.tanh(a * sigmoid(b) - h) * sigmoid(100 * a - 50),
    a**2 * b - a,
    sympy.exp(a) - b * sympy.exp(a) / 3,
]
POINTS = {sigmoid: lambda x: 1 / (1 + mpmath.exp(-x)), sympy.tanh: mpmath.tanh, sympy.exp: mpmath.exp}
rationals = st.fractions(-3, 3, max_denominator=64)


@pytest.mark.slow
@pytest.mark.parametrize("expression", TERMS, ids=str)
@settings(deadline=None, max_examples=40)
@given(ends=st.tuples(*[st.tuples(rationals, rationals)] * 3), shares=st.tuples(*[st.fractions(0, 1)] * 3))
def test_every_value_in_the_box_is_in_the_range(expression, ends, shares):
    ends = [sorted(pair) for pair in ends]
    symbols = (a, b, h)
    boxes = {s: around(*map(rational, pair)) for s, pair in zip(symbols, ends, strict=True)}
    point = [lo + (hi - lo) * share for (lo, hi), share in zip(ends, shares, strict=True)]
    with ctx.workprec(128), mpmath.workdps(60):
        found = Intervals(boxes)[term(expression)]
        numbers = [mpmath.mpf(x.numerator) / x.denominator for x in point]
        value = sympy.lambdify(symbols, expression, [{"sigmoid": POINTS[sigmoid]}, "mpmath"])(*numbers)
        slack = mpmath.mpf(10) ** -30
        assert number(found.lo) - slack <= value <= number(found.hi) + slack


def test_a_sum_in_which_an_atom_stands_twice_has_its_extremes_at_corners():
    """(1 - z) n + z h lies between n and h: no wider than both."""
    with ctx.workprec(64):
        found = Intervals(box(a=(1, 2), h=(0, 1), b=(1, 1)))[term((1 - h) * a + h * b)]
        assert (found.lo, found.hi) == (arb(1), arb(2))


@pytest.mark.parametrize("function", [sympy.tanh, sigmoid])
def test_what_is_unknown_is_in_the_range_of_its_function(function):
    found = Intervals({})[term(function(a))]
    assert found == Interval(arb(-1) if function is sympy.tanh else arb(0), arb(1))
    assert Intervals({})[term(a)] == WHOLE


def test_a_scale_without_end_is_factored_out():
    over = Intervals({k: Interval(arb(1), INFINITY), h: around(fmpq(3, 4), fmpq(1))}, k)
    with ctx.workprec(64):
        assert over[term(100 * k * h - 50 * k)].lo == 25
        assert over[term(100 * k * h - 50 * k)].hi == INFINITY
        assert over[term(sympy.tanh(100 * k * h - 100 * k))] == Interval(arb(-1), arb(0))
        assert over[term(sigmoid(k * h - 2 * k))].hi < arb(1) / 2


RAMPS = [
    ("relu", (-1, 2), (0, 2)), ("relu", (-3, -1), (0, 0)), ("relu", (1, 2), (1, 2)),
    ("step", (-1, 2), (0, 1)), ("step", (0, 2), (1, 1)), ("step", (-2, -1), (0, 0)), ("step", (-1, 0), (0, 1)),
]  # fmt: skip


@pytest.mark.parametrize(("function", "ends", "expected"), RAMPS)
def test_ramps_and_steps_have_their_values_at_the_ends(function, ends, expected):
    found = Intervals(box(a=ends))[algebra.atom(_applied(function, term(a)))]
    assert (found.lo, found.hi) == tuple(map(arb, expected))
    assert Intervals({})[algebra.atom(_applied(function, term(a)))].lo == 0


def test_zero_times_what_is_unbounded_is_zero():
    assert multiply(Interval(arb(0), arb(0)), WHOLE) == Interval(arb(0), arb(0))
    assert multiply(Interval(arb(0), arb(2)), Interval(arb(1), INFINITY)) == Interval(arb(0), INFINITY)


NO_NUMBER = arb("nan")


@pytest.mark.parametrize("x", [Interval(NO_NUMBER, arb(1)), Interval(arb(-1), NO_NUMBER)])
def test_an_end_that_is_no_number_is_no_bound(x):
    for found in (
        hull(x, Interval(arb(0), arb(0))),
        hull(Interval(arb(0), arb(0)), x),
        multiply(x, Interval(arb(-1), arb(1))),
    ):
        assert not found.lo.is_finite() or not found.hi.is_finite()


def test_ends_are_rounded_outward_or_inward():
    third = fmpq(1, 3)
    with ctx.workprec(53):
        assert around(third, third).lo < arb(third).mid() or around(third, third).hi > arb(third).mid()
        assert around(third, third).lo.fmpq() < third < around(third, third).hi.fmpq()
        assert within(third, fmpq(1)).lo.fmpq() > third
        assert hull(around(third, third), around(fmpq(1), fmpq(1))).hi == 1
        assert add(around(third, third), around(third, third)).hi.fmpq() > fmpq(2, 3)


def test_intervals_refuse_what_is_no_increasing_function():
    refuses(r"interval: found inverse", Intervals(box(a=(1, 2))).__getitem__, _applied("inverse", term(a)))


def test_intervals_refuse_negative_powers():
    refuses(r"to the power -1; needed powers >= 0", Intervals(box(a=(1, 2))).__getitem__, term(sympy.exp(-a)))


def _applied(function, argument):
    from symlstm.kernel.algebra import Apply

    return Apply(function, argument)


@pytest.mark.parametrize("expression", TERMS, ids=str)
@pytest.mark.parametrize("moved", ["a", "b", "h", "ab", ""])
def test_ranges_of_a_box_nearby_are_taken_only_where_they_are_the_same(expression, moved):
    first = {"a": (1, 2), "b": (-1, 1), "h": (0, 3)}
    other = {**first, **dict.fromkeys(moved, (5, 6))}
    inner = term(expression)
    near = Intervals(box(**first))
    known = near[inner], near[algebra.tanh(inner)]
    again = Intervals(box(**other), near=near)
    assert (again[inner], again[algebra.tanh(inner)]) == (
        (plain := Intervals(box(**other)))[inner],
        plain[algebra.tanh(inner)],
    )
    assert (near[inner], near[algebra.tanh(inner)]) == known


def test_a_coordinate_that_only_one_of_two_boxes_has_is_not_taken_from_the_other():
    near = Intervals(box(a=(1, 2), b=(0, 1)))
    assert near[term(a + 1)] == Interval(arb(2), arb(3))
    assert Intervals(box(b=(0, 1)), near=near)[term(a + 1)] == WHOLE
    without = Intervals(box(b=(0, 1)))
    assert without[term(a + 1)] == WHOLE
    assert Intervals(box(a=(1, 2), b=(0, 1)), near=without)[term(a + 1)] == Interval(arb(2), arb(3))
