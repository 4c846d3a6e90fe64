"""The verdict about a network in which no weight depends on k: it is the one with these weights.  UNTRUSTED."""

from __future__ import annotations

from symlstm.proof.claims import Outcome, Verdict, Witness, refuted, undecided
from symlstm.proof.scale import AtScale, Finding
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import at_scale


def outcome(construction: Construction, hint: str) -> Outcome:
    """Proved at every length, refuted on words that can be run, or open with what is known."""
    known = at_scale(construction)
    if known.finding is Finding.WRONG and known.wrong is not None:
        words = tuple(word for word, n in known.runs for _ in range(n))
        return refuted(known.wrong, Witness(words, None, known.specified, known.value), hint)
    if known.right is not None and known.right_up_to is None:
        return Outcome(Verdict.PROVED, known.right, reason=hint)
    return undecided("; ".join(filter(None, [_reached(known), known.reason, hint])))


def _reached(known: AtScale) -> str:
    """Up to which length it is right."""
    return f"right up to {known.right_up_to} words" if known.right is not None else ""
