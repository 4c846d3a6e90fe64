"""Damaged copies of all shipped certificates: how many are rejected.  Not collected by pytest.

    python tests/benchmarks/damaged.py [--count 500] [--seed 0] [--rocq] [FILE|FOLDER...]

One number, text or list of a certificate is changed: of what it states, of the weights, or of what proves it. Then all that
`symlstm verify FOLDER FILE` does is done, with a Rocq file that says the same and digests that are right; with --rocq
without the checker in plain Python, so that Rocq alone and the comparison with the file judge. What is verified
must say what the true one does or less (a larger bound, say), else its place is printed, and the exit code is 1.
"""

from __future__ import annotations

import argparse
import pathlib
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import nullcontext
from fractions import Fraction

sys.path[:0] = [str(pathlib.Path(__file__).parents[1]), str(pathlib.Path(__file__).parents[2])]

from support import GALLERY, PROOFS  # noqa: E402
from support.damage import Case, Path, damaged, findings_of, rocq_accepts, says_the_same, weaker  # noqa: E402

from symlstm.certificates import compiler  # noqa: E402
from symlstm.certificates.compiler import Rocq  # noqa: E402
from symlstm.certificates.rocq import covers  # noqa: E402
from symlstm.certificates.subjects import Data  # noqa: E402
from symlstm.cli.certify import entries_of, said_in, subjects_in  # noqa: E402
from symlstm.cli.selection import selected  # noqa: E402

WRONG = "SOMETHING ELSE"
SHIPPED = [*sorted(PROOFS.glob("*.py")), GALLERY, GALLERY / "decisions", GALLERY / "failures", PROOFS / "published"]


def cases(files: list[str]) -> Iterator[Case]:
    """The certificates of what the files claim, and of what holds at scale 1, each with its file."""
    for source in selected(files, scripts=True):
        statements, subjects = said_in(source.path) if source.path.suffix == ".py" else ([], [])
        about = [(source.path, subject) for subject in (*subjects_in(source.path), *subjects)]
        for entry in entries_of(source, Fraction(1)):
            if entry.certificate is not None:
                case = Case.of(entry.id, entry.certificate)
                yield case._replace(networks=about, statements={source.path: statements} if statements else {})


def judged(case: Case, path: Path, copy: Data, rocq: Rocq | None) -> str:
    """What became of a copy: by plain Python where it looks at its kind, or by Rocq alone."""
    if rocq is None:
        [finding] = findings_of(case, [copy])
        if finding.status != "verified":
            return finding.status
    elif not rocq_accepts(case, copy, rocq):
        return "rejected" if covers(case.data) else "not covered"
    return "the same" if says_the_same(copy, case.data) else "less" if weaker(path, case.data, copy) else WRONG


def main() -> int:
    parser = argparse.ArgumentParser()
    parser.add_argument("files", nargs="*", default=[*map(str, SHIPPED)])
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rocq", action="store_true")
    options = parser.parse_args()
    kinds: dict[str, list[Case]] = {}
    for case in cases(options.files):
        kinds.setdefault(case.data["theorem"], []).append(case)
    print(", ".join(f"{kind} {len(some)}" for kind, some in sorted(kinds.items())), flush=True)
    chance, start = random.Random(options.seed), time.perf_counter()
    found, wrong = {kind: Counter[str]() for kind in sorted(kinds)}, []
    with compiler.rocq() if options.rocq else nullcontext() as rocq:
        for n in range(options.count):
            kind = [*found][n % len(found)]
            case = chance.choice(kinds[kind])
            path, copy = damaged(case.data, chance)
            outcome = judged(case, path, copy, rocq)
            if outcome == WRONG:
                wrong.append(f"{case.name}: {'.'.join(map(str, path))}")
            found[kind][outcome] += 1
    for kind, counts in found.items():
        print(f"{kind:16}{', '.join(f'{n} {outcome}' for outcome, n in counts.most_common())}")
    print(f"{sum(found.values(), Counter())} in {time.perf_counter() - start:.1f} s")
    print(*wrong, sep="\n")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
