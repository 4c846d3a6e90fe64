"""Words of a vocabulary, as they are spelled in statements."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from itertools import groupby
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from symlstm.kernel.networks.statements import Runs
    from symlstm.render.formulas.formula import Quoted

PLAIN = "-_.+/<>#$%&@?!:;~^()[]=|`'"  # characters of a word that needs no quotation marks, beside letters and digits
CONFUSED = re.compile(r"ε|U\+[\dA-F]+")  # the empty sequence, and how a character without a glyph is printed
LONGEST = 8  # words in a row that are looked for as what comes again
BRACKETS = (("(", ")"), ("[", "]"), ("{", "}"))  # around a phrase
REPEATED = 3  # equal words in a row that are written out


def words(sequence: Iterable[str]) -> Quoted:
    """Words of the vocabulary."""
    from symlstm.render.formulas.formula import Quoted

    return Quoted(" ".join(map(spelled, sequence)))


def spelled(word: str) -> str:
    """A word as it is, or in quotation marks as in a shell if it could be taken for something else.

    >>> [spelled(word) for word in ("good", "not good", "", "a*5", "日")]
    ['good', "'not good'", "''", "'a*5'", '日']
    """
    if word[:1] not in ("", "'") and not CONFUSED.fullmatch(word) and all(c.isalnum() or c in PLAIN for c in word):
        return word
    return f"'{''.join(map(_shown, word))}'"


def _shown(character: str) -> str:
    """A character between quotation marks."""
    if character in "'\\":
        return f"\\{character}"
    joins = unicodedata.category(character).startswith("M")  # it would be drawn on the one before
    return f"\\u{{{ord(character):x}}}" if joins or not character.isprintable() else character


def repeated(runs: Iterable[tuple[str, int]]) -> str:
    """The words; those that stand in a row often, with their number, and so what comes again and again: (not good)*250."""
    parts = [(spelled(word), n) for word, n in runs]
    bracketed = any(mark in word for word, _ in parts for mark in "()")
    found, i = list[str](), 0
    while i < len(parts):
        size, times = (1, 1) if bracketed else _period(parts, i)
        if times > 1 and _period(parts, i + 1) == (size, times):  # what is left over stands before, not after
            size, times = 1, 1
        block = " ".join(f"{word}*{n}" if n > REPEATED else " ".join([word] * n) for word, n in parts[i : i + size])
        found.append(f"({block})*{times}" if times > 1 else block)
        i += size * times
    return " ".join(found) or "none found"


def phrased(runs: Runs) -> str:
    """The same of phrases: (not very good)*250 as such, in brackets that are in no word; words that stand alone as above."""
    found, marks = list[str](), {mark for words, _ in runs for word in words for mark in word}
    before, after = next((pair for pair in BRACKETS if not {*pair} & marks), BRACKETS[0])
    for size, own in groupby(runs, lambda run: len(run[0])):
        if size == 1:
            found.append(repeated((words[0], n) for words, n in own))
        else:
            blocks = ((" ".join(map(spelled, words)), n) for words, n in own)
            found += [f"{before}{block}{after}*{n}" if n > 1 else block for block, n in blocks]
    return " ".join(found) or "none found"


def _period(parts: list[tuple[str, int]], i: int) -> tuple[int, int]:
    """How many parts from here on come again and again, and how often; (1, 1) if that is not often."""
    for size in range(2, LONGEST + 1):
        block, times = parts[i : i + size], 1
        while parts[i + size * times : i + size * (times + 1)] == block:
            times += 1
        if times > REPEATED:
            return size, times
    return 1, 1
