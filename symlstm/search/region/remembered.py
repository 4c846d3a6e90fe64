"""Enclosures found under some signs of the parameters, kept for others that agree where it matters.  UNTRUSTED.

What a term is in a situation depends on few of the signs that are known. Each evaluation is
kept with the signs that it asked for, in order, and the answers: where all the answers are
the same, so is the result.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.networks.enclosures import Enclosure, EnclosureArithmetic
from symlstm.kernel.parameters import Assumptions
from symlstm.search.saturation.exploration import state_key

Answers = dict[Term, int | None]  # sign of a form, None if it can have both
Traces = dict[tuple[object, ...], list[tuple[Answers, Enclosure | None]]]


@dataclass(frozen=True)
class Asked(Assumptions):
    """Assumptions that remember which signs they were asked for, and believe certificates, which the kernel checks."""

    log: list[Term] = field(default_factory=list)
    answers: Answers = field(default_factory=dict)

    def sign(self, form: Term) -> int | None:
        if form not in self.answers:
            certificate = self.certificates.get(form)
            self.answers[form] = None if certificate is None else algebra.sign(certificate.factor)
        self.log.append(form)
        return self.answers[form]


@dataclass(frozen=True)
class Recalling(EnclosureArithmetic):
    """The calculus of limits on boxes of an exploration, whose signals are what tells them apart."""

    given: Asked = field(default_factory=Asked)
    traces: Traces = field(default_factory=dict, repr=False, compare=False)

    def evaluate(self, term: Term, box: Mapping[Variable, Enclosure]) -> Enclosure | None:
        key = term, *((s, state_key(box[s])) for s in term.symbols() if s in box)
        found = self.traces.setdefault(key, [])
        for answers, signal in found:
            if all(self.given.sign(form) == answer for form, answer in answers.items()):
                return signal
        start = len(self.given.log)
        signal = self._sum(term, box)
        found.append(({form: self.given.answers[form] for form in self.given.log[start:]}, signal))
        return signal
