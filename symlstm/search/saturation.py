"""Explores the saturated network and proposes the invariant that the kernel checks.  UNTRUSTED.

The saturated network (Merrill 2019) is the limit of the network for k -> oo with the words
held fixed.  Its states are the exact limits of the coordinates.  A coordinate that only
feeds itself (r' = A r + B) and is not read back is a *register* and stays out of the state,
so that a counter does not make the automaton infinite.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace

from flint import fmpq
from sympy import Symbol

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.enclosures import CONSTANT, Error, Regime, Signal, magnitude
from symlstm.kernel.invariants import Step, at_word, invariant
from symlstm.kernel.statements import Automaton, Readout, Situation, System
from symlstm.kernel.theorem import RuleError, Theorem

VALUES = 64  # a coordinate may take in the limit before the network is called infinite
SITUATIONS = 20_000  # explored in all
ROUNDS = 8  # of joining enclosures before a least scale is given up
SCALES = (1, 4, 16, 64)  # least scales k0 tried for enclosures that hold at every length

TINY = Error(tiny=True)
OPEN = -1  # in place of a successor that is left open
Examine = Callable[[Situation, list[Term]], bool]  # whether to leave open a step in which these terms have no limit


class Infinite(Exception):
    """The saturated network has too many states; the message names the coordinate and a word that shows it."""


@dataclass(frozen=True)
class Saturation:
    """What was found: an invariant that gives the limits, and one with rates (the same theorem) or why there is none."""

    limits: Theorem
    rates: Theorem | None
    reason: str = ""


def saturate(system: System, readout: Readout, k0: fmpq | None = None) -> Saturation:
    """The invariant of a network, with rates if there are any that hold at every length; `k0` asks for rates from that scale on, else a few are tried.

    Raises Infinite if the saturated network has too many states, RuleError if a sign is undecided.
    """
    if system.parameters:
        raise RuleError("saturation", f"the open parameters {system.parameters}", "numbers for them, or their region")
    automaton = merged(system, explore(system, readout), readout)
    try:
        _check_drift(system, automaton)
        equal = with_equalities(system, automaton)
        rates = certified(system, equal, SCALES if k0 is None else (k0,))
        return Saturation(rates, rates)
    except RuleError as refusal:
        return Saturation(invariant(system, automaton, None), None, str(refusal))


def relevant(system: System, readout: Readout) -> frozenset[Symbol]:
    """The coordinates that the readout depends on, at once or later."""
    state = frozenset(system.state)
    reads = {
        s: state & frozenset().union(*(at_word(system, word)[s].symbols() for word in system.words))
        for s in system.state
    }
    found: frozenset[Symbol] = frozenset(s for s, _ in readout.terms)
    while (wider := found.union(*(reads[s] for s in found))) != found:
        found = wider
    return found


def integrators(system: System) -> frozenset[Symbol]:
    """The coordinates with r' = A r + B on every word, A and B free of r, and A not always 0."""
    updates = [at_word(system, word) for word in system.words]

    def splits(s: Symbol) -> bool:
        parts = [update[s].coefficients(s) for update in updates]
        free = all(s not in term.symbols() for part in parts for term in part.values())
        return free and all({*part} <= {0, 1} for part in parts) and any(1 in part for part in parts)

    return frozenset(s for s in system.state if splits(s))


def explore(
    system: System,
    readout: Readout,
    regime: Regime | None = None,
    examine: Examine = lambda situation, terms: False,
    registers: frozenset[Symbol] | None = None,
) -> Automaton:
    """The automaton of exact limits, every known coordinate up to something tiny; words in shortlex order.

    Registers start out as those given, or else as all integrators. One that blurs a coordinate
    which is read is tracked instead, unless `examine` leaves the step open.
    """
    regime = regime or Regime(system.scale, None)
    wanted = relevant(system, readout)
    registers = (integrators(system) if registers is None else registers) & wanted
    while True:
        tracked = tuple(s for s in system.state if s in wanted and s not in registers)
        automaton, blurred = _reach(system, tracked, tuple(s for s in system.state if s in registers), regime, examine)
        if not blurred:
            return automaton
        registers -= blurred


def _reach(
    system: System, tracked: tuple[Symbol, ...], registers: tuple[Symbol, ...], regime: Regime, examine: Examine
) -> tuple[Automaton, frozenset[Symbol]]:
    """Breadth first. Stops at the first coordinate blurred by registers and returns those."""
    start = {s: algebra.normal(value) for s, value in zip(system.state, system.initial, strict=True)}
    first = tuple(start[s] for s in tracked)
    index = {first: 0}
    found = [_situation((), tracked, first)]
    values: dict[Symbol, set[Term]] = {s: set() for s in tracked}
    step: list[list[int]] = []
    for situation in _growing(found):
        step.append([])
        for word in system.words:
            move = Step(system, regime, situation, word)
            signals = {s: move.signal(s) for s in tracked}
            blurred = [s for s, x in signals.items() if x is None or not x.error.vanishes]
            if blurred and examine(situation, [move.terms[s] for s in blurred]):
                step[-1].append(OPEN)
                continue
            if blurred:
                causes = _causes(move, blurred, registers)
                return Automaton(tuple(found), tuple(map(tuple, step)), registers), causes
            key = tuple(x.main for x in signals.values() if x is not None)
            if key not in index:
                index[key] = len(found)
                found.append(_situation((*situation.label, word), tracked, key))
                for s, value in zip(tracked, key, strict=True):
                    values[s].add(value)
                _check_size(found, values)
            step[-1].append(index[key])
    return Automaton(tuple(found), tuple(map(tuple, step)), registers), frozenset()


def _growing(found: list[Situation]) -> Iterator[Situation]:
    """The situations, those found meanwhile too."""
    position = 0
    while position < len(found):
        yield found[position]
        position += 1


def _situation(label: tuple[str, ...], tracked: tuple[Symbol, ...], limits: tuple[Term, ...]) -> Situation:
    return Situation(label, {s: Signal(x, TINY) for s, x in zip(tracked, limits, strict=True)}, {})


def _causes(move: Step, blurred: list[Symbol], registers: tuple[Symbol, ...]) -> frozenset[Symbol]:
    causes = frozenset(registers) & frozenset(r for s in blurred for r in move.terms[s].symbols())
    if not causes:
        raise RuleError("saturation", f"{blurred[0]} without a limit", "a limit on every word")
    return causes


def _check_size(found: list[Situation], values: Mapping[Symbol, set[Term]]) -> None:
    widest = max(values, key=lambda s: len(values[s]))
    if len(values[widest]) > VALUES or len(found) > SITUATIONS:
        word = " ".join(found[-1].label)
        raise Infinite(f"{widest} takes more than {len(values[widest]) - 1} values in the limit, for example along: {word}")


def merged(system: System, automaton: Automaton, readout: Readout) -> Automaton:
    """Situations that differ only in coordinates which the next step forgets, and nobody reads, made one.

    A forgotten coordinate keeps the magnitude of its spread as an error that does not vanish.
    """
    regime = Regime(system.scale, None)
    read = {s for s, _ in readout.terms}
    tracked = tuple(automaton.situations[0].box)
    forgotten = {
        s for s in integrators(system).intersection(tracked) - read if _is_forgotten(system, automaton, regime, s)
    }
    kept = [s for s in tracked if s not in forgotten]
    classes: dict[tuple[Term, ...], list[int]] = {}
    for q, situation in enumerate(automaton.situations):
        classes.setdefault(tuple(situation.box[s].main for s in kept), []).append(q)
    number = {q: n for n, members in enumerate(classes.values()) for q in members}
    rows = [{tuple(number[p] for p in automaton.step[q]) for q in members} for members in classes.values()]
    if any(len(row) != 1 for row in rows):
        return automaton
    situations = tuple(_hull([automaton.situations[q] for q in members], regime) for members in classes.values())
    return Automaton(situations, tuple(row.pop() for row in rows), automaton.registers)


def _is_forgotten(system: System, automaton: Automaton, regime: Regime, s: Symbol) -> bool:
    for situation in automaton.situations:
        for word in system.words:
            move = Step(system, regime, situation, word)
            factor = move.enclose(move.terms[s].coefficients(s).get(1, Term({})))
            if factor is None or factor.main.monomials or not factor.error.vanishes:
                return False
    return True


def _hull(members: list[Situation], regime: Regime) -> Situation:
    box = {}
    for s, signal in members[-1].box.items():
        spread = max((magnitude(q.box[s].main - signal.main) for q in members), default=fmpq(0))
        box[s] = replace(signal, error=signal.error + Error({CONSTANT: spread} if spread else {}))
    return Situation(members[0].label, box, {})


def with_equalities(system: System, automaton: Automaton) -> Automaton:
    """The coarsest equalities between known coordinates that hold at the start and are preserved.

    Partition refinement, downwards from "all equal": they keep exact cancellations exact.
    """
    regime = Regime(system.scale, None)
    start = {s: algebra.normal(value) for s, value in zip(system.state, system.initial, strict=True)}
    known = tuple(automaton.situations[0].box)
    blocks: list[dict[Symbol, Term | int] | None] = [None] * len(automaton.situations)
    blocks[0] = _refined({}, {s: start[s] for s in known})
    todo = deque([0])
    while todo:
        q = todo.popleft()
        situation = replace(automaton.situations[q], equal=_representatives(blocks[q] or {}))
        for word, p in zip(system.words, automaton.step[q], strict=True):
            terms = Step(system, regime, situation, word).terms
            new = _refined(blocks[p] or {}, {s: terms[s] for s in known})
            if new != blocks[p]:
                blocks[p] = new
                if p not in todo:
                    todo.append(p)
    situations = [
        replace(q, equal=_representatives(block or {})) for q, block in zip(automaton.situations, blocks, strict=True)
    ]
    return replace(automaton, situations=tuple(situations))


def _refined(old: Mapping[Symbol, object], terms: Mapping[Symbol, Term]) -> dict[Symbol, int]:
    numbers: dict[object, int] = {}
    return {s: numbers.setdefault((old.get(s, 0), term), len(numbers)) for s, term in terms.items()}


def _representatives(block: Mapping[Symbol, int]) -> dict[Symbol, Symbol]:
    first: dict[int, Symbol] = {}
    return {s: first.setdefault(n, s) for s, n in block.items()}


def _check_drift(system: System, automaton: Automaton) -> None:
    """Refuse a latch: a value other than 0, kept round a cycle by a forget gate below 1, loses a little each time."""
    regime = Regime(system.scale, None)
    for s in integrators(system) & {*automaton.situations[0].box}:
        kept: dict[int, list[int]] = {}
        for q, situation in enumerate(automaton.situations):
            steps = zip(system.words, automaton.step[q], strict=True) if situation.box[s].main.monomials else ()
            kept[q] = [p for word, p in steps if _keeps(Step(system, regime, situation, word), s)]
        if _has_cycle(kept):
            raise RuleError("rates", f"{s}, held by a forget gate below 1: its error grows with the length", "no latch")


def _keeps(move: Step, s: Symbol) -> bool:
    factor = move.enclose(move.terms[s].coefficients(s).get(1, Term({})))
    return factor is not None and abs(factor.main.rational() or 0) == 1 and not factor.error.is_zero


def _has_cycle(successors: Mapping[int, list[int]]) -> bool:
    """Whether a directed graph has a cycle: what is left after removing nodes without successors (Kahn 1962)."""
    left = {q: set(ps) for q, ps in successors.items()}
    while ends := {q for q, ps in left.items() if not ps}:
        left = {q: ps - ends for q, ps in left.items() if q not in ends}
    return bool(left)


def certified(system: System, automaton: Automaton, scales: tuple[fmpq | int, ...]) -> Theorem:
    """The invariant with rates, from the least scale for which the enclosures settle; else RuleError."""
    for k0 in map(fmpq, scales):
        settled = _settle(system, automaton, Regime(system.scale, k0))
        if settled is not None:
            return invariant(system, settled, k0)
    raise RuleError("rates", "enclosures that grow with the length", f"ones that settle for k >= {scales[-1]}")


def _settle(system: System, automaton: Automaton, regime: Regime) -> Automaton | None:
    """Boxes closed under every step: joined over all ways in and widened until nothing changes."""
    start = {s: algebra.normal(value) for s, value in zip(system.state, system.initial, strict=True)}
    boxes: list[dict[Symbol, Signal] | None] = [None] * len(automaton.situations)
    boxes[0] = {s: _joined(None, x, Signal(start[s]), regime) for s, x in automaton.situations[0].box.items()}
    todo, visits = deque([0]), [0] * len(boxes)
    while todo:
        q = todo.popleft()
        visits[q] += 1
        if visits[q] > ROUNDS:
            return None
        situation = replace(automaton.situations[q], box=boxes[q] or {})
        for word, p in zip(system.words, automaton.step[q], strict=True):
            move = Step(system, regime, situation, word)
            new = {s: _joined((boxes[p] or {}).get(s), x, move.signal(s), regime) for s, x in automaton.situations[p].box.items()}
            if new != boxes[p]:
                boxes[p] = new
                if p not in todo:
                    todo.append(p)
    situations = [replace(q, box=box or {}) for q, box in zip(automaton.situations, boxes, strict=True)]
    return replace(automaton, situations=tuple(situations))


def _joined(old: Signal | None, limit: Signal, new: Signal | None, regime: Regime) -> Signal:
    """A signal around `limit.main` that holds old and new: unchanged if it does already, else widened."""
    if new is None:
        raise RuleError("rates", "an unknown signal", "an enclosure")
    error = new.error + regime.size(new.main - limit.main)
    if old is None and error.is_zero:
        return Signal(limit.main)
    if old is not None and error.within(old.error, regime.k0 or fmpq(1)):
        return old
    return Signal(limit.main, _widened((old.error if old else Error()), error, regime.k0 or fmpq(1)))


def _widened(old: Error, new: Error, k0: fmpq) -> Error:
    """A little more than both, in at most two terms: one that vanishes and a constant."""
    exponents = [e for e in {*old.terms, *new.terms} if e[1] > 0]
    constant = max(old.terms.get(CONSTANT, fmpq(0)), new.terms.get(CONSTANT, fmpq(0)))
    terms = {CONSTANT: constant} if constant else {}
    if exponents:
        p, rate = min(exponents, key=lambda e: (e[1], -e[0]))
        slowest = (p, _rounded(rate, down=True))
        moved = [
            Error({e: a for e, a in error.terms.items() if e[1] > 0}).under([slowest], k0).terms.get(slowest, fmpq(0))
            for error in (old, new)
        ]
        terms[slowest] = _rounded(max(moved) * fmpq(65, 64), down=False)
    return Error(terms)


def _rounded(x: fmpq, down: bool) -> fmpq:
    """A short rational near x > 0, on the named side; x itself if it is short already."""
    if int(x.q).bit_length() + int(x.p).bit_length() <= 48:
        return x
    shift = 24 - int(x.p).bit_length() + int(x.q).bit_length()
    power = fmpq(2) ** shift
    scaled = x * power
    return fmpq(scaled.floor() if down else scaled.ceil()) / power
