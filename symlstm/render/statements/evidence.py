"""Why a claim is false, in one line."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from symlstm.proof.claims import Witness
from symlstm.render.statements.spelling import repeated, spelled

SHOWN = 20  # words that are written one by one


def evidence(witness: Witness) -> str:
    """A witness in one line."""
    exact = [f"{kind} {value}" for kind, value in (("found", witness.limit), ("claimed", witness.specified)) if value]
    real = [f"{'at k = 1: ' if witness.words else ''}{witness.value}"] if witness.value else []
    replays = [f"{kind} {value}" for kind, value in witness.details.items()]
    words = "" if witness.words is None else f"{in_a_line(witness.words) or 'the empty sequence'}: "
    return words + "; ".join(part for part in (", ".join(exact), ", ".join(real + replays)) if part)


def in_a_line(words: Sequence[str]) -> str:
    """The words; of a long sequence those that stand in a row with their number."""
    return (
        " ".join(map(spelled, words))
        if len(words) <= SHOWN
        else repeated((word, len([*run])) for word, run in groupby(words))
    )
