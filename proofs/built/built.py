"""What `symlstm build` makes of automata: how many units they take, and how large the weights must be.

Random automata over two letters, minimal, each reached, in every cell. Of each network it is claimed that its weights
as they stand decide every word sequence of every length as the automaton does.
"""

from __future__ import annotations

import random
from dataclasses import dataclass
from functools import cached_property, lru_cache

from symlstm import Built, Outcome, Verdict, build, claim, main
from symlstm.builder.threshold_layer import minimised
from symlstm.kernel.networks.machines import Machine
from symlstm.model.specifications.regular import dfa
from symlstm.proof.claims import undecided

LETTERS = ("a", "b")
SIZES = (2, 4, 8, 16)
CELLS = {
    "lstm": "LSTM",
    "gru": "GRU",
    "rnn_tanh": "RNN with tanh",
    "rnn_sigmoid": "RNN with sigmoid",
    "relu": "RNN with ReLU",
}


@lru_cache
def automaton(states: int) -> Machine:
    """A minimal automaton of so many states, the same on every run."""
    choose = random.Random(states)
    while True:
        table = {f"s{q}": {x: f"s{choose.randrange(states)}" for x in LETTERS} for q in range(states)}
        found = minimised(dfa([*LETTERS], "s0", table, [q for q in table if choose.random() < 1 / 2]))
        if len(found.states) == states:
            return found


@dataclass(frozen=True)
class Example:
    """An automaton in a cell."""

    states: int
    cell: str

    @property
    def id(self) -> str:
        return f"{self.cell.replace('_', '-')}-{self.states}"

    @cached_property
    def built(self) -> Built:
        return build(automaton(self.states), self.cell)

    def proved(self) -> Outcome:
        known = self.built.at_weights
        return Outcome(Verdict.PROVED, known.right) if known.is_right_up_to(None) else undecided(known.reason)


EXAMPLES = [Example(states, cell) for states in SIZES for cell in CELLS]

for example in EXAMPLES:
    title = f"a random automaton of {example.states} states, {CELLS[example.cell]}: at its weights, at every length"
    claim(example.id, title)(example.proved)


if __name__ == "__main__":
    raise SystemExit(main(__file__))
