"""Decisions by brute force: networks in balls at a very large scale on all short words, against the machine run as it is written."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from itertools import product
from math import tanh

from support import GALLERY
from support.corpus import mutants as changed
from support.oracle import Case
from symlstm.builder import control, counting
from symlstm.builder.units import pairs
from symlstm.kernel import algebra
from symlstm.model.exact_tensors import k
from symlstm.model.file.construction_file import read_construction
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.simulation.running import run_balls
from symlstm.model.specifications.counts import counts
from symlstm.model.specifications.languages import Size, language
from symlstm.model.specifications.regular import dfa

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
    """A network, a machine and a threshold: each fourth seed has wholly random weights, the others are right but for a change or two."""
    rng = random.Random(seed)
    kind = (_random_weights, _counted, _latched, _built)[seed % 4]
    network, machine, threshold = kind(rng)
    for _ in range(0 if kind is _random_weights else rng.choice((0, 0, 1, 1, 2))):
        network = _one_changed(rng, network)
    return network, machine, threshold


def _one_changed(rng, network):
    """One number of the network changed: zeroed, negated, halved or moved by 25 k."""
    name, array = rng.choice([item for item in network.layers[0].tensors.items() if item[1]])
    places = [(i, j) for i, row in enumerate(array) for j in range(len(row) if isinstance(row, tuple) else 1)]
    i, j = rng.choice(places)
    change = rng.choice(
        (lambda x: 0 * x, lambda x: -x, lambda x: x / 2, lambda x: x + 25 * k if name[0] in "wb" else x + 1)
    )
    rows = [[*row] if isinstance(row, tuple) else row for row in array]
    if isinstance(rows[i], list):
        rows[i][j] = change(rows[i][j])
    else:
        rows[i] = change(rows[i])
    return replace(network, **{name: rows})


def _counted(rng):
    """Two cells that count the words with random signs; the readout is a form of what they count, or of tanh of one."""
    words = ("a", "b", "c")[: rng.choice((2, 2, 3))]
    signs = [[rng.choice((-1, 0, 1)) for _ in words] for _ in range(2)]
    on = [100 * k] * 2
    gates = {"W_ig": [[100 * x * k for x in row] for row in signs], "b_ii": on, "b_if": on, "b_io": on}
    coefficients = [rng.choice((1, 1, -1, 2)), rng.choice((0, 0, 1, -1, -2))]
    least = rng.choice((-1, 0, 0, 1, 2))  # of the form, to be accepted
    if rng.random() < 0.4 and not coefficients[1] and coefficients[0] == 1:
        read, level = [ReadoutTerm("h", 0)], Fraction(round(100 * (tanh(least) + tanh(least - 1)) / 2), 100)
    else:
        read, level = [ReadoutTerm("c", n, x) for n, x in enumerate(coefficients) if x], least - Fraction(1, 2)
    network = Network.from_gates(words, 2, gates, readout=read)
    sums = [sum(x * row[j] for x, row in zip(coefficients, signs, strict=True)) for j in range(len(words))]
    left = " ".join(f"{'+' if n >= 0 else '-'} {abs(n)} #{word}" for n, word in zip(sums, words, strict=True))
    return network, counts(f"{left} >= {least}", words), rng.choice((level, level, least))


def _latched(rng):
    """A counter, and a cell that is set for good when a word finds the counter at a bound or beyond."""
    bound, words = rng.choice((1, 2, 3)), ("a", "b")
    weight = 400 * bound**3
    bias = round(weight * (tanh(bound) + tanh(bound - 1)) / 2) + rng.choice((0, 0, 0, 40, -40))
    gates = {
        "W_ii": [[0, 0], [100 * k, 0]],
        "W_if": [[0, 0], [-100 * k, 0]],
        "W_ig": [[100 * k, -100 * k], [0, 0]],
        "W_hi": [[0, 0], [weight * k, 0]],
        "W_hf": [[0, 0], [-weight * k, 0]],
        "b_ii": [100 * k, -(bias + 100) * k],
        "b_if": [100 * k, (bias + 100) * k],
        "b_ig": [0, 100 * k],
        "b_io": [100 * k, 100 * k],
    }
    network = Network.from_gates(words, 2, gates, readout=[ReadoutTerm("h", 1, -1)])
    return network, language("ahead", words, size=Size(bound=bound)), Fraction(-1, 2)


def _built(rng):
    """What the builder makes of a random automaton, in a random cell, or of a language that counts."""
    words = ("a", "b")
    if rng.random() < 0.3:
        machine = language(rng.choice(("dyck1", "anbn", "majority", "ahead")), words, size=Size(bound=2))
        return counting.network(machine), machine, Fraction(1, 2)
    states = [f"q{n}" for n in range(rng.choice((2, 3)))]
    table = {q: {word: rng.choice(states) for word in words} for q in states}
    machine = dfa(words, "q0", table, [q for q in states if rng.random() < 0.5] or ["q0"])
    network = control.network(pairs(machine), rng.choice([*control.BUILDERS]))
    return (network, machine, Fraction(1, 2)) if network.readout else _built(rng)


def _random_weights(rng):
    """A random LSTM with a counter that is seen and a second cell whose gates may read it; a language; a threshold."""
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
