"""Enclosures: |s(k) - L(k)| <= sum_i A_i k^p_i e^(-lambda_i k), for every scale k >= k0.  TRUSTED.

An `Enclosure` is a function of the scale known by a polynomial `main` in k with exact constant
coefficients and an `Error` around it.  One object gives the limit (k -> oo), the certified
error of the real biases (k = 1) and the curve between.  All A_i and lambda_i are rationals,
rounded outward from Arb balls: rates down, amplitudes up.

Besides its terms an error may be `tiny`: exponentially small by a bound whose constants are
left open (they may depend on the word).  That is the arithmetic of pure limits: it is closed
under sums, products, polynomials in k and Lipschitz functions, so it always terminates.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from types import MappingProxyType

from flint import arb, ctx, fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks import piecewise
from symlstm.kernel.parameters import NOTHING, Assumptions
from symlstm.kernel.theorem import RuleError

BITS = 64  # of the balls that amplitudes and rates are rounded from
SIZE = 1 << 22  # bits: a number above 2^SIZE is refused, one below 2^-SIZE is rounded up to that
GAIN = 4096  # e^GAIN is the largest amplitude that saturation gives: more says nothing at any scale in use
TERMS = 4  # an error keeps at most this many terms; the others are weakened into them


class Exponent(tuple[int, fmpq]):
    """(p, lambda) of k^p e^(-lambda k): a pair that computes its hash once, for that of a rational is slow."""

    @cached_property
    def _hash(self) -> int:
        return super().__hash__()

    def __hash__(self) -> int:
        return self._hash


CONSTANT = Exponent((0, fmpq(0)))
LINEAR = Exponent((1, fmpq(0)))


def upper(ball: arb) -> fmpq:
    """A rational not below any number of the ball, of at most SIZE bits; raises RuleError if there is none."""
    if not ball.is_finite():
        raise RuleError("rounding", "a ball without bound", "a finite ball")
    top = ball.upper()
    mantissa, exponent = map(int, top.man_exp())
    size = exponent + mantissa.bit_length()
    if size > SIZE:
        raise RuleError("rounding", f"a number near 2^{size}", f"one below 2^{SIZE}")
    return top.fmpq() if size > -SIZE else fmpq(mantissa > 0) / 2**SIZE


def lower(ball: arb) -> fmpq:
    return -upper(-ball)


def magnitude(constant: Term) -> fmpq:
    """A rational not below the absolute value of a constant."""
    return upper(abs(algebra.constant_ball(constant, BITS)))


def peak(power: int, rate: fmpq, k0: fmpq) -> fmpq:
    """A rational not below sup over k >= k0 of k^power e^(-rate k).

    The derivative changes sign once, at k = power/rate. Needs rate > 0, or rate = 0 and power <= 0.
    """
    if rate < 0 or (rate == 0 and power > 0):
        raise RuleError("peak", f"k^{power} e^(-({rate})k)", "a function bounded on k >= k0")
    top = max(k0, power / rate) if power > 0 else k0
    with ctx.workprec(BITS):
        return upper(arb(top) ** power * (-arb(rate) * arb(top)).exp())


@lru_cache(maxsize=4096)
def _slower(exponent: Exponent, exponents: tuple[Exponent, ...], k0: tuple[int, int]) -> tuple[Exponent, fmpq]:
    """The fastest of the exponents that is no faster, and a factor that makes it no smaller from k0 = p/q on."""
    p, rate = exponent
    slower = [e for e in exponents if e[1] < rate or (e[1] == rate and e[0] >= p)]
    if not slower:
        raise RuleError("weakening", f"k^{p} e^(-({rate})k)", f"a term no slower than one of {exponents}")
    kept = max(slower, key=lambda e: (e[1], -e[0]))
    return kept, peak(p - kept[0], rate - kept[1], fmpq(*k0))


@dataclass(frozen=True)
class Error:
    """The sum of A k^p e^(-lambda k) over `terms` {(p, lambda): A}, A >= 0, lambda >= 0; plus, if `tiny`, something exponentially small."""

    terms: Mapping[Exponent, fmpq] = field(default_factory=dict)
    tiny: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "terms", MappingProxyType(dict(self.terms)))  # a copy that nobody can change

    @property
    def is_zero(self) -> bool:
        return not self.terms and not self.tiny

    @property
    def vanishes(self) -> bool:
        """Whether it tends to 0 for k -> oo."""
        return all(rate > 0 for _, rate in self.terms)

    def __add__(self, other: Error) -> Error:
        if self.is_zero or other.is_zero:
            return other if self.is_zero else self
        total = dict(self.terms)
        for exponent, amplitude in other.terms.items():
            total[exponent] = total.get(exponent, fmpq(0)) + amplitude
        return Error(total, self.tiny or other.tiny)

    def __mul__(self, other: Error) -> Error:
        total: dict[Exponent, fmpq] = {}
        for (p, a), x in self.terms.items():
            for (q, b), y in other.terms.items():
                exponent = Exponent((p + q, a + b))
                total[exponent] = total.get(exponent, fmpq(0)) + x * y
        return Error(total, (self.tiny and not other.is_zero) or (other.tiny and not self.is_zero))

    def scaled(self, factor: fmpq) -> Error:
        if factor == 1:
            return self
        return Error({e: a * factor for e, a in self.terms.items()}, self.tiny) if factor else Error()

    def sup(self, k0: fmpq) -> fmpq:
        """A rational not below it on k >= k0. Raises RuleError for a tiny or unbounded error."""
        if self.tiny:
            raise RuleError("sup", "an error without constants", "an error with constants")
        return sum((a * peak(p, rate, k0) for (p, rate), a in self.terms.items()), fmpq(0))

    def at(self, k: fmpq) -> fmpq:
        """A rational not below its value at k, for terms of either sign; relative excess below 2^-BITS or so."""
        with ctx.workprec(4 * BITS):
            parts = [arb(a) * arb(k) ** p * (-arb(rate) * arb(k)).exp() for (p, rate), a in self.terms.items()]
            total = sum(parts, arb(0))
        with ctx.workprec(BITS):
            return upper(total)

    def weakened_to(self, exponents: Sequence[Exponent], k0: fmpq) -> Error:
        """The same or a larger error with these exponents only: each term goes to the fastest that is no faster."""
        total, start = dict[Exponent, fmpq](), (int(k0.p), int(k0.q))  # whose hash is fast, other than that of k0
        for exponent, a in self.terms.items():
            kept, factor = (exponent, fmpq(1)) if exponent in exponents else _slower(exponent, (*exponents,), start)
            total[kept] = total.get(kept, fmpq(0)) + a * factor
        return Error(total, self.tiny)

    def pruned(self, k0: fmpq) -> Error:
        """The same or a larger error with at most TERMS terms."""
        slowest = sorted(self.terms, key=lambda e: (e[1], -e[0]))[:TERMS]
        return self if len(self.terms) <= TERMS else self.weakened_to(slowest, k0)

    def within(self, bound: Error, k0: fmpq) -> bool:
        """Whether it provably stays below `bound` for all k >= k0 (term by term: sufficient)."""
        if self.tiny and not bound.tiny:
            return False
        try:
            weakened = self.weakened_to([*bound.terms], k0)
        except RuleError:
            return False
        return all(weakened.terms.get(e, fmpq(0)) <= a for e, a in bound.terms.items())


def is_error(x: object) -> bool:
    """Whether it is an Error of natural or other whole powers, with rational rates and amplitudes."""
    return type(x) is Error and all(
        type(p) is int and type(rate) is type(a) is fmpq for (p, rate), a in x.terms.items()
    )


@dataclass(frozen=True, eq=False)
class Enclosure:
    """A function of the scale: |s(k) - main(k)| <= error(k). An unknown one is None, not an Enclosure.

    With side 1 only the lower bound s >= main - error holds, with side -1 only s <= main + error.
    Its `sign` is 1 or -1 if it is positive or negative for certain. Compared by identity, a cheap key.
    """

    main: Term
    error: Error = Error()
    side: int = 0
    sign: int = 0

    @property
    def limit(self) -> Term:
        """Its limit for k -> oo; raises RuleError if it is not known to have one."""
        if not self.error.vanishes or self.main.symbols() or self.side:
            raise RuleError("limit", f"{self.main} with an error that does not vanish", "a constant with one that does")
        return self.main


Known = tuple[tuple[Variable, Enclosure], ...]
BOUNDED = Error({CONSTANT: fmpq(1)})  # |s - main| <= 1


@dataclass(frozen=True)
class EnclosureArithmetic:
    """The calculus for scales k >= k0 > 0; with k0 = None, for k -> oo only, all constants left open."""

    k: Variable
    k0: fmpq | None
    parameters: tuple[Variable, ...] = ()  # real numbers, none of them a key of a box
    given: Assumptions = NOTHING
    plain: EnclosureArithmetic | None = None  # the same without parameters, for what has none in it
    _memo: dict[tuple[Term, Known], Enclosure | None] = field(default_factory=dict, repr=False, compare=False)

    def __post_init__(self) -> None:
        if self.k0 is not None and not (isinstance(self.k0, fmpq) and self.k0 > 0):
            raise RuleError("EnclosureArithmetic", f"k0 = {self.k0}", "a rational k0 > 0")

    def admits(self, signal: Enclosure) -> bool:
        """Whether it is of the form above: main a polynomial in k, each A >= 0 and lambda >= 0, and tiny only for k -> oo."""
        if type(signal) is not Enclosure or not is_error(signal.error) or not algebra.is_normal(signal.main):
            return False
        main, error = signal.main, signal.error
        formed = all(a >= 0 and rate >= 0 for (_, rate), a in error.terms.items())
        formed = formed and type(signal.side) is int and signal.side in (-1, 0, 1) and signal.sign == 0
        polynomial = all(a == self.k or not algebra.atom(a).symbols() for mono in main.monomials for a, _ in mono)
        return formed and polynomial and (self.k0 is None or not error.tiny)

    def excess(self, signal: Enclosure, bound: Enclosure) -> Error | None:
        """The least error around the main part of `bound` that holds the signal; None if its side does not fit."""
        if signal.side not in (0, bound.side):
            return None
        gap = signal.main - bound.main
        if bound.side and not gap.symbols() and algebra.sign(gap) in (0, bound.side):
            return signal.error
        return signal.error + self.size(gap)

    def _settled(self, main: Term, error: Error, side: int = 0) -> Enclosure:
        if self.k0 is None and error.vanishes and not error.is_zero:
            return Enclosure(main, Error(tiny=True), side)
        return Enclosure(main, error if self.k0 is None else error.pruned(self.k0), side)

    def size(self, main: Term) -> Error:
        """|main(k)| <= sum of |coefficient| k^power, as an Error."""
        if not main.symbols():
            return Error({CONSTANT: magnitude(main)} if main.monomials else {})
        return Error({Exponent((power, fmpq(0))): magnitude(c) for power, c in main.coefficients(self.k).items()})

    def add(self, parts: list[Enclosure]) -> Enclosure | None:
        """sum of s_i:  |sum s_i - sum L_i| <= sum E_i; one-sided if some are, all to one side."""
        main, error, sides = algebra.ZERO, Error(), {part.side for part in parts} - {0}
        for part in parts:
            main, error = main + part.main, error + part.error
        return None if len(sides) > 1 else self._settled(main, error, sum(sides))

    def multiply(self, x: Enclosure, y: Enclosure) -> Enclosure | None:
        """s t:  |s t - L M| <= |L| F + |M| E + E F. For s >= L - E, t > 0: s t >= L t - E t, which is no less than L M less that."""
        if (x.side and y.side) or (x.side and not y.sign) or (y.side and not x.sign):
            return None
        error = Error() if y.error.is_zero else self._times(x.main, y.error) + x.error * y.error
        if not x.error.is_zero:
            error += self._times(y.main, x.error)
        return Enclosure(x.main * y.main, error, x.side * y.sign + y.side * x.sign, x.sign * y.sign)

    def _times(self, main: Term, error: Error) -> Error:
        """|main| error; what is only tiny stays so whatever the numbers in `main`, parameters too."""
        return self.size(main) * error if error.terms else error if main.monomials else Error()

    def exactly(self, main: Term, side: int = 0, sign: int = 0, tiny: bool = False) -> Enclosure:
        """Around a main part with no error, or with one that is only tiny."""
        return Enclosure(main, Error(tiny=tiny), side, sign)

    def apply(self, function: str | Variable, x: Enclosure | None) -> Enclosure:
        """tanh or sigmoid of a signal: saturation, Lipschitz, or at least the range; relu and step, see piecewise.py."""
        if function in ("relu", "step"):
            return piecewise.relu(self, x) if function == "relu" else piecewise.step(self, x)
        if not isinstance(function, str) or function not in ("tanh", "sigmoid"):
            raise RuleError("enclosure", function, "tanh, sigmoid, relu or step")
        if x is None:
            return self._range(function)
        powers = x.main.coefficients(self.k)
        if any(power not in (0, 1) for power in powers):
            raise RuleError(function, f"the pre-activation {x.main}", "one affine in the scale")
        slope, offset = powers.get(1, algebra.ZERO), powers.get(0, algebra.ZERO)
        direction = self.given.sign(slope) if slope.symbols() else algebra.sign(slope)
        linear, rest = self.linear_part(x.error)
        if direction is None or not all(rate > 0 or (rate == 0 and power <= 0) for power, rate in rest.terms):
            return self._range(function)
        if direction and x.side in (0, direction):
            return self._saturated(function, direction, slope, linear, offset, rest)
        if direction or linear:
            return self._range(function)
        return self._beyond(function, x.side, offset, rest) if x.side else self._lipschitz(function, offset, rest)

    def linear_part(self, error: Error) -> tuple[fmpq, Error]:
        """The q of its term q k, and the rest."""
        rest = {e: a for e, a in error.terms.items() if e != LINEAR}
        return error.terms.get(LINEAR, fmpq(0)), Error(rest, error.tiny)

    def _range(self, function: str) -> Enclosure:
        if function == "tanh":
            return Enclosure(algebra.ZERO, BOUNDED)
        return Enclosure(algebra.rational(1, 2), BOUNDED.scaled(fmpq(1, 2)), sign=1)

    def _lipschitz(self, function: str, offset: Term, error: Error) -> Enclosure:
        """|tanh(L + r) - tanh(L)| <= |r|, a quarter of that for sigmoid; and never more than the range."""
        main = algebra.BY_NAME[function](offset)
        error = error.scaled(fmpq(1) if function == "tanh" else fmpq(1, 4))
        if not error.vanishes and (self.k0 is None or error.sup(self.k0) > 1):
            return self._range(function)
        return replace(self._settled(main, error), sign=int(function == "sigmoid"))

    def _beyond(self, function: str, side: int, offset: Term, error: Error) -> Enclosure:
        """For s >= L - r the value lies between f(L) - |r| and the end of the range, for s <= L + r alike."""
        end = algebra.rational(side if function == "tanh" else (1 + side) // 2)
        near = self._lipschitz(function, offset, error)
        middle, half = (near.main + end).scaled(fmpq(1, 2)), magnitude((near.main - end).scaled(fmpq(1, 2)))
        return Enclosure(middle, near.error + Error({CONSTANT: half}), sign=near.sign)

    def _saturated(
        self, function: str, direction: int, slope: Term, linear: fmpq, offset: Term, error: Error
    ) -> Enclosure:
        """a >= k (m - q) + m' - R, m > q:  0 < 1 - sigmoid(a) <= e^-a <= e^(R - m') e^(-(m - q) k), and
        0 < 1 - tanh(a) <= 2 e^(-2a); for m < 0 by symmetry. True for a of either sign.
        """
        if linear and (slope.symbols() or lower(abs(algebra.constant_ball(slope, BITS))) <= linear):
            return self._range(function)
        one = algebra.rational(direction if function == "tanh" else (1 + direction) // 2)
        if self.k0 is None:
            return Enclosure(one, Error(tiny=True), sign=int(function == "sigmoid"))
        steep = 2 if function == "tanh" else 1
        with ctx.workprec(BITS):
            rate = (lower(abs(algebra.constant_ball(slope, BITS))) - linear) * steep
            gain = steep * (arb(error.sup(self.k0)) - direction * algebra.constant_ball(offset, BITS))
            if not gain < GAIN:
                return self._range(function)
            amplitude = upper(steep * gain.exp())
        return Enclosure(one, Error({Exponent((0, rate)): amplitude}), sign=int(function == "sigmoid"))

    def evaluate(self, term: Term, box: Mapping[Variable, Enclosure]) -> Enclosure | None:
        """The enclosure of a term whose symbols are k and the keys of `box`; None if it needs one of another."""
        key = term, tuple((s, box[s]) for s in term.symbols() if s in box)
        if key not in self._memo:
            known = dict(key[1])  # the box as it was read for the key
            varies = any(a in self.parameters for x in (term, *(x.main for x in known.values())) for a in x.symbols())
            self._memo[key] = (
                self._sum(term, known) if varies or self.plain is None else self.plain.evaluate(term, known)
            )
        return self._memo[key]

    def _sum(self, term: Term, box: Mapping[Variable, Enclosure]) -> Enclosure | None:
        parts = []
        for mono, c in term.monomials.items():
            known = frozenset(power for power in mono if self._is_exact(power[0]))
            product: Enclosure | None = Enclosure(Term({known: c}), sign=self._sign_of(known, c))
            for a, n in mono - known:
                factor = self._atom(a, n, box)
                product = None if product is None or factor is None else self.multiply(product, factor)
            if product is None:
                return None
            parts.append(product)
        return self.add(parts)

    def _sign_of(self, known: algebra.Monomial, c: fmpq) -> int:
        """Of a multiple of powers of k and of constants tanh(q), e^q; 0 if there is another atom."""
        sign = int(c > 0) - int(c < 0)
        for a, n in known:
            sign *= self._sign_of_atom(a) ** abs(n)
        return sign

    def _sign_of_atom(self, a: algebra.Atom) -> int:
        if isinstance(a, Apply):
            return algebra.sign(a.argument) if a.function == "tanh" else int(a.function == "exp")
        return int(a == self.k)

    def _is_exact(self, a: algebra.Atom) -> bool:
        """Whether it is k itself, a parameter or a constant; relu and step of one are decided by its sign."""
        if isinstance(a, Apply):
            return a.function not in ("relu", "step") and not a.argument.symbols()
        return a == self.k or a in self.parameters

    def _atom(self, a: algebra.Atom, n: int, box: Mapping[Variable, Enclosure]) -> Enclosure | None:
        if n < 0:
            raise RuleError("enclosure", f"{a} to the power {n}", "powers >= 0")
        base = power = self.apply(a.function, self.evaluate(a.argument, box)) if isinstance(a, Apply) else box.get(a)
        for _ in range(n - 1):
            power = None if power is None or base is None else self.multiply(power, base)
        return power
