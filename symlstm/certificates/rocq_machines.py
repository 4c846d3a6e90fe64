"""Machines as tables for Rocq, and the places where they are: a state, and forms in ghosts in the registers."""

from __future__ import annotations

from typing import Any

from symlstm.certificates.rocq_values import listed, rational, record, whole

Data = dict[str, Any]
RELATIONS = {"<": "Less", "<=": "AtMost", "=": "Equals", "!=": "Differs", ">=": "AtLeast", ">": "Greater"}


def machine(data: Data) -> str:
    """Where it starts, and its moves for each word and state."""
    return record(
        {
            "initial_state": whole(data["initial"]),
            "initial_registers": listed(data["start"], rational),
            "moves_on": listed(data["moves"], lambda row: listed(row, lambda moves: listed(moves, _move))),
        }
    )


def acceptance(data: Data) -> str:
    """For each state conjunctions of tests."""
    return listed(data["accept"], lambda some: listed(some, _tests))


def promise(data: Data | None) -> str:
    """None, or a machine and its acceptance."""
    return "None" if data is None else f"Some ({machine(data)}, {acceptance(data)})"


def place(data: Any) -> str:
    """A state, and a form for each register."""
    return f"({whole(data[0])}, {listed(data[1], form)})"


def optional(data: Any, write: Any) -> str:
    """Some of what is there."""
    return "None" if data is None else f"Some {write(data)}"


def form(data: Any) -> str:
    """A rational, or an affine form in ghosts, which stand in a constant as atoms below 0."""
    return form_in_registers(affine(data))


def affine(data: Any) -> tuple[str, list[tuple[int, str]]]:
    """The constant, and the ghosts with their coefficients. Raises ValueError for what is not affine."""
    products: Any = [[data, []]] if isinstance(data, str) else data
    constant, terms = "0", list[tuple[int, str]]()
    for coefficient, powers in products:
        if not powers:
            constant = coefficient
        elif len(powers) == 1 and powers[0][0] < 0 and powers[0][1] == 1:
            terms.append((-1 - powers[0][0], coefficient))
        else:
            raise ValueError(f"{data} is not affine")
    return constant, terms


def _tests(tests: Any) -> str:
    return listed(tests, lambda t: f"({whole(t[0])}, ({RELATIONS[t[1]]}, {rational(t[2])}))")


def _move(move: Any) -> str:
    tests, target, updates = move
    return record({"tests": _tests(tests), "target": whole(target), "updates": listed(updates, form_in_registers)}, " ")


def form_in_registers(form: Any) -> str:
    """A constant, and registers with their coefficients."""
    constant, terms = form
    return f"({rational(constant)}, {listed(terms, lambda t: f'({whole(t[0])}, {rational(t[1])})')})"
