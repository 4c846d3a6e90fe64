"""What the readout of a network decides or computes in all families, and single words on which it is wrong.  TRUSTED."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.enclosures import Enclosure
from symlstm.kernel.networks.families import Families, Family, Tree, form_of, holds, leaves, machine, tending
from symlstm.kernel.networks.invariants import arithmetic_of, at_word, well_formed
from symlstm.kernel.networks.machines import (
    Acceptance,
    Choices,
    Chooses,
    Decides,
    DecidesBy,
    Machine,
    Mischoice,
    Misdecision,
    Values,
    check_machine,
)
from symlstm.kernel.networks.signs import NEVER_NEGATIVE, Box, pinned, put, signs
from symlstm.kernel.networks.statements import Computes, Counterexample, Readout, System, WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Theorem, conclude

Check = Callable[[Family, Box], None]


def computes_in(premise: Theorem, readout: Readout, goals: Sequence[Tree]) -> Theorem:
    """Families     readout - specification = 0 on each leaf
    -----------------------------------------------------
                  Computes(readout)
    """
    found = _families(premise, (readout,), Values)
    output = machine(found.specification).output

    def check(family: Family, box: Box) -> None:
        place = family.places[-1]
        form = output.forms[place.state] if isinstance(output, Values) else None
        wanted = algebra.ZERO if form is None else form_of(form, place.registers)
        gap = value(readout, family.limits, family.label) - wanted
        _need(gap, box, frozenset({0}), family, "the readout less the specification")

    _on_all(found, goals, check)
    return conclude(
        Computes(found.system, readout, found.specification),
        "the readout in all families",
        (premise,),
        certificate=goals,
    )


def decides(premise: Theorem, readout: Readout, threshold: Term, goals: Sequence[Tree]) -> Theorem:
    """Families     readout - threshold > 0 on each leaf that is accepted, < 0 on each that is not
    ------------------------------------------------------------------------------------------
                  Decides(readout, threshold)
    """
    found = _families(premise, (readout,), Acceptance, threshold)
    _on_all(found, goals, _side(found, readout, threshold, algebra.ZERO, frozenset({1})))
    statement = Decides(found.system, readout, found.specification, threshold)
    return conclude(statement, "the readout in all families", (premise,), certificate=goals)


def decides_by(premise: Theorem, readout: Readout, threshold: Term, margin: fmpq, goals: Sequence[Tree]) -> Theorem:
    """Families     margin > 0     readout >= threshold + margin on each leaf that is accepted, <= threshold - margin on others
    --------------------------------------------------------------------------------------------------------------------
                  DecidesBy(readout, threshold, margin)
    """
    found = _families(premise, (readout,), Acceptance, threshold)
    if type(margin) is not fmpq or not margin > 0:
        raise RuleError("decides by", f"the margin {margin}", "a rational > 0")
    _on_all(found, goals, _side(found, readout, threshold, algebra.rational(margin), NEVER_NEGATIVE))
    statement = DecidesBy(found.system, readout, found.specification, threshold, margin)
    return conclude(statement, "the readout in all families", (premise,), certificate=goals)


def _side(found: Families, readout: Readout, threshold: Term, margin: Term, needed: frozenset[int]) -> Check:
    def check(family: Family, box: Box) -> None:
        above = value(readout, family.limits, family.label) - threshold
        side = above if accepted(machine(found.specification), family, box) else -above
        _need(side - margin, box, needed, family, "how far the readout is on its side")

    return check


def chooses(premise: Theorem, readouts: Sequence[Readout], goals: Sequence[Tree]) -> Theorem:
    """Families     on each leaf the readout with the number that is specified, less any other, > 0
    -------------------------------------------------------------------------------------------
                  Chooses(readouts)
    """
    readouts = tuple(readouts)
    found = _families(premise, readouts, Choices)
    spec = machine(found.specification)
    output = spec.output

    def check(family: Family, box: Box) -> None:
        chosen = output.numbers[family.places[-1].state] if isinstance(output, Choices) else -1
        if not 0 <= chosen < len(readouts):
            raise RuleError("chooses", f"choice {chosen}", f"one of {len(readouts)} readouts")
        values = [value(readout, family.limits, family.label) for readout in readouts]
        for n, other in enumerate(values):
            if n != chosen:
                _need(values[chosen] - other, box, frozenset({1}), family, f"output {chosen} less output {n}")

    _on_all(found, goals, check)
    return conclude(
        Chooses(found.system, readouts, spec), "the readouts in all families", (premise,), certificate=goals
    )


def _families(premise: Theorem, readouts: Sequence[Readout], kind: type, threshold: Term = algebra.ZERO) -> Families:
    found = premise.conclusion
    if not isinstance(found, Families) or not isinstance(machine(found.specification).output, kind):
        raise RuleError("decision", type(found).__name__, f"Families of a machine with {kind.__name__}")
    _check_readouts(readouts, threshold)
    if any(readout.delay != found.delay for readout in readouts):
        raise RuleError("decision", f"the delays {[readout.delay for readout in readouts]}", f"delay {found.delay}")
    return found


def _check_readouts(readouts: Sequence[Readout], threshold: Term) -> None:
    numbers = [threshold, *(x for readout in readouts for x in (readout.constant, *(c for _, c in readout.terms)))]
    if any(type(readout) is not Readout for readout in readouts) or any(
        not algebra.is_normal(x) or x.symbols() for x in numbers
    ):
        raise RuleError("decision", "a readout or threshold of something else", "constant coefficients in normal form")


def _on_all(found: Families, goals: Sequence[Tree], check: Check) -> None:
    """The check on each leaf of a family that some non-empty word sequence reaches which the readout speaks of."""
    if len(goals) != len(found.families):
        raise RuleError("decision", f"{len(goals)} trees", f"one a family, {len(found.families)}")
    spec = machine(found.specification)
    for family, tree in [*zip(found.families, goals, strict=True)][1:]:
        if len(family.places) == found.delay + 1:
            for _, box in leaves(tree, family.ghosts):
                if promised(spec, family, box):
                    check(family, box)


def promised(spec: Machine, family: Family, box: Box) -> bool:
    """Whether some words of this kind may be promised."""
    if spec.domain is None or family.domain is None or not isinstance(spec.domain.output, Acceptance):
        return True
    registers = [put(x, pinned(box)) for x in family.domain.registers]
    try:
        conditions = spec.domain.output.conditions[family.domain.state]
        return any([*(holds(tests, registers, box, "the promise") for tests in conditions)])
    except RuleError:  # undecided
        return True


def accepted(spec: Machine, family: Family, box: Box) -> bool:
    """Whether the specification accepts, throughout the box; refuses where that is not decided."""
    place, output = family.places[-1], spec.output
    registers = [put(x, pinned(box)) for x in place.registers]
    conditions = output.conditions[place.state] if isinstance(output, Acceptance) else ()
    return any([*(holds(tests, registers, box, "acceptance") for tests in conditions)])


def value(readout: Readout, limits: Mapping[Variable, Term], words: Sequence[str]) -> Term:
    """lim readout after the words, from the limits of coordinates there."""
    unknown = [s for s, _ in readout.terms if s not in limits]
    if unknown:
        raise RuleError("readout", f"{unknown[0]}, of which nothing is known after {' '.join(words)}", "a limit")
    return algebra.total([readout.constant, *(c * limits[s] for s, c in readout.terms)])


def _need(form: Term, box: Box, needed: frozenset[int], family: Family, what: str) -> None:
    if not signs(form, box) <= needed:
        wanted = {frozenset({0}): "0", frozenset({1}): "> 0"}.get(needed, ">= 0")
        raise RuleError("decision", f"{what} after {' '.join(family.label)}: {form}", f"a form that is {wanted} there")


def run(system: System, words: Sequence[str]) -> list[Mapping[Variable, Term]]:
    """The limits of the coordinates after each prefix of the words, the empty one too, as far as they are known."""
    well_formed(system)
    if system.parameters or not {*words} <= {*system.words}:
        raise RuleError("run", f"the words {[*words]}", f"words of {[*system.words]}, and no open parameters")
    arithmetic = arithmetic_of(system, None)
    states: list[Mapping[Variable, Term]] = [dict(zip(system.state, system.initial, strict=True))]
    for word in words:
        known = {s: tending(x) for s, x in states[-1].items()}
        new = {s: arithmetic.evaluate(at_word(system, word)[s], known) for s in system.state}
        states.append({s: x.main for s, x in new.items() if x is not None and _is_settled(x)})
    return states


def _is_settled(x: Enclosure) -> bool:
    return not x.side and x.error.vanishes and not x.main.symbols()


def _ends(
    system: System, readouts: Sequence[Readout], specification: WeightedAutomaton | Machine, words: Sequence[str]
) -> tuple[tuple[Term, ...], fmpq | bool | int]:
    """The limits of the readouts after the words, and what is specified; refuses words of which nothing is claimed."""
    spec = machine(specification)
    check_machine(spec, system.words)
    [delay] = {readout.delay for readout in readouts}
    if type(delay) is not int or not max(1, delay) <= len(words) or not spec.promises(words):
        raise RuleError("counterexample", f"the words {' '.join(words)}", f"promised ones, at least {max(1, delay)}")
    last = run(system, words)[-1]
    limits = tuple(value(readout, last, words) for readout in readouts)
    return limits, spec.says(spec.reached(words[: len(words) - delay]))


def counterexample_on(
    system: System, readout: Readout, specification: WeightedAutomaton | Machine, words: Sequence[str]
) -> Theorem:
    """
    -------------- the limit along the words is not the number specified
    Counterexample
    """
    _check_readouts((readout,), algebra.ZERO)
    (limit,), said = _ends(system, (readout,), specification, words)
    if type(said) is not fmpq or algebra.sign(limit - algebra.rational(said)) == 0:
        raise RuleError("counterexample", f"{limit} on {' '.join(words)}", f"another value than {said}")
    statement = Counterexample(system, readout, specification, tuple(words), limit, algebra.rational(said))
    return conclude(statement, "evaluation of both sides")


def misdecision(
    system: System, readout: Readout, specification: Machine, threshold: Term, words: Sequence[str]
) -> Theorem:
    """
    ----------- the limit along the words is not on the side of the threshold that is specified
    Misdecision
    """
    _check_readouts((readout,), threshold)
    (limit,), said = _ends(system, (readout,), specification, words)
    side = algebra.sign(limit - threshold)
    if type(said) is not bool or side == (1 if said else -1):
        raise RuleError("misdecision", f"{limit} on {' '.join(words)}", f"a value on the other side of {threshold}")
    statement = Misdecision(system, readout, specification, threshold, tuple(words), limit, said)
    return conclude(statement, "evaluation of both sides")


def mischoice(system: System, readouts: Sequence[Readout], specification: Machine, words: Sequence[str]) -> Theorem:
    """
    --------- along the words the limit that is specified is not larger than all others
    Mischoice
    """
    _check_readouts(readouts, algebra.ZERO)
    limits, said = _ends(system, readouts, specification, words)
    if type(said) is not int or not 0 <= said < len(limits):
        raise RuleError("mischoice", f"choice {said}", f"one of {len(limits)}")
    others = [x for n, x in enumerate(limits) if n != said]
    if all(algebra.sign(limits[said] - x) > 0 for x in others):
        raise RuleError("mischoice", f"the largest is output {said}", "another one")
    statement = Mischoice(system, tuple(readouts), specification, tuple(words), limits, said)
    return conclude(statement, "evaluation of both sides")
