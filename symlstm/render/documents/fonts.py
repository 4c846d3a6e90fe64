"""Fonts on this machine for characters that neither TeX nor Typst brings along: Chinese, Japanese, Korean and others."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable
from functools import cache
from pathlib import Path

LIKELY = re.compile(
    r"CJK|Droid.*Fallback|wqy|Unicode|PingFang|Hiragino|AppleSD|YaHei|msyh|SimSun|MSGothic|malgun", re.I
)
INSTALL = {
    "linux": "sudo apt-get install fonts-noto-cjk",
    "darwin": "install Noto Sans CJK from fonts.google.com",
    "win32": "install Noto Sans CJK from fonts.google.com",
}


class MissingFont(UserWarning):
    """Characters that are printed by their code points; the message names what installs a font."""

    def __init__(self, characters: Iterable[str], missing: str = "") -> None:
        shown = "".join(sorted(characters))
        lines = [
            f"pdf: {shown[:40]}{'...' * (len(shown) > 40)} printed by code point, as U+{ord(shown[0]):04X}",
            f"  needed  {missing or 'an installed font that has them'}",
            f"  try     {INSTALL.get(sys.platform, INSTALL['linux'])}",
        ]
        super().__init__("\n".join(lines))


def fonts_for(characters: frozenset[str]) -> tuple[tuple[Path, ...], frozenset[str]]:
    """Font files that have the characters, as few as a greedy choice finds; and the characters that no font has."""
    found: list[Path] = []
    lacking = characters
    for path in _files():
        if not lacking:
            break
        if has := lacking & glyphs(path):
            found.append(path)
            lacking -= has
    return tuple(found), lacking


@cache
def _files() -> tuple[Path, ...]:
    """The fonts of this machine, those first that are likely to have much."""
    from matplotlib.font_manager import findSystemFonts

    return tuple(sorted(map(Path, findSystemFonts()), key=lambda path: (not LIKELY.search(path.name), path.name)))


@cache
def glyphs(path: Path) -> frozenset[str]:
    """What a font file has; nothing if it cannot be read."""
    from matplotlib.ft2font import FT2Font

    try:
        return frozenset(map(chr, FT2Font(str(path)).get_charmap()))
    except (RuntimeError, OSError):
        return frozenset()
