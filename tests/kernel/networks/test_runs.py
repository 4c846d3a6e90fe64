"""What is read after one word sequence: the same as step by step in mpmath, whether words are followed singly or in boxes."""

from functools import reduce

import mpmath
import pytest
import sympy
from flint import fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from support.refusals import refuses
from support.systems import always, exactly, h, length, r, system, term, x, y

from symlstm.kernel.networks.boxes import Scale
from symlstm.kernel.networks.machines import RELATIONS, Acceptance, Form, Machine, Move, Test, Values
from symlstm.kernel.networks.runs import STEPS, Phase, repeated, run_at
from symlstm.kernel.networks.statements import Goal, Readout
from symlstm.kernel.theorem import RuleError

ONE, BITS = Scale(fmpq(1)), 128
SLOW = sympy.Rational(1023, 1024)
DECAY = system({r: r * SLOW, h: sympy.tanh(r)}, {r: sympy.Integer(1)})
READ = Readout(((r, term(1)),), 0)
GOAL = Goal(DECAY, READ, always(1))
LOWER = {r: fmpq(1) - fmpq(100, 1024)}
TUBE = ({r: (fmpq(1), fmpq(1))}, {r: (LOWER[r], fmpq(1) - fmpq(90, 1024))})


def test_words_one_by_one_are_as_exact_as_the_bits():
    found = run_at(GOAL, ONE, [Phase(("w",), 7)], BITS).conclusion
    with mpmath.workdps(40):
        truth = (mpmath.mpf(1023) / 1024) ** 7
        assert exactly(found.lower) <= truth <= exactly(found.upper) and exactly(found.upper - found.lower) < 1e-35
    assert (found.runs, found.specified) == (((("w",), 7),), 1)


def test_a_repeated_word_is_followed_in_boxes():
    found = run_at(GOAL, ONE, [Phase(("w",), 100, (TUBE,)), Phase(("w",), 1)], BITS).conclusion
    with mpmath.workdps(40):
        assert exactly(found.lower) <= (mpmath.mpf(1023) / 1024) ** 101 <= exactly(found.upper)
    assert found.upper < fmpq(915, 1000) and found.runs == ((("w",), 101),)


def test_the_specification_of_a_repeated_word_is_that_of_each_of_them():
    three = [Move((), q, ()) for q in (1, 2, 3, 1)]  # 0 1 2 3 1 2 3 ...
    cycle = Machine(("0", "1", "2", "3"), (), 0, (), {"w": tuple((m,) for m in three)}, Acceptance(((), (), ((),), ())))
    for n in range(1, 9):
        found = run_at(Goal(DECAY, READ, cycle), ONE, [Phase(("w",), n)], BITS).conclusion
        assert found.specified == (n % 3 == 2)


def test_a_late_readout_leaves_out_the_last_words():
    late = Goal(DECAY, Readout(READ.terms, 3), length())
    assert run_at(late, ONE, [Phase(("w",), 2), Phase(("w",), 1), Phase(("w",), 2)], BITS).conclusion.specified == 2
    refuses(r"fewer than 3 words", run_at, late, ONE, [Phase(("w",), 2)], BITS)


REFUSED = {
    "no_words": ([], r"one or more words of the system"),
    "another_word": ([Phase(("v",), 1)], r"a phase of other words or times"),
    "no_times": ([Phase(("w",), 0)], r"a phase of other words or times"),
    "too_many_words_without_boxes": ([Phase(("w",), STEPS + 1)], r"more than 20000 words without boxes"),
    "boxes_that_begin_elsewhere": (
        [Phase(("w",), 1), Phase(("w",), 100, (TUBE,))],
        r"do not begin around the state before w",
    ),
    "boxes_that_end_too_high": (
        [Phase(("w",), 100, ((TUBE[0], {r: (fmpq(95, 100), fmpq(1))}),))],
        r"after w repeated; needed inside",
    ),
    "boxes_that_last_too_long": ([Phase(("w",), 200, (TUBE,))], r"after w repeated; needed inside"),
    "boxes_over_other_coordinates": (
        [Phase(("w",), 100, (({h: (fmpq(0), fmpq(1))}, TUBE[1]),))],
        r"do not begin around",
    ),
}


@pytest.mark.parametrize(("phases", "message"), REFUSED.values(), ids=REFUSED)
def test_a_run_refuses(phases, message):
    refuses(message, run_at, GOAL, ONE, phases, BITS)


def test_a_run_refuses_words_that_are_not_promised():
    never = Machine(("q",), (), 0, (), {"w": ((Move((), 0, ()),),)}, Acceptance(((),)))
    goal = Goal(DECAY, READ, Machine(("q",), (), 0, (), never.moves, Acceptance((((),),)), never))
    refuses(r"a sequence that is not promised", run_at, goal, ONE, [Phase(("w",), 1)], BITS)


def test_a_count_of_many_words_is_a_power_of_one_move():
    boxes = [({r: (fmpq(0), fmpq(1))},) * 2]
    goal = Goal(DECAY, READ, length())
    found = run_at(goal, ONE, [Phase(("w",), 2), Phase(("w",), 10**30, boxes), Phase(("w",), 1)], BITS).conclusion
    assert found.specified == 10**30 + 3 and found.runs == ((("w",), 10**30 + 3),)


def test_a_run_refuses_configurations_that_never_come_again_when_it_is_long():
    """Two states in turn, of which one counts: no configuration comes twice, and no move leads to its own state."""
    up, on = Form(((0, fmpq(1)),), fmpq(1)), Form(((0, fmpq(1)),), fmpq(0))
    moves = {"w": ((Move((), 1, (up,)),), (Move((), 0, (on,)),))}
    goal = Goal(DECAY, READ, Machine(("a", "b"), ("n",), 0, (fmpq(0),), moves, Values((on, on))))
    boxes = [({r: (fmpq(0), fmpq(1))},) * 2]
    refuses(r"without a configuration that comes again", run_at, goal, ONE, [Phase(("w",), STEPS + 2, boxes)], BITS)


def test_what_no_box_holds_may_be_anything_afterwards():
    goal = Goal(DECAY, Readout(((h, term(1)),), 0), always(1))
    refuses(r"rounding: found a ball without bound", run_at, goal, ONE, [Phase(("w",), 100, (TUBE,))], BITS)
    assert run_at(goal, ONE, [Phase(("w",), 100, (TUBE,)), Phase(("w",), 1)], BITS).conclusion.upper < 1


# r' = 1023/1024 r on u, r' = r + 1/1024 on v: after (u v)^n it is 1 - (1 - x)(1023/1024)^n plus a little, from x
TURNS = system({r: x * (r * SLOW) + y * (r + sympy.Rational(1, 1024))}, {r: 0}, ("u", "v"), (x, y), [(1, 0), (0, 1)])
RISING = tuple(
    ({r: (fmpq(0), fmpq(0))}, {r: (fmpq(low, 10240), fmpq(high, 10240))}) for low, high in ((800, 1030), (799, 1030))
)


def test_a_phrase_has_boxes_before_each_of_its_words():
    goal = Goal(TURNS, READ, always(1, ("u", "v")))
    found = run_at(goal, ONE, [Phase(("u", "v"), 100, RISING), Phase(("u",), 1)], BITS).conclusion
    with mpmath.workdps(40):
        slow = mpmath.mpf(1023) / 1024
        assert exactly(found.lower) <= slow * (1 - slow**100) <= exactly(found.upper) < 0.101
    assert found.runs == ((("u", "v"), 100), (("u",), 1))


FLAT = ({r: (fmpq(0), fmpq(0))},) * 2
UNFIT = {
    "one_box_for_two_words": ((RISING[0],), r"boxes that do not begin around the state before u v"),
    "what_the_first_word_leads_to": ((RISING[0], FLAT), r"after u v repeated; needed inside"),
    "what_the_last_word_leads_to": ((FLAT, FLAT), r"after u v repeated; needed inside"),
    "boxes_before_the_second_word_over_others": ((RISING[0], ({r: (fmpq(0), fmpq(1))}, {})), r"do not begin around"),
    "the_second_box_a_word_later": (  # holds at t + 1 only what the first word leads to at t
        (RISING[0], ({r: (fmpq(1, 1024), fmpq(1, 1024))}, {r: (fmpq(81, 1024), fmpq(101, 1024))})),
        r"after u v repeated; needed inside",
    ),
}


@pytest.mark.parametrize(("boxes", "message"), UNFIT.values(), ids=UNFIT)
def test_a_phrase_refuses(boxes, message):
    goal = Goal(TURNS, READ, always(1, ("u", "v")))
    refuses(message, run_at, goal, ONE, [Phase(("u", "v"), 100, boxes)], BITS)


def test_a_late_readout_leaves_out_the_end_of_a_phrase():
    one, up = Form(((0, fmpq(1)),), fmpq(0)), Form(((0, fmpq(1)),), fmpq(1))
    counts = Machine(
        ("q",), ("n",), 0, (fmpq(0),), {"u": ((Move((), 0, (one,)),),), "v": ((Move((), 0, (up,)),),)}, Values((one,))
    )
    late = Goal(TURNS, Readout(READ.terms, 3), counts)
    assert run_at(late, ONE, [Phase(("u", "v"), 100, RISING)], BITS).conclusion.specified == 98


def counter(first, bound, relation, down):
    """Counts on u; on v one state or another, as a test says, and `down` less."""
    up, less = Form(((0, fmpq(1)),), fmpq(1)), Form(((0, fmpq(1)),), fmpq(-down))
    kept = Form(((0, fmpq(1)),), fmpq(0))
    tested = (Move((Test(0, relation, fmpq(bound)),), 0, (less,)), Move((), 1, (kept,)))
    return Machine(
        ("a", "b"),
        ("n",),
        0,
        (fmpq(first),),
        {"u": ((Move((), 0, (up,)),), (Move((), 1, (up,)),)), "v": (tested, (Move((), 0, (kept,)),))},
        Values((kept, kept)),
    )


@settings(max_examples=150, deadline=None)
@given(
    st.integers(-6, 30),
    st.integers(-4, 12),
    st.sampled_from(sorted(RELATIONS)),
    st.integers(0, 2),
    st.sampled_from([("u",), ("v",), ("u", "v"), ("v", "v", "u"), ("v", "u", "u")]),
    st.integers(1, 40),
)
def test_a_repeated_phrase_leads_to_where_its_words_do(first, bound, relation, down, phrase, times):
    machine = counter(first, bound, relation, down)
    assert repeated(machine, machine.first, phrase, times) == reduce(machine.after, phrase * times, machine.first)


def test_a_count_that_is_tested_goes_down_as_far_as_the_test_says():
    machine = counter(10**30, 1, ">=", 1)
    after = repeated(machine, machine.first, ("v",), 10**30 - 1)
    assert (after.state, after.registers) == (0, (fmpq(1),))
    with pytest.raises(RuleError, match="without a configuration that comes again"):
        repeated(counter(10**30, 10**29, ">=", 1), machine.first, ("v",), 10**30)


def test_a_form_that_names_a_register_twice_is_the_sum():
    twice = Form(((0, fmpq(1)), (0, fmpq(1))), fmpq(0))
    machine = Machine(("q",), ("n",), 0, (fmpq(1),), {"w": ((Move((), 0, (twice,)),),)}, Values((twice,)))
    assert repeated(machine, machine.first, ("w",), 5).registers == (fmpq(32),)


def test_registers_that_double_are_refused_before_they_fill_the_memory():
    twice = Form(((0, fmpq(2)),), fmpq(0))
    machine = Machine(("q",), ("n",), 0, (fmpq(1),), {"w": ((Move((), 0, (twice,)),),)}, Values((twice,)))
    assert repeated(machine, machine.first, ("w",), 1000).registers == (fmpq(2) ** 1000,)
    with pytest.raises(RuleError, match="registers of more than 4000 bits"):
        repeated(machine, machine.first, ("w",), 10**21)


def test_a_register_that_doubles_up_to_a_test_is_followed_step_by_step():
    """The moves change while it is repeated, though the register is doubled at the first time and at the last."""
    kept, twice = (Form(((0, fmpq(c)),), fmpq(0)) for c in (1, 2))
    below = (Test(0, "<", fmpq(10)),)
    moves = {"w": ((Move(below, 0, (twice,)), Move((), 0, (kept,))),)}
    machine = Machine(("q",), ("n",), 0, (fmpq(1),), moves, Values((kept,)))
    assert repeated(machine, machine.first, ("w",), 1000).registers == (fmpq(16),)
