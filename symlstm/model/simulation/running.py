"""Running a network: in floating point with NumPy, or in balls of any precision.

The equations are those of cells.py, one scalar a row, applied to whole columns of numbers.
A pre-activation is summed from left to right,

    W_ih[0] x[0] + ... + W_hh[0] h[0] + ... + b_ih + b_hh        (zero weights left out),

one rounding a product and one a sum. No BLAS and no fused operation is involved, so a
result depends neither on the size of the batch nor on the place in it, and a word found by
search/ieee.py replays to the same bits. PyTorch sums W x + b_ih and W h + b_hh apart and has
its own exp and tanh: its last bits may differ.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flint import arb, ctx

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.theorem import Unsupported
from symlstm.model.cells import Arithmetic, Cell, Step, Vector, Weights, floating, steps
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import mapped
from symlstm.model.layers import START
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.simulation.rounding import at_scale, ball, nearest, positive

DTYPES = ("float64", "float32")
BALLS = Arithmetic(
    algebra.BALLS["sigmoid"],
    algebra.BALLS["tanh"],
    algebra.BALLS["relu"],
    algebra.BALLS["step"],
    lambda x: (x + 3).max(arb(0)).min(arb(6)) / 6,
    lambda x: x.max(arb(-1)).min(arb(1)),
)
MAX_BITS = 1 << 16  # where run_balls gives up


@dataclass(frozen=True, eq=False)
class Run:
    """The states h_1 ... h_T and c_1 ... c_T and the readouts of a run; the initial state is not among them.

    Floats: arrays h (..., T, hidden), c (..., T, hidden), readout (..., T). Balls: tuples
    nested alike. An RNN has no c: its last axis has length 0.
    """

    h: Any
    c: Any
    readout: Any


@dataclass(frozen=True, eq=False)
class Machine:
    """A network at one scale in one arithmetic: weights, initial state and readout as numbers.

    The state is a list h of the layers' outputs from below, and a list c of their cells; a readout
    term has its letter, its place in that list, and its coefficient.
    """

    layers: tuple[tuple[Cell, Weights], ...]
    sizes: tuple[dict[str, int], ...]
    encoding: tuple[tuple[Any, ...], ...]
    h0: tuple[Any, ...]
    c0: tuple[Any, ...]
    terms: tuple[tuple[str, int, Any], ...]
    constant: Any  # None for 0
    arithmetic: Arithmetic

    def step(self, x: Sequence[Any], h: Sequence[Any], c: Sequence[Any]) -> tuple[list[Any], list[Any]]:
        """(h', c') as lists of coordinates, each a scalar or a column (states,)."""
        parts = [(new.parts, kept.parts) for _, new, kept in self.parts(x, h, c)]
        return [y for new, _ in parts for y in new], [y for _, kept in parts for y in kept]

    def parts(self, x: Sequence[Any], h: Sequence[Any], c: Sequence[Any]) -> Iterator[tuple[Step, Vector, Vector]]:
        """The same layer by layer, with what the cell's equations found on the way."""
        return steps(self.layers, x, self.split(h, c), self.arithmetic)

    def split(self, h: Sequence[Any], c: Sequence[Any]) -> list[tuple[Sequence[Any], Sequence[Any]]]:
        """The h and c of each layer."""
        found, at = [], [0, 0]
        for size in self.sizes:
            ends = [at[0] + size["h"], at[1] + size.get("c", 0)]
            found.append((h[at[0] : ends[0]], c[at[1] : ends[1]]))
            at = ends
        return found

    def read(self, h: Sequence[Any], c: Sequence[Any]) -> Any:
        """The readout: its terms summed in their order, then the constant."""
        total = sum(coeff * (h if state == "h" else c)[index] for state, index, coeff in self.terms)
        return total if self.constant is None else total + self.constant


def _machine(network: Network, number: Callable[[Term], Any], arithmetic: Arithmetic) -> Machine:
    if network.parameters:
        found = f"the open parameters {', '.join(map(str, network.parameters))}"
        raise InputError("network", found, "a number for each weight", "network.at({parameter: number, ...})")
    layers = [(layer.kind, layer.weights.each(lambda array: mapped(array, number))) for layer in network.layers]
    start = [tuple(number(x) for layer in network.layers for x in getattr(layer, name) or ()) for name in START]
    terms = tuple((term.state, _place(network, term), number(term.coeff)) for term in network.readout)
    constant = number(network.constant) if network.constant.monomials else None
    sizes, encoding = tuple(layer.size for layer in network.layers), mapped(network.encoding, number)
    return Machine(tuple(layers), sizes, encoding, start[0], start[1], terms, constant, arithmetic)


def _place(network: Network, term: ReadoutTerm) -> int:
    """Of a readout's coordinate in the list of its letter."""
    return term.index + sum(layer.size.get(term.state, 0) for layer in network.layers[: term.layer])


def float_machine(network: Network, scale: Fraction | int, dtype: str) -> Machine:
    """The network in float64 or float32, every number correctly rounded once.

    Raises InputError for another dtype, a scale <= 0 and a number out of range.
    """
    import numpy as np

    if dtype not in DTYPES:
        raise InputError("dtype", repr(dtype), " or ".join(DTYPES))
    scale, cast, known = positive(scale), getattr(np, dtype), dict[Term, Any]()

    def number(entry: Term) -> Any:
        if entry not in known:
            known[entry] = cast(nearest(at_scale(entry, scale), dtype))
        return known[entry]

    return _machine(network, number, floating())


def float_weights(network: Network, scale: Fraction | int, dtype: str) -> Weights:
    """The first layer's weights at k = scale as arrays of Network's shapes, each entry the float nearest to the exact one."""
    import numpy as np

    _, weights = float_machine(network, scale, dtype).layers[0]
    return weights.each(lambda array: np.array(array, dtype))


def word_indices(network: Network, words: Any) -> Any:
    """Words nested in lists, or an int array of their positions in the vocabulary, as an int array (..., T).

    Raises InputError for what is not in the vocabulary and for sequences of unequal lengths.
    """
    import numpy as np

    size = len(network.vocabulary)
    if isinstance(words, np.ndarray) and words.dtype.kind in "iu":
        if words.size and not 0 <= words.min() <= words.max() < size:
            raise InputError("words", f"positions {words.min()} to {words.max()}", f"positions 0 to {size - 1}")
        return words
    found = np.array(words, dtype=object)  # (..., T), or fewer axes if ragged
    if not found.ndim:
        raise InputError("words", repr(words), _needed(network))
    return np.array(_places(network, found.flat), int).reshape(found.shape)


@contextmanager
def overflow_refused(dtype: str) -> Iterator[None]:
    """Turns an infinity or NaN, which only numbers near the end of the range can make, into an InputError."""
    import numpy as np

    try:
        with np.errstate(over="raise", invalid="raise", under="ignore"):
            yield
    except FloatingPointError as error:
        raise InputError("weights", f"{error} in {dtype}", "sums of weights within its range") from None


def run_floats(network: Network, words: Any, scale: Fraction | int = 1, dtype: str = "float64") -> Run:
    """The network in IEEE arithmetic, on one word sequence or on many of one length.

    `words` as in `word_indices`, (..., T); the result's shapes are those of `Run`. Raises
    InputError for bad words, scale or dtype, and where a number leaves the range.
    """
    import numpy as np

    indices, machine = word_indices(network, words), float_machine(network, scale, dtype)  # (..., T)
    h, c = list(machine.h0), list(machine.c0)
    columns = np.array(machine.encoding, dtype).T  # (inputs, words)
    run = [np.empty((*indices.shape, size), dtype) for size in (len(h), len(c), 1)]  # each (..., T, size)
    with overflow_refused(dtype):
        for t in range(indices.shape[-1]):
            h, c = machine.step([column[indices[..., t]] for column in columns], h, c)  # each (...)
            for array, parts in zip(run, (h, c, [machine.read(h, c)]), strict=True):
                for j, column in enumerate(parts):
                    array[..., t, j] = column
    return Run(run[0], run[1], run[2][..., 0])


def run_balls(network: Network, words: Sequence[str], scale: Fraction | int = 1, digits: int = 50) -> Run:
    """The network on one word sequence in Arb balls: each holds the exact value at k = scale.

    The precision is doubled until every readout (every state, where there is no readout) has
    the relative accuracy 10^-digits, or a radius of at most 10^-digits around 0. Raises
    InputError for bad words or scale, Unsupported where 2^16 bits are not enough.
    """
    indices, scale = _places(network, words), positive(scale)
    bits = 32 + math.ceil(digits * math.log2(10))
    while bits <= MAX_BITS:
        with ctx.workprec(bits):
            run = _ball_run(network, indices, scale)
            wanted = run.readout if network.readout else [x for row in (*run.h, *run.c) for x in row]
            if all(_accurate(value, digits) for value in wanted):
                return run
        bits *= 2
    raise Unsupported(f"{digits} digits after {len(indices)} words need more than {MAX_BITS} bits")


def ball_machine(network: Network, scale: Fraction) -> Machine:
    """The network in balls of flint's current precision."""
    return _machine(network, lambda entry: ball(at_scale(entry, scale)), BALLS)


def _places(network: Network, words: Iterable[Any]) -> list[int]:
    """Of words in the vocabulary; raises InputError for what is not in it."""
    position, words = {word: j for j, word in enumerate(network.vocabulary)}, [*words]
    strange = [word for word in words if not isinstance(word, str) or word not in position]
    if strange:
        raise InputError("words", repr(strange[0]), _needed(network))
    return [position[word] for word in words]


def _needed(network: Network) -> str:
    return f"words of {list(network.vocabulary)}, in sequences of one length"


def _ball_run(network: Network, indices: Sequence[int], scale: Fraction) -> Run:
    machine = ball_machine(network, scale)
    states = [(list(machine.h0), list(machine.c0))]
    for index in indices:
        states.append(machine.step(machine.encoding[index], *states[-1]))
    h, c = zip(*states[1:], strict=True) if len(states) > 1 else ((), ())
    return Run(tuple(map(tuple, h)), tuple(map(tuple, c)), tuple(machine.read(*state) for state in states[1:]))


def _accurate(value: arb, digits: int) -> bool:
    if value.contains(0):
        return bool(value.rad() <= arb(10) ** -digits)
    return bool(value.rad() <= abs(value.mid()) * arb(10) ** -digits)
