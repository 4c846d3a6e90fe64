"""What is known at one scale: a table of the gallery, and random networks against long runs in balls of 200 digits.

    python tests/benchmarks/scale.py [--scale 1] [--random 0] [--counters 0] [--first 0]

The table has a line for each construction of the gallery and its decisions: right at every length, or up to which
length, wrong at which, and the seconds of processor time that it took. Of each random network that is said to be
right, words of up to 400 letters are run at scales 1/4, 1 and 2; and of networks that count, made from those of the
gallery by other weights, blocks and phrases that are repeated, all of whose prefixes are looked at; and the words on
which they are said to be wrong. Exit code 1 if one of them is not.
"""

from __future__ import annotations

import argparse
import random
import re
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from fractions import Fraction
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
from flint import arb, ctx
from support import GALLERY
from support.corpus import random_case

from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.file.construction_file import read_construction
from symlstm.model.simulation.running import run_balls
from symlstm.model.specification import value
from symlstm.proof.scale import AtScale, Finding, spelled
from symlstm.render.statements.scales import number
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked, at_scale
from symlstm.search.scale.question import Question

COUNTERS = (
    *("majority", "dyck1", "dyck1_rewritten", "never_three_ahead", "steps_since_on", "a_since_b", "a_after_b"),
    *("signed_counter", "parity", "flip_flop"),
)
SIZES = tuple(Fraction(n, 16) for n in (1, 2, 3, 4, 6, 8, 12, 14, 15, 16, 17, 20))
SCALES, LONGEST, WORDS, DIGITS = (Fraction(1, 4), Fraction(1), Fraction(2)), 400, 4, 200


def table(scale: Fraction) -> None:
    """A line for each construction of the gallery that has a specification; * where the two sides are not within a factor 4."""
    for path in (*sorted(GALLERY.glob("*.toml")), *sorted((GALLERY / "decisions").glob("*.toml"))):
        file = read_construction(path)
        if file.specification is None:
            continue
        start = time.process_time()
        known = at_scale(Construction(file.network, file.specification, "", file.threshold, file.margin), scale)
        mark = " " if is_settled(known) else "*"
        print(f"{path.stem:34} {line(known):44}{mark} {time.process_time() - start:6.2f} s", flush=True)


def is_settled(known: AtScale) -> bool:
    """Right at every length, or right up to one and wrong at another one that is at most four times as long; or wrong at once."""
    if known.right is None or known.right_up_to is None:
        return known.right is not None or known.wrong_at == 1
    return known.wrong_at is not None and known.wrong_at <= 4 * known.right_up_to


def line(known: AtScale) -> str:
    """What is known, in a few words."""
    if known.right is None:
        return f"wrong at {known.wrong_at}" if known.wrong_at else f"open: {known.reason[:44]}"
    right = "every length" if known.right_up_to is None else f"up to {number(known.right_up_to)}"
    return right + ("" if known.wrong_at is None else f", wrong at {number(known.wrong_at, up=True)}")


def violated(made: Construction, known: AtScale, k: Fraction, source: random.Random) -> bool:
    """Whether a random word shows that a certified length is none."""
    if known.right is None or not isinstance(made.specification, WeightedAutomaton):
        return False
    longest = LONGEST if known.right_up_to is None else min(LONGEST, known.right_up_to)
    for _ in range(WORDS):
        words = source.choices(made.network.vocabulary, k=source.randint(max(1, made.network.delay), max(1, longest)))
        wanted = value(made.specification, words[: len(words) - made.network.delay])
        with ctx.workprec(4 * DIGITS):
            if abs(run_balls(made.network, words, k, DIGITS).readout[-1] - arb(wanted)) > arb(1) / 2:
                print(f"{known} is violated by {words}")
                return True
    return False


def counting_network(source: random.Random) -> Construction:
    """One of the gallery's networks that count, some of its weights other ones."""
    name, size = source.choice(COUNTERS), source.choice(SIZES)

    def other(found: re.Match[str]) -> str:
        own = source.choice(SIZES) if source.random() < 1 / 8 else 1
        return f'"{Fraction(found[1]) * size * own}*k"'

    path = next(p for p in (GALLERY / f"{name}.toml", GALLERY / "decisions" / f"{name}.toml") if p.exists())
    with tempfile.TemporaryDirectory() as folder:
        made = Path(folder) / path.name
        made.write_text(re.sub(r'"(-?\d+)\*k"', other, path.read_text(encoding="utf-8")), encoding="utf-8")
        file = read_construction(made)
    assert file.specification is not None
    return Construction(file.network, file.specification, "", file.threshold, file.margin)


def some_words(vocabulary: Sequence[str], source: random.Random) -> list[str]:
    """Blocks of equal words, phrases that are repeated, or one by one."""
    words: list[str] = []
    while len(words) < LONGEST:
        phrase = source.choices(vocabulary, k=source.choice((1, 1, 1, 2, 2, 3)))
        words += phrase * source.choice((1, 2, 5, 20, 60, 180))
    return words[:LONGEST]


def is_contradicted(made: Construction, known: AtScale, k: Fraction, source: random.Random) -> bool:
    """Whether a run shows that a certified length is none, or that words are not wrong that are said to be."""
    question, _ = asked(made, k, None)
    if known.right is not None:
        longest = LONGEST if known.right_up_to is None else known.right_up_to
        for _ in range(WORDS):
            words = some_words(made.network.vocabulary, source)[:longest]
            if any(failing(made, question, words, k)):
                print(f"{known} is contradicted by {words}")
                return True
    if known.wrong_at is not None and known.wrong_at <= LONGEST:
        words = [*spelled(known.runs)]
        if not any(failing(made, question, words, k)[-1:]):
            print(f"{known} is right on {words}")
            return True
    return False


def failing(made: Construction, question: Question, words: Sequence[str], k: Fraction) -> list[bool]:
    """Of each prefix whether what is read is certainly not what is specified."""
    late, found = made.network.delay, []
    with ctx.workprec(4 * DIGITS):
        for n, x in enumerate(run_balls(made.network, words, k, DIGITS).readout, 1):
            claimed = n > late and question.machine.promises(words[:n])
            sides = (
                question.sides(question.machine.says(question.machine.reached(words[: n - late]))) if claimed else ()
            )
            found.append(any(side.fails(x.lower(), x.upper()) for side in sides))
    return found


def counters(first: int, many: int) -> int:
    """How many of so many networks that count are contradicted."""
    counts, wrong = Counter[str](), 0
    for seed in range(first, first + many):
        source, k = random.Random(seed), SCALES[seed % len(SCALES)]
        made = counting_network(source)
        known = at_scale(made, k)
        counts["right at every length" if known.is_right_up_to(None) else known.finding.value] += 1
        counts["with a wrong side"] += known.right is not None and known.wrong is not None
        counts["within 400 words"] += 0 < (known.wrong_at or 0) <= LONGEST
        wrong += is_contradicted(made, known, k, source)
    print(f"{many} networks that count: {dict(counts)}; contradicted: {wrong}")
    return wrong


def main() -> int:
    """The table, then the random networks."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=Fraction, default=Fraction(1))
    parser.add_argument("--random", type=int, default=0, help="how many random networks")
    parser.add_argument("--counters", type=int, default=0, help="how many networks that count")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    options = parser.parse_args()
    table(options.scale) if not options.random + options.counters else None
    counts, wrong = Counter[str](), counters(options.first, options.counters) if options.counters else 0
    for seed in range(options.first, options.first + options.random):
        case, k = random_case(seed), SCALES[seed % len(SCALES)]
        made = Construction(case.network, case.specification)
        known = at_scale(made, k)
        every = known.right is not None and known.right_up_to is None
        counts["right at every length" if every else known.finding.value] += 1
        wrong += known.finding is not Finding.WRONG and violated(made, known, k, random.Random(seed))
    if options.random:
        print(f"{options.random} random networks: {dict(counts)}; violated: {wrong}")
    return int(wrong > 0)


if __name__ == "__main__":
    raise SystemExit(main())
