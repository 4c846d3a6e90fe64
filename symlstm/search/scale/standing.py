"""The verdict about a network with the weights that it has: without k as they stand, else at k = 1.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from symlstm.model.errors import InputError
from symlstm.proof.claims import Outcome, Verdict, Witness, refuted, undecided
from symlstm.proof.scale import AtScale, Finding, spelled
from symlstm.search.construction import Construction
from symlstm.search.scale.answer import asked, at_scale, told
from symlstm.search.scale.verdict import Verdict as Known
from symlstm.search.scale.verdict import replayed


def as_it_stands(
    construction: Construction, length: int | None = None, k: Fraction | int = 1, hint: str = ""
) -> Outcome:
    """Proved on all sequences of up to so many words, None for every length; refuted on words; or open with what is known.

    `hint` is what to try, where it is not proved. Raises InputError for a scale k that is not positive.
    """
    known = at_scale(construction, k)
    if known.is_right_up_to(length):
        return Outcome(Verdict.PROVED, known.right)
    if known.wrong is not None:
        return refuted(known.wrong, _witness(known), hint)
    return undecided("; ".join(filter(None, [_reached(known), known.reason, hint])))


def wrong_on(construction: Construction, words: Sequence[str], k: Fraction | int = 1, hint: str = "") -> Outcome:
    """That it is right at scale k, refuted on these words; open if it is right on them. Raises InputError for other words."""
    unknown = [word for word in words if word not in construction.network.vocabulary]
    if unknown:
        raise InputError(
            "words", " ".join(unknown), f"words of the vocabulary {' '.join(construction.network.vocabulary)}"
        )
    question, _ = asked(construction, Fraction(k), None)
    theorem = replayed(question, tuple(words))
    if theorem is None:
        return undecided("right on these words")
    found = Known(question.scale.k, wrong=theorem, runs=theorem.conclusion.runs)
    return refuted(theorem, _witness(told(found, Fraction(k))), hint)


def _witness(known: AtScale) -> Witness:
    """The words, one by one if they can be run."""
    if known.finding is Finding.WRONG:
        words = tuple(spelled(known.runs))
        return Witness(
            words, known.value or "another value", known.specified or "that of the specification", known.value or None
        )
    read = " ".join(f"({' '.join(words)})*{n}" if len(words) > 1 else f"{words[0]}*{n}" for words, n in known.runs)
    found, wanted = known.value or "a value that rounds to another", known.specified or "that of the specification"
    return Witness(None, f"{found} after {read}", wanted, None, {"known": _reached(known)})


def _reached(known: AtScale) -> str:
    """Up to which length it is right."""
    return f"right up to {known.right_up_to} words" if known.right is not None else ""
