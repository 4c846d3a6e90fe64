"""From weights to a theorem, in one function: the page to begin with.  UNTRUSTED.

    weights  ->  recurrence  ->  saturated automaton  ->  comparison with the specification  ->  theorem

Each stage has its module, named where it is called; the kernel makes every theorem that comes back, and
`symlstm/render/` prints it.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

from flint import fmpq

from symlstm.kernel.networks.machines import Choices, Machine
from symlstm.kernel.networks.statements import Readout, System, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.search.decisions.configurations import Problem
from symlstm.search.decisions.deciding import Claim
from symlstm.search.decisions.deciding import decide as decide_by_families
from symlstm.search.saturation.equivalence import decide as decide_by_equivalence
from symlstm.search.saturation.explanation import unsettled
from symlstm.search.saturation.exploration import Infinite
from symlstm.search.saturation.refutation import FEW, MANY, refutation

if TYPE_CHECKING:
    from symlstm.search.construction import Construction

FAILURES = (Infinite, RuleError, Unsupported)  # why there is neither a proof nor a counterexample


def decision(construction: Construction) -> Theorem:
    """|- the readout tends to the specification on every word sequence; or |- it does not, on a shortest one.

    Raises one of FAILURES where neither is found.
    """
    # The cell's equations (model/cells.py) with these weights in them are a recurrence in exact terms.
    system, readout = construction.network.system, construction.network.linear_readout
    specification = construction.specification
    if isinstance(specification, Machine):  # accepted or not, on promised words; counters may be read back
        return decide_by_families(claim(construction))
    wrong, _ = _counterexample(system, readout, specification, FEW)  # what is wrong is mostly wrong soon
    if wrong is not None:
        return wrong
    try:
        # As k grows gates become 0 or 1: the network moves between finitely many situations (saturation/exploration.py) ...
        limits = construction.saturation.limits
        # ... and is a weighted automaton, which is compared with the specification's (saturation/equivalence.py).
        return _compared(limits, readout, specification)
    except FAILURES as reason:
        wrong, longest = _counterexample(system, readout, specification, MANY)
        if wrong is not None:
            return wrong
        with suppress(Unsupported, RuleError):  # infinitely many situations: whole families of them
            return decide_by_families(claim(construction))
        if longest:
            reason.add_note(f"right on all words up to length {longest}")
        raise


def _compared(limits: Theorem, readout: Readout, specification: WeightedAutomaton) -> Theorem:
    try:
        return decide_by_equivalence(limits, readout, specification)
    except RuleError as refusal:
        raise unsettled(limits.conclusion, readout) or refusal from None


def _counterexample(
    system: System, readout: Readout, specification: WeightedAutomaton, most: int
) -> tuple[Theorem | None, int]:
    """A counterexample among short words, if one is found; the length of the longest tried."""
    try:
        return refutation(system, readout, specification, most)
    except (RuleError, Unsupported):  # an undecided sign, or an open parameter
        return None, 0


def claim(construction: Construction) -> Claim:
    """The claim with its threshold and margin, or the readouts of which the largest names the class."""
    network, specification, margin = construction.network, construction.specification, construction.margin
    choosing = isinstance(specification, Machine) and isinstance(specification.output, Choices)
    readouts = network.linear_outputs if choosing else (network.linear_readout,)
    at_least = None if margin is None else fmpq(margin.numerator, margin.denominator)
    return Claim(Problem(network.system, readouts, specification), construction.threshold, at_least)
