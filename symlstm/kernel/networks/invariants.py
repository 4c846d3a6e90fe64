"""Induction over words: one pass over the transitions of a proposed automaton proves it for every sequence.  TRUSTED.

    initial state in box(0)      for each situation q and word w:  step(box(q), w) inside box(step[q][w])
    -----------------------------------------------------------------------------------------------------
                    for every word sequence, the state lies in the box of the situation reached

The same with equalities between coordinates, which must hold at the start and be preserved.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache, reduce
from types import MappingProxyType

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks.enclosures import Enclosure, EnclosureArithmetic
from symlstm.kernel.networks.statements import Automaton, Invariant, Situation, StepTable, System, Transition
from symlstm.kernel.parameters import NOTHING, Assumptions
from symlstm.kernel.theorem import RuleError, Theorem, conclude

Terms = Mapping[Variable, Term]


class Step:
    """One step of a system from a situation, on a word: normal forms under the situation's equalities, and enclosures."""

    def __init__(self, system: System, arithmetic: EnclosureArithmetic, situation: Situation, word: str) -> None:
        self.terms = _renamed(system, word, frozenset((s, r) for s, r in situation.equal.items() if s != r))
        self._arithmetic, self._box = arithmetic, situation.box

    def signal(self, name: Variable) -> Enclosure | None:
        """The enclosure of a gate, or of a coordinate's next value; None if nothing is known."""
        return self.enclose(self.terms[name])

    def enclose(self, term: Term) -> Enclosure | None:
        return self._arithmetic.evaluate(term, self._box)

    def register(self, r: Variable) -> tuple[Enclosure, Enclosure]:
        """(A, B) of r' = A r + B, neither of which may depend on r or on anything unknown."""
        parts = self.terms[r].coefficients(r)
        forget, increment = parts.pop(1, algebra.ZERO), parts.pop(0, algebra.ZERO)
        a, b = self.enclose(forget), self.enclose(increment)
        if parts or r in forget.symbols() + increment.symbols() or a is None or b is None:
            raise RuleError("register", f"{r}' = {self.terms[r]}", f"A {r} + B with A and B known")
        return a, b

    def contracts(self, r: Variable) -> bool:
        """Whether |A| <= 1 for certain: a product of gates, or an exact constant of that size."""
        forget = self.terms[r].coefficients(r).get(1, algebra.ZERO)
        if not forget.symbols():
            return all(algebra.sign(algebra.rational(1) + side) >= 0 for side in (forget, -forget))
        [*monos] = forget.monomials.items()
        return (
            len(monos) == 1
            and abs(monos[0][1]) <= 1
            and all(isinstance(a, Apply) and a.function in ("tanh", "sigmoid") and n > 0 for a, n in monos[0][0])
        )


@lru_cache(maxsize=1024)
def at_word(system: System, word: str) -> Terms:
    """The normal forms of updates and gates with a word's inputs put in."""
    row = system.encoding[system.words.index(word)]
    return _put(dict(zip(system.inputs, row, strict=True)), _terms(system))


@lru_cache(maxsize=4096)
def _renamed(system: System, word: str, equal: frozenset[tuple[Variable, Variable]]) -> Terms:
    return _put({s: algebra.atom(r) for s, r in equal}, at_word(system, word))


def _put(image: Terms, terms: Terms) -> Terms:
    memo: dict[algebra.Atom, Term] = {}
    return MappingProxyType({s: shared(algebra.substitute(term, image, memo)) for s, term in terms.items()})


@lru_cache(maxsize=65536)
def shared(term: Term) -> Term:
    """One object for all terms equal to this one, so that comparing them is fast."""
    return term


@lru_cache(maxsize=16)
def _terms(system: System) -> Terms:
    well_formed(system)
    return MappingProxyType(dict([*zip(system.state, system.updates, strict=True), *system.gates]))


def well_formed(system: System) -> None:
    names = [*system.state, *system.inputs, system.scale, *system.parameters, *(symbol for symbol, _ in system.gates)]
    known = {system.scale, *system.inputs, *system.state, *system.parameters}
    varying = [*system.updates, *(term for _, term in system.gates)]
    constants = [*system.initial, *(value for row in system.encoding for value in row)]
    pairs = [(system.initial, system.state), (system.updates, system.state), (system.encoding, system.words)]
    shapes = all(len(x) == len(y) for x, y in [*pairs, *((row, system.inputs) for row in system.encoding)])
    symbols = all(type(name) is Variable and name.kind == "real" for name in names)
    if type(system) is not System or not symbols:
        needed = "a System, real variables as names"
        raise RuleError("system", f"{type(system).__name__} with the names {names}", needed)
    if len(set(names)) < len(names) or len(set(system.words)) < len(system.words) or not shapes:
        raise RuleError("system", "repeated names, or lists of unequal length", "distinct names, one entry each")
    if not all(map(algebra.is_normal, (*varying, *constants))):
        raise RuleError("system", "something else among its terms", "terms in normal form")
    free = {symbol for term in varying for symbol in term.symbols()}
    if not free <= known or any(value.symbols() for value in constants):
        raise RuleError(
            "system", f"free symbols {free - known}", "updates in state, inputs, scale and parameters; constant data"
        )


def arithmetic_of(system: System, k0: fmpq | None, given: Assumptions = NOTHING) -> EnclosureArithmetic:
    """The calculus of a system, one for all who ask: what it remembers is what it has evaluated itself."""
    return (
        EnclosureArithmetic(system.scale, k0, system.parameters, given) if given != NOTHING else _arithmetic(system, k0)
    )


@lru_cache(maxsize=4)
def _arithmetic(system: System, k0: fmpq | None) -> EnclosureArithmetic:
    return EnclosureArithmetic(system.scale, k0, system.parameters)


def invariant(
    system: System, automaton: Automaton, k0: fmpq | None, given: Assumptions = NOTHING
) -> Theorem[Invariant]:
    """Invariant(system, automaton, ..., k0), by induction over the word sequence. See the figure above.

    For parameters as assumed in `given`, which become the theorem's hypotheses.
    """
    given = Assumptions(tuple(given.positive), MappingProxyType(dict(given.certificates)))  # read-only copies
    well_formed(system)
    arithmetic = arithmetic_of(system, k0, given)
    _covers(system, automaton, arithmetic)
    start = dict(zip(system.state, system.initial, strict=True))
    _inside("initial state", automaton.situations[0], lambda s: Enclosure(start[s]), start, arithmetic)
    transitions = tuple(
        tuple(_transition(system, automaton, arithmetic, q, word) for word in system.words)
        for q in range(len(automaton.situations))
    )
    statement, hypotheses = Invariant(system, automaton, transitions, k0, given), given.hypotheses(system.parameters)
    return conclude(statement, "induction over words", hypotheses=hypotheses)


def _covers(system: System, automaton: Automaton, arithmetic: EnclosureArithmetic) -> None:
    known = set(system.state)
    if type(automaton) is not Automaton or any(type(situation) is not Situation for situation in automaton.situations):
        raise RuleError("invariant", type(automaton).__name__, "an Automaton of Situations")
    if not known >= set(automaton.registers):
        raise RuleError("invariant", f"registers {automaton.registers}", "coordinates of the state")
    for situation in automaton.situations:
        named = {*situation.box, *situation.equal, *situation.equal.values()}
        if not named <= known or named & set(automaton.registers):
            raise RuleError("invariant", f"boxes over {named}", "coordinates of the state that are no registers")
        if any(situation.equal.get(r, r) != r for r in situation.equal.values()):
            raise RuleError("invariant", "an equality with what is itself replaced", "representatives")
        if not all(map(arithmetic.admits, situation.box.values())):
            raise RuleError(
                "invariant", situation.box, "bounds A k^p e^(-lambda k), A >= 0, lambda >= 0, of terms in k"
            )
    size = len(automaton.situations)
    if len(automaton.step) != size or any(
        len(row) != len(system.words) or not all(0 <= q < size for q in row) for row in automaton.step
    ):
        raise RuleError("invariant", "a partial automaton", "one successor for each situation and word")
    column = {word: i for i, word in enumerate(system.words)}
    for q, situation in enumerate(automaton.situations):
        if reduce(lambda p, word: automaton.step[p][column[word]], situation.label, 0) != q:
            label = " ".join(situation.label)
            raise RuleError("invariant", f"the label {label} of situation {q}", "words that lead to it")


def _transition(system: System, automaton: Automaton, arithmetic: EnclosureArithmetic, q: int, word: str) -> Transition:
    step = Step(system, arithmetic, automaton.situations[q], word)
    target = automaton.step[q][system.words.index(word)]
    where = f"step {' '.join(automaton.situations[q].label) or 'start'} + {word}"
    _inside(where, automaton.situations[target], step.signal, step.terms, arithmetic)
    registers = {r: step.register(r) for r in automaton.registers}
    return Transition(target, registers, frozenset(r for r in registers if step.contracts(r)))


def _inside(
    where: str,
    situation: Situation,
    signal_of: Callable[[Variable], Enclosure | None],
    terms: Terms,
    arithmetic: EnclosureArithmetic,
) -> None:
    for s, bound in situation.box.items():
        signal = signal_of(s)
        if signal is None or not _contained(signal, bound, arithmetic):
            raise RuleError("invariant", f"{s} = {signal} after {where}", f"inside {bound}")
    for s, r in situation.equal.items():
        if terms[s] != terms[r]:
            raise RuleError("invariant", f"{s} and {r} with different normal forms after {where}", "equal ones")


def _contained(signal: Enclosure, bound: Enclosure, arithmetic: EnclosureArithmetic) -> bool:
    excess = arithmetic.excess(signal, bound)
    return excess is not None and excess.within(bound.error, fmpq(1) if arithmetic.k0 is None else arithmetic.k0)


def step_table(premise: Theorem, names: tuple[Variable, ...]) -> Theorem[StepTable]:
    """Invariant
    ---------------  the rows for some gates or coordinates, every situation and word
       StepTable
    """
    if not isinstance(premise.conclusion, Invariant):
        raise RuleError("step table", type(premise.conclusion).__name__, "an Invariant")
    found: Invariant = premise.conclusion
    arithmetic = arithmetic_of(found.system, found.k0, found.given)
    rows = []
    for q, situation in enumerate(found.automaton.situations):
        for word in found.system.words:
            step = Step(found.system, arithmetic, situation, word)
            rows += [(q, word, name, _known(name, step)) for name in names]
    statement = StepTable(found.system, found.automaton, tuple(rows), found.k0)
    return conclude(statement, "reading the invariant", (premise,))


def _known(name: Variable, step: Step) -> Enclosure:
    signal = step.signal(name) if name in step.terms else None
    if signal is None or signal.side:
        raise RuleError("step table", f"{name}, of which nothing is known", "a gate or coordinate with an enclosure")
    return signal
