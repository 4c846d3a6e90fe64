"""Cost of a proof against its size: rings of latches, up to 1,000 transitions and beyond.

    python tests/benchmarks/scaling.py [--largest 1280]

A ring of n latches moves its one flag on at the first of m words and holds it at the others:
n situations, n*m transitions, 2n coordinates. It computes "the number of first words is a
multiple of n". The last column should stay level if the cost is linear in transitions times
coordinates. A proof has no length in it: the theorem is about all of them.
"""

from __future__ import annotations

import argparse
import time

from sympy import tanh

from symlstm import Construction, Network, ReadoutTerm, Verdict, k, weighted_automaton
from symlstm.kernel.networks.statements import WeightedAutomaton

SIZES = [(5, 4), (10, 5), (10, 10), (20, 10), (20, 20), (40, 20), (50, 20), (64, 20)]


def ring(n: int, m: int) -> tuple[Network, WeightedAutomaton]:
    """n latches and m words: c_j' = c_j at a holding word, tanh(100 k h_(j-1)) at the moving one."""
    words = ["move", *(f"hold{j}" for j in range(1, m))]
    moves = [[200 * k] + [0] * (m - 1)] * n
    gates = {
        "W_ii": moves,
        "b_ii": [-100 * k] * n,
        "W_if": [[-x for x in row] for row in moves],
        "b_if": [100 * k] * n,
        "W_hg": [[100 * k * int(i == (j - 1) % n) for i in range(n)] for j in range(n)],
        "b_io": [100 * k] * n,
    }
    first = [1] + [0] * (n - 1)
    network = Network.from_gates(
        words, n, gates, h0=[x * tanh(1) for x in first], c0=first, readout=[ReadoutTerm("h", 0, 1 / tanh(1))]
    )
    turn = [[int(j == (i + 1) % n) for j in range(n)] for i in range(n)]
    stay = [[int(i == j) for j in range(n)] for i in range(n)]
    return network, weighted_automaton(first, {w: turn if w == "move" else stay for w in words}, first)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--largest", type=int, default=1280, help="transitions")
    largest = parser.parse_args().largest
    print(
        "| latches | words | transitions | coordinates | proved in | per transition and coordinate |\n|---|---|---|---|---|---|"
    )
    for n, m in SIZES:
        if n * m <= largest:
            start = time.perf_counter()
            outcome = Construction(*ring(n, m)).outcome()
            took = time.perf_counter() - start
            if outcome.verdict is not Verdict.PROVED:
                raise SystemExit(f"{n} latches, {m} words: {outcome.verdict.value} {outcome.reason}")
            print(
                f"| {n} | {m} | {n * m} | {2 * n} | {took:.2f} s | {took / (n * m * 2 * n) * 1e6:.0f} us |", flush=True
            )


if __name__ == "__main__":
    main()
