"""A built network as a construction file that proves again: what is proved of it stands in its header."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from pathlib import Path
from typing import Any

from symlstm.builder.building import Built
from symlstm.model.file.writing import entry_text, fields_of
from symlstm.proof.scale import AtScale

Spec = Mapping[str, Any]  # the tables "spec" and perhaps "domain", as they stand in a file


def header(built: Built) -> list[str]:
    """What is proved of the network, in sentences."""
    network = built.construction.network
    cell = f"{network.cell}, hidden size {built.units}; {built.states} states in the specification"
    if not network.depends_on_k:
        known = f"No weight depends on k; the network as it stands: {certified(built.at_weights)}"
        return [cell, f"{known}.", f"{in_float32(built)}."]
    lines = [cell, "Proved in the limit k -> oo, on every word sequence."]
    at = f"At k = 1, the weights as they stand: {certified(built.at_weights)}."
    return [*lines, at, f"{in_float32(built)}.", f"{'; '.join(multiples(built))}."]


def multiples(built: Built) -> Iterator[str]:
    """By what the unit weights are multiplied, and what is known of less."""
    yield f"Weights are multiples of {number(built.multiple)}"
    if built.unsafe is not None:
        yield f"with {number(built.unsafe)} no run over all float32 states was found in which none is wrong"
    if built.least is not None and built.least != built.multiple:
        yield f"{number(built.least)} is certified too"
    if built.too_small is not None:
        yield f"no certificate was found with {number(built.too_small)}"


def in_float32(built: Built) -> str:
    """What a run saw, which is no theorem."""
    if built.float32 is None:
        return "In float32: not established"
    states = f"{built.float32.states} reachable float32 states"
    return (
        f"In float32: right at every length, by an exhaustive run over {states} (sums from left to right; no theorem)"
    )


def certified(found: AtScale) -> str:
    """Up to which length it is right."""
    if found.right is None:
        return f"open: {found.reason}"
    return (
        "right at every length"
        if found.right_up_to is None
        else f"right on all sequences of up to {found.right_up_to} words"
    )


def number(x: Fraction) -> str:
    """A multiple as a short decimal where it is one."""
    return str(x) if x.denominator == 1 else f"{float(x):g}"


def fields(built: Built, spec: Spec) -> dict[str, Any]:
    """The fields of the construction file."""
    construction = built.construction
    return {
        "title": construction.title or "a built network",
        "description": " ".join(header(built)),
        **fields_of(construction.network, entry_text),
        **spec,
        **asked(built.at_weights),
    }


def asked(found: AtScale) -> Spec:
    """The table [check] that asks for what is certified again; none where nothing is."""
    if found.right is None:
        return {}
    return {"check": {"scale": "1"} | ({} if found.right_up_to is None else {"length": found.right_up_to})}


def text(built: Built, spec: Spec, suffix: str) -> str:
    """The file in TOML or JSON."""
    found = fields(built, spec)
    if suffix == ".json":
        return json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    comment = [f"# {line}" for line in header(built)]
    return "\n".join([*comment, *_toml(found), ""])


def _toml(table: Mapping[str, Any], place: str = "") -> Iterator[str]:
    """A table's own values, then the tables within it."""
    for name, value in table.items():
        if not isinstance(value, Mapping):
            yield f"{_key(name)} = {_value(value)}"
    for name, value in table.items():
        if isinstance(value, Mapping):
            full = f"{place}{_key(name)}"
            yield f"\n[{full}]"
            yield from _toml(value, f"{full}.")


def _key(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else json.dumps(name, ensure_ascii=False)


def _value(value: Any) -> str:
    """A text, number, list, or table in one line; a list of lists has a line for each."""
    if isinstance(value, Mapping):
        return "{ " + ", ".join(f"{_key(name)} = {_value(x)}" for name, x in value.items()) + " }"
    if isinstance(value, Sequence) and not isinstance(value, str):
        rows = [_value(x) for x in value]
        nested = any(not isinstance(x, str | int | bool) for x in value)
        return "[\n" + "".join(f"    {row},\n" for row in rows) + "]" if nested and rows else f"[{', '.join(rows)}]"
    return json.dumps(value, ensure_ascii=False)


def save(path: Path, built: Built, spec: Spec) -> None:
    """Writes the file whole or not at all: .toml and .json with the specification, else the weights alone."""
    from symlstm.render.documents.atomic_write import write
    from symlstm.weights.exporting import export

    if path.suffix in (".toml", ".json"):
        write(path.parent, {path.name: text(built, spec, path.suffix).encode()})
    else:
        export(built.construction.network, path, overwrite=True)
