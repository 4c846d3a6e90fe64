"""Which cells and weights a system is made of: proposed from its terms, and kept only if the cells' equations give them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import NamedTuple

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks.statements import System
from symlstm.model.cells import CELLS, Cell, Weights, steps
from symlstm.model.coordinates import Coordinate, parsed
from symlstm.model.network import TERMS

Row = tuple[Term, ...]


class Layer(NamedTuple):
    """A cell and its weights, the two biases of a gate as one; of the tensors that there always are."""

    cell: Cell
    weights: Weights


def layers_of(system: System) -> tuple[Layer, ...]:
    """The layers from below; empty if the system is none that they make."""
    places = {symbol: parsed(symbol.name) for symbol in system.state}
    if None in places.values():
        return ()
    below: Sequence[Term] = [algebra.atom(x) for x in system.inputs]
    found: list[Layer] = []
    for n in range(1 + max(place.layer for place in places.values() if place)):
        states = [[s for s, place in places.items() if place and (place.letter, place.layer) == (x, n)] for x in "hc"]
        layer = next(_candidates(system, n, states, below), None)
        if layer is None:
            return ()
        found.append(layer)
        updates = dict(zip(system.state, system.updates, strict=True))
        below = [updates[s] for s in states[0]]
    return tuple(found)


def _candidates(system: System, n: int, states: Sequence[Sequence[Variable]], below: Sequence[Term]) -> Iterator[Layer]:
    """The layers that give this layer's updates."""
    updates = dict(zip(system.state, system.updates, strict=True))
    for cell in CELLS.values():
        before = _before(system, cell, n, [updates[s] for s in states[0]])
        if before is None or len(states[1]) != (len(before[0]) if "c" in cell.states else 0):
            continue
        rows = [
            _row(a, below, states[0], letter) for letter, part in zip(cell.gates, before, strict=True) for a in part
        ]
        w, u, b, b_hh = (tuple(row[i] for row in rows) for i in range(4))
        weights = Weights(w, u, b, b_hh)
        before_step = [tuple(map(algebra.atom, part)) for part in states]
        [(_, h, c)] = steps([(cell, weights)], below, [(before_step[0], before_step[1])], TERMS, algebra.total)
        entries = [x for row in rows for part in row for x in (part if isinstance(part, tuple) else (part,))]
        known = {system.scale, *system.parameters}
        if {s for x in entries for s in x.symbols()} <= known and [*h.parts, *c.parts] == [
            updates[s] for part in states for s in part
        ]:
            yield Layer(cell, weights)


def _before(system: System, cell: Cell, n: int, updates: Sequence[Term]) -> list[list[Term]] | None:
    """The pre-activations, gate by gate: by their names, or those of an Elman network from its updates."""
    named = {symbol.name: term for symbol, term in system.gates}
    if len(cell.gates) > 1:
        units = range(1, 1 + len([s for s in named if (p := parsed(s)) and p[::2] == (next(iter(cell.gates)), n)]))
        names = [[Coordinate(f"a_{letter}", j, n).name for j in units] for letter in cell.gates]
        letters = {p.letter for s in named if (p := parsed(s)) and p.layer == n and not p.letter.startswith("a_")}
        known = units and letters == {*cell.gates} and all(name in named for part in names for name in part)
        return [[named[name] for name in part] for part in names] if known else None
    [function] = cell.gates.values()
    arguments = [_argument(update, function) for update in updates]
    return None if None in arguments else [[a for a in arguments if a is not None]]


def _argument(update: Term, function: str) -> Term | None:
    """The x of f(x); 0 for f(0)."""
    [*monomials] = update.monomials.items()
    zero = algebra.BY_NAME[function](algebra.ZERO) if function in algebra.BY_NAME else None
    if update == zero:
        return algebra.ZERO
    if len(monomials) != 1 or monomials[0][1] != 1 or len(monomials[0][0]) != 1:
        return None
    [(atom, power)] = monomials[0][0]
    return atom.argument if isinstance(atom, Apply) and (atom.function, power) == (function, 1) else None


def _row(a: Term, below: Sequence[Term], state: Sequence[Variable], letter: str) -> tuple[Row, Row, Term, Term]:
    """W, U and the biases of a pre-activation; that of the state is apart where a reset gate stands before it."""
    inputs = []
    for x in below:
        factor = _coefficient(a, x)
        inputs.append(factor)
        a = a - factor * x
    reset = _reset(a) if letter == "n" else None
    own = a if reset is None else reset
    units = []
    for s in state:
        factor = own.coefficients(s).get(1, algebra.ZERO)
        units.append(factor)
        own = own - factor * algebra.atom(s)
    rest = a if reset is None else Term({m: c for m, c in a.monomials.items() if not _varies(m)})
    return tuple(inputs), tuple(units), own if reset is None else rest, algebra.ZERO if reset is None else own


def _varies(mono: Iterable[tuple[algebra.Atom, int]]) -> bool:
    return any(isinstance(a, Apply) and a.function == "sigmoid" for a, _ in mono)


def _reset(a: Term) -> Term:
    """What the reset gate multiplies, W_hn h + b_hn, or if it stands before the product the sum of W_hn h."""
    parts: dict[frozenset[tuple[algebra.Atom, int]], fmpq] = {}
    for mono, c in a.monomials.items():
        gates = [power for power in mono if isinstance(power[0], Apply) and power[0].function == "sigmoid"]
        if gates:
            parts[mono.difference(gates)] = c
    return Term(parts)


def _coefficient(a: Term, x: Term) -> Term:
    """The factor of a multiple of x in a sum, constant but for the scale and parameters."""
    mono = next((mono for mono in x.monomials if any(algebra.atom(at).symbols() for at, _ in mono)), None)
    if mono is None:
        return algebra.ZERO
    rest: Mapping[frozenset[tuple[algebra.Atom, int]], fmpq] = {
        m - mono: c / x.monomials[mono]
        for m, c in a.monomials.items()
        if m >= mono and not any(isinstance(at, Apply) and at.argument.symbols() for at, _ in m - mono)
    }
    return Term(dict(rest))
