"""Text in columns."""

from __future__ import annotations

from collections.abc import Sequence


def aligned(lines: Sequence[Sequence[str]]) -> list[str]:
    """Columns of equal width, indented; a column that is empty throughout takes no room."""
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return [
        "  " + "   ".join(f"{text:{w}}" for text, w in zip(line, widths, strict=True) if w).rstrip() for line in lines
    ]
