"""One scale, several readouts: the largest is the one that is specified, by boxes or by deviations in families.  TRUSTED."""

from __future__ import annotations

from collections.abc import Sequence

from flint import ctx

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.boxes import Classes, Closed, Scale, check_readout, read
from symlstm.kernel.networks.horizons import Checked, Deviations
from symlstm.kernel.networks.machines import Choices, Machine
from symlstm.kernel.networks.statements import Goal, Readout, Statement, System
from symlstm.kernel.theorem import RuleError, Theorem, conclude


class ChoosesAt(Statement):
    """At scale k (with `onward`: at every scale from k on), for every promised word sequence w_1 ... w_T of every length
    T >= max(1, delay), and T <= last unless that is None: of the readouts after T words the one with the number that
    the specification gives w_1 ... w_(T-delay) is larger than all others.
    """

    system: System
    readouts: tuple[Readout, ...]
    specification: Machine
    scale: Scale
    last: int | None


def difference(x: Readout, y: Readout) -> Readout:
    """The readout that is one less the other."""
    total = dict.fromkeys([s for s, _ in (*x.terms, *y.terms)], algebra.ZERO)
    for s, c in (*x.terms, *((s, -c) for s, c in y.terms)):
        total[s] += c
    return Readout(tuple((s, c) for s, c in total.items() if c.monomials), x.delay, x.constant - y.constant)


def gaps(readouts: Sequence[Readout], chosen: object) -> list[Readout]:
    """The readout with a number less each of the others."""
    if type(chosen) is not int or not 0 <= chosen < len(readouts):
        raise RuleError("chooses", f"choice {chosen}", f"one of {len(readouts)} readouts")
    return [difference(readouts[chosen], other) for n, other in enumerate(readouts) if n != chosen]


def _check(readouts: Sequence[Readout], specification: object) -> None:
    for readout in readouts:
        check_readout(readout)
    if len({readout.delay for readout in readouts}) != 1:
        raise RuleError("chooses", f"{len(readouts)} readouts", "one or more, with one delay")
    if type(specification) is not Machine or type(specification.output) is not Choices:
        raise RuleError("chooses", type(specification).__name__, "a Machine that chooses")


def chooses_at(
    system: System, readouts: Sequence[Readout], specification: Machine, scale: Scale, classes: Classes
) -> Theorem:
    """classes closed     in the boxes of each class the readout that is specified, less any other, > 0
    ----------------------------------------------------------------------------------------------
                                          ChoosesAt
    """
    readouts = tuple(readouts)
    _check(readouts, specification)
    with ctx.workprec(classes.bits):
        closed = Closed(Goal(system, readouts[0], specification), scale, classes)
        for box, said in closed.claimed():
            for gap in gaps(readouts, said):
                if not read(gap, box).lo > 0:
                    raise RuleError("chooses", f"output {said}, which is not larger than all others", "the largest")
    return conclude(ChoosesAt(system, readouts, specification, scale, closed.last), "boxes", certificate=classes)


def chooses_in(premise: Theorem, readouts: Sequence[Readout], scale: Scale, found: Deviations) -> Theorem:
    """Families     deviations checked     on each leaf the readout that is specified, less any other, > 0
    ---------------------------------------------------------------------------------------------
                                          ChoosesAt
    """
    readouts = tuple(readouts)
    with ctx.workprec(found.bits):
        checked = Checked(premise, scale, found)
        families, output = checked.families, checked.spec.output
        _check(readouts, families.specification)
        if readouts[0].delay != families.delay:
            raise RuleError("chooses", f"the delay {readouts[0].delay}", families.delay)

        def named(q: int) -> list[tuple[Readout, Term]]:
            chosen = output.numbers[families.families[q].places[-1].state] if isinstance(output, Choices) else None
            return [(gap, algebra.ZERO) for gap in gaps(readouts, chosen)]

        for q, _, x in checked.each(named):
            if not x.lo > 0:
                label = " ".join(families.families[q].label)
                raise RuleError("chooses", f"an output that is not larger than all others after {label}", "the largest")
    statement = ChoosesAt(families.system, readouts, checked.spec, scale, checked.last)
    return conclude(statement, "deviations in families", (premise,), certificate=found)
