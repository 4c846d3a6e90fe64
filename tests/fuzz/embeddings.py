"""Claims that an LSTM or a GRU contains an RNN, and the bounds of `embed_rnn`, against both recurrences in 400 digits."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath
import sympy
from support.containment import distance, logistic
from sympy import Expr, Integer, Rational, exp, tanh

from fuzz.findings import demand
from symlstm.model.exact_tensors import k
from symlstm.model.file.construction_file import EmbeddingClaim
from symlstm.model.network import Network
from symlstm.model.terms import term
from symlstm.proof.claims import Verdict
from symlstm.search.containment.embedding import METHODS, SigmoidRNN, embed_rnn
from symlstm.search.containment.verdict import outcome

NAME = "embeddings"
DIGITS, LONGEST = 400, 3
CANCELLED = tanh(tanh(150) - tanh(300)) * exp(300)  # -2.0, by a cancellation of 130 digits


def check(seed: int) -> str:
    """The verdict on a claim; every fifth case is a bound of `embed_rnn`."""
    rng = random.Random(f"embeddings {seed}")
    with mpmath.workdps(DIGITS):
        return _bounds(rng) if seed % 5 == 0 else _claim(rng)


def value(expr: Expr, at: Any = None) -> Any:
    """A number by its tree, in mpmath."""
    expr = sympy.sympify(expr)
    if expr == sympy.sympify(k):
        return mpmath.mpf(at)
    if expr == sympy.E:
        return mpmath.exp(1)
    if expr.is_Rational:
        return mpmath.mpf(int(expr.p)) / int(expr.q)
    parts = [value(part, at) for part in expr.args]
    if expr.is_Add:
        return mpmath.fsum(parts)
    if expr.is_Mul:
        return mpmath.fprod(parts)
    if expr.is_Pow:
        return parts[0] ** parts[1]
    return {"tanh": mpmath.tanh, "exp": mpmath.exp, "sigmoid": logistic}[expr.func.__name__](*parts)


def weight(rng: random.Random) -> Expr:
    numbers = [Rational(rng.randint(-8, 8), rng.choice((1, 2, 3))) for _ in range(3)]
    return rng.choice([*numbers, tanh(1), -tanh(1) / 2, exp(1) - 3, CANCELLED, -CANCELLED, CANCELLED + 2, Integer(0)])


def claim(rng: random.Random) -> tuple[Network, EmbeddingClaim]:
    """One or two units; gates, cells, coordinates and weights that belong together, or do not."""
    d, words = rng.randint(1, 2), ("a", "b")[: rng.randint(1, 2)]
    cell, own = rng.choice(("lstm", "gru")), rng.choice(("rnn_tanh", "rnn_sigmoid"))
    kind = rng.choice(("every_k", "limit", "limit", "bound", "bound", "bound"))
    W, U = ([[weight(rng) for _ in range(n)] for _ in range(d)] for n in (len(words), d))
    b, start = [weight(rng) for _ in range(d)], [rng.choice((0, 0, 1, Rational(1, 3), tanh(1))) for _ in range(d)]
    at = rng.choice((1, 1, 2, 20)) if kind == "bound" else None
    bound = Rational(rng.choice((1, 2, 20, 127, 400, 900, 2000, 5000)), 1000) if kind == "bound" else None
    gates, first, s = (_lstm if cell == "lstm" else _gru)(rng, kind)
    weights, recurrent, row = CHANGES[cell, own]
    scale, shift = (s, Integer(0)) if (weights, recurrent, row) == (1, 1, 0) else (s / 2, s / 2)
    if cell == "gru":
        scale, shift = (Integer(1), Integer(0)) if own == "rnn_tanh" else (Integer(2), Integer(-1))
    drive, states = [[weights * w for w in line] for line in W], [[recurrent * u / s for u in line] for line in U]
    biases = [weights * x + row * sum(line) for x, line in zip(b, U, strict=True)]
    inside = [weight(rng) if cell == "gru" and rng.random() < 0.3 else Integer(0) for _ in range(d)]
    h0 = [scale * y + shift for y in start]
    wrong = rng.choice(("", "", "", "recurrent", "bias", "scale", "shift", "h0"))
    states[0][0] *= -1 if wrong == "recurrent" else 1
    biases[0] += rng.choice((Integer(1), exp(-40))) * int(wrong == "bias")
    h0[0] += exp(-30) * int(wrong == "h0")
    network = Network(
        words,
        [[0] * len(words)] * (len(gates) * d) + drive,
        [[0] * d] * (len(gates) * d) + states,
        [x for x in gates for _ in range(d)] + [x - y for x, y in zip(biases, inside, strict=True)],
        [0] * (len(gates) * d) + inside,
        h0=h0,
        c0=[first] * d if cell == "lstm" else None,
        cell=cell,
        general=True,
    )
    scale, shift = scale / (2 if wrong == "scale" else 1), shift + Rational(1, 8) * int(wrong == "shift")
    rnn, allowed = Network(words, W, U, b, h0=start, cell=own), None if bound is None else term(bound)
    return network, EmbeddingClaim(rnn, kind, term(scale), allowed, None if at is None else Fraction(at), term(shift))


CHANGES = {  # W and b, U, and U 1 in the bias times these
    ("lstm", "rnn_sigmoid"): (1, 1, 0),
    ("gru", "rnn_tanh"): (1, 1, 0),
    ("lstm", "rnn_tanh"): (2, 4, -2),
    ("gru", "rnn_sigmoid"): (Rational(1, 2), Rational(1, 4), Rational(1, 4)),
}


def _lstm(rng: random.Random, kind: str) -> tuple[tuple[Expr, ...], Expr, Expr]:
    """Biases of i, f and g, c_0, and the number that the cell's tanh is, or not."""
    size = rng.choice((k, 2 * k, Integer(1))) if kind != "bound" else Integer(rng.choice((1, 3, 12)))
    c_star = exp(size) * tanh(size)
    biases, cell, s = {
        "every_k": ((size, size, size), c_star, tanh(c_star)),
        "limit": ((k, -k, k), Integer(0), tanh(1)),
        "bound": ((size, size, size), rng.choice((c_star, Integer(1), Integer(20))), Integer(1)),
    }[kind]
    return biases, cell, rng.choice((tanh(1), Integer(1), Rational(1, 2))) if rng.random() < 0.2 else s


def _gru(rng: random.Random, kind: str) -> tuple[tuple[Expr, ...], Expr, Expr]:
    """Biases of r and z; nothing else."""
    r, z = rng.choice((k, 2 * k - 1, k / 2)), rng.choice((-k, 1 - 2 * k, -k / 2))
    return ((r, z) if rng.random() < 0.9 else (-r, z)), Integer(0), Integer(1)


def _claim(rng: random.Random) -> str:
    network, found = claim(rng)
    verdict = outcome(network, found)
    at = {"limit": 2**9, "every_k": 1}.get(found.quantifier) or int(found.at_k)
    allowed = max(mpmath.mpf(10) ** -40, value(0 if found.bound is None else found.bound, at))
    sequences = [word for n in range(LONGEST + 1) for word in product(range(len(network.vocabulary)), repeat=n)]
    if verdict.verdict is Verdict.PROVED:
        for words in sequences:
            error = _distance(network, found, words, at)
            demand(error <= allowed, "proved, but", mpmath.nstr(error, 8), "on", words, network, found)
    if verdict.verdict is Verdict.REFUTED:
        words = tuple(map(network.vocabulary.index, verdict.witness.words))
        error, later = (_distance(network, found, words, scale) for scale in (at, 2 * at))
        real = later > error / 2 > 0 if found.quantifier == "limit" else error > value(found.bound or 0)
        demand(real, "refuted, but", mpmath.nstr(error, 8), "on", words, network, found)
    return f"{network.cell} {found.rnn.cell} {found.quantifier} {verdict.verdict.value}"


def _distance(network: Network, found: EmbeddingClaim, words: tuple[int, ...], at: int) -> Any:
    return distance(network, found, words, lambda entry: value(entry, at))


def _bounds(rng: random.Random) -> str:
    """How far the embedding's states are from the RNN's, at each step, for random inputs."""
    d, cell = rng.randint(1, 2), rng.choice([*METHODS])
    method = rng.choice(METHODS[cell])
    W, U = ([[weight(rng) for _ in range(n)] for _ in range(d)] for n in (2, d))
    rnn = SigmoidRNN(W, U)
    bias, start = rng.choice((1, 2, Fraction(1, 2))), rng.choice((0, 1, 5))
    found = embed_rnn(rnn, method, cell=cell, bias=bias, start=start)
    tensors = map(list, found.weights.tensors.values())
    network = Network(("a", "b"), *tensors, h0=found.h0, c0=found.c0 or None, cell=cell, general=True)
    plain = Network(("a", "b"), W, U, h0=[0] * d, cell="rnn_sigmoid")
    claimed = EmbeddingClaim(plain, "bound", found.scale, shift=found.shift)
    words = tuple(rng.randrange(2) for _ in range(4))
    for t in range(len(words) + 1):
        error = _distance(network, claimed, words[:t], 1)
        demand(error <= mpmath.mpf(found.bound(t)) + mpmath.mpf(10) ** -300, method, t, error, found.bound(t), W, U)
    return f"embed {method}"
