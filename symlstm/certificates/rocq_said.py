"""How what machines say of limits is proved in Rocq: of all words by families of situations, of single words by computation."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symlstm.certificates import rocq_families
from symlstm.certificates.rocq_stated import COMPUTES, COUNTEREXAMPLE, kind_of

Data = dict[str, Any]

PROVED_BY = {
    "Decides": ("decides", "check_decides", ("invariant",)),
    "DecidesBy": ("decides_by", "check_decides_by", ("invariant",)),
    COMPUTES: ("computes_by", "check_computes_by", ("invariant",)),
    "Chooses": ("chooses", "check_chooses", ("invariant",)),
    "Misdecision": ("misdecision", "check_misdecision", ()),
    COUNTEREXAMPLE: ("misnumber", "check_misnumber", ()),
    "Mischoice": ("mischoice", "check_mischoice", ()),
}


def loaded(kind: str) -> str:
    """Of the library."""
    return f"Definitions Constants Machines {'Families' if PROVED_BY[kind][2] else 'Words'}"


def covers(certificate: Data) -> bool:
    """Whether the proof can be written: families with forms in the ghosts, or none."""
    return not PROVED_BY[kind_of(certificate)][2] or rocq_families.is_affine(certificate)


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what proves it."""
    if PROVED_BY[kind_of(certificate)][2]:
        yield from rocq_families.tables(certificate)
