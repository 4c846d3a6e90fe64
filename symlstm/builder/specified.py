"""What shall be built: the tables of a file, a .dot file, or a few words on the command line; always read by the file's own reader."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any, NamedTuple

from symlstm.builder import dot
from symlstm.builder.counting import counting
from symlstm.kernel.networks.machines import Machine
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.errors import InputError
from symlstm.model.file.fields import Fields
from symlstm.model.file.machine_fields import EXTRAS, SHORTHANDS, acceptor, domain, valued
from symlstm.model.file.network_tables import MAX_WORDS
from symlstm.model.file.parser import Entries
from symlstm.model.file.toml_json import load
from symlstm.model.specification import pattern_counts
from symlstm.model.specifications.machines import promised

KINDS = {"accepts": (*SHORTHANDS, *EXTRAS), "machine_value": ("machine",), "pattern_counts": ("terms",)}
DOT = (".dot", ".gv")


class Specified(NamedTuple):
    """What is built, what is proved of it, and the tables of the file that says so."""

    machine: Machine
    specification: Machine | WeightedAutomaton
    tables: Mapping[str, Any]
    title: str


def from_file(path: Path) -> Specified:
    """The specification of a .toml or .json file, or the automaton of a .dot file. Raises InputError."""
    if path.suffix in DOT:
        return from_machine(dot.read(path), path.stem)
    found = load(path)
    kept: dict[str, Any] = {name: found[name] for name in ("vocabulary", "spec", "domain", "title") if name in found}
    return from_tables(kept, str(path), path.stem)


def from_machine(machine: Machine, title: str) -> Specified:
    """A finite automaton, written as a table."""
    states, words = machine.states, [*machine.moves]
    table = {q: {w: states[machine.moves[w][n][0].target] for w in words} for n, q in enumerate(states)}
    accepting = [q for q, some in zip(states, machine.output.conditions, strict=True) if some]  # type: ignore[union-attr]
    spec = {"type": "accepts", "dfa": {"initial": states[machine.initial], "accepting": accepting, "table": table}}
    return Specified(machine, machine, {"spec": spec}, title)


def from_tables(tables: Mapping[str, Any], where: str, title: str = "") -> Specified:
    """The tables "vocabulary", "spec" and perhaps "domain" and "title", as in a construction file. Raises InputError."""
    top = Fields(where, "", dict(tables), ("title", "vocabulary", "spec", "domain"), Entries())
    words = top.texts("vocabulary", MAX_WORDS)
    spec = top.table("spec", ("type", *dict.fromkeys(name for names in KINDS.values() for name in names)))
    kind = spec.choice("type", [*KINDS], "accepts")
    spec = top.table("spec", ("type", *KINDS[kind]))
    written = {"spec": {"type": kind, **tables["spec"]}}
    written |= {"domain": tables["domain"]} if "domain" in tables else {}
    name = top.text("title", title or where)
    if kind == "pattern_counts":
        patterns = _patterns(spec)
        return Specified(counting(words, patterns), pattern_counts(words, patterns), written, name)
    machine = acceptor(spec, words) if kind == "accepts" else valued(spec, words)
    if not top.has("domain"):
        return Specified(machine, machine, written, name)
    claimed = promised(machine, domain(top.table("domain", (*SHORTHANDS, *EXTRAS, "promise")), words))
    return Specified(machine, claimed, written, name)


def _patterns(spec: Fields) -> dict[tuple[str, ...], Fraction]:
    found: dict[tuple[str, ...], Fraction] = {}
    for term in spec.tables("terms", ("weight", "pattern")):
        pattern = tuple(term.texts("pattern", 16))
        found[pattern] = found.get(pattern, Fraction(0)) + term.rational("weight")
    return found


def from_words(vocabulary: Sequence[str], **spec: Any) -> Specified:
    """A language by one of regex, language or counts, over the words given."""
    if not vocabulary:
        raise InputError("--words", "no words", "the vocabulary", '--words "a b"')
    title = next(str(value) for value in spec.values())
    return from_tables({"vocabulary": [*vocabulary], "spec": {"type": "accepts", **spec}}, "command line", title)
