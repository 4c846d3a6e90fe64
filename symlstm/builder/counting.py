"""A counter machine as an LSTM: flags for what the machine has just done, and a cell for each counter.

After t words flag (g, a, i) says: the machine came to step t in situation g, read word a, and the counter that is
tested there had reached its i-th threshold (i = 0: always). A situation is a state together with what the move into it
added, for the cells lag by one word: the flags of step t tell the cells at step t + 1 what to add. So a counter's
value is its cell plus what its situation says, and every threshold on it is one on tanh of the cell, half way between
tanh(t - 1) and tanh(t). Between two thresholds a counter is where one flag is on and the next is off: a linear form
of flags, so that no further units are needed. Acceptance is decided one word later in the same way (delay 1).

Weiss, Goldberg and Yahav (2018) and Merrill (2019) describe counting in LSTM cells; Fischer, Meyer and Rosenberg
(1968) the machines. What is built here is proved from its weights afterwards, like any network.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from math import lcm
from typing import Any, NamedTuple

from flint import fmpq
from sympy import Expr, Integer, Rational, tanh

from symlstm.builder.control import KAPPA, WIDE
from symlstm.kernel.networks.machines import RELATIONS, Acceptance, Conjunction, Machine, Move, Values, check_machine
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm

START = ""  # the word of the flag that is on before the first word
UNTESTED = -1
Combination = dict[int, int]  # number of a flag -> how often it counts


class Situation(NamedTuple):
    """A state of the machine, and what the last move added to each counter."""

    state: int
    added: tuple[int, ...]


class Flag(NamedTuple):
    """On after a step that began in one of `before`, read `word` (any, if None) and found `counter`, if any, at `least` or above."""

    before: frozenset[Situation]
    word: str | None
    counter: int = UNTESTED
    least: int = 0


class Branch(NamedTuple):
    """From `least` (None: without bound) up to the next branch's, the machine makes this move."""

    least: int | None
    move: Move


@dataclass
class Layout:
    """The situations, the flags, and which flags say that a situation is the present one."""

    machine: Machine
    into: dict[Situation, Combination] = field(default_factory=dict)
    flags: list[Flag] = field(default_factory=list)

    @cached_property
    def tested(self) -> frozenset[int]:
        """The counters that some test reads."""
        moves = [m for rows in self.machine.moves.values() for row in rows for m in row]
        output = self.machine.output
        some = [t for m in moves for t in m.when]
        if isinstance(output, Acceptance):
            some += [t for conditions in output.conditions for tests in conditions for t in tests]
        return frozenset(t.register for t in some)

    def flag(self, found: Flag) -> int:
        """Its number; it is made if it is new."""
        if found not in self.flags:
            self.flags.append(found)
        return self.flags.index(found)

    def is_any(self, before: frozenset[Situation]) -> bool:
        """Whether these are all situations, so that nothing need be asked."""
        return len(before) == len(self.into)


def _added(move: Move) -> tuple[int, ...]:
    """The whole numbers that a move adds to the counters; raises InputError for a move that does something else."""
    found = []
    for j, form in enumerate(move.updates):
        if dict(form.terms) != {j: fmpq(1)} or form.constant.q != 1:
            raise InputError("specification", f"a move that sets register {j + 1} to something else than itself plus a whole number",
                             "a counter machine: moves that add whole numbers")  # fmt: skip
        found.append(int(form.constant.p))
    return tuple(found)


def _zones(tests: Sequence[Conjunction], counter: int) -> list[int]:
    """The whole numbers from which on some test of the counter may have another answer, in order."""
    bounds = {t.bound for conjunction in tests for t in conjunction if t.register == counter}
    return sorted({n for bound in bounds for n in (_ceiling(bound), _floor(bound) + 1)})


def _ceiling(q: fmpq) -> int:
    return int(q.ceil())


def _floor(q: fmpq) -> int:
    return int(q.floor())


def _holds(tests: Conjunction, value: int) -> bool:
    signs = ((t, fmpq(value) - t.bound) for t in tests)
    return all((int(x > 0) - int(x < 0)) in RELATIONS[t.relation] for t, x in signs)


def _only(tests: Sequence[Conjunction], where: str) -> int:
    """The one counter that the tests read, -1 if they read none."""
    read = {t.register for conjunction in tests for t in conjunction}
    if len(read) > 1:
        raise InputError("specification", f"tests of {len(read)} registers in {where}", "tests of one register there")
    return next(iter(read), -1)


def branches(moves: Sequence[Move], where: str) -> tuple[int, list[Branch]]:
    """The counter that is tested, and which move is made from which value of it on."""
    counter = _only([move.when for move in moves], where)
    zones = _zones([move.when for move in moves], counter)
    values = [zones[0] - 1, *zones] if zones else [0]
    made = [next(m for m in moves if _holds(m.when, n)) for n in values]
    found = [Branch(None, made[0])]
    found += [Branch(n, m) for n, m, last in zip(zones, made[1:], made, strict=False) if m != last]
    return (counter if len(found) > 1 else UNTESTED), found


class Arrow(NamedTuple):
    """Where a word leads from a situation: by the cell of one counter, from each of `least` on to the next of `targets`."""

    word: str
    counter: int
    least: tuple[int, ...]
    targets: tuple[Situation, ...]


def layout(machine: Machine) -> Layout:
    """The situations that are reached from the start, and a flag for each threshold of each kind of arrow."""
    check_machine(machine, machine.moves)
    if any(x.q != 1 for x in machine.start):
        raise InputError("specification", "a register that starts at a fraction", "whole numbers")
    first = Situation(machine.initial, (0,) * len(machine.registers))
    sources: dict[Arrow, set[Situation]] = {}
    for situation in (order := [first]):
        for arrow in _arrows(machine, situation):
            sources.setdefault(arrow, set()).add(situation)
            order += [target for target in dict.fromkeys(arrow.targets) if target not in order]
    found = Layout(machine, {situation: {} for situation in order})
    found.into[first][found.flag(Flag(frozenset(), START))] = 1
    for arrow, before in sources.items():
        base = found.flag(Flag(frozenset(before), arrow.word))
        flags = [base, *(found.flag(Flag(frozenset(before), arrow.word, arrow.counter, n)) for n in arrow.least)]
        for target, indicator in zip(arrow.targets, between(flags), strict=True):
            _add(found.into[target], indicator)
    return found


def _arrows(machine: Machine, situation: Situation) -> Iterable[Arrow]:
    for word, rows in machine.moves.items():
        counter, some = branches(rows[situation.state], f"state {machine.states[situation.state]} on {word}")
        shift = situation.added[counter] if counter != UNTESTED else 0  # the cell does not have it yet
        least = tuple(branch.least - shift for branch in some if branch.least is not None)
        yield Arrow(word, counter, least, tuple(_target(machine, branch.move) for branch in some))


def _target(machine: Machine, move: Move) -> Situation:
    """The situation after a move; what is counted where nothing is accepted any more does not matter."""
    if move.target in machine.hopeless:
        return Situation(move.target, (0,) * len(machine.registers))
    return Situation(move.target, _added(move))


def between(flags: Sequence[int]) -> list[Combination]:
    """For flags of rising thresholds: that a value lies from each threshold up to the next."""
    return [{a: 1, b: -1} for a, b in pairwise(flags)] + [{flags[-1]: 1}]


def _add(total: Combination, other: Combination, factor: int = 1) -> None:
    for flag, n in other.items():
        total[flag] = total.get(flag, 0) + factor * n


class Asked(NamedTuple):
    """A question about the cell of one counter: whether it lies where `right` says, between the thresholds `least`."""

    counter: int
    least: tuple[int, ...]
    right: tuple[bool, ...]


def acceptance(found: Layout) -> Combination:
    """1 where the machine accepts and 0 else, as a form of flags, which are made here."""
    total, before = Combination(), dict[Asked, set[Situation]]()
    for situation in found.into:
        questions = _questions(found.machine, situation)
        for asked in questions:
            before.setdefault(asked, set()).add(situation)
        if len(questions) > 1:  # all must hold
            _add(total, {found.flag(Flag(frozenset({situation}), None)): 1}, 1 - len(questions))
    for (counter, least, right), situations in before.items():
        flags = [found.flag(Flag(frozenset(situations), None))] if right[0] else []
        flags += [found.flag(Flag(frozenset(situations), None, counter, n)) for n in least]
        for indicator, holds in zip(between(flags), right if right[0] else right[1:], strict=True):
            _add(total, indicator, int(holds))
    return {flag: n for flag, n in total.items() if n}


def _questions(machine: Machine, situation: Situation) -> list[Asked]:
    """What must hold for acceptance, one question a counter; none where nothing is accepted."""
    conditions = machine.output.conditions[situation.state]  # type: ignore[union-attr]
    counters = sorted({t.register for tests in conditions for t in tests})
    if len(counters) > 1 and len(conditions) > 1:
        raise InputError(
            "specification", "alternatives that test several registers", "one conjunction, or tests of one register"
        )
    if not counters:
        return [Asked(UNTESTED, (), (True,))] * bool(conditions)
    return [_asked(conditions, counter, situation.added[counter]) for counter in counters]


def _asked(conditions: Sequence[Conjunction], counter: int, shift: int) -> Asked:
    own = [tuple(t for t in tests if t.register == counter) for tests in conditions]
    zones = _zones(own, counter)
    holds = [any(_holds(tests, n) for tests in own) for n in (zones[0] - 1, *zones)]
    kept = [(n, now) for n, now, last in zip(zones, holds[1:], holds, strict=False) if now != last]
    return Asked(counter, tuple(n - shift for n, _ in kept), (holds[0], *(now for _, now in kept)))


class Cell(NamedTuple):
    """A cell that counts up or down by 1 where the counter changes by `size`."""

    counter: int
    size: int


def cells(found: Layout) -> list[Cell]:
    """One for each size of step that a counter takes; raises InputError for a tested one that takes others than 1."""
    sizes = {(j, abs(n)) for situation in found.into for j, n in enumerate(situation.added) if n}
    for j, size in sorted(sizes):
        if j in found.tested and size != 1:
            name = found.machine.registers[j]
            raise InputError(
                "specification",
                f"register {name}, which is tested, changes by {size}",
                "a tested register that changes by 1",
            )
    return [Cell(*pair) for pair in sorted(sizes | {(j, 1) for j in found.tested})]


def network(machine: Machine, scale: Expr = k) -> Network:
    """The machine's LSTM: flags, then counting cells; its weights are multiples of the scale."""
    found = layout(machine)
    read = acceptance(found) if isinstance(machine.output, Acceptance) else {}
    return _Weights(found, cells(found), scale).network(read)


@dataclass
class _Weights:
    """Writes the rows of the LSTM's blocks."""

    found: Layout
    cells: list[Cell]
    scale: Expr

    @cached_property
    def size(self) -> int:
        return len(self.found.flags) + len(self.cells)

    def network(self, read: Combination) -> Network:
        """The network, read by a form of flags, or as the machine's values."""
        words, flags = [*self.found.machine.moves], self.found.flags
        wide, quiet = WIDE * self.scale, len(flags)
        always = [[wide] * self.size, [-wide] * quiet + [wide] * len(self.cells)]  # i, f
        g_units = [[Integer(0)] * self.size for _ in flags] + [self._counted(cell) for cell in self.cells]
        o = [self._row(flag) for flag in flags]
        shown = [wide if cell.counter in self.found.tested else -wide for cell in self.cells]
        zeros = [[0] * len(words) for _ in range(self.size)]
        none = [[0] * self.size for _ in range(self.size)]
        return Network(
            words,
            zeros * 3 + [row[0] for row in o] + [[0] * len(words) for _ in self.cells],
            none * 2 + g_units + [row[1] for row in o] + [[0] * self.size for _ in self.cells],
            [*always[0], *always[1], *[wide] * quiet, *[0] * len(self.cells), *(row[2] for row in o), *shown],
            h0=[KAPPA * int(flag.word == START) for flag in flags] + [self._view(cell) for cell in self.cells],
            c0=[Integer(int(flag.word == START)) for flag in flags] + [self._start(cell) for cell in self.cells],
            cell="lstm",
            delay=1,
            **self._readout(read),
        )

    def _start(self, cell: Cell) -> Expr:
        """A counter begins in its first cell."""
        first = next(c for c in self.cells if c.counter == cell.counter)
        start = self.found.machine.start[cell.counter]
        return Rational(int(start.p), cell.size) if cell is first else Integer(0)

    def _view(self, cell: Cell) -> Expr:
        return tanh(self._start(cell)) if cell.counter in self.found.tested else Integer(0)

    def _form(self, flags: Combination) -> list[Expr]:
        """The weights from h that make a form of flags, each of which is 0 or tanh(1)."""
        return [flags.get(n, 0) / KAPPA for n in range(self.size)]

    def _counted(self, cell: Cell) -> list[Expr]:
        """What the situation before says that this cell must add, in -1, 0, 1; saturated by tanh."""
        total = Combination()
        for situation, flags in self.found.into.items():
            if abs(added := situation.added[cell.counter]) == cell.size:
                _add(total, flags, 1 if added > 0 else -1)
        return [WIDE * self.scale * entry for entry in self._form(total)]

    def _row(self, flag: Flag) -> tuple[list[Expr], list[Expr], Expr]:
        """The weights from words and from h, and the bias, of a flag's output gate."""
        words = [*self.found.machine.moves]
        if flag.word == START:
            return [Integer(0)] * len(words), [Integer(0)] * self.size, -WIDE * self.scale
        given, parts = self._given(flag), (flag.word is not None) + (not self.found.is_any(flag.before))
        if flag.counter == UNTESTED:
            strength, threshold, seen = Integer(1), Rational(2 * parts - 1, 2), [Integer(0)] * self.size
        else:
            steep, middle = _step(flag.least)
            strength, seen = 1 + 2 * steep, [Integer(0)] * self.size
            seen[len(self.found.flags) + next(n for n, c in enumerate(self.cells) if c.counter == flag.counter)] = steep
            threshold = strength * parts + steep * middle
        row = [self.scale * (strength * a + b) for a, b in zip(given, seen, strict=True)]
        return [self.scale * strength * int(word == flag.word) for word in words], row, -self.scale * threshold

    def _given(self, flag: Flag) -> list[Expr]:
        """That the situation before was one of the flag's."""
        total = Combination()
        for situation in () if self.found.is_any(flag.before) else flag.before:
            _add(total, self.found.into[situation])
        return self._form(total)

    def _readout(self, read: Combination) -> dict[str, Any]:
        if isinstance(self.found.machine.output, Acceptance):
            return {"readout": [ReadoutTerm("h", n, count / KAPPA) for n, count in read.items()]}
        return {"readout": [*self._values()], "constant": self._constant()}

    def _values(self) -> Iterable[ReadoutTerm]:
        """The coefficients of the cells; the same in each state."""
        forms = _forms(self.found.machine)
        for n, cell in enumerate(self.cells):
            coefficient = dict(forms[0].terms).get(cell.counter, fmpq(0)) * cell.size
            if coefficient:
                yield ReadoutTerm("c", len(self.found.flags) + n, Rational(int(coefficient.p), int(coefficient.q)))

    def _constant(self) -> Expr:
        constant = _forms(self.found.machine)[0].constant
        return Rational(int(constant.p), int(constant.q))


def _forms(machine: Machine) -> Sequence[Any]:
    """The forms of the states, which must be one; raises InputError."""
    output = machine.output
    if not isinstance(output, Values) or len({*output.forms}) > 1:
        raise InputError(
            "specification", "an output that differs from state to state", "one form of the registers for all states"
        )
    return output.forms


def _step(least: int) -> tuple[Rational, Rational]:
    """A weight and a threshold that tell tanh(least) from tanh(least - 1) by 1/2 each: weight >= 1/(their distance)."""
    from math import tanh as approximate

    low, high = approximate(least - 1), approximate(least)
    steep = int(1 / (high - low)) + 1
    return Rational(steep), Rational(round(50 * steep * (low + high)), 100 * steep)


def counting(vocabulary: Sequence[str], patterns: dict[tuple[str, ...], Fraction]) -> Machine:
    """The machine that adds up weights times occurrences of patterns: its state is the last words read, as many as matter."""
    from symlstm.model.specifications.machines import Step, machine_value

    longest, scale = max(map(len, patterns)) - 1, lcm(*(w.denominator for w in patterns.values()))
    steps = []
    order: list[tuple[str, ...]] = [()]
    for suffix in order:
        for word in vocabulary:
            read = (*suffix, word)
            target = read[len(read) - longest :] if longest else ()
            added = sum((w for pattern, w in patterns.items() if read[-len(pattern) :] == pattern), Fraction(0))
            steps.append(Step(_name(suffix), word, _name(target), add={"n": added * scale}))
            order += [target] * (target not in order)
    output = {_name(suffix): {"n": Fraction(1, scale)} for suffix in order}
    return machine_value(vocabulary, _name(()), steps, output, {"n": 0})


def _name(suffix: tuple[str, ...]) -> str:
    return " ".join(suffix) or "start"
