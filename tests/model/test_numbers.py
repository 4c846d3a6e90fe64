"""Python takes the numbers that files take."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
import sympy
from flint import fmpq

from symlstm import (
    Construction,
    InputError,
    Network,
    ReadoutTerm,
    horizon,
    k,
    pattern_counts,
    read_weights,
    smallest_scale,
    weighted_automaton,
    worst_case,
)
from symlstm.model.numbers import fraction, positive
from symlstm.model.specification import value

RATIONALS = [
    (3, Fraction(3)),
    (Fraction(-3, 2), Fraction(-3, 2)),
    ("-3/2", Fraction(-3, 2)),
    ("1e-3", Fraction(1, 1000)),
    ("0.1", Fraction(1, 10)),
    (sympy.Rational(1, 3), Fraction(1, 3)),
    (sympy.Integer(2), Fraction(2)),
    (fmpq(2, 3), Fraction(2, 3)),
]


@pytest.mark.parametrize(("number", "exact"), RATIONALS)
def test_a_rational_is_exact(number: object, exact: Fraction) -> None:
    assert fraction(number, "x") == exact


REFUSALS = [
    (0.1, '"0.1"'),
    ("k", "free of k"),
    ("tanh(1)", "a rational number"),
    (True, "an int"),
    (None, "an int"),
    ("", "a text"),
    ("1/0", "0"),
]


@pytest.mark.parametrize(("number", "says"), REFUSALS)
def test_another_number_is_refused(number: object, says: str) -> None:
    with pytest.raises(InputError) as refusal:
        fraction(number, "x")
    assert says in str(refusal.value)


@pytest.mark.parametrize("number", [0, "-1", Fraction(-1, 2)])
def test_a_number_that_is_not_positive_is_refused(number: object) -> None:
    with pytest.raises(InputError, match="> 0"):
        positive(number, "x")


def counter(weight: object = "100*k", coeff: object = 1) -> Network:
    gates = {"b_ii": [weight], "b_if": [weight], "W_ig": [[weight, 0]]}
    return Network.from_gates(["a", "b"], 1, gates, readout=[ReadoutTerm("c", 0, coeff)])


def test_texts_stand_for_weights_and_coefficients() -> None:
    assert counter().bias_ih == counter(100 * k).bias_ih
    [term] = counter(coeff="-3/2").readout
    assert term.coeff == sympy.Rational(-3, 2)


def test_specifications_take_texts_and_sympys_rationals() -> None:
    for half in ("1/2", sympy.Rational(1, 2), Fraction(1, 2)):
        assert value(pattern_counts(["a"], {("a",): half}), ["a", "a"]) == 1
        assert value(weighted_automaton([1], {"a": [[half]]}, [1]), ["a"]) == fmpq(1, 2)


def test_scales_and_errors_take_texts() -> None:
    construction = Construction(counter(), pattern_counts(["a", "b"], {("a",): 1}))
    found = smallest_scale(construction, "1e-3", 20)
    assert found.epsilon == fmpq(1, 1000) and found.above == smallest_scale(construction, Fraction(1, 1000), 20).above
    assert worst_case(construction, 3, "1/2").k == horizon(construction, "1/2").k == fmpq(1, 2)
    with pytest.raises(InputError, match=r'"0\.001"'):
        smallest_scale(construction, 0.001, 20)


def test_a_float_in_an_expression_is_refused_with_what_was_meant() -> None:
    with pytest.raises(InputError) as refusal:
        counter(0.1 * sympy.Symbol("k", real=True))
    assert "try     k/10" in str(refusal.value)


def test_an_index_that_was_read_off_the_print_is_explained() -> None:
    with pytest.raises(InputError) as refusal:
        Network(["a"], [[0]] * 4, [[0]] * 4, readout=[ReadoutTerm("c", 1)])
    assert "c_1 as it is printed has index 0" in str(refusal.value)


def test_the_vocabulary_may_come_second(tmp_path: Path) -> None:
    np.savez(tmp_path / "w.npz", weight_ih_l0=np.zeros((4, 2)), weight_hh_l0=np.zeros((4, 1)))
    assert read_weights(tmp_path / "w.npz", ["a", "b"]).vocabulary == ("a", "b")
