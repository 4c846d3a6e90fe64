"""Finite automata in Graphviz' language: accepting states have two circles, an arrow from nowhere leads to the first."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from symlstm.kernel.networks.machines import Acceptance, Machine, Values
from symlstm.model.errors import InputError
from symlstm.model.packages import package
from symlstm.model.specifications.regular import dfa

ACCEPTING = "doublecircle"
MAX_BYTES = 4_000_000


def quoted(text: str) -> str:
    """A text between quotation marks, as Graphviz reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def written(machine: Machine, title: str = "") -> str:
    """The machine as a directed graph; what registers do stands on the arrows."""
    lines = [
        f"digraph {quoted(title or 'automaton')} {{",
        "  rankdir = LR;",
        '  "" [shape = none, width = 0, height = 0];',
    ]
    for q, name in enumerate(machine.states):
        lines.append(f"  {quoted(name)} [shape = {_shape(machine, q)}, label = {quoted(_label(machine, q))}];")
    lines.append(f'  "" -> {quoted(machine.states[machine.initial])};')
    arrows: dict[tuple[str, str], list[str]] = {}
    for source, target, label in _arrows(machine):
        arrows.setdefault((source, target), []).append(label)
    lines += [
        f"  {quoted(a)} -> {quoted(b)} [label = {quoted(', '.join(labels))}];" for (a, b), labels in arrows.items()
    ]
    return "\n".join([*lines, "}", ""])


def _shape(machine: Machine, q: int) -> str:
    output = machine.output
    return ACCEPTING if isinstance(output, Acceptance) and output.conditions[q] else "circle"


def _label(machine: Machine, q: int) -> str:
    from symlstm.render.statements.specifications import form_text, tests_text

    output, name = machine.output, machine.states[q]
    if isinstance(output, Values):
        return f"{name}\n{form_text(output.forms[q], machine.registers)}"
    if isinstance(output, Acceptance) and machine.registers and output.conditions[q]:
        return f"{name}\n{' or '.join(tests_text(tests, machine) or 'always' for tests in output.conditions[q])}"
    return name


def _arrows(machine: Machine) -> Iterator[tuple[str, str, str]]:
    """Source, target, and the word with what is tested and changed."""
    from symlstm.render.statements.specifications import changes, tests_text

    for word, rows in machine.moves.items():
        for q, moves in enumerate(rows):
            for move in moves:
                tests = f"if {tests_text(move.when, machine)}" if move.when else ""
                label = " ".join(filter(None, (word, tests, ", ".join(changes(move, machine)))))
                yield machine.states[q], machine.states[move.target], label


def read(path: Path) -> Machine:
    """The finite automaton of a .dot or .gv file. Raises InputError for what is none, MissingPackage without pydot.

    The first state is the one that an arrow from a node with shape none, point or plaintext leads to; accepting ones
    have shape doublecircle. An arrow's label lists words, separated by commas or blanks.
    """
    pydot = package("pydot", "reading automata from .dot files")
    if path.stat().st_size > MAX_BYTES:
        raise InputError(str(path), f"{path.stat().st_size} bytes", f"at most {MAX_BYTES}")
    graphs = pydot.graph_from_dot_data(path.read_text(encoding="utf-8"))
    if not graphs or len(graphs) != 1:
        raise InputError(
            str(path), "no graph" if not graphs else f"{len(graphs)} graphs", "one digraph in Graphviz' language"
        )
    return _machine(graphs[0], str(path))


def _machine(graph: Any, where: str) -> Machine:
    shapes = {_plain(node.get_name()): _plain(node.get("shape") or "") for node in graph.get_nodes()}
    hidden = {name for name, shape in shapes.items() if shape in ("none", "point", "plaintext")}
    table: dict[str, dict[str, str]] = {name: {} for name in shapes if name not in {*hidden, "node", "edge", "graph"}}
    first: list[str] = []
    for edge in graph.get_edges():
        source, target = _plain(str(edge.get_source())), _plain(str(edge.get_destination()))
        if source in hidden:
            first.append(target)
            continue
        table.setdefault(target, {})
        row = table.setdefault(source, {})
        for word in _plain(edge.get("label") or "").replace(",", " ").split():
            if row.setdefault(word, target) != target:
                raise InputError(where, f"two arrows from {source!r} on {word!r}", "a deterministic automaton")
    if len(first) != 1:
        raise InputError(where, f"{len(first)} first states", "one arrow from a node with shape none or point")
    accepting = [name for name, shape in shapes.items() if shape == ACCEPTING]
    vocabulary = [*dict.fromkeys(word for row in table.values() for word in row)]
    if not vocabulary:
        raise InputError(where, "no words on the arrows", 'labels such as "a, b"')
    return dfa(vocabulary, first[0], table, accepting)


def _plain(text: str) -> str:
    """A name without its quotation marks."""
    found = str(text).strip()
    if len(found) >= 2 and found[0] == found[-1] == '"':
        found = found[1:-1].replace('\\"', '"').replace("\\\\", "\\")
    return found
