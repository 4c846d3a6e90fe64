"""Claims that an LSTM contains a sigmoid RNN, and the bounds of `embed_rnn`, against both recurrences in 400 digits."""

from __future__ import annotations

import random
from fractions import Fraction
from itertools import product
from typing import Any

import mpmath
import sympy
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


def logistic(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def weight(rng: random.Random) -> Expr:
    numbers = [Rational(rng.randint(-8, 8), rng.choice((1, 2, 3))) for _ in range(3)]
    return rng.choice([*numbers, tanh(1), -tanh(1) / 2, exp(1) - 3, CANCELLED, -CANCELLED, CANCELLED + 2, Integer(0)])


def claim(rng: random.Random) -> tuple[Network, EmbeddingClaim]:
    """One or two units; gates, cells and scales that belong together, or do not."""
    d, words = rng.randint(1, 2), ("a", "b")[: rng.randint(1, 2)]
    kind = rng.choice(("every_k", "limit", "bound", "bound", "bound"))
    W, U = ([[weight(rng) for _ in range(n)] for _ in range(d)] for n in (len(words), d))
    at = rng.choice((1, 1, 2)) if kind == "bound" else None
    size = rng.choice((k, 2 * k, Integer(1))) if kind != "bound" else Integer(rng.choice((1, 3, 12)))
    c_star = exp(size) * tanh(size)
    biases, cell, scale = {
        "every_k": ((size, size, size), c_star, tanh(c_star)),
        "limit": ((k, -k, k), Integer(0), tanh(1)),
        "bound": ((size, size, size), rng.choice((c_star, Integer(1), Integer(20))), Integer(1)),
    }[kind]
    if rng.random() < 0.3:
        scale = rng.choice((tanh(1), Integer(1), Rational(1, 2), tanh(tanh(1))))
    recurrent = [[u / scale for u in row] for row in U]
    if rng.random() < 0.25:
        recurrent[0][0] = -recurrent[0][0]
    bound = Rational(rng.choice((1, 2, 20, 127, 400, 900, 2000, 5000)), 1000) if kind == "bound" else None
    bias = [biases[n] for n in range(3) for _ in range(d)] + [0] * d
    network = Network(
        words,
        [[0] * len(words)] * (3 * d) + W,
        [[0] * d] * (3 * d) + recurrent,
        bias,
        h0=[0] * d,
        c0=[cell] * d,
        general=True,
    )
    rnn = Network(words, W, U, h0=[0] * d, cell="rnn_sigmoid")
    allowed = None if bound is None else term(bound)
    return network, EmbeddingClaim(rnn, kind, term(scale), allowed, None if at is None else Fraction(at))


def distance(network: Network, found: EmbeddingClaim, words: tuple[int, ...], at: Any) -> Any:
    """The largest |h_n - scale r_n| after the words."""
    d = network.hidden
    lstm, rnn = (
        [
            ([value(x, at) for x in w], [value(x, at) for x in u], value(a, at) + value(b, at))
            for w, u, a, b in zip(n.weight_ih, n.weight_hh, n.bias_ih, n.bias_hh, strict=True)
        ]
        for n in (network, found.rnn)
    )
    h, c, r = ([value(x, at) for x in start] for start in (network.h0, network.c0, found.rnn.h0))
    for word in words:
        a, b = (
            [w[word] + bias + mpmath.fsum(x * y for x, y in zip(u, state, strict=True)) for w, u, bias in rows]
            for rows, state in ((lstm, h), (rnn, r))
        )
        c = [logistic(a[d + j]) * c[j] + logistic(a[j]) * mpmath.tanh(a[2 * d + j]) for j in range(d)]
        h, r = [logistic(a[3 * d + j]) * mpmath.tanh(c[j]) for j in range(d)], [*map(logistic, b)]
    return max(abs(x - value(found.scale, at) * y) for x, y in zip(h, r, strict=True))


def _claim(rng: random.Random) -> str:
    network, found = claim(rng)
    verdict = outcome(network, found)
    at = {"limit": 2**9, "every_k": 1}.get(found.quantifier) or int(found.at_k)
    allowed = max(mpmath.mpf(10) ** -40, value(0 if found.bound is None else found.bound, at))
    sequences = [word for n in range(LONGEST + 1) for word in product(range(len(network.vocabulary)), repeat=n)]
    if verdict.verdict is Verdict.PROVED:
        for words in sequences:
            error = distance(network, found, words, at)
            demand(error <= allowed, "proved, but", mpmath.nstr(error, 8), "on", words, network, found)
    if verdict.verdict is Verdict.REFUTED:
        words = tuple(map(network.vocabulary.index, verdict.witness.words))
        error = distance(network, found, words, at)
        demand(error > allowed, "refuted, but", mpmath.nstr(error, 8), "on", words, network, found)
    return f"{found.quantifier} {verdict.verdict.value}"


def _bounds(rng: random.Random) -> str:
    """How far the embedding's states are from the RNN's, at each step, for random inputs."""
    d, method = rng.randint(1, 2), rng.choice(METHODS["lstm"])
    W, U = ([[weight(rng) for _ in range(n)] for _ in range(d)] for n in (2, d))
    rnn = SigmoidRNN(W, U)
    found = embed_rnn(rnn, method, bias=rng.choice((1, 2, Fraction(1, 2))), start=rng.choice((0, 1, 5)))
    network = Network(("a", "b"), *map(list, _tensors(found.weights)), h0=found.h0, c0=found.c0, general=True)
    plain = EmbeddingClaim(
        Network(("a", "b"), W, U, h0=[0] * d, cell="rnn_sigmoid"), "bound", sympy.sympify(found.scale)
    )
    words = tuple(rng.randrange(2) for _ in range(4))
    for t in range(len(words) + 1):
        error = distance(network, plain, words[:t], 1)
        demand(error <= mpmath.mpf(found.bound(t)) + mpmath.mpf(10) ** -300, method, t, error, found.bound(t), W, U)
    return f"embed {method}"


def _tensors(weights: Any) -> tuple[Any, ...]:
    return weights.weight_ih, weights.weight_hh, weights.bias_ih, weights.bias_hh
