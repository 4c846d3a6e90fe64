"""What a specification says, in a form that can be checked: counts as a formula, automata and machines by their moves."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from fractions import Fraction

from flint import fmpq

from symlstm.kernel.networks.machines import Acceptance, Conjunction, Form, Machine, Move, Values
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.errors import InputError
from symlstm.model.specification import pattern_counts
from symlstm.model.specifications.languages import recognised
from symlstm.render.formulas.formula import Formula, Text, applied, row
from symlstm.render.statements.phrases import sequence
from symlstm.render.statements.spelling import spelled

LINES = 60  # of a specification that are printed

Specification = WeightedAutomaton | Machine


def described(found: Specification, name: str = "S") -> Iterator[Formula]:
    """What the specification is, a line for each formula."""
    lines = [*_lines(found, name)]
    yield from lines[:LINES]
    if len(lines) > LINES:
        yield row(Text(f"and {len(lines) - LINES} more lines"))


def _lines(found: Specification, name: str) -> Iterator[Formula]:
    if isinstance(found, WeightedAutomaton):
        terms = counts(found)
        if terms is not None:
            yield row(
                applied(name, sequence("n")), Text(f" = {_sum([(f'#({_text(p)})', x) for p, x in terms.items()])}")
            )
        else:
            yield from _weighted(found, name)
        return
    yield from _machine(found, name)
    if found.domain is not None:
        yield row(Text("promised are the word sequences that P accepts:"))
        yield from _machine(found.domain, "P")


def _weighted(found: WeightedAutomaton, name: str) -> Iterator[Formula]:
    """State by state: where each word leads, with its weight."""
    size = range(len(found.initial))
    start, value = (_sum([(f"v{j + 1}", numbers[j]) for j in size]) for numbers in (found.initial, found.final))
    told = "a weighted automaton, for each word a sum over the ways that lead from"
    yield row(Text(f"{name} is {told} {start} to {value}, by these steps:"))
    for j in size:
        moves = {word: _sum([(f"v{i + 1}", m[j][i]) for i in size]) for word, m in found.matrices.items()}
        for image in dict.fromkeys(moves.values()):
            read = ", ".join(spelled(word) for word, other in moves.items() if other == image)
            yield row(Text(f"from v{j + 1} on {read} to {image}"))


def _machine(found: Machine, name: str) -> Iterator[Formula]:
    yield row(Text(f"{name} is {beginning(found)}"))
    for state, read, moves in steps(found):
        yield row(Text(f"in {state} on {read}: {moves}"))
    yield from (row(Text(line)) for line in outputs(found, name))


def beginning(found: Machine) -> str:
    """What a machine is called, and where it starts."""
    known = named(found)
    registers = ", ".join(f"{r} = {x}" for r, x in zip(found.registers, found.start, strict=True))
    start = found.states[found.initial] + (f" with {registers}" if registers else "")
    return f"{f'{known}: ' if known else ''}the machine that starts in {start}"


def steps(found: Machine) -> Iterator[tuple[str, str, str]]:
    """State, words and moves, where something changes."""
    for q, state in enumerate(found.states):
        together: dict[tuple[Move, ...], list[str]] = {}
        for word, by_state in found.moves.items():
            together.setdefault(by_state[q], []).append(spelled(word))
        for moves, words in together.items():
            if any(move.target != q or changes(move, found) for move in moves):
                yield state, ", ".join(words), _moves(moves, found, q)


def outputs(found: Machine, name: str) -> Iterator[str]:
    """What a machine says, state by state."""
    output = found.output
    if isinstance(output, Acceptance):
        for state, conditions in zip(found.states, output.conditions, strict=True):
            if conditions:
                tests = " or ".join(tests_text(tests, found) for tests in conditions if tests)
                yield f"{name} accepts in {state}{f' if {tests}' if all(conditions) else ''}"
    elif isinstance(output, Values):
        for state, form in zip(found.states, output.forms, strict=True):
            yield f"{name} is {form_text(form, found.registers)} in {state}"
    else:
        for state, n in zip(found.states, output.numbers, strict=True):
            yield f"{name} chooses output {n + 1} in {state}"


def _moves(moves: Sequence[Move], found: Machine, q: int) -> str:
    parts = []
    for n, move in enumerate(moves):
        condition = f"if {tests_text(move.when, found)} then " if move.when else "else " if n else ""
        target = f"to {found.states[move.target]}" if move.target != q else "stay"
        changed = changes(move, found)
        kept = f" with {', '.join(changed)}" if changed else ""
        parts.append(f"{condition}{target}{kept}")
    return "; ".join(parts)


def changes(move: Move, found: Machine) -> list[str]:
    kept = [Form(((j, fmpq(1)),), fmpq(0)) for j in range(len(found.registers))]
    rows = zip(found.registers, move.updates, kept, strict=True)
    return [f"{name} := {form_text(form, found.registers)}" for name, form, same in rows if form != same]


def tests_text(tests: Conjunction, found: Machine) -> str:
    return " and ".join(f"{found.registers[t.register]} {t.relation} {t.bound}" for t in tests)


def form_text(form: Form, registers: Sequence[str]) -> str:
    return _sum([(registers[j], c) for j, c in form.terms] + [("", form.constant)])


def _sum(terms: Sequence[tuple[str, fmpq]]) -> str:
    """A sum of multiples; 0 if there is none."""
    text = ""
    for name, c in terms:
        if c:
            size = abs(c)
            factor = name if size == 1 and name else f"{size} {name}".rstrip()
            text += (" - " if c < 0 else " + ") + factor if text else ("-" if c < 0 else "") + factor
    return text or "0"


def _text(pattern: Sequence[str]) -> str:
    return " ".join(map(spelled, pattern))


def named(found: Machine) -> str:
    """The name of a language of which this is the machine, or nothing."""
    return next(recognised(found), "") if isinstance(found.output, Acceptance) and len(found.states) < 8 else ""


def counts(found: Specification) -> dict[tuple[str, ...], fmpq] | None:
    """The patterns with their weights, if the automaton is the one that counts them."""
    if isinstance(found, Machine):
        return None
    terms: dict[tuple[str, ...], fmpq] = {}
    for end, weight in enumerate(found.final):
        if weight:
            terms[_pattern(found, end)] = weight
    try:
        rational = {pattern: Fraction(int(weight.p), int(weight.q)) for pattern, weight in terms.items()}
        same = pattern_counts(tuple(found.matrices), rational) == found
    except InputError:
        return None
    return terms if same else None


def _pattern(found: WeightedAutomaton, end: int) -> tuple[str, ...]:
    """The words on the path from state 0 to an end, as far as it is one."""
    path: list[str] = []
    while end and len(path) < len(found.final):
        before = [(i, w) for w, m in found.matrices.items() for i in range(len(m)) if i != end and m[i][end]]
        if len(before) != 1:
            break
        [(end, word)] = before
        path.insert(0, word)
    return tuple(path)
