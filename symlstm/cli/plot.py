"""symlstm plot: what the theorems say against what the networks do, as pictures and as numbers."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode
from symlstm.cli.plotting import Refused, drawn, jobs
from symlstm.figures.catalogue import EVERY

if TYPE_CHECKING:
    from symlstm.cli.screen import Screen
    from symlstm.figures.files import Files

FORMATS, DATA = ("svg", "pdf", "png"), ("csv",)
NAMES = "; ".join(f"{name}: {entry.shows}" for name, entry in EVERY.items())
CHECKED = "regenerate svg and csv and compare them with those in the folder"


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `plot`."""
    parser.add_argument(
        "names", nargs="*", metavar="NAME", help=f"networks, and figures ({NAMES}); default: all figures"
    )
    parser.add_argument(
        "--format", type=listed(FORMATS), default=("svg",), metavar="F,F", help="svg,pdf,png (default svg)"
    )
    parser.add_argument("--data", type=listed(DATA), default=DATA, metavar="F", help="the numbers, as csv (default)")
    parser.add_argument("-o", "--output", type=Path, default=Path("figures"), metavar="FOLDER", help="default figures/")
    parser.add_argument("--check", action="store_true", help=CHECKED)


def listed(known: Sequence[str]) -> type:
    """A parser of formats apart by commas."""

    def formats(text: str) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(filter(None, text.split(","))))
        if not found or not {*found} <= {*known}:
            raise argparse.ArgumentTypeError(f"{text!r}; needed some of {','.join(known)}")
        return found

    return formats  # type: ignore[return-value]


def run(options: argparse.Namespace) -> ExitCode:
    """Draws the figures, and writes them or compares them with those that are there."""
    from symlstm.cli.screen import Screen
    from symlstm.figures.files import index

    screen = Screen(options.color, options.quiet or options.json)
    formats, data = (("svg",), DATA) if options.check else (options.format, options.data)
    wanted = jobs(options.names, formats, data)
    if not options.check:
        prepare(options.output)
    found = list(drawn(wanted, lambda name: screen.progress(f"drawing {name}")))
    figures = [one for one in found if not isinstance(one, Refused)]
    refused = [one for one in found if isinstance(one, Refused)]
    files = {name: data for one in figures for name, data in one.files.items()}
    if not options.names and "svg" in formats and not refused:
        files["README.md"] = index(figures)
    for reason, names in grouped(refused):
        print(f"symlstm: {', '.join(names)}: {reason}", file=sys.stderr)
    if options.check:
        return compared(options, screen, files, refused)
    return written(options, screen, figures, files, refused)


def grouped(refused: Sequence[Refused]) -> Iterator[tuple[str, list[str]]]:
    """Each reason with what it keeps from being drawn."""
    for reason in dict.fromkeys(one.reason for one in refused):
        yield reason, [one.name for one in refused if one.reason == reason]


def prepare(folder: Path) -> None:
    """Makes the folder, before anything is drawn that could not be kept."""
    from symlstm.render.documents.atomic_write import write

    write(folder, {})


def written(
    options: argparse.Namespace, screen: Screen, figures: list[Files], files: dict[str, bytes], refused: list[Refused]
) -> ExitCode:
    """Writes the files and says which."""
    from symlstm.render.documents.atomic_write import write

    write(options.output, files)
    asked = any(name in EVERY for name in options.names)
    code = refusal(refused) if refused and (asked or not figures) else ExitCode.OK
    if options.json:
        shown = [{"name": one.name, "files": sorted(one.files), "caption": one.caption} for one in figures]
        failed = [{"name": one.name, "reason": one.reason} for one in refused]
        print(json.dumps({"schema": 1, "exit": int(code), "figures": shown, "refused": failed}, indent=2))
    elif not options.quiet:
        for one in figures:
            screen.line((str(options.output / one.name), ""), (f"  {', '.join(sorted(one.files))}", "dim"))
            if options.verbose:
                screen.entries([("caption", one.caption)])
    return code


def compared(options: argparse.Namespace, screen: Screen, files: dict[str, bytes], refused: list[Refused]) -> ExitCode:
    """Says which files in the folder are not what would be written now."""
    from symlstm.figures.files import differences, foreign

    found, skipped = list(differences(options.output, files)), foreign(options.output, files)
    code = ExitCode.REFUTED if found else refusal(refused) if refused else ExitCode.OK
    if options.json:
        shown = [{"file": name, "how": how} for name, how in found]
        compared = sorted({*files} - {*skipped})
        record = {"schema": 1, "exit": int(code), "compared": compared, "not_compared": skipped, "differ": shown}
        print(json.dumps(record, indent=2))
        return code
    for name, how in found:
        screen.line((screen.mark("refuted"), "refuted"), (f" {options.output / name} {how}", ""))
    if skipped and not options.quiet:
        screen.line((f"not compared, drawn by another Matplotlib or FreeType: {', '.join(skipped)}", "dim"))
    if not (found or options.quiet):
        said = f" {len(files) - len(skipped)} files in {options.output} are as they would be written"
        screen.line((screen.mark("proved"), "proved"), (said, ""))
    return code


def refusal(refused: Sequence[Refused]) -> ExitCode:
    """Open if nothing was certified that could be drawn, else bad input."""
    return ExitCode.OPEN if all(one.open for one in refused) else ExitCode.USAGE
