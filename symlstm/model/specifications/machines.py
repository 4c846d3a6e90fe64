"""Machines as people write them: states and registers by name, moves as a list, the first that applies is made.

accepts          yes or no: a word is accepted where one of the listed conditions holds
machine_value    a number: an affine form of the registers for each state
chooses          one of several: a name for each state, or names with conditions
promised         the same machine, of which only the words that `domain` accepts are promised
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction

from flint import fmpq

from symlstm.kernel.networks.machines import (
    RELATIONS,
    Acceptance,
    Choices,
    Conjunction,
    Form,
    Machine,
    Move,
    Test,
    Values,
    check_machine,
)
from symlstm.model.errors import InputError
from symlstm.model.specifications.guards import Rows, split

Number = int | Fraction
When = Sequence[tuple[str, str, Number]]  # (register, relation, bound), all of which hold
Terms = Mapping[str, Number]  # register -> coefficient; "1" -> the constant

ELSE = "otherwise"  # the state of words after which no move applies
CONSTANT = "1"


@dataclass(frozen=True)
class Step:
    """One move: from a state on a word, when all tests hold, to a state; `add` to registers, or `set` them to forms.

    `where` is its place in messages.
    """

    source: str
    word: str
    target: str
    when: When = ()
    add: Terms = field(default_factory=dict)
    set: Mapping[str, Terms] = field(default_factory=dict)
    where: str = "spec.machine.moves"


@dataclass(frozen=True)
class Machinery:
    """What machines of every kind share: the words, the registers with their first values, where it starts, the moves.

    A move is made if its tests hold and no earlier one of its state and word could be made.
    """

    vocabulary: Sequence[str]
    initial: str
    moves: Sequence[Step]
    registers: Terms = field(default_factory=dict)

    def accepting(self, accept: Iterable[tuple[str, When]]) -> Machine:
        """Accepts where a listed state is reached and its tests hold; a word without a move is never accepted again."""
        names, steps = self._closed(refusing=False)
        conditions: dict[str, list[Conjunction]] = {name: [] for name in names}
        for state, when in accept:
            if state not in conditions or state == ELSE:
                raise InputError("spec.machine.accept", repr(state), f"one of the states {_listed(names)}")
            conditions[state].append(self._tests(when, "spec.machine.accept"))
        return self._machine(names, steps, Acceptance(tuple(tuple(conditions[name]) for name in names)))

    def valued(self, output: Mapping[str, Terms]) -> Machine:
        """Its value is the form of the state that is reached, 0 where no form is given; each word needs a move."""
        names, steps = self._closed(refusing=True)
        _check_states("spec.machine.output", output, names)
        forms = (self._form(output.get(name, {}), "spec.machine.output") for name in names)
        return self._machine(names, steps, Values(tuple(forms)))

    def choosing(self, choose: Mapping[str, str | Rows], choices: Sequence[str]) -> Machine:
        """It chooses what the state that is reached has, perhaps by its registers; each state needs a choice."""
        for when in (when for rows in choose.values() if not isinstance(rows, str) for _, when in rows):
            self._tests(when, "spec.machine.choose")
        machinery, chosen = split(self, choose)
        return machinery._choosing(chosen, choices)

    def _choosing(self, choose: Mapping[str, str], choices: Sequence[str]) -> Machine:
        names, steps = self._closed(refusing=True)
        _check_states("spec.machine.choose", choose, names)
        missing = [name for name in names if choose.get(name) not in choices]
        if missing:
            found = f"{choose.get(missing[0], 'nothing')!r} for the state {missing[0]!r}"
            raise InputError("spec.machine.choose", found, f"one of {_listed(choices)}")
        return self._machine(names, steps, Choices(tuple(choices.index(choose[name]) for name in names)))

    def _machine(
        self, names: Sequence[str], steps: Mapping[tuple[str, str], list[Step]], output: Values | Acceptance | Choices
    ) -> Machine:
        numbers = {name: q for q, name in enumerate(names)}
        moves = {
            word: tuple(tuple(self._move(step, numbers) for step in steps[name, word]) for name in names)
            for word in self.vocabulary
        }
        start = tuple(_rational(x, f"spec.machine.registers.{r}") for r, x in self.registers.items())
        found = Machine(tuple(names), tuple(self.registers), 0, start, moves, output)
        check_machine(found, self.vocabulary)
        return found

    def _closed(self, refusing: bool) -> tuple[list[str], dict[tuple[str, str], list[Step]]]:
        """The states, the first of them initial, and the moves of each and each word, which always apply."""
        names = list(dict.fromkeys([self.initial, *(s for step in self.moves for s in (step.source, step.target))]))
        if ELSE in names:
            raise InputError(
                "spec.machine", f"a state {ELSE!r}", "another name: this one is kept for words without a move"
            )
        steps: dict[tuple[str, str], list[Step]] = {(name, word): [] for name in names for word in self.vocabulary}
        for step in self.moves:
            if (step.source, step.word) not in steps:
                raise InputError(step.where, f"the word {step.word!r}", f"one of {_listed(self.vocabulary)}")
            if steps[step.source, step.word] and not steps[step.source, step.word][-1].when:
                raise InputError(
                    step.where, "a move behind one that always applies", "the one without `when` as the last"
                )
            steps[step.source, step.word].append(step)
        open_ = [(name, word) for (name, word), found in steps.items() if not found or found[-1].when]
        if open_ and refusing:
            (name, word), *_ = open_
            needed = "a move without `when` as the last of each state and word"
            raise InputError("spec.machine.moves", f"no move that always applies from {name!r} on {word!r}", needed)
        if open_:
            steps |= {(ELSE, word): [] for word in self.vocabulary}
            for name, word in [*open_, *((ELSE, word) for word in self.vocabulary)]:
                steps[name, word].append(Step(name, word, ELSE))
            names.append(ELSE)
        return names, steps

    def _move(self, step: Step, numbers: Mapping[str, int]) -> Move:
        both = [*(step.add.keys() & step.set.keys())]
        if both:
            raise InputError(step.where, f"{both[0]!r} in `add` and in `set`", "one of them")
        _check_names(step.where, [*step.add, *step.set], self.registers)
        if step.target == ELSE:  # what the registers hold there, no one asks
            return Move((), numbers[ELSE], tuple(Form((), fmpq(0)) for _ in self.registers))
        updates = []
        for j, register in enumerate(self.registers):
            if register in step.set:
                updates.append(self._form(step.set[register], step.where))
            else:
                updates.append(Form(((j, fmpq(1)),), _rational(step.add.get(register, 0), step.where)))
        return Move(self._tests(step.when, step.where), numbers[step.target], tuple(updates))

    def _form(self, terms: Terms, where: str) -> Form:
        _check_names(where, [name for name in terms if name != CONSTANT], self.registers)
        numbers = {register: j for j, register in enumerate(self.registers)}
        pairs = ((numbers[name], _rational(c, where)) for name, c in terms.items() if name != CONSTANT)
        return Form(tuple((j, c) for j, c in pairs if c), _rational(terms.get(CONSTANT, 0), where))

    def _tests(self, when: When, where: str) -> Conjunction:
        registers = [*self.registers]
        tests = []
        for name, relation, bound in when:
            _check_names(where, [name], self.registers)
            if relation not in RELATIONS:
                raise InputError(where, repr(relation), f"one of {' '.join(RELATIONS)}")
            tests.append(Test(registers.index(name), relation, _rational(bound, where)))
        return tuple(tests)


def accepts(
    vocabulary: Sequence[str],
    initial: str,
    moves: Sequence[Step],
    accept: Iterable[tuple[str, When]],
    registers: Mapping[str, Number] | None = None,
) -> Machine:
    """The machine that accepts a word where it reaches a state of `accept` whose tests hold.

    >>> more = accepts(["a", "b"], "q", [Step("q", "a", "q", add={"m": 1}), Step("q", "b", "q", add={"m": -1})],
    ...                [("q", [("m", ">=", 1)])], {"m": 0})
    >>> more.says(more.reached(["a", "b", "a"]))
    True
    """
    return Machinery(vocabulary, initial, moves, registers or {}).accepting(accept)


def machine_value(
    vocabulary: Sequence[str],
    initial: str,
    moves: Sequence[Step],
    output: Mapping[str, Terms],
    registers: Mapping[str, Number] | None = None,
) -> Machine:
    """The machine whose value is the affine form of the state that is reached ("1" stands for the constant)."""
    return Machinery(vocabulary, initial, moves, registers or {}).valued(output)


def chooses(
    vocabulary: Sequence[str],
    initial: str,
    moves: Sequence[Step],
    choose: Mapping[str, str | Rows],
    choices: Sequence[str],
    registers: Mapping[str, Number] | None = None,
) -> Machine:
    """The machine that gives each word one of the choices, by the state that is reached and its registers.

    A state has a choice, or a list of choices with tests, of which the first that holds counts.
    """
    return Machinery(vocabulary, initial, moves, registers or {}).choosing(choose, choices)


def promised(specification: Machine, domain: Machine) -> Machine:
    """The specification of those words only that the domain, a machine with acceptance, accepts."""
    if not isinstance(domain.output, Acceptance) or domain.domain is not None:
        raise InputError(
            "domain", "a machine that says no yes or no", "a machine with `accept`, a regex, dfa or language"
        )
    if set(domain.moves) != set(specification.moves):
        raise InputError("domain", f"the words {sorted(domain.moves)}", f"the words {sorted(specification.moves)}")
    s = specification
    return Machine(s.states, s.registers, s.initial, s.start, s.moves, s.output, domain)


def over(machine: Machine, words: Sequence[str]) -> Machine:
    """The machine on sequences of these words only."""
    m, moves = machine, {word: machine.moves[word] for word in words}
    domain = None if m.domain is None else over(m.domain, words)
    return Machine(m.states, m.registers, m.initial, m.start, moves, m.output, domain)


def alive(language: Machine) -> Machine:
    """The domain of all words that can still become one of a language: its prefixes, if the language has no registers.

    With registers a state counts as alive if any values of them may lead to acceptance.
    """
    live = tuple(((),) if q not in language.hopeless else () for q in range(len(language.states)))
    m = language
    return Machine(m.states, m.registers, m.initial, m.start, m.moves, Acceptance(live))


def _rational(x: Number, where: str) -> fmpq:
    if isinstance(x, bool) or not isinstance(x, int | Fraction):
        raise InputError(where, repr(x), "an int or a Fraction")
    return fmpq(x.numerator, x.denominator)


def _check_names(where: str, names: Iterable[str], registers: Terms) -> None:
    for name in names:
        if name not in registers:
            raise InputError(where, f"the register {name!r}", f"one of {_listed([*registers]) or 'no registers'}")


def _check_states(where: str, given: Mapping[str, object], names: Sequence[str]) -> None:
    for name in given:
        if name not in names:
            raise InputError(where, f"the state {name!r}", f"one of {_listed(names)}")


def _listed(names: Sequence[str]) -> str:
    return ", ".join(map(repr, names[:12])) + (", ..." if len(names) > 12 else "")
