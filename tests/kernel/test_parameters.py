"""Signs from assumptions: Farkas' rule fires on exact nonnegative combinations and on nothing else."""

from __future__ import annotations

import pytest
import sympy
from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable, atom, rational
from symlstm.kernel.networks.enclosures import BOUNDED, Enclosure, EnclosureArithmetic, Error
from symlstm.kernel.networks.invariants import invariant
from symlstm.kernel.networks.statements import Automaton, Situation, System
from symlstm.kernel.parameters import Assumptions, Certificate, assumed
from symlstm.kernel.theorem import RuleError
from symlstm.model.translation import normal
from symlstm.steps import Less

w, n, h, x, k = map(Variable, "wnhxk")
kappa = sympy.tanh(1)
TINY = Error(tiny=True)


def given(positive: list, form: sympy.Expr, factor: int, *multipliers: sympy.Expr | int) -> Assumptions:
    certificate = Certificate(rational(factor), tuple(normal(m) for m in multipliers))
    return Assumptions(tuple(map(normal, positive)), {normal(form): certificate})


@pytest.mark.parametrize(
    ("positive", "form", "factor", "multipliers", "sign"),
    [
        ([w], 3 * w, 1, (0, 3), 1),
        ([w], -w, -1, (0, 1), -1),
        ([w - n * kappa, n], w * kappa, 1, (0, kappa, kappa**2), 1),
        ([w], w + 7, 1, (7, 1), 1),
        ([w - 50, n], 100 - 2 * w, -2, (0, 4, 0), -1),
        ([], kappa - n + n, 1, (kappa,), 1),
    ],
)
def test_farkas_gives_the_sign_of_the_factor(positive, form, factor, multipliers, sign):
    assert given(positive, form, factor, *multipliers).sign(normal(form)) == sign


@pytest.mark.parametrize(
    ("positive", "form", "factor", "multipliers"),
    [
        pytest.param([w, n], w - n, 1, (0, 1, -1), id="negative multiplier"),
        pytest.param([w, n], w - n, 1, (0, 1, 1), id="another form"),
        pytest.param([w], w - 1, 1, (0, 1), id="another constant"),
        pytest.param([w], w + 1 - kappa, 1, (kappa - 1, 1), id="negative constant"),
        pytest.param([w], w - w, 1, (0, 0), id="all zero"),
        pytest.param([w, -w], 0 * w, 0, (0, 1, 1), id="factor zero"),
    ],
)
def test_farkas_refuses(positive, form, factor, multipliers):
    with pytest.raises(RuleError, match="Farkas"):
        given(positive, form, factor, *multipliers).sign(normal(form))


def test_farkas_refuses_multipliers_that_vary():
    with pytest.raises(RuleError):
        given([w], w * n, 1, 0, n).sign(normal(w * n))


def test_farkas_needs_a_multiplier_for_each_assumption():
    with pytest.raises(ValueError, match="zip"):
        given([w, n], w, 1, 0, 1).sign(normal(w))


def test_without_a_certificate_no_sign_is_known():
    assert Assumptions((normal(w),)).sign(normal(w)) is None


def test_an_assumption_speaks_of_parameters_only():
    with pytest.raises(RuleError, match="assumptions"):
        Assumptions((normal(k - 5),)).hypotheses((w,))


def test_a_margin_of_known_sign_saturates():
    arithmetic = EnclosureArithmetic(k, None, (w,), given([-w], 2 * w, -1, 0, 2))
    found = arithmetic.evaluate(normal(sympy.tanh(2 * w * k + 1)), {})
    assert (found.main, found.error) == (rational(-1), TINY)


def test_a_margin_of_unknown_sign_gives_the_range():
    found = EnclosureArithmetic(k, None, (w,)).evaluate(normal(sympy.tanh(w * k)), {})
    assert (found.main, found.error) == (Term({}), BOUNDED)


def test_a_tiny_error_stays_tiny_times_a_parameter():
    found = EnclosureArithmetic(k, None, (w,)).evaluate(normal(w * k * h), {h: Enclosure(normal(kappa), TINY)})
    assert (found.main, found.error) == (normal(w * k * kappa), TINY)


def test_an_error_with_constants_has_no_bound_times_a_parameter():
    with pytest.raises(RuleError, match="constant"):
        EnclosureArithmetic(k, None, (w,)).evaluate(normal(w * h), {h: Enclosure(Term({}), BOUNDED)})


def test_rates_are_refused_for_a_slope_that_varies():
    arithmetic = EnclosureArithmetic(k, fmpq(1), (w,), given([w], w, 1, 0, 1))
    with pytest.raises(RuleError):
        arithmetic.evaluate(normal(sympy.tanh(w * k)), {})


def one_flag(parameters=(w,), state=h) -> tuple[System, Automaton]:
    """h' = tanh(w k), from h = 1."""
    one = rational(1)
    system = System(k, ("a",), (x,), ((one,),), (state,), (one,), (normal(sympy.tanh(w * k)),), (), parameters)
    return system, Automaton((Situation((), {state: Enclosure(rational(1), TINY)}, {}),), ((0,),), ())


def test_the_theorem_lists_the_inequalities():
    theorem = invariant(*one_flag(), None, given([w], w, 1, 0, 1))
    assert theorem.hypotheses == {Less(0, w)} == {assumed(normal(w))}


def test_the_invariant_refuses_without_the_assumption():
    with pytest.raises(RuleError, match="invariant"):
        invariant(*one_flag(), None)


def test_assumptions_about_a_coordinate_are_refused():
    with pytest.raises(RuleError, match="assumptions"):
        invariant(*one_flag(), None, Assumptions((normal(w), normal(h)), given([w, h], w, 1, 0, 1, 0).certificates))


TWICE = Term({frozenset({(Apply("tanh", rational(-1)), 1), (Apply("tanh", rational(-1)), 3)}): fmpq(1)})


@pytest.mark.parametrize("odd", [atom(w, -1), TWICE], ids=["1/w", "an atom listed twice"])
def test_assumptions_and_certificates_are_in_normal_form(odd):
    with pytest.raises(RuleError, match=r"assumptions: found .*; needed a term in normal form"):
        Assumptions((odd,)).hypotheses((w,))
    for certificate in (Certificate(odd, (rational(0), rational(1))), Certificate(rational(1), (odd, rational(1)))):
        with pytest.raises(RuleError, match=r"Farkas: found .*; needed terms in normal form"):
            Assumptions((normal(w),), {normal(w): certificate}).sign(normal(w))


def test_a_certificate_is_read_once():
    class Turning:
        """Its factor changes its sign at each look."""

        multipliers = (rational(0), rational(1))
        looks = 0

        @property
        def factor(self):
            self.looks += 1
            return rational((-1) ** (self.looks - 1))

    assert Assumptions((normal(w),), {normal(w): Turning()}).sign(normal(w)) == 1


def test_a_parameter_that_is_not_declared_is_refused():
    with pytest.raises(RuleError, match="system"):
        invariant(*one_flag(parameters=()), None, given([w], w, 1, 0, 1))


def test_a_parameter_named_like_a_coordinate_is_refused():
    with pytest.raises(RuleError, match="repeated names"):
        invariant(*one_flag(state=w), None, given([w], w, 1, 0, 1))


def test_a_limit_with_a_parameter_in_it_is_none():
    with pytest.raises(RuleError, match="limit"):
        Enclosure(algebra.sigmoid(normal(w))).limit  # noqa: B018
