"""Every enclosure of random small networks contains what the network does, run in 200 digits from its numbers."""

from __future__ import annotations

import random
from collections.abc import Iterator
from fractions import Fraction

import pytest
from flint import arb, ctx, fmpq
from sympy import Expr, Rational

from symlstm import Network, ReadoutTerm, k
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.enclosures import Enclosure, EnclosureArithmetic
from symlstm.kernel.networks.invariants import Step, step_table
from symlstm.kernel.networks.statements import Invariant, Situation
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.saturation.exploration import Infinite
from symlstm.search.saturation.invariant import saturate

BITS = 700  # 210 digits
OFFSETS = [Fraction(x) for x in ("0", "0", "0", "1", "-1", "1/2", "-1/3")]
BIASES = {"i": (10, 10, -10), "f": (-20, -20, -10, 20), "g": (10, -10, 0), "o": (5, -5, -10)}  # multiples of k
WORDS = ("a", "b", "c")
Affine = tuple[int, Fraction]  # (a, b) of a k + b


class Recipe:
    """An LSTM by its numbers, and its equations in balls: gates i, f, g, o of `hidden` rows each."""

    def __init__(self, rng: random.Random, hidden: int) -> None:
        self.hidden, self.words = rng.randint(1, hidden), WORDS[: rng.randint(2, 3)]
        gates = [gate for gate in "ifgo" for _ in range(self.hidden)]
        self.input = [[number(rng, (0, 0, 8, -8, 15)) for _ in self.words] for _ in gates]
        self.recurrent = [[number(rng, (0, 0, 0, 0, 9, -9)) for _ in range(self.hidden)] for _ in gates]
        self.bias = [number(rng, BIASES[gate]) for gate in gates]

    def network(self) -> Network:
        readout = [ReadoutTerm(state, j) for state in "hc" for j in range(self.hidden)]
        input, recurrent = ([[entry(x) for x in row] for row in rows] for rows in (self.input, self.recurrent))
        zeros = [0] * len(self.bias)
        return Network(self.words, input, recurrent, [entry(x) for x in self.bias], zeros, readout=readout)

    def run(self, word: tuple[str, ...], scale: int) -> Iterator[dict[str, arb]]:
        """The gates and the state after each word, by name."""
        h = c = [arb(0)] * self.hidden
        for w in word:
            a = [self._preactivation(row, self.words.index(w), h, scale) for row in range(4 * self.hidden)]
            i, f, g, o = (a[n * self.hidden : (n + 1) * self.hidden] for n in range(4))
            i, f, g, o = [*map(logistic, i)], [*map(logistic, f)], [*map(arb.tanh, g)], [*map(logistic, o)]
            c = [f[j] * c[j] + i[j] * g[j] for j in range(self.hidden)]
            h = [o[j] * c[j].tanh() for j in range(self.hidden)]
            named = zip("ifgohc", (i, f, g, o, h, c), strict=True)
            yield {f"{name}_{j + 1}": x for name, values in named for j, x in enumerate(values)}

    def _preactivation(self, row: int, column: int, h: list[arb], scale: int) -> arb:
        fed_back = (at(x, scale) * y for x, y in zip(self.recurrent[row], h, strict=True))
        return sum(fed_back, at(self.bias[row], scale) + at(self.input[row][column], scale))


def number(rng: random.Random, slopes: tuple[int, ...]) -> Affine:
    slope = rng.choice(slopes)
    return slope, rng.choice(OFFSETS) if slope else Fraction(0)


def entry(x: Affine) -> Expr:
    return x[0] * k + Rational(x[1].numerator, x[1].denominator)


def at(x: Affine, scale: int) -> arb:
    return arb(x[0] * scale) + arb(fmpq(x[1].numerator, x[1].denominator))


def logistic(x: arb) -> arb:
    return 1 / (1 + (-x).exp())


FUNCTIONS = {"tanh": arb.tanh, "exp": arb.exp, "sigmoid": logistic, "inverse": lambda x: 1 / x}


def value(term: Term, scale: int) -> arb:
    """A term in k, by its definition."""
    total = arb(0)
    for monomial, coefficient in term.monomials.items():
        product = arb(coefficient)
        for atom, power in monomial:
            product *= (arb(scale) if atom == k else FUNCTIONS[atom.function](value(atom.argument, scale))) ** power
        total += product
    return total


def holds(signal: Enclosure, x: arb, scale: int) -> bool:
    """Whether |x - main| <= sum A k^p e^(-lambda k), on the sides that the signal speaks of, as far as 700 bits tell."""
    terms = (arb(a) * arb(scale) ** p * (-arb(rate) * scale).exp() for (p, rate), a in signal.error.terms.items())
    error, off = sum(terms, arb(0)), x - value(signal.main, scale)
    return not (signal.side != -1 and off < -error) and not (signal.side != 1 and off > error)


def invariant_of(recipe: Recipe) -> Theorem | None:
    network = recipe.network()
    try:
        return saturate(network.system, network.linear_readout).rates_from(fmpq(1))
    except (Infinite, RuleError):
        return None


def gates_of(theorem: Theorem) -> dict[tuple[int, str, str], Enclosure]:
    """The enclosures of the gates of which something is known, by situation, word and name."""
    rows = {}
    for name, _ in theorem.conclusion.system.gates:
        try:
            table = step_table(theorem, (name,)).conclusion.rows
        except RuleError:
            continue
        rows |= {(q, word, gate.name): signal for q, word, gate, signal in table}
    return rows


def checked(recipe: Recipe, theorem: Theorem, rng: random.Random) -> int:
    """The number of enclosures compared along random words at three scales; all must hold."""
    found: Invariant = theorem.conclusion
    gates, count = gates_of(theorem), 0
    for scale in (1, 2, 5):
        word, q = tuple(rng.choices(recipe.words, k=8)), 0
        for w, values in zip(word, recipe.run(word, scale), strict=True):
            named = {name: signal for (p, v, name), signal in gates.items() if (p, v) == (q, w) and name in values}
            q = found.automaton.step[q][recipe.words.index(w)]
            named |= {s.name: signal for s, signal in found.automaton.situations[q].box.items()}
            for name, signal in named.items():
                assert holds(signal, values[name], scale), f"{name} at {scale} in {word}"
            count += len(named)
    return count


def followed(network: Network, word: tuple[str, ...]) -> Iterator[dict[str, Enclosure]]:
    """The enclosures of gates and state after each word, one step of the calculus at a time, from the initial state."""
    system = network.system
    arithmetic = EnclosureArithmetic(system.scale, fmpq(1))
    box = {s: Enclosure(x) for s, x in zip(system.state, system.initial, strict=True)}
    names = [*system.state, *(gate for gate, _ in system.gates)]
    for w in word:
        step = Step(system, arithmetic, Situation((), box, {}), w)
        found = {name: signal for name in names if (signal := step.signal(name)) is not None}
        box = {s: found[s] for s in system.state if s in found}
        yield {name.name: signal for name, signal in found.items()}


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(4))
def test_the_enclosures_along_a_word_contain_the_values(seed):
    rng, count = random.Random(seed), 0
    with ctx.workprec(BITS):
        for _ in range(15):
            recipe = Recipe(rng, hidden=4)
            word = tuple(rng.choices(recipe.words, k=4))
            enclosures = [*followed(recipe.network(), word)]
            for scale in (1, 2, 5):
                for signals, values in zip(enclosures, recipe.run(word, scale), strict=True):
                    for name in signals.keys() & values.keys():
                        assert holds(signals[name], values[name], scale), f"{name} at {scale} in {word}"
                        assert values[name] * signals[name].sign >= 0
                        count += 1
    assert count > 2000


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(3))
def test_the_enclosures_of_an_invariant_contain_the_values_on_every_word(seed):
    rng, count = random.Random(seed), 0
    with ctx.workprec(BITS):
        for _ in range(10):
            recipe = Recipe(rng, hidden=2)
            theorem = invariant_of(recipe)
            if theorem is not None:
                count += checked(recipe, theorem, rng)
    assert count > 300
