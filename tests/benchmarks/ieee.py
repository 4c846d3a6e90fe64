"""Checking all word sequences: merged states against brute force, on one core.

    python tests/benchmarks/ieee.py [--budget SECONDS] [--length N]

Prints two tables in Markdown. Brute force runs every sequence from its first word on, in
batches; each method checks that the readout rounds to the score. PyTorch is left out where
it is not installed.
"""
# ruff: noqa: E402  (threads and the search path are set before the imports)

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

os.environ |= dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
sys.path[:0] = [str(Path(__file__).parents[1]), str(Path(__file__).parents[2])]

import numpy as np
from numpy.typing import NDArray
from support.arrays import step
from support.networks import score, sentiment

from symlstm.floats.reachable_states import reach
from symlstm.model.simulation.running import DTYPES, float_weights

NETWORK, SPECIFICATION = sentiment()
BATCH = 1 << 14
Words = NDArray[np.int64]  # (batch, length)
Scores = Callable[[Words], NDArray[np.floating[Any]]]  # to the last readout, (batch,)


class OutOfTime(Exception):
    """The budget is spent."""


def numpy_scores(dtype: str) -> Scores:
    """The published equations on arrays, with NumPy's matrix product."""
    weights, one_hot = float_weights(NETWORK, 1, dtype), np.eye(4, dtype=dtype)

    def scores(words: Words) -> Any:
        h = c = np.zeros((len(words), 6), dtype)  # (batch, hidden)
        for column in words.T:
            h, c = step("lstm", weights, one_hot[column], h, c)
        return c[:, 5]

    return scores


def torch_scores(dtype: str) -> Scores:
    """torch.nn.LSTM."""
    import torch

    torch.set_num_threads(1)
    kind = getattr(torch, dtype)
    lstm = torch.nn.LSTM(4, 6, batch_first=True, dtype=kind).requires_grad_(False)
    for name, array in vars(float_weights(NETWORK, 1, dtype)).items():
        getattr(lstm, f"{name}_l0").data = torch.from_numpy(array)
    one_hot = torch.eye(4, dtype=kind)
    return lambda words: lstm(one_hot[torch.from_numpy(words)])[1][1][0, :, 5].numpy()


def brute_force(scores: Scores, length: int, deadline: float = float("inf")) -> None:
    """Checks all sequences of one length; raises OutOfTime past the deadline."""
    for start in range(0, 4**length, BATCH):
        if perf_counter() > deadline:
            raise OutOfTime
        numbers = np.arange(start, min(start + BATCH, 4**length))  # (batch,)
        words = numbers[:, None] >> 2 * np.arange(length)[::-1] & 3  # (batch, length)
        if (np.rint(scores(words)) != score(words)).any():
            raise SystemExit("a sequence rounds wrong")


def merged(dtype: str, length: int, deadline: float = float("inf")) -> int:
    """Checks all sequences up to a length by merged states; returns the length reached by the deadline."""
    done = 0

    def progress(length: int, states: int) -> None:
        nonlocal done
        if perf_counter() > deadline:
            raise OutOfTime
        done = length

    try:
        if reach(NETWORK, SPECIFICATION, length, dtype, progress=progress).wrong:
            raise SystemExit("a sequence rounds wrong")
    except OutOfTime:
        pass
    return done


def longest(scores: Scores, budget: float) -> int:
    """The largest length of which all sequences are checked within the budget."""
    length = 0
    try:
        while True:
            brute_force(scores, length + 1, perf_counter() + budget)
            length += 1
    except OutOfTime:
        return length


def seconds(work: Callable[[], object]) -> float:
    start = perf_counter()
    work()
    return perf_counter() - start


def methods() -> dict[str, Callable[[str], Scores]]:
    try:
        import torch
    except ImportError:
        return {"NumPy, brute force": numpy_scores}
    return {f"PyTorch {torch.__version__}, brute force": torch_scores, "NumPy, brute force": numpy_scores}


def compare(budget: float, length: int) -> None:
    """One row a method and type."""
    print(f"| method | type | words/s at n = {length} | n in {budget:g} s | sequences of that length |")
    print("|---|---|---|---|---|")
    for dtype in DTYPES:
        for name, make in methods().items():
            scores = make(dtype)
            rate = 4**length / seconds(lambda: brute_force(scores, length))  # noqa: B023
            n = longest(scores, budget)
            print(f"| {name} | {dtype} | {rate:.2g} | {n} | {4**n:.1e} |", flush=True)
        rate = 4**length / seconds(lambda: merged(dtype, length))  # noqa: B023
        n = merged(dtype, 10**6, perf_counter() + budget)
        print(f"| merged states | {dtype} | {rate:.2g} | {n} | 10^{n * np.log10(4):.0f} |", flush=True)


def target(length: int) -> None:
    """The time for all sequences up to a length in both types."""
    print(f"\n| all 4^n sequences, n <= {length} | seconds |\n|---|---|")
    times = [seconds(lambda: merged(dtype, length)) for dtype in DTYPES]  # noqa: B023
    for dtype, time in zip((*DTYPES, "both"), (*times, sum(times)), strict=True):
        print(f"| {dtype} | {time:.1f} |")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--budget", type=float, default=10, help="seconds for the longest n of each method (10)")
    parser.add_argument("--length", type=int, default=10, help="the n of the throughput column (10)")
    parser.add_argument("--target", type=int, default=300, help="the length of the second table (300)")
    options = parser.parse_args()
    compare(options.budget, options.length)
    target(options.target)
