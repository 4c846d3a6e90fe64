"""Equality by normal form: Laurent polynomials over the rationals in atoms.  TRUSTED.

An atom is a symbol or an application of tanh, sigmoid, exp (or the inverse of a nonzero
constant) to a term in normal form.  Equal normal forms are equal functions of the symbols;
the converse is not claimed, except for what the sentiment network and its kin need:
rational combinations of 1 and tanh(q), q > 0 distinct rationals, are linearly independent
over Q (e^(2/N) is transcendental and tanh(m/N) = 1 - 2/(T^m + 1) has a pole of its own).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import lru_cache, reduce
from operator import mul
from types import MappingProxyType
from typing import NamedTuple, TypeAlias

import sympy
from flint import arb, ctx, fmpq
from sympy import Expr, Symbol

from symlstm.kernel.theorem import RuleError
from symlstm.model.activations import sigmoid as sympy_sigmoid

PRECISIONS = (64, 256, 1024, 4096)  # bits, tried in this order when a sign is wanted


class Apply(NamedTuple):
    """One of tanh, sigmoid, exp, inverse, applied to a term."""

    function: str
    argument: Term

    @classmethod
    def __init_subclass__(cls) -> None:
        raise TypeError("an application is of no special kind")


Atom: TypeAlias = Symbol | Apply
Monomial: TypeAlias = frozenset[tuple[Atom, int]]
ONE: Monomial = frozenset()


class Term:
    """A Laurent polynomial: `monomials` maps a set of (atom, power) to its nonzero rational."""

    __slots__ = ("_hash", "_monomials", "_symbols")

    def __init_subclass__(cls) -> None:
        raise TypeError("a term is of no special kind")

    def __init__(self, monomials: Mapping[Monomial, fmpq]) -> None:
        self._monomials = MappingProxyType({mono: c for mono, c in monomials.items() if c})
        self._hash: int | None = None
        self._symbols: tuple[Symbol, ...] | None = None

    @property
    def monomials(self) -> Mapping[Monomial, fmpq]:
        return self._monomials

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Term) and self._monomials == other._monomials

    def __hash__(self) -> int:
        if self._hash is None:
            self._hash = hash(frozenset((mono, int(c.p), int(c.q)) for mono, c in self._monomials.items()))
        return self._hash

    def __add__(self, other: Term) -> Term:
        if not self._monomials or not other._monomials:
            return other if other._monomials else self
        return total((self, other))

    def __sub__(self, other: Term) -> Term:
        return self + -other

    def __neg__(self) -> Term:
        return self.scaled(fmpq(-1))

    def __mul__(self, other: Term) -> Term:
        if (factor := other.rational()) is not None:
            return self.scaled(factor)
        found: dict[Monomial, fmpq] = {}
        for a, p in self._monomials.items():
            for b, q in other._monomials.items():
                mono = _merge(a, b)
                found[mono] = found.get(mono, 0) + p * q
        return Term(found)

    def scaled(self, factor: fmpq) -> Term:
        if factor == 1:
            return self
        return Term({mono: c * factor for mono, c in self._monomials.items()})

    def rational(self) -> fmpq | None:
        """Its value if it is a rational number by its form, else None."""
        if not self._monomials:
            return fmpq(0)
        return self._monomials.get(ONE) if len(self._monomials) == 1 else None

    def symbols(self) -> tuple[Symbol, ...]:
        """The symbols in it, at any depth, in an order fixed by the term."""
        if self._symbols is None:
            parts = (_symbols(atom) for mono in self._monomials for atom, _ in mono)
            self._symbols = tuple(dict.fromkeys(symbol for part in parts for symbol in part))
        return self._symbols

    def coefficients(self, of: Symbol) -> dict[int, Term]:
        """As a polynomial in the symbol: power -> coefficient. Looks at top level only."""
        by_power: dict[int, dict[Monomial, fmpq]] = {}
        for mono, c in self._monomials.items():
            power = next((n for atom, n in mono if atom == of), 0)
            by_power.setdefault(power, {})[mono - {(of, power)}] = c
        return {power: Term(part) for power, part in by_power.items()}

    def __repr__(self) -> str:
        return str(to_sympy(self))


ZERO = Term({})


def total(terms: Iterable[Term]) -> Term:
    """Their sum."""
    found: dict[Monomial, fmpq] = {}
    for term in terms:
        for mono, c in term._monomials.items():
            found[mono] = found.get(mono, 0) + c
    return Term(found)


def _merge(a: Monomial, b: Monomial) -> Monomial:
    if not a or not b:
        return a or b
    powers: dict[Atom, int] = {}
    for atom, n in (*a, *b):
        powers[atom] = powers.get(atom, 0) + n
    return frozenset((atom, n) for atom, n in powers.items() if n)


def _symbols(atom: Atom) -> tuple[Symbol, ...]:
    return atom.argument.symbols() if isinstance(atom, Apply) else (atom,)


def rational(p: int | fmpq, q: int = 1) -> Term:
    return Term({ONE: fmpq(p) / q})


def atom(a: Atom, power: int = 1) -> Term:
    return Term({frozenset({(a, power)}): fmpq(1)})


def tanh(x: Term) -> Term:
    """tanh of a term; odd, and 0 at 0. A constant argument is made positive, so the form is unique."""
    if not x.monomials:
        return x
    if not x.symbols() and sign(x) < 0:
        return -tanh(-x)
    return atom(Apply("tanh", x))


def sigmoid(x: Term) -> Term:
    """sigmoid of a term; of a constant it is (1 + tanh(x/2))/2."""
    if x.symbols():
        return atom(Apply("sigmoid", x))
    return (rational(1) + tanh(x.scaled(fmpq(1, 2)))).scaled(fmpq(1, 2))


def exp(x: Term) -> Term:
    """e^(sum of q_i m_i) as a product of powers of the atoms e^(m_i / denominator of q_i)."""
    product = rational(1)
    for mono, q in x.monomials.items():
        base = Apply("exp", Term({mono: fmpq(1) / q.q}))
        product = product * atom(base, int(q.p))
    return product


def inverse(x: Term) -> Term:
    """1/x for a nonzero constant x; raises RuleError for anything else."""
    if x.symbols() or sign(x) == 0:
        raise RuleError("inverse", x, "a nonzero constant")
    if len(x.monomials) > 1:
        return atom(Apply("inverse", x))
    [(mono, c)] = x.monomials.items()
    return Term({frozenset((a, -n) for a, n in mono): 1 / c})


def substitute(term: Term, image: Mapping[Symbol, Term], memo: dict[Atom, Term]) -> Term:
    """The term with `image[symbol]` in place of each symbol that has one, at any depth, all at once."""
    if not any(symbol in image for symbol in term.symbols()):
        return term
    parts = []
    for mono, c in term.monomials.items():
        moved = [(a, n) for a, n in mono if any(symbol in image for symbol in _symbols(a))]
        product = Term({mono.difference(moved): c})
        for a, n in moved:
            if a not in memo:
                memo[a] = _substituted(a, image, memo)
            factor = memo[a] if n > 0 else inverse(memo[a])
            for _ in range(abs(n)):
                product = product * factor
        parts.append(product)
    return total(parts)


def _substituted(a: Atom, image: Mapping[Symbol, Term], memo: dict[Atom, Term]) -> Term:
    if isinstance(a, Apply):
        return BY_NAME[a.function](substitute(a.argument, image, memo))
    return image[a]


BY_NAME: dict[str, Callable[[Term], Term]] = {"tanh": tanh, "sigmoid": sigmoid, "exp": exp, "inverse": inverse}


def is_normal(term: object) -> bool:
    """Whether it is a term, and all the way down what the functions of this module make of its parts."""
    return type(term) is Term and all(
        type(c) is fmpq
        and type(mono) is frozenset
        and len(dict(mono)) == len(mono)
        and all(_is_power(*p) for p in mono)
        for mono, c in term.monomials.items()
    )


def _is_power(a: object, n: object) -> bool:
    """A power of an atom, a negative one only of what is never 0."""
    if type(a) is Symbol:
        return type(n) is int and n > 0
    never_0 = type(a) is Apply and (a.function == "exp" or not a.argument.symbols())
    return type(n) is int and (n > 0 or (n < 0 and never_0)) and type(a) is Apply and _is_application(a)


@lru_cache(maxsize=65536)
def _is_application(a: Apply) -> bool:
    return a.function in BY_NAME and is_normal(a.argument) and BY_NAME[a.function](a.argument) == atom(a)


def ball(term: Term, values: Mapping[Symbol, arb]) -> arb:
    """A ball around the term's value, at flint's current precision; the symbols' values are balls too."""
    value = arb(0)
    for mono, c in term.monomials.items():
        product = arb(c)
        for a, n in mono:
            product *= (_atom_ball(a, values) if isinstance(a, Apply) else values[a]) ** n
        value += product
    return value


def _atom_ball(a: Apply, values: Mapping[Symbol, arb]) -> arb:
    x = ball(a.argument, values)
    return BALLS[a.function](x)


BALLS: dict[str, Callable[[arb], arb]] = {
    "tanh": arb.tanh,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "exp": arb.exp,
    "inverse": lambda x: 1 / x,
}


@lru_cache(maxsize=65536)
def constant_ball(term: Term, bits: int = 64) -> arb:
    if term.symbols():
        raise RuleError("constant", term, "a term without symbols")
    with ctx.workprec(bits):
        return ball(term, {})


def _ball_by_tails(term: Term, bits: int) -> arb:
    """The same value with 1 - t for each tanh(q), t = 2/(e^(2q) + 1): what cancels does so exactly, and t is known
    to all bits however small it is. Of a term with powers of tanh below 0 nothing is said.
    """
    parts = []
    for mono, c in term.monomials.items():
        curves = [(a, n) for a, n in mono if isinstance(a, Apply) and a.function == "tanh"]
        if any(n < 0 for _, n in curves):
            return arb("nan")
        product = Term({mono.difference(curves): c})
        for a, n in curves:
            for _ in range(n):
                product = product * (rational(1) - atom(a))  # the atom stands for its tail
        parts.append(product)
    with ctx.workprec(bits):
        value = arb(0)
        for mono, c in total(parts).monomials.items():
            value += reduce(mul, (_tail_ball(a, bits) ** n for a, n in mono), arb(c))
        return value


def _tail_ball(a: Atom, bits: int) -> arb:
    """Of tanh its tail, of any other atom itself."""
    if isinstance(a, Apply) and a.function == "tanh":
        return 2 / ((2 * constant_ball(a.argument, bits)).exp() + 1)
    return constant_ball(atom(a), bits)


@lru_cache(maxsize=65536)
def sign(term: Term) -> int:
    """The sign of a constant: 0 by normal form only, +1 and -1 by balls of growing precision, with tails for large tanh.

    Raises RuleError if no precision separates it from 0.
    """
    value = term.rational()
    if value is not None:
        return int(value > 0) - int(value < 0)
    for bits in PRECISIONS:
        for enclosure in (constant_ball(term, bits), _ball_by_tails(term, bits)):
            if enclosure > 0:
                return 1
            if enclosure < 0:
                return -1
    raise RuleError("sign", f"{term}, not separated from 0 by {PRECISIONS[-1]} bits", "a decided sign")


def to_sympy(term: Term) -> Expr:
    """The term as a SymPy expression, for reading."""
    return sympy.Add(
        *(
            sympy.Rational(int(c.p), int(c.q)) * sympy.Mul(*(_atom_to_sympy(a) ** n for a, n in mono))
            for mono, c in term.monomials.items()
        )
    )


def _atom_to_sympy(a: Atom) -> Expr:
    if not isinstance(a, Apply):
        return a
    argument = to_sympy(a.argument)
    if a.function in ("inverse", "exp"):
        return 1 / argument if a.function == "inverse" else sympy.exp(argument)
    return (sympy.tanh if a.function == "tanh" else sympy_sigmoid)(argument, evaluate=False)
