"""Regular languages: finite automata as tables, and regular expressions over the words of a vocabulary.

    union  = concatenation ("|" concatenation)*
    concatenation = repeated*
    repeated = atom ("*" | "+" | "?")*
    atom = word | "." | "[" word+ "]" | "(" union ")"        "." is any word

A word of one letter stands for itself; a longer one is set off by spaces or other signs: "(open close)*".
A text of letters that is no word is read as its letters if they all are words: "(a|b)*abb".
Compiled by derivatives (Brzozowski 1964), then made minimal (Moore 1956).
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import NoReturn

from symlstm.kernel.networks.machines import Machine
from symlstm.model.errors import InputError
from symlstm.model.specifications.machines import Step, accepts

MAX_STATES = 4096  # of an automaton that a regular expression stands for
MAX_DEPTH = 64
_TOKEN = re.compile(r"\s*(?:(?P<sign>[|*+?().\[\]])|(?P<name>[^\s|*+?().\[\]]+))")

Regex = tuple[object, ...]  # ("word", w) | ("all", parts) | ("any", parts) | ("star", part)
EMPTY: Regex = ("any", frozenset())  # no word sequence at all
NOTHING: Regex = ("all", ())  # the sequence without words


def dfa(
    vocabulary: Sequence[str], initial: str, table: Mapping[str, Mapping[str, str]], accepting: Sequence[str]
) -> Machine:
    """The finite automaton table[state][word] = next state; a missing entry rejects for good."""
    unknown = [name for row in table.values() for name in row.values() if name not in table]
    for name in [initial, *accepting, *unknown]:
        if name not in table:
            raise InputError("spec.dfa", f"the state {name!r}, without a row", f"one of {', '.join(table)}")
    moves = [Step(q, w, p, where=f"spec.dfa.{q}") for q, row in table.items() for w, p in row.items()]
    return accepts(vocabulary, initial, moves, [(name, ()) for name in dict.fromkeys(accepting)])


def regex(text: str, vocabulary: Sequence[str], where: str = "spec.regex") -> Machine:
    """The minimal finite automaton of a regular expression over the vocabulary.

    >>> machine = regex("(a|b)*abb", ["a", "b"])
    >>> len(machine.states), machine.says(machine.reached("abbabb"))
    (4, True)
    """
    vocabulary = tuple(vocabulary)
    start = _Parser(text, vocabulary, where).value()
    states, table = {start: 0}, list[list[int]]()
    for found in (order := [start]):
        for word in vocabulary:
            new = _derivative(found, word)
            if new not in states:
                states[new] = len(order)
                order.append(new)
            if len(order) > MAX_STATES:
                raise InputError(where, f"an expression of more than {MAX_STATES} states", "a simpler one")
        table.append([states[_derivative(found, word)] for word in vocabulary])
    final = [_nullable(found) for found in order]
    return minimal(vocabulary, table, final)


def minimal(
    vocabulary: Sequence[str], table: Sequence[Sequence[int]], final: Sequence[bool], initial: int = 0
) -> Machine:
    """Moore's refinement; the classes that are reached, numbered breadth first."""
    block = [int(x) for x in final]
    while True:
        signatures = [(block[q], *(block[p] for p in row)) for q, row in enumerate(table)]
        numbers = {signature: n for n, signature in enumerate(dict.fromkeys(signatures))}
        refined = [numbers[signature] for signature in signatures]
        if len(numbers) == len({*block}):
            break
        block = refined
    names: dict[int, str] = {refined[initial]: "q0"}
    rows: dict[str, dict[str, str]] = {}
    for q in (order := [initial]):
        for p in table[q]:
            if refined[p] not in names:
                names[refined[p]] = f"q{len(names)}"
                order.append(p)
        rows[names[refined[q]]] = {w: names[refined[p]] for w, p in zip(vocabulary, table[q], strict=True)}
    return dfa(vocabulary, "q0", rows, [names[refined[q]] for q in order if final[q]])


def _all(*parts: Regex) -> Regex:
    """One after the other."""
    flat = [q for part in parts for q in (part[1] if part[0] == "all" else (part,))]  # type: ignore[attr-defined]
    if EMPTY in flat:
        return EMPTY
    return flat[0] if len(flat) == 1 else ("all", tuple(flat))


def _any(*parts: Regex) -> Regex:
    """One of them."""
    flat = frozenset(q for part in parts for q in (part[1] if part[0] == "any" else (part,)))  # type: ignore[attr-defined]
    return next(iter(flat)) if len(flat) == 1 else ("any", flat)


def _star(part: Regex) -> Regex:
    return NOTHING if part in (EMPTY, NOTHING) else part if part[0] == "star" else ("star", part)


def _nullable(x: Regex) -> bool:
    """Whether it holds the sequence without words."""
    kind, parts = x
    if kind in ("all", "any"):
        return (all if kind == "all" else any)(map(_nullable, parts))  # type: ignore[call-overload]
    return kind == "star"


def _derivative(x: Regex, word: str) -> Regex:
    """What may follow the word."""
    kind, parts = x
    if kind == "word":
        return NOTHING if parts == word else EMPTY
    if kind == "star":
        return _all(_derivative(parts, word), x)  # type: ignore[arg-type]
    if kind == "any":
        return _any(*(_derivative(part, word) for part in parts))  # type: ignore[attr-defined]
    found: list[Regex] = []
    rest: tuple[Regex, ...] = parts  # type: ignore[assignment]
    for i, part in enumerate(rest):
        found.append(_all(_derivative(part, word), *rest[i + 1 :]))
        if not _nullable(part):
            break
    return _any(*found)


class _Parser:
    """Recursive descent; `where` is the expression's place in messages."""

    def __init__(self, text: str, vocabulary: Sequence[str], where: str) -> None:
        self._text, self._words, self._where, self._depth = text, vocabulary, where, 0
        self._tokens = [*self._split(text), ""]
        self._at = 0

    def _split(self, text: str) -> list[str]:
        """The signs and words, in order."""
        found = []
        for match in _TOKEN.finditer(text):
            name = match["name"]
            if name is None or name in self._words:
                found.append(match["sign"] or name)
            elif all(letter in self._words for letter in name):
                found += [*name]
            else:
                self._refuse(f"the word {name!r}", f"words of {list(self._words)[:12]}, | * + ? . ( ) [ ]")
        return found

    def _refuse(self, found: str, needed: str) -> NoReturn:
        raise InputError(self._where, f"{found} in {self._text[:60]!r}", needed)

    def value(self) -> Regex:
        found = self._union()
        if self._tokens[self._at]:
            self._refuse(repr(self._tokens[self._at]), "the end, or a '(' before it")
        return found

    def _take(self, *signs: str) -> str:
        """The next sign, if it is one of these."""
        token = self._tokens[self._at]
        self._at += token in signs
        return token if token in signs else ""

    def _union(self) -> Regex:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(f"more than {MAX_DEPTH} parentheses within one another", "fewer")
        parts = [self._concatenation()]
        while self._take("|"):
            parts.append(self._concatenation())
        self._depth -= 1
        return _any(*parts)

    def _concatenation(self) -> Regex:
        parts: list[Regex] = []
        while self._tokens[self._at] not in ("", "|", ")", "]"):
            parts.append(self._repeated())
        return _all(*parts)

    def _repeated(self) -> Regex:
        found = self._atom()
        while sign := self._take("*", "+", "?"):
            found = {"*": _star(found), "+": _all(found, _star(found)), "?": _any(found, NOTHING)}[sign]
        return found

    def _atom(self) -> Regex:
        if self._take("("):
            found = self._union()
            if not self._take(")"):
                self._refuse("an open '('", "a ')' for it")
            return found
        if self._take("."):
            return _any(*(("word", word) for word in self._words))
        if self._take("["):
            words = []
            while self._tokens[self._at] in self._words:
                words.append(self._tokens[self._at])
                self._at += 1
            if not words or not self._take("]"):
                self._refuse("a '['", "words and a ']' behind it")
            return _any(*(("word", word) for word in words))
        token = self._tokens[self._at]
        if token not in self._words:
            self._refuse(repr(token), "a word, '.', '(' or '['")
        self._at += 1
        return ("word", token)
