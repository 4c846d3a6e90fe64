"""symlstm prove: runs claims, one line each."""

from __future__ import annotations

import argparse
from pathlib import Path


def configure(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("targets", nargs="*", metavar="PATH|NAME", help="proof scripts (default: proofs/*.py)")


def run(options: argparse.Namespace) -> int:
    from symlstm.claims import check, load

    files = [Path(name) for name in options.targets] or sorted(Path("proofs").glob("*.py"))
    results = [check(made) for file in files for made in load(file)]
    for result in results:
        print(f"{result.outcome.verdict.value:8} {result.claim.id:4} {result.claim.name}  {result.seconds:.3f} s")
        if result.outcome.reason:
            print(f"    {result.outcome.reason}")
    return 0 if all(result.as_expected for result in results) else 1
