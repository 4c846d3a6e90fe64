"""One scale, one word sequence of any length: what is read after it.  TRUSTED.

    initial state in box(0)      step(box(t), w_t) inside box(t + 1), 0 <= t < T
    ----------------------------------------------------------------------------
                    the state after w_1 ... w_T lies in box(T)

Words that are written one by one are followed one by one. A word that is repeated is followed in boxes whose ends lie
on lines, as those of the classes in boxes.py are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from itertools import groupby

from flint import ctx, fmpq, fmpq_mat

from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.boxes import (
    Pair,
    Scale,
    around_all,
    as_machine,
    check_readout,
    check_step,
    constant,
    copied,
    read,
)
from symlstm.kernel.networks.enclosures import lower, upper
from symlstm.kernel.networks.intervals import Interval, around, within
from symlstm.kernel.networks.machines import Configuration, Form, Machine, check_machine
from symlstm.kernel.networks.statements import Goal, System
from symlstm.kernel.theorem import RuleError, Theorem, conclude

STEPS = 20_000  # words followed one by one, and configurations gone through in search of one that repeats


@dataclass(frozen=True)
class Phase:
    """A certificate: a word, how often it is read, and the boxes meanwhile, at 0 and at the end; without them, one by one."""

    word: str
    times: int
    boxes: Pair | None = None


class RunAt(Goal):
    """At scale k the readout after these words, (word, times) in turn, lies between lower and upper.

    `specified` is what the specification says of all but the last `delay` of them, which it promises.
    """

    scale: Scale
    runs: tuple[tuple[str, int], ...]
    lower: fmpq
    upper: fmpq
    specified: fmpq | bool | int


def run_at(goal: Goal, scale: Scale, phases: Sequence[Phase], bits: int) -> Theorem:
    """each phase inside its boxes, which begin around where the last one ended
    ---------------------------------------------------------------------------
          RunAt: the readout over the last box
    """
    phases, machine = (*phases,), as_machine(goal.specification)
    check_machine(machine, goal.system.words)
    check_readout(goal.readout)
    runs = _runs(phases, goal.system)
    with ctx.workprec(bits):
        rows = dict(zip(goal.system.words, scale.rows(goal.system), strict=True))
        state: Mapping[Variable, Interval] = {
            s: constant(x) for s, x in zip(goal.system.state, goal.system.initial, strict=True)
        }
        for phase in phases:
            state = _after(state, phase, goal.system, scale, rows[phase.word])
        x = read(goal.readout, state)
        bounds = lower(x.lo), upper(x.hi)
    specified = _specified(machine, runs, goal.readout.delay)
    conclusion = RunAt(goal.system, goal.readout, goal.specification, scale, runs, *bounds, specified)
    return conclude(conclusion, "evaluation along the words")


def _runs(phases: tuple[Phase, ...], system: System) -> tuple[tuple[str, int], ...]:
    if not phases or not all(type(p.times) is int and p.times > 0 and p.word in system.words for p in phases):
        raise RuleError("run", "a phase of other words or times", "one or more words of the system, at least once each")
    if sum(p.times for p in phases if p.boxes is None) > STEPS:
        raise RuleError("run", f"more than {STEPS} words without boxes", "boxes for words that are repeated")
    return tuple((word, sum(p.times for p in run)) for word, run in groupby(phases, lambda p: p.word))


def _after(
    state: Mapping[Variable, Interval], phase: Phase, system: System, scale: Scale, row: Mapping[Variable, Term]
) -> Mapping[Variable, Interval]:
    if phase.boxes is None:
        for _ in range(phase.times):
            values = scale.intervals(system, state)
            state = {s: values[row[s]] for s in system.state}
        return state
    first, last = copied(phase.boxes)
    if not {*first} == {*last} <= {*system.state} or not all(state[s] in within(*first[s]) for s in first):
        raise RuleError("run", f"boxes that do not begin around the state before {phase.word}", "ones that hold it")
    values = scale.intervals(system, around_all([(first, last)]))
    check_step(values, row, (first, last), (first, last), phase.times, f"{phase.word} repeated")
    return {s: around(*ends) for s, ends in last.items()}


def _specified(machine: Machine, runs: tuple[tuple[str, int], ...], delay: int) -> fmpq | bool | int:
    domain = machine.domain
    if domain is not None and not domain.says(_reached(domain, runs)):
        raise RuleError("run", "a sequence that is not promised", "a promised one")
    kept = list(runs)
    for _ in range(delay):
        word, times = kept.pop() if kept else ("", 0)
        if not times:
            raise RuleError("run", f"fewer than {delay} words", "as many as the readout is late")
        kept += [(word, times - 1)] * (times > 1)
    return machine.says(_reached(machine, tuple(kept)))


def _reached(machine: Machine, runs: tuple[tuple[str, int], ...]) -> Configuration:
    return reduce(lambda where, run: _repeated(machine, where, *run), runs, machine.first)


def _repeated(machine: Machine, where: Configuration, word: str, times: int) -> Configuration:
    """After the word so many times: once a configuration comes again, so do all that follow it."""
    seen = {where: 0}
    for n in range(1, times + 1):
        move, *others = machine.moves[word][where.state]
        if not others and move.target == where.state:
            return Configuration(where.state, _powered(move.updates, times - n + 1, where.registers))
        where = machine.after(where, word)
        if where in seen:
            left = (times - n) % (n - seen[where])
            return reduce(machine.after, [word] * left, where)
        if n > STEPS:
            raise RuleError("run", f"{times} times {word} without a configuration that comes again", f"at most {STEPS}")
        seen[where] = n
    return where


def _powered(updates: tuple[Form, ...], times: int, registers: tuple[fmpq, ...]) -> tuple[fmpq, ...]:
    """The registers after one and the same affine update, so many times: its matrix squared again and again."""
    size = len(registers)
    rows = [dict.fromkeys(range(size + 1), fmpq(0)) | dict(u.terms) | {size: u.constant} for u in updates]
    matrix = fmpq_mat([[row[j] for j in range(size + 1)] for row in rows] + [[0] * size + [1]])
    vector = fmpq_mat([[x] for x in (*registers, fmpq(1))])
    while times:
        vector = matrix * vector if times % 2 else vector
        matrix, times = matrix * matrix, times // 2
    return tuple(vector[j, 0] for j in range(size))
