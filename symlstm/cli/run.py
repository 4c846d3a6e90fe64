"""symlstm run: a network on words, in exact limits, certified bounds, 50 digits and floats side by side."""

from __future__ import annotations

import argparse
import json
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Any

from symlstm.cli.main import ExitCode
from symlstm.model.errors import InputError

if TYPE_CHECKING:
    from symlstm.cli.reading import Reading
    from symlstm.cli.screen import Screen
    from symlstm.cli.tracing import Tracing
    from symlstm.render.statements.board import Board

MEANING = {  # the lines shown: what each one is
    "specified": "exact",
    "limit": "exact, for k -> oo",
    "error_bound": "certified, for every sequence of this length at this scale",
    "value": "the network's own, 50 digits",
    "float64": "in IEEE double precision",
    "float32": "in IEEE single precision",
}
DECIDING = {  # the same of a decision
    "specified": "exact",
    "limit": "exact, for k -> oo",
    "decision": "by the limit",
    "value": "the network's own, 50 digits",
    "decision_at_scale": "by the value",
    "margin": "how far the value is on the side that is specified, negative on the other",
    "float64": "in IEEE double precision",
    "float32": "in IEEE single precision",
}
EPILOG = "Shows what there is and exits with 0: a line that cannot be had says none, and why. 2: bad input."
TRACED = ("specified", "limit", "difference", "decision", "decision_at_scale", "margin", "float64", "float32")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `run`."""
    parser.add_argument(
        "network", metavar="NETWORK", help="a construction file, or the name of a proof, e.g. sentiment"
    )
    parser.add_argument("words", nargs="+", metavar="WORD", help="the word sequence")
    parser.add_argument(
        "--scale", type=scale, default=Fraction(1), metavar="K", help="the scale k, e.g. 1/4 (default 1)"
    )
    parser.add_argument("--trace", action="store_true", help="every gate, state and readout, after every word")
    parser.add_argument("--word", type=int, metavar="N", help="the N-th word's step in full, as on a board")
    parser.add_argument("--html", type=Path, metavar="FILE", help="the trace as a page, gates coloured by saturation")
    parser.epilog = EPILOG


def scale(text: str) -> Fraction:
    """A rational > 0."""
    try:
        number = Fraction(text)
    except (ValueError, ZeroDivisionError):
        number = Fraction(0)
    if number <= 0:
        raise argparse.ArgumentTypeError(f"{text!r}; needed a rational > 0, e.g. 1/4")
    return number


def _tracing(reading: Reading) -> Tracing:
    from symlstm.cli.tracing import Tracing

    return Tracing(reading)


def run(options: argparse.Namespace) -> ExitCode:
    """Prints the readout after the last word, or after every word."""
    from symlstm.cli.networks import construction
    from symlstm.cli.reading import Case, read, split
    from symlstm.cli.screen import Screen

    found = construction(options.network)
    reading = read(Case(found, split(options.words, found.network.vocabulary), options.scale))
    tracing = _tracing(reading) if options.trace or options.word is not None or options.html else None
    if options.word is not None and not 0 < options.word <= len(reading.case.words):
        raise InputError("--word", str(options.word), f"1 to {len(reading.case.words)}")
    if tracing is not None and options.html:
        write_page(tracing, options.html)
    if options.json:
        print(json.dumps(record(reading, tracing), indent=2))
        return ExitCode.OK
    screen = Screen(options.color, options.quiet)
    show(reading, screen)
    if tracing is not None:
        show_trace(tracing, options, screen)
    return ExitCode.OK


def show_trace(tracing: Tracing, options: argparse.Namespace, screen: Screen) -> None:
    """The tables of --trace, the board of --word, and the name of the page."""
    if options.trace:
        show_table(readouts(tracing.reading), screen)
        show_table(states(tracing.reading), screen)
        for n, step in enumerate(tracing.steps(), 1):
            screen.line()
            screen.line((f"word {n}: {step['word']}", "bold"))
            show_table(gates(step), screen, apart=False)
    if options.word is not None:
        show_board(tracing.board(options.word), screen)
    if options.html:
        screen.line()
        screen.line((str(options.html), ""))


def show_board(board: Board, screen: Screen) -> None:
    """One step in full."""
    screen.line()
    screen.line((board.heading, "bold"))
    screen.line((f"  before it: {board.before}", ""))
    lines = board.lines()
    width = max(len(line.name) for line in lines)
    for line in lines:
        screen.line((f"  {line.name:{width}} = {line}", ""), (f"   {line.limit}" if line.limit else "", "dim"))


def gates(step: dict[str, Any]) -> list[list[str]]:
    """A head, and the gates of one word: the unit that is nearest to its threshold can be seen at its margin."""
    from symlstm.render.statements.board import short

    rows = [
        [gate["name"], short(gate["preactivation"]), short(gate["value"]), gate["limit"] or "", margin(gate)]
        for gate in step["gates"]
    ]
    return [["gate", "before", "value", "limit", "margin per unit of k"], *rows]


def margin(gate: dict[str, Any]) -> str:
    """A margin in words."""
    exact = gate["margin"]
    if exact is None:
        return ""
    value = f"{gate['margin_value']:.5g}"
    return exact if exact == value or "*" not in exact else f"{exact} = {value}"


def write_page(tracing: Tracing, path: Path) -> None:
    """The trace as one HTML file."""
    from symlstm.render.documents.atomic_write import write
    from symlstm.render.pages.trace import trace_page

    board = [tracing.board(n) for n in range(1, len(tracing.case.words) + 1)]
    page = trace_page(tracing.case.construction.title, record(tracing.reading, tracing), board)
    write(path.parent, {path.name: page.encode("utf-8")})


def last(reading: Reading) -> dict[str, Any]:
    """The readout after the last word, and the certified error or what is decided."""
    values = {"error_bound": reading.error_bound} | {name: column[-1] for name, column in reading.readouts.items()}
    return {name: values[name] for name in meanings(reading)}


def meanings(reading: Reading) -> dict[str, str]:
    """The lines that are shown, and what each one is."""
    return MEANING if reading.case.deciding.is_number else DECIDING


def record(reading: Reading, tracing: Tracing | None) -> dict[str, Any]:
    """The reading as one object of schema 1."""
    case = reading.case
    whole = {"schema": 1, "title": case.construction.title, "words": list(case.words), "scale": str(case.scale)}
    whole |= {"readout": last(reading), "reasons": reading.reasons}
    return whole if tracing is None else whole | {"trace": tracing.steps()}


def show(reading: Reading, screen: Screen) -> None:
    """The last readout, one line for each way of computing it."""
    from symlstm.render.statements.columns import aligned

    case = reading.case
    screen.line((f"{case.construction.title}, k = {case.scale}: ", "bold"), (" ".join(case.words), ""))
    for line in aligned([explained(name, x, reading) for name, x in last(reading).items()]):
        screen.line((line, ""))


def explained(name: str, value: Any, reading: Reading) -> tuple[str, str, str]:
    """A value with its name and what it is, or why there is none."""
    shown, known = name.replace("_", " "), last(reading)
    if value is None:
        nothing = "nothing is claimed of these words" if known["specified"] is None and name != "error_bound" else ""
        return shown, "none", "; ".join(filter(None, map(str.strip, reading.reasons.get(name, nothing).splitlines())))
    remark = ""
    if name.startswith("decision") and known["specified"] is not None:
        remark = ", as specified" if value == known["specified"] else ", not as specified"
    return shown, text(value), meanings(reading)[name] + remark


def text(value: Any) -> str:
    """A value, or that of each output by name."""
    if isinstance(value, dict):
        return ", ".join(f"{name} {x}" for name, x in value.items())
    return "" if value is None else str(value)


def readouts(reading: Reading) -> list[list[str]]:
    """A head, and the readouts after every word."""
    names = [name for name in TRACED if name in reading.readouts]
    rows = [
        [word, *(text(step[name]) for name in names)]
        for word, step in zip(reading.case.words, reading.steps(), strict=True)
    ]
    return [["word", *(name.replace("_", " ") for name in names)], *rows]


def states(reading: Reading) -> list[list[str]]:
    """A head, and the states after every word in float64."""
    kinds = {name: column for name, column in reading.states.items() if column[0]}
    head = [f"{name}_{j + 1}" for name, column in kinds.items() for j in range(len(column[0]))]
    values = [[f"{x:.5g}" for column in kinds.values() for x in column[n]] for n in range(len(reading.case.words))]
    return [["word", *head], *([word, *row] for word, row in zip(reading.case.words, values, strict=True))]


def show_table(table: list[list[str]], screen: Screen, apart: bool = True) -> None:
    """A blank line, the head in bold, the rows."""
    from symlstm.render.statements.columns import aligned

    if apart:
        screen.line()
    for n, line in enumerate(aligned(table)):
        screen.line((line, "" if n else "bold"))
