"""Limits of expressions for k -> oo, with and without a rate, by their expansions.  TRUSTED.

The expressions are terms in k, parameters with assumed bounds, tanh, sigmoid, exp, quotients and
natural powers. A divisor in them need not be positive by its form: where its expansion has a leading
term that is not 0 it is not 0 for k large enough, or for all k >= k0 where constants are wanted.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term, Variable
from symlstm.kernel.expansions import BITS, COARSE, CONSTANT, Expansion, Expansions, Order, rounded_down, rounded_up
from symlstm.kernel.logic.propositions import Binder, Less, LessEqual, TendsTo, Within, as_term, as_variables
from symlstm.kernel.logic.quotients import positive_by_form
from symlstm.kernel.theorem import RuleError, Theorem, conclude


def _as_direction(x: object) -> int | None:
    return x if type(x) is int and x in (1, -1) else None


class Diverges(Binder):
    """The limit for the variables -> oo is oo, or -oo where `direction` is -1: beyond every number from some k on."""

    fields, kinds = ("expr", "variables", "direction"), (as_term, as_variables, _as_direction)
    expr: Term
    variables: tuple[Variable, ...]
    direction: int

    def __str__(self) -> str:
        return (
            f"lim_({', '.join(map(str, self.variables))} -> oo) {self.expr} = {'oo' if self.direction > 0 else '-oo'}"
        )


@dataclass(frozen=True)
class Bound:
    """lower < variable < upper; None where there is no bound."""

    variable: Variable
    lower: fmpq | None = None
    upper: fmpq | None = None

    def __post_init__(self) -> None:
        ends = [end for end in (self.lower, self.upper) if end is not None]
        if type(self.variable) is not Variable or any(type(end) is not fmpq for end in ends) or ends != sorted(ends):
            raise RuleError("bound", f"{self.lower} < {self.variable} < {self.upper}", "rational numbers in order")

    @property
    def hypotheses(self) -> Iterator[Less]:
        if self.lower is not None:
            yield Less(self.lower, self.variable)
        if self.upper is not None:
            yield Less(self.variable, self.upper)

    def image(self, from_above: bool) -> Term:
        """A term in a free variable whose values include all that the variable can be; e^x and sigmoid(x) are positive."""
        x = algebra.atom(self.variable)
        if self.lower is not None and self.upper is not None:
            share = algebra.sigmoid(x).scaled(self.upper - self.lower)
            return algebra.rational(self.upper) - share if from_above else algebra.rational(self.lower) + share
        if self.lower is not None:
            return algebra.exp(x) + algebra.rational(self.lower)
        return x if self.upper is None else algebra.rational(self.upper) - algebra.exp(x)


@dataclass(frozen=True)
class Signs:
    """The signs of terms in parameters, from bounds of single parameters."""

    bounds: tuple[Bound, ...] = ()

    @cached_property
    def hypotheses(self) -> frozenset[Less]:
        return frozenset(h for bound in self.bounds for h in bound.hypotheses)

    def __call__(self, form: Term) -> int:
        """1, 0 or -1; raises RuleError if it is not known: of a constant by balls, else by its form, bounds put in."""
        if not form.symbols():
            return algebra.sign(form)
        for from_above in (False, True):
            values = {bound.variable: bound.image(from_above) for bound in self.bounds}
            image = algebra.substitute(form, values, {})
            if positive_by_form(image) or positive_by_form(-image):
                return 1 if positive_by_form(image) else -1
        raise RuleError("sign", form, "a known sign: assume more of its parameters")


@lru_cache(maxsize=256)
def _expansion(
    expr: Term, variable: Variable, k0: fmpq | None, terms: int, signs: Signs
) -> tuple[Expansions, Expansion]:
    """The arithmetic, and the expansion with a rest that tends to 0."""
    if type(variable) is not Variable or type(expr) is not Term or type(signs) is not Signs:
        raise RuleError("expansion", f"{expr} for {variable}, {signs}", "a term, a variable and Signs")
    if type(terms) is not int or terms < 1 or any(bound.variable == variable for bound in signs.bounds):
        raise RuleError("expansion", f"{terms} terms, {signs}", f"a number of terms >= 1, no bound of {variable}")
    arithmetic = Expansions(variable, k0, terms, signs)
    found = arithmetic.evaluate(expr, {})
    if any(arithmetic.tends(order) >= 0 for order in found.rest):
        raise RuleError("expansion", "a rest that does not tend to 0", "more terms of the expansion")
    return arithmetic, found


def limit(expr: Term, variable: Variable, terms: int, signs: Signs) -> Theorem:
    """
    ------------------------- the expansion of expr has no term that grows; c is its constant term,
    lim_{variable -> oo} expr = c   and its rest tends to 0; under the bounds of the parameters
    """
    arithmetic, found = _expansion(expr, variable, None, terms, signs)
    growing = [order for order in found.main if arithmetic.tends(order) > 0]
    if growing:
        raise RuleError("limit", f"a term that grows like k^{growing[0].power} e^({-growing[0].rate}k)", "none")
    said = TendsTo(expr, (variable,), found.main.get(CONSTANT, algebra.ZERO))
    return conclude(said, "limit by expansion", hypotheses=signs.hypotheses, certificate=terms)


def divergence(expr: Term, variable: Variable, terms: int, signs: Signs) -> Theorem:
    """
    ------------------------- the leading term of the expansion grows, and has the sign of the infinity
    lim_{variable -> oo} expr = oo, or -oo
    """
    arithmetic, found = _expansion(expr, variable, None, terms, signs)
    order, c = found.leading()
    direction = signs(c)
    if arithmetic.tends(order) <= 0 or not direction:
        raise RuleError("divergence", f"the leading term ({c})k^{order.power} e^({-order.rate}k)", "one that grows")
    said = Diverges(expr, (variable,), direction)
    return conclude(said, "divergence by expansion", hypotheses=signs.hypotheses, certificate=terms)


@dataclass(frozen=True)
class Decay:
    """|expr - value| <= sum of A k^p e^(-a k) for all k >= k0: its value, and (A, p, a) with rationals A and a."""

    value: Term
    terms: tuple[tuple[fmpq, int, fmpq], ...]
    supremum: fmpq  # of the sum over k >= k0, rounded up


def decay(expr: Term, variable: Variable, terms: int, k0: fmpq) -> Decay:
    """The constant term, and a bound of all others; raises RuleError if one grows or stands over a parameter."""
    if {*expr.symbols()} - {variable}:
        raise RuleError("enclosure", f"the parameters {[*expr.symbols()]} in {expr}", f"an expression in {variable}")
    arithmetic, found = _expansion(expr, variable, k0, terms, Signs())
    value = found.main.get(CONSTANT, algebra.ZERO)
    others = {order: c for order, c in found.main.items() if order != CONSTANT}
    size = arithmetic.size(Expansion(others, found.rest))
    bounds = []
    for (power, rate), a in size.items():
        slower = _floor(rate)
        excess = arithmetic.peak(Order(0, rate - algebra.rational(slower))) if rate.rational() is None else 1
        bounds.append((_ceiling(a * excess), power, slower))
    return Decay(value, tuple(bounds), sum((a * arithmetic.peak(order) for order, a in size.items()), fmpq(0)))


def _floor(rate: Term) -> fmpq:
    """The rate itself if it is a rational number, else a rational that is not above it, and positive."""
    if (value := rate.rational()) is not None:
        return value
    with ctx.workprec(BITS):
        ball = algebra.constant_ball(rate, BITS)
    with ctx.workprec(COARSE):
        return rounded_down(arb(rounded_down(ball)))


def _ceiling(a: fmpq) -> fmpq:
    with ctx.workprec(COARSE):
        return rounded_up(arb(a))


def _from(variable: Variable, k0: fmpq) -> frozenset[LessEqual]:
    return frozenset({LessEqual(k0, variable)})


def enclosure(expr: Term, variable: Variable, terms: int, k0: fmpq) -> Theorem:
    """
    k0 <= k |- |expr - c| <= sum of A k^p e^(-a k)     the expansion of expr and its rest from k0 on
    """
    found, k = decay(expr, variable, terms, k0), algebra.atom(variable)
    parts = [algebra.power(k, algebra.rational(p)) * algebra.exp(k.scaled(-a)).scaled(A) for A, p, a in found.terms]
    said = Within(expr, found.value, algebra.total(parts))
    return conclude(said, "enclosure by expansion", hypotheses=_from(variable, k0), certificate=terms)


def closeness(expr: Term, variable: Variable, terms: int, k0: fmpq, distance: fmpq) -> Theorem:
    """
    k0 <= k |- |expr - c| <= distance     what bounds the expansion without its constant is at most that from k0 on
    """
    found = decay(expr, variable, terms, k0)
    if not found.supremum <= distance:
        raise RuleError("closeness", f"a bound {arb(found.supremum).str(6)} from {k0} on", f"one up to {distance}")
    said = Within(expr, found.value, distance)
    return conclude(said, "closeness by expansion", hypotheses=_from(variable, k0), certificate=terms)
