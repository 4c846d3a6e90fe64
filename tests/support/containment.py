"""An LSTM or a GRU and the RNN that it is said to contain, their equations written out in mpmath."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import mpmath

from symlstm.model.file.construction_file import EmbeddingClaim
from symlstm.model.network import Network

Number = Callable[[Any], Any]  # an entry's value at a scale


def logistic(x: Any) -> Any:
    return 1 / (1 + mpmath.exp(-x))


def distance(network: Network, claim: EmbeddingClaim, words: Sequence[int], number: Number) -> Any:
    """The largest |h_n - scale r_n - shift| after the words, given by their places."""
    ours, theirs = _rows(network, number), _rows(claim.rnn, number)
    h, c, r = ([*map(number, start)] for start in (network.h0, network.c0, claim.rnn.h0))
    own = {"rnn_sigmoid": logistic, "rnn_tanh": mpmath.tanh}[claim.rnn.cell]
    for word in words:
        before = _sums(theirs, word, r)
        h, c = (_lstm if network.cell == "lstm" else _gru)(_sums(ours, word, h), h, c)
        r = [own(a + u) for a, u in before]
    scale, shift = number(claim.scale), number(claim.shift)
    return max(abs(x - scale * y - shift) for x, y in zip(h, r, strict=True))


def _rows(network: Network, number: Number) -> list[tuple[Any, ...]]:
    tensors = (network.weight_ih, network.weight_hh, network.bias_ih, network.bias_hh)
    rows = zip(*tensors, strict=True)
    return [([*map(number, w)], [*map(number, u)], number(a), number(b)) for w, u, a, b in rows]


def _sums(rows: list[tuple[Any, ...]], word: int, state: list[Any]) -> list[tuple[Any, Any]]:
    """W x + b_ih and U h + b_hh of each row."""
    return [(w[word] + a, b + mpmath.fsum(x * y for x, y in zip(u, state, strict=True))) for w, u, a, b in rows]


def _lstm(sums: list[tuple[Any, Any]], h: list[Any], c: list[Any]) -> tuple[list[Any], list[Any]]:
    d, a = len(h), [x + y for x, y in sums]
    c = [logistic(a[d + j]) * c[j] + logistic(a[j]) * mpmath.tanh(a[2 * d + j]) for j in range(d)]
    return [logistic(a[3 * d + j]) * mpmath.tanh(c[j]) for j in range(d)], c


def _gru(sums: list[tuple[Any, Any]], h: list[Any], c: list[Any]) -> tuple[list[Any], list[Any]]:
    d = len(h)
    r, z = ([logistic(sum(sums[j])) for j in range(n * d, (n + 1) * d)] for n in (0, 1))
    written = [mpmath.tanh(sums[2 * d + j][0] + r[j] * sums[2 * d + j][1]) for j in range(d)]
    return [(1 - z[j]) * written[j] + z[j] * h[j] for j in range(d)], c
