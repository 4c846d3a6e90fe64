"""Terms and propositions of the small steps as Rocq text, and tactics for what their normal form changes.

A premise that is specialised says in Rocq what substitution gives, letter for letter; our own conclusion is in normal
form. `Literal` is a text with the term that it is equal to, and the tactic that shows it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import reduce
from typing import Any, NamedTuple

from flint import fmpq

from symlstm.certificates.subjects import NotCovered
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Atom, Term, Variable
from symlstm.kernel.asymptotics import Diverges
from symlstm.kernel.logic.propositions import (
    Conjunction,
    Equal,
    ForAll,
    Less,
    LessEqual,
    Proposition,
    Relation,
    TendsTo,
    Within,
)

FUNCTIONS = {"tanh": "tanh", "sigmoid": "sigmoid", "exp": "exp", "abs": "Rabs", "min": "Rmin", "max": "Rmax"}
SIGNS = {Equal: "=", LessEqual: "<=", Less: "<"}
BY_RELATION = {Equal: "equal_as", LessEqual: "le_as", Less: "lt_as"}
LAST = {  # tactics for the normal form of a function of normal forms
    "inverse": "polynomial",
    "power": "powers",
    "tanh": "curve",
    "sigmoid": "curve",
    "abs": "extreme",
    "min": "extreme",
    "max": "extreme",
}
VALUE, HOLE = "value", "hole'"  # of an inner limit; where a part stands


class Literal(NamedTuple):
    """A text, the term in normal form that it is equal to, and the tactic for that; none where the text is the term's."""

    text: str
    term: Term
    tactic: str = ""
    nat: bool = False  # a natural number, as an argument or an exponent


Values = Mapping[Variable, Literal]  # for variables: of a natural one its text as a natural number
NOTHING: Values = {}


def operand(text: str) -> str:
    """The text as an argument."""
    plain = text.replace("'", "").replace("_", "").isalnum()
    return text if plain or _enclosed(text.removesuffix("%nat")) else f"({text})"


def _enclosed(text: str) -> bool:
    depth = 0
    for place, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and place < len(text) - 1:
            return False
    return text.startswith("(")


def then(first: str, *others: str) -> str:
    """A tactic, and one for each goal that it leaves."""
    return f"{first}; [{' | '.join(others)}]" if others else first


def number(c: fmpq) -> str:
    text = str(c.p) if c.q == 1 else f"{abs(c.p)} / {c.q}"
    return f"(- ({text}))" if c.q != 1 and c < 0 else f"({text})" if c.q != 1 or c < 0 else text


def power(text: str, n: int) -> str:
    if abs(n) == 1:
        return factor(text) if n > 0 else f"/ {operand(text)}"
    return f"{operand(text)} ^ {n}" if n > 0 else f"(/ {operand(text)}) ^ {-n}"


def factor(text: str) -> str:
    """The text as a factor: a function of something needs no parentheses."""
    depth = 0
    for place, c in enumerate(text):
        depth += (c == "(") - (c == ")")
        if depth == 0 and (c in "+-*" or (c == "/" and place)):
            return f"({text})"
    return text


def polynomial(parts: Iterable[tuple[fmpq, Sequence[str]]]) -> str:
    """The sum of numbers times products."""
    text = ""
    for c, factors in parts:
        size = [number(abs(c))] * (abs(c) != 1 or not factors)
        product = " * ".join([*size, *factors])
        text = f"{text} {'-' if c < 0 else '+'} {product}" if text else f"- {product}" if c < 0 else product
    return text or "0"


@dataclass
class Terms:
    """The names of variables, and which arguments of a sequence are natural numbers."""

    names: Mapping[Variable, str]
    natural: Mapping[Variable, Sequence[bool]]
    texts: dict[Term, str] = field(default_factory=dict)

    # -- printing

    def name(self, v: Variable) -> str:
        """A renamed variable has primes behind the name that it had."""
        plain = v.name.rstrip("'")
        return self.names[v] if v in self.names else self.names[Variable(plain, v.kind)] + v.name[len(plain) :]

    def text(self, term: Term) -> str:
        if term not in self.texts:
            parts = self.products(term)
            self.texts[term] = polynomial([(c, [power(self.atom_text(a), n) for a, n in mono]) for c, mono in parts])
        return self.texts[term]

    def atom_text(self, a: Atom) -> str:
        if type(a) is Variable:
            return f"INR {self.name(a)}" if a.kind == "natural" else self.name(a)
        assert isinstance(a, Apply)
        if a.function == "sum":
            body, index, low, high = a.arguments
            return sum_text(self.nat(low), self.nat(high + 1), self.name(index.symbols()[0]), self.text(body))
        whole = self.whole(a)
        return self.applied_text(
            a, [self.nat(x) if is_nat else self.text(x) for x, is_nat in zip(a.arguments, whole, strict=True)]
        )

    def whole(self, a: Apply) -> Sequence[bool]:
        """Which arguments are written as natural numbers."""
        if isinstance(a.function, Variable):
            return self.natural[a.function]
        return [a.function == "power" and place == 1 for place in range(len(a.arguments))]

    def applied_text(self, a: Apply, texts: Sequence[str]) -> str:
        """A function or a sequence of what is written."""
        *first, last = map(operand, texts)
        if isinstance(a.function, Variable):
            return " ".join([self.name(a.function), *first, last])
        if a.function == "power":
            return f"{first[0]} ^ {last}"
        if a.function == "inverse":
            return f"/ {last}"
        if a.function not in FUNCTIONS:
            raise NotCovered(f"the function {a.function}")
        name = FUNCTIONS[a.function]
        return (
            reduce(lambda rest, x: f"{name} {x} {operand(rest)}", reversed(first), last) if first else f"{name} {last}"
        )

    def nat(self, term: Term) -> str:
        return self.natural_literal(term, NOTHING)

    def products(self, term: Term) -> list[tuple[fmpq, list[tuple[Atom, int]]]]:
        """Its monomials as they are written: positive ones first, a number before others."""
        order = sorted(
            term.monomials.items(), key=lambda part: (part[1] < 0, bool(part[0]), algebra.spelled(Term(dict([part]))))
        )
        return [(c, sorted(mono, key=lambda p: algebra.spelled(algebra.atom(*p)))) for mono, c in order]

    def natural_literal(self, term: Term, values: Values) -> str:
        parts = []
        for mono, c in sorted(
            term.monomials.items(), key=lambda part: (not part[0], algebra.spelled(Term(dict([part]))))
        ):
            factors = [
                operand(values[a].text if a in values else self.name(a))  # type: ignore[index, arg-type]
                for a, n in sorted(mono, key=lambda p: algebra.spelled(algebra.atom(*p)))
                for _ in range(n)
            ]
            parts.append(" * ".join([*factors, *([str(c)] * (c != 1 or not factors))]))
        text = " + ".join(parts) or "0"
        plain = text.replace("'", "").replace("_", "").isalnum() and not text.isdigit()
        return text if plain or (text.endswith("%nat") and _enclosed(text[:-4])) else f"({text})%nat"

    # -- what substitution gives, and its normal form

    def literal(self, term: Term, values: Values) -> Literal:
        """The term as it is written, with values for variables."""
        if not any(v in values for v in term.symbols()):
            return Literal(self.text(term), term)
        parts = [(c, [(self.atom(a, values), n) for a, n in factors]) for c, factors in self.products(term)]
        return self.combined(parts)

    def combined(self, parts: Sequence[tuple[fmpq, Sequence[tuple[Literal, int]]]]) -> Literal:
        """The sum of numbers times powers of literals."""
        normal = algebra.total(
            reduce(Term.__mul__, (algebra.power(x.term, algebra.rational(n)) for x, n in factors), algebra.rational(c))
            for c, factors in parts
        )

        def written(texts: Sequence[str]) -> str:
            rest = iter(texts)
            return polynomial([(c, [power(next(rest), n) for _, n in factors]) for c, factors in parts])

        return self.changed(written, [factor for _, factors in parts for factor, _ in factors], normal, "polynomial")

    def changed(
        self, written: Callable[[Sequence[str]], str], parts: Sequence[Literal], normal: Term, last: str
    ) -> Literal:
        """What is written with the parts; equal parts are put in, then a tactic shows the normal form."""
        given, put = [x.text for x in parts], [self.put(x) for x in parts]
        goal, text, middle = self.text(normal), written(given), written(put)
        if text == goal:
            return Literal(text, normal)
        steps, now = [], [*given]
        for place, part in enumerate(parts):
            if part.tactic:
                hole = written([*now[:place], HOLE, *now[place + 1 :]])
                now[place] = put[place]
                steps.append(cong(hole, given[place], put[place], part.tactic))
        if middle != goal:
            steps.append(f"(ltac:({last}) : {middle} = {goal})")
        return Literal(text, normal, f"exact {reduce(lambda x, y: f'(eq_trans {x} {y})', steps)}")

    def put(self, x: Literal) -> str:
        """The text of what it is equal to."""
        if x.nat:
            return self.nat(x.term)
        return self.text(x.term) if x.tactic else x.text

    def atom(self, a: Atom, values: Values) -> Literal:
        if not any(v in values for v in algebra.atom(a).symbols()):
            return Literal(self.atom_text(a), algebra.atom(a))
        if type(a) is Variable:
            return self._variable(a, values)
        assert isinstance(a, Apply)
        if a.function == "sum":
            return self._sum(a, values)
        parts = [
            self.natural_part(x, values) if is_nat else self.literal(x, values)
            for x, is_nat in zip(a.arguments, self.whole(a), strict=True)
        ]
        return self.applied(a, parts)

    def _variable(self, v: Variable, values: Values) -> Literal:
        if v.kind != "natural":
            return values[v]
        text, value = f"INR {operand(values[v].text)}", values[v].term
        return Literal(text, value, "" if text == self.text(value) else "numbers")

    def natural_part(self, x: Term, values: Values) -> Literal:
        text, value = self.natural_literal(x, values), algebra.substitute(x, {v: y.term for v, y in values.items()}, {})
        return Literal(text, value, "" if text == self.nat(value) else "natural", nat=True)

    def applied(self, a: Apply, parts: Sequence[Literal]) -> Literal:
        """The function or sequence of an application, of literals."""
        normal = algebra.applied(a.function, *(x.term for x in parts))
        last = self.exponential(parts[0].term) if a.function == "exp" else LAST.get(str(a.function), "reflexivity")
        return self.changed(lambda texts: self.applied_text(a, texts), parts, normal, last)

    def exponential(self, exponent: Term) -> str:
        """The tactic for e^(a sum) = the product of powers of its atoms."""
        parts, product = [], []
        for c, factors in self.products(exponent):
            base = self.text(Term({frozenset(factors): fmpq(1) / c.q}))
            n = abs(int(c.p))
            parts.append(f"INR {n} * ({base})" if c > 0 else f"- (INR {n} * ({base}))")
            product.append(f"(exp_times {n})" if c > 0 else f"(exp_minus_times {n})")
        if not parts:
            return "apply exp_0"
        rewrites = ", ".join(["!exp_plus"] * (len(parts) > 1) + product)
        whole = " + ".join(f"({part})" for part in parts)
        return (
            f"replace ({self.text(exponent)}) with ({whole}) by (simpl INR; polynomial); rewrite {rewrites}; polynomial"
        )

    def _sum(self, a: Apply, values: Values) -> Literal:
        body, bound, low, high = a.arguments
        index = bound.variable()
        assert index is not None
        inner = {v: values[v] for v in body.symbols() if v in values and v != index}
        new = algebra.fresh(index, {index, *body.symbols()}, (x.term for x in inner.values()))
        name = self.name(new)
        inside = self.literal(body, {**inner, index: Literal(name, algebra.atom(new))} if new is not index else inner)
        ends = [self.natural_literal(x, values) for x in (low, high + 1)]
        image = {v: x.term for v, x in values.items()}
        moved = [algebra.substitute(x, image, {}) for x in (low, high)]
        normal = algebra.finite_sum(inside.term, algebra.atom(new), *moved)
        text = sum_text(ends[0], ends[1], name, inside.text)
        if not inside.tactic and ends == [self.nat(moved[0]), self.nat(moved[1] + 1)]:
            return Literal(text, normal)
        return Literal(
            text, normal, then("apply sum_as", "natural", "natural", f"intros {name}; {inside.tactic or 'reflexivity'}")
        )

    # -- propositions

    def stated(self, p: Proposition, values: Values = NOTHING) -> str:
        """A proposition as text."""

        def of(term: Term) -> str:
            return self.literal(term, values).text

        if isinstance(p, Relation):
            return f"{of(p.lhs)} {SIGNS[type(p)]} {of(p.rhs)}"
        if isinstance(p, Within):
            return f"within {operand(of(p.value))} {operand(of(p.centre))} {operand(of(p.bound))}"
        if isinstance(p, Conjunction) and len(p.parts) > 1:
            return " /\\ ".join(f"({self.stated(part, values)})" for part in p.parts)
        if isinstance(p, ForAll):
            inner, new = self.below(p, values)
            return f"forall {self.binders(new)}, {self.stated(p.body, inner)}"
        if isinstance(p, TendsTo):
            inner, new = self.below(p, values)
            return self.limit(new, self.literal(p.expr, inner).text, of(p.value))
        if isinstance(p, Diverges) and p.direction == 1 and len(p.variables) == 1:
            inner, [v] = self.below(p, values)
            return f"{grows(v)} (fun {self.name(v)} => {self.literal(p.expr, inner).text})"
        raise NotCovered(f"the proposition {p}")

    def limit(self, variables: Sequence[Variable], expr: str, value: str) -> str:
        *first, last = variables
        name = self.name(last)
        if not first:
            return f"{tends(last)} (fun {name} => {expr}) {operand(value)}"
        return f"then_{tends(last)} (fun {name} {VALUE} => {self.limit(first, expr, VALUE)}) {operand(value)}"

    def binders(self, variables: Iterable[Variable]) -> str:
        return " ".join(f"({self.name(v)} : {'nat' if v.kind == 'natural' else 'R'})" for v in variables)

    def below(self, p: Any, values: Values) -> tuple[Values, list[Variable]]:
        """The values inside a binder, and its variables, renamed where one would capture a variable of a value."""
        inner = {v: values[v] for v in p.symbols() if v in values}
        beside = {s for part in p.parts_of() for s in part.symbols()} | {*p.variables}
        new = [algebra.fresh(v, beside, (x.term for x in inner.values())) for v in p.variables]
        renamed = {
            v: Literal(self.name(w), algebra.atom(w)) for v, w in zip(p.variables, new, strict=True) if v is not w
        }
        return {**inner, **renamed}, new

    def moved(self, p: Proposition, values: Values, given: str, to_literal: bool = False) -> str:
        """The tactic that proves the normal form of a proposition with values from what substitution gives, or the other."""
        return Move(self, to_literal, self.literal).tactic(p, values, given)


def sum_text(low: str, end: str, index: str, body: str) -> str:
    return f"sum {operand(low)} {operand(end)} (fun {index} => {body})"


def cong(hole: str, given: str, put: str, tactic: str) -> str:
    """The equation of a text with a part and with what is equal to it."""
    return f"(cong1 (fun {HOLE} => {hole}) {operand(given)} {operand(put)} ltac:({tactic}))"


def tends(v: Variable) -> str:
    return "limn" if v.kind == "natural" else "lim"


def grows(v: Variable) -> str:
    return "divergesn" if v.kind == "natural" else "diverges"


@dataclass
class Move:
    """From a proposition to one whose terms are equal to its own."""

    terms: Terms
    back: bool  # from the terms' normal forms to what is written
    change: Callable[[Term, Values], Literal]

    def ends(self, term: Term, values: Values) -> tuple[str, str, str]:
        """From, to, and the tactic for the equation."""
        found = self.change(term, values)
        normal, tactic = self.terms.text(found.term), found.tactic or "reflexivity"
        return (normal, found.text, f"symmetry; {tactic}") if self.back else (found.text, normal, tactic)

    def relation(self, lemma: str, parts: Sequence[Term], values: Values, given: str) -> str:
        ends = [self.ends(term, values) for term in parts]
        texts = " ".join(f"{operand(x)} {operand(y)}" for x, y, _ in ends)
        return then(f"refine ({lemma} {texts} {' '.join('_' for _ in ends)} {given})", *(t for _, _, t in ends))

    def tactic(self, p: Any, values: Values, given: str) -> str:
        """The proof of what a proposition becomes, from a proof of it."""
        if isinstance(p, Relation):
            return self.relation(BY_RELATION[type(p)], (p.lhs, p.rhs), values, given)
        if isinstance(p, Within):
            return self.relation("within_as", (p.value, p.centre, p.bound), values, given)
        if isinstance(p, Conjunction):
            places = [reduce(lambda x, _: f"(proj2 {x})", range(n), given) for n in range(len(p.parts))]
            each = [
                self.tactic(part, values, place if n == len(p.parts) - 1 else f"(proj1 {place})")
                for n, (part, place) in enumerate(zip(p.parts, places, strict=True))
            ]
            return reduce(lambda rest, t: f"split; [{t} | {rest}]", reversed(each[:-1]), each[-1])
        inner, new = self.terms.below(p, values)
        names = " ".join(map(self.terms.name, new))
        if isinstance(p, ForAll):
            return f"intros {names}; {self.tactic(p.body, inner, f'({given} {names})')}"
        x, y, tactic = self.ends(p.expr, inner)
        if isinstance(p, Diverges):
            name = names
            return then(
                f"refine ({grows(new[0])}_as (fun {name} => {x}) (fun {name} => {y}) _ {given})",
                f"intros {name}; {tactic}",
            )
        assert isinstance(p, TendsTo)
        return self._limit(new, (x, y, tactic), self.ends(p.value, values), given)

    def _limit(
        self, variables: Sequence[Variable], expr: tuple[str, str, str], value: tuple[str, str, str], given: str
    ) -> str:
        *first, last = variables
        name, (x, y, tactic), (a, b, equal) = self.terms.name(last), expr, value
        if not first:
            start = f"refine ({tends(last)}_as (fun {name} => {x}) (fun {name} => {y}) {operand(a)} {operand(b)} _ _ {given})"
            return then(start, f"intros {name}; {tactic}", equal)
        inner = [f"(fun {name} {VALUE} => {self.terms.limit(first, side, VALUE)})" for side in (x, y)]
        start = f"refine (then_{tends(last)}_as {inner[0]} {inner[1]} {operand(a)} {operand(b)} _ _ {given})"
        below = self._limit(first, expr, (VALUE, VALUE, "reflexivity"), "L'")
        return then(start, f"intros {name} {VALUE} L'; {below}", equal)
