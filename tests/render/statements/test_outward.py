"""What is printed is never sharper than what was proved: errors of tables and situations, bounds, decimals."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from flint import fmpq
from hypothesis import given
from hypothesis import strategies as st
from mpmath import mp, mpf
from support.documents import parts, written

from symlstm.kernel.networks.enclosures import Error
from symlstm.kernel.networks.statements import ErrorBound, FiniteError, Invariant, StepTable
from symlstm.kernel.theorem import walk
from symlstm.render.formulas import latex
from symlstm.render.statements.conclusions import finite_error
from symlstm.render.statements.numbers import round_down, round_up
from symlstm.render.statements.summary import Decay, Order, growth, rows, states

SCALES = (fmpq(1), fmpq(3, 2), fmpq(7))
LENGTHS = (1, 2, 10, 1000, 10**6)


@pytest.fixture(autouse=True)
def digits():
    """All comparisons in 200 digits."""
    with mp.workdps(200):
        yield


def conclusions(kind: type) -> list:
    """What the sentiment network's theorems say, and those that they rest on."""
    theorems = [result.outcome.theorem for part in parts("sentiment") for result in part.results]
    said = {id(step): step.conclusion for theorem in theorems for step in walk(theorem)}
    found = [conclusion for conclusion in said.values() if isinstance(conclusion, kind)]
    assert found
    return found


def at(decay: Decay, k: fmpq, length: int = 1) -> mpf:
    """The value of a printed term."""
    polynomial = sum(mpf(int(c.p)) / int(c.q) * length**n for n, c in enumerate(decay.coefficients))
    scale, rate = mpf(int(k.p)) / int(k.q), mpf(int(decay.rate.p)) / int(decay.rate.q)
    return polynomial * scale**decay.power * mp.exp(-rate * scale)


def exact(terms, k: fmpq) -> mpf:
    """The sum of A k^p e^(-lambda k)."""
    return sum((at(Decay((a,), p, rate), k) for (p, rate), a in terms.items()), mpf(0))


@pytest.mark.slow
def test_no_row_of_a_table_is_sharper_than_the_table() -> None:
    for table in conclusions(StepTable):
        shown = [(row, name, step) for row in rows(table) for name in row.names for step in row.steps]
        assert len(shown) == len(table.rows)
        for row, name, step in shown:
            [signal] = [s for q, word, symbol, s in table.rows if (q, word, symbol.name) == (*step, name)]
            assert row.main == signal.main
            for k in SCALES:
                assert exact(signal.error.terms, k) <= sum((at(part, k) for part in row.error), mpf(0))


def test_no_situation_is_told_sharper_than_its_box() -> None:
    for found in conclusions(Invariant):
        boxes = {(q, s.name): v for q, place in enumerate(found.automaton.situations) for s, v in place.box.items()}
        everywhere = range(len(found.automaton.situations))
        for place in states(found):
            inside = place.when.situations or [q for q in everywhere if q not in place.when.excluded]
            for signal in (boxes.pop((q, name)) for q in inside for name in place.names):
                assert (signal.main, signal.side) == (place.main, place.side)
                if found.k0 is None:
                    assert signal.error.vanishes or isinstance(place.error, Order)
                else:
                    assert all(exact(signal.error.terms, k) <= sum(at(d, k) for d in place.error) for k in SCALES)
        assert not boxes


@pytest.mark.parametrize("k", SCALES)
@pytest.mark.parametrize("length", LENGTHS)
def test_a_printed_bound_is_not_below_the_bound(k: fmpq, length: int) -> None:
    for bound in conclusions(ErrorBound):
        proved = sum(
            length**n * exact(part.terms, k) for n, part in enumerate((bound.constant, bound.linear, bound.quadratic))
        )
        assert proved <= sum(at(part, k, length) for part in growth(bound))


def test_the_example_prints_errors_that_are_not_below_the_true_ones() -> None:
    lines = re.findall(
        r"^\| \$`\d`\$ .*?`(-?\d+) \\pm ([\d.]+) \\cdot 10\^\{-(\d+)\}`\$ \|$",
        written("sentiment", "md").decode(),
        re.M,
    )
    assert len(lines) == 8
    for length, (_, decimals, exponent) in enumerate(lines, 1):
        worst = sum((1 - leak(m) * increment() for m in range(1, length)), mpf(0))
        assert mpf(f"{decimals}e-{exponent}") >= worst >= 0


def leak(steps: int) -> mpf:
    """sigmoid(100)^m."""
    return (1 / (1 + mp.exp(-100))) ** steps


def increment() -> mpf:
    """tanh(100 h), at most, where h is the flag after a word."""
    return mp.tanh(100 * mp.tanh(mp.tanh(100)) / (1 + mp.exp(-50)))


@given(st.fractions(), st.integers(2, 8))
def test_decimals_are_on_their_side(value, digits: int) -> None:
    number = fmpq(value.numerator, value.denominator)
    assert fmpq_of(round_down(number, digits)) <= number <= fmpq_of(round_up(number, digits))


def fmpq_of(text: str) -> fmpq:
    """The number that a decimal is."""
    from fractions import Fraction

    exact_value = Fraction(text)
    return fmpq(exact_value.numerator, exact_value.denominator)


def test_a_largest_error_is_printed_between_its_bounds() -> None:
    bound = conclusions(ErrorBound)[0]
    found = FiniteError(bound.system, bound.readout, bound.specification, fmpq(1), 5, 5, fmpq(1, 3), fmpq(2, 3))
    [line] = finite_error(found)
    assert latex.formula(line).startswith("0.33333 \\le") and "\\le 0.66667 " in latex.formula(line)


@pytest.mark.slow
@given(st.fractions(-9, 9).filter(bool), st.fractions(1, 300), st.sampled_from(LENGTHS))
def test_amplitudes_are_rounded_up_and_rates_so_that_the_bound_grows(amplitude, rate, length: int) -> None:
    terms = {(0, fmpq(rate.numerator, rate.denominator)): fmpq(amplitude.numerator, amplitude.denominator)}
    bound = replace(conclusions(ErrorBound)[0], constant=Error(), linear=Error(terms), quadratic=Error())
    with mp.workdps(200):
        for k in SCALES:
            true = length * exact(terms, k)  # 1/5 is printed as it is: only the last of 200 digits may differ then
            assert true - abs(true) * mpf(10) ** -190 <= sum((at(part, k, length) for part in growth(bound)), mpf(0))
