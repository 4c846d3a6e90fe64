"""symlstm prove: runs claims and says by its exit code what became of them."""

from __future__ import annotations

import argparse
import sys
import time
from contextlib import AbstractContextManager, nullcontext, redirect_stdout
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from symlstm.cli.attempt import Source
    from symlstm.cli.listing import Listing
    from symlstm.cli.rechecking import Again
    from symlstm.cli.records import Records

EPILOG = (
    "Exit code 0: every claim has the verdict that it expects; 1: one is refuted, 2: bad input, 3: one is open or timed "
    "out, 4: a script raised, 5: no claims, 6: --rocq without Rocq, 130: interrupted. If several apply: 130, then 4, 2, 1, 3."
)


SCALE = (
    "say of each construction file's decision what is known at this scale, too: right at every length, or up to one, or "
    "wrong on which words (default 1, or what [check] asks in the file; none: only the limit)"
)


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `prove`."""
    parser.add_argument(
        "targets",
        nargs="*",
        metavar="PATH|NAME",
        help="a proof script (.py), a construction file (.toml, .json), a folder of these files, or the name of a claim; "
        "default: all of the folder proofs",
    )
    parser.add_argument("-k", metavar="TEXT", dest="filter", help="only claims with this in their id or name")
    parser.add_argument("-x", action="store_true", dest="stop", help="stop at the first claim that is not as expected")
    parser.add_argument(
        "--goals", action="store_true", help="only what is open: every goal that is left, with its facts"
    )
    parser.add_argument("--keep", action="store_true", help="write found certificates beside the scripts, as data")
    parser.epilog = EPILOG
    parser.add_argument("--timeout", type=positive, metavar="SECONDS", help="give up on a claim, or a script, after it")
    parser.add_argument(
        "--recheck", action="store_true", help="check theorems again, in plain Python, and with Rocq if installed"
    )
    parser.add_argument("--rocq", action="store_true", help="the same, and Rocq must be installed")
    parser.add_argument("--scripts", action="store_true", help="of a folder run the Python scripts, too")
    parser.add_argument("--scale", type=scale_or_none, default=argparse.SUPPRESS, metavar="K", help=SCALE)
    parser.add_argument(
        "--spec", type=Path, metavar="FILE", help="for files of weights: a construction file without [weights]"
    )


def scale_or_none(text: str) -> Fraction | None:
    """A rational > 0, or none."""
    from symlstm.cli.run import scale

    return None if text == "none" else scale(text)


def positive(text: str) -> float:
    """A number of seconds > 0."""
    number = float(text)
    if not 0 < number < float("inf"):
        raise ValueError(text)
    return number


def run(options: argparse.Namespace) -> ExitCode:
    """Proves what the options select. The scripts' own prints go to stderr if stdout is for JSON."""
    from symlstm.cli.attempt import combined
    from symlstm.cli.selection import kept, selected
    from symlstm.proof import kept as certificates

    start = time.perf_counter()
    certificates.writing = options.keep
    options.quiet = options.quiet or options.goals
    if options.rocq and not _has_rocq():
        return ExitCode.MISSING
    report = _report(options)
    codes: set[ExitCode] = set()
    with redirect_stdout(sys.stderr) if options.json else nullcontext():
        wanted = (options.filter or "").lower()
        found = selected(options.targets, options.scripts, options.timeout, options.spec)
        sources = kept(found, lambda claim: wanted in f"{claim.id} {claim.name}".lower())
        try:
            with _rechecking(options) as again:
                _attempt_all(sources, report, options, codes, again)
        except KeyboardInterrupt:
            codes.add(ExitCode.INTERRUPTED)
    code = combined(codes)
    if code is ExitCode.INTERRUPTED:
        print("symlstm: interrupted", file=sys.stderr)
    if code is ExitCode.NO_CLAIMS and options.filter:
        print(f"symlstm: no claim has {options.filter!r} in its id or name", file=sys.stderr)
    report.end(code, time.perf_counter() - start)
    return code


def _report(options: argparse.Namespace) -> Listing | Records:
    if options.json:
        from symlstm.cli.records import Records

        return Records(options.verbose)
    from symlstm.cli.listing import Listing
    from symlstm.cli.screen import Screen

    return Listing(Screen(options.color, options.quiet), options.verbose)


def _has_rocq() -> bool:
    """Whether Rocq is installed; says what installs it, if not."""
    from symlstm.certificates import compiler

    if compiler.installed() is None:
        print(f"symlstm: Rocq is not installed\n  try     {compiler.INSTALL}", file=sys.stderr)
    return compiler.installed() is not None


def _rechecking(options: argparse.Namespace) -> AbstractContextManager[Again]:
    if not options.recheck and not options.rocq:
        return nullcontext(lambda result, source: result)
    from symlstm.cli.rechecking import rechecking

    return rechecking()


def _attempt_all(
    sources: Iterable[Source],
    report: Listing | Records,
    options: argparse.Namespace,
    codes: set[ExitCode],
    again: Again,
) -> None:
    """Fills `codes` as it goes, so that what was found before an interrupt is not lost."""
    from symlstm.cli.attempt import unchecked

    asked = "scale" in options  # rather than what a file asks for
    scale = options.scale if asked else Fraction(1)
    for code in _codes(map(unchecked, sources) if asked else sources, report, options.timeout, scale, again):
        codes.add(code)
        if options.stop and code is not ExitCode.OK:
            return


def _codes(
    sources: Iterable[Source],
    report: Listing | Records,
    timeout: float | None,
    scale: Fraction | None,
    again: Again,
) -> Iterator[ExitCode]:
    """Reads, proves and reports; one code for each claim, and for each file that could not be read."""
    from symlstm.cli.attempt import attempt, code_of, exit_code

    for source in sources:
        report.source(source)
        for line in source.repeated():
            print(f"symlstm: {line}", file=sys.stderr)
        if source.error is not None:
            report.unread(source, source.error)
            yield exit_code(source.error)
        for claim in source.claims:
            report.begin(claim)
            result = again(attempt(claim, timeout, scale), source)
            report.result(result)
            if result.error is not None:
                report.failed(source, result.error)
            yield code_of(result)
        report.notes(source)
