"""Reachable float states, against every word sequence run one by one in NumPy and in PyTorch."""

from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.networks import VOCABULARY, all_words, counter, score, sentiment

from symlstm.floats import reachable_states as ieee
from symlstm.floats.counting_limit import counting_limit
from symlstm.floats.reachable_states import first_of_each, influential, reach
from symlstm.kernel.theorem import Unsupported
from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.residuals import residuals
from symlstm.model.simulation.running import DTYPES, float_machine, float_weights, run_floats
from symlstm.model.specification import pattern_counts, value, weighted_automaton

COUNT_A = pattern_counts(("a", "b"), {("a",): 1})
LIVE = [0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]  # all but h_6


@pytest.mark.slow
@pytest.mark.parametrize("scale", [1, Fraction(1, 4), Fraction(1, 18)])
@pytest.mark.parametrize("dtype", DTYPES)
def test_every_sequence_run_one_by_one_gives_the_same_figures(dtype, scale):
    network, specification = sentiment()
    reached = reach(network, specification, 6, dtype, scale=scale)
    left = residuals(specification, VOCABULARY, 1)
    for level in reached.levels:
        words = all_words(level.length)
        run, values = run_floats(network, words, scale, dtype), np.repeat(left.start[:, None], len(words), 1)
        for t in range(level.length):
            values = np.array([left.step(v[:, None], w)[:, 0] for v, w in zip(values.T, words[:, t], strict=True)]).T
        state = np.concatenate([run.h[:, -1], run.c[:, -1]], 1)[:, LIVE]  # (sequences, 11)
        error = np.abs(run.readout[:, -1].astype(float) - score(words))
        assert level.words == len(words)
        assert level.states == len(np.unique(np.concatenate([state, values.T], 1), axis=0))
        assert (level.worst, level.right) == (error.max(), bool((error < 0.5).all()))


@pytest.mark.slow
@pytest.mark.parametrize("dtype", DTYPES)
def test_torch_rounds_to_the_score_on_all_words_up_to_nine(dtype):
    torch = pytest.importorskip("torch", reason="PyTorch is not installed; pip install symlstm[torch]")
    network, specification = sentiment()
    kind = getattr(torch, dtype)
    lstm = torch.nn.LSTM(4, 6, batch_first=True, dtype=kind).requires_grad_(False)
    for name, array in float_weights(network, 1, dtype).tensors.items():
        getattr(lstm, f"{name}_l0").data = torch.from_numpy(array)
    state, eye = [torch.zeros(1, 1, 6, dtype=kind)] * 2, torch.eye(4, dtype=kind)
    for length in range(1, 10):  # each state once more for each word
        state = [x.repeat_interleave(4, 1) for x in state]  # (1, 4^length, 6)
        _, state = lstm(eye.repeat(4 ** (length - 1), 1)[:, None], tuple(x.contiguous() for x in state))
        assert (np.rint(state[1][0, :, 5].numpy()) == score(all_words(length))).all()
    assert reach(network, specification, 9, dtype).wrong is None


@pytest.mark.parametrize("dtype", DTYPES)
def test_all_words_of_length_100_round_right_without_any_error(dtype):
    reached = reach(*sentiment(), 100, dtype)
    assert reached.wrong is None and all(level.right and level.worst == 0 for level in reached.levels)
    assert reached.levels[-1].words == 4**100
    assert [level.states for level in reached.levels] == [4, *(16 * n for n in range(1, 100))]


@pytest.mark.parametrize(("change", "wrong"), [
    ({"W_ho": [[0] * 6] * 6}, ("not", "bad", "bad")),  # "not" is ignored
    ({"b_ho": [-50 * k] * 6}, ("bad", "bad")),  # rows 4 and 5 fire without "not"
    ({"W_hg": [[0] * 6] * 5 + [[-100 * k, 100 * k, 0, 100 * k, 0, 0]]}, ("not", "good", "bad")),
])  # fmt: skip
def test_a_broken_network_is_found_with_its_first_wrong_word(change, wrong):
    network, specification = sentiment(**change)
    reached = reach(network, specification, 20)
    assert reached.wrong == wrong
    assert [level.right for level in reached.levels] == [True] * (len(wrong) - 1) + [False]
    assert round(run_floats(network, wrong).readout[-1]) != value(specification, wrong[:-1])


@pytest.mark.slow
def test_the_first_wrong_word_at_a_small_scale_is_the_first_by_brute_force():
    network, specification = sentiment()
    for scale in (Fraction(1, 22), Fraction(1, 26), Fraction(1, 30)):
        wrong = reach(network, specification, 8, scale=scale).wrong
        for length in range(1, len(wrong) + 1):
            words = all_words(length)
            found = np.rint(run_floats(network, words, scale).readout[:, -1]) != score(words)
            assert found.any() == (length == len(wrong))
        assert [VOCABULARY[j] for j in words[found][0]] == list(wrong)


def test_a_coordinate_that_nothing_reads_does_not_multiply_states():
    network, _ = sentiment()
    assert influential(float_machine(network, 1, "float64")) == tuple(LIVE)


def test_what_is_read_only_by_way_of_others_is_kept():
    chain = [[0, 1, 0, 0], [0, 0, 1, 0], [0, 0, 0, 0], [1, 0, 0, 1]]  # 0 reads 1 reads 2; 3 reads 0
    network = Network(("a",), [[1]] * 4, chain, cell="rnn_tanh", readout=[ReadoutTerm("h", 0)])
    assert influential(float_machine(network, 1, "float64")) == (0, 1, 2)


def test_a_term_with_coefficient_zero_is_not_read():
    network = Network(
        ("a",), [[1]] * 2, [[0, 0]] * 2, cell="rnn_tanh", readout=[ReadoutTerm("h", 0, 0), ReadoutTerm("h", 1)]
    )
    assert influential(float_machine(network, 1, "float64")) == (1,)


def test_an_output_gate_is_read_by_h_but_not_by_c():
    network = Network.from_gates(("a",), 2, {"W_ho": [[0, 1], [0, 0]]}, readout=[ReadoutTerm("c", 0)])
    assert influential(float_machine(network, 1, "float64")) == (2,)
    network = Network.from_gates(("a",), 2, {"W_ho": [[0, 1], [0, 0]]}, readout=[ReadoutTerm("h", 0)])
    assert influential(float_machine(network, 1, "float64")) == (0, 1, 2, 3)


def test_a_sigmoid_rnn_that_says_whether_the_last_word_was_a():
    network = Network(("a", "b"), [[100 * k, -100 * k]], [[0]], cell="rnn_sigmoid", readout=[ReadoutTerm("h", 0)])
    last = weighted_automaton([1, 0], {"a": [[1, 1], [0, 0]], "b": [[1, 0], [0, 0]]}, [0, 1])
    reached = reach(network, last, 50, "float32")
    assert reached.wrong is None and reached.levels[-1].states == 2
    assert reach(network, COUNT_A, 50).wrong == ("a", "a")


def test_a_specification_with_more_memory_than_the_network_is_told_apart():
    first = weighted_automaton([1, 0, 0], {
        "a": [[0, 1, 0], [0, 1, 0], [0, 0, 1]], "b": [[0, 0, 1], [0, 1, 0], [0, 0, 1]]}, [0, 1, 0])  # fmt: skip
    network = Network(("a", "b"), [[100 * k, -100 * k]], [[0]], cell="rnn_sigmoid", readout=[ReadoutTerm("h", 0)])
    assert reach(network, first, 9).wrong == ("a", "b")


def test_no_delay_and_a_long_delay():
    assert reach(counter(), COUNT_A, 30).wrong is None
    late = Network.from_gates(("a", "b"), 1, {}, readout=[ReadoutTerm("c", 0)], delay=3)
    reached = reach(late, COUNT_A, 30)
    assert reached.wrong == ("a", "a", "a", "a") and reached.levels[2].right


def test_the_readout_says_nothing_before_the_delay():
    reached = reach(replace(counter(5), delay=2), COUNT_A, 30)
    assert reached.wrong == ("a", "a")
    assert (reached.levels[0].right, reached.levels[0].worst) == (True, 0)


def test_each_length_is_reported_as_it_is_done():
    seen = []
    reach(*sentiment(), 3, progress=lambda length, states: seen.append((length, states)))
    assert seen == [(1, 4), (2, 16), (3, 32)]


def test_length_zero_has_no_levels():
    assert reach(*sentiment(), 0).levels == ()


def test_too_many_states_are_refused():
    with pytest.raises(Unsupported, match=r"\d+ distinct states after \d words; the limit is 300"):
        reach(*sentiment(), 9, scale=Fraction(1, 20), limit=300)


def test_bad_input_is_refused():
    network, specification = sentiment()
    for bad in ({"length": -1}, {"length": 1, "dtype": "float16"}, {"length": 1, "scale": 0}):
        with pytest.raises(InputError):
            reach(network, specification, **bad)
    with pytest.raises(InputError, match="the network's"):
        reach(network, COUNT_A, 3)
    for readout in ((), (ReadoutTerm("h", 0, 0),)):
        with pytest.raises(InputError, match="0 coordinates to read"):
            reach(Network(("a", "b"), [[1, 1]], [[0]], cell="rnn_tanh", readout=readout), COUNT_A, 3)


def test_a_specification_that_is_not_whole_is_refused():
    halves = pattern_counts(("a", "b"), {("a",): Fraction(1, 2)})
    with pytest.raises(InputError, match="not a whole number"):
        reach(counter(), halves, 3)
    powers = residuals(weighted_automaton([2], {"a": [[Fraction(1, 2)]]}, [1]), ("a",))  # 2, 1, 1/2, ...
    assert powers.step(np.array([[2]]), 0) == 1
    with pytest.raises(InputError, match="not a whole number"):
        powers.step(np.array([[1]]), 0)


def test_a_specification_beyond_2_to_53_is_refused():
    doubling = weighted_automaton([1], {"a": [[2]], "b": [[1]]}, [1])
    left = residuals(doubling, ("a", "b"))
    assert left.step(np.array([[2**52]]), 0) == 2**53
    with pytest.raises(Unsupported, match="2\\^53"):
        left.step(np.array([[2**53]]), 0)


@given(st.lists(st.tuples(st.sampled_from([0, 1, -1, 2**62, -(2**63)]), st.integers(0, 2)), min_size=1), st.booleans())
def test_first_of_each_is_what_a_dictionary_says(rows, collide):
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    first = {row: j for j, row in reversed(list(enumerate(rows)))}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(ieee, "ODD", np.int64(0 if collide else ieee.ODD))  # 0: only the last column is hashed
        assert first_of_each(columns).tolist() == sorted(first.values())


@pytest.mark.parametrize(("dtype", "first_wrong"), [("float64", 9007199254740994), ("float32", 16777218)])
def test_counting_stops_at_the_precision(dtype, first_wrong):
    limit = counting_limit(dtype, delay=1)
    assert limit.length == first_wrong == limit.count + 2
    assert str(limit.count) in limit.reason and str(first_wrong) in limit.reason


@pytest.mark.parametrize("dtype", DTYPES)
def test_a_counter_that_starts_just_below_the_limit_fails_just_beyond_it(dtype):
    start = counting_limit(dtype).count - 2
    specification = weighted_automaton([start, 1], {"a": [[1, 0], [1, 1]], "b": [[1, 0], [0, 1]]}, [1, 0])
    if dtype == "float32":
        assert reach(counter(start), specification, 9, dtype).wrong == ("a", "a", "a")
    assert (
        run_floats(counter(start), ["a"] * 4, dtype=dtype).readout.tolist() == [start + 1, start + 2] + [start + 2] * 2
    )


LATE = [(0, "counted words."), (1, "of which it leaves out the last word."), (2, "leaves out the last 2 words.")]


@pytest.mark.parametrize(("delay", "ending"), LATE)
def test_the_counting_limit_says_what_a_delay_leaves_out(delay: int, ending: str):
    assert counting_limit("float32", delay).reason.endswith(ending)


def test_counting_limit_refuses_other_types():
    for bad in (("float16", 0), ("float64", -1)):
        with pytest.raises(InputError):
            counting_limit(*bad)


def test_heads_that_are_forgotten_and_found_again_change_nothing(monkeypatch):
    network, specification = sentiment()
    whole = reach(network, specification, 7, scale=Fraction(1, 18))
    monkeypatch.setattr("symlstm.floats.state_heads.KEPT", 3)
    assert reach(network, specification, 7, scale=Fraction(1, 18)) == whole
