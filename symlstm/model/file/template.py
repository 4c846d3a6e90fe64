"""The construction file that a user starts from."""

from __future__ import annotations

import json
from importlib import resources

from symlstm.model.errors import InputError

MAX_NAME = 100


def new_construction(name: str) -> str:
    """The text of a small commented TOML file, titled `name`, that proves at once.

    Raises InputError for a name that is empty, too long, or has control characters.
    """
    return filled("symlstm.model.file", name)


def filled(package: str, name: str) -> str:
    """A package's template.toml with its NAME filled in. Raises InputError as `new_construction`."""
    if not 0 < len(name) <= MAX_NAME or not name.isprintable():
        raise InputError("name", repr(name[:MAX_NAME]), f"1 to {MAX_NAME} printable letters")
    text = resources.files(package).joinpath("template.toml").read_text(encoding="utf-8")
    title = json.dumps(name, ensure_ascii=False)  # a JSON string is a TOML string
    return text.replace('title = "NAME"', f"title = {title}").replace("NAME.toml", f"{name}.toml")
