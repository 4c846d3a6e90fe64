"""Measurements: the network itself, at one scale, in balls; and theorems at scales below the usual one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import suppress
from fractions import Fraction
from functools import lru_cache

from flint import arb, ctx, fmpq

from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.coordinates import Coordinate
from symlstm.model.network import Network
from symlstm.model.simulation.running import Machine, ball_machine
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
def machine_of(network: Network, k: fmpq, bits: int) -> Machine:
    """The network at scale k in balls."""
    with ctx.workprec(bits):
        return ball_machine(network, fraction(k))


def gate_values(network: Network, words: Sequence[str], k: fmpq, bits: int) -> Mapping[str, arb]:
    """The gates of the last step, by name ("i_1"), in balls around the network's own values."""
    machine = machine_of(network, k, bits)
    with ctx.workprec(bits):
        states = [(list(machine.h0), list(machine.c0))]
        for word in words:
            x = machine.encoding[network.vocabulary.index(word)]
            layers = [*machine.parts(x, *states.pop())]
            states.append(([y for _, h, _ in layers for y in h.parts], [y for _, _, c in layers for y in c.parts]))
    named = [(letter, n, gate) for n, (step, _, _) in enumerate(layers) for letter, gate in step.gates.items()]
    return {Coordinate(letter, j + 1, n).name: x for letter, n, gate in named for j, x in enumerate(gate.parts)}
