"""Words of a vocabulary, as they are spelled in statements."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

from symlstm.render.formulas.formula import Quoted

PLAIN = "-_.+/<>#$%&@?!:;~^()[]=|`'"  # characters of a word that needs no quotation marks, beside letters and digits
CONFUSED = re.compile(r"ε|U\+[\dA-F]+")  # the empty sequence, and how a character without a glyph is printed
REPEATED = 3  # equal words in a row that are written out


def words(sequence: Iterable[str]) -> Quoted:
    """Words of the vocabulary."""
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
    """The words; those that stand in a row often, with their number."""
    parts = ((spelled(word), n) for word, n in runs)
    return " ".join(f"{word}*{n}" if n > REPEATED else " ".join([word] * n) for word, n in parts) or "none found"
