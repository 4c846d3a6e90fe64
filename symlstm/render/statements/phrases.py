"""Words, situations and moments as formulas: when something holds."""

from __future__ import annotations

from collections.abc import Iterable

from symlstm.kernel.networks import statements
from symlstm.render.formulas.formula import Fence, Formula, Letter, Row, Script, Text, commas, row
from symlstm.render.statements.spelling import words
from symlstm.render.statements.summary import Step, When, labels, when

EVERY_WORD = Text("for every word sequence ")


def moments(steps: Iterable[Step], table: statements.StepTable | statements.Invariant) -> Row:
    """The steps in few phrases; empty if they are all."""
    written: list[Formula | str] = []
    for part in when(steps, table.automaton, table.system.words):
        written += [Text(" or ")] if written else []
        written += phrase(part, table.automaton).parts
    return row(*written)


def phrase(part: When, automaton: statements.Automaton, place: Formula | None = None) -> Row:
    """When: on which words, in which situations (those before the word unless another `place` is given)."""
    q = place or before()
    read = [row(Script(Letter("w"), row("t")), *membership([words([w]) for w in part.words]))] if part.words else []
    inside = [row(q, *membership(label_list(automaton, part.situations)))] if part.situations else []
    outside = [row(q, *membership(label_list(automaton, part.excluded), False))] if part.excluded else []
    return commas([*read, *inside, *outside])


def membership(values: list[Formula], holds: bool = True) -> list[Formula | str]:
    """= a, or in {a, b}; or the contrary."""
    if len(values) == 1:
        return ["=" if holds else "!=", values[0]]
    return ["in" if holds else "notin", Fence(commas(values), "{}")]


def situation(time: str) -> Formula:
    """The situation at a time."""
    return Script(Letter("q"), row(time))


def before() -> Formula:
    """The situation before the current word."""
    return Script(Letter("q"), row("t", "-", "1"))


def label_list(automaton: statements.Automaton, which: Iterable[int]) -> list[Formula]:
    """Situations by the shortest words that lead to them."""
    return [words(label) if label else row("varepsilon") for label in labels(automaton, which)]


def sequence(last: str) -> Row:
    """w_1 ... w_last."""
    return row(Script(Letter("w"), row("1")), "...", Script(Letter("w"), row(*last)))


def sequences(form: statements.Readout) -> list[Formula | str]:
    return [EVERY_WORD, sequence("T"), ",", "thin", row("T", ">=", str(max(1, form.delay)))]
