"""What a theorem of Part I says, in numbers: its terms at balls for their variables."""

from __future__ import annotations

from symlstm.kernel.logic.propositions import Conjunction, Proposition
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.proof.claims import Script


def parts(theorem: Theorem) -> tuple[Proposition, ...]:
    """What a theorem says, part by part."""
    said = theorem.conclusion
    return tuple(said.parts) if isinstance(said, Conjunction) else (said,)


def theorem_of(script: Script, claim: str) -> Theorem:
    """The theorem of a claim of a proof script; raises RuleError if it has none."""
    found = next(made for made in script.claims if made.id == claim).prove()
    if isinstance(found, Theorem):
        return found
    raise RuleError(claim, f"a claim that is {found.verdict.value}", "a theorem")
