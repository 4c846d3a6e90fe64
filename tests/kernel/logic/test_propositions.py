"""The rules of plain logic: each fires, and refuses for each of its side conditions."""

from __future__ import annotations

import re
from fractions import Fraction

import pytest
import sympy
from flint import fmpq
from support.refusals import refuses
from sympy import Float, Function, Integer, Sum, Symbol, exp, oo, sqrt, tanh

from symlstm import limit
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.logic import propositions as kernel
from symlstm.kernel.logic.propositions import cut, named, part
from symlstm.kernel.theorem import ARITHMETIC, RuleError, Unsupported
from symlstm.steps import (
    Equal,
    ForAll,
    Less,
    LessEqual,
    TendsTo,
    Within,
    arithmetic,
    assume,
    generalise,
    natural,
    positive,
    real,
    rewrite,
    sequence,
    specialise,
    together,
)

x, y, z, B = map(real, "xyzB")
t, n, m, d, j = map(natural, "tnmdj")
h, c = sequence("h"), sequence("c")
total = Sum(h(n, m), (m, 1, d))


def test_a_hypothesis_is_its_own_conclusion():
    theorem = assume(Less(0, x))
    assert (str(theorem.conclusion), theorem.hypotheses) == ("0 < x", {Less(0, x)})
    assert ARITHMETIC in theorem.trusted


@pytest.mark.parametrize(
    ("proposition", "text"),
    [
        (Equal(x, 1), "x = 1"),
        (Within(x, y, 1), "|x - (y)| <= 1"),
        (TendsTo(x, (B,), y), "lim_(B -> oo) x = y"),
        (TendsTo(x, (B, z), y), "lim_(z -> oo) lim_(B -> oo) x = y"),
        (ForAll((t, n), LessEqual(h(t, n), 0)), "for all t, n: h(t, n) <= 0"),
    ],
)
def test_a_proposition_prints_as_a_line(proposition, text):
    assert str(proposition) == text


def test_the_fields_of_a_proposition_can_be_read():
    near = Within(x, y, 1)
    assert (near.value, near.centre, near.bound) == (x, y, Integer(1))


def test_a_proposition_does_not_change():
    with pytest.raises(AttributeError, match="cannot assign to 'rhs'"):
        Less(x, y).rhs = z


def test_equal_only_if_of_the_same_kind():
    assert Less(x, y) == Less(x, y)
    assert Less(x, y) != LessEqual(x, y)


@pytest.mark.parametrize(
    "outsider",
    [
        Float(0.1),
        oo,
        sympy.I,
        sympy.pi,
        sqrt(x),
        x**y,
        sympy.log(x),
        Symbol("w"),
        Symbol("w", positive=True),
        sympy.Dummy("w", real=True),
        Function("w", positive=True)(t),
        Sum(h(m, m), (m, 1, x)),
        Sum(h(m, m), (m, -1, d)),
        sympy.Limit(x, x, 0),
        sympy.Derivative(exp(x), x),
    ],
)
def test_an_expression_without_meaning_is_refused(outsider):
    with pytest.raises((Unsupported, RuleError), match=r"no meaning for|(power|sum): found"):
        assume(Equal(outsider, 0))


def test_the_value_of_a_limit_is_free_of_its_variable():
    with pytest.raises(RuleError, match="TendsTo: found the value B"):
        assume(TendsTo(exp(-B), (B,), B))


def test_only_symbols_are_bound():
    with pytest.raises(RuleError, match=r"ForAll: found .*; needed variables, body"):
        generalise(assume(Equal(x + y, y + x)), x + y)


# Division.


def test_a_hypothesis_divides_by_what_is_positive_by_its_form_or_by_a_premise():
    assume(Equal(y, x / (1 - tanh(x))))
    theorem = assume(Equal(y, 1 / x), assume(Less(0, x)))
    assert Less(0, x) in theorem.hypotheses


def test_a_division_by_what_may_be_zero_is_refused():
    refuses(r"hypothesis: found a division by x; needed a theorem 0 < x", assume, Equal(y, 1 / x))


def test_a_division_by_what_exceeds_a_negative_number_is_refused():
    refuses("a division by x", assume, Equal(y, 1 / x), assume(Less(-1, x)))


def test_a_hypothesis_divides_by_what_is_negative_by_its_form():
    assert assume(Equal(y, 1 / (tanh(x) - 1))).premises == ()


def test_a_division_by_a_bound_variable_is_refused_whatever_is_known_of_the_free_one():
    refuses(r"a division by x", assume, ForAll((x,), Equal(y, 1 / x)), assume(Less(0, x)))


@pytest.mark.parametrize("value", [oo, -oo, sympy.zoo, sympy.nan, Float(2), sympy.I])
def test_specialise_refuses_a_value_that_is_no_real_number(value):
    with pytest.raises(Unsupported, match="no meaning for"):
        specialise(generalise(positive(1 - tanh(x)), x), value)


def test_specialise_refuses_a_value_that_divides_by_zero_even_if_it_cancels():
    theorem = arithmetic(Equal(x * y, 0), (x, assume(Equal(y, 0))))
    refuses(r"specialise: found a division by y", specialise, generalise(theorem, x), 1 / y)


def test_specialise_to_a_value_that_divides_by_what_a_theorem_says_is_positive():
    theorem = specialise(generalise(positive(exp(x)), x), 1 / y, divisors=(assume(Less(0, y)),))
    assert (theorem.conclusion, theorem.hypotheses) == (Less(0, exp(1 / y)), {Less(0, y)})


# Quantifiers.


def test_generalise_and_specialise():
    theorem = generalise(specialise(assume(ForAll((t, n), Less(0, h(t, n)))), t, n), n)
    assert theorem.conclusion == ForAll((n,), Less(0, h(t, n)))
    assert specialise(theorem, t + 2).conclusion == Less(0, h(t, t + 2))


def test_generalise_refuses_a_variable_of_a_hypothesis():
    refuses(r"generalise: found \{x\} free in a hypothesis", generalise, assume(Less(0, x)), x)


def test_specialise_refuses_what_is_not_for_all():
    refuses("specialise: found 0 < x; needed ForAll", specialise, assume(Less(0, x)), 1)


def test_specialise_refuses_the_wrong_number_of_values():
    claim = assume(ForAll((t, n), Less(0, h(t, n))))
    refuses(r"specialise: found \(1,\); needed values of \(t, n\)", specialise, claim, 1)


@pytest.mark.parametrize("value", [0, 7, t, t + 1, 2 * t + n, t * n])
def test_specialise_to_a_natural_number(value):
    assert specialise(assume(ForAll((m,), Less(0, h(m, d)))), value).conclusion == Less(0, h(value, d))


def test_the_number_e_has_a_meaning():
    assert specialise(assume(ForAll((x,), Less(0, c(x)))), exp(1)).conclusion == Less(0, c(exp(1)))


@pytest.mark.parametrize("value", [-1, t - 1, x, Integer(1) / 2, -t])
def test_specialise_refuses_a_value_that_is_not_natural(value):
    refuses("needed a natural number", specialise, assume(ForAll((t,), Less(0, h(t, n)))), value)


@pytest.mark.parametrize(
    ("general", "value", "instance"),
    [
        (ForAll((n,), Less(0, total)), m, Less(0, Sum(h(m, j), (j, 1, d)))),
        (ForAll((x,), TendsTo(c(x, B), (B,), x)), B, TendsTo(c(B, z), (z,), B)),
        (ForAll((x,), ForAll((y,), Equal(h(x, y), y))), y, ForAll((z,), Equal(h(y, z), z))),
    ],
    ids=["sum", "limit", "quantifier"],
)
def test_specialise_renames_what_would_capture_the_value(general, value, instance):
    """The instance says the same as one that was written with another bound variable."""
    found = specialise(assume(general), value).conclusion
    renamed = {"m'": "j", "B'": "z", "y'": "z"}
    assert re.sub(r"\w+'", lambda name: renamed[name[0]], str(found)) == str(instance)


# Equations.


def test_rewrite_reaches_under_a_sum():
    same = specialise(assume(ForAll((n, m), Equal(h(n, m), c(m)))), n, m)
    assert rewrite(assume(Less(0, total)), same).conclusion == Less(0, Sum(c(m), (m, 1, d)))


def test_rewrite_may_assume_something_of_a_bound_index_that_the_equation_does_not_mention():
    equation = arithmetic(Equal(c(x), y), (1, assume(Equal(c(x), y))), (0, assume(Equal(c(m), 1))))
    theorem = assume(Less(0, Sum(c(x) * c(m), (m, 1, d))))
    assert rewrite(theorem, equation).conclusion == Less(0, Sum(y * c(m), (m, 1, d)))


def test_rewrite_refuses_an_equation_for_one_index_only():
    refuses(r"rewrite: found .* hypotheses on \{m\}", rewrite, assume(Less(0, total)), assume(Equal(h(n, m), c(m))))


def test_rewrite_refuses_an_equation_at_one_value_of_the_limit_variable():
    limit = assume(ForAll((n,), TendsTo(c(B), (B,), 1)))
    refuses(r"hypotheses on \{B\}", rewrite, limit, assume(Equal(c(B), 0)))


def test_rewrite_refuses_a_symbol_on_the_left():
    refuses("needed a compound left side", rewrite, assume(Less(0, x)), assume(Equal(x, y)))


def test_rewrite_refuses_what_is_not_an_equation():
    refuses("rewrite: found 0 < x; needed Equal", rewrite, assume(Less(0, x)), assume(Less(0, x)))


def test_rewrite_keeps_all_hypotheses():
    theorem = rewrite(assume(Less(0, c(x))), assume(Equal(c(x), y)))
    assert theorem.hypotheses == {Less(0, c(x)), Equal(c(x), y)}


def test_a_cut_puts_what_shows_a_hypothesis_in_its_place():
    known = arithmetic(Less(0, x), (1, assume(Less(0, y))), (1, assume(Less(y, x))))
    theorem = cut(known, together(assume(Less(0, x)), assume(Less(x, z))))
    assert (str(theorem.conclusion), theorem.hypotheses) == ("0 < x and x < z", {Less(0, y), Less(y, x), Less(x, z)})


def test_a_cut_refuses_what_the_theorem_does_not_assume():
    refuses("cut: found 0 < x; needed a hypothesis", cut, assume(Less(0, x)), assume(Less(0, y)))


@pytest.mark.parametrize("more", [(), (Less(0, y),)])
def test_a_cut_refuses_what_assumes_itself(more):
    known = part(together(*map(assume, (Less(0, x), *more))), 0)
    refuses("cut: found 0 < x; needed a hypothesis of the second theorem alone", cut, known, assume(Less(0, x)))


def test_together_unites_the_hypotheses():
    theorem = together(assume(Less(0, x)), assume(Less(0, y)))
    assert (str(theorem.conclusion), len(theorem.hypotheses)) == ("0 < x and 0 < y", 2)


def test_a_part_keeps_the_hypotheses():
    theorem = part(together(assume(Less(0, x)), assume(Less(0, y))), 1)
    assert (theorem.conclusion, theorem.hypotheses) == (Less(0, y), {Less(0, x), Less(0, y)})


@pytest.mark.parametrize("place", [-1, 2, True, None, "0"])
def test_part_refuses_a_place_that_is_none(place):
    both = together(assume(Less(0, x)), assume(Less(0, y)))
    refuses("part of a conjunction: found place .*; needed one of 0 to 1", part, both, place)


def test_part_refuses_what_is_no_conjunction():
    refuses("part of a conjunction: found 0 < x; needed Conjunction", part, assume(Less(0, x)), 0)


def test_a_derived_rule_is_named_above_its_proof():
    given, proof = assume(Less(0, x)), assume(Less(0, y))
    theorem = named("lemma", proof, given)
    assert (theorem.conclusion, theorem.rule, theorem.premises) == (Less(0, y), "derived", (given, proof))
    assert theorem.hypotheses == {Less(0, x), Less(0, y)}


# Arguments are checked where a proposition is made


@pytest.mark.parametrize(
    "made",
    [
        lambda: Less(B),
        lambda: Less(x, y, z),
        lambda: Less(x, Less(x, y)),
        lambda: Within(x, y),
        lambda: TendsTo(x, 1, 1),
        lambda: TendsTo(x, (), 1),
        lambda: TendsTo(x, (B + 1,), 1),
        lambda: ForAll(1, Less(0, x)),
        lambda: ForAll((), Less(0, x)),
        lambda: ForAll((x,), x),
    ],
    ids=range(10),
)
def test_a_proposition_refuses_what_it_has_no_place_for(made):
    with pytest.raises(RuleError, match=r"(Less|Within|TendsTo|ForAll): found .*; needed (lhs|value|expr|variables)"):
        made()


def test_rewrite_goes_right_to_left():
    theorem = rewrite(assume(Less(0, h(t, n))), assume(Equal(c(t), h(t, n))), right_to_left=True)
    assert theorem.conclusion == Less(0, c(t))


@pytest.mark.parametrize("p", ["false", x, None, 1])
def test_only_propositions_are_assumed(p):
    refuses("hypothesis: found .*; needed a proposition", assume, p)


# Divisions that are nobody's


def test_a_limit_does_not_say_that_a_divisor_is_never_zero():
    """1/(x - 1) tends to 0, and yet x may be 1."""
    tends = limit(1 / (x - 1), x).theorem
    one = assume(Equal(x, 1))
    refuses("arithmetic: found a division by ", arithmetic, Equal(0, 1), (-1 / (x - 1), one), divisors=(tends,))


def test_a_positive_power_does_not_say_that_its_base_is_not_zero():
    """0^0 = 1."""
    power, zero = assume(Less(0, x**t)), assume(Equal(x, 0))
    refuses("arithmetic: found a division by x", arithmetic, Equal(0, 1), (-1 / x, zero), divisors=(power,))


def test_a_positive_product_says_that_no_factor_is_zero():
    assert arithmetic(Equal(1 / x, y / (x * y)), divisors=(assume(Less(0, x * y)),)).hypotheses == {Less(0, x * y)}


ILL_FORMED = [
    Term({frozenset({(Variable("x"), Fraction(1, 2))}): fmpq(1)}),
    Term({frozenset({(Variable("x"), 1), (Variable("x"), 2)}): fmpq(1)}),
    Term({frozenset({(Variable("h", "sequence"), 1)}): fmpq(1)}),
    algebra.atom(Apply("inverse", algebra.ZERO)),
    algebra.atom(Apply("power", algebra.atom(Variable("x")), algebra.atom(Variable("y")))),
    algebra.atom(Apply("sum", algebra.ZERO, algebra.rational(2), algebra.ZERO, algebra.ZERO)),
    algebra.atom(Apply("tanh", algebra.atom(Apply("inverse", algebra.ZERO)))),
]


@pytest.mark.parametrize("term", ILL_FORMED, ids=range(len(ILL_FORMED)))
def test_a_proposition_refuses_what_is_no_term(term):
    with pytest.raises(RuleError, match=r"Equal: found .*; needed lhs, rhs"):
        Equal(term, 0)


@pytest.mark.parametrize("kind", [kernel.Less, kernel.ForAll])
def test_a_rule_takes_the_kernel_s_own_kinds_only(kind):
    class Other(kind):
        fields = kind.fields

    p = Other(0, 1) if kind is kernel.Less else Other((Variable("x"),), Less(0, 1))
    refuses(
        "needed (Less|ForAll)",
        positive if kind is kernel.Less else specialise,
        *((x,) if kind is kernel.Less else ()),
        assume(p),
    )
