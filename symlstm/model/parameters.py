"""Parameters of a network: weights left open, which enter linearly and grow with the scale."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.theorem import Unsupported
from symlstm.model.errors import InputError
from symlstm.model.terms import term

RESERVED = re.compile(r"k|[hcxifgo]_\d+|a_[ifgo]_\d+")  # the scale; states, inputs and gates by their names


def check_names(parameters: Sequence[Any]) -> tuple[Variable, ...]:
    """The parameters as a tuple; raises InputError for one that is no real variable, comes twice or means something else."""
    found = tuple(map(_variable, parameters))
    for p in found:
        if RESERVED.fullmatch(p.name) or found.count(p) > 1:
            raise InputError("parameters", repr(p), "a name of its own, not that of the scale, a state, input or gate")
    return found


def _variable(p: Any) -> Variable:
    try:
        found = p if isinstance(p, Variable) else term(p).variable()
    except (InputError, Unsupported):
        found = None
    if found is None or found.kind != "real":
        raise InputError("parameters", repr(p), "a real variable", 'symlstm.real("w")')
    return found


def check_linear(entry: Term, where: str, k: Variable, parameters: Sequence[Variable]) -> None:
    """Refuse an entry in which a parameter does not enter as constant * parameter * k."""
    for mono in entry.monomials if parameters else ():
        inside = [a for a, _ in mono if isinstance(a, Apply) and {*algebra.atom(a).symbols()} & {*parameters}]
        degree = sum(n for a, n in mono if a in parameters)
        others = [(a, n) for a, n in mono if a not in parameters and algebra.atom(a).symbols()]
        if inside or degree not in (0, 1) or (degree == 1 and others != [(k, 1)]):
            raise InputError(where, repr(entry), "parameters in terms constant * parameter * k only")


def known_values(
    parameters: Sequence[Variable], values: Mapping[Any, Any], exact: Callable[[Any, str], Term]
) -> dict[Variable, Term]:
    """An exact constant for each parameter, by itself or by its name; raises InputError for one too many or too few."""
    named = {str(key): value for key, value in values.items()}
    if set(named) != {p.name for p in parameters}:
        raise InputError("parameters", f"values of {sorted(named)}", f"values of {[p.name for p in parameters]}")
    found = {p: exact(named[p.name], p.name) for p in parameters}
    for p, value in found.items():
        if value.symbols():
            raise InputError(p.name, str(value), "a constant")
    return found
