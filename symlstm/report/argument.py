"""The proof of a theorem as blocks: every step with the rule that justifies it, premises first.

A step is printed once a section and cited by its number from then on. What logic does silently
(instances, generalisations) is not printed, and short facts are cited by what they say.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from symlstm.kernel.propositions import Equal, Less, Proposition, Relation
from symlstm.kernel.theorem import Theorem, Unsupported, walk
from symlstm.report import text
from symlstm.report.breaking import width
from symlstm.report.certificates import difference
from symlstm.report.conclusions import formulas
from symlstm.report.document import Block, Display, Paragraph, Reference, Runs, listed, paragraph
from symlstm.report.formula import Formula, is_tall
from symlstm.report.rules import ALONE, RULES, filled

SILENT = ("specialise", "generalise")
SHORT = 26  # columns of a fact that is cited by what it says


class Numbering:
    """Hands out the numbers of a section, and remembers what each one says."""

    def __init__(self, prefix: str = "") -> None:
        self._prefix, self._count = prefix, 0
        self.known: dict[Any, str] = {}

    def next(self) -> str:
        self._count += 1
        return f"{self._prefix}{self._count}"

    def number(self, key: Any) -> str:
        """The number of a new fact."""
        self.known[key] = self.next()
        return self.known[key]


def key(theorem: Theorem) -> Any:
    """Equal for theorems that say the same under the same hypotheses; those about networks only for the same object."""
    said = theorem.conclusion
    return (said if isinstance(said, Proposition) else id(said)), theorem.hypotheses


def assumed(hypothesis: Any) -> Any:
    """The key of the theorem that a hypothesis holds under itself."""
    return hypothesis, frozenset({hypothesis})


def shown(conclusion: Any, number: str = "") -> Block:
    """A conclusion on display; in plain text where there is no notation."""
    said = written(conclusion)
    return Display(said, number) if said else paragraph(f"({number}) " if number else "", text.statement(conclusion))


def written(conclusion: Any) -> tuple[Formula, ...]:
    """What it says in formulas; none where there is no notation."""
    try:
        return tuple(formulas(conclusion))
    except Unsupported:
        return ()


def bare(theorem: Theorem) -> Theorem:
    """The theorem without what logic did to it silently."""
    while is_silent(theorem):
        theorem = theorem.premises[0]
    return theorem


def is_silent(step: Theorem) -> bool:
    """Whether it says what its premise says: an instance of it, or an equation turned round or read as a bound."""
    if step.rule in SILENT:
        return True
    said = [step.conclusion, *(premise.conclusion for premise in step.premises)]
    if len(said) != 2 or not step.rule.startswith("arithmetic") or not isinstance(said[1], Equal):
        return False
    return isinstance(said[0], Relation) and {said[0].lhs, said[0].rhs} == {said[1].lhs, said[1].rhs}


class Argument:
    """The steps of one theorem, within the numbering of its section."""

    def __init__(self, theorem: Theorem, numbering: Numbering) -> None:
        self.theorem, self.numbering = theorem, numbering
        self._local: dict[Any, str] = {}

    def assumptions(self) -> tuple[list[Block], Runs]:
        """The hypotheses that are new in the section on display, and all of them cited."""
        new: list[Block] = []
        cited: list[Runs] = []
        for hypothesis in self._hypotheses():
            name = assumed(hypothesis)
            if name not in self.numbering.known:
                new.append(shown(hypothesis, self.numbering.number(name)))
            cited.append((Reference(self.numbering.known[name]),))
        return new, listed(cited)

    def _hypotheses(self) -> list[Any]:
        """In the order in which the proof needs them."""
        needed = [step.conclusion for step in walk(self.theorem) if step.rule == "hypothesis"]
        others = sorted(self.theorem.hypotheses.difference(needed), key=str)
        return [h for h in dict.fromkeys([*needed, *others]) if h in self.theorem.hypotheses]

    def steps(self) -> Iterator[Block]:
        """The proof, the last step being the theorem itself."""
        yield from self._visit(self.theorem)

    def _visit(self, step: Theorem) -> Iterator[Block]:
        """What the step needs and has not been shown yet, then the step."""
        if self._number(step) is None and not self._is_inline(step):
            for premise in step.premises:
                yield from self._visit(premise)
            if self._is_printed(step):
                yield from self._step(step)

    def ending(self) -> Iterator[Block]:
        """For several statements together: where each of them is."""
        step = bare(self.theorem)
        if step.rule == "conjunction":
            cited = dict.fromkeys(self.cite(premise) for premise in step.premises)
            yield Paragraph((*listed(list(cited)), " are what was to be proved."))
        else:
            yield Paragraph((*self.cite(step), " is what was to be proved."))

    def because(self, step: Theorem, texts: Mapping[str, str]) -> Paragraph:
        """What the step does, by one of the texts."""
        return Paragraph(self._filled(texts.get(step.rule, f"By {step.rule}, from {{all}}."), step.premises))

    def _is_printed(self, step: Theorem) -> bool:
        if is_silent(step):
            return False
        is_end = step is self.theorem and not isinstance(step.conclusion, Proposition)
        return not is_end and (step.rule != "conjunction" or step is not bare(self.theorem))

    def _step(self, step: Theorem) -> Iterator[Block]:
        closed = step.hypotheses <= self.theorem.hypotheses
        place = self.numbering.known if closed else self._local
        number = place[key(step)] = self.numbering.next()
        yield self._because(step)
        yield shown(step.conclusion, number)

    def _number(self, step: Theorem) -> str | None:
        return self.numbering.known.get(key(step)) or self._local.get(key(step))

    def _is_inline(self, step: Theorem) -> bool:
        """Whether it is a short fact that needs no premises."""
        if step.premises or step.rule == "hypothesis" or step is bare(self.theorem):
            return False
        said = written(step.conclusion) if isinstance(step.conclusion, Proposition) else ()
        return len(said) == 1 and width(said[0]) <= SHORT and not is_tall(said[0])

    def _because(self, step: Theorem) -> Paragraph:
        if step.rule == "hypothesis":
            return paragraph("Suppose")
        rule = step.rule.partition(" [")[0]
        if not step.premises and rule in ALONE:
            return paragraph(ALONE[rule])
        if rule == "arithmetic":
            return Paragraph(self._arithmetic(step))
        return Paragraph(self._filled(RULES.get(rule, f"By {rule}, from {{all}},"), step.premises))

    def _arithmetic(self, step: Theorem) -> Runs:
        """From what; and if there is something to compute, what the difference of the two sides is."""
        cited = listed(list(dict.fromkeys(map(self.cite, step.premises))))
        found = difference(step, self._unit)
        if found is None:
            return ("By algebra from ", *cited, ",")
        return ("From ", *cited, ", the difference of the two sides being ", found, ",")

    def _unit(self, premise: Theorem) -> str | None:
        """The number by which a certificate names a premise; None if it is cited by what it says."""
        step = bare(premise)
        return None if self._is_inline(step) and isinstance(step.conclusion, Less) else self._number(step)

    def _filled(self, template: str, premises: Sequence[Theorem]) -> Runs:
        return filled(template, [self.cite(premise) for premise in premises])

    def cite(self, premise: Theorem) -> Runs:
        """A premise by its number, or by what it says."""
        step = bare(premise)
        number = self._number(step)
        if number is not None:
            return (Reference(number),)
        return listed([(formula,) for formula in written(step.conclusion)]) or (text.statement(step.conclusion),)
