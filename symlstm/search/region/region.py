"""All open cells of parameter space in which a network is right on every word sequence.  UNTRUSTED.

The saturated network is explored with its parameters left open. Where a limit depends on a
margin that can still have either sign, both are taken up in turn: a binary tree, whose leaves
are open convex cones or polyhedra and cover parameter space but for the hyperplanes that were
split. At a leaf the kernel proves or refutes the network under the inequalities of the leaf. A
counterexample may be at hand before all margins are decided; so a leaf that is refuted can be
a union of many cells of the arrangement of margins, one that is proved decides every margin
that its proof needs and no other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.regions import LargestMargin, Split, cells, largest_margin, margins_at
from symlstm.kernel.networks.statements import Computes, Counterexample, WeightedAutomaton
from symlstm.kernel.parameters import assumed
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import exact
from symlstm.model.network import Network
from symlstm.model.parameters import known_values
from symlstm.model.translation import normal
from symlstm.proof.linear_programming import Infeasible, widest
from symlstm.search.region.affine_margins import Parameters, cleared, dominant, irredundant, over_field
from symlstm.search.region.cases import Case, Open, Problem, Undecided
from symlstm.search.saturation.exploration import Infinite

if TYPE_CHECKING:
    from symlstm.kernel.logic.propositions import Less

MOST = 4  # parameters
Values = Mapping[Any, Any]  # by parameter or name


@dataclass(frozen=True, eq=False)
class Cell:
    """An open polyhedron on which the network is right: `theorem`, under 0 < form for its irredundant `forms`.

    `margins` are the forms whose least value is how far a point is inside: besides `forms`
    those margins of gates that may be smaller than all of them.
    """

    parameters: Parameters
    forms: tuple[Term, ...]
    margins: tuple[Term, ...]
    theorem: Theorem

    @property
    def inequalities(self) -> tuple[Less, ...]:
        return tuple(map(assumed, self.forms))

    def margins_at(self, point: Values) -> dict[Term, Term]:
        """Each margin at a point, exactly and per unit of k; raises InputError if a parameter has no value."""
        found = self.margins_theorem(point).conclusion
        return dict(zip(found.forms, found.values, strict=True))

    def margins_theorem(self, point: Values) -> Theorem:
        """The theorem that they are."""
        values = known_values(self.parameters, point, exact)
        return margins_at(self.margins, values)

    def contains(self, point: Values) -> bool:
        return all(algebra.sign(value) > 0 for value in self.margins_at(point).values())

    def widest(self, bounds: Values) -> tuple[Term, dict[Variable, Term]]:
        """The largest smallest margin where |parameter| <= its bound, and a point that has it; see `largest_margin`."""
        found: LargestMargin = self.largest_margin(bounds).conclusion
        return found.value, dict(found.point)

    def largest_margin(self, bounds: Values) -> Theorem:
        """The theorem of it. Not every parameter needs a bound; raises InputError if the margin has none, or is nowhere > 0."""
        named = {str(p): bound for p, bound in bounds.items()}
        bounded = tuple(p for p in self.parameters if p.name in named)
        limits = known_values(bounded, bounds, exact)
        if any(algebra.sign(limit) < 0 for limit in limits.values()):
            raise InputError("bounds", str(named), "bounds >= 0")
        field, rows = over_field((algebra.rational(1), *self.margins, *limits.values()), self.parameters)
        sizes = dict(zip(limits, (row[-1] for row in rows[len(rows) - len(limits) :]), strict=True))
        try:
            value, point, found = widest(
                rows[1 : len(self.margins) + 1], [sizes.get(p) for p in self.parameters], field(1)
            )
        except Infeasible:
            raise InputError("bounds", str(named), "bounds on more parameters: the margin grows without end") from None
        if not value > 0:
            raise InputError("bounds", str(named), "bounds that leave room for a point of the cell")
        at = {p: x.term() for p, x in zip(self.parameters, point, strict=True)}
        return largest_margin(LargestMargin(self.margins, limits, value.term(), at), cleared(field, found))


@dataclass(frozen=True, eq=False)
class Region:
    """The tree of cases, and what is at its leaves: cells, theorems of counterexamples, and what stayed open."""

    parameters: Parameters
    tree: Any  # a Split, or a Theorem or Open at a leaf
    cells: tuple[Cell, ...]
    refuted: tuple[Theorem, ...]
    undecided: tuple[Open, ...]

    @cached_property
    def theorem(self) -> Theorem:
        """That the network is right in the cells and wrong elsewhere, but for the walls; raises RuleError if a leaf is open."""
        if self.undecided:
            raise RuleError("region", f"a leaf that is open: {self.undecided[0].reason}", "each proved or refuted")
        return cells(self.tree)

    @property
    def walls(self) -> tuple[Term, ...]:
        """The forms whose zeros are left out."""
        return tuple(dict.fromkeys(_walls(self.tree)))


def region(network: Network, specification: WeightedAutomaton) -> Region:
    """All open cells in which the network computes the specification on every word sequence, for k -> oo.

    For a network with one to four parameters. Every point off the walls is in a cell, or in a
    leaf with a counterexample, or in one that stayed open, with the reason.
    """
    if not 1 <= len(network.parameters) <= MOST:
        raise InputError("parameters", f"{len(network.parameters)} of them", f"1 to {MOST}")
    problem = Problem(network.system, network.linear_readout, specification)
    tree = _cases(Case(problem, problem.signs(())))
    leaves = _leaves(tree)
    theorems = [leaf for leaf in leaves if isinstance(leaf, Theorem)]
    proved = {leaf.hypotheses: leaf for leaf in theorems if isinstance(leaf.conclusion, Computes)}
    found = [_cell(problem, leaf) for leaf in proved.values()]
    return Region(
        problem.system.parameters,
        tree,
        tuple(sorted(found, key=lambda cell: sorted(map(str, cell.forms)))),
        tuple(leaf for leaf in theorems if isinstance(leaf.conclusion, Counterexample)),
        tuple(leaf for leaf in leaves if isinstance(leaf, Open)),
    )


def _cases(case: Case) -> Any:
    """The tree of a case and the parts that it falls into."""
    found = _settled(case)
    if isinstance(found, Undecided):
        return Split(found.margin, *(_cases(case.with_form(sign)) for sign in (found.margin, -found.margin)))
    return found


def _settled(case: Case) -> Theorem | Open | Undecided:
    positive = case.signs.positive
    try:
        theorem = case.settled()
    except Undecided as margin:
        return margin
    except (Infinite, RuleError, Unsupported) as reason:
        return Open(positive, str(reason))
    return _with_fewer_forms(case, theorem) if isinstance(theorem.conclusion, Computes) else theorem


def _with_fewer_forms(case: Case, theorem: Theorem) -> Theorem:
    """The theorem under irredundant inequalities, and as few as its proof can do with; itself where that fails."""
    try:
        return case.restricted(irredundant(case.signs.positive, case.problem.system.parameters)).enlarged()
    except (Undecided, Infinite, RuleError, Unsupported):
        return theorem


def _leaves(tree: Split | Theorem | Open) -> list[Theorem | Open]:
    return [*_leaves(tree.above), *_leaves(tree.below)] if isinstance(tree, Split) else [tree]


def _walls(tree: Split | Theorem | Open) -> list[Term]:
    return [tree.form, *_walls(tree.above), *_walls(tree.below)] if isinstance(tree, Split) else []


def _cell(problem: Problem, theorem: Theorem) -> Cell:
    parameters = problem.system.parameters
    forms = tuple(normal(p.rhs) for p in sorted(theorem.hypotheses, key=str))
    try:
        margins = dominant(forms, problem.margins(forms), parameters)
    except (Undecided, Infinite, RuleError, Unsupported):  # what the proof does not need has no sign there
        margins = forms
    return Cell(parameters, forms, margins, theorem)
