"""Invariants with rates, step tables and errors at every length, as the data of a certificate.  UNTRUSTED."""

from __future__ import annotations

from typing import Any

from symlstm.certificates.subjects import Atoms, Data, NotCovered
from symlstm.kernel.algebra import ZERO, Variable
from symlstm.kernel.networks.enclosures import Enclosure, Error, magnitude
from symlstm.kernel.networks.statements import ErrorBound, Invariant, StepTable
from symlstm.model.cells import CELLS
from symlstm.model.coordinates import parsed
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network
from symlstm.search.error.growth import growth_of


def rates(found: Invariant, atoms: Atoms) -> Data:
    """What is known in each situation, and the coordinates that are equal there."""
    coordinate = {s: n for n, s in enumerate(found.system.state)}
    situations = found.automaton.situations
    return {
        "situations": [[[coordinate[s], *bound(x, atoms)] for s, x in q.box.items()] for q in situations],
        "equal": [[coordinate[q.equal.get(s, s)] for s in found.system.state] for q in situations],
    }


def bound(x: Enclosure, atoms: Atoms) -> list[Any]:
    """Main part and error of a coordinate or gate."""
    if x.side or x.main.symbols() or x.error.tiny:
        raise NotCovered("a coordinate that is bounded on one side only, grows with k, or has no rate")
    return [atoms.constant(x.main), terms(x.error)]


def terms(error: Error) -> list[Any]:
    """[[p, l, A], ...] for the sum of A k^p e^(-l k), the same in each run."""
    if any(p < 0 for p, _ in error.terms):
        raise NotCovered("an error with a negative power of k")
    slowest = sorted(error.terms.items(), key=lambda term: (term[0][1], term[0][0]))
    return [[p, str(rate), str(amplitude)] for (p, rate), amplitude in slowest]


def step_table(goal: StepTable, network: Network, atoms: Atoms) -> Data:
    """The scale and the rows of a table."""
    if goal.k0 is None:
        raise NotCovered("a table without rates")
    words = {word: n for n, word in enumerate(network.vocabulary)}
    rows = [[q, words[word], _signal(name, network), *_line(x, atoms)] for q, word, name, x in goal.rows]
    return {"k0": str(goal.k0), "rows": rows}


def _signal(name: Variable, network: Network) -> list[Any]:
    """A coordinate of the next state, a row of the stacked pre-activations, or its sigmoid or tanh."""
    if name in network.state_symbols:
        return ["next", [*network.state_symbols].index(name)]
    named, cell = parsed(name.name), CELLS[network.cell]
    gate = named and (named.gate or named)
    if gate is None or gate.letter not in cell.gates or gate.letter == cell.reset or gate.layer:
        raise NotCovered(f"a table of {name.name}")
    function = "preactivation" if named != gate else cell.gates[gate.letter]
    if function not in ("preactivation", "sigmoid", "tanh"):
        raise NotCovered(f"a table of {name.name}, {function} of a pre-activation")
    return [function, [*cell.gates].index(gate.letter) * network.hidden + gate.unit - 1]


def _line(x: Enclosure, atoms: Atoms) -> list[Any]:
    """[[a, b], error] of what is close to a k + b."""
    powers = x.main.coefficients(k)
    if x.side or x.error.tiny or not {*powers} <= {0, 1}:
        raise NotCovered("a signal that is bounded on one side only, grows faster than k, or has no rate")
    return [[atoms.constant(powers.get(n, ZERO)) for n in (1, 0)], terms(x.error)]


def error_bound(goal: ErrorBound) -> Data:
    """The scale and the three coefficients."""
    parts = {"quadratic": goal.quadratic, "linear": goal.linear, "constant": goal.constant}
    return {"k0": str(goal.k0), "bound": {name: terms(error) for name, error in parts.items()}}


def growth(goal: ErrorBound, found: Invariant) -> list[Any]:
    """For each term of the readout the size of its coefficient and, of a register, how it grows."""
    return [
        [str(magnitude(c)), _register(found, s) if s in found.automaton.registers else None]
        for s, c in goal.readout.terms
    ]


def _register(found: Invariant, r: Any) -> Data:
    given = growth_of(found, r)
    errors = {"quadratic": terms(given.quadratic), "linear": terms(given.linear)}
    constants = [terms(error) for error in given.constant]
    return {"slope": str(given.slope), "offset": [*map(str, given.offset)], **errors, "constant": constants}
