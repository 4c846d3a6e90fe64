"""Equality of the saturated network and its specification on all words, or a shortest difference.  UNTRUSTED.

The forward-basis algorithm (Schuetzenberger 1961; Tzeng 1992): words are tried in shortlex
order, and one whose vector is a combination of earlier ones is not extended.  If the
difference vanishes on the basis it vanishes everywhere; if not, the first word of the basis
on which it does not is the shortest counterexample, and the first of its length.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.automata import Combination, Comparison, Span, computes, counterexample
from symlstm.kernel.networks.statements import Key, Readout, Vector, WeightedAutomaton, Words
from symlstm.kernel.theorem import Theorem


@dataclass
class Basis:
    """Independent vectors in the order found, with the word of each, and their row echelon form."""

    vectors: list[Vector] = field(default_factory=list)
    words: list[Words] = field(default_factory=list)
    _rows: list[tuple[Key, Vector, Combination]] = field(default_factory=list)

    def coordinates(self, vector: Vector, word: Words) -> Combination:
        """The vector as a combination of the basis, which it joins if it is independent."""
        rest, used = dict(vector), dict[int, Term]()
        for pivot, row, combination in self._rows:
            if pivot in rest:
                factor = rest[pivot]
                _add(rest, -factor, row)
                _add(used, factor, combination)
        if not rest:
            return used
        index = len(self.vectors)
        self.vectors.append(vector)
        self.words.append(word)
        pivot = min(rest, key=lambda key: (len(rest[key].monomials), str(key)))
        scale = algebra.inverse(rest[pivot])
        own = {index: algebra.rational(1)}
        _add(own, algebra.rational(-1), used)
        self._rows.append((pivot, _times(rest, scale), _times(own, scale)))
        return {index: algebra.rational(1)}


def _add(target: dict[Any, Term], factor: Term, row: Mapping[Any, Term]) -> None:
    for key, x in row.items():
        value = target.get(key, algebra.ZERO) + factor * x
        if value.monomials:
            target[key] = value
        else:
            target.pop(key, None)


def _times(row: Mapping[Any, Term], factor: Term) -> dict[Any, Term]:
    return {key: x * factor for key, x in row.items()}


def decide(premise: Theorem, readout: Readout, specification: WeightedAutomaton) -> Theorem:
    """The theorem that the readout computes the specification, or the one that it does not on a shortest word.

    `premise` is an invariant. Raises RuleError if a sign cannot be decided.
    """
    comparison = Comparison(premise.conclusion, readout, specification)
    found = forward(comparison)
    if isinstance(found, Span):
        return computes(premise, readout, specification, found)
    return counterexample(premise, readout, specification, found)


def forward(comparison: Comparison) -> Span | Words:
    """The certificate of equality, or a shortest word on which the two differ."""
    bases, images = [Basis()], []
    bases[0].coordinates(comparison.start(), ())
    for n in range(comparison.first):
        bases.append(Basis())
        images.append(_images(comparison, bases[n], bases[n + 1]))
    last = bases[-1]
    images.append(_images(comparison, last, last))
    for vector, word in zip(last.vectors, last.words, strict=True):
        if comparison.limit(vector) != comparison.specified(vector):
            return word
    return Span([basis.vectors for basis in bases], images)


def _images(comparison: Comparison, basis: Basis, later: Basis) -> list[dict[str, Combination]]:
    """Each basis vector after each word, in the later basis, which grows on the way (it may be the same one)."""
    images: list[dict[str, Combination]] = []
    while len(images) < len(basis.vectors):
        vector, word = basis.vectors[len(images)], basis.words[len(images)]
        images.append(
            {w: later.coordinates(comparison.after(vector, w), (*word, w)) for w in comparison.found.system.words}
        )
    return images
