"""The command line: finds the command, reads the options, returns the exit code.

Light on purpose: nothing here, and nothing that a command module imports at its top, imports SymPy.
"""

from __future__ import annotations

import argparse
import gc
import os
import re
import sys
from collections.abc import Sequence
from enum import IntEnum
from importlib import import_module
from typing import Any, NoReturn, TextIO

import symlstm

COMMANDS = {  # name: (module, what it does); a module has `configure(parser)` and `run(options)`
    "prove": ("symlstm.cli.prove", "prove the claims of scripts and construction files"),
    "derive": ("symlstm.cli.derive", "write statements with their proofs as a document: LaTeX, HTML, PDF, Markdown"),
    "run": ("symlstm.cli.run", "run a network on words: exact limit, certified error, 50 digits, floats"),
    "explore": ("symlstm.cli.explore", "write a page on which a network reads words: gates, limits, automaton"),
    "bound": ("symlstm.cli.bound", "certified errors at finite biases: worst word, horizon, smallest scale"),
    "limit": ("symlstm.cli.limit", "the limit of an expression as a theorem, how near it is, and from where on"),
    "grade": ("symlstm.cli.grade", "grade networks that others hand in, against a key"),
    "certify": ("symlstm.cli.certify", "write theorems as a folder that others check, with Rocq or in plain Python"),
    "verify": ("symlstm.cli.verify", "check a folder of certificates again, in plain Python and with Rocq"),
    "new": ("symlstm.cli.new", "write a commented construction file that proves at once"),
    "export": ("symlstm.cli.export", "write a network's weights: .safetensors, .npz or .onnx"),
    "plot": ("symlstm.cli.plot", "draw figures: certified bounds against measurements, with their numbers"),
    "build": ("symlstm.cli.build", "from an automaton, expression, language or machine to certified weights"),
    "automaton": ("symlstm.cli.automaton", "a network's minimal automaton, proved: .dot, .svg, .json"),
    "doctor": ("symlstm.cli.doctor", "show versions, what is missing, and what installs it"),
}

DESCRIPTION = "Proofs about hand-built LSTMs and RNNs: limits, certified errors, every input sequence."


class ExitCode(IntEnum):
    """What the exit code says. If several apply: 4, then 2, then 1, then 3."""

    OK = 0  # every claim has the verdict that it expects
    REFUTED = 1  # a claim is false, or true although it is expected to be false
    USAGE = 2  # bad arguments or bad input
    OPEN = 3  # a claim is open, or timed out
    RAISED = 4  # a proof script raised
    NO_CLAIMS = 5
    MISSING = 6  # something that must be installed is not
    INTERRUPTED = 130
    CLOSED_PIPE = 141


class Parser(argparse.ArgumentParser):
    """An argument parser whose complaints look like all others of this program."""

    def error(self, message: str) -> NoReturn:
        print(f"symlstm: {message}\n  try     {_suggestion(message) or self.prog + ' --help'}", file=sys.stderr)
        raise SystemExit(ExitCode.USAGE)


def _suggestion(message: str) -> str:
    """The command that was probably meant, if the complaint is about a command."""
    from difflib import get_close_matches

    wrong = re.search(r"argument COMMAND: invalid choice: '([^']*)'", message)
    close = get_close_matches(wrong[1], COMMANDS, 1, 0.4) if wrong else []
    return f"symlstm {close[0]}" if close else ""


def _global_options(parser: argparse.ArgumentParser, **default: Any) -> None:
    parser.add_argument("--json", action="store_true", help="one JSON object on stdout, and nothing else", **default)
    loudness = parser.add_mutually_exclusive_group()
    loudness.add_argument("-q", "--quiet", action="store_true", help="only what fails, and the last line", **default)
    loudness.add_argument("-v", "--verbose", action="store_true", help="statements, proofs, what they trust", **default)
    colour = {"default": "auto"} | default
    parser.add_argument("--color", choices=("auto", "always", "never"), help="auto: on a terminal", **colour)


def parser_for(words: Sequence[str]) -> argparse.ArgumentParser:
    """The parser; of the commands, those that occur in `words` have their options."""
    parser = Parser("symlstm", description=DESCRIPTION)
    parser.add_argument("--version", action="version", version=f"symlstm {symlstm.__version__}")
    _global_options(parser)
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for name, (module, line) in COMMANDS.items():
        command = commands.add_parser(name, help=line, description=f"{line[0].upper()}{line[1:]}.")
        if name in words:
            import_module(module).configure(command)
        _global_options(command, default=argparse.SUPPRESS)
    return parser


def is_input_error(error: ValueError) -> bool:
    """Whether it is an InputError."""
    from symlstm.model.errors import InputError

    return isinstance(error, InputError)


def replace_unprintable(*streams: TextIO) -> None:
    """Makes streams write what their encoding lacks as backslash escapes, instead of raising."""
    for stream in streams:
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="backslashreplace")


def main(script_or_words: str | Sequence[str] | None = None) -> int:
    """Run a command line, by default the process's own; a string is a proof script, whose claims are proved.

    Returns the exit code. At the end of a script: `raise SystemExit(main(__file__))`.
    """
    rest = sys.argv[1:]
    words = ["prove", script_or_words, *rest] if isinstance(script_or_words, str) else list(script_or_words or rest)
    gc.set_threshold(100_000)  # a proof makes many objects and few cycles
    replace_unprintable(sys.stdout, sys.stderr)
    try:
        options = parser_for(words).parse_args(words)
        code = import_module(COMMANDS[options.command][0]).run(options)
        sys.stdout.flush()
    except SystemExit as stop:
        return int(stop.code or 0)
    except KeyboardInterrupt:
        print("symlstm: interrupted", file=sys.stderr)
        return ExitCode.INTERRUPTED
    except ValueError as error:
        if not is_input_error(error):
            raise
        print(f"symlstm: {error}", file=sys.stderr)
        return ExitCode.USAGE
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return ExitCode.CLOSED_PIPE
    return int(code)
