"""How far the readout is from the threshold at a scale, on all promised words up to a length.  UNTRUSTED."""

from __future__ import annotations

from dataclasses import dataclass, replace
from fractions import Fraction
from itertools import groupby

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.networks.boxes import read
from symlstm.kernel.networks.enclosures import lower
from symlstm.kernel.networks.intervals import INFINITY
from symlstm.kernel.networks.runs import Phase, RunAt, run_at
from symlstm.kernel.theorem import Theorem, Unsupported
from symlstm.model.errors import InputError
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked
from symlstm.search.scale.classes import Astray, Found, explore
from symlstm.search.scale.closing import classes, close_layers, exact
from symlstm.search.scale.question import Question
from symlstm.search.scale.verdict import replayed

TOLERANCES = (arb(2) ** -20, arb(2) ** -6)
BITS = 256
UNIT = fmpq(2) ** 80  # margins are multiples of one part in so many


@dataclass(frozen=True)
class Margin:
    """On every promised sequence of up to `length` words the readout is on its side by `least`, two theorems about
    thresholds that far up and down; on `words` by no more than `most`, which a run shows. Or it is wrong there.
    """

    length: int
    least: fmpq | None
    theorems: tuple[Theorem, ...]
    words: tuple[str, ...]
    most: fmpq
    shown: Theorem


def margin_up_to(construction: Construction, k: Fraction, length: int) -> Margin:
    """The margin at scale k. Raises Unsupported where it is not found, InputError for a length without words."""
    least = max(1, construction.network.delay)
    if length < least:
        raise InputError("--length", str(length), f"{least} or more words")
    question, _ = asked(construction, k, None)
    if question.outputs:
        raise Unsupported("no margin of a decision by argmax at a scale yet")
    reason = ""
    for tolerance in TOLERANCES:
        question.spent[0] = 0
        try:
            found = explore(question, tolerance, BITS, length)
        except Astray as astray:
            reason = str(astray.found)
            wrong = None if astray.label is None else replayed(question, astray.label)
            if astray.label is not None and wrong is not None:
                return Margin(length, None, (), astray.label, _most(question, wrong), wrong)
            continue
        return _certified(question, found, length)
    raise Unsupported(f"no margin found up to {length} words: {reason}")


def _certified(question: Question, found: Found, length: int) -> Margin:
    """The least over all classes, proved; and the words that lead to it, run."""
    with ctx.workprec(BITS):
        close_layers(found)
        sizes = {c: x for c in range(len(found.keys)) if (x := _distance(question, found, c)) is not None}
        if not sizes:
            raise Unsupported(f"nothing is claimed of sequences of up to {length} words")
        nearest = min(sizes, key=lambda c: sizes[c])
        least, words = fmpq((lower(sizes[nearest]) * UNIT).floor()) / UNIT, found.labels[nearest]
        boxes = [[(exact(box), exact(box))] for box in found.boxes]
    if least <= 0:
        raise Unsupported(f"no margin found up to {length} words: boxes around right and wrong readouts")
    certificate = classes(found, boxes, (0,), length, BITS)
    threshold = question.threshold or algebra.ZERO
    moved = [replace(question, threshold=threshold + algebra.rational(side * least)) for side in (1, -1)]
    theorems = tuple(one.prove(certificate) for one in moved)
    phases = [Phase((word,), len([*run])) for word, run in groupby(words)]
    shown = run_at(question.goal, question.scale, phases, BITS)
    return Margin(length, least, theorems, words, _most(question, shown), shown)


def _distance(question: Question, found: Found, c: int) -> arb | None:
    """How far the readout is on its side in the box of a class, less a little; None if nothing is claimed there."""
    sides = question.wanted(found.keys[c]) if c or found.is_target(0) else ()
    if not sides:
        return None
    [(readout, wanted)] = sides
    x = read(readout, found.boxes[c])
    gap = x.lo - wanted.lo if wanted.hi == INFINITY else wanted.hi - x.hi
    return (gap * (1 - arb(2) ** -70)).lower()


def _most(question: Question, shown: Theorem) -> fmpq:
    """What a run shows: it is on its side by no more than this, negative if on the other."""
    run: RunAt = shown.conclusion
    [(_, wanted)] = question.sides(run.specified)
    with ctx.workprec(BITS):
        gap = arb(run.upper) - wanted.lo if wanted.hi == INFINITY else wanted.hi - arb(run.lower)
        return -lower(-gap)
