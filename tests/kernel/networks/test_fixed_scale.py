"""One scale, all words: the enclosed worst case against every sequence run in mpmath, and what each rule refuses."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from functools import lru_cache
from itertools import product
from typing import Any

import mpmath
import pytest
import sympy
from flint import arb, ctx, fmpq
from support.networks import counter, sentiment
from support.systems import always, h, length, line, near, r, system, term
from support.systems import k as SCALE

from symlstm.kernel.networks.fixed_scale import (
    Balls,
    Contexts,
    FixedScale,
    _power,
    bound_up_to,
    bracket,
    finite_error,
    updates,
)
from symlstm.kernel.networks.invariants import invariant
from symlstm.kernel.networks.statements import FiniteError, Readout
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.activations import sigmoid
from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.specification import pattern_counts, weighted_automaton
from symlstm.search.construction import Construction
from symlstm.search.error.contexts import contexts
from symlstm.search.error.worst_case import FOREVER
from symlstm.search.error.worst_word import levels
from symlstm.search.saturation.equivalence import decide

COUNT_A = pattern_counts(("a", "b"), {("a",): 1})
NOTHING = weighted_automaton([1], {"a": [[1]]}, [0])
QUARTER, BITS = fmpq(1, 4), 256


@lru_cache
def scored() -> Construction:
    return Construction(*sentiment())


@lru_cache
def counted() -> Construction:
    return Construction(counter(), COUNT_A)


@lru_cache
def fading() -> Construction:
    """Two cells, 1000 at first and never fed, of which the second forgets more slowly; their difference is read."""
    gates = {"b_if": [k, 2 * k], "b_ii": [-50 * k] * 2, "b_io": [-50 * k] * 2}
    read = [ReadoutTerm("c", 0), ReadoutTerm("c", 1, -1)]
    return Construction(Network.from_gates(("a",), 2, gates, c0=[1000, 1000], readout=read), NOTHING)


@lru_cache
def given(made: Construction, scale: fmpq) -> tuple[Any, ...]:
    """Invariant, Computes, contexts and scale, the first arguments of most rules."""
    premise, readout = made.saturation.limits, made.network.linear_readout
    return premise, made.decision, contexts(premise.conclusion, readout, scale, FOREVER, BITS), scale


def enclosed(
    premise: Any, computed: Any, found: Any, k: Any, lengths: tuple[int, int], bits: int, tail: int = 0
) -> Theorem:
    """The worst case from both sides, the last steps in closed form."""
    seen = levels(found, lengths[1] - tail, up_to=lengths[0] < lengths[1])
    return finite_error(premise, computed, found, k, lengths, bits, seen)


def error_up_to(premise: Any, computed: Any, found: Any, k: Any, length: int, bits: int) -> Theorem:
    """From above, for every length up to this one."""
    return finite_error(premise, computed, found, k, (1, length), bits)


def gate(x: mpmath.mpf) -> mpmath.mpf:
    return 1 / (1 + mpmath.exp(-x))


def fading_error(length: int, k: int) -> mpmath.mpf:
    """In closed form: the cells are 1000 f^T."""
    return abs(1000 * (gate(mpmath.mpf(k)) ** length - gate(mpmath.mpf(2 * k)) ** length))


def counting_error(words: tuple[str, ...], k: mpmath.mpf) -> mpmath.mpf:
    """The counter's c' = sigmoid(100 k) (c + tanh(100 k [w = a])), run, against the count."""
    c = mpmath.mpf(0)
    for word in words:
        c = gate(100 * k) * (c + mpmath.tanh(100 * k * (word == "a")))
    return abs(c - words.count("a"))


def number(q: fmpq) -> mpmath.mpf:
    return mpmath.mpf(int(q.p)) / int(q.q)


@pytest.mark.parametrize("k", [fmpq(1), QUARTER, fmpq(1, 50)])
@pytest.mark.parametrize("length", [1, 2, 6])
def test_the_worst_case_of_a_counter_is_that_of_all_its_sequences(k, length):
    with mpmath.workdps(200):
        truth = max(counting_error(words, number(k)) for words in product("ab", repeat=length))
        found = enclosed(*given(counted(), k), (length, length), BITS).conclusion
        assert number(found.lower) <= truth <= number(found.upper) <= truth * (1 + mpmath.mpf(10) ** -20)


@pytest.mark.parametrize("sign", [1, -1])
def test_the_worst_word_need_not_be_the_first_of_the_vocabulary(sign):
    gates = {"b_if": [100 * k], "b_ii": [100 * k], "W_ig": [[0, 100 * k]], "b_io": [-100 * k]}
    counting = Network.from_gates(("b", "a"), 1, gates, readout=[ReadoutTerm("c", 0, sign)])
    made = Construction(counting, pattern_counts(("b", "a"), {("a",): sign}))
    with mpmath.workdps(200):
        found = enclosed(*given(made, QUARTER), (3, 3), BITS).conclusion
        assert number(found.lower) <= counting_error(("a",) * 3, mpmath.mpf(1) / 4) <= number(found.upper)


def test_several_lengths_are_enclosed_by_the_worst_of_them():
    each = [enclosed(*given(counted(), QUARTER), (n, n), BITS).conclusion for n in (2, 3, 4)]
    found = enclosed(*given(counted(), QUARTER), (2, 4), BITS).conclusion
    assert (found.first, found.last) == (2, 4)
    assert (found.lower, found.upper) == (max(x.lower for x in each), max(x.upper for x in each))


@pytest.mark.parametrize("tail", [1, 5, 19])
def test_a_tail_in_closed_form_encloses_the_same_worst_case(tail):
    exact = enclosed(*given(scored(), QUARTER), (20, 20), BITS).conclusion
    found = enclosed(*given(scored(), QUARTER), (20, 20), BITS, tail).conclusion
    assert (tail == 19) == (found.lower == 0) and found.lower <= exact.lower  # after one word nothing repeats yet
    assert exact.upper <= found.upper <= exact.upper * fmpq(1001, 1000)


@pytest.mark.parametrize("length", [1, 10, 10**3, 10**5, 10**9, 10**12])
def test_initial_values_that_fade_at_different_paces_are_bounded_on_the_way(length):
    """The difference is 0 at first and in the end, and near 1000 on the way."""
    found = error_up_to(*given(fading(), fmpq(10)), length, BITS).conclusion
    assert (found.first, found.last, found.lower) == (1, length, 0)
    with mpmath.workdps(200):
        on_the_way = max(fading_error(n, 10) for n in (1, 10, 10**3, 10**5, 10**9, 10**12) if n <= length)
        assert on_the_way <= number(found.upper) <= 1001


def test_the_error_at_one_length_of_what_fades():
    found = enclosed(*given(fading(), fmpq(10)), (10**5, 10**5), BITS, 10**5 - 1).conclusion
    with mpmath.workdps(200):
        assert number(found.lower) <= fading_error(10**5, 10) <= number(found.upper)
        assert number(found.upper - found.lower) < 1e-20


def test_what_only_the_first_step_adds_is_bounded_before_it_fades():
    """r' = sigmoid(k) r + h (1 - tanh(k)) with h = 1 at first and 0 ever after: the error is largest after one word."""
    made = system({h: sympy.Integer(0), r: sigmoid(SCALE) * r + h * (1 - sympy.tanh(SCALE))}, {h: sympy.Integer(1)})
    premise = invariant(made, line({h: near(1)}, {h: near(0)}, registers=(r,)), None)
    computed = decide(premise, Readout(((r, term(1)),), 0), always(0))
    found = Contexts([0, 1], [[1], [1]], [{h: arb(1)}, {h: arb(0)}])
    above = error_up_to(premise, computed, found, fmpq(1), 50, BITS).conclusion
    with mpmath.workdps(200):
        assert 1 - mpmath.tanh(1) <= number(above.upper)


@pytest.mark.parametrize("length", [1, 7, 300])
def test_a_bound_for_all_lengths_is_above_the_worst_case_of_each(length):
    above = error_up_to(*given(scored(), QUARTER), length, BITS).conclusion
    worst = enclosed(*given(scored(), QUARTER), (1, length), BITS).conclusion
    assert (above.first, above.last) == (worst.first, worst.last) == (1, length)
    assert worst.lower <= above.upper <= worst.upper * fmpq(1001, 1000) + fmpq(1, 10**30)


@pytest.mark.parametrize("length", [1, 7, 300])
def test_an_error_bound_in_closed_form_bounds_all_lengths_too(length):
    above = bound_up_to(scored().error_bound, fmpq(1), length).conclusion
    worst = enclosed(*given(scored(), fmpq(1)), (1, length), BITS).conclusion
    assert (above.first, above.last, above.lower) == (1, length, 0)
    assert worst.upper <= above.upper <= worst.upper * fmpq(101, 100) + fmpq(1, 10**60)


def test_a_bracket_says_which_side_of_epsilon_two_errors_are_on():
    within, beyond = (enclosed(*given(counted(), k), (4, 4), BITS) for k in (QUARTER, fmpq(1, 100)))
    theorem = bracket(within, beyond, fmpq(1, 100))
    assert theorem.conclusion.within is within.conclusion and theorem.premises == (within, beyond)


def test_what_is_unknown_is_still_in_the_range_of_the_functions():
    made = scored().network.system
    after = updates(made, fmpq(1))[0]
    values = Balls({})
    assert not values[after[made.state[-1]]].is_finite()
    assert values[after[made.state[0]]].abs_upper() < arb(2)


def test_contexts_are_balls_and_nothing_else():
    class Agreeing:
        """Contains everything."""

        def contains(self, x: arb) -> bool:
            return True

    with pytest.raises(TypeError, match=r"cannot create arb"):
        enclosed(*altered(box=first_box(lambda box: {s: Agreeing() for s in box})), (1, 1), BITS)


def altered(**changes: Any) -> tuple[Any, ...]:
    premise, computed, found, k = given(scored(), QUARTER)
    return premise, computed, replace(found, **changes), k


def first_box(change: Any) -> list[Any]:
    box = list(given(scored(), QUARTER)[2].box)
    return [change(box[0]), *box[1:]]


def moved(box: Any) -> dict[Any, arb]:
    return {s: x + 1 for s, x in box.items()}


def steps() -> list[list[int]]:
    return [list(row) for row in given(scored(), QUARTER)[2].step]


def situations() -> list[int]:
    return list(given(scored(), QUARTER)[2].situation)


REFUSED = [
    (lambda: altered(situation=[1, *situations()[1:]]), "a first context without the initial state"),
    (lambda: altered(box=first_box(moved)), "a first context without the initial state"),
    (lambda: altered(step=[[0] * 4, *steps()[1:]]), "its situation, and its box around the image"),
    (lambda: altered(step=[[steps()[0][0] - len(steps()), *steps()[0][1:]], *steps()[1:]]), "its box around the image"),
    (lambda: altered(situation=[0, *(q % 5 + 1 for q in situations()[1:])]), "its box around the image"),
    (lambda: altered(step=[steps()[0][:3], *steps()[1:]]), "one for each word, or none"),
    (lambda: altered(step=[() for _ in steps()]), "one for each word, or none"),
    (lambda: (*given(scored(), QUARTER)[:3], 1), "a rational k > 0"),
    (lambda: (*given(scored(), QUARTER)[:3], fmpq(0)), "a rational k > 0"),
    (lambda: (counted().saturation.limits, *given(scored(), QUARTER)[1:]), "an Invariant and a Computes of one system"),
    (lambda: (scored().decision, *given(scored(), QUARTER)[1:]), "an Invariant and a Computes of one system"),
]


@pytest.mark.parametrize(("arguments", "needed"), REFUSED)
def test_a_certificate_that_does_not_hold_is_refused(arguments, needed):
    with pytest.raises(RuleError) as refusal:
        enclosed(*arguments(), (3, 3), BITS)
    assert needed in str(refusal.value)


def test_a_register_that_adds_up_what_is_in_no_box_is_refused():
    """h' = tanh(k), r' = r + h counts all words but the last; without a box h may be any real number."""
    made = system({h: sympy.tanh(SCALE), r: r + h})
    boxes = [{h: near(0)}, {h: near(1, tiny=True)}]
    premise = invariant(made, line(*boxes, registers=(r,)), None)
    computed = decide(premise, Readout(((r, term(1)),), 1), length())
    box = {h: arb(0).union(arb(1))}
    for boxed in (True, False):
        found = Contexts([0, 1], [[1], [1]], [box if boxed else {}] * 2)
        if boxed:
            assert enclosed(premise, computed, found, fmpq(1), (3, 3), BITS).conclusion.upper > 0
        else:
            with pytest.raises(RuleError, match=r"needed A r \+ B with A and B known"):
                enclosed(premise, computed, found, fmpq(1), (3, 3), BITS)


def test_a_box_that_is_a_little_too_small_is_refused():
    premise, computed, found, k = given(scored(), QUARTER)
    last = found.step[0][0]
    box = [*found.box]
    box[last] = {s: arb(x.mid()) for s, x in box[last].items()}
    with pytest.raises(RuleError, match="its box around the image"):
        enclosed(premise, computed, replace(found, box=box), k, (3, 3), BITS)


@pytest.mark.parametrize(("lengths", "tail"), [((0, 3), 0), ((3, 2), 0), ((3, 3), 3), ((3, 3), -1)])
def test_lengths_of_which_the_readout_does_not_speak_are_refused(lengths, tail):
    with pytest.raises(RuleError, match=r"needed at least 1, and beyond the tail"):
        enclosed(*given(scored(), QUARTER), lengths, BITS, tail)


def test_levels_without_a_context_that_is_reached_are_refused():
    arguments, seen = given(scored(), QUARTER), levels(given(scored(), QUARTER)[2], 3)
    for n, level in enumerate(seen):
        for c in level:
            with pytest.raises(RuleError, match="levels of all that are reached"):
                finite_error(*arguments, (3, 3), BITS, [*seen[:n], level - {c}, *seen[n + 1 :]])
    assert finite_error(*arguments, (3, 3), BITS, seen).conclusion.lower > 0


def test_contexts_that_end_before_the_length_are_refused():
    premise, computed, _, k = given(scored(), QUARTER)
    found = contexts(premise.conclusion, scored().network.linear_readout, k, 2, BITS)
    assert enclosed(premise, computed, found, k, (2, 2), BITS).conclusion.last == 2
    with pytest.raises(RuleError, match="nothing after context"):
        enclosed(premise, computed, found, k, (3, 3), BITS)
    with pytest.raises(RuleError, match="needed contexts for every length"):
        enclosed(premise, computed, found, k, (3, 3), BITS, 2)


def test_a_tail_needs_a_factor_between_0_and_1_that_tends_to_1():
    halved = Network.from_gates(("a",), 1, {"b_ii": [50 * k]}, c0=[1], readout=[ReadoutTerm("c", 0)])
    made = Construction(halved, weighted_automaton([1], {"a": [[Fraction(1, 2)]]}, [1]))
    assert enclosed(*given(made, fmpq(1)), (5, 5), BITS).conclusion.last == 5
    with pytest.raises(RuleError, match="0 < A < 1, tending to 1"):
        enclosed(*given(made, fmpq(1)), (5, 5), BITS, 2)
    with pytest.raises(RuleError, match="0 < A < 1, tending to 1"):
        error_up_to(*given(made, fmpq(1)), 5, BITS)


def test_too_few_bits_to_tell_the_factor_from_1_are_refused():
    premise, computed, *_ = given(scored(), fmpq(1))
    found = contexts(premise.conclusion, scored().network.linear_readout, fmpq(1), FOREVER, 128)
    with pytest.raises(RuleError, match="0 < A < 1, tending to 1"):
        error_up_to(premise, computed, found, fmpq(1), 5, 128)


def test_a_coordinate_that_is_read_without_a_box_is_refused():
    flag = Network(("a", "b"), [[100 * k, -100 * k]], [[0]], cell="rnn_sigmoid", readout=[ReadoutTerm("h", 0)])
    last = weighted_automaton([1, 0], {"a": [[1, 1], [0, 0]], "b": [[1, 0], [0, 0]]}, [0, 1])
    made = Construction(flag, last)
    premise, computed, found, scale = given(made, fmpq(1))
    assert enclosed(premise, computed, found, scale, (2, 2), BITS).conclusion.lower > 0
    with pytest.raises(RuleError, match="a coordinate with a box and a limit"):
        enclosed(premise, computed, replace(found, box=[{} for _ in found.box]), scale, (2, 2), BITS)
    unbounded = [dict.fromkeys(box, arb("nan")) for box in found.box]
    with pytest.raises(RuleError, match="a coordinate with a box and a limit"):
        enclosed(premise, computed, replace(found, box=unbounded), scale, (2, 2), BITS)


def test_a_bound_for_all_lengths_counts_what_is_read_of_no_register():
    flag = Network(("a", "b"), [[100 * k, -100 * k]], [[0]], cell="rnn_sigmoid", readout=[ReadoutTerm("h", 0)])
    last = weighted_automaton([1, 0], {"a": [[1, 1], [0, 0]], "b": [[1, 0], [0, 0]]}, [0, 1])
    arguments = given(Construction(flag, last), fmpq(1))
    assert error_up_to(*arguments, 2, BITS).conclusion.upper >= enclosed(*arguments, (2, 2), BITS).conclusion.lower > 0


def finite(made: Construction, k: fmpq) -> Theorem:
    return enclosed(*given(made, k), (4, 4), BITS)


def test_a_product_of_factors_of_either_sign_is_enclosed():
    factor = arb(-1).union(arb(1))
    assert _power(factor, 2).contains(-1) and _power(arb(0).union(arb(1)), 3).contains(1)
    assert not (_power(arb(1) / 2, 3) > arb(1) / 8) and _power(arb(1) / 2, 3).contains(arb(1) / 8)


def test_a_readout_that_is_later_than_the_length_is_refused():
    silent = Network.from_gates(("a", "b"), 1, {"b_if": [k]}, readout=[ReadoutTerm("c", 0)], delay=3)
    late = Construction(silent, pattern_counts(("a", "b"), {}))
    with pytest.raises(RuleError, match="needed at least 3"):
        enclosed(*given(late, QUARTER), (2, 2), BITS)


def test_a_bracket_refuses_errors_that_epsilon_does_not_part():
    within, beyond = finite(counted(), QUARTER), finite(counted(), fmpq(1, 100))
    for refused in ((beyond, within, fmpq(1, 100)), (within, within, fmpq(1, 100)), (within, beyond, fmpq(0))):
        with pytest.raises(RuleError, match="between"):
            bracket(*refused)
    with pytest.raises(RuleError, match="between"):
        bracket(within, beyond, 0.01)
    with pytest.raises(RuleError, match="one network"):
        bracket(finite(scored(), fmpq(1)), beyond, fmpq(1, 100))
    with pytest.raises(RuleError, match="two FiniteErrors"):
        bracket(counted().decision, beyond, fmpq(1, 100))


def test_a_bound_for_all_lengths_refuses_what_the_error_bound_does_not_say():
    known = scored().error_bound
    for general, scale, last in ((scored().decision, fmpq(1), 5), (known, QUARTER, 5), (known, fmpq(1), 0)):
        with pytest.raises(RuleError, match="error at"):
            bound_up_to(general, scale, last)


def test_the_precision_is_put_back():
    before = ctx.prec
    enclosed(*given(counted(), QUARTER), (2, 2), 999)
    assert ctx.prec == before


def test_words_that_act_alike_on_a_register_share_what_they_add():
    with ctx.workprec(BITS):
        scale = FixedScale(*given(scored(), QUARTER))
        assert all(len(row) == 1 for row in scale.rows.values())
        assert isinstance(enclosed(*given(scored(), QUARTER), (1, 1), BITS).conclusion, FiniteError)
