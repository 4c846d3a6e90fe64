"""The marks of one network: each credit of the key with what was proved, or the word that is wrong."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cache

from symlstm.grading.key import Credit, Key
from symlstm.kernel.networks.machines import Machine
from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.file.construction_file import ConstructionFile
from symlstm.model.network import Network
from symlstm.model.specifications.machines import over
from symlstm.proof.claims import Outcome, Verdict
from symlstm.proof.scale import AtScale, Finding
from symlstm.search.construction import Construction
from symlstm.search.saturation.refutation import MANY, refutation
from symlstm.search.scale.answer import at_scale


@dataclass(frozen=True)
class Mark:
    """A credit, whether it was earned, and what decided it."""

    credit: Credit
    earned: bool
    outcome: Outcome
    scale: AtScale | None = None


def marks(key: Key, found: ConstructionFile) -> Iterator[Mark]:
    """One for each credit of the key, in their order."""
    judge = Judge(key, found)
    return map(judge.mark, key.credits)


class Judge:
    """A submitted network with what the key asks of it; each question is answered once."""

    def __init__(self, key: Key, found: ConstructionFile) -> None:
        self._key, self.found = key, found
        self.outcome, self.scale = cache(self._outcome), cache(self._scale)
        self.construction = cache(self._construction)

    def mark(self, credit: Credit) -> Mark:
        """Whether the network earns the credit."""
        outcome = self.outcome(credit.words)
        if credit.at_scale:
            scale = self.scale(credit.words, credit.length or self._key.check.length)
            return Mark(credit, scale.finding is Finding.RIGHT, outcome, scale)
        proved = outcome.verdict is Verdict.PROVED
        return Mark(credit, proved or (credit.length is not None and self._is_right_up_to(credit.length)), outcome)

    def _construction(self, words: tuple[str, ...] | None) -> Construction:
        found = self.found
        if found.specification is None:
            raise RuleError("credit", "a claim about an RNN", "one about every input word")
        network = found.network if words is None else only(found.network, words)
        specification = found.specification if words is None else restricted(found.specification, words)
        return Construction(network, specification, found.title, found.threshold, found.margin)

    def _outcome(self, words: tuple[str, ...] | None) -> Outcome:
        if self.found.claim is not None:
            from symlstm.search.containment import verdict

            return verdict.outcome(self.found.network, self.found.claim)
        return self.construction(words).outcome()

    def _scale(self, words: tuple[str, ...] | None, length: int) -> AtScale:
        check = self._key.check
        return at_scale(self.construction(words), check.scale, check.within).up_to(length)

    def _is_right_up_to(self, length: int) -> bool:
        """Whether no sequence of up to that many words is wrong in the limit: the counterexample is a shortest one."""
        outcome = self.outcome(None)
        if outcome.verdict is Verdict.REFUTED:
            return outcome.witness is not None and len(outcome.witness.words or ()) > length
        network, specification = self.found.network, self.found.specification
        if not isinstance(specification, WeightedAutomaton):
            return False
        try:
            wrong, tried = refutation(network.system, network.linear_readout, specification, MANY)
        except (RuleError, Unsupported):
            return False
        return wrong is None and tried >= length


def only(network: Network, words: tuple[str, ...]) -> Network:
    """The network with no words but these: its other columns, or rows of the embedding, left out."""
    places = [network.vocabulary.index(word) for word in words]
    if network.embedding is not None:
        return replace(network, vocabulary=words, embedding=tuple(network.embedding[j] for j in places))
    weight_ih = tuple(tuple(row[j] for j in places) for row in network.weight_ih)
    return replace(network, vocabulary=words, weight_ih=weight_ih)


def restricted(specification: WeightedAutomaton | Machine, words: tuple[str, ...]) -> WeightedAutomaton | Machine:
    """The specification of sequences of these words."""
    if isinstance(specification, Machine):
        return over(specification, words)
    matrices = {word: specification.matrices[word] for word in words}
    return WeightedAutomaton(specification.initial, matrices, specification.final)
