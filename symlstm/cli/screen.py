"""What goes to the terminal: columns in colour or plain, marks that the encoding can show, progress on stderr."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterable
from functools import cached_property
from typing import Any, TextIO

MARKS = {"proved": ("✓", "ok"), "refuted": ("✗", "XX"), "open": ("?", "??"), "raised": ("!", "!!")}
MARKS |= {"missing": ("✗", "XX"), "absent": ("·", "--"), "more": ("…", "...")}
STYLES = {
    "proved": "green",
    "expected": "cyan",
    "refuted": "bold red",
    "open": "yellow",
    "raised": "bold magenta",
    "missing": "bold red",
}
INDENT, KEY = "    ", 9  # before what stands under a line, and the columns of its key

Part = tuple[str, str]  # text, and a key of STYLES, a style of rich ("bold", "dim") or ""


def wants_colour(choice: str, stream: TextIO) -> bool:
    """Whether to colour: as chosen, else by NO_COLOR, FORCE_COLOR, TERM=dumb and whether it is a terminal."""
    if choice != "auto" or os.environ.get("NO_COLOR"):
        return choice == "always"
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


class Screen:
    """Standard output for people. rich is imported only if there is colour."""

    def __init__(self, colour: str = "auto", quiet: bool = False) -> None:
        self.quiet = quiet
        self._stream = sys.stdout
        self._colour = wants_colour(colour, self._stream)
        self._shows_progress = sys.stderr.isatty() and os.environ.get("TERM") != "dumb" and not quiet
        self._pending = False

    @cached_property
    def width(self) -> int | None:
        """Columns of the terminal; None if output is no terminal and lines may have any length."""
        return shutil.get_terminal_size().columns if self._stream.isatty() else None

    def mark(self, name: str) -> str:
        """The sign of a verdict, in ASCII where the encoding has no better one."""
        sign, ascii_sign = MARKS[name]
        try:
            "".join(fancy for fancy, _ in MARKS.values()).encode(self._stream.encoding or "ascii")
        except (UnicodeEncodeError, LookupError):
            return ascii_sign
        return sign

    @cached_property
    def _console(self) -> Any:
        from rich.console import Console

        return Console(file=self._stream, force_terminal=True, highlight=False, soft_wrap=True)

    def line(self, *parts: Part) -> None:
        """Writes one line at once, without trailing blanks."""
        self.progress("")
        if not self._colour:
            print("".join(text for text, _ in parts).rstrip(), file=self._stream, flush=True)
            return
        from rich.text import Text

        text = Text.assemble(*((text, STYLES.get(style, style)) for text, style in parts))
        text.rstrip()
        self._console.print(text)
        self._stream.flush()

    def entries(self, entries: Iterable[tuple[str, str]]) -> None:
        """Writes texts under the current line, each after its key, folded to the terminal's width."""
        for key, text in entries:
            for n, line in enumerate(self._folded(text, len(INDENT) + KEY)):
                self.line((f"{INDENT}{'' if n else key:{KEY}}", "dim"), (line, ""))

    def _folded(self, text: str, taken: int) -> list[str]:
        """The lines of a text, those too long for the terminal broken at blanks."""
        if self.width is None:
            return text.splitlines() or [""]
        from textwrap import wrap

        room = max(20, self.width - taken)
        return [
            piece
            for line in text.splitlines() or [""]
            for piece in wrap(line, room, subsequent_indent=_indent(line) + "  ", break_long_words=False) or [""]
        ]

    def progress(self, text: str) -> None:
        """Shows what is being done, on stderr, until the next line; an empty text clears it."""
        if self._shows_progress and (text or self._pending):
            print(f"\r\x1b[2K{text}", end="", file=sys.stderr, flush=True)
            self._pending = bool(text)


def _indent(line: str) -> str:
    return line[: len(line) - len(line.lstrip())]
