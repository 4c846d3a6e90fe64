"""The situations of a network: what they are, where each word leads, and by what margin."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.enclosures import Enclosure
from symlstm.kernel.networks.families import Families
from symlstm.kernel.networks.statements import Invariant, StepTable
from symlstm.render.documents.document import Block, Grid, Paragraph, Runs, listed, paragraph
from symlstm.render.formulas.breaking import width
from symlstm.render.formulas.formula import Formula, Row, Sign, commas, row
from symlstm.render.statements.conclusions import LARGEST, cells_of, enclosed, ghosts, several
from symlstm.render.statements.notation import at_time, name, term
from symlstm.render.statements.numbers import ball_decimal
from symlstm.render.statements.phrases import before, label_list, moments, situation
from symlstm.render.statements.quantities import decimal
from symlstm.render.statements.spelling import words
from symlstm.render.statements.summary import Step, rows, slowest

LONG, DIGITS = 24.0, 10  # columns of a limit that is printed exactly; else its significant digits


def situations(found: Invariant) -> Iterator[Block]:
    """The table of situations: the limits of the coordinates that differ between them."""
    automaton = found.automaton
    columns: dict[tuple[Term | None, ...], list[str]] = defaultdict(list)
    for symbol in dict.fromkeys(symbol for q in automaton.situations for symbol in q.box):
        signals = [q.box.get(symbol) for q in automaton.situations]
        columns[tuple(map(limit_of, signals))].append(symbol.name)
    varying = {values: names for values, names in columns.items() if len(set(values)) > 1}
    constant = {values[0]: names for values, names in columns.items() if len({*values}) == 1}
    if len(automaton.situations) > LARGEST:
        return
    head: list[Runs] = [(situation("t"),), *((several(names),) for names in varying.values())]
    body = [
        ((label_list(automaton, [q])[0],), *(known(values[q]) for values in varying))
        for q in range(len(automaton.situations))
    ]
    if varying:
        yield paragraph(
            "A situation is named by the shortest words that lead to it. The limits of the state in each of them:"
        )
        yield Grid(tuple(head), tuple(map(tuple, body)))
        if any(run.parts[:1] == (Sign("approx"),) for line in body for [run] in line if isinstance(run, Row)):
            yield paragraph("Values after ≈ are rounded; what is proved is about the exact ones.")
    constant.pop(None, None)
    if constant:
        parts = [(row(several(names), "->", term(limit)),) for limit, names in constant.items() if limit is not None]
        yield Paragraph(("In every situation ", *listed(parts), "."))


def limit_of(signal: Enclosure | None) -> Term | None:
    """The limit of a coordinate, where its enclosure closes in on one."""
    return None if signal is None or signal.side or not signal.error.vanishes else signal.main


def known(main: Term | None) -> Runs:
    """A value, to some digits if it is long; empty for one of which nothing is known."""
    if main is None:
        return ("",)
    exact = term(main)
    if width(exact) <= LONG or main.symbols():
        return (exact,)
    return (row("approx", decimal(ball_decimal(algebra.constant_ball(main), DIGITS))),)


def families(found: Families) -> Iterator[Block]:
    """The table of families: the limits that differ between them, and the ranges of their integers."""
    limits = [family.limits for family in found.families]
    shared = [s for s in limits[0] if all(s in other and other[s] == limits[0][s] for other in limits)]
    yield paragraph(
        f"After every word sequence one of {len(found.families)} families holds. Each is named by the shortest words "
        "that lead to it, and has integers in the ranges that are given:"
    )
    shown = found.families[:LARGEST]
    zero = algebra.ZERO if all({*other} == {*limits[0]} for other in limits) else None  # what is left out then
    columns: list[tuple[Runs, list[Runs]]] = [
        (("after",), [(words(x.label) if x.label else row("varepsilon"),) for x in shown]),
        (("limits",), [_some([*_limits(x.limits, shared, zero)]) for x in shown]),
        (("integers",), [_some(ghosts(x)) for x in shown]),
    ]
    filled = [column for column in columns if any(map(any, column[1]))]
    yield Grid(tuple(head for head, _ in filled), tuple(zip(*(cells for _, cells in filled), strict=True)), fine=True)
    if zero is not None and filled[1:]:
        yield paragraph("Coordinates that a line does not list tend to 0.")
    if shared:
        parts = commas([row(name(s.name), "->", term(limits[0][s])) for s in shared])
        yield Paragraph(("In every family ", parts, "."))
    if len(found.families) > LARGEST:
        yield paragraph(f"There are {len(found.families) - LARGEST} more.")


def _limits(limits: Mapping[Variable, Term], shared: Sequence[Variable], zero: Term | None) -> Iterator[Formula]:
    for symbol, main in limits.items():
        if symbol not in shared and main != zero:
            yield row(name(symbol.name), "->", term(main))


def _some(parts: Sequence[Formula]) -> Runs:
    """A list in a cell, which may be empty."""
    return (commas(parts),) if parts else ("",)


def transitions(found: Invariant) -> Iterator[Block]:
    """Where each word leads from each situation."""
    automaton, vocabulary = found.automaton, found.system.words
    if len(automaton.situations) > LARGEST or len(vocabulary) > LARGEST // 4:
        return
    head: list[Runs] = [(before(),), *((words([word]),) for word in vocabulary)]
    body = [
        tuple((label_list(automaton, [p])[0],) for p in (q, *automaton.step[q]))
        for q in range(len(automaton.situations))
    ]
    yield Paragraph(
        (
            "Reading the word ",
            at_time("w", "t"),
            " in situation ",
            before(),
            " leads to the situation ",
            situation("t"),
            ":",
        )
    )
    yield Grid(tuple(head), tuple(body))


def registers(found: Invariant) -> Iterator[Block]:
    """How a step changes each register: the factor of its old value, and what is added."""
    for register in found.automaton.registers:
        changes: dict[tuple[Term, Term], dict[Step, tuple[Enclosure, Enclosure]]] = defaultdict(dict)
        for q, line in enumerate(found.transitions):
            for word, step in zip(found.system.words, line, strict=True):
                if register in step.registers:
                    factor, gain = step.registers[register]
                    changes[factor.main, gain.main][q, word] = factor, gain
        if 0 < len(changes) <= LARGEST:
            old, new = at_time(register.name, row("t", "-", "1")), at_time(register.name, "t")
            yield Paragraph(("A step changes ", old, " to ", row(new, "=", "A", old, "+", "B"), " with"))
            body = [(_enclosed(s, found, 0), _enclosed(s, found, 1), _when(s, found)) for s in changes.values()]
            yield Grid(((row("A"),), (row("B"),), ("when",)), tuple(body))


def _enclosed(steps: Mapping[Step, tuple[Enclosure, Enclosure]], found: Invariant, which: int) -> Runs:
    """A or B, with the largest of its errors."""
    signals = [pair[which] for pair in steps.values()]
    return (row(*enclosed(signals[0].main, slowest([signal.error for signal in signals], found.k0))),)


def _when(steps: Iterable[Step], found: Invariant) -> Runs:
    said = moments(steps, found)
    return (said,) if said.parts else ("always",)


def equalities(found: Invariant) -> Iterator[Block]:
    """Coordinates that are equal in some situations, exactly and at every scale."""
    groups: dict[tuple[tuple[str, ...], ...], list[int]] = defaultdict(list)
    for q, place in enumerate(found.automaton.situations):
        classes: dict[Variable, list[str]] = defaultdict(list)
        for symbol, representative in place.equal.items():
            classes[representative].append(symbol.name)
        groups[tuple(tuple(names) for names in classes.values() if len(names) > 1)].append(q)
    parts: list[Runs] = []
    for classes_of, members in groups.items():
        if classes_of and len(parts) < LARGEST:
            equal = [(row(*[x for name in names for x in ("=", at_time(name, "t"))][1:]),) for names in classes_of]
            parts.append(
                (*listed(equal), " after ", *listed([(label,) for label in label_list(found.automaton, members)], "or"))
            )
    if parts:
        yield Paragraph(("Exactly equal, at every scale, are ", *_semicolons(parts), "."))


def _semicolons(parts: Sequence[Runs]) -> Runs:
    return tuple(run for n, part in enumerate(parts) for run in (*(("; ",) if n else ()), *part))


def grid(table: StepTable) -> Grid:
    """A step table: signals, value, steps."""
    found = [cells_of(part, table) for part in rows(table)]
    body = [((row(signals, "=", limit),), (steps,) if steps.parts else ("always",)) for signals, limit, steps in found]
    return Grid(((), ("when",)), tuple(body))
