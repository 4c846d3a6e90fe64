"""Margins of gates as affine forms of the parameters, and what some of them say about others.  UNTRUSTED.

A margin is the slope of a pre-activation in k: the gate tends to 0 or 1 by its sign. Forms are
kept as the kernel's terms; linear programs see rows (coefficients of the parameters, constant)
over the field of their coefficients.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.parameters import Certificate
from symlstm.kernel.theorem import RuleError
from symlstm.proof.linear_programming import Infeasible, combination
from symlstm.search.region.ordered_field import Field, Number

Parameters = tuple[Variable, ...]
Point = tuple[Term, ...]  # one entry a parameter, and a last one >= 0: at infinity if it is 0


@lru_cache(maxsize=4096)
def affine(form: Term, parameters: Parameters) -> tuple[Term, ...]:
    """The coefficients of the parameters, then the constant; raises RuleError for a form that is not affine."""
    row, rest = [], form
    for p in parameters:
        parts = rest.coefficients(p)
        row.append(parts.pop(1, Term({})))
        rest = parts.pop(0, Term({}))
        if parts:
            raise RuleError("margin", form, f"a form affine in {p}")
    if any(entry.symbols() for entry in (*row, rest)):
        raise RuleError("margin", form, f"a form affine in {', '.join(map(str, parameters))}")
    return (*row, rest)


def value(form: Term, point: Point, parameters: Parameters) -> Term:
    """The form there, with its constant times the last entry."""
    parts = zip(affine(form, parameters), point, strict=True)
    return sum((entry * x for entry, x in parts), algebra.ZERO)


def over_field(forms: Iterable[Term], parameters: Parameters) -> tuple[Field, list[list[Number]]]:
    """The rows of the forms over the field of their coefficients."""
    rows = [affine(form, parameters) for form in forms]
    field = Field(entry for row in rows for entry in row)
    return field, [[field(entry) for entry in row] for row in rows]


def certificate(form: Term, positive: Sequence[Term], parameters: Parameters) -> Certificate | Point:
    """That the form, not 0, is positive wherever `positive` are: factor form = m_0 + sum of m_i positive_i, factor > 0.

    Or else a point where the form is negative and none of `positive` is: such a point is near one in
    the open polyhedron, if there are any in it. Farkas' lemma in its affine form (Schrijver, Theory
    of Linear and Integer Programming, 1986, corollary 7.1h), for forms that are positive together somewhere.
    """
    field, rows = over_field((algebra.rational(1), *positive, form), parameters)
    try:
        factor, *multipliers = cleared(field, [field(1), *combination(rows[:-1], rows[-1])])
    except Infeasible as found:
        return tuple(cleared(field, [-y for y in found.separating]))
    return Certificate(factor, tuple(multipliers))


def cleared(field: Field, numbers: Sequence[Number]) -> list[Term]:
    """The numbers times their positive common denominator."""
    common = numbers[0].denominator
    for x in numbers:
        common = common * x.denominator / common.gcd(x.denominator)
    scale = Number(field, common, field(1).denominator)
    scale = -scale if scale < 0 else scale
    return [field.term((x * scale).numerator) for x in numbers]


def irredundant(positive: Sequence[Term], parameters: Parameters) -> tuple[Term, ...]:
    """The inequalities among form > 0 that the others do not imply; unique up to factors if some point satisfies all."""
    kept = list(dict.fromkeys(positive))
    for form in sorted(kept, key=_length, reverse=True):
        others = [other for other in kept if other != form]
        if isinstance(certificate(form, others, parameters), Certificate):
            kept = others
    return tuple(kept)


@lru_cache(maxsize=4096)
def _length(form: Term) -> tuple[int, str]:
    return len(form.monomials), str(form)


def simplest(forms: Iterable[Term]) -> Term | None:
    """The one with the fewest parts, the first in the alphabet of those; None of none."""
    return min(forms, key=_length, default=None)


class Signs(Mapping[Term, Certificate]):
    """A certificate for each form whose sign `positive` decides, proposed when first asked for; the others asked for in `undecided`.

    `points` are some at which none of `positive` is negative: a form with both signs there needs no linear program.
    """

    def __init__(
        self,
        positive: tuple[Term, ...],
        parameters: Parameters,
        known: Mapping[Term, Certificate] = {},
        points: Iterable[Point] = (),
    ) -> None:
        self.positive, self.parameters = positive, parameters
        self.undecided: set[Term] = set()
        self._found: dict[Term, Certificate | None] = {**known}
        self._points = list(dict.fromkeys(points))

    def extended(self, form: Term) -> Signs:
        """These signs where one more form is positive: each certificate holds on."""
        zero, one = algebra.ZERO, algebra.rational(1)
        known = {other: Certificate(c.factor, (*c.multipliers, zero)) for other, c in self.items()}
        last = (zero,) * (1 + len(self.positive)) + (one,)
        known |= {form: Certificate(one, last), -form: Certificate(-one, last)}
        points = [point for point in self._points if self._sign_at(point, form) >= 0]
        return Signs((*self.positive, form), self.parameters, known, points)

    def restricted(self, positive: Sequence[Term]) -> Signs:
        """The signs that some of the forms decide: a certificate that uses no other holds on, as does each point."""
        places = [0, *(1 + self.positive.index(form) for form in positive)]
        kept = {form: tuple(c.multipliers[i] for i in places) for form, c in self.items()}
        known = {
            form: Certificate(c.factor, kept[form])
            for form, c in self.items()
            if sum(bool(m.monomials) for m in kept[form]) == sum(bool(m.monomials) for m in c.multipliers)
        }
        return Signs(tuple(positive), self.parameters, known, self._points)

    def __getitem__(self, form: Term) -> Certificate:
        if form not in self._found:
            self._found[form] = self._decided(form)
        found = self._found[form]
        if found is None:
            self.undecided.add(form)
            raise KeyError(form)
        return found

    def _decided(self, form: Term) -> Certificate | None:
        for side, signed in ((1, form), (-1, -form)):
            if not any(self._sign_at(point, signed) < 0 for point in self._points):
                found = certificate(signed, self.positive, self.parameters)
                if isinstance(found, Certificate):
                    return Certificate(found.factor.scaled(fmpq(side)), found.multipliers)
                self._points.append(found)
        return None

    def _sign_at(self, point: Point, form: Term) -> int:
        return algebra.sign(value(form, point, self.parameters))

    def __iter__(self) -> Iterator[Term]:
        return (form for form, found in self._found.items() if found is not None)

    def __len__(self) -> int:
        return sum(1 for _ in self)


def dominant(forms: Sequence[Term], margins: Iterable[Term], parameters: Parameters) -> tuple[Term, ...]:
    """The forms, and those margins that may be smaller than the smallest of them: those form - mu >= 0 not implied for mu > 0."""
    level = Variable("mu")
    while level in parameters:
        level = Variable(level.name + "_")
    mu = algebra.atom(level)
    lowered = {form - mu: form for form in (*forms, *margins)}
    kept = irredundant((mu, *lowered), (*parameters, level))
    return (*forms, *(lowered[x] for x in kept if x != mu and lowered[x] not in forms))
