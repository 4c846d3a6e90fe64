"""Worst words, horizons, smallest scales: against all word sequences run one by one, and known figures."""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from multiprocessing import get_context

import mpmath
import pytest
from flint import arb, ctx, fmpq
from support.networks import counter, sentiment

from symlstm.kernel.theorem import RuleError
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.simulation.running import run_balls
from symlstm.model.specification import pattern_counts, value, weighted_automaton
from symlstm.search.construction import Construction
from symlstm.search.error.horizon import HALF, NEVER, horizon
from symlstm.search.error.replay import REPLAYED, magnitude, most_wrong, replayed
from symlstm.search.error.single_word import error_along, specified
from symlstm.search.error.smallest_scale import smallest_scale
from symlstm.search.error.sweep import sweep
from symlstm.search.error.worst_case import checked_length, enclosed, fixed, rational, worst_case
from symlstm.search.error.worst_word import runs, spelled

SCALES = [Fraction(1), Fraction(1, 4), Fraction(1, 10)]
COUNT_A = pattern_counts(("a", "b"), {("a",): 1})

# the largest error over all sequences of T words at k = 1, to 50 digits: sum over m < T of 1 - sigmoid(100)^m tanh(...)
WORST = {
    2: "3.7200759760208359629598369932718131221892961175062e-44",
    100: "1.8414376081303138016650508206873896553624703777018e-40",
    1000: "1.8581779500224075634983681950778468956007892086827e-38",
}


@lru_cache
def scored() -> Construction:
    return Construction(*sentiment())


def gate(x):
    return 1 / (1 + (-x).exp()) if isinstance(x, arb) else 1 / (1 + mpmath.exp(-x))


def worst_by_brute_force(scale, longest):
    """The largest |c_T[6] - score| over all sequences of each length up to `longest`, by the published equations.

    In the arithmetic of `scale`, an arb or an mpf: one recursion over the tree of sequences.
    """
    tanh = arb.tanh if isinstance(scale, arb) else mpmath.tanh
    keep, forget, filled = gate(100 * scale), gate(-100 * scale), tanh(100 * scale)
    worst = [0 * scale] * longest

    def visit(h, cells, truth, before, depth):
        if depth == longest:
            return
        increment = tanh(100 * scale * (-h[0] + h[1] + h[3] - h[4]))
        cell, score = forget * cells[0] + keep * filled, keep * (cells[1] + increment)
        worst[depth], visible = max(worst[depth], abs(score - truth)), tanh(cell)
        for w in range(4):
            flags = [100 * (w == 0) - 100 * h[2] - 50, 100 * (w == 1) - 100 * h[2] - 50, 100 * (w == 2) - 50]
            flags += [100 * (w == 0) + 100 * h[2] - 150, 100 * (w == 1) + 100 * h[2] - 150]
            gain = {0: -1, 1: 1}.get(w, 0) * (-1 if before == 2 else 1)
            visit([gate(scale * x) * visible for x in flags], (cell, score), truth + gain, w, depth + 1)

    visit([0 * scale] * 5, (0 * scale, 0 * scale), 0, None, 0)
    return worst


@pytest.mark.parametrize("scale", SCALES)
def test_the_worst_case_is_that_of_all_sequences_in_200_digits(scale):
    with mpmath.workdps(200):
        for length, truth in enumerate(worst_by_brute_force(mpmath.mpf(scale.numerator) / scale.denominator, 4), 1):
            case = worst_case(scored(), length, scale)
            lower, upper = (mpmath.mpf(int(x.p)) / int(x.q) for x in (case.lower, case.upper))
            assert lower <= truth <= upper <= truth * (1 + mpmath.mpf(10) ** -12) and case.is_known


@pytest.mark.slow
@pytest.mark.parametrize("scale", SCALES)
def test_the_worst_case_is_that_of_all_sequences_of_seven_words(scale):
    with ctx.workprec(700):
        truth = worst_by_brute_force(arb(rational(scale)), 7)[-1]
    case = worst_case(scored(), 7, scale)
    with ctx.workprec(700):
        assert arb(case.lower) <= truth <= arb(case.upper) <= truth * (1 + arb(10) ** -12)
        assert abs(case.error - truth) < truth * arb(10) ** -15  # the word attains it


@pytest.mark.parametrize("length", WORST)
def test_the_worst_case_at_k_1_to_50_digits(length):
    with ctx.workprec(700):
        scale = fixed(scored(), fmpq(1), length)
    found = enclosed(scale, (length, length), 700).conclusion
    with ctx.workprec(400):
        low, high = (arb(x).str(50, radius=False) for x in (found.lower, found.upper))
    assert low == high == WORST[length]


@pytest.mark.slow
@pytest.mark.parametrize("scale", SCALES)
@pytest.mark.parametrize("length", [10, 100, 1000])
def test_the_word_attains_what_is_certified(scale, length):
    case = worst_case(scored(), length, scale)
    run = run_balls(scored().network, case.word, scale, 120).readout[-1]
    with ctx.workprec(500):
        error = abs(run - arb(value(scored().specification, case.word[:-1])))
        assert arb(case.lower) <= error <= arb(case.upper) <= error * arb("1.000001")


@pytest.mark.parametrize(("scale", "words"), [
    (Fraction(379, 10000), "not bad good"),
    (Fraction(486, 10000), "good good good not bad not bad not bad"),
])  # fmt: skip
def test_at_small_scales_the_worst_words_are_odd(scale, words):
    """Up to exchanging good with bad, which negates the score, and up to the last word, which is not counted."""
    read = worst_case(scored(), len(words.split()) + 1, scale).word[:-1]
    exchanged = tuple({"good": "bad", "bad": "good"}.get(word, word) for word in read)
    assert tuple(words.split()) in (read, exchanged)


def test_a_constant_word_is_the_worst_from_0_0657_on():
    for length in (3, 4, 6, 10, 30, 100):
        assert len({*worst_case(scored(), length, Fraction(657, 10000)).word[:-1]}) == 1
    assert any(len({*worst_case(scored(), n, Fraction(656, 10000)).word[:-1]}) > 1 for n in (3, 4, 6, 10, 30, 100))


def test_a_length_too_long_to_run_has_both_sides_in_closed_form():
    case = worst_case(scored(), 10**6, 1)
    assert case.length > REPLAYED and case.is_known and sum(n for _, n in case.runs) == 10**6
    with ctx.workprec(200):
        eps = 1 / (1 + arb(100).exp())
        leading = eps * 10**6 * (10**6 - 1) / 2
        assert leading * arb("0.999999") <= arb(case.lower) <= arb(case.upper) <= leading * arb("1.000001")


@pytest.mark.slow
@pytest.mark.parametrize(("scale", "fails"), [*zip(SCALES, (5184705528587072464089, 268338, 150), strict=True)])
def test_the_horizon_is_certified_from_both_sides(scale, fails):
    found = horizon(scored(), scale)
    assert (found.safe, found.fails) == (fails - 1, fails) and found.is_exact
    within, beyond = found.theorem.conclusion.within, found.theorem.conclusion.beyond
    assert (within.first, within.last, beyond.first, beyond.last) == (1, fails - 1, fails, fails)
    assert within.upper < HALF < beyond.lower and sum(n for _, n in found.runs) == fails


@pytest.mark.slow
def test_the_word_at_the_horizon_rounds_wrong_and_one_word_less_does_not():
    found = horizon(scored(), Fraction(1, 10))
    word = spelled(found.runs)
    for length, wrong in ((149, False), (150, True)):
        run = run_balls(scored().network, word[:length], Fraction(1, 10)).readout[-1]
        assert (abs(run - arb(value(scored().specification, word[: length - 1]))) > arb(HALF)) is wrong


SMALLEST = {  # (epsilon, length): the scale to 16 digits
    (Fraction(1, 2), 8): "0.0461526638670180",
    (Fraction(1, 2), 10): "0.04859362329786523",
    (Fraction(1, 2), 1000): "0.1381417906939881",
    (Fraction(1, 10**6), 10): "0.1762221307013533",
    (Fraction(1, 10**6), 1000): "0.2693687343739811",
}


@pytest.mark.slow
@pytest.mark.parametrize(("epsilon", "length"), SMALLEST)
def test_the_smallest_scale_is_certified_from_both_sides(epsilon, length):
    found = smallest_scale(scored(), epsilon, length)
    known = SMALLEST[epsilon, length]
    assert abs(Fraction(int(found.above.p), int(found.above.q)) - Fraction(known)) < Fraction(1, 10 ** len(known[2:]))
    assert 0 < found.above - found.below < found.above * fmpq(1, 10**16)
    within, beyond = found.theorem.conclusion.within, found.theorem.conclusion.beyond
    assert (within.k, beyond.k) == (found.above, found.below) and within.upper < rational(epsilon) < beyond.lower
    below = Fraction(int(found.below.p), int(found.below.q))
    run = run_balls(scored().network, found.word, below, 60).readout[-1]
    with ctx.workprec(400):
        assert abs(run - arb(value(scored().specification, found.word[:-1]))) > arb(rational(epsilon))


CASES = [(3, Fraction(1)), (20, Fraction(1, 4)), (4, Fraction(1, 26))]


@pytest.mark.slow
def test_processes_and_threads_give_the_rows_of_a_serial_sweep():
    serial = sweep(scored(), CASES)
    assert [(row.length, row.k) for row in serial] == CASES
    with ThreadPoolExecutor(3) as threads:
        assert sweep(scored(), CASES, threads) == serial
    with ProcessPoolExecutor(2, get_context("spawn")) as processes:
        assert sweep(scored(), CASES, processes) == serial


@pytest.mark.parametrize(
    "words", [runs(("good",)), runs(("not", "bad") * 3), (("uh", 2), ("good", 90)), (("not", 1), ("bad", 90))]
)
@pytest.mark.parametrize("scale", SCALES)
def test_the_error_along_a_word_is_that_of_the_run_in_balls(words, scale):
    run = run_balls(scored().network, spelled(words), scale, 80).readout[-1]
    with ctx.workprec(256):
        truth = abs(run - arb(value(scored().specification, spelled(words)[:-1])))
        assert abs(error_along(scored(), words, rational(scale)) - truth) < arb(10) ** -60


def test_a_constant_of_the_readout_that_the_specification_has_too_is_no_error():
    plain = weighted_automaton(["0", "1"], {"a": [["1", "0"], ["1", "1"]], "b": [["1", "0"], ["0", "1"]]}, ["1", "0"])
    assert [value(plain, word) for word in (["a"], ["a", "a"], ["b"])] == [1, 2, 0]
    more = weighted_automaton(["1", "1"], {"a": [["1", "0"], ["1", "1"]], "b": [["1", "0"], ["0", "1"]]}, ["1", "0"])
    cases = Construction(counter(), plain), Construction(replace(counter(), constant=1), more)
    with ctx.workprec(300):
        first, second = (error_along(case, (("a", 3), ("b", 2)), fmpq(1)) for case in cases)
        assert abs(first - second) < arb(10) ** -60 and first > 0


def test_the_error_along_a_word_too_long_to_run():
    """All good is a worst word at k = 1: its error is that of the closed form, and the specification n - 1."""
    n = 10**12
    assert specified(scored().specification, (("good", n),), 1) == n - 1
    assert specified(scored().specification, (("good", n), ("uh", 1)), 2) == n - 1
    case = worst_case(scored(), n)
    with ctx.workprec(512):
        error = error_along(scored(), (("good", n),), fmpq(1))
        assert abs(error / arb(case.upper) - 1) < arb(10) ** -6


def forgetting() -> Construction:
    """How many b since the last a: the word a empties the cell, so no one factor belongs to all steps."""
    gates = {"b_ii": [100 * k], "W_if": [[-100 * k, 100 * k]], "W_ig": [[0, 100 * k]], "b_io": [-100 * k]}
    network = Network.from_gates(("a", "b"), 1, gates, readout=[ReadoutTerm("c", 0)])
    since = weighted_automaton([1, 0], {"a": [[1, 0], [0, 0]], "b": [[1, 1], [0, 1]]}, [0, 1])
    return Construction(network, since)


def test_a_network_without_known_worst_case_says_which_side_is_certified():
    case = worst_case(forgetting(), 6)
    assert "some words forget more than others" in case.reason and case.theorem.conclusion.bound == case.upper
    assert 0 < case.lower <= case.upper
    found = horizon(forgetting())
    assert found.safe > 10**9 and found.fails is None and "some words forget more" in found.reason
    assert found.theorem.conclusion.last == found.safe and found.theorem.conclusion.upper < HALF


def test_a_readout_whose_error_is_bounded_never_rounds_wrong():
    last_is_a = weighted_automaton([1, 0], {"a": [[1, 1], [0, 0]], "b": [[1, 0], [0, 0]]}, [0, 1])
    flag = Network(("a", "b"), [[100 * k, -100 * k]], [[0]], cell="rnn_sigmoid", readout=[ReadoutTerm("h", 0)])
    found = horizon(Construction(flag, last_is_a))
    assert (found.safe, found.fails) == (NEVER, None) and found.is_exact
    assert found.theorem.conclusion.last == NEVER


def test_a_network_that_is_wrong_in_the_limit_is_refused():
    wrong = Construction(counter(1), COUNT_A)
    for asked in (lambda: worst_case(wrong, 3), lambda: smallest_scale(wrong, HALF, 3)):
        with pytest.raises(RuleError, match="a network that is wrong on: a"):
            asked()
    assert "a network that is wrong on: a" in horizon(wrong).reason


BAD = [
    (lambda: worst_case(scored(), 3, 0), "scale: found 0"),
    (lambda: worst_case(scored(), 3, -1), "scale: found -1"),
    (lambda: worst_case(scored(), 3, 0.25), "scale: found the float 0.25"),
    (lambda: worst_case(scored(), 0), "length: found 0\n  needed  a whole number >= 1"),
    (lambda: worst_case(scored(), -1), "length: found -1"),
    (lambda: worst_case(scored(), 2.0), "length: found 2.0"),
    (lambda: worst_case(scored(), True), "length: found True"),
    (lambda: smallest_scale(scored(), Fraction(-1, 2), 3), "epsilon: found"),
    (lambda: smallest_scale(scored(), 0, 3), "epsilon: found 0"),
    (lambda: smallest_scale(scored(), HALF, 3, digits=0), "digits: found 0"),
    (lambda: horizon(scored(), 0), "scale: found 0"),
]


@pytest.mark.parametrize(("asked", "message"), BAD)
def test_bad_input_is_refused(asked, message):
    with pytest.raises(InputError) as refusal:
        asked()
    assert str(refusal.value).startswith(message)


def test_the_delay_is_the_least_length():
    silent = Network.from_gates(("a", "b"), 1, {"b_if": [k]}, readout=[ReadoutTerm("c", 0)], delay=3)
    late = Construction(silent, pattern_counts(("a", "b"), {}))
    assert checked_length(late, 3) == 3
    with pytest.raises(InputError, match=">= 3"):
        checked_length(late, 2)


def test_runs_and_words():
    words = tuple("aabba")
    assert runs(words) == (("a", 2), ("b", 2), ("a", 1)) and spelled(runs(words)) == words and runs(()) == ()


@pytest.mark.parametrize(("x", "e"), [(fmpq(1), 0), (fmpq(999, 1000), -1), (fmpq(1, 10**6), -6), (fmpq(10**7), 7)])
def test_the_magnitude_is_exact(x, e):
    assert magnitude(x) == e


def latch() -> Construction:
    """One cell that "a" resets slowly and "b" does not; the contexts of long words are boxes that overlap."""
    gates = {"W_ii": [[-8 * k, -4 * k]], "b_if": [8 * k], "b_ig": [k], "b_io": [-4 * k]}
    readout = [ReadoutTerm("c", 0), ReadoutTerm("h", 0, 4)]
    network = Network.from_gates(("a", "b"), 1, gates, readout=readout)
    return Construction(network, pattern_counts(("a", "b"), {("a",): 0}))


def by_hand(word, scale):
    """4 h + c of the latch after the words, its equations written out in 50 digits."""
    c = mpmath.mpf(0)
    for w in word:
        c = gate(8 * scale) * c + gate(scale * (-8 if w == "a" else -4)) * mpmath.tanh(scale)
    return abs(c + 4 * gate(-4 * scale) * mpmath.tanh(c))


@pytest.mark.slow
def test_a_sequence_of_which_something_is_certified_was_run():
    with mpmath.workdps(50):
        found = horizon(latch())
        assert found.fails == 43 and found.runs == (("b", 43),) and by_hand(["b"] * 43, 1) > 0.5
        assert by_hand(["a"] * 43, 1) < 0.013  # the first of those whose balls overlap
        for length in (2, 43, 500):
            case = worst_case(latch(), length)
            error = by_hand(case.word, 1)
            assert mpmath.mpf(int(case.attained.p)) / int(case.attained.q) <= error


def test_proposals_are_run_until_one_is_wrong_enough():
    proposals = [(("a", 43),), (("b", 2),), (("b", 43),), (("b", 43), ("a", 1))]
    assert most_wrong(latch(), proposals, fmpq(1), fmpq(1, 2))[0] == proposals[2]
    assert most_wrong(latch(), proposals[:2], fmpq(1), fmpq(1, 2))[0] == proposals[1]
    assert most_wrong(latch(), [], fmpq(1), fmpq(1, 2)) == ((), 0)


@pytest.mark.slow
@pytest.mark.parametrize("words", [(("b", 6000),), (("a", 5990), ("b", 30)), (("a", 1), ("b", 1)) * 3000])
def test_the_error_along_many_words_is_that_of_every_step(words):
    """In closed form where a word repeats, each step in 60 digits; the state h, which reads c, is known to 0.018."""
    with mpmath.workdps(60):
        error, truth = replayed(latch(), words, fmpq(1)), by_hand(spelled(words), mpmath.mpf(1))
        low, high = (mpmath.mpf(float(x)) for x in (error.lower(), error.upper()))
        assert low - 1e-12 <= truth <= high + 1e-12 and high - low < 0.15
