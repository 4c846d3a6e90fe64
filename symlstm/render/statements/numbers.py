"""Exact rationals as short decimals that are rounded in one stated direction."""

from __future__ import annotations

from flint import arb, fmpq

DIGITS = 5  # significant digits of amplitudes and rates in statements
PLAIN = range(-5, 16)  # decimal exponents written without e


def round_up(value: fmpq, digits: int = DIGITS) -> str:
    """The least decimal of that many significant digits that is not below the value.

    >>> round_up(fmpq(2, 3), 3), round_up(fmpq(-2, 3), 3), round_up(fmpq(2), 3)
    ('0.667', '-0.666', '2')
    """
    return exactly(round_up_exactly(value, digits))


def round_down(value: fmpq, digits: int = DIGITS) -> str:
    """The greatest decimal of that many significant digits that is not above the value."""
    return exactly(-round_up_exactly(-value, digits))


def round_up_exactly(value: fmpq, digits: int = DIGITS) -> fmpq:
    """The number that `round_up` prints."""
    unit = fmpq(10) ** (exponent(value) - digits + 1)
    return (value / unit).ceil() * unit


def round_down_exactly(value: fmpq, digits: int = DIGITS) -> fmpq:
    """The number that `round_down` prints."""
    return -round_up_exactly(-value, digits)


def ball_decimal(ball: arb, digits: int) -> str:
    """The number in a ball, to as many of the digits as the ball determines (the last may be off by one).

    Of a ball around 0 that is not exact it is known only how small the number is: "0 +- 2e-51".
    """
    if ball.contains(0) and not ball.is_exact():
        return f"0 +- {round_up(ball.abs_upper().fmpq(), 1)}"
    return str(ball.str(digits, radius=False))


def exponent(value: fmpq) -> int:
    """The e with 10^e <= |value| < 10^(e + 1); 0 for 0."""
    if not value:
        return 0
    size = abs(value)
    e = (int(size.p).bit_length() - int(size.q).bit_length()) * 30103 // 100000
    while fmpq(10) ** (e + 1) <= size:
        e += 1
    while fmpq(10) ** e > size:
        e -= 1
    return e


def exactly(value: fmpq) -> str:
    """A rational with a finite decimal expansion, exactly.

    >>> exactly(fmpq(-5, 4)), exactly(fmpq(3, 10**40))
    ('-1.25', '3e-40')
    """
    e = exponent(value)
    digits, places = abs(value) / fmpq(10) ** e, 0
    while digits.q != 1:
        digits, places = digits * 10, places + 1
    text = str(int(digits.p))
    sign = "-" if value < 0 else ""
    if e not in PLAIN:
        return f"{sign}{text[0]}{'.' * (places > 0)}{text[1:]}e{e:+d}"
    if e < 0:
        return f"{sign}0.{'0' * (-e - 1)}{text}"
    text = text.ljust(e + 1, "0")
    return f"{sign}{text[: e + 1]}{'.' * (len(text) > e + 1)}{text[e + 1 :]}"
