"""Where to cut a box so that signs are decided, and what a word does to a family in a box.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.families import Cut, Leaf, Tree
from symlstm.kernel.networks.machines import RELATIONS, Conjunction
from symlstm.kernel.networks.signs import NEVER_NEGATIVE, Box, OnBox, Range, signs
from symlstm.kernel.theorem import RuleError, Unsupported

FAR = 1 << 12  # thresholds beyond this are not looked for
DEEPEST = 24  # cuts within one another

Asked = tuple[Term, frozenset[int] | None]  # a form, and the signs that matter; None: each sign for itself


class Undecided(Exception):
    """A sign is not decided in a box."""

    def __init__(self, asked: Sequence[Asked], what: str) -> None:
        super().__init__(what)
        self.asked = list(asked)


class Stuck(Unsupported):
    """No cut decides; the message says of what."""


@dataclass(frozen=True)
class Recording(OnBox):
    """Remembers which signs were asked for in vain."""

    asked: list[Asked] = field(default_factory=list)

    def sign(self, form: Term) -> int | None:
        found = super().sign(form)
        if found is None:
            self.asked.append((form, None))
        return found

    def side(self, form: Term) -> int | None:
        found = super().side(form)
        if found is None:
            self.asked.append((form, NEVER_NEGATIVE))
        return found


def is_decided(asked: Asked, box: Box) -> bool:
    form, allowed = asked
    try:
        found = signs(form, box)
    except RuleError:
        return False
    return len(found) == 1 or (allowed is not None and (found <= allowed or not found & allowed))


def hold(tests: Conjunction, registers: Sequence[Term], box: Box, what: str) -> bool:
    """Whether all tests hold throughout the box; raises Undecided."""
    forms = [(registers[t.register] - algebra.rational(t.bound), RELATIONS[t.relation]) for t in tests]
    found = [(form, signs(form, box), allowed) for form, allowed in forms]
    if any(not possible & allowed for _, possible, allowed in found):
        return False
    open_ = [(form, allowed) for form, possible, allowed in found if not possible <= allowed]
    if open_:
        raise Undecided(open_, what)
    return True


def build(box: Box, leaf: Callable[[Box], Leaf], depth: int = 0) -> Tree:
    """The tree of cuts on whose leaves everything is decided; raises Stuck."""
    try:
        return leaf(box)
    except Undecided as undecided:
        cut = next((c for asked in undecided.asked if (c := _cut(asked, box))), None)
        if cut is None or depth > DEEPEST:
            raise Stuck(f"{undecided} ({_shown(undecided.asked)})") from None
    x, t = cut
    r = box[x]
    below = build({**box, x: Range(r.low, t)}, leaf, depth + 1)
    above = build({**box, x: Range(t + 1, r.high)}, leaf, depth + 1)
    return Cut(x, t, below, above)


def _shown(asked: Sequence[Asked]) -> str:
    return "the sign of " + " and of ".join(dict.fromkeys(str(form) for form, _ in asked[:2]))


def _cut(asked: Asked, box: Box) -> tuple[Variable, int] | None:
    """A ghost and a threshold beyond which, on one side, it is decided; if possible on both."""
    found = []
    for x in asked[0].symbols():
        r = box.get(x)
        if r is None or (r.low is not None and r.low == r.high):
            continue
        up, down = _last_below(asked, box, x), _first_above(asked, box, x)
        if up is not None:
            found.append((not is_decided(asked, {**box, x: Range(up + 1, r.high)}), up == r.low, x, up))
        if down is not None:
            both = is_decided(asked, {**box, x: Range(r.low, down - 1)})
            found.append((not both, down == r.high, x, down - 1))
    best = min(found, key=lambda c: c[:2], default=None)
    return None if best is None else (best[2], best[3])


def _last_below(asked: Asked, box: Box, x: Variable) -> int | None:
    """The last t for which all is decided where x <= t."""
    r = box[x]
    return _last(lambda t: is_decided(asked, {**box, x: Range(r.low, t)}), r.low, r.high)


def _first_above(asked: Asked, box: Box, x: Variable) -> int | None:
    """The first t for which all is decided where x >= t."""
    r = box[x]
    t = _last(lambda t: is_decided(asked, {**box, x: Range(-t, r.high)}), _negative(r.high), _negative(r.low))
    return _negative(t)


def _negative(x: int | None) -> int | None:
    return None if x is None else -x


def _last(holds: Callable[[int], bool], low: int | None, high: int | None) -> int | None:
    """The last t from low on and below high for which it holds; what holds for t holds for all less."""
    start = low if low is not None else -FAR
    if not holds(start):
        return None
    end = start
    step = 1
    top = high - 1 if high is not None else max(start, 0) + FAR
    if start > top:
        return None
    while end + step <= top and holds(end + step):
        end, step = end + step, 2 * step
    while step:
        if end + step <= top and holds(end + step):
            end += step
        else:
            step //= 2
    return end if end < top or high is not None else None


def points(box: Box, ghosts: Sequence[Variable]) -> list[dict[Variable, int]]:
    """A corner of the box, and its neighbours along each ghost."""
    corner = {x: _near(box[x]) for x in ghosts}
    found = [corner]
    for x in ghosts:
        near = (corner[x] + 1, corner[x] - 1)
        found += [{**corner, x: n} for n in near if Range(n, n).within(box[x])][:1]
    return found


def _near(r: Range) -> int:
    return r.low if r.low is not None else r.high if r.high is not None else 0
