"""The audit of the source: verdicts, what the theorems say, witnesses against other digits, numbers in notes."""

from __future__ import annotations

import re
from dataclasses import replace
from decimal import Decimal
from functools import cache
from typing import Any

import numpy as np
import pytest
from support import PROOFS
from support.arrays import step
from support.networks import all_words
from support.networks import score as counted
from sympy import Symbol, sympify, tanh

from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.statements import Computes, Counterexample, StepTable, Trace
from symlstm.kernel.theorem import ARITHMETIC, RuleError, trusted
from symlstm.model.cells import Weights
from symlstm.model.simulation.running import float_weights, run_floats
from symlstm.model.specification import value
from symlstm.proof.claims import Claim, Note, Result, Verdict, check, run_script
from symlstm.search.region.region import region
from symlstm.steps import Equal, ForAll, Less, LessEqual

FILES = ("source_audit", "source_audit_sentiment")
SENTENCE = ["uh", "good", "good", "not", "not", "bad", "bad", "uh"]


@cache
def script(stem: str) -> Any:
    return run_script(PROOFS / f"{stem}.py")


@cache
def results() -> dict[str, Result]:
    return {made.id: check(made) for stem in FILES for made in script(stem).claims}


def notes() -> dict[str, Note]:
    return {made.id: made for stem in FILES for made in script(stem).notes}


def theorem(name: str) -> Any:
    return results()[name].outcome.theorem


REFUTED = [f"A{n}" for n in (2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 19, 20, 21, 23)] + ["A17-100"]
PROVED = [f"A{n}-true" for n in (1, 2, 3, 4, 5, 6, 7, 8, 9, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21)]
PROVED += ["A8-uniform", "A16-increment", "A23-sentence"]
REMARKS = ["A1", "A5-note", "A10", "A11", "A15-note", "A18", "A22", "A23-note", "A24"]


@pytest.mark.slow
def test_verdicts() -> None:
    found = {name: result.outcome.verdict for name, result in results().items()}
    assert found == dict.fromkeys(REFUTED, Verdict.REFUTED) | dict.fromkeys(PROVED, Verdict.PROVED)
    assert all(result.as_expected for result in results().values())


@pytest.mark.slow
def test_each_of_the_24_places_has_a_claim_or_a_note() -> None:
    named = {int(re.match(r"A(\d+)", name)[1]) for name in (*results(), *notes())}  # type: ignore[index]
    assert named == set(range(1, 25))
    assert sorted(notes()) == sorted(REMARKS)


@pytest.mark.slow
def test_what_is_refuted_says_what_was_claimed_and_where_the_truth_is() -> None:
    for name in REFUTED:
        made, outcome = results()[name].claim, results()[name].outcome
        assert made.statement and outcome.theorem is not None and outcome.reason
        pointers = re.findall(r"A\d+-\w+", outcome.reason)
        assert pointers and all(results()[other].outcome.verdict is Verdict.PROVED for other in pointers)


def test_no_digits_are_written_in_the_scripts() -> None:
    """Witnesses are computed; only notes have decimals of their own, which are checked below."""
    for stem in FILES:
        source = (PROOFS / f"{stem}.py").read_text(encoding="utf-8").split("NOTES = ")[0]
        assert not re.findall(r"\d+\.\d\d+|\d{8,}", source)


@pytest.mark.parametrize("name", [*REFUTED, *PROVED])
def test_theorems_trust_arithmetic_only(name: str) -> None:
    assert trusted(theorem(name)) <= {ARITHMETIC}


@pytest.mark.parametrize("name", [*REFUTED, *PROVED])
def test_no_induction_hypothesis_is_left(name: str) -> None:
    """Assumed are equations of the networks, for all times, starts and signs; in A8 also that t is large enough."""
    indices = {Variable(x, "natural") for x in "tnmj"}
    for hypothesis in theorem(name).hypotheses:
        body = hypothesis.body if isinstance(hypothesis, ForAll) else hypothesis
        assert isinstance(body, Equal | Less | LessEqual)
        assert not {*hypothesis.symbols()} & indices or (name == "A8" and str(hypothesis).startswith("u_0 <="))


C_STAR = "exp(B)*tanh(B)"
CONCLUSIONS = {
    "A1-true": "for all t, n: r(t, n) = y(t, n)/2 + 1/2",
    "A2": "for all t, n: c(t, n) = tanh(1) and for all t, n: h(t, n) = r(t, n)*tanh(tanh(1))",
    "A2-true": "for all t, n: c(t, n) = exp(b_f)*sigmoid(b_i)*tanh(b_g) + sigmoid(b_i)*tanh(b_g) and "
    "for all t, n: h(t, n) = r(t, n)*tanh(exp(b_f)*sigmoid(b_i)*tanh(b_g) + sigmoid(b_i)*tanh(b_g))",
    "A3": f"for all n, B, C: lim_(t -> oo) c(t, n, B, C) = {C_STAR}",
    "A3-true": "for all B, C: lim_(t -> oo) C*sigmoid(B)**t = 0",
    "A4": f"for all n, B, C: lim_(t -> oo) c(t, n, B, C) = {C_STAR}",
    "A4-true": "for all t, n: lim_(B -> oo) c(t, n, B) = C + sigmoid(b_i)*t*tanh(b_g)",
    "A5": "for all t, n, B, C: c(t + 1, n, B, C) < C*sigmoid(B)*sigmoid(B)**t + t + 1",
    "A6": f"for all n, B, C: lim_(t -> oo) c(t, n, B, C) = {C_STAR}",
    "A6-true": "for all t, n, C: lim_(B -> oo) c(t, n, B, C) = C + t and lim_(t -> oo) C + t = oo and "
    f"for all n, B, C: lim_(t -> oo) c(t, n, B, C) = {C_STAR} and lim_(B -> oo) {C_STAR} = oo",
    "A7": f"for all n, B, C: lim_(t -> oo) tanh(c(t, n, B, C)) = tanh({C_STAR}) and for all B: 0 < 1 - tanh({C_STAR})",
    "A7-true": "for all t, n, C: lim_(B -> oo) h(t, n, B, C) = s(t, n, C)",
    "A9": "for all a_i, a_f, a_g, a_o, C: sigmoid(a_o)*tanh(C*sigmoid(a_f) + sigmoid(a_i)*tanh(a_g)) "
    "<= tanh(max(-C, C) + 1) and for all C: 0 < 1 - tanh(max(-C, C) + 1) and "
    "for all b: lim_(x -> oo) sigmoid(b + w*x) = 1",
    "A9-true": f"for all t, n: h(t, n) = r(t, n)*tanh({C_STAR})",
    "A19": "for all t: c(t) < 1",
    "A19-true": "for all t: c(t) = tanh(100*k) - sigmoid(-100*k)**t*tanh(100*k)",
}


@pytest.mark.parametrize("name", CONCLUSIONS)
def test_what_the_small_steps_prove(name: str) -> None:
    assert str(theorem(name).conclusion) == CONCLUSIONS[name]


ASSUMED = {  # beside the networks' equations and starts
    "A2-true": {"0 < tanh(b_g)"},
    "A8-uniform": {"0 < B", "0 <= C", "L < 4"},
    "A9": {"0 < w"},
    "A9-true": {"0 < B"},
    "A19": {"0 < k"},
}


@pytest.mark.parametrize("name", sorted(CONCLUSIONS.keys() | ASSUMED.keys()))
def test_signs_assumed(name: str) -> None:
    found = {str(p) for p in theorem(name).hypotheses if isinstance(p, Less | LessEqual)}
    assert found == ASSUMED.get(name, set())


FLAG_TABLES = ("A12", "A12-true", "A17", "A20", "A20-true")
KINDS = {
    StepTable: (*FLAG_TABLES, "A13", "A13-true", "A14", "A14-true", "A16-true", "A16-increment"),
    Computes: ("A15-true", "A17-true", "A18-true", "A21", "A21-true"),
    Counterexample: ("A15", "A17-100", "A23"),
    Trace: ("A23-sentence",),
}


@pytest.mark.parametrize(("kind", "name"), [(kind, name) for kind, names in KINDS.items() for name in names])
def test_what_the_theorems_on_the_network_are(kind: type, name: str) -> None:
    assert isinstance(theorem(name).conclusion, kind)


# Witnesses. Digits by plain recurrences in mpmath, with 400 digits (80 for the two long ones).

KAPPA, FLAG = (
    "0.76159415595576488811945828260479359041276859725794",
    "0.76159415595576488811931139014354260143105898770595",
)
EPSILON = "3.7200759760208359629596958038631183373588921539871e-44"
DIGITS = {
    "A2": (KAPPA, {"h_t / r_t": "0.64201499201199981614597922674223170896615855428753"}),
    "A3": ("1.9209169362764193225290667588321443031392435803764e-17", {}),
    "A4": (
        "22026.465704006857179140656565154736545875325549753",
        {
            "1 - i at B = 10": "4.5397868702434394504776232763489455093692004726069e-5",
            "1 - g at B = 10": "4.1223072363804071628617242589491853815049800377386e-9",
        },
    ),
    "A5": (
        "11.997730271435179810870120348701135143285596165284",
        {"by the formula": "11.998411218856519291494650033037821827808257859902", "for B -> oo": "12"},
    ),
    "A6": (
        "22026.465704006857179140656565154736545875325549753",
        {"c_t at c_0 = 0, t = 100000": "21791.342400058460842255094524347148083275875256059"},
    ),
    "A7": (
        "0.96866746330336061174249104748559613523175112689802",
        {
            "1 less this": "0.031332536696639388257508952514403864768248873101981",
            "tanh(c_1) at B = 10, c_0 = 0": "0.76157508762523168105098301956338753830809379047886",
        },
    ),
    "A8": (
        "0.47875204516665255062734852305651037315160970565715",
        {"1 - tanh(c_t)": "1.2997206392245985319599240347529660820205206250220e-6"},
    ),
    "A9": (KAPPA, {}),
    "A12": (FLAG, {}),
    "A13": ("-76.159415595576488811901760522104062346763979984870", {}),
    "A14": (
        "-26.159415595576488811931139014354260143105898770595",
        {
            "a_o_1/k": "-26.159415595576488811945828260479359041276859725794",
            "a_o_2/k": "-126.15941559557648881194582826047935904127685972579",
            "a_o_3/k": "-50",
            "a_o_4/k": "26.159415595576488811945828260479359041276859725794",
            "a_o_5/k": "-73.840584404423511188054171739520640958723140274206",
            "a_o_6/k": "-50",
        },
    ),
    "A15": ("0", {}),
    "A16": (
        EPSILON,
        {
            "o_6": "1.9287498479639177830169708089294104911565367534008e-22",
            "1 - g_6": "1.4118940869478483040396351909828596156591327986203e-66",
            "h_6": "1.4689246125098898170959392862247106068628204746255e-22",
        },
    ),
    "A17": ("3.3176743863553364188445742088081008114277255925934e-12", {}),
    "A17-100": ("-3.3176743860615514962273749488876464401947099308231e-10", {}),
    "A19": (
        "1",
        {
            "1 - c_2": "4.1516895802102125919460443709372540562091426440544e-87",
            "f c_1": "3.7200759760208359629596958038631183373588920155975e-44",
        },
    ),
    "A20": (FLAG, {}),
    "A21": ("0.99999999999999999999999999999999999999999996279924", {}),
    "A23": ("3.3176743863553364187293529122744974987422600292159e-10", {}),
}


def agree(found: str, digits: str) -> bool:
    """To one unit of the 50th significant digit."""
    return abs(Decimal(found) - Decimal(digits)) <= Decimal("1e-49") * abs(Decimal(digits))


def test_every_witness_is_checked() -> None:
    assert set(DIGITS) == set(REFUTED)


@pytest.mark.parametrize("name", DIGITS)
def test_witness(name: str) -> None:
    witness, (digits, details) = results()[name].outcome.witness, DIGITS[name]
    assert witness is not None and witness.value is not None
    assert agree(witness.value, digits)
    for key, expected in details.items():
        assert agree(witness.details[key], expected), key
    decimals = {key for key, text in witness.details.items() if re.fullmatch(r"-?\d+(\.\d+)?(e[-+]\d+)?", text)}
    assert decimals - {"float64", "float32"} == set(details)


# What the theorems say, in floating point: their networks run, without a look at the proofs.


def sigmoid(x: Any) -> Any:
    return 1 / (1 + np.exp(-x))


def random_rnn(seed: int) -> tuple[Any, Any, Any, Any, Any]:
    """U (3, 3), W (3, 2), bias (3,), start (3,), inputs (8, 2)."""
    rng = np.random.default_rng(seed)
    return tuple(rng.normal(0, 2, shape) for shape in ((3, 3), (3, 2), (3,), (3,), (8, 2)))  # type: ignore[return-value]


@pytest.mark.parametrize("seed", range(5))
def test_a_sigmoid_rnn_is_a_tanh_rnn_with_half_and_quarter_weights(seed: int) -> None:
    U, W, b, r, inputs = random_rnn(seed)
    y = 2 * r - 1  # (3,)
    for x in inputs:
        r, y = sigmoid(W @ x + U @ r + b), np.tanh(W @ x / 2 + U @ y / 4 + (b + U.sum(1) / 2) / 2)
        assert np.allclose(r, (1 + y) / 2, atol=1e-13)


@pytest.mark.parametrize("seed", range(5))
def test_any_constant_cell_does(seed: int) -> None:
    U, W, b, r, inputs = random_rnn(seed)
    b_i, b_f, b_g = np.random.default_rng(seed).uniform([-2, -2, 0.1], [2, 2, 4])
    cell = sigmoid(b_i) * np.tanh(b_g) / (1 - sigmoid(b_f))
    h, c = np.tanh(cell) * r, cell * np.ones(3)  # (3,)
    for x in inputs:
        r, o = sigmoid(W @ x + U @ r + b), sigmoid(W @ x + U / np.tanh(cell) @ h + b)
        c = sigmoid(b_f) * c + sigmoid(b_i) * np.tanh(b_g)
        h = o * np.tanh(c)
        assert np.allclose(c, cell) and np.allclose(h, np.tanh(cell) * r, atol=1e-13)


@pytest.mark.parametrize("bias", [-3.0, 0.1, 2.0, 8.0])
@pytest.mark.parametrize("start", [-50.0, 0.0, 7.0])
def test_the_source_formula_is_always_too_large(bias: float, start: float) -> None:
    f, c = sigmoid(bias), start
    for t in range(1, 40):
        c = f * c + f * np.tanh(bias)
        assert c < f**t * start + t


def test_no_first_state_exceeds_the_bound() -> None:
    gates, c = np.random.default_rng(0).normal(0, 5, (4, 100_000)), np.random.default_rng(1).normal(0, 1, 100_000)
    i, f, o = sigmoid(gates[[0, 1, 3]])
    assert (o * np.tanh(f * c + i * np.tanh(gates[2])) <= np.tanh(abs(c) + 1)).all()


def test_sufficient_inequalities_hold_at_the_published_point() -> None:
    point = {"w": 100, "n": 100, "beta": -50, "gamma": -150}
    forms = [
        sympify(p.rhs).subs({Symbol(x, real=True): value for x, value in point.items()})
        for p in theorem("A18-true").hypotheses
    ]
    assert len(forms) == 6 and sorted(round(float(form), 4) for form in forms) == [
        26.1594,
        26.1594,
        50,
        50,
        50,
        73.8406,
    ]


def test_the_cells_of_the_five_flags_have_one_equation() -> None:
    signals = script(FILES[1]).names["signals"]
    own = [signals[f"c_{j}"].subs(Symbol(f"c_{j}", real=True), Symbol("c")) for j in range(1, 6)]
    assert len(set(own)) == 1


def test_the_theorem_of_an_unexpected_outcome_is_not_used() -> None:
    other = results()["A15"].claim
    with pytest.raises(RuleError, match="claim A15: found refuted; needed proved"):
        script(FILES[1]).names["theorem_of"](replace(other, expected=Verdict.PROVED))


# Numbers in the notes.


@pytest.mark.slow
def test_pytorch_has_no_sigmoid_rnn() -> None:
    torch = pytest.importorskip("torch")
    assert "refuses 'sigmoid'" in notes()["A1"].text
    with pytest.raises(ValueError, match="sigmoid"):
        torch.nn.RNN(1, 1, nonlinearity="sigmoid")


ONE_OPEN = {  # the position of the parameter that is left open, and the ends that the note gives
    "rows 1 to 3": (2, -100, 100 * tanh(1) - 100),
    "rows 4 and 5": (3, -100 - 100 * tanh(1), -100),
    'weight of "not"': (1, 50 / tanh(1), 150 / tanh(1)),
}


@pytest.mark.parametrize("part", ONE_OPEN)
def test_the_intervals_of_the_note_are_all_of_the_region(part: str) -> None:
    position, low, high = ONE_OPEN[part]
    p, names = Symbol("p", real=True), script(FILES[1]).names
    point = [100, 100, -50, -150]
    point[position] = p
    [cell] = region(names["with_parameters"](*point), names["score"]).cells
    ends = sorted(float((end := sympify(form.rhs)).subs(p, 0) / -end.diff(p)) for form in cell.inequalities)
    assert ends == pytest.approx([float(low), float(high)], abs=1e-12)
    text = notes()["A18"].text
    assert part in text and all(f"{end:.4f}".rstrip("0").rstrip(".") in text for end in ends)


def damaged() -> list[Weights]:
    """The published network with one nonzero number zeroed or negated, in double precision at k = 1."""
    weights = float_weights(script(FILES[1]).names["network"], 1, "float64")
    found = []
    for name, array in vars(weights).items():
        for place in np.argwhere(array):
            for factor in (0, -1):
                changed = array.copy()
                changed[tuple(place)] *= factor
                found.append(Weights(**vars(weights) | {name: changed}))
    return found


def scores(weights: Weights, words: Any) -> Any:
    """The score cell after each word; words (sequences, T) to (sequences, T)."""
    h = c = np.zeros((len(words), 6))
    found = []
    for column in words.T:
        h, c = step("lstm", weights, np.eye(4)[column], h, c)
        found.append(c[:, 5])
    return np.array(found).T


def test_how_many_damaged_networks_pass_the_source_test() -> None:
    short = [all_words(length) for length in range(1, 6)]
    networks = damaged()
    wrong = [w for w in networks if any((abs(scores(w, x)[:, -1] - counted(x)) > 0.75).any() for x in short)]
    sentence = np.array([[["bad", "good", "not", "uh"].index(word) for word in SENTENCE]])
    passing = [w for w in wrong if np.allclose(scores(w, sentence), [0, 0, 1, 2, 2, 2, 3, 2], atol=0.25)]
    assert (len(networks), len(wrong), len(passing)) == (72, 55, 10)
    text = notes()["A23-note"].text
    assert all(number in text for number in ("72 networks", "55 are wrong", "10 of these"))


def test_the_scores_printed_are_rounded_and_the_count_is_right() -> None:
    names = script(FILES[1]).names
    run = run_floats(names["network"], SENTENCE)
    assert list(run.readout) == [0, 0, 1, 2, 2, 2, 3, 2] and 1 / (1 + np.exp(-100.0)) == 1
    assert value(names["score"], SENTENCE[:-1]) == 2
    assert "sigmoid(100) is 1" in notes()["A24"].text and "2, is right" in notes()["A24"].text


def test_a_claim_is_named_by_its_place() -> None:
    made: list[Claim] = [result.claim for result in results().values()]
    assert all(claim.name.startswith(("part 1", "part 2")) for claim in made)
    assert all(re.match("part 1|part 2|both parts", note.place) for note in notes().values())
