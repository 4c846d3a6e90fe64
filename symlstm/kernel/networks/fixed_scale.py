"""One scale k, all words: the readout's largest error over every word sequence of a length.  TRUSTED.

A *context* is a class of word sequences with a box of balls around the states that they lead
to; a certificate lists contexts with a situation of an Invariant and a successor for every word.

    initial state in box(0)     step(box(c), w) inside box(c w), situation(c w) = situation(c) w, for all c, w
    ----------------------------------------------------------------------------------------------------------
             after every word sequence the state at scale k lies in the box of the context reached

A register r' = A r + B with the limit R' = A* R + B* is off, if A and A* are the same at every
step, by A^T r_0 - A*^T R_0 + sum over t of (A^(T-t) B_t - A*^(T-t) B*_t): a sum over the edges of
a path, whose extremes dynamic programming finds (Bellman 1957).  Each path's true error lies in its
sum of balls, so the worst case is enclosed on both sides.  A and A* enter as one ball each, around
all that occur: where they vary with the words the result is still true, and useless.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache, reduce
from types import MappingProxyType
from typing import Any

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Term, Variable
from symlstm.kernel.networks.automata import error_at
from symlstm.kernel.networks.enclosures import lower, upper
from symlstm.kernel.networks.intervals import varying
from symlstm.kernel.networks.invariants import at_word, shared
from symlstm.kernel.networks.statements import Bracket, Computes, ErrorBound, FiniteError, Invariant, System
from symlstm.kernel.theorem import RuleError, Theorem, conclude

ZERO, ONE, UNKNOWN = arb(0), arb(1), arb("nan")
RANGE = {"tanh": arb(-1).union(ONE), "sigmoid": ZERO.union(ONE), "step": ZERO.union(ONE)}
Box = Mapping[Variable, arb]
Edge = list[tuple[arb, ...]]  # A, B, A*, B* of each register that is read
Powers = list[tuple[arb, arb]]  # what B and B* of each are multiplied by
Targets = Mapping[int, int]  # the contexts that words lead to, with the first word that does
Ends = Mapping[int, tuple[arb, arb]]  # context -> the greatest and the least error that is still to come


@dataclass(frozen=True)
class Contexts:
    """A certificate, context 0 the start; one without successors, step[c] = (), is reached at the end only."""

    situation: Sequence[int]
    step: Sequence[Sequence[int]]
    box: Sequence[Box]


@lru_cache(maxsize=16, typed=True)
def updates(system: System, k: fmpq) -> tuple[Mapping[Variable, Term], ...]:
    """The updates at scale k, for each word."""
    if not isinstance(k, fmpq) or not k > 0:
        raise RuleError("finite error", f"k = {k}", "a rational k > 0")
    put, memo = {system.scale: algebra.rational(k)}, dict[Atom, Term]()
    rows = ({s: at_word(system, word)[s] for s in system.state} for word in system.words)
    put_in = ({s: shared(algebra.substitute(term, put, memo)) for s, term in row.items()} for row in rows)
    return tuple(map(MappingProxyType, put_in))


class Balls(dict[Any, arb]):
    """A box, and balls around terms wherever the state is in it; a coordinate in no box may be any real number."""

    def __missing__(self, x: Atom | Term) -> arb:
        known = self._sum(x) if isinstance(x, Term) else self._applied(x) if isinstance(x, Apply) else UNKNOWN
        return self.setdefault(x, known)

    def _sum(self, term: Term) -> arb:
        total = ZERO
        for mono, coefficient in varying(term, ctx.prec).items():
            product = coefficient
            for a, n in mono:
                for _ in range(abs(n)):
                    product = product * self[a] if n > 0 else product / self[a]
            total += product
        return total

    def _applied(self, a: Apply) -> arb:
        """tanh, sigmoid and step of what is unknown are still in their range."""
        x = self[a.argument]
        return RANGE[a.function] if a.function in RANGE and not x.is_finite() else algebra.BALLS[a.function](x)


class FixedScale:
    """A network at scale k on contexts that have been checked (the figure above), at flint's current precision."""

    def __init__(self, invariant: Theorem, computed: Theorem, contexts: Contexts, k: fmpq) -> None:
        found, goal = invariant.conclusion, computed.conclusion
        if not isinstance(found, Invariant) or not isinstance(goal, Computes) or found.system != goal.system:
            raise RuleError("finite error", "theorems about two systems", "an Invariant and a Computes of one system")
        if goal.specification.domain is not None:
            raise RuleError("finite error", "a promise about some words", "a Computes of all words")
        boxes = [{s: arb(x) for s, x in box.items()} for box in contexts.box]  # copies, and nothing but balls
        contexts = Contexts([*contexts.situation], [[*words] for words in contexts.step], boxes)
        self.premises, self.found, self.contexts, self.k = (invariant, computed), found, contexts, k
        self.first = max(1, goal.readout.delay)  # the first length that the readout speaks of
        self._updates = updates(found.system, k)
        values = zip(found.system.state, found.system.initial, strict=True)
        start = {s: _constant(x) for s, x in values}
        if contexts.situation[0] != 0 or not all(x.contains(start[s]) for s, x in contexts.box[0].items()):
            raise RuleError("finite error", "a first context without the initial state", "the initial state in it")
        read, registers = goal.readout.terms, found.automaton.registers
        self._registers = [s for s, _ in read if s in registers]
        self._weights = [_constant(x) for s, x in read if s in registers]
        self._parts = [{r: _affine(after[r], r) for r in self._registers} for after in self._updates]
        self.start: Edge = [(ZERO, start[r], ZERO, start[r]) for r in self._registers]
        self.rows = {c: self._row(c, words) for c, words in enumerate(contexts.step) if words or not c}
        columns = zip(*(edge for row in self.rows.values() for edge, _ in row), strict=True)
        self.factors = [[reduce(arb.union, (part[i] for part in column)) for i in (0, 2)] for column in columns]
        later = self.rows.keys() & {p for words in contexts.step for p in words}
        edges = [edge for p in later for edge, _ in self.rows[p]]
        self._sizes, self._together = _sizes(edges), _largest(gain([(x, x) for x in self._weights], e) for e in edges)
        others = [(s, _constant(x)) for s, x in read if s not in registers]
        self._final = [sum((x * self._off(c, s) for s, x in others), ZERO) for c in range(len(contexts.box))]

    def _row(self, c: int, words: Sequence[int]) -> list[tuple[Edge, Targets]]:
        """The edges from a context; words that do the same to what is read share one."""
        values, found = Balls(self.contexts.box[c]), dict[tuple[tuple[Term, ...], ...], dict[int, int]]()
        if len(words) != len(self._updates):
            raise RuleError("finite error", "contexts with some successors", "one for each word, or none")
        for j, p in enumerate(words):
            move, target = self.found.transitions[self.contexts.situation[c]][j], self.contexts.box[p]
            inside = all(target[s].contains(values[self._updates[j][s]]) for s in target)
            if p < 0 or self.contexts.situation[p] != move.target or not inside:
                needed = "its situation, and its box around the image"
                raise RuleError("finite error", f"context {p} after context {c}", needed)
            read = tuple((*self._parts[j][r], *(x.limit for x in move.registers[r])) for r in self._registers)
            found.setdefault(read, {}).setdefault(p, j)
        return [(_edge(read, values), targets) for read, targets in found.items()]

    def _off(self, c: int, s: Variable) -> arb:
        """A coordinate that is read off, less its limit."""
        known, x = self.found.automaton.situations[self.contexts.situation[c]].box, self.contexts.box[c].get(s, UNKNOWN)
        if s not in known or not x.is_finite():
            raise RuleError("finite error", f"{s}, of which nothing is known", "a coordinate with a box and a limit")
        return x - _constant(known[s].limit)

    def powers(self, rest: int) -> Powers:
        """What is read `rest` steps later of B and B*."""
        factors = zip(self._weights, self.factors, strict=True)
        return [(x * _power(a, rest), x * _power(limit, rest)) for x, (a, limit) in factors]

    def gains(self, contexts: Iterable[int], rest: int) -> dict[int, list[tuple[arb, Targets]]]:
        """For each context what its edges add to the error read `rest` steps later, and where they lead."""
        powers = self.powers(rest)
        return {c: [(gain(powers, edge), targets) for edge, targets in self.rows[c]] for c in contexts}

    def worst(self, first: int, levels: Sequence[Iterable[int]], tail: int, ends: Ends) -> list[arb]:
        """The largest error over all word sequences of each length from the first on, with a tail that adds `ends`.

        levels[n] holds the contexts after n words, and if there are several lengths those after less.
        """
        found, (high, low) = [], ({c: end[i] for c, end in ends.items()} for i in (0, 1))
        try:
            for n, level in enumerate(reversed(levels[:-1]), tail + 1):
                rows = self.gains(level, n - 1)
                high = {c: reduce(arb.max, (x + high[p] for x, to in row for p in to)) for c, row in rows.items()}
                low = {c: reduce(arb.min, (x + low[p] for x, to in row for p in to)) for c, row in rows.items()}
                if n >= first:
                    rest = gain(self.powers(n), self.start)
                    found.append(arb.max(high[0] + rest, -low[0] - rest))
        except KeyError as c:
            raise RuleError("finite error", f"nothing after context {c}", "levels of all that are reached") from None
        return found

    def tail(self, contexts: Iterable[int], n: int) -> list[Ends]:
        """What n steps from each context, not the first ones, add at most, and what a word attains that stays there."""
        if not n:
            return [{c: (self._final[c], self._final[c]) for c in contexts}]
        bound, powers = self._bound(n), self._all(n)
        own = {c: [self._final[c] + gain(powers, edge) for edge, to in self.rows[c] if c in to] for c in contexts}
        attained = {c: (reduce(arb.max, x, -bound), reduce(arb.min, x, bound)) for c, x in own.items()}
        return [dict.fromkeys(contexts, (bound, -bound)), attained]

    def _all(self, n: int) -> Powers:
        """The sums of the last n powers."""
        if len(self.rows) < len(self.contexts.box):
            raise RuleError("finite error", "a context without successors", "contexts for every length")
        for a, limit in self.factors:
            if not (0 < a < 1 and limit == 1):
                raise RuleError("finite error", f"A in {a} with the limit {limit}", "0 < A < 1, tending to 1")
        factors = zip(self._weights, self.factors, strict=True)
        return [(x * (1 - a**n) / (1 - a), x * n) for x, (a, _) in factors]

    def _bound(self, n: int) -> arb:
        """Of what n steps add, none of them the first, in all: of each register |u B - v B*| <= |v - u| |B*| + |u| |B - B*|;

        or |v - u| (|B*| + |B - B*|) of each, and n times the largest |sum of weight (B - B*)| of an edge.
        """
        parts = [(abs(v - u), abs(u), *both) for (u, v), both in zip(self._all(n), self._sizes, strict=True)]
        apart = sum((gap * size + most * error for gap, most, size, error in parts), ZERO)
        together = sum((gap * (size + error) for gap, _, size, error in parts), n * self._together)
        return arb.min(apart, together) + _largest(self._final)

    def up_to(self, length: int) -> arb:
        """A bound of the error at every length up to this one.

        What the initial values and the first step add lies between what is read of it at once and in the end.
        """
        total, first = self._bound(length - 1), [edge for edge, _ in self.rows[0]]
        for rest, edges in ((length, [self.start]), (length - 1, first)):
            powers = [(kept.union(limit), limit) for kept, limit in self.powers(rest)]
            total += _largest(gain(powers, edge) for edge in edges)
        return total


def _constant(term: Term) -> arb:
    return algebra.constant_ball(term, ctx.prec)


def _affine(update: Term, r: Variable) -> tuple[Term, Term]:
    """A and B of r' = A r + B."""
    factor = update.coefficients(r).get(1, algebra.ZERO)
    return factor, update - factor * algebra.atom(r)


def _edge(read: Iterable[Iterable[Term]], values: Balls) -> Edge:
    edge = [tuple(values[x] for x in part) for part in read]
    if not all(x.is_finite() for part in edge for x in part):
        raise RuleError("finite error", "a register that changes by what is unknown", "A r + B with A and B known")
    return edge


def gain(powers: Powers, edge: Edge) -> arb:
    """What an edge adds to the error."""
    return sum((u * b - v * b_limit for (u, v), (_, b, _, b_limit) in zip(powers, edge, strict=True)), ZERO)


def _largest(balls: Iterable[arb]) -> arb:
    return reduce(arb.max, map(abs, balls), ZERO)


def _sizes(edges: Iterable[Edge]) -> list[tuple[arb, arb]]:
    """The largest |B*| and |B - B*| of each register."""
    columns = zip(*edges, strict=True)
    return [(_largest(e[3] for e in column), _largest(e[1] - e[3] for e in column)) for column in columns]


def _power(a: arb, n: int) -> arb:
    """Around all products of n numbers of the ball."""
    return algebra.ball_power(a, n) if n < 2 or a > 0 else (a.abs_upper() ** n).union(-(a.abs_upper() ** n))


def finite_error(
    invariant: Theorem,
    computed: Theorem,
    contexts: Contexts,
    k: fmpq,
    lengths: tuple[int, int],
    bits: int,
    levels: Sequence[Iterable[int]] = (),
) -> Theorem:
    """Invariant     Computes     contexts checked     levels: the contexts after 0, 1, ... words
    -------------------------------------------------------------------------------------------
          FiniteError(k, first, last): the worst case over all words, enclosed

    The words after the last level are taken in closed form; without levels all are, from above only.
    """
    with ctx.workprec(bits):
        scale, goal, (first, last) = FixedScale(invariant, computed, contexts, k), computed.conclusion, lengths
        tail = last + 1 - len(levels)
        if not (scale.first <= first <= last and (0 <= tail < first or not levels)):
            needed = f"at least {scale.first}, and beyond the tail"
            raise RuleError("finite error", f"lengths {first} to {last}", needed)
        ends = scale.tail(levels[-1], tail) if levels else []
        found = [reduce(arb.max, scale.worst(first, levels, tail, end)) for end in ends] or [scale.up_to(last)]
        bounds = max(lower(found[-1]), fmpq(0)) if levels else fmpq(0), upper(found[0])
        statement = FiniteError(goal.system, goal.readout, goal.specification, k, first, last, *bounds)
        return conclude(
            statement, "dynamic programming over contexts", scale.premises, certificate=(contexts, levels, bits)
        )


def bound_up_to(general: Theorem, k: fmpq, length: int) -> Theorem:
    """ErrorBound, P >= 0, k >= k0     length >= max(1, delay)
    --------------------------------------------------------
      FiniteError(k, max(1, delay), length), lower 0: P T^2 + Q T + R is convex in T, the largest at an end
    """
    end = error_at(general, length, k)
    bound: ErrorBound = general.conclusion
    if not all(amplitude >= 0 for amplitude in bound.quadratic.terms.values()):
        raise RuleError("bound up to", bound.quadratic, "amplitudes >= 0, for a bound convex in the length")
    first = max(1, bound.readout.delay)
    ends = error_at(general, first, k), end
    largest = max(end.conclusion.bound for end in ends)
    statement = FiniteError(bound.system, bound.readout, bound.specification, k, first, length, fmpq(0), largest)
    return conclude(statement, "convexity in the length", ends)


def bracket(within: Theorem, beyond: Theorem, epsilon: fmpq) -> Theorem:
    """FiniteError < epsilon     FiniteError > epsilon     of one readout and specification
    -------------------------------------------------------------------------------------
                            Bracket(within, beyond, epsilon)
    """
    x, y = within.conclusion, beyond.conclusion
    if not isinstance(x, FiniteError) or not isinstance(y, FiniteError):
        raise RuleError("bracket", f"{type(x).__name__} and {type(y).__name__}", "two FiniteErrors")
    one = (x.system, x.readout, x.specification) == (y.system, y.readout, y.specification)
    if not (one and isinstance(epsilon, fmpq) and x.upper < epsilon < y.lower):
        raise RuleError("bracket", f"at most {x.upper}, at least {y.lower}", f"one network, and {epsilon} between")
    return conclude(Bracket(x, y, epsilon), "comparison", (within, beyond))
