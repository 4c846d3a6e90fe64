"""Trains the three networks of this folder, with PyTorch: python proofs/trained/train.py FOLDER (a minute each).

Tomita's languages 1, 2 and 4. Noise is added to the state at each step, so that words which the network need not
tell apart come to lie close together: boxes around them close. Every prefix of a word is labelled.
"""

from __future__ import annotations

import sys
from pathlib import Path

import torch
from safetensors.torch import save_file
from torch import Tensor, nn
from torch.nn import functional

AUTOMATA = {  # next state after 0 and after 1, for each state; the accepting states; share of ones in the words
    "tomita_1": ([(1, 0), (1, 1)], {0}, 0.9),
    "tomita_2": ([(2, 1), (0, 2), (2, 2)], {0}, None),  # words near 1 0 1 0 ...
    "tomita_4": ([(1, 0), (2, 0), (3, 0), (3, 3)], {0, 1, 2}, 0.5),
}
NETWORKS = {"tomita_1": ("RNN", 2), "tomita_2": ("GRU", 3), "tomita_4": ("GRU", 4)}
SEED, STEPS, BATCH, NOISE, RATE = 1, 1500, 64, 0.15, 0.02


def words_of(share: float | None, length: int, source: torch.Generator) -> Tensor:
    """Random words of zeros and ones, (BATCH, length)."""
    found = torch.randint(0, 2, (BATCH, length), generator=source)
    if share is None:
        turns = torch.tensor([1, 0] * (length // 2 + 1))[:length].repeat(BATCH, 1)
        return (turns + (torch.rand(BATCH, length, generator=source) < 0.08).long()) % 2
    return (torch.rand(*found.shape, generator=source) < share).long()


def labels(words: Tensor, table: list[tuple[int, int]], accepting: set[int]) -> Tensor:
    """1 for each prefix that the automaton accepts, (BATCH, length)."""
    out = torch.zeros(words.shape)
    for i, word in enumerate(words.tolist()):
        state = 0
        for t, letter in enumerate(word):
            state = table[state][letter]
            out[i, t] = float(state in accepting)
    return out


class Network(nn.Module):
    """One recurrent layer, and a head with one output."""

    def __init__(self, kind: str, hidden: int) -> None:
        super().__init__()
        self.rnn = getattr(nn, kind)(2, hidden, batch_first=True)
        self.head = nn.Linear(hidden, 1)

    def forward(self, x: Tensor, noise: float) -> Tensor:
        """The output after each word; x (BATCH, length, 2) to (BATCH, length)."""
        h, outputs = torch.zeros(1, len(x), self.rnn.hidden_size), []
        for t in range(x.shape[1]):
            _, h = self.rnn(x[:, t : t + 1], h)
            h = h + noise * torch.randn_like(h)
            outputs.append(self.head(h[0])[:, 0])
        return torch.stack(outputs, 1)


def train(name: str) -> Network:
    """The network of that name, trained from the seed."""
    (table, accepting, share), (kind, hidden) = AUTOMATA[name], NETWORKS[name]
    torch.manual_seed(SEED)
    source = torch.Generator().manual_seed(SEED)
    network = Network(kind, hidden)
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    for step in range(STEPS):
        words = words_of(share, 8 + int(torch.randint(0, 10, (1,), generator=source)), source)
        one_hot = functional.one_hot(words, 2).float()
        output = network(one_hot, NOISE * min(1, 3 * step / STEPS))
        loss = functional.binary_cross_entropy_with_logits(output, labels(words, table, accepting))
        optimizer.zero_grad()
        loss.backward()
        nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
    return network


def main(folder: Path) -> None:
    """Writes the layer's tensors; the head's are printed, for the readout of the construction files."""
    torch.set_num_threads(1)
    for name in NETWORKS:
        state = train(name).state_dict()
        layer = {key[4:]: tensor.contiguous() for key, tensor in state.items() if key.startswith("rnn.")}
        save_file(layer, folder / f"{name}.safetensors")
        print(name, state["head.weight"].tolist(), state["head.bias"].tolist())


if __name__ == "__main__":
    main(Path(sys.argv[1]))
