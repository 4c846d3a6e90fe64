"""A statement says the same for ever, and equals those of its kind that say the same."""

from dataclasses import FrozenInstanceError, replace

import pytest
from support.systems import ONE, a, always, b, k, length, system, term

from symlstm.kernel.networks.statements import Automaton, Computes, Counterexample, Goal, Readout, Situation

SYSTEM, READ = system({a: a}), Readout(((a, term(1)),), 0)
GOAL = Goal(SYSTEM, READ, always(1))


@pytest.mark.parametrize("name", ["system", "readout", "specification", "delay", "_hash"])
def test_nothing_can_be_set_or_added(name):
    with pytest.raises(FrozenInstanceError, match=rf"cannot assign to field '{name}'"):
        setattr(GOAL, name, None)


def test_nothing_can_be_deleted():
    with pytest.raises(FrozenInstanceError, match=r"cannot delete field 'system'"):
        del GOAL.system
    assert GOAL.system is SYSTEM


def test_lists_and_mappings_are_copied_and_read_only():
    steps, box = [[0]], {a: None}
    automaton = Automaton([Situation([], box, {})], steps, [b])
    steps[0][0], box[a] = 7, "changed"
    assert (automaton.step, automaton.registers, automaton.situations[0].box[a]) == (((0,),), (b,), None)
    with pytest.raises(TypeError, match=r"item assignment"):
        automaton.situations[0].box[a] = "changed"


EQUAL = [
    (Goal(SYSTEM, READ, always(1)), True),
    (Goal(system({a: a}), Readout(((a, term(1)),), 0), always(1)), True),
    (Goal(SYSTEM, READ, always(2)), False),
    (Goal(SYSTEM, Readout(((a, term(1)),), 1), always(1)), False),
    (Goal(system({a: k * a}), READ, always(1)), False),
    (Computes(SYSTEM, READ, always(1)), False),  # of another kind
    ((SYSTEM, READ, always(1)), False),
]


@pytest.mark.parametrize(("other", "equal"), EQUAL)
def test_equality_is_of_kind_and_of_every_field(other, equal):
    assert (other == GOAL) is equal
    assert (other != GOAL) is not equal


def test_equal_statements_have_one_hash():
    assert hash(READ) == hash(Readout([(a, term(1))], 0))
    assert hash(SYSTEM) == hash(system({a: a}))


def test_a_kind_has_the_fields_of_what_it_extends_first():
    found = Counterexample(SYSTEM, READ, length(), ("w",), term(1), term(2))
    assert (found.readout, found.words, found.specified) == (READ, ("w",), term(2))
    assert replace(found, words=("w", "w")).words == ("w", "w")
    with pytest.raises(TypeError, match=r"specified"):
        Counterexample(SYSTEM, READ, length(), ("w",), ONE)
