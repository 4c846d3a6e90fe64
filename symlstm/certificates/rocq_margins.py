"""Margins as tables for Rocq: forms, a point, bounds, and the multipliers of weak duality."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symlstm.certificates.rocq_values import constant, listed, record, term

Data = dict[str, Any]


def definitions(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what the statement is about."""
    yield "table", "list constant", listed(certificate["atoms"], constant)
    yield "forms", "list affine_form", listed(certificate["forms"], _form)
    if certificate["theorem"] == "LargestMargin":
        yield "sizes", "list (nat * constant)", listed(certificate["bounds"], term)
    yield "at_point", "list constant", listed(certificate["point"], constant)
    if certificate["theorem"] == "LargestMargin":
        yield "best", "constant", constant(certificate["best"])
    else:
        yield "values", "list constant", listed(certificate["values"], constant)


def duals(certificate: Data) -> tuple[str, str, str]:
    """The multipliers of forms and bounds."""
    proof = certificate["proof"]
    sides = listed(proof["sides"], lambda pair: f"({constant(pair[0])}, {constant(pair[1])})")
    fields = {"of_forms": listed(proof["multipliers"], constant), "of_bounds": sides}
    return "duals", "multipliers", record(fields)


def _form(data: Any) -> str:
    return f"({constant(data[0])}, {listed(data[1], term)})"
