"""Families cut where their trees are: one for each part of a ghost's range, so that each has its own deviations.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import pairwise, product

from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.families import Cut, Families, Family, Leaf, Tree, families
from symlstm.kernel.networks.signs import Box, Range, image_range
from symlstm.kernel.theorem import RuleError, Theorem

MOST = 60  # families
Cell = dict[Variable, Range]


def refined(premise: Theorem, goals: Sequence[Tree], ends: int = 0) -> tuple[Theorem, Sequence[Tree]]:
    """The families cut at the thresholds of their own trees, with their goals; as they are where that fails.

    So many values at the one end of a range without another one have a family each.
    """
    found: Families = premise.conclusion
    cells = [[dict(found.families[0].ghosts)]]
    for q, family in list(enumerate(found.families))[1:]:
        trees = (*found.steps[q], goals[q])
        cuts = [*(cut for tree in trees for cut in _cuts(tree)), *_at_ends(family.ghosts, ends)]
        cells.append([*_cells(family.ghosts, cuts)])
    first = [sum(map(len, cells[:q])) for q in range(len(cells))]
    if sum(map(len, cells)) in range(len(cells) + 1, MOST):
        try:
            return _again(found, cells, first), [_within(goals[q], cell) for q, own in enumerate(cells) for cell in own]
        except RuleError:
            pass
    return premise, goals


def _again(found: Families, cells: Sequence[Sequence[Cell]], first: Sequence[int]) -> Theorem:
    """The families of the cells, proved."""
    cut = [
        Family(family.label, cell, family.limits, family.places, family.domain)
        for family, own in zip(found.families, cells, strict=True)
        for cell in own
    ]
    steps = [
        [_retargeted(_within(tree, cell), cell, cells, first) for tree in found.steps[q]]
        for q, own in enumerate(cells)
        for cell in own
    ]
    return families(found.system, found.specification, found.delay, cut, found.origin, steps)


def _cuts(tree: Tree) -> Iterator[tuple[Variable, int]]:
    if isinstance(tree, Cut):
        yield tree.ghost, tree.threshold
        yield from (*_cuts(tree.below), *_cuts(tree.above))


def _at_ends(ghosts: Box, ends: int) -> Iterator[tuple[Variable, int]]:
    for x, r in ghosts.items():
        for n in range(ends):
            if r.low is not None and r.high is None:
                yield x, r.low + n
            if r.high is not None and r.low is None:
                yield x, r.high - 1 - n


def _cells(ghosts: Box, cuts: Sequence[tuple[Variable, int]]) -> Iterator[Cell]:
    """All products of the parts of the ranges between cuts."""
    parts = []
    for x, r in ghosts.items():
        inner = sorted(
            {t for y, t in cuts if y == x and (r.low is None or r.low <= t) and (r.high is None or t < r.high)}
        )
        ends = [r.low, *inner, r.high]
        parts.append([Range(a if n == 0 else (a or 0) + 1, b) for n, (a, b) in enumerate(pairwise(ends))])
    for cell in product(*parts):
        yield dict(zip(ghosts, cell, strict=True))


def _within(tree: Tree, cell: Box) -> Tree:
    """The part of a tree over a cell."""
    if isinstance(tree, Leaf):
        return tree
    r = cell[tree.ghost]
    if r.high is not None and r.high <= tree.threshold:
        return _within(tree.below, cell)
    if r.low is not None and r.low > tree.threshold:
        return _within(tree.above, cell)
    low, high = (
        {**cell, tree.ghost: Range(r.low, tree.threshold)},
        {**cell, tree.ghost: Range(tree.threshold + 1, r.high)},
    )
    return Cut(tree.ghost, tree.threshold, _within(tree.below, low), _within(tree.above, high))


def _retargeted(tree: Tree, box: Box, cells: Sequence[Sequence[Cell]], first: Sequence[int]) -> Tree:
    """With the cell of the target instead of the family, cut where several are reached."""
    if isinstance(tree, Cut):
        r = box[tree.ghost]
        low, high = (
            {**box, tree.ghost: Range(r.low, tree.threshold)},
            {**box, tree.ghost: Range(tree.threshold + 1, r.high)},
        )
        below, above = (_retargeted(part, own, cells, first) for part, own in ((tree.below, low), (tree.above, high)))
        return Cut(tree.ghost, tree.threshold, below, above)
    if tree.target is None:
        return tree
    for n, cell in enumerate(cells[tree.target]):
        if all(image_range(form, box).within(cell[x]) for x, form in tree.image.items()):
            return Leaf(first[tree.target] + n, tree.image)
    x, t = next(_needed(tree.image, box, cells[tree.target]))
    return _retargeted(Cut(x, t, tree, tree), box, cells, first)


def _needed(image: Mapping[Variable, Term], box: Box, cells: Sequence[Cell]) -> Iterator[tuple[Variable, int]]:
    """Cuts of one ghost that separate the parts of the target's ranges."""
    for y, form in image.items():
        [(x, c, constant)] = [*_single(form)] or [(None, 0, 0)]
        for cell in cells if x is not None else ():
            end = cell[y].high
            if end is not None and x is not None:
                t = end - constant if c > 0 else constant - end - 1
                r = box[x]
                if (r.low is None or r.low <= t) and (r.high is None or t < r.high):
                    yield x, t
    raise RuleError("families", "an image over several families", "one that a cut of one ghost separates")


def _single(form: Term) -> Iterator[tuple[Variable | None, int, int]]:
    """The ghost of a form x + c or c - x, its sign, and c."""
    own = [(mono, int(c.p)) for mono, c in form.monomials.items() if mono]
    constant = sum(int(c.p) for mono, c in form.monomials.items() if not mono)
    if len(own) == 1 and abs(own[0][1]) == 1:
        [(x, _)] = own[0][0]
        if isinstance(x, Variable):
            yield x, own[0][1], constant
