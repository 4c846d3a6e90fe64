"""What it costs to have theorems checked again: seconds, bytes, memory and lines.  Not collected by pytest.

    python tests/benchmarks/certificates.py [FILE ...] [--scale K] [--each]

Certificates of all theorems of the files (default: all that is shipped; with their decisions at a scale) are checked in
plain Python and, where it is installed, by Rocq, whose library is compiled anew. --each prints a line a theorem.
"""

from __future__ import annotations

import argparse
import resource
import sys
import tempfile
import time
from fractions import Fraction
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT)]

from symlstm.certificates import compiler, folder  # noqa: E402
from symlstm.certificates.verifying import PYTHON, VERIFIED, Finding, findings  # noqa: E402
from symlstm.cli.certify import entries_of  # noqa: E402
from symlstm.cli.selection import selected  # noqa: E402

SHIPPED = ["proofs", "proofs/constructions", "proofs/constructions/decisions", "proofs/published"]


def lines(*patterns: str) -> int:
    """Lines that are not empty."""
    files = (path for pattern in patterns for path in (ROOT / "symlstm").glob(pattern))
    return sum(bool(line.strip()) for path in files for line in path.read_text("utf-8").splitlines())


def told(by: str, found: list[Finding]) -> str:
    """How many theorems, their seconds, and the slowest."""
    times = sorted((seconds, finding.id) for finding in found for name, seconds in finding.by if name.startswith(by))
    if not times:
        return f"{by}: none"
    slowest = ", ".join(f"{id} {seconds:.2f}" for seconds, id in times[:-4:-1])
    return f"{by}: {len(times)} theorems, {sum(t for t, _ in times):.1f} s, the slowest {slowest}"


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", default=[str(ROOT / name) for name in SHIPPED])
    parser.add_argument("--scale", type=Fraction)
    parser.add_argument("--each", action="store_true")
    options = parser.parse_args()
    start = time.process_time()
    entries = [entry for source in selected(options.files, scripts=True) for entry in entries_of(source, options.scale)]
    print(f"{len(entries)} claims proved and written: {time.process_time() - start:.1f} s of the processor")
    with tempfile.TemporaryDirectory() as place, compiler.rocq(fresh=True) as rocq:
        written = Path(place) / "certificates"
        folder.write(written, folder.files(entries))
        start = time.perf_counter()
        found = [*findings(folder.read(written), rocq, [])]
        print(f"checked again: {time.perf_counter() - start:.1f} s")
        sizes = sorted((path.stat().st_size, path.parent.name) for path in written.glob("*/certificate.json"))
    for finding in found:
        if options.each or finding.status != VERIFIED:
            by = ", ".join(f"{name} {seconds:.2f} s" for name, seconds in finding.by)
            print(f"  {finding.status:11}  {finding.id}: {finding.reason or by}")
    print(told(PYTHON, found))
    print(told("Rocq", found))
    print(f"certificates: {sum(n for n, _ in sizes) / 1e6:.1f} MB, the largest {sizes[-1][1]} {sizes[-1][0] / 1e6:.2f}")
    own, children = (
        resource.getrusage(who).ru_maxrss // 1024 for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)
    )
    print(f"memory: {own} MiB here, {children} MiB for the largest compiler")
    print(
        f"lines: {lines('rocq/*.v')} in Rocq ({lines('rocq/Definitions.v')} to read), "
        f"{lines('certificates/recheck.py')} of the checker in plain Python, {lines('certificates/*.py')} in all of Python"
    )


if __name__ == "__main__":
    main()
