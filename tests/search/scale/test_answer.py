"""Decisions at a scale: the gallery's, and the one-cell parity networks of a homework, against a plain simulation."""

import random
import tomllib
from dataclasses import replace
from fractions import Fraction
from itertools import product

import mpmath
import pytest
from support import GALLERY

from symlstm.kernel import algebra
from symlstm.kernel.networks.boxes import DecidesAt
from symlstm.kernel.networks.choices import ChoosesAt
from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import construction_of, read_construction
from symlstm.proof.claims import Verdict
from symlstm.proof.scale import AtScale, Finding, spelled
from symlstm.search.construction import Construction
from symlstm.search.error.horizon import tolerance
from symlstm.search.scale.answer import asked, at_scale
from symlstm.search.scale.least import least_scale

EVERY = ["bigram_latch", "bounded_count", "delay_line", "parity_in_a_sigmoid_rnn"]
HELD = {"flip_flop": 2e21, "parity": 2e21}  # half of a value leaks at e^-50 a word


def known(name: str, k: Fraction | int = 1) -> AtScale:
    file = read_construction(GALLERY / f"{name}.toml")
    return at_scale(Construction(file.network, file.specification, "", file.threshold, file.margin), k)


@pytest.mark.parametrize("name", EVERY)
def test_what_is_rewritten_is_right_at_every_length(name):
    found = known(name)
    assert (found.finding, found.right_up_to, found.wrong_at) == (Finding.RIGHT, None, None)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), HELD.items())
def test_what_is_held_has_a_horizon_from_both_sides(name, least):
    found = known(name)
    assert found.finding is Finding.RIGHT
    assert least < found.right_up_to < found.wrong_at < 4 * found.right_up_to


@pytest.mark.slow
def test_where_the_wrong_words_are_not_the_first_both_sides_are_told():
    found = known("gru_automaton")
    assert (found.finding, found.right_up_to, found.wrong_at) == (Finding.WRONG, 8, 11)


# One cell, accepted where h > 1/2: (i, f, g, o), each W_x0, W_x1, W_h, bias

PARITY = {
    "or and nand, 100": ((0, 100, 100, -50), (0, 0, 0, -100), (0, 0, 0, 100), (0, -100, -100, 150)),
    "or and nand, 10": ((0, 10, 10, -5), (0, 0, 0, -10), (0, 0, 0, 10), (0, -10, -10, 15)),
    "held by a bias of 38": ((0, 0, -100, 38), (0, -76, 100, -38), (0, 38, 0, 0), (0, 0, 0, 38)),
    "margin 0": ((0, 0, -20, 10), (0, -60, -60, 60), (0, 10, 0, 0), (0, 0, 0, 10)),
    "weights of 2 to 10": ((0, 10, 10, -5), (0, -2, -2, -2), (0, 2, 2, 2), (0, -6, -6, 10)),
}
DFA = {"x0": {"even": "even", "odd": "odd"}, "x1": {"even": "odd", "odd": "even"}}
MOVES = [{"from": q, "word": word, "to": p} for word, row in DFA.items() for q, p in row.items()]


def parity(rows, **rest):
    weights = {
        "weight_ih_l0": [[str(a), str(b)] for a, b, _, _ in rows],
        "weight_hh_l0": [[str(c)] for _, _, c, _ in rows],
        "bias_ih_l0": [str(d) for *_, d in rows],
    }
    machine = {"initial": "even", "moves": MOVES, "accept": [{"state": "odd"}]}
    table = {
        "vocabulary": ["x0", "x1"], "weights": weights, "readout": {"terms": [{"state": "h", "index": 0}]},
        "spec": {"type": "accepts", "machine": machine},
    }  # fmt: skip
    file = construction_of(table | rest, GALLERY / "parity.toml")
    return Construction(file.network, file.specification, threshold=file.threshold)


def simulated(rows, words):
    """h after the words, in 30 digits."""
    h = c = mpmath.mpf(0)
    for word in words:
        i, f, g, o = (row[word] + row[2] * h + row[3] for row in rows)
        c = c / (1 + mpmath.exp(-f)) + mpmath.tanh(g) / (1 + mpmath.exp(-i))
        h = mpmath.tanh(c) / (1 + mpmath.exp(-o))
    return h


@pytest.mark.parametrize("name", ["or and nand, 100", "or and nand, 10"])
def test_two_boxes_prove_parity_for_every_length(name):
    found = parity(PARITY[name]).outcome()
    assert (found.verdict, found.theorem.conclusion.last) == (Verdict.PROVED, None)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), [("held by a bias of 38", 5e14), ("margin 0", 10**5)])
def test_a_leak_gives_a_horizon(name, least):
    found = at_scale(parity(PARITY[name]))
    assert found.finding is Finding.RIGHT and least < found.right_up_to < found.wrong_at
    assert parity(PARITY[name]).outcome().verdict is Verdict.REFUTED  # at every length it is not right


@pytest.mark.slow
def test_small_weights_are_wrong_first_on_48_words():
    found = at_scale(parity(PARITY["weights of 2 to 10"]))
    assert (found.finding, found.right_up_to, found.runs) == (Finding.WRONG, 47, ((("x1",), 48),))
    with mpmath.workdps(30):
        for n in range(1, 48):
            assert (simulated(PARITY["weights of 2 to 10"], [1] * n) > 0.5) == bool(n % 2)
        assert abs(simulated(PARITY["weights of 2 to 10"], [1] * 48) - mpmath.mpf(found.value)) < 1e-3


@pytest.mark.parametrize(("name", "k"), [("parity", "1/25"), ("bigram_latch", "1/25"), ("bounded_count", "1/25")])
def test_what_is_wrong_at_a_small_scale_is_so_on_the_first_word_of_that_length(name, k):
    """All shorter sequences are right when they are run; the one that is named is not."""
    file = read_construction(GALLERY / f"{name}.toml")
    made, found = Construction(file.network, file.specification), known(name, Fraction(k))
    assert found.finding is Finding.WRONG and found.right_up_to == found.wrong_at - 1
    for n in range(1, found.wrong_at):
        assert all(off(made, words, Fraction(k)) < 0.5 for words in product(file.network.vocabulary, repeat=n))
    assert off(made, [*spelled(found.runs)], Fraction(k)) > 0.5


SLOW = ("stacked_gru_and_lstm", "anbn_golden", "a_after_b")
LONG = {  # the shape of the words on which it is wrong, which are too many to be read one by one
    "a_since_b": [("a",)],  # each a loses as much as there is
    "a_after_b": [("b",), ("a",)],  # each a after the first b is not quite one
    "gru_modulo_three": [("wait",), ("tick",)],  # a wait moves what the tick looks at
    "stacked_gru_and_lstm": [("open",), ("x",)],  # the latch of the layer below fades
    "anbn_golden": [("a",), ("b",)],  # what is counted is not all taken back
}


@pytest.mark.parametrize("name", [pytest.param(name, marks=pytest.mark.slow if name in SLOW else ()) for name in LONG])
def test_a_horizon_is_known_from_both_sides_within_a_factor_of_four(name):
    found = known(name if (GALLERY / f"{name}.toml").exists() else f"decisions/{name}")
    assert found.right_up_to < found.wrong_at <= 4 * found.right_up_to
    assert [words for words, _ in found.runs] == LONG[name]


@pytest.mark.slow
@pytest.mark.parametrize("name", ["dyck1_rewritten", "dyck1"])
def test_words_that_are_followed_in_boxes_are_wrong_when_they_are_run(name):
    """At a scale at which they are few enough: in floats; and the first fifth of them is right."""
    from symlstm.model.simulation.running import run_floats

    file = read_construction(GALLERY / "decisions" / f"{name}.toml")
    made, k = Construction(file.network, file.specification, threshold=file.threshold), Fraction(3, 20)
    machine, words = asked(made, k, None)[0].machine, [*spelled(at_scale(made, k).runs)]
    assert 1000 < len(words) < 4000
    readouts, threshold = run_floats(made.network, words, k).readout, float(algebra.constant_ball(file.threshold, 64))
    first = len(words) // 5
    for n, right in ((first, True), (len(words), False)):
        assert (bool(readouts[n - 1] > threshold) == machine.says(machine.reached(words[:n]))) is right


def off(made, words, k):
    from symlstm.model.simulation.running import run_floats
    from symlstm.model.specification import value

    wanted = value(made.specification, words[: len(words) - made.network.delay])
    return abs(run_floats(made.network, list(words), k).readout[-1] - int(wanted.p) / int(wanted.q))


def test_scaled_says_what_numbers_mean():
    rows = PARITY["or and nand, 100"]
    assert parity(rows, scaled="all").network.depends_on_k and not parity(rows, scaled="none").network.depends_on_k
    assert parity(rows, scaled="all").network.at({}).depends_on_k
    with pytest.raises(InputError, match=r"scaled: found an entry of weight_ih in k"):
        parity(((0, "100*k", 100, -50), *rows[1:]), scaled="all")


def test_a_scale_is_positive():
    with pytest.raises(InputError, match=r"scale: found 0"):
        at_scale(parity(PARITY["or and nand, 10"]), 0)


# Counters that are read, and the largest of several outputs

DECISIONS = GALLERY / "decisions"
COUNTING = {"dyck1": 5e20, "dyck1_rewritten": 3e21, "majority": 4e21, "never_three_ahead": 3e10, "steps_since_on": 1e9,
            "anbn_golden": 3e27}  # fmt: skip


def decided(name: str, k: Fraction | int = 1) -> tuple[Construction, AtScale]:
    file = read_construction(DECISIONS / f"{name}.toml")
    made = Construction(file.network, file.specification, threshold=file.threshold)
    return made, at_scale(made, k)


@pytest.mark.slow
@pytest.mark.parametrize(("name", "least"), COUNTING.items())
def test_counters_that_are_read_have_a_horizon(name: str, least: float) -> None:
    _, found = decided(name)
    assert found.finding is Finding.RIGHT and found.right_up_to is not None and found.right_up_to > least


def test_a_counter_at_numbers_keeps_its_threshold() -> None:
    """Without k the question is put to the network times k, with the same threshold: here 0, which is not the default."""
    text = (DECISIONS / "majority.toml").read_text(encoding="utf-8").replace("*k", "")
    found = at_scale(majority := construction_from(text))
    assert found.k is None and found.right is not None
    assert found.right.conclusion.threshold == majority.threshold and found.right_up_to > 4e21


def construction_from(text: str) -> Construction:
    file = construction_of(tomllib.loads(text), DECISIONS / "majority.toml")
    return Construction(file.network, file.specification, threshold=file.threshold)


def test_what_is_exact_without_k_is_right_at_every_length() -> None:
    """The floor counter of a ReLU: no errors, and a limit that is the network itself; one that is wrong stays so."""
    file = read_construction(GALLERY / "decisions" / "relu_floor_counter.toml")
    found = at_scale(Construction(file.network, file.specification))
    assert (found.finding, found.right_up_to, found.k) == (Finding.RIGHT, None, None)
    lower = replace(file.network, h0=[Fraction(-1)])
    assert at_scale(Construction(lower, file.specification)).finding is not Finding.RIGHT


def test_the_largest_output_is_decided_by_boxes() -> None:
    _, found = decided("carry_of_a_decimal_adder")
    assert found.right is not None and isinstance(found.right.conclusion, DecidesAt | ChoosesAt)
    machine = two_states(choose=("0", "1"))
    chosen = at_scale(machine)
    assert chosen.right is not None and chosen.right.conclusion.last is None
    assert isinstance(chosen.right.conclusion, ChoosesAt)


def two_states(choose: tuple[str, str]) -> Construction:
    """The parity network with an output for each of the two: h, and 1/2."""
    text = PARITY["or and nand, 10"]
    weights = {
        "weight_ih_l0": [[str(a), str(b)] for a, b, _, _ in text],
        "weight_hh_l0": [[str(c)] for _, _, c, _ in text],
        "bias_ih_l0": [str(d) for *_, d in text],
    }
    outputs = {"0": {"constant": "1/2", "terms": []}, "1": {"terms": [{"state": "h", "index": 0}]}}
    machine = {"initial": "even", "moves": MOVES, "choose": {"even": choose[0], "odd": choose[1]}}
    table = {"vocabulary": ["x0", "x1"], "weights": weights, "readout": {"outputs": outputs}}
    file = construction_of(table | {"spec": {"type": "argmax", "machine": machine}}, GALLERY / "parity.toml")
    return Construction(file.network, file.specification)


def test_the_largest_output_is_wrong_on_a_word() -> None:
    found = at_scale(two_states(choose=("1", "0")))
    assert (found.finding, found.wrong_at) == (Finding.WRONG, 1)
    assert found.specified.startswith("> 0, that output")


@pytest.mark.slow
def test_the_least_scale_is_known_from_both_sides() -> None:
    made, _ = decided("tomita_4")
    found = least_scale(made)
    assert found.right is not None and found.wrong is not None and found.run is not None
    assert 0 < found.right - found.wrong <= found.right / 32
    words = [*spelled(found.run.conclusion.runs)]
    from symlstm.model.simulation.running import run_floats

    accepted = made.specification.says(made.specification.reached(words))
    assert (run_floats(made.network, words, found.wrong).readout[-1] > float(made.threshold.rational())) != accepted


def test_a_least_scale_needs_k() -> None:
    with pytest.raises(InputError, match=r"a network without k"):
        least_scale(parity(PARITY["or and nand, 10"]))


@pytest.mark.slow
@pytest.mark.parametrize("name", ["flip_flop", "parity", "half_votes", "delay_line"])
def test_run_and_bound_do_not_contradict_each_other(name: str) -> None:
    """What is certified up to a length is right when it is run, on random sequences of that length and shorter ones."""
    file = read_construction(GALLERY / f"{name}.toml")
    made, found, source = Construction(file.network, file.specification), known(name), random.Random(1)
    longest = min(200, found.right_up_to or 200)
    for _ in range(10):
        words = source.choices(file.network.vocabulary, k=source.randint(max(1, file.network.delay), longest))
        assert off(made, words, Fraction(1)) < float(horizon_unit(made))


def horizon_unit(made: Construction) -> Fraction:
    unit = tolerance(made)
    return Fraction(int(unit.p), int(unit.q))
