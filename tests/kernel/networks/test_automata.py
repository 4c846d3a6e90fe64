"""The comparison on all words and the error at every length: outcomes, and one refusal for each condition."""

from collections import deque
from dataclasses import replace
from types import SimpleNamespace

import mpmath
import pytest
import sympy
from flint import arb, fmpq
from support.systems import ONE, a, always, error, exactly, h, k, length, line, near, r, rational, system, term, x
from sympy import Integer, tanh

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term
from symlstm.kernel.networks.automata import (
    Comparison,
    Growth,
    Span,
    _join,
    computes,
    counterexample,
    error_at,
    error_bound,
    trace,
)
from symlstm.kernel.networks.enclosures import Error
from symlstm.kernel.networks.invariants import invariant
from symlstm.kernel.networks.statements import Readout, WeightedAutomaton
from symlstm.kernel.theorem import RuleError
from symlstm.model.activations import sigmoid

U = term(1)
COUNT = system({r: sigmoid(k) * r + 1})  # r_T -> T, r_T = (1 - s^T)/(1 - s), s = sigmoid(k)
COUNTER = invariant(COUNT, line({}, registers=(r,)), ONE)
READ = Readout(((r, U),), 0)
FLAG = system({h: sigmoid(k)}, {h: Integer(1)})
FLAGGED = invariant(FLAG, line({h: near(1, {(0, 1): 1})}), ONE)
READ_FLAG = Readout(((h, U),), 0)


def vectors(premise, readout, specification, count):
    """The vectors after 0, 1, 2, ... words of a one-word system."""
    comparison = Comparison(premise.conclusion, readout, specification)
    found = [comparison.start()]
    while len(found) < count:
        found.append(comparison.after(found[-1], "w"))
    return found


def image(*entries):
    return {"w": {i: c for i, c in enumerate(entries) if c.monomials}}


def counting(delay=0):
    """The certificate that r counts the words: v_(t+2) = 2 v_(t+1) - v_t, from t = max(1, delay) on."""
    v = vectors(COUNTER, replace(READ, delay=delay), length(), 4 + delay)
    first = max(1, delay)
    levels = [[v[n]] for n in range(first)] + [v[first : first + 2]]
    images = [[image(U)]] * first + [[image(term(0), U), image(-U, U + U)]]
    return Span(levels, images)


COUNTED = computes(COUNTER, READ, length(), counting())


# What is computed


def test_a_counter_counts_on_every_word_sequence():
    assert (COUNTED.conclusion.readout, COUNTED.conclusion.specification) == (READ, length())
    assert COUNTED.premises == (COUNTER,) and not COUNTED.hypotheses


def test_a_delayed_specification_reads_the_first_words_only():
    premise = invariant(system({r: r + 1}, {r: Integer(-2)}), line({}, registers=(r,)), ONE)
    limits = trace(premise, replace(READ, delay=2), length(), ("w",) * 4).conclusion.limits
    assert limits == (term(-1), term(0), term(1), term(2))
    v = vectors(premise, replace(READ, delay=2), length(), 5)
    span = Span([[v[0]], [v[1]], v[2:4]], [[image(U)], [image(U)], [image(term(0), U), image(-U, U + U)]])
    assert computes(premise, replace(READ, delay=2), length(), span).conclusion.readout.delay == 2


def test_a_flag_and_a_register_add_up_with_exact_coefficients():
    both = invariant(
        system({h: sigmoid(k), r: r + 2}), line({h: near(0)}, {h: near(1, tiny=True)}, registers=(r,)), None
    )
    readout = Readout(((h, term(tanh(1))), (r, term(3))), 0)
    assert trace(both, readout, always(0), ("w", "w")).conclusion.limits == (term(tanh(1) + 6), term(tanh(1) + 12))


def test_a_register_that_adds_what_has_no_limit_is_refused():
    blurred = invariant(system({a: a, r: r + tanh(k * a)}), line({a: near(0, {(0, 0): 1})}, registers=(r,)), ONE)
    with pytest.raises(RuleError, match=r"limit: found .*; needed a constant"):
        trace(blurred, READ, length(), ("w",))


def test_a_trace_has_the_limit_after_each_prefix():
    readout = Readout(((r, term(tanh(1))), (r, term(2))), 0)
    limits = trace(COUNTER, readout, length(), ("w",) * 3).conclusion.limits
    assert limits == tuple(term(n * (2 + tanh(1))) for n in (1, 2, 3))


def test_a_counterexample_shows_both_values():
    found = counterexample(COUNTER, READ, always(1), ("w", "w")).conclusion
    assert (found.words, found.limit, found.specified) == (("w", "w"), term(2), term(1))


# What a comparison refuses

NOT_SPECIFICATIONS = [
    always(0, ("v",)),
    always(0, ("w", "v")),
    replace(always(0), final=(ONE, ONE)),
    replace(always(0), initial=()),
    replace(always(0), matrices={"w": ((ONE, ONE),)}),
    replace(always(0), matrices={"w": ((ONE,), (ONE,))}),
]


@pytest.mark.parametrize("specification", NOT_SPECIFICATIONS, ids=range(len(NOT_SPECIFICATIONS)))
def test_a_specification_of_other_words_or_shapes_is_refused(specification):
    with pytest.raises(
        RuleError, match=r"machine: found (a specification of other shapes|something else, or other words)"
    ):
        trace(COUNTER, READ, specification, ("w",))


@pytest.mark.parametrize("delay", [-1, 0.5, 1.0])
def test_a_delay_that_is_no_natural_number_is_refused(delay):
    with pytest.raises(RuleError, match=r"comparison: found Readout.*; needed .* a natural delay"):
        trace(COUNTER, replace(READ, delay=delay), length(), ("w",))


@pytest.mark.parametrize("coefficient", [algebra.atom(k), algebra.exp(algebra.atom(k)), algebra.atom(a)], ids=str)
def test_a_readout_whose_coefficients_vary_is_refused(coefficient):
    """e^(100k) sigmoid(k) - e^(100k) has formal limit 0 and tends to minus infinity."""
    with pytest.raises(RuleError, match=r"comparison: found Readout.*; needed a readout with constant coefficients"):
        trace(FLAGGED, Readout(((h, coefficient),), 0), always(0), ("w",))


def test_a_comparison_with_something_else_is_refused():
    for things in ((COUNTED, READ, length()), (COUNTER, SimpleNamespace(terms=READ.terms, delay=0), length())):
        with pytest.raises(
            RuleError, match=r"comparison: found .*; needed an Invariant, a Readout, a WeightedAutomaton"
        ):
            trace(*things, ("w",))


def test_a_coefficient_that_is_not_in_normal_form_is_refused():
    odd = Term({frozenset({(Apply("tanh", -U), 1), (Apply("tanh", -U), 3)}): ONE})
    with pytest.raises(RuleError, match=r"comparison: found .*; needed a readout with constant coefficients"):
        trace(COUNTER, Readout(((r, odd),), 0), length(), ("w",))


INEXACT = [1.0, sympy.Float(1), sympy.Integer(1), arb(1), 1]


@pytest.mark.parametrize("number", INEXACT, ids=lambda x: type(x).__name__)
def test_a_specification_is_of_rationals(number):
    for change in (
        {"initial": (number, ONE)},
        {"final": (ONE, number)},
        {"matrices": {"w": ((ONE, number), (ONE, ONE))}},
    ):
        with pytest.raises(
            RuleError, match=r"machine: found (an output or register missing|a form or test of something else)"
        ):
            trace(COUNTER, READ, replace(length(), **change), ("w",))


def test_words_that_can_be_read_only_once_are_kept():
    assert trace(COUNTER, READ, length(), iter(("w", "w"))).conclusion.words == ("w", "w")
    words = deque(["w"])
    theorem = counterexample(COUNTER, READ, always(0), words)
    words.append("w")
    assert theorem.conclusion.words == ("w",)


@pytest.mark.parametrize("reads", range(1, 9))
def test_vectors_that_change_as_they_are_read_are_read_once(reads):
    class Fading(dict):
        """Its entries the first few times that it is asked for them; nothing later."""

        left = reads

        def items(self):
            self.left -= 1
            return super().items() if self.left >= 0 else {}.items()

    v = vectors(COUNTER, READ, always(0), 3)
    span = Span([[v[0]], [Fading(v[1]), Fading(v[2])]], counting().images)
    with pytest.raises(RuleError, match=r"computes"):
        computes(COUNTER, READ, always(0), span)


@pytest.mark.parametrize(("T", "scale"), [(1.0, ONE), (True, ONE), (1, 1.0), (1, 1), (1, sympy.Integer(1))])
def test_an_error_is_at_a_whole_length_and_a_rational_scale(T, scale):
    with pytest.raises(RuleError, match=r"error at: found k = .* and length .*; needed k >= 1 and length >= 1"):
        error_at(bound(), T, scale)


def test_a_premise_that_only_looks_like_a_theorem_is_refused():
    fake = SimpleNamespace(conclusion=COUNTER.conclusion, hypotheses=frozenset())
    with pytest.raises(RuleError, match=r"found a premise that is no Theorem"):
        trace(fake, READ, length(), ("w",))


@pytest.mark.parametrize("s", [a, h, x])
def test_a_readout_of_what_nothing_is_known_of_is_refused(s):
    with pytest.raises(RuleError, match=r"readout: found ., of which nothing is known in situation 0"):
        trace(COUNTER, Readout(((s, U),), 0), length(), ("w",))


def test_a_readout_of_a_coordinate_without_limit_is_refused():
    wide = invariant(FLAG, line({h: near(0, {(0, 0): 2})}), ONE)
    with pytest.raises(RuleError, match=r"limit: found .*; needed a constant"):
        trace(wide, READ_FLAG, always(1), ("w",))


def test_a_readout_listed_by_an_iterator_is_read_every_time():
    readout = Readout(iter([(r, U)]), 0)
    assert trace(COUNTER, readout, length(), ("w", "w")).conclusion.limits == (term(1), term(2))


# What `computes` refuses: v[1], v[2] span all vectors from one word on

V = vectors(COUNTER, READ, length(), 4)
SPAN = counting()
SPANS = [
    (Span(SPAN.levels[:1], SPAN.images[:1]), "1 levels"),
    (Span([*SPAN.levels, []], SPAN.images), "3 levels"),
    (Span(SPAN.levels, [*SPAN.images, []]), "2 levels"),
    (Span([[], SPAN.levels[1]], SPAN.images), "2 levels"),
    (Span([[V[0], V[1]], SPAN.levels[1]], SPAN.images), "2 levels"),
    (Span([[V[1]], SPAN.levels[1]], SPAN.images), "2 levels"),
    (Span(SPAN.levels, [[image(U + U)], SPAN.images[1]]), "an image of level 0 under w"),
    (Span(SPAN.levels, [SPAN.images[0], [image(term(0), U), image(term(0), U)]]), "an image of level 1 under w"),
    (Span([[V[0]], []], [[image()], []]), "an image of level 0 under w"),
    (Span([[V[0]], [{}]], [[image(U)], [image()]]), "an image of level 0 under w"),
]


@pytest.mark.parametrize(("span", "message"), SPANS, ids=range(len(SPANS)))
def test_a_certificate_that_spans_something_else_is_refused(span, message):
    with pytest.raises(RuleError, match=rf"computes: found {message}"):
        computes(COUNTER, READ, length(), span)


BROKEN = [
    Span(SPAN.levels, [[], SPAN.images[1]]),
    Span(SPAN.levels, [SPAN.images[0], SPAN.images[1][:1]]),
    Span(SPAN.levels, [[{}], SPAN.images[1]]),
    Span(SPAN.levels, [[{"w": {7: U}}], SPAN.images[1]]),
]


@pytest.mark.parametrize("span", BROKEN, ids=range(len(BROKEN)))
def test_a_certificate_with_missing_parts_gives_no_theorem(span):
    with pytest.raises((ValueError, KeyError, IndexError, AttributeError, TypeError)):
        computes(COUNTER, READ, length(), span)


ROUNDED = Term({frozenset(): sympy.Float(1)})
INEXACT_SPANS = [
    Span(SPAN.levels, [[{"w": {0: 1}}], SPAN.images[1]]),
    Span(SPAN.levels, [[{"w": {0: ROUNDED}}], SPAN.images[1]]),
    Span([SPAN.levels[0], [{**SPAN.levels[1][0], (0, None): ROUNDED}, SPAN.levels[1][1]]], SPAN.images),
    Span([[{**SPAN.levels[0][0], (0, None): ROUNDED}], SPAN.levels[1]], SPAN.images),
]


@pytest.mark.parametrize("span", INEXACT_SPANS, ids=range(len(INEXACT_SPANS)))
def test_a_certificate_with_other_numbers_is_refused(span):
    with pytest.raises(
        RuleError, match=r"computes: found a certificate with something else in it; needed terms in normal"
    ):
        computes(COUNTER, READ, length(), span)


def test_a_growth_certificate_is_read_once():
    class Shrinking(Growth):
        """Less each time that it is asked for."""

        @property
        def linear(self):
            asked = self.__dict__["asked"] = self.__dict__.get("asked", 0) + 1
            return GROWTH.linear if asked == 1 else error({(0, 1): -1000})

        @linear.setter
        def linear(self, value):
            pass

    fields = (GROWTH.slope, GROWTH.offset, GROWTH.quadratic, GROWTH.linear, GROWTH.constant)
    shrinking = Shrinking.__new__(Shrinking)
    shrinking.__dict__.update(zip(("slope", "offset", "quadratic", "linear", "constant"), fields, strict=True))
    found = error_bound(COUNTER, COUNTED, {r: shrinking}).conclusion
    assert found.linear == GROWTH.linear


def test_a_specification_that_differs_somewhere_in_the_span_is_refused():
    once = WeightedAutomaton((ONE, 0 * ONE), {"w": ((0 * ONE, ONE), (0 * ONE, ONE))}, (0 * ONE, ONE))  # 1, 1, 1, ...
    v = vectors(COUNTER, READ, once, 4)
    span = Span([[v[0]], v[1:3]], SPAN.images)
    with pytest.raises(RuleError, match=r"computes: found 2; needed 1"):
        computes(COUNTER, READ, once, span)


AGREEING = [(length(), ("w",)), (length(), ()), (always(7), ())]


@pytest.mark.parametrize(("specification", "words"), AGREEING, ids=range(3))
def test_words_on_which_both_agree_or_nothing_is_compared_are_no_counterexample(specification, words):
    with pytest.raises(RuleError, match=r"counterexample: found"):
        counterexample(COUNTER, READ, specification, words)


# The error at every length: |r_T - T| <= e^-k T(T-1)/2

HALF = {(0, 1): rational("1/2")}
GROWTH = Growth(ONE, (fmpq(0),), error(HALF), error({(0, 1): rational("-1/2")}), (Error(),))


def bound(growth=GROWTH, invariant_=COUNTER, computed=COUNTED):
    return error_bound(invariant_, computed, {r: growth})


def test_the_error_of_a_counter_is_quadratic_in_the_length():
    found = bound().conclusion
    assert (found.quadratic, found.linear, found.constant) == (GROWTH.quadratic, GROWTH.linear, Error())
    assert found.k0 == ONE


@pytest.mark.parametrize(("T", "scale"), [(1, 1), (2, 1), (10, 1), (10, 3), (1000, 8)])
def test_the_bound_dominates_the_true_error(T, scale):
    at = error_at(bound(), T, fmpq(scale)).conclusion
    with mpmath.workdps(200):
        s = 1 / (1 + mpmath.exp(-scale))
        assert 0 <= T - (1 - s**T) / (1 - s) <= exactly(at.bound) + mpmath.mpf(10) ** -150
        assert abs(exactly(at.bound) - mpmath.exp(-scale) * T * (T - 1) / 2) < mpmath.mpf(10) ** -15 * T**2


def test_the_error_of_a_flag_is_that_of_its_widest_box_times_its_coefficient():
    read = Readout(((h, term(-3)),), 0)
    v = vectors(FLAGGED, read, always(-3), 2)
    computed = computes(FLAGGED, read, always(-3), Span([[v[0]], [v[1]]], [[image(U)], [image(U)]]))
    assert error_bound(FLAGGED, computed, {}).conclusion.constant == error({(0, 1): 3})


GROWTHS = [
    ({"slope": fmpq(-1)}, "at the start"),
    ({"slope": arb("nan")}, "rationals and Errors"),
    ({"offset": (fmpq(-1),)}, "at the start"),
    ({"offset": (arb(5, 5),)}, "rationals and Errors"),
    ({"linear": SimpleNamespace(terms={}, tiny=False, scaled=lambda factor: Error())}, "rationals and Errors"),
    ({"constant": (error({(0, 1): -1}),)}, "a negative error at the start"),
    ({"constant": (error({}, tiny=True),)}, "a negative error at the start"),
    ({"slope": rational("1/2")}, "|r. up to 1"),
    ({"slope": arb("0.5", 1)}, "rationals and Errors"),
    ({"slope": fmpq(2)}, "too small a bound of r from situation 0 to 0"),
    ({"quadratic": error({(0, 1): rational("1/3")})}, "too small a bound of r"),
    ({"linear": error({(0, 1): -1})}, "too small a bound of r"),
    ({"linear": error({(0, 1): rational("-1/2")}, tiny=True)}, "too small a bound of r"),
    ({"offset": (ONE,)}, "too small a bound of r"),
    ({"quadratic": Error(), "linear": error({(0, 2): 99})}, "k.0 e"),
]


@pytest.mark.parametrize(("change", "message"), GROWTHS, ids=range(len(GROWTHS)))
def test_a_growth_certificate_that_is_not_inductive_is_refused(change, message):
    with pytest.raises(RuleError, match=message):
        bound(replace(GROWTH, **change))


def test_a_growth_certificate_must_cover_the_first_value():
    started = invariant(replace(COUNT, initial=(term(5),)), line({}, registers=(r,)), ONE)
    v = vectors(started, READ, length(), 3)
    five = WeightedAutomaton((ONE, fmpq(5)), length().matrices, length().final)
    v = vectors(started, READ, five, 3)
    computed = computes(started, READ, five, Span([[v[0]], v[1:3]], SPAN.images))
    with pytest.raises(RuleError, match=r"error bound: found 0 at the start; needed at least .5."):
        bound(invariant_=started, computed=computed)


def test_a_forget_factor_above_one_is_refused():
    """2 sigmoid(k) r -> 2 sigmoid(0) r: its limit 1 is not certain to bound it."""
    double = invariant(system({r: 2 * sigmoid(h) * r + 1, h: h}), line({h: near(0)}, registers=(r,)), ONE)
    v = vectors(double, READ, length(), 3)
    computed = computes(double, READ, length(), Span([[v[0]], v[1:3]], SPAN.images))
    with pytest.raises(RuleError, match=r"error bound: found a forget factor of r not known to be at most 1"):
        bound(invariant_=double, computed=computed)


def test_a_forget_factor_that_is_rounded_above_one_is_refused():
    """tanh(20) < 1, but not in 64 bits; with offsets below 0 a factor above 1 proves nothing."""
    near_one = invariant(system({r: tanh(20) * r}), line({}, registers=(r,)), ONE)
    v = vectors(near_one, READ, always(0), 2)
    computed = computes(near_one, READ, always(0), Span([[v[0]], [v[1]]], [[image(U)], [image(U)]]))
    with pytest.raises(RuleError, match=r"error bound: found a forget factor of r not known to be at most 1"):
        bound(Growth(fmpq(0), (fmpq(0),), Error(), Error(), (Error(),)), near_one, computed)


def test_theorems_about_two_systems_are_refused():
    other = invariant(system({r: r + 1}), line({}, registers=(r,)), ONE)
    with pytest.raises(RuleError, match=r"error bound: found theorems about two systems"):
        bound(invariant_=other)


@pytest.mark.parametrize("pair", [(COUNTED, COUNTED), (COUNTER, COUNTER)])
def test_an_error_bound_needs_an_invariant_and_a_comparison(pair):
    with pytest.raises(RuleError, match=r"error bound: found theorems about two systems"):
        error_bound(*pair, {r: GROWTH})


def test_an_invariant_without_constants_is_refused():
    with pytest.raises(RuleError, match=r"error bound: found an invariant without constants"):
        bound(invariant_=invariant(COUNT, line({}, registers=(r,)), None))


def test_a_coordinate_without_limit_in_some_situation_is_refused():
    """Its limit is known from another invariant of the same system."""
    v = vectors(FLAGGED, READ_FLAG, always(1), 2)
    computed = computes(FLAGGED, READ_FLAG, always(1), Span([[v[0]], [v[1]]], [[image(U)], [image(U)]]))
    for box in ({h: near(0, {(0, 0): 2})}, {}):
        with pytest.raises(RuleError, match=r"error bound: found h = .*; needed a coordinate whose error vanishes"):
            error_bound(invariant(FLAG, line(box), ONE), computed, {})


@pytest.mark.parametrize(("T", "scale"), [(0, ONE), (-1, ONE), (5, fmpq(1, 2)), (5, arb("nan"))])
def test_an_error_outside_the_bound_is_refused(T, scale):
    with pytest.raises(RuleError, match=r"error at: found k = .*; needed k >= 1 and length >= 1"):
        error_at(bound(), T, scale)


def test_an_error_at_needs_an_error_bound():
    with pytest.raises(RuleError, match=r"error at: found Computes; needed an ErrorBound"):
        error_at(COUNTED, 5, ONE)


def test_a_specification_keeps_its_own_matrices():
    matrices = {"w": [[ONE]]}
    specification = WeightedAutomaton([ONE], matrices, [ONE])
    matrices["w"][0][0] = fmpq(9)
    assert specification == always(1)
    with pytest.raises(TypeError, match=r"item assignment"):
        specification.matrices["w"] = ()


def test_a_join_of_errors_is_tiny_if_one_of_them_is():
    assert _join([Error({(0, fmpq(1)): fmpq(2)}), Error(tiny=True)]) == Error({(0, fmpq(1)): fmpq(2)}, tiny=True)
    assert not _join([Error(), Error()]).tiny
