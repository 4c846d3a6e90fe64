"""Numbers and decaying errors as formulas; rounding was done before."""

from __future__ import annotations

from collections.abc import Iterable

from flint import fmpq

from symlstm.render.formulas.formula import Fence, Formula, Letter, Number, Row, Script, row
from symlstm.render.statements.numbers import exactly
from symlstm.render.statements.summary import Decay


def decays(error: Iterable[Decay]) -> Formula:
    """A sum of decaying terms; 0 for none."""
    summands: list[Formula | str] = []
    for part in error:
        written = decay(part)
        negative = written.parts[:1] == row("-").parts
        summands += ["-" if negative else "+"] * (negative or bool(summands)) + [row(*written.parts[negative:])]
    return row(*summands) if summands else row("0")


def decay(part: Decay) -> Row:
    """One term: coefficient, power and exponential."""
    power = {0: [], 1: [row("k")]}.get(part.power, [Script(Letter("k"), above=row(str(part.power)))])
    rate = [Script(Letter("e"), above=row("-", number(part.rate), "k"))] if part.rate else []
    factors = [*power, *rate]
    return row(*polynomial(part.coefficients, bool(factors)), *factors) if part.coefficients else row("0")


def polynomial(coefficients: tuple[fmpq, ...], is_factor: bool) -> list[Formula | str]:
    """A polynomial in T, constant coefficient first; as a factor a sum has parentheses, and 1 is left out."""
    powers = (row(), row("T"), row(Script(Letter("T"), above=row("2"))))
    parts = [(c, power) for c, power in zip(coefficients, powers, strict=False) if c][::-1]
    if len(parts) == 2 and parts[0] == (-parts[1][0], powers[2]):
        return [_monomial(parts[0][0], row("T")), "thin", Fence(row("T", "-", "1"))]
    if is_factor and parts == [(1, powers[0])]:
        return []
    written: list[Formula | str] = []
    for c, power in parts:
        written += ["-"] if c < 0 else ["+"] if written else []
        written.append(_monomial(abs(c), power))
    return [Fence(row(*written))] if is_factor and len(parts) > 1 else written


def _monomial(coefficient: fmpq, power: Row) -> Row:
    return power if power.parts and coefficient == 1 else row(number(coefficient), power)


def number(value: fmpq) -> Row:
    """A rational as a decimal if that is exact and short, else as p/q."""
    if int(value.q) > 1 and 10 ** (len(str(int(value.q))) + 6) % int(value.q):
        return row(str(int(value.p)), "/", str(int(value.q)))
    return decimal(exactly(value))


def decimal(text: str) -> Row:
    """A decimal such as 3.72e-44 with its power of ten written out."""
    digits, e, exponent = text.partition("e")
    negative = digits.startswith("-")
    parts: list[Formula | str] = [*(["-"] if negative else []), Number(digits.lstrip("-"))]
    if e:
        power = ["-", exponent[1:]] if exponent[0] == "-" else [exponent.lstrip("+")]
        parts = [*parts[:-1], *([] if digits.lstrip("-") == "1" else [parts[-1], "*"])]
        parts.append(Script(Number("10"), above=row(*power)))
    return row(*parts)
