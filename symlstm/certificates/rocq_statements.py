"""What the Rocq file of a derivation says, read back from its theorem by a grammar of its own.

The whole file is compared with what is written from the certificate; but a number that is written wrongly would be
wrong in both. So the theorem is read as a reader of Rocq would, and compared as terms and propositions.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import reduce

from symlstm.certificates.rocq_names import names
from symlstm.certificates.rocq_reading import Unreadable
from symlstm.certificates.rocq_steps import text_of_steps
from symlstm.certificates.steps import Derivation
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.asymptotics import Diverges
from symlstm.kernel.logic.propositions import (
    Conjunction,
    Equal,
    ForAll,
    Less,
    LessEqual,
    Proposition,
    TendsTo,
    Within,
)
from symlstm.kernel.theorem import RuleError

TOKEN = re.compile(r"\s*(?:(\d+)|([A-Za-z_][\w']*)|(->|=>|/\\|<=|%nat|[-+*/^()<=:,.]))")
RELATIONS: dict[str, type[Proposition]] = {"=": Equal, "<=": LessEqual, "<": Less}
FUNCTIONS: dict[str, Callable[..., Term]] = {
    "exp": algebra.exp,
    "tanh": algebra.tanh,
    "sigmoid": algebra.sigmoid,
    "Rabs": algebra.absolute,
    "Rmin": algebra.minimum,
    "Rmax": algebra.maximum,
}
TWO = ("Rmin", "Rmax")


@dataclass
class Reader:
    """Reads a statement; `known` are the variables that its names stand for."""

    tokens: list[str]
    known: dict[str, Variable]
    types: dict[str, str] = field(default_factory=dict)  # of the names that are bound: nat or R
    place: int = 0

    def peek(self, ahead: int = 0) -> str:
        return self.tokens[self.place + ahead] if self.place + ahead < len(self.tokens) else "the end"

    def take(self, *wanted: str) -> str:
        found = self.peek()
        if wanted and found not in wanted:
            raise Unreadable(f"{found!r} where {' or '.join(wanted)} is needed")
        self.place += 1
        return found

    # -- propositions

    def statement(self) -> tuple[set[Proposition], Proposition]:
        """Hypotheses in parentheses before arrows, then the conclusion."""
        hypotheses = set()
        while self.peek() == "(" and self._arrow_follows():
            self.take("(")
            hypotheses.add(self.proposition())
            self.take(")")
            self.take("->")
        conclusion = self.proposition()
        self.take(".")
        if self.place != len(self.tokens):
            raise Unreadable(f"{self.peek()!r} after the statement")
        return hypotheses, conclusion

    def _closing(self) -> int:
        depth = 0
        for place in range(self.place, len(self.tokens)):
            depth += (self.tokens[place] == "(") - (self.tokens[place] == ")")
            if depth == 0:
                return place
        raise Unreadable("a parenthesis that is not closed")

    def _arrow_follows(self) -> bool:
        end = self._closing() + 1
        return end < len(self.tokens) and self.tokens[end] == "->"

    def proposition(self) -> Proposition:
        if self.peek() == "forall":
            return self._for_all()
        if self.peek() == "(":
            end = self._closing() + 1
            if end < len(self.tokens) and self.tokens[end] == "/\\":
                return self._conjunction()
        if self.peek() == "within":
            self.take()
            return Within(self.argument(), self.argument(), self.argument())
        if self.peek() in ("lim", "limn", "then_lim", "then_limn", "diverges", "divergesn"):
            return self._limit()
        left = self.real()
        relation = RELATIONS[self.take(*RELATIONS)]
        return relation(left, self.real())

    def _for_all(self) -> Proposition:
        self.take("forall")
        variables = self.binders()
        self.take(",")
        return ForAll(variables, self.proposition())

    def binders(self) -> tuple[Variable, ...]:
        """(name : nat) or (name : R), one or more."""
        found = []
        while self.peek() == "(":
            self.take("(")
            name = self.take()
            self.take(":")
            found.append(self.bound(name, self.take("nat", "R")))
            self.take(")")
        return tuple(found)

    def bound(self, name: str, kind: str) -> Variable:
        """The variable of a name; a name with primes is another variable."""
        plain = name.rstrip("'")
        if plain not in self.known:
            raise Unreadable(f"the name {name}")
        v = self.known[plain]
        if v.kind != {"nat": "natural", "R": "real"}[kind]:
            raise Unreadable(f"{name} of type {kind}")
        return v if name == plain else Variable(v.name + name[len(plain) :], v.kind)

    def _conjunction(self) -> Proposition:
        parts = []
        while True:
            self.take("(")
            parts.append(self.proposition())
            self.take(")")
            if self.peek() != "/\\":
                return Conjunction(tuple(parts))
            self.take()

    def _limit(self) -> Proposition:
        head = self.take()
        kind = "nat" if head.endswith("n") else "R"
        self.take("(")
        self.take("fun")
        x = self.bound(self.take(), kind)
        if not head.startswith("then_"):
            self.take("=>")
            expr = self.real()
            self.take(")")
            return Diverges(expr, (x,), 1) if head.startswith("diverges") else TendsTo(expr, (x,), self.limit())
        self.take("value")
        self.take("=>")
        inner = self.proposition()
        if not isinstance(inner, TendsTo) or inner.value != algebra.atom(INNER):
            raise Unreadable("an inner limit that is not the value")
        self.take(")")
        return TendsTo(inner.expr, (*inner.variables, x), self.limit())

    def limit(self) -> Term:
        if self.peek() == "value":
            self.take()
            return algebra.atom(INNER)
        return self.argument()

    # -- terms

    def real(self) -> Term:
        """Products with + and - between them."""
        total = self.product()
        while self.peek() in ("+", "-"):
            sign = self.take()
            other = self.product()
            total = total + other if sign == "+" else total - other
        return total

    def product(self) -> Term:
        total = self.signed()
        while self.peek() in ("*", "/"):
            times = self.take() == "*"
            other = self.signed()
            total = total * other if times else total * algebra.inverse(other)
        return total

    def signed(self) -> Term:
        if self.peek() in ("-", "/"):
            sign = self.take()
            found = self.signed()
            return -found if sign == "-" else algebra.inverse(found)
        return self.raised()

    def raised(self) -> Term:
        base = self.application()
        while self.peek() == "^":
            self.take()
            base = algebra.power(base, self.natural())
        return base

    def application(self) -> Term:
        name = self.peek()
        if name == "INR":
            self.take()
            return self.natural()
        if name in FUNCTIONS:
            self.take()
            return FUNCTIONS[name](*(self.argument() for _ in range(2 if name in TWO else 1)))
        if name == "sum":
            return self._sum()
        v = self.known.get(name)
        if v is not None and v.kind == "sequence":
            self.take()
            natural = [kind == "nat" for kind in self.types[name].split(" -> ")[:-1]]
            return algebra.atom(Apply(v, *(self.natural() if n else self.argument() for n in natural)))
        return self.argument()

    def _sum(self) -> Term:
        self.take("sum")
        low, end = self.natural(), self.natural()
        self.take("(")
        self.take("fun")
        index = self.bound(self.take(), "nat")
        self.take("=>")
        body = self.real()
        self.take(")")
        return algebra.finite_sum(body, algebra.atom(index), low, end - 1)

    def argument(self) -> Term:
        """A number, a name, or a term in parentheses."""
        token = self.take()
        if token == "(":
            found = self.real()
            self.take(")")
            return found
        return algebra.rational(int(token)) if token.isdigit() else algebra.atom(self.bound(token, "R"))

    def natural(self) -> Term:
        """A number, a name, or a sum of products of names and numbers in parentheses."""
        if self.peek().isdigit():
            return algebra.rational(int(self.take()))
        if self.peek() != "(":
            return algebra.atom(self.bound(self.take(), "nat"))
        self.take("(")
        found = self._natural_sum()
        self.take(")")
        self.take("%nat")
        return found

    def _natural_sum(self) -> Term:
        total = self._natural_product()
        while self.peek() == "+":
            self.take()
            total = total + self._natural_product()
        return total

    def _natural_product(self) -> Term:
        factors = [self._natural_factor()]
        while self.peek() == "*":
            self.take()
            factors.append(self._natural_factor())
        return reduce(Term.__mul__, factors)

    def _natural_factor(self) -> Term:
        token = self.take()
        return algebra.rational(int(token)) if token.isdigit() else algebra.atom(self.bound(token, "nat"))


INNER = Variable("value of an inner limit")


def tokens(text: str) -> list[str]:
    found, end = [], 0
    text = text.rstrip()
    while end < len(text):
        match = TOKEN.match(text, end)
        if match is None:
            raise Unreadable(f"{text[end : end + 20]!r} is no token")
        end = match.end()
        found.append(match[match.lastindex or 0])
    return found


def statement_in(text: str, found: Derivation) -> tuple[set[Proposition], Proposition]:
    """The hypotheses and the conclusion that the theorem of a Rocq file states, for the names that a derivation has."""
    _, _, rest = text.partition("\nTheorem statement")
    said, _, _ = rest.partition("\nProof.")
    types = dict(re.findall(r"^Variable ([\w']+) : ([\w> -]+)\.$", text, re.MULTILINE))
    reader = Reader(tokens(said), {name: v for v, name in names(found.symbols).items()}, types)
    reader.binders()
    reader.take(":")
    try:
        return reader.statement()
    except (RuleError, KeyError) as error:
        raise Unreadable(f"the theorem: {error}") from None


def differences(text: str, found: Derivation) -> list[str]:
    """In what a Rocq file differs from what a derivation says: nothing, or "the statement", or "the proof"."""
    last = found.nodes[-1]
    hypotheses, conclusion = statement_in(text, found)
    wanted = {found.hypotheses[h] for h in last.hypotheses}
    if (hypotheses, conclusion) != (wanted, last.conclusion):
        return ["the statement"]
    return [] if text == text_of_steps(found) else ["the proof"]
