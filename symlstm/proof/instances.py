"""Instances of what holds for all values, found by matching.  UNTRUSTED: the kernel's `specialise` makes them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Term, Variable, is_natural
from symlstm.kernel.logic.induction import empty_sum, last_term
from symlstm.kernel.logic.propositions import (
    Conjunction,
    Equal,
    ForAll,
    Proposition,
    generalise,
    part,
    specialise,
)
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported

MOST = 60  # instances that one goal may call for

Binding = dict[Variable, Term]


def unify(pattern: Term, value: Term, variables: frozenset[Variable], found: Binding) -> Binding | None:
    """Values for the variables that make the pattern the value; t + 1 is unified with what is at least 1 by its form."""
    name = pattern.variable()
    if name in variables and name is not None:
        if name.kind == "natural" and not is_natural(value):
            return None
        return found | {name: value} if found.get(name, value) == value else None
    if not variables.intersection(pattern.symbols()):
        return found if pattern == value else None
    number = pattern.monomials.get(algebra.ONE, fmpq(0))
    rest, against = pattern - number, value - number
    if number and len(rest.monomials) == 1:
        return unify(rest, against, variables, found)
    return _unify_sums(pattern, value, variables, found)


def _unify_sums(pattern: Term, value: Term, variables: frozenset[Variable], found: Binding) -> Binding | None:
    """Monomial by monomial, what has none of the variables left out on both sides."""
    fixed = Term({m: c for m, c in pattern.monomials.items() if not variables.intersection(Term({m: c}).symbols())})
    moving, against = pattern - fixed, value - fixed
    if len(moving.monomials) != 1 or len(against.monomials) != 1:
        return _unify_ordered(moving, against, variables, found)
    [(mono, c)], [(other, d)] = moving.monomials.items(), against.monomials.items()
    return _unify_products(mono, other, variables, found) if c == d else None


def _unify_ordered(moving: Term, against: Term, variables: frozenset[Variable], found: Binding) -> Binding | None:
    """Sums of as many terms, each term by the first that fits."""
    if len(moving.monomials) != len(against.monomials):
        return None
    left = {**against.monomials}
    for mono, c in moving.monomials.items():
        for other, d in left.items():
            bound = _unify_products(mono, other, variables, found) if c == d else None
            if bound is not None:
                del left[other]
                found = bound
                break
        else:
            return None
    return found


def _unify_products(
    mono: algebra.Monomial, other: algebra.Monomial, variables: frozenset[Variable], found: Binding
) -> Binding | None:
    """Factor by factor, each by the first that fits."""
    if len(mono) != len(other):
        return None
    left = {*other}
    for a, n in sorted(mono, key=repr) if len(mono) > 1 else mono:
        for b, m in sorted(left, key=repr) if len(left) > 1 else [*left]:
            bound = _unify_atoms(a, b, variables, found) if n == m else None
            if bound is not None:
                left.remove((b, m))
                found = bound
                break
        else:
            return None
    return found


def _unify_atoms(a: Atom, b: Atom, variables: frozenset[Variable], found: Binding) -> Binding | None:
    if isinstance(a, Variable) or isinstance(b, Variable):
        return unify(algebra.atom(a), algebra.atom(b), variables, found) if a is b or a in variables else None
    if a.function != b.function or len(a.arguments) != len(b.arguments):
        return None
    for argument, against in zip(a.arguments, b.arguments, strict=True):
        bound = unify(argument, against, variables, found)
        if bound is None:
            return None
        found = bound
    return found


@lru_cache(maxsize=4096)
def patterns(p: ForAll) -> list[Apply]:
    """The parts whose place in a goal says what all variables are: an equation's sequence on the left, else any function."""
    variables, body = {*p.variables}, p.body
    left = body.lhs.application() if isinstance(body, Equal) else None
    if left is not None and (_is_sequence(left) or left.function == "sum"):
        return [left] if variables <= {*algebra.atom(left).symbols()} else []
    whole = [a for a in nodes_of(body) if variables <= {*algebra.atom(a).symbols()}]
    sequences = [a for a in whole if _is_sequence(a)]
    return [*dict.fromkeys(sequences or whole)]


def _is_sequence(a: Apply) -> bool:
    return isinstance(a.function, Variable)


def nodes_of(x: Term | Proposition) -> Iterator[Apply]:
    """What is applied in a proposition."""
    if isinstance(x, Term):
        yield from algebra.applications(x)
    else:
        for part in x.parts_of():
            yield from nodes_of(part)


def instances(general: Sequence[Theorem], said: Iterable[Proposition]) -> list[Theorem]:
    """The instances of the general theorems whose patterns occur in what is said, and in those instances again."""
    found: dict[Any, Theorem] = {}
    waiting = [*said]
    while waiting and len(found) < MOST:
        p = waiting.pop(0)
        nodes = [*dict.fromkeys(nodes_of(p))]
        for theorem in general:
            for instance in _of(theorem, nodes):
                if instance.conclusion not in found:
                    found[instance.conclusion] = instance
                    waiting.append(instance.conclusion)
    return [*found.values()]


def sums(statement: Proposition, known: Sequence[Theorem]) -> list[Theorem]:
    """Of the sums in a statement that no equation speaks of: that one without terms is 0, or its last term apart."""
    totals = [a for a in dict.fromkeys(nodes_of(statement)) if a.function == "sum"]
    found = [fact for a in totals for rule in (empty_sum, last_term) if (fact := _unless_refused(rule, a)) is not None]
    spoken = {a for f in known if found and isinstance(f.conclusion, Equal) for a in nodes_of(f.conclusion)}
    return [fact for fact in found if fact.conclusion.lhs.application() not in spoken]


def _unless_refused(rule: Callable[[Term], Theorem], total: Apply) -> Theorem | None:
    try:
        return rule(algebra.atom(total))
    except RuleError:
        return None


def _of(theorem: Theorem, nodes: Iterable[Apply]) -> Iterator[Theorem]:
    p = theorem.conclusion
    variables = frozenset(p.variables)
    for pattern in patterns(p):
        for node in nodes:
            binding = _unify_atoms(pattern, node, variables, {})
            if binding is not None and len(binding) == len(variables):
                try:
                    yield specialise(theorem, *(binding[v] for v in p.variables))
                except (RuleError, Unsupported):
                    continue


def split(facts: Iterable[Theorem]) -> tuple[list[Theorem], list[Theorem]]:
    """What is said of values, and what is said for all values, with the quantifiers joined."""
    flat = [one for fact in facts for one in parts(fact)]
    general = [joined(f) for f in flat if isinstance(f.conclusion, ForAll)]
    return [f for f in flat if not isinstance(f.conclusion, ForAll)], general


def parts(fact: Theorem) -> list[Theorem]:
    """What it says, one fact for each part of a conjunction, also of one that is said for all values."""
    said = fact.conclusion
    if isinstance(said, Conjunction):
        return [inner for place in range(len(said.parts)) for inner in parts(part(fact, place))]
    if isinstance(said, ForAll) and isinstance(said.body, Conjunction):
        return [generalise(inner, *said.variables) for inner in parts(specialise(fact, *said.variables))]
    return [fact]


@lru_cache(maxsize=4096)
def joined(fact: Theorem) -> Theorem:
    """for all x, y: p from for all x: for all y: p."""
    variables: list[Variable] = []
    body = fact
    while isinstance(body.conclusion, ForAll):
        variables += body.conclusion.variables
        body = specialise(body, *body.conclusion.variables)
    return (
        fact
        if body.rule != "specialise" or len(variables) == len(fact.conclusion.variables)
        else generalise(body, *variables)
    )
