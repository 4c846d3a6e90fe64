"""The language decides the sign of nothing but a rational number: what SymPy's constructors get wrong stays inert.

SymPy takes the sign of a constant from an estimate; with it |- 1 <= 0 was a theorem. The instances below are
what came of it, and each of them is true.
"""

from typing import Any

import mpmath
import pytest
from support.refusals import refuses
from sympy import Abs, tanh

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable, absolute, maximum, minimum, rational
from symlstm.kernel.theorem import Theorem
from symlstm.model.translation import normal
from symlstm.steps import (
    Equal,
    Less,
    LessEqual,
    arithmetic,
    assume,
    cases,
    extremum,
    generalise,
    monotone,
    rewrite,
    specialise,
)

Z = Variable("z")
z, f = algebra.atom(Z), Variable("f", "sequence")
SYMPYS = tanh(tanh(1000) - tanh(2000))  # which SymPy takes for positive
BELOW_ZERO = normal(SYMPYS)
ONE, ZERO = rational(1), rational(0)


def decimal(term: Term) -> mpmath.mpf:
    """Its value by mpmath, which knows nothing of the kernel's balls."""
    functions = {
        "tanh": mpmath.tanh, "exp": mpmath.exp, "abs": abs, "max": lambda *x: max(x), "min": lambda *x: min(x),
        "sigmoid": lambda x: 1 / (1 + mpmath.exp(-x)),
    }  # fmt: skip
    total = mpmath.mpf(0)
    for mono, c in term.monomials.items():
        product = mpmath.mpf(int(c.p)) / int(c.q)
        for a, n in mono:
            product *= functions[a.function](*map(decimal, a.arguments)) ** n
        total += product
    return total


def test_sympy_takes_a_negative_constant_for_positive() -> None:
    assert Abs(SYMPYS) == SYMPYS


@pytest.mark.parametrize(
    ("m", "part"),
    [(absolute(z), -z), (absolute(z), z), (maximum(z, ZERO), z), (maximum(z, ZERO), ZERO), (minimum(z, ZERO), z)],
)
@pytest.mark.parametrize("constant", [BELOW_ZERO, -BELOW_ZERO])
def test_an_instance_at_a_tiny_constant_is_true(m: Term, part: Term, constant: Term) -> None:
    said = specialise(generalise(extremum(m, part), Z), constant).conclusion
    with mpmath.workdps(1200):
        assert decimal(said.lhs) <= decimal(said.rhs)


def test_the_constant_stays_under_the_function() -> None:
    assert specialise(generalise(extremum(absolute(z), -z), Z), BELOW_ZERO).conclusion == LessEqual(
        -BELOW_ZERO, absolute(BELOW_ZERO)
    )


def test_an_equation_is_put_in_without_a_sign() -> None:
    theorem, equation = extremum(maximum(f(0), ZERO), ZERO), assume(Equal(f(0), BELOW_ZERO))
    assert rewrite(theorem, equation).conclusion == LessEqual(0, maximum(BELOW_ZERO, ZERO))


def test_cases_do_not_take_the_sign() -> None:
    premises = [assume(LessEqual(absolute(x), 1)) for x in (rational(2), BELOW_ZERO)]
    found = cases(LessEqual(absolute(z), 1), Z, maximum(rational(2), BELOW_ZERO), *premises).conclusion
    assert found == LessEqual(absolute(maximum(rational(2), BELOW_ZERO)), 1)


def test_one_is_not_at_most_zero() -> None:
    """The way that led to it: -c <= |c| was -c <= c, and c < 0."""
    size: Theorem = specialise(generalise(extremum(absolute(z), -z), Z), BELOW_ZERO)
    refuses("arithmetic: found .* left over", arithmetic, LessEqual(-BELOW_ZERO, BELOW_ZERO), (1, size))


@pytest.mark.parametrize("constructor", [absolute, lambda x: maximum(x, ZERO), lambda x: minimum(x, ZERO)])
@pytest.mark.parametrize("constant", [BELOW_ZERO, -BELOW_ZERO, normal(tanh(1)), normal(1 - tanh(1))])
def test_the_sign_of_a_constant_is_not_taken(constructor: Any, constant: Term) -> None:
    [(mono, c)] = constructor(constant).monomials.items()
    [(a, n)] = mono
    assert (c, n) == (1, 1) and constant in a.arguments


def test_the_sign_of_a_rational_number_is_taken() -> None:
    assert (absolute(rational(-3, 2)), maximum(ONE, ZERO), minimum(ONE, ZERO)) == (rational(3, 2), ONE, ZERO)


def test_a_rewriting_that_changes_nothing_is_refused() -> None:
    ordered = monotone(assume(Less(0, z)), algebra.tanh)
    refuses("rewrite: found f.0. nowhere in", rewrite, ordered, assume(Equal(f(0), 1)))
    refuses(
        "rewrite: found 1, hypotheses|rewrite: found f.0. = 1, hypotheses",
        rewrite,
        ordered,
        assume(Equal(f(0), 1)),
        right_to_left=True,
    )
