"""Equations put into terms, as Rocq tactics."""

from __future__ import annotations

from collections.abc import Sequence

from flint import fmpq

from symlstm.certificates.rocq_terms import Literal, Terms, Values, sum_text, then
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Term
from symlstm.kernel.logic.propositions import Proposition, mapped, replaced


class Rewriting:
    """Texts with another term in place of an old one: where that is the whole, an argument, or a product in it."""

    def __init__(self, terms: Terms, old: Term, new: Term, equation: str) -> None:
        self.terms, self.old, self.new = terms, old, new
        self.put = Literal(self.terms.text(old), new, f"exact {equation}")

    def image(self, p: Proposition) -> Proposition:
        found: Proposition = mapped(p, lambda x: replaced(x, self.old, self.new))
        return found

    def literal(self, term: Term, values: Values) -> Literal:
        """The term as it is written; what it is equal to has the new one in place of the old one."""
        if term == self.old:
            return self.put
        parts, regrouped = [], False
        for c, mono in self.terms.products(term):
            factors, rest, scale = self._grouped(mono)
            regrouped |= bool(factors)
            parts.append((c * scale, factors + [(self.atom(a, values), n) for a, n in rest]))
        found = self.terms.combined(parts)
        text = self.terms.text(term)
        if regrouped and found.text != text:
            goal = self.terms.text(found.term)
            return Literal(
                text,
                found.term,
                f"transitivity ({found.text}); [polynomial | {found.tactic or 'reflexivity'}]"
                if found.text != goal
                else "polynomial",
            )
        return found

    def _grouped(
        self, mono: Sequence[tuple[Atom, int]]
    ) -> tuple[list[tuple[Literal, int]], Sequence[tuple[Atom, int]], fmpq]:
        """The old product in a product, apart, as often as it is there."""
        [(pattern, c), *more] = self.old.monomials.items() or [(algebra.ONE, fmpq(1))]
        count, rest, scale = 0, frozenset(mono), fmpq(1)
        while not more and len(pattern) > 1 and pattern <= rest:
            rest, count, scale = rest - pattern, count + 1, scale / c
        return [(self.put, 1)] * count, [x for x in mono if x in rest], scale

    def atom(self, a: Atom, values: Values) -> Literal:
        if algebra.atom(a) == self.old:
            return self.put
        if not isinstance(a, Apply):
            return Literal(self.terms.atom_text(a), algebra.atom(a))
        if a.function == "sum":
            return self._sum(a, values)
        parts = []
        for x, is_nat in zip(a.arguments, self.terms.whole(a), strict=True):
            found = Literal(self.terms.nat(x), x, nat=True) if is_nat else self.literal(x, values)
            parts.append(found)
        return self.terms.applied(a, parts)

    def _sum(self, a: Apply, values: Values) -> Literal:
        body, index, low, high = a.arguments
        inside, name = self.literal(body, values), self.terms.name(index.symbols()[0])
        text = sum_text(self.terms.nat(low), self.terms.nat(high + 1), name, inside.text)
        normal = algebra.finite_sum(inside.term, index, low, high)
        if not inside.tactic:
            return Literal(text, normal)
        return Literal(text, normal, then("apply sum_as", "natural", "natural", f"intros {name}; {inside.tactic}"))
