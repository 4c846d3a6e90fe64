"""A network as people write it down: exact weights as functions of one scale k.

All large weights are rational multiples of k; k = 1 is the network that runs. PyTorch's
names and shapes, gates in PyTorch's order (cells.py). Words enter as one-hot vectors, or as the rows
of an embedding; a layer above another reads its new h.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from fractions import Fraction
from functools import cached_property
from typing import TYPE_CHECKING, Any

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.statements import Readout, System
from symlstm.model.cells import GATES, Arithmetic, Weights, steps
from symlstm.model.coordinates import Coordinate, preactivation
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import Nested, entries, exact, exact_array, mapped, shape_of
from symlstm.model.layers import START, TENSORS, Layer, check_depth
from symlstm.model.parameters import check_names, known_values
from symlstm.model.terms import SCALE, k

if TYPE_CHECKING:
    from sympy import Expr, Symbol

__all__ = ["Network", "ReadoutTerm", "k", "real"]

UNIT = algebra.rational(1)


def _between(x: Term, low: int, high: int) -> Term:
    """x between two numbers: high - relu(high - low - relu(x - low))."""
    return high - algebra.relu(high - low - algebra.relu(x - low))


TERMS = Arithmetic(
    algebra.sigmoid,
    algebra.tanh,
    algebra.relu,
    algebra.step,
    lambda x: _between(x, -3, 3) / 6 + Fraction(1, 2),  # PyTorch's relu6(x + 3)/6
    lambda x: _between(x, -1, 1),
)


@dataclass(frozen=True)
class ReadoutTerm:
    """coeff * state[index] of a layer, state "c" or "h", index and layer from 0: c[0] is c_1 in what is printed."""

    state: str
    index: int
    coeff: Term = UNIT
    layer: int = 0


@dataclass(frozen=True, eq=False)
class Network:
    """A recurrent network with exact weights, a vocabulary, an initial state and a readout.

    `cell` is one of cells.CELLS. Shapes, with n words, hidden size d and g gates (4 for "lstm", 3
    for "gru", 1 for an RNN): weight_ih (g*d, n), weight_hh (g*d, d), bias_ih and bias_hh (g*d,), h0
    and c0 (d,); layers.py has the others. Given as nested sequences or arrays of ints, Fractions,
    terms or SymPy expressions in `k`, or finite floats (taken exactly); kept as nested tuples of
    terms. What is None is 0. `above` has the layers above the first, each of which reads the
    h of the one below it. `embedding` (n, p) has the vector of each word, for p inputs; without
    it words are one-hot. Raises InputError naming the tensor, what was found and what is needed.

    `parameters` are real variables left open: a weight or bias may hold constant * parameter * k.
    `at` gives them values; before that the network has no numbers to run with.

    The readout is `constant` plus its terms. For a decision by argmax there are instead `outputs`, each a name
    with terms and a constant.

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
    constant: Any = 0
    outputs: Mapping[str, tuple[Sequence[ReadoutTerm], Any]] = field(default_factory=dict)
    weight_hr: Nested = None
    peephole: Nested = None
    above: Sequence[Layer] = ()
    embedding: Nested = None
    layers: tuple[Layer, ...] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        _check_vocabulary(self.vocabulary)
        object.__setattr__(self, "vocabulary", tuple(self.vocabulary))
        object.__setattr__(self, "parameters", check_names(self.parameters))
        self._set_embedding()
        self._set_layers()
        if not isinstance(self.readout, list | tuple):
            raise InputError("readout", repr(self.readout), "a list of ReadoutTerms", '[ReadoutTerm("c", 0)]')
        object.__setattr__(self, "readout", tuple(map(self._term, self.readout)))
        object.__setattr__(self, "constant", _constant(self.constant, "readout.constant"))
        read = {name: (tuple(map(self._term, terms)), _constant(x, name)) for name, (terms, x) in self.outputs.items()}
        object.__setattr__(self, "outputs", read)
        if isinstance(self.delay, bool) or not isinstance(self.delay, int) or self.delay < 0:
            raise InputError("readout.delay", repr(self.delay), "a whole number >= 0")

    def _set_embedding(self) -> None:
        if self.embedding is not None:
            shape, words = shape_of(self.embedding), len(self.vocabulary)
            if len(shape) != 2 or shape[0] != words or shape[1] < 1:
                raise InputError("embedding", f"shape {shape}", f"shape ({words}, p): a row for each word")
            found = exact_array(self.embedding, "embedding", shape)
            for entry in entries(found):
                _check_constant(entry, "embedding")
            object.__setattr__(self, "embedding", found)

    def _set_layers(self) -> None:
        check_depth(self.above)
        names = (*TENSORS, *START, "cell")
        inputs, checked = len(self.encoding[0]), list[Layer]()
        own = {name: getattr(self, name) for name in names}
        own["c0"] = None if type(self.c0) is tuple and not self.c0 else self.c0  # as a cell that has none leaves it
        for n, layer in enumerate((Layer(**own), *self.above)):
            checked.append(layer.checked(inputs, self._array, f"_l{n}" if n else ""))
            inputs = checked[-1].outputs
        object.__setattr__(self, "layers", tuple(checked))
        object.__setattr__(self, "above", tuple(checked[1:]))
        for name in names:
            object.__setattr__(self, name, getattr(checked[0], name))
        object.__setattr__(self, "c0", () if self.c0 is None else self.c0)

    def _array(self, value: Any, name: str, shape: tuple[int, ...]) -> Nested:
        found = exact_array(value, name, shape, None if self.general else self.parameters)
        for j, entry in enumerate(found if name.startswith(START) and not self.general else ()):
            _check_constant(entry, f"{name}[{j}]")
        return found

    def _term(self, term: ReadoutTerm) -> ReadoutTerm:
        if not isinstance(term, ReadoutTerm):
            raise InputError("readout", repr(term), "a ReadoutTerm", 'ReadoutTerm("c", 0)')
        if type(term.layer) is not int or term.layer not in range(len(self.layers)):
            raise InputError("readout", f"layer {term.layer!r}", f"a layer from 0 to {len(self.layers) - 1}")
        sizes = self.layers[term.layer].size
        if term.state not in sizes or type(term.index) is not int or term.index not in range(sizes[term.state]):
            is_last = type(term.index) is int and term.index == sizes.get(term.state)
            hint = f"{term.state}_{term.index} as it is printed has index {term.index - 1}" if is_last else ""
            raise InputError("readout", f"{term.state}[{term.index!r}]", _places(sizes), hint)
        return ReadoutTerm(term.state, term.index, _constant(term.coeff, "readout.coeff"), term.layer)

    def __getstate__(self) -> dict[str, Any]:
        """For processes that share the work: without what is made from the weights when it is asked for."""
        return {f.name: vars(self)[f.name] for f in fields(self)}

    @property
    def hidden(self) -> int:
        """The hidden size d of the first layer."""
        return self.layers[0].units

    @property
    def weights(self) -> Weights:
        """The tensors of the first layer."""
        return self.layers[0].weights

    @property
    def encoding(self) -> Nested:
        """The vector of each word, (words, inputs)."""
        if self.embedding is not None:
            return self.embedding
        words = range(len(self.vocabulary))
        return tuple(tuple(algebra.rational(int(i == j)) for j in words) for i in words)

    @property
    def depends_on_k(self) -> bool:
        """Whether any weight or bias does; without one, the limit for k -> oo is the network itself."""
        return any(
            SCALE in entry.symbols()
            for layer in self.layers
            for array in layer.tensors.values()
            for entry in entries(array)
        )

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
    def coordinates(self) -> tuple[Coordinate, ...]:
        """The state's: h of every layer from below, then c of those that have one."""
        layers = list(enumerate(self.layers))
        return tuple(
            Coordinate(letter, j + 1, n)
            for letter in "hc"
            for n, layer in layers
            for j in range(layer.size.get(letter, 0))
        )

    @property
    def state_symbols(self) -> tuple[Variable, ...]:
        """h_1 ... h_d, and for an LSTM c_1 ... c_d; of the layers above h^1_1 and so on."""
        return tuple(real(coordinate.name) for coordinate in self.coordinates)

    @property
    def input_symbols(self) -> tuple[Variable, ...]:
        """x_1, x_2, ..., one for each entry of a word's vector."""
        return tuple(real(f"x_{j + 1}") for j in range(len(self.encoding[0])))

    @cached_property
    def system(self) -> System:
        """The recurrence in the kernel's terms: PyTorch's equations with these weights. Raises Unsupported as `normal` does."""
        updates, gates = self._equations()
        data = SCALE, tuple(self.vocabulary), self.input_symbols, self.encoding, self.state_symbols
        return System(*data, self.start, updates, gates, tuple(self.parameters))

    @property
    def start(self) -> tuple[Term, ...]:
        """The initial value of each coordinate, in the order of `coordinates`."""
        return tuple(x for name in START for layer in self.layers for x in getattr(layer, name) or ())

    @cached_property
    def equations(self) -> dict[Symbol, Expr]:
        """The same in SymPy: the next value of each coordinate, each gate, and each a_ that a gate is a function of."""
        from symlstm.model.translation import to_sympy

        updates, gates = self._equations()
        named = [*zip(self.state_symbols, updates, strict=True), *gates]
        return {to_sympy(algebra.atom(name)): to_sympy(value) for name, value in named}

    def at(self, values: Mapping[Any, Any]) -> Network:
        """The network with numbers (exact, or terms without variables) for its parameters."""
        return self.put(known_values(self.parameters, values, exact), parameters=())

    def put(self, image: Mapping[Variable, Term], **rest: Any) -> Network:
        """The network with terms for variables in its weights and initial state; `rest` are other fields."""
        first, *above = (
            {
                name: mapped(array, lambda entry: algebra.substitute(entry, image, {}))
                for name, array in layer.tensors.items()
            }
            for layer in self.layers
        )
        layers = [replace(layer, **tensors) for layer, tensors in zip(self.above, above, strict=True)]
        return replace(self, **first, above=layers, **rest)

    def _equations(self) -> tuple[tuple[Term, ...], tuple[tuple[Variable, Term], ...]]:
        """The updates, and the named parts of cells with gates."""
        layers = [(layer.kind, layer.weights) for layer in self.layers]
        states = [(self._state("h", n), self._state("c", n)) for n in range(len(layers))]
        found = [*steps(layers, [*map(algebra.atom, self.input_symbols)], states, TERMS, algebra.total)]
        updates = (*(h for _, h, _ in found), *(c for _, _, c in found))
        gated = [(step, n) for n, (step, _, _) in enumerate(found) if len(step.gates) > 1]
        before = [({preactivation(letter): x for letter, x in step.before.items()}, n) for step, n in gated]
        named = _named([*((step.gates, n) for step, n in gated), *before])
        return tuple(x for part in updates for x in part.parts), tuple(named)

    def _state(self, letter: str, layer: int) -> tuple[Term, ...]:
        """The h or c of a layer before the step."""
        own = [c for c in self.coordinates if (c.letter, c.layer) == (letter, layer)]
        return tuple(algebra.atom(real(c.name)) for c in own)

    @property
    def linear_readout(self) -> Readout:
        """The readout in the kernel's terms."""
        return self._linear(self.readout, self.constant)

    @property
    def linear_outputs(self) -> tuple[Readout, ...]:
        """The outputs of which the largest decides, in the kernel's terms."""
        return tuple(self._linear(terms, constant) for terms, constant in self.outputs.values())

    @property
    def all_read(self) -> Readout:
        """Everything that is read, of all outputs together: a form of which only the coordinates matter."""
        terms = {s: x for reader in self.readers.values() for s, x in reader.linear_readout.terms}
        return Readout(tuple(terms.items()), self.delay) if self.outputs else self.linear_readout

    @property
    def readers(self) -> dict[str, Network]:
        """The network once for each of its outputs, as its only readout; itself, called readout, where there are none."""
        if not self.outputs:
            return {"readout": self}
        return {name: replace(self, readout=terms, constant=x, outputs={}) for name, (terms, x) in self.outputs.items()}

    def _linear(self, read: Sequence[ReadoutTerm], constant: Term | int) -> Readout:
        terms = ((real(Coordinate(t.state, t.index + 1, t.layer).name), t.coeff) for t in read)
        return Readout(tuple(terms), self.delay, algebra.as_term(constant))


def real(name: str) -> Variable:
    """The real variable of this name, as all coordinates, gates and inputs are."""
    return Variable(name)


def _places(sizes: Mapping[str, int]) -> str:
    """Where a readout may read, by letter."""
    ends = [f"{letter} with index 0 to {size - 1}" for letter, size in sizes.items()]
    return " or ".join(ends) if len({*sizes.values()}) > 1 else f"{' or '.join(sorted(sizes))} {ends[0][2:]}"


def _named(parts: Sequence[tuple[Mapping[str, Any], int]]) -> Iterator[tuple[Variable, Any]]:
    """Vectors by letter and layer as symbols with their values."""
    for vectors, layer in parts:
        for letter, vector in vectors.items():
            for j, value in enumerate(vector.parts):
                yield real(Coordinate(letter, j + 1, layer).name), value


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


def _constant(entry: Any, where: str) -> Term:
    value = exact(entry, where)
    _check_constant(value, where)
    return value


def _check_constant(entry: Term, where: str) -> None:
    if entry.symbols():
        raise InputError(where, str(entry), "a constant, free of k")
