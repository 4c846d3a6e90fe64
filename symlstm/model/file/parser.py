"""The entries of a construction file: text such as "-3/2*k + 1" to an exact expression in k.

    sum      = product (("+" | "-") product)*
    product  = signed (("*" | "/") signed)*
    signed   = ("+" | "-")* power
    power    = atom (("**" | "^") signed)?          the exponent an integer
    atom     = number | "k" | ("exp" | "tanh" | "sigmoid") "(" sum ")" | "(" sum ")"

Numbers are decimal and exact: "0.1" is 1/10, "1e-3" is 1/1000. The text is never evaluated
as Python, and what its result may cost is known before it is computed (expressions.py).
"""

from __future__ import annotations

import difflib
import operator
import re
from collections.abc import Callable, Mapping
from fractions import Fraction
from typing import NamedTuple, NoReturn

from symlstm.kernel.algebra import Term
from symlstm.model.errors import InputError
from symlstm.model.file.bounded_expressions import FUNCTIONS, MAX_POWER, SCALE, Bounded, Refused, named, number

MAX_TEXT = 400  # characters of an entry
MAX_DIGITS = 100  # digits of a number as written
MAX_DEPTH = 32  # parentheses within parentheses
MAX_WORK = 300_000  # term operations of a whole file, one more for each entry: seconds at most

GRAMMAR = "numbers, k, + - * /, integer powers, exp(...), tanh(...), sigmoid(...)"
FILES = {"k": SCALE}  # the variables of a file's entries
_EULER = re.compile(r"\be\s*$")  # what stands before a power
_SIGNS: dict[str, Callable[[Bounded, Bounded], Bounded]] = {"+": operator.add, "-": operator.sub, "*": operator.mul}
_SIGNS |= {"/": operator.truediv, "**": operator.pow, "^": operator.pow}
_TOKEN = re.compile(
    r"\s*(?:(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)|(?P<name>[A-Za-z_]\w*)|(?P<sign>\*\*|[-+*/^()]))", re.ASCII
)


class Entries:
    """Reads the entries of one file: equal texts once, and all of them within MAX_WORK."""

    def __init__(self) -> None:
        self._memo: dict[str, Bounded] = {}
        self._left = MAX_WORK

    def read(self, entry: object, where: str) -> Term:
        """The exact term of an int or a text; raises InputError with the place in the text.

        A term, which no file can hold, is what an importer has read already, and stays as it is.
        """
        if isinstance(entry, Term):
            return entry
        if isinstance(entry, bool) or not isinstance(entry, int | str):
            raise InputError(where, described(entry), f"a number, or a text of {GRAMMAR}")
        text = str(entry)
        if text not in self._memo:
            self._memo[text] = _Parser(text, where).value()
        value = self._memo[text]
        self._left -= 1 + value.work
        if self._left < 0:
            raise InputError(where, "more entries, or longer ones, than can be expanded in seconds", "a smaller file")
        return value.expr


def parse_entry(text: str, where: str = "entry") -> Term:
    """One entry as an exact expression in `symlstm.k`.

    >>> parse_entry("-3/2*k + 1")
    1 - 3*k/2
    """
    return Entries().read(text, where)


def parse_expression(text: str, variables: Mapping[str, str], where: str = "expression") -> Term:
    """An expression in named variables, each "real" or "natural"; a natural one may be an exponent."""
    return _Parser(text, where, {name: named(name, kind) for name, kind in variables.items()}).value().expr


def described(value: object) -> str:
    """What was found in a file, in the file's own words."""
    names = {bool: str(value).lower(), list: "a list", dict: "a table", type(None): "null"}
    return names.get(type(value)) or shortened(repr(value) if isinstance(value, str) else str(value))


def shortened(text: str, width: int = 60) -> str:
    return text if len(text) <= width else text[:width] + "..."


class _Token(NamedTuple):
    """A piece of the text and the place of its first character, from 1; the last has kind "end" or "unknown"."""

    kind: str
    text: str
    place: int


def _tokens(text: str) -> list[_Token]:
    found, end = [], 0
    while match := _TOKEN.match(text, end):
        kind = match.lastgroup or ""
        found.append(_Token(kind, match[kind], match.start(kind) + 1))
        end = match.end()
    rest = text[end:].lstrip()
    place = len(text) - len(rest) + 1
    return [*found, _Token("unknown", rest[0], place) if rest else _Token("end", "the end", place)]


class _Parser:
    """Recursive descent over the tokens of one entry; `where` is the entry's place in messages."""

    def __init__(self, text: str, where: str, variables: Mapping[str, Bounded] = FILES) -> None:
        self._text, self._where, self._depth, self._variables = text, where, 0, variables
        if len(text) > MAX_TEXT or not text.strip():
            raise InputError(where, f"a text of {len(text)} characters", f"1 to {MAX_TEXT} of {GRAMMAR}")
        self._tokens = iter(_tokens(text))
        self._token = next(self._tokens)

    def value(self) -> Bounded:
        """The whole text's value."""
        value = self._sum()
        if self._token.kind != "end":
            before = self._text[: self._token.place - 1].rstrip()
            hint = f"{before}*{self._token.text}" if self._token.text in (*self._variables, *FUNCTIONS) else ""
            self._refuse(self._token, "an operator or the end", hint)
        return value

    def _refuse(self, token: _Token, needed: str, hint: str = "", why: str = "") -> NoReturn:
        what = why or (repr(token.text) if token.kind != "end" else token.text)
        raise InputError(self._where, f"{shortened(self._text)!r}: {what} at character {token.place}", needed, hint)

    def _take(self, *texts: str) -> _Token | None:
        token = self._token
        if token.kind != "sign" or token.text not in texts:
            return None
        self._token = next(self._tokens)
        return token

    def _do(self, token: _Token, operation: Callable[..., Bounded], *operands: object) -> Bounded:
        try:
            return operation(*operands)
        except Refused as refused:
            hint = "exp(...)" if _EULER.search(self._text[: token.place - 1]) else ""
            self._refuse(token, refused.needed, hint, refused.why)

    def _sum(self) -> Bounded:
        value = self._product()
        while sign := self._take("+", "-"):
            value = self._do(sign, _SIGNS[sign.text], value, self._product())
        return value

    def _product(self) -> Bounded:
        value = self._signed()
        while sign := self._take("*", "/"):
            value = self._do(sign, _SIGNS[sign.text], value, self._signed())
        return value

    def _signed(self) -> Bounded:
        negative = False
        while sign := self._take("+", "-"):
            negative ^= sign.text == "-"
        value = self._power()
        return -value if negative else value

    def _power(self) -> Bounded:
        base, sign = self._atom(), self._take("**", "^")
        return self._do(sign, _SIGNS[sign.text], base, self._nested(sign, self._signed)) if sign else base

    def _atom(self) -> Bounded:
        token = self._token
        if parenthesis := self._take("("):
            return self._closed(parenthesis)
        if token.kind not in ("number", "name"):
            self._refuse(token, GRAMMAR, "- for minus" if token.text in "−–—" else "")
        self._token = next(self._tokens)
        return self._number(token) if token.kind == "number" else self._named(token)

    def _closed(self, parenthesis: _Token) -> Bounded:
        value = self._nested(parenthesis, self._sum)
        if not self._take(")"):
            self._refuse(self._token, f"')' for the '(' at character {parenthesis.place}")
        return value

    def _nested(self, token: _Token, part: Callable[[], Bounded]) -> Bounded:
        self._depth += 1
        if self._depth > MAX_DEPTH:
            self._refuse(token, f"at most {MAX_DEPTH}", why=f"nesting deeper than {MAX_DEPTH}")
        value = part()
        self._depth -= 1
        return value

    def _number(self, token: _Token) -> Bounded:
        mantissa, _, exponent = token.text.lower().partition("e")
        if len(mantissa) > MAX_DIGITS or len(exponent) > 6 or abs(int(exponent or 0)) > MAX_POWER:
            needed = f"at most {MAX_DIGITS} digits, and an exponent of at most {MAX_POWER}"
            self._refuse(token, needed, why="too long a number")
        return self._do(token, number, Fraction(token.text))

    def _named(self, token: _Token) -> Bounded:
        if token.text in self._variables:
            return self._variables[token.text]
        if token.text not in FUNCTIONS:
            finite = token.text.lower() in ("nan", "inf", "infinity")
            close = difflib.get_close_matches(token.text.lower(), (*self._variables, *FUNCTIONS), n=1)
            self._refuse(token, "a finite number" if finite else GRAMMAR, "".join(close))
        parenthesis = self._take("(")
        if not parenthesis:
            self._refuse(self._token, f"'(' after {token.text}")
        return self._do(token, Bounded.applied, self._closed(parenthesis), token.text)
