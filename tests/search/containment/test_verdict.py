"""Claims that an LSTM or a GRU contains an RNN: the gallery's, and damaged ones, against both recurrences in mpmath."""

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
from support.containment import distance
from sympy import Integer, Rational, exp, tanh

from symlstm.kernel.logic import propositions
from symlstm.kernel.theorem import RuleError, walk
from symlstm.model.exact_tensors import k
from symlstm.model.file.construction_file import EmbeddingClaim, read_construction
from symlstm.model.layers import Layer
from symlstm.model.network import Network
from symlstm.model.translation import normal, to_sympy
from symlstm.proof.claims import Verdict
from symlstm.search.containment.numbers import sized
from symlstm.search.containment.verdict import contained, outcome
from symlstm.steps import Within

PROVED = (
    "rnn_in_lstm_exactly",
    "rnn_in_lstm_from_zero",
    "rnn_in_lstm_nearby",
    "sigmoid_rnn_in_gru",
    "tanh_rnn_in_gru",
    "tanh_rnn_in_lstm_exactly",
    "tanh_rnn_near_a_gru",
)
REFUTED = ("rnn_in_lstm_default_state", "tanh_rnn_in_the_candidate_gate")
NUMBERS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh", "h0", "c0")
LONGEST = 3
c_star = exp(k) * tanh(k)


def load(name: str) -> tuple[Network, EmbeddingClaim]:
    file = read_construction(GALLERY / f"{name}.toml")
    return file.network, file.claim


def wrong(network: Network, claim: EmbeddingClaim) -> tuple[str, ...] | None:
    """The first words, shortlex, perhaps none, on which the claim is false: near the limit, or at scale 1 or at_k."""
    at = {"limit": 2**8, "every_k": 1}.get(claim.quantifier) or int(claim.at_k)
    number = lambda e: mpmath.mpf(sympy.sympify(e).subs(sympy.sympify(k), at).evalf(80))  # noqa: E731
    with mpmath.workdps(60):
        bound = max(mpmath.mpf(10) ** -40, number(claim.bound or 0))
        places = range(len(network.vocabulary))
        sequences = [words for n in range(LONGEST + 1) for words in product(places, repeat=n)]
        found = next((words for words in sequences if distance(network, claim, words, number) > bound), None)
        return None if found is None else tuple(network.vocabulary[j] for j in found)


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
    yield "shift 1/8", network, replace(claim, shift=claim.shift + Rational(1, 8))


@pytest.mark.parametrize("name", PROVED)
def test_the_gallery_is_proved_and_true(name):
    network, claim = load(name)
    found = outcome(network, claim)
    assert found.verdict is Verdict.PROVED and wrong(network, claim) is None
    assert {"induction"} <= {step.rule for step in walk(found.theorem)}


@pytest.mark.parametrize("name", REFUTED)
def test_what_is_refuted_is_wrong_on_the_first_word(name):
    network, claim = load(f"failures/{name}")
    found = outcome(network, claim)
    assert found.verdict is Verdict.REFUTED and found.witness.words == ("a",) == wrong(network, claim)


@pytest.mark.slow
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
        unit(k**2, -k, k, 0, tanh(1), quantifier="limit"),
        unit(k, k, k, 3, 1, quantifier="bound", bound=Rational(1, 100), at_k=Fraction(5)),
        unit(k, -k, k, 0, tanh(1), quantifier="bound", bound=Rational(1, 100), at_k=Fraction(5)),
    ],
)
def test_other_constant_gates_are_proved_too(case):
    assert outcome(*case).verdict is Verdict.PROVED and wrong(*case) is None


def gru_unit(cell="rnn_tanh", quantifier="limit", weight=HALF, bias=0, inside=0, h0=0, r=k, z=-k, **more):
    """One unit whose candidate carries the RNN f(x + weight y + bias) as it should, `inside` of the bias with r."""
    words, own = (
        ("a", "b"),
        (1, 1, bias) if cell == "rnn_tanh" else (HALF, Rational(1, 4), HALF * bias + Rational(1, 4) * weight),
    )
    coordinates = {"scale": Integer(1), "shift": Integer(0)} if cell == "rnn_tanh" else {"scale": 2, "shift": -1}
    start = coordinates["scale"] * h0 + coordinates["shift"]
    drive, recurrent = [[0, 0], [0, 0], [own[0], -own[0]]], [[0], [0], [weight * own[1]]]
    biases = [r, z, own[2] - inside], [0, 0, inside]
    network = Network(words, drive, recurrent, *biases, h0=[start], cell="gru", general=True)
    rnn = Network(words, [[1, -1]], [[weight]], [bias], h0=[h0], cell=cell)
    return network, EmbeddingClaim(
        rnn, quantifier, **{name: sympy.sympify(x) for name, x in coordinates.items()}, **more
    )


def near(bound: str, **more) -> dict:
    return {"quantifier": "bound", "bound": Rational(bound), "at_k": Fraction(5)} | more


SMALL = sympy.exp(-30)


@pytest.mark.parametrize(
    "case",
    [
        gru_unit(),
        gru_unit(weight=-7, bias=3, inside=Rational(9, 4), h0=5),
        gru_unit(r=2 * k - 3, z=1 - k / 2),
        gru_unit("rnn_sigmoid", weight=-7, bias=3, inside=1, h0=5),
        gru_unit(**near("1/10"), inside=HALF),
        gru_unit(**near("1/10"), weight=-tanh(1), inside=-tanh(1), h0=tanh(1)),
        gru_unit("rnn_sigmoid", **near("1/5"), weight=Rational(-7, 2), inside=tanh(1) / 100, h0=1),
        gru_unit(**near("1/4"), weight=1 - SMALL * 10**12),
    ],
)
def test_grus_with_shut_gates_are_proved(case):
    assert outcome(*case).verdict is Verdict.PROVED and wrong(*case) is None


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (gru_unit(z=k), "needed a reset gate that tends to 1 and an update gate that tends to 0"),
        (gru_unit(r=-k, weight=0), "needed a reset gate that tends to 1 and an update gate that tends to 0"),
        (gru_unit(z=0), "needed a reset gate that tends to 1 and an update gate that tends to 0"),
        (gru_unit(**near("1/10"), weight=1), r"L = \|\|weight_hh\|\|_oo = 1; needed L < 1"),
        (gru_unit("rnn_sigmoid", **near("1/10"), weight=-4), r"L = \|\|weight_hh\|\|_oo = 4; needed L < 4"),
        (gru_unit("rnn_sigmoid", **near("1/10"), weight=Rational(-7, 2)), "an error up to 0.1"),
        (gru_unit(**near("1/10"), h0=HALF * 3), "a positive product|positive by its form|nothing left over"),
        (gru_unit(**near("1/10"), h0=1 + SMALL), "an expression that is positive by its form"),
        (gru_unit(inside=k), "b_hn or an RNN that depends on k; needed constants for a limit"),
        (gru_unit(quantifier="every_k"), "a GRU at every scale; needed a limit or a bound: z is never 0"),
    ],
)
def test_what_a_gru_is_not_proved_to_contain(case, reason):
    with pytest.raises(RuleError, match=reason):
        contained(*case)


@pytest.mark.parametrize("cell", ["rnn_tanh", "rnn_sigmoid"])
@pytest.mark.parametrize("weight", [HALF, Rational(-7, 2), tanh(1)])
def test_a_limit_of_a_gru_comes_with_its_rate(cell, weight):
    """The theorem's bound at scales and times against the distance itself; L and b_hn are those of the file."""
    network, claim = gru_unit(cell, weight=weight, inside=Rational(1, 3), h0=HALF)
    rate = next(
        part.body
        for part in outcome(network, claim).theorem.conclusion.parts[1:]
        if isinstance(part, propositions.ForAll)
    )
    assert isinstance(rate, propositions.Within)
    for at, words in product((1, 4, 16), [(0,), (0, 1), (1, 1, 0)]):
        steepest = mpmath.mpf(sympy.Abs(weight).evalf(30)) / (1 if cell == "rnn_tanh" else 4)
        with mpmath.workdps(60):
            z = 1 / (1 + mpmath.exp(at))
            bound = z * (steepest + mpmath.mpf(1) / 3 + 2) * sum(steepest**j for j in range(len(words)))
            number = lambda e, at=at: mpmath.mpf(sympy.sympify(e).subs(sympy.sympify(k), at).evalf(80))  # noqa: E731
            assert bound / 1000 < distance(network, claim, words, number) <= bound


def test_a_gru_that_starts_out_of_range_has_no_rate_but_its_limit():
    found = outcome(*gru_unit(h0=5))
    assert found.verdict is Verdict.PROVED and isinstance(found.theorem.conclusion, propositions.ForAll)


def test_a_bound_between_the_error_and_what_is_proved_is_open():
    """0.023 on words of length 2; the theorem has 0.154."""
    case = gru_unit("rnn_sigmoid", **near("1/10"), weight=Rational(-7, 2), h0=1)
    assert outcome(*case).verdict is Verdict.OPEN and wrong(*case) is None


@pytest.mark.parametrize(
    ("case", "words"),
    [(gru_unit(quantifier="every_k"), ("a",)), (gru_unit(z=k, h0=1), ("a",)), (gru_unit(r=-k, h0=1), ("a",))],
)
def test_a_gru_that_is_wrong_is_refuted(case, words):
    found = outcome(*case)
    assert found.verdict is Verdict.REFUTED and found.witness.words == words == wrong(*case)


@pytest.mark.parametrize("scale, shift, needed", [(1, 0, "2 and -1"), (2, 0, "2 and -1"), (1, -1, "2 and -1")])
def test_the_coordinates_of_a_sigmoid_rnn_in_a_gru_are_named(scale, shift, needed):
    network, claim = gru_unit("rnn_sigmoid", h0=HALF)
    other = replace(claim, scale=Integer(scale), shift=Integer(shift))
    with pytest.raises(RuleError, match=f"needed {needed}: a GRU's state"):
        contained(network, other)


def test_what_the_theorems_are_not_about_is_refused():
    """Peepholes would be left out of the equations, and so would a second layer or a projection."""
    network, claim = load("rnn_in_lstm_from_zero")
    above = Layer([[0]] * 4, [[0]] * 4)
    for more in ({"peephole": [1, 0, 0]}, {"weight_hr": [[1]]}, {"above": [above]}):
        with pytest.raises(RuleError, match="needed one layer of an lstm or a gru, without projection and peepholes"):
            contained(replace(network, **more), claim)
        assert outcome(replace(network, **more), claim).verdict is not Verdict.PROVED


def test_a_tanh_rnn_in_an_lstm_has_its_scale_for_its_shift():
    network, claim = load("tanh_rnn_in_lstm_exactly")
    with pytest.raises(RuleError, match=r"claim.shift = 0; needed .*, for h_t = scale\*\(1 \+ y_t\)"):
        contained(network, replace(claim, shift=Integer(0)))


@pytest.mark.parametrize(
    ("case", "reason"),
    [
        (unit(k, k, k, c_star, 1, quantifier="limit"), "depends on k"),
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
    size = sized(normal(weight)).conclusion
    assert (size.value, size.centre) == (normal(weight), 0) and size.bound in (normal(weight), -normal(weight))
    with mpmath.workdps(400):
        assert to_sympy(size.bound).evalf(300) > 0
