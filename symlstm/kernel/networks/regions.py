"""Where in parameter space a network computes its specification, by cases, and how well, by duality.  TRUSTED."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.logic.propositions import Less
from symlstm.kernel.networks.machines import Machine
from symlstm.kernel.networks.statements import (
    Computes,
    Counterexample,
    Goal,
    Readout,
    Statement,
    System,
    WeightedAutomaton,
)
from symlstm.kernel.parameters import assumed
from symlstm.kernel.theorem import RuleError, Theorem, conclude


@dataclass(frozen=True)
class Split:
    """A certificate: the case of a positive form, and that of a negative one."""

    form: Term
    above: Split | Theorem
    below: Split | Theorem


class Cells(Goal):
    """For all parameters at which none of `walls` is 0:  lim_(k->oo) readout_T = specification(w_1 ... w_(T-delay))
    for every word sequence w_1 ... w_T, T >= max(1, delay), if and only if all inequalities of some cell hold.
    """

    cells: tuple[tuple[Less, ...], ...]
    walls: tuple[Term, ...]


class LargestMargin(Statement):
    """The largest value that all of `forms` can reach at once with |p| <= bounds[p]; `point` is where they do."""

    forms: tuple[Term, ...]
    bounds: Mapping[Variable, Term]
    value: Term
    point: Mapping[Variable, Term]


class MarginsAt(Statement):
    """The values of the forms at a point."""

    forms: tuple[Term, ...]
    point: Mapping[Variable, Term]
    values: tuple[Term, ...]


def cells(tree: Split | Theorem) -> Theorem[Cells]:
    """
    H |- Computes, or H |- Counterexample, at each leaf     H among the signs that lead to it
    -----------------------------------------------------------------------------------------
               Cells: off the forms split, right exactly where the H of some Computes hold
    """
    leaves, walls, right = [*_leaves(tree, {})], dict[Term, None](), dict[tuple[Any, ...], None]()
    goal = _goal(leaves[0][0])
    for leaf, path in leaves:
        if _goal(leaf) != goal or not leaf.hypotheses <= path.keys():
            raise RuleError("cells", f"{leaf.conclusion} under {set(leaf.hypotheses)}", f"{goal} under {[*path]}")
        walls |= dict.fromkeys(path.values())
        if isinstance(leaf.conclusion, Computes):
            right[tuple(sign for sign in path if sign in leaf.hypotheses)] = None
    if not {s for wall in walls for s in wall.symbols()} <= {*goal[0].parameters}:
        raise RuleError("cells", f"cases of {list(walls)}", f"cases of the parameters {goal[0].parameters}")
    premises = tuple(leaf for leaf, _ in leaves)
    discharged = frozenset().union(*(leaf.hypotheses for leaf in premises))
    return conclude(
        Cells(*goal, tuple(right), tuple(walls)), "cases by sign", premises, discharged=discharged, certificate=tree
    )


def _leaves(tree: Split | Theorem, path: Mapping[Less, Term]) -> Iterator[tuple[Theorem, Mapping[Less, Term]]]:
    """Each leaf with the signs on the way to it, and the forms that have them."""
    if isinstance(tree, Split):
        form, above, below = tree.form, tree.above, tree.below  # read once
        yield from _leaves(above, {**path, assumed(form): form})
        yield from _leaves(below, {**path, assumed(-form): form})
    else:
        yield tree, path


def _goal(leaf: Theorem) -> tuple[System, Readout, WeightedAutomaton | Machine]:
    found = leaf.conclusion
    if not isinstance(found, Computes | Counterexample) or found.specification.domain is not None:
        raise RuleError("cells", type(found).__name__, "a Computes or a Counterexample, of all words, at each leaf")
    return found.system, found.readout, found.specification


def margins_at(forms: Sequence[Term], point: Mapping[Variable, Term]) -> Theorem[MarginsAt]:
    """
    ---------  by substitution; a number for each parameter
    MarginsAt
    """
    forms, point = tuple(forms), dict(point)
    if not all(map(algebra.is_normal, (*forms, *point.values()))):
        raise RuleError("margins at", "something else among the terms", "terms in normal form")
    values = tuple(algebra.substitute(form, point, {}) for form in forms)
    if any(term.symbols() for term in (*values, *point.values())):
        raise RuleError("margins at", dict(point), f"a number for each parameter in {list(forms)}")
    return conclude(MarginsAt(forms, point, values), "substitution")


def largest_margin(claimed: LargestMargin, multipliers: Sequence[Term]) -> Theorem[LargestMargin]:
    """Weak duality of linear programs.

    form_i(point) - value >= 0     bound_p + point_p >= 0     bound_p - point_p >= 0     multipliers >= 0, not all of the forms' 0
    multipliers . (form_i - value, ..., bound_p + p, bound_p - p, ...) = 0 in normal form     value, bounds, point constant
    -------------------------------------------------------------------------------------
                                    LargestMargin
    """
    if type(claimed) is not LargestMargin:
        raise RuleError("largest margin", type(claimed).__name__, "a LargestMargin")
    constants, multipliers = (claimed.value, *claimed.bounds.values(), *claimed.point.values()), tuple(multipliers)
    if not all(map(algebra.is_normal, (*claimed.forms, *constants, *multipliers))):
        raise RuleError("largest margin", "something else among the terms", "terms in normal form")
    constraints = [form - claimed.value for form in claimed.forms]
    for p, bound in claimed.bounds.items():
        constraints += [bound + algebra.atom(p), bound - algebra.atom(p)]
    slack = [algebra.substitute(constraint, claimed.point, {}) for constraint in constraints]
    total = sum((m * x for m, x in zip(multipliers, constraints, strict=True)), algebra.ZERO)
    counted = any(map(algebra.sign, multipliers[: len(claimed.forms)]))
    feasible = not any(x.symbols() for x in constants) and min(map(algebra.sign, (*slack, *multipliers))) >= 0
    if not feasible or not counted or total.monomials:
        needed = "a point and multipliers that meet there"
        raise RuleError("largest margin", f"{claimed.value} at {claimed.point}", needed)
    return conclude(claimed, "duality", certificate=multipliers)
