"""Normal forms: equal forms are equal functions, zero is decided by form and signs by balls."""

import mpmath
import pytest
import sympy
from flint import arb, ctx, fmpq
from hypothesis import given, settings
from hypothesis import strategies as st
from support.systems import a, b, k, term, x
from sympy import Add, Mul, Pow, Rational, Symbol, exp, tanh

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable, ball, constant_ball, inverse, rational, sign, substitute
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.activations import sigmoid
from symlstm.model.translation import normal, to_sympy

EQUAL = [
    ((a + b) ** 2, a**2 + 2 * a * b + b**2),
    (tanh(-1), -tanh(1)),
    (Mul(-1, tanh(-2), evaluate=False), tanh(2)),
    (tanh(-tanh(1) / 2), -tanh(tanh(1) / 2)),
    (sigmoid(0, evaluate=False), Rational(1, 2)),
    (sigmoid(2), (1 + tanh(1)) / 2),
    (sigmoid(-2), 1 - sigmoid(2)),
    (exp(2 * a) * exp(-a), exp(a)),
    (exp(a / 2) ** 2, exp(Rational(1, 2) * a) * exp(a / 2)),
    (exp(a + b), exp(a) * exp(b)),
    (sympy.E**3, exp(3)),
    (tanh(a + b - a), tanh(b)),
    (tanh(1) / tanh(1) ** 2, 1 / tanh(1)),
    (1 / (1 + tanh(1)), (1 + tanh(1)) ** -1),
]
DIFFERENT = [(tanh(1), tanh(2)), (tanh(1), sympy.Integer(1)), (a, b), (tanh(a), a), (exp(a), exp(2 * a)), (k, k**2)]


@pytest.mark.parametrize(("left", "right"), EQUAL, ids=str)
def test_equal_functions_with_one_form(left, right):
    assert normal(left) == normal(right)
    assert hash(normal(left)) == hash(normal(right))


@pytest.mark.parametrize(("left", "right"), DIFFERENT, ids=str)
def test_different_functions_have_different_forms(left, right):
    assert normal(left) != normal(right)


OTHERS = [
    sympy.Float(0.5), sympy.pi, sympy.I, sympy.oo, sympy.zoo, sympy.nan, sympy.sin(a), sympy.sqrt(a), sympy.log(a),
    sympy.Function("tanh")(a), sympy.Function("sigmoid")(a), ]  # fmt: skip


@pytest.mark.parametrize("expr", OTHERS, ids=str)
def test_normal_refuses_a_node_without_rule(expr):
    with pytest.raises(Unsupported, match=r"no meaning for"):
        normal(expr)


@pytest.mark.parametrize(
    "expr",
    [1 / a, a**-2, 1 / (1 + tanh(a)), abs(a * 1), sympy.Max(a, 1), 2 ** Symbol("t", integer=True, nonnegative=True)],
    ids=str,
)
def test_what_networks_do_not_have_is_no_normal_form_of_theirs(expr):
    assert not algebra.is_normal(term(expr))


@pytest.mark.parametrize("zero", [0, Add(tanh(1), tanh(-1), evaluate=False), 1 - 2 * sigmoid(2) + tanh(1)], ids=str)
def test_inverse_refuses_zero(zero):
    with pytest.raises(RuleError, match=r"inverse: found 0; needed what is not 0"):
        inverse(term(zero))


SIGNS = [
    (0, 0), (Rational(-1, 7), -1), (tanh(1) - 1, -1), (100 * tanh(1) - 50, 1), (tanh(1) - tanh(1), 0),
    (tanh(100) - 1, -1), (tanh(10000) - 1, -1), (tanh(10001) - tanh(10000), 1), (tanh(10000) ** 2 - tanh(10001), -1),
    ((1 - tanh(10000)) * (1 - tanh(20000)), 1), (1 - tanh(10000) - exp(-20000), 1),
    (sigmoid(-100), 1), (exp(1) - Rational(271828182845904523536, 10**20), 1),
    (tanh(1) - Rational(76159415595576488811945828260479359041276859725794, 10**50), -1),
    (tanh(1) - Rational(76159415595576488811945828260479359041276859725793, 10**50), 1),
]  # fmt: skip


@pytest.mark.parametrize(("expr", "expected"), SIGNS, ids=str)
def test_sign_of_a_constant(expr, expected):
    assert sign(term(expr)) == expected


def test_sign_refuses_what_no_precision_separates_from_zero():
    with pytest.raises(RuleError, match=r"sign: found .* not separated from 0 by 4096 bits; needed a decided sign"):
        sign(term(1 / tanh(10000) - 1))


@pytest.mark.parametrize("expr", [k, tanh(k), a - b], ids=str)
def test_a_constant_ball_refuses_symbols(expr):
    with pytest.raises(RuleError, match=r"constant: found .*; needed a term without symbols"):
        constant_ball(normal(expr))


def test_substitution_is_simultaneous_and_reaches_every_depth():
    swapped = substitute(term(a - 2 * tanh(b + exp(a))), {a: term(b), b: term(a)}, {})
    assert swapped == term(b - 2 * tanh(a + exp(b)))


def test_substitution_of_constants_reaches_unique_forms():
    assert substitute(term(sigmoid(a) * exp(-b)), {a: term(-2), b: term(1)}, {}) == term((1 - tanh(1)) / 2 * exp(-1))


def test_substitution_refuses_to_divide_by_zero():
    one_over = Term({frozenset({(a, -1)}): fmpq(1)})
    with pytest.raises(RuleError, match=r"inverse"):
        substitute(one_over, {a: rational(0)}, {})


def test_coefficients_of_a_polynomial():
    parts = term(a**2 * tanh(b) - 3 * a + tanh(a) + 5).coefficients(a)
    assert parts == {2: term(tanh(b)), 1: term(-3), 0: term(tanh(a) + 5)}


def test_symbols_are_found_at_every_depth():
    assert set(term(a * tanh(1 + sigmoid(b) * k)).symbols()) == {a, b, k}


def test_a_term_cannot_be_changed():
    with pytest.raises(TypeError, match=r"item assignment"):
        term(a).monomials[frozenset()] = fmpq(1)


@pytest.mark.parametrize("expr", [Symbol("w"), Symbol("w", zero=True), Symbol("w", integer=True)], ids=str)
def test_normal_refuses_a_symbol_for_numbers_of_another_kind(expr):
    with pytest.raises(Unsupported, match=r"no meaning for the symbol w"):
        normal(expr)


@pytest.mark.parametrize("kind", [Term, Apply, Variable])
def test_there_are_no_special_kinds_of_terms(kind):
    with pytest.raises(TypeError, match=r"of no special kind"):
        type("Special", (kind,), {})


def test_the_monomials_of_a_term_cannot_be_replaced():
    with pytest.raises(AttributeError, match=r"monomials"):
        term(a).monomials = {}


def test_a_product_counts_an_atom_that_is_listed_twice():
    twice = Term({frozenset({(a, 1), (a, 3)}): fmpq(1)})
    assert twice * term(a) == term(a**5)


def test_reading_a_term_back_gives_its_form():
    terms = [term(left) for left, _ in EQUAL]
    assert [normal(to_sympy(t)) for t in terms] == terms


@pytest.mark.parametrize("bits", [8, 64, 500])
def test_a_constant_ball_holds_the_constant_at_every_precision(bits):
    with mpmath.workdps(200):
        assert holds(constant_ball(term(tanh(1)), bits), mpmath.tanh(1))
        assert holds(constant_ball(term(1 / (1 + exp(-2))), bits), 1 / (1 + mpmath.exp(-2)))


def test_an_undefined_function_of_the_same_name_is_another_atom():
    assert Apply("tanh", term(a)) in {atom for mono in term(tanh(a)).monomials for atom, _ in mono}
    assert normal(Symbol("a", real=True)) != normal(Symbol("a", integer=True, nonnegative=True))


numbers = st.fractions(-3, 3, max_denominator=6).filter(bool).map(lambda q: Rational(q.numerator, q.denominator))
SA, SB, SK = map(sympy.sympify, (a, b, k))
expressions = st.recursive(
    st.one_of(numbers, st.sampled_from([SA, SB, SK, SA**2, Pow(SK - SB, 3)])),
    lambda inner: st.one_of(
        st.builds(lambda u, v: Add(u, v, evaluate=False), inner, inner),
        st.builds(lambda u, v: Mul(u, v, evaluate=False), inner, inner),
        st.builds(lambda f, u: f(u, evaluate=False), st.sampled_from([tanh, sigmoid]), inner),
        st.builds(lambda u: exp(tanh(u), evaluate=False), inner),
    ),
    max_leaves=6,
)
POINT = {a: fmpq(-3, 7), b: fmpq(5, 3), k: fmpq(1, 2)}
NUMBERS = {sympy.sympify(s): q for s, q in POINT.items()}


def truth(expr):
    """The expression at POINT by mpmath, node by node."""
    if expr in NUMBERS:
        return mpmath.mpf(int(NUMBERS[expr].p)) / int(NUMBERS[expr].q)
    if expr.is_Rational:
        return mpmath.mpf(expr.p) / expr.q
    args = [truth(argument) for argument in expr.args]
    functions = {tanh: mpmath.tanh, sigmoid: lambda z: 1 / (1 + mpmath.exp(-z)), exp: mpmath.exp}
    if expr.func in functions:
        return functions[expr.func](*args)
    return mpmath.fsum(args) if expr.is_Add else mpmath.fprod(args) if expr.is_Mul else args[0] ** int(expr.exp)


def holds(enclosure, value):
    """Whether a ball of hundreds of bits holds an mpmath number of 200 digits, to 150 digits."""
    with ctx.workprec(700):
        return enclosure.overlaps(
            arb(mpmath.nstr(value, 190)) + arb(0, abs(arb(mpmath.nstr(value, 30))) * arb("1e-150") + arb("1e-150"))
        )


@pytest.mark.slow
@settings(deadline=None, max_examples=150)
@given(expressions)
def test_a_normal_form_keeps_the_value(expr):
    with mpmath.workdps(200), ctx.workprec(700):
        assert holds(ball(normal(expr), {s: arb(q) for s, q in POINT.items()}), truth(expr))


@pytest.mark.slow
@settings(deadline=None, max_examples=80)
@given(expressions, expressions)
def test_sums_products_and_substitution_keep_the_value(u, v):
    with mpmath.workdps(200), ctx.workprec(700):
        values = {s: arb(q) for s, q in POINT.items()}
        assert holds(ball(normal(u) * normal(v) - normal(u), values), truth(u) * truth(v) - truth(u))
        put = substitute(normal(tanh(x, evaluate=False) + x * a), {x: normal(v)}, {})
        assert holds(ball(put, values), mpmath.tanh(truth(v)) + truth(v) * truth(SA))


@pytest.mark.parametrize("n", [-2, -1, 0, 1, 2, 3, 6, 7])
@pytest.mark.parametrize("x", [arb(0, 1), arb(0), arb(1, 2), arb(-3, 0.25), arb(2)], ids=str)
def test_powers_of_balls_hold_the_powers_of_their_numbers(x, n):
    """flint's own has no answer for a ball whose middle is 0."""
    found = algebra.ball_power(x, n)
    numbers = [fmpq(i, 4) for i in range(-16, 17) if x.contains(fmpq(i, 4))]
    assert numbers and all(found.contains(q**n) for q in numbers if q or n >= 0)
    assert found.is_finite() or n < 0


@pytest.mark.parametrize(
    ("base", "n", "terms"),
    [
        (a + 1, 3, 4),
        (a + b + 1, 4, 15),
        (2 * a, 10**3, 1),
        (a / b, -(10**9), 1),
        (a + 1, 10**9, 1),
        (a + b, -(10**9), 1),
    ],
    ids=str,
)
def test_a_large_power_of_a_sum_is_not_multiplied_out(base, n, terms):
    assert len(algebra.power(normal(base), rational(n)).monomials) == terms


def test_a_power_that_is_not_multiplied_out_keeps_its_value():
    with mpmath.workdps(200), ctx.workprec(700):
        found = ball(
            algebra.power(normal(1 + a), rational(5000)), {variable: arb(1) / 7 for variable in normal(a).symbols()}
        )
        assert holds(found, (1 + mpmath.mpf(1) / 7) ** 5000)


@pytest.mark.parametrize("bits", [64, 256])
def test_a_constant_that_so_few_bits_do_not_part_from_0_has_a_ball_around_it(bits):
    difference = algebra.tanh(algebra.rational(300)) - algebra.tanh(algebra.rational(150))
    found = algebra.constant_ball(algebra.tanh(difference), bits)
    assert found.is_finite() and found.contains(0)


def test_a_natural_power_of_a_ball():
    L, t = Variable("L"), Variable("t", "natural")
    assert algebra.ball(algebra.atom(L) ** (t + 1), {L: arb(2), t: arb(3)}) == 16


# What the constructors refuse


X, T, J = Variable("x"), Variable("t", "natural"), Variable("j", "natural")
x_, t_, j_ = map(algebra.atom, (X, T, J))


@pytest.mark.parametrize(
    "exponent", [x_, -t_, t_ / 2, t_ + rational(1, 2), t_ - x_, algebra.exp(t_), rational(1, 2), t_ * x_], ids=str
)
def test_power_refuses_an_exponent_that_is_not_natural(exponent):
    with pytest.raises(
        RuleError, match=r"power: found the exponent .*; needed an integer, plus symbolic natural numbers"
    ):
        algebra.power(x_, exponent)


def test_power_refuses_to_divide_by_zero():
    with pytest.raises(RuleError, match="inverse: found 0; needed what is not 0"):
        algebra.power(algebra.ZERO, rational(-1))


@pytest.mark.parametrize(
    ("index", "low", "high"),
    [
        (x_, rational(0), t_),
        (2 * j_, rational(0), t_),
        (rational(1), rational(0), t_),
        (j_, rational(-1), t_),
        (j_, rational(0), x_),
        (j_, rational(0), rational(-2)),
        (j_, rational(0), t_ - 2),
        (j_, rational(1, 2), t_),
    ],
)
def test_a_sum_refuses_another_index_or_range(index, low, high):
    with pytest.raises(RuleError, match=r"sum: found .*; needed a natural variable from a natural number to one - 1"):
        algebra.finite_sum(x_, index, low, high)


@pytest.mark.parametrize("value", [x_, rational(1, 2), algebra.exp(x_)], ids=str)
@pytest.mark.parametrize("term", [x_**t_, algebra.finite_sum(x_, j_, rational(0), t_)], ids=str)
def test_substitute_refuses_what_is_no_natural_number_in_an_exponent_or_a_range(term, value):
    with pytest.raises(RuleError, match=r"(power|sum): found"):
        substitute(term, {T: value}, {})


def test_substitute_renames_an_index_that_would_capture_a_variable():
    total = algebra.finite_sum(x_ * j_, j_, rational(0), t_)
    assert str(substitute(total, {X: j_}, {})) == "sum(j*j', j', 0, t)"
    assert substitute(total, {J: x_}, {}) == total


def test_fresh_is_the_variable_itself_where_it_is_nobody_s():
    primed = Variable("x'")
    assert algebra.fresh(X, [], [t_]) is X
    assert algebra.fresh(X, [], [x_]) is primed
    assert algebra.fresh(X, [primed], [x_]) is Variable("x''")
    assert algebra.fresh(X, [], [algebra.atom(Variable("x", "natural"))]) is X
