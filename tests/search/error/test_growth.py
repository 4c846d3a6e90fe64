"""What is claimed of a register's growth is short, and a little more than what holds: whoever computes it again never ties."""

import pytest
from support import ROOT

from symlstm import read_construction
from symlstm.search.construction import Construction

LONGEST = 32  # bits of a numerator; the balls behind it have 64


@pytest.mark.parametrize("name", ["a_after_b", "delay_line", "stacked_pairs"])
def test_amplitudes_of_a_growth_are_short(name):
    found = read_construction(ROOT / "proofs" / "constructions" / f"{name}.toml")
    growths = Construction(found.network, found.specification).error_bound.certificate.values()
    errors = [error for growth in growths for error in (growth.quadratic, growth.linear, *growth.constant)]
    sizes = [int(amplitude.p).bit_length() for error in errors for amplitude in error.terms.values()]
    assert sizes and max(sizes) <= LONGEST
