"""The named equations, the operations of a page, and a network's fields, for every kind of cell and layers on layers."""

from __future__ import annotations

import json
import random
from pathlib import Path
from typing import Any

import pytest
import sympy
from support.networks import random_tensors

from symlstm import InputError, Network, ReadoutTerm
from symlstm.kernel.theorem import Unsupported
from symlstm.model.cells import CELLS
from symlstm.model.exact_tensors import entries
from symlstm.model.file.construction_file import construction_of
from symlstm.model.file.parser import parse_entry
from symlstm.model.file.writing import entry_text, fields_of
from symlstm.model.layers import Layer
from symlstm.model.named_equations import named_equations
from symlstm.model.simulation.program import program_of
from symlstm.model.simulation.running import float_machine, run_floats
from symlstm.model.terms import real, term

SPEC: dict[str, Any] = {"spec": {"type": "pattern_counts", "terms": [{"weight": "1", "pattern": ["a"]}]}}


def network(cell: str, depth: int, seed: int = 0) -> Network:
    draw = random.Random(seed)
    above = [Layer(**random_tensors(cell, 2, 2, draw), cell=cell) for _ in range(depth - 1)]
    readout = [ReadoutTerm("h", 0, sympy.Integer(1), depth - 1), ReadoutTerm("h", 1, sympy.Rational(-1, 2))]
    return Network(["a", "b", "c"], **random_tensors(cell, 3, 2, draw), cell=cell, above=above, readout=readout)


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_the_operations_of_a_page_are_the_step_of_the_network(cell: str, depth: int) -> None:
    found, draw = network(cell, depth), random.Random(1)
    try:
        program = program_of(found)
    except Unsupported:
        pytest.skip(f"no symbolic equations of a {cell}")
    words = [draw.choice("abc") for _ in range(12)]
    machine, run = float_machine(found, 1, "float64"), run_floats(found, words)
    state = {s.name: float(x) for s, x in zip(found.state_symbols, (*machine.h0, *machine.c0), strict=True)}
    for n, word in enumerate(words):
        values = program.run({f"x_{j}": float(word == w) for j, w in enumerate("abc", 1)} | state)
        assert values["readout"] == pytest.approx(run.readout[n], rel=1e-12, abs=1e-12)
        state = {name: values[f"{name}'"] for name in state}


def test_a_gru_is_written_as_pytorch_does() -> None:
    equations = {str(e.name): str(e.expression) for e in named_equations(network("gru", 1))}
    assert equations["z_1"] == "sigmoid(a_z_1)"
    assert equations["n_1"] == "tanh(a_n_1)"
    assert "r_1*" in equations["a_n_1"]
    assert sympy.sympify(equations["h_1'"].replace("'", "")).expand() == sympy.sympify("h_1*z_1 + n_1 - n_1*z_1")


def test_the_second_layer_reads_the_first_after_the_step() -> None:
    equations = {e.name.name: e.expression for e in named_equations(network("lstm", 2))}
    assert "h_1'" in {symbol.name for symbol in equations["a_i^1_1"].free_symbols}


@pytest.mark.parametrize("depth", [1, 2])
@pytest.mark.parametrize("cell", CELLS)
def test_a_network_is_the_same_after_writing_and_reading(cell: str, depth: int) -> None:
    found = network(cell, depth)
    for fields in (fields_of(found), json.loads(json.dumps(fields_of(found, entry_text)))):
        again = construction_of(fields | SPEC, Path("x.json")).network
        assert [layer.cell for layer in again.layers] == [cell] * depth
        for ours, theirs in zip(found.layers, again.layers, strict=True):
            for name, tensor in ours.tensors.items():
                assert [*entries(tensor)] == [*entries(theirs.tensors[name])]
        assert again.readout == found.readout


ENTRIES = ["k/10", "1/tanh(1)", "exp(1)", "1 - 3/2*k", "sigmoid(2)", "-k*tanh(1) + 1/3"]


@pytest.mark.parametrize("text", ENTRIES)
def test_an_entry_is_written_so_that_it_reads_as_the_same(text: str) -> None:
    assert parse_entry(entry_text(parse_entry(text))) == parse_entry(text)


def test_an_entry_that_no_file_can_hold_is_refused() -> None:
    with pytest.raises(InputError):
        entry_text(term(real("y")))
