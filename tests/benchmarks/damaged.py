"""Damaged copies of the shipped certificates: how many each reader rejects.  Not collected by pytest.

    python tests/benchmarks/damaged.py [--count 500] [--seed 0] [--rocq]

One number, text or list of a certificate is changed. A copy is rejected by a checker, or by the comparison
with the network's file; what is accepted by both must still prove the same statement (a bound that nothing
needs, say), and its place is printed. With --rocq every copy that can be written as a Rocq file is computed
there, all in one file.  Rocq takes a missing row for zeros where the plain checker refuses: what it accepts then is
another true statement, which the comparison rejects.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from support.damage import certified, damaged, verdict  # noqa: E402

from symlstm.certificates import compiler  # noqa: E402
from symlstm.certificates.rocq import HEADER, text_of  # noqa: E402
from symlstm.certificates.subjects import Data, is_about  # noqa: E402

CHECKED = {
    "Computes": "computes_ok net terms delay wa evidence (context_of (atoms net))",
    "Counterexample": "counterexample_ok net terms delay wa evidence (context_of (atoms net)) words limit other",
}
OPENING = f"{HEADER}Open Scope Q_scope.\n"


def module(n: int, data: Data) -> str:
    """The tables of a copy, and the computation in place of the theorem; empty if it cannot be written."""
    try:
        tables = text_of(data).removeprefix(OPENING).partition("\nTheorem")[0]
    except (KeyError, TypeError, ValueError, IndexError, AttributeError, ZeroDivisionError):
        return ""
    return f"Module M{n}.\n{tables}Eval vm_compute in ({n}, {CHECKED[data['theorem']]}).\nEnd M{n}.\n"


def by_rocq(copies: dict[int, Data]) -> dict[int, bool]:
    """What Rocq computes for each copy; one that it cannot read is left out."""
    modules = {n: text for n, data in copies.items() if (text := module(n, data))}
    found: dict[int, bool] = {}
    with compiler.rocq() as rocq:
        if rocq is None:
            raise SystemExit(f"Rocq is not installed: {compiler.INSTALL}")
        path = rocq.workplace / "damaged.v"
        while modules:
            path.write_text(OPENING + "".join(modules.values()), encoding="utf-8")
            said = subprocess.run(
                [rocq.program, "-q", "-w", "-all", "-R", ".", "Symlstm", path.name],
                cwd=rocq.workplace, capture_output=True, text=True, check=False,
            )  # fmt: skip
            found |= {int(n): value == "true" for n, value in re.findall(r"= \((\d+), (true|false)\)", said.stdout)}
            if not said.returncode:
                return found
            line = int(re.search(r"line (\d+)", said.stderr)[1])  # type: ignore[index]
            before = "\n".join(path.read_text(encoding="utf-8").splitlines()[:line])
            broken = int(re.findall(r"Module M(\d+)\.", before)[-1])
            modules = {n: text for n, text in modules.items() if n > broken}
    return found


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rocq", action="store_true")
    options = parser.parse_args()
    chance, counts = random.Random(options.seed), Counter[str]()
    copies, verdicts, subjects = dict[int, Data](), dict[int, str](), dict[int, Any]()
    start = time.perf_counter()
    for n in range(options.count):
        name, about, data = chance.choice(certified())
        path, copies[n] = damaged(data, chance)
        subjects[n] = about.network, about.specification
        verdicts[n] = verdict(copies[n], about)
        counts[verdicts[n]] += 1
        if verdicts[n] == "accepted":
            print(f"still proves its statement: {name} with another {'.'.join(map(str, path))}")
    print(f"plain Python: {dict(counts)}, {time.perf_counter() - start:.1f} s")
    if options.rocq:
        start = time.perf_counter()
        found = by_rocq(copies)
        same = sum(value and is_about(copies[n], *subjects[n]) for n, value in found.items())
        print(f"Rocq: {len(found)} computed, {time.perf_counter() - start:.1f} s")
        print(
            f"  rejected by Rocq or by the comparison: {options.count - same}; still proving the same statement: {same}"
        )
        false = [n for n, value in found.items() if not value and verdicts[n] == "accepted"]
        print(f"  rejected by Rocq only: {false}")


if __name__ == "__main__":
    main()
