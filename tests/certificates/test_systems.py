"""Networks that only a claim knows: read back from the equations of its theorem, and compared with the script."""

from dataclasses import replace
from fractions import Fraction

import pytest
from support import GALLERY
from support.damage import certified

from symlstm.certificates.systems import network_of, subject_of
from symlstm.cli.main import main
from symlstm.cli.networks import construction

LSTMS = [(name, about) for name, about, _ in certified() if about.network.cell == "lstm" and not about.network.above]


@pytest.mark.parametrize(("name", "about"), LSTMS, ids=[name for name, _ in LSTMS])
def test_equations_of_a_layer_give_a_network_that_has_them(name, about):
    found = subject_of(about.decision)
    assert found.network.system == about.network.system
    assert found.network.linear_readout == about.network.linear_readout
    assert found.specification == about.decision.conclusion.specification


@pytest.mark.parametrize("name", ["gru_parity", "stacked_pairs"])
def test_other_equations_give_none(name):
    network = construction(str(GALLERY / f"{name}.toml")).network
    assert network_of(network.system, [network.linear_readout]) is None


@pytest.mark.parametrize("name", ["relu_parity", "decisions/tomita_3", "decisions/anbn_golden"])
def test_an_elman_cell_and_several_outputs_are_read_back(name):
    network = construction(str(GALLERY / f"{name}.toml")).network
    readouts = network.linear_outputs or (network.linear_readout,)
    found = network_of(network.system, readouts)
    assert found.system == network.system and (found.linear_outputs or (found.linear_readout,)) == readouts


def test_an_initial_state_is_the_network_s_own():
    [(_, about), *_] = LSTMS
    network = replace(about.network, h0=[Fraction(1, 3)] * about.network.hidden)
    found = network_of(network.system, [network.linear_readout])
    assert (found.h0, found.c0, found.system) == (network.h0, network.c0, network.system)


SCRIPT = """
from symlstm import Construction, Network, ReadoutTerm, claim, k, pattern_counts

def counter(weight):
    gates = {"b_ii": [100 * k], "b_if": [100 * k], "W_ig": [[weight * k, 0]]}
    network = Network.from_gates(["a", "b"], hidden=1, gates=gates, readout=[ReadoutTerm("c", 0)])
    return Construction(network, pattern_counts(["a", "b"], {("a",): 1}))

@claim("L1", "a counter that no name of this script stands for")
def local():
    return counter(100).outcome()
"""


def test_a_script_is_compared_by_the_theorems_of_its_claims(tmp_path, capsys):
    script, other, made = tmp_path / "local.py", tmp_path / "other.py", tmp_path / "folder"
    script.write_text(SCRIPT)
    other.write_text(SCRIPT.replace("counter(100)", "counter(101)"))
    assert main(["certify", str(script), "-o", str(made)]) == 0
    assert main(["verify", "--with", "python", str(made), str(script)]) == 0
    assert "verified     L1: " in capsys.readouterr().out
    assert main(["verify", "--with", "python", str(made), str(other)]) == 1
    assert "another network, readout or specification than in other.py" in capsys.readouterr().out
