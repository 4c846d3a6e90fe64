"""Finds enclosures with rates that hold at every length: equalities between coordinates, then boxes closed under every step.  UNTRUSTED."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from dataclasses import replace

from flint import fmpq

from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.enclosures import CONSTANT, Enclosure, EnclosureArithmetic, Error, Exponent
from symlstm.kernel.networks.invariants import Step, arithmetic_of, invariant
from symlstm.kernel.networks.statements import Automaton, System
from symlstm.kernel.theorem import RuleError, Theorem

ROUNDS = 8  # of joining enclosures before a least scale is given up
WIDEST = 1 << 16  # an error of a coordinate beyond this one says nothing, and e to its power fills memory
SCALES = (1, 4, 16, 64)  # least scales k0 tried
DIGITS = 24  # binary, of amplitudes and rates that are claimed, so that who computes them again never ties


def with_equalities(system: System, automaton: Automaton) -> Automaton:
    """The coarsest equalities between known coordinates that hold at the start and are preserved.

    Partition refinement, downwards from "all equal": they keep exact cancellations exact.
    """
    arithmetic = arithmetic_of(system, None)
    start = dict(zip(system.state, system.initial, strict=True))
    known = tuple(automaton.situations[0].box)
    blocks: list[dict[Variable, int] | None] = [None] * len(automaton.situations)
    blocks[0] = _refined({}, {s: start[s] for s in known})
    todo = deque([0])
    while todo:
        q = todo.popleft()
        situation = replace(automaton.situations[q], equal=_representatives(blocks[q] or {}))
        for word, p in zip(system.words, automaton.step[q], strict=True):
            terms = Step(system, arithmetic, situation, word).terms
            new = _refined(blocks[p] or {}, {s: terms[s] for s in known})
            if new != blocks[p]:
                blocks[p] = new
                if p not in todo:
                    todo.append(p)
    situations = [
        replace(q, equal=_representatives(block or {})) for q, block in zip(automaton.situations, blocks, strict=True)
    ]
    return replace(automaton, situations=tuple(situations))


def _refined(old: Mapping[Variable, object], terms: Mapping[Variable, Term]) -> dict[Variable, int]:
    numbers: dict[object, int] = {}
    return {s: numbers.setdefault((old.get(s, 0), term), len(numbers)) for s, term in terms.items()}


def _representatives(block: Mapping[Variable, int]) -> dict[Variable, Variable]:
    first: dict[int, Variable] = {}
    return {s: first.setdefault(n, s) for s, n in block.items()}


def latch(system: System, automaton: Automaton) -> Variable | None:
    """A coordinate whose value other than 0 is kept round a cycle by a forget gate below 1: it loses a little each time."""
    arithmetic = arithmetic_of(system, None)
    for s in automaton.situations[0].box:
        kept: dict[int, list[int]] = {}
        for q, situation in enumerate(automaton.situations):
            held = situation.box[s].main.monomials and not situation.box[s].side
            steps = zip(system.words, automaton.step[q], strict=True) if held else ()
            kept[q] = [p for word, p in steps if _keeps(Step(system, arithmetic, situation, word), s)]
        if _has_cycle(kept):
            return s
    return None


def _keeps(move: Step, s: Variable) -> bool:
    factor = move.enclose(move.terms[s].coefficients(s).get(1, Term({})))
    return factor is not None and abs(factor.main.rational() or 0) == 1 and not factor.error.is_zero


def _has_cycle(successors: Mapping[int, list[int]]) -> bool:
    """Whether a directed graph has a cycle: what is left after removing nodes without successors (Kahn 1962)."""
    left = {q: set(ps) for q, ps in successors.items()}
    while ends := {q for q, ps in left.items() if not ps}:
        left = {q: ps - ends for q, ps in left.items() if q not in ends}
    return bool(left)


def certified(system: System, automaton: Automaton, asked: fmpq | None = None) -> Theorem:
    """The invariant with rates, from the scale asked for or the least one for which the enclosures settle; else RuleError."""
    held = latch(system, automaton)
    if held is not None:
        raise RuleError("rates", f"{held}, held by a gate below 1: its error grows with the length", "no latch")
    automaton = with_equalities(system, automaton)
    scales = SCALES if asked is None else (asked,)
    for k0 in map(fmpq, scales):
        settled = _close_boxes(system, automaton, arithmetic_of(system, k0))
        if settled is not None:
            return invariant(system, settled, k0)
    raise RuleError("rates", "enclosures that grow with the length", f"ones that settle for k >= {scales[-1]}")


def _close_boxes(system: System, automaton: Automaton, arithmetic: EnclosureArithmetic) -> Automaton | None:
    """Boxes closed under every step: joined over all ways in and widened until nothing changes."""
    start = dict(zip(system.state, system.initial, strict=True))
    boxes: list[dict[Variable, Enclosure] | None] = [None] * len(automaton.situations)
    boxes[0] = {s: _joined(None, x, Enclosure(start[s]), arithmetic) for s, x in automaton.situations[0].box.items()}
    todo, visits = deque([0]), [0] * len(boxes)
    while todo:
        q = todo.popleft()
        visits[q] += 1
        if visits[q] > ROUNDS:
            return None
        situation = replace(automaton.situations[q], box=boxes[q] or {})
        for word, p in zip(system.words, automaton.step[q], strict=True):
            move = Step(system, arithmetic, situation, word)
            new = {
                s: _joined((boxes[p] or {}).get(s), x, move.signal(s), arithmetic)
                for s, x in automaton.situations[p].box.items()
            }
            if new != boxes[p]:
                if any(signal.error.sup(arithmetic.k0 or fmpq(1)) > WIDEST for signal in new.values()):
                    return None
                boxes[p] = new
                if p not in todo:
                    todo.append(p)
    situations = [replace(q, box=box or {}) for q, box in zip(automaton.situations, boxes, strict=True)]
    return replace(automaton, situations=tuple(situations))


def _joined(
    old: Enclosure | None, limit: Enclosure, new: Enclosure | None, arithmetic: EnclosureArithmetic
) -> Enclosure:
    """A signal around `limit.main` that holds old and new: unchanged if it does already, else widened."""
    if new is None:
        raise RuleError("rates", "an unknown signal", "an enclosure")
    error = arithmetic.excess(new, limit)
    if error is None:
        raise RuleError("rates", f"a bound on the side {new.side}", f"one on the side {limit.side}")
    if old is None and error.is_zero:
        return Enclosure(limit.main, side=limit.side)
    if old is not None and error.within(old.error, arithmetic.k0 or fmpq(1)):
        return old
    return Enclosure(limit.main, _widened(old.error if old else Error(), error, arithmetic.k0 or fmpq(1)), limit.side)


def _widened(old: Error, new: Error, k0: fmpq) -> Error:
    """A little more than both, in at most two terms: one that vanishes and a constant."""
    exponents = [e for e in {*old.terms, *new.terms} if e[1] > 0]
    constant = max(old.terms.get(CONSTANT, fmpq(0)), new.terms.get(CONSTANT, fmpq(0)))
    terms = {CONSTANT: constant} if constant else {}
    if exponents:
        p, rate = min(exponents, key=lambda e: (e[1], -e[0]))
        slowest = Exponent((p, rounded(rate, down=True)))
        moved = [
            Error({e: a for e, a in error.terms.items() if e[1] > 0})
            .weakened_to([slowest], k0)
            .terms.get(slowest, fmpq(0))
            for error in (old, new)
        ]
        terms[slowest] = rounded(max(moved) * fmpq(65, 64), down=False)
    return Error(terms)


def rounded(x: fmpq, down: bool) -> fmpq:
    """A short rational near x, on the named side; x itself if it is short already."""
    if is_short(x):
        return x
    unit = unit_of(x)
    return fmpq((x / unit).floor() if down else (x / unit).ceil()) * unit


def is_short(x: fmpq) -> bool:
    """Whether it is written in few bits."""
    return int(x.q).bit_length() + int(x.p).bit_length() <= 2 * DIGITS


def unit_of(x: fmpq) -> fmpq:
    """The power of 2 that is about 2^-DIGITS of it."""
    return fmpq(2) ** (int(x.p).bit_length() - int(x.q).bit_length() - DIGITS)
