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

from flint import arb, ctx, fmpq
from sympy import Symbol

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Monomial, Term
from symlstm.kernel.automata import error_at
from symlstm.kernel.enclosures import lower, upper
from symlstm.kernel.invariants import TRUSTED, at_word, shared
from symlstm.kernel.statements import Bracket, Computes, ErrorBound, FiniteError, Invariant, System
from symlstm.kernel.theorem import RuleError, Theorem, conclude

ZERO, ONE, UNKNOWN = arb(0), arb(1), arb("nan")
RANGE = {"tanh": arb(-1).union(ONE), "sigmoid": ZERO.union(ONE)}
Box = Mapping[Symbol, arb]
Memo = dict[Apply | Term, arb]  # values in one box
Edge = tuple[arb, arb, arb, arb]  # A, B, A*, B* of one register


@dataclass(frozen=True)
class Contexts:
    """A certificate, context 0 the start; one without successors, step[c] = (), is reached at the end only."""

    situation: Sequence[int]
    step: Sequence[Sequence[int]]
    box: Sequence[Box]


def updates(system: System, k: fmpq) -> tuple[Mapping[Symbol, Term], ...]:
    """The updates at scale k, for each word."""
    if not isinstance(k, fmpq) or not k > 0:
        raise RuleError("finite error", f"k = {k}", "a rational k > 0")
    return _at_scale(system, k)


@lru_cache(maxsize=16)
def _at_scale(system: System, k: fmpq) -> tuple[Mapping[Symbol, Term], ...]:
    put, memo = {system.scale: algebra.rational(k)}, dict[Atom, Term]()
    rows = ({s: at_word(system, word)[s] for s in system.state} for word in system.words)
    put_in = ({s: shared(algebra.substitute(term, put, memo)) for s, term in row.items()} for row in rows)
    return tuple(map(MappingProxyType, put_in))


def evaluate(term: Term, box: Box, memo: Memo) -> arb:
    """A ball around the term wherever the state is in the box; a coordinate in no box may be any real number."""
    if term in memo:
        return memo[term]
    total = ZERO
    for mono, coefficient in _varying(term, ctx.prec).items():
        product = coefficient
        for a, n in mono:
            x = _applied(a, box, memo) if isinstance(a, Apply) else box.get(a, UNKNOWN)
            for _ in range(abs(n)):
                product = product * x if n > 0 else product / x
        total += product
    memo[term] = total
    return total


@lru_cache(maxsize=4096)
def _varying(term: Term, bits: int) -> Mapping[Monomial, arb]:
    """The term as a polynomial in what varies with the state, its constant coefficients each one ball."""
    total: dict[Monomial, arb] = {}
    for mono, c in term.monomials.items():
        rest = frozenset((a, n) for a, n in mono if algebra.atom(a).symbols())
        total[rest] = total.get(rest, ZERO) + _constant(Term({mono - rest: c}))
    return MappingProxyType(total)


def _applied(a: Apply, box: Box, memo: Memo) -> arb:
    """tanh and sigmoid of what is unknown are still in their range."""
    if a not in memo:
        x = evaluate(a.argument, box, memo)
        memo[a] = RANGE[a.function] if a.function in RANGE and not x.is_finite() else algebra.BALLS[a.function](x)
    return memo[a]


class FixedScale:
    """A network at scale k on contexts that have been checked (the figure above), at flint's current precision."""

    def __init__(self, invariant: Theorem, computed: Theorem, contexts: Contexts, k: fmpq) -> None:
        found, goal = invariant.conclusion, computed.conclusion
        if not isinstance(found, Invariant) or not isinstance(goal, Computes) or found.system != goal.system:
            raise RuleError("finite error", "theorems about two systems", "an Invariant and a Computes of one system")
        self.premises, self.found, self.goal, self.contexts, self.k = (invariant, computed), found, goal, contexts, k
        self.first = max(1, goal.readout.delay)  # the first length that the readout speaks of
        self._updates = updates(found.system, k)
        values = zip(found.system.state, found.system.initial, strict=True)
        start = {s: _constant(x) for s, x in values}
        if contexts.situation[0] != 0 or not all(x.contains(start[s]) for s, x in contexts.box[0].items()):
            raise RuleError("finite error", "a first context without the initial state", "the initial state in it")
        read, registers = [(s, _constant(c)) for s, c in goal.readout.terms], found.automaton.registers
        self._registers = [(s, c, start[s]) for s, c in read if s in registers]
        self._known: dict[tuple[object, ...], list[Edge]] = {}
        self.edges = [self._edges(c, row, {}) for c, row in enumerate(contexts.step)]
        if not any(self.edges) or any(len(row) not in (0, len(found.system.words)) for row in self.edges):
            raise RuleError("finite error", "contexts with some successors", "one for each word, or none")
        every = [edge for row in self.edges for edge in row]
        self.factors = [[_hull(edge[n][i] for edge in every) for i in (0, 2)] for n in range(len(self._registers))]
        later = [edge for p in {p for row in contexts.step for p in row} for edge in self.edges[p]]
        self._sizes = [_sizes([edge[n] for edge in later]) for n in range(len(self._registers))]
        others = [(s, c) for s, c in read if s not in registers]
        self._final = [sum((x * self._off(c, s) for s, x in others), ZERO) for c in range(len(contexts.box))]

    def _edges(self, c: int, row: Sequence[int], memo: Memo) -> list[list[Edge]]:
        return [self._edge(c, j, p, memo) for j, p in enumerate(row)]

    def _edge(self, c: int, j: int, p: int, memo: Memo) -> list[Edge]:
        """(A, B, A*, B*) of the registers from context c under word j to p, if that is where it leads."""
        box, target = self.contexts.box[c], self.contexts.box[p]
        transition = self.found.transitions[self.contexts.situation[c]][j]
        inside = all(target[s].contains(evaluate(self._updates[j][s], box, memo)) for s in target)
        if p < 0 or self.contexts.situation[p] != transition.target or not inside:
            needed = "its situation, and its box around the image"
            raise RuleError("finite error", f"context {p} after context {c}", needed)
        moves = [(r, *transition.registers[r]) for r, *_ in self._registers]
        read = [(r, self._updates[j][r], a.limit, b.limit) for r, a, b in moves]
        key = c, *read
        if key not in self._known:  # words that do the same to the registers share an edge
            self._known[key] = [self._parts(*parts, box, memo) for parts in read]
        return self._known[key]

    @staticmethod
    def _parts(r: Symbol, update: Term, a_limit: Term, b_limit: Term, box: Box, memo: Memo) -> Edge:
        """(A, B, A*, B*) of r' = A r + B."""
        parts = update.coefficients(r)
        a, b = (evaluate(parts.pop(n, Term({})), box, memo) for n in (1, 0))
        if parts or not (a.is_finite() and b.is_finite()):
            raise RuleError("finite error", f"{r}' = {update}", f"A {r} + B with A and B known")
        return a, b, _constant(a_limit), _constant(b_limit)

    def _off(self, c: int, s: Symbol) -> arb:
        """A coordinate that is read off, less its limit."""
        known, box = self.found.automaton.situations[self.contexts.situation[c]].box, self.contexts.box[c]
        if s not in known or s not in box or not box[s].is_finite():
            raise RuleError("finite error", f"{s}, of which nothing is known", "a coordinate with a box and a limit")
        return box[s] - _constant(known[s].limit)

    def gains(self, contexts: Iterable[int], rest: int, up_to: bool = False) -> dict[int, list[tuple[arb, int]]]:
        """For each context and word what the edge adds to the error read `rest` steps later, and where it leads.

        With `up_to`, where A* = 1: around what it adds any number of steps later up to that.
        """
        read = zip(self._registers, self.factors, strict=True)
        powers = [[x * _power(a, rest) for a in pair] for (_, x, _), pair in read]
        if up_to:
            powers = [[kept.union(limit), limit] for kept, limit in powers]
        found = {}
        for c in contexts:
            distinct = {id(edge): edge for edge in self.edges[c]}
            sums = {at: _gain(powers, edge) for at, edge in distinct.items()}
            found[c] = [(sums[id(edge)], p) for edge, p in zip(self.edges[c], self.contexts.step[c], strict=True)]
        return found

    def start(self, length: int, up_to: bool = False) -> arb:
        """What the initial values still are of the error: sum of A^T r_0 - A*^T R_0.

        With `up_to`, where 0 < A < 1 = A*: around that sum at every length up to this one. Each term
        moves from 0 to its value there, but at its own pace, so the sum may be larger on the way.
        """
        parts = zip(self._registers, self.factors, strict=True)
        terms = [x * (_power(a, length) - _power(limit, length)) * r for (_, x, r), (a, limit) in parts]
        return sum((term.union(ZERO) for term in terms) if up_to else terms, ZERO)

    def extremes(
        self, first: int, last: int, tail: int = 0, from_below: bool = False, up_to: bool = False
    ) -> list[tuple[arb, arb]]:
        """The greatest and the least error over all word sequences of each length from first to last > tail.

        With a tail, the last steps in closed form: bounds of both, or `from_below` what some sequences
        attain; with `up_to`, bounds for all shorter sequences too.
        """
        if tail and not all(self.contexts.step):
            raise RuleError("finite error", "a context without successors", "contexts for every length")
        levels, found = self.levels(last - tail, first < last), []
        ends = {c: self.tail(c, tail, from_below) for c in levels[-1]}
        high, low = ({c: end[i] for c, end in ends.items()} for i in (0, 1))
        for n in range(1, last - tail + 1):
            edges = self.gains(levels[last - tail - n], n + tail - 1, up_to)
            high = {c: reduce(arb.max, (x + high[p] for x, p in row)) for c, row in edges.items()}
            low = {c: reduce(arb.min, (x + low[p] for x, p in row)) for c, row in edges.items()}
            if n + tail >= first:
                rest = self.start(n + tail, up_to)
                found.append((high[0] + rest, low[0] + rest))
        return found

    def levels(self, length: int, up_to: bool = False) -> list[frozenset[int]]:
        """The contexts after each number of words; with `up_to`, after at most so many."""
        found = [frozenset({0})]
        for n in range(length):
            if not all(self.contexts.step[c] for c in found[-1]):
                raise RuleError("finite error", f"contexts for {n} words", f"for {length}")
            new = frozenset(p for c in found[-1] for p in self.contexts.step[c]) | (found[-1] if up_to else frozenset())
            if new == found[-1]:
                return found + [new] * (length - n)
            found.append(new)
        return found

    def tail(self, c: int, n: int, from_below: bool) -> tuple[arb, arb]:
        """Bounds of the greatest and the least that n steps from c, not the first ones, and the readout add.

        With a = A^rest in (0, 1], A* = 1:  |a B - B*| <= (1 - a) |B*| + a |B - B*|; the sum of a is (1 - A^n)/(1 - A).
        From below by repeating a word that stays in c.
        """
        if n == 0:
            return self._final[c], self._final[c]
        bound, kept = _largest_size(self._final), []
        for (_, x, _), (a, limit), (size, error) in zip(self._registers, self.factors, self._sizes, strict=True):
            if not (a > 0 and a < 1 and limit == 1):
                raise RuleError("finite error", f"A in {a} with the limit {limit}", "0 < A < 1, tending to 1")
            kept.append((x * (1 - a**n) / (1 - a), x * n))
            bound += abs(x) * (size * n) + abs(kept[-1][0]) * (error - size)
        if not from_below:
            return bound, -bound
        own = [edge for edge, p in zip(self.edges[c], self.contexts.step[c], strict=True) if p == c]
        loops = [self._final[c] + _gain(kept, edge) for edge in own]
        return reduce(arb.max, loops, -bound), reduce(arb.min, loops, bound)


def _constant(term: Term) -> arb:
    return algebra.constant_ball(term, ctx.prec)


def _gain(powers: Iterable[Sequence[arb]], edge: list[Edge]) -> arb:
    return sum((u * b - v * b_limit for (u, v), (_, b, _, b_limit) in zip(powers, edge, strict=True)), ZERO)


def _hull(balls: Iterable[arb]) -> arb:
    return reduce(arb.union, balls)


def _largest_size(balls: Iterable[arb]) -> arb:
    return reduce(arb.max, map(abs, balls), ZERO)


def _sizes(edges: list[Edge]) -> tuple[arb, arb]:
    """The largest |B*| and |B - B*|."""
    return _largest_size(e[3] for e in edges), _largest_size(e[1] - e[3] for e in edges)


def _power(a: arb, n: int) -> arb:
    """Around all products of n numbers of the ball."""
    return a**n if n < 2 or a > 0 else _hull([a.abs_upper() ** n, -(a.abs_upper() ** n)])


def finite_error(
    invariant: Theorem,
    computed: Theorem,
    contexts: Contexts,
    k: fmpq,
    lengths: tuple[int, int],
    bits: int,
    tail: int = 0,
) -> Theorem:
    """Invariant     Computes     contexts checked     first > tail, first >= delay
    -----------------------------------------------------------------------------
          FiniteError(k, first, last): the worst case over all words, enclosed
    """
    with ctx.workprec(bits):
        scale = FixedScale(invariant, computed, contexts, k)
        first, last = _checked(scale, *lengths, tail)
        worst = _largest(scale.extremes(first, last, tail))
        attained = _largest(scale.extremes(first, last, tail, from_below=True)) if tail else worst
        return _finite(scale, first, last, lower(attained), upper(worst))


def error_up_to(invariant: Theorem, computed: Theorem, contexts: Contexts, k: fmpq, length: int, bits: int) -> Theorem:
    """The same for all lengths up to one, however large: an upper bound in closed form, which grows with the length."""
    with ctx.workprec(bits):
        scale = FixedScale(invariant, computed, contexts, k)
        _checked(scale, scale.first, length, 0)
        worst = _largest(scale.extremes(length, length, length - 1, up_to=True))
        return _finite(scale, scale.first, length, fmpq(0), upper(worst))


def bound_up_to(general: Theorem, k: fmpq, length: int) -> Theorem:
    """ErrorBound, P >= 0, k >= k0     length >= max(1, delay)
    --------------------------------------------------------
      FiniteError(k, max(1, delay), length), lower 0: P T^2 + Q T + R is convex in T, the largest at an end
    """
    last = error_at(general, length, k)
    bound: ErrorBound = general.conclusion
    if not all(amplitude >= 0 for amplitude in bound.quadratic.terms.values()):
        raise RuleError("bound up to", bound.quadratic, "amplitudes >= 0, for a bound convex in the length")
    ends = error_at(general, max(1, bound.readout.delay), k), last
    largest = max(end.conclusion.bound for end in ends)
    about = bound.system, bound.readout, bound.specification
    statement = FiniteError(*about, k, max(1, bound.readout.delay), length, fmpq(0), largest)
    return conclude(statement, "convexity in the length", ends, trusted=TRUSTED)


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
    return conclude(Bracket(x, y, epsilon), "comparison", (within, beyond), trusted=TRUSTED)


def _checked(scale: FixedScale, first: int, last: int, tail: int) -> tuple[int, int]:
    if not (scale.first <= first <= last and 0 <= tail < first):
        raise RuleError("finite error", f"lengths {first} to {last}", f"at least {scale.first}, and beyond the tail")
    return first, last


def _largest(extremes: list[tuple[arb, arb]]) -> arb:
    return reduce(arb.max, (arb.max(high, -low) for high, low in extremes))


def _finite(scale: FixedScale, first: int, last: int, low: fmpq, high: fmpq) -> Theorem:
    goal, bounds = scale.goal, (max(low, fmpq(0)), high)
    statement = FiniteError(goal.system, goal.readout, goal.specification, scale.k, first, last, *bounds)
    return conclude(statement, "dynamic programming over contexts", scale.premises, trusted=TRUSTED)
