"""A long run of the fuzz targets: counts of what was said, and every wrong verdict with its seed.

    python tests/fuzz/run.py [--family networks] [--cases 10000] [--first 0]

Exit code 1 if anything is wrong.
"""

from __future__ import annotations

import argparse
import sys
import time
import traceback
from collections import Counter
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]
from fuzz import FAMILIES  # noqa: E402
from fuzz.findings import Wrong  # noqa: E402


def run(name: str, seeds: range) -> tuple[Counter[str], int]:
    """What was said, and how often something was wrong or raised."""
    said, wrong = Counter[str](), 0
    for seed in seeds:
        try:
            said[FAMILIES[name](seed)] += 1
        except Wrong as finding:
            wrong += 1
            print(f"WRONG {name} {seed}: {finding}", flush=True)
        except Exception:
            wrong += 1
            print(f"RAISED {name} {seed}: {traceback.format_exc()}", flush=True)
    return said, wrong


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--family", choices=sorted(FAMILIES), help="one of them; all by default")
    parser.add_argument("--cases", type=int, default=10000, help="of each family")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    total = 0
    for name in [options.family] if options.family else sorted(FAMILIES):
        start = time.perf_counter()
        said, wrong = run(name, range(options.first, options.first + options.cases))
        total += wrong
        counts = ", ".join(f"{n} {what}" for what, n in sorted(said.items()))
        print(
            f"{name}: {options.cases} cases, {wrong} wrong, {time.perf_counter() - start:.0f} s: {counts}", flush=True
        )
    return int(total > 0)


if __name__ == "__main__":
    sys.exit(main())
