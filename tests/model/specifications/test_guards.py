"""Choices by registers are those of the machine run as it is written, on all short words."""

from __future__ import annotations

from fractions import Fraction
from itertools import product

import pytest

from symlstm import InputError
from symlstm.model.specifications.machines import Step, chooses

WORDS, NAMES = ("a", "b"), ("low", "middle", "high")
ROWS = [("low", [("n", "<", 0)]), ("high", [("n", ">=", 2)]), ("middle", [])]
MOVES = {  # what b does to the register, and to its value
    "add": ({"add": {"n": -1}}, lambda n, m: (n - 1, m)),
    "to a number": ({"set": {"n": {"1": 2}}}, lambda n, m: (Fraction(2), m)),
    "to nothing": ({"set": {"n": {}}}, lambda n, m: (Fraction(0), m)),
    "to another": ({"set": {"n": {"m": -2, "1": 1}}, "add": {"m": 1}}, lambda n, m: (1 - 2 * m, m + 1)),
    "half": ({"set": {"n": {"n": Fraction(1, 2)}}}, lambda n, m: (n / 2, m)),
}


def chosen(n: Fraction) -> int:
    return NAMES.index("low" if n < 0 else "high" if n >= 2 else "middle")


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("start", [-1, 0, 2])
def test_the_choice_is_that_of_the_registers_after_the_word(name: str, start: int) -> None:
    change, run = MOVES[name]
    moves = [Step("q", "a", "q", add={"n": 1}), Step("q", "b", "q", **change)]
    machine = chooses(WORDS, "q", moves, {"q": ROWS}, NAMES, {"n": start, "m": 0})
    for length in range(6):
        for words in product(WORDS, repeat=length):
            n, m = Fraction(start), Fraction(0)
            for word in words:
                n, m = (n + 1, m) if word == "a" else run(n, m)
            assert machine.says(machine.reached(words)) == chosen(n)


def test_tests_of_a_move_come_first() -> None:
    moves = [Step("q", "a", "q", [("n", "<", 3)], {"n": 1}), Step("q", "a", "p"), Step("p", "a", "q", set={"n": {}})]
    machine = chooses(("a",), "q", moves, {"q": ROWS, "p": "low"}, NAMES, {"n": 0})
    assert [NAMES[machine.says(machine.reached("a" * n))] for n in range(6)] == [
        *("middle", "middle", "high", "high", "low", "middle")
    ]


@pytest.mark.parametrize(
    ("choose", "message"),
    [
        ({"q": ROWS[:2]}, "one without `when` at the end"),
        ({"q": [ROWS[2], ROWS[0]]}, "one without `when` at the end"),
        ({"q": []}, "one without `when` at the end"),
        ({"q": [("low", [("z", "<", 0)]), ROWS[2]]}, "the register 'z'"),
        ({"q": [("low", [("n", "~", 0)]), ROWS[2]]}, "'~'"),
        ({"q": [("lower", [("n", "<", 0)]), ROWS[2]]}, "'lower' for the state 'q: lower'"),
        ({"z": ROWS}, "the state 'z: low'"),
    ],
)
def test_what_is_no_choice_is_refused(choose: dict, message: str) -> None:
    with pytest.raises(InputError) as refusal:
        chooses(("a",), "q", [Step("q", "a", "q", add={"n": 1})], choose, NAMES, {"n": 0})
    assert message in str(refusal.value)


def test_a_sum_of_registers_is_tested_on_the_move() -> None:
    moves = [Step("q", "a", "q", set={"n": {"n": 1, "m": 1}})]
    with pytest.raises(InputError, match="a form of 2 registers"):
        chooses(("a",), "q", moves, {"q": ROWS}, NAMES, {"n": 0, "m": 0})
