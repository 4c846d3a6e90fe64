"""A sequence that attains the largest error: the dynamic programme of the kernel, followed.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce

from flint import arb

from symlstm.kernel.networks.fixed_scale import Contexts, FixedScale, gain

Words = tuple[str, ...]
Runs = tuple[tuple[str, int], ...]  # words, each with how often it stands in a row
Choices = list[dict[int, int]]  # for each number of steps to go: context -> the best word's place


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


def worst_word(scale: FixedScale, length: int, tail: int = 0) -> Words:
    """A sequence that attains the largest error; with a tail, its words before that."""
    seen = levels(scale.contexts, length - tail)
    *_, ends = scale.tail(seen[-1], tail)  # what is attained
    best = {side: {c: side * end[side < 0] for c, end in ends.items()} for side in (1, -1)}
    choices: dict[int, Choices] = {1: [], -1: []}
    for n in range(1, length - tail + 1):
        rows = scale.gains(seen[length - tail - n], n + tail - 1)
        best = {side: _step(rows, side, best[side], chosen) for side, chosen in choices.items()}
    start = gain(scale.powers(length), scale.start)
    up, down = (best[side][0] + side * start for side in (1, -1))
    return _followed(scale, choices[-1 if down.mid() > up.mid() and down > up else 1])


def worst_runs(scale: FixedScale, length: int, tail: int) -> Runs:
    """The same in runs, with the word of the tail, the one before it repeated."""
    *before, (last, n) = runs(worst_word(scale, length, tail))
    return (*before, (last, n + tail))


def _step(
    rows: Mapping[int, Sequence[tuple[arb, Mapping[int, int]]]], side: int, best: Mapping[int, arb], choices: Choices
) -> dict[int, arb]:
    """The greatest sum side * gain from each context, and its word added to the choices."""
    sums = {c: {j: side * x + best[p] for x, to in row for p, j in to.items()} for c, row in rows.items()}
    choices.append({c: _first_of_the_greatest(row) for c, row in sums.items()})
    return {c: row[choices[-1][c]] for c, row in sums.items()}


def _first_of_the_greatest(balls: Mapping[int, arb]) -> int:
    """Its place; balls that overlap count as equal, so that the first word wins."""
    return reduce(lambda i, j: j if balls[j] > balls[i] else i, sorted(balls))


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
