"""The search by families: relations that need a column of their own, and what is told where it stays open."""

from __future__ import annotations

import pytest

from symlstm import Construction, Network, ReadoutTerm, k
from symlstm.kernel.networks.machines import Decides, Machine
from symlstm.model.specifications.counts import counts
from symlstm.proof.claims import Verdict
from symlstm.search.decisions import deciding
from symlstm.search.decisions.abstraction import PLAIN

ON = [100 * k, 100 * k]
WORDS = ("a", "b")
NOTHING = counts("#a < 0", WORDS)


def two_cells(
    increments: list, readout: list[ReadoutTerm], specification: Machine = NOTHING, **more: object
) -> Construction:
    """Two cells that add what a word is worth to each, shown whole."""
    gates = {"W_ig": increments, "b_ii": ON, "b_if": ON, "b_io": ON} | more
    threshold = gates.pop("threshold", 0)
    return Construction(Network.from_gates(WORDS, 2, gates, readout=readout), specification, threshold=threshold)


def ahead() -> Construction:
    """The first cell counts b, the second both words: the first is never ahead, which neither range says."""
    read = [ReadoutTerm("c", 0, 2), ReadoutTerm("c", 1, -2)]
    return two_cells([[0, 100 * k], [100 * k, 100 * k]], read, threshold=1)


@pytest.mark.slow
def test_one_counter_is_never_ahead_of_another() -> None:
    assert type(ahead().decision.conclusion) is Decides


@pytest.mark.slow
def test_without_a_column_for_the_difference_it_stays_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(deciding, "PLANS", [PLAIN])
    outcome = ahead().outcome()
    assert outcome.verdict is Verdict.OPEN
    assert outcome.reason.startswith("acceptance after a (the sign of n_2 - n_1), where c_1 = n_1, c_2 = n_2; right on")


HALVED = [[100 * k, 100 * k], [100 * k, 0]]
TOLD = {  # what is told where neither a proof nor a counterexample is found
    "a cell that halves what it holds": (
        two_cells(HALVED, [ReadoutTerm("c", 0)], counts("#a + #b > 0", WORDS), b_if=[0, 100 * k]),
        "n_1 becomes n_1/2 + ",
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("name", TOLD)
def test_what_stays_open_says_which_cell_on_which_word(name: str) -> None:
    construction, told = TOLD[name]
    outcome = construction.outcome()
    assert outcome.verdict is Verdict.OPEN
    assert told in outcome.reason, outcome.reason
