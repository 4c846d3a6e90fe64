"""What `build` makes, of known and of random specifications in every cell that can hold them.

    python tests/benchmarks/builder.py [--cells lstm,gru,...] [--random 30] [--large] [--words 200]

A line for each specification and cell: states, units, the multiple of unit weights, the verdicts in the limit
and at k = 1, all float32 states that are reached, on how many prefixes of 50 random words of that length PyTorch's own
cell in float64 and float32 does not accept what the automaton accepts, and the seconds of processor time.
`--large`: only the automaton of 100 states over 4 letters.
Specifications: Tomita 1 to 7, a count modulo 60, random minimal automata of 20 states over 3 letters, ten regular
expressions, and with counters (LSTM) Dyck-1 and a^n b^n. Exit code 1 if something is not proved, or a word is wrong.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import accumulate
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
import numpy as np
from support.pytorch import read_off

from symlstm.builder.building import Built, build
from symlstm.builder.control import BUILDERS
from symlstm.builder.threshold_layer import minimised
from symlstm.builder.writing import certified, number
from symlstm.kernel.networks.machines import Machine
from symlstm.model.specifications.languages import language
from symlstm.model.specifications.regular import dfa, regex
from symlstm.proof.claims import Verdict

REGEXES = (
    "(a|b)*abb",
    "a*b*",
    "(ab)*",
    "(a|b)*a(a|b)(a|b)",
    "(aa|bb)*",
    "a(a|b)*b|b(a|b)*a",
    "(a|ba)*(b|)",
    "((a|b)(a|b)(a|b))*",
    "b*(ab*ab*)*",
    "(a|b)*aba(a|b)*",
)
TRIED = 50


def random_automaton(seed: int, states: int, letters: str) -> Machine:
    """A minimal automaton of just so many states, all of them reached."""
    choose = random.Random(seed)
    while True:
        table = {f"s{q}": {x: f"s{choose.randrange(states)}" for x in letters} for q in range(states)}
        found = minimised(dfa([*letters], "s0", table, [q for q in table if choose.random() < 0.5]))
        if len(found.states) == states:
            return found


def modulo(n: int) -> Machine:
    """Whether the number of a is divisible by n."""
    table = {f"s{q}": {"a": f"s{(q + 1) % n}", "b": f"s{q}"} for q in range(n)}
    return dfa(["a", "b"], "s0", table, ["s0"])


def specifications(count: int, large: bool) -> Iterator[tuple[str, Machine]]:
    """Names and machines."""
    if large:
        yield "random, 100 states, 4 letters", random_automaton(0, 100, "abcd")
        return
    yield from ((f"tomita{n}", language(f"tomita{n}", ["a", "b"])) for n in range(1, 8))
    yield "#a = 0 mod 60", modulo(60)
    yield from ((text, regex(text, ["a", "b"])) for text in REGEXES)
    yield from ((f"random {seed}", random_automaton(seed, 20, "abc")) for seed in range(count))
    yield from ((name, language(name, ["a", "b"])) for name in ("dyck1", "anbn"))


def wrong(built: Built, machine: Machine, length: int, dtype: str) -> int:
    """How many prefixes of random words are on the other side of 1/2 than the machine says, by PyTorch."""
    network = built.construction.network
    words = np.random.default_rng(0).integers(0, len(network.vocabulary), (TRIED, length))
    accepted = read_off(network, words, dtype) > 1 / 2
    said = np.array([says(machine, [network.vocabulary[w] for w in row]) for row in words])
    return int((accepted[:, network.delay :] != said[:, : length - network.delay]).sum())


def says(machine: Machine, words: Sequence[str]) -> list[bool]:
    """Whether each prefix is accepted."""
    configurations = accumulate(words, machine.after, initial=machine.first)
    return [bool(machine.says(found)) for found in configurations][1:]


def main() -> int:
    """A line for each network."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--cells", type=lambda text: text.split(","), default=[*BUILDERS])
    parser.add_argument("--random", type=int, default=30, help="how many random automata")
    parser.add_argument("--large", action="store_true", help="only the automaton of 100 states over 4 letters")
    parser.add_argument("--words", type=int, default=200, help="length of the random words")
    options = parser.parse_args()
    failed, total, spent = 0, Counter[str](), 0.0
    for name, machine in specifications(options.random, options.large):
        for cell in options.cells:
            if machine.registers and cell != "lstm":
                continue
            start = time.process_time()
            built = build(machine, cell)
            seconds = time.process_time() - start
            off = [wrong(built, machine, options.words, dtype) for dtype in ("float64", "float32")]
            bad = built.limit.verdict is not Verdict.PROVED or built.at_weights.right is None or any(off)
            failed += bad
            total[cell] += 1
            states = f"{built.states} states, {built.units} units, {cell}"
            known = certified(built.at_weights)
            floats = f"{built.float32.states} float32 states" if built.float32 else "float32 not established"
            multiple = f"x{number(built.multiple)}"
            print(f"{name:24} {states:36} {multiple:6} {known}; {floats}; wrong {off}; {seconds:.1f} s", flush=True)
            spent += seconds
    print(f"{dict(total)}: {failed} failed, {spent:.0f} s")
    return int(failed > 0)


if __name__ == "__main__":
    raise SystemExit(main())
