"""The optional packages, imported when they are first needed."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def command(name: str) -> str:
    """What installs a package for the Python that runs."""
    return f"{sys.executable} -m pip install {name}"


class MissingPackage(ImportError):
    """An optional package is not installed; the message names the command that installs it."""

    def __init__(self, name: str, purpose: str) -> None:
        lines = [f"{name}: not installed", f"  needed  {purpose}", f"  try     {command(name)}"]
        super().__init__("\n".join(lines), name=name)


def package(module: str, purpose: str) -> Any:
    """The module, imported. Raises MissingPackage, with what it is needed for."""
    try:
        return import_module(module)
    except ModuleNotFoundError:
        raise MissingPackage(module.partition(".")[0], purpose) from None
