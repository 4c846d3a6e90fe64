"""Follows word sequences of any length: words one by one, and phrases repeated many times in boxes.  UNTRUSTED.

What a phrase keeps, up to a little, moves at a speed that is nearly the same at each repetition. From the speeds of
both ends of its interval now it is foretold where they are after many repetitions; the boxes between are taken
through the phrase, and the speeds that hold all the while are measured.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from flint import arb, ctx

from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.boxes import Pair, along, around_all, check_step, read
from symlstm.kernel.networks.intervals import Interval, hull
from symlstm.kernel.networks.runs import Phase, repeated, run_at
from symlstm.kernel.networks.statements import Words
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.search.scale.classes import State
from symlstm.search.scale.closing import exact
from symlstm.search.scale.question import KEPT, Key, Question, Side

ROUNDS = 8  # in which speeds and what is not kept must settle
LEAPS = 200
FINE = 16  # the last leap is at most that part of what is behind it
FIRST, FASTER = 16, 1 << 16  # repetitions in the first leap; at most so many times as many in the next one

Row = Mapping[Variable, Term]
Speeds = dict[Variable, tuple[arb, arb]]  # of both ends, for one repetition


Ends = tuple[bool, bool]  # lower, upper
BOTH, ALONE = (True, True), ((False, True), (True, False))
MOVED = 8  # times the width by which an end that is followed alone may move in one leap


@dataclass
class Run:
    """A word sequence in phases, and the state after it."""

    question: Question
    key: Key
    state: State
    phases: list[Phase] = field(default_factory=list)
    ends: Ends = BOTH  # of the intervals of what is kept: those that are followed; another one is left at 0, or beyond

    @property
    def length(self) -> int:
        """The number of words."""
        return sum(phase.times * len(phase.words) for phase in self.phases)

    def copy(self) -> Run:
        """Another one, to go on from here."""
        return replace(self, phases=[*self.phases])

    def wrong(self) -> Side | None:
        """The readout that is certainly not on its side, if one is."""
        for side in self.question.wanted(self.key):
            x = read(side.readout, self.state)
            if side.fails(x.lo, x.hi):
                return side
        return None

    def read(self, phrase: Words) -> bool:
        """A few words more; whether a promised sequence may go on like that."""
        for word in phrase:
            key = self.question.after(self.key, word)
            if key is None:
                return False
            values, row = self.question.scale.intervals(self.question.goal.system, self.state), self.question.row(word)
            self.state, self.key = {s: values[row[s]] for s in self.state}, key
        self.phases.append(Phase(phrase, 1))
        return True

    def leap(self, phrase: Words, times: int) -> arb | None:
        """The phrase so many times at once: by how much what is kept became wider; None if no boxes were found.

        Where one end alone is followed, an eighth of what it moved.
        """
        rows = [self.question.row(word) for word in phrase]
        found = _boxes(self.question, rows, self.state, times, self.ends)
        key = None if found is None else _key(self.question, self.key, phrase, times)
        if found is None or key is None:
            return None
        pairs, gained = found
        self.phases.append(Phase(phrase, times, [(exact(a), exact(b)) for a, b in pairs]))
        self.state, self.key = pairs[0][1], key
        return gained

    def proved(self, bits: int) -> Theorem | None:
        """The theorem about what is read."""
        side = self.wrong()
        if side is None:
            return None
        try:
            return run_at(self.question.goal_of(side), self.question.scale, self.phases, bits)
        except RuleError:
            return None


def _key(question: Question, key: Key, phrase: Words, times: int) -> Key | None:
    """Of the specification after the phrase so many times; None if that is not known, or not promised."""
    (*_, now), place = key
    singly = min(times, -(-(question.goal.readout.delay + 1) // len(phrase)))
    try:
        now = repeated(question.machine, now, phrase, times - singly)
        if question.machine.domain is not None and place is not None:
            place = repeated(question.machine.domain, place, phrase, times - singly)
    except RuleError:
        return None
    found: Key | None = ((now,), place)
    for word in phrase * singly:
        found = None if found is None else question.after(found, word)
    return found


def _boxes(
    question: Question, rows: Sequence[Row], state: State, times: int, ends: Ends
) -> tuple[list[tuple[State, State]], arb] | None:
    """Boxes before each word of a phrase that is read so many times, and by how much the widest of what is kept grew."""
    speeds, still = dict[Variable, tuple[arb, arb]](), dict(state)
    keeps = kept(question, rows, state)
    state = {s: _opened(x, ends) if s in keeps else x for s, x in state.items()}
    for n in range(ROUNDS):
        first = {s: state[s] if s in keeps else x for s, x in still.items()}
        last = {s: _moved(x, speeds[s], times) if s in speeds else x for s, x in first.items()}
        passed = _passed(question, rows, first, last)
        if passed is None:
            return None
        *pairs, (a, b) = [(first, last), *passed]
        wanted = {s: _speed((first[s], a[s]), (last[s], b[s])) for s in keeps}
        grown = {s: hull(a[s], b[s]) for s in still if s not in keeps}
        settled = all(x in still[s] for s, x in grown.items())
        if settled and n and all(speeds[s][0] <= lo and hi <= speeds[s][1] for s, (lo, hi) in wanted.items()):
            gained = max((_gained(x, ends) for x in speeds.values()), default=arb(0)) * times
            return (pairs, gained.upper()) if _holds(question, rows, pairs, times) else None
        still |= {s: _padded(hull(still[s], x), n) for s, x in grown.items() if x not in still[s]}
        for s, pace in wanted.items():
            speeds[s] = _faster(pace, speeds.get(s, pace) if n > 1 else pace, _size(last[s]))
            if not _gained(speeds[s], ends) * times < 1:
                return None
    return None


def kept(question: Question, rows: Sequence[Row], state: State) -> set[Variable]:
    """What every word of the phrase keeps, up to a little."""
    found = {*state}
    for row in rows:
        shares = {s: question.share_kept(row[s], s, state) for s in found}
        found = {s for s, x in shares.items() if x is not None and x.hi > KEPT}
        values = question.scale.intervals(question.goal.system, state)
        state = {s: values[row[s]] for s in state}
    return found


def _passed(question: Question, rows: Sequence[Row], first: State, last: State) -> list[tuple[State, State]] | None:
    """The pairs of boxes after each word, functions taken over all states between the two."""
    found = []
    for row in rows:
        values = question.scale.intervals(question.goal.system, {s: hull(first[s], last[s]) for s in first})
        first, last = ({s: _rounded(along(values, row[s], box)) for s in first} for box in (exact(first), exact(last)))
        if not all(x.lo.is_finite() and x.hi.is_finite() for box in (first, last) for x in box.values()):
            return None
        found.append((first, last))
    return found


def _speed(at_first: tuple[Interval, Interval], at_last: tuple[Interval, Interval]) -> tuple[arb, arb]:
    """Not above that of the lower end, not below that of the upper one: between a box and its image, twice."""
    both = at_first, at_last
    return min((b.lo - a.lo).lower() for a, b in both), max((b.hi - a.hi).upper() for a, b in both)


def _holds(question: Question, rows: Sequence[Row], pairs: Sequence[tuple[State, State]], times: int) -> bool:
    """Whether the kernel's check passes."""
    boxes: list[Pair] = [(exact(a), exact(b)) for a, b in pairs]
    try:
        for j, row in enumerate(rows):
            values, later = question.scale.intervals(question.goal.system, around_all([boxes[j]])), j == len(rows) - 1
            check_step(values, row, boxes[j], boxes[0 if later else j + 1], times, "a leap", int(later))
    except RuleError:
        return False
    return True


def _opened(x: Interval, ends: Ends) -> Interval:
    """The interval, an end that is not followed at 0 or beyond."""
    return Interval(x.lo if ends[0] else min(x.lo, arb(0)), x.hi if ends[1] else max(x.hi, arb(0)))


def _gained(speed: tuple[arb, arb], ends: Ends) -> arb:
    return speed[1] - speed[0] if ends == BOTH else abs(speed[int(ends[1])]) / MOVED


def _faster(ends: tuple[arb, arb], before: tuple[arb, arb], size: arb) -> tuple[arb, arb]:
    """The speeds before, if they are enough; else a little more than both."""
    if before is not ends and before[0] <= ends[0] and ends[1] <= before[1]:
        return before
    lo, hi = min(ends[0], before[0]), max(ends[1], before[1])
    slack = abs(hi - lo) / 32 + size * arb(2) ** (12 - ctx.prec)
    return (lo - slack).lower(), (hi + slack).upper()


def _moved(x: Interval, speed: tuple[arb, arb], times: int) -> Interval:
    return Interval((x.lo + speed[0] * times).lower(), (x.hi + speed[1] * times).upper())


def _rounded(x: Interval) -> Interval:
    """A little more, for another rounding."""
    pad = _size(x) * arb(2) ** (8 - ctx.prec)
    return Interval((x.lo - pad).lower(), (x.hi + pad).upper())


def _padded(x: Interval, n: int) -> Interval:
    pad = _size(x) * arb(2) ** (20 - ctx.prec) + (x.hi - x.lo) * arb(2) ** (-4 if n > 3 else -24)
    return Interval((x.lo - pad).lower(), (x.hi + pad).upper())


def _size(x: Interval) -> arb:
    return max(abs(x.lo), abs(x.hi)).upper()


def repeat(
    run: Run, phrase: Words, times: int, width: arb, is_over: Callable[[Run], bool] = lambda _: False
) -> bool | None:
    """The phrase so many times, in leaps in which the intervals of what is kept become wider by `width` at most.

    None if that fails, True if it was over before: then the last leap is a short one.
    """
    step, left = FIRST, times
    for _ in range(LEAPS):
        if not left:
            return False
        now, ahead = min(step, left), run.copy()
        gained = ahead.leap(phrase, now - 1) if now > 1 else arb(0)
        promised = ahead.read(phrase)  # what is not kept has narrow boxes again
        if gained is None or gained > width or not promised:
            if now < 4:
                return None
            step = now // 4
            continue
        over = is_over(ahead)
        if over and now > max(FIRST, (times - left) // FINE):
            step = max(FIRST, now // 4)
            continue
        run.phases, run.state, run.key, left = ahead.phases, ahead.state, ahead.key, left - now
        if over:
            return True
        more = (width / (2 * gained)).sqrt() if gained > 0 else arb(FASTER)
        step = max(4, int(now * min(more, arb(FASTER)).lower().fmpq().floor()) if more > 1 else now // 2)
    return None
