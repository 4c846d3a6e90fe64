"""The plain text of a proposition, read back: a recursive descent that shares nothing with the printer.

First a tree of tuples with names for leaves; then which names are natural numbers (those in indices, exponents and
ranges of sums, those said to be, those marked); then the proposition.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import sympy
from sympy import Abs, Add, Integer, Max, Min, Mul, Pow, Sum, exp, tanh

from symlstm.model.activations import sigmoid
from symlstm.steps import Conjunction, Equal, ForAll, Less, LessEqual, TendsTo, Within, natural, real, sequence

TOKEN = re.compile(r" {2,}| |\d+|[A-Za-z]+|->|<=|>=|[-+*/^_(),;|=<]")
FUNCTIONS = {"tanh": tanh, "sigmoid": sigmoid, "min": Min, "max": Max, "abs": Abs}
INDICES = set("djlmnpst")
Tree = tuple[Any, ...]


def read(text: str) -> Any:
    """The proposition that is printed so."""
    lines = text.split("\n")
    lines[-1], _, said = lines[-1].partition("  with natural ")
    trees = [Reader(line.rstrip()).statement() for line in lines]
    found = {Reader(name).atom()[1] for name in said.split(", ")} if said else set()
    for tree in trees:
        found |= set(_natural(tree, False))
    parts = [_made(tree, found) for tree in trees]
    return parts[0] if len(parts) == 1 else Conjunction(tuple(parts))


class Reader:
    """One line. Blanks are tokens: what is in parentheses right after a name is its argument."""

    def __init__(self, text: str) -> None:
        self.tokens = TOKEN.findall(text)
        assert "".join(self.tokens) == text, text
        self.place = 0

    def peek(self, ahead: int = 0) -> str:
        at = self.place + ahead
        return self.tokens[at] if at < len(self.tokens) else ""

    def take(self, token: str) -> bool:
        found = self.peek() == token
        self.place += found
        return found

    def need(self, token: str) -> None:
        assert self.take(token), (token, self.tokens[self.place :])

    def relation(self) -> str:
        """= <= < >= with its blanks."""
        assert self.peek() == " " and self.peek(1) in ("=", "<=", "<", ">="), self.tokens[self.place :]
        self.place += 3
        return self.tokens[self.place - 2]

    def statement(self) -> Tree:
        tree = self.body()
        while self.peek().startswith("  "):
            self.place += 1
            for token in ("for", " ", "all", " "):
                self.need(token)
            variables = [self.atom()]
            while self.take(","):
                self.need(" ")
                variables.append(self.atom())
            tree = ("for all", tree, variables)
        return tree

    def body(self) -> Tree:
        start = self.place
        if self.peek() == "(" and (found := self._conjunction()) is not None:
            return found
        self.place = start
        if self.peek() == "lim":
            return self._limit()
        if self.peek() in ("|", "abs") and (near := self._within()) is not None:
            return near
        self.place = start
        left = self.sum()
        return (self.relation(), left, self.sum())

    def _conjunction(self) -> Tree | None:
        try:
            self.need("(")
            parts = [self.statement()]
            while self.peek() == " " and self.peek(1) == "and":
                self.place += 3
                parts.append(self.statement())
            self.need(")")
        except AssertionError:
            return None
        return ("and", parts)

    def _limit(self) -> Tree:
        variables = []
        while self.take("lim"):
            self.need("_")
            self.need("(")
            variables.append(self.atom())
            for token in (" ", "->", " ", "oo", ")", " "):
                self.need(token)
        expr = self.product()
        assert self.relation() == "="
        return ("limit", expr, variables[::-1], self.sum())

    def _within(self) -> Tree | None:
        """|v - c| <= b, with v in parentheses if it is a sum."""
        try:
            end = ")" if self.take("abs") else "|"
            self.need("(" if end == ")" else "|")
            negative = self.take("-")
            value = self.product()
            value = ("neg", value) if negative else value
            centre: Tree = ("number", "0")
            if self.peek() == " " and self.peek(1) == "-":
                self.place += 3
                centre = self.product()
            self.need(end)
            assert self.relation() == "<="
            return ("within", value, centre, self.sum())
        except AssertionError:
            return None

    def sum(self) -> Tree:
        terms = [self.signed()]
        while self.peek() == " " and self.peek(1) in "+-":
            sign = self.peek(1)
            self.place += 3
            terms.append(("neg", self.product()) if sign == "-" else self.product())
        return terms[0] if len(terms) == 1 else ("add", terms)

    def signed(self) -> Tree:
        return ("neg", self.product()) if self.take("-") else self.product()

    def product(self) -> Tree:
        if self.peek() == "-":
            return self.signed()
        factors = [self.fraction()]
        while self.peek() == " " and (self.peek(1) == "*" or self._begins(self.peek(1))):
            self.place += 1
            if self.take("*"):
                self.need(" ")
            factors.append(self.fraction())
        return factors[0] if len(factors) == 1 else ("mul", factors)

    def _begins(self, token: str) -> bool:
        return token not in ("and", "for") and (token.isalnum() or token in ("(", "|"))

    def fraction(self) -> Tree:
        top = self.atom()
        return ("fraction", top, self.atom()) if self.take("/") else top

    def atom(self) -> Tree:
        base = self.primary()
        return ("power", base, self.group()) if self.take("^") else base

    def primary(self) -> Tree:
        if self.peek().isdigit():
            self.place += 1
            return ("number", self.tokens[self.place - 1])
        if self.take("("):
            inner = self.sum()
            self.need(")")
            return ("group", inner)
        if self.take("|"):
            inner = self.sum()
            self.need("|")
            return ("abs", [inner])
        token = self.peek()
        assert token.isalpha(), self.tokens[self.place :]
        self.place += 1
        if token == "sum":
            return self._series()
        if token in FUNCTIONS:
            return (token, self.arguments())
        return ("e",) if token == "e" and self.peek() not in ("_", "(") else self._named(token)

    def arguments(self) -> list[Tree]:
        self.need("(")
        found = [self.sum()]
        while self.take(","):
            self.take(" ")
            found.append(self.sum())
        self.need(")")
        return found

    def group(self) -> Tree:
        """An exponent: a letter, a numeral, a function, or something in parentheses."""
        return self.primary()

    def _series(self) -> Tree:
        limits = []
        while True:
            self.need("_")
            self.need("(")
            index = self.atom()
            assert self.relation() == "="
            low = self.sum()
            self.need(")")
            self.need("^")
            limits.append((index, low, self.group()))
            self.need(" ")
            if not self.take("sum"):
                return ("sum", self.product(), limits[::-1])

    def _named(self, base: str) -> Tree:
        """A variable or a sequence: what stands below and above tells."""
        below, above = self._below() if self.take("_") else None, ""
        if self.peek() == "^" and (self.peek(1) == "*" or (base == "a" and self.peek(1) in set("ifgo"))):
            above = {"*": "star"}.get(self.peek(1), self.peek(1))
            self.place += 2
        own, indices, kind = below or ("", [], "")
        spelling = "_".join(filter(None, (base, above, own)))
        rest = self.arguments() if self.peek() == "(" else []
        if indices or rest:
            return ("sequence", spelling, indices, rest)
        return ("variable", spelling, kind)

    def _below(self) -> tuple[str, list[Tree], str]:
        """A name's own index, the indices of a sequence, the kind of a variable."""
        if self.peek() != "(":
            token = self.peek()
            self.place += 1
            if token in ("real", "natural"):
                return "", [], token
            return ("", [("variable", token, "")], "") if token in INDICES else (token, [], "")
        self.place += 1
        own, indices, start = "", [], self.place
        letters = re.match(r"((?:[a-z] )*[a-z]|\d+)(?=[;)])", "".join(self.tokens[start:]))
        marked = re.match(r"((?:[a-z] )*[a-z]|\d+),(real|natural)\)", "".join(self.tokens[start:]))
        if marked:
            self.place += len(TOKEN.findall(marked[0]))
            return marked[1].replace(" ", ""), [], marked[2]
        if letters and (letters[0][-1] not in INDICES or len(letters[0]) > 1 or self.tokens[start + 1] == ";"):
            own = letters[0].replace(" ", "")
            self.place += len(TOKEN.findall(letters[0]))
            if self.take(")"):
                return own, [], ""
            self.need(";")
        indices.append(self._index())
        while self.take(","):
            indices.append(self._index())
        self.need(")")
        return own, indices, ""

    def _index(self) -> Tree:
        return self.sum()


def _natural(tree: Any, inside: bool) -> Iterator[str]:
    """The names that stand where only natural numbers can."""
    if isinstance(tree, list):
        for part in tree:
            yield from _natural(part, inside)
    if not isinstance(tree, tuple) or not tree:
        return
    if tree[0] == "variable":
        if inside and not tree[2]:
            yield tree[1]
        return
    if tree[0] == "sequence":
        yield from _natural(tree[2], True)
        yield from _natural(tree[3], inside)
    elif tree[0] == "power":
        yield from _natural(tree[1], inside)
        yield from _natural(tree[2], inside or tree[1] != ("e",))
    elif tree[0] == "sum":
        yield from _natural(tree[1], inside)
        yield from (name for limit in tree[2] for part in limit for name in _natural(part, True))
    else:
        for part in tree[1:]:
            yield from _natural(part, inside)


def _made(tree: Tree, natural_names: set[str]) -> Any:  # noqa: PLR0912
    """The proposition or expression of a tree."""

    def make(part: Tree) -> Any:
        return _made(part, natural_names)

    kind, *rest = tree
    if kind == "for all":
        return ForAll(tuple(map(make, rest[1])), make(rest[0]))
    if kind == "and":
        return Conjunction(tuple(map(make, rest[0])))
    if kind == "limit":
        return TendsTo(make(rest[0]), tuple(map(make, rest[1])), make(rest[2]))
    if kind in RELATIONS:
        left, right = map(make, rest)
        return LessEqual(right, left) if kind == ">=" else RELATIONS[kind](left, right)
    if kind == "within":
        return Within(*map(make, rest))
    if kind == "number":
        return Integer(rest[0])
    if kind == "e":
        return sympy.E
    if kind == "group":
        return make(rest[0])
    if kind == "variable":
        spelling, said = rest
        return natural(spelling) if said == "natural" or (not said and spelling in natural_names) else real(spelling)
    if kind == "sequence":
        return sequence(rest[0])(*map(make, rest[1] + rest[2]))
    if kind == "power":
        base, above = make(rest[0]), make(rest[1])
        return exp(above) if rest[0] == ("e",) else Pow(base, above)
    if kind == "sum":
        return Sum(make(rest[0]), *(tuple(map(make, limit)) for limit in rest[1]))
    if kind == "add":
        return Add(*map(make, rest[0]))
    if kind in FUNCTIONS:
        return FUNCTIONS[kind](*map(make, rest[0]))
    return Mul(*map(make, _factors(tree, top=True)), *(Pow(make(part), -1) for part in _factors(tree, top=False)))


RELATIONS: dict[str, Any] = {"=": Equal, "<=": LessEqual, "<": Less, ">=": LessEqual}


def _factors(tree: Tree, top: bool) -> list[Tree]:
    """The factors above or below of a product, a fraction, a negative."""
    kind, *rest = tree
    if kind == "mul":
        return [factor for part in rest[0] for factor in _factors(part, top)]
    if kind == "neg":
        return ([("number", "-1")] if top else []) + _factors(rest[0], top)
    if kind == "fraction":
        over, under = (part[1] if part[0] == "group" else part for part in rest)
        return _factors(over, top) + _factors(under, not top)
    return [tree] if top else []
