"""Runs as plain text in one line, for titles of files and windows."""

from __future__ import annotations

from symlstm.render.documents.document import Code, Link, Page, Reference, Run, Strong
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
