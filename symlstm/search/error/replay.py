"""What is said of one word sequence: it is run, in balls that hold its error for certain.  UNTRUSTED.

The dynamic programme says how large the largest error is; the sequence that it follows is a proposal, for where
balls overlap it does not know which word is worse. So each proposal is run, and its own error decides.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from fractions import Fraction

from flint import arb, ctx, fmpq

from symlstm.model.simulation.running import run_balls
from symlstm.model.specification import value
from symlstm.search.construction import Construction
from symlstm.search.error.single_word import error_along
from symlstm.search.error.worst_word import Runs, spelled

BITS = (128, 256, 512, 1024, 2048)  # precisions tried in turn
REPLAYED = 5000  # words up to which a sequence is run word by word; beyond, repeated words are taken in closed form
SURE = 70  # bits of an error that are wanted
ONE = fmpq(1)


def most_wrong(
    construction: Construction, proposals: Iterable[Runs], k: fmpq, enough: fmpq, size: fmpq = ONE
) -> tuple[Runs, arb]:
    """The first of the proposals whose error is certainly more than `enough`, or the worst of all; and its error.

    No words and 0 if there are no proposals. `size` is about how large the errors are.
    """
    best: tuple[Runs, arb] = (), arb(0)
    tried = set[Runs]()
    for runs in proposals:
        if runs in tried:
            continue
        tried.add(runs)
        error = replayed(construction, runs, k, size)
        if at_least(error) > enough:
            return runs, error
        best = (runs, error) if not best[0] or at_least(error) > at_least(best[1]) else best
    return best


def at_least(error: arb) -> fmpq:
    """A rational not above any number of the ball."""
    with ctx.workprec(BITS[-1]):
        least: fmpq = error.lower().fmpq()
        return least


def replayed(construction: Construction, runs: Runs, k: fmpq, size: fmpq = ONE) -> arb:
    """|readout - specification| after the words, in a ball that is narrow if 2048 bits make it so."""
    if sum(n for _, n in runs) <= REPLAYED:
        return error_on(construction, spelled(runs), k, size)
    for bits in BITS:
        with ctx.workprec(bits):
            error = error_along(construction, runs, k)
        if error.rel_accuracy_bits() > SURE:
            break
    return error


def error_on(construction: Construction, word: Sequence[str], k: fmpq, size: fmpq = ONE) -> arb:
    """|readout - specification| after the words, in balls with 20 certain digits (or 300 of the readout).

    `size` is about how large it is expected to be, which saves a run.
    """
    wanted = value(construction.weighted_automaton, word[: len(word) - construction.network.delay])
    scale = Fraction(int(k.p), int(k.q))
    digits = 25 + (max(0, -magnitude(size)) if size else 0)
    for wider in (digits, 2 * digits, max(300, 4 * digits)):
        readout = run_balls(construction.network, list(word), scale, wider).readout[-1]
        with ctx.workprec(4 * wider):
            error = abs(readout - arb(wanted))
        if error.rel_accuracy_bits() > SURE:
            return error
    return error


def magnitude(x: fmpq) -> int:
    """The e with 10^e <= x < 10^(e+1), for x > 0."""
    e = len(str(x.p)) - len(str(x.q))
    return e if fmpq(10) ** e <= x else e - 1
