"""The saturated network as a weighted automaton, compared with a specification on all words.  TRUSTED.

Reading w_1 ... w_t leads to the vector with entries (q, None) = 1 and (q, r) = limit of register r at
the situation q reached, and (lag, j) = entry j of the specification's row vector for the first t - lag
words.  Every word acts on such vectors linearly, and limit of the readout minus specification is a
linear form.  If it vanishes on a list of vectors whose span holds all the vectors reached, the two
are equal on all words (Schuetzenberger 1961; Tzeng 1992).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.enclosures import Enclosure, Error, is_error, magnitude
from symlstm.kernel.networks.machines import check_machine, machine_of
from symlstm.kernel.networks.statements import (
    Computes,
    Counterexample,
    ErrorAt,
    ErrorBound,
    Invariant,
    Key,
    Readout,
    Trace,
    Transition,
    Vector,
    WeightedAutomaton,
)
from symlstm.kernel.theorem import RuleError, Theorem, conclude

Combination = Mapping[int, Term]  # index of a basis vector -> coefficient


@dataclass(frozen=True)
class Span:
    """A certificate: levels[n] spans all vectors after n words, the last level those of all later times too.

    images[n][i][word] writes (levels[n][i] after word) in levels[n + 1], in the last level itself at the end.
    """

    levels: Sequence[Sequence[Vector]]
    images: Sequence[Sequence[Mapping[str, Combination]]]


class Comparison:
    """The linear maps of the words, and the form readout - specification, of an invariant."""

    def __init__(self, found: Invariant, readout: Readout, specification: WeightedAutomaton) -> None:
        kinds = [type(x) for x in (found, readout, specification)]
        if kinds != [Invariant, Readout, WeightedAutomaton]:
            raise RuleError(
                "comparison", [kind.__name__ for kind in kinds], "an Invariant, a Readout, a WeightedAutomaton"
            )
        self.found = found
        self.readout, self.specification = readout, specification
        check_machine(machine_of(specification), self.found.system.words)
        numbers = [readout.constant, *(x for _, x in readout.terms)]
        constant = all(algebra.is_normal(x) and not x.symbols() for x in numbers)
        if not constant or type(readout.delay) is not int or readout.delay < 0:
            raise RuleError("comparison", readout, "a readout with constant coefficients and a natural delay")
        self.first = max(1, readout.delay)  # the first T that is compared
        self._maps: dict[tuple[Key, int], list[tuple[Key, Term]]] = {}

    def start(self) -> Vector:
        """The vector of the empty word."""
        system = self.found.system
        initial = dict(zip(system.state, system.initial, strict=True))
        registers = {(0, r): initial[r] for r in self.found.automaton.registers}
        lags = {("lag", 0, j): algebra.rational(x) for j, x in enumerate(self.specification.initial)}
        return _sparse({(0, None): algebra.rational(1), **registers, **lags})

    def after(self, vector: Vector, word: str) -> Vector:
        """The vector one word later."""
        column = self.found.system.words.index(word)
        matrix = self.specification.matrices[word]
        total: dict[Key, Term] = {}

        def add(key: Key, term: Term) -> None:
            total[key] = total.get(key, algebra.ZERO) + term

        for key, x in vector.items():
            if key[0] != "lag":
                for new, factor in self._moves(key, column):
                    add(new, x * factor)
            elif key[1] < self.readout.delay:
                add(("lag", key[1] + 1, key[2]), x)
            if key[:2] == ("lag", 0):
                for j, entry in enumerate(matrix[key[2]]):
                    if entry:
                        add(("lag", 0, j), x.scaled(entry))
        return _sparse(total)

    def _moves(self, key: Key, column: int) -> list[tuple[Key, Term]]:
        """The image of one unit vector under the word of the column."""
        if (key, column) not in self._maps:
            (_, r), move = key, self.found.transitions[key[0]][column]
            if r is not None:
                image = [((move.target, r), move.registers[r][0].limit)]
            else:
                gains = [((move.target, s), b.limit) for s, (_, b) in move.registers.items()]
                image = [((move.target, None), algebra.rational(1)), *gains]
            self._maps[key, column] = image
        return self._maps[key, column]

    def limit(self, vector: Vector) -> Term:
        """lim readout, as a linear form on vectors."""
        total = algebra.ZERO
        for (q, r, *_), x in ((key, x) for key, x in vector.items() if key[0] != "lag"):
            total = total if r else total + x * self.readout.constant
            for s, coefficient in self.readout.terms:
                if r is None and s not in self.found.automaton.registers:
                    total = total + x * coefficient * self.at(q, s)
                elif r == s:
                    total = total + x * coefficient
        return total

    def at(self, q: int, s: Variable) -> Term:
        """The limit of a coordinate in a situation."""
        signal = self.found.automaton.situations[q].box.get(s)
        if signal is None:
            raise RuleError("readout", f"{s}, of which nothing is known in situation {q}", "a known coordinate")
        return signal.limit

    def specified(self, vector: Vector) -> Term:
        """The specification of all but the last `delay` words, as a linear form on vectors."""
        last = [(key[2], x) for key, x in vector.items() if key[:2] == ("lag", self.readout.delay)]
        return algebra.total(x.scaled(self.specification.final[j]) for j, x in last)


def _sparse(vector: Vector) -> Vector:
    return {key: x for key, x in vector.items() if x.monomials}


def _combined(basis: Sequence[Vector], combination: Combination) -> Vector:
    total: dict[Key, Term] = {}
    for i, coefficient in combination.items():
        for key, x in basis[i].items():
            total[key] = total.get(key, algebra.ZERO) + coefficient * x
    return _sparse(total)


def computes(premise: Theorem, readout: Readout, specification: WeightedAutomaton, span: Span) -> Theorem[Computes]:
    """Invariant      start in span(level 0)      span(level n) after any word in span(level n + 1)
    -----------------------------------------------------------------------------------------------
         Computes(readout, specification)     if the difference vanishes on the last level
    """
    comparison = Comparison(premise.conclusion, readout, specification)
    first, levels = comparison.first, [[*map(_sparse, level)] for level in span.levels]
    images = [[{word: dict(x) for word, x in row.items()} for row in level] for level in span.images]
    entries = [x for level in levels for vector in level for x in vector.values()]
    entries += [c for level in images for row in level for combination in row.values() for c in combination.values()]
    if not all(map(algebra.is_normal, entries)):
        raise RuleError("computes", "a certificate with something else in it", "terms in normal form")
    if len(levels) != first + 1 or len(images) != first + 1 or levels[0] != [comparison.start()]:
        raise RuleError("computes", f"{len(levels)} levels", f"{first + 1}, the first of them the initial vector")
    for n, level in enumerate(levels):
        later = levels[min(n + 1, first)]
        for vector, row in zip(level, images[n], strict=True):
            for word in comparison.found.system.words:
                if comparison.after(vector, word) != _combined(later, row[word]):
                    raise RuleError("computes", f"an image of level {n} under {word}", "one in the span given")
    for vector in levels[first]:
        if comparison.limit(vector) != comparison.specified(vector):
            raise RuleError("computes", comparison.limit(vector), comparison.specified(vector))
    statement = Computes(comparison.found.system, readout, specification)
    return conclude(statement, "equality of weighted automata", (premise,), certificate=span)


def counterexample(
    premise: Theorem, readout: Readout, specification: WeightedAutomaton, words: tuple[str, ...]
) -> Theorem[Counterexample]:
    """Invariant     lim readout on these words  !=  specification
    ------------------------------------------------------------
                  Counterexample(words)
    """
    comparison, words = Comparison(premise.conclusion, readout, specification), tuple(words)
    vector = reduce(comparison.after, words, comparison.start())
    limit, specified = comparison.limit(vector), comparison.specified(vector)
    if len(words) < comparison.first or algebra.sign(limit - specified) == 0:
        raise RuleError("counterexample", f"{limit} on {' '.join(words)}", f"another value than {specified}")
    statement = Counterexample(comparison.found.system, readout, specification, words, limit, specified)
    return conclude(statement, "evaluation of both sides", (premise,))


def trace(
    premise: Theorem, readout: Readout, specification: WeightedAutomaton, words: tuple[str, ...]
) -> Theorem[Trace]:
    """Invariant
    ---------------  the limits of the readout after each prefix
         Trace
    """
    comparison, words = Comparison(premise.conclusion, readout, specification), tuple(words)
    vector, limits = comparison.start(), []
    for word in words:
        vector = comparison.after(vector, word)
        limits.append(comparison.limit(vector))
    statement = Trace(comparison.found.system, readout, words, tuple(limits))
    return conclude(statement, "evaluation in the saturated automaton", (premise,))


@dataclass(frozen=True)
class Growth:
    """A certificate for one register: for all t and situations q reached after t words,

    |saturated register| <= slope t + offset[q],   |register - saturated register| <= P t^2 + Q t + G[q]
    """

    slope: fmpq
    offset: tuple[fmpq, ...]
    quadratic: Error
    linear: Error
    constant: tuple[Error, ...]


def error_bound(invariant: Theorem, computed: Theorem, growth: Mapping[Variable, Growth]) -> Theorem[ErrorBound]:
    """Invariant, k0 > 0     Computes(readout, specification)     growth: inductive (see `_check_growth`)
    --------------------------------------------------------------------------------------------------
               ErrorBound: P T^2 + Q T + max_q G[q], summed over the readout
    """
    found, goal = invariant.conclusion, computed.conclusion
    if not isinstance(found, Invariant) or not isinstance(goal, Computes) or found.system != goal.system:
        raise RuleError("error bound", "theorems about two systems", "an Invariant and a Computes of one system")
    if goal.specification.domain is not None:
        raise RuleError("error bound", "a promise about some words", "a Computes of all words")
    if found.k0 is None:
        raise RuleError("error bound", "an invariant without constants", "an invariant for all k >= k0")
    quadratic, linear, constant, read = Error(), Error(), Error(), dict[Variable, Growth]()
    for s, coefficient in goal.readout.terms:
        size = magnitude(coefficient)
        if s in found.automaton.registers:
            given = growth[s]
            own = Growth(given.slope, (*given.offset,), given.quadratic, given.linear, (*given.constant,))  # read once
            read[s] = own
            _check_growth(found, s, own)
            quadratic += own.quadratic.scaled(size)
            linear += own.linear.scaled(size)
            constant += _join(own.constant).scaled(size)
        else:
            constant += _join([_vanishing_error(q.box.get(s), s) for q in found.automaton.situations]).scaled(size)
    statement = ErrorBound(found.system, goal.readout, goal.specification, quadratic, linear, constant, found.k0)
    return conclude(statement, "induction over t", (invariant, computed), certificate=read)


def error_at(premise: Theorem, length: int, k: fmpq) -> Theorem[ErrorAt]:
    """ErrorBound     k >= k0, length >= max(1, delay)
    ---------------------------------------------------
      ErrorAt(k, length), the number rounded up
    """
    if not isinstance(premise.conclusion, ErrorBound):
        raise RuleError("error at", type(premise.conclusion).__name__, "an ErrorBound")
    general: ErrorBound = premise.conclusion
    if not (type(k) is fmpq and type(length) is int and k >= general.k0 and length >= max(1, general.readout.delay)):
        needed = f"k >= {general.k0} and length >= {max(1, general.readout.delay)}"
        raise RuleError("error at", f"k = {k} and length {length}", needed)
    total = general.quadratic.scaled(fmpq(length) ** 2) + general.linear.scaled(fmpq(length)) + general.constant
    return conclude(ErrorAt(general, k, length, total.at(k)), "evaluation", (premise,))


def _vanishing_error(signal: Enclosure | None, s: Variable) -> Error:
    if signal is None or signal.side or not signal.error.vanishes:
        raise RuleError("error bound", f"{s} = {signal}", "a coordinate whose error vanishes in every situation")
    return signal.error


def _join(errors: Sequence[Error]) -> Error:
    exponents = {e for error in errors for e in error.terms}
    terms = {e: max(error.terms.get(e, fmpq(0)) for error in errors) for e in exponents}
    return Error(terms, any(error.tiny for error in errors))


def _check_growth(found: Invariant, r: Variable, growth: Growth) -> None:
    """With r' = A r + B, limits A*, B*, |A| <= 1, |A - A*| <= phi, |B - B*| <= delta:

    |R'| <= |A*| |R| + |B*|    and    e' <= e + phi |R| + delta,
    so both bounds hold for all t if they hold at the start and, for each transition q -> p,
    slope + offset[p] >= |A*| offset[q] + |B*|,   2 P >= phi slope,
    P + Q + G[p] >= G[q] + phi offset[q] + delta.
    """
    rational = all(type(x) is fmpq for x in (growth.slope, *growth.offset))
    if not rational or not all(map(is_error, (growth.quadratic, growth.linear, *growth.constant))):
        raise RuleError("error bound", growth, "rationals and Errors")
    initial = dict(zip(found.system.state, found.system.initial, strict=True))
    if not (growth.slope >= 0 and growth.offset[0] >= magnitude(initial[r])):
        raise RuleError("error bound", f"{growth.offset[0]} at the start", f"at least |{initial[r]}|")
    if not _nonnegative(growth.constant[0]):
        raise RuleError("error bound", "a negative error at the start", "G >= 0 there")
    for q, row in enumerate(found.transitions):
        for transition in row:
            _check_growth_step(r, growth, q, transition, found.k0 or fmpq(0))


def _check_growth_step(r: Variable, growth: Growth, q: int, transition: Transition, k0: fmpq) -> None:
    forget, increment = transition.registers[r]
    exponents = list({**growth.quadratic.terms, **growth.linear.terms})
    p, phi, delta = (
        transition.target,
        forget.error.weakened_to(exponents, k0),
        increment.error.weakened_to(exponents, k0),
    )
    factor = magnitude(forget.limit)
    if r not in transition.contracting or factor > 1:
        raise RuleError("error bound", f"a forget factor of {r} not known to be at most 1", "|A| <= 1")
    size = factor * growth.offset[q] + magnitude(increment.limit)
    if not growth.slope + growth.offset[p] >= size:
        raise RuleError("error bound", f"|{r}| up to {size}", f"at most {growth.slope + growth.offset[p]}")
    quadratic = growth.quadratic.scaled(fmpq(2)) + phi.scaled(-growth.slope)
    spent = (growth.constant[q] + phi.scaled(growth.offset[q]) + delta).scaled(fmpq(-1))
    linear = growth.quadratic + growth.linear + growth.constant[p] + spent
    if not (_nonnegative(quadratic) and _nonnegative(linear)):
        raise RuleError("error bound", f"too small a bound of {r} from situation {q} to {p}", "an inductive one")


def _nonnegative(error: Error) -> bool:
    return not error.tiny and all(a >= 0 for a in error.terms.values())
