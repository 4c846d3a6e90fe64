"""Languages by name, as machines. Words of the vocabulary that have no role in a language change nothing.

majority   more a than b                          anbn      a^n b^n
parity     an odd number of a                     anbncn    a^n b^n c^n
ahead      in no prefix more than `bound` a ahead of b
dyck1      balanced brackets, open and close      shuffle2  two kinds of brackets, each balanced for itself
dyck       `kinds` of brackets nested at most `depth` deep (Hewitt et al. 2020); the roles are the opening brackets, then the closing
tomita1 ... tomita7   Tomita (1982), over 0 and 1: 1*; (10)*; no odd run of 0 behind an odd run of 1; no 000;
           both numbers even; #0 - #1 divisible by 3; 0*1*0*1*
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import permutations
from typing import NamedTuple

from flint import fmpq

from symlstm.kernel.networks.machines import Form, Machine, Move
from symlstm.model.errors import InputError
from symlstm.model.specifications.counts import counts
from symlstm.model.specifications.machines import Step, accepts
from symlstm.model.specifications.regular import dfa, regex

MAX_SLOTS = 256  # kinds * depth of a bracket language


class Size(NamedTuple):
    """The numbers that some languages have."""

    bound: int = 0
    kinds: int = 0
    depth: int = 0


NO_SIZE = Size()


def _more(words: Sequence[str], size: Size) -> Machine:
    return _with_words(counts("#a > #b", ("a", "b")), words)


def _with_words(machine: Machine, words: Sequence[str]) -> Machine:
    """The machine with other words in place of its own, in order."""
    m, moves = machine, dict(zip(words, machine.moves.values(), strict=True))
    return Machine(m.states, m.registers, m.initial, m.start, moves, m.output)


def _odd(words: Sequence[str], size: Size) -> Machine:
    return dfa(words, "even", {"even": {words[0]: "odd"}, "odd": {words[0]: "even"}}, ["odd"])


def _ahead(words: Sequence[str], size: Size) -> Machine:
    a, b = words
    moves = [
        Step("near", a, "near", [("lead", "<", size.bound)], {"lead": 1}),
        Step("near", b, "near", add={"lead": -1}),
    ]
    return accepts(words, "near", moves, [("near", ())], {"lead": 0})


def _two_powers(words: Sequence[str], size: Size) -> Machine:
    a, b = words
    enough = [("n", ">=", 1)]
    down = [Step(state, b, b, enough, {"n": -1}) for state in words]
    return accepts(
        words, a, [Step(a, a, a, add={"n": 1}), *down], [(a, [("n", "=", 0)]), (b, [("n", "=", 0)])], {"n": 0}
    )


def _three_powers(words: Sequence[str], size: Size) -> Machine:
    """n counts a up and b down, m counts b up and c down."""
    a, b, c = words
    moves = [Step(a, a, a, add={"n": 1})]
    moves += [Step(state, b, b, [("n", ">=", 1)], {"n": -1, "m": 1}) for state in (a, b)]
    moves += [Step(b, c, c, [("n", "=", 0), ("m", ">=", 1)], {"m": -1}), Step(c, c, c, [("m", ">=", 1)], {"m": -1})]
    return accepts(words, a, moves, [(a, [("n", "=", 0)]), (c, [("m", "=", 0)])], {"n": 0, "m": 0})


def _shuffle(words: Sequence[str], size: Size) -> Machine:
    """Each kind of brackets balanced for itself; of one kind it is Dyck-1."""
    kinds = range(len(words) // 2)
    names = ["depth"] if len(kinds) == 1 else [f"depth{j + 1}" for j in kinds]
    moves = [Step("open", words[2 * j], "open", add={names[j]: 1}) for j in kinds]
    moves += [Step("open", words[2 * j + 1], "open", [(names[j], ">=", 1)], {names[j]: -1}) for j in kinds]
    return accepts(words, "open", moves, [("open", [(name, "=", 0) for name in names])], dict.fromkeys(names, 0))


def _dyck(words: Sequence[str], size: Size) -> Machine:
    """The state is the depth; register s<d>_<j> is 1 where the bracket at depth d is of kind j, else 0."""
    openings, closings = words[: size.kinds], words[size.kinds :]
    slots = [[f"s{d + 1}_{j + 1}" for j in range(size.kinds)] for d in range(size.depth)]
    moves = [
        Step(f"{d}", word, f"{d + 1}", set={slots[d][j]: {"1": 1}})
        for d in range(size.depth)
        for j, word in enumerate(openings)
    ]
    moves += [
        Step(f"{d + 1}", word, f"{d}", [(slots[d][j], "=", 1)], set={slots[d][j]: {}})
        for d in range(size.depth)
        for j, word in enumerate(closings)
    ]
    return accepts(words, "0", moves, [("0", ())], {name: 0 for slot in slots for name in slot})


def _tomita(pattern: str) -> Callable[[Sequence[str], Size], Machine]:
    return lambda words, size: _with_words(regex(pattern, ("0", "1")), words)


def _tomita3(words: Sequence[str], size: Size) -> Machine:
    zero, one = words
    table = {
        "even ones": {zero: "even ones", one: "odd ones"},
        "odd ones": {zero: "odd zeros", one: "even ones"},
        "odd zeros": {zero: "even zeros"},
        "even zeros": {zero: "odd zeros", one: "odd ones"},
    }
    return dfa(words, "even ones", table, ["even ones", "odd ones", "even zeros"])


def _tomita5(words: Sequence[str], size: Size) -> Machine:
    names = {(i, j): f"{'odd' if i else 'even'} {'odd' if j else 'even'}" for i in (0, 1) for j in (0, 1)}
    table = {names[i, j]: {words[0]: names[1 - i, j], words[1]: names[i, 1 - j]} for i, j in names}
    return dfa(words, names[0, 0], table, [names[0, 0]])


def _tomita6(words: Sequence[str], size: Size) -> Machine:
    return _with_words(counts("#0 - #1 = 0 mod 3", ("0", "1")), words)


class Language(NamedTuple):
    """How many words have a role, which numbers it needs, and the machine."""

    roles: int
    needs: tuple[str, ...]
    build: Callable[[Sequence[str], Size], Machine]


LANGUAGES: Mapping[str, Language] = {
    "majority": Language(2, (), _more),
    "parity": Language(1, (), _odd),
    "ahead": Language(2, ("bound",), _ahead),
    "anbn": Language(2, (), _two_powers),
    "anbncn": Language(3, (), _three_powers),
    "dyck1": Language(2, (), _shuffle),
    "shuffle2": Language(4, (), _shuffle),
    "dyck": Language(0, ("kinds", "depth"), _dyck),
    "tomita1": Language(2, (), _tomita("1*")),
    "tomita2": Language(2, (), _tomita("(10)*")),
    "tomita3": Language(2, (), _tomita3),
    "tomita4": Language(2, (), _tomita("(1|01|001)*(|0|00)")),
    "tomita5": Language(2, (), _tomita5),
    "tomita6": Language(2, (), _tomita6),
    "tomita7": Language(2, (), _tomita("0*1*0*1*")),
}


def language(name: str, vocabulary: Sequence[str], roles: Sequence[str] = (), size: Size = NO_SIZE) -> Machine:
    """The machine of a named language. `roles` are the words with a role, in the order above; by default the first ones.

    >>> machine = language("anbn", ["a", "b", "c"])
    >>> machine.says(machine.reached("aacbb"))
    True
    """
    if name not in LANGUAGES:
        raise InputError("spec.language", repr(name), f"one of {', '.join(LANGUAGES)}")
    found = LANGUAGES[name]
    for need in found.needs:
        if not 1 <= getattr(size, need) <= MAX_SLOTS:
            raise InputError(
                f"spec.{need}",
                f"{getattr(size, need)}",
                f"a whole number from 1 to {MAX_SLOTS} for the language {name!r}",
            )
    if size.kinds * size.depth > MAX_SLOTS:
        raise InputError(
            "spec.depth", f"{size.kinds} kinds to the depth {size.depth}", f"a product of at most {MAX_SLOTS}"
        )
    needed = found.roles or 2 * size.kinds
    words = tuple(roles) or tuple(vocabulary[:needed])
    if len(words) != needed or len({*words}) < needed or not {*words} <= {*vocabulary}:
        raise InputError(
            "spec.roles", f"{list(words)[:12]}", f"{needed} different words of the vocabulary for the language {name!r}"
        )
    return _with_idle_words(found.build(words, size), vocabulary)


def _with_idle_words(machine: Machine, vocabulary: Sequence[str]) -> Machine:
    """The machine over the whole vocabulary; the other words leave it as it is."""
    keep = tuple(Form(((j, fmpq(1)),), fmpq(0)) for j in range(len(machine.registers)))
    idle = tuple((Move((), q, keep),) for q in range(len(machine.states)))
    m = machine
    return Machine(m.states, m.registers, m.initial, m.start, {w: m.moves.get(w, idle) for w in vocabulary}, m.output)


def recognised(machine: Machine) -> Iterator[str]:
    """The names, with their roles, of the languages of which this is the machine: those with no number of their own."""
    vocabulary = [*machine.moves]
    for name, found in LANGUAGES.items():
        if found.needs or not 0 < found.roles <= len(vocabulary) <= 4:
            continue
        for words in permutations(vocabulary, found.roles):
            if language(name, vocabulary, words) == machine:
                yield f"{name}({', '.join(words)})"
