"""Exact numbers of Q(tanh(q), ...): fractions of polynomials in atoms, ordered by their values.  UNTRUSTED.

The atoms are those of the kernel's normal form and count as independent, so a number is 0
here only if its normal form is; signs come from the kernel (balls of growing precision).
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from flint import Ordering, fmpq, fmpq_mpoly, fmpq_mpoly_ctx

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Atom, Term


class Field:
    """The fractions in the atoms of some constants: `field(term)` is the number of a term."""

    def __init__(self, constants: Iterable[Term]) -> None:
        atoms = {atom for term in constants for mono in term.monomials for atom, _ in mono}
        self.atoms: tuple[Atom, ...] = tuple(sorted(atoms, key=str) if len(atoms) > 1 else atoms)
        self.ring = fmpq_mpoly_ctx.get([f"t{i}" for i in range(len(self.atoms))], Ordering.lex)

    def __call__(self, constant: Term | int) -> Number:
        if isinstance(constant, int):
            constant = algebra.rational(constant)
        least = [min([0, *(n for mono in constant.monomials for a, n in mono if a == atom)]) for atom in self.atoms]
        powers = {self._exponents(mono, least): c for mono, c in constant.monomials.items()}
        return Number(self, self.ring.from_dict(powers), self.ring.from_dict({tuple(-n for n in least): fmpq(1)}))

    def _exponents(self, mono: algebra.Monomial, least: list[int]) -> tuple[int, ...]:
        powers = dict(mono)
        return tuple(powers.get(atom, 0) - low for atom, low in zip(self.atoms, least, strict=True))

    def term(self, polynomial: fmpq_mpoly) -> Term:
        """A polynomial in the atoms as the kernel writes it."""
        return Term(
            {
                frozenset((a, int(n)) for a, n in zip(self.atoms, exponents, strict=True) if n): c
                for exponents, c in polynomial.to_dict().items()
            }
        )


class Number:
    """numerator / denominator, in lowest terms, the denominator monic."""

    __slots__ = ("_sign", "denominator", "field", "numerator")

    def __init__(self, field: Field, numerator: fmpq_mpoly, denominator: fmpq_mpoly) -> None:
        if not denominator.is_one():
            common = numerator.gcd(denominator)
            numerator, denominator = numerator / common, denominator / common
            lead = denominator.leading_coefficient()
            numerator, denominator = numerator / lead, denominator / lead
        self.field, self.numerator, self.denominator = field, numerator, denominator
        self._sign: int | None = None

    def __add__(self, other: Number) -> Number:
        top = self.numerator * other.denominator + other.numerator * self.denominator
        return Number(self.field, top, self.denominator * other.denominator)

    def __sub__(self, other: Number) -> Number:
        return self + -other

    def __neg__(self) -> Number:
        return Number(self.field, -self.numerator, self.denominator)

    def __mul__(self, other: Number) -> Number:
        return Number(self.field, self.numerator * other.numerator, self.denominator * other.denominator)

    def __truediv__(self, other: Number) -> Number:
        return Number(self.field, self.numerator * other.denominator, self.denominator * other.numerator)

    def __bool__(self) -> bool:
        return bool(self.numerator != 0)

    def __lt__(self, other: Any) -> bool:
        difference = self if isinstance(other, int) and other == 0 else self - other
        return difference.sign() < 0

    def __gt__(self, other: Any) -> bool:
        difference = self if isinstance(other, int) and other == 0 else self - other
        return difference.sign() > 0

    def sign(self) -> int:
        """-1, 0 or 1; raises RuleError if balls cannot separate it from 0."""
        if self._sign is None:
            top, bottom = self.field.term(self.numerator), self.field.term(self.denominator)
            self._sign = algebra.sign(top) * algebra.sign(bottom)
        return self._sign

    def term(self) -> Term:
        """The number as the kernel writes it."""
        return self.field.term(self.numerator) * algebra.inverse(self.field.term(self.denominator))
