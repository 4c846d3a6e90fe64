"""Explores the saturated network: breadth first, words in shortlex order, exact limits only.  UNTRUSTED.

The saturated network (Merrill 2019) is the limit of the network for k -> oo with the words
held fixed.  Its states are the exact limits of the coordinates.  A coordinate that only
feeds itself (r' = A r + B) and is not read back is a *register* and stays out of the state,
so that a counter does not make the automaton infinite.  One that is read back and grows
without end may be *clipped*: beyond some value it is only known to be beyond.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import lru_cache
from itertools import pairwise

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks.enclosures import CONSTANT, Enclosure, EnclosureArithmetic, Error, magnitude
from symlstm.kernel.networks.invariants import Step, arithmetic_of, at_word
from symlstm.kernel.networks.statements import Automaton, Readout, Situation, System
from symlstm.kernel.theorem import RuleError

VALUES = 64  # a coordinate may take in the limit before it is clipped or the network called infinite
FEWER = 16  # as many, once there is a crowd
CROWD = 200  # of situations
KEPT = 8  # values of a clipped coordinate that are told apart
SITUATIONS = 2_000  # explored in all
DEEP = 12  # functions within one another in a value: its size may double with each
LARGE = 200  # monomials in a value and all that its functions are applied to

TINY = Error(tiny=True)
OPEN = -1  # in place of a successor that is left open
Examine = Callable[[Situation, list[Term]], bool]  # whether to leave open a step in which these terms have no limit


class Infinite(Exception):
    """The saturated network has too many states; the message names the coordinate and a word that shows it.

    `values` has what each coordinate was seen to take, in order.
    """

    def __init__(self, values: Mapping[Variable, Mapping[Term, None]], label: tuple[str, ...]) -> None:
        widest = max(values, key=lambda s: len(values[s]))
        seen = f"{widest} takes more than {len(values[widest]) - 1} values in the limit"
        super().__init__(f"{seen}, for example along: {' '.join(label)}")
        self.values = values


class Blurred(Exception):
    """Coordinates that are read have no limit while these registers are unknown."""

    def __init__(self, registers: frozenset[Variable]) -> None:
        super().__init__(f"read back: {', '.join(sorted(map(str, registers)))}")
        self.registers = registers


@dataclass(frozen=True)
class Clip:
    """Takes every value from `end` on, on the side, for "at least end" (at most, if the side is -1)."""

    end: Term
    side: int

    def __call__(self, x: Enclosure) -> Enclosure:
        beyond = x.side in (0, self.side) and algebra.sign(x.main - self.end) in (0, self.side)
        return Enclosure(self.end, TINY, self.side) if beyond else x


@lru_cache(maxsize=16)
def relevant(system: System, readout: Readout) -> frozenset[Variable]:
    """The coordinates that the readout depends on, at once or later."""
    state = frozenset(system.state)
    reads = {
        s: state & frozenset().union(*(at_word(system, word)[s].symbols() for word in system.words))
        for s in system.state
    }
    found: frozenset[Variable] = frozenset(s for s, _ in readout.terms)
    while (wider := found.union(*(reads[s] for s in found))) != found:
        found = wider
    return found


@lru_cache(maxsize=16)
def integrators(system: System) -> frozenset[Variable]:
    """The coordinates with r' = A r + B on every word, A and B free of r, and A not always 0."""
    updates = [at_word(system, word) for word in system.words]

    def splits(s: Variable) -> bool:
        parts = [update[s].coefficients(s) for update in updates]
        free = all(s not in term.symbols() for part in parts for term in part.values())
        return free and all({*part} <= {0, 1} for part in parts) and any(1 in part for part in parts)

    return frozenset(s for s in system.state if splits(s))


def _read(system: System, registers: Iterable[Variable]) -> frozenset[Variable]:
    """The coordinates on which depends what a register, another one, is multiplied by or gains."""
    rows = [at_word(system, word) for word in system.words]
    return frozenset(s for r in registers for row in rows for s in row[r].symbols() if s != r)


def explore(
    system: System,
    readout: Readout,
    arithmetic: EnclosureArithmetic | None = None,
    examine: Examine = lambda situation, terms: False,
    registers: frozenset[Variable] | None = None,
) -> Automaton:
    """The automaton of exact limits, every known coordinate up to something tiny.

    Registers start out as those given, or else as all integrators, without those that another of
    them reads. One that blurs a coordinate which is read is tracked instead, unless `examine` leaves the step open; one that is tracked
    and takes too many values is clipped. Raises Infinite if that does not help.
    """
    arithmetic = arithmetic or arithmetic_of(system, None)
    wanted, feeding = relevant(system, readout), integrators(system)
    registers = (feeding if registers is None else registers) & wanted
    registers -= _read(system, registers)
    clips: dict[Variable, Clip] = {}
    while True:
        tracked = tuple(s for s in system.state if s in wanted and s not in registers)
        kept = tuple(s for s in system.state if s in registers)
        try:
            return Exploration(system, tracked, kept, arithmetic, examine, clips).automaton()
        except Blurred as blurred:
            registers -= blurred.registers
        except Infinite as infinite:
            clips |= _clip(infinite, feeding.difference(clips))


def _clip(infinite: Infinite, candidates: frozenset[Variable]) -> dict[Variable, Clip]:
    """A clip for the candidate with the most values, if they only grow or only shrink; else raises what was raised."""
    most = max((s for s in infinite.values if s in candidates), key=lambda s: len(infinite.values[s]), default=None)
    values = [*infinite.values[most]][: KEPT + 1] if most is not None else []
    steps = {algebra.sign(later - earlier) for earlier, later in pairwise(values)}
    if most is None or len(values) <= KEPT or len(steps) != 1:
        raise infinite
    return {most: Clip(values[-1], steps.pop())}


@dataclass
class Exploration:
    """One breadth-first search; tracked coordinates make up the state, clipped ones as far as they are told apart."""

    system: System
    tracked: tuple[Variable, ...]
    registers: tuple[Variable, ...]
    arithmetic: EnclosureArithmetic
    examine: Examine
    clips: Mapping[Variable, Clip]
    limited: bool = True  # whether too many values raise Infinite
    found: list[Situation] = field(default_factory=list)
    index: dict[tuple[object, ...], int] = field(default_factory=dict)
    values: dict[Variable, dict[Term, None]] = field(default_factory=dict)

    def automaton(self) -> Automaton:
        """All that is reached. Raises Blurred, Infinite, or RuleError for a coordinate without a limit."""
        step = [self._successors(situation) for situation in self._growing()]
        return Automaton(tuple(self.found), tuple(step), self.registers)

    def truncated(self, most: int) -> tuple[Automaton, int | None]:
        """The successors of the first `most` situations; all others lead outside, where nothing is known.

        And the number of words up to which no words lead there; None if the automaton is whole.
        """
        step: list[tuple[int, ...]] = []
        for situation in self._growing():
            found = len(self.found)
            try:
                step.append(self._successors(situation))
            except RuleError:  # an undecided sign, say
                del self.found[found:]
                break
            if len(step) == most:
                break
        if len(step) == len(self.found):
            return Automaton(tuple(self.found), tuple(step), self.registers), None
        edge, outside = self.found[len(step)].label, len(self.found)
        lost = Situation((*edge, self.system.words[0]), {}, {})
        step += [(outside,) * len(self.system.words)] * (outside + 1 - len(step))
        return Automaton((*self.found, lost), tuple(step), self.registers), len(edge)

    def _growing(self) -> Iterator[Situation]:
        """The situations, those found meanwhile too."""
        start = zip(self.system.state, self.system.initial, strict=True)
        self._number((), {s: Enclosure(x) for s, x in start if s in self.tracked})
        position = 0
        while position < len(self.found):
            yield self.found[position]
            position += 1

    def _successors(self, situation: Situation) -> tuple[int, ...]:
        return tuple(self._successor(situation, word) for word in self.system.words)

    def _successor(self, situation: Situation, word: str) -> int:
        move = Step(self.system, self.arithmetic, situation, word)
        signals = {s: move.signal(s) for s in self.tracked}
        blurred = [s for s, x in signals.items() if x is None or x.side or not x.error.vanishes]
        if blurred and self.examine(situation, [move.terms[s] for s in blurred]):
            return OPEN
        causes = frozenset(self.registers) & {symbol for s in blurred for symbol in move.terms[s].symbols()}
        if causes:
            raise Blurred(causes)
        for s in blurred:
            self._check(s, signals[s])
        return self._number((*situation.label, word), {s: x for s, x in signals.items() if x is not None})

    def _check(self, s: Variable, x: Enclosure | None) -> None:
        """Whether a coordinate may lack a limit: because of what is clipped."""
        if x is None or not self.clips or any(rate <= 0 and e != CONSTANT for e in x.error.terms for rate in e[1:]):
            raise RuleError("saturation", f"{s} without a limit", "a limit on every word")

    def _number(self, label: tuple[str, ...], signals: Mapping[Variable, Enclosure]) -> int:
        box = {s: self._kept(self.clips[s](x) if s in self.clips else x) for s, x in signals.items()}
        key = tuple(map(state_key, box.values()))
        if key not in self.index:
            self.index[key] = len(self.found)
            self.found.append(Situation(label, box, {}))
            for s, x in box.items():
                self.values.setdefault(s, {})[x.main] = None
            widest = max(map(len, self.values.values()), default=0)
            most = VALUES if len(self.found) < CROWD else FEWER
            deep = any(depth(x.main) > DEEP or size(x.main) > LARGE for x in box.values())
            if deep and not self.limited:
                raise RuleError("saturation", f"values of more than {DEEP} functions in one another", "simpler ones")
            if self.limited and (deep or widest > most or len(self.found) > SITUATIONS):
                raise Infinite(self.values, label)
        return self.index[key]

    def _kept(self, x: Enclosure) -> Enclosure:
        """Up to something tiny; exact, if it is so, where a step may meet 0."""
        main, side, constant, exact = state_key(x)
        return up_to_tiny(main, side, constant, exact and has_steps(self.system))


@lru_cache(maxsize=16)
def has_steps(system: System) -> bool:
    """Whether a step is applied to anything, at any depth."""
    return any(map(_has_step, system.updates))


def _has_step(term: Term) -> bool:
    applied = [a for mono in term.monomials for a, _ in mono if isinstance(a, Apply)]
    return any(a.function == "step" or any(map(_has_step, a.arguments)) for a in applied)


@lru_cache(maxsize=65536)
def depth(term: Term) -> int:
    """How many functions are applied within one another."""
    arguments = [a.argument for mono in term.monomials for a, _ in mono if isinstance(a, Apply)]
    return 1 + max(map(depth, arguments)) if arguments else 0


@lru_cache(maxsize=65536)
def size(term: Term) -> int:
    """How many monomials there are in it and in all that functions are applied to."""
    arguments = [a.argument for mono in term.monomials for a, _ in mono if isinstance(a, Apply)]
    return len(term.monomials) + sum(map(size, arguments))


def state_key(x: Enclosure) -> tuple[Term, int, fmpq | None, bool]:
    """What distinguishes the values of a coordinate in the limit."""
    return x.main, x.side, x.error.terms.get(CONSTANT), x.error.is_zero


@lru_cache(maxsize=65536)
def up_to_tiny(main: Term, side: int, constant: fmpq | None, exact: bool) -> Enclosure:
    """One signal for each value, so that the kernel's memo knows it again."""
    return Enclosure(main, Error({CONSTANT: constant} if constant else {}, tiny=not exact), side)


def merge_equivalent_situations(system: System, automaton: Automaton, readout: Readout) -> Automaton:
    """Situations that differ only in coordinates which the next step forgets, and nobody reads, made one.

    A forgotten coordinate keeps the magnitude of its spread as an error that does not vanish.
    """
    arithmetic = arithmetic_of(system, None)
    read = {s for s, _ in readout.terms} | _read(system, automaton.registers)
    tracked = tuple(automaton.situations[0].box)
    forgotten = {
        s for s in integrators(system).intersection(tracked) - read if _is_forgotten(system, automaton, arithmetic, s)
    }
    kept = [s for s in tracked if s not in forgotten]
    classes: dict[tuple[object, ...], list[int]] = {}
    for q, situation in enumerate(automaton.situations):
        classes.setdefault(tuple(state_key(situation.box[s]) for s in kept), []).append(q)
    number = {q: n for n, members in enumerate(classes.values()) for q in members}
    rows = [{tuple(number[p] for p in automaton.step[q]) for q in members} for members in classes.values()]
    if any(len(row) != 1 for row in rows):
        return automaton
    situations = tuple(_hull([automaton.situations[q] for q in members], arithmetic) for members in classes.values())
    return Automaton(situations, tuple(row.pop() for row in rows), automaton.registers)


def _is_forgotten(system: System, automaton: Automaton, arithmetic: EnclosureArithmetic, s: Variable) -> bool:
    for situation in automaton.situations:
        for word in system.words:
            move = Step(system, arithmetic, situation, word)
            factor = move.enclose(move.terms[s].coefficients(s).get(1, Term({})))
            if factor is None or factor.main.monomials or not factor.error.vanishes:
                return False
    return True


def _hull(members: list[Situation], arithmetic: EnclosureArithmetic) -> Situation:
    box = {}
    for s, signal in members[-1].box.items():
        spread = max((magnitude(q.box[s].main - signal.main) for q in members), default=fmpq(0))
        box[s] = replace(signal, error=signal.error + Error({CONSTANT: spread})) if spread else signal
    return Situation(members[0].label, box, {})
