"""symlstm build: from a specification to weights, with the scale and length for which they are certified."""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode

if TYPE_CHECKING:
    from symlstm.builder.building import Built
    from symlstm.builder.specified import Specified

CHOICES = ("lstm", "gru", "rnn_tanh", "rnn_sigmoid", "relu")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `build`."""
    what = parser.add_mutually_exclusive_group(required=True)
    what.add_argument(
        "spec",
        nargs="?",
        type=Path,
        metavar="SPEC",
        help=".toml or .json with vocabulary and [spec], or a .dot automaton",
    )
    what.add_argument("--regex", metavar="R", help='a regular expression over the words, e.g. "(a|b)*abb"')
    what.add_argument("--language", metavar="NAME", help="dyck1, anbn, majority, parity, tomita1 to tomita7, ...")
    what.add_argument("--counts", metavar="C", help='a comparison of counts, e.g. "#a > #b"')
    parser.add_argument("--words", default="", metavar="WORDS", help='the vocabulary, with blanks between: "a b"')
    parser.add_argument(
        "--cell", choices=CHOICES, default="lstm", help="default lstm, the only one that counts without end"
    )
    parser.add_argument(
        "--code",
        choices=("unit", "log"),
        default="unit",
        help="a unit for each word and state that it leads to (default), or a set of units for each state: "
        "down to log2 of the states, where one layer of threshold units allows it",
    )
    parser.add_argument(
        "--length",
        type=int,
        metavar="N",
        help="certify up to N words (default: every length; as far as is found where it counts)",
    )
    parser.add_argument(
        "-o", "--output", type=Path, required=True, metavar="FILE", help=".toml, .json, .safetensors, .npz or .onnx"
    )
    parser.add_argument("--force", action="store_true", help="replace a file of that name")


def run(options: argparse.Namespace) -> ExitCode:
    """Builds, proves, writes, and says what is proved."""
    from symlstm.builder.building import build
    from symlstm.builder.writing import save
    from symlstm.model.errors import InputError
    from symlstm.model.packages import MissingPackage

    if options.output.exists() and not options.force:
        raise InputError(str(options.output), "a file of that name", "a new name, or --force")
    try:
        wanted = specified(options)
        built = build(wanted.machine, options.cell, options.length, wanted.title, wanted.specification, options.code)
        save(options.output, built, wanted.tables)
    except MissingPackage as error:
        print(f"symlstm: {error}", file=sys.stderr)
        return ExitCode.MISSING
    report(options, built)
    return ExitCode.OK


def specified(options: argparse.Namespace) -> Specified:
    """What the options say shall be built."""
    from symlstm.builder.specified import from_file, from_words

    if options.spec is not None:
        return from_file(options.spec)
    given = {name: getattr(options, name) for name in ("regex", "language", "counts")}
    return from_words(options.words.split(), **{name: value for name, value in given.items() if value is not None})


def report(options: argparse.Namespace, built: Built) -> None:
    """The file and its header, for people or as one object of schema 1."""
    from symlstm.builder.writing import header

    found = built.at_weights
    if options.json:
        small = built.too_small
        record = {
            "schema": 1,
            "file": str(options.output),
            "cell": built.construction.network.cell,
            "states": built.states,
            "units": built.units,
            "verdict": built.limit.verdict.value,
            "multiple": str(built.multiple),
            "least": None if built.least is None else str(built.least),
            "not_certified": None if small is None else str(small),
            "at_scale": {"verdict": found.finding.value, "right_up_to": found.right_up_to},
            "float32_states": None if built.float32 is None else built.float32.states,
        }
        print(json.dumps(record, indent=2))
    elif not options.quiet:
        print("\n".join([str(options.output), *(f"  {line}" for line in header(built))]))
