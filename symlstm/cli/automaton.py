"""symlstm automaton: what a network is in the limit, as the smallest automaton or machine, proved and drawn."""

from __future__ import annotations

import argparse
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlstm.cli.main import ExitCode

if TYPE_CHECKING:
    from symlstm.builder.extraction import Extracted

SUFFIXES = (".dot", ".gv", ".svg", ".json")
NO_DOT = """symlstm: {}: found no program dot, which draws automata
  needed  Graphviz
  try     apt-get install graphviz, brew install graphviz; or -o {}"""


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `automaton`."""
    parser.add_argument("network", metavar="NETWORK", help="a construction file, or the name of a proof")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help=".dot, .svg (needs Graphviz) or .json; else .dot on stdout"
    )
    parser.add_argument(
        "--values", action="store_true", help="the machine of the readout's values, not of what it accepts"
    )
    parser.add_argument(
        "--threshold", default=None, metavar="X", help="accepted is what is read above X (default: the file's, or 1/2)"
    )


def run(options: argparse.Namespace) -> ExitCode:
    """Extracts, proves, draws."""
    from symlstm.builder.extraction import automaton
    from symlstm.cli.networks import construction
    from symlstm.kernel.theorem import RuleError, Unsupported
    from symlstm.model.errors import InputError
    from symlstm.proof.claims import Verdict
    from symlstm.search.saturation.exploration import Infinite

    if options.output is not None and options.output.suffix not in SUFFIXES:
        raise InputError(str(options.output), f"the ending {options.output.suffix!r}", f"one of {', '.join(SUFFIXES)}")
    if options.output is not None and options.output.suffix == ".svg" and shutil.which("dot") is None:
        print(NO_DOT.format(options.output, options.output.with_suffix(".dot")), file=sys.stderr)
        return ExitCode.MISSING
    found = construction(options.network)
    try:
        made = automaton(found.network, threshold_of(options, found))
    except (Infinite, RuleError, Unsupported) as reason:
        print(f"symlstm: {options.network}: no automaton: {reason}", file=sys.stderr)
        return ExitCode.OPEN
    code = write(options, made, found.title)
    if code is ExitCode.OK and made.outcome.verdict is not Verdict.PROVED:
        print(f"symlstm: the automaton is {made.outcome.verdict.value}: {made.outcome.reason}", file=sys.stderr)
        return ExitCode.OPEN
    return code


def threshold_of(options: argparse.Namespace, found: Any) -> Any:
    """What acceptance is decided by; None for values."""
    from fractions import Fraction

    from symlstm.model.errors import InputError

    if options.values:
        return None
    if options.threshold is None:
        return Fraction(1, 2) if found.threshold is None else Fraction(str(found.threshold))
    try:
        return Fraction(options.threshold)
    except ValueError:
        raise InputError("--threshold", repr(options.threshold), "a rational number such as 1/2") from None


def write(options: argparse.Namespace, made: Extracted, title: str) -> ExitCode:
    """The file, or .dot on stdout; says what was proved."""
    from symlstm.builder.dot import written
    from symlstm.render.documents.atomic_write import write as whole

    drawing, path = written(made.machine, title), options.output
    if path is None and not options.json:
        print(drawing, end="")
        return ExitCode.OK
    record = {"schema": 1, "verdict": made.outcome.verdict.value, **described(made)}
    if path is not None:
        data = {".json": json.dumps(record, indent=2)}.get(path.suffix, drawing).encode()
        if path.suffix == ".svg":
            data = subprocess.run(["dot", "-Tsvg"], input=data, capture_output=True, check=True).stdout
        whole(path.parent, {path.name: data})
    if options.json:
        print(json.dumps(record, indent=2))
    elif not options.quiet:
        print(
            f"{path}: {len(made.machine.states)} states, {made.outcome.verdict.value} on every word sequence, for k -> oo"
        )
    return ExitCode.OK


def described(made: Extracted) -> dict[str, Any]:
    """States, words, moves and what is accepted, or the output, as data; the theorem in words."""
    from symlstm.render.statements import plain

    machine, theorem = made.machine, made.outcome.theorem
    accepting = getattr(machine.output, "conditions", None)
    table = {
        name: {word: [machine.states[move.target] for move in rows[q]] for word, rows in machine.moves.items()}
        for q, name in enumerate(machine.states)
    }
    return {
        "states": [*machine.states],
        "initial": machine.states[machine.initial],
        "table": table,
        "accepting": None
        if accepting is None
        else [n for n, some in zip(machine.states, accepting, strict=True) if some],
        "registers": [*machine.registers],
        "statement": None if theorem is None else plain.statement(theorem.conclusion),
    }
