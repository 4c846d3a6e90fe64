"""The largest of several readouts at one scale: by two boxes, by deviations, and what both rules refuse."""

from dataclasses import replace

import pytest
from flint import fmpq
from support import GALLERY
from support.refusals import refuses
from support.systems import h, k, system, term

from symlstm.kernel.networks.boxes import Class, Classes, Scale
from symlstm.kernel.networks.choices import ChoosesAt, chooses_at, chooses_in, difference
from symlstm.kernel.networks.machines import Acceptance, Choices, Configuration, Machine, Move
from symlstm.kernel.networks.statements import Readout
from symlstm.model.activations import sigmoid
from symlstm.model.file.construction_file import read_construction
from symlstm.search.construction import Construction
from symlstm.search.pipeline import claim
from symlstm.search.scale import counting
from symlstm.search.scale.answer import asked

ONE = Scale(fmpq(1))
ALTERNATING = system({h: sigmoid(k * (10 - 20 * h))})
HALF, READ = Readout((), 0, term("1/2")), Readout(((h, term(1)),), 0)
MOVES = {"w": ((Move((), 1, ()),), (Move((), 0, ()),))}
EVEN = Class((Configuration(0, ()),), None, [({h: (fmpq(-1, 100), fmpq(1, 100))},) * 2], (1,))
ODD = Class((Configuration(1, ()),), None, [({h: (fmpq(99, 100), fmpq(101, 100))},) * 2], (0,))
TWO = Classes([EVEN, ODD])


def choosing(output):
    return Machine(("even", "odd"), (), 0, (), MOVES, output)


def test_two_boxes_choose_for_every_length():
    found = chooses_at(ALTERNATING, (HALF, READ), choosing(Choices((0, 1))), ONE, TWO).conclusion
    assert isinstance(found, ChoosesAt) and found.last is None and found.readouts == (HALF, READ)


def test_choosing_refuses():
    given = ALTERNATING, (HALF, READ)
    refuses(r"output \d, which is not larger", chooses_at, *given, choosing(Choices((1, 0))), ONE, TWO)
    refuses(
        r"output 0, which is not larger", chooses_at, ALTERNATING, (READ, READ), choosing(Choices((0, 0))), ONE, TWO
    )
    refuses(r"choice 2; needed one of 2", chooses_at, *given, choosing(Choices((0, 2))), ONE, TWO)
    refuses(r"needed a Machine that chooses", chooses_at, *given, choosing(Acceptance(((), ((),)))), ONE, TWO)
    refuses(
        r"with one delay", chooses_at, ALTERNATING, (HALF, Readout(READ.terms, 1)), choosing(Choices((0, 1))), ONE, TWO
    )
    wide = replace(ODD, boxes=[({h: (fmpq(0), fmpq(2))},) * 2])
    refuses(r"h in|output", chooses_at, *given, choosing(Choices((0, 1))), ONE, Classes([EVEN, wide]))


def test_a_difference_leaves_out_what_cancels():
    assert difference(READ, READ).terms == ()
    assert difference(HALF, READ).terms == ((h, term(-1)),) and difference(HALF, READ).constant == term("1/2")
    assert difference(READ, HALF).constant == term("-1/2")


@pytest.mark.slow
def test_counters_choose_up_to_a_length(monkeypatch):
    file = read_construction(GALLERY / "decisions" / "anbn_golden.toml")
    made = Construction(file.network, file.specification)
    question, _ = asked(made, 1, None)
    premise, seen = made.decision.premises[0], []
    monkeypatch.setattr(counting, "_proved", lambda _, premise, found: seen.append((premise, found)))
    counting.by_counters(question, premise, claim(made).goals(premise.conclusion.families))
    used, found = seen[0]
    theorem = chooses_in(used, question.outputs, question.scale, found)
    assert theorem.conclusion.last == found.last > 10**27
    first, second, third = question.outputs
    refuses(r"an output that is not larger than all others", chooses_in, used, (second, first, third), ONE, found)
    refuses(r"an output that is not larger than all others", chooses_in, used, (first, first, first), ONE, found)
    late = [Readout(x.terms, 1, x.constant) for x in question.outputs]
    refuses(r"the delay 1; needed 0", chooses_in, used, late, ONE, found)
