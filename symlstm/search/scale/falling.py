"""Proposes a long word sequence on which the readout goes wrong: a word that is repeated until a leak has told.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice

from flint import arb, ctx

from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.boxes import along, around_all, check_step, read
from symlstm.kernel.networks.intervals import Interval, hull
from symlstm.kernel.networks.runs import Phase, run_at
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.scale.classes import Found, State
from symlstm.search.scale.closing import exact
from symlstm.search.scale.question import KEPT, Key, Question, Side

SETTLING = 40  # words before a repeated word is taken to leak evenly
CANDIDATES = 12  # words that stay in a class, tried in the order of the classes
PIECES = 120  # stretches that are followed at one speed each
SINGLE = 100  # words followed one by one
ENDS = ((True, True), (False, True), (True, False))  # tried in turn; an end that is not followed stays at its limit
FAR = 4  # times the share by which an end may move
ROUNDS = 10  # in which what does not leak must settle
EVENLY = arb(3) / 4  # of that share, less where what leaks slows down meanwhile: then a smaller share is tried
SHARES = tuple(
    arb(2) ** -n for n in (6, 7, 8, 9, 10)
)  # of its size that a coordinate moves in one piece, tried in turn
WRONG = 10**100  # words: a longer sequence is not looked for


@dataclass
class Fall:
    """A word sequence in phases, and the state after it."""

    question: Question
    key: Key
    sizes: Mapping[Variable, arb]  # the largest that is usual of each coordinate
    limits: Mapping[Variable, Interval]  # within which it usually is
    state: State
    phases: list[Phase] = field(default_factory=list)
    ends: tuple[bool, bool] = (True, True)  # which ends of the boxes of what is kept are followed, lower and upper

    @property
    def length(self) -> int:
        """The number of words."""
        return sum(phase.times for phase in self.phases)

    def wrong(self) -> Side | None:
        """The readout that is certainly not on its side, if one is."""
        for side in self.question.wanted(self.key):
            x = read(side.readout, self.state)
            if side.fails(x.lo, x.hi):
                return side
        return None

    def is_wrong(self) -> bool:
        """Whether one is."""
        return self.wrong() is not None

    def opened(self, s: Variable) -> Interval:
        """The interval of a coordinate, an end that is not followed at its limit."""
        x, usual, (lower, upper) = self.state[s], self.limits[s], self.ends
        return Interval(x.lo if lower else min(x.lo, usual.lo), x.hi if upper else max(x.hi, usual.hi))

    def step(self, word: str) -> None:
        """One word more."""
        question = self.question
        values = question.scale.intervals(question.goal.system, self.state)
        row = question.rows[question.goal.system.words.index(word)]
        self.state = {s: values[row[s]] for s in self.state}
        if self.phases and self.phases[-1].word == word and self.phases[-1].boxes is None:
            self.phases[-1] = Phase(word, self.phases[-1].times + 1)
        else:
            self.phases.append(Phase(word, 1))
        key = question.after(self.key, word)
        if key is None:
            raise RuleError("run", "a sequence that is not promised", "a promised one")
        self.key = key


def shortest_fall(found: Found, bits: int) -> Theorem | None:
    """The shortest of the sequences found, words that lead to a class and one that is repeated there; None if there is none."""
    best: Fall | None = None
    with ctx.workprec(bits):
        usual, longest = (found.sizes, found.limits), WRONG
        for ends in ENDS:
            for prefix, word in islice(_candidates(found), CANDIDATES):
                start = Fall(found.question, found.question.start, *usual, found.question.initial, ends=ends)
                fall = _followed(start, prefix, word, longest)
                best, longest = (best, longest) if fall is None else (fall, fall.length)
            if best is not None:
                break
        side = None if best is None else best.wrong()
    if best is None or side is None:
        return None
    return run_at(found.question.goal_of(side), found.question.scale, best.phases, bits)


def _candidates(found: Found) -> Iterator[tuple[Sequence[str], str]]:
    """Words that lead to a class, and one that stays there."""
    for c, (label, successors) in enumerate(zip(found.labels, found.successors, strict=True)):
        for word, p in zip(found.question.goal.system.words, successors, strict=False):
            if p == c:
                yield label, word


def _followed(fall: Fall, prefix: Sequence[str], word: str, longest: int) -> Fall | None:
    for w in (*prefix, *[word] * SETTLING):
        fall.step(w)
        if fall.is_wrong():
            return fall if fall.length < longest else None
    single = 0
    for _ in range(PIECES):
        leapt = _leap(fall, word, longest - fall.length)
        single += not leapt
        if leapt is None or single > SINGLE:
            return None
        fall.step(word)
        if fall.length >= longest:
            return None
        if fall.is_wrong():
            return fall
    return None


def _leap(fall: Fall, word: str, longest: int) -> bool | None:
    """Many words at once, in which what leaks moves by a small share of its size; whether that was done.

    None if nothing moves, or so slowly that more words would be needed than are left.
    """
    question, row = fall.question, fall.question.row(word)
    shares = {s: question.share_kept(row[s], s, fall.state) for s in fall.state}
    kept = {s for s, x in shares.items() if x is not None and (x.lo if all(fall.ends) else x.hi) > KEPT}
    first = {s: fall.opened(s) if s in kept else x for s, x in fall.state.items()}
    ends = _ends(fall, row, kept, first, first)
    speeds = {s: max(map(abs, both)) / fall.sizes[s] for s, both in ends.items() if fall.sizes[s] > 0}
    pace = max(speeds.values(), default=arb(0))
    if not pace * longest > arb(2) ** -10 or not pace > arb(2) ** (24 - ctx.prec):
        return None
    for share in SHARES:
        times = min(int((share / pace).lower().fmpq().floor()), WRONG)
        pair = _landing(fall, row, kept, first, times, share) if times > 4 else None
        if pair is not None and (share == SHARES[-1] or _moved(pair, kept, fall.sizes) > EVENLY * share):
            fall.phases.append(Phase(word, times, (exact(pair[0]), exact(pair[1]))))
            fall.state = pair[1]
            return True
    return False


def _moved(pair: tuple[State, State], kept: set[Variable], sizes: Mapping[Variable, arb]) -> arb:
    """By what share of its size the end that moved most did."""
    ends = [(a, b, sizes[s]) for s in kept for a, b in zip(pair[0][s], pair[1][s], strict=True) if sizes[s] > 0]
    return max((abs(b - a).upper() / size for a, b, size in ends), default=arb(0))


def _ends(
    fall: Fall, row: Mapping[Variable, Term], kept: set[Variable], first: State, last: State
) -> dict[Variable, tuple[arb, arb]]:
    """The speeds of both ends of what is kept, between two boxes: not above that of the lower, not below that of the upper."""
    question, (lower, upper) = fall.question, fall.ends
    around = {s: hull(first[s], last[s]) for s in first}
    values = question.scale.intervals(question.goal.system, around)
    found = {}
    for s in kept:
        images = [(along(values, row[s], exact(box)), box[s]) for box in (first, last)]
        low, high = min((x.lo - b.lo).lower() for x, b in images), max((x.hi - b.hi).upper() for x, b in images)
        slack = (abs(low) + abs(high)) * arb(2) ** -12 + max(abs(last[s].lo), abs(last[s].hi)) * arb(2) ** (
            8 - ctx.prec
        )
        found[s] = (low - slack).lower() if lower else arb(0), (high + slack).upper() if upper else arb(0)
    return found


def _landing(
    fall: Fall, row: Mapping[Variable, Term], kept: set[Variable], first: State, times: int, share: arb
) -> tuple[State, State] | None:
    """Boxes now and so many words later; what is not kept has one box for all of them. None if none are found."""
    question, last = fall.question, dict(first)
    for _ in range(ROUNDS):
        ends = _ends(fall, row, kept, first, last)
        if any(max(map(abs, both)) * times > FAR * share * fall.sizes[s] for s, both in ends.items()):
            return None
        values = question.scale.intervals(question.goal.system, {s: hull(first[s], last[s]) for s in first})
        still = {s: hull(first[s], values[row[s]]) for s in first if s not in kept}
        later = {
            s: Interval((first[s].lo + times * d).lower(), (first[s].hi + times * u).upper())
            for s, (d, u) in ends.items()
        }
        pair = {**still, **{s: first[s] for s in kept}}, {**still, **later}
        if _holds(question, row, pair, times):
            return pair
        last = {**{s: _padded(x) if x not in last[s] else last[s] for s, x in still.items()}, **later}
        first = {s: last[s] if s in still else x for s, x in first.items()}
    return None


def _holds(question: Question, row: Mapping[Variable, Term], pair: tuple[State, State], times: int) -> bool:
    """Whether the kernel's check passes."""
    boxes = exact(pair[0]), exact(pair[1])
    if any(x.lo > x.hi for box in pair for x in box.values()):
        return False
    values = question.scale.intervals(question.goal.system, around_all([boxes]))
    try:
        check_step(values, row, boxes, boxes, times, "a leap")
    except RuleError:
        return False
    return True


def _padded(x: Interval) -> Interval:
    pad = (x.hi - x.lo) / 16
    return Interval((x.lo - pad).lower(), (x.hi + pad).upper())
