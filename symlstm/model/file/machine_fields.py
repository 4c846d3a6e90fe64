"""The tables of a file that say what a machine is: [spec.machine] and its shorthands, and [domain].

    machine    initial, registers = {name = first value}, moves = [{from, word, to, when, add, set}, ...], and
               accept = [{state, when}, ...] or output = {state = {register = coefficient, "1" = constant}} or choose
               = {state = an output, or [{output, when}, ...] of which the first that applies counts}
    dfa        initial, accepting, and table = {state = {word = next state}}
    regex      a regular expression over the words
    counts     a comparison of numbers of occurrences: "#a > #b", "#a - #b = 1 mod 3"
    language   a name, with roles = [words], and bound, kinds or depth where the language has them

A [domain] is one of these. Promised are the words that can still become one of a language, regex or dfa ("prefixes"),
or the language's own ("words", always so for counts); of a machine those that it accepts, or without
`accept` those along which it has a move.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction

from symlstm.kernel.networks.machines import Machine
from symlstm.model.errors import InputError
from symlstm.model.file.fields import Fields
from symlstm.model.specifications.counts import counts
from symlstm.model.specifications.languages import LANGUAGES, MAX_SLOTS, Size, language
from symlstm.model.specifications.machines import CONSTANT, ELSE, Machinery, Step, When, alive
from symlstm.model.specifications.regular import dfa, regex

MAX_STATES = 4096  # of a machine
MAX_REGISTERS = 256
SHORTHANDS = ("machine", "dfa", "regex", "counts", "language")
EXTRAS = ("roles", "bound", "kinds", "depth")
_MACHINE = ("initial", "registers", "moves")


def acceptor(table: Fields, vocabulary: Sequence[str]) -> Machine:
    """The machine with acceptance that a table gives, in one of the ways above."""
    way = _way(table)
    if way == "machine":
        machinery, found = _machinery(table, vocabulary, ("accept",))
        accept = [(a.text("state"), _tests(a)) for a in found.tables("accept", ("state", "when"))]
        with table.locating({"spec.machine.accept": "machine.accept"}):
            return machinery.accepting(accept)
    return _shorthand(table, way, vocabulary)


def valued(table: Fields, vocabulary: Sequence[str]) -> Machine:
    """The machine with values that [spec.machine] gives."""
    machinery, found = _machinery(table, vocabulary, ("output",))
    states = _states(machinery)
    output = found.table("output", states)
    forms = {state: _terms(output, state, [*machinery.registers, CONSTANT]) for state in states if output.has(state)}
    with table.locating({}):
        return machinery.valued(forms)


def choosing(table: Fields, vocabulary: Sequence[str], choices: Sequence[str]) -> Machine:
    """The machine with choices that [spec.machine] gives."""
    machinery, found = _machinery(table, vocabulary, ("choose",))
    states = _states(machinery)
    choose = found.table("choose", states)
    with table.locating({}):
        return machinery.choosing({state: _choice(choose, state) for state in states if choose.has(state)}, choices)


def _choice(choose: Fields, state: str) -> str | list[tuple[str, When]]:
    """What a state chooses: a name, or a list of names with tests."""
    if not isinstance(choose.need(state, "an output, or a list of outputs"), list):
        return choose.text(state)
    return [(row.text("output"), _tests(row)) for row in choose.tables(state, ("output", "when"))]


def domain(table: Fields, vocabulary: Sequence[str]) -> Machine:
    """The promised words, as a machine with acceptance."""
    way = _way(table)
    if way == "machine" and not table.table("machine", (*_MACHINE, "accept")).has("accept"):
        machinery, _ = _machinery(table, vocabulary, ())
        with table.locating({}):
            return machinery.accepting([(state, ()) for state in _states(machinery)])
    found = acceptor(table, vocabulary)
    promised = table.choice("promise", ("prefixes", "words"), "words" if way in ("machine", "counts") else "prefixes")
    return alive(found) if promised == "prefixes" else found


def _way(table: Fields) -> str:
    given = [way for way in SHORTHANDS if table.has(way)]
    if len(given) != 1:
        found = " and ".join(given) or "nothing"
        raise InputError(table.where(given[-1] if given else "machine"), found, f"one of {', '.join(SHORTHANDS)}")
    return given[0]


def _shorthand(table: Fields, way: str, vocabulary: Sequence[str]) -> Machine:
    with table.locating({f"spec.{name}": name for name in (*SHORTHANDS, *EXTRAS)}):
        if way == "regex":
            return regex(table.text("regex"), vocabulary)
        if way == "counts":
            return counts(table.text("counts"), vocabulary)
        if way == "language":
            roles = table.texts("roles", MAX_SLOTS) if table.has("roles") else ()
            size = Size(*(table.whole(name, MAX_SLOTS, 0) for name in Size._fields))
            return language(table.choice("language", [*LANGUAGES]), vocabulary, roles, size)
        found = table.table("dfa", ("initial", "accepting", "table"))
        rows = _rows(found, vocabulary)
        accepting = found.texts("accepting", MAX_STATES) if found.has("accepting") else ()
        return dfa(vocabulary, found.text("initial"), rows, accepting)


def _rows(found: Fields, vocabulary: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    names = found.keys("table", MAX_STATES)
    table = found.table("table", names)
    rows = {name: table.table(name, vocabulary) for name in names}
    return {name: {word: row.text(word) for word in vocabulary if row.has(word)} for name, row in rows.items()}


def _machinery(table: Fields, vocabulary: Sequence[str], more: Sequence[str]) -> tuple[Machinery, Fields]:
    """What machines share, and the table for the rest."""
    found = table.table("machine", (*_MACHINE, *more))
    names = found.keys("registers", MAX_REGISTERS) if found.has("registers") else []
    registers = found.table("registers", names, optional=True)
    start = {name: registers.rational(name) for name in names}
    moves = [_step(move, [*names]) for move in found.tables("moves", ("from", "word", "to", "when", "add", "set"))]
    machinery = Machinery(tuple(vocabulary), found.text("initial"), moves, start)
    if len(_states(machinery)) > MAX_STATES or CONSTANT in names:
        needed = f"at most {MAX_STATES} states, and no register called {CONSTANT!r}"
        raise InputError(found.where("moves"), f"{len(_states(machinery))} states", needed)
    return machinery, found


def _states(machinery: Machinery) -> list[str]:
    pairs = ((step.source, step.target) for step in machinery.moves)
    return list(dict.fromkeys([machinery.initial, *(state for pair in pairs for state in pair if state != ELSE)]))


def _step(move: Fields, registers: Sequence[str]) -> Step:
    add = _terms(move, "add", registers)
    changed = move.table("set", registers, optional=True)
    forms = {name: _terms(changed, name, [*registers, CONSTANT]) for name in registers if changed.has(name)}
    return Step(move.text("from"), move.text("word"), move.text("to"), _tests(move), add, forms, move.where("")[:-1])


def _terms(table: Fields, name: str, known: Sequence[str]) -> dict[str, Fraction]:
    found = table.table(name, known, optional=True)
    return {register: found.rational(register) for register in known if found.has(register)}


def _tests(table: Fields) -> When:
    return [(test.text("0"), test.text("1"), test.rational("2")) for test in table.rows("when", 3)]
