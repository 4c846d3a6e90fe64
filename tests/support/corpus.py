"""Networks to judge: every single-number mutant of the gallery, and random constructions from a seed."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import sympy
from flint import fmpq
from sympy import Rational, tanh

from support import GALLERY
from support.oracle import Case
from symlstm.kernel.networks.invariants import invariant
from symlstm.kernel.networks.statements import Automaton, Readout, System, Transition, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.cells import CELLS as CELLS_OF
from symlstm.model.cells import GATES
from symlstm.model.exact_tensors import k
from symlstm.model.file.construction_file import read_construction
from symlstm.model.layers import Layer
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.specification import pattern_counts
from symlstm.search.saturation.exploration import Infinite
from symlstm.search.saturation.invariant import explore, merge_equivalent_situations

CHANGES = {"zeroed": lambda x: sympy.Integer(0), "negated": lambda x: -x, "halved": lambda x: x / 2}
CELLS = ("lstm", "lstm", "rnn_sigmoid", "rnn_tanh")

TRIES = 5  # networks until one is found of which the exploration says what it computes

Place = tuple[int, ...]


def gallery() -> Iterator[Case]:
    """The constructions that are to be proved."""
    for path in sorted(GALLERY.glob("*.toml")):
        file = read_construction(path)
        if file.specification is not None:
            yield Case(path.stem, file.network, file.specification)


def mutants(case: Case) -> Iterator[Case]:
    """The case with one number that is not 0 zeroed, negated or halved."""
    for n, layer in enumerate(case.network.layers):
        for name, array in layer.tensors.items():
            for place, entry in _entries(array):
                for change, new in CHANGES.items():
                    network = _changed(case.network, n, {name: _put(array, place, new(entry))})
                    yield Case(f"{case.label}: {name}_l{n}{list(place)} {change}", network, case.specification)


def _changed(network: Network, n: int, tensors: dict[str, Any]) -> Network:
    if not n:
        return replace(network, **tensors)
    above = [replace(layer, **tensors) if n == i else layer for i, layer in enumerate(network.above, 1)]
    return replace(network, above=above)


def _entries(array: Any, place: Place = ()) -> Iterator[tuple[Place, sympy.Expr]]:
    for i, part in enumerate(array):
        if isinstance(part, tuple):
            yield from _entries(part, (*place, i))
        elif part != 0:
            yield (*place, i), part


def _put(array: Any, place: Place, new: sympy.Expr) -> Any:
    if not place:
        return new
    return tuple(_put(part, place[1:], new) if i == place[0] else part for i, part in enumerate(array))


def random_case(seed: int, cell: str | None = None) -> Case:
    """A small random network, of one or two layers of a cell if it is given, with a specification that is right, nearly right, or a guess.

    Right is what the prover's own exploration says: a verdict is judged by brute force all the same.
    """
    rng = random.Random(seed)
    network, specification = random_network(rng, cell), None
    for _ in range(rng.choice((0, TRIES, TRIES, TRIES))):
        specification = explored(network)
        if specification is not None:
            break
        network = random_network(rng, cell)
    if specification is None:
        specification = _guess(rng, network.vocabulary)
    elif rng.random() < 0.3:
        specification = _damaged(rng, specification)
    return Case(f"random {cell or ''} {seed}", network, specification)


def random_network(rng: random.Random, kind: str | None = None) -> Network:
    """Hidden size 1 to 3, two or three words, weights often 0, mostly multiples of k, some constant or both."""
    cell, hidden = kind or rng.choice(CELLS), rng.randint(1, 3)
    words, gates = ("a", "b", "c")[: rng.randint(2, 3)], len(GATES[cell])
    size = 100 * k if rng.random() < 0.7 else k
    style = rng.random()

    def number(zero: float) -> Any:
        if rng.random() < zero:
            return 0
        coefficient = rng.choice((1, -1, 1, -1, Rational(1, 2), Rational(-1, 2), Rational(3, 2), 2, -2))
        if style < 0.25 and rng.random() < 0.3:
            return coefficient if rng.random() < 0.5 else coefficient * size + rng.choice((1, -1, Rational(1, 3)))
        return coefficient * size

    def array(zero: float, rows: int, columns: int) -> list[list[Any]]:
        return [[number(zero) for _ in range(columns)] for _ in range(rows)]

    starts = (0, 0, 0, 0, 1, -1, Rational(1, 2), tanh(1))
    states = CELLS_OF[cell].states

    def layer(inputs: int, size: int, outputs: int) -> dict[str, Any]:
        initial = {f"{s}0": [rng.choice(starts) for _ in range(outputs if s == "h" else size)] for s in states}
        rows = gates * size
        names = ("weight_ih", "weight_hh", "bias_ih")
        drawn = (array(0.4, rows, inputs), array(0.7, rows, outputs), [number(0.3) for _ in range(rows)])
        return (
            initial | dict(zip(names, drawn, strict=True)) | {"cell": cell} | (variant(size, outputs) if kind else {})
        )

    def variant(size: int, outputs: int) -> dict[str, Any]:
        """Both biases, for a GRU's stand apart; peepholes and a projection."""
        found: dict[str, Any] = {"bias_hh": [number(0.6) for _ in range(gates * size)]}
        if "c" in states and outputs != size:
            found["weight_hr"] = [[rng.choice((0, 1, -1, Rational(1, 2))) for _ in range(size)] for _ in range(outputs)]
        if "c" in states and rng.random() < 0.3:
            found["peephole"] = [number(0.7) for _ in range(len(CELLS_OF[cell].peepholes) * size)]
        return found

    outputs = rng.randint(1, hidden) if kind and "c" in states and rng.random() < 0.2 else hidden
    above, size_above, read = [], rng.randint(1, 2) if kind and rng.random() < 0.5 else 0, hidden
    first = layer(len(words), hidden, outputs)
    if size_above:
        above, read = [Layer(**layer(outputs, size_above, size_above))], size_above
    elif outputs != hidden:
        read = outputs
    readout = _random_readout(rng, cell, read, len(above))
    delay = rng.choice((0, 0, 0, 1, 1, 2))
    return Network(words, **first, readout=readout, delay=delay, above=above)


def _random_readout(rng: random.Random, cell: str, hidden: int, layer: int = 0) -> list[ReadoutTerm]:
    states = ("c", "c", "h") if "c" in CELLS_OF[cell].states else ("h",)
    coefficients = (1, 1, -1, 2, Rational(1, 2)) if rng.random() < 0.8 else (1 / tanh(1),)
    return [
        ReadoutTerm(rng.choice(states), rng.randrange(hidden), rng.choice(coefficients), layer)
        for _ in range(rng.randint(1, 2))
    ]


def _guess(rng: random.Random, words: tuple[str, ...]) -> WeightedAutomaton:
    patterns = [tuple(rng.choice(words) for _ in range(rng.randint(1, 2))) for _ in range(rng.randint(1, 2))]
    return pattern_counts(words, {pattern: rng.choice((1, -1, 2)) for pattern in patterns})


def _damaged(rng: random.Random, right: WeightedAutomaton) -> WeightedAutomaton:
    final = list(right.final)
    final[rng.randrange(len(final))] += 1
    return WeightedAutomaton(right.initial, right.matrices, tuple(final))


def explored(network: Network) -> WeightedAutomaton | None:
    """The saturated network without a delay as a weighted automaton, if it is finite, rational and small; else None."""
    system, readout = network.system, Readout(network.linear_readout.terms, 0)
    try:
        automaton = merge_equivalent_situations(system, explore(system, readout), readout)
        found = invariant(system, automaton, None).conclusion
        return _automaton(system, automaton, found.transitions, readout) if len(automaton.situations) <= 40 else None
    except (Infinite, RuleError, Unsupported):
        return None


def _automaton(
    system: System, automaton: Automaton, transitions: tuple[tuple[Transition, ...], ...], readout: Readout
) -> WeightedAutomaton | None:
    """States (situation, None) and (situation, register); None if a limit is not rational."""
    keys = [(q, r) for q in range(len(automaton.situations)) for r in (None, *automaton.registers)]
    number = {key: n for n, key in enumerate(keys)}
    matrices = {word: [[fmpq(0)] * len(keys) for _ in keys] for word in system.words}
    final, initial = [fmpq(0)] * len(keys), [fmpq(0)] * len(keys)
    values = []

    def put(row: list[fmpq], at: int, limit: Any) -> None:
        values.append(limit.rational())
        row[at] += values[-1] or fmpq(0)

    start = dict(zip(system.state, system.initial, strict=True))
    initial[0] = fmpq(1)
    for r in automaton.registers:
        if start[r].rational() is None:
            return None
        initial[number[0, r]] = start[r].rational()
    for q, row in enumerate(transitions):
        for word, move in zip(system.words, row, strict=True):
            matrices[word][number[q, None]][number[move.target, None]] += 1
            for r, (factor, gain) in move.registers.items():
                put(matrices[word][number[q, r]], number[move.target, r], factor.limit)
                put(matrices[word][number[q, None]], number[move.target, r], gain.limit)
        for s, coefficient in readout.terms:
            if s in automaton.registers:
                put(final, number[q, s], coefficient)
            else:
                put(final, number[q, None], coefficient * automaton.situations[q].box[s].limit)
    if None in values:
        return None
    return WeightedAutomaton(tuple(initial), {w: tuple(map(tuple, m)) for w, m in matrices.items()}, tuple(final))
