"""One scale, one word sequence of any length: what is read after it.  TRUSTED.

    initial state in box(0)      step(box(t), w_t) inside box(t + 1), 0 <= t < T
    ----------------------------------------------------------------------------
                    the state after w_1 ... w_T lies in box(T)

Words that are written one by one are followed one by one. A phrase v_1 ... v_m that is repeated has boxes before each
of its words, whose ends lie on lines in the number of the repetition, as those of the classes in boxes.py do.
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
from symlstm.kernel.networks.machines import Configuration, Machine, all_hold, check_machine, sign
from symlstm.kernel.networks.statements import Goal, Runs, System, Words
from symlstm.kernel.theorem import RuleError, Theorem, conclude

AT_THE_START, AT_THE_END = 32, 4  # repetitions that may make other moves than those between
BITS = 4_000  # of a number in a register: those of counters after 10^100 words have 333
STEPS = 20_000  # words followed one by one, and configurations gone through in search of one that repeats


@dataclass(frozen=True)
class Phase:
    """A certificate: words, how often they are read, and the boxes before each of them, in the first repetition and

    after the last; without boxes, one by one.
    """

    words: Words
    times: int
    boxes: Sequence[Pair] = ()


class RunAt(Goal):
    """At scale k the readout after these words, (words, times) in turn, lies between lower and upper.

    `specified` is what the specification says of all but the last `delay` of them, which it promises.
    """

    scale: Scale
    runs: Runs
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
            state = _after(state, phase, goal.system, scale, [rows[word] for word in phase.words])
        x = read(goal.readout, state)
        bounds = lower(x.lo), upper(x.hi)
    specified = _specified(machine, runs, goal.readout.delay)
    conclusion = RunAt(goal.system, goal.readout, goal.specification, scale, runs, *bounds, specified)
    return conclude(conclusion, "evaluation along the words", certificate=(phases, bits))


def _runs(phases: tuple[Phase, ...], system: System) -> Runs:
    if not phases or not all(
        type(p.times) is int and p.times > 0 and p.words and {*p.words} <= {*system.words} for p in phases
    ):
        raise RuleError("run", "a phase of other words or times", "one or more words of the system, at least once each")
    if sum(p.times * len(p.words) for p in phases if not p.boxes) > STEPS:
        raise RuleError("run", f"more than {STEPS} words without boxes", "boxes for words that are repeated")
    return tuple((words, sum(p.times for p in run)) for words, run in groupby(phases, lambda p: (*p.words,)))


def _after(
    state: Mapping[Variable, Interval],
    phase: Phase,
    system: System,
    scale: Scale,
    rows: Sequence[Mapping[Variable, Term]],
) -> Mapping[Variable, Interval]:
    if not phase.boxes:
        for row in [*rows] * phase.times:
            values = scale.intervals(system, state)
            state = {s: values[row[s]] for s in system.state}
        return state
    pairs, said = [*map(copied, phase.boxes)], " ".join(phase.words)
    named = len(pairs) == len(rows) and all({*first} == {*last} <= {*system.state} for first, last in pairs)
    if not named or not all(state[s] in within(*ends) for s, ends in pairs[0][0].items()):
        raise RuleError("run", f"boxes that do not begin around the state before {said}", "ones that hold it")
    for j, (pair, row) in enumerate(zip(pairs, rows, strict=True)):
        values, later = scale.intervals(system, around_all([pair])), int(j == len(rows) - 1)
        check_step(values, row, pair, pairs[0 if later else j + 1], phase.times, f"{said} repeated", later)
    return {s: around(*ends) for s, ends in pairs[0][1].items()}


def _specified(machine: Machine, runs: Runs, delay: int) -> fmpq | bool | int:
    domain = machine.domain
    if domain is not None and not domain.says(_reached(domain, runs)):
        raise RuleError("run", "a sequence that is not promised", "a promised one")
    kept = list(runs)
    for _ in range(delay):
        words, times = kept.pop() if kept else ((), 0)
        if not times:
            raise RuleError("run", f"fewer than {delay} words", "as many as the readout is late")
        kept += [(words, times - 1)] * (times > 1) + [(words[:-1], 1)] * (len(words) > 1)
    return machine.says(_reached(machine, tuple(kept)))


def _reached(machine: Machine, runs: Runs) -> Configuration:
    return reduce(lambda where, run: repeated(machine, where, *run), runs, machine.first)


def repeated(machine: Machine, where: Configuration, words: Words, times: int) -> Configuration:
    """After the words so many times: once a configuration comes again, so do all that follow it."""
    seen = {where: times}
    for n in range(min(times, STEPS)):
        for rest in range(min(times, AT_THE_END) if n < AT_THE_START else 0):
            found = _powered(machine, where, words, times - rest)
            if found is not None:
                return reduce(machine.after, words * rest, found)
        where, times = reduce(machine.after, words, where), times - 1
        if where in seen:
            return reduce(machine.after, words * (times % (seen[where] - times)), where)
        seen[where] = times
    if times:
        what = f"{' '.join(words)} {times} times more, without a configuration that comes again"
        raise RuleError("run", what, f"at most {STEPS}")
    return where


def _powered(machine: Machine, where: Configuration, words: Words, times: int) -> Configuration | None:
    """After the words so many times, if that are the same moves each time: their matrix squared again and again.

    That are the same moves without tests; or if the registers move by constants from one time to the next, so that each
    test is of a number linear in that time, and has the same sign the first time and the last.
    """
    state, signs, matrix = _once(machine, where, words)
    if state != where.state:
        return None
    vector = fmpq_mat([[x] for x in (*where.registers, fmpq(1))])
    if signs:
        size = len(where.registers)
        moved = all(matrix[i, j] == (i == j) for i in range(size) for j in range(size))
        last = Configuration(state, _column(_power(matrix, times - 1) * vector)) if moved else where
        if not moved or _once(machine, last, words)[1] != signs:
            return None
    return Configuration(state, _column(_power(matrix, times) * vector))


def _once(machine: Machine, where: Configuration, words: Words) -> tuple[int, list[int], fmpq_mat]:
    """The state after the words, the signs of all that is tested on the way, and the updates as one affine matrix."""
    size, signs = len(where.registers), list[int]()
    matrix = _power(fmpq_mat(size + 1, size + 1), 0)
    for word in words:
        moves = machine.moves[word][where.state]
        signs += [sign(where.registers[t.register] - t.bound) for move in moves for t in move.when]
        move = next(move for move in moves if all_hold(move.when, where.registers))
        update = fmpq_mat([[fmpq(0)] * size + [u.constant] for u in move.updates] + [[0] * size + [1]])
        for i, u in enumerate(move.updates):
            for j, c in u.terms:
                update[i, j] += c
        matrix = update * matrix
        where = machine.after(where, word)
    return where.state, signs, matrix


def _power(matrix: fmpq_mat, times: int) -> fmpq_mat:
    found = fmpq_mat([[int(i == j) for j in range(matrix.ncols())] for i in range(matrix.nrows())])
    while times:
        found = matrix * found if times % 2 else found
        matrix, times = matrix * matrix, times // 2
        if times and any(max(int(abs(x.p)), int(x.q)).bit_length() > BITS for x in matrix.entries()):
            raise RuleError("run", f"registers of more than {BITS} bits", "ones that do not grow so far")
    return found


def _column(vector: fmpq_mat) -> tuple[fmpq, ...]:
    return tuple(vector[j, 0] for j in range(vector.nrows() - 1))
