"""What theorems say, as formulas: one for each line of a statement.

c_{t,6} is coordinate 6 of c after t words; x = y +- e means |x - y| <= e.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks import boxes, choices, machines, regions, statements
from symlstm.kernel.networks import runs as networks_runs
from symlstm.kernel.networks.families import Families, Family
from symlstm.kernel.networks.signs import Range
from symlstm.kernel.parameters import assumed
from symlstm.render.formulas.formula import (
    Fence,
    Formula,
    Letter,
    Named,
    Number,
    Row,
    Script,
    Text,
    applied,
    commas,
    row,
)
from symlstm.render.statements.notation import at_time, name, term
from symlstm.render.statements.numbers import round_down, round_up
from symlstm.render.statements.phrases import EVERY_WORD, moments, phrase, sequence, sequences, situation
from symlstm.render.statements.quantities import decays, decimal, number
from symlstm.render.statements.relations import limit, proposition
from symlstm.render.statements.spelling import words
from symlstm.render.statements.summary import Order, Place, Shown, StepRow, growth, rows, runs, states

if TYPE_CHECKING:
    from symlstm.kernel.logic.propositions import Less

LARGEST = 48  # situations that are printed


def formulas(conclusion: Any) -> list[Formula]:
    """What a theorem says. Raises Unsupported where there is no notation."""
    if type(conclusion) in _STATEMENTS:
        return _STATEMENTS[type(conclusion)](conclusion)
    return proposition(conclusion)


def specification_of(conclusion: Any) -> statements.WeightedAutomaton | machines.Machine | None:
    """What S is in its formulas, if it is in them."""
    if isinstance(conclusion, statements.ErrorAt | statements.Bracket):
        about = conclusion.general if isinstance(conclusion, statements.ErrorAt) else conclusion.within
        return about.specification
    kinds = statements.Goal | machines.Chooses | machines.Mischoice | choices.ChoosesAt
    return conclusion.specification if isinstance(conclusion, kinds) else None


def invariant(found: statements.Invariant) -> list[Formula]:
    """Every coordinate with its error, where it is known."""
    automaton = found.automaton
    if len(automaton.situations) > LARGEST:
        return [row(Text(f"each of the {len(automaton.situations)} situations has an enclosure of the state"))]
    lines = [row(*_about(place), *_where(phrase(place.when, automaton, situation("t")))) for place in states(found)]
    nothing = [] if lines else [Text("the registers change as in the table, ")]
    return [*lines, row(*nothing, EVERY_WORD, sequence("t"), *after(found.k0))]


def _about(place: Place) -> list[Formula | str]:
    """s = main +- error, or one half of it."""
    if not place.side:
        return [several(place.names), "=", *enclosed(place.main, place.error)]
    sign, relation = ("-", ">=") if place.side > 0 else ("+", "<=")
    return [several(place.names), relation, term(place.main), *_within(place.error, sign)]


def _where(place: Row) -> list[Formula | str]:
    return ["quad", Text("if "), *place.parts] if place.parts else []


def several(names: Sequence[str]) -> Row:
    """Coordinates at time t, runs of them shortened."""
    parts: list[Formula | str] = []
    for first, last in runs(names):
        parts += [",", "thin"] if parts else []
        parts.append(at_time(first, "t"))
        parts += [] if first == last else [",", "thin", "...", ",", "thin", at_time(last, "t")]
    return row(*parts)


def step_table(table: statements.StepTable) -> list[Formula]:
    found = [cells_of(part, table) for part in rows(table)]
    everywhere = row(Text("at every step of every word sequence"), *after(table.k0), ":")
    said = [row(signals, "=", value, *_where(steps)) for signals, value, steps in found]
    return [everywhere, *said]


def cells_of(found: StepRow, table: statements.StepTable) -> tuple[Row, Row, Row]:
    """The signals, their value with its error, the steps."""
    return several(found.names), row(*enclosed(found.main, found.error)), moments(found.steps, table)


def enclosed(main: algebra.Term, error: Shown) -> list[Formula | str]:
    """A main term with its error."""
    return [term(main), *_within(error)]


def _within(error: Shown, sign: str = "+-") -> list[Formula | str]:
    if isinstance(error, Order):
        power = Script(Letter("k"), above=row(str(error.power))) if error.power > 1 else Letter("k")
        return ["+", "O", Fence(power if error.power else row("1"))]
    if error is None:
        return ["+", "o", Fence(row("1"))]
    return [sign, decays(error)] if error else []


def computes(found: statements.Computes) -> list[Formula]:
    form = found.readout
    return [row(limit("k"), readout(form, "T"), "=", specified(form), "quad", *sequences(form))]


def error_bound(found: statements.ErrorBound) -> list[Formula]:
    form = found.readout
    bound = row(difference(form, "T"), "<=", decays(growth(found)))
    return [row(bound, "quad", *sequences(form), *after(found.k0))]


def error_at(found: statements.ErrorAt) -> list[Formula]:
    place = commas([row("k", "=", number(found.k)), row("T", "=", str(found.length))])
    bound = row(difference(found.general.readout, "T"), "<=", decimal(round_up(found.bound)))
    return [row(bound, "quad", EVERY_WORD, sequence("T"), ",", "thin", place)]


def finite_error(found: statements.FiniteError) -> list[Formula]:
    low: list[Formula | str] = [decimal(round_down(found.lower)), "<="] if found.lower > 0 else []
    return [row(*low, _largest(found), "<=", decimal(round_up(found.upper)), *_place(found))]


def _largest(found: statements.FiniteError) -> Formula:
    """The largest error over all word sequences of a length, or of all lengths of a range."""
    lengths = [row(str(found.first), "<=", "T", "<=", _integer(found.last))] if _is_range(found) else []
    under = commas([*lengths, sequence("T")])
    return row(Script(Named("max"), under, limits=True), difference(found.readout, "T"))


def _is_range(found: statements.FiniteError) -> bool:
    return found.last > found.first


def _place(found: statements.FiniteError) -> list[Formula | str]:
    """The scale, and the length if it is one."""
    length = [] if _is_range(found) else [row("T", "=", _integer(found.last))]
    return ["quad", Text("for "), commas([row("k", "=", number(found.k)), *length])]


def bracket(found: statements.Bracket) -> list[Formula]:
    below = row(_largest(found.within), "<", number(found.epsilon), *_place(found.within))
    above = row(_largest(found.beyond), ">", number(found.epsilon), *_place(found.beyond))
    return [below, above]


def _integer(value: int) -> Formula:
    return Number(str(value))


def counterexample(found: statements.Counterexample) -> list[Formula]:
    read = found.words[: len(found.words) - found.readout.delay]
    left = row(limit("k"), readout(found.readout, str(len(found.words))), "=", term(found.limit))
    right = row("!=", term(found.specified), "=", applied("S", words(read)))
    return [row(left, right, "quad", Text("on "), words(found.words))]


def trace(found: statements.Trace) -> list[Formula]:
    span = commas([row("t", "=", "1"), "...", str(len(found.words))])
    limits = row(limit("k"), readout(found.readout, "t"), "=", commas(map(term, found.limits)))
    return [row(limits, "quad", Text("for "), span, Text(" on "), words(found.words))]


def cells(found: regions.Cells) -> list[Formula]:
    """The cells, one a line, as conditions on the parameters; nothing is said where a wall is 0."""
    form = found.readout
    right = row(limit("k"), readout(form, "T"), "=", specified(form), "quad", *sequences(form))
    lines = [commas([_signed(less, found.walls) for less in cell]) for cell in found.cells]
    joined = [row(*([Text("or ")] * (n > 0)), line) for n, line in enumerate(lines)]
    aside = row(Text("if none of "), commas(map(term, found.walls)), Text(" is 0:"))
    return [*([aside] if found.walls else []), right, Text("if and only if"), *(joined or [row(Text("never"))])]


def _signed(less: Less, walls: Sequence[algebra.Term]) -> Row:
    """0 < form as form > 0, or as wall < 0 where the form is a wall with the other sign."""
    wall = next((wall for wall in walls if less == assumed(-wall)), None)
    return row(term(less.rhs), ">", "0") if wall is None else row(term(wall), "<", "0")


def largest_margin(found: regions.LargestMargin) -> list[Formula]:
    """max min of the forms in a box, with the point where it is reached."""
    sizes = [row(Fence(row(name(p.name)), "||"), "<=", term(bound)) for p, bound in found.bounds.items()]
    forms = applied(Named("min"), *map(term, found.forms))
    where = row("quad", Text("over all "), commas(sizes), ",", "quad", Text("reached at "), *point(found.point))
    return [row(Named("max"), forms, "=", term(found.value), where)]


def margins_at(found: regions.MarginsAt) -> list[Formula]:
    """A line for each form."""
    values = [row(term(form), "=", term(value)) for form, value in zip(found.forms, found.values, strict=True)]
    return [row(Text("at "), *point(found.point), ":"), *values]


def point(values: Mapping[Variable, algebra.Term]) -> list[Formula | str]:
    """Parameters with their values."""
    return [commas([row(name(p.name), "=", term(x)) for p, x in values.items()])]


def after(k0: fmpq | None) -> list[Formula | str]:
    """The scales, at the end of a statement."""
    if k0 is None:
        return [Text(" as "), row("k", "->", "oo")]
    return [Text(" and all "), row("k", ">=", number(k0))]


def specified(form: statements.Readout) -> Formula:
    """The specification of the words that a readout speaks of."""
    return applied("S", sequence(f"T-{form.delay}" if form.delay else "T"))


def difference(form: statements.Readout, time: str) -> Formula:
    return Fence(row(readout(form, time), "-", specified(form)), "||")


def readout(form: statements.Readout, time: str) -> Formula:
    """The linear form that is read off at a time, in parentheses if it is a sum."""
    summands: list[Formula | str] = []
    for symbol, coefficient in form.terms:
        value = coefficient.rational()
        sign = "-" if value is not None and value < 0 else "+" if summands else ""
        size = -coefficient if sign == "-" else coefficient
        factor = [] if size == algebra.rational(1) else [term(size) if value is not None else Fence(term(size))]
        summands += [*([sign] if sign else []), *factor, at_time(symbol.name, time)]
    if form.constant.monomials or not form.terms:
        value = form.constant.rational()
        sign = "-" if value is not None and value < 0 else "+" if summands else ""
        summands += [*([sign] if sign else []), term(-form.constant if sign == "-" else form.constant)]
    is_one = len(form.terms) + len(form.constant.monomials) <= 1
    return row(*summands) if is_one else Fence(row(*summands))


def decides(found: machines.Decides | machines.DecidesBy) -> list[Formula]:
    """The two sides, one a line."""
    form, margin = found.readout, found.margin if isinstance(found, machines.DecidesBy) else None
    left = row(limit("k"), readout(form, "T"))
    sides = []
    for sign, way, says in (("+", "accepts", ">"), ("-", "does not accept", "<")):
        right: list[Formula | str] = [term(found.threshold), *((sign, number(margin)) if margin is not None else ())]
        relation = says if margin is None else f"{says}="
        sides.append(row(left, relation, *right, "quad", Text(f"if S {way} "), _read(form), *_promised(found)))
    return [*sides, row(*sequences(form))]


def _read(form: statements.Readout) -> Formula:
    return sequence(f"T-{form.delay}" if form.delay else "T")


def _promised(found: Any) -> list[Formula | str]:
    return [] if found.specification.domain is None else [Text(", if P accepts "), sequence("T")]


def chooses(found: machines.Chooses) -> list[Formula]:
    """Each output, and when it is the largest."""
    outputs = [
        row(Script(Letter("y"), row(str(n))), "=", limit("k"), readout(x, "T")) for n, x in enumerate(found.readouts, 1)
    ]
    says = row(Text("the largest alone is the one that S chooses for "), _read(found.readouts[0]), *_promised(found))
    return [*outputs, says, row(*sequences(found.readouts[0]))]


def misdecision(found: machines.Misdecision) -> list[Formula]:
    left = row(limit("k"), readout(found.readout, str(len(found.words))), "=", term(found.limit))
    relation = "<=" if found.accepted else ">="
    read = found.words[: len(found.words) - found.readout.delay]
    way = "accepts" if found.accepted else "does not accept"
    return [
        row(
            left,
            relation,
            term(found.threshold),
            Text(f", though S {way} "),
            words(read),
            "quad",
            Text("on "),
            words(found.words),
        )
    ]


def mischoice(found: machines.Mischoice) -> list[Formula]:
    limits = commas(map(term, found.limits))
    says = Text(f", of which number {found.choice + 1} is not the largest alone, though S chooses it")
    return [row(Text("the limits of the outputs are "), limits, says, "quad", Text("on "), words(found.words))]


def families(found: Families) -> list[Formula]:
    """How many, and what is known in each."""
    lines: list[Formula] = [row(Text(f"after every word sequence one of {len(found.families)} families holds:"))]
    for family in found.families[:LARGEST]:
        after_ = row(Text("after "), words(family.label)) if family.label else Text("at the start")
        known = commas([row(name(s.name), "->", term(x)) for s, x in family.limits.items()])
        lines.append(row(after_, "quad", known, *(x for ghost in ghosts(family) for x in (Text(", "), ghost))))
    return lines


def ghosts(family: Family) -> list[Formula]:
    """The integers of a family, with their ranges."""
    return [_range(name(x.name), r) for x, r in family.ghosts.items()]


def _range(ghost: Formula, r: Range) -> Formula:
    low, high = (None if x is None else number(fmpq(x)) for x in (r.low, r.high))
    if low is not None and high is not None:
        return row(ghost, "=", low) if r.low == r.high else row(low, "<=", ghost, "<=", high)
    if low is None and high is None:
        return row(Text("any "), ghost)
    return row(ghost, ">=", low) if low is not None else row(ghost, "<=", high or "")


def within_at(found: boxes.WithinAt) -> list[Formula]:
    bound = row(difference(found.readout, "T"), "<=", decimal(round_up(found.bound)))
    return [row(bound, "quad", *_sequences_at(found))]


def decides_at(found: boxes.DecidesAt) -> list[Formula]:
    """The two sides, one a line."""
    read = sequence(f"T-{found.readout.delay}" if found.readout.delay else "T")
    sides = ((">", "if S accepts "), ("<", "if S does not accept "))
    value, level = readout(found.readout, "T"), term(found.threshold)
    return [*(row(value, sign, level, "quad", Text(says), read) for sign, says in sides), row(*_sequences_at(found))]


def chooses_at(found: choices.ChoosesAt) -> list[Formula]:
    """Each output, and when it is the largest."""
    outputs = [row(Script(Letter("y"), row(str(n))), "=", readout(x, "T")) for n, x in enumerate(found.readouts, 1)]
    says = row(Text("the largest alone is the one that S chooses for "), _read(found.readouts[0]))
    return [*outputs, says, row(*_sequences_at(found))]


def _sequences_at(found: boxes.AtScale | choices.ChoosesAt) -> list[Formula | str]:
    """The sequences, their lengths, and the scale."""
    promise = [] if found.specification.domain is None else [Text("promised ")]
    last: list[Formula | str] = [] if found.last is None else ["<=", _integer(found.last)]
    one = found.readouts[0] if isinstance(found, choices.ChoosesAt) else found.readout
    least = _integer(max(1, one.delay))
    return [Text("for every "), *promise, Text("word sequence "), sequence("T"), ",", "thin", row(least, "<=", "T", *last),
            *_at(found.system, found.scale)]  # fmt: skip


def _at(system: statements.System, scale: boxes.Scale) -> list[Formula | str]:
    """The scale, if anything depends on it."""
    if all(system.scale not in update.symbols() for update in system.updates):
        return []
    return [",", "thin", row("k", ">=" if scale.onward else "=", number(scale.k))]


def run_at(found: networks_runs.RunAt) -> list[Formula]:
    """What is read, and what the specification says."""
    length = sum(len(phrase) * n for phrase, n in found.runs)
    value = readout(found.readout, "T")
    ends = row(decimal(round_down(found.lower)), "<=", value, "<=", decimal(round_up(found.upper)))
    read = commas([row(words(phrase), Text(f" {n} times")) if n > 1 else words(phrase) for phrase, n in found.runs])
    yes = "S accepts them" if found.specified is True else "S does not accept them"
    said = yes if isinstance(found.specified, bool) else f"S is {found.specified}"
    where = row("T", "=", _integer(length), *_at(found.system, found.scale))
    return [row(ends, "quad", where, ",", "thin", Text("on the words "), read, Text(f"; {said}"))]


_STATEMENTS: dict[type, Callable[[Any], list[Formula]]] = {
    statements.Invariant: invariant,
    statements.StepTable: step_table,
    statements.Computes: computes,
    statements.ErrorBound: error_bound,
    statements.ErrorAt: error_at,
    statements.FiniteError: finite_error,
    statements.Bracket: bracket,
    statements.Counterexample: counterexample,
    statements.Trace: trace,
    machines.Decides: decides,
    machines.DecidesBy: decides,
    machines.Chooses: chooses,
    machines.Misdecision: misdecision,
    machines.Mischoice: mischoice,
    Families: families,
    regions.Cells: cells,
    regions.LargestMargin: largest_margin,
    regions.MarginsAt: margins_at,
    boxes.WithinAt: within_at,
    boxes.DecidesAt: decides_at,
    choices.ChoosesAt: chooses_at,
    networks_runs.RunAt: run_at,
}
