"""The pipeline: specification -> network -> proof in the limit -> least scale -> proof at that scale.  UNTRUSTED.

Every statement about the network that comes out is proved from its weights, as for any other network: the builder
proposes, and a mistake in it costs a network, never a false theorem.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import NamedTuple

from sympy import Expr, Rational

from symlstm.builder import control, counting
from symlstm.builder.units import control as units_of
from symlstm.kernel.networks.machines import Acceptance, Machine
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.kernel.theorem import Theorem
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network
from symlstm.proof.claims import Outcome, Verdict
from symlstm.proof.scale import AtScale
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked, at_scale
from symlstm.search.scale.float_classes import MOST, Shape, proposals
from symlstm.search.scale.least import narrowed
from symlstm.search.scale.verdict import in_floats

SMALLEST, LARGEST = Fraction(2), 4096  # multiples of the unit weights that are tried
TOLERANCES = (1 / 4,)  # states of one step are about a unit apart: what is within it is one class
MANY = 100  # units, from which on boxes are made alike
ROUNDS = 6  # of multiples a little larger, where the kernel does not accept what floating point found
FINE = 8  # the least scale is known to one part in so many
AMPLE = Fraction(50)  # the multiple where none can be certified at a scale yet, as where a machine counts


@dataclass(frozen=True)
class Built:
    """A network with its specification, what is proved of it in the limit, and at the weights that it has.

    Every weight is a multiple of the scale: k = 1 is the network as it is written, with unit weights times `multiple`.
    `too_small` is the largest multiple that was tried and not certified, None if all were.
    """

    construction: Construction
    limit: Outcome
    at_weights: AtScale
    multiple: Fraction
    too_small: Fraction | None
    states: int

    @property
    def units(self) -> int:
        """The hidden size."""
        return self.construction.network.hidden


def build(
    specification: Machine,
    cell: str = "lstm",
    length: int | None = None,
    title: str = "",
    claimed: Machine | WeightedAutomaton | None = None,
) -> Built:
    """The network of a specification in a cell: "lstm", "gru", "rnn_tanh", "rnn_sigmoid" or "relu".

    What is proved of it is the specification, or `claimed`, the same written otherwise or for promised words alone.

    Certified at its weights up to `length` words, None for every length; where that cannot be, for a machine that
    counts or one of very many states, `at_weights` says how far it is or why it is not. Raises InputError for a
    machine that has no network of that kind here, or that is not certified at any multiple.
    """
    make, states = _maker(specification, cell)
    claimed = specification if claimed is None else claimed
    ideal = Construction(make(k), claimed, title)
    limit = ideal.outcome()
    if limit.verdict is not Verdict.PROVED:
        raise InputError(
            "build",
            f"a network that is {limit.verdict.value}: {limit.reason}",
            "one that is proved",
            "report this, please",
        )
    if not ideal.network.depends_on_k:  # exact: no scale to look for
        return Built(ideal, limit, at_scale(ideal), Fraction(1), None, states)

    def found(multiple: Fraction) -> Construction:
        return Construction(make(_times(multiple)), claimed, title)

    if specification.registers or length is not None:
        tried = least_up_to(found, length) if length is not None and not specification.registers else Tried(AMPLE)
        made = found(tried.multiple)
        return Built(made, limit, at_scale(made), *tried, states)
    best = least_for_ever(ideal)
    for tried in () if best is None else best.larger():
        theorem = at_every_length(made := found(tried.multiple))
        if theorem is not None:
            return Built(made, limit, AtScale(Fraction(1), theorem), *tried, states)
    reason = f"no boxes of up to {MOST} classes found with weights up to {LARGEST}"
    return Built(found(AMPLE), limit, AtScale(Fraction(1), reason=reason), AMPLE, None, states)


class Tried(NamedTuple):
    """A multiple, of two digits, and the largest that was tried and does not do."""

    multiple: Fraction
    too_small: Fraction | None = None

    def larger(self) -> Iterator[Tried]:
        """It, and some that are a little larger each."""
        yield self
        tried = self
        for _ in range(ROUNDS):
            tried = Tried(_two_digits_up(tried.multiple * 9 / 8), tried.multiple)
            yield tried


def at_every_length(construction: Construction) -> Theorem | None:
    """The theorem at k = 1 for every length, None if it is not found."""
    found = in_floats(asked(construction, Fraction(1), None)[0], _shape(construction))
    return None if found is None else found[0]


def _shape(construction: Construction) -> Shape:
    return Shape(TOLERANCES, (True,) if construction.network.hidden >= MANY else (True, False))


def least_for_ever(ideal: Construction) -> Tried | None:
    """The least scale at which boxes close in floating point, which has to be checked."""

    def closes(scale: Fraction) -> bool:
        return next(proposals(asked(ideal, scale, None)[0], _shape(ideal)), None) is not None

    return _least(closes)


def _maker(specification: Machine, cell: str) -> tuple[Callable[[Expr], Network], int]:
    """A function from the scale to the network, and the number of states that it has."""
    if cell not in control.BUILDERS:
        raise InputError("cell", repr(cell), f"one of {', '.join(control.BUILDERS)}")
    if specification.registers or not isinstance(specification.output, Acceptance):
        if cell != "lstm":
            raise InputError("cell", repr(cell), 'cell "lstm": only its cells count without end')
        return (lambda scale: counting.network(specification, scale)), len(specification.states)
    found = units_of(specification)
    return (lambda scale: control.network(found, cell, scale)), len(found.automaton.states)


def _times(multiple: Fraction) -> Expr:
    return Rational(multiple.numerator, multiple.denominator) * k


def least_up_to(found: Callable[[Fraction], Construction], length: int) -> Tried:
    """The least multiple that is certified up to the length. Raises InputError if there is none."""
    best = _least(lambda multiple: at_scale(found(multiple)).is_right_up_to(length))
    if best is None:
        raise InputError("build", f"no certificate with weights up to {LARGEST}", "a shorter length, or another cell")
    return best


def _least(does: Callable[[Fraction], bool]) -> Tried | None:
    low, high = None, SMALLEST
    while not does(high):
        low, high = high, 2 * high
        if high > LARGEST:
            return None
    if low is not None:
        low, high = narrowed(low, high, does, FINE)
    rounded = _two_digits_up(high)
    return Tried(rounded if does(rounded) else high, low)


def _two_digits_up(x: Fraction) -> Fraction:
    unit = Fraction(1)
    while x / unit >= 100:
        unit *= 10
    while x / unit < 10:
        unit /= 10
    return -(-x // unit) * unit
