"""What machines say of limits as tables for Rocq: of all words, by families of situations, and of single words."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symlstm.certificates import rocq_families
from symlstm.certificates.rocq_machines import acceptance, form_in_registers, machine, promise
from symlstm.certificates.rocq_values import constant, listed, output, rational, term, whole

Data = dict[str, Any]

COMPUTES, COUNTEREXAMPLE = "Computes by a machine", "Counterexample by a machine"
SIDE, OUTPUT, OUTPUTS = (
    ("net", "terms", "delay", "spec", "accepting", "domain", "threshold"),
    ("net", "out", "delay", "spec", "numbers", "domain"),
    ("net", "outs", "delay", "spec", "choices", "domain"),
)
STATED = {  # as in `rocq`
    "Decides": (SIDE, ()),
    "DecidesBy": ((*SIDE, "margin"), ()),
    COMPUTES: (OUTPUT, ()),
    "Chooses": (OUTPUTS, ()),
    "Misdecision": (SIDE, ("words", "limit")),
    COUNTEREXAMPLE: (OUTPUT, ("words", "limit")),
    "Mischoice": (OUTPUTS, ("words", "limits")),
}
PROVED_BY = {
    "Decides": ("decides", "check_decides", ("invariant",)),
    "DecidesBy": ("decides_by", "check_decides_by", ("invariant",)),
    COMPUTES: ("computes_by", "check_computes_by", ("invariant",)),
    "Chooses": ("chooses", "check_chooses", ("invariant",)),
    "Misdecision": ("misdecision", "check_misdecision", ()),
    COUNTEREXAMPLE: ("misnumber", "check_misnumber", ()),
    "Mischoice": ("mischoice", "check_mischoice", ()),
}


def kind_of(certificate: Data) -> str:
    """The statement: that of two theorems has another form where a machine says numbers."""
    kind = str(certificate["theorem"])
    if kind in ("Computes", "Counterexample") and "matrices" not in certificate["specification"]:
        return COMPUTES if kind == "Computes" else COUNTEREXAMPLE
    return kind


def loaded(kind: str) -> str:
    """Of the library."""
    return f"Definitions Constants Machines {'Families' if PROVED_BY[kind][2] else 'Words'}"


def covers(certificate: Data) -> bool:
    """Whether the proof can be written: families with forms in the ghosts, or none."""
    return not PROVED_BY[kind_of(certificate)][2] or rocq_families.is_affine(certificate)


def definitions(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what the statement says of the network, in the order of `STATED`."""
    kind, spec, readout = kind_of(certificate), certificate["specification"], certificate["readout"]
    said = [*STATED[kind][0], *STATED[kind][1]]
    words = [certificate["network"]["vocabulary"].index(word) for word in certificate.get("words", [])]
    values: dict[str, Callable[[], tuple[str, str]]] = {
        "terms": lambda: ("list (nat * constant)", listed(readout["terms"], term)),
        "out": lambda: ("list (nat * constant) * constant", output([readout["terms"], certificate["constant"]])),
        "outs": lambda: ("list (list (nat * constant) * constant)", listed(certificate["readouts"], output)),
        "delay": lambda: ("nat", whole(readout["delay"])),
        "spec": lambda: ("machine", machine(spec)),
        "accepting": lambda: ("acceptance", acceptance(spec)),
        "numbers": lambda: ("list form", listed(spec["values"], form_in_registers)),
        "choices": lambda: ("list nat", listed(spec["choices"], whole)),
        "domain": lambda: ("promise", promise(spec["domain"])),
        "threshold": lambda: ("constant", constant(certificate["threshold"])),
        "margin": lambda: ("Q", rational(certificate["margin"])),
        "words": lambda: ("list nat", listed(words, whole)),
        "limit": lambda: ("constant", constant(certificate["limit"])),
        "limits": lambda: ("list constant", listed(certificate["limits"], constant)),
    }
    yield from ((name, *values[name]()) for name in said if name != "net")


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what proves it."""
    if PROVED_BY[kind_of(certificate)][2]:
        yield from rocq_families.tables(certificate)
