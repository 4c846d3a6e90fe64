"""symlstm bound: how far a network at finite biases is from its specification, over all word sequences."""

from __future__ import annotations

import argparse
import json
from fractions import Fraction
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode
from symlstm.cli.run import scale

if TYPE_CHECKING:
    from symlstm.cli.bounding import Answer
    from symlstm.cli.screen import Screen

HORIZON = (
    "the first length at which rounding to the nearest integer, or a decision, can fail; shown alone without --length"
)

LEAST = (
    "the least scale at which a decision is certified right, at every length or up to the one given, and the largest "
    "at which it is found wrong"
)

EPILOG = (
    "Exit code 0: all that was asked for is certified from both sides; 3: something, or a side of it, is open, and says "
    "why; 1: the network does not compute its specification; 2: bad input."
)


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `bound`."""
    parser.add_argument(
        "network", metavar="NETWORK", help="a construction file, or the name of a proof, e.g. sentiment"
    )
    parser.add_argument(
        "--length",
        type=whole,
        metavar="T",
        help="the largest error over all sequences of T words, and a worst one; of a decision how far it is from its threshold",
    )
    parser.add_argument("--scale", type=scale, metavar="K", help="the scale k, e.g. 1/4 (default 1)")
    parser.add_argument("--horizon", action="store_true", help=HORIZON)
    parser.add_argument(
        "--epsilon", type=scale, metavar="E", help="the smallest scale with an error within E at the length, e.g. 1e-6"
    )
    parser.add_argument("--least-scale", action="store_true", help=LEAST)
    parser.add_argument("--digits", type=whole, default=18, metavar="D", help="of the smallest scale (default 18)")
    parser.epilog = EPILOG


def whole(text: str) -> int:
    """A whole number; the network says from which one on."""
    try:
        return int(text)
    except ValueError:
        raise argparse.ArgumentTypeError(f"{text!r}; needed a whole number") from None


def run(options: argparse.Namespace) -> ExitCode:
    """Prints what was asked for, each number with the side from which it is certified."""
    from symlstm.cli.bounding import answers, is_wrong, record
    from symlstm.cli.networks import construction
    from symlstm.cli.screen import Screen
    from symlstm.model.errors import InputError

    if options.epsilon is not None and options.length is None:
        raise InputError("--epsilon", "no --length", "the length at which the error is to be within epsilon")
    found, k = construction(options.network), options.scale or Fraction(1)
    asked = answers(found, k, options)
    code = ExitCode.REFUTED if is_wrong(found) else code_of(asked)
    if options.json:
        print(json.dumps({"schema": 1, "exit": int(code), "title": found.title} | record(asked), indent=2))
        return code
    screen = Screen(options.color, options.quiet)
    for n, answer in enumerate(asked):
        if n:
            screen.line()
        show(answer, found.title, screen, options.verbose)
    return code


def code_of(asked: list[Answer]) -> ExitCode:
    """The exit code of the answers. Raises the refusal if nothing that was asked for has an answer."""
    refusals = [answer.refused for answer in asked if answer.refused is not None]
    if len(refusals) == len(asked):
        raise refusals[0]
    if refusals:
        return ExitCode.USAGE
    return ExitCode.OPEN if any(answer.reason for answer in asked) else ExitCode.OK


def show(answer: Answer, title: str, screen: Screen, verbose: bool) -> None:
    """One answer, a line for each number, and with `verbose` the theorem."""
    from symlstm.render.statements.columns import aligned

    screen.line((f"{title}, {answer.place}", "bold"))
    for line in aligned(answer.lines):
        screen.line((line, ""))
    entries = [("open" if answer.refused is None else "refused", answer.reason)] if answer.reason else []
    if verbose and answer.theorem is not None:
        from symlstm.render.statements import plain as text  # which needs SymPy

        for theorem in (answer.theorem, *answer.beside):
            entries += [("proved", text.statement(theorem.conclusion)), ("by", theorem.rule)]
    screen.entries(entries)
