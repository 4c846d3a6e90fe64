"""The invariant of a network: what is explored, enclosed and proposed, and then proved by the kernel.  UNTRUSTED."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from flint import fmpq

from symlstm.kernel.invariants import invariant
from symlstm.kernel.statements import Automaton, Readout, System
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.exploration import explore, merged
from symlstm.search.rates import certified


@dataclass(frozen=True)
class Saturation:
    """A network's situations, and what is known in them; each theorem is made when it is first asked for."""

    system: System
    automaton: Automaton
    k0: fmpq | None

    @cached_property
    def limits(self) -> Theorem:
        """The invariant that gives the limits."""
        return invariant(self.system, self.automaton, None)

    @cached_property
    def _rates(self) -> Theorem | str:
        try:
            return certified(self.system, self.automaton, self.k0)
        except RuleError as refusal:
            return str(refusal)

    @property
    def rates(self) -> Theorem | None:
        """The invariant with rates, if there are any that hold at every length."""
        return self._rates if isinstance(self._rates, Theorem) else None

    @property
    def reason(self) -> str:
        """Why there are no rates."""
        return self._rates if isinstance(self._rates, str) else ""


def saturate(system: System, readout: Readout, k0: fmpq | None = None) -> Saturation:
    """The situations of a network; `k0` asks for rates from that scale on, else a few are tried.

    Raises Infinite if the saturated network has too many states, RuleError if a sign is undecided.
    """
    if system.parameters:
        raise RuleError("saturation", f"the open parameters {system.parameters}", "numbers for them, or their region")
    return Saturation(system, merged(system, explore(system, readout), readout), k0)
