"""Limits of the sentiment network's expressions: this project's kernel against SymPy's limit and gruntz.

    python tests/benchmarks/limits.py [--seconds 5]

Every gate, cell and hidden coordinate after one word and after two words, as one expression
in k. The truth is the value at k = 4 in 1000-bit balls, where every exponential is below
1e-30. An expression that occurs several times is tried once and counted as often.
A method that needs more than the given time for an expression has given up on it.
"""

from __future__ import annotations

import argparse
import itertools
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import sympy
from flint import arb, ctx, fmpq
from sympy.series.gruntz import gruntz

from symlstm.kernel import algebra
from symlstm.kernel.networks.enclosures import EnclosureArithmetic
from symlstm.model.network import Network
from symlstm.model.translation import normal, to_sympy
from symlstm.proof.claims import load

SENTIMENT = Path(__file__).parents[2] / "proofs" / "sentiment.py"


def expressions(network: Network) -> Counter[sympy.Expr]:
    """The gates and coordinates after one and two words that are not constant, and how often each occurs."""
    found: Counter[sympy.Expr] = Counter()
    names, inputs = network.state_symbols, network.input_symbols
    for length in (1, 2):
        for words in itertools.product(range(len(inputs)), repeat=length):
            state = dict(zip(names, (*network.h0, *network.c0), strict=True))
            for word in words:
                known = state | {x: sympy.Integer(word == j) for j, x in enumerate(inputs)}
                last = {symbol: e.xreplace(known) for symbol, e in network.equations.items()}
                state = {s: last[s] for s in names}
            found.update(e for e in last.values() if e.free_symbols)
    return found


def kernel(k: sympy.Symbol) -> Callable[[sympy.Expr], sympy.Expr | None]:
    """The limit by an enclosure that holds for all k >= 1; None for one that is infinite."""
    arithmetic = EnclosureArithmetic(k, fmpq(1))

    def limit(expr: sympy.Expr) -> sympy.Expr | None:
        found = arithmetic.evaluate(normal(expr), {})
        return None if found is None or found.main.symbols() else to_sympy(found.limit)

    return limit


def truth(expr: sympy.Expr, k: sympy.Symbol) -> arb | None:
    """The value at k = 4; None if the expression goes on growing."""
    with ctx.workprec(1000):
        here, later = (algebra.ball(normal(expr), {k: arb(at)}) for at in (4, 8))
        return here if abs(here - later) < 1e-20 else None


def judged(found: sympy.Expr | None, expected: arb | None) -> str:
    """right, wrong or gave up; None stands for a limit that is not finite."""
    if found is not None and found.has(sympy.Limit):
        return "gave up"
    if expected is None or found is None or found.is_infinite:
        return "right" if expected is None and (found is None or found.is_infinite) else "wrong"
    with ctx.workprec(1000):
        return "right" if abs(arb(str(sympy.N(found, 40))) - expected) < 1e-20 else "wrong"


class Late(Exception):
    """The time for one expression is over."""


def attempt(
    method: Callable[[sympy.Expr], sympy.Expr | None], expr: sympy.Expr, expected: arb | None, allowed: float
) -> str:
    def late(*_: object) -> None:
        raise Late

    signal.signal(signal.SIGALRM, late)
    signal.setitimer(signal.ITIMER_REAL, allowed)
    try:
        return judged(method(expr), expected)
    except Exception:  # SymPy raises errors of many kinds here; each is a limit not found
        return "gave up"
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=5)
    allowed = parser.parse_args().seconds
    network: Network = load(SENTIMENT)[0].prove.__globals__["network"]
    k, every = network.system.scale, expressions(network)
    truths = {expr: truth(expr, k) for expr in every}
    methods: dict[str, Callable[[sympy.Expr], sympy.Expr | None]] = {
        "symlstm's kernel": kernel(k),
        "sympy.limit": lambda expr: sympy.limit(expr, k, sympy.oo),
        "sympy's gruntz": lambda expr: gruntz(expr.rewrite(sympy.exp), k, sympy.oo),
    }
    print(f"{every.total()} expressions, {len(every)} of them distinct; at most {allowed:g} s for each of those\n")
    print("| method | right | wrong | gave up | time |\n|---|---|---|---|---|")
    for name, method in methods.items():
        start = time.perf_counter()
        counts: Counter[str] = Counter()
        for expr, times in every.items():
            counts[attempt(method, expr, truths[expr], allowed)] += times
        took = time.perf_counter() - start
        print(f"| {name} | {counts['right']} | {counts['wrong']} | {counts['gave up']} | {took:.2f} s |", flush=True)


if __name__ == "__main__":
    main()
