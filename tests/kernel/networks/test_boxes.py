"""Boxes at one scale: what two of them prove for every length, what a leak allows up to one, and what the rules refuse."""

from dataclasses import replace

import mpmath
import pytest
import sympy
from flint import fmpq
from support.refusals import refuses
from support.systems import a, always, b, h, k, r, system, term

from symlstm.kernel import algebra
from symlstm.kernel.networks.boxes import Class, Classes, DecidesAt, Scale, WithinAt, decides_at, within_at
from symlstm.kernel.networks.machines import Acceptance, Configuration, Machine, Move, Values
from symlstm.kernel.networks.machines import Form as Affine
from symlstm.kernel.networks.statements import Goal, Readout, System
from symlstm.model.activations import sigmoid

ONE, HALF, Q0, Q1 = Scale(fmpq(1)), term(sympy.Rational(1, 2)), Configuration(0, ()), Configuration(1, ())
READ = Readout(((h, term(1)),), 0)
NEAR_0, NEAR_1 = {h: (fmpq(-1, 100), fmpq(1, 100))}, {h: (fmpq(99, 100), fmpq(101, 100))}


def flips(acceptance=((), ((),)), domain=None):
    """Two states that the word exchanges; the second one accepts."""
    moves = {"w": ((Move((), 1, ()),), (Move((), 0, ()),))}
    return Machine(("even", "odd"), (), 0, (), moves, Acceptance(acceptance), domain)


ALTERNATING = system({h: sigmoid(k * (10 - 20 * h))})
PARITY = Goal(ALTERNATING, READ, flips())
EVEN = Class((Q0,), None, [(NEAR_0, NEAR_0)], (1,))
ODD = Class((Q1,), None, [(NEAR_1, NEAR_1)], (0,))
TWO = Classes([EVEN, ODD])


def test_two_boxes_decide_for_every_length():
    found = decides_at(PARITY, HALF, ONE, TWO).conclusion
    assert found == DecidesAt(ALTERNATING, READ, flips(), ONE, None, HALF)


def test_and_at_every_scale_from_one_on():
    assert decides_at(PARITY, HALF, Scale(fmpq(1), onward=True), TWO).conclusion.scale.onward


def test_a_number_is_kept_within_the_largest_distance_in_the_boxes():
    found = within_at(
        Goal(system({h: h / 2}, {h: sympy.Integer(1)}), READ, always(0)), ONE, one(0, 1, always(0))
    ).conclusion
    assert isinstance(found, WithinAt) and found.bound == 1 and found.last is None


def one(lo, hi, specification, last=None, **rest):
    """One class of every length with a box for h."""
    pair = ({h: (fmpq(lo), fmpq(hi))},) * 2
    where = Configuration(0, (fmpq(1),) * len(specification.initial))
    return Classes([Class((where,), None, [pair], (0,))], last=last, **rest)


# A cell that loses 2^-10 of its value at each word

FACTOR = fmpq(1, 1024)
KEPT = system({r: r * sympy.Rational(1023, 1024)}, {r: sympy.Integer(1)})
LEAKS = Goal(KEPT, Readout(((r, term(1)),), 0), always(1))


def leaking(*ends, knots=(0, 100), last=100):
    pairs = [tuple({r: (fmpq(lo), fmpq(1))} for lo in pair) for pair in ends]
    return Classes([Class((Configuration(0, (fmpq(1),)),), None, pairs, (0,))], knots, last)


LINE = (fmpq(1), fmpq(1) - 100 * FACTOR)


def test_a_leak_is_bounded_by_a_line_up_to_a_length():
    found = within_at(LEAKS, ONE, leaking(LINE)).conclusion
    assert (found.last, found.bound) == (100, 100 * FACTOR)
    with mpmath.workdps(30):
        assert 1 - (mpmath.mpf(1023) / 1024) ** 100 <= mpmath.mpf(100) / 1024


def test_and_by_several_lines_one_after_the_other():
    middle = fmpq(1) - 50 * FACTOR
    slower = middle - 50 * FACTOR * fmpq(96, 100)
    found = within_at(LEAKS, ONE, leaking((1, middle), (middle, slower), knots=(0, 50, 100))).conclusion
    assert found.bound == 1 - slower


REFUSED = {
    "a_box_that_a_step_leaves": (
        TWO, {"boxes": [({h: (fmpq(0), fmpq(1, 10**9))},) * 2]},
        r"h in \[3\.71\d+e-5, 5\.54\d+e-5\] after class 1 \+ w; needed inside",
    ),
    "another_configuration": (TWO, {"configurations": (Q1,)}, r"a first class with .*; needed the configuration of the empty word"),
    "a_missing_successor": (TWO, {"successors": (None,)}, r"no successor for w; needed one for each word"),
    "a_successor_elsewhere": (TWO, {"successors": (0,)}, r"class 0 after w; needed the configurations"),
    "a_successor_that_is_no_class": (TWO, {"successors": (7,)}, r"a class of another shape"),
    "too_many_successors": (TWO, {"successors": (1, 1)}, r"a class of another shape"),
    "no_successors_for_ever": (TWO, {"successors": ()}, r"nothing after class 0, reached by 0 words"),
    "a_foreign_coordinate": (TWO, {"boxes": [({a: (fmpq(0), fmpq(1))},) * 2]}, r"the same coordinates of the state"),
    "a_box_that_changes_for_ever": (TWO, {"boxes": [(NEAR_0, {h: (fmpq(-1), fmpq(1))})]}, r"a box that changes for ever"),
    "ends_that_are_no_rationals": (TWO, {"boxes": [({h: (0, 1)},) * 2]}, r"a box with other ends; needed rationals"),
    "ends_in_the_wrong_order": (TWO, {"boxes": [({h: (fmpq(1), fmpq(0))},) * 2]}, r"needed rationals lo <= hi"),
    "a_box_without_the_start": (TWO, {"boxes": [({h: (fmpq(1, 1000), fmpq(1, 100))},) * 2]}, r"h in \[0, 0\] after the initial state"),
    "two_boxes_for_no_knots": (TWO, {"boxes": [(NEAR_0, NEAR_0)] * 2}, r"2 pairs of boxes; needed one for each of 1"),
}  # fmt: skip


@pytest.mark.parametrize(("classes", "changed", "message"), REFUSED.values(), ids=REFUSED)
def test_boxes_refuse(classes, changed, message):
    first, *others = classes.classes
    refuses(message, decides_at, PARITY, HALF, ONE, replace(classes, classes=[replace(first, **changed), *others]))


SHAPES = {
    "knots_without_a_last_length": ({"knots": (0, 5)}, r"the knots \(0, 5\) up to None"),
    "a_last_length_beyond_the_knots": ({"knots": (0, 5), "last": 6}, r"the knots \(0, 5\) up to 6"),
    "knots_that_do_not_begin_at_0": ({"knots": (1,)}, r"the knots \(1,\)"),
    "knots_that_fall": ({"knots": (0, 3, 2), "last": 2}, r"whole numbers that grow from 0"),
}


@pytest.mark.parametrize(("changed", "message"), SHAPES.values(), ids=SHAPES)
def test_boxes_refuse_knots(changed, message):
    refuses(message, decides_at, PARITY, HALF, ONE, replace(TWO, **changed))


def test_a_class_without_successors_is_reached_at_the_last_length_only():
    final = Classes([EVEN, replace(ODD, successors=())], last=1)
    assert decides_at(PARITY, HALF, ONE, final).conclusion.last == 1
    refuses(r"nothing after class 1, reached by 1 words", decides_at, PARITY, HALF, ONE, replace(final, last=2))


def test_a_leak_refuses_a_line_above_it():
    less = fmpq(1) - 100 * FACTOR + FACTOR / 10
    refuses(r"r in .* after class 0 \+ w; needed inside", within_at, LEAKS, ONE, leaking((1, less)))


def test_a_leak_refuses_a_knot_where_the_box_shrinks():
    middle = fmpq(1) - 50 * FACTOR
    shrunk = leaking((1, middle), (middle + FACTOR, middle - 49 * FACTOR), knots=(0, 50, 100))
    refuses(r"a box at a knot outside the next one", within_at, LEAKS, ONE, shrunk)


def test_a_leak_refuses_two_changing_coordinates_in_one_product():
    """x y is no linear function of the length where both are: on the way from 1/2 to 1 it is below the line."""
    made = system({a: a, b: b, r: a * b}, {a: sympy.Integer(1), b: sympy.Integer(1), r: sympy.Integer(1)})
    goal = Goal(made, Readout(((r, term(1)),), 0), always(1))
    pair = tuple({s: (fmpq(lo), fmpq(1)) for s in (a, b, r)} for lo in (1, fmpq(1, 2)))
    where = Class((Configuration(0, (fmpq(1),)),), None, [pair], (0,))
    refuses(
        r"at most one coordinate with a changing box in each product", within_at, goal, ONE, Classes([where], (0, 9), 9)
    )


def test_deciding_refuses_a_readout_on_both_sides():
    wide = Classes(
        [replace(EVEN, boxes=[({h: (fmpq(-1), fmpq(2))},) * 2]), replace(ODD, boxes=[({h: (fmpq(-1), fmpq(2))},) * 2])]
    )
    refuses(r"a readout in \[-1\.0+, 2\.0+\]; needed (above|below) the threshold", decides_at, PARITY, HALF, ONE, wide)


def test_deciding_refuses_a_tie():
    exact = Goal(system({h: h}), READ, always_accepting(False))
    classes = Classes([Class((Q0,), None, [({h: (fmpq(0), fmpq(0))},) * 2], (0,))])
    refuses(r"a readout in \[0, 0\]; needed below the threshold 0", decides_at, exact, algebra.ZERO, ONE, classes)


def always_accepting(yes, domain=None):
    return Machine(("q",), (), 0, (), {"w": ((Move((), 0, ()),),)}, Acceptance((((),) if yes else (),)), domain)


def test_deciding_refuses_a_specification_of_numbers():
    refuses(r"decides at: .*needed a specification that accepts or not", decides_at, LEAKS, HALF, ONE, leaking(LINE))


def test_a_distance_refuses_a_specification_without_numbers():
    refuses(r"within at: .*needed a specification that says numbers", within_at, PARITY, ONE, TWO)


@pytest.mark.parametrize("threshold", [term(k), term(h)])
def test_deciding_refuses_a_threshold_that_varies(threshold):
    refuses(r"needed a constant", decides_at, PARITY, threshold, ONE, TWO)


@pytest.mark.parametrize("scale", [Scale(fmpq(0)), Scale(fmpq(-1)), Scale(1)])
def test_boxes_refuse_a_scale_that_is_no_positive_rational(scale):
    refuses(r"needed a rational k > 0", decides_at, PARITY, HALF, scale, TWO)


def test_boxes_refuse_open_parameters():
    open_ = System(**{**{f: getattr(ALTERNATING, f) for f in ALTERNATING.__dataclass_fields__}, "parameters": (a,)})
    refuses(r"no open parameters", decides_at, Goal(open_, READ, flips()), HALF, ONE, TWO)


def test_boxes_refuse_a_readout_that_varies():
    goal = Goal(ALTERNATING, Readout(((h, term(k)),), 0), flips())
    refuses(r"constant coefficients and a natural delay", decides_at, goal, HALF, ONE, TWO)


# What is not promised

ONCE = Machine(("none", "one", "more"), (), 0, (), {"w": ((Move((), 1, ()),), (Move((), 2, ()),), (Move((), 2, ()),))},
               Acceptance((((),), ((),), ())))  # fmt: skip
D0, D1 = Configuration(0, ()), Configuration(1, ())
PROMISED = Goal(ALTERNATING, READ, flips(domain=ONCE))


def test_words_that_are_not_promised_need_no_class():
    classes = Classes([replace(EVEN, domain=D0), replace(ODD, domain=D1, successors=(None,))])
    assert decides_at(PROMISED, HALF, ONE, classes).conclusion.last is None


def test_a_promise_refuses_to_leave_out_a_word_that_is_promised():
    classes = Classes([replace(EVEN, domain=D0, successors=(None,))])
    refuses(r"no successor for w", decides_at, PROMISED, HALF, ONE, classes)


def test_a_promise_refuses_another_configuration_of_the_domain():
    classes = Classes([replace(EVEN, domain=D0), replace(ODD, domain=D0, successors=(None,))])
    refuses(r"class 1 after w; needed the configurations", decides_at, PROMISED, HALF, ONE, classes)


def test_nothing_is_claimed_where_the_domain_does_not_accept():
    """Only words of even length are promised: the readout after the others does not matter."""
    goal = Goal(ALTERNATING, READ, flips(acceptance=((), ()), domain=flips(acceptance=(((),), ()))))
    classes = Classes([replace(EVEN, domain=D0), replace(ODD, domain=D1)])
    assert decides_at(goal, HALF, ONE, classes).conclusion.last is None
    refuses(r"needed below", decides_at, replace_domain(goal), HALF, ONE, Classes([EVEN, ODD]))


def replace_domain(goal):
    return Goal(goal.system, goal.readout, flips(acceptance=((), ())))


def test_a_late_readout_speaks_of_the_words_before():
    """With a delay of 1 the classes keep two configurations, and the older one is what the readout must say."""
    values = Values((Affine((), fmpq(1)), Affine((), fmpq(0))))
    late = Machine(("even", "odd"), (), 0, (), flips().moves, values)
    goal = Goal(ALTERNATING, Readout(((h, term(1)),), 1), late)
    start = replace(EVEN, successors=(1,))
    odd, even = (
        replace(ODD, configurations=(Q0, Q1), successors=(2,)),
        replace(EVEN, configurations=(Q1, Q0), successors=(1,)),
    )
    bound = within_at(goal, ONE, Classes([start, odd, even])).conclusion.bound
    assert fmpq(1, 100) <= bound < fmpq(101, 10**4)
    refuses(r"class 1 after w", within_at, goal, ONE, Classes([start, replace(odd, configurations=(Q1,)), even]))
