"""Trained networks with float weights: proved on every word sequence, and PyTorch agrees on those that are run."""

import random

import pytest
from support import ROOT

from symlstm.proof.claims import Verdict
from symlstm.search.construction import Construction
from symlstm.weights.specified import with_specification

pytestmark = pytest.mark.slow

TRAINED = ROOT / "proofs" / "trained"
NAMES = ["tomita_1", "tomita_2", "tomita_4"]
ACCEPTS = {
    "tomita_1": lambda word: "0" not in word,
    "tomita_2": lambda word: word == "10" * (len(word) // 2),
    "tomita_4": lambda word: "000" not in word,
}


@pytest.mark.parametrize("name", NAMES)
def test_a_trained_network_decides_its_language_on_every_word(name):
    file = with_specification(TRAINED / f"{name}.safetensors", TRAINED / f"{name}.toml")
    outcome = Construction(file.network, file.specification, threshold=file.threshold).outcome()
    assert (outcome.verdict, outcome.theorem.conclusion.last) == (Verdict.PROVED, None)


@pytest.mark.parametrize("name", ACCEPTS)
def test_pytorch_agrees_on_random_words(name):
    torch = pytest.importorskip("torch")
    stored = pytest.importorskip("safetensors.torch").load_file(TRAINED / f"{name}.safetensors")
    file = with_specification(TRAINED / f"{name}.safetensors", TRAINED / f"{name}.toml")
    hidden = stored["weight_hh_l0"].shape[1]
    layer = (torch.nn.RNN if name == "tomita_1" else torch.nn.GRU)(2, hidden, batch_first=True)
    layer.load_state_dict(stored)
    head = [_float(term.coeff) for term in file.network.readout]
    for word in _words(name):
        with torch.no_grad():
            states, _ = layer(torch.nn.functional.one_hot(torch.tensor([[int(x) for x in word]]), 2).float())
        output = sum(c * float(h) for c, h in zip(head, states[0, -1], strict=True)) + _float(file.network.constant)
        assert (output > 0) == ACCEPTS[name](word)


def _float(term):
    number = term.rational()
    return int(number.p) / int(number.q)


def _words(name):
    source = random.Random(1)
    for _ in range(60):
        length = source.randint(1, 200)
        like = {"tomita_1": "1" * length, "tomita_2": "10" * length, "tomita_4": "0101101" * length}[name][:length]
        yield "".join(x if source.random() < 0.98 else source.choice("01") for x in like)
