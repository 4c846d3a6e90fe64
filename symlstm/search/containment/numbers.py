"""The numbers of a file as those of a containment: its gates, coordinates and weights.  UNTRUSTED.

What a theorem about any W, U and b says of a file's network needs that the file's numbers are of its form. They are
compared one by one; an equation is listed beside the theorem wherever the two are not written alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Term, Variable, sigmoid, tanh
from symlstm.kernel.logic.bounds import absolute_value, arithmetic
from symlstm.kernel.logic.propositions import Equal, Within
from symlstm.kernel.logic.quotients import vanishes
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.cells import CELLS
from symlstm.model.file.construction_file import EmbeddingClaim
from symlstm.model.network import Network
from symlstm.model.terms import SCALE
from symlstm.proof.lemmas import ordered
from symlstm.search.containment import gru
from symlstm.search.containment.contained import Contained
from symlstm.search.containment.derivation import Containment

FUNCTIONS = {"rnn_sigmoid": "sigmoid", "rnn_tanh": "tanh"}
NEEDED = {"lstm": "sigmoid", "gru": "tanh"}  # the RNN that a cell has room for


def image(at: Fraction | None) -> dict[Variable, Term]:
    """The number at_k, if there is one, for k."""
    return {} if at is None else {SCALE: algebra.rational(at.numerator, at.denominator)}


@dataclass(frozen=True)
class Numbers:
    """A file's network and claim."""

    network: Network
    claim: EmbeddingClaim

    def put(self, entry: Term) -> Term:
        """The entry at the claim's scale."""
        return algebra.substitute(entry, image(self.claim.at_k), {})

    @cached_property
    def rnn(self) -> Contained:
        """The RNN that is claimed, as one that the network has room for."""
        network, function = self.network, FUNCTIONS[self.claim.rnn.cell]
        return Contained(function, NEEDED[network.cell], network.hidden, len(network.encoding[0]))

    @property
    def more(self) -> tuple[Variable, ...]:
        """What states are functions of: k, where a limit is claimed."""
        return (SCALE,) if self.claim.quantifier == "limit" else ()

    def gates(self, letters: str) -> list[Term]:
        """The bias of gates that depend on no word and no state, and are the same in every unit; raises RuleError."""
        network, d, every = self.network, self.network.hidden, [*CELLS[self.network.cell].gates]
        found = []
        for letter in letters:
            rows = range(every.index(letter) * d, (every.index(letter) + 1) * d)
            for unit, row in enumerate(rows, 1):
                if any(x != 0 for x in (*network.weight_ih[row], *network.weight_hh[row])):
                    needed = f"gates {', '.join(letters)} that depend on no word and no state, the same in every unit"
                    raise RuleError("containment", f"weights into gate {letter}_{unit}", needed)
            biases = [self.put(network.bias_ih[row] + network.bias_hh[row]) for row in rows]
            found.append(single(biases, f"the biases of gate {letter}"))
        return found

    def check_cell(self) -> None:
        """Raises RuleError for anything but one plain layer of an LSTM or a GRU, which the theorems are about."""
        [layer, *above] = self.network.layers
        more = [name for name, tensor in (("weight_hr", layer.weight_hr), ("peephole", layer.peephole)) if tensor]
        if above or more or layer.cell not in NEEDED:
            found = f"{1 + len(above)} layers of {layer.cell}{' with ' * bool(more)}{' and '.join(more)}"
            raise RuleError("containment", found, "one layer of an lstm or a gru, without projection and peepholes")

    def lstm(self) -> Containment:
        """The LSTM's gates, its initial cell and the number s."""
        i, f, g = self.gates("ifg")
        scale, shift = self.put(self.claim.scale), self.put(self.claim.shift)
        needed = ZERO if self.rnn.is_own else scale
        if not vanishes(shift - needed):
            what = "0, for h_t = scale*r_t" if self.rnn.is_own else f"{scale}, for h_t = scale*(1 + y_t)"
            raise RuleError("containment", f"claim.shift = {shift}", what)
        cell = single([self.put(x) for x in self.network.c0], "initial.c0")
        s = scale if self.rnn.is_own else 2 * scale
        self._check_constants(cell, s)
        return Containment(sigmoid(i), sigmoid(f), tanh(g), cell, s, self.rnn, self.more)

    def gru(self) -> gru.GRUContainment:
        """The GRU's gates, and how large b_hn is."""
        r, z = self.gates("rz")
        scale, shift = (1, 0) if self.rnn.is_own else (2, -1)
        if not (vanishes(self.put(self.claim.scale) - scale) and vanishes(self.put(self.claim.shift) - shift)):
            found = f"claim.scale = {self.claim.scale}, claim.shift = {self.claim.shift}"
            raise RuleError("containment", found, f"{scale} and {shift}: a GRU's state is between -1 and 1")
        self._check_constants(*(inner := [self.put(x) for x in self.inner_biases]))
        beta, _ = largest(inner)
        return gru.GRUContainment(sigmoid(r), sigmoid(z), beta, self.rnn, self.more)

    def _check_constants(self, *others: Term) -> None:
        if self.more and any(SCALE in x.symbols() for x in (*others, *(e for _, _, e in self.pairs()))):
            found = "an initial cell, a scale, b_hn or an RNN that depends on k"
            raise RuleError("containment", found, "constants for a limit")

    @property
    def inner_biases(self) -> Sequence[Term]:
        """b_hn."""
        biases: Sequence[Term] = self.network.bias_hh[2 * self.network.hidden :]
        return biases

    def equations(self, *divisors: Theorem) -> list[Theorem]:
        """For each number that is not written as the RNN's, that it is equal to it; raises RuleError."""
        pairs = [(where, a, b) for where, a, b in self.pairs() if a != b]
        for where, a, b in pairs:
            if not vanishes(a - b):
                raise RuleError("containment", f"{where} = {a}", str(b))
        return [arithmetic(Equal(a, b), divisors=divisors) for _, a, b in pairs]

    def pairs(self) -> Iterator[tuple[str, Term, Term]]:
        """(where, number of the network, what it should be) of the rows that carry the RNN, and of the initial state."""
        network, rnn, change, put = self.network, self.claim.rnn, self.rnn.change, self.put
        first = (len(CELLS[network.cell].gates) - 1) * network.hidden  # o of an LSTM, n of a GRU
        s = put(self.claim.scale) * (1 if self.rnn.is_own else 2) if network.cell == "lstm" else algebra.rational(1)
        for n in range(network.hidden):
            row = first + n
            for j, (a, b) in enumerate(zip(network.weight_ih[row], rnn.weight_ih[n], strict=True)):
                yield f"weights.weight_ih_l0[{row}][{j}]", put(a), put(b) * change.weights
            for j, (a, b) in enumerate(zip(network.weight_hh[row], rnn.weight_hh[n], strict=True)):
                yield f"weights.weight_hh_l0[{row}][{j}]", put(a), put(b) * change.recurrent / s
            ours, theirs = network.bias_ih[row] + network.bias_hh[row], rnn.bias_ih[n] + rnn.bias_hh[n]
            whole = theirs * change.weights + algebra.total(rnn.weight_hh[n]) * change.row
            yield f"the bias of {[*CELLS[network.cell].gates][-1]}_{n + 1}", put(ours), put(whole)
            yield f"initial.h0[{n}]", put(network.h0[n]), put(self.claim.scale * rnn.h0[n] + self.claim.shift)

    def norm(self) -> tuple[Term, list[Theorem]]:
        """The largest absolute row sum of the RNN's recurrent weights, and theorems that it is this.

        |u| <= its size for every weight that is no rational, and that the other rows are smaller.
        """
        rows = [[self.put(u) for u in row] for row in self.claim.rnn.weight_hh]
        norm, smaller = largest([algebra.total(u * algebra.sign(u) for u in row) for row in rows])
        weights = dict.fromkeys(u for row in rows for u in row if u.rational() is None)
        return norm, [*map(sized, weights), *smaller]

    def within(self) -> list[Theorem]:
        """For numbers that are no rationals, that |b_hn| <= beta, and that the RNN starts in its range; raises RuleError."""
        _, smaller = largest(biases := [self.put(x) for x in self.inner_biases])
        sizes = [sized(x) for x in dict.fromkeys(biases) if x.rational() is None]
        starts = [(x, *gru.RANGES[self.rnn.function]) for x in map(self.put, self.claim.rnn.h0)]
        near = [(between(*start), start[0]) for start in starts]
        return [*sizes, *smaller, *(theorem for theorem, x in near if x.rational() is None)]


def single(entries: Sequence[Term], where: str) -> Term:
    """The one number that all entries are; raises RuleError."""
    if not all(vanishes(entry - entries[0]) for entry in entries):
        raise RuleError("containment", f"{where}: {', '.join(map(str, entries))}", "the same in every unit")
    return entries[0]


def largest(numbers: Sequence[Term]) -> tuple[Term, list[Theorem]]:
    """The largest size of some constants, and that those of others are smaller."""
    sizes = [*dict.fromkeys(x * algebra.sign(x) for x in numbers)]
    found = sizes[0]
    for size in sizes[1:]:
        found = size if algebra.sign(size - found) > 0 else found
    return found, [ordered(x, found) for x in sizes if x != found]


def sized(number: Term) -> Theorem:
    """|u| <= u or |u| <= -u, whichever is positive; |u| <= 0 for a number that is 0 in normal form."""
    return between(number, fmpq(0), number * algebra.sign(number))


def between(number: Term, centre: fmpq, radius: Term | fmpq) -> Theorem:
    """|number - centre| <= radius for constants; raises RuleError."""

    low, high = algebra.as_term(centre - radius), algebra.as_term(centre + radius)
    return absolute_value(Within(number, centre, radius), ordered(low, number), ordered(number, high))
