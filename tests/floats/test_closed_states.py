"""All float states that a network ever reaches, against runs of all short words; where they do not end, nothing is said."""

from dataclasses import replace
from fractions import Fraction
from itertools import product

import numpy as np
import pytest
from support import GALLERY

from symlstm.builder.control import network
from symlstm.builder.units import pairs
from symlstm.floats.closed_states import exhausted
from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import read_construction
from symlstm.model.simulation.running import run_floats
from symlstm.model.specifications.languages import language
from symlstm.model.specifications.regular import dfa, regex
from symlstm.search.construction import Construction

MACHINE = language("tomita5", ["a", "b"])


def ideal(cell: str) -> Construction:
    return Construction(network(pairs(MACHINE), cell), MACHINE)


@pytest.mark.parametrize(("cell", "k"), [("rnn_tanh", 20), ("gru", 20), ("lstm", 40), ("rnn_sigmoid", 40), ("relu", 1)])
def test_short_words_reach_no_other_state_and_each_is_right(cell: str, k: int) -> None:
    made = ideal(cell)
    found = exhausted(made, "float32", k)
    assert found is not None and found.wrong is None
    reached = set()
    for n in range(1, 9):
        words = [*product(range(2), repeat=n)]
        run = run_floats(made.network, np.array(words), k, "float32")
        reached |= {state.tobytes() for state in run.h[:, -1]}
        said = [MACHINE.says(MACHINE.reached(["ab"[w] for w in row])) for row in words]
        assert ((run.readout[:, -1] > 1 / 2) == said).all()
    assert len(reached) <= found.states <= len(reached) + 1  # the initial state may be reached by no word


def test_a_wrong_state_comes_with_the_first_words_to_it() -> None:
    made = ideal("lstm")
    found = exhausted(made, "float32", 3)
    assert found is not None and found.wrong == ("b", "a")
    readout = run_floats(made.network, [[*found.wrong]], 3, "float32").readout[0, -1]
    assert (readout > 1 / 2) != MACHINE.says(MACHINE.reached(found.wrong))


def test_words_that_lead_back_to_the_start_are_judged_too() -> None:
    states = [q for q, some in enumerate(MACHINE.output.conditions) if some and q != MACHINE.initial]
    table = {f"q{q}": {w: f"q{MACHINE.moves[w][q][0].target}" for w in "ab"} for q in range(len(MACHINE.states))}
    other = dfa(["a", "b"], f"q{MACHINE.initial}", table, [f"q{q}" for q in states])
    found = exhausted(Construction(ideal("relu").network, other), "float32")
    assert found is not None and found.wrong == ("a", "a")


def test_nothing_is_said_where_states_are_too_many() -> None:
    assert exhausted(ideal("lstm"), "float32", 6, limit=20) is None


def test_nothing_is_asked_of_words_that_are_not_promised() -> None:
    file = read_construction(GALLERY / "decisions" / "dyck_2_3_generator_rnn.toml")
    made = Construction(file.network, file.specification, threshold=file.threshold)
    found = exhausted(made, "float32")
    assert found is not None and found.wrong is None
    free = Construction(file.network, replace(file.specification, domain=None), threshold=file.threshold)
    assert exhausted(free, "float32") != found


def test_a_unit_that_reads_nothing_is_no_obstacle() -> None:
    machine = regex("a(a|b)*b", ["a", "b"])  # no word leads back to the initial state
    found = exhausted(Construction(network(pairs(machine), "rnn_sigmoid"), machine), "float32", 20)
    assert found is not None and found.wrong is None


def test_a_counter_has_no_end() -> None:
    machine = language("dyck1", ["a", "b"])
    with pytest.raises(InputError, match="very many configurations"):
        exhausted(Construction(ideal("gru").network, machine), "float32", Fraction(1))
