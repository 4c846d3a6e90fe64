"""A network as people write it down: exact weights as functions of one scale k.

All large weights are rational multiples of k; k = 1 is the network as published. PyTorch's
names and shapes, gates stacked i, f, g, o. Words enter as one-hot vectors.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.statements import Readout, System
from symlstm.model.cells import GATES, Arithmetic, Weights, lstm_update, scalar_preactivations, stacked_gates
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import Nested, entries, exact, exact_array, mapped, shape_of
from symlstm.model.parameters import check_names, known_values
from symlstm.model.terms import SCALE, k

if TYPE_CHECKING:
    from sympy import Expr, Symbol

__all__ = ["Network", "ReadoutTerm", "k", "real"]
TERMS = Arithmetic(algebra.sigmoid, algebra.tanh)


@dataclass(frozen=True)
class ReadoutTerm:
    """coeff * state[index], state "c" or "h", index from 0."""

    state: str
    index: int
    coeff: Term = field(default_factory=lambda: algebra.rational(1))


@dataclass(frozen=True, eq=False)
class Network:
    """An LSTM or Elman RNN layer with exact weights, a vocabulary, an initial state and a readout.

    Shapes, with n words, hidden size d and g gates (4 for "lstm", 1 for "rnn_sigmoid" and
    "rnn_tanh"): weight_ih (g*d, n), weight_hh (g*d, d), bias_ih and bias_hh (g*d,), h0 and
    c0 (d,). Given as nested sequences or arrays of ints, Fractions, terms or
    SymPy expressions in `k`, or finite floats (taken exactly); kept as nested tuples of terms. What is
    None is 0. Raises InputError naming the tensor, what was found and what is needed.

    `parameters` are real variables left open: a weight or bias may hold constant * parameter * k.
    `at` gives them values; before that the network has no numbers to run with.

    A `general` network may have any expression in k as an entry, and in h0 and c0: it runs,
    but has no saturated limit in the kernel's sense. Claims about an RNN in it need no more.
    """

    vocabulary: Sequence[str]
    weight_ih: Nested
    weight_hh: Nested
    bias_ih: Nested = None
    bias_hh: Nested = None
    h0: Nested = None
    c0: Nested = None
    readout: Sequence[ReadoutTerm] = ()
    delay: int = 0
    cell: str = "lstm"
    title: str = ""
    parameters: Sequence[Any] = ()
    general: bool = False
    weights: Weights = field(init=False, repr=False)

    def __post_init__(self) -> None:
        if self.cell not in GATES:
            raise InputError("cell", repr(self.cell), f"one of {', '.join(GATES)}")
        _check_vocabulary(self.vocabulary)
        object.__setattr__(self, "parameters", check_names(self.parameters))
        for name, shape in self._shapes().items():
            object.__setattr__(self, name, self._array(name, shape))
        for name in () if self.general else ("h0", "c0"):
            for j, entry in enumerate(getattr(self, name)):
                _check_constant(entry, f"{name}[{j}]")
        object.__setattr__(self, "vocabulary", tuple(self.vocabulary))
        if not isinstance(self.readout, list | tuple):
            raise InputError("readout", repr(self.readout), "a list of ReadoutTerms", '[ReadoutTerm("c", 0)]')
        object.__setattr__(self, "readout", tuple(map(self._term, self.readout)))
        object.__setattr__(self, "weights", Weights(self.weight_ih, self.weight_hh, self.bias_ih, self.bias_hh))
        if isinstance(self.delay, bool) or not isinstance(self.delay, int) or self.delay < 0:
            raise InputError("readout.delay", repr(self.delay), "a whole number >= 0")

    def _array(self, name: str, shape: tuple[int, ...]) -> Nested:
        return exact_array(getattr(self, name), name, shape, None if self.general else self.parameters)

    def _shapes(self) -> dict[str, tuple[int, ...]]:
        gates, shape = len(GATES[self.cell]), shape_of(self.weight_hh)
        if len(shape) != 2 or 0 in shape or shape[0] != gates * shape[1]:
            raise InputError("weight_hh", f"shape {shape}", f"shape ({gates}*d, d) of a {self.cell}")
        rows, hidden = shape
        shapes = {"weight_ih": (rows, len(self.vocabulary)), "weight_hh": (rows, hidden)}
        return shapes | {"bias_ih": (rows,), "bias_hh": (rows,), "h0": (hidden,), "c0": (hidden,)}

    def _term(self, term: ReadoutTerm) -> ReadoutTerm:
        if not isinstance(term, ReadoutTerm):
            raise InputError("readout", repr(term), "a ReadoutTerm", 'ReadoutTerm("c", 0)')
        states = ("c", "h") if self.cell == "lstm" else ("h",)
        if term.state not in states or type(term.index) is not int or term.index not in range(self.hidden):
            needed = f"{' or '.join(states)} with index 0 to {self.hidden - 1}"
            raise InputError("readout", f"{term.state}[{term.index!r}]", needed)
        coeff = exact(term.coeff, "readout.coeff")
        _check_constant(coeff, "readout.coeff")
        return ReadoutTerm(term.state, term.index, coeff)

    def __getstate__(self) -> dict[str, Any]:
        """For processes that share the work: without what is made from the weights when it is asked for."""
        return {f.name: vars(self)[f.name] for f in fields(self)}

    @property
    def hidden(self) -> int:
        """The hidden size d."""
        return len(self.weight_hh[0])

    @property
    def depends_on_k(self) -> bool:
        """Whether any weight or bias does; without one, the limit for k -> oo is the network itself."""
        return any(SCALE in entry.symbols() for name in self._shapes() for entry in entries(getattr(self, name)))

    @classmethod
    def from_gates(cls, vocabulary: Sequence[str], hidden: int, gates: Mapping[str, Nested], **rest: Any) -> Network:
        """An LSTM from PyTorch's blocks W_ii, W_hi, b_ii, b_hi, ..., W_ho, b_ho; what is not given is 0.

        Shapes: W_i? (hidden, words), W_h? (hidden, hidden), b_i? and b_h? (hidden,).
        """
        kinds = {"W_i": (hidden, len(vocabulary)), "W_h": (hidden, hidden), "b_i": (hidden,), "b_h": (hidden,)}
        unknown = [name for name in gates if name[:3] not in kinds or name[3:] not in GATES["lstm"]]
        if unknown:
            raise InputError(unknown[0], "an unknown block", "W_ii, W_hi, b_ii, b_hi or those of f, g, o")
        among = check_names(rest.get("parameters", ()))
        stacked: list[Any] = [
            [row for gate in GATES["lstm"] for row in exact_array(gates.get(kind + gate), kind + gate, shape, among)]
            for kind, shape in kinds.items()
        ]
        return cls(vocabulary, *stacked, **rest)

    @property
    def state_symbols(self) -> tuple[Variable, ...]:
        """h_1 ... h_d, and for an LSTM c_1 ... c_d."""
        names = ("h", "c") if self.cell == "lstm" else ("h",)
        return tuple(real(f"{name}_{j + 1}") for name in names for j in range(self.hidden))

    @property
    def input_symbols(self) -> tuple[Variable, ...]:
        """x_1, x_2, ..., one for each word."""
        return tuple(real(f"x_{j + 1}") for j in range(len(self.vocabulary)))

    @cached_property
    def system(self) -> System:
        """The recurrence in the kernel's terms: PyTorch's equations with these weights. Raises Unsupported as `normal` does."""
        start = (*self.h0, *self.c0) if self.cell == "lstm" else self.h0
        words = range(len(self.vocabulary))
        one_hot = tuple(tuple(algebra.rational(int(i == j)) for j in words) for i in words)
        updates, gates = self._equations(TERMS)
        data = SCALE, tuple(self.vocabulary), self.input_symbols, one_hot, self.state_symbols, start
        return System(*data, updates, gates, tuple(self.parameters))

    @cached_property
    def equations(self) -> dict[Symbol, Expr]:
        """The same in SymPy: the next value of each coordinate, each gate, and each a_ that a gate is a function of."""
        from symlstm.model.translation import to_sympy

        updates, gates = self._equations(TERMS)
        named = [*zip(self.state_symbols, updates, strict=True), *gates]
        return {to_sympy(algebra.atom(name)): to_sympy(value) for name, value in named}

    def at(self, values: Mapping[Any, Any]) -> Network:
        """The network with numbers (exact, or terms without variables) for its parameters."""
        return self.put(known_values(self.parameters, values, exact), parameters=())

    def put(self, image: Mapping[Variable, Term], **rest: Any) -> Network:
        """The network with terms for variables in its weights and initial state; `rest` are other fields."""
        tensors = {
            name: mapped(getattr(self, name), lambda entry: algebra.substitute(entry, image, {}))
            for name in self._shapes()
        }
        return replace(self, **tensors, **rest)

    def _equations(self, arithmetic: Arithmetic) -> tuple[tuple[Term, ...], tuple[tuple[Variable, Term], ...]]:
        """The updates, and the named parts of an LSTM's."""
        d, inputs, state = self.hidden, map(algebra.atom, self.input_symbols), [*map(algebra.atom, self.state_symbols)]
        rows = [*scalar_preactivations(self.weights, [*inputs], state[:d], algebra.total)]
        if self.cell != "lstm":
            return tuple(map(arithmetic.sigmoid if self.cell == "rnn_sigmoid" else arithmetic.tanh, rows)), ()
        gates = stacked_gates(rows, arithmetic)
        new = [lstm_update(gates[j], state[d + j], arithmetic) for j in range(d)]
        named = [(real(f"{name}_{j + 1}"), getattr(gates[j], name)) for name in GATES["lstm"] for j in range(d)]
        before = [(real(f"a_{gate.name}"), row) for (gate, _), row in zip(named, rows, strict=True)]
        return (*(h for h, _ in new), *(c for _, c in new)), (*named, *before)

    @property
    def linear_readout(self) -> Readout:
        """The readout in the kernel's terms."""
        terms = ((real(f"{t.state}_{t.index + 1}"), t.coeff) for t in self.readout)
        return Readout(tuple(terms), self.delay)


def real(name: str) -> Variable:
    """The real variable of this name, as all coordinates, gates and inputs are."""
    return Variable(name)


def _check_vocabulary(vocabulary: Sequence[str]) -> None:
    if (
        not isinstance(vocabulary, list | tuple)
        or not vocabulary
        or not all(isinstance(w, str) and w for w in vocabulary)
    ):
        raise InputError("vocabulary", repr(vocabulary), "a list of one or more words")
    twice = [word for i, word in enumerate(vocabulary) if word in vocabulary[:i]]
    if twice:
        raise InputError("vocabulary", f"{twice[0]!r} twice", "each word once")


def _check_constant(entry: Term, where: str) -> None:
    if entry.symbols():
        raise InputError(where, str(entry), "a constant, free of k")
