"""Damaged copies of the shipped certificates: how many each reader rejects.  Not collected by pytest.

    python tests/benchmarks/damaged.py [--count 500] [--seed 0] [--rocq]

One number, text or list of a certificate is changed, of networks and of derivations. A copy is rejected by the comparison
of its statement with the true one, by the checker in plain Python (networks), or with --rocq by Rocq. What all accept
still says the same and proves it (a bound that nothing needs, say); its place is printed.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

from support.damage import certified, compared, damaged, derived, verdict  # noqa: E402

from symlstm.certificates import compiler  # noqa: E402


def by_rocq(texts: Sequence[str]) -> list[bool]:
    """Whether Rocq accepts each statement."""
    with compiler.rocq() as rocq:
        if rocq is None:
            raise SystemExit(f"Rocq is not installed: {compiler.INSTALL}")
        return [not isinstance(rocq.one(text), compiler.Rejected) for text in texts]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=500)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--rocq", action="store_true")
    options = parser.parse_args()
    chance, start = random.Random(options.seed), time.perf_counter()
    plain, left = Counter[str](), list[tuple[str, Any, str]]()
    pool = [*certified(), *derived()]
    for n in range(options.count):
        name, about, data = chance.choice(pool if n % 2 else [*derived()])
        path, copy = damaged(data, chance)
        plain["derivation" if about is None else verdict(copy, about)] += 1
        text = compared(copy, data, about)
        if text:
            left.append((name, path, text))
    print(f"plain Python: {dict(plain)}")
    print(f"comparison of statements: {options.count - len(left)} of {options.count} rejected")
    print(f"  {time.perf_counter() - start:.1f} s")
    if options.rocq:
        start = time.perf_counter()
        accepted = by_rocq([text for _, _, text in left])
        print(
            f"Rocq: {len(left) - sum(accepted)} of the other {len(left)} rejected, {time.perf_counter() - start:.1f} s"
        )
        for (name, path, _), is_accepted in zip(left, accepted, strict=True):
            if is_accepted:
                print(f"  still proves its statement: {name} with another {'.'.join(map(str, path))}")


if __name__ == "__main__":
    main()
