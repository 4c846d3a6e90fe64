"""The sign of a form on a box of integers: what is known of it, from the ends of its parts.  TRUSTED.

A *ghost* is a variable that stands for an integer within a range, ends perhaps infinite. A form is a sum of
constants times ghosts, tanh and sigmoid of affine forms. Each part is monotone in its affine form, whose ends are
sums of ends; an infinite end of tanh is 1 or -1 and not attained. Beside that

    pair rule    c tanh A - c tanh B has the sign of c (A - B), tanh being increasing
    few values   ghosts with few values are replaced by each of them
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.parameters import Assumptions
from symlstm.kernel.theorem import RuleError

FEW = 4  # values of a ghost that are tried one by one
CASES = 64  # of all such ghosts of a form together
ALL, NEVER_NEGATIVE, NEVER_POSITIVE = frozenset({-1, 0, 1}), frozenset({0, 1}), frozenset({-1, 0})


@dataclass(frozen=True)
class Range:
    """The integers from low to high; None for an end without bound."""

    low: int | None
    high: int | None

    @property
    def is_empty(self) -> bool:
        return self.low is not None and self.high is not None and self.low > self.high

    def within(self, other: Range) -> bool:
        """Whether each of its integers is in the other."""
        low = other.low is None or (self.low is not None and self.low >= other.low)
        return self.is_empty or (low and (other.high is None or (self.high is not None and self.high <= other.high)))


Box = Mapping[Variable, Range]


class End(NamedTuple):
    """One end of what a form takes: None without bound; `strict` if it is not attained."""

    value: Term | None
    strict: bool


def pinned(box: Box) -> dict[Variable, Term]:
    """The ghosts with one value."""
    return {x: algebra.rational(r.low) for x, r in box.items() if r.low is not None and r.low == r.high}


def put(term: Term, image: Mapping[Variable, Term]) -> Term:
    """The term with values for ghosts."""
    return algebra.substitute(term, image, {}) if image else term


def signs(form: Term, box: Box) -> frozenset[int]:
    """Signs among which that of the form is, at each point of the box."""
    return _signs(form, tuple((x, box[x]) for x in form.symbols() if x in box))


@lru_cache(maxsize=65536)
def _signs(form: Term, ranges: tuple[tuple[Variable, Range], ...]) -> frozenset[int]:
    box = dict(ranges)
    form = put(form, pinned(box))
    if not form.symbols():
        return frozenset({algebra.sign(form)})
    found = _by_ends(form, box)
    if len(found) == 1:
        return found
    cases = [*_cases(form, box)]
    together: frozenset[int] = frozenset().union(*(_by_ends(case, box) for case in cases)) if cases else ALL
    return found & together


@dataclass(frozen=True)
class OnBox(Assumptions):
    """What the calculus of enclosures may assume of ghosts in a box."""

    box: Box = field(default_factory=dict)

    def sign(self, form: Term) -> int | None:
        """The sign of the form throughout the box, or None."""
        found = self._signs(form)
        return next(iter(found)) if len(found) == 1 else None

    def side(self, form: Term) -> int | None:
        """1 where the form is nowhere negative in the box, -1 where nowhere positive; else None."""
        found = self._signs(form)
        return 1 if found <= NEVER_NEGATIVE else -1 if found <= NEVER_POSITIVE else None

    def _signs(self, form: Term) -> frozenset[int]:
        try:
            return signs(form, self.box)
        except RuleError:
            return ALL


def _cases(form: Term, box: Box) -> Iterator[Term]:
    """The form with each of the few values in place of ghosts that have few; nothing if no ghost of it has."""
    few = [(x, box[x]) for x in form.symbols() if _size(box[x]) <= FEW]
    total = 1
    for _, r in few:
        total *= _size(r)
    if not few or total > CASES:
        return
    (x, r), *_ = few
    for n in range(r.low or 0, (r.low or 0) + _size(r)):
        case = put(form, {x: algebra.rational(n)})
        deeper = [*_cases(case, box)] if case.symbols() else []
        yield from deeper or [case]


def _size(r: Range) -> int:
    """The number of values; more than FEW if there is no end."""
    return FEW + 1 if r.low is None or r.high is None else r.high - r.low + 1


def _by_ends(form: Term, box: Box) -> frozenset[int]:
    """By the lower end of the form and of its negative."""
    if not form.symbols():
        return frozenset({algebra.sign(form)})
    return _above(form, box) & frozenset(-s for s in _above(-form, box))


def _above(form: Term, box: Box) -> frozenset[int]:
    """What the lower end says of the sign."""
    end = lower_end(form, box)
    s = -1 if end.value is None else algebra.sign(end.value)
    if s > 0 or (s == 0 and end.strict):
        return frozenset({1})
    return NEVER_NEGATIVE if s == 0 else ALL


def lower_end(form: Term, box: Box) -> End:
    """A number below which the form is nowhere in the box: of pairs as such, of all other parts one by one."""
    constant, parts = _parts(form)
    total, strict = constant, False
    for low in (*_pairs(parts, box), *(_part_end(a, c, box) for a, c in parts.items())):
        if low.value is None:
            return End(None, False)
        total, strict = total + low.value, strict or low.strict
    return End(total, strict)


def _parts(form: Term) -> tuple[Term, dict[algebra.Atom, Term]]:
    """The constant, and the coefficient of each atom with ghosts in it; refuses products of such atoms."""
    constant, parts = algebra.ZERO, dict[algebra.Atom, Term]()
    for mono, c in form.monomials.items():
        varying = [(a, n) for a, n in mono if algebra.atom(a).symbols()]
        if len(varying) > 1 or any(n != 1 for _, n in varying):
            raise RuleError("sign", form, "a sum of constants times ghosts, tanh and sigmoid of affine forms")
        rest = Term({mono.difference(varying): c})
        if varying:
            [(a, _)] = varying
            parts[a] = parts.get(a, algebra.ZERO) + rest
        else:
            constant += rest
    return constant, {a: c for a, c in parts.items() if c.monomials}


def _part_end(a: algebra.Atom, coefficient: Term, box: Box) -> End:
    """The lower end of coefficient * a."""
    s = algebra.sign(coefficient)
    end = _atom_end(a, box, low=s > 0)
    return End(None if end.value is None else coefficient * end.value, end.strict)


def _atom_end(a: algebra.Atom, box: Box, low: bool) -> End:
    """The lower or the upper end of a ghost, of tanh or of sigmoid."""
    if not isinstance(a, Apply):
        if a not in box:
            raise RuleError("sign", a, "a ghost")
        bound = box[a].low if low else box[a].high
        return End(None if bound is None else algebra.rational(bound), False)
    if a.function not in ("tanh", "sigmoid"):
        raise RuleError("sign", a, "tanh or sigmoid of an affine form")
    inner = lower_end(a.argument if low else -a.argument, box) if _is_affine(a.argument) else End(None, False)
    if inner.value is None:
        return End(algebra.rational((-1 if a.function == "tanh" else 0) if low else 1), True)
    return End(algebra.BY_NAME[a.function](inner.value if low else -inner.value), inner.strict)


def _is_affine(term: Term) -> bool:
    return not any(isinstance(a, Apply) and algebra.atom(a).symbols() for mono in term.monomials for a, _ in mono)


def _pairs(parts: dict[algebra.Atom, Term], box: Box) -> list[End]:
    """Takes pairs c tanh A - c tanh B out of the parts where A - B has a sign: the lower end of each, 0 or more.

    c tanh A - c tanh B >= 0 if c (A - B) >= 0, > 0 if c (A - B) > 0; a larger end by the parts is kept.
    """
    found: list[End] = []
    tanhs = [a for a in parts if isinstance(a, Apply) and a.function == "tanh" and _is_affine(a.argument)]
    for a in tanhs:
        for b in tanhs:
            if a not in parts or b not in parts or a is b:
                continue
            pair = _pair_end(a, b, parts[a], parts[b], box)
            if pair is not None:
                del parts[a], parts[b]
                found.append(pair)
    return found


def _pair_end(a: Apply, b: Apply, c: Term, d: Term, box: Box) -> End | None:
    """The lower end of c tanh A + d tanh B by the pair rule, if it says more than the parts."""
    if (c + d).monomials:
        if (c - d).monomials:
            return None
        gap = a.argument + b.argument  # tanh is odd: c tanh A + c tanh B = c tanh A - c tanh(-B)
    else:
        gap = a.argument - b.argument
    known = _above(gap if algebra.sign(c) > 0 else -gap, box)
    if not known <= NEVER_NEGATIVE:
        return None
    ends = [_part_end(x, y, box) for x, y in ((a, c), (b, d))]
    total = algebra.total(end.value for end in ends if end.value is not None)
    if algebra.sign(total) >= 0:
        return None
    return End(algebra.ZERO, 0 not in known)


def whole(image: Term, ghosts: Mapping[Variable, object]) -> bool:
    """Whether a form maps integers to integers: affine in the ghosts, all its numbers whole."""
    for mono, c in image.monomials.items():
        atoms = [*mono]
        if type(c) is not fmpq or c.q != 1 or len(atoms) > 1 or any(a not in ghosts or n != 1 for a, n in atoms):
            return False
    return True


def image_range(image: Term, box: Box) -> Range:
    """The range of an affine form with whole numbers: of each ghost its ends."""
    low, high = (lower_end(form, box).value for form in (image, -image))
    return Range(_integer(low), None if high is None else _integer(-high))


def _integer(end: Term | None) -> int | None:
    value = None if end is None else end.rational()
    return None if value is None else int(value.p // value.q)
