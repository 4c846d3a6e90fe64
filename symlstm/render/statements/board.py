"""One step of a network in full, as a lecturer writes it on the board: symbols = numbers = result, and the limit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import sympy
from sympy import Expr
from sympy.printing.str import StrPrinter

from symlstm.kernel import algebra
from symlstm.model.exact_tensors import k
from symlstm.model.named_equations import GATE, PREACTIVATION, Equation
from symlstm.model.network import Network
from symlstm.model.simulation.program import readout_form, readout_name
from symlstm.search.saturation.gate_limits import Limit

_DOUBLE = re.compile(r"(?<=\()\(([^()]*)\)(?=\))|^\(([^()]*)\)$")  # parentheses that say nothing
HALF = algebra.rational(1, 2)
SHORT = 6  # significant digits of a number on the board


class Line(NamedTuple):
    """A name, what it is, the same in numbers, the result, and what is known of it for k -> oo."""

    name: str
    symbols: str
    numbers: str
    result: str
    limit: str

    def __str__(self) -> str:
        parts = [
            self.symbols,
            *([self.numbers] if self.numbers not in (self.symbols, self.result) else []),
            self.result,
        ]
        return " = ".join(dict.fromkeys(parts))


class _Numbers(StrPrinter):  # type: ignore[misc]
    """Writes numbers in place of names; a negative one in parentheses."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__({"order": "none"})
        self._values = values

    def _print_Symbol(self, expr: Expr) -> str:
        found = self._values.get(expr.name, expr.name)
        return f"({found})" if found.startswith("-") or " " in found else found

    _print_Dummy = _print_Symbol


class _Names(StrPrinter):  # type: ignore[misc]
    """Writes sums in the order in which they stand."""

    def __init__(self) -> None:
        super().__init__({"order": "none"})


@dataclass(frozen=True)
class Board:
    """The last of some words, read from the state before it; `values` has every name's float64 value."""

    network: Network
    words: tuple[str, ...]
    scale: Fraction
    equations: Sequence[Equation]
    values: Mapping[str, float]
    limits: Mapping[str, Limit]
    readout: Mapping[str, Any]

    @property
    def heading(self) -> str:
        """Which word, and what the network reads of it."""
        seen = [
            f"{symbol.name} = {short(self.values[symbol.name])}"
            for symbol in self.network.input_symbols
            if self.values[symbol.name]
        ]
        return f"word {len(self.words)}: {self.words[-1]}   ({', '.join(seen) or 'all inputs 0'}, k = {self.scale})"

    @property
    def before(self) -> str:
        """The state that the word finds."""
        return ", ".join(f"{s.name} = {short(self.values[s.name])}" for s in self.network.state_symbols)

    def lines(self) -> list[Line]:
        """Every equation in order, and the readout."""
        return [*map(self._line, self.equations), *self._readout()]

    def _line(self, equation: Equation) -> Line:
        known = self.limits.get(equation.name.name.removesuffix("'"), Limit())
        return self._written(equation.name.name, equation.expression, said(equation, known))

    def _written(self, name: str, expression: Expr, limit: str) -> Line:
        """Inputs that are 0 are left out."""
        absent = {symbol: sympy.S.Zero for symbol in self.network.input_symbols if not self.values[symbol.name]}
        live = expression.xreplace(absent) if absent else expression
        numbers = {name: short(value) for name, value in self.values.items()} | {k.name: str(self.scale)}
        written = _DOUBLE.sub(lambda found: found[1] or found[2], _Numbers(numbers).doprint(live))
        return Line(name, _Names().doprint(live), written, short(self.values[name]), limit)

    def _readout(self) -> Iterator[Line]:
        wanted = self.readout.get("specified")
        for name, reader in self.network.readers.items():
            if (known := readout_name(name)) in self.values:
                limit = self.readout.get("limit")
                own = limit.get(name) if isinstance(limit, dict) else limit
                says = [f"-> {own}"] * (own is not None) + [f"specified {wanted}"] * (wanted is not None)
                yield self._written(known, readout_form(reader), ", ".join(says))


def said(equation: Equation, known: Limit) -> str:
    """What is known of a gate, coordinate or pre-activation for k -> oo."""
    if known.slope is not None and known.slope.monomials:
        return f"margin {known.slope} per unit of k"
    if known.limit is None:
        return ""
    if equation.kind == PREACTIVATION:
        return f"-> {known.limit}, does not grow with k"
    return f"-> {known.limit}" + (", a tie" if known.limit == HALF and equation.kind == GATE else "")


def short(value: float) -> str:
    """A number in a few digits; one that would be rounded to a whole number, and is not, keeps what makes it so.

    >>> short(200.0), short(0.7615941559557649), short(1 - 1e-9)
    ('200', '0.761594', '1 - 1e-09')
    """
    near = round(value)
    if value != near and near and abs(value - near) < 1e-5 * abs(near):
        rest = value - near
        return f"{near} {'-' if rest < 0 else '+'} {abs(rest):.0e}"
    return f"{value:.{SHORT}g}"
