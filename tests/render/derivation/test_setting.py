"""The network's part of a document: each cell's equations as PyTorch's documentation writes them, once, and its sizes."""

from __future__ import annotations

import random
import re
from fractions import Fraction
from typing import Any

import pytest
from support.networks import random_tensors

from symlstm import Network, ReadoutTerm, k
from symlstm.model.cells import CELLS, Cell, Weights
from symlstm.model.exact_tensors import Nested
from symlstm.model.layers import Layer
from symlstm.model.specifications.languages import language
from symlstm.render.derivation.recognition import layers_of
from symlstm.render.derivation.setting import setting, specification
from symlstm.render.documents.document import Block, Display, Paragraph
from symlstm.render.documents.markdown import MarkdownWriter
from symlstm.render.formulas import text

READOUT = [ReadoutTerm("h", 0)]


def network(cell: str, depth: int = 1, units: int = 2, **more: Any) -> Network:
    draw = random.Random(depth)
    above = [Layer(**random_tensors(cell, units, 2, draw), cell=cell)] * (depth > 1)
    tensors = random_tensors(cell, 3, units, draw)
    return Network(["a", "b", "c"], **tensors, cell=cell, above=above, readout=READOUT, **more)


def projected(outputs: int) -> Network:
    """Three units that are projected to fewer, or to as many."""
    tensors = random_tensors("lstm", 3, 3, random.Random(0))
    tensors["weight_hh"] = [row[:outputs] for row in tensors["weight_hh"]]
    return Network(["a", "b", "c"], **tensors, weight_hr=[[1, -1, 2]] * outputs, readout=READOUT)


def seeing(cell: str) -> Network:
    """With peepholes."""
    return network(cell, peephole=[k, 0, 2 * k, -k, 0, k][: 2 * len(CELLS[cell].peepholes)])


def gate(letter: str, function: str = "sigmoid", more: str = "") -> str:
    return f"{letter} = {function}(W_i{letter} x + b_i{letter} + W_h{letter} h' + b_h{letter}{more})"


def elman(function: str) -> list[str]:
    return [f"h = {function}(W_ih x + b_ih + W_hh h' + b_hh)"]


INPUT, FORGET, CELL, OUTPUT, STATE = gate("i"), gate("f"), gate("g", "tanh"), gate("o"), "h = o o tanh(c)"
RESET, UPDATE, MIXED = gate("r"), gate("z"), "h = (1 - z) o n + z o h'"
EQUATIONS = {  # without times: h' is h_(t - 1), the first o of a product is its sign
    "lstm": [INPUT, FORGET, CELL, OUTPUT, "c = f o c' + i o g", STATE],
    "lstm_coupled": [INPUT, CELL, OUTPUT, "c = (1 - i) o c' + i o g", STATE],
    "lstm_without_forget_gate": [INPUT, CELL, OUTPUT, "c = c' + i o g", STATE],
    "lstm_step": [
        *(gate(letter, "step") for letter in "if"),
        gate("g", "sign"),
        gate("o", "step"),
        "c = f o c' + i o g",
        "h = o o sign(c)",
    ],
    "gru": [RESET, UPDATE, "n = tanh(W_in x + b_in + r o (W_hn h' + b_hn))", MIXED],
    "gru_reset_before": [RESET, UPDATE, "n = tanh(W_in x + b_in + W_hn(r o h') + b_hn)", MIXED],
    "rnn_tanh": elman("tanh"),
    "rnn_sigmoid": elman("sigmoid"),
    "rnn_relu": elman("relu"),
    "rnn_step": elman("step"),
    "rnn_strict_step": elman("step"),
    "rnn_hardsigmoid": elman("hardsigmoid"),
    "rnn_hardtanh": elman("hardtanh"),
}
SEEN = [
    gate("i", more=" + p_i o c'"),
    gate("f", more=" + p_f o c'"),
    CELL,
    "c = f o c' + i o g",
    gate("o", more=" + p_o o c"),
    STATE,
]


def plain(display: Display) -> list[str]:
    """The formulas without times, and without parentheses around what is below a letter."""
    found = []
    for formula in display.formulas:
        line = text.formula(formula).replace("_(t - 1)", "'").replace("_t", "")
        found.append(re.sub(r"([Wb])_\((\w) (\w)\)", r"\1_\2\3", line))
    return found


def parts(found: Network) -> list[Block]:
    return [*setting(found.system)]


def test_every_cell_has_its_equations_and_its_name() -> None:
    assert EQUATIONS.keys() == CELLS.keys()


@pytest.mark.parametrize("cell", CELLS)
def test_a_cell_is_written_as_in_pytorch_s_documentation_with_its_size(cell: str) -> None:
    _, title, equations, *_ = parts(network(cell, units=3))
    assert isinstance(equations, Display) and plain(equations) == EQUATIONS[cell]
    assert isinstance(title, Paragraph)
    assert MarkdownWriter().block(title).strip().replace("\\", "") == f"The network is {CELLS[cell].title}, of 3 units:"


@pytest.mark.parametrize(
    ("found", "lines", "named"),
    [
        (seeing("lstm"), SEEN, "PyTorch's LSTM, with peepholes, of 2 units"),
        (projected(1), [*EQUATIONS["lstm"][:-1], "h = W_hr(o o tanh(c))"], "a projection, of 3 units projected to 1"),
        (projected(3), [*EQUATIONS["lstm"][:-1], "h = W_hr(o o tanh(c))"], "with a projection, of 3 units"),
        (network("gru", 2, units=3), EQUATIONS["gru"], "Layers 0 and 1 are each PyTorch's GRU, of 3 units and 2 units"),
    ],
)
def test_variants_and_layers_say_what_they_are_once(found: Network, lines: list[str], named: str) -> None:
    blocks = parts(found)
    assert next(plain(block) for block in blocks if isinstance(block, Display)) == lines
    said = "".join(MarkdownWriter().block(block) for block in blocks if isinstance(block, Paragraph))
    assert said.count(named) == 1


def biased(kind: Cell, weights: Weights) -> list[Nested]:
    """A layer's numbers, the two biases of a gate as one but for those of n, which PyTorch's GRU keeps apart."""
    size = len(weights.bias_ih) // len(kind.gates)
    apart = [kind.name == "gru" and letter == "n" for letter in kind.gates for _ in range(size)]
    pairs = zip(weights.bias_ih, weights.bias_hh, apart, strict=True)
    biases = tuple((a, b) if both else a + b for a, b, both in pairs)
    return [weights.weight_ih, weights.weight_hh, weights.weight_hr, weights.peephole, biases]


NETWORKS = [network(cell, depth) for cell in CELLS for depth in (1, 2)]
NETWORKS += [seeing("lstm"), seeing("lstm_coupled"), projected(1), projected(3)]


@pytest.mark.parametrize("found", NETWORKS, ids=lambda network: f"{network.cell}-{len(network.layers)}")
def test_the_weights_that_are_printed_are_those_of_the_network(found: Network) -> None:
    shown = [biased(*layer) for layer in layers_of(found.system)]
    assert shown == [biased(layer.kind, layer.weights) for layer in found.layers]


def test_a_unit_that_is_always_at_its_end_is_written_as_a_recurrence() -> None:
    """hardtanh(5) is 1 whatever stood there: the system does not say, and so neither does the document."""
    weights = [[0], [2]], [[0, 0], [1, Fraction(1, 2)]], [5, Fraction(-3, 2)]
    found = Network(["a"], *weights, cell="rnn_hardtanh", readout=READOUT)
    assert not layers_of(found.system)
    lines = plain(next(block for block in parts(found) if isinstance(block, Display)))
    second = "1 - relu(2 - relu(h_(t - 1,1) + (h_(t - 1,2))/2 + 2 x_(t,1) - 1/2))"
    assert lines == ["h_(t,1) = 1", f"h_(t,2) = {second}"]


def test_a_machine_s_comparisons_are_signs() -> None:
    blocks = [MarkdownWriter().block(block) for block in specification(language("dyck1", ["(", ")"]))]
    assert any(r"if depth $`\ge`$ 1 then stay" in block for block in blocks)
    assert not any(">=" in block for block in blocks)
