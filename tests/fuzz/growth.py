"""Certified errors of random networks, at every scale and length tried, against the errors of all words.

And means of cycles against all simple cycles of a small graph.
"""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import permutations
from typing import Any

from flint import fmpq
from support.corpus import explored
from support.oracle import Case

from fuzz.findings import demand
from fuzz.simulation import at_most, worst
from symlstm.kernel.networks.automata import error_at
from symlstm.kernel.networks.fixed_scale import bound_up_to
from symlstm.kernel.networks.statements import FiniteError
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.search.construction import Construction
from symlstm.search.error.growth import largest_mean
from symlstm.search.saturation.exploration import Infinite

NAME = "growth"
LENGTHS = 4


def check(seed: int) -> str:
    """bounded, or why there is no bound; every fourth case is a graph."""
    rng = random.Random(f"growth {seed}")
    return _mean(rng) if seed % 4 == 0 else _bound(rng)


def _mean(rng: random.Random) -> str:
    """The largest mean weight of a cycle of at most five states, all of them reached from the first."""
    size = rng.randint(1, 5)
    edges = [(rng.randrange(q), q, fmpq(rng.randint(-6, 6), rng.randint(1, 3))) for q in range(1, size)]
    edges += [(rng.randrange(size), rng.randrange(size), fmpq(rng.randint(-6, 6))) for _ in range(rng.randint(0, 7))]
    weight = dict[tuple[int, int], fmpq]()
    for q, p, w in edges:
        weight[q, p] = max(w, weight.get((q, p), w))
    means = []
    for n in range(1, size + 1):
        for cycle in permutations(range(size), n):
            steps = [*zip(cycle, (*cycle[1:], cycle[0]), strict=True)]
            if all(step in weight for step in steps):
                means.append(sum((weight[step] for step in steps), fmpq(0)) / n)
    found = largest_mean(edges, size)
    demand(found == max(means, default=fmpq(0)), found, means, edges)
    return "mean"


def network(rng: random.Random) -> Network:
    """Flags and counters: gates far from their thresholds, so that most have bounds."""
    hidden, words = rng.randint(1, 3), ("a", "b", "c")[: rng.randint(2, 3)]
    size = rng.choice((k, 10 * k, 40 * k, 40 * k))
    counts = [rng.random() < 0.5 for _ in range(hidden)]

    def far() -> Any:
        return rng.choice((1, -1)) * size

    def row(zero: float, columns: int) -> list[Any]:
        return [0 if rng.random() < zero else far() for _ in range(columns)]

    gates = {
        "b_ii": [size] * hidden,
        "b_if": [size if counting else -size for counting in counts],
        "W_ig": [row(0.4, len(words)) for _ in range(hidden)],
        "W_hg": [row(0.85, hidden) for _ in range(hidden)],
        "b_io": [-2 * size if counting else rng.choice((-size / 2, size, -size)) for counting in counts],
        "W_io": [[0] * len(words) if counting else row(0.5, len(words)) for counting in counts],
    }
    read = [ReadoutTerm(rng.choice("cch"), rng.randrange(hidden), rng.choice((1, 1, -1, 2)))]
    start = {"c0": [rng.choice((0, 0, 0, 1)) for _ in range(hidden)]}
    return Network.from_gates(words, hidden, gates, readout=read, delay=rng.choice((0, 0, 1)), **start)


def _bound(rng: random.Random) -> str:
    found = network(rng)
    specification = explored(found)
    if specification is None:
        return "no specification"
    case = Case("growth", found, specification)
    construction = Construction(found, specification)
    try:
        bound = construction.error_bound
    except (RuleError, Unsupported, Infinite):
        return "no bound"
    least = bound.conclusion.k0
    for scale in (least, least * fmpq(rng.randint(5, 12), 4)):
        k_ = Fraction(int(scale.p), int(scale.q))
        for length in range(max(1, found.delay), LENGTHS + 1):
            error, words = worst(case, k_, length)
            for theorem in (error_at(bound, length, scale), *_up_to(bound, scale, length)):
                statement = theorem.conclusion
                certified = statement.upper if isinstance(statement, FiniteError) else statement.bound
                demand(at_most(error, certified), "error", error, "above", certified, words, found)
    return "bounded"


def _up_to(bound: Any, scale: fmpq, length: int) -> list[Any]:
    try:
        return [bound_up_to(bound, scale, length)]
    except RuleError:
        return []
