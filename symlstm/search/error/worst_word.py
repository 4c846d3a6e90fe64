"""Sequences that may attain the largest error: the dynamic programme of the kernel, followed.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import partial, reduce

from flint import arb, ctx

from symlstm.kernel.networks.fixed_scale import Contexts, FixedScale, gain
from symlstm.kernel.networks.statements import Words

Runs = tuple[tuple[str, int], ...]  # words, each with how often it stands in a row
Choices = list[dict[int, int]]  # for each number of steps to go: context -> the best word's place
Greatest = Callable[[Mapping[int, arb]], int]  # which of the balls, by its key


def settled(scale: FixedScale) -> int:
    """After how many words only contexts are reached that are reached again and again."""
    level, step = frozenset({0}), scale.contexts.step
    for n in range(len(step)):
        after = frozenset(p for c in level for p in step[c])
        if after == level:
            return n
        level = after
    return len(step)


def levels(contexts: Contexts, length: int, up_to: bool = False) -> list[frozenset[int]]:
    """The contexts after each number of words; with `up_to`, after at most so many."""
    found = [frozenset({0})]
    while len(found) <= length:
        new = frozenset(p for c in found[-1] for p in contexts.step[c]) | (found[-1] if up_to else frozenset())
        if new == found[-1]:
            return found + [new] * (length + 1 - len(found))
        found.append(new)
    return found


def proposals(scale: FixedScale, length: int, bits: int, tail: int = 0) -> Iterator[Runs]:
    """Sequences that may attain the largest error, the likeliest first; the last word of each fills the tail.

    Where the balls of two words overlap neither is known to be the worse one: then the first word is taken, next the
    one with the larger midpoint, lower end, upper end; and at last each word is repeated.
    """
    by_ends: list[Greatest] = [partial(_greatest_by, end) for end in (arb.mid, arb.lower, arb.upper)]
    for greatest in (_first_of_the_greatest, *by_ends):
        with ctx.workprec(bits):
            followed = [*_followed_from_both_sides(scale, length, tail, greatest)]
        for words in followed:
            *before, (last, n) = runs(words)
            yield (*before, (last, n + tail))
    yield from (((word, length),) for word in scale.found.system.words)


def _followed_from_both_sides(scale: FixedScale, length: int, tail: int, greatest: Greatest) -> Iterator[Words]:
    """The words before the tail: of the greatest error above or below, and of the other one if that may be greater."""
    seen = levels(scale.contexts, length - tail)
    *_, ends = scale.tail(seen[-1], tail)  # what is attained
    best = {side: {c: side * end[side < 0] for c, end in ends.items()} for side in (1, -1)}
    choices: dict[int, Choices] = {1: [], -1: []}
    for n in range(1, length - tail + 1):
        rows = scale.gains(seen[length - tail - n], n + tail - 1)
        best = {side: _step(rows, side, best[side], chosen, greatest) for side, chosen in choices.items()}
    start = gain(scale.powers(length), scale.start)
    up, down = (best[side][0] + side * start for side in (1, -1))
    first, second = (-1, 1) if down.mid() > up.mid() and down > up else (1, -1)
    yield _followed(scale, choices[first])
    if not (up > down or down > up):
        yield _followed(scale, choices[second])


def _step(
    rows: Mapping[int, Sequence[tuple[arb, Mapping[int, int]]]],
    side: int,
    best: Mapping[int, arb],
    choices: Choices,
    greatest: Greatest,
) -> dict[int, arb]:
    """The greatest sum side * gain from each context, and its word added to the choices."""
    sums = {c: {j: side * x + best[p] for x, to in row for p, j in to.items()} for c, row in rows.items()}
    choices.append({c: greatest(row) for c, row in sums.items()})
    return {c: row[choices[-1][c]] for c, row in sums.items()}


def _first_of_the_greatest(balls: Mapping[int, arb]) -> int:
    """Its place; a later ball must be greater for certain."""
    return reduce(lambda i, j: j if balls[j] > balls[i] else i, sorted(balls))


def _greatest_by(end: Callable[[arb], arb], balls: Mapping[int, arb]) -> int:
    """The place of the ball whose midpoint, say, is greatest."""
    return reduce(lambda i, j: j if end(balls[j]) > end(balls[i]) else i, sorted(balls))


def _followed(scale: FixedScale, choices: Choices) -> Words:
    c, word = 0, []
    for choice in reversed(choices):
        word.append(scale.found.system.words[choice[c]])
        c = scale.contexts.step[c][choice[c]]
    return tuple(word)


def runs(words: Iterable[str]) -> Runs:
    """The words with how often each stands in a row."""
    found: list[tuple[str, int]] = []
    for word in words:
        found[-1:] = [(word, found[-1][1] + 1)] if found and found[-1][0] == word else [*found[-1:], (word, 1)]
    return tuple(found)


def spelled(found: Runs) -> Words:
    """The words of runs, one by one."""
    return tuple(word for word, n in found for _ in range(n))
