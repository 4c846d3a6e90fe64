"""Specifications: machines with finitely many states and rational registers, and the claims about them.  TRUSTED to mean what it says.

A machine reads words one at a time. In each state it has a list of moves for each word, and makes the first one
whose tests hold (deterministic counter machines: Fischer, Meyer and Rosenberg 1968). A weighted automaton is a
machine of one state whose moves are linear; a finite automaton is one without registers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property, reduce
from typing import NamedTuple

from flint import fmpq

from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.statements import Goal, Readout, Statement, System, WeightedAutomaton
from symlstm.kernel.theorem import RuleError

RELATIONS: Mapping[str, frozenset[int]] = {  # the signs of register - bound for which a test holds
    "<": frozenset({-1}),
    "<=": frozenset({-1, 0}),
    "=": frozenset({0}),
    "!=": frozenset({-1, 1}),
    ">=": frozenset({0, 1}),
    ">": frozenset({1}),
}


class Test(Statement):
    """Register number `register`, compared with a bound."""

    __test__ = False  # pytest: no test case

    register: int
    relation: str
    bound: fmpq


Conjunction = tuple[Test, ...]  # all of them hold


class Form(Statement):
    """constant + sum of coefficient * register, over the pairs (number of the register, coefficient) of `terms`."""

    terms: tuple[tuple[int, fmpq], ...]
    constant: fmpq

    def at(self, registers: Sequence[fmpq]) -> fmpq:
        """Its value for numbers in the registers."""
        return sum((c * registers[j] for j, c in self.terms), self.constant)


class Move(Statement):
    """To state number `target`, if all tests of `when` hold; register j then has the value of updates[j] before the move."""

    when: Conjunction
    target: int
    updates: tuple[Form, ...]


class Values(Statement):
    """A number: the form of the state that is reached."""

    forms: tuple[Form, ...]


class Acceptance(Statement):
    """Yes or no: one of the conjunctions of the state that is reached holds."""

    conditions: tuple[tuple[Conjunction, ...], ...]


class Choices(Statement):
    """One of several: the number that the state has."""

    numbers: tuple[int, ...]


class Configuration(NamedTuple):
    """Where a machine is: the number of its state, and what its registers hold."""

    state: int
    registers: tuple[fmpq, ...]


class Machine(Statement):
    """States and registers by name, where it starts, and moves[word][state], the last of which has no test.

    `output` is what it says of the words read. With a `domain`, a machine with acceptance, only words that the
    domain accepts are promised: nothing is claimed about others.
    """

    states: tuple[str, ...]
    registers: tuple[str, ...]
    initial: int
    start: tuple[fmpq, ...]
    moves: Mapping[str, tuple[tuple[Move, ...], ...]]
    output: Values | Acceptance | Choices
    domain: Machine | None = None

    @property
    def first(self) -> Configuration:
        """Before any word."""
        return Configuration(self.initial, self.start)

    def after(self, before: Configuration, word: str) -> Configuration:
        """One word later."""
        moves = self.moves[word][before.state]
        move = next(move for move in moves if all_hold(move.when, before.registers))
        return Configuration(move.target, tuple(form.at(before.registers) for form in move.updates))

    def reached(self, words: Iterable[str]) -> Configuration:
        """After the words."""
        return reduce(self.after, words, self.first)

    def says(self, where: Configuration) -> fmpq | bool | int:
        """The number, yes or no, or the number of the choice."""
        output = self.output
        if isinstance(output, Values):
            return output.forms[where.state].at(where.registers)
        if isinstance(output, Choices):
            return output.numbers[where.state]
        return any(all_hold(tests, where.registers) for tests in output.conditions[where.state])

    def promises(self, words: Sequence[str]) -> bool:
        """Whether something is claimed about these words."""
        return self.domain is None or bool(self.domain.says(self.domain.reached(words)))

    @cached_property
    def hopeless(self) -> frozenset[int]:
        """The states from which no move leads to one that accepts anything."""
        output = self.output
        left = {q for q in range(len(self.states)) if isinstance(output, Acceptance) and not output.conditions[q]}
        targets = {q: {m.target for row in self.moves.values() for m in row[q]} for q in left}
        while escaping := {q for q in left if not targets[q] <= left}:
            left -= escaping
        return frozenset(left)


def all_hold(tests: Conjunction, registers: Sequence[fmpq]) -> bool:
    """Whether all tests hold of the numbers."""
    return all(sign(registers[t.register] - t.bound) in RELATIONS[t.relation] for t in tests)


def sign(x: fmpq) -> int:
    """Of a number."""
    return int(x > 0) - int(x < 0)


def machine_of(automaton: WeightedAutomaton) -> Machine:
    """The weighted automaton as a machine of one state, its row vector in the registers; refuses other shapes."""
    size = range(len(automaton.initial))
    if {len(automaton.final), *(n for m in automaton.matrices.values() for n in (len(m), *map(len, m)))} != {len(size)}:
        raise RuleError("machine", "a specification of other shapes", "one square matrix a word")
    moves = {
        word: ((Move((), 0, tuple(_form(row[j] for row in m) for j in size)),),)
        for word, m in automaton.matrices.items()
    }
    names = tuple(f"v{j + 1}" for j in size)
    return Machine(("v",), names, 0, automaton.initial, moves, Values((_form(automaton.final),)))


def _form(coefficients: Iterable[fmpq]) -> Form:
    return Form(tuple((j, c) for j, c in enumerate(coefficients) if type(c) is not fmpq or c), fmpq(0))


def check_machine(machine: Machine, words: Iterable[str]) -> None:
    """Refuse what is no machine over these words: other words, numbers out of range, a list of moves that may not apply."""
    _check_moves(machine, {*words})
    _check_numbers(machine)
    domain = machine.domain
    if domain is not None:
        if type(domain) is not Machine or type(domain.output) is not Acceptance or domain.domain is not None:
            raise RuleError(
                "domain", type(domain).__name__, "a Machine with acceptance, and without a domain of its own"
            )
        check_machine(domain, words)


def _check_moves(machine: Machine, words: set[str]) -> None:
    if type(machine) is not Machine or {*machine.moves} != words:
        raise RuleError("machine", "something else, or other words", f"a Machine over {sorted(words)}")
    size = len(machine.states)
    lists = [moves for by_state in machine.moves.values() for moves in by_state]
    if {*map(len, machine.moves.values())} != {size} or not all(moves and not moves[-1].when for moves in lists):
        raise RuleError(
            "machine", "a state and a word without a move that always applies", "one at the end of each list"
        )
    targets = [machine.initial, *(move.target for moves in lists for move in moves)]
    if any(type(q) is not int or not 0 <= q < size for q in targets):
        raise RuleError("machine", f"one of the states {sorted({*targets})}", f"states 0 to {size - 1}")


def _check_numbers(machine: Machine) -> None:
    width, output = len(machine.registers), machine.output
    moves = [move for by_state in machine.moves.values() for moves in by_state for move in moves]
    forms = [form for move in moves for form in move.updates]
    tests = [test for move in moves for test in move.when]
    if isinstance(output, Values):
        said, forms = len(output.forms), [*forms, *output.forms]
    elif isinstance(output, Acceptance):
        said = len(output.conditions)
        tests += [test for some in output.conditions for conjunction in some for test in conjunction]
    else:
        said = sum(type(n) is int for n in output.numbers)
    shapes = {len(machine.start), *(len(move.updates) for move in moves)}
    if said != len(machine.states) or shapes != {width} or any(type(x) is not fmpq for x in machine.start):
        raise RuleError("machine", "an output or register missing", "an output a state, a rational a register")
    if not all(_is_form(form, width) for form in forms) or not all(_is_test(test, width) for test in tests):
        raise RuleError("machine", "a form or test of something else", f"rational ones of {width} registers")


def _is_form(form: Form, width: int) -> bool:
    numbers = all(type(j) is int and 0 <= j < width and type(c) is fmpq for j, c in form.terms)
    return type(form) is Form and numbers and type(form.constant) is fmpq


def _is_test(test: Test, width: int) -> bool:
    inside = type(test.register) is int and 0 <= test.register < width
    return type(test) is Test and inside and test.relation in RELATIONS and type(test.bound) is fmpq


class Decides(Goal):
    """For every promised word sequence w_1 ... w_T, T >= max(1, delay):

    lim_(k->oo) readout_T > threshold if the specification accepts w_1 ... w_(T-delay), and < threshold if it does not.
    """

    threshold: Term


class DecidesBy(Goal):
    """The same with a margin: lim readout_T >= threshold + margin, or <= threshold - margin."""

    threshold: Term
    margin: fmpq


class Chooses(Statement):
    """For every promised word sequence of length T >= max(1, delay): of the limits of the readouts after T words the
    one with the number that the specification gives w_1 ... w_(T-delay) is larger than all others.
    """

    system: System
    readouts: tuple[Readout, ...]
    specification: Machine


class Misdecision(Goal):
    """On these promised words lim readout is `limit`: not above the threshold though the specification accepts
    w_1 ... w_(T-delay), or not below it though it does not.
    """

    threshold: Term
    words: tuple[str, ...]
    limit: Term
    accepted: bool


class Mischoice(Statement):
    """On these promised words the readouts have the limits `limits`; that of number `choice`, which is specified, is not
    larger than all others.
    """

    system: System
    readouts: tuple[Readout, ...]
    specification: Machine
    words: tuple[str, ...]
    limits: tuple[Term, ...]
    choice: int
