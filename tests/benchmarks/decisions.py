"""Verdicts on decisions against brute force.

    python tests/benchmarks/decisions.py [--random 300] [--first 0] [--length 6] [--every 1]

The corpus: the gallery's decisions with one number that is not 0 zeroed, negated or halved (one of `every` of them),
and random networks with a language. What is proved must be right on all words up to the length at scale 4096; a
counterexample must be the first word that brute force finds. Prints how many are open, and why. Exit code 1 if
anything is false.
"""

from __future__ import annotations

import argparse
import re
import sys
import time
from collections import Counter
from fractions import Fraction
from itertools import chain
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.decisions import first_wrong, mutants, random_decision

from symlstm.proof.claims import Verdict
from symlstm.search.construction import Construction


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=300, help="networks")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--length", type=int, default=6, help="of the words tried by brute force")
    parser.add_argument("--every", type=int, default=1, help="take one of so many mutants of the gallery")
    options = parser.parse_args()
    verdicts, reasons, false, slowest = Counter[str](), Counter[str](), 0, (0.0, "")
    seeds = range(options.first, options.first + options.random)
    cases = chain(((f"random {seed}", *random_decision(seed)) for seed in seeds), mutants(options.every))
    for label, network, machine, threshold in cases:
        start = time.process_time()
        outcome = Construction(network, machine, threshold=Fraction(threshold)).outcome()
        slowest = max(slowest, (time.process_time() - start, label))
        wrong = first_wrong(network, machine, threshold, options.length)
        verdicts[outcome.verdict.value] += 1
        if outcome.verdict is Verdict.OPEN:
            reasons[re.sub(r"after .*|[\d*+-]+", "#", outcome.reason)[:90]] += 1
        found = outcome.witness.words if outcome.witness else None
        shown = found if found and len(found) <= options.length else None
        if outcome.verdict is not Verdict.OPEN and shown != wrong:
            false += 1
            print(f"FALSE {outcome.verdict.value}, {label}: {found} / {wrong}", flush=True)
    print(dict(verdicts), f"false {false}, slowest {slowest[0]:.1f} s of CPU ({slowest[1]})")
    for reason, n in reasons.most_common():
        print(f"open, {n}: {reason}")
    return int(false > 0)


if __name__ == "__main__":
    sys.exit(main())
