"""Goals that are left: the facts in scope, one a line, then what is to be shown, in the notation of the documents."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from symlstm.proof.goals import Goal
from symlstm.render.derivation.argument import written
from symlstm.render.documents.document import Block, Code, Display, Paragraph, paragraph
from symlstm.render.formulas.formula import row
from symlstm.render.statements.plain import statement

MARGIN = 5  # columns for a fact's number, and for the sign before what is to be shown


def in_words(goal: Goal) -> str:
    """As text: numbered facts, then |- and the statement, then why auto stopped."""
    facts = [_indented(f"{n:2}", fact.conclusion) for n, fact in enumerate(goal.facts, 1)]
    stopped = [f"{'':{MARGIN}}auto: {goal.reason}"] if goal.reason else []
    return "\n".join([*facts, _indented("|-", goal.statement), *stopped])


def _indented(mark: str, proposition: object) -> str:
    return f"\n{'':{MARGIN}}".join(f"{mark:{MARGIN}}{statement(proposition)}".splitlines())


def left(goals: Iterable[Goal]) -> Iterator[Block]:
    """As blocks of a document."""
    for goal in goals:
        yield paragraph("What is left to show:")
        for said in [*(fact.conclusion for fact in goal.facts), goal.statement]:
            lines = written(said)
            yield Display(tuple(row("|-", line) for line in lines) if said is goal.statement else lines)
        if goal.reason:
            yield Paragraph(("auto stopped: ", Code(goal.reason), "."))


def of_goal(goal: Goal) -> Iterator[Block]:
    """What is left of a goal; of one that is proved its statement."""
    if not goal.open:
        yield paragraph("Nothing is left to show of")
        yield Display(written(goal.statement))
    yield from left(goal.open)
