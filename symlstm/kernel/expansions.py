"""Expansions for k -> oo: s(k) = sum of c_i k^p_i e^(-a_i k) + R(k), the rest R of a known order.  TRUSTED.

The coefficients c_i and the rates a_i are exact terms without k: constants, or forms in
parameters with assumed signs. With k0 a rational, |R(k)| <= sum of A_i k^p_i e^(-a_i k) for
all k >= k0 and the A_i are rationals, rounded up; there are no parameters then. With k0 = None
the A_i are left open: they exist, for k large enough, and may depend on the parameters.

What is used: sums, products and the Taylor polynomials of 1/(1 + y), e^y, tanh and sigmoid.
Their remainders are Lagrange's, with |tanh^(n)(x)|/n! <= (4/pi)^n (Cauchy's estimate on the
circle of radius pi/4: there |tanh| <= 1, as |Im| <= pi/4), and sigmoid(x) = (1 + tanh(x/2))/2.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cmp_to_key
from typing import NamedTuple, TypeAlias

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Apply, Term, rational
from symlstm.kernel.theorem import RuleError

BITS = 64  # of the balls that amplitudes are rounded from
UNIT = rational(1)
COARSE = 24  # of rates that may be chosen, and of the numbers in a conclusion
CIRCLE = fmpq(51, 40)  # not below 4/pi
KEPT = 3  # terms of a rest: the others are weakened into them


class Order(NamedTuple):
    """k^power e^(-rate k)."""

    power: int
    rate: Term


CONSTANT, LINEAR = Order(0, ZERO), Order(1, ZERO)
Main: TypeAlias = Mapping[Order, Term]
Rest: TypeAlias = Mapping[Order, fmpq]


@dataclass(frozen=True, eq=False)
class Expansion:
    """The main terms, slowest first, none of them 0 by its form, and what bounds the rest."""

    main: Main = field(default_factory=dict)
    rest: Rest = field(default_factory=dict)

    @property
    def without_k(self) -> bool:
        """Whether it is a number or a form in the parameters, other than 0."""
        return len(self.main) == 1 and not self.rest and CONSTANT in self.main

    def leading(self) -> tuple[Order, Term]:
        """The slowest main term; refuses if the rest may hide it."""
        if not self.main:
            raise RuleError("leading term", "nothing but a rest" if self.rest else "0", "a term that is not 0")
        return next(iter(self.main.items()))


@dataclass(frozen=True)
class Expansions:
    """The arithmetic. `terms` main terms are kept; `sign` decides the sign of a term without k, or raises RuleError."""

    k: algebra.Atom
    k0: fmpq | None
    terms: int
    sign: Callable[[Term], int] = algebra.sign

    def __post_init__(self) -> None:
        if self.k0 is not None and not (type(self.k0) is fmpq and self.k0 > 0):
            raise RuleError("expansions", f"k0 = {self.k0}", "a rational k0 > 0, or None")

    # Orders.

    def compare(self, a: Order, b: Order) -> int:
        """Negative if a is slower (larger for k -> oo) than b."""
        if a.rate is b.rate:
            return b.power - a.power
        x, y = a.rate.rational(), b.rate.rational()
        if x is not None and y is not None:
            return int(x > y) - int(x < y) or b.power - a.power
        return (a.rate != b.rate and self.sign(a.rate - b.rate)) or b.power - a.power

    def tends(self, order: Order) -> int:
        """Negative if it tends to 0, 0 if it is 1, positive if it grows."""
        return self.compare(CONSTANT, order) if order != CONSTANT else 0

    def peak(self, order: Order) -> fmpq:
        """A rational not below sup over k >= k0 of k^p e^(-a k), where that is finite; 1 if constants are left open."""
        if self.tends(order) > 0:
            raise RuleError("peak", f"k^{order.power} e^(-({order.rate})k)", "a function bounded for k -> oo")
        if self.k0 is None:
            return fmpq(1)
        with ctx.workprec(BITS):
            rate, top = algebra.constant_ball(order.rate, BITS), arb(self.k0)
            if order.power > 0:
                top = top.max(order.power / rate)
            return rounded_up(top**order.power * (-rate * top).exp())

    def magnitude(self, coefficient: Term) -> fmpq:
        """A rational not below its absolute value; 1 if constants are left open."""
        if self.k0 is None:
            return fmpq(1)
        with ctx.workprec(BITS):
            return rounded_up(abs(algebra.constant_ball(coefficient, BITS)))

    def _slowest(self, orders: Iterable[Order]) -> list[Order]:
        found = [*orders]
        return found if len(found) < 2 else sorted(found, key=cmp_to_key(self.compare))

    def weakened(self, rest: Rest, to: Order) -> fmpq:
        """An A such that the rest is at most A k^p e^(-a k); each of its terms must be no slower."""
        if self.k0 is None:
            return fmpq(1)
        ratios = [(Order(p - to.power, rate - to.rate), a) for (p, rate), a in rest.items()]
        return sum((a * self.peak(ratio) for ratio, a in ratios), fmpq(0))

    def _pruned(self, rest: Rest) -> Rest:
        """At most KEPT terms, one if constants are left open; amplitudes of at most BITS bits."""
        kept = KEPT if self.k0 is not None else 1
        if len(rest) > kept:
            orders = self._slowest(rest)
            last = orders[kept - 1]
            tail = {order: rest[order] for order in orders[kept - 1 :]}
            rest = {order: rest[order] for order in orders[: kept - 1]} | {last: self.weakened(tail, last)}
        if self.k0 is None:
            return rest
        with ctx.workprec(BITS):
            return {order: rounded_up(arb(a)) for order, a in rest.items()}

    def size(self, x: Expansion) -> Rest:
        """|x| <= this."""
        return _joined({order: self.magnitude(c) for order, c in x.main.items()}, x.rest)

    def _settled(self, main: Main, rest: Rest) -> Expansion:
        """Main terms beyond the number that is kept, or no slower than the rest, go to the rest."""
        orders, kept = self._slowest(order for order, c in main.items() if c.monomials), dict[Order, Term]()
        edge = self._slowest(rest)[0] if rest else None
        beyond: dict[Order, fmpq] = {}
        for order in orders:
            if len(kept) < self.terms and (edge is None or self.compare(order, edge) < 0):
                kept[order] = main[order]
            else:
                beyond[order] = self.magnitude(main[order])
        return Expansion(kept, self._pruned(_joined(rest, beyond)))

    # Sums and products.

    def constant(self, value: Term) -> Expansion:
        return Expansion({CONSTANT: value} if value.monomials else {})

    def add(self, *parts: Expansion) -> Expansion:
        if len(parts) == 1:
            return parts[0]
        main: dict[Order, Term] = {}
        rest: Rest = {}
        for part in parts:
            for order, c in part.main.items():
                main[order] = main[order] + c if order in main else c
            rest = _joined(rest, part.rest)
        return self._settled(main, rest)

    def multiply(self, x: Expansion, y: Expansion) -> Expansion:
        """(X + R)(Y + S) = X Y + (X S + R Y + R S)."""
        if x.without_k or y.without_k:
            (_, c), other = (x.leading(), y) if x.without_k else (y.leading(), x)
            return other if c == UNIT else self._multiple(other, c)
        main: dict[Order, Term] = {}
        for a, c in x.main.items():
            for b, d in y.main.items():
                order = Order(a.power + b.power, a.rate + b.rate)
                main[order] = main[order] + c * d if order in main else c * d
        rest = _joined(_times(self.size(x), y.rest), _times(x.rest, self.size(Expansion(y.main))))
        return self._settled(main, self._pruned(rest))

    def _multiple(self, x: Expansion, c: Term) -> Expansion:
        size = self.magnitude(c)
        return Expansion(
            {order: d * c for order, d in x.main.items()}, {order: a * size for order, a in x.rest.items()}
        )

    def scaled(self, x: Expansion, factor: Term, order: Order = CONSTANT) -> Expansion:
        """factor k^p e^(-a k) x."""
        return self.multiply(Expansion({order: factor}), x)

    def whole_power(self, x: Expansion, n: int) -> Expansion:
        """x^n for n >= 1."""
        power = x
        for bit in f"{n:b}"[1:]:
            power = self.multiply(power, power)
            power = self.multiply(power, x) if bit == "1" else power
        return power

    # Power series.

    def bound(self, w: Expansion) -> fmpq:
        """A rational not below sup |w| over k >= k0."""
        return sum((a * self.peak(order) for order, a in self.size(w).items()), fmpq(0))

    def compose(self, coefficients: Sequence[Term], w: Expansion, remainder: fmpq) -> Expansion:
        """sum over j <= n of c_j w^j + R with |R| <= remainder |w|^(n+1), for a w that tends to 0."""
        [*lower, result] = map(self.constant, coefficients)
        for c in reversed(lower):
            result = self.add(self.multiply(result, w), c)
        size = self.size(w)
        if not size:
            return result
        [slowest, *_], n = self._slowest(size), len(coefficients)
        if self.tends(slowest) >= 0:
            raise RuleError("power series", f"a term k^{slowest.power} e^(-({slowest.rate})k)", "one that tends to 0")
        order = Order(n * slowest.power, slowest.rate.scaled(fmpq(n)))
        return self.add(result, Expansion({}, {order: remainder * self.weakened(size, slowest) ** n}))

    def reciprocal_of_one_plus(self, w: Expansion) -> Expansion:
        """1/(1 + w), for a w that tends to 0 and stays below 1 in size, or is positive by its terms: then it alternates."""
        if not w.rest and all(self.sign(c) > 0 for c in w.main.values()):
            return self.compose(self._alternating(), w, fmpq(1))
        top = self.bound(w) if self.k0 is not None else fmpq(0)
        if top >= 1:
            raise RuleError("quotient", f"a divisor that may be 0 at some scale >= {self.k0}", "a larger first scale")
        return self.compose(self._alternating(), w, 1 / (1 - top))

    def _alternating(self) -> list[Term]:
        return [rational((-1) ** j) for j in range(self.terms + 1)]

    def inverse(self, x: Expansion) -> Expansion:
        """1/x = 1/(c k^p e^(-a k)) 1/(1 + w), where c k^p e^(-a k) is the leading term and w the others over it."""
        (power, rate), c = x.leading()
        if not self.sign(c):
            raise RuleError("quotient", f"the leading coefficient {c}", "one that is not 0")
        over = Expansion({Order(-power, -rate): divided(UNIT, c)})
        others = Expansion({order: d for order, d in x.main.items() if order != (power, rate)}, x.rest)
        w = self.multiply(over, others)
        return self.multiply(over, self.reciprocal_of_one_plus(w))

    # Functions.

    def parts(self, x: Expansion) -> tuple[Expansion, Term, Expansion]:
        """What grows, the constant, and what tends to 0; refuses a rest that does not."""
        if any(self.tends(order) >= 0 for order in x.rest):
            raise RuleError("expansion", "a rest that does not tend to 0", "more terms of the expansion")
        tends = {order: self.tends(order) for order in x.main}
        grows = Expansion({order: c for order, c in x.main.items() if tends[order] > 0})
        falls = Expansion({order: c for order, c in x.main.items() if tends[order] < 0}, x.rest)
        return grows, x.main.get(CONSTANT, ZERO), falls

    def direction(self, grows: Expansion) -> int:
        """The sign of what grows; 0 if nothing does."""
        if not grows.main:
            return 0
        _, c = grows.leading()
        found = self.sign(c)
        if not found:
            raise RuleError("expansion", f"the leading coefficient {c}", "one that is not 0")
        return found

    def exp(self, x: Expansion) -> Expansion:
        """e^(m k + q + w) = e^q e^(m k) (1 + w + w^2/2 + ...), or a rest alone where the exponent falls faster."""
        grows, q, w = self.parts(x)
        if any(order != LINEAR for order in grows.main):
            if self.direction(grows) > 0:
                raise RuleError("exp", "an exponent that grows faster than k", "one that grows like k")
            return Expansion({}, self._below_exponential(_negative(grows), q, w))
        top = self.bound(w) if self.k0 is not None else fmpq(0)
        coefficients = [rational(1, factorial(j)) for j in range(self.terms + 1)]
        polynomial = self.compose(coefficients, w, exp_above(top) / factorial(self.terms + 1))
        return self.scaled(polynomial, algebra.exp(q), Order(0, -grows.main.get(LINEAR, ZERO)))

    def _below_exponential(self, grows: Expansion, q: Term, w: Expansion) -> Rest:
        """e^-(grows - q - |w|) <= A e^(-a k), where what grows does so faster than k, upwards.

        With b k^p e^(c k) its leading term and the others at most a fraction r < 1 of that:
        k^p e^(c k) >= k/peak(1 - p, c).
        """
        (power, rate), c = grows.leading()
        if self.k0 is None:
            return {Order(0, rational(self.terms + 1)): fmpq(1)}
        others = {Order(o.power - power, o.rate - rate): self.magnitude(d) for o, d in grows.main.items()}
        del others[CONSTANT]
        with ctx.workprec(BITS):
            lead = rounded_down(algebra.constant_ball(c, BITS))
            steepness = lead - sum((a * self.peak(order) for order, a in others.items()), fmpq(0))
            if steepness <= 0:
                raise RuleError("exp", f"an exponent that may rise from {self.k0} on", "a larger first scale")
            with ctx.workprec(COARSE):
                rise = rounded_down(arb(steepness / self.peak(Order(1 - power, -rate))))
            amplitude = rounded_up((algebra.constant_ball(q, BITS) + arb(self.bound(w))).exp())
        return {Order(0, rational(rise)): amplitude}

    def tail(self, x: Expansion) -> Expansion:
        """1 - sigmoid(x) = E/(1 + E) with E = e^-x, for an x that tends to oo; the series in E > 0 alternates."""
        e = self.exp(_negative(x))
        return self.multiply(e, self.compose(self._alternating(), e, fmpq(1)))

    def sigmoid(self, x: Expansion) -> Expansion:
        grows, q, w = self.parts(x)
        direction = self.direction(grows)
        if direction > 0:
            return self.add(self.constant(UNIT), _negative(self.tail(x)))
        return self.tail(_negative(x)) if direction else self._taylor(derivatives_of_sigmoid(q, self.terms), w, False)

    def tanh(self, x: Expansion) -> Expansion:
        """2 sigmoid(2 x) - 1 where it saturates."""
        grows, q, w = self.parts(x)
        direction = self.direction(grows)
        if not direction:
            return self._taylor(derivatives_of_tanh(q, self.terms), w, True)
        small = self.tail(self.scaled(x, rational(2 * direction)))
        near = self.add(self.constant(UNIT), self.scaled(small, rational(-2)))
        return near if direction > 0 else _negative(near)

    def _taylor(self, coefficients: Sequence[Term], w: Expansion, is_tanh: bool) -> Expansion:
        n = len(coefficients)
        remainder = CIRCLE**n if is_tanh else (CIRCLE / 2) ** n / 2
        return self.compose(coefficients, w, remainder)

    def evaluate(self, term: Term, memo: dict[Term, Expansion]) -> Expansion:
        """The expansion of a term in k, parameters, tanh, sigmoid, exp, quotients and natural powers."""
        if term not in memo:
            memo[term] = self.add(*(self._monomial(mono, c, memo) for mono, c in term.monomials.items()))
        return memo[term]

    def _monomial(self, mono: algebra.Monomial, c: fmpq, memo: dict[Term, Expansion]) -> Expansion:
        """Factors without k are coefficients; exponentials are taken together, their exponents added."""
        fixed = frozenset(power for power in mono if self.k not in algebra.atom(power[0]).symbols())
        self.check_divisors(Term({fixed: fmpq(1)}))
        exponents = [(a, n) for a, n in mono - fixed if type(a) is Apply and a.function == "exp"]
        powers = mono - fixed - {*exponents}
        product = self.constant(Term({fixed: c}))
        if exponents:
            exponent = algebra.total(a.argument.scaled(fmpq(n)) for a, n in exponents)
            product = self.multiply(product, self.exp(self.evaluate(exponent, memo)))
        for a, n in sorted(powers, key=repr):
            base = self._atom(a, memo)
            product = self.multiply(product, self.whole_power(base if n > 0 else self.inverse(base), abs(n)))
        return product

    def check_divisors(self, fixed: Term) -> None:
        """Refuses a coefficient that divides by what is not known to be something else than 0."""
        for mono in fixed.monomials:
            for a, n in mono:
                arguments = a.arguments if type(a) is Apply else ()
                divisors = [algebra.atom(a)] if n < 0 else []
                divisors += arguments if type(a) is Apply and a.function == "inverse" else []
                if not all(map(self.sign, divisors)):
                    raise RuleError("quotient", f"a division by {divisors}", "one that is not 0")
                for argument in arguments:
                    self.check_divisors(argument)

    def _atom(self, a: algebra.Atom, memo: dict[Term, Expansion]) -> Expansion:
        if type(a) is not Apply:
            return Expansion({LINEAR: UNIT})  # k itself
        function, x = a.function, self.evaluate(a.argument, memo)
        if function == "power" and self.k not in (t := a.arguments[1]).symbols():
            return self.natural_power(x, t)
        if function == "inverse":
            return self.inverse(x)
        if function not in ("tanh", "sigmoid"):
            raise RuleError("expansion", a, "k, tanh, sigmoid, exp, quotients, natural powers without k")
        return self.tanh(x) if function == "tanh" else self.sigmoid(x)

    def natural_power(self, x: Expansion, t: Term) -> Expansion:
        """x^t for a natural t without k: (c e^(-a k))^t (1 + t w + t (t - 1)/2 w^2 + ...), constants left open."""
        if self.k0 is not None:
            raise RuleError("power", f"the exponent {t}", "a number, where constants are wanted")
        (power, rate), c = x.leading()
        if power or not self.sign(c):
            raise RuleError("power", f"k^{power} to the power {t}", "a leading term c e^(-a k), c not 0")
        over = Expansion({Order(0, -rate): divided(UNIT, c)})
        others = Expansion({order: d for order, d in x.main.items() if order != (power, rate)}, x.rest)
        coefficients = [UNIT]
        for j in range(self.terms):
            coefficients.append((coefficients[-1] * (t - rational(j))).scaled(fmpq(1, j + 1)))
        polynomial = self.compose(coefficients, self.multiply(over, others), fmpq(1))
        return self.scaled(polynomial, UNIT if c == UNIT else algebra.power(c, t), Order(0, rate * t))


def rounded_up(ball: arb) -> fmpq:
    """A rational not below any number of the ball, of BITS bits."""
    if not ball.is_finite():
        raise RuleError("rounding", "a ball without bound", "a finite ball")
    return ball.upper().fmpq()


def rounded_down(ball: arb) -> fmpq:
    return -rounded_up(-ball)


def exp_above(x: fmpq) -> fmpq:
    with ctx.workprec(BITS):
        return rounded_up(arb(x).exp())


def factorial(n: int) -> int:
    product = 1
    for factor in range(2, n + 1):
        product *= factor
    return product


def divided(x: Term, c: Term) -> Term:
    """x/c for a c that is not 0."""
    value = c.rational()
    return x.scaled(1 / value) if value is not None else x * algebra.inverse(c)


def derivatives_of_tanh(q: Term, n: int) -> list[Term]:
    """tanh^(j)(q)/j! for j <= n, by tanh' = 1 - tanh^2: (j + 1) a_(j+1) = [j = 0] - sum of a_i a_(j-i)."""
    found = [algebra.tanh(q)]
    for j in range(n):
        square = algebra.total(found[i] * found[j - i] for i in range(j + 1))
        found.append(((UNIT if j == 0 else ZERO) - square).scaled(fmpq(1, j + 1)))
    return found


def derivatives_of_sigmoid(q: Term, n: int) -> list[Term]:
    """The same for sigmoid, by sigmoid' = sigmoid - sigmoid^2."""
    found = [algebra.sigmoid(q)]
    for j in range(n):
        square = algebra.total(found[i] * found[j - i] for i in range(j + 1))
        found.append((found[j] - square).scaled(fmpq(1, j + 1)))
    return found


def _negative(x: Expansion) -> Expansion:
    return Expansion({order: -c for order, c in x.main.items()}, x.rest)


def _joined(a: Rest, b: Rest) -> Rest:
    found = dict(a)
    for order, amplitude in b.items():
        found[order] = found[order] + amplitude if order in found else amplitude
    return found


def _times(a: Rest, b: Rest) -> Rest:
    found: dict[Order, fmpq] = {}
    for (p, r), x in a.items():
        for (q, s), y in b.items():
            order = Order(p + q, r + s)
            found[order] = found.get(order, fmpq(0)) + x * y
    return found
