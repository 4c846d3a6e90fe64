"""A specification as a few whole numbers: its values on the words read so far, continued by fixed words.

After the words w all that the specification can still say is spec(w u) for the words u to
come.  Finitely many u suffice: a basis of the space spanned by the vectors M(u) final, which
is closed under every word (Schuetzenberger 1961; Tzeng 1992).  The numbers spec(w u) are
integers whenever the specification's values are, so they can be compared exactly.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from flint import fmpq, fmpq_mat

from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.kernel.theorem import Unsupported
from symlstm.model.errors import InputError

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

LARGEST = 1 << 53  # up to it float64 holds every integer
Integers: TypeAlias = "NDArray[np.int64]"


class Exact(NamedTuple):
    """The residuals as exact matrices: (1, r), (r, r) times the denominator, (r, 1)."""

    start: fmpq_mat
    matrices: tuple[fmpq_mat, ...]
    denominator: int
    final: fmpq_mat


@dataclass(frozen=True, eq=False)
class Residuals:
    """r integers for every word sequence.

    `start` (r,) for no words; one more word takes them to matrix' (r, r) times them over
    `denominator`; the specification is `final` (r,) times them.
    """

    start: Integers
    matrices: tuple[Integers, ...]
    denominator: int
    final: Integers

    def step(self, values: Integers, word: int) -> Integers:
        """The residuals (r, states) after one more word.

        Raises InputError where the specification is no whole number, Unsupported where it may exceed 2^53.
        """
        import numpy as np

        matrix = self.matrices[word]
        largest = int(np.abs(matrix).sum(0).max(initial=0)) * int(np.abs(values).max(initial=0))
        if largest > LARGEST * min(self.denominator, 512):
            raise Unsupported("the specification may leave the integers that float64 holds, up to 2^53 in size")
        after = matrix.T @ values  # (r, states)
        if self.denominator == 1:
            return after
        quotient, rest = np.divmod(after, self.denominator)
        if rest.any():
            raise _not_whole()
        return quotient

    def value(self, values: Integers) -> Integers:
        """The specification of each column of residuals: (r, states) to (states,)."""
        return self.final @ values


def _not_whole() -> InputError:
    return InputError("spec", "a value that is not a whole number", "whole numbers, for rounding to be compared with")


def residuals(specification: WeightedAutomaton, words: Sequence[str], delay: int = 0) -> Residuals:
    """The residuals of spec(all words but the last `delay`), which is 0 where there are fewer words.

    Raises InputError if the specification is about other words or not whole on the shortest ones.
    """
    found = exact_residuals(specification, words, delay)
    matrices = tuple(map(_integers, found.matrices))
    return Residuals(_integers(found.start)[0], matrices, found.denominator, _integers(found.final)[:, 0])


def exact_residuals(specification: WeightedAutomaton, words: Sequence[str], delay: int = 0) -> Exact:
    """The same, exactly; raises as `residuals` does."""
    if set(specification.matrices) != set(words):
        raise InputError("spec", f"the words {sorted(specification.matrices)}", f"the network's, {sorted(words)}")
    matrices = [_delayed(specification.matrices[word], delay) for word in words]
    padding = [fmpq(0)] * (delay * len(specification.final))
    final = fmpq_mat(matrices[0].nrows(), 1, [*specification.final, *padding])
    basis = _basis(final, matrices)  # (size, r)
    *steps, end = (_in_basis(image, basis) for image in (*(matrix * basis for matrix in matrices), final))
    start = fmpq_mat(1, basis.nrows(), [*padding, *specification.initial]) * basis  # (1, r)
    denominator = math.lcm(*(int(x.q) for step in steps for x in step.entries()))
    scaled = tuple(step * fmpq(denominator) for step in steps)
    for matrix in (start, *scaled, end):
        _check_whole(matrix)
    return Exact(start, scaled, denominator, end)


def _delayed(matrix: tuple[tuple[fmpq, ...], ...], delay: int) -> Any:
    """On rows (v_(t-delay), ..., v_t): drop the oldest vector, append v_t M."""
    size = len(matrix)
    older = size * delay
    delayed = fmpq_mat(older + size, older + size)
    for j in range(older):
        delayed[size + j, j] = 1
    for i, row in enumerate(matrix):
        for j, entry in enumerate(row):
            delayed[older + i, older + j] = entry
    return delayed


def _basis(final: Any, matrices: Sequence[Any]) -> Any:
    """Columns M(u) final, shortest u first, that span all of them: (size, r)."""
    columns: list[list[fmpq]] = []
    queue = [final]
    for vector in queue:
        longer = [*columns, vector.entries()]
        if fmpq_mat(longer).rank() == len(longer):
            columns = longer
            queue += [matrix * vector for matrix in matrices]
    return fmpq_mat(len(columns), final.nrows(), [x for column in columns for x in column]).transpose()


def _in_basis(image: Any, basis: Any) -> Any:
    """X with basis X = image, by the normal equations: exact, because the image is in the span."""
    return (basis.transpose() * basis).solve(basis.transpose() * image)


def _check_whole(matrix: Any) -> None:
    if any(x.q != 1 for x in matrix.entries()):
        raise _not_whole()
    if any(abs(int(x.p)) > LARGEST for x in matrix.entries()):
        raise Unsupported("the specification leaves the integers that float64 holds, up to 2^53 in size")


def _integers(matrix: Any) -> Integers:
    import numpy as np

    entries = [int(x.p) for x in matrix.entries()]
    return np.array(entries, np.int64).reshape(matrix.nrows(), matrix.ncols())
