"""What is known of a decision at a scale, in a line."""

from __future__ import annotations

from flint import fmpq

from symlstm.proof.claims import Result, Verdict
from symlstm.proof.scale import AtScale, Finding
from symlstm.render.statements.numbers import round_down, round_up
from symlstm.render.statements.spelling import phrased

EXACT = 10**9  # a length up to which it is written out
LIMIT = {Verdict.PROVED: "proved for k -> oo", Verdict.REFUTED: "refuted for k -> oo", Verdict.OPEN: "open for k -> oo"}


def both(result: Result) -> str:
    """The verdict in the limit, and what is known at the scale."""
    known = result.at_scale
    if known is None or known.k is None:
        return LIMIT[result.outcome.verdict] if known is None else _checked(known)
    return f"{LIMIT[result.outcome.verdict]}; {_checked(known)}"


def _checked(known: AtScale) -> str:
    return told(known) if known.recheck is None else f"{told(known)}; {known.recheck.words}"


def told(known: AtScale) -> str:
    """What is known at the scale: "at k = 1 right at every length"."""
    where = "as it stands" if known.k is None else f"at k = {known.k}"
    if known.finding is Finding.WRONG:
        before = known.right_up_to if known.right is not None else None
        gap = "" if before is None or before + 1 == known.wrong_at else f"; right up to {counted(before)}"
        return f"{where} wrong at {counted(known.wrong_at or 0)}: {phrased(known.runs)}{_read(known)}{gap}"
    if known.right is None:
        return f"{where} open: {known.reason}"
    if known.right_up_to is None:
        return f"{where} right at every length"
    beyond = known.wrong_at
    after = f", wrong at {number(beyond, up=True)}: {phrased(known.runs)}" if beyond is not None else ""
    return f"{where} right up to {counted(known.right_up_to)}{after}"


def _read(known: AtScale) -> str:
    return f" ({known.value} for {known.specified})" if known.value else ""


def counted(length: int) -> str:
    """A number of words, rounded down if it is long."""
    return "1 word" if length == 1 else f"{number(length)} words"


def number(length: int, up: bool = False) -> str:
    """A length; a long one to three digits, rounded down or up."""
    if length <= EXACT:
        return str(length)
    power = len(str(length)) - 1
    return f"{(round_up if up else round_down)(fmpq(length) / fmpq(10) ** power, 3)}e{power}"
