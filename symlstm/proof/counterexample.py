"""Numbers at which a statement is false though all that is assumed holds: a hint for people, no theorem.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.logic.propositions import Equal, Less, LessEqual, Relation, Within, free_symbols
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported

NUMBERS = [fmpq(p, q) for p, q in ((0, 1), (1, 1), (-1, 1), (2, 1), (1, 2), (-1, 2), (-3, 1), (5, 1), (1, 10), (10, 1))]
MOST = 400  # places that are tried

Place = Mapping[Variable, Term]


def counterexample(goal: Any, facts: Sequence[Theorem]) -> Place | None:
    """Numbers for the variables at which the goal is false and the facts hold; None if none is found, or sequences occur."""
    said = [fact.conclusion for fact in facts]
    if not all(isinstance(p, Relation | Within) and not _has_sequences(p) for p in (goal, *said)):
        return None
    for place in islice(_places(free_symbols([goal, *said])), MOST):
        try:
            if all(_holds(p, place) for p in said) and not _holds(goal, place):
                return place
        except (RuleError, Unsupported, ArithmeticError):
            continue
    return None


def _has_sequences(p: Any) -> bool:
    inert = ("sum", "power")
    applied = (a.function for x in p.args for a in algebra.applications(x))
    return any(isinstance(function, Variable) or function in inert for function in applied)


def _places(variables: set[Variable]) -> Iterator[Place]:
    named = sorted(variables, key=str)
    choices = [[x for x in NUMBERS if v.kind != "natural" or (x >= 0 and x.q == 1)] for v in named]
    for values in product(*choices):
        yield dict(zip(named, map(algebra.rational, values), strict=True))


def _holds(p: Any, place: Place) -> bool:
    """Whether it holds there; raises RuleError where the kernel's numbers do not tell."""
    values = [algebra.substitute(x, place, {}) for x in p.args]
    if isinstance(p, Within):
        value, centre, bound = values
        return all(algebra.sign(bound + side) >= 0 for side in (value - centre, centre - value))
    sign = algebra.sign(values[1] - values[0])
    return {Less: sign > 0, LessEqual: sign >= 0, Equal: sign == 0}[type(p)]
