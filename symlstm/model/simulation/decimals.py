"""Closed terms as decimals: for witnesses, which are printed and never used in a proof."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any

from flint import arb, ctx

from symlstm.kernel import algebra
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.terms import term

MAX_BITS = 1 << 16  # where it gives up


def decimal(expr: Any, values: Mapping[Any, Any] | None = None, digits: int = 50) -> str:
    """The value of a term or SymPy expression of numbers, sigmoid, tanh, exp, Min and Max, to that many significant digits.

    `values` are put in for variables first. Raises Unsupported for any other part, and if
    2^16 bits do not give the digits.
    """
    whole, image = term(expr), {term(x).variable(): term(value) for x, value in (values or {}).items()}
    missing = [s for s in whole.symbols() if s not in image]
    if missing:
        raise Unsupported(f"no value for {', '.join(map(str, missing))} in {whole}")
    try:
        return decimal_of(lambda: algebra.ball(whole, {s: algebra.ball(image[s], {}) for s in whole.symbols()}), digits)
    except RuleError as refusal:
        raise Unsupported(str(refusal)) from None


def decimal_of(number: Callable[[], arb], digits: int = 50) -> str:
    """The same of a number that is computed anew, in balls of flint's precision, until these determine the digits."""
    bits = 32 + math.ceil(digits * math.log2(10))
    while bits <= MAX_BITS:
        with ctx.workprec(bits):
            ball = number()
            if ball == 0 or ball.rel_accuracy_bits() > digits * math.log2(10) + 2:
                return str(ball.str(digits, radius=False))
        bits *= 2
    raise Unsupported(f"{digits} digits need more than {MAX_BITS} bits")
