"""What the theorems about a network say: plain data, no rules.  TRUSTED to mean what it says.

The signal s_t(k) of a coordinate is its value after t words at scale k. A *situation* is a
state of the saturated automaton; q_t is the one reached by w_1 ... w_t from situation 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import FrozenInstanceError, dataclass
from functools import cached_property
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, ClassVar, TypeAlias, dataclass_transform

from flint import fmpq

from symlstm.kernel.algebra import ZERO, Term, Variable
from symlstm.kernel.networks.enclosures import Enclosure, Error
from symlstm.kernel.parameters import Assumptions

if TYPE_CHECKING:
    from symlstm.kernel.networks.machines import Machine

Key: TypeAlias = tuple[Any, ...]  # (situation, register or None) or ("lag", number of words, entry)
Vector: TypeAlias = Mapping[Key, Term]
Words: TypeAlias = tuple[str, ...]  # a sequence, the first one read first
Runs: TypeAlias = tuple[tuple[Words, int], ...]  # words, and how often they are read in a row


def _kept(x: Any) -> Any:
    if isinstance(x, Mapping):
        return MappingProxyType({key: _kept(value) for key, value in x.items()})
    return tuple(map(_kept, x)) if isinstance(x, Iterable) and not isinstance(x, str | frozenset) else x


@dataclass_transform(frozen_default=True)
class Statement:
    """A frozen dataclass that keeps read-only copies of what its fields list, so that it says the same for ever.

    What all kinds have in common stands here: to write it out for each takes `dataclass` long at every start.
    """

    __dataclass_fields__: ClassVar[Mapping[str, Any]]

    def __init_subclass__(cls) -> None:
        dataclass(eq=False)(cls)

    def __setattr__(self, name: str, value: Any) -> None:
        if name in vars(self) or name not in self.__dataclass_fields__:
            raise FrozenInstanceError(f"cannot assign to field {name!r}")
        object.__setattr__(self, name, _kept(value))

    def __delattr__(self, name: str) -> None:
        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _values(self) -> tuple[Any, ...]:
        return tuple(vars(self)[name] for name in self.__dataclass_fields__)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Statement) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash(self._values())


class System(Statement):
    """A recurrence: state_0 = initial, state_t = updates(state_{t-1}, encoding[w_t]), all at once.

    `updates` and `gates` are terms in the state, the inputs, the scale k > 0 and the
    parameters, real numbers; `gates` only names parts of them. `encoding` has one row of
    constants a word. A statement about a system holds for all parameters that its theorem's
    hypotheses admit; constants that k0 = None leaves open may depend on them.
    """

    scale: Variable
    words: tuple[str, ...]
    inputs: tuple[Variable, ...]
    encoding: tuple[tuple[Term, ...], ...]
    state: tuple[Variable, ...]
    initial: tuple[Term, ...]
    updates: tuple[Term, ...]
    gates: tuple[tuple[Variable, Term], ...]
    parameters: tuple[Variable, ...] = ()

    @cached_property
    def _hash(self) -> int:
        return hash((self.words, self.state, self.updates))

    def __hash__(self) -> int:
        return self._hash


class Situation(Statement):
    """The words of one way to it, the enclosure of each known coordinate, and coordinates that are equal (coordinate -> representative)."""

    label: tuple[str, ...]
    box: Mapping[Variable, Enclosure]
    equal: Mapping[Variable, Variable]


class Automaton(Statement):
    """Situations, the successor `step[situation][word]`, and the registers (coordinates in no box)."""

    situations: tuple[Situation, ...]
    step: tuple[tuple[int, ...], ...]
    registers: tuple[Variable, ...]


class Transition(Statement):
    """One step from one situation: where it leads, and the enclosures of each register's A and B in r' = A r + B."""

    target: int
    registers: Mapping[Variable, tuple[Enclosure, Enclosure]]
    contracting: frozenset[Variable]  # registers with |A| <= 1


class Invariant(Statement):
    """For all k >= k0 and all words w_1 ... w_t: the state lies in the box of q_t, and step t obeys transitions[q_(t-1)][w_t].

    With k0 = None: for every word sequence, for k -> oo, with constants that may depend on it.
    """

    system: System
    automaton: Automaton
    transitions: tuple[tuple[Transition, ...], ...]
    k0: fmpq | None
    given: Assumptions


class StepTable(Statement):
    """Rows (situation, word, signal, enclosure): whatever was read before, and for all k >= k0."""

    system: System
    automaton: Automaton
    rows: tuple[tuple[int, str, Variable, Enclosure], ...]
    k0: fmpq | None


class Readout(Statement):
    """The form constant + sum coefficient * coordinate, and its delay: at time T it speaks of the first T - delay words."""

    terms: tuple[tuple[Variable, Term], ...]
    delay: int
    constant: Term = ZERO


class WeightedAutomaton(Statement):
    """The function w_1 ... w_n -> initial . M(w_1) ... M(w_n) . final over the rationals."""

    initial: tuple[fmpq, ...]
    matrices: Mapping[str, tuple[tuple[fmpq, ...], ...]]
    final: tuple[fmpq, ...]

    @property
    def domain(self) -> None:
        """Every word is promised."""


class Goal(Statement):
    """A readout of a system, and what it should be: on all words that the specification's domain promises."""

    system: System
    readout: Readout
    specification: WeightedAutomaton | Machine


class Computes(Goal):
    """For every promised word sequence w_1 ... w_T, T >= max(1, delay):

    lim_(k->oo) readout_T = specification(w_1 ... w_(T-delay)).
    """


class ErrorBound(Goal):
    """For all k >= k0 and every word sequence of length T >= max(1, delay):

    |readout_T - specification(w_1 ... w_(T-delay))| <= quadratic T^2 + linear T + constant   (Errors as functions of k;
    amplitudes may be negative here, the whole is an upper bound).
    """

    quadratic: Error
    linear: Error
    constant: Error
    k0: fmpq


class ErrorAt(Statement):
    """At scale k, for every word sequence of the length: |readout - specification| <= bound."""

    general: ErrorBound
    k: fmpq
    length: int
    bound: fmpq


class Counterexample(Goal):
    """On these promised words lim_(k->oo) of the readout is `limit`, and the specification of the first
    len(words) - delay is another number.
    """

    words: tuple[str, ...]
    limit: Term
    specified: Term


class Trace(Statement):
    """lim_(k->oo) of the readout after each prefix of the words."""

    system: System
    readout: Readout
    words: tuple[str, ...]
    limits: tuple[Term, ...]


class FiniteError(Goal):
    """At scale k the largest |readout_T - specification(w_1 ... w_(T-delay))|, over all word sequences of all
    lengths T with first <= T <= last, lies between lower (0 says nothing) and upper.
    """

    k: fmpq
    first: int
    last: int
    lower: fmpq
    upper: fmpq


class Bracket(Statement):
    """The errors of `within` are all below epsilon; the largest of `beyond`, about the same readout, is above it."""

    within: FiniteError
    beyond: FiniteError
    epsilon: fmpq
