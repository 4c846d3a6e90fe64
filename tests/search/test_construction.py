"""A network with its specification: what is no such thing is refused, and what a verdict leaves unsaid is told."""

from __future__ import annotations

import re

import pytest

from symlstm.model.errors import InputError
from symlstm.model.network import Network, ReadoutTerm, k
from symlstm.model.specification import pattern_counts
from symlstm.search.construction import prove

COUNTS_A = pattern_counts(("a", "b"), {("a",): 1})


def counter(size=100 * k, readout=(ReadoutTerm("c", 0),)) -> Network:
    """Counts "a" if `size` grows with k."""
    gates = {"W_ig": [[size, 0]], "b_ii": [size], "b_if": [size], "b_io": [-size]}
    return Network.from_gates(("a", "b"), 1, gates, readout=readout)


@pytest.mark.parametrize(
    ("network", "specification", "message"),
    [
        (counter(), None, "specification: found NoneType\n  needed  a WeightedAutomaton\n  try     pattern_counts"),
        (counter(), {("a",): 1}, "specification: found dict\n  needed  a WeightedAutomaton"),
        (None, COUNTS_A, "network: found NoneType\n  needed  a Network"),
        (COUNTS_A, counter(), "network: found WeightedAutomaton\n  needed  a Network"),
        (counter(readout=()), COUNTS_A, "network.readout: found no terms"),
        (counter(), pattern_counts(("a",), {("a",): 1}), "specification: found the words ['a']"),
    ],
)
def test_what_is_no_network_with_a_specification_is_refused(network, specification, message):
    with pytest.raises(InputError, match=re.escape(message)):
        prove(network, specification)


@pytest.mark.parametrize(
    ("readout", "message"),
    [
        ([("h", 0)], "readout: found ('h', 0)\n  needed  a ReadoutTerm"),
        (ReadoutTerm("h", 0), "needed  a list of ReadoutTerms"),
        ([ReadoutTerm("x", 0)], "readout: found x[0]\n  needed  c or h with index 0 to 0"),
        ([ReadoutTerm("h", "0")], "readout: found h['0']"),
        ([ReadoutTerm("h", False)], "readout: found h[False]"),
        ([ReadoutTerm("h", 0.0)], "readout: found h[0.0]"),
    ],
)
def test_what_is_no_readout_is_refused(readout, message):
    with pytest.raises(InputError, match=re.escape(message)):
        counter(readout=readout)
