"""The pipeline: specification -> network -> proof in the limit -> least scale -> proof at that scale.  UNTRUSTED.

Every statement about the network that comes out is proved from its weights, as for any other network: the builder
proposes, and a mistake in it costs a network, never a false theorem.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import arb
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
from symlstm.search.scale.least import narrowed
from symlstm.search.scale.verdict import at_every_length

SMALLEST, LARGEST = Fraction(2), 4096  # multiples of the unit weights that are tried
WORK = 5_000_000  # products, in certifying one scale: some twenty seconds
ROUNDS = 10  # in which the boxes of all classes are computed before they settle, about
APART = (arb(1) / 16,)  # states of one step are a unit apart: what is within it is one class
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
    try:
        multiple, too_small = (AMPLE, None) if specification.registers else least_multiple(make, claimed, length)
    except TooLarge as reason:
        found = Construction(make(_times(AMPLE)), claimed, title)
        return Built(found, limit, AtScale(Fraction(1), reason=str(reason)), AMPLE, None, states)
    found = Construction(make(_times(multiple)), claimed, title)
    theorem = None if length is not None or specification.registers else _at_every_length(found)
    known = at_scale(found) if theorem is None else AtScale(Fraction(1), theorem)
    return Built(found, limit, known, multiple, too_small, states)


class TooLarge(Exception):
    """A network that takes too much work to be certified at a scale."""


def _at_every_length(construction: Construction) -> Theorem | None:
    """The theorem for every length, None if it is not found. Raises TooLarge."""
    question = replace(asked(construction, Fraction(1), None)[0], work=WORK)
    once = question.size * len(question.rows) * construction.network.hidden  # a class for each unit that is on
    if once * ROUNDS <= WORK:
        theorem = at_every_length(question, APART)
        if theorem is not None or question.spent[0] <= WORK:
            return theorem
    raise TooLarge(f"not certified at a scale within {WORK} products: {construction.network.hidden} units")


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


def least_multiple(
    make: Callable[[Expr], Network], specification: Machine | WeightedAutomaton, length: int | None
) -> tuple[Fraction, Fraction | None]:
    """A multiple that is certified up to the length, of two digits, and the largest that was tried and is not."""

    def certified(multiple: Fraction) -> bool:
        found = Construction(make(_times(multiple)), specification)
        if length is None:
            return _at_every_length(found) is not None
        return at_scale(found).is_right_up_to(length)

    low, high = None, SMALLEST
    while not certified(high):
        low, high = high, 2 * high
        if high > LARGEST:
            raise InputError(
                "build", f"no certificate with weights up to {LARGEST}", "a shorter length, or another cell"
            )
    if low is not None:
        low, high = narrowed(low, high, certified, FINE)
    rounded = _two_digits_up(high)
    return (rounded if certified(rounded) else high), low


def _two_digits_up(x: Fraction) -> Fraction:
    unit = Fraction(1)
    while x / unit >= 100:
        unit *= 10
    while x / unit < 10:
        unit /= 10
    return -(-x // unit) * unit
