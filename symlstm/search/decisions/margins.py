"""How far the readout is from the threshold, at least: in the limit on all promised words.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from flint import ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.decisions import decides_by, promised
from symlstm.kernel.networks.enclosures import lower
from symlstm.kernel.networks.families import Families, leaves
from symlstm.kernel.networks.machines import Decides, DecidesBy
from symlstm.kernel.networks.signs import lower_end, pinned, put
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.search.decisions.deciding import Claim

BITS = 128
UNIT = 2**64  # margins are multiples of one part in so many


def in_the_limit(claim: Claim, decided: Theorem) -> Theorem:
    """DecidesBy with the largest margin that is found; `decided` is the theorem that it decides at all, by families.

    Raises Unsupported where the readout comes as near as one likes, as far as is known.
    """
    found = decided.premises[0].conclusion
    if not isinstance(decided.conclusion, Decides | DecidesBy) or not isinstance(found, Families):
        raise RuleError("margin", type(decided.conclusion).__name__, "a decision by a threshold")
    claim = replace(claim, margin=None)
    least: fmpq | None = None
    for words, end in _ends(claim, found):
        size = fmpq(0) if end is None else _below(end)
        if size <= 0:
            raise Unsupported(f"no margin in the limit: among words like {words} the readout comes near the threshold")
        least = size if least is None else min(least, size)
    if least is None:
        raise Unsupported("no margin in the limit: nothing is claimed")
    goals = replace(claim, margin=least).goals(found.families)
    return decides_by(decided.premises[0], decided.conclusion.readout, decided.conclusion.threshold, least, goals)


def _below(end: Term) -> fmpq:
    """A short rational not above the number."""
    with ctx.workprec(BITS):
        return fmpq((lower(algebra.constant_ball(end, BITS)) * UNIT).floor()) / UNIT


def _ends(claim: Claim, found: Families) -> Iterator[tuple[str, Term | None]]:
    """How far the readout is on its side at least, in each case, and words that lead there."""
    spec = claim.problem.machine
    for family, tree in zip(found.families, claim.goals(found.families), strict=True):
        for _, box in leaves(tree, family.ghosts):
            if family is not found.families[0] and promised(spec, family, box):
                for form, _ in claim.forms(family, box) if len(family.places) > found.delay else ():
                    yield " ".join(family.label), lower_end(put(form, pinned(box)), box).value
