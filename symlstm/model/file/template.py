"""The construction files that a user starts from: one for each cell and kind of construction."""

from __future__ import annotations

import json
from importlib import resources

from symlstm.model.errors import InputError

MAX_NAME = 100
TEMPLATES = {  # cell, as the command line calls it: kinds, the first of them the usual one
    "lstm": ("counter", "flag", "latch", "parity", "decision", "stacked"),
    "gru": ("latch", "flag", "parity", "automaton"),
    "rnn_tanh": ("flag", "latch"),
    "rnn_relu": ("counter", "parity"),
    "step": ("automaton",),
}
KINDS = tuple(dict.fromkeys(kind for kinds in TEMPLATES.values() for kind in kinds))


def new_construction(name: str, cell: str | None = None, kind: str | None = None) -> str:
    """The text of a small commented TOML file, titled `name`, that proves at once.

    A cell without a kind gets its usual one, a kind without a cell the first cell that has it. Raises
    InputError for a name that is empty, too long, or has control characters, and for a kind that the
    cell has no template of.
    """
    cell = cell or next((cell for cell, kinds in TEMPLATES.items() if kind in (None, *kinds)), "lstm")
    kind = kind or TEMPLATES[cell][0]
    if kind not in TEMPLATES[cell]:
        others = ", ".join(other for other, kinds in TEMPLATES.items() if kind in kinds)
        raise InputError(
            "template", f"{kind} of {cell}", f"one of {', '.join(TEMPLATES[cell])}", others and f"--cell {others}"
        )
    return filled("symlstm.model.file", name, f"templates/{cell}_{kind}.toml")


def filled(package: str, name: str, file: str = "template.toml") -> str:
    """A package's template with its NAME filled in. Raises InputError as `new_construction`."""
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise InputError("name", repr(name[:MAX_NAME]), f"1 to {MAX_NAME} printable letters")
    text = resources.files(package).joinpath(file).read_text(encoding="utf-8")
    title = json.dumps(name, ensure_ascii=False)  # a JSON string is a TOML string
    return text.replace('title = "NAME"', f"title = {title}").replace("NAME.toml", f"{name}.toml")
