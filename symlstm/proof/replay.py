"""Lemmas: proved once by `auto`, for variables that may stand for any number, and then used for terms.  UNTRUSTED.

The kernel has no rule that puts values for variables into hypotheses, so the proof of a lemma is run again with
the values in it, step by step, on the facts that its hypotheses ask for. The numbers of its certificates stay; nothing
is searched for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.logic import bounds
from symlstm.kernel.logic.propositions import (
    Proposition,
    Relation,
    assume,
    free_symbols,
    generalise,
    specialise,
    substituted,
)
from symlstm.kernel.theorem import RuleError, Theorem, Unsupported
from symlstm.proof import order
from symlstm.proof.instances import Binding, unify
from symlstm.proof.kept import beside

FUNCTIONS = {f.__name__: f for f in bounds.INCREASING}


def _nothing(*_: Theorem) -> Iterable[Theorem]:
    return ()


class Lemma:
    """`given` |- `goal`. `more` makes of the hypotheses further facts for its proof."""

    def __init__(
        self, goal: Proposition, *given: Proposition, file: str, more: Callable[..., Iterable[Theorem]] = _nothing
    ) -> None:
        self.goal, self.given, self.more, self.file = goal, given, more, file

    @cached_property
    def theorem(self) -> Theorem:
        """With the lemma's own variables."""
        with beside(Path(self.file)):
            given = [*map(assume, self.given)]
            return order.prove(self.goal, [*given, *self.more(*given)])

    def __call__(self, *facts: Theorem, **values: Any) -> Theorem:
        """For the terms that make the hypotheses what the facts say; those of some variables may be given by name."""
        binding = self._binding(facts, values)
        return Replay(binding, dict(zip(self.given, facts, strict=True))).of(self.theorem)

    def _binding(self, facts: tuple[Theorem, ...], values: dict[str, Any]) -> Binding:
        variables = frozenset(free_symbols([self.goal, *self.given]))
        binding: Binding = {v: values[v.name] for v in variables if v.name in values}
        if len(facts) != len(self.given):
            raise RuleError("lemma", f"{len(facts)} facts", len(self.given))
        pairs: list[tuple[Any, Any]] = []
        for p, fact in zip(self.given, facts, strict=True):
            said = fact.conclusion
            if type(said) is not type(p) and not (isinstance(said, Relation) and isinstance(p, Relation)):
                raise RuleError("lemma", said, p)
            pairs += zip(p.parts_of(), said.parts_of(), strict=True)
        for pattern, value in sorted(pairs, key=lambda pair: pair[0].variable() is None):
            found = unify(pattern, value, variables - binding.keys(), binding)
            if binding.keys() >= {*pattern.symbols()} & variables:
                found = binding if substituted(pattern, binding) == value else None
            if found is None:
                raise RuleError("lemma", value, pattern)
            binding = found
        if missing := variables - binding.keys():
            raise RuleError("lemma", f"no value for {', '.join(sorted(map(str, missing)))}", "one of each variable")
        return binding


class Replay:
    """A proof again, with values for free variables, and facts in place of hypotheses."""

    def __init__(self, values: Mapping[Variable, Term], facts: Mapping[Proposition, Theorem]) -> None:
        self.values, self.facts = values, facts
        self.divisors, self.found = tuple(facts.values()), dict[int, Theorem]()

    def of(self, theorem: Theorem) -> Theorem:
        """The theorem with the values: in one step, if it has no hypotheses."""
        if id(theorem) not in self.found:
            made = self._again if theorem.hypotheses else self._specialised
            self.found[id(theorem)] = made(theorem)
        return self.found[id(theorem)]

    def _specialised(self, theorem: Theorem) -> Theorem:
        free = [v for v in theorem.conclusion.symbols() if v in self.values]
        values = (self.values[v] for v in free)
        return specialise(generalise(theorem, *free), *values, divisors=self.divisors) if free else theorem

    def _again(self, step: Theorem) -> Theorem:
        if step.rule == "hypothesis":
            return self.facts[step.conclusion]
        premises, said = [*map(self.of, step.premises)], substituted(step.conclusion, self.values)
        match step.rule:
            case "arithmetic":
                products = (
                    (substituted(q, self.values), *(premises[n] for n in places)) for q, places in step.certificate
                )
                return bounds.arithmetic(said, *products, divisors=self.divisors)
            case "absolute value":
                return bounds.absolute_value(said, *premises)
            case "sides":
                is_above = step.conclusion != bounds.sides(step.premises[0])[0].conclusion
                return bounds.sides(premises[0])[is_above]
            case "positive":
                return bounds.positive(said.rhs, *premises)
            case "monotone":
                return bounds.monotone(premises[0], FUNCTIONS[step.certificate])
        raise Unsupported(f"a lemma by the rule {step.rule}")
