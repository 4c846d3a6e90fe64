"""The first word on which a network whose steps are partly open is wrong.  UNTRUSTED.

The forward-basis algorithm as in `equivalence`, with residues in place of exact numbers: each
atom stands for a random residue modulo a large prime. Vectors that depend on each other do so
modulo the prime; that others seem to, and a word is missed, happens once in 10^17 times.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from random import Random

from symlstm.kernel.algebra import Atom, Term
from symlstm.kernel.networks.automata import Comparison
from symlstm.kernel.networks.statements import Key, Vector, Words

PRIME = (1 << 61) - 1


class Residues:
    """A homomorphism from terms to the integers modulo PRIME."""

    def __init__(self) -> None:
        self._random, self._atoms = Random(0), dict[Atom, int]()

    def __call__(self, term: Term) -> int:
        parts = (int(c.p) * pow(int(c.q), -1, PRIME) * self._product(mono) for mono, c in term.monomials.items())
        return sum(parts) % PRIME

    def _product(self, mono: frozenset[tuple[Atom, int]]) -> int:
        return prod(pow(self._residue(atom), n, PRIME) for atom, n in mono)

    def _residue(self, atom: Atom) -> int:
        if atom not in self._atoms:
            self._atoms[atom] = self._random.randrange(1, PRIME)
        return self._atoms[atom]


class Echelon:
    """Vectors modulo PRIME in row echelon form."""

    def __init__(self) -> None:
        self._rows: list[tuple[Key, Mapping[Key, int]]] = []

    def grows(self, vector: Mapping[Key, int]) -> bool:
        """Whether the vector is no combination of those before; it joins them."""
        rest = {key: x for key, x in vector.items() if x}
        for pivot, row in self._rows:
            factor = rest.get(pivot, 0)
            for key, x in row.items() if factor else ():
                rest[key] = (rest.get(key, 0) - factor * x) % PRIME
        rest = {key: x for key, x in rest.items() if x}
        if rest:
            pivot = next(iter(rest))
            inverse = pow(rest[pivot], -1, PRIME)
            self._rows.append((pivot, {key: x * inverse % PRIME for key, x in rest.items()}))
        return bool(rest)


def shortest_difference(comparison: Comparison, unknown: int | None) -> Words | None:
    """The first word in shortlex order on which the readout is wrong, of those that never get to the unknown situation."""
    spans = [Echelon() for _ in range(comparison.first + 1)]  # by length, the last for all later ones
    residue = Residues()
    found: list[tuple[Words, Vector, int]] = [((), comparison.start(), 0)]
    for words, vector, q in found:
        if not spans[min(len(words), comparison.first)].grows({key: residue(x) for key, x in vector.items()}):
            continue
        if len(words) >= comparison.first and comparison.limit(vector) != comparison.specified(vector):
            return words
        steps = zip(comparison.found.system.words, comparison.found.automaton.step[q], strict=True)
        found += [((*words, word), comparison.after(vector, word), p) for word, p in steps if p != unknown]
    return None
