"""The cells' equations as formulas, written by the functions that run them."""

from __future__ import annotations

from dataclasses import dataclass

from symlstm.model.cells import GATES, Arithmetic, lstm_gates, lstm_update
from symlstm.render.formulas.formula import Formula, Letter, Named, Script, applied, row


@dataclass(frozen=True)
class Written:
    """A formula that can be added and multiplied, so that the cells' own equations write themselves."""

    tree: Formula

    def __mul__(self, other: Written) -> Written:
        return Written(row(self.tree, "odot", other.tree))

    def __add__(self, other: Written) -> Written:
        return Written(row(self.tree, "+", other.tree))


WRITING = Arithmetic(
    lambda x: Written(applied("sigma", x.tree)),
    lambda x: Written(applied(Named("tanh"), x.tree)),
)


def at(letter: str, *time: str) -> Formula:
    """A vector at a time."""
    return Script(Letter(letter), row(*(time or ("t",))))


def block(letter: str, *indices: str) -> Formula:
    """W_{io} and the like."""
    return Script(Letter(letter), row(*indices))


def preactivation(gate: str) -> Written:
    """W_ii x_t + b_ii + W_hi h_(t-1) + b_hi, of any gate."""
    read = row(block("W", "i", gate), at("x"), "+", block("b", "i", gate))
    kept = row(block("W", "h", gate), at("h", "t", "-", "1"), "+", block("b", "h", gate))
    return Written(row(read, "+", kept))


def lstm_equations() -> tuple[Formula, ...]:
    """PyTorch's LSTM, from the functions that run it."""
    i, f, g, o = map(preactivation, GATES["lstm"])
    gates = lstm_gates(i, f, g, o, WRITING)
    names = [Written(at(name)) for name in GATES["lstm"]]
    lines = [(name.tree, value.tree) for name, value in zip(names, gates, strict=True)]
    _, cell = lstm_update(type(gates)(*names), Written(at("c", "t", "-", "1")), WRITING)
    output = row(at("o"), "odot", applied(Named("tanh"), at("c")))
    return tuple(row(left, "=", right) for left, right in [*lines, (at("c"), cell.tree), (at("h"), output)])
