"""Theorems about real numbers as the data of a certificate, and back.  UNTRUSTED: `recheck` and Rocq judge it.

    symbols     [name, kind] of each variable; kinds as in the kernel
    atoms       [head, argument, ...]: a function's name, or the number of a sequence among the symbols
    hypotheses  propositions; those of the statement are the last node's
    nodes       rule, premises (earlier nodes), conclusion, hypotheses, given: what the rule needs beside its premises

A term is a list of [rational, [[n, power], ...]]: n is a symbol, or atom n - (number of symbols). A proposition is a list
that begins with =, <=, <, within, and, forall, lim or diverges.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any, NamedTuple

from flint import fmpq

import symlstm
from symlstm.certificates.recheck import FORMAT
from symlstm.certificates.subjects import Data, NotCovered
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Term, Variable
from symlstm.kernel.asymptotics import Diverges
from symlstm.kernel.logic.bounds import INCREASING
from symlstm.kernel.logic.propositions import (
    Conjunction,
    Equal,
    ForAll,
    Less,
    LessEqual,
    Proposition,
    TendsTo,
    Within,
)
from symlstm.kernel.theorem import Theorem, walk

HEADS: dict[str, type[Proposition]] = {
    "=": Equal,
    "<=": LessEqual,
    "<": Less,
    "within": Within,
    "and": Conjunction,
    "forall": ForAll,
    "lim": TendsTo,
    "diverges": Diverges,
}
NAMES = {kind: name for name, kind in HEADS.items()}
FUNCTIONS = [f.__name__ for f in INCREASING]
KIND = "Proposition"  # what a certificate calls such a theorem


class Node(NamedTuple):
    """A step: its conclusion, by which rule, from which earlier ones, under which hypotheses (their places)."""

    rule: str
    premises: tuple[int, ...]
    conclusion: Proposition
    hypotheses: tuple[int, ...]
    given: Any


class Derivation(NamedTuple):
    """All steps, the last of them the theorem."""

    symbols: tuple[Variable, ...]
    hypotheses: tuple[Proposition, ...]
    nodes: tuple[Node, ...]


# -- writing -----------------------------------------------------------------------------------------------------------


@dataclass
class _Writer:
    symbols: dict[Variable, int] = field(default_factory=dict)
    atoms: dict[Apply, int] = field(default_factory=dict)
    table: list[Any] = field(default_factory=list)

    def of(self, x: Any) -> Any:
        """What a rule is given, as data."""
        if isinstance(x, Term):
            return self.term(x)
        if isinstance(x, Variable):
            return self.symbols[x]
        if isinstance(x, Proposition):
            return self.proposition(x)
        return [self.of(part) for part in x] if isinstance(x, tuple) else x

    def proposition(self, p: Proposition) -> Any:
        if type(p) not in NAMES:
            raise NotCovered(f"the proposition {p}")
        return [NAMES[type(p)], *map(self.of, p.args)]

    def term(self, x: Term) -> Any:
        products = sorted(x.monomials.items(), key=lambda part: algebra.spelled(Term({part[0]: fmpq(1)})))
        return [[str(c), [[self.atom(a), n] for a, n in sorted(mono, key=_spelled)]] for mono, c in products]

    def atom(self, a: Atom) -> int:
        if isinstance(a, Variable):
            return self.symbols[a]
        if a not in self.atoms:
            head = self.symbols[a.function] if isinstance(a.function, Variable) else a.function
            row = [head, *map(self.term, a.arguments)]
            self.atoms[a] = len(self.symbols) + len(self.table)
            self.table.append(row)
        return self.atoms[a]


def _spelled(power: tuple[Atom, int]) -> str:
    return algebra.spelled(algebra.atom(*power))


def _variables(x: Any) -> Iterator[Variable]:
    """All variables in it, bound ones too."""
    if isinstance(x, Variable):
        yield x
    elif isinstance(x, Term):
        yield from x.symbols()
        for a in algebra.applications(x):
            yield from (v for argument in a.arguments for v in argument.symbols())
    elif isinstance(x, Proposition):
        yield from _variables(x.args)
    elif isinstance(x, tuple):
        for part in x:
            yield from _variables(part)


def certificate_of(theorem: Theorem, title: str = "") -> Data:
    """The certificate of a theorem about real numbers."""
    nodes = [*walk(theorem)]
    place = {id(node): n for n, node in enumerate(nodes)}
    found = (v for node in nodes for v in _variables((node.conclusion, node.certificate, *node.hypotheses)))
    symbols = sorted({*found}, key=lambda v: (v.name, v.kind))
    writer = _Writer({v: n for n, v in enumerate(symbols)})
    hypotheses = sorted({h for node in nodes for h in node.hypotheses}, key=str)
    number = {h: n for n, h in enumerate(hypotheses)}
    written = [writer.proposition(h) for h in hypotheses]
    steps = [
        {
            "rule": node.rule,
            "premises": [place[id(premise)] for premise in node.premises],
            "conclusion": writer.proposition(node.conclusion),
            "hypotheses": sorted(number[h] for h in node.hypotheses),
            "given": writer.of(node.certificate),
        }
        for node in nodes
    ]
    head = {"format": FORMAT, "theorem": KIND, "title": title, "symlstm": symlstm.__version__}
    listed = {"symbols": [[v.name, v.kind] for v in symbols], "atoms": writer.table}
    return head | listed | {"hypotheses": written, "nodes": steps}


# -- reading -----------------------------------------------------------------------------------------------------------


class _Reader:
    def __init__(self, data: Data) -> None:
        self.symbols = tuple(Variable(name, kind) for name, kind in data["symbols"])
        self.atoms: list[Atom] = [*self.symbols]
        for head, *arguments in data["atoms"]:
            function = head if isinstance(head, str) else self.symbols[head]
            self.atoms.append(Apply(function, *map(self.term, arguments)))

    def term(self, data: Any) -> Term:
        found = {frozenset((self.atoms[a], n) for a, n in powers): rational(c) for c, powers in data}
        return Term(found)

    def proposition(self, data: Any) -> Proposition:
        head, *args = data
        if head == "and":
            return Conjunction(tuple(map(self.proposition, args[0])))
        if head == "forall":
            return ForAll(self._bound(args[0]), self.proposition(args[1]))
        if head == "lim":
            return TendsTo(self.term(args[0]), self._bound(args[1]), self.term(args[2]))
        if head == "diverges":
            return Diverges(self.term(args[0]), self._bound(args[1]), args[2])
        return HEADS[head](*map(self.term, args))

    def _bound(self, places: Sequence[int]) -> tuple[Variable, ...]:
        return tuple(self.symbols[place] for place in places)

    def given(self, rule: str, data: Any) -> Any:
        """What a rule is given: its shape is the rule's."""
        if rule == "arithmetic":
            return tuple((self.term(q), tuple(places)) for q, places in data)
        if rule == "specialise":
            return tuple(map(self.term, data))
        if rule == "rewrite":
            return tuple((self.term(old), self.term(new)) for old, new in data)
        if rule == "cases":
            return self.proposition(data[0]), self.symbols[data[1]], self.term(data[2])
        if rule == "induction":
            return self.symbols[data[0]], self.proposition(data[1])
        if rule == "extremum":
            return tuple(map(self.term, data))
        if rule == "monotone" and data not in FUNCTIONS:  # its name stands in the Rocq file
            raise ValueError(f"the function {data!r}")
        return self.term(data) if rule == "exponential decay" else data


def rational(text: str) -> fmpq:
    number = Fraction(text)
    return fmpq(number.numerator, number.denominator)


def derivation(data: Data) -> Derivation:
    """The steps that a certificate has. Raises ValueError and its like for what is no certificate of this kind."""
    reader = _Reader(data)
    nodes = tuple(
        Node(
            step["rule"],
            tuple(step["premises"]),
            reader.proposition(step["conclusion"]),
            tuple(step["hypotheses"]),
            reader.given(step["rule"], step["given"]),
        )
        for step in data["nodes"]
    )
    for n, node in enumerate(nodes):
        if not all(0 <= premise < n for premise in node.premises):
            raise ValueError(f"a premise of step {n}")
    return Derivation(reader.symbols, tuple(map(reader.proposition, data["hypotheses"])), nodes)
