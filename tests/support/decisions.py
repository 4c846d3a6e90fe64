"""Decisions by brute force: networks in balls at a very large scale on all short words, against the machine run as it is written."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product

from support import GALLERY
from support.corpus import mutants as changed
from support.oracle import Case
from symlstm.kernel import algebra
from symlstm.model.exact_tensors import k
from symlstm.model.file.construction_file import read_construction
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.simulation.running import run_balls
from symlstm.model.specifications.counts import counts
from symlstm.model.specifications.languages import Size, language

SCALE, DIGITS = 4096, 30
NEAR = 1e-9  # of the threshold: a tie in the limit


def first_wrong(network, machine, threshold, length):
    """The first promised words, shortlex, on which the readout at a very large scale is not clearly on its side."""
    for n in range(max(1, network.delay), length + 1):
        for words in product(network.vocabulary, repeat=n):
            if machine.promises(words):
                accepted = machine.says(machine.reached(words[: n - network.delay]))
                above = float(run_balls(network, words, SCALE, DIGITS).readout[-1]) - threshold
                if (above if accepted else -above) < NEAR:
                    return words
    return None


def mutants(every=1):
    """The gallery's decisions by a threshold over few words, with one number changed: label, network, machine, threshold."""
    n = 0
    for path in sorted((GALLERY / "decisions").glob("*.toml")):
        file = read_construction(path)
        if file.threshold is None or len(file.network.vocabulary) > 4 or file.network.hidden > 9:
            continue
        threshold = float(algebra.constant_ball(file.threshold).mid())
        for case in changed(Case(path.stem, file.network, file.specification)):
            n += 1
            if n % every == 0:
                yield case.label, case.network, case.specification, threshold


LANGUAGES = ("majority", "parity", "anbn", "dyck1", "ahead", "tomita1", "tomita4")


def random_decision(seed):
    """A random LSTM with a counter that is seen and a second cell whose gates may read it; a language; a threshold."""
    rng = random.Random(seed)
    words = ("a", "b")

    def number(zero=0.4):
        return 0 if rng.random() < zero else rng.choice((100, -100, 50, -50, 200, -200, -150)) * k

    def gate(plain):
        if rng.random() < plain:
            return [0, 0], [0, 0], 100 * k
        return [number(), number()], [number(0.5), number(0.8)], number(0.3)

    rows = {
        "i": [([0, 0], [0, 0], 100 * k), gate(0.2)],
        "f": [([0, 0], [0, 0], 100 * k), gate(0.5)],
        "g": [([number(0.2), number(0.2)], [0, 0], 0), gate(0.6)],
        "o": [gate(0.8), gate(0.8)],
    }
    gates = {}
    for name, units in rows.items():
        gates[f"W_i{name}"], gates[f"W_h{name}"], gates[f"b_i{name}"] = (
            list(part) for part in zip(*units, strict=True)
        )
    terms = [
        ReadoutTerm(rng.choice("ch"), j, rng.choice((1, -1, 2, -3))) for j in rng.sample(range(2), rng.randint(1, 2))
    ]
    network = Network.from_gates(words, 2, gates, readout=terms, constant=rng.choice((0, 0, Fraction(1, 2))))
    name = rng.choice(LANGUAGES)
    machine = counts("#a > 0", words) if rng.random() < 0.2 else language(name, words, size=Size(bound=2))
    return network, machine, rng.choice((0, 0, 1))
