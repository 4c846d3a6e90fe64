"""Families of situations: the rule fires on a counter that is read, and refuses each damaged certificate."""

import random

import pytest
from flint import fmpq
from support import GALLERY
from support.refusals import refuses

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks import decisions
from symlstm.kernel.networks.families import Cut, Families, Family, Leaf, Place, families, leaves
from symlstm.kernel.networks.machines import Decides, Machine, Misdecision
from symlstm.kernel.networks.signs import Range, signs
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.kernel.theorem import RuleError
from symlstm.model.file.construction_file import read_construction
from symlstm.search.construction import Construction

X, Y = Variable("n_1"), Variable("n_2")
x, y = algebra.atom(X), algebra.atom(Y)
ANY, NATURAL, POSITIVE = Range(None, None), Range(0, None), Range(1, None)


def at(number):
    return algebra.rational(fmpq(number))


@pytest.mark.parametrize(
    ("form", "box", "expected"),
    [
        (algebra.tanh(x), {X: POSITIVE}, {1}),
        (algebra.tanh(x), {X: NATURAL}, {0, 1}),
        (algebra.tanh(x), {X: ANY}, {-1, 0, 1}),
        (algebra.tanh(x) - at(1), {X: NATURAL}, {-1}),  # 1 is not attained
        (x - at(3), {X: Range(3, 3)}, {0}),
        (x + y, {X: NATURAL, Y: POSITIVE}, {1}),
        (algebra.tanh(x + at(1)) - algebra.tanh(x), {X: ANY}, {1}),  # the pair rule
        (algebra.tanh(x + y) - algebra.tanh(x), {X: ANY, Y: NATURAL}, {0, 1}),
        (algebra.tanh(x) + algebra.tanh(at(1) - x) - algebra.tanh(at(1)), {X: Range(0, 1)}, {0}),  # few values
        (algebra.tanh(x).scaled(fmpq(100)) - at(76), {X: Range(1, 1)}, {1}),
        (algebra.tanh(x) - algebra.tanh(y), {X: ANY, Y: ANY}, {-1, 0, 1}),
    ],
)
def test_signs_on_a_box(form, box, expected):
    assert signs(form, box) == expected


@pytest.mark.slow
def test_signs_agree_with_values():
    """Each form that a few hundred random ones are, at points of its box."""
    rng = random.Random(1)
    for _ in range(300):
        low, high = rng.randint(-4, 2), rng.randint(0, 3)
        box = {X: Range(low, rng.choice((None, low + high))), Y: Range(rng.choice((None, -2)), rng.randint(-2, 3))}
        parts = [algebra.tanh(x + at(rng.randint(-1, 1))), algebra.tanh(y), algebra.tanh(x - y), x, at(1)]
        form = algebra.total(part.scaled(fmpq(rng.randint(-3, 3), rng.randint(1, 3))) for part in parts)
        known = signs(form, box)
        for a in range(low, (box[X].high if box[X].high is not None else low + 6) + 1):
            for b in range(-2 if box[Y].low is not None else -8, box[Y].high + 1):
                value = algebra.substitute(form, {X: at(a), Y: at(b)}, {})
                assert algebra.sign(value) in known


def test_a_cut_covers_its_box():
    tree = Cut(X, 2, Leaf(1, {}), Leaf(2, {}))
    assert [(leaf.target, box[X]) for leaf, box in leaves(tree, {X: NATURAL})] == [
        (1, Range(0, 2)),
        (2, Range(3, None)),
    ]
    assert [leaf.target for leaf, _ in leaves(tree, {X: Range(3, 5)})] == [2]
    refuses("a ghost among", lambda: [*leaves(Cut(Y, 0, Leaf(1, {}), Leaf(1, {})), {X: NATURAL})])


def dyck():
    file = read_construction(GALLERY / "decisions" / "dyck1.toml")
    return Construction(file.network, file.specification, threshold=file.threshold).decision


THEOREM = dyck()
FOUND: Families = THEOREM.premises[0].conclusion


def again(**changes):
    names = ("specification", "delay", "families", "origin", "steps")
    parts = {name: getattr(FOUND, name) for name in names} | changes
    return families(FOUND.system, *(parts[name] for name in names))


def changed(family, n, **changes):
    fields = {name: getattr(family, name) for name in ("label", "ghosts", "limits", "places", "domain")} | changes
    return tuple(Family(**fields) if q == n else other for q, other in enumerate(FOUND.families))


def test_a_counter_that_is_read_is_proved():
    assert isinstance(THEOREM.conclusion, Decides)
    assert isinstance(again().conclusion, Families)


def inner():
    """A family with a ghost, and its number."""
    return next((q, family) for q, family in enumerate(FOUND.families) if family.ghosts)


def test_the_rule_refuses_a_wrong_limit():
    n, family = inner()
    s = next(iter(family.limits))
    refuses("after", again, families=changed(family, n, limits={**family.limits, s: family.limits[s] + at(1)}))


def test_the_rule_refuses_a_range_that_is_left():
    n, family = inner()
    ghost = next(iter(family.ghosts))
    refuses("in Range", again, families=changed(family, n, ghosts={**family.ghosts, ghost: Range(0, 5)}))


def test_the_rule_refuses_an_uncut_guard():
    n, _ = inner()
    flat = [[next(leaves(tree, FOUND.families[q].ghosts))[0] for tree in row] for q, row in enumerate(FOUND.steps)]
    refuses("families", again, steps=[flat[q] if q == n else row for q, row in enumerate(FOUND.steps)])


def test_the_rule_refuses_a_leaf_to_the_start():
    refuses("one from 1", again, steps=[[Leaf(0, {})] * 2, *FOUND.steps[1:]])


def test_the_rule_refuses_to_lose_words_without_a_domain():
    refuses("no family after", again, steps=[[Leaf(None, {})] * 2, *FOUND.steps[1:]])


def test_the_rule_refuses_a_fraction_for_a_ghost():
    n, family = inner()
    half = {ghost: at(0) + algebra.atom(ghost).scaled(fmpq(1, 2)) for ghost in family.ghosts}
    refuses("whole numbers", again, steps=[row if q != n else [Leaf(n, half)] * 2 for q, row in enumerate(FOUND.steps)])


def test_the_rule_refuses_a_wrong_start():
    first = FOUND.families[0]
    s = next(iter(first.limits))
    refuses("at the start", again, families=changed(first, 0, limits={**first.limits, s: at(1)}))


def test_a_ghost_is_no_coordinate():
    n, family = inner()
    s = next(iter(family.limits))
    refuses("variables of their own", again, families=changed(family, n, ghosts={s: NATURAL}))


def test_a_ghost_is_a_real_variable():
    n, family = inner()
    [ghost] = family.ghosts
    other = Variable(ghost.name, "natural")
    limits = {s: algebra.substitute(term, {ghost: algebra.atom(other)}, {}) for s, term in family.limits.items()}
    refuses("real variables", again, families=changed(family, n, ghosts={other: family.ghosts[ghost]}, limits=limits))


@pytest.mark.parametrize(
    "automaton",
    [
        WeightedAutomaton((fmpq(1),), {"(": ((fmpq(1), fmpq(5)),), ")": ((fmpq(1),),)}, (fmpq(1),)),
        WeightedAutomaton((fmpq(1),), {"(": (), ")": ((fmpq(1),),)}, (fmpq(1),)),
        WeightedAutomaton((fmpq(1),), {"(": ((fmpq(1),),), ")": ((fmpq(1),),)}, ()),
        WeightedAutomaton((), {"(": (), ")": ()}, (fmpq(1),)),
    ],
)
def test_a_specification_of_other_shapes_is_no_machine(automaton):
    refuses("other shapes", again, specification=automaton)


def test_a_number_that_is_no_rational_is_refused_even_if_it_is_0():
    automaton = WeightedAutomaton((fmpq(1),), {"(": ((0.0,),), ")": ((fmpq(1),),)}, (fmpq(1),))
    refuses("rational ones", again, specification=automaton)


def test_a_goal_on_the_wrong_side_is_refused():
    readout, goals = THEOREM.conclusion.readout, [Leaf(None, {})] * len(FOUND.families)
    refuses("undecided|> 0", decisions.decides, THEOREM.premises[0], readout, at(0), goals)


def test_a_misdecision_needs_a_wrong_side():
    system, readout, machine = FOUND.system, THEOREM.conclusion.readout, FOUND.specification
    assert isinstance(machine, Machine)
    refuses("other side", decisions.misdecision, system, readout, machine, at(0), ["(", ")"])
    assert isinstance(decisions.misdecision(system, readout, machine, at(1), ["(", ")"]).conclusion, Misdecision)
    refuses("at least 1", decisions.misdecision, system, readout, machine, at(1), [])


def test_a_damaged_certificate_is_refused_or_still_true():
    """A limit, an image, a cut or a range is changed at random; what is accepted all the same proves the same decision."""
    rng, refused = random.Random(7), 0
    for _ in range(60):
        try:
            theorem = _damaged(rng)
        except RuleError:
            refused += 1
            continue
        assert theorem.conclusion.system == FOUND.system and theorem.conclusion.specification == FOUND.specification
    assert refused > 40


def _damaged(rng):
    n = rng.randrange(len(FOUND.families))
    family, kind = FOUND.families[n], rng.choice(("limit", "range", "cut", "image", "place"))
    if kind == "limit":
        s = rng.choice([*family.limits])
        return again(
            families=changed(family, n, limits={**family.limits, s: family.limits[s] + at(rng.choice((-1, 1)))})
        )
    if kind == "range" and family.ghosts:
        ghost = rng.choice([*family.ghosts])
        return again(
            found=changed(family, n, ghosts={**family.ghosts, ghost: Range(rng.randint(0, 3), rng.randint(3, 9))})
        )
    if kind == "place":
        place = family.places[0]
        moved = Place(place.state, tuple(r + at(1) for r in place.registers))
        return again(families=changed(family, n, places=(moved, *family.places[1:])))
    row = [_moved(tree, rng.choice((-1, 1)), kind == "cut") for tree in FOUND.steps[n]]
    if row == [*FOUND.steps[n]]:
        raise RuleError("damage", "nothing", "something")
    return again(steps=[row if q == n else other for q, other in enumerate(FOUND.steps)])


def _moved(tree, by, cut):
    if isinstance(tree, Cut):
        return Cut(tree.ghost, tree.threshold + by * cut, _moved(tree.below, by, cut), _moved(tree.above, by, cut))
    return tree if cut else Leaf(tree.target, {x: form + at(by) for x, form in tree.image.items()})
