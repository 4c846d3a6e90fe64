"""The one language of terms, and equality by normal form: Laurent polynomials over the rationals in atoms.  TRUSTED.

An atom is a variable or the application of a function to terms in normal form: tanh, sigmoid, exp,
relu (max(x, 0)), step (1 from 0 on, 0 below), the inverse of a sum, abs, min, max, a power with a
symbolic natural exponent, a finite sum, or a sequence. The constructors do normal form and decide
nothing but rational numbers. Equal normal
forms are equal functions of the variables, wherever nothing is divided by 0; the converse is not
claimed, except for what the sentiment network and its kin need: rational combinations of 1
and tanh(q), q > 0 distinct rationals, are linearly independent over Q (e^(2/N) is
transcendental and tanh(m/N) = 1 - 2/(T^m + 1) has a pole of its own).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fractions import Fraction
from functools import lru_cache, reduce
from numbers import Rational, Real
from operator import mul
from types import MappingProxyType
from typing import Any, ClassVar, TypeAlias
from weakref import WeakValueDictionary

from flint import arb, ctx, fmpq

from symlstm.kernel.theorem import RuleError

PRECISIONS = (64, 256, 1024, 4096)  # bits, tried in this order when a sign is wanted
MOST_TERMS = 500  # of a natural power of a sum that is multiplied out
KINDS = ("real", "natural", "sequence")  # natural: 0, 1, 2, ...; sequence: a real function of its arguments


class _Frozen:
    """What never changes. There is one object for all that is the same: atoms are equal if they are identical."""

    __slots__ = ()

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"cannot assign to {name!r} of an atom")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"cannot delete {name!r} of an atom")


class Variable(_Frozen):
    """Variable(name, kind): a number or a sequence of which nothing is known. Its kind is part of what it is."""

    __slots__ = ("kind", "name")

    def __init_subclass__(cls) -> None:
        raise TypeError("a variable is of no special kind")

    _known: ClassVar[dict[tuple[str, str], Variable]] = {}
    kind: str
    name: str

    def __new__(cls, name: str, kind: str = "real") -> Variable:
        if type(name) is not str or not name or kind not in KINDS:
            raise RuleError("variable", f"{name!r} of kind {kind!r}", f"a name, and a kind among {', '.join(KINDS)}")
        made = super().__new__(cls)
        object.__setattr__(made, "name", name)
        object.__setattr__(made, "kind", str(kind))
        return cls._known.setdefault((name, kind), made)

    def __reduce__(self) -> Any:
        return Variable, (self.name, self.kind)

    def __repr__(self) -> str:
        return self.name

    __add__ = __radd__ = lambda self, x: atom(self) + x
    __mul__ = __rmul__ = lambda self, x: atom(self) * x
    __sub__, __rsub__ = lambda self, x: atom(self) - x, lambda self, x: x + -atom(self)
    __truediv__, __rtruediv__ = lambda self, x: atom(self) / x, lambda self, x: x * inverse(atom(self))
    __pow__, __rpow__ = lambda self, x: atom(self) ** x, lambda self, x: x ** atom(self)

    def __neg__(self) -> Term:
        return -atom(self)

    def __call__(self, *arguments: Any) -> Term:
        """A sequence at its arguments."""
        return atom(Apply(self, *map(as_term, arguments)))


class Apply(_Frozen):
    """Apply(function, *arguments): a function, by its name in ARITY, or a sequence, applied to terms."""

    __slots__ = ("__weakref__", "arguments", "function")

    def __init_subclass__(cls) -> None:
        raise TypeError("an application is of no special kind")

    _known: ClassVar[WeakValueDictionary[tuple[Any, ...], Apply]] = WeakValueDictionary()
    function: str | Variable
    arguments: tuple[Term, ...]

    def __new__(cls, function: str | Variable, *arguments: Term) -> Apply:
        found = cls._known.get((function, arguments))
        if found is None:
            of_sequence = type(function) is Variable and function.kind == "sequence"
            fits = of_sequence or (type(function) is str and ARITY.get(function) in (None, len(arguments)))
            known = of_sequence or function in ARITY
            if not (known and fits and arguments) or any(type(x) is not Term for x in arguments):
                raise RuleError("application", f"{function} of {arguments}", f"terms for a sequence or {[*ARITY]}")
            found = super().__new__(cls)
            object.__setattr__(found, "function", function)
            object.__setattr__(found, "arguments", arguments)
            cls._known[function, arguments] = found
        return found

    @property
    def argument(self) -> Term:
        """The first or only argument."""
        return self.arguments[0]

    def __reduce__(self) -> Any:
        return Apply, (self.function, *self.arguments)

    def __repr__(self) -> str:
        if self.function == "power":
            base, exponent = (repr(x) if repr(x).isalnum() or x.application() else f"({x})" for x in self.arguments)
            return f"{base}**{exponent}"
        return f"{self.function}({', '.join(map(repr, self.arguments))})"


ARITY = dict.fromkeys(("tanh", "sigmoid", "relu", "step", "exp", "inverse", "abs"), 1) | {
    "min": None,
    "max": None,
    "power": 2,
    "sum": 4,
}
Atom: TypeAlias = Variable | Apply
Monomial: TypeAlias = frozenset[tuple[Atom, int]]
Number: TypeAlias = int | Fraction | fmpq
ONE: Monomial = frozenset()


class Term:
    """A Laurent polynomial: `monomials` maps a set of (atom, power) to its nonzero rational.

    Terms add, subtract, multiply and divide with each other and with rational numbers; `**` takes an
    int, or a term for a natural number.
    """

    __slots__ = ("_hash", "_monomials", "_symbols", "_text")

    def __init_subclass__(cls) -> None:
        raise TypeError("a term is of no special kind")

    def __init__(self, monomials: Mapping[Monomial, fmpq]) -> None:
        self._monomials = MappingProxyType({mono: c for mono, c in monomials.items() if c})
        self._hash: int | None = None
        self._symbols: tuple[Variable, ...] | None = None
        self._text = ""

    def __reduce__(self) -> Any:
        return Term, (dict(self._monomials),)

    @property
    def monomials(self) -> Mapping[Monomial, fmpq]:
        return self._monomials

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented if (other := as_term(other)) is NotImplemented else self == other
        return self._monomials == other._monomials

    def __hash__(self) -> int:
        if self._hash is None:
            value, variable = self.rational(), self.variable()  # which it is equal to, and so has the hash of
            if value is not None:
                self._hash = hash(int(value.p) if value.q == 1 else Fraction(int(value.p), int(value.q)))
            else:
                parts = ((mono, int(c.p), int(c.q)) for mono, c in self._monomials.items())
                self._hash = hash(variable or frozenset(parts))
        return self._hash

    def _with(self, other: Any, operation: Callable[[Term, Term], Term]) -> Term:
        """The operation's value; a decimal that is no exact number is refused with what was meant by it."""
        term, is_float = as_term(other), isinstance(other, Real) and not isinstance(other, Rational)
        if is_float and other - other == 0:  # finite
            meant = operation(self, rational(fmpq(*Fraction(str(other)).as_integer_ratio())))
            raise RuleError("arithmetic", f"the float {other}, which is not exact", meant)
        return NotImplemented if term is NotImplemented else operation(self, term)

    def __add__(self, other: Term | Number) -> Term:
        if type(other) is not Term:
            return self._with(other, lambda x, y: x + y)
        if not self._monomials or not other._monomials:
            return other if other._monomials else self
        return total((self, other))

    __radd__ = __add__

    def __sub__(self, other: Term | Number) -> Term:
        return self._with(other, lambda x, y: x + -y)

    def __rsub__(self, other: Number) -> Term:
        return -self + other

    def __neg__(self) -> Term:
        return self.scaled(fmpq(-1))

    def __mul__(self, other: Term | Number) -> Term:
        if type(other) is not Term:
            return self._with(other, mul)
        if (factor := other.rational()) is not None:
            return self.scaled(factor)
        found: dict[Monomial, fmpq] = {}
        for a, p in self._monomials.items():
            for b, q in other._monomials.items():
                mono = _merge(a, b)
                found[mono] = found.get(mono, 0) + p * q
        return Term(found)

    __rmul__ = __mul__

    def __truediv__(self, other: Term | Number) -> Term:
        return self._with(other, lambda x, y: x * inverse(y))

    def __rtruediv__(self, other: Number) -> Term:
        return inverse(self) * other

    def __pow__(self, exponent: Term | int) -> Term:
        return NotImplemented if (other := as_term(exponent)) is NotImplemented else power(self, other)

    def __rpow__(self, base: Number) -> Term:
        return NotImplemented if (other := as_term(base)) is NotImplemented else power(other, self)

    def __abs__(self) -> Term:
        return absolute(self)

    def scaled(self, factor: fmpq) -> Term:
        if factor == 1:
            return self
        return Term({mono: c * factor for mono, c in self._monomials.items()})

    def rational(self) -> fmpq | None:
        """Its value if it is a rational number by its form, else None."""
        if not self._monomials:
            return fmpq(0)
        return self._monomials.get(ONE) if len(self._monomials) == 1 else None

    def variable(self) -> Variable | None:
        """The variable that it is, if it is one."""
        found = self._atom()
        return found if type(found) is Variable else None

    def symbols(self) -> tuple[Variable, ...]:
        """The variables that are free in it, sequences too, at any depth, in an order fixed by the term."""
        if self._symbols is None:
            parts = (_symbols(atom) for mono in self._monomials for atom, _ in mono)
            self._symbols = tuple(dict.fromkeys(symbol for part in parts for symbol in part))
        return self._symbols

    def application(self) -> Apply | None:
        """The application that it is, if it is one."""
        found = self._atom()
        return found if type(found) is Apply else None

    def _atom(self) -> Atom | None:
        [*parts] = self._monomials.items() if len(self._monomials) == 1 else ()
        for mono, c in parts:
            [(found, power)] = mono if len(mono) == 1 else [(None, 0)]
            return found if power == 1 and c == 1 else None
        return None

    def coefficients(self, of: Atom) -> dict[int, Term]:
        """As a polynomial in the variable: power -> coefficient. Looks at top level only."""
        by_power: dict[int, dict[Monomial, fmpq]] = {}
        for mono, c in self._monomials.items():
            power = next((n for atom, n in mono if atom == of), 0)
            by_power.setdefault(power, {})[mono - {(of, power)}] = c
        return {power: Term(part) for power, part in by_power.items()}

    def __repr__(self) -> str:
        if not self._text:
            parts = sorted((not mono, _written(mono, abs(c)), c < 0) for mono, c in self._monomials.items())
            parts.sort(key=lambda part: part[2])  # a positive one first
            text = "".join(f" {'-' if negative else '+'} {written}" for _, written, negative in parts) or "   0"
            self._text = text[3:] if text[1] != "-" else "-" + text[3:]
        return self._text


def _written(mono: Monomial, c: fmpq) -> str:
    """c times the monomial as text, exponentials together."""
    exponent = total(a.argument.scaled(fmpq(n)) for a, n in mono if isinstance(a, Apply) and a.function == "exp")
    below: list[str] = []
    above = [f"exp({exponent})"] if exponent.monomials else []
    for a, n in mono:
        inverted = isinstance(a, Apply) and a.function == "inverse"
        base, power = (f"({a.argument})", -n) if isinstance(a, Apply) and inverted else (repr(a), n)
        if not (isinstance(a, Apply) and a.function == "exp"):
            (above if power > 0 else below).append(base if abs(power) == 1 else f"{base}**{abs(power)}")
    above, below = [str(c.p)] * (c.p != 1 or not above) + sorted(above), [str(c.q)] * (c.q != 1) + sorted(below)
    bar = "" if not below else f"/{below[0]}" if len(below) == 1 else f"/({'*'.join(below)})"
    return "*".join(above) + bar


ZERO = Term({})


def as_term(x: Any) -> Any:
    """A term, a variable or a rational number as one; NotImplemented for anything else."""
    if isinstance(x, Fraction) or type(x) is int or type(x) is fmpq:
        return rational(fmpq(x.numerator, x.denominator) if isinstance(x, Fraction) else x)
    return x if type(x) is Term else atom(x) if type(x) is Variable and x.kind != "sequence" else NotImplemented


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


def _symbols(atom: Atom) -> tuple[Variable, ...]:
    if not isinstance(atom, Apply):
        return (atom,)
    if atom.function == "sum":
        body, index, low, high = (argument.symbols() for argument in atom.arguments)
        return tuple(symbol for symbol in body if symbol not in index) + low + high
    own = (atom.function,) if type(atom.function) is Variable else ()
    return own + tuple(symbol for argument in atom.arguments for symbol in argument.symbols())


def applications(term: Term) -> Iterator[Apply]:
    """What is applied in it, at any depth, the outer before the inner."""
    for mono in term.monomials:
        for a, _ in mono:
            if isinstance(a, Apply):
                yield a
                for argument in a.arguments:
                    yield from applications(argument)


def rational(p: int | fmpq, q: int = 1) -> Term:
    return Term({ONE: fmpq(p) / q})


def atom(a: Atom, power: int = 1) -> Term:
    return Term({frozenset({(a, power)}): fmpq(1)})


def tanh(x: Term) -> Term:
    """tanh of a term; odd, and 0 at 0. Of a constant and its negative one is chosen, so the form is unique."""
    if not x.monomials:
        return x
    if not x.symbols() and _leading(x) < 0:
        return -tanh(-x)
    return atom(Apply("tanh", x))


def _leading(x: Term) -> fmpq:
    """The largest of its coefficients in size, the first as written if several are."""
    return min(x.monomials.items(), key=lambda part: (-abs(part[1]), _written(part[0], fmpq(1))))[1]


def sigmoid(x: Term) -> Term:
    """sigmoid of a term; of a constant it is (1 + tanh(x/2))/2."""
    if x.symbols():
        return atom(Apply("sigmoid", x))
    return (rational(1) + tanh(x.scaled(fmpq(1, 2)))).scaled(fmpq(1, 2))


def relu(x: Term) -> Term:
    """max(x, 0), inert unless x is a rational number."""
    value = x.rational()
    return atom(Apply("relu", x)) if value is None else rational(max(value, fmpq(0)))


def step(x: Term) -> Term:
    """1 for x >= 0 and 0 for x < 0, inert unless x is a rational number."""
    value = x.rational()
    return atom(Apply("step", x)) if value is None else rational(int(value >= 0))


def exp(x: Term) -> Term:
    """e^(sum of q_i m_i) as a product of powers of the atoms e^(m_i / denominator of q_i)."""
    product = rational(1)
    for mono, q in x.monomials.items():
        base = Apply("exp", Term({mono: fmpq(1) / q.q}))
        product = product * atom(base, int(q.p))
    return product


def inverse(x: Term) -> Term:
    """1/x; raises RuleError for 0. That x is not 0 for other reasons than its form is for others to show."""
    if not x.monomials:
        raise RuleError("inverse", x, "what is not 0")
    if len(x.monomials) > 1:
        return atom(Apply("inverse", x))
    [(mono, c)] = x.monomials.items()
    return Term({frozenset((a, -n) for a, n in mono): 1 / c})


def absolute(x: Term) -> Term:
    """|x|, inert unless x is a rational number."""
    value = x.rational()
    return atom(Apply("abs", x)) if value is None else rational(abs(value))


def minimum(*terms: Term) -> Term:
    """The least of some terms, inert unless they are rational numbers or one and the same."""
    return _extreme("min", terms)


def maximum(*terms: Term) -> Term:
    """The greatest of some terms, inert alike."""
    return _extreme("max", terms)


@lru_cache(maxsize=65536)
def spelled(term: Term) -> str:
    """What tells it from all others, kinds of variables too: by this terms are put in order."""
    products = (f"{c}*{'*'.join(sorted(f'{_spelled(a)}^{n}' for a, n in mono))}" for mono, c in term.monomials.items())
    return "+".join(sorted(products))


def _spelled(a: Atom) -> str:
    if isinstance(a, Variable):
        return f"{a.name}:{a.kind}"
    function = _spelled(a.function) if isinstance(a.function, Variable) else a.function
    return f"{function}({','.join(map(spelled, a.arguments))})"


def _extreme(function: str, terms: tuple[Term, ...]) -> Term:
    [*different] = sorted(dict.fromkeys(terms), key=spelled)
    values = [value for term in different if (value := term.rational()) is not None]
    if different and len(values) == len(different):
        return rational(min(values) if function == "min" else max(values))
    return different[0] if len(different) == 1 else atom(Apply(function, *different))


def power(base: Term, exponent: Term) -> Term:
    """base^exponent for an integer, or for an integer plus symbolic natural numbers: f^(t + 1) = f^t f."""
    if (value := exponent.rational()) is not None and value.q == 1:
        factor = base if value > 0 else inverse(base) if value else ZERO
        return _repeated(factor, abs(int(value)))
    symbolic, rest = exponent.monomials.items(), rational(exponent.monomials.get(ONE, fmpq(0)))
    if not all(c.q == 1 and (c > 0 or not mono) and is_natural(Term({mono: fmpq(1)})) for mono, c in symbolic):
        raise RuleError("power", f"the exponent {exponent}", "an integer, plus symbolic natural numbers")
    if base == 1:
        return base
    powers = (atom(Apply("power", base, Term({mono: fmpq(1)})), int(c.p)) for mono, c in symbolic if mono)
    return reduce(Term.__mul__, powers, power(base, rest))


def _repeated(base: Term, n: int) -> Term:
    """base^n multiplied out, but of a sum only as far as that has few terms; a larger power stays inert."""
    if n == 0:
        return rational(1)
    if len(base.monomials) <= 1:
        return Term({frozenset((a, m * n) for a, m in mono): c**n for mono, c in base.monomials.items()})
    if reduce(lambda count, j: count * (n + j) // j, range(1, len(base.monomials)), 1) > MOST_TERMS:
        return atom(Apply("power", base, rational(n)))
    return reduce(Term.__mul__, [base] * n)


def is_natural(x: Term) -> bool:
    """Whether it is a natural number by its form: natural variables and numbers, added and multiplied."""
    return all(
        c.q == 1 and c > 0 and all(n > 0 and type(a) is Variable and a.kind == "natural" for a, n in mono)
        for mono, c in x.monomials.items()
    )


def finite_sum(body: Term, index: Term, low: Term, high: Term) -> Term:
    """sum over index = low, ..., high of the body, inert; empty, and so 0, if high < low. The index is bound in it."""
    variable = index.variable()
    if variable is None or variable.kind != "natural" or not (is_natural(low) and is_natural(high + 1)):
        raise RuleError("sum", f"{index} from {low} to {high}", "a natural variable from a natural number to one - 1")
    return atom(Apply("sum", body, index, low, high))


def substitute(term: Term, image: Mapping[Variable, Term], memo: dict[Atom, Term]) -> Term:
    """The term with `image[symbol]` in place of each free symbol that has one, at any depth, all at once.

    The index of a sum is renamed where it would capture a symbol of an image.
    """
    if not any(symbol in image for symbol in term.symbols()):
        return term
    parts = []
    for mono, c in term.monomials.items():
        moved = [(a, n) for a, n in mono if any(symbol in image for symbol in _symbols(a))]
        product = Term({mono.difference(moved): c})
        for a, n in moved:
            if a not in memo:
                memo[a] = _substituted(a, image, memo)
            product = product * (memo[a] if n == 1 else power(memo[a], rational(n)))
        parts.append(product)
    return total(parts)


def _substituted(a: Atom, image: Mapping[Variable, Term], memo: dict[Atom, Term]) -> Term:
    if not isinstance(a, Apply):
        return image[a]
    if a.function == "sum":
        return _summed(a, image, memo)
    return applied(a.function, *(substitute(argument, image, memo) for argument in a.arguments))


def _summed(a: Apply, image: Mapping[Variable, Term], memo: dict[Atom, Term]) -> Term:
    body, bound, low, high = a.arguments
    [index] = bound.symbols()
    inner = {symbol: image[symbol] for symbol in body.symbols() if symbol in image and symbol != index}
    new = fresh(index, {index, *body.symbols()}, inner.values())
    body = substitute(body, inner if new is index else {**inner, index: atom(new)}, {})
    return finite_sum(body, atom(new), substitute(low, image, memo), substitute(high, image, memo))


def fresh(variable: Variable, beside: Iterable[Variable], terms: Iterable[Term]) -> Variable:
    """The variable, or another one for it that occurs neither in the terms nor `beside` it, if it occurs in the terms."""
    taken = {symbol for term in terms for symbol in term.symbols()}
    new, avoided = variable, taken | {*beside}
    while new in (taken if new is variable else avoided):
        new = Variable(f"{new.name}'", new.kind)
    return new


def applied(function: str | Variable, *arguments: Term) -> Term:
    """The function of the arguments, in normal form."""
    return CONSTRUCTORS[function](*arguments) if function in CONSTRUCTORS else atom(Apply(function, *arguments))


BY_NAME: dict[str, Callable[[Term], Term]] = {
    "tanh": tanh, "sigmoid": sigmoid, "relu": relu, "step": step, "exp": exp, "inverse": inverse,
}  # fmt: skip
CONSTRUCTORS: dict[Any, Callable[..., Term]] = {
    **BY_NAME, "abs": absolute, "min": minimum, "max": maximum, "power": power, "sum": finite_sum,
}  # fmt: skip


def is_formed(term: object) -> bool:
    """Whether it is a term all the way down: rational coefficients, whole powers, functions of what they are defined for."""
    return type(term) is Term and all(
        type(c) is fmpq
        and type(mono) is frozenset
        and len(dict(mono)) == len(mono)
        and all(type(n) is int and n and (_is_number(a) or (type(a) is Apply and _is_formed(a))) for a, n in mono)
        for mono, c in term.monomials.items()
    )


def _is_number(a: object) -> bool:
    return type(a) is Variable and a.kind != "sequence"


@lru_cache(maxsize=65536)
def _is_formed(a: Apply) -> bool:
    if not all(map(is_formed, a.arguments)):
        return False
    if a.function == "sum":
        _, index, low, high = a.arguments
        variable = index.variable()
        return variable is not None and variable.kind == "natural" and is_natural(low) and is_natural(high + 1)
    if a.function == "power":
        return is_natural(a.arguments[1])
    return a.function != "inverse" or bool(a.argument.monomials)


def is_normal(term: object) -> bool:
    """Whether it is what the networks' rules take: tanh, sigmoid, relu, step, exp and quotients by nonzero constants,
    and all the way down what the functions of this module make of its parts.
    """
    return type(term) is Term and all(
        type(c) is fmpq
        and type(mono) is frozenset
        and len(dict(mono)) == len(mono)
        and all(_is_power(*p) for p in mono)
        for mono, c in term.monomials.items()
    )


def _is_power(a: object, n: object) -> bool:
    """A power of an atom, a negative one only of what is never 0."""
    if type(a) is Variable:
        return type(n) is int and n > 0 and a.kind != "sequence"
    if type(a) is not Apply or not _is_application(a):
        return False
    if a.function in ("relu", "step"):  # which may be 0, of a constant too
        return type(n) is int and n > 0
    return type(n) is int and (n > 0 or (n < 0 and (a.function == "exp" or not a.argument.symbols())))


@lru_cache(maxsize=65536)
def _is_application(a: Apply) -> bool:
    if a.function not in BY_NAME or not is_normal(a.argument) or applied(a.function, a.argument) != atom(a):
        return False
    return a.function != "inverse" or (not a.argument.symbols() and sign(a.argument) != 0)


def ball(term: Term, values: Mapping[Variable, arb]) -> arb:
    """A ball around the term's value, at flint's current precision; the symbols' values are balls too."""
    value = arb(0)
    for mono, c in term.monomials.items():
        product = arb(c)
        for a, n in mono:
            product *= ball_power(_atom_ball(a, values) if isinstance(a, Apply) else values[a], n)
        value += product
    return value


def ball_power(x: arb, n: int) -> arb:
    """x^n for an integer n: flint's own has no answer for a ball whose middle is 0."""
    if n < 0:
        return 1 / ball_power(x, -n)
    if n < 2 or x.mid() != 0:
        return x if n == 1 else x**n
    half = ball_power(x, n // 2)
    return half * half * (x if n % 2 else 1)


def _atom_ball(a: Apply, values: Mapping[Variable, arb]) -> arb:
    if a.function not in BALLS:
        raise RuleError("ball", a, f"functions among {', '.join(BALLS)}")
    return BALLS[a.function](*(ball(x, values) if x.symbols() else constant_ball(x, ctx.prec) for x in a.arguments))


BALLS: dict[Any, Callable[..., arb]] = {
    "tanh": arb.tanh,
    "sigmoid": lambda x: 1 / (1 + (-x).exp()),
    "relu": lambda x: x.max(arb(0)),
    "step": lambda x: arb(1) if x >= 0 else arb(0) if x < 0 else arb(0).union(arb(1)),
    "exp": arb.exp,
    "inverse": lambda x: 1 / x,
    "abs": abs,
    "min": lambda *x: reduce(arb.min, x),
    "max": lambda *x: reduce(arb.max, x),
    "power": lambda x, n: x**n,
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
