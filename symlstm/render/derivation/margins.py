"""Pre-activations and how far they are from 0: what decides the gates, and how fast they saturate."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.enclosures import lower
from symlstm.kernel.networks.invariants import step_table
from symlstm.kernel.networks.statements import StepTable
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.coordinates import gate_of
from symlstm.render.documents.document import Block, Grid, Paragraph, Runs
from symlstm.render.formulas.formula import Fence, commas, row
from symlstm.render.statements.conclusions import LARGEST
from symlstm.render.statements.notation import at_time, expression, term
from symlstm.render.statements.numbers import round_down
from symlstm.render.statements.phrases import moments
from symlstm.render.statements.summary import Step


@dataclass(frozen=True)
class Margins:
    """Pre-activations with their main terms at every step, and the table that proves them."""

    table: StepTable
    main: Mapping[Step, Mapping[str, Term]]
    complete: bool  # whether no pre-activation is left out

    def slope(self, step: Step, name: str) -> Term | None:
        """m, if the main term is k m."""
        parts = self.main[step][name].coefficients(self.table.system.scale)
        return parts.get(1, Term({})) if set(parts) <= {1} else None


def margins(theorem: Theorem) -> Margins | None:
    """The pre-activations that are known up to what vanishes; None if there are none."""
    system = theorem.conclusion.system
    names = tuple(symbol for symbol, _ in system.gates if gate_of(symbol.name))
    known = tuple(filter(lambda name: _is_known(theorem, name), names))
    if not known:
        return None
    table: StepTable = step_table(theorem, known).conclusion
    main: dict[Step, dict[str, Term]] = defaultdict(dict)
    for q, word, symbol, signal in table.rows:
        main[q, word][symbol.name] = signal.main
    return Margins(table, main, len(known) == len(names))


def _is_known(theorem: Theorem, name: Variable) -> bool:
    """Whether it has a main part at every step and an error that vanishes."""
    try:
        table: StepTable = step_table(theorem, (name,)).conclusion
    except RuleError:
        return False
    return all(signal.error.vanishes for *_, signal in table.rows)


def margin_table(theorem: Theorem) -> Iterator[Block]:
    """The pre-activations that differ between steps, gate by gate; the smallest of those that are k m."""
    found = margins(theorem)
    if found is None:
        return
    names = [symbol.name for symbol in dict.fromkeys(symbol for _, _, symbol, _ in found.table.rows)]
    varying = [name for name in names if len({found.main[step][name] for step in found.main}) > 1]
    for gate in dict.fromkeys(name.split("_")[1] for name in varying):
        yield from _margin_grid(found, [name for name in varying if name.split("_")[1] == gate])
    yield from smallest(found, names)


def _margin_grid(found: Margins, varying: Sequence[str]) -> Iterator[Block]:
    """The pre-activations of one gate, a row for the steps in which they are the same."""
    groups: dict[tuple[Term, ...], list[Step]] = defaultdict(list)
    for step, values in found.main.items():
        groups[tuple(values[name] for name in varying)].append(step)
    if len(groups) > LARGEST:
        return
    scale = found.table.system.scale
    proportional = all(found.slope(step, name) is not None for step in found.main for name in varying)
    divided = (", divided by ", expression(scale)) if proportional else ()
    gate = at_time(varying[0].split("_")[1], "t")
    yield Paragraph(
        ("The pre-activations of ", gate, " in every step, up to an error that vanishes exponentially", *divided, ":")
    )
    head: list[Runs] = [("step",), *((at_time(name, "t"),) for name in varying)]
    body = []
    for mains, steps in groups.items():
        entries = [v.coefficients(scale).get(1, Term({})) if proportional else v for v in mains]
        body.append(((moments(steps, found.table),), *((term(entry),) for entry in entries)))
    yield Grid(tuple(head), tuple(body))


def smallest(found: Margins, names: Sequence[str]) -> Iterator[Block]:
    """The slowest growth of a pre-activation, which says how fast the slowest gate saturates; and those that do not grow."""
    scale = found.table.system.scale
    mains = dict.fromkeys(found.main[step][name] for step in found.main for name in names)
    growing = {main: m for main in mains if (m := main.coefficients(scale).get(1)) is not None and not m.symbols()}
    bounded = [main for main in mains if main.monomials and scale not in main.symbols()]
    if not growing:
        return
    least = min(growing.values(), key=lambda slope: (_size(slope), str(slope)))
    size = least if algebra.sign(least) > 0 else -least
    rate: Runs = (
        row(Fence(term(size)) if len(size.monomials) > 1 else term(size), "thin", expression(scale)),
        f", {round_down(_size(least))} a unit of ",
        expression(scale),
    )
    of = "pre-activation" if found.complete else "pre-activation that is known so far"
    if not bounded and all(set(main.coefficients(scale)) <= {1} for main in mains):
        start = f"Up to an error that vanishes exponentially, no {of} but those that are exactly 0 is nearer to 0 than "
        yield Paragraph((start, *rate, "."))
        return
    start = f"Every {of} that grows with the scale does so at least as fast as "
    kept = (
        " Bounded at every scale, up to an error that vanishes exponentially, are ",
        commas(map(term, bounded)),
        ".",
    )
    yield Paragraph((start, *rate, ".", *(kept if bounded else ())))


def _size(slope: Term) -> fmpq:
    return lower(abs(algebra.constant_ball(slope)))
