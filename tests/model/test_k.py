"""Arithmetic with the scale k at a prompt: what stands for an exact number is one, a float is refused by what was meant."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction

import numpy as np
import pytest
import sympy

from symlstm import RuleError, k

EXACT: list[tuple[Callable[[], object], str]] = [
    (lambda: k / 10, "k/10"),
    (lambda: Fraction(1, 3) * k, "k/3"),
    (lambda: k * sympy.Rational(1, 10), "k/10"),
    (lambda: sympy.Rational(-3, 2) * k, "-3*k/2"),
    (lambda: k * np.int64(3), "3*k"),
    (lambda: np.int64(3) - k, "3 - k"),
]
FLOATS: list[tuple[Callable[[], object], str]] = [
    (lambda: 0.1 * k, "k/10"),
    (lambda: k * 0.1, "k/10"),
    (lambda: 2 * k + 0.5, "2*k + 1/2"),
    (lambda: 0.5 - k, "1/2 - k"),
    (lambda: k / 0.5, "2*k"),
    (lambda: 1e-3 * k, "k/1000"),
    (lambda: np.float64(0.1) * k, "k/10"),
]


@pytest.mark.parametrize(("make", "printed"), EXACT, ids=[printed for _, printed in EXACT])
def test_what_is_exact_is_taken(make: Callable[[], object], printed: str) -> None:
    assert str(make()) == printed


@pytest.mark.parametrize(("make", "meant"), FLOATS, ids=range(len(FLOATS)))
def test_a_float_is_refused_with_what_was_meant(make: Callable[[], object], meant: str) -> None:
    with pytest.raises(RuleError) as refusal:
        make()
    assert str(refusal.value).endswith(f"which is not exact; needed {meant}")


@pytest.mark.parametrize("other", [float("nan"), float("inf"), "2", None])
def test_what_is_no_number_is_a_type_error(other: object) -> None:
    with pytest.raises(TypeError):
        k * other  # type: ignore[operator]


def test_k_may_be_compared_with_anything() -> None:
    assert k != 0.1 and k not in [0.5, "k"]
