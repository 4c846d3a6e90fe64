"""Letters for expressions that recur: c* for e^B tanh(B). A document defines those that it used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from sympy import Add, Basic, Expr, Mul, Symbol

from symlstm.render.statements.written import Diverges, TendsTo


class Abbreviations:
    """Symbols with what they stand for; a later one may contain the earlier. `used` are those that were needed."""

    def __init__(self, meanings: Mapping[Symbol, Expr]) -> None:
        self.meanings: dict[Symbol, Expr] = {}
        self.used: set[Symbol] = set()
        for symbol, whole in meanings.items():
            self.meanings[symbol] = self.put_into(whole)
        self.used.clear()

    def put_into(self, found: Basic) -> Any:
        """The same with all abbreviations."""
        for symbol, whole in self.meanings.items():
            shorter = _replaced(found, whole, symbol)
            if shorter != found:
                self.used.add(symbol)
            found = shorter
        return found

    def definitions(self) -> list[tuple[Symbol, Expr]]:
        """Those that were used, with the ones that they are defined by, in order."""
        needed = set(self.used)
        for symbol, whole in reversed(self.meanings.items()):
            needed |= whole.free_symbols & set(self.meanings) if symbol in needed else set()
        return [(symbol, whole) for symbol, whole in self.meanings.items() if symbol in needed]


_NONE = Abbreviations({})
_ACTIVE: ContextVar[Abbreviations] = ContextVar("abbreviations", default=_NONE)


def abbreviated(found: Basic) -> Any:
    """An expression or proposition with the abbreviations of the document that is being written."""
    return _ACTIVE.get().put_into(found)


@contextmanager
def using(found: Abbreviations) -> Iterator[Abbreviations]:
    """Abbreviates what is written in the block."""
    token = _ACTIVE.set(found)
    try:
        yield found
    finally:
        _ACTIVE.reset(token)


def _replaced(node: Basic, whole: Expr, symbol: Symbol) -> Any:
    """The node with the symbol for every part that is the whole, or a sum or product that contains it."""
    if not node.args or (isinstance(node, TendsTo | Diverges) and set(node.variables) & whole.free_symbols):
        return node  # under a limit the symbol would hide the variable
    args = tuple(_replaced(part, whole, symbol) for part in node.args)
    new = node if args == node.args else node.func(*args)
    if new == whole:
        return symbol
    if isinstance(whole, Add | Mul) and new.func is whole.func and set(whole.args) <= set(new.args):
        return new.func(symbol, *(part for part in new.args if part not in whole.args))
    return new
