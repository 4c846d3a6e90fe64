"""A theorem about a network as the data of a certificate.  UNTRUSTED: `recheck` and Rocq say whether it holds.

The format is described where it is read, in `recheck.py`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from flint import fmpq

import symlstm
from symlstm.certificates import at_scale, rated, recheck
from symlstm.certificates.decided import decisions_at, in_families, on_words
from symlstm.certificates.recheck import FORMAT
from symlstm.certificates.subjects import Atoms, Data, NotCovered, other_side, parametric, subject
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term
from symlstm.kernel.networks.automata import Comparison, Span, counterexample
from symlstm.kernel.networks.boxes import DecidesAt, WithinAt
from symlstm.kernel.networks.choices import ChoosesAt
from symlstm.kernel.networks.enclosures import CONSTANT, Enclosure
from symlstm.kernel.networks.machines import Chooses, Decides, DecidesBy, Machine, Mischoice, Misdecision
from symlstm.kernel.networks.regions import Cells, Split
from symlstm.kernel.networks.runs import RunAt
from symlstm.kernel.networks.statements import (
    Bracket,
    Computes,
    Counterexample,
    ErrorAt,
    ErrorBound,
    FiniteError,
    Goal,
    Invariant,
    Key,
    Readout,
    StepTable,
    System,
    Trace,
    Transition,
    Vector,
    WeightedAutomaton,
)
from symlstm.kernel.parameters import NOTHING
from symlstm.kernel.theorem import Theorem
from symlstm.model.network import Network
from symlstm.search.error.growth import bound
from symlstm.search.saturation.equivalence import decide, forward

IN_FAMILIES = (Computes, Decides, DecidesBy, Chooses)  # what is said of all words by a machine, and of some words
ON_WORDS = (Counterexample, Misdecision, Mischoice)


def certificate(theorem: Theorem, network: Network, title: str = "") -> Data:
    """The certificate of a theorem about the network. Raises NotCovered for a kind that has none.

    A rational constant of the readout stands on the side of the specification there.
    """
    goal = theorem.conclusion
    if _says_by_machine(goal) or isinstance(goal, WithinAt | RunAt):
        return _alone(theorem, network, title)
    if isinstance(goal, FiniteError | ErrorAt | Bracket):
        return _worst(theorem, network, title)
    if isinstance(goal, Cells):
        return _cells(theorem, network, title)
    theorem = _without_constant(theorem)
    goal = theorem.conclusion
    if not isinstance(goal, Computes | Counterexample | Trace | ErrorBound | StepTable):
        raise NotCovered(f"theorems of the kind {type(goal).__name__}")
    if goal.system != network.system:
        raise NotCovered("a theorem about another network")
    atoms = Atoms()
    readout = Readout((), 0) if isinstance(goal, StepTable) else goal.readout
    body = subject(network, readout, getattr(goal, "specification", None), atoms)
    written = (
        _rated(theorem, network, atoms)
        if isinstance(goal, ErrorBound | StepTable)
        else _limits(theorem, network, atoms)
    )
    return _head(goal, title) | {"atoms": atoms.arguments} | body | written


def _says_by_machine(goal: Any) -> bool:
    if isinstance(goal, Computes | Counterexample):
        return isinstance(goal.specification, Machine)
    return isinstance(goal, (*IN_FAMILIES, *ON_WORDS, DecidesAt, ChoosesAt))


def system_of(statement: Any) -> System | None:
    """The recurrence that a statement is about, if it is about one."""
    if isinstance(statement, Bracket | ErrorAt):
        return system_of(statement.within if isinstance(statement, Bracket) else statement.general)
    return getattr(statement, "system", None)


def _head(goal: Any, title: str) -> Data:
    return {"format": FORMAT, "theorem": type(goal).__name__, "title": title, "symlstm": symlstm.__version__}


def _alone(theorem: Theorem, network: Network, title: str) -> Data:
    """Of a theorem that needs no other."""
    if theorem.conclusion.system != network.system:
        raise NotCovered("a theorem about another network")
    atoms, head = Atoms(), _head(theorem.conclusion, title)
    if isinstance(theorem.conclusion, IN_FAMILIES + ON_WORDS):
        written = (in_families if isinstance(theorem.conclusion, IN_FAMILIES) else on_words)(theorem, network, atoms)
        return head | {"atoms": atoms.arguments} | written
    ways = (at_scale.runs if isinstance(theorem.conclusion, RunAt) else decisions_at)(theorem, network, atoms)
    return first_verified(head | {"atoms": atoms.arguments} | written for written in ways)


def _worst(theorem: Theorem, network: Network, title: str) -> Data:
    """Of a largest error: what the readout should be, or is near at every scale, and the evidence at one."""
    below = [*_below(theorem)]
    base = next((x for x in below if isinstance(x.conclusion, ErrorBound)), below[0])
    found, parts = certificate(base, network, title), at_scale.cases(theorem, network)
    automata = [x.premises[0].conclusion.automaton for x in below if isinstance(x.conclusion, Computes)]
    if any([*map(list, automaton.step)] != found["proof"]["step"] for automaton in automata):
        raise NotCovered("largest errors by an invariant with other situations")
    proof = found["proof"] | {name: evidence for name, (_, evidence) in parts.items()}
    said: Data = {name: part for name, (part, _) in parts.items()}
    if isinstance(theorem.conclusion, Bracket):
        said["epsilon"] = str(theorem.conclusion.epsilon)
    return found | _head(theorem.conclusion, title) | said | {"proof": proof}


def _below(theorem: Theorem) -> Iterator[Theorem]:
    """The theorems about limits and about all scales that one about a largest error is from."""
    for premise in theorem.premises:
        if isinstance(premise.conclusion, FiniteError | ErrorAt):
            yield from _below(premise)
        elif isinstance(premise.conclusion, Computes | ErrorBound):
            yield premise


def first_verified(ways: Iterable[Data]) -> Data:
    """Of several ways to write a certificate the first that is verified, or the last."""
    found: Data = {}
    for found in ways:
        try:
            recheck.check(found)
            break
        except recheck.Rejected:
            continue
    return found


def _cells(theorem: Theorem, network: Network, title: str) -> Data:
    """Where a network with parameters is right, and the tree of cases that shows it."""
    goal, atoms = theorem.conclusion, parametric(network)
    body = subject(network, goal.readout, goal.specification, atoms)
    if goal.readout.constant.monomials:
        raise NotCovered("a readout with a constant, and open parameters")
    said = {
        "parameters": [p.name for p in network.parameters],
        "walls": [*map(atoms.constant, goal.walls)],
        "cells": [[atoms.constant(sign.rhs - sign.lhs) for sign in cell] for cell in goal.cells],
    }
    proof = {"cases": _case(theorem.certificate, network, atoms)}
    return _head(goal, title) | {"atoms": atoms.arguments} | body | said | {"proof": proof}


def _case(tree: Split | Theorem, network: Network, atoms: Atoms) -> list[Any]:
    if isinstance(tree, Split):
        sides = (_case(side, network, atoms) for side in (tree.above, tree.below))
        return ["split", atoms.constant(tree.form), *sides]
    found = _limits(tree, network, atoms)
    [given] = [premise.conclusion.given for premise in tree.premises if isinstance(premise.conclusion, Invariant)]
    signs = [
        [atoms.constant(form), atoms.constant(c.factor), [*map(atoms.constant, c.multipliers)]]
        for form, c in given.certificates.items()
    ]
    words = {"words": found["words"]} if "words" in found else {}
    return ["leaf", {"positive": [*map(atoms.constant, given.positive)], "signs": signs} | words | found["proof"]]


def _without_constant(theorem: Theorem) -> Theorem:
    """The same theorem about the readout without its constant and the specification less that, if there is one."""
    goal = theorem.conclusion
    if not isinstance(goal, Computes | Counterexample | ErrorBound) or not goal.readout.constant.monomials:
        return theorem
    if not isinstance(goal.specification, WeightedAutomaton) or not theorem.premises:
        raise NotCovered("specifications by a machine")
    if isinstance(goal, ErrorBound):
        rates, computed = theorem.premises
        return bound(rates, _without_constant(computed))
    [premise] = theorem.premises
    if not isinstance(premise.conclusion, Invariant):
        raise NotCovered(f"theorems by {theorem.rule}")
    readout, less = other_side(goal.readout, goal.specification)
    if isinstance(goal, Counterexample):
        return counterexample(premise, readout, less, goal.words)
    return decide(premise, readout, less)


def _limits(theorem: Theorem, network: Network, atoms: Atoms) -> Data:
    """The result and the proof of a theorem about limits."""
    goal = theorem.conclusion
    invariants = [premise for premise in theorem.premises if isinstance(premise.conclusion, Invariant)]
    if not invariants:
        raise NotCovered(f"theorems by {theorem.rule}")
    [found] = invariants
    writer = _Writer(goal, network, found.conclusion, atoms)
    result, proof = writer.result(goal), writer.invariant()
    if isinstance(goal, Computes) and isinstance(goal.specification, WeightedAutomaton):
        proof |= writer.span(Comparison(found.conclusion, goal.readout, goal.specification))
    return result | {"proof": proof}


def _rated(theorem: Theorem, network: Network, atoms: Atoms) -> Data:
    """The result and the proof of a step table or of an error at every length."""
    goal, found = theorem.conclusion, theorem.premises[0].conclusion
    proof = {"rates": rated.rates(found, atoms), "step": [[*row] for row in found.automaton.step]}
    if isinstance(goal, StepTable):
        registers = [n for n, s in enumerate(found.system.state) if s in found.automaton.registers]
        return rated.step_table(goal, network, atoms) | {"proof": proof | {"registers": registers}}
    limits = _limits(theorem.premises[1], network, atoms)["proof"]
    if limits["step"] != proof["step"]:
        raise NotCovered("an invariant with rates of other situations")
    return rated.error_bound(goal) | {"proof": limits | proof | {"growth": rated.growth(goal, found)}}


PIECEWISE = {"relu", "step", "strict step"}  # whose values at 0 need more than a limit


class _Writer:
    """Writes what a theorem about the limits of a network says, and what proves it."""

    def __init__(self, goal: Any, network: Network, found: Invariant, atoms: Atoms) -> None:
        self.goal, self.network, self.found, self.atoms = goal, network, found, atoms
        self.coordinate = {s: n for n, s in enumerate(found.system.state)}
        self.width = 1 + len(found.automaton.registers)
        self.register = {r: n for n, r in enumerate(found.automaton.registers, 1)}
        self.exact = any({*layer.kind.gates.values()} & PIECEWISE for layer in network.layers)

    def result(self, goal: Goal | Trace) -> Data:
        constant = self.atoms.constant
        if isinstance(goal, Trace):
            return {"words": [*goal.words], "limits": [*map(constant, goal.limits)]}
        if isinstance(goal, Counterexample):
            two = {"limit": constant(goal.limit), "specified": constant(goal.specified)}
            return {"words": [*goal.words], **two}
        return {}

    def invariant(self) -> Data:
        automaton = self.found.automaton
        moves = [[self._moves(move) for move in row] for row in self.found.transitions]
        return {
            "registers": [self.coordinate[r] for r in automaton.registers],
            "situations": [
                [[self.coordinate[s], *self._bound(x)] for s, x in q.box.items()] for q in automaton.situations
            ],
            "step": [[*row] for row in automaton.step],
            "moves": moves,
        }

    def _moves(self, move: Transition) -> list[Any] | None:
        """The limits of A and B of each register; None, with open parameters, where one has none: no words go there."""
        pairs = [move.registers[r] for r in self.found.automaton.registers]
        if self.found.given != NOTHING and any(
            part.main.symbols() or not part.error.vanishes for pair in pairs for part in pair
        ):
            return None
        return [[self.atoms.constant(part.limit) for part in pair] for pair in pairs]

    def _bound(self, x: Enclosure) -> list[Any]:
        if x.side or x.main.symbols() or not {*x.error.terms} <= {CONSTANT}:
            raise NotCovered("a coordinate that is bounded on one side only, or grows with k")
        if x.error.is_zero and self.exact:
            return [self.atoms.constant(x.main), None]
        return [self.atoms.constant(x.main), str(x.error.terms.get(CONSTANT, fmpq(0)))]

    def span(self, comparison: Comparison) -> Data:
        found = forward(comparison)
        if not isinstance(found, Span):
            raise NotCovered(f"a theorem that is false on {' '.join(found)}")
        return {
            "levels": [[self._vector(vector) for vector in level] for level in found.levels],
            "images": [
                [[self._combination(row[word]) for word in self.network.vocabulary] for row in level]
                for level in found.images
            ],
        }

    def _vector(self, vector: Vector) -> list[Any]:
        entries = sorted((self._entry(key), x) for key, x in vector.items())
        return [[entry, self.atoms.constant(x)] for entry, x in entries]

    def _entry(self, key: Key) -> int:
        if key[0] == "lag":
            size = len(self.found.automaton.situations) * self.width
            return size + int(key[1]) * len(self.goal.specification.initial) + int(key[2])
        return int(key[0]) * self.width + (self.register[key[1]] if key[1] is not None else 0)

    def _combination(self, combination: Mapping[int, Term]) -> list[Any]:
        """[m, combination of m times the image]: m clears what is divided by, for the table knows no quotients."""
        multiplier = algebra.rational(1)
        while divisor := next((d for x in (multiplier, *combination.values()) if (d := _divisor(x))), None):
            multiplier = multiplier * divisor
            combination = {i: x * divisor for i, x in combination.items()}
        terms = [[i, self.atoms.constant(x)] for i, x in combination.items() if x.monomials]
        return [self.atoms.constant(multiplier), terms]


def _divisor(x: Term) -> Term | None:
    """What an atom of the constant divides by, if it does."""
    for mono in x.monomials:
        for a, n in mono:
            if isinstance(a, Apply) and a.function == "inverse":
                return a.argument
            if n < 0:
                return algebra.atom(a)
    return None
