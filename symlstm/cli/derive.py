"""symlstm derive: statements with their proofs as documents: LaTeX, HTML, PDF, Markdown."""

from __future__ import annotations

import argparse
import re
import sys
import warnings
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from symlstm.cli.rechecking import Again
    from symlstm.cli.screen import Screen
    from symlstm.render.documents.document import Document

EPILOG = (
    "Exits as prove does, by the claims asked for: 0 each as expected, 1 refuted, 3 open; the document is written all the "
    "same. The error that is added to a construction file's claim does not count: open, it is reported, and the exit "
    "code is 0. 2: bad input, 4: a script raised, 5: no claims, 6: a PDF needs something that is not installed."
)
FORMATS = ("tex", "html", "pdf", "md")


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `derive`."""
    parser.add_argument(
        "targets",
        nargs="*",
        metavar="NAME",
        help="a claim, a proof script, or a construction file; default: all proof scripts of the folder proofs",
    )
    parser.add_argument("--to", type=formats, default=("html",), metavar="F,F", help="tex,html,pdf,md; default html")
    parser.add_argument(
        "-o", "--output", type=Path, default=Path(), metavar="FOLDER", help="where to write; default: here"
    )
    parser.add_argument("--fragment", action="store_true", help="without head and title, to go into another document")
    parser.add_argument(
        "--prefix", type=prefix, metavar="TEXT", help="of a fragment's labels and anchors; default: its file's name"
    )
    parser.add_argument(
        "--steps", action="store_true", help="routine steps too in tex and pdf; html has them folded, md has them all"
    )
    parser.add_argument(
        "--rocq",
        action="store_true",
        help="append each theorem's statement in Rocq, checked by it where it is installed",
    )
    parser.epilog = EPILOG


def formats(text: str) -> tuple[str, ...]:
    """Formats apart by commas."""
    found = tuple(dict.fromkeys(filter(None, text.split(","))))
    if not found or not {*found} <= {*FORMATS}:
        raise argparse.ArgumentTypeError(f"{text!r}; needed some of {','.join(FORMATS)}")
    return found


def prefix(text: str) -> str:
    """The beginning of labels: letters, digits and hyphens."""
    if not re.fullmatch(r"[A-Za-z][A-Za-z0-9-]{0,39}", text):
        raise argparse.ArgumentTypeError(f"{text!r}; needed letters, digits and hyphens, a letter first")
    return text


def run(options: argparse.Namespace) -> ExitCode:
    """Proves what is asked for, writes the documents, and says what became of the claims."""
    from symlstm.cli.attempt import combined
    from symlstm.cli.deriving import collected
    from symlstm.cli.screen import Screen
    from symlstm.render.documents.assembly import document

    if options.fragment and "pdf" in options.to:
        print("symlstm: a PDF is no fragment\n  try     --to tex --fragment", file=sys.stderr)
        return ExitCode.USAGE
    screen = Screen(options.color, options.quiet or options.json)
    with _rechecking(options.rocq) as again:
        found = collected(options.targets, lambda name: screen.progress(f"proving {name}"), again)
    if found.parts:
        code = _write(document(found.parts), found.stem, options, screen)
        if code is not ExitCode.OK:
            return code
    return combined(found.codes)


def _rechecking(wanted: bool) -> AbstractContextManager[Again]:
    """What adds the statement in Rocq to a result, if that is wanted."""
    if not wanted:
        return nullcontext(lambda result, source: result)
    from symlstm.cli.rechecking import rechecking

    return rechecking()


def _write(found: Document, stem: str, options: argparse.Namespace, screen: Screen) -> ExitCode:
    """Everything is made before anything is written."""
    from symlstm.render.documents.atomic_write import write
    from symlstm.render.documents.pdf import NoEngine

    try:
        with warnings.catch_warnings(record=True) as told:
            files = dict(_made(found, stem, options))
    except NoEngine as missing:
        print(f"symlstm: {missing}", file=sys.stderr)
        return ExitCode.MISSING
    for warning in told:
        print(f"symlstm: {warning.message}", file=sys.stderr)
    write(options.output, files)
    _say(options, screen, [options.output / name for name in files])
    return ExitCode.OK


def _made(found: Document, stem: str, options: argparse.Namespace) -> Iterator[tuple[str, bytes]]:
    from symlstm.render.documents import output

    label = options.prefix or re.sub(r"[^A-Za-z0-9-]+", "-", f"s-{stem}")[:40]
    for form in options.to:
        if options.fragment:
            yield f"{stem}.{form}", output.FRAGMENTS[form](found, label, options.steps)
        else:
            yield f"{stem}.{form}", output.FORMATS[form](found, options.steps)


def _say(options: argparse.Namespace, screen: Screen, paths: Sequence[Path]) -> None:
    if options.json:
        import json

        print(json.dumps({"schema": 1, "files": list(map(str, paths))}, indent=2))
    elif not options.quiet:
        for path in paths:
            screen.line((str(path), ""))
