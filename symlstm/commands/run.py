"""symlstm run: a network on words, in exact limits, certified bounds, 50 digits and floats side by side."""

from __future__ import annotations

import argparse
import json
from fractions import Fraction
from typing import TYPE_CHECKING

from symlstm.cli import ExitCode

if TYPE_CHECKING:
    from symlstm.commands.reading import Reading
    from symlstm.commands.screen import Screen

MEANING = {
    "specified": "exact",
    "limit": "exact, for k -> oo",
    "value": "the network's own, 50 digits",
    "float64": "in IEEE double precision",
    "float32": "in IEEE single precision",
}


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `run`."""
    parser.add_argument(
        "network", metavar="NETWORK", help="a construction file, or the name of a proof, e.g. sentiment"
    )
    parser.add_argument("words", nargs="+", metavar="WORD", help="the word sequence")
    parser.add_argument(
        "--scale", type=scale, default=Fraction(1), metavar="K", help="the scale k, e.g. 1/4 (default 1)"
    )
    parser.add_argument("--trace", action="store_true", help="the readout and the states after every word")


def scale(text: str) -> Fraction:
    """A rational > 0."""
    try:
        number = Fraction(text)
    except ZeroDivisionError:
        number = Fraction(0)
    if number <= 0:
        raise ValueError(text)
    return number


def run(options: argparse.Namespace) -> ExitCode:
    """Prints the readout after the last word, or after every word."""
    from symlstm.commands.networks import construction
    from symlstm.commands.reading import read, split
    from symlstm.commands.screen import Screen

    found = construction(options.network)
    reading = read(found, split(options.words, found.network.vocabulary), options.scale)
    if options.json:
        print(json.dumps(record(reading, options.trace), indent=2))
        return ExitCode.OK
    screen = Screen(options.color, options.quiet)
    show(reading, screen)
    if options.trace:
        show_states(reading, screen)
    return ExitCode.OK


def record(reading: Reading, with_states: bool) -> dict[str, object]:
    """The reading as one object of schema 1."""
    readout = {name: column[-1] for name, column in reading.readouts.items()} | {"error_bound": reading.error_bound}
    whole: dict[str, object] = {
        "schema": 1,
        "title": reading.title,
        "words": list(reading.words),
        "scale": str(reading.scale),
        "readout": readout,
        "reasons": reading.reasons,
    }
    return whole | {"trace": reading.steps()} if with_states else whole


def show(reading: Reading, screen: Screen) -> None:
    """The last readout, one line for each way of computing it."""
    from symlstm.report.columns import aligned

    screen.line((f"{reading.title}, k = {reading.scale}: ", "bold"), (" ".join(reading.words), ""))
    lines = [(name, str(column[-1]), MEANING[name]) for name, column in reading.readouts.items()]
    bound = (
        "error <=",
        reading.error_bound,
        f"certified, for any {len(reading.words)} words at this scale",
    )
    cells = [(name, value or "none", why if value else reading.reasons.get(name, "")) for name, value, why in lines]
    cells.insert(2, (bound[0], bound[1] or "none", bound[2] if bound[1] else reading.reasons.get("error_bound", "")))
    for line in aligned(cells):
        screen.line((line, ""))


def show_states(reading: Reading, screen: Screen) -> None:
    """The readout after every word, then the states in float64."""
    from symlstm.report.columns import aligned

    steps = reading.steps()
    head = ["word", "specified", "limit", "difference", "float64", "float32"]
    readouts = [
        [str(step["word"]), *("" if step[name] is None else str(step[name]) for name in head[1:])] for step in steps
    ]
    states = [name for name in ("h", "c") if steps[0][name]]
    names = [f"{kind}_{j + 1}" for kind in states for j in range(len(steps[0][kind]))]
    values = [[str(step["word"]), *(f"{x:.5g}" for kind in states for x in step[kind])] for step in steps]
    for table in ([head, *readouts], [["word", *names], *values]):
        screen.line()
        for n, line in enumerate(aligned(table)):
            screen.line((line, "" if n else "bold"))
