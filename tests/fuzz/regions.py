"""Regions of parameters: whether a point lies in a cell, against the network at that point on all short words."""

from __future__ import annotations

import random
from typing import Any

import sympy
from support.judging import first_wrong
from support.oracle import Case, Machine
from sympy import Rational

from fuzz.findings import demand
from symlstm.kernel import algebra
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.specification import pattern_counts
from symlstm.model.translation import normal
from symlstm.search.region.region import region

NAME = "regions"
P, Q = sympy.symbols("p q", real=True)
POINTS, SCALE, DIGITS = 4, 2**12, 150


def network(rng: random.Random) -> Network:
    """One or two units, two words, some biases and weights open: p, q, or sums with numbers."""
    hidden = rng.randint(1, 2)
    forms = [P, -P, 2 * P - 1, P + 1]
    if rng.random() < 0.6:
        forms += [Q, P - Q, P + Q, 1 - Q]

    def number(openness: float) -> Any:
        if rng.random() < openness:
            return rng.choice(forms) * k
        return rng.choice((0, 1, -1, 2)) * 10 * k

    def block(openness: float, columns: int, zero: float) -> list[list[Any]]:
        rows = range(hidden)
        return [[0 if rng.random() < zero else number(openness) for _ in range(columns)] for _ in rows]

    gates = {
        "b_ii": [10 * k] * hidden,
        "b_if": [number(0.4) for _ in range(hidden)],
        "W_ig": block(0.4, 2, 0.2),
        "W_io": block(0.2, 2, 0.5),
        "W_ho": block(0.2, hidden, 0.7),
        "b_io": [number(0.4) for _ in range(hidden)],
    }
    used = {
        s
        for value in gates.values()
        for row in value
        for x in (row if isinstance(row, list) else [row])
        for s in sympy.sympify(x).free_symbols
    } - {sympy.sympify(k)}
    read = [ReadoutTerm(rng.choice("cch"), rng.randrange(hidden))]
    parameters = sorted(used, key=str)
    return Network.from_gates(
        ("a", "b"), hidden, gates, readout=read, delay=rng.choice((0, 0, 1)), parameters=parameters
    )


def check(seed: int) -> str:
    """How many cells and leaves that stayed open."""
    rng = random.Random(f"regions {seed}")
    found = network(rng)
    if not found.parameters:
        return "no parameter"
    counts = rng.choice(({("a",): 1}, {("a",): 1, ("b",): -1}, {("a", "b"): 1}, {("b",): 0}))
    specification = pattern_counts(("a", "b"), counts)
    whole = region(found, specification)
    for _ in range(POINTS):
        point = {p: Rational(rng.randint(-24, 24), rng.choice((1, 4))) for p in found.parameters}
        _judge(whole, Case("regions", found.at(point), specification), point)
    return f"{len(whole.cells)} cells, {len(whole.undecided)} open"


def _judge(whole: Any, case: Case, point: dict[Any, Any]) -> None:
    """In a cell the network is right, outside and off the walls it is wrong on the words of a refuted leaf."""
    values = {p: normal(x) for p, x in point.items()}

    def sign(form: Any) -> int:
        return algebra.sign(algebra.substitute(form, values, {}))

    if any(sign(wall) == 0 for wall in whole.walls):
        return
    inside = any(all(sign(form) > 0 for form in cell.forms) for cell in whole.cells)
    if inside:
        wrong = first_wrong(case, 5)
        demand(wrong is None, "in a cell, but wrong on", wrong, point, case.network)
        return
    for theorem in whole.refuted:
        if all(sign(normal(h.rhs)) > 0 for h in theorem.hypotheses):
            reading = Machine(case, SCALE * 2**8, DIGITS).along(theorem.conclusion.words)
            demand(reading.error > 1e-9, "refuted, but right on", theorem.conclusion.words, point, case.network)
            return
    demand(whole.undecided, "in no leaf", point, case.network)
