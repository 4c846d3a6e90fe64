"""A network as the fields of a construction file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from sympy import Expr
from sympy.printing.str import StrPrinter

from symlstm.model.errors import InputError
from symlstm.model.exact_tensors import Nested
from symlstm.model.file.parser import parse_entry
from symlstm.model.network import Network


class _Printer(StrPrinter):  # type: ignore[misc]
    """Writes what the parser reads."""

    def _print_Exp1(self, expr: Expr) -> str:
        return "exp(1)"


def entry_text(entry: Expr) -> str:
    """An exact entry as a text that reads as the same entry. Raises InputError for one that has none."""
    text = str(_Printer().doprint(entry))
    if parse_entry(text) != entry:
        raise InputError("entry", text, "numbers, k, + - * /, powers, exp, tanh, sigmoid")
    return text


def fields_of(network: Network, written: Callable[[Expr], Any] = lambda entry: entry) -> dict[str, Any]:
    """The fields cell, vocabulary, weights, initial and readout, each entry as `written`: by default as it is."""

    def listed(array: Nested) -> Any:
        return [listed(part) for part in array] if isinstance(array, tuple) else written(array)

    names = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
    start = ("h0", "c0") if network.cell == "lstm" else ("h0",)
    terms = [{"state": t.state, "index": t.index, "coeff": written(t.coeff)} for t in network.readout]
    found = {
        "cell": network.cell,
        "vocabulary": [*network.vocabulary],
        "weights": {f"{name}_l0": listed(getattr(network, name)) for name in names},
        "initial": {name: listed(getattr(network, name)) for name in start},
    }
    return found | ({"readout": {"delay": network.delay, "terms": terms}} if terms else {})
