"""Choices by registers: a state whose choice depends on them becomes one state for each choice.

What holds of the registers after a move is a test of them before it, for registers that a move adds a number to, sets
to a number, or to a multiple of another one plus a number.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction
from typing import TYPE_CHECKING

from symlstm.kernel.networks.machines import RELATIONS
from symlstm.model.errors import InputError

if TYPE_CHECKING:
    from symlstm.model.specifications.machines import Machinery, Number, Step, When

Rows = Sequence[tuple[str, "When"]]  # choices with their tests, the first that applies counts; the last has no test
CONSTANT, WHERE = "1", "spec.machine.choose"
FLIPPED = {"<": ">", "<=": ">=", ">": "<", ">=": "<=", "=": "=", "!=": "!="}


def split(machinery: Machinery, choose: Mapping[str, str | Rows]) -> tuple[Machinery, dict[str, str]]:
    """The machine with a state for each choice of a state, and what each state chooses."""
    rows = {state: ((found, ()),) if isinstance(found, str) else (*found,) for state, found in choose.items()}
    for state, own in rows.items():
        if not own or own[-1][1] or any(not when for _, when in own[:-1]):
            found = f"choices of the state {state!r} of which the last has a test, or another has none"
            raise InputError(WHERE, found, "one without `when` at the end")
    initial, first = machinery.initial, rows.get(machinery.initial, (("", ()),))
    start = next(name for name, when in first if all(_holds(machinery.registers, test) for test in when))
    moves = [move for step in machinery.moves for move in _moves(step, rows)]
    chosen = {_name(state, name, own): name for state, own in rows.items() for name, _ in own}
    return replace(machinery, initial=_name(initial, start, first), moves=moves), chosen


def _name(state: str, choice: str, rows: Rows) -> str:
    return state if len(rows) == 1 else f"{state}: {choice}"


def _moves(step: Step, rows: Mapping[str, Rows]) -> Iterator[Step]:
    """The move from each state that its source has become, to each that its target has."""
    one: Rows = (("", ()),)
    sources, targets = rows.get(step.source, one), rows.get(step.target, one)
    for source in dict.fromkeys(_name(step.source, name, sources) for name, _ in sources):
        for name, when in targets:
            tests = [_before(test, step) for test in when]
            if False not in tests:
                more = [test for test in tests if not isinstance(test, bool)]
                yield replace(step, source=source, target=_name(step.target, name, targets), when=[*step.when, *more])
                if not more:
                    break


def _before(test: tuple[str, str, Number], step: Step) -> tuple[str, str, Number] | bool:
    """What a test after the move says of the registers before it; whether it holds, if that is sure."""
    register, relation, bound = test
    if register not in step.set:
        return register, relation, Fraction(bound) - Fraction(step.add.get(register, 0))
    terms = {name: Fraction(c) for name, c in step.set[register].items() if c}
    rest = Fraction(bound) - terms.pop(CONSTANT, Fraction(0))
    if not terms:
        return _sign(-rest) in RELATIONS.get(relation, ())
    if len(terms) > 1:
        found = f"a choice by {register!r}, which is set to a form of {len(terms)} registers"
        raise InputError(step.where, found, "one of a single register; or a test on the move itself")
    [(name, factor)] = terms.items()
    return name, relation if factor > 0 else FLIPPED.get(relation, relation), rest / factor


def _holds(registers: Mapping[str, Number], test: tuple[str, str, Number]) -> bool:
    register, relation, bound = test
    return _sign(Fraction(registers.get(register, 0)) - Fraction(bound)) in RELATIONS.get(relation, ())


def _sign(x: Fraction) -> int:
    return (x > 0) - (x < 0)
