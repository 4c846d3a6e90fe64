"""SymPy's known wrong limits (1.14.0): the kernel proves the truth and refuses SymPy's value.

`tanh` takes its bounded argument for its own leading term. A newer SymPy may get these right:
then the pinned value may go, which is why either value passes; the kernel's may not change.
"""

import pytest
import sympy
from flint import fmpq
from support.systems import ONE, always, h, k, line, near, r, system, term
from sympy import Rational, Symbol, exp, oo, tanh

from symlstm.kernel.networks.automata import trace
from symlstm.kernel.networks.enclosures import EnclosureArithmetic
from symlstm.kernel.networks.invariants import invariant
from symlstm.kernel.networks.statements import Readout
from symlstm.kernel.theorem import RuleError
from symlstm.model.activations import sigmoid

CASES = [  # expression, what sympy.limit says, the truth
    (tanh(sigmoid(k)), 1, tanh(1)),
    (tanh(sigmoid(k) / 3), Rational(1, 3), tanh(Rational(1, 3))),
    (sigmoid(50 * k) * tanh(sigmoid(100 * k) * tanh(100 * k)), 1, tanh(1)),  # the flag of a single word
]
B, C = Symbol("B", positive=True), Symbol("C", real=True)


@pytest.mark.parametrize(("expr", "wrong", "truth"), CASES, ids=str)
def test_sympy_says_the_pinned_value_or_the_truth(expr, wrong, truth):
    assert sympy.limit(expr.replace(sigmoid, lambda z: 1 / (1 + exp(-z))), sympy.sympify(k), oo) in (wrong, truth)


@pytest.mark.parametrize(("expr", "wrong", "truth"), CASES, ids=str)
def test_the_kernel_encloses_the_truth(expr, wrong, truth):
    signal = EnclosureArithmetic(k, ONE).evaluate(term(expr), {})
    assert signal.limit == term(truth) != term(wrong)
    assert 0 < signal.error.at(fmpq(50)) < fmpq(1, 10**20)


@pytest.mark.parametrize("k0", [ONE, None])
@pytest.mark.parametrize(("expr", "wrong", "truth"), CASES, ids=str)
def test_the_kernel_proves_the_truth_and_refuses_the_wrong_proposal(expr, wrong, truth, k0):
    flag, loose = system({h: expr}), {"tiny": True} if k0 is None else {"terms": {(0, Rational(1, 2)): 9}}
    assert invariant(flag, line({h: near(0)}, {h: near(truth, **loose)}), k0).conclusion.k0 == k0
    with pytest.raises(RuleError, match=r"invariant: found h = .*; needed inside"):
        invariant(flag, line({h: near(0)}, {h: near(wrong, **loose)}), k0)


def closed_form(n):
    """c_n of c' = f c + i g from c_0 = C, gates sigmoid(B), sigmoid(B), tanh(B)."""
    f, g = 1 / (1 + exp(-B)), tanh(B)
    return f**n * C + f * g * (1 - f**n) / (1 - f)


@pytest.mark.slow
@pytest.mark.parametrize(("n", "wrong"), [(3, 3), (Symbol("n", integer=True, positive=True), -oo)], ids=str)
def test_sympy_loses_the_first_value_of_the_cell(n, wrong):
    assert sympy.limit(closed_form(n), B, oo) in (wrong, C + n)


def test_the_kernel_keeps_the_first_value_of_the_cell():
    cell = system({r: sigmoid(k) * r + sigmoid(k) * tanh(k)}, {r: Rational(7, 2)})
    premise = invariant(cell, line({}, registers=(r,)), ONE)
    limits = trace(premise, Readout(((r, term(1)),), 0), always(0), ("w",) * 12).conclusion.limits
    assert limits == tuple(term(Rational(7, 2) + n) for n in range(1, 13))
