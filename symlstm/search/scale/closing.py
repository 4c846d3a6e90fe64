"""Closes the boxes of classes under every step: for ever, or for as long as what leaks stays small.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Sequence

from flint import arb, ctx

from symlstm.kernel.networks.boxes import Box, Class, Classes, Pair
from symlstm.kernel.networks.intervals import Interval, hull
from symlstm.search.scale.classes import Found, State

SWEEPS = 40
EXTENSIONS = (0, 0, 0, 0, 1, 1, 1, 4, 16, 16, 64, 256)  # of a side that moved, in multiples of its move
LARGE = arb(2) ** 40
MARGIN = arb(1) + arb(2) ** -20


def for_ever(found: Found, bits: int) -> Classes | None:
    """Boxes that hold at every length, by widening; None if they reach a wrong readout or do not settle."""
    with ctx.workprec(bits):
        boxes = [dict(box) for box in found.boxes]
        for extension in EXTENSIONS:
            grown = swept(found, boxes, arb(extension))
            if grown is None:
                return None
            if not grown:
                return classes(found, [[(exact(box), exact(box))] for box in boxes], (0,), None, bits)
    return None


def swept(found: Found, boxes: list[State], extension: arb) -> bool | None:
    """Joins all images, sides that moved a little further; whether one did, None if a readout is wrong."""
    grown = False
    for c in range(len(boxes)):
        for image, p in zip(found.images(c, boxes[c]), found.successors[c], strict=True):
            if image is None or p is None:
                continue
            new = {s: _extended(boxes[p][s], x, extension) for s, x in image.items()}
            if any(new[s] != boxes[p][s] for s in new):
                grown, boxes[p] = True, new
                if not all(abs(x.lo) < LARGE and abs(x.hi) < LARGE for x in new.values()) or not found.is_right(p, new):
                    return None
    return grown


def close_layers(found: Found) -> None:
    """Boxes of classes of one length each that hold all images, from those of shorter sequences on."""
    boxes: list[State | None] = [found.question.initial, *[None] * (len(found.boxes) - 1)]
    for c, successors in enumerate(found.successors):
        box = boxes[c] or found.boxes[c]
        found.boxes[c] = box
        for image, p in zip(found.images(c, box) if successors else (), successors, strict=True):
            if image is not None and p is not None:
                old = boxes[p]
                boxes[p] = image if old is None else {s: hull(x, old[s]) for s, x in image.items()}


def _extended(old: Interval, new: Interval, extension: arb) -> Interval:
    lo = old.lo if new.lo >= old.lo else (new.lo + (new.lo - old.lo) * extension).lower()
    hi = old.hi if new.hi <= old.hi else (new.hi + (new.hi - old.hi) * extension).upper()
    return Interval(lo, hi)


def classes(
    found: Found, boxes: Sequence[Sequence[Pair]], knots: Sequence[int], last: int | None, bits: int
) -> Classes:
    """The certificate."""
    rows = zip(found.keys, boxes, found.successors, strict=True)
    return Classes([Class(*key, own, successors) for key, own, successors in rows], knots, last, bits)


def exact(box: State) -> Box:
    """The box with rational ends."""
    return {s: (x.lo.fmpq(), x.hi.fmpq()) for s, x in box.items()}
