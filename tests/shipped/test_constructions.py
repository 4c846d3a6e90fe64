"""The gallery against an oracle of its own: the recurrence in mpmath, over all short words, and plain Python functions.

The oracle uses nothing of the prover: a construction that is right must come within 1e-20 of
its function at k = 3 on every word; a failure must first be wrong where its file says. The
last tests ask the prover for the same.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from itertools import pairwise, product

import mpmath
import pytest
import sympy
from support import GALLERY

from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.exact_tensors import k
from symlstm.model.file.construction_file import ConstructionFile, read_construction
from symlstm.model.layers import Layer
from symlstm.model.network import Network
from symlstm.model.smoothing import as_sigmoids
from symlstm.model.specification import value
from symlstm.proof.claims import Verdict
from symlstm.search.construction import Construction

LONGEST = {2: 7, 3: 5, 4: 4, 5: 4}  # word length by size of the vocabulary
DIGITS = 50

Words = tuple[str, ...]
State = tuple[list[mpmath.mpf], list[mpmath.mpf]]


def sentiment(words: Words) -> int:
    score = 0
    for i, word in enumerate(words):
        sign = {"good": 1, "bad": -1}.get(word, 0)
        very = words[i - 1 : i] == ("very",)
        negated = words[i - 1 - very : i - very] == ("not",) if i > very else False
        score += sign * (2 if very else 1) * (-1 if negated else 1)
    return score


def last_set(words: Words) -> int:
    decided = [word for word in words if word != "keep"]
    return int(decided[-1:] == ["set"])


def inside(words: Words) -> int:
    """The x after an open that no close has followed."""
    brackets = [(word, "".join(words[:i]).rpartition("open")[1:]) for i, word in enumerate(words)]
    return sum(word == "x" and opened == "open" and "close" not in rest for word, (opened, rest) in brackets)


def digit_of_the_sum(words: Words) -> int:
    """The last digit so far of the sum of two binary numbers."""
    a, b = (sum(int(word[j]) << n for n, word in enumerate(words)) for j in (1, 2))
    return ((a + b) >> (len(words) - 1)) & 1


def no_three_zeros(words: Words) -> int:
    return int("zero zero zero" not in " ".join(words))


FUNCTIONS: dict[str, Callable[[Words], float]] = {
    "a_after_b": lambda w: w[w.index("b") :].count("a") if "b" in w else 0,
    "a_since_b": lambda w: "".join(w).rpartition("b")[2].count("a"),
    "adder_of_steps": digit_of_the_sum,
    "adder_of_steps_at_the_integer": digit_of_the_sum,
    "automaton_of_steps": no_three_zeros,
    "automaton_of_steps_at_the_integer": no_three_zeros,
    "bigram_latch": lambda w: int(("a", "b") in pairwise(w)),
    "bounded_count": lambda w: min(w.count("a"), 2),
    "delay_line": lambda w: int(w[-1:] == ("a",)),
    "flip_flop": last_set,
    "gru_automaton": lambda w: int(("b", "b") not in pairwise(w)),
    "gru_delay_line": lambda w: int(w[-1:] == ("a",)),
    "gru_flip_flop": last_set,
    "gru_modulo_three": lambda w: w.count("tick") % 3 - 1,
    "gru_parity": lambda w: (-1) ** w.count("one"),
    "half_votes": lambda w: w.count("yes") + w.count("maybe") / 2,
    "modulo_three": lambda w: w.count("tick") % 3,
    "parity": lambda w: w.count("one") % 2,
    "parity_in_a_sigmoid_rnn": lambda w: w.count("one") % 2,
    "sentiment_with_very": sentiment,
    "signed_counter": lambda w: w.count("open") - w.count("close"),
    "stacked_gru_and_lstm": inside,
    "stacked_pairs": lambda w: [*pairwise(w)].count(("a", "b")),
    "relu_bounded_count": lambda w: min(w.count("a"), 2),
    "relu_parity": lambda w: w.count("one") % 2,
    "xor_of_steps": lambda w: w.count("x1") % 2,
    "two_counters": lambda w: w.count("(") - w.count(")") + (w.count("[") - w.count("]")) / 2,
}

FIRST_WRONG = {
    "delay_off_by_one": "a a",
    "forget_gate_half_open": "a a",
    "gru_bias_outside_the_reset": "tick tick tick",
    "increment_not_scaled": "a",
    "margin_zero": "b",
    "stacked_flag_threshold": "a b",
    "suppression_missing": "one one",
    "tanh_forgotten": "set",
    "threshold_for_a_full_flag": "a b",
}


class LayerMachine:
    """A layer at one scale, in mpmath: PyTorch's equations, read from the definition and written out."""

    def __init__(self, layer: Layer, scale: int) -> None:
        number = lambda entry: mpmath.mpf(sympy.sympify(entry).subs(sympy.sympify(k), scale).evalf(DIGITS + 10))  # noqa: E731
        self.cell, self.hidden = layer.cell, len(layer.weight_hh[0])
        self.inputs, self.recurrent = (
            [[(i, number(x)) for i, x in enumerate(row) if x != 0] for row in matrix]
            for matrix in (layer.weight_ih, layer.weight_hh)
        )
        self.biases = [[*map(number, bias)] for bias in (layer.bias_ih, layer.bias_hh)]
        self.start = ([*map(number, layer.h0)], [*map(number, layer.c0 or ())])

    def step(self, x: list[mpmath.mpf], h: list[mpmath.mpf], c: list[mpmath.mpf]) -> State:
        d, zero = self.hidden, mpmath.mpf(0)
        rows = zip(self.inputs, self.biases[0], strict=True)
        a = [b + sum((w * x[i] for i, w in row), zero) for row, b in rows]
        rows = zip(self.recurrent, self.biases[1], strict=True)
        u = [b + sum((w * h[i] for i, w in row), zero) for row, b in rows]
        both = [x + y for x, y in zip(a, u, strict=True)]
        if self.cell == "gru":
            r, z = ([logistic(x) for x in both[n * d : (n + 1) * d]] for n in (0, 1))
            n = [mpmath.tanh(a[2 * d + j] + r[j] * u[2 * d + j]) for j in range(d)]
            return [(1 - z[j]) * n[j] + z[j] * h[j] for j in range(d)], c
        if self.cell in FUNCTION:
            return [FUNCTION[self.cell](x) for x in both], c
        open_, tanh = (positive, mpmath.sign) if self.cell == "lstm_step" else (logistic, mpmath.tanh)
        i, f, g, o = (both[n * d : (n + 1) * d] for n in range(4))
        new = [open_(f[j]) * c[j] + open_(i[j]) * tanh(g[j]) for j in range(d)]
        return [open_(o[j]) * tanh(new[j]) for j in range(d)], new


class Machine:
    """The layers, each reading the new h of the one below it."""

    def __init__(self, network: Network, scale: int) -> None:
        self.network, self.layers = network, [LayerMachine(layer, scale) for layer in network.layers]
        self.start = tuple(layer.start for layer in self.layers)
        coeffs = [mpmath.mpf(sympy.sympify(t.coeff).evalf(DIGITS + 10)) for t in network.readout]
        self.readout = [
            (t.layer, "hc".index(t.state), t.index, x) for t, x in zip(network.readout, coeffs, strict=True)
        ]

    def step(self, state: tuple[State, ...], word: int) -> tuple[State, ...]:
        x, new = [mpmath.mpf(j == word) for j in range(len(self.network.vocabulary))], []
        for layer, (h, c) in zip(self.layers, state, strict=True):
            new.append(layer.step(x, h, c))
            x = new[-1][0]
        return tuple(new)

    def read(self, state: tuple[State, ...]) -> mpmath.mpf:
        return sum((x * state[layer][letter][j] for layer, letter, j, x in self.readout), mpmath.mpf(0))

    def runs(self, length: int) -> Iterator[tuple[Words, mpmath.mpf]]:
        """All words up to the length, the shorter first, then in the vocabulary's order, with the readout."""
        level: list[tuple[Words, tuple[State, ...]]] = [((), self.start)]
        for _ in range(length):
            level = [
                ((*words, name), self.step(state, j))
                for words, state in level
                for j, name in enumerate(self.network.vocabulary)
            ]
            yield from ((words, self.read(state)) for words, state in level)


def logistic(x: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-x))


def positive(x: mpmath.mpf) -> mpmath.mpf:
    return mpmath.mpf(x > 0)


FUNCTION = {
    "rnn_sigmoid": logistic,
    "rnn_tanh": mpmath.tanh,
    "rnn_relu": lambda x: max(x, mpmath.mpf(0)),
    "rnn_step": lambda x: mpmath.mpf(x >= 0),
}


def compared(file: ConstructionFile, scale: int, length: int) -> Iterator[tuple[Words, Words, mpmath.mpf]]:
    """Words, those of them that the readout speaks of, and the readout."""
    delay = file.network.delay
    with mpmath.workdps(DIGITS):
        for words, readout in Machine(file.network, scale).runs(length):
            if len(words) >= delay:
                yield words, words[: len(words) - delay], readout


def load(name: str) -> ConstructionFile:
    return read_construction(GALLERY / f"{name}.toml")


def specified(file: ConstructionFile, words: Words) -> float:
    return float(value(file.specification, words))


def length_of(file: ConstructionFile) -> int:
    return LONGEST[len(file.network.vocabulary)]


def test_every_file_is_in_a_table_and_has_its_sentence_and_source():
    files = {path.stem: read_construction(path) for path in GALLERY.rglob("*.toml")}
    counting = {name: file for name, file in files.items() if isinstance(file.specification, WeightedAutomaton)}
    computing = {
        name: file for name, file in counting.items() if file.threshold is None
    }  # decisions have tests of their own
    assert {name for name, file in computing.items() if file.expected == "proved"} == set(FUNCTIONS)
    assert {name for name, file in computing.items() if file.expected == "refuted"} == set(FIRST_WRONG)
    assert all(file.title and file.description and file.source for file in files.values())


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_network_computes_its_function(name):
    file = load(name)
    for words, spoken, readout in compared(file, scale=3, length=length_of(file)):
        assert abs(readout - FUNCTIONS[name](spoken)) < 1e-20, words


@pytest.mark.slow
@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_specification_is_its_function(name):
    file = load(name)
    for words in product(file.network.vocabulary, repeat=5):
        assert specified(file, words) == FUNCTIONS[name](words), words


@pytest.mark.parametrize("name", FIRST_WRONG)
def test_a_failure_is_first_wrong_where_its_file_says(name):
    file = load(f"failures/{name}")
    wrong = (
        words
        for words, spoken, readout in compared(file, scale=9, length=4)
        if abs(readout - specified(file, spoken)) > 1e-9
    )
    assert " ".join(next(wrong)) == FIRST_WRONG[name]
    assert f"Wrong first at: {FIRST_WRONG[name]}" in (GALLERY / "failures" / f"{name}.toml").read_text()


@pytest.mark.parametrize("name", FIRST_WRONG)
@pytest.mark.parametrize("scale", [1, 3, 9, 27])
def test_a_failure_stays_wrong_as_the_scale_grows(name, scale):
    file = load(f"failures/{name}")
    words = tuple(FIRST_WRONG[name].split())
    [(spoken, readout)] = [(s, r) for w, s, r in compared(file, scale, len(words)) if w == words]
    assert abs(readout - specified(file, spoken)) > 0.2


@pytest.mark.parametrize("name", FUNCTIONS)
def test_the_prover_proves_it(name):
    file = load(name)
    assert Construction(file.network, file.specification).outcome().verdict is Verdict.PROVED


@pytest.mark.parametrize("name", FIRST_WRONG)
def test_the_prover_finds_the_first_wrong_words(name):
    file = load(f"failures/{name}")
    outcome = Construction(file.network, file.specification).outcome()
    assert outcome.verdict is Verdict.REFUTED and " ".join(outcome.witness.words) == FIRST_WRONG[name]


AS_SIGMOIDS = {  # the same with sigmoid(k x) for step(x): the first words on which it is wrong
    "adder_of_steps": None,
    "adder_of_steps_at_the_integer": "d01",
    "automaton_of_steps": None,
    "automaton_of_steps_at_the_integer": "zero",
    "xor_of_steps": "x0",
}


@pytest.mark.parametrize("name", AS_SIGMOIDS)
def test_steps_that_are_right_may_be_wrong_as_sigmoids(name):
    file = load(name)
    smooth, wrong = replace(file, network=as_sigmoids(file.network)), AS_SIGMOIDS[name]
    outcome = Construction(smooth.network, file.specification).outcome()
    assert (
        outcome.verdict is (Verdict.REFUTED if wrong else Verdict.PROVED) and outcome.verdict.value == file.as_sigmoids
    )
    off = (w for w, spoken, x in compared(smooth, 200, 4) if abs(x - specified(file, spoken)) > 1e-9)
    assert " ".join(next(off, ())) == (wrong or "")
    assert not wrong or " ".join(outcome.witness.words) == wrong
