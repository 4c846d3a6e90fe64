"""Runs as plain text in one line, for titles of files and windows; and how wide they are."""

from __future__ import annotations

from symlstm.render.documents.document import Code, Link, Page, Reference, Run, Runs, Strong
from symlstm.render.formulas.breaking import width
from symlstm.render.formulas.text import formula


def flat(found: Run) -> str:
    """c_t, e^(-B), (a)/(b)."""
    if isinstance(found, str):
        return found
    if isinstance(found, Page):
        return ""
    if isinstance(found, Code | Link | Strong):
        return found.text
    return f"({found.number})" if isinstance(found, Reference) else formula(found)


def columns_of(runs: Runs) -> float:
    """Columns that a cell takes, about."""
    return sum(map(_columns_of_run, runs))


def _columns_of_run(run: Run) -> float:
    if isinstance(run, Page):
        return 3.0
    if isinstance(run, Link):
        return float(len(run.text))
    if isinstance(run, Code | Strong):
        return 1.1 * len(run.text)
    if isinstance(run, Reference):
        return len(run.number) + 2.0
    return float(len(run)) if isinstance(run, str) else width(run)
