"""Parameters: real numbers left open, of which some forms are assumed positive.  TRUSTED."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.logic.propositions import Less
from symlstm.kernel.theorem import RuleError


class Certificate(NamedTuple):
    """That a form has the sign of `factor`: factor * form = multipliers . (1, assumed forms)."""

    factor: Term
    multipliers: tuple[Term, ...]


@dataclass(frozen=True)
class Assumptions:
    """0 < form for each of `positive`, and for other forms what proves their signs from that."""

    positive: tuple[Term, ...] = ()
    certificates: Mapping[Term, Certificate] = field(default_factory=dict)

    def hypotheses(self, parameters: tuple[Variable, ...]) -> frozenset[Less]:
        """The assumptions as propositions; refuses one about anything but the parameters."""
        foreign = {s for form in self.positive for s in form.symbols()} - {*parameters}
        if foreign:
            raise RuleError("assumptions", f"forms in {foreign}", f"forms in the parameters {parameters}")
        return frozenset(map(assumed, self.positive))

    def sign(self, form: Term) -> int | None:
        """Farkas' lemma, the easy half (1902); None for a form without a certificate.

        factor form = m_0 + sum_i m_i form_i     form_i > 0     m_i >= 0, not all 0     factor != 0
        -------------------------------------------------------------------------------------------
                                      sign(form) = sign(factor)
        """
        certificate = self.certificates.get(form)
        if certificate is None:
            return None
        factor, multipliers, total, signs = certificate.factor, (*certificate.multipliers,), algebra.ZERO, set()
        if not all(map(algebra.is_normal, (form, factor, *multipliers))):
            raise RuleError("Farkas", "something else in a certificate", "terms in normal form")
        for multiplier, known in zip(multipliers, (algebra.rational(1), *self.positive), strict=True):
            total += multiplier * known
            signs.add(algebra.sign(multiplier))
        if factor * form != total or not {1} <= signs <= {0, 1} or not algebra.sign(factor):
            raise RuleError("Farkas", f"{certificate} for {form}", "a nonnegative combination that equals the multiple")
        return algebra.sign(factor)

    def side(self, form: Term) -> int | None:
        """1 where the form is known to be nowhere negative, -1 where nowhere positive; else None."""
        return self.sign(form)


NOTHING = Assumptions()


def assumed(form: Term) -> Less:
    """The proposition 0 < form; refuses what is not in normal form."""
    if not algebra.is_normal(form):
        raise RuleError("assumptions", form, "a term in normal form")
    return Less(0, form)
