"""What the pages have in common: the frame, the style, and how much a gate is saturated."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from html import escape
from importlib.resources import files
from typing import Any

POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:"
FRAME = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="{policy}">
<title>{title}</title>
<style>{style}</style>
</head>
<body>
<main>
{body}
</main>
</body>
</html>
"""
LEVELS = {"1": "open", "0": "closed", "-1": "negative"}  # limits of a gate, and the class of its cell in a table


def page(title: str, body: str) -> str:
    """A whole page."""
    return FRAME.format(policy=POLICY, title=escape(title), style=text("page.css"), body=body)


def text(name: str) -> str:
    """A file of this folder."""
    return files("symlstm.render.pages").joinpath(name).read_text(encoding="utf-8")


def level(gate: Mapping[str, Any]) -> str:
    """How a gate stands: open, closed, negative, between (its limit is another number), or unknown."""
    return "unknown" if gate["limit"] is None else LEVELS.get(gate["limit"], "between")


def table(head: Sequence[str], rows: Sequence[Sequence[str]], kind: str = "") -> str:
    """A table of texts, which scrolls by itself where it is too wide."""
    return wide(
        f'<table class="{kind}"><thead><tr>{cells("th", head)}</tr></thead><tbody>{"".join(lines(rows))}</tbody></table>'
    )


def wide(inside: str) -> str:
    """What may be wider than the page. It can be reached and scrolled by keyboard."""
    return f'<div class="wide" tabindex="0">{inside}</div>'


def lines(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """The rows, the first cell of each its head."""
    for first, *rest in rows:
        yield f'<tr><th scope="row">{escape(first)}</th>{cells("td", rest)}</tr>'


def cells(tag: str, texts: Sequence[str]) -> str:
    """Cells of a row."""
    return "".join(f"<{tag}>{escape(words)}</{tag}>" for words in texts)
