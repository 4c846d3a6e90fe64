"""What proves the largest margin as tables for Rocq: the multipliers of weak duality."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symlstm.certificates.rocq_values import constant, listed, record

Data = dict[str, Any]


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """The multipliers of forms and bounds, for the largest margin."""
    if certificate["theorem"] != "LargestMargin":
        return
    proof = certificate["proof"]
    sides = listed(proof["sides"], lambda pair: f"({constant(pair[0])}, {constant(pair[1])})")
    fields = {"of_forms": listed(proof["multipliers"], constant), "of_bounds": sides}
    yield "duals", "multipliers", record(fields)
