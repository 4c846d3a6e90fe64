"""The invariant of a network: what is explored, enclosed and proposed, and then proved by the kernel.  UNTRUSTED."""

from __future__ import annotations

from dataclasses import dataclass

from flint import fmpq

from symlstm.kernel.invariants import invariant
from symlstm.kernel.statements import Readout, System
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.exploration import explore, merged
from symlstm.search.rates import certified


@dataclass(frozen=True)
class Saturation:
    """What was found: an invariant that gives the limits, and one with rates (the same theorem) or why there is none."""

    limits: Theorem
    rates: Theorem | None
    reason: str = ""


def saturate(system: System, readout: Readout, k0: fmpq | None = None) -> Saturation:
    """The invariant of a network, with rates if there are any that hold at every length; `k0` asks for rates from that scale on, else a few are tried.

    Raises Infinite if the saturated network has too many states, RuleError if a sign is undecided.
    """
    if system.parameters:
        raise RuleError("saturation", f"the open parameters {system.parameters}", "numbers for them, or their region")
    automaton = merged(system, explore(system, readout), readout)
    try:
        rates = certified(system, automaton, k0)
        return Saturation(rates, rates)
    except RuleError as refusal:
        return Saturation(invariant(system, automaton, None), None, str(refusal))
