"""Where in parameter space a network computes its specification, by cases, and how well, by duality.  TRUSTED."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sympy import Symbol

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.parameters import assumed
from symlstm.kernel.propositions import Less
from symlstm.kernel.statements import Computes, Counterexample, Readout, Statement, System, WeightedAutomaton
from symlstm.kernel.theorem import ARITHMETIC, CONSTRUCTORS, RuleError, Theorem, conclude


@dataclass(frozen=True)
class Split:
    """A certificate: the case of a positive form, and that of a negative one."""

    form: Term
    above: Split | Theorem
    below: Split | Theorem


class Cells(Statement):
    """For all parameters at which none of `walls` is 0:  lim_(k->oo) readout_T = specification(w_1 ... w_(T-delay))

    for every word sequence w_1 ... w_T, T >= max(1, delay), if and only if all inequalities of some cell hold.
    """

    system: System
    readout: Readout
    specification: WeightedAutomaton
    cells: tuple[tuple[Less, ...], ...]
    walls: tuple[Term, ...]


class LargestMargin(Statement):
    """The largest value that all of `forms` can reach at once with |p| <= bounds[p]; `point` is where they do."""

    forms: tuple[Term, ...]
    bounds: Mapping[Symbol, Term]
    value: Term
    point: Mapping[Symbol, Term]


class MarginsAt(Statement):
    """The values of the forms at a point."""

    forms: tuple[Term, ...]
    point: Mapping[Symbol, Term]
    values: tuple[Term, ...]


def cells(tree: Split | Theorem) -> Theorem:
    """
    H |- Computes, or H |- Counterexample, at each leaf     H among the signs that lead to it
    -----------------------------------------------------------------------------------------
               Cells: off the forms split, right exactly where the H of some Computes hold
    """
    leaves, walls = [*_leaves(tree, ())], dict[Term, None]()
    goal, right = _goal(leaves[0][0]), dict[tuple[Less, ...], None]()
    for leaf, path in leaves:
        if _goal(leaf) != goal or not leaf.hypotheses <= {assumed(form) for form, _ in path}:
            raise RuleError("cells", f"{leaf.conclusion} under {set(leaf.hypotheses)}", f"{goal} under {path}")
        walls |= {wall: None for _, wall in path}
        if isinstance(leaf.conclusion, Computes):
            right[tuple(assumed(f) for f, _ in path if assumed(f) in leaf.hypotheses)] = None
    if not {s for wall in walls for s in wall.symbols()} <= {*goal[0].parameters}:
        raise RuleError("cells", f"cases of {list(walls)}", f"cases of the parameters {goal[0].parameters}")
    premises = tuple(leaf for leaf, _ in leaves)
    discharged = frozenset().union(*(leaf.hypotheses for leaf in premises))
    return conclude(Cells(*goal, tuple(right), tuple(walls)), "cases by sign", premises, discharged=discharged)


def _leaves(
    tree: Split | Theorem, path: tuple[tuple[Term, Term], ...]
) -> Iterator[tuple[Theorem, tuple[tuple[Term, Term], ...]]]:
    """Each leaf with the (signed form, form) on the way to it."""
    if isinstance(tree, Split):
        yield from _leaves(tree.above, (*path, (tree.form, tree.form)))
        yield from _leaves(tree.below, (*path, (-tree.form, tree.form)))
    else:
        yield tree, path


def _goal(leaf: Theorem) -> tuple[System, Readout, WeightedAutomaton]:
    found = leaf.conclusion
    if not isinstance(found, Computes | Counterexample):
        raise RuleError("cells", type(found).__name__, "a Computes or a Counterexample at each leaf")
    return found.system, found.readout, found.specification


def margins_at(forms: Sequence[Term], point: Mapping[Symbol, Term]) -> Theorem:
    """
    ---------  by substitution; a number for each parameter
    MarginsAt
    """
    values = tuple(algebra.substitute(form, point, {}) for form in forms)
    if any(term.symbols() for term in (*values, *point.values())):
        raise RuleError("margins at", dict(point), f"a number for each parameter in {list(forms)}")
    return conclude(MarginsAt(tuple(forms), point, values), "substitution")


def largest_margin(
    claimed: LargestMargin, multipliers: Sequence[Term], sides: Mapping[Symbol, tuple[Term, Term]]
) -> Theorem:
    """Weak duality of linear programs.

    form(point) >= value     |point_p| <= bound_p     m_i, a_p, b_p >= 0, not all m_i = 0
    sum m_i (form_i - value) + sum a_p (bound_p - p) + b_p (bound_p + p) = 0 in normal form
    ---------------------------------------------------------------------------------------
                                    LargestMargin
    """
    total, slack = algebra.ZERO, [algebra.substitute(f, claimed.point, {}) - claimed.value for f in claimed.forms]
    for form, multiplier in zip(claimed.forms, multipliers, strict=True):
        total += multiplier * (form - claimed.value)
    for p, (above, below) in sides.items():
        total += above * (claimed.bounds[p] - algebra.atom(p)) + below * (claimed.bounds[p] + algebra.atom(p))
        slack += [above, below]
    slack += [bound + side for p, bound in claimed.bounds.items() for side in (claimed.point[p], -claimed.point[p])]
    if min(map(algebra.sign, (*slack, *multipliers))) < 0 or not any(map(algebra.sign, multipliers)) or total.monomials:
        raise RuleError(
            "largest margin", f"{claimed.value} at {claimed.point}", "a point and multipliers that meet there"
        )
    return conclude(claimed, "duality", trusted=frozenset({ARITHMETIC, CONSTRUCTORS}))
