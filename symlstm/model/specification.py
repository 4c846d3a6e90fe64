"""What a network should compute: a weighted automaton over the rationals.

A weighted automaton reads w_1 ... w_n as initial . M(w_1) ... M(w_n) . final. Counting the
occurrences of adjacent-word patterns is one: the product sums over all places where a
pattern may start.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from flint import fmpq

from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.errors import InputError
from symlstm.model.numbers import Number, fraction

Matrix = Sequence[Sequence[Number]]


def weighted_automaton(
    initial: Sequence[Number], matrices: Mapping[str, Matrix], final: Sequence[Number]
) -> WeightedAutomaton:
    """initial . M(w_1) ... M(w_n) . final, with n-vectors and one (n, n) matrix a word.

    Raises InputError if a shape does not fit or an entry is not rational.
    """
    size = len(initial)
    if len(final) != size:
        raise InputError("spec.final", f"{len(final)} entries", f"{size}, as many as spec.initial")
    for word, matrix in matrices.items():
        shape = (len(matrix), *sorted({len(row) for row in matrix}))
        if shape != (size, size):
            raise InputError(f"spec.matrices.{word}", f"shape {shape}", f"shape ({size}, {size})")
    return WeightedAutomaton(
        _row(initial), {word: tuple(_row(row) for row in matrix) for word, matrix in matrices.items()}, _row(final)
    )


def _row(entries: Iterable[Number]) -> tuple[fmpq, ...]:
    return tuple(_rational(x) for x in entries)


def _rational(x: Number) -> fmpq:
    found = fraction(x, "spec")
    return fmpq(found.numerator, found.denominator)


def pattern_counts(vocabulary: Sequence[str], terms: Mapping[tuple[str, ...], Number]) -> WeightedAutomaton:
    """sum of weight * number of places where the pattern occurs as adjacent words.

    >>> spec = pattern_counts(["a", "b"], {("a",): 1, ("a", "b"): -2})
    >>> value(spec, ["a", "b", "a"])
    0
    """
    edges: dict[str, list[tuple[int, int]]] = {word: [] for word in vocabulary}
    final: list[Number] = [0]
    loops = [0]
    for pattern, weight in terms.items():
        unknown = [word for word in pattern if word not in edges]
        if not pattern or unknown:
            raise InputError("spec.terms", f"the pattern {list(pattern)}", f"one or more words of {list(vocabulary)}")
        path = [0, *range(len(final), len(final) + len(pattern))]  # state 0: the pattern has not begun
        for word, edge in zip(pattern, pairwise(path), strict=True):
            edges[word].append(edge)
        final += [0] * (len(pattern) - 1) + [weight]
        loops.append(path[-1])
    size = len(final)
    matrices = {
        word: [[int((i, j) in taken or (i == j and i in loops)) for j in range(size)] for i in range(size)]
        for word, taken in edges.items()
    }
    return weighted_automaton([1] + [0] * (size - 1), matrices, final)


def value(specification: WeightedAutomaton, words: Iterable[str]) -> fmpq:
    """The specification of a word sequence, exactly."""
    row = list(specification.initial)
    for word in words:
        matrix = specification.matrices[word]
        row = [sum((x * line[j] for x, line in zip(row, matrix, strict=True)), fmpq(0)) for j in range(len(row))]
    return sum((x * y for x, y in zip(row, specification.final, strict=True)), fmpq(0))
