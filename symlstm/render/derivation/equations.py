"""The cells' equations as formulas, written by the functions that run them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from symlstm.model.cells import Arithmetic, Cell, Step, Weights
from symlstm.render.formulas.formula import Fence, Formula, Letter, Named, Script, applied, row


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
NAMES: dict[str, Formula | str] = {"sigmoid": "sigma", "strict step": Named("step")}


def at(letter: str, *time: str) -> Formula:
    """A vector at a time."""
    return Script(Letter(letter), row(*(time or ("t",))))


def block(letter: str, *indices: str) -> Formula:
    """W_{io} and the like."""
    return Script(Letter(letter), row(*indices)) if indices else Letter(letter)


@dataclass
class WrittenStep(Step):
    """A step that writes down what it is asked for, a line for each gate and for the cell."""

    lines: list[tuple[Formula, Formula]] = field(default_factory=list)

    def gate(self, letter: str, cell: Any = None) -> Any:
        before = self._input(letter) + self._state(letter, self.h)
        if self.weights.peephole is not None and letter in self.cell.peepholes:
            seen = self.named("c", cell) if cell is not self.c else cell
            before = before + Written(block("p", letter)) * seen
        return self.activated(letter, before)

    def of_input(self, letter: str) -> Any:
        return self._input(letter)

    def of_state(self, letter: str, h: Any = None) -> Any:
        if h is None:
            return Written(Fence(self._state(letter, self.h).tree))
        return self._state(letter, Written(Fence(h.tree)))

    def activated(self, letter: str, before: Any) -> Any:
        name = self.cell.gates[letter]
        value = applied(NAMES.get(name, Named(name)), before.tree)
        return Written(value) if len(self.cell.gates) == 1 else self.named(letter, Written(value))

    def complement(self, x: Any) -> Any:
        return Written(Fence(row("1", "-", x.tree)))

    def squashed(self, x: Any) -> Any:
        return Written(applied(Named(self.cell.squash), self.named("c", x).tree))

    def projected(self, h: Any) -> Any:
        if self.weights.weight_hr is None:
            return h
        return Written(row(block("W", "h", "r"), Fence(h.tree)))

    def named(self, letter: str, value: Any) -> Written:
        """The vector of that letter at t, after its line is written."""
        line = (at(letter), value.tree)
        if line not in self.lines:
            self.lines.append(line)
        return Written(at(letter))

    def _input(self, letter: str) -> Written:
        side = [letter] * (len(self.cell.gates) > 1) or ["h"]
        return Written(row(block("W", "i", *side), at("x"), "+", block("b", "i", *side)))

    def _state(self, letter: str, h: Written) -> Written:
        side = [letter] * (len(self.cell.gates) > 1) or ["h"]
        return Written(row(block("W", "h", *side), h.tree, "+", block("b", "h", *side)))


def equations(cell: Cell, projection: bool = False, peepholes: bool = False) -> tuple[Formula, ...]:
    """A cell as PyTorch's documentation writes it, from the functions that run it."""
    there = ((),)
    weights = Weights(there, there, there, there, there if projection else None, there if peepholes else None)
    old_h, old_c = (Written(at(letter, "t", "-", "1")) for letter in "hc")
    step = WrittenStep(cell, weights, (), old_h, old_c, WRITING)
    h, _ = cell.equations(step)
    return tuple(row(left, "=", right) for left, right in (*step.lines, (at("h"), h.tree)))
