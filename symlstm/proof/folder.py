"""Where the shipped proofs are."""

from __future__ import annotations

from pathlib import Path


def proofs() -> Path:
    """The folder `proofs` of the current directory, else of the checkout that this package lies in."""
    here = Path("proofs")
    return here if here.is_dir() else Path(__file__).parents[2] / "proofs"
