"""Decimals rounded in the direction that is asked for."""

from __future__ import annotations

import pytest
from flint import arb, ctx, fmpq
from hypothesis import given
from hypothesis import strategies as st

from symlstm.render.statements.numbers import ball_decimal, exactly, exponent, round_down, round_up

TABLE = [  # value, digits, down, up
    (fmpq(2, 3), 3, "0.666", "0.667"),
    (fmpq(-2, 3), 3, "-0.667", "-0.666"),
    (fmpq(0), 5, "0", "0"),
    (fmpq(2), 5, "2", "2"),
    (fmpq(100), 2, "100", "100"),
    (fmpq(123456), 5, "123450", "123460"),
    (fmpq(999999, 10), 5, "99999", "100000"),
    (fmpq(5, 4), 5, "1.25", "1.25"),
    (fmpq(1, 7), 2, "0.14", "0.15"),
    (fmpq(1, 80000), 5, "0.0000125", "0.0000125"),
    (fmpq(1, 7) / 10**44, 5, "1.4285e-45", "1.4286e-45"),
    (fmpq(10) ** 20, 5, "1e+20", "1e+20"),
    (fmpq(1, 10**5000), 5, "1e-5000", "1e-5000"),
]


@pytest.mark.parametrize(("value", "digits", "down", "up"), TABLE)
def test_rounds_outward_to_the_digits(value: fmpq, digits: int, down: str, up: str) -> None:
    assert (round_down(value, digits), round_up(value, digits)) == (down, up)


rationals = st.builds(fmpq, st.integers(-(10**60), 10**60), st.integers(1, 10**60))


@given(rationals, st.integers(1, 12))
def test_encloses_the_value_within_one_unit(value: fmpq, digits: int) -> None:
    low, high = (read(text(value, digits)) for text in (round_down, round_up))
    assert low <= value <= high
    assert high - low <= fmpq(10) ** (exponent(value) - digits + 1)


@given(rationals)
def test_exponent_is_that_of_the_leading_digit(value: fmpq) -> None:
    size = abs(value)
    assert not value or fmpq(10) ** exponent(value) <= size < fmpq(10) ** (exponent(value) + 1)


@given(st.integers(-(10**30), 10**30), st.integers(0, 60))
def test_exactly_loses_nothing(digits: int, places: int) -> None:
    value = fmpq(digits, 10**places)
    assert read(exactly(value)) == value


def test_digits_of_a_ball_are_those_it_determines() -> None:
    with ctx.workprec(200):
        assert ball_decimal(1 - arb(-100).exp(), 50) == "0." + "9" * 43 + "6279924"
        assert (ball_decimal(arb(0), 5), ball_decimal(arb(1, 1.5), 5)) == ("0", "0 +- 3")


def read(text: str) -> fmpq:
    """The rational that a decimal denotes, read digit by digit."""
    digits, _, power = text.partition("e")
    whole, _, places = digits.partition(".")
    return fmpq(int(whole + places)) / fmpq(10) ** len(places) * fmpq(10) ** int(power or 0)
