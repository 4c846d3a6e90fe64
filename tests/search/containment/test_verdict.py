"""Claims that an LSTM contains a sigmoid RNN: the gallery's, and damaged ones, against both recurrences in mpmath."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import replace
from fractions import Fraction
from itertools import product

import mpmath
import pytest
import sympy
from support import GALLERY
from sympy import Integer, Rational, exp, tanh

from symlstm.kernel.theorem import walk
from symlstm.model.exact_tensors import k
from symlstm.model.file.construction_file import EmbeddingClaim, read_construction
from symlstm.model.network import Network
from symlstm.model.translation import normal, to_sympy
from symlstm.proof.claims import Verdict
from symlstm.search.containment.verdict import _sized, outcome
from symlstm.steps import Within

PROVED = ("rnn_in_lstm_exactly", "rnn_in_lstm_from_zero", "rnn_in_lstm_nearby")
NUMBERS = ("weight_ih", "weight_hh", "bias_ih", "h0", "c0")
LONGEST = 3
c_star = exp(k) * tanh(k)


def load(name: str) -> tuple[Network, EmbeddingClaim]:
    file = read_construction(GALLERY / f"{name}.toml")
    return file.network, file.claim


def logistic(x):
    return 1 / (1 + mpmath.exp(-x))


class Pair:
    """The LSTM and the RNN at one scale, their equations written out: the largest |h_t - s r_t| after any words."""

    def __init__(self, network: Network, claim: EmbeddingClaim, at: int) -> None:
        self.number = lambda e: mpmath.mpf(sympy.sympify(e).subs(sympy.sympify(k), at).evalf(80))
        self.network, self.claim, self.d = network, claim, network.hidden
        self.lstm, self.rnn = map(self._weights, (network, claim.rnn))

    def _weights(self, n: Network):
        value = self.number
        rows = zip(n.weight_ih, n.weight_hh, n.bias_ih, n.bias_hh, strict=True)
        return [([*map(value, w)], [*map(value, u)], value(a) + value(b)) for w, u, a, b in rows]

    def errors(self, length: int) -> Iterator[tuple[tuple[str, ...], mpmath.mpf]]:
        for n in range(length + 1):
            for words in product(range(len(self.network.vocabulary)), repeat=n):
                yield tuple(self.network.vocabulary[j] for j in words), self._error(words)

    def _error(self, words: tuple[int, ...]) -> mpmath.mpf:
        (h, c), r = ([*map(self.number, x)] for x in (self.network.h0, self.network.c0)), None
        r = [*map(self.number, self.claim.rnn.h0)]
        for word in words:
            pairs = ((self.lstm, h), (self.rnn, r))
            a, b = ([w[word] + b + mpmath.fdot(u, y) for w, u, b in rows] for rows, y in pairs)
            i, f, g, o = (a[n * self.d : (n + 1) * self.d] for n in range(4))
            c = [logistic(f[j]) * c[j] + logistic(i[j]) * mpmath.tanh(g[j]) for j in range(self.d)]
            h, r = [logistic(o[j]) * mpmath.tanh(c[j]) for j in range(self.d)], [*map(logistic, b)]
        return max(abs(x - self.number(self.claim.scale) * y) for x, y in zip(h, r, strict=True))


def wrong(network: Network, claim: EmbeddingClaim) -> tuple[str, ...] | None:
    """The first words, shortlex, perhaps none, on which the claim is false: near the limit, or at scale 1 or at_k."""
    at = {"limit": 2**8, "every_k": 1}.get(claim.quantifier) or int(claim.at_k)
    with mpmath.workdps(60):
        bound = max(mpmath.mpf(10) ** -40, Pair(network, claim, at).number(claim.bound or 0))
        return next((words for words, error in Pair(network, claim, at).errors(LONGEST) if error > bound), None)


def mutants(name: str) -> Iterator[tuple[str, Network, EmbeddingClaim]]:
    network, claim = load(name)
    for tensor in NUMBERS:
        array = getattr(network, tensor)
        rows = enumerate(row if isinstance(row, tuple) else (row,) for row in array)
        for place, entry in ((i, e) for i, row in rows for e in row):
            for label, new in (("zeroed", Integer(0)), ("negated", -entry), ("halved", entry / 2)):
                if entry != 0:
                    row = array[place]
                    changed = tuple(new if e is entry else e for e in row) if isinstance(row, tuple) else new
                    mutant = replace(network, **{tensor: (*array[:place], changed, *array[place + 1 :])})
                    yield f"{tensor}[{place}] {label}", mutant, claim
    yield "scale 1/2", network, replace(claim, scale=claim.scale / 2)


@pytest.mark.parametrize("name", PROVED)
def test_the_gallery_is_proved_and_true(name):
    network, claim = load(name)
    found = outcome(network, claim)
    assert found.verdict is Verdict.PROVED and wrong(network, claim) is None
    assert {"induction"} <= {step.rule for step in walk(found.theorem)}


def test_the_default_state_is_refuted_on_the_first_word():
    network, claim = load("failures/rnn_in_lstm_default_state")
    found = outcome(network, claim)
    assert found.verdict is Verdict.REFUTED and found.witness.words == ("a",) == wrong(network, claim)


@pytest.mark.parametrize("name", PROVED)
def test_no_verdict_on_a_damaged_network_is_false(name):
    verdicts = []
    for label, network, claim in random.Random(name).sample([*mutants(name)], 12):
        found, first = outcome(network, claim), wrong(network, claim)
        verdicts.append(found.verdict)
        if found.verdict is Verdict.PROVED:
            assert first is None, label
        if found.verdict is Verdict.REFUTED:
            assert found.witness.words == first, (label, found.witness)
    assert verdicts.count(Verdict.REFUTED) > 0.4 * len(verdicts)


HALF = Rational(1, 2)


def unit(*numbers, quantifier="every_k", **more) -> tuple[Network, EmbeddingClaim]:
    """One unit with biases i, f, g, a cell and a scale, whose output gate carries sigmoid(x + r/2) as it should."""
    i, f, g, c0, scale = numbers
    words, drive = ("a", "b"), [[0, 0], [0, 0], [0, 0], [1, -1]]
    recurrent = [[0], [0], [0], [HALF / scale]]
    network = Network(words, drive, recurrent, [i, f, g, 0], h0=[0], c0=[c0], general=True)
    rnn = Network(words, [[1, -1]], [[HALF]], h0=[0], cell="rnn_sigmoid")
    return network, EmbeddingClaim(rnn, quantifier, sympy.sympify(scale), **more)


@pytest.mark.parametrize(
    "case",
    [
        unit(k, k, k, c_star, tanh(c_star)),
        unit(3 * k, 3 * k, 3 * k, exp(3 * k) * tanh(3 * k), tanh(exp(3 * k) * tanh(3 * k))),
        unit(0, 0, 1, tanh(1), tanh(tanh(1))),  # no large number at all
        unit(0, 0, 1, tanh(1), tanh(tanh(1)), quantifier="limit"),
        unit(k + 1, -2 * k, k / 2, 7, tanh(1), quantifier="limit"),
        unit(0, -k, k, 0, tanh(HALF), quantifier="limit"),
        unit(k, k, k, 3, 1, quantifier="bound", bound=Rational(1, 100), at_k=Fraction(5)),
        unit(k, -k, k, 0, tanh(1), quantifier="bound", bound=Rational(1, 100), at_k=Fraction(5)),
    ],
)
def test_other_constant_gates_are_proved_too(case):
    assert outcome(*case).verdict is Verdict.PROVED and wrong(*case) is None


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (unit(k, k, k, c_star, 1, quantifier="limit"), "depends on k"),
        (unit(k**2, -k, k, 0, tanh(1), quantifier="limit"), "the gate sigmoid(k**2); needed sigmoid or tanh"),
        (unit(k, k, k, c_star, 1, quantifier="bound", bound=HALF, at_k=Fraction(10**30)), "one below 10^500"),
        (unit(k, k, k, 3, 1, quantifier="bound", bound=Rational(1, 1500), at_k=Fraction(5)), "an error up to 0.000"),
    ],
)
def test_what_is_neither_is_open_with_the_reason(case, reason):
    found = outcome(*case)
    assert found.verdict is Verdict.OPEN and reason in found.reason


def test_a_gate_that_reads_words_is_named():
    network, claim = unit(k, k, k, 3, 1, quantifier="bound", bound=Rational(1, 100), at_k=Fraction(5))
    reading = replace(network, weight_ih=((0, 0), (exp(-1000), 0), *network.weight_ih[2:]))
    found = outcome(reading, claim)
    assert found.verdict is Verdict.OPEN and "weights into gate f_1" in found.reason


def test_a_difference_of_1e_437_refutes_equality():
    network, claim = unit(k, k, k, c_star, tanh(c_star))
    reading = replace(network, weight_ih=((0, 0), (exp(-1000), 0), *network.weight_ih[2:]))
    found = outcome(reading, claim)
    assert found.verdict is Verdict.REFUTED and found.witness.words == ("a",) and "e-437" in found.witness.limit


NEGATIVE = Rational(39, 20) * exp(300) * tanh(tanh(150) - tanh(300))  # -3.9, which SymPy takes for positive


@pytest.mark.parametrize("bound, verdict", [("0.127293", Verdict.REFUTED), ("5.7", Verdict.PROVED)])
def test_the_norm_of_the_file_s_numbers_is_proved(bound, verdict):
    """The distance on one word is 0.14143; with ||W_hh|| taken for -3.9 a bound of 0.127293 followed."""
    rnn = Network(("a",), [[10]], [[NEGATIVE]], cell="rnn_sigmoid")
    network = Network(("a",), [[0]] * 3 + [[10]], [[0]] * 3 + [[NEGATIVE]], [1, 1, 1, 0], c0=[1], general=True)
    found = outcome(network, EmbeddingClaim(rnn, "bound", Integer(1), Rational(bound), Fraction(1)))
    assert found.verdict is verdict
    if verdict is Verdict.PROVED:
        _, size = found.theorem.conclusion.parts
        assert size == Within(NEGATIVE, 0, -NEGATIVE) and not found.reason


@pytest.mark.parametrize("weight", [tanh(1), -tanh(1), exp(2) * tanh(1) - 30, NEGATIVE, -NEGATIVE])
def test_the_size_of_a_weight_has_the_sign_that_balls_give(weight):
    size = _sized(normal(weight)).conclusion
    assert (size.value, size.centre) == (normal(weight), 0) and size.bound in (normal(weight), -normal(weight))
    with mpmath.workdps(400):
        assert to_sympy(size.bound).evalf(300) > 0
