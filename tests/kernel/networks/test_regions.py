"""Cases of parameters: leaves under the signs that lead to them, and nothing else; duality meets or is refused."""

from __future__ import annotations

from dataclasses import replace
from types import SimpleNamespace

import pytest
import sympy
from flint import fmpq

from symlstm.kernel.algebra import Term, Variable, atom, rational
from symlstm.kernel.networks.automata import counterexample
from symlstm.kernel.networks.enclosures import Enclosure, Error
from symlstm.kernel.networks.invariants import invariant
from symlstm.kernel.networks.regions import LargestMargin, Split, cells, largest_margin, margins_at
from symlstm.kernel.networks.statements import Automaton, Readout, Situation, System, WeightedAutomaton
from symlstm.kernel.parameters import Assumptions, Certificate
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.translation import normal
from symlstm.search.saturation.equivalence import decide
from symlstm.steps import Less

w, n, h, x, k = map(Variable, "wnhxk")
ONE, FLAG = rational(1), normal(sympy.tanh(w * k))
W, N = normal(w), normal(n)


def leaf(sign: int, assumed: Term | None = None, wanted: int = 1) -> Theorem:
    """h' = tanh(w k) for w of a sign should be `wanted`: the theorem that it is, or that it is not."""
    system = System(k, ("a",), (x,), ((ONE,),), (h,), (rational(sign),), (FLAG,), (), (w, n))
    form = W.scaled(fmpq(sign)) if assumed is None else assumed
    given = Assumptions((form,), {W: Certificate(rational(sign), (Term({}), rational(1)))})
    box = {h: Enclosure(rational(sign), Error(tiny=True))}
    premise = invariant(system, Automaton((Situation((), box, {}),), ((0,),), ()), None, given)
    goal = Readout(((h, rational(1)),), 0), WeightedAutomaton((fmpq(wanted),), {"a": ((fmpq(1),),)}, (fmpq(1),))
    return decide(premise, *goal)


def from_start() -> dict[int, Theorem]:
    """The leaves of one system, whose start is forgotten at once."""
    system = System(k, ("a",), (x,), ((ONE,),), (h,), (ONE,), (FLAG,), (), (w, n))
    goal = Readout(((h, rational(1)),), 0), WeightedAutomaton((fmpq(1),), {"a": ((fmpq(1),),)}, (fmpq(1),))
    found = {}
    for sign in (1, -1):
        given = Assumptions((W.scaled(fmpq(sign)),), {W: Certificate(rational(sign), (Term({}), rational(1)))})
        boxes = [{h: Enclosure(rational(value), Error(tiny=True))} for value in (1, sign)]
        automaton = Automaton((Situation((), boxes[0], {}), Situation(("a",), boxes[1], {})), ((1,), (1,)), ())
        found[sign] = decide(invariant(system, automaton, None, given), *goal)
    return found


@pytest.fixture(scope="module")
def leaves() -> dict[int, Theorem]:
    return from_start()


def test_cells_lists_where_the_network_is_right(leaves):
    theorem = cells(Split(W, leaves[1], leaves[-1]))
    assert theorem.conclusion.cells == ((Less(0, w),),) and theorem.conclusion.walls == (W,)
    assert theorem.hypotheses == frozenset() and theorem.premises == (leaves[1], leaves[-1])


def test_cells_takes_a_case_that_no_leaf_needs_as_a_wall(leaves):
    inner = Split(W, leaves[1], leaves[-1])
    assert cells(Split(N, inner, inner)).conclusion.walls == (N, W)


@pytest.mark.parametrize("swap", [lambda a, b: Split(W, b, a), lambda a, b: Split(N, a, b), lambda a, b: a])
def test_cells_refuses_a_leaf_under_other_signs(leaves, swap):
    with pytest.raises(RuleError, match="cells"):
        cells(swap(leaves[1], leaves[-1]))


def test_cells_refuses_leaves_of_two_goals(leaves):
    with pytest.raises(RuleError, match="cells"):
        cells(Split(W, leaves[1], leaf(-1)))


def test_cells_refuses_a_leaf_that_decides_nothing(leaves):
    with pytest.raises(RuleError, match="Computes or a Counterexample"):
        cells(Split(W, leaves[1].premises[0], leaves[-1]))


def test_cells_refuses_cases_of_what_is_no_parameter(leaves):
    inner = Split(W, leaves[1], leaves[-1])
    with pytest.raises(RuleError, match="parameters"):
        cells(Split(normal(k - 1), inner, inner))


def test_counterexamples_inherit_the_hypotheses(leaves):
    assert leaves[-1].rule == "evaluation of both sides" and leaves[-1].hypotheses == {Less(0, -w)}
    goal = leaves[-1].conclusion
    again = counterexample(leaves[-1].premises[0], goal.readout, goal.specification, ("a",))
    assert again.hypotheses == leaves[-1].hypotheses


def test_margins_at_a_point():
    theorem = margins_at([W, W - N], {w: rational(3), n: normal(sympy.tanh(1))})
    assert theorem.conclusion.values == (rational(3), normal(3 - sympy.tanh(1)))


def test_margins_at_keeps_forms_that_can_be_read_once():
    assert margins_at(iter([W]), {w: rational(3)}).conclusion.forms == (W,)


def test_cells_refuses_a_wall_that_divides_by_a_parameter():
    inner = leaf(1)
    with pytest.raises(RuleError, match=r"assumptions: found 1/w; needed a term in normal form"):
        cells(Split(atom(w, -1), inner, inner))


ROUNDED = Term({frozenset(): sympy.Float(1)})


def test_margins_are_of_terms_in_normal_form():
    with pytest.raises(
        RuleError, match=r"margins at: found something else among the terms; needed terms in normal form"
    ):
        margins_at([W], {w: ROUNDED})
    for statement, multipliers in (
        (claimed(HALF, HALF), (ROUNDED, UNIT)),
        (claimed(HALF, HALF, {w: ROUNDED}), (UNIT, UNIT, ZERO, ZERO)),
        (replace(claimed(HALF, HALF), forms=(W, UNIT - W, ROUNDED)), (UNIT, UNIT, ZERO)),
    ):
        with pytest.raises(RuleError, match=r"largest margin: found .*; needed terms in normal form"):
            largest_margin(statement, multipliers)


def test_cells_reads_a_case_once():
    class Turning(Split):
        """The other sign at each look."""

        @property
        def form(self):
            looks = self.__dict__["looks"] = self.__dict__.get("looks", 0) + 1
            return W.scaled(fmpq((-1) ** (looks - 1)))

    leaves = from_start()
    turning = Turning.__new__(Turning)
    turning.__dict__.update(above=leaves[1], below=leaves[-1])
    assert cells(turning).conclusion == cells(Split(W, leaves[1], leaves[-1])).conclusion


def test_largest_margin_refuses_what_only_looks_like_one():
    with pytest.raises(RuleError, match=r"largest margin: found SimpleNamespace; needed a LargestMargin"):
        largest_margin(SimpleNamespace(**vars(claimed(HALF, HALF))), (UNIT, UNIT))


def test_margins_at_needs_all_parameters():
    with pytest.raises(RuleError, match="margins at"):
        margins_at([W - N], {w: rational(3)})


# max of min(w, 1 - w) is 1/2; with |w| <= 1/3 it is 1/3, by the side 1/3 - w, the last of the constraints w, 1 - w, 1/3 + w, 1/3 - w
HALF, THIRD, ZERO, UNIT = rational(1, 2), rational(1, 3), Term({}), rational(1)
FORMS = (W, UNIT - W)


def claimed(value: Term, point: Term, bounds: dict | None = None) -> LargestMargin:
    return LargestMargin(FORMS, bounds or {}, value, {w: point})


@pytest.mark.parametrize(
    ("statement", "multipliers"),
    [
        (claimed(HALF, HALF), (UNIT, UNIT)),
        (claimed(THIRD, THIRD, {w: THIRD}), (UNIT, ZERO, ZERO, UNIT)),
    ],
)
def test_largest_margin(statement, multipliers):
    assert largest_margin(statement, multipliers).conclusion is statement


@pytest.mark.parametrize(
    ("statement", "multipliers"),
    [
        pytest.param(claimed(THIRD, HALF), (UNIT, UNIT), id="too small a value"),
        pytest.param(claimed(HALF, THIRD), (UNIT, UNIT), id="a point that has less"),
        pytest.param(claimed(HALF, HALF), (UNIT, ZERO), id="no cancellation"),
        pytest.param(claimed(THIRD, THIRD), (ZERO, ZERO), id="all multipliers zero"),
        pytest.param(claimed(HALF, HALF, {w: THIRD}), (UNIT, UNIT, ZERO, ZERO), id="a point out of bounds"),
        pytest.param(claimed(THIRD, THIRD, {w: HALF}), (UNIT, -UNIT, ZERO, ZERO), id="a negative multiplier"),
        pytest.param(claimed(ZERO, ZERO, {w: THIRD}), (ZERO, UNIT, UNIT + UNIT, -UNIT), id="a negative side"),
        pytest.param(replace(claimed(W, HALF), forms=(W,)), (UNIT,), id="a value that varies"),
        pytest.param(claimed(W, HALF, {w: HALF}), (UNIT, ZERO, ZERO, ZERO), id="a value that varies, within bounds"),
        pytest.param(claimed(HALF, HALF, {w: W}), (UNIT, UNIT, ZERO, ZERO), id="a bound that varies"),
        pytest.param(claimed(HALF, W), (UNIT, UNIT), id="a point that varies"),
    ],
)
def test_largest_margin_refuses(statement, multipliers):
    with pytest.raises(RuleError, match="largest margin"):
        largest_margin(statement, multipliers)
