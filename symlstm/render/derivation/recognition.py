"""Which cells and weights a system is made of: proposed from its terms, and kept only if the cells' equations give them back."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import product
from typing import NamedTuple

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks.statements import System
from symlstm.model.cells import CELLS, Cell, Weights, activation, steps
from symlstm.model.coordinates import Coordinate, parsed, preactivation
from symlstm.model.exact_tensors import entries
from symlstm.model.network import TERMS

WeightRow = tuple[Term, ...]


class Layer(NamedTuple):
    """A cell and its weights, the two biases of a gate as one."""

    cell: Cell
    weights: Weights


def layers_of(system: System) -> tuple[Layer, ...]:
    """The layers from below; empty if the system is none that they make."""
    places = {symbol: parsed(symbol.name) for symbol in system.state}
    if None in places.values():
        return ()
    below: Sequence[Term] = [algebra.atom(x) for x in system.inputs]
    updates = dict(zip(system.state, system.updates, strict=True))
    found: list[Layer] = []
    for n in range(1 + max(place.layer for place in places.values() if place)):
        states = [[s for s, place in places.items() if place and (place.letter, place.layer) == (x, n)] for x in "hc"]
        part = Part(system, n, states[0], states[1], below, updates)
        layer = next(_candidates(part), None)
        if layer is None:
            return ()
        found.append(layer)
        below = part.after("h")
    return tuple(found)


class Part(NamedTuple):
    """The coordinates of layer n, what it reads, and all updates."""

    system: System
    n: int
    h: Sequence[Variable]
    c: Sequence[Variable]
    below: Sequence[Term]
    updates: Mapping[Variable, Term]

    def after(self, letter: str) -> list[Term]:
        """The updates of its h or c."""
        return [self.updates[s] for s in (self.h if letter == "h" else self.c)]


def _candidates(part: Part) -> Iterator[Layer]:
    """The layers that give this layer's updates."""
    known = {part.system.scale, *part.system.parameters}
    h, c = (tuple(map(algebra.atom, state)) for state in (part.h, part.c))
    for cell, projected in product(CELLS.values(), (False, True)):
        weights = _weights(part, cell, projected)
        if weights is None or {s for x in weights.tensors.values() for e in entries(x) for s in e.symbols()} - known:
            continue
        [(_, new, kept)] = steps([(cell, weights)], part.below, [(h, c)], TERMS, algebra.total)
        if [*new.parts, *kept.parts] == [*part.after("h"), *part.after("c")]:
            yield Layer(cell, weights)


def _weights(part: Part, cell: Cell, projected: bool) -> Weights | None:
    """What the weights must be, if it is this cell, with a projection or without."""
    before = _before(part, cell)
    if before is None or len(part.c) != (len(before[0]) if "c" in cell.states else 0) or (projected and not part.c):
        return None
    rows, holes = [], dict[str, list[Term]]()
    for letter, gate in zip(cell.gates, before, strict=True):
        for j, a in enumerate(gate):
            if letter in cell.peepholes:
                hole, rest = _peephole(part, letter, j, a)
                holes.setdefault(letter, []).append(hole)
            else:
                rest = a
            rows.append(_row(rest, part.below, part.h, letter == cell.reset))
    w, u, b, b_hh = (tuple(row[i] for row in rows) for i in range(4))
    seen = tuple(x for letter in cell.peepholes for x in holes[letter])
    projection = _projection(part, before[-1]) if projected else None
    return Weights(w, u, b, b_hh, projection, seen if any(x.monomials for x in seen) else None)


def _peephole(part: Part, letter: str, j: int, a: Term) -> tuple[Term, Term]:
    """What a gate's pre-activation multiplies the cell by, the new one for an output gate, and the rest."""
    seen = part.updates[part.c[j]] if letter == "o" else algebra.atom(part.c[j])
    factor = _coefficient(a, seen)
    return factor, a - factor * seen


def _projection(part: Part, before: Sequence[Term]) -> tuple[WeightRow, ...]:
    """What multiplies o*tanh(c') in each h."""
    units = [algebra.sigmoid(a) * algebra.tanh(c) for a, c in zip(before, part.after("c"), strict=True)]
    return tuple(tuple(_coefficient(h, unit) for unit in units) for h in part.after("h"))


def _before(part: Part, cell: Cell) -> list[list[Term]] | None:
    """The pre-activations, gate by gate: by their names, or those of an Elman network from its updates."""
    named, n = {symbol.name: term for symbol, term in part.system.gates}, part.n
    if len(cell.gates) > 1:
        units = range(1, 1 + len([s for s in named if (p := parsed(s)) and p[::2] == (next(iter(cell.gates)), n)]))
        names = [[Coordinate(preactivation(letter), j, n).name for j in units] for letter in cell.gates]
        letters = {p.letter for s in named if (p := parsed(s)) and p.layer == n and p.gate is None}
        known = units and letters == {*cell.gates} and all(name in named for part in names for name in part)
        return [[named[name] for name in gate] for gate in names] if known else None
    [function] = cell.gates.values()
    arguments = [_argument(update, function) for update in part.after("h")]
    return None if None in arguments else [[a for a in arguments if a is not None]]


def _argument(update: Term, function: str) -> Term | None:
    """The x of f(x), f as network.TERMS writes it; 0 for f(0)."""
    if update == activation(function, TERMS)(algebra.ZERO):
        return algebra.ZERO
    if function == "strict step":  # 1 - step(-x)
        inner = _inside(1 - update, "step")
        return None if inner is None else -inner
    if function in ("hardsigmoid", "hardtanh"):  # 1 - relu(w - relu(x + w/2))/w, -1 to 1 for w = 2
        width, size = (6, 6) if function == "hardsigmoid" else (2, 1)
        outer = _inside((1 - update) * size, "relu")
        inner = None if outer is None else _inside(width - outer, "relu")
        return None if inner is None else inner - width // 2
    return _inside(update, function)


def _inside(term: Term, function: str) -> Term | None:
    """The x of a term that is f(x)."""
    [*monomials] = term.monomials.items()
    if len(monomials) != 1 or monomials[0][1] != 1 or len(monomials[0][0]) != 1:
        return None
    [(atom, power)] = monomials[0][0]
    return atom.argument if isinstance(atom, Apply) and (atom.function, power) == (function, 1) else None


def _row(
    a: Term, below: Sequence[Term], state: Sequence[Variable], has_reset: bool
) -> tuple[WeightRow, WeightRow, Term, Term]:
    """W, U and the biases of a pre-activation; that of the state is apart where a reset gate stands before it."""
    inputs = []
    for x in below:
        factor = _coefficient(a, x)
        inputs.append(factor)
        a = a - factor * x
    reset = _reset(a) if has_reset else None
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
