"""Boxes found in floating point: around what runs reach, accepted by the kernel, and none where there are none."""

import random
from fractions import Fraction

import numpy as np
import pytest
from support import GALLERY

from symlstm.builder.control import network
from symlstm.builder.units import pairs
from symlstm.kernel.networks.boxes import DecidesAt
from symlstm.kernel.theorem import Unsupported
from symlstm.model.file.construction_file import read_construction
from symlstm.model.layers import Layer
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.simulation.running import float_machine
from symlstm.model.specifications.languages import language
from symlstm.search.construction import Construction
from symlstm.search.scale import float_classes, float_ranges
from symlstm.search.scale.answer import asked
from symlstm.search.scale.float_classes import ANY, Shape, proposals
from symlstm.search.scale.float_ranges import Ends, Recurrence, recurrence
from symlstm.search.scale.verdict import in_floats

BLOCKS = {"lstm": 4, "lstm_coupled": 3, "gru": 3, "rnn_tanh": 1, "rnn_sigmoid": 1, "rnn_relu": 1, "rnn_step": 1}


def some(cell, above=False):
    """A network of two units, perhaps two layers, with random weights in sixteenths times 1 + k."""
    choose = random.Random(cell)

    def numbers(rows, columns):
        return [[f"{choose.randrange(-32, 32)}/16*(1 + k)" for _ in range(columns)] for _ in range(rows)]

    rows = 2 * BLOCKS[cell]
    tensors = numbers(rows, 2), numbers(rows, 2), numbers(1, rows)[0]
    layers = [Layer(*tensors, cell=cell)] if above else []
    return Network(["a", "b"], *tensors, cell=cell, readout=[ReadoutTerm("h", 0)], above=layers)


@pytest.mark.parametrize(("cell", "above"), [*((cell, False) for cell in BLOCKS), ("gru", True), ("lstm", True)])
def test_every_step_from_a_box_leads_into_its_image(cell, above):
    made, scale = some(cell, above), Fraction(3, 4)
    machine, draw = float_machine(made, scale, "float64"), np.random.default_rng(0)
    size = len(made.state_symbols)
    middle, width = draw.uniform(-1, 1, (8, size)), draw.uniform(0, 1, (8, size))
    boxes = Ends(middle - width, middle + width)
    lo, hi = recurrence(made.system, made.state_symbols).at(asked_scale(scale)).images(boxes)
    assert lo.shape == hi.shape == (8, 2, size)
    for _ in range(50):
        points = boxes.lo + (boxes.hi - boxes.lo) * draw.uniform(0, 1, (8, size))
        for word in range(2):
            h, c = machine.step(machine.encoding[word], [*points.T[: len(machine.h0)]], [*points.T[len(machine.h0) :]])
            found = np.array([*h, *c]).T
            assert (lo[:, word] - 1e-12 <= found).all() and (found <= hi[:, word] + 1e-12).all()


def asked_scale(scale):
    return asked(Construction(some("rnn_tanh"), language("tomita1", ["a", "b"])), scale, None)[0].scale.k


@pytest.mark.parametrize("cell", ["lstm", "gru", "rnn_tanh", "rnn_sigmoid", "relu"])
@pytest.mark.parametrize("shape", [ANY, Shape((1 / 4,), (True,))])
def test_what_is_found_for_a_built_network_is_accepted(cell, shape):
    machine = language("tomita5", ["a", "b"])
    question, _ = asked(Construction(network(pairs(machine), cell), machine), Fraction(8), None)
    theorem, classes = in_floats(question, shape)
    assert isinstance(theorem.conclusion, DecidesAt) and theorem.conclusion.last is None
    assert len(classes.classes) >= 4


def question_of(name, scale=1):
    file = read_construction(GALLERY / f"{name}.toml")
    return asked(Construction(file.network, file.specification), Fraction(scale), None)[0]


NONE = [
    ("parity", 1),  # held by a gate below 1: right up to a length
    ("failures/margin_zero", 1),
    ("parity_in_a_sigmoid_rnn", Fraction(1, 40)),  # too small a scale
]


@pytest.mark.parametrize(("name", "scale"), NONE)
def test_nothing_is_found_for_what_is_not_right_for_ever(name, scale):
    assert in_floats(question_of(name, scale)) is None


def test_states_without_end_are_given_up(monkeypatch):
    monkeypatch.setattr(float_classes, "MOST", 1)
    assert [*proposals(question_of("bounded_count"))] == []


def test_what_the_kernel_would_take_long_to_check_is_not_proposed(monkeypatch):
    monkeypatch.setattr(float_classes, "PRODUCTS", 10)
    assert [*proposals(question_of("bounded_count"))] == []


def test_a_function_that_floating_point_does_not_know_is_refused(monkeypatch):
    question = question_of("bounded_count")
    monkeypatch.delitem(float_ranges.FUNCTIONS, "tanh")
    with pytest.raises(Unsupported, match="in floating point"):
        Recurrence(question.goal.system, question.coordinates)
