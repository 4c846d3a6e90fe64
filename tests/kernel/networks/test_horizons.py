"""Deviations from limits with counters in them: what holds up to a length, what an independent run says, and what is refused."""

import math
import random
from dataclasses import replace
from fractions import Fraction
from itertools import pairwise

import mpmath
import pytest
import sympy
from flint import arb, fmpq
from support import GALLERY
from support.refusals import refuses
from support.systems import exactly, h, k, length, r, system, term, x

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.boxes import DecidesAt, Scale, WithinAt
from symlstm.kernel.networks.deviations import Near, Neighbourhood
from symlstm.kernel.networks.families import Family, Leaf, Place, families
from symlstm.kernel.networks.horizons import Deviations, decides_in, within_in
from symlstm.kernel.networks.intervals import Interval
from symlstm.kernel.networks.machines import Acceptance, Machine, Move
from symlstm.kernel.networks.signs import Range
from symlstm.kernel.networks.statements import Readout, WeightedAutomaton
from symlstm.model.activations import sigmoid
from symlstm.model.file.construction_file import read_construction
from symlstm.search.construction import Construction
from symlstm.search.pipeline import claim
from symlstm.search.scale.answer import asked
from symlstm.search.scale.counting import by_counters

N, ONE, LEAK = Variable("n"), Scale(fmpq(1)), fmpq(1, 22026)  # a little above 1/(1 + e^10)
n = algebra.atom(N)

# A cell that adds 1 at each word, and loses 1/(1 + e^10) of what it holds

COUNTER = system({r: sigmoid(10 * k) * r + 1})
READ = Readout(((r, term(1)),), 0)


def counted():
    start = Family((), {}, {r: term(0)}, (Place(0, (term(1), term(0))),), None)
    later = Family(("w",), {N: Range(1, None)}, {r: n}, (Place(0, (term(1), n)),), None)
    steps = [[Leaf(1, {N: term(1)})], [Leaf(1, {N: n + term(1)})]]
    return families(COUNTER, length(), 0, [start, later], {}, steps)


def boxes(*ends, last=40, knots=(0, 20, 40), reach=(1, 1), start=(0, 0)):
    """Lower ends of the deviation at the knots, as multiples of the leak."""
    first = {r: (fmpq(start[0]), fmpq(start[1]))}
    pairs = [tuple({r: (-x * LEAK, fmpq(0))} for x in pair) for pair in pairwise(ends)]
    return Deviations([[(first, first)] * len(pairs), pairs], [{}, {N: reach}], [Leaf(None, {})] * 2, knots, last)


def test_a_counter_that_leaks_is_followed_by_lines():
    """After t words no more than t of the leak a word is lost: 20 * 21, and 20 * 41 in the second half."""
    found = within_in(counted(), READ, ONE, boxes(0, 420, 420 + 820)).conclusion
    assert isinstance(found, WithinAt) and found.last == 40 and 0 <= found.bound - 1240 * LEAK < LEAK
    with mpmath.workdps(40):
        kept = 1 / (1 + mpmath.exp(-10))
        assert 40 - (1 - kept**40) / (1 - kept) <= exactly(found.bound)


REFUSED = {
    "too_little_room": (boxes(0, 420, 800), r"r off by -0\.0\d+ to .* after w; needed"),
    "room_for_the_ghosts_at_the_start_of_a_stretch": (boxes(0, 420, 880), r"r off by -0\.0\d+ to .* after w; needed"),
    "lines_too_slow_at_their_start_alone": (  # 20 of what is lost, less later on by what is lost already
        boxes(0, fmpq(3999, 10), 1240), r"r off by -0\.0009\d+ to .* after w; needed",
    ),
    "a_box_that_shrinks_at_a_knot": (
        replace(boxes(0, 420, 1240), boxes=[[({r: (fmpq(0), fmpq(0))},) * 2] * 2,
                [({r: (fmpq(0), fmpq(0))}, {r: (-420 * LEAK, fmpq(0))}), ({r: (-419 * LEAK, fmpq(0))}, {r: (-1240 * LEAK, fmpq(0))})]]),
        r"a box at a knot outside the next one",
    ),
    "a_start_outside": (boxes(0, 420, 1240, start=(1, 2)), r"a first box without 0"),
    "ghosts_that_outrun_their_reach": (boxes(0, 420, 1240, reach=(40, 0)), r"the ghost n \+ 1, .* on w; needed 40 \+ 0"),
    "a_reach_of_other_ghosts": (replace(boxes(0, 420, 1240), reach=[{}, {}]), r"a reach of \[\]"),
    "a_reach_below_0": (boxes(0, 420, 1240, reach=(-1, 1)), r"two natural numbers for each ghost"),
    "boxes_for_ever": (boxes(0, 420, 1240, last=None), r"the knots .* up to None"),
    "one_box_for_ever": (boxes(1, 1, last=None, knots=(0,)), r"r off by .*inf"),
    "too_few_families": (replace(boxes(0, 420, 1240), boxes=[]), r"0 families; needed 2"),
    "too_few_goals": (replace(boxes(0, 420, 1240), goals=[]), r"0 trees; needed one a family"),
    "a_box_of_another_coordinate": (
        replace(boxes(0, 420, 1240), boxes=[[({h: (fmpq(0), fmpq(0))},) * 2] * 2] * 2), r"the same coordinates of the state"
    ),
}  # fmt: skip


@pytest.mark.parametrize(("found", "message"), REFUSED.values(), ids=REFUSED)
def test_deviations_refuse(found, message):
    refuses(message, within_in, counted(), READ, ONE, found)


def test_a_readout_of_what_is_not_followed_is_refused():
    found = boxes(0, 420, 1240)
    bare = replace(found, boxes=[[({}, {})] * 2] * 2)
    refuses(r"r is read, of which nothing is known", within_in, counted(), READ, ONE, bare)


def test_other_premises_are_refused():
    theorem = within_in(counted(), READ, ONE, boxes(0, 420, 1240))
    refuses(r"needed Families", within_in, theorem, READ, ONE, boxes(0, 420, 1240))
    refuses(r"needed Families, at one scale", within_in, counted(), READ, Scale(fmpq(1), True), boxes(0, 420, 1240))
    refuses(r"a rational k > 0", within_in, counted(), READ, Scale(fmpq(0)), boxes(0, 420, 1240))
    refuses(r"Acceptance, with the delay", decides_in, counted(), READ, term(0), ONE, boxes(0, 420, 1240))
    refuses(r"needed a constant", decides_in, counted(), READ, n, ONE, boxes(0, 420, 1240))
    refuses(r"Values, with the delay", within_in, counted(), replace_delay(READ), ONE, boxes(0, 420, 1240))


STILL = ({r: (fmpq(0), fmpq(0))},) * 2


def test_ghosts_that_double_outrun_every_line():
    """2 (1 + t) is 1 + 1 (t + 1) at t = 0, and more from then on."""
    doubles = WeightedAutomaton((fmpq(1),), {"w": ((fmpq(2),),)}, (fmpq(1),))
    start = Family((), {}, {r: term(1)}, (Place(0, (term(1),)),), None)
    later = Family(("w",), {N: Range(1, None)}, {r: n}, (Place(0, (n,)),), None)
    steps = [[Leaf(1, {N: term(2)})], [Leaf(1, {N: n.scaled(fmpq(2))})]]
    premise = families(system({r: 2 * r}, {r: 1}), doubles, 0, [start, later], {}, steps)
    found = Deviations([[STILL], [STILL]], [{}, {N: (1, 1)}], [Leaf(None, {})] * 2, (0,), 5)
    refuses(r"the ghost 2\*n, up to 2 \+ 2 t, on w; needed 1 \+ 1 \(t \+ 1\)", within_in, premise, READ, ONE, found)


def test_the_origin_has_to_be_in_reach():
    start = Family((), {N: Range(3, 3)}, {r: n - term(3)}, (Place(0, (term(1), n - term(3))),), None)
    later = Family(("w",), {N: Range(1, None)}, {r: n}, (Place(0, (term(1), n)),), None)
    steps = [[Leaf(1, {N: n - term(2)})], [Leaf(1, {N: n + term(1)})]]
    premise = families(system({r: r + 1}), length(), 0, [start, later], {N: 3}, steps)
    found = Deviations([[STILL], [STILL]], [{N: (3, 0)}, {N: (1, 1)}], [Leaf(None, {})] * 2, (0,), 5)
    assert within_in(premise, READ, ONE, found).conclusion.bound == 0
    refuses(
        r"the origin .*; needed one in reach",
        within_in,
        premise,
        READ,
        ONE,
        replace(found, reach=[{N: (2, 0)}, {N: (1, 1)}]),
    )


def replace_delay(readout):
    return Readout(readout.terms, 1)


# Dyck-1 whose latch is written anew: where it must fail is known from runs

NAME = GALLERY / "decisions" / "dyck1_rewritten.toml"


def dyck():
    file = read_construction(NAME)
    return Construction(file.network, file.specification, threshold=file.threshold)


def certified(made, scale):
    question, _ = asked(made, Fraction(scale), None)
    premise = made.decision.premises[0]
    goals = claim(made).goals(premise.conclusion.families)
    return by_counters(question, premise, goals).conclusion


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "least"), [("3/20", 600), ("1/5", 10**4), ("1/4", 130_000), ("1", 3 * 10**21)])
def test_dyck_1_is_right_up_to_a_length_below_the_first_failure(scale, least):
    made = dyck()
    found = certified(made, scale)
    assert isinstance(found, DecidesAt) and found.last > least
    if least < 20_000:
        assert found.last < first_failure(float(Fraction(scale))) < 4 * found.last


def first_failure(scale):
    """The length of (^m )^m () for the first m on which it is rejected, by bisection."""
    right, wrong = 1, 1 << 15
    while wrong - right > 1:
        m = (right + wrong) // 2
        right, wrong = (m, wrong) if simulated("(" * m + ")" * m + "()", scale) > 0 else (right, m)
    return 2 * wrong + 2


def simulated(words, k):
    """The readout of the network of the file, written out."""

    def opened(x):
        return 1 / (1 + math.exp(-min(700, max(-700, k * x))))

    c = h = latch = 0.0
    always = opened(100)
    for word in words:
        closing = word == ")"
        entry = opened(100 * closing - 200 * h + 600 * latch - 50)
        c = always * c + always * math.tanh(k * (-100 if closing else 100))
        latch_cell = entry * math.tanh(100 * k)
        h, latch = always * math.tanh(c), always * math.tanh(latch_cell)
    return 0.5 - h - 3 * latch


# The arithmetic, against mpmath

H, R, X, K = sympy.symbols("h r x k", real=True)
SHAPES = [
    sigmoid(K * (7 * H - 3)),
    sympy.tanh(K * H) * R,
    sigmoid(R / 3) * H - R * 2,
    sympy.tanh(2 * K) * R + sympy.tanh(H - 2 * K),
    H * R * sigmoid(9 * K),
    sympy.tanh(R) - sigmoid(R * 3),
    sympy.tanh(X) + sigmoid(X - 2) * H,
    X * R * X - R * H,
    sigmoid(K * (3 * X / sympy.tanh(1) - 2)) / sympy.tanh(1) ** 2,
]


@pytest.mark.parametrize("shape", SHAPES, ids=map(str, SHAPES))
def test_values_near_limits_are_enclosed(shape):
    """At random points of the neighbourhood: value - main lies in the interval for what it is off."""
    source, expression = random.Random(1), shape
    value = sympy.lambdify((H, R, X, K), expression, "mpmath")
    for _ in range(20):
        low, high = sorted(source.sample(range(-4, 9), 2))
        off = {s: sorted(source.choices([-0.25, -0.0625, 0.0, 0.125, 0.5], k=2)) for s in (h, r, x)}
        state = {h: algebra.tanh(n), r: n.scaled(fmpq(1, 2)) + term(1), x: term(1)}
        scale = source.choice([1, 2, 5])
        nearby = {s: Near(state[s], Interval(*map(arb, off[s]))) for s in state}
        around = Neighbourhood(nearby, {N: Interval(arb(low), arb(high))}, k, fmpq(scale))
        found = around.near(term(expression))
        for _ in range(10):
            at, d = source.randint(low, high), {s: source.uniform(*off[s]) for s in off}
            with mpmath.workdps(40):
                values = {"h": mpmath.tanh(at) + d[h], "r": mpmath.mpf(at) / 2 + 1 + d[r], "x": 1 + d[x], "k": scale}
                true = value(*(values[name] for name in "hrxk"))
                main = algebra.substitute(found.main, {N: term(at)}, {})
                main = mpmath.mpf(algebra.constant_ball(main, 200).str(40, radius=False))
                lo, hi = (mpmath.mpf(x.str(40, radius=False)) for x in found.off)
                assert lo - mpmath.mpf(10) ** -30 <= true - main <= hi + mpmath.mpf(10) ** -30


def off(expression, low, high, **deviations):
    """Of what a term is off at k = 1, h near tanh n, r near n, x near 1, n between two numbers."""
    mains = {h: algebra.tanh(n), r: n, x: term(1)}
    near = {Variable(s): Near(mains[Variable(s)], Interval(*map(arb, ends))) for s, ends in deviations.items()}
    return Neighbourhood(near, {N: Interval(arb(low), arb(high))}, k, fmpq(1)).near(term(expression)).off


def test_a_function_moves_by_its_slope_where_it_is():
    """At 7/4 and beyond tanh has a slope of at most 1 - tanh(7/4)^2, on both sides of 0; sigmoid that of tanh at half, over 4."""
    with mpmath.workdps(30):
        slope = mpmath.sech(1.75) ** 2
        for ends in ((2, 8), (-8, -2)):
            found = off(sympy.tanh(R), *ends, r=(-0.25, 0.25))
            assert abs(float(found.hi) - slope / 4) < 1e-12 and abs(float(found.lo) + slope / 4) < 1e-12
        assert abs(float(off(sigmoid(R), 2, 8, r=(-0.25, 0.25)).hi) - mpmath.sech(0.875) ** 2 / 16) < 1e-12
        assert float(off(sympy.tanh(R), -8, 8, r=(-0.25, 0.25)).hi) == 0.25  # 0 is between
        assert float(off(sympy.tanh(R), 0, 8, r=(-0.25, 0.25)).hi) == 0.25  # and here, below the least of n


def test_a_function_at_one_number_is_evaluated():
    with mpmath.workdps(30):
        found = off(sympy.tanh(X), 0, 0, x=(-0.5, 0.25))
        ends = (mpmath.tanh(0.5) - mpmath.tanh(1), mpmath.tanh(1.25) - mpmath.tanh(1))
        assert all(abs(float(x) - end) < 1e-12 for x, end in zip(found, ends, strict=True))


def test_a_product_pairs_the_ends_of_one_factor():
    """x sigmoid(k) = x (1 - e) with e from 0 to 0.27, less 1: 1/2 (1 - e) - 1 at x = 1/2, and 3/2 - 1 at 3/2."""
    found = off(X * sigmoid(K), 0, 0, x=(-0.5, 0.5))
    assert abs(float(found.lo) + 0.5 + (1 - 1 / (1 + math.exp(-1))) / 2) < 1e-9 and float(found.hi) == 0.5


def near(made, low, high):
    """What is known of a term in r, which is 1/4 at most from n, n between two numbers."""
    state = {r: Near(n, Interval(arb(-0.25), arb(0.25)))}
    return Neighbourhood(state, {N: Interval(arb(low), arb(high))}, k, fmpq(1)).near(made)


RELU, STEP, ANY = algebra.BY_NAME["relu"](algebra.atom(r)), algebra.BY_NAME["step"](algebra.atom(r)), (-0.5, 0.5)
PIECES = {  # a main value, and within which ends the rest lies; None where nothing is known
    "step_above": (STEP, (1, 8), 1, (0, 0)),
    "step_below": (STEP, (-8, -1), 0, (0, 0)),
    "step_from_0_on_may_be_below": (STEP, (0, 8), Fraction(1, 2), ANY),
    "step_up_to_0_may_be_above": (STEP, (-8, 0), Fraction(1, 2), ANY),
    "relu_above": (RELU, (1, 8), n, (-0.25, 0.25)),
    "relu_below": (RELU, (-8, -1), 0, (0, 0)),
    "relu_up_to_0_may_be_above": (RELU, (-8, 0), 0, (-0.25, 0.25)),
    "relu_from_0_on": (RELU, (0, 8), n, (-0.25, 0.25)),
    "relu_on_both_sides": (RELU, (-8, 8), None, None),
    "a_square_of_the_scale": (term(sigmoid(K**2 * R)), (2, 8), Fraction(1, 2), ANY),
    "divided_by_the_scale": (term(R / K), (2, 8), None, None),
    "divided_by_a_coordinate": (term(1 / R), (2, 8), None, None),
}


@pytest.mark.parametrize(("made", "ends", "main", "rest"), PIECES.values(), ids=PIECES)
def test_pieces_have_a_side_or_none(made, ends, main, rest):
    found = near(made, *ends)
    if main is None:
        assert found is None
    else:
        wanted = (
            main
            if isinstance(main, algebra.Term)
            else algebra.rational(Fraction(main).numerator, Fraction(main).denominator)
        )
        assert found.main == wanted and tuple(map(float, found.off)) == rest


def test_a_step_at_0_is_1():
    """Of n <= 0 with nothing off: 0 is among them."""
    found = Neighbourhood({r: Near(n, Interval(arb(0), arb(0)))}, {N: Interval(arb(-3), arb(0))}, k, fmpq(1)).near(STEP)
    assert (found.main, tuple(map(float, found.off))) == (algebra.rational(1, 2), ANY)


def test_a_gate_that_is_not_on_its_side_yet_is_as_far_off_as_it_may_be():
    """sigmoid(10 k - 20) tends to 1, and is nearly 0 at k = 1: off by nearly -1, of which a half is not enough."""
    one = WeightedAutomaton((fmpq(1),), {"w": ((fmpq(1),),)}, (fmpq(1),))
    start = Family((), {}, {r: term(1)}, (Place(0, (term(1),)),), None)
    later = Family(("w",), {}, {r: term(1)}, (Place(0, (term(1),)),), None)
    late = system({r: sigmoid(10 * k * (1 + h) - 20), h: h}, {r: 1})
    with_h = [replace(family, limits={**family.limits, h: term(0)}) for family in (start, later)]
    premise = families(late, one, 0, with_h, {}, [[Leaf(1, {})], [Leaf(1, {})]])

    def off(low, high):
        pair = ({r: (fmpq(low), fmpq(high)), h: (fmpq(0), fmpq(0))},) * 2
        first = ({r: (fmpq(0), fmpq(0)), h: (fmpq(0), fmpq(0))},) * 2
        return Deviations([[first], [pair]], [{}, {}], [Leaf(None, {})] * 2, (0,), None)

    assert within_in(premise, READ, ONE, off(-1, 0)).conclusion.bound == 1
    refuses(r"r off by -1", within_in, premise, READ, ONE, off(-fmpq(1, 2), fmpq(1, 2)))


def test_a_readout_at_the_threshold_is_on_no_side():
    machine = Machine(("q",), (), 0, (), {"w": ((Move((), 0, ()),),)}, Acceptance((((),),)))
    start = Family((), {}, {r: term(0)}, (Place(0, ()),), None)
    later = Family(("w",), {N: Range(1, None)}, {r: n}, (Place(0, ()),), None)
    steps = [[Leaf(1, {N: term(1)})], [Leaf(1, {N: n + term(1)})]]
    premise = families(system({r: r + 1}), machine, 0, [start, later], {}, steps)
    found = Deviations([[STILL], [STILL]], [{}, {N: (1, 1)}], [Leaf(None, {})] * 2, (0,), None)
    assert isinstance(decides_in(premise, READ, term(fmpq(1, 2)), ONE, found).conclusion, DecidesAt)
    refuses(r"a readout after w; needed above the threshold", decides_in, premise, READ, term(1), ONE, found)


def test_a_ghost_within_a_range_may_still_be_out_of_reach():
    one = WeightedAutomaton((fmpq(1),), {"w": ((fmpq(1),),)}, (fmpq(1),))
    start = Family((), {}, {r: term(3)}, (Place(0, (term(1),)),), None)
    later = Family(("w",), {N: Range(1, 3)}, {r: n}, (Place(0, (term(1),)),), None)
    premise = families(system({r: r}, {r: 3}), one, 0, [start, later], {}, [[Leaf(1, {N: term(3)})], [Leaf(1, {N: n})]])

    def within_reach(most):
        return Deviations([[STILL], [STILL]], [{}, {N: (most, 0)}], [Leaf(None, {})] * 2, (0,), None)

    assert within_in(premise, READ, ONE, within_reach(3)).conclusion.bound == 2
    refuses(r"the ghost 3, up to 3 \+ 0 t, on w", within_in, premise, READ, ONE, within_reach(2))


def test_what_grows_by_a_share_of_itself_outruns_a_line_at_its_far_end():
    """1.01 x <= x + s for x = 1 where s >= 0.01, for x = 1 + 19 s where s >= 0.01235."""
    one = WeightedAutomaton((fmpq(1),), {"w": ((fmpq(1),),)}, (fmpq(1),))
    start = Family((), {}, {r: term(0)}, (Place(0, (term(1),)),), None)
    later = Family(("w",), {}, {r: term(0)}, (Place(0, (term(1),)),), None)
    growing = system({r: r * sympy.Rational(101, 100)})
    premise = families(growing, one, 0, [start, later], {}, [[Leaf(1, {})], [Leaf(1, {})]])

    def rising(slope):
        pair = ({r: (fmpq(0), fmpq(1))}, {r: (fmpq(0), 1 + 20 * slope)})
        return Deviations([[STILL], [pair]], [{}, {}], [Leaf(None, {})] * 2, (0, 20), 20)

    assert within_in(premise, READ, ONE, rising(fmpq(13, 1000))).conclusion.last == 20
    refuses(r"r off by .* after w; needed", within_in, premise, READ, ONE, rising(fmpq(11, 1000)))


def test_a_ghost_with_a_range_counts_by_its_farther_end():
    """m + n grows by up to 5 a word, as n is one of 1 to 5."""
    other = Variable("m")
    m, one = algebra.atom(other), WeightedAutomaton((fmpq(1),), {"w": ((fmpq(1),),)}, (fmpq(1),))
    place = (Place(0, (term(1),)),)
    start = Family((), {}, {r: term(0), h: term(3)}, place, None)
    later = Family(("w",), {N: Range(1, 5), other: Range(0, None)}, {r: m, h: n}, place, None)
    steps = [[Leaf(1, {N: term(3), other: term(3)})], [Leaf(1, {N: n, other: m + n})]]
    premise = families(system({r: r + h, h: h}, {h: 3}), one, 0, [start, later], {}, steps)
    still = ({r: (fmpq(0), fmpq(0)), h: (fmpq(0), fmpq(0))},) * 2

    def reaching(speed):
        reach = {N: (5, 0), other: (3, speed)}
        return Deviations([[still], [still]], [{}, reach], [Leaf(None, {})] * 2, (0,), 4)

    assert within_in(premise, READ, ONE, reaching(5)).conclusion.last == 4
    refuses(r"the ghost .*, up to 8 \+ 3 t, on w; needed 3 \+ 3", within_in, premise, READ, ONE, reaching(3))
