"""Common slips: what one change would make of a wrong network.  UNTRUSTED, and says what it tried.

Each slip undoes one mistake: it is named only if the network changed so is right on the counterexample and is then
proved right on every sequence. The key is not in what it says, only what was wrong with the network.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from symlstm.kernel.networks.statements import WeightedAutomaton, Words
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.cells import GATES
from symlstm.model.errors import InputError
from symlstm.model.layers import LAYER
from symlstm.model.network import Network
from symlstm.model.scaling import scaled
from symlstm.model.simulation.running import run_floats
from symlstm.model.specification import value
from symlstm.model.terms import tanh
from symlstm.proof.claims import Verdict
from symlstm.search.construction import Construction
from symlstm.search.saturation.exploration import Infinite

ORDERS = {  # other programs' orders of an LSTM's gates, and those of textbooks
    "i, o, f, g (ONNX's)": "iofg",
    "i, g, f, o (TensorFlow 1's)": "igfo",
    "g, i, f, o (Chainer's)": "gifo",
    "i, f, o, g": "ifog",
    "f, i, o, g": "fiog",
    "f, i, g, o": "figo",
}

NEAR = 0.1

Slip = tuple[str, Network]


def slip(network: Network, specification: WeightedAutomaton, words: Words) -> str:
    """The first slip that explains why a network is wrong on the words, in a sentence; empty if none does."""
    for says, mended in _slips(network):
        try:
            right = _is_right_on(mended, specification, words)
            if right and Construction(mended, specification).outcome().verdict is Verdict.PROVED:
                return says
        except (RuleError, Unsupported, Infinite, InputError):
            continue
    return ""


def _is_right_on(network: Network, specification: WeightedAutomaton, words: Words) -> bool:
    """In float64, about: whether a proof is worth trying. Of a network that is late, on its words and one more."""
    words = (*words, words[-1])[: max(len(words), network.delay + 1)]
    wanted = value(specification, words[: len(words) - network.delay])
    return abs(float(run_floats(network, list(words)).readout[-1]) - int(wanted.p) / int(wanted.q)) < NEAR


def _slips(network: Network) -> Iterator[Slip]:
    for made in (_without_k, _tanh_forgotten, _delays, _orders):
        yield from made(network)


def _without_k(network: Network) -> Iterator[Slip]:
    if not network.depends_on_k:
        yield "no weight has a k in it: write 100*k where you have 100, and it is right", scaled(network)


def _tanh_forgotten(network: Network) -> Iterator[Slip]:
    flag = tanh(1)
    if "c" in network.layers[-1].size and any(term.state == "h" for term in network.readout):
        divided = [replace(t, coeff=t.coeff / flag) if t.state == "h" else t for t in network.readout]
        yield (
            "tanh(1) is forgotten: h of a full cell is tanh(1) = 0.7616, not 1; divide its coefficient in the readout by it",
            replace(network, readout=divided),
        )
        cells = [replace(t, state="c") for t in network.readout]
        yield "right if c is read where you read h", replace(network, readout=cells)
    times = [replace(t, coeff=t.coeff * flag) for t in network.readout if "tanh(" in str(t.coeff)]
    if times and len(times) == len(network.readout):
        yield "a coefficient of the readout is divided by tanh(1) and need not be", replace(network, readout=times)


def _delays(network: Network) -> Iterator[Slip]:
    for delay, when in ((network.delay + 1, "late"), (network.delay - 1, "early")):
        if delay >= 0:
            yield f"the delay is off by one: what you read is right, one word too {when}", replace(network, delay=delay)


def _orders(network: Network) -> Iterator[Slip]:
    if network.cell != "lstm" or network.above:
        return
    ours = GATES["lstm"]
    for name, order in ORDERS.items():
        blocks = [order.index(gate) for gate in ours]
        tensors = {tensor: _reordered(getattr(network, tensor), blocks, network.hidden) for tensor in LAYER}
        yield (
            f"the gates stand in another order: with the rows read as {name} it is right; ours is i, f, g, o",
            replace(network, **tensors),
        )


def _reordered(rows: Any, blocks: list[int], hidden: int) -> Any:
    return tuple(row for block in blocks for row in rows[block * hidden : (block + 1) * hidden])
