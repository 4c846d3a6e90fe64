"""The proof of a theorem as blocks: every step with the rule that justifies it, premises first.

A step is printed once a document and cited by its number from then on. What logic does silently
(instances, generalisations) is not printed, short facts are cited by what they say, of several
steps of algebra in a row only the last is printed, and a derived rule by its name, without its proof. Routine steps
are marked as such; a brief document leaves them out, and cites what they follow from.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from symlstm.kernel.algebra import Apply, Term
from symlstm.kernel.logic.propositions import Derived, Equal, Less, Proposition, Relation, Within
from symlstm.kernel.theorem import Theorem, Unsupported
from symlstm.render.derivation.certificates import difference
from symlstm.render.derivation.numbering import Ledger, assumed, key
from symlstm.render.derivation.rules import ALONE, RULES, filled
from symlstm.render.documents.document import (
    Block,
    Display,
    Either,
    Paragraph,
    Reference,
    Routine,
    Runs,
    citations,
    listed,
    paragraph,
)
from symlstm.render.formulas.breaking import width
from symlstm.render.formulas.formula import Formula, Named, is_tall, row
from symlstm.render.statements import plain as text
from symlstm.render.statements.conclusions import formulas

SILENT = ("specialise", "generalise")
FOLDS = ("arithmetic", "absolute value")  # rules that may take in the algebra before them
ROUTINE = (  # rules whose steps a reader can do without, if they have premises
    "arithmetic", "absolute value", "sides", "rewrite", "reciprocal", "positive", "monotone", "weaken", "extremum",
    "cases", "empty sum", "last term",
)  # fmt: skip
SOURCES = 4  # that a routine step may follow from
SHORT = 26  # columns of a fact that is cited by what it says
SIGNS: Mapping[Any, Formula] = {  # why a long expression is positive
    "sigmoid": row("0", "<", "sigma", "<", "1"),
    "tanh": row(Named("tanh"), "<", "1"),
    "exp": row("0", "<", Named("exp")),
}


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
    said = [step.conclusion, *(premise.conclusion for premise in told(step))]
    if len(said) != 2 or name(step) != "arithmetic" or not isinstance(said[1], Equal):
        return False
    return isinstance(said[0], Relation) and {said[0].lhs, said[0].rhs} == {said[1].lhs, said[1].rhs}


def is_numerical(step: Theorem) -> bool:
    """Whether it compares two rational numbers."""
    said = step.conclusion
    return isinstance(said, Relation | Within) and all(side.rational() is not None for side in said.args)


def name(step: Theorem) -> str:
    """The rule; of a derived rule its own name."""
    return step.certificate.name if isinstance(step.certificate, Derived) else step.rule


def told(step: Theorem) -> tuple[Theorem, ...]:
    """The premises; of a derived rule what it was applied to, without its proof."""
    return step.premises[:-1] if isinstance(step.certificate, Derived) else step.premises


def steps(theorem: Theorem) -> list[Theorem]:
    """The theorem and everything that a reader is told it was derived from, each once, premises first."""
    found: dict[int, Theorem] = {}

    def visit(step: Theorem) -> None:
        if id(step) not in found:
            for premise in told(step):
                visit(premise)
            found[id(step)] = step

    visit(theorem)
    return list(found.values())


class Argument:
    """The steps of one theorem, with the numbers of its document."""

    def __init__(self, theorem: Theorem, ledger: Ledger) -> None:
        self.theorem, self.ledger = theorem, ledger
        self._local: dict[Any, str] = {}  # the numbers of what holds under suppositions of this proof
        self._last: Any = None
        self._is_brief = False  # whether what is being written leaves out routine steps
        end = bare(theorem)
        self._kept = {key(end), *(key(bare(step)) for step in told(end) if not _is_step(end))}
        self._users: dict[Any, list[Theorem]] = defaultdict(list)
        for step in steps(theorem):
            for premise in () if is_silent(step) else told(step):
                self._users[key(bare(premise))].append(step)

    def assumptions(self) -> tuple[list[Block], Runs]:
        """The hypotheses that are new in the document on display, and all of them cited."""
        new: list[Block] = []
        cited: list[Runs] = []
        for hypothesis in self._hypotheses():
            place = assumed(hypothesis)
            if place not in self.ledger.known:
                new.append(shown(hypothesis, self.ledger.number(place)))
            cited.append((Reference(self.ledger.known[place]),))
        return new, citations(cited)

    def _hypotheses(self) -> list[Any]:
        """In the order in which the proof needs them."""
        needed = [step.conclusion for step in steps(self.theorem) if step.rule == "hypothesis"]
        others = sorted(self.theorem.hypotheses.difference(needed), key=str)
        return [h for h in dict.fromkeys([*needed, *others]) if h in self.theorem.hypotheses]

    def steps(self) -> Iterator[Block]:
        """The proof, the last step being the theorem itself; or, of a theorem about a network, what it rests on."""
        is_step = isinstance(self.theorem.conclusion, Proposition)
        visited = [
            block for step in ([self.theorem] if is_step else self.theorem.premises) for block in self._visit(step)
        ]
        for is_routine, group in groupby(visited, lambda block: isinstance(block, Routine)):
            together = [*group]
            yield from [_joined(together)] if is_routine else together

    def _visit(self, step: Theorem) -> Iterator[Block]:
        """What the step needs and has not been shown yet, then the step."""
        if self._number(step) is None and not self._is_inline(step):
            for premise in told(step):
                yield from self._visit(premise)
            if self._is_printed(step):
                is_routine = self._may_be_routine(step)
                blocks = self._step(step)
                yield from (Routine(tuple(blocks)),) if is_routine else blocks
                self.ledger.routine |= {key(step)} if is_routine else set()

    def ending(self) -> Iterator[Block]:
        """Where the statement is, if it is not the last line."""
        step = bare(self.theorem)
        if step.rule == "conjunction":
            yield self._either(lambda: Paragraph((*citations(map(self.cite, told(step))), " together are the claim.")))
        elif key(step) != self._last:
            yield Paragraph(("This is ", *self.cite(step), "."))

    def _either(self, written: Callable[[], Paragraph]) -> Block:
        """What is written, and without routine steps if that differs."""
        full = written()
        self._is_brief = True
        brief = written()
        self._is_brief = False
        return full if full == brief else Either(full, brief)

    def because(self, step: Theorem, texts: Mapping[str, str]) -> Block:
        """What the step does, by one of the texts."""
        return self._either(lambda: self._told(step, texts))

    def _told(self, step: Theorem, texts: Mapping[str, str]) -> Paragraph:
        text = texts.get(step.rule, f"By {step.rule}{', from {all}' * bool(told(step))}.")
        return Paragraph(self._filled(text if told(step) else ALONE.get(step.rule, text), told(step)))

    def _is_printed(self, step: Theorem) -> bool:
        if is_silent(step) or self._is_folded(step):
            return False
        is_end = step is self.theorem and not isinstance(step.conclusion, Proposition)
        return not is_end and (step.rule != "conjunction" or step is not bare(self.theorem))

    def _is_folded(self, step: Theorem) -> bool:
        """Whether it is algebra that one further step of algebra takes up."""
        users = self._users[key(step)]
        alone = len(users) == 1 and name(users[0]) in FOLDS
        return alone and name(step) == "arithmetic" and bool(told(step)) and self._number(step) is None

    def _may_be_routine(self, step: Theorem) -> bool:
        """Whether a reader who knows what it follows from, all of which has numbers or is short, can do without it."""
        if name(step) not in ROUTINE or key(step) in self._kept:
            return False
        return 0 < len(self._sources(step)) <= SOURCES

    def _is_routine(self, step: Theorem) -> bool:
        """Whether it was marked as routine."""
        return key(step) in self.ledger.routine

    def _sources(self, step: Theorem) -> list[Theorem]:
        """What a step follows from, through routine steps and but for numerical facts."""
        found: dict[Any, Theorem] = {}
        for premise in map(bare, told(step)):
            if self._is_routine(premise) or self._is_folded(premise):
                found |= {key(source): source for source in self._sources(premise)}
            elif not is_numerical(premise):
                found[key(premise)] = premise
        return list(found.values())

    def _step(self, step: Theorem) -> Iterator[Block]:
        closed = step.hypotheses <= self.theorem.hypotheses
        place = self.ledger.known if closed else self._local
        yield self._either(lambda: self._because(step))
        self._last = key(step)
        number = place[self._last] = self.ledger.next()
        yield shown(step.conclusion, number)

    def _number(self, step: Theorem) -> str | None:
        return self.ledger.known.get(key(step)) or self._local.get(key(step))

    def _is_inline(self, step: Theorem) -> bool:
        """Whether it is a fact that needs no premises, short or plain."""
        if step.rule == "hypothesis" or step is bare(self.theorem):
            return False
        if told(step):
            return is_numerical(step)
        said = written(step.conclusion) if isinstance(step.conclusion, Proposition) else ()
        short = len(said) == 1 and width(said[0]) <= SHORT and not is_tall(said[0])
        return short or (step.rule == "positive" and bool(_signs(step)))

    def _because(self, step: Theorem) -> Paragraph:
        if step.rule == "hypothesis":
            return paragraph("Suppose")
        rule, premises = name(step), self._premises(step)
        if not premises and rule in ALONE:
            return paragraph(ALONE[rule])
        if rule in FOLDS and any(map(self._is_left_out, map(bare, told(step)))):
            return Paragraph(("By algebra", *self._from(premises), ","))
        if rule == "arithmetic":
            return Paragraph(self._arithmetic(step))
        return Paragraph(self._filled(RULES.get(rule, f"By {rule}, from {{all}},"), told(step)))

    def _premises(self, step: Theorem) -> list[Theorem]:
        """What a step rests on, with the premises of what was folded into it."""
        found: list[Theorem] = []
        for premise in map(bare, told(step)):
            found += self._premises(premise) if self._is_left_out(premise) else [premise]
        return found

    def _is_left_out(self, step: Theorem) -> bool:
        """Whether what is being written has no number for it, but for what it follows from."""
        return self._is_folded(step) or (self._is_brief and self._is_routine(step))

    def _arithmetic(self, step: Theorem) -> Runs:
        """From what; and if there is something to compute, what the difference of the two sides is."""
        found = difference(step, self._unit)
        if found is None:
            return ("By algebra", *self._from(told(step)), ",")
        return (
            "From ",
            *citations(map(self.cite, told(step))),
            ", the difference of the two sides being ",
            found,
            ",",
        )

    def _from(self, premises: Sequence[Theorem]) -> Runs:
        """The premises but for numerical facts."""
        cited = citations(self.cite(premise) for premise in premises if not is_numerical(bare(premise)))
        return (" from ", *cited) if cited else ()

    def _unit(self, premise: Theorem) -> str | None:
        """The number by which a certificate names a premise; None if it is cited by what it says."""
        step = bare(premise)
        return None if self._is_inline(step) and isinstance(step.conclusion, Less) else self._number(step)

    def _filled(self, template: str, premises: Sequence[Theorem]) -> Runs:
        return filled(template, [self.cite(premise) for premise in premises])

    def cite(self, premise: Theorem) -> Runs:
        """A premise by its number, or by what it says."""
        step = bare(premise)
        if self._is_brief and self._is_routine(step):
            return ("what follows from ", *citations(map(self.cite, self._sources(step))))
        number = self._number(step)
        if number is not None:
            return (Reference(number),)
        said = written(step.conclusion)
        if step.rule == "positive" and sum(map(width, said)) > SHORT:
            said = _signs(step)
        return listed([(formula,) for formula in said]) or (text.statement(step.conclusion),)


def _is_step(end: Theorem) -> bool:
    """Whether the end of a proof is one more step, not several that were proved together or one about a network."""
    return end.rule != "conjunction" and isinstance(end.conclusion, Proposition)


def _joined(steps: Sequence[Block]) -> Routine:
    """Routine steps in a row as one block."""
    routine = [step for step in steps if isinstance(step, Routine)]
    return Routine(tuple(block for step in routine for block in step.blocks), sum(step.count for step in routine))


def _signs(step: Theorem) -> tuple[Formula, ...]:
    """Why an expression that the kernel calls positive is: the ranges of the functions that it is made of."""
    outer = set(_outermost(step.conclusion.rhs))
    return tuple(formula for kind, formula in SIGNS.items() if kind in outer)


def _outermost(term: Term) -> Iterator[str]:
    """The functions of a term that are in no other."""
    for a in (a for mono in term.monomials for a, _ in mono if isinstance(a, Apply)):
        if a.function in SIGNS:
            yield str(a.function)
        else:
            for part in a.arguments:
                yield from _outermost(part)
