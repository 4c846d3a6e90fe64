"""Whether a theorem denies what a claim states, as far as the form of both tells."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.asymptotics import Diverges
from symlstm.kernel.logic.propositions import Conjunction, Equal, ForAll, Less, LessEqual, TendsTo
from symlstm.proof.instances import unify

DENIED = {Less: (Equal, LessEqual), LessEqual: (Less,)}  # what b < a, or b <= a, denies of a and b


def contradicts(found: Any, claimed: Any) -> bool:
    """Whether `found` says, at some values of what `claimed` binds, that it is false.

    A limit that exists denies a divergence; another limit is another value, if an order says so; b < a denies a <= b
    and a = b.
    """
    variables: frozenset[Any] = frozenset()
    while isinstance(claimed, ForAll):
        variables, claimed = variables | {*claimed.variables}, claimed.body
    said = [*_parts(found)]
    orders = [p.rhs - p.lhs for p in said if isinstance(p, Less)]
    return any(_denies(p, claimed, variables, orders) for p in said)


def _parts(p: Any) -> Iterator[Any]:
    """What it says of any values."""
    if isinstance(p, Conjunction):
        for part in p.parts:
            yield from _parts(part)
    elif isinstance(p, ForAll):
        yield from _parts(p.body)
    else:
        yield p


def _denies(p: Any, claimed: Any, variables: frozenset[Any], orders: list[Any]) -> bool:
    if isinstance(claimed, Diverges | TendsTo) and isinstance(p, Diverges | TendsTo):
        if p.variables != claimed.variables or (binding := unify(claimed.expr, p.expr, variables, {})) is None:
            return False
        if type(p) is type(claimed) is TendsTo:
            gap = _instance(claimed.value, binding) - p.value
            return gap in orders or -gap in orders
        return type(p) is not type(claimed) or p.args[-1] != claimed.args[-1]  # the direction
    if type(claimed) not in DENIED.get(type(p), ()):
        return False
    turned = [(p.rhs, p.lhs), (p.lhs, p.rhs)] if isinstance(claimed, Equal) else [(p.rhs, p.lhs)]
    return any(_matches(claimed, left, right, variables) for left, right in turned)


def _matches(claimed: Any, left: Any, right: Any, variables: frozenset[Any]) -> bool:
    binding = unify(claimed.lhs, left, variables, {})
    return binding is not None and _instance(claimed.rhs, binding) == right


def _instance(expr: Any, binding: dict[Any, Any]) -> Any:
    return algebra.substitute(expr, binding, {})
