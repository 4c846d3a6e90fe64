"""Why a claim is false, in one line."""

from __future__ import annotations

from symlstm.proof.claims import Witness


def evidence(witness: Witness) -> str:
    """A witness in one line."""
    exact = [f"{kind} {value}" for kind, value in (("found", witness.limit), ("claimed", witness.specified)) if value]
    real = [f"{'at k = 1: ' if witness.words else ''}{witness.value}"] if witness.value else []
    replays = [f"{kind} {value}" for kind, value in witness.details.items()]
    words = "" if witness.words is None else f"{' '.join(witness.words) or 'the empty sequence'}: "
    return words + "; ".join(part for part in (", ".join(exact), ", ".join(real + replays)) if part)
