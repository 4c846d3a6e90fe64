"""Induction over words: what an invariant proves, and one refusal for each thing it has to check."""

from dataclasses import fields, replace
from types import SimpleNamespace

import pytest
import sympy
from flint import fmpq
from support.systems import ONE, a, always, b, error, h, k, line, near, r, system, term, x, y
from sympy import Add, Integer, Mul, tanh

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks.automata import Readout, trace
from symlstm.kernel.networks.enclosures import CONSTANT, Enclosure, EnclosureArithmetic, Error
from symlstm.kernel.networks.invariants import Step, arithmetic_of, at_word, invariant, step_table
from symlstm.kernel.networks.statements import Automaton, Situation
from symlstm.kernel.parameters import Assumptions, Certificate, assumed
from symlstm.kernel.theorem import ARITHMETIC, RuleError, trusted
from symlstm.model.activations import sigmoid

i, f = (Variable(name) for name in "if")
LATCH = system({h: tanh(k * h + 2 * k)}, gates=((i, sigmoid(k)),))  # 0, then near 1 for ever
BOXES = ({h: near(0)}, {h: near(1, {(0, 2): 4})})


def step(updates, box=None, equal=None, k0=ONE):
    return Step(system(updates), EnclosureArithmetic(k, k0), Situation((), box or {}, equal or {}), "w")


def rows(theorem, name):
    return step_table(theorem, (name,)).conclusion.rows


# What is proved


def test_a_box_closed_under_every_step_holds_for_every_word_sequence():
    theorem = invariant(LATCH, line(*BOXES), ONE)
    found = theorem.conclusion
    assert (found.system, found.k0, theorem.rule) == (LATCH, ONE, "induction over words")
    assert found.transitions[0][0].target == 1
    (_, _, _, first), (_, _, _, gate) = rows(theorem, h)[0], rows(theorem, i)[1]
    assert (first.main, first.error, gate.error) == (term(1), error({(0, 4): 2}), error({(0, 1): 1}))
    assert ARITHMETIC in trusted(theorem) and not theorem.hypotheses


def test_pure_limits_need_no_constants():
    found = invariant(LATCH, line({h: near(0)}, {h: near(1, tiny=True)}), None)
    assert rows(found, h)[1][3].limit == term(1)


def test_coordinates_are_updated_all_at_once():
    swap = system({a: b, b: a}, {b: Integer(1)})
    found = invariant(
        swap, line({a: near(0), b: near(1)}, {a: near("1/2", {(0, 0): 1}), b: near("1/2", {(0, 0): 1})}), ONE
    )
    assert [rows(found, s)[0][3].main for s in (a, b)] == [term(1), term(0)]


def test_each_word_has_its_own_successor():
    echo = system({h: x}, words=("on", "off"), inputs=(x,), encoding=((Integer(1),), (Integer(0),)))
    off, on = Situation((), {h: near(0)}, {}), Situation(("on",), {h: near(1)}, {})
    assert invariant(echo, Automaton((off, on), ((1, 0), (1, 0)), ()), ONE).conclusion.k0 == ONE
    with pytest.raises(RuleError, match=r"invariant: found h = .* after step start . on; needed inside"):
        invariant(echo, Automaton((off, replace(on, label=("off",))), ((0, 1), (0, 1)), ()), ONE)


def test_equal_coordinates_cancel_exactly():
    twins = system({a: tanh(k + x), b: tanh(k + x), h: tanh(k * (a - b))}, inputs=(x,), encoding=((Integer(1),),))
    box = {s: near("1/2", {(0, 0): 1}) for s in (a, b)} | {h: near(0)}
    found = invariant(twins, line(box, equal={a: a, b: a}), ONE)
    assert rows(found, h)[0][3].error.is_zero
    with pytest.raises(RuleError, match=r"invariant: found h = "):
        invariant(twins, line(box), ONE)


REGISTERS = [  # update of r, the box, its A and B, whether |A| <= 1 for certain
    (r + tanh(a), near(0), 1, 0, True),
    (sigmoid(a) * r + 3, near(0), sympy.Rational(1, 2), 3, True),
    (tanh(1) * r, near(0), tanh(1), 0, True),
    (sympy.Integer(7) + a, near(2), 0, 9, True),
    (-sigmoid(a) * tanh(a) * r, near(0), 0, 0, True),
    (2 * sigmoid(a) * r, near(0), 1, 0, False),
    ((sigmoid(a) + tanh(a)) * r, near(0), sympy.Rational(1, 2), 0, False),
    (a * r, near(0), 0, 0, False),
    (2 * r, near(0), 2, 0, False),
    (-(1 + tanh(1)) * r, near(0), -1 - tanh(1), 0, False),
]


@pytest.mark.parametrize(("update", "box", "forget", "increment", "contracts"), REGISTERS, ids=str)
def test_a_register_is_read_as_a_product_and_a_sum(update, box, forget, increment, contracts):
    move = step({r: update, a: a}, {a: box})
    assert [signal.main for signal in move.register(r)] == [term(forget), term(increment)]
    assert move.contracts(r) == contracts


# What is refused


UNREGISTERED = [r**2, tanh(r), r + tanh(r), tanh(r) * r, r + b, b * r]


@pytest.mark.parametrize("update", UNREGISTERED, ids=str)
def test_a_register_that_is_not_affine_with_known_factors_is_refused(update):
    with pytest.raises(RuleError, match=r"register: found r' = .*; needed A r \+ B with A and B known"):
        invariant(system({r: update, b: b + 1}), line({}, registers=(r,)), ONE)


OUTSIDE = [
    ({h: near(1)}, {h: near(1)}, r"h = .* after initial state"),
    ({h: near(0)}, {h: near(1, {(0, 4): 1})}, "h = .* after step start . w"),
    ({h: near(0)}, {h: near(1, {(0, 5): 9})}, "h = .* after step start . w"),
    ({h: near(0)}, {h: near(1)}, "h = .* after step start . w"),
    ({h: near(0)}, {h: near(-1, {(0, 2): 4})}, "h = .* after step start . w"),
    ({}, {h: near(1, {(0, 2): 4})}, "h = .* after step start . w"),
]


@pytest.mark.parametrize(("first", "then", "message"), OUTSIDE)
def test_a_box_that_does_not_hold_is_refused(first, then, message):
    with pytest.raises(RuleError, match=rf"invariant: found {message}; needed inside"):
        invariant(LATCH, line(first, then), ONE)


def test_an_unknown_coordinate_is_in_no_box():
    with pytest.raises(RuleError, match=r"invariant: found a = None after step"):
        invariant(system({a: b, b: b}), line({a: near(0)}), ONE)


UNEQUAL = [({a: Integer(1)}, "initial state"), ({}, "step start . w")]


@pytest.mark.parametrize(("initial", "where"), UNEQUAL)
def test_an_equality_that_does_not_hold_is_refused(initial, where):
    pair = system({a: tanh(k), b: sigmoid(k) if not initial else tanh(k)}, initial)
    with pytest.raises(RuleError, match=rf"a and b with different normal forms after {where}; needed equal ones"):
        invariant(pair, line({}, equal={a: b}), ONE)


NO_BOUNDS = [
    near(0, {(0, 0): -1}), near(0, {(0, 1): 1, (0, 0): -1}), near(0, {(0, -1): 1}), near(b), near(0, tiny=True),
    near(0, {(0, 0): 1}, tiny=True), Enclosure(term(0), Error({CONSTANT: float("nan")})),
]  # fmt: skip


@pytest.mark.parametrize("signal", NO_BOUNDS, ids=str)
def test_a_box_that_is_no_bound_for_all_scales_is_refused(signal):
    with pytest.raises(RuleError, match=r"invariant: found .*; needed bounds A"):
        invariant(system({a: a, b: b}), line({a: signal}), ONE)


@pytest.mark.parametrize("box", [{x: near(0)}, {i: near(0)}, {r: near(0)}, {k: near(k)}], ids=str)
def test_a_box_of_what_is_no_tracked_coordinate_is_refused(box):
    with pytest.raises(RuleError, match=r"invariant: found boxes over .*; needed coordinates of the state that are no"):
        invariant(system({h: h, r: r}, gates=((i, sigmoid(h)),)), line(box, registers=(r,)), ONE)


def test_an_equality_of_a_register_is_refused():
    with pytest.raises(RuleError, match=r"invariant: found boxes over"):
        invariant(system({h: h, r: r}), line({}, registers=(r,), equal={h: r}), ONE)


def test_an_equality_with_what_is_itself_replaced_is_refused():
    with pytest.raises(RuleError, match=r"needed representatives"):
        invariant(system({a: a, b: a, h: a}), line({}, equal={a: b, b: h}), ONE)


@pytest.mark.parametrize("register", [i, x, k])
def test_a_register_that_is_no_coordinate_is_refused(register):
    with pytest.raises(RuleError, match=r"invariant: found registers .*; needed coordinates of the state"):
        invariant(system({h: h}, gates=((i, tanh(h)),)), line({}, registers=(register,)), ONE)


PARTIAL = [((0,),), ((0,), (0,)), ((0, 0), (0, 0), (0, 0)), ((2, 0), (0, 0)), ((-1, 0), (0, 0)), ((0, 0), (0,))]


@pytest.mark.parametrize("steps", PARTIAL, ids=str)
def test_a_partial_automaton_is_refused(steps):
    two = system({h: h}, words=("w", "v"))
    with pytest.raises(RuleError, match=r"invariant: found a partial automaton"):
        invariant(two, Automaton((Situation((), {}, {}), Situation(("w",), {}, {})), steps, ()), ONE)


@pytest.mark.parametrize("label", [(), ("w", "v"), ("v",)], ids=str)
def test_a_label_that_leads_elsewhere_is_refused(label):
    two = system({h: h}, words=("w", "v"))
    with pytest.raises(RuleError, match=r"invariant: found the label .* of situation 1; needed words that lead to it"):
        invariant(two, Automaton((Situation((), {}, {}), Situation(label, {}, {})), ((1, 0), (1, 0)), ()), ONE)


GOOD = system({a: a + x, b: b}, words=("w",), inputs=(x,), encoding=((1,),), gates=((i, tanh(a)),))
A, B, K, Y, ZERO, UNIT = map(term, (a, b, k, y, 0, 1))
SINE = Apply("min", A, algebra.atom(b))  # no function of the calculus
MINUS_TANH = Apply("tanh", -UNIT)  # which has another form
ODD_TERMS = [
    a, 0, Term({frozenset(): 0.5}), *(Term({frozenset(mono): ONE}) for mono in (
        [(SINE, 1)], [(Apply("tanh", algebra.atom(SINE)), 1)], [(MINUS_TANH, 1)], [(Apply("tanh", ZERO), -1)],
        [(Apply("sigmoid", UNIT), 1)], [(Apply("exp", UNIT + UNIT), 1)], [("a", 1)], [(a, 0.5)], [(a, 0)], [(a, True)],
        [(a, 1), (a, 2)], [(a, -1)], [(Apply("tanh", A), -1)],
    )),
]  # fmt: skip
MALFORMED = [
    ({"state": (a, a)}, "repeated names"), ({"inputs": (a,)}, "repeated names"), ({"scale": a}, "repeated names"),
    ({"gates": ((b, A),)}, "repeated names"), ({"words": ("w", "w"), "encoding": ((A,), (A,))}, "repeated names"),
    ({"initial": (ZERO,)}, "unequal length"), ({"updates": (A,)}, "unequal length"),
    ({"encoding": ((UNIT,),) * 2}, "unequal length"), ({"encoding": ((),)}, "unequal length"),
    ({"updates": (A + Y, B)}, "free symbols"), ({"updates": (term(i), B)}, "free symbols"),
    ({"gates": ((i, Y),)}, "free symbols"), ({"initial": (K, ZERO)}, "free symbols"),
    ({"encoding": ((K,),)}, "free symbols"), ({"words": (), "encoding": (), "initial": (Y, Y)}, "free symbols"),
]  # fmt: skip


@pytest.mark.parametrize(("change", "message"), MALFORMED)
def test_a_malformed_system_is_refused(change, message):
    with pytest.raises(RuleError, match=rf"system: found .*{message}"):
        invariant(replace(GOOD, **change), line({}), ONE)


@pytest.mark.parametrize("odd", ODD_TERMS, ids=range(len(ODD_TERMS)))
def test_a_system_of_what_is_no_normal_form_is_refused(odd):
    """`_sign_of` and the powers in an enclosure rely on the form."""
    for change in ({"updates": (odd, B)}, {"gates": ((i, odd),)}, {"initial": (odd, ZERO)}, {"encoding": ((odd,),)}):
        with pytest.raises(
            RuleError, match=r"system: found something else among its terms; needed terms in normal form"
        ):
            invariant(replace(GOOD, **change), line({}), ONE)


@pytest.mark.parametrize("name", ["a", Apply("tanh", A), ("tanh", A)], ids=range(3))
def test_a_system_has_symbols_for_names(name):
    with pytest.raises(
        RuleError, match=r"system: found System with the names .*; needed a System, real variables as names"
    ):
        invariant(replace(GOOD, state=(name, b)), line({}), ONE)


def test_a_parameter_is_a_real_number():
    zero = Variable("p", "natural")
    with pytest.raises(RuleError, match=r"system: found .*; needed a System, real variables as names"):
        invariant(replace(GOOD, parameters=(zero,)), line({}), ONE)


def test_what_only_looks_like_a_system_or_an_automaton_is_refused():
    class Moving(type(GOOD)):
        """A kind of system."""

    with pytest.raises(RuleError, match=r"system: found Moving"):
        invariant(Moving(*(getattr(GOOD, field.name) for field in fields(GOOD))), line({}), ONE)
    situation = SimpleNamespace(label=(), box={}, equal={})
    for automaton in (SimpleNamespace(**vars(line({}))), Automaton((situation,), ((0,),), ())):
        with pytest.raises(RuleError, match=r"invariant: found .*; needed an Automaton of Situations"):
            invariant(GOOD, automaton, ONE)


HALF = sympy.Rational(1, 2)  # equal to a half of flint's, but with another hash
ODD_SIGNALS = [
    Enclosure(ZERO, Error({(0, HALF): ONE})), Enclosure(ZERO, Error({(0, ONE): HALF})), Enclosure(ZERO, Error({(0, ONE): 0.5})),
    Enclosure(ZERO, Error({(0, 0.5): ONE})), Enclosure(ZERO, Error({(fmpq(1, 2), ONE): ONE})), Enclosure(ODD_TERMS[5]),
    Enclosure(ZERO, Error(), side=True), Enclosure(ZERO, Error(), side=1.0),
    Enclosure(ZERO, SimpleNamespace(terms={}, tiny=False)), SimpleNamespace(main=ZERO, error=Error(), side=0, sign=0),
]  # fmt: skip


@pytest.mark.parametrize("signal", ODD_SIGNALS, ids=range(len(ODD_SIGNALS)))
def test_a_box_of_what_is_no_signal_is_refused(signal):
    with pytest.raises(RuleError, match=r"invariant: found .*; needed bounds A k\^p e\^\(-lambda k\)"):
        invariant(GOOD, line({a: signal}), ONE)


def test_a_box_is_read_once_for_what_is_remembered():
    class Shifting(dict):
        """Another signal each time."""

        def __getitem__(self, s):
            return near(len(self.__dict__.setdefault("asked", [])) or self.asked.append(s) or 1)

    now = system({a: a, b: a}, {a: 1})
    arithmetic = arithmetic_of(now, ONE)
    assert arithmetic.evaluate(term(a + a * b), Shifting({a: 0, b: 0})).main == term(2)
    assert arithmetic_of(now, ONE) is arithmetic


def test_an_inverse_of_what_varies_is_refused():
    with pytest.raises(RuleError, match=r"system: found something else among its terms"):
        invariant(replace(GOOD, updates=(algebra.atom(Apply("inverse", A)), B)), line({}), ONE)


# Nothing that a theorem says can change


def test_a_theorem_keeps_its_own_boxes():
    box, steps = {h: near(0)}, [[0]]
    theorem = invariant(system({h: h}), Automaton([Situation([], box, {})], steps, []), ONE)
    box[h], steps[0][0] = near(7), 1
    situation = theorem.conclusion.automaton.situations[0]
    assert situation.box[h].main == term(0) and theorem.conclusion.automaton.step == ((0,),)
    with pytest.raises(TypeError, match=r"item assignment"):
        situation.box[h] = near(7)


P = Variable("p")
FORM = algebra.atom(P)
POSITIVE = {FORM: Certificate(term(1), (term(0), term(1)))}  # p = 0 * 1 + 1 * p
STEEP = replace(system({h: sigmoid(k * P)}), parameters=(P,))


@pytest.mark.parametrize("listed", [(FORM,), [FORM], iter([FORM])], ids=["tuple", "list", "iterator"])
def test_an_assumption_that_was_used_is_a_hypothesis(listed):
    found = invariant(STEEP, line({h: near(0)}, {h: near(1, tiny=True)}), None, Assumptions(listed, POSITIVE))
    assert found.hypotheses == {assumed(FORM)}


def test_what_is_assumed_after_the_theorem_is_no_part_of_it():
    positive, certificates = [], {}
    theorem = invariant(STEEP, line({}), None, Assumptions(positive, certificates))
    positive.append(FORM)
    certificates.update(POSITIVE)
    [(*_, found)] = step_table(theorem, (h,)).conclusion.rows
    assert not found.error.vanishes and not theorem.hypotheses


def test_remembered_normal_forms_cannot_be_changed():
    forms = at_word(LATCH, "w")
    with pytest.raises(TypeError, match=r"item assignment"):
        forms[h] = term(0)


def test_boxes_that_share_swapped_signals_are_told_apart():
    """The words v and w have equal normal forms, built in another order."""
    zero, one = near(0), near(1)
    update = Add(x * (a - b), Mul(y, Add(*map(sympy.sympify, (-b, a)), evaluate=False), evaluate=False), evaluate=False)
    rows = ((Integer(1), Integer(0)), (Integer(0), Integer(1)))
    swap = system({a: b, b: a, h: update}, {b: Integer(1)}, ("v", "w"), (x, y), rows)
    assert at_word(swap, "v")[h] is at_word(swap, "w")[h]
    boxes = {a: zero, b: one}, {a: one, b: zero}, {a: zero, b: one, h: near(-1)}
    situations = tuple(Situation(("v",) * q, box, {}) for q, box in enumerate(boxes))
    with pytest.raises(RuleError, match=r"h = Enclosure.main=1"):  # the truth: h = a - b = 1 after situation 1
        invariant(swap, Automaton(situations, ((1, 1), (2, 2), (1, 1)), ()), ONE)


# Reading


def test_a_step_table_has_a_row_for_each_situation_and_word():
    found = step_table(invariant(LATCH, line(*BOXES), ONE), (i, h)).conclusion
    assert [(q, word, name, signal.limit) for q, word, name, signal in found.rows] == [
        (q, "w", name, term(1)) for q in (0, 1) for name in (i, h)
    ]
    assert found.k0 == ONE


def test_a_step_table_of_something_else_is_refused():
    theorem = trace(invariant(LATCH, line(*BOXES), ONE), Readout(((h, term(1)),), 0), always(0), ("w",))
    with pytest.raises(RuleError, match=r"step table: found Trace; needed an Invariant"):
        step_table(theorem, (h,))


@pytest.mark.parametrize("name", [r, y])
def test_a_step_table_of_what_nothing_is_known_of_is_refused(name):
    with pytest.raises(RuleError, match=r"step table: found ., of which nothing is known"):
        step_table(invariant(system({h: h, r: r + 1}), line({h: near(0)}, registers=(r,)), ONE), (h, name))


@pytest.mark.parametrize("k0", [fmpq(0), fmpq(-3), 1.5, float("nan")])
def test_an_invariant_for_no_proper_least_scale_is_refused(k0):
    with pytest.raises(RuleError, match=r"EnclosureArithmetic: found k0"):
        invariant(LATCH, line(*BOXES), k0)
