"""Instances of what holds for all values, found by matching.  UNTRUSTED: the kernel's `specialise` makes them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import sympy
from sympy import Basic, Expr, Symbol
from sympy.core.function import AppliedUndef

from symlstm.kernel.logic.propositions import Conjunction, Equal, ForAll, generalise, is_natural, specialise
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported

MOST = 60  # instances that one goal may call for

Binding = dict[Symbol, Expr]


def unify(pattern: Basic, value: Basic, variables: frozenset[Symbol], found: Binding) -> Binding | None:
    """Values for the variables that make the pattern the value; t + 1 is unified with what is at least 1 by its form."""
    if pattern in variables:
        if is_natural(pattern) and not is_natural(value):
            return None
        return found | {pattern: value} if found.get(pattern, value) == value else None
    if not pattern.free_symbols & variables:
        return found if pattern == value else None
    if isinstance(pattern, sympy.Add):
        number, rest = pattern.as_coeff_Add()
        return None if rest == pattern else unify(rest, value - number, variables, found)
    if pattern.func != value.func or len(pattern.args) != len(value.args):
        return None
    for part, against in zip(pattern.args, value.args, strict=True):
        bound = unify(part, against, variables, found)
        if bound is None:
            return None
        found = bound
    return found


def patterns(p: ForAll) -> list[Basic]:
    """The parts whose place in a goal says what all variables are: an equation's sequence on the left, else any function."""
    variables = set(p.variables)
    body = p.body
    if isinstance(body, Equal) and isinstance(body.lhs, AppliedUndef | sympy.Sum):
        return [body.lhs] if variables <= body.lhs.free_symbols else []
    nodes = [
        n
        for n in sympy.preorder_traversal(body)
        if isinstance(n, AppliedUndef | sympy.Pow | sympy.Function | sympy.Sum)
    ]
    whole = [n for n in nodes if variables <= n.free_symbols]
    sequences = [n for n in whole if isinstance(n, AppliedUndef)]
    return list(dict.fromkeys(sequences or whole))


def instances(general: Sequence[Theorem], said: Iterable[Basic]) -> list[Theorem]:
    """The instances of the general theorems whose patterns occur in what is said, and in those instances again."""
    found: dict[Any, Theorem] = {}
    waiting = [*said]
    while waiting and len(found) < MOST:
        p = waiting.pop(0)
        nodes = dict.fromkeys(sympy.preorder_traversal(p))
        for theorem in general:
            for instance in _of(theorem, nodes):
                if instance.conclusion not in found:
                    found[instance.conclusion] = instance
                    waiting.append(instance.conclusion)
    return [*found.values()]


def _of(theorem: Theorem, nodes: Iterable[Basic]) -> Iterator[Theorem]:
    p = theorem.conclusion
    variables = frozenset(p.variables)
    for pattern in patterns(p):
        for node in nodes:
            binding = unify(pattern, node, variables, {})
            if binding is not None and len(binding) == len(variables):
                try:
                    yield specialise(theorem, *(binding[v] for v in p.variables))
                except (RuleError, Unsupported):
                    continue


def split(facts: Iterable[Theorem]) -> tuple[list[Theorem], list[Theorem]]:
    """What is said of values, and what is said for all values, with the quantifiers joined."""
    flat = [part for fact in facts for part in parts(fact)]
    general = [joined(f) for f in flat if isinstance(f.conclusion, ForAll)]
    return [f for f in flat if not isinstance(f.conclusion, ForAll)], general


def parts(fact: Theorem) -> list[Theorem]:
    """A conjunction says nothing here; everything else is one fact."""
    return [] if isinstance(fact.conclusion, Conjunction) else [fact]


def joined(fact: Theorem) -> Theorem:
    """for all x, y: p from for all x: for all y: p."""
    variables: list[Symbol] = []
    body = fact
    while isinstance(body.conclusion, ForAll):
        variables += body.conclusion.variables
        body = specialise(body, *body.conclusion.variables)
    return (
        fact
        if body.rule != "specialise" or len(variables) == len(fact.conclusion.variables)
        else generalise(body, *variables)
    )
