"""Parameters of a network: weights left open, which enter linearly and grow with the scale."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sympy import Expr, Symbol

from symlstm.kernel.algebra import Term
from symlstm.model.errors import InputError

RESERVED = re.compile(r"k|[hcxifgo]_\d+|a_[ifgo]_\d+")  # the scale; states, inputs and gates by their names


def check_names(parameters: Sequence[Symbol]) -> tuple[Symbol, ...]:
    """The parameters as a tuple; raises InputError for one that is no real symbol, comes twice or means something else."""
    found = tuple(parameters)
    for p in found:
        if not isinstance(p, Symbol) or p != Symbol(p.name, real=True):
            raise InputError("parameters", repr(p), "a real symbol", 'sympy.Symbol("w", real=True)')
        if RESERVED.fullmatch(p.name) or found.count(p) > 1:
            raise InputError("parameters", repr(p), "a name of its own, not that of the scale, a state, input or gate")
    return found


def check_linear(entry: Term, where: str, k: Symbol, parameters: Sequence[Symbol]) -> None:
    """Refuse an entry in which a parameter does not enter as constant * parameter * k."""
    for mono in entry.monomials if parameters else ():
        inside = [a for a, _ in mono if not isinstance(a, Symbol) and set(a.argument.symbols()) & {*parameters}]
        degree = sum(n for a, n in mono if a in parameters)
        others = [
            (a, n) for a, n in mono if a not in parameters and (a == k or getattr(a, "argument", Term({})).symbols())
        ]
        if inside or degree not in (0, 1) or (degree == 1 and others != [(k, 1)]):
            raise InputError(where, repr(entry), "parameters in terms constant * parameter * k only")


def known_values(
    parameters: Sequence[Symbol], values: Mapping[Symbol | str, Any], exact: Callable[[Any, str], Expr]
) -> dict[Symbol, Expr]:
    """An exact constant for each parameter, by symbol or name; raises InputError for one too many or too few."""
    named = {str(key): value for key, value in values.items()}
    if set(named) != {p.name for p in parameters}:
        raise InputError("parameters", f"values of {sorted(named)}", f"values of {[p.name for p in parameters]}")
    found = {p: exact(named[p.name], p.name) for p in parameters}
    for p, value in found.items():
        if value.free_symbols:
            raise InputError(p.name, str(value), "a constant")
    return found
