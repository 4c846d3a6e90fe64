"""A plain Python function of the words, compared with a machine on all words up to a length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from fractions import Fraction
from typing import Any

from flint import fmpq

from symlstm.kernel.networks.machines import Configuration, Machine
from symlstm.model.errors import InputError


def agreeing(machine: Machine, function: Callable[[Sequence[str]], Any], length: int) -> Machine:
    """The machine, if the function says the same of all promised words up to a length; raises InputError with the first that differs.

    The function takes a tuple of words and returns True or False for a machine that accepts, a number for one
    with values, the number of the choice for one that chooses. This is a test and no proof: the machine is what counts.
    """
    level: list[tuple[tuple[str, ...], Configuration, Configuration | None]] = [
        ((), machine.first, machine.domain.first if machine.domain else None)
    ]
    for _ in range(length + 1):
        for words, where, place in level:
            if machine.domain is None or place is None or machine.domain.says(place):
                said, wanted = machine.says(where), function(words)
                if said != _number(wanted):
                    raise InputError(
                        "specification",
                        f"{_shown(said)} of {' '.join(words) or 'no words'}",
                        f"{wanted}, as the function says",
                    )
        level = [
            (
                (*words, word),
                machine.after(where, word),
                machine.domain.after(place, word) if machine.domain and place else None,
            )
            for words, where, place in level
            for word in machine.moves
        ]
    return machine


def _number(value: Any) -> Any:
    return fmpq(value.numerator, value.denominator) if isinstance(value, Fraction) else value


def _shown(value: Any) -> str:
    return {True: "accepted", False: "rejected"}[value] if isinstance(value, bool) else str(value)
