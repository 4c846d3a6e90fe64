"""What a reader is told of a word on which a decision is wrong.  UNTRUSTED."""

from __future__ import annotations

from symlstm.kernel.networks.machines import Acceptance, Machine, Mischoice, Misdecision
from symlstm.kernel.networks.statements import Counterexample
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.network import Network
from symlstm.model.simulation.running import run_balls
from symlstm.proof.claims import Witness

DIGITS = 50
Wrong = Misdecision | Mischoice | Counterexample


def witness(network: Network, found: Wrong) -> Witness:
    """The words, the limit, what is specified, and the readout at k = 1."""
    limit, specified = _sides(found)
    details = {"tie": "the limit is the threshold itself"} if _is_tie(found) else {}
    exact = "" if isinstance(found, Mischoice) else _replayed(network, found.words)
    return Witness(found.words, limit, specified, exact, details)


def _sides(found: Wrong) -> tuple[str, str]:
    if isinstance(found, Misdecision):
        needed = f"{'more' if found.accepted else 'less'} than {found.threshold} ({'accepted' if found.accepted else 'not accepted'})"
        return str(found.limit), needed
    if isinstance(found, Mischoice):
        return ", ".join(map(str, found.limits)), f"output {found.choice + 1} the largest"
    return str(found.limit), str(found.specified)


def _is_tie(found: Wrong) -> bool:
    return isinstance(found, Misdecision) and found.limit == found.threshold


def _replayed(network: Network, words: tuple[str, ...]) -> str:
    try:
        return str(run_balls(network, words).readout[-1].str(DIGITS, radius=False))
    except (InputError, RuleError, Unsupported) as reason:
        return f"none ({str(reason).splitlines()[0]})"


def hint(found: Wrong) -> str:
    """A domain, if none is given and the words end in a state that is never left and accepts nothing."""
    machine = found.specification
    if not isinstance(machine, Machine) or machine.domain is not None:
        return ""
    state = machine.reached(found.words).state
    if state not in _sinks(machine) or (isinstance(machine.output, Acceptance) and state not in machine.hopeless):
        return ""
    kind = "its language" if isinstance(machine.output, Acceptance) else "the sequences that it is meant for"
    return (
        f"the words lead the specification into {machine.states[state]!r}, which is never left: "
        f"if the claim is about prefixes of {kind} only, say so in a [domain]"
    )


def _sinks(machine: Machine) -> set[int]:
    size = range(len(machine.states))
    moves = [[move for by_state in machine.moves.values() for move in by_state[q]] for q in size]
    return {q for q in size if all(move.target == q for move in moves[q])}
