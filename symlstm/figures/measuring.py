"""Measurements: the network itself, at one scale, in balls; and theorems at scales below the usual one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache
from typing import Any

from flint import arb, ctx, fmpq

from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.cells import GATES, Weights, lstm_update, scalar_preactivations, stacked_gates
from symlstm.model.exact_tensors import mapped
from symlstm.model.network import Network
from symlstm.model.simulation.rounding import at_scale, ball
from symlstm.model.simulation.running import BALLS
from symlstm.search.construction import Construction

LEAST = (fmpq(1, 16), fmpq(1, 4))  # scales from which rates are asked for, beside the construction's own


@lru_cache(maxsize=4)
def invariants(construction: Construction) -> tuple[Theorem, ...]:
    """The invariant with rates, from several least scales on: the least gives most, the others are sharper.

    Raises RuleError with the reason if there is none at all.
    """
    found = []
    for k0 in LEAST:
        with suppress(RuleError):
            found.append(construction.saturation.rates_from(k0))
    return (*found, construction.rates)


def fraction(k: fmpq) -> Fraction:
    """The same number as the standard library's."""
    return Fraction(int(k.p), int(k.q))


@lru_cache(maxsize=64)
def ball_weights(network: Network, k: fmpq, bits: int) -> Weights:
    """The weights at scale k, each a ball."""
    with ctx.workprec(bits):
        return network.weights.each(lambda array: balls(array, k))


def balls(array: Any, k: fmpq) -> Any:
    """Exact entries at scale k, each a ball."""
    return mapped(array, lambda entry: ball(at_scale(entry, fraction(k))))


def gate_values(network: Network, words: Sequence[str], k: fmpq, bits: int) -> Mapping[str, arb]:
    """The gates of an LSTM in the last step, by name ("i_1"), in balls around the network's own values."""
    weights = ball_weights(network, k, bits)
    with ctx.workprec(bits):
        h, c = balls(network.h0, k), balls(network.c0, k)
        for word in words:
            x = [int(word == w) for w in network.vocabulary]
            gates = stacked_gates([*scalar_preactivations(weights, x, h)], BALLS)
            h, c = zip(*(lstm_update(gate, old, BALLS) for gate, old in zip(gates, c, strict=True)), strict=True)
    return {f"{name}_{j + 1}": getattr(gate, name) for j, gate in enumerate(gates) for name in GATES["lstm"]}
