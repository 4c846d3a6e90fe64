"""Proposes long word sequences on which the readout goes wrong: what is repeated until a leak has told.  UNTRUSTED.

    u v v v ... w       a phrase that moves something that should stay; with one word behind it, or none
    a^n b^n c^n         words of which each takes back what the one before has counted

Of the first kind those are followed that seem to move fastest, by what a phrase moves after some repetitions.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import islice, permutations, product
from typing import NamedTuple

from flint import arb, ctx

from symlstm.kernel.algebra import Variable
from symlstm.kernel.networks.statements import Words
from symlstm.kernel.theorem import Theorem
from symlstm.search.scale.following import ALONE, BOTH, Ends, Run, kept, repeat
from symlstm.search.scale.question import Question

SETTLED = 12  # words after which a repeated phrase is taken to move evenly
SINGLE = 24  # repetitions of a word at both ends of a block
PREFIXES, PHRASES, LONGEST = 12, 60, 3  # how many are tried, and the words in them at most
FOLLOWED, FEW = 5, 2  # phrases; phrases after blocks
ENOUGH, REFINED = (
    3,
    1,
)  # times the length up to which all is right: blocks tried first; how often a half of them is tried
WRONG = 10**100  # words: a longer sequence is not looked for in any case
WIDE, WIDTH, FINE, FINEST = (arb(2) ** -n for n in (6, 9, 13, 15))  # by which an interval may become wider in one leap
NEAR, FAR = 4, 32  # times the length up to which all is right: no longer sequence is looked for
WAYS = (  # tried until something is wrong
    (BOTH, WIDTH, NEAR),
    (BOTH, WIDTH, FAR),
    (BOTH, FINE, FAR),
    *((ends, WIDTH, WRONG) for ends in ALONE),
)
WHOLE = arb(2) ** -6  # what is as near as that to a whole number may be a count


_Moves = dict[Variable, tuple[arb, arb]]  # by how much at one repetition and the next


class Candidate(NamedTuple):
    """A phrase after others, and after about how many words something may be wrong."""

    prefix: Run
    phrase: Words
    estimate: float


def fall(question: Question, right: int | None) -> Theorem | None:
    """What is read on the shortest sequence found on which it is wrong, longer than `right`, up to which all are right."""
    with ctx.workprec(bits := 128 + 5 * (right or 1 << 80).bit_length() // 2):
        best: Run | None = None
        for run in _tried(question, right or SINGLE):
            if run.length < (WRONG if best is None else best.length):
                best = run
        return None if best is None else best.proved(bits)


def _tried(question: Question, right: int) -> Iterator[Run]:
    """Each is shorter than those before it: phrases and blocks that are soon wrong, else longer ones."""
    longest, candidates = WRONG, sorted(_candidates(question), key=lambda c: c.estimate)[:FOLLOWED]
    ways = (
        _phrases(candidates, right, WAYS[:1]),
        _all_blocks(question, candidates, right),
        _phrases(candidates, right, WAYS[1:]),
    )
    for way, enough in zip(ways, (0, NEAR * right, WRONG - 1), strict=True):
        if longest > enough:
            for run in way:
                if run.length < longest:
                    longest = run.length
                    yield run


def _phrases(candidates: Sequence[Candidate], right: int, ways: Sequence[tuple[Ends, arb, int]]) -> Iterator[Run]:
    longest = WRONG
    for ends, width, far in ways:
        for candidate in candidates:
            most = min(longest, far * right)
            run = _followed(candidate, most, ends, width) if candidate.estimate < max(far, FAR) * right else None
            if run is not None:
                longest = run.length
                yield run
        if longest < WRONG:
            break


def _all_blocks(question: Question, candidates: Sequence[Candidate], right: int) -> Iterator[Run]:
    longest, found = WRONG, [*_blocks(question)]
    for blocks in found:
        run = _counted(question, blocks, right, min(longest, FAR * right))
        if run is not None:
            longest = run.length
            yield run
    for blocks, candidate in product(
        found, [c for c in candidates if not c.prefix.phases and c.estimate < FAR * right][:FEW]
    ):
        run = None if longest <= NEAR * right else _shaken(blocks, candidate, right, longest)
        if run is not None:
            longest = run.length
            yield run


def _start(question: Question) -> Run:
    return Run(question, question.start, question.initial)


def _candidates(question: Question) -> Iterator[Candidate]:
    """Phrases that are repeated, after short sequences that lead to other states."""
    words = question.goal.system.words
    phrases = [v for size in range(1, LONGEST + 1) for v in product(words, repeat=size) if _is_first(v)][:PHRASES]
    for prefix in islice(_prefixes(question), max(1, PHRASES // len(phrases))):
        before = tuple(word for phase in prefix.phases for word in phase.words)
        for phrase in phrases:
            estimate = None if before[-len(phrase) :] == phrase else _estimate(prefix, phrase)
            if estimate is not None:
                yield Candidate(prefix, phrase, estimate)


def _is_first(phrase: Words) -> bool:
    """Of its rotations, all of them different."""
    return all(phrase < phrase[n:] + phrase[:n] for n in range(1, len(phrase)))


def _prefixes(question: Question) -> Iterator[Run]:
    """Short sequences, one for each state that is about as others."""
    seen, level = set[object](), [_start(question)]
    while level and len(seen) < PREFIXES:
        new = []
        for run in level:
            place = _signature(run)
            if place not in seen and len(seen) < PREFIXES:
                seen.add(place)
                yield run
                after = [(run.copy(), word) for word in question.goal.system.words]
                new += [one for one, word in after if one.read((word,))]
        level = new


def _signature(run: Run) -> object:
    states = *(place.state for place in run.key[0]), run.key[1] and run.key[1].state
    return states, *(round(2 * max(-4.0, min(4.0, float(x.lo.mid())))) for x in run.state.values())


def _estimate(prefix: Run, phrase: Words) -> float | None:
    """From how a phrase moves what it keeps: away from a whole number each time, or less each time. None if nothing moves."""
    found = _moves(prefix, phrase)
    if found is None:
        return None
    rates, question = [arb(0)], prefix.question
    for first, second in found.values():
        rest = abs(second - round(float(second)))
        if rest < WHOLE:
            rates.append(2 * rest)
        if (
            not question.outputs and question.threshold is None
        ):  # else what only counts is not wrong before it is taken back
            rates.append(abs(second - first).sqrt())
    fastest = max(rates)
    return float((len(phrase) / fastest).mid()) if fastest > arb(2) ** (20 - ctx.prec) else None


def _moves(prefix: Run, phrase: Words) -> _Moves | None:
    """By how much the middle of what is kept moves at two repetitions, when others have settled."""
    run, states = prefix.copy(), []
    for _ in range(-(-SETTLED // len(phrase)) + 3):
        if not run.read(phrase):
            return None
        states.append(run.state)
    a, b, c = ({s: (x.lo + x.hi) / 2 for s, x in state.items()} for state in states[-3:])
    rows = [run.question.row(word) for word in phrase]
    return {s: ((b[s] - a[s]).mid(), (c[s] - b[s]).mid()) for s in kept(run.question, rows, run.state)}


def _blocks(question: Question) -> Iterator[Sequence[tuple[str, int]]]:
    """Words in turn, each with a number, so many times of which take back what the word before has counted."""
    for size in (2, 3):
        for order in permutations(question.goal.system.words, size):
            run, before, found = _start(question), _Moves(), list[tuple[str, Fraction]]()
            for word in order:
                moves = _moves(run, (word,)) or {}
                ratio = _taken_back(before, moves) if found else Fraction(1)
                if ratio is None or not moves:
                    break
                found.append((word, ratio * (found[-1][1] if found else 1)))
                before = moves
                for _ in range(SETTLED + 3):
                    run.read((word,))
            else:
                least = min(x for _, x in found)
                yield [(word, int(x / least)) for word, x in found]


def _taken_back(counted: _Moves, moves: _Moves) -> Fraction | None:
    """How many steps back there are to one forth, of the first that is counted in both directions."""
    for s in counted.keys() & moves.keys():
        up, down = float(counted[s][1]), float(moves[s][1])
        if up * down < -float(WHOLE):
            return Fraction(-up / down).limit_denominator(4)
    return None


def _followed(candidate: Candidate, longest: int, ends: Ends, width: arb) -> Run | None:
    """The phrase until something is wrong, at once or one word later; None if that takes longer."""
    run, phrase = replace(candidate.prefix.copy(), ends=ends), candidate.phrase
    for _ in range(-(-SETTLED // len(phrase))):
        run.read(phrase)
    left = (longest - run.length) // len(phrase)
    return _wrong(run) if repeat(run, phrase, left, width, lambda x: _wrong(x) is not None) else None


def _shaken(blocks: Sequence[tuple[str, int]], candidate: Candidate, right: int, longest: int) -> Run | None:
    """The phrase after long blocks: what they have lost may bring gates nearer to their thresholds."""
    run = _block_run(candidate.prefix.question, blocks, 2 * right // sum(n for _, n in blocks), whole=True)
    return None if run is None else _followed(candidate._replace(prefix=run), longest, BOTH, WIDE)


def _wrong(run: Run) -> Run | None:
    """The sequence, or with one word more, if it is wrong."""
    if run.wrong() is not None:
        return run
    for word in run.question.goal.system.words:
        ahead = run.copy()
        if ahead.read((word,)) and ahead.wrong() is not None:
            return ahead
    return None


def _counted(question: Question, blocks: Sequence[tuple[str, int]], right: int, longest: int) -> Run | None:
    """Longer and longer blocks, until they are wrong; then shorter ones, down to about the shortest."""
    size = sum(n for _, n in blocks)
    low, high = max(4 * SINGLE, right // size), max(8 * SINGLE, ENOUGH * right // size)
    found = _block_run(question, blocks, high)
    while found is None and 2 * high * size < longest:
        low, high = high, 2 * high
        found = _block_run(question, blocks, high)
    for _ in range(REFINED if found is not None else 0):
        middle = (low + high) // 2
        shorter = _block_run(question, blocks, middle)
        low, high = (middle, high) if shorter is None else (low, middle)
        found = shorter or found
    return found


def _block_run(question: Question, blocks: Sequence[tuple[str, int]], n: int, whole: bool = False) -> Run | None:
    """The blocks, n times as long, as far as something is wrong, or as a whole; None if nothing is, or that is not known."""
    run = _start(question)
    for j, (word, times) in enumerate(blocks):
        is_last = j == len(blocks) - 1
        if (
            any(not run.read((word,)) for _ in range(SINGLE))
            or repeat(run, (word,), n * times - 2 * SINGLE, FINEST if whole else WIDTH) is not False
        ):
            return None
        for _ in range(SINGLE):
            if not run.read((word,)):
                return None
            if is_last and not whole and run.wrong() is not None:
                return run
    return run if whole else None
