"""symlstm verify: a folder of certificates, checked again in plain Python and with Rocq."""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from symlstm.cli.main import ExitCode

if TYPE_CHECKING:
    from symlstm.certificates.verifying import Finding

CHECKERS = ("all", "python", "rocq")
SAYS = 120  # columns for what a certificate states


def configure(parser: argparse.ArgumentParser) -> None:
    """The options of `verify`."""
    parser.add_argument("folder", type=Path, nargs="?", metavar="FOLDER", help="a folder that certify has written")
    parser.add_argument(
        "networks", type=Path, nargs="*", metavar="NETWORK", help="construction files or scripts to compare with"
    )
    parser.add_argument(
        "--with", dest="checker", choices=CHECKERS, default="all", help="all: plain Python, and Rocq where installed"
    )
    parser.add_argument(
        "--spec", type=Path, metavar="FILE", help="for files of weights: the construction file without [weights]"
    )
    parser.add_argument(
        "--fresh", action="store_true", help="compile the library anew, instead of once for each version"
    )
    parser.add_argument("--coverage", action="store_true", help="which kinds of theorems and rules have certificates")
    parser.epilog = (
        "Exit code 0: all verified; 1: one is rejected; 2: no such folder; 3: a claim is not covered; "
        "6: --with rocq, and Rocq is not installed."
    )


def run(options: argparse.Namespace) -> ExitCode:
    """One line a claim."""
    from symlstm.certificates import compiler, folder
    from symlstm.certificates.verifying import findings
    from symlstm.cli.certify import said_in, subjects_in
    from symlstm.model.errors import InputError

    if options.coverage:
        return coverage(options)
    if options.folder is None:
        raise InputError("verify", "no folder", "a folder that certify has written, or --coverage")
    read = folder.read(options.folder)
    networks = [(path, subject) for path in options.networks for subject in subjects_in(path, options.spec)]
    said = {path: said_in(path) for path in options.networks}
    networks += [(path, subject) for path, (_, subjects) in said.items() for subject in subjects]
    statements = {path: stated for path, (stated, _) in said.items()}
    missing = options.checker != "python" and compiler.installed() is None
    if missing:
        print(f"symlstm: Rocq is not installed\n  try     {compiler.INSTALL}", file=sys.stderr)
        if options.checker == "rocq":
            return ExitCode.MISSING
    with nullcontext() if options.checker == "python" else compiler.rocq(options.fresh) as rocq:
        found = []
        for finding in findings(read, rocq, networks, statements):
            found.append(finding)
            if not options.json:
                _show(finding, options)
    if options.json:
        print(json.dumps({"schema": 1, "exit": int(_code(found)), "claims": [vars(f) for f in found]}, indent=2))
    elif not options.quiet:
        counts = [
            (status, sum(f.status == status for f in found)) for status in ("verified", "rejected", "not covered")
        ]
        told = ", ".join(f"{n} {status}" for status, n in counts if n) or "no claims"
        names = Counter(name for finding in found if finding.status == "verified" for name, _ in finding.by)
        by = f": {', '.join(f'{n} by {name}' for name, n in names.items())}" if names else ""
        print(f"{told}{by}{'' if networks else '; compared with no network or script: verify FOLDER FILE'}")
    return _code(found)


def _show(finding: Finding, options: argparse.Namespace) -> None:
    if options.quiet and finding.status == "verified":
        return
    from symlstm.certificates.telling import under
    from symlstm.cli.listing import cut

    by = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in finding.by)
    about = f", {finding.compared}" if finding.compared else ""
    whole = f"{finding.says}{under(finding.given)}; " if finding.says else ""
    says = whole if options.verbose else cut(whole, SAYS, "...; ")
    print(f"{finding.status:11}  {finding.id}: {finding.reason or says + by + about}")
    for hypothesis in finding.given if options.verbose else ():
        print(f"{'':11}  given {hypothesis}")


def _code(found: list[Finding]) -> ExitCode:
    statuses = {finding.status for finding in found}
    if not statuses:
        return ExitCode.NO_CLAIMS
    return ExitCode.REFUTED if "rejected" in statuses else ExitCode.OPEN if "not covered" in statuses else ExitCode.OK


def coverage(options: argparse.Namespace) -> ExitCode:
    """The kinds of conclusions and the rules of the kernel, and which have certificates."""
    from symlstm.certificates.coverage import ABOUT, rules, table

    if options.json:
        kinds, steps = ([row._asdict() for row in rows] for rows in (table(), rules()))
        print(json.dumps({"schema": 1, "about": ABOUT, "coverage": kinds, "rules": steps}, indent=2))
        return ExitCode.OK
    for row in table():
        print(f"{row.kind:16}  {row.checked_by:18}  {row.says}")
    print("\nRules of the kernel:")
    for row in rules():
        print(f"{row.kind:38}  {row.checked_by}")
    print(f"\n{ABOUT}")
    return ExitCode.OK
