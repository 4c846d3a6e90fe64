"""The configurations of a network and its specification, word by word: exact limits, breadth first.  UNTRUSTED.

A configuration is the limit of each coordinate that matters, where the specification's machine was after the last
words, and where the domain's is. Equal ones are followed once, so the first mismatch is on a shortest word, and the
first of its length in the vocabulary's order.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.families import machine, tending
from symlstm.kernel.networks.invariants import arithmetic_of, at_word
from symlstm.kernel.networks.machines import Configuration, Machine
from symlstm.kernel.networks.statements import Readout, System, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.search.saturation.exploration import DEEP, depth, relevant

LARGE = 8  # summands of a limit: a counter has two
OUTSIDE = None  # in place of a configuration: nothing is promised any more
Wrong = Callable[["Node"], bool]


@dataclass(frozen=True)
class Problem:
    """A system with the readouts that decide, and what says what is right."""

    system: System
    readouts: tuple[Readout, ...]
    specification: WeightedAutomaton | Machine

    @cached_property
    def machine(self) -> Machine:
        """The specification as a machine."""
        return machine(self.specification)

    @property
    def delay(self) -> int:
        return self.readouts[0].delay

    @cached_property
    def tracked(self) -> tuple[Variable, ...]:
        """The coordinates on which a readout depends, at once or later."""
        wanted = {s for readout in self.readouts for s in relevant(self.system, readout)}
        return tuple(s for s in self.system.state if s in wanted)


@dataclass(frozen=True)
class Node:
    """A configuration, with the first words that lead to it."""

    words: tuple[str, ...]
    values: tuple[Term, ...]
    places: tuple[Configuration, ...]  # after the last words, the newest first
    domain: Configuration | None

    @property
    def key(self) -> tuple[object, ...]:
        return self.values, self.places, self.domain


class Unsettled(Unsupported):
    """A coordinate has no known limit after some words."""

    def __init__(self, s: Variable, words: Sequence[str], why: str = "") -> None:
        super().__init__(f"{s} has no known limit after: {' '.join(words)}{f' ({why})' if why else ''}")


@dataclass
class Configurations:
    """What is reached, in order, and where each word leads from what has been followed."""

    problem: Problem
    nodes: list[Node] = field(default_factory=list)
    step: list[list[int | None]] = field(default_factory=list)
    index: dict[tuple[object, ...], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        p = self.problem
        initial = dict(zip(p.system.state, p.system.initial, strict=True))
        start = None if p.machine.domain is None else p.machine.domain.first
        self.nodes.append(Node((), tuple(initial[s] for s in p.tracked), (p.machine.first,), start))

    def follow(self, most: int, longest: int) -> Iterator[Node]:
        """The nodes as they are found, until so many have been followed, or words would be longer; then it may go on."""
        if not self.step:
            yield self.nodes[0]
        while len(self.step) < min(most, len(self.nodes)) and len(self.nodes[len(self.step)].words) < longest:
            node, row, before = self.nodes[len(self.step)], list[int | None](), len(self.nodes)
            for word in self.problem.system.words:
                row.append(self._number(self._after(node, word)))
            self.step.append(row)
            yield from self.nodes[before:]

    @property
    def is_whole(self) -> bool:
        """Whether each node has been followed."""
        return len(self.step) == len(self.nodes)

    def _number(self, node: Node | None) -> int | None:
        if node is None:
            return OUTSIDE
        if node.key not in self.index:
            self.index[node.key] = len(self.nodes)
            self.nodes.append(node)
        return self.index[node.key]

    def _after(self, node: Node, word: str) -> Node | None:
        p, words = self.problem, (*node.words, word)
        domain = None
        if p.machine.domain is not None and node.domain is not None:
            domain = p.machine.domain.after(node.domain, word)
            if domain.state in p.machine.domain.hopeless:
                return None
        places = (p.machine.after(node.places[0], word), *node.places)[: p.delay + 1]
        return Node(words, limits(p, node.values, word, words), places, domain)


def limits(problem: Problem, values: Sequence[Term], word: str, words: Sequence[str]) -> tuple[Term, ...]:
    """The limits one word later; raises Unsettled."""
    arithmetic, update = arithmetic_of(problem.system, None), at_word(problem.system, word)
    known = {s: tending(x) for s, x in zip(problem.tracked, values, strict=True)}
    found = []
    for s in problem.tracked:
        try:
            signal = arithmetic.evaluate(update[s], known)
        except RuleError as refusal:
            raise Unsettled(s, words, str(refusal)) from None
        if signal is None or signal.side or not signal.error.vanishes or signal.main.symbols():
            grows = signal is not None and problem.system.scale in signal.main.symbols()
            raise Unsettled(s, words, "it grows with the scale" if grows else "")
        if depth(signal.main) > DEEP:
            raise Unsettled(s, words, f"more than {DEEP} functions in one another")
        if len(signal.main.monomials) > LARGE:
            raise Unsettled(
                s, words, "its values grow longer with each word, on no grid: a factor that is neither 0 nor 1"
            )
        found.append(signal.main)
    return tuple(found)


def reading(problem: Problem, readout: Readout, values: Sequence[Term]) -> Term:
    """The limit of a readout."""
    known: Mapping[Variable, Term] = dict(zip(problem.tracked, values, strict=True))
    return algebra.total([readout.constant, *(c * known[s] for s, c in readout.terms)])


def is_claimed(problem: Problem, node: Node) -> bool:
    """Whether something is claimed about the words that lead to a node (about the empty sequence nothing is)."""
    domain = problem.machine.domain
    promised = domain is None or (node.domain is not None and bool(domain.says(node.domain)))
    return bool(node.words) and len(node.places) == problem.delay + 1 and promised
