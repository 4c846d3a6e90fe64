"""Proposes how a register and its error grow with the length; the kernel checks it.  UNTRUSTED.

Over all paths of an automaton with edge weights w, sum w <= mean * t + potential[end], where
`mean` is the largest mean weight of a cycle (Karp 1978) and the potentials are longest paths.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from flint import fmpq

from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.automata import Growth, error_bound
from symlstm.kernel.networks.enclosures import Enclosure, Error, Exponent, magnitude
from symlstm.kernel.networks.statements import Computes, Invariant
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.saturation.rates import is_short, rounded, unit_of

Edge = tuple[int, int, fmpq]  # from, to, weight
Amplitudes = dict[Exponent, fmpq]
KARP = 200_000  # situations * transitions up to which the largest mean is found exactly
TERMS = 4  # exponents kept in a bound


def bound(rates: Theorem, computed: Theorem) -> Theorem:
    """The closed-form error of the readout at every length; raises RuleError if none is found."""
    found: Invariant = rates.conclusion
    if not isinstance(computed.conclusion, Computes):
        raise RuleError("error bound", "a decision, which has no error", "a specification of numbers that is computed")
    registers = [s for s, _ in computed.conclusion.readout.terms if s in found.automaton.registers]
    return error_bound(rates, computed, {r: growth_of(found, r) for r in registers})


def growth_of(found: Invariant, r: Variable) -> Growth:
    """What is proposed for a register."""
    edges = list(_edges(found, r))
    values = dict(zip(found.system.state, found.system.initial, strict=True))
    start = magnitude(values[r])
    size = len(found.transitions)
    steps = [(q, p, magnitude(b.main)) for q, p, a, b in edges if a.main.monomials]
    slope = max(largest_mean(steps, size), fmpq(0))
    offset = _offsets(edges, size, slope, start)
    return _errors(found, edges, slope, offset)


def _edges(found: Invariant, r: Variable) -> Iterator[tuple[int, int, Enclosure, Enclosure]]:
    for q, row in enumerate(found.transitions):
        for transition in row:
            yield q, transition.target, *transition.registers[r]


def _offsets(edges: Sequence[tuple[int, int, Enclosure, Enclosure]], size: int, slope: fmpq, start: fmpq) -> list[fmpq]:
    """The least offsets with slope + offset[p] >= |A| offset[q] + |B|, from above for 0 < |A| < 1."""
    weights = [(q, p, magnitude(a.main), magnitude(b.main)) for q, p, a, b in edges]
    offset: list[fmpq | None] = [start] + [None] * (size - 1)
    for _ in range(size + 1):
        changed = False
        for q, p, factor, gain in weights:
            here = offset[q]
            if here is None:
                continue
            kept = here if factor == 1 else max(here, fmpq(0)) * (factor > 0)
            there, new = offset[p], kept + gain - slope
            if there is None or new > there:
                offset[p], changed = new, True
        if not changed:
            return [x if x is not None else fmpq(0) for x in offset]
    raise RuleError("growth", "a register with no offsets", "offsets that settle")


def _errors(
    found: Invariant, edges: Sequence[tuple[int, int, Enclosure, Enclosure]], slope: fmpq, offset: Sequence[fmpq]
) -> Growth:
    k0 = found.k0 or fmpq(1)
    exponents = _slowest([e for *_, a, b in edges for e in (*a.error.terms, *b.error.terms)])
    weak = [(q, p, a.error.weakened_to(exponents, k0), b.error.weakened_to(exponents, k0)) for q, p, a, b in edges]
    quadratic, linear, constant = Amplitudes(), Amplitudes(), [Amplitudes() for _ in offset]
    for e in exponents:
        quadratic[e] = rounded(max(phi.terms.get(e, fmpq(0)) for _, _, phi, _ in weak) * slope / 2, down=False)
        steps = [
            (q, p, phi.terms.get(e, fmpq(0)) * offset[q] + delta.terms.get(e, fmpq(0)) - quadratic[e])
            for q, p, phi, delta in weak
        ]
        mean = largest_mean(steps, len(offset))
        linear[e], heights = _coarser(mean, _potentials(steps, len(offset), mean))
        for q, height in enumerate(heights):
            constant[q][e] = height
    return Growth(slope, tuple(offset), Error(quadratic), Error(linear), tuple(map(Error, constant)))


def _coarser(mean: fmpq, heights: Sequence[fmpq]) -> tuple[fmpq, Sequence[fmpq]]:
    """Both rounded up to a grid, and the mean by one unit more, so that no step ties; as they are if they are short."""
    if not mean or all(map(is_short, (mean, *heights))):
        return mean, heights
    unit = unit_of(mean)
    return fmpq((mean / unit).ceil() + 1) * unit, [fmpq((x / unit).ceil()) * unit for x in heights]


def _slowest(exponents: Sequence[Exponent]) -> list[Exponent]:
    return sorted(set(exponents), key=lambda e: (e[1], -e[0]))[:TERMS]


def _potentials(edges: Sequence[Edge], size: int, mean: fmpq) -> list[fmpq]:
    """Longest paths from 0 with weights less the mean (Bellman and Ford)."""
    height: list[fmpq | None] = [fmpq(0)] + [None] * (size - 1)
    for _ in range(size + 1):
        changed = False
        for q, p, weight in edges:
            here, there = height[q], height[p]
            if here is not None and (there is None or here + weight - mean > there):
                height[p], changed = here + weight - mean, True
        if not changed:
            return [x if x is not None else fmpq(0) for x in height]
    raise RuleError("growth", "a cycle above the mean", "potentials that settle")


def largest_mean(edges: Sequence[Edge], size: int) -> fmpq:
    """The largest mean weight of a cycle (Karp 1978), or the largest weight where that would take long; 0 if no edge."""
    if not edges:
        return fmpq(0)
    if size * len(edges) > KARP:
        return max(weight for *_, weight in edges)
    walks: list[list[fmpq | None]] = [[fmpq(0)] * size]  # walks[n][q]: heaviest walk of n edges that ends in q
    for _ in range(size):
        row: list[fmpq | None] = [None] * size
        for q, p, weight in edges:
            before, best = walks[-1][q], row[p]
            if before is not None and (best is None or before + weight > best):
                row[p] = before + weight
        walks.append(row)
    means = [
        min((final - early) / (size - n) for n, walk in enumerate(walks[:-1]) if (early := walk[q]) is not None)
        for q, final in enumerate(walks[-1])
        if final is not None
    ]
    return max(means, default=fmpq(0))
