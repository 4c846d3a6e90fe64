"""Counters and views: coordinates with many values on a grid p + tau n, and those that show tanh of one.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import lru_cache, reduce
from math import gcd

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks.invariants import at_word
from symlstm.kernel.networks.statements import System
from symlstm.search.saturation.exploration import integrators


@dataclass(frozen=True)
class Grid:
    """The values offset + step * n for whole n."""

    offset: Term
    step: Term

    def number(self, x: Term) -> Term | None:
        """The n of a value as a term in ghosts, if it is affine in them with rational numbers; else None."""
        total = algebra.ZERO
        for mono, part in _by_ghost(x - self.offset).items():
            r = ratio(part, self.step)
            if r is None:
                return None
            total += Term({mono: r})
        return total

    def value(self, n: Term) -> Term:
        return self.offset + self.step * n


def _by_ghost(x: Term) -> dict[algebra.Monomial, Term]:
    """Ghost or nothing -> its coefficient."""
    found: dict[algebra.Monomial, Term] = {}
    for mono, c in x.monomials.items():
        varying = frozenset((a, n) for a, n in mono if algebra.atom(a).symbols())
        found[varying] = found.get(varying, algebra.ZERO) + Term({mono - varying: c})
    return found


def ratio(x: Term, of: Term) -> fmpq | None:
    """The rational r with x = r * of, if there is one."""
    if not x.monomials:
        return fmpq(0)
    mono = next(iter(of.monomials))
    r = x.monomials.get(mono, fmpq(0)) / of.monomials[mono]
    return r if of.scaled(r) == x else None


def grid(values: Iterable[Term]) -> Grid | None:
    """The coarsest grid that holds the values, its numbers counted from 0 if 0 is one of them."""
    found = list(dict.fromkeys(values))
    if len(found) < 2:
        return None
    offset = algebra.ZERO if algebra.ZERO in found else found[0]
    differences = [x - offset for x in found if x != offset]
    unit = differences[0]
    ratios = [ratio(x, unit) for x in differences]
    if any(r is None for r in ratios):
        return None
    exact = [Fraction(int(r.p), int(r.q)) for r in ratios if r is not None]
    step = reduce(_gcd, exact)
    scaled = unit.scaled(fmpq(step.numerator, step.denominator))
    return Grid(offset, scaled if algebra.sign(scaled) > 0 else -scaled)


def _gcd(a: Fraction, b: Fraction) -> Fraction:
    a, b = abs(a), abs(b)
    return Fraction(gcd(a.numerator * b.denominator, b.numerator * a.denominator), a.denominator * b.denominator)


def counters(
    system: System, tracked: Sequence[Variable], samples: Sequence[Sequence[Term]], most: int
) -> Mapping[Variable, Grid]:
    """The coordinates that add to themselves, or are relu, and take more than `most` values, all on a grid."""
    found = {}
    feeding = integrators(system) | {s for s in tracked if _is_rectified(system, s)}
    for j, s in enumerate(tracked):
        values = list(dict.fromkeys(row[j] for row in samples))
        if s in feeding and len(values) > most and (lattice := grid(values)) is not None:
            found[s] = lattice
    return found


def _is_rectified(system: System, s: Variable) -> bool:
    """Whether its next value is relu of something."""
    [*monomials] = dict(zip(system.state, system.updates, strict=True))[s].monomials
    atoms = [a for mono in monomials for a, _ in mono]
    return len(atoms) == len(monomials) == 1 and isinstance(atoms[0], Apply) and atoms[0].function == "relu"


@lru_cache(maxsize=256)
def view(system: System, word: str, s: Variable, counter: Variable) -> Term | None:
    """What tanh of a counter's next value is multiplied by in a coordinate's next value, if it is such a product."""
    update = at_word(system, word)
    inner = Apply("tanh", update[counter])
    if not update[counter].symbols() or algebra.tanh(update[counter]) != algebra.atom(inner):
        return None
    rest: dict[algebra.Monomial, fmpq] = {}
    for mono, c in update[s].monomials.items():
        if (inner, 1) not in mono:
            return None
        rest[mono - {(inner, 1)}] = c
    return Term(rest)
