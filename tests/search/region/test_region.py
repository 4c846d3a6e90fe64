"""The region of the sentiment network against the cells known from an independent proof; small regions against brute force."""

from __future__ import annotations

import sys
from fractions import Fraction

import numpy as np
import pytest
import sympy
from support.networks import SCORE, VOCABULARY, sentiment
from sympy import Rational, tanh

from symlstm import Construction, InputError, Network, ReadoutTerm, Verdict, k, pattern_counts, region
from symlstm.kernel import algebra
from symlstm.kernel.networks.statements import Computes, Counterexample
from symlstm.kernel.theorem import RuleError
from symlstm.model.simulation.running import run_balls, run_floats
from symlstm.model.terms import term
from symlstm.model.translation import to_sympy
from symlstm.search.region.cases import Case, Undecided

pytestmark = pytest.mark.slow

w, n, beta, gamma, p, q = sympy.symbols("w n beta gamma p q", real=True)
kappa = tanh(1)
# By hand and by z3, each form > 0:
FLAGS = {-beta, w + beta, -(w - n * kappa + beta), -(w + gamma), -(n * kappa + gamma), w + n * kappa + gamma}
INVERTED = {-beta, w + beta, beta - n * kappa, gamma, w + gamma + n * kappa, -(n * kappa + gamma)}
PUBLISHED = {"w": 100, "n": 100, "beta": -50, "gamma": -150}


def open_sentiment() -> Network:
    into, words = [-1, -1, 0, 1, 1, 0], [0, 1, 2, 0, 1, None]
    blocks = {
        "W_io": [[w * k * int(word == j) for j in range(4)] for word in words],
        "W_ho": [[0, 0, sign * n * k, 0, 0, 0] for sign in into],
        "b_ho": [beta * k] * 3 + [gamma * k] * 2 + [-50 * k],
    }
    closed, _ = sentiment()
    return Network(
        VOCABULARY,
        (*closed.weight_ih[:18], *blocks["W_io"]),
        (*closed.weight_hh[:18], *blocks["W_ho"]),
        closed.bias_ih,
        (*closed.bias_hh[:18], *blocks["b_ho"]),
        readout=closed.readout,
        delay=1,
        parameters=(w, n, beta, gamma),
    )


@pytest.fixture(scope="module")
def network():
    return open_sentiment()


@pytest.fixture(scope="module")
def found(network):
    return region(network, pattern_counts(VOCABULARY, SCORE))


@pytest.fixture(scope="module")
def flags(found):
    return next(cell for cell in found.cells if cell.contains(PUBLISHED))


@pytest.fixture(scope="module")
def inverted(found):
    return next(cell for cell in found.cells if not cell.contains(PUBLISHED))


def scaled(forms) -> set:
    """Linear forms up to positive factors: divided by the size of the first coefficient that is not 0, each exactly."""
    rows = [[sympy.expand(form).coeff(x) for x in (w, n, beta, gamma)] for form in forms]
    return {tuple(sympy.simplify(x / abs(next(y for y in row if y != 0))) for x in row) for row in rows}


def right_sides(cell) -> list:
    return [inequality.rhs for inequality in cell.inequalities]


def test_the_two_cells_are_found(found, flags, inverted):
    assert len(found.cells) == 2
    assert scaled(right_sides(flags)) == scaled(FLAGS) and len(flags.forms) == 6
    assert scaled(right_sides(inverted)) == scaled(INVERTED) and len(inverted.forms) == 6


def test_every_leaf_is_a_theorem_under_its_inequalities(found):
    assert found.undecided == () and found.refuted
    for cell in found.cells:
        assert isinstance(cell.theorem.conclusion, Computes) and cell.theorem.hypotheses == {*cell.inequalities}
    for leaf in found.refuted:
        assert isinstance(leaf.conclusion, Counterexample) and leaf.hypotheses


def test_the_cells_are_all_but_for_eight_hyperplanes(found):
    theorem = found.theorem
    assert theorem.hypotheses == frozenset() and len(theorem.conclusion.walls) == 8
    assert {frozenset(cell) for cell in theorem.conclusion.cells} == {frozenset(c.inequalities) for c in found.cells}


def outside_one(cell, form) -> dict:
    """A point where this form is negative and all others are positive: the proof that none of the others implies it."""
    names = [*map(str, cell.parameters)]
    rows = np.array([[float(sympy.expand(f).coeff(x)) for x in cell.parameters] for f in right_sides(cell)])
    random = np.random.default_rng(1)
    at = right_sides(cell).index(form)
    points = random.integers(-400, 401, (60_000, 4))
    values = points @ rows.T
    wanted = (np.delete(values, at, 1) > 1e-6).all(1) & (values[:, at] < -1e-6)
    return dict(zip(names, points[wanted][0].tolist(), strict=True))


@pytest.mark.parametrize("which", ["flags", "inverted"])
def test_each_inequality_is_needed(which, request):
    cell = request.getfixturevalue(which)
    for form in right_sides(cell):
        values = cell.margins_at(outside_one(cell, form))
        assert [f for f, value in values.items() if sympy.sympify(value).evalf() < 0] == [form]


def test_the_margins_of_the_published_point(flags):
    values = sorted(map(sympy.sympify, flags.margins_at(PUBLISHED).values()), key=float)
    assert values == [100 * kappa - 50, 100 * kappa - 50, 50, 50, 50, 150 - 100 * kappa]


@pytest.mark.parametrize(
    ("which", "bounds", "value"),
    [
        ("flags", {"w": 100, "n": 100}, 50 * kappa),
        ("inverted", {"w": 100, "n": 100}, 50 * kappa),
        ("flags", dict.fromkeys(PUBLISHED, 100), Rational(100, 3)),
        ("inverted", dict.fromkeys(PUBLISHED, 100), 50 * kappa),
        ("flags", {"w": 10, "n": 1 / kappa}, Rational(1, 2)),
    ],
)
def test_the_largest_smallest_margin(which, bounds, value, request):
    cell = request.getfixturevalue(which)
    margin, point = cell.widest(bounds)
    assert margin == value and cell.contains(point)
    assert min(map(float, map(sympy.sympify, cell.margins_at(point).values()))) == pytest.approx(float(value))


def test_the_point_with_all_bounded_is_the_only_one(flags):
    _, point = flags.widest(dict.fromkeys(PUBLISHED, 100))
    assert {str(p): x for p, x in point.items()} == {
        "w": Fraction(200, 3),
        "n": term(Rational(200, 3) / kappa),
        "beta": Fraction(-100, 3),
        "gamma": -100,
    }


def random_points(count: int) -> list[dict]:
    """Points in the cells, and near them, and anywhere."""
    random = np.random.default_rng(2)
    centres = [(100, 100, -62, -138), (100, -100, -38, 38), (0, 0, 0, 0)]
    draws = [centres[i % 3] + random.integers(-25, 26, 4) * (1, 1, 6)[i % 3] for i in range(count)]
    return [dict(zip(PUBLISHED, map(int, draw), strict=True)) for draw in draws]


def test_points_in_and_out_are_judged_as_the_closed_network_is(network, found):
    inside = 0
    for point in random_points(18):
        expected = any(cell.contains(point) for cell in found.cells)
        verdict = Construction(network.at(point), pattern_counts(VOCABULARY, SCORE)).outcome().verdict
        walls = [
            to_sympy(wall).subs({sympy.Symbol(s.name, real=True): point[s.name] for s in network.parameters})
            for wall in found.walls
        ]
        assert 0 in walls or verdict is (Verdict.PROVED if expected else Verdict.REFUTED)
        inside += expected
    assert 3 <= inside <= 15, inside


def counter(**gates) -> Network:
    """Counts a; some gates open."""
    blocks = {"W_ig": [[100 * k, 0]], "b_ii": [100 * k], "b_if": [100 * k], "b_io": [-100 * k]} | gates
    open_ones = sorted(
        {s for block in blocks.values() for s in sympy.Array(block).free_symbols - {sympy.sympify(k)}}, key=str
    )
    return Network.from_gates(("a", "b"), 1, blocks, readout=[ReadoutTerm("c", 0)], parameters=open_ones)


COUNT = pattern_counts(("a", "b"), {("a",): 1})


@pytest.mark.parametrize(
    ("gates", "cells"),
    [
        ({"b_if": [p * k]}, [["0 < p"]]),
        ({"b_if": [(3 * p - 2) * k]}, [["0 < 3*p - 2"]]),
        ({"b_if": [(1 - p / tanh(1)) * k]}, [["0 < 1 - p/tanh(1)"]]),
        ({"W_ig": [[p * k, q * k]]}, []),
        ({"W_ig": [[p * k, 0]], "b_if": [(q - p) * k]}, [["0 < p", "0 < q - p"]]),
        ({"W_ig": [[100 * k, 0]], "b_if": [p * k], "W_if": [[0, q * k]]}, [["0 < p", "0 < p + q"]]),
    ],
)
def test_counters(gates, cells):
    found = region(counter(**gates), COUNT)
    assert sorted(sorted(map(str, cell.inequalities)) for cell in found.cells) == cells and not found.undecided


def test_a_margin_that_nothing_depends_on_is_no_wall():
    found = region(counter(b_if=[p * k], b_io=[q * k]), COUNT)
    assert [sorted(map(str, cell.inequalities)) for cell in found.cells] == [["0 < p"]] and len(found.walls) == 1


def test_a_cell_can_be_the_whole_space():
    found = region(counter(b_io=[p * k]), COUNT)
    [cell] = found.cells
    assert cell.inequalities == () and cell.contains({"p": 0}) and found.theorem.conclusion.walls == ()


def test_an_infinite_leaf_stays_open_with_the_reason():
    network = Network.from_gates(
        ("a", "b"),
        1,
        {"W_ig": [[100 * k, -100 * k]], "b_ii": [100 * k], "b_if": [p * k], "b_io": [100 * k]},
        readout=[ReadoutTerm("h", 0)],
        parameters=(p,),
    )
    found = region(network, COUNT)
    [leaf] = found.undecided
    assert "values in the limit" in leaf.reason and len(found.refuted) == 1
    with pytest.raises(RuleError, match="region"):
        found.theorem  # noqa: B018


NONLINEAR = [p * q * k, p**2 * k, p, p * k**2, tanh(p) * k, p * k * sympy.exp(k)]


@pytest.mark.parametrize("entry", NONLINEAR, ids=str)
def test_a_parameter_enters_linearly_and_with_the_scale(entry):
    with pytest.raises(InputError, match="parameter"):
        Network.from_gates(("a", "b"), 1, {"b_if": [entry]}, parameters=(p, q))


@pytest.mark.parametrize("name", ["h_1", "c_2", "x_1", "i_1", "a_o_3", "k"])
def test_a_parameter_has_a_name_of_its_own(name):
    with pytest.raises(InputError, match="a name of its own"):
        Network.from_gates(("a",), 1, {}, parameters=[sympy.Symbol(name, real=True)])


def test_a_parameter_is_a_real_symbol():
    with pytest.raises(InputError, match="real variable"):
        Network.from_gates(("a",), 1, {}, parameters=[sympy.Symbol("p", positive=True)])


def test_an_undeclared_symbol_is_refused():
    with pytest.raises(InputError, match="b_if"):
        Network.from_gates(("a",), 1, {"b_if": [p * k]})


@pytest.mark.parametrize("count", [0, 5])
def test_one_to_four_parameters(count):
    names = sympy.symbols(f"p:{count}", real=True)
    network = Network.from_gates(
        ("a", "b"), 1, {"b_if": [sum(names) * k]}, readout=[ReadoutTerm("c", 0)], parameters=names
    )
    with pytest.raises(InputError, match="1 to 4"):
        region(network, COUNT)


@pytest.mark.parametrize(
    "run", [lambda net: run_floats(net, ("a",), dtype="float64"), lambda net: run_balls(net, ("a",))]
)
def test_a_network_with_open_parameters_has_no_numbers(run):
    with pytest.raises(InputError, match="open parameters p"):
        run(counter(b_if=[p * k]))


def test_a_network_with_open_parameters_is_not_proved_as_a_whole():
    outcome = Construction(counter(b_if=[p * k]), COUNT).outcome()
    assert outcome.verdict is Verdict.OPEN and "open parameters" in outcome.reason


@pytest.mark.parametrize("values", [{}, {"p": 1, "q": 2}, {"p": k}])
def test_at_needs_a_number_for_each_parameter(values):
    with pytest.raises(InputError):
        counter(b_if=[p * k]).at(values)


@pytest.mark.parametrize(
    ("bounds", "needed"), [({}, "without end"), ({"p": -1}, "bounds >= 0"), ({"p": 0}, "leave room")]
)
def test_bounds_must_leave_a_largest_margin(bounds, needed):
    [cell] = region(counter(b_if=[p * k]), COUNT).cells
    with pytest.raises(InputError, match=needed):
        cell.widest(bounds)


def test_a_margin_that_is_implied_but_smaller_counts():
    """p > 0 implies p/10 > 0, and the smaller of the two is the margin."""
    [cell] = region(counter(b_if=[p * k], b_ii=[p * k / 10]), COUNT).cells
    assert cell.widest({"p": 10})[0] == 1


@pytest.mark.parametrize("place", ["check_registers", "enlarged"])
def test_a_margin_that_gets_a_sign_nowhere_does_not_end_the_search(place, monkeypatch):
    """What is done after the verdict of a case may ask for signs that its proof does not need."""
    raised = []

    def undecided(self, *automaton):
        if place == "enlarged" or sys._getframe(1).f_code.co_name == "margins":
            raised.append(self)
            raise Undecided(algebra.atom(q))
        return original(self, *automaton)

    original = getattr(Case, place)
    monkeypatch.setattr(Case, place, undecided)
    found = region(counter(b_if=[p * k]), COUNT)
    assert [sorted(map(str, cell.inequalities)) for cell in found.cells] == [["0 < p"]] and raised
