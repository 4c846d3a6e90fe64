"""Every verdict against brute force, and every certified error against the errors themselves.

    python tests/benchmarks/verdicts.py [--random 2000] [--first 0] [--errors 300] [--gallery NAME ...]
    python tests/benchmarks/verdicts.py --cell gru --random 1000 --gallery

The corpus: each construction of the gallery with every nonzero number zeroed, negated and
halved, and random networks (hidden size 1 to 3, two or three words; LSTM, sigmoid and tanh
RNN). Brute force runs all words up to length 7 at scale 2^20 in 150 digits. What is proved
must agree everywhere, a counterexample must be real, shortest and first. Errors are compared
at lengths 1 to 5 in 400 digits. Exit code 1 if anything is false.
"""

from __future__ import annotations

import argparse
import statistics
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from support.corpus import gallery, mutants, random_case
from support.judging import LENGTH, Judgement, Tightness, judge, tightness
from support.oracle import Case

from symlstm.model.cells import CELLS

VERDICTS = ("proved", "refuted", "open")
LENGTHS, DIGITS = 5, 400  # of the words and numbers that errors are compared in


def judged(cases: Iterable[Case], length: int) -> Iterator[tuple[Case, Judgement]]:
    """Each case's judgement by words up to the length; what is false is printed at once."""
    for case in cases:
        judgement = judge(case, length)
        if judgement.false:
            print(f"{judgement.verdict} of {case.label}: {judgement.detail}", flush=True)
        yield case, judgement


def row(name: str, found: list[tuple[Case, Judgement]]) -> str:
    """A line of the table."""
    counts = Counter(judgement.verdict for _, judgement in found)
    false = sum(judgement.false for _, judgement in found)
    seconds = [judgement.seconds for _, judgement in found]
    longest = max((int(j.detail) for _, j in found if j.verdict == "refuted"), default=0)
    cells = [name, len(found), *(counts[verdict] for verdict in VERDICTS), false, longest]
    return "| " + " | ".join([*map(str, cells), f"{statistics.median(seconds):.3f} s", f"{max(seconds):.2f} s"]) + " |"


def errors(cases: Iterable[Case]) -> list[Tightness]:
    """All comparisons of errors; what is false is printed at once."""
    found = []
    for case in cases:
        for comparison in tightness(case, LENGTHS, DIGITS):
            found.append(comparison)
            if comparison.false:
                print(f"FALSE BOUND of {case.label}: {comparison}", flush=True)
    return found


def summary(found: list[Tightness]) -> str:
    """How tight the certified errors are."""
    ratios = [ratio for comparison in found if (ratio := comparison.ratio) is not None]
    false, exact = sum(c.false for c in found), len(found) - len(ratios)
    tight = f"median {statistics.median(ratios):.3g}, worst {max(ratios):.3g}" if ratios else "none"
    return f"{len(found)} certified errors, {false} false; bound / worst error: {tight}; {exact} without error"


def main() -> int:
    """Prints the table, the reasons of what is open, and the tightness."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--random", type=int, default=2000, help="random networks")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument(
        "--errors", type=int, default=300, help="proved networks, beside the gallery, to compare errors"
    )
    parser.add_argument("--length", type=int, default=LENGTH, help="of the words that brute force tries")
    parser.add_argument("--gallery", nargs="*", help="only these constructions' mutants")
    parser.add_argument("--cell", choices=[*CELLS], help="random networks of this cell, in one or two layers")
    options = parser.parse_args()
    kept = [case for case in gallery() if options.gallery is None or case.label in options.gallery]
    seeds = range(options.first, options.first + options.random)
    print("| corpus | networks | proved | refuted | open | false | longest counterexample | median | slowest |")
    print("|---|---|---|---|---|---|---|---|---|")
    found = []
    for name, cases in [
        *((case.label, mutants(case)) for case in kept),
        (f"random {options.cell or ''}", (random_case(seed, options.cell) for seed in seeds)),
    ]:
        part = [*judged(cases, options.length)]
        if part:
            print(row(name, part), flush=True)
        found += part
    for reason, n in Counter(j.detail for _, j in found if j.verdict == "open").most_common():
        print(f"open, {n}: {reason}")
    proved = [case for case, j in found if j.verdict == "proved"]
    compared = errors([*kept, *proved[: options.errors]])
    print(summary(compared))
    return int(any(j.false for _, j in found) or any(c.false for c in compared))


if __name__ == "__main__":
    sys.exit(main())
