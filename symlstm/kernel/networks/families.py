"""Induction over words with counters that are read: families of situations, one for each value of some integers.  TRUSTED.

A *family* has ghosts, integers in a range each, and gives the limit of each coordinate, and the place of the
specification's machine, as terms in them. What a word does is a tree of cuts x <= t | x >= t + 1, a cover by its
form; at each leaf the ghosts of the family that is reached are whole-number forms in the old ones.

    start:  family 0 at its origin is the initial state, and no leaf leads there
    net:    each coordinate's update, enclosed on the leaf's box, tends to its limit in the target at the image
    spec:   the machine's first move whose tests hold on the box leads to the target's place at the image
    range:  the image of the box lies in the target's ranges
    -------------------------------------------------------------------------------------------------------
    Families: after every word sequence the state is in a family, for some values of its ghosts

by induction over the word: the values of the ghosts are a function of it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import lru_cache

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.enclosures import Enclosure, EnclosureArithmetic, Error
from symlstm.kernel.networks.invariants import arithmetic_of, at_word, well_formed
from symlstm.kernel.networks.machines import (
    RELATIONS,
    Conjunction,
    Form,
    Machine,
    check_machine,
    machine_of,
)
from symlstm.kernel.networks.signs import Box, OnBox, Range, image_range, pinned, put, signs, whole
from symlstm.kernel.networks.statements import Statement, System, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, conclude

TINY = Error(tiny=True)


class Cut(Statement):
    """The cases ghost <= threshold and ghost >= threshold + 1."""

    ghost: Variable
    threshold: int
    below: Cut | Leaf
    above: Cut | Leaf


class Leaf(Statement):
    """A family that is reached, None where nothing is promised any more, and its ghosts as forms in the old ones."""

    target: int | None
    image: Mapping[Variable, Term]


Tree = Cut | Leaf


class Place(Statement):
    """A state of a machine, and its registers as terms in ghosts."""

    state: int
    registers: tuple[Term, ...]


class Family(Statement):
    """The words of one way to it, the ranges of its ghosts, the limits of coordinates, and where the machines are.

    `places`: of the specification after the words read, one word less, ..., as far as its delay; `domain`: of its domain.
    """

    label: tuple[str, ...]
    ghosts: Mapping[Variable, Range]
    limits: Mapping[Variable, Term]
    places: tuple[Place, ...]
    domain: Place | None


class Families(Statement):
    """After every word sequence of t words, none of whose prefixes is hopeless for the domain, there are a family, not 0
    unless t = 0, and integers in the ranges of its ghosts, such that at them: lim_(k->oo) of each coordinate of
    `limits` is as there, the specification's machine is at places[i] after t - i words, i = 0 ... min(t, delay), and
    its domain's machine at `domain`. steps[family][word] says which; at the start the ghosts are `origin`.
    """

    system: System
    specification: WeightedAutomaton | Machine
    delay: int
    families: tuple[Family, ...]
    origin: Mapping[Variable, int]
    steps: tuple[tuple[Tree, ...], ...]


def machine(specification: WeightedAutomaton | Machine) -> Machine:
    """The specification as a machine."""
    return machine_of(specification) if isinstance(specification, WeightedAutomaton) else specification


def leaves(tree: Tree, box: Box) -> Iterator[tuple[Leaf, Box]]:
    """The leaves of a tree with their boxes, without empty ones; refuses a cut of no ghost."""
    if isinstance(tree, Leaf):
        yield tree, box
        return
    if type(tree) is not Cut or tree.ghost not in box or type(tree.threshold) is not int:
        raise RuleError("families", "a cut of something else", f"a ghost among {[*box]}, at a whole number")
    old, t = box[tree.ghost], tree.threshold
    below = Range(old.low, t if old.high is None else min(t, old.high))
    above = Range(t + 1 if old.low is None else max(t + 1, old.low), old.high)
    for part, r in ((tree.below, below), (tree.above, above)):
        if not r.is_empty:
            yield from leaves(part, {**box, tree.ghost: r})


def families(
    system: System,
    specification: WeightedAutomaton | Machine,
    delay: int,
    found: Sequence[Family],
    origin: Mapping[Variable, int],
    steps: Sequence[Sequence[Tree]],
) -> Theorem:
    """Families, by induction over words. See the figure above."""
    statement = Families(system, specification, delay, tuple(found), origin, tuple(map(tuple, steps)))
    _check_form(statement)
    _check_start(statement)
    for q, family in enumerate(statement.families):
        for word, tree in zip(system.words, statement.steps[q], strict=True):
            for leaf, box in leaves(tree, family.ghosts):
                _check_leaf(statement, family, word, leaf, box)
    return conclude(statement, "induction over words")


def _check_form(found: Families) -> None:
    well_formed(found.system)
    check_machine(machine(found.specification), found.system.words)
    if found.system.parameters or type(found.delay) is not int or found.delay < 0:
        raise RuleError(
            "families", f"parameters {found.system.parameters}, delay {found.delay}", "no parameters, a natural delay"
        )
    if len(found.steps) != len(found.families) or any(len(row) != len(found.system.words) for row in found.steps):
        raise RuleError("families", "steps for others", "a tree for each family and word")
    named = {*found.system.state, *found.system.inputs, found.system.scale, *(name for name, _ in found.system.gates)}
    domain = machine(found.specification).domain
    for family in found.families:
        ranges = all(
            type(r) is Range and all(x is None or type(x) is int for x in (r.low, r.high))
            for r in family.ghosts.values()
        )
        if (
            type(family) is not Family
            or not ranges
            or named & {*family.ghosts}
            or any(type(x) is not Variable or x.kind != "real" for x in family.ghosts)
        ):
            raise RuleError(
                "families", "ghosts that are something else", "real variables of their own with integer ranges"
            )
        places = [*family.places, *([family.domain] if family.domain is not None else [])]
        terms = [*family.limits.values(), *(x for place in places for x in place.registers)]
        if not {*family.limits} <= {*found.system.state} or any(not _is_over(x, family.ghosts) for x in terms):
            raise RuleError("families", "limits of something else", "terms in the ghosts for coordinates and registers")
        if not 0 < len(family.places) <= found.delay + 1 or (family.domain is None) != (domain is None):
            raise RuleError(
                "families", f"{len(family.places)} places", f"1 to {found.delay + 1}, and one of the domain"
            )


def _is_over(term: Term, ghosts: Mapping[Variable, Range]) -> bool:
    return algebra.is_normal(term) and {*term.symbols()} <= {*ghosts}


def _check_start(found: Families) -> None:
    first, spec = found.families[0], machine(found.specification)
    inside = all(type(n) is int for n in found.origin.values()) and {*found.origin} == {*first.ghosts}
    if not inside or not all(Range(n, n).within(first.ghosts[x]) for x, n in found.origin.items()):
        raise RuleError("families", f"the origin {dict(found.origin)}", "an integer in its range for each ghost")
    at = {x: algebra.rational(n) for x, n in found.origin.items()}
    initial = dict(zip(found.system.state, found.system.initial, strict=True))
    for s, limit in first.limits.items():
        if put(limit, at) != initial[s]:
            raise RuleError("families", f"{s} = {put(limit, at)} at the start", initial[s])
    pairs = [(spec, first.places[0])] + ([(spec.domain, first.domain)] if spec.domain and first.domain else [])
    for one, place in pairs:
        registers = tuple(put(x, at) for x in place.registers)
        if len(first.places) != 1 or place.state != one.initial or registers != tuple(map(algebra.rational, one.start)):
            raise RuleError("families", f"a machine at {place} at the start", "its initial state and registers")


def _check_leaf(found: Families, family: Family, word: str, leaf: Leaf, box: Box) -> None:
    where, spec = f"{' '.join(family.label) or 'start'} + {word}", machine(found.specification)
    fixed = pinned(box)
    domain = None if spec.domain is None or family.domain is None else moved(spec.domain, family.domain, word, box)
    if type(leaf) is not Leaf or leaf.target is None:
        if type(leaf) is not Leaf or spec.domain is None or domain is None or domain.state not in spec.domain.hopeless:
            raise RuleError("families", f"no family after {where}", "one, for what is promised")
        return
    if type(leaf.target) is not int or not 0 < leaf.target < len(found.families):
        raise RuleError("families", f"family {leaf.target} after {where}", f"one from 1 to {len(found.families) - 1}")
    target = found.families[leaf.target]
    _check_image(where, target, leaf, box)

    def there(term: Term) -> Term:
        return put(algebra.substitute(term, leaf.image, {}), fixed)

    places = (moved(spec, family.places[0], word, box), *(_at(place, fixed) for place in family.places))[
        : found.delay + 1
    ]
    reached = [(target.places, places)] + ([((target.domain,), (domain,))] if domain and target.domain else [])
    for wanted, got in reached:
        if [(p.state, tuple(map(there, p.registers))) for p in wanted] != [(p.state, p.registers) for p in got]:
            raise RuleError("families", f"a machine at {got} after {where}", wanted)
    step = on_box(found.system, family, word, box)
    for s, limit in target.limits.items():
        if step(s) != there(limit):
            raise RuleError("families", f"{s} -> {step(s)} after {where}", there(limit))


def _check_image(where: str, target: Family, leaf: Leaf, box: Box) -> None:
    if {*leaf.image} != {*target.ghosts}:
        raise RuleError("families", f"values of {[*leaf.image]} after {where}", f"values of {[*target.ghosts]}")
    for x, form in leaf.image.items():
        if not algebra.is_normal(form) or not whole(form, box):
            raise RuleError("families", f"{x} = {form} after {where}", "a form with whole numbers")
        if not image_range(form, box).within(target.ghosts[x]):
            raise RuleError("families", f"{x} = {form} in {image_range(form, box)} after {where}", target.ghosts[x])


def on_box(system: System, family: Family, word: str, box: Box) -> Callable[[Variable], Term | None]:
    """The limit of a coordinate or gate one word later, throughout the box; None if it is not known."""
    arithmetic = arithmetic_on(system, OnBox(box=box))
    fixed, terms = pinned(box), at_word(system, word)
    known = {s: tending(put(limit, fixed)) for s, limit in family.limits.items()}

    def limit(s: Variable) -> Term | None:
        try:
            signal = arithmetic.evaluate(terms[s], known)
        except RuleError:  # what has no size is multiplied by what is not known
            return None
        settled = signal is not None and not signal.side and signal.error.vanishes
        return signal.main if signal is not None and settled and {*signal.main.symbols()} <= {*box} else None

    return limit


def arithmetic_on(system: System, given: OnBox) -> EnclosureArithmetic:
    """The calculus with ghosts in a box; its memory of them is of this box alone."""
    return EnclosureArithmetic(system.scale, None, tuple(given.box), given, arithmetic_of(system, None))


@lru_cache(maxsize=65536)
def tending(limit: Term) -> Enclosure:
    """A signal that tends to it, one object for each limit: what is computed of it is remembered."""
    return Enclosure(limit, TINY)


def _at(place: Place, fixed: Mapping[Variable, Term]) -> Place:
    return Place(place.state, tuple(put(x, fixed) for x in place.registers))


def moved(machine: Machine, place: Place, word: str, box: Box) -> Place:
    """Where the machine is one word later, throughout the box; refuses where that is not decided."""
    here = _at(place, pinned(box))
    for move in machine.moves[word][here.state]:
        if holds(move.when, here.registers, box, f"a move of the specification on {word}"):
            return Place(move.target, tuple(form_of(form, here.registers) for form in move.updates))
    raise RuleError("families", f"no move on {word}", "a machine whose moves always apply")


def form_of(form: Form, registers: Sequence[Term]) -> Term:
    """A form with terms in the registers."""
    return algebra.total([algebra.rational(form.constant), *(registers[j].scaled(c) for j, c in form.terms)])


def holds(tests: Conjunction, registers: Sequence[Term], box: Box, what: str) -> bool:
    """Whether all tests hold throughout the box; refuses where that differs or is not known."""
    found = [(test, signs(registers[test.register] - algebra.rational(test.bound), box)) for test in tests]
    if any(not possible & RELATIONS[test.relation] for test, possible in found):
        return False
    for test, possible in found:
        if not possible <= RELATIONS[test.relation]:
            form = registers[test.register] - algebra.rational(test.bound)
            raise RuleError("families", f"{form} {test.relation} 0, undecided, for {what}", "a cut that decides it")
    return True
