"""The invariant of a network: what is explored, enclosed and proposed, and then proved by the kernel.  UNTRUSTED."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flint import fmpq

from symlstm.kernel.networks.invariants import invariant
from symlstm.kernel.networks.statements import Automaton, Readout, System
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.saturation.exploration import explore, merge_equivalent_situations
from symlstm.search.saturation.rates import certified


@dataclass(frozen=True)
class Saturation:
    """A network's situations, and what is known in them; each theorem is made when it is first asked for."""

    system: System
    automaton: Automaton

    @cached_property
    def limits(self) -> Theorem:
        """The invariant that gives the limits."""
        return invariant(self.system, self.automaton, None)

    @cached_property
    def _rates(self) -> Theorem | RuleError:
        try:
            return certified(self.system, self.automaton)
        except RuleError as refusal:
            return refusal

    @property
    def rates(self) -> Theorem:
        """The invariant with rates that hold at every length; raises RuleError with the reason where there is none."""
        if isinstance(self._rates, RuleError):
            raise self._rates
        return self._rates

    def rates_from(self, k0: fmpq) -> Theorem:
        """The same for all scales from k0 > 0 on."""
        return certified(self.system, self.automaton, k0)


def saturate(system: System, readout: Readout) -> Saturation:
    """The situations of a network.

    Raises Infinite if the saturated network has too many states, RuleError if a sign is undecided.
    """
    if system.parameters:
        raise RuleError("saturation", f"the open parameters {system.parameters}", "numbers for them, or their region")
    return Saturation(system, merge_equivalent_situations(system, explore(system, readout), readout))
