"""limit and enclose: theorems about limits of expressions, found by expansions of growing length.  UNTRUSTED.

Which expansion is long enough, which assumptions are needed and from which scale on a distance is
kept is searched here; the kernel's rules (kernel/asymptotics.py) make the theorems.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import combinations
from typing import Any

from flint import fmpq

from symlstm.kernel import asymptotics
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.asymptotics import Bound, Signs
from symlstm.kernel.theorem import RuleError, Theorem
from symlstm.model.errors import InputError
from symlstm.model.terms import term

LENGTHS = (1, 3, 4, 6, 8, 12, 16)  # terms of an expansion, tried in this order
NEARLY = fmpq(101, 100)  # a bound this near to the best is preferred if it has fewer terms
PROBES = (1, 4, 12)  # lengths that are tried for a threshold
FARTHEST = fmpq(2) ** 40  # where a threshold is looked for
FINENESS = fmpq(1, 1000)  # of a threshold, relative


@dataclass(frozen=True)
class Limit:
    """lim expr = value for the variable -> oo, after the theorem; the value is "oo" or "-oo" if it diverges."""

    theorem: Theorem
    value: Any
    expr: Term
    variable: Variable

    @property
    def hypotheses(self) -> tuple[str, ...]:
        """What the theorem assumes of parameters, as text."""
        return tuple(sorted(map(str, self.theorem.hypotheses)))

    def within(self, distance: Any) -> Threshold:
        """The least k0 found such that |expr - value| <= distance for all k >= k0; raises RuleError without one."""
        number = _rational(distance, "within")
        if isinstance(self.value, str):
            raise RuleError("within", f"the limit {self.value}", "a finite one")
        return threshold(self.expr, self.variable, number)

    def __str__(self) -> str:
        given = f" (given {', '.join(self.hypotheses)})" if self.hypotheses else ""
        return f"{self.value}{given}"


@dataclass(frozen=True)
class Threshold:
    """|expr - value| <= distance for all k >= start."""

    theorem: Theorem
    start: Fraction


def limit(expr: Any, variable: Any, *, assume: Iterable[Any] = ()) -> Limit:
    """The limit of an expression for the variable -> oo, as a theorem of the kernel.

    `expr` is a term or a SymPy expression in the variable, parameters, + - * /, powers with integer
    or symbolic natural exponents, exp, tanh and sigmoid; `assume` are relations between a parameter
    and a number, such as C > 0, and only those that are needed become hypotheses. Raises
    RuleError where the limit is not found, with the reason, and InputError for bad input.
    """
    whole, k = term(expr, "expression"), _variable(variable)
    bounds = bounds_of(assume)
    refusals = []
    for some in _subsets(bounds):
        try:
            found = _first(whole, k, Signs(some))
            return Limit(found, _value(found), whole, k)
        except RuleError as refusal:
            refusals.append(refusal)
    raise _clearest(refusals)


def _first(expr: Term, k: Variable, signs: Signs) -> Theorem:
    """The limit or the divergence, by the shortest expansion that shows it; else the clearest refusal."""
    refusals = []
    for terms in LENGTHS:
        for rule in (asymptotics.limit, asymptotics.divergence):
            try:
                return rule(expr, k, terms, signs)
            except RuleError as refusal:
                refusals.append(refusal)
        if refusals[-1].rule == "sign":
            break
    raise _clearest(refusals)


def _value(theorem: Theorem) -> Any:
    said = theorem.conclusion
    if isinstance(said, asymptotics.Diverges):
        return "oo" if said.direction > 0 else "-oo"
    return said.value


def enclose(expr: Any, variable: Any, *, from_: Any = 1) -> Theorem:
    """The theorem |expr - L| <= sum of A k^p e^(-a k) for all k >= `from_`, with rational A and a.

    Raises RuleError if the expression has parameters, no limit, or no such bound from there on.
    """
    whole, k, start = term(expr, "expression"), _variable(variable), _rational(from_, "from_")
    found: list[tuple[fmpq, int]] = []
    refusals = []
    for terms in LENGTHS:
        try:
            found.append((asymptotics.decay(whole, k, terms, start).supremum, terms))
        except RuleError as refusal:
            refusals.append(refusal)
    if not found:
        raise _clearest(refusals)
    best = min(found)[0]
    shortest = next(terms for supremum, terms in found if supremum <= best * NEARLY)
    return asymptotics.enclosure(whole, k, shortest, start)


def threshold(expr: Term, variable: Variable, distance: fmpq) -> Threshold:
    """The least k0, up to FINENESS, from which the expansion proves that the distance is kept."""
    parameters = [x for x in expr.symbols() if x != variable]
    if parameters:
        raise RuleError(
            "within", f"the parameters {', '.join(map(str, parameters))}", f"an expression in {variable} alone"
        )

    def holds(start: fmpq) -> int | None:
        return next((terms for terms in PROBES if _supremum(expr, variable, terms, start) <= distance), None)

    high = fmpq(1)
    while holds(high) is None:
        high *= 2
        if high > FARTHEST:
            raise RuleError("within", f"no scale up to {FARTHEST}", f"one from which the distance is {distance}")
    low = fmpq(0) if high == 1 else high / 2
    while high - low > high * FINENESS:
        middle = (low + high) / 2
        low, high = (low, middle) if middle > 0 and holds(middle) is not None else (middle, high)
        if high < fmpq(1, 10**9):
            break
    theorem = asymptotics.closeness(expr, variable, holds(high) or 1, high, distance)
    return Threshold(theorem, Fraction(int(high.p), int(high.q)))


def _supremum(expr: Term, variable: Variable, terms: int, start: fmpq) -> fmpq:
    try:
        return asymptotics.decay(expr, variable, terms, start).supremum
    except RuleError:
        return FARTHEST


def _subsets(bounds: Sequence[Bound]) -> Iterable[tuple[Bound, ...]]:
    """All of them, the small ones first."""
    return (some for size in range(len(bounds) + 1) for some in combinations(bounds, size))


def _clearest(refusals: Sequence[RuleError]) -> RuleError:
    """An unknown sign before all other reasons: somebody can do something about it."""
    return next((refusal for refusal in refusals if refusal.rule == "sign"), refusals[0])


def _variable(x: Any) -> Variable:
    found = term(x, "variable").variable()
    if found is None:
        raise InputError("variable", str(x), "one variable")
    return found


def _rational(x: Any, where: str) -> fmpq:
    try:
        value = Fraction(repr(x) if isinstance(x, float) else x)
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        raise InputError(where, repr(x), "a rational number > 0") from None
    if value <= 0:
        raise InputError(where, repr(x), "a rational number > 0")
    return fmpq(value.numerator, value.denominator)


def bounds_of(relations: Iterable[Any]) -> list[Bound]:
    """Bounds from relations between one parameter and a rational number: C > 0, 1 < C, Less(0, C)."""
    ends: dict[Variable, list[fmpq | None]] = {}
    for relation in relations:
        low, high = _sides(relation)
        variable, side, number = _bound(low, high, relation)
        known = ends.setdefault(variable, [None, None])
        before = known[side]
        known[side] = number if before is None else max(before, number) if side == 0 else min(before, number)
    return [Bound(variable, low, high) for variable, (low, high) in ends.items()]


def _sides(relation: Any) -> tuple[Term, Term]:
    """The smaller and the larger side of a strict order."""
    kind = getattr(relation, "rel_op", "<" if type(relation).__name__ == "Less" else "")
    if kind not in ("<", ">"):
        raise InputError("assume", str(relation), "C > 0 or the like: a parameter, < or >, a number")
    low, high = relation.lhs, relation.rhs
    low, high = (low, high) if kind == "<" else (high, low)
    return term(low, "assume"), term(high, "assume")


def _bound(low: Term, high: Term, relation: Any) -> tuple[Variable, int, fmpq]:
    if (variable := high.variable()) is not None and (number := low.rational()) is not None:
        return variable, 0, number
    if (variable := low.variable()) is not None and (number := high.rational()) is not None:
        return variable, 1, number
    raise InputError("assume", str(relation), "a parameter on one side and a number on the other")
