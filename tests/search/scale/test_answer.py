"""Decisions at a scale: the gallery's, and the one-cell parity networks of a homework, against a plain simulation."""

from fractions import Fraction
from itertools import product

import mpmath
import pytest
from support import GALLERY

from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import construction_of, read_construction
from symlstm.proof.claims import Verdict
from symlstm.proof.scale import AtScale, Finding
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import at_scale

EVERY = ["bigram_latch", "bounded_count", "delay_line", "parity_in_a_sigmoid_rnn"]
HELD = {"flip_flop": 2e21, "parity": 2e21}  # half of a value leaks at e^-50 a word


def known(name: str, k: Fraction | int = 1) -> AtScale:
    file = read_construction(GALLERY / f"{name}.toml")
    return at_scale(Construction(file.network, file.specification), k)


@pytest.mark.parametrize("name", EVERY)
def test_what_is_rewritten_is_right_at_every_length(name):
    found = known(name)
    assert (found.finding, found.right_up_to, found.wrong_at) == (Finding.RIGHT, None, None)


@pytest.mark.parametrize(("name", "least"), HELD.items())
def test_what_is_held_has_a_horizon_from_both_sides(name, least):
    found = known(name)
    assert found.finding is Finding.RIGHT
    assert least < found.right_up_to < found.wrong_at < 4 * found.right_up_to


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
    assert (found.finding, found.right_up_to, found.runs) == (Finding.WRONG, 47, (("x1", 48),))
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
    assert off(made, [word for word, n in found.runs for _ in range(n)], Fraction(k)) > 0.5


def off(made, words, k):
    from symlstm.model.simulation.running import run_floats
    from symlstm.model.specification import value

    wanted = value(made.specification, words)
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
