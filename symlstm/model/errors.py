"""The error of bad input: where, what was found, what is needed."""

from __future__ import annotations


class InputError(ValueError):
    """Bad input; its message has one line each for the place and the finding, the need, and perhaps a hint."""

    def __init__(self, where: str, found: str, needed: str, hint: str = "") -> None:
        lines = [f"{where}: found {found}", f"  needed  {needed}"] + ([f"  try     {hint}"] if hint else [])
        super().__init__("\n".join(lines))
        self.where, self.found, self.needed, self.hint = where, found, needed, hint
