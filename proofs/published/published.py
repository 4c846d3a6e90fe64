"""What published hand-set networks really compute.

Papers, their code, a book and a homework set the weights of recurrent networks by hand and say what the network
computes.  The files beside this script restate such networks; each names its source, and states the author's claim
in the author's own form: accepted or not by a threshold, the largest of several outputs, a count; on all words, or on
promised ones.  k = 1 are the weights as published.  Where no weights were published, or none could be found, the source
begins with "after": the construction is the author's, the numbers are ours.

Each network has two claims: that it is right in the limit, on every word sequence, as its large weights grow; and that
it is right with the weights that it has, at every length or up to the one that is named.  The second one is what runs.
What differs, and why, stands in a note.

    python proofs/published/published.py --table      prints the networks with both verdicts as a Markdown table
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from symlstm import Construction, Outcome, Verdict, as_it_stands, at_scale, claim, main, note, read_construction

HERE = Path(__file__).parent
PROVED, REFUTED, OPEN = Verdict


@dataclass(frozen=True)
class Published:
    """A network: its file, the verdicts expected in the limit and at its weights up to a length, and what is to be said.

    `length` None is every length. `after` says that the weights are ours.
    """

    id: str
    file: str
    limit: Verdict = PROVED
    weights: Verdict = PROVED
    length: int | None = None
    remark: str = ""

    @cached_property
    def read(self):
        return read_construction(HERE / self.file)

    @cached_property
    def construction(self) -> Construction:
        file = self.read
        return Construction(file.network, file.specification, file.title, file.threshold, file.margin)

    def in_the_limit(self) -> Outcome:
        return self.construction.outcome()

    def with_its_weights(self) -> Outcome:
        return as_it_stands(self.construction, self.length)


NETWORKS = (
    Published(
        "hao-counter",
        "hao_counter.toml",
        length=10**10,
        remark="The cell leaks a share sigmoid(-50) a step, so it is right up to a length, and not for ever.",
    ),
    Published(
        "hao-subsequences",
        "hao_subsequences.toml",
        length=10**10,
        remark="The decision is right although the counts are not: what is never read stays near 0, what is read once is "
        "far from the threshold, a twentieth of one occurrence.",
    ),
    Published(
        "hao-count",
        "hao_b_after_a.toml",
        weights=REFUTED,
        length=100,
        remark="The gate that reads one a has the margin 50 (2 tanh(tanh(7/10)) - 1) = 4.03, so that it is 0.983: of "
        "each b after a single a 0.983 is counted. After a and 9 times b the count is off by 0.16.",
    ),
    Published(
        "hao-automaton",
        "hao_automaton.toml",
        remark="A state shows as tanh(tanh(1)) = 0.642 where the gates take 1 and compare with 1/2: the margins are 14, not 50.",
    ),
    Published(
        "hao-automaton-half",
        "hao_automaton_half.toml",
        limit=REFUTED,
        weights=REFUTED,
        remark="With u = 1/2 a state shows as tanh(tanh(1/2)) = 0.432, below the 1/2 that the gates compare it with: from the "
        "second word on they see no state. Wrong at a b. No m helps; u must be above artanh(artanh(1/2)) = 0.616.",
    ),
    Published("hao-stack", "hao_stack.toml", weights=OPEN),
    Published("hewitt-lstm", "hewitt_lstm.toml", weights=OPEN),
    Published("hewitt-lstm-log", "hewitt_lstm_log.toml", weights=OPEN),
    Published("hewitt-rnn", "hewitt_rnn.toml"),
    Published(
        "lan-golden",
        "lan_golden.toml",
        length=10**27,
        remark="The count shows as tanh(n), the logits of b and # divide it by tanh(1): they are too far apart by at most a "
        "third, which changes no decision. The cell leaks a share sigmoid(-127) a step.",
    ),
    Published(
        "deslab-3",
        "deslab_factor_3.toml",
        weights=REFUTED,
        remark="The equations are solved for units at +1 and -1, the network's are at tanh(3/2) = 0.905 and below: each step "
        "loses more of the state. Without any noise it is wrong at 10 words.",
    ),
    Published(
        "deslab-3/2",
        "deslab_factor_3_2.toml",
        weights=REFUTED,
        remark="The same with tanh(3/4) = 0.635: wrong at 4 words.",
    ),
    Published("mitarchuk", "mitarchuk_saturated.toml"),
    Published(
        "svete",
        "svete_heaviside.toml",
        remark="Exact: nothing in it grows, so that both claims are one. With sigmoids for steps it is wrong at every scale: "
        "see minsky-1.",
    ),
    Published(
        "minsky-1",
        "minsky_bias_1.toml",
        limit=REFUTED,
        weights=REFUTED,
        remark="A unit that gets one of its two inputs is at sigmoid(0) = 1/2 whatever the scale, and the units add up.",
    ),
    Published("minsky-3/2", "minsky_bias_3_2.toml", remark="The threshold between one input and two: margins of half a weight."),
    Published("homework-100", "parity_or_nand_100.toml"),
    Published(
        "homework-10",
        "parity_or_nand_10.toml",
        remark="Handed in after a test on all words of length 14, which says nothing of longer ones; here are two boxes of "
        "states that are never left.",
    ),
    Published(
        "homework-38",
        "parity_forget_38.toml",
        length=10**14,
        remark="At zero the cell is held by a gate of sigmoid(38 (2 tanh(1) - 1) + ...) < 1 and nothing restores it: wrong after "
        "some 10^15 zeros.",
    ),
    Published(
        "homework-60",
        "parity_forget_60.toml",
        length=10**5,
        remark="The forget gate is at its threshold where one is read and the cell is empty, which does no harm; the cell is held "
        "by sigmoid(14.3) only, but wrong is certain after some 7 * 10^25 zeros only.",
    ),
    Published(
        "homework-2",
        "parity_small_weights.toml",
        weights=REFUTED,
        remark="Right in the limit and on all words of length 14, the course's test: wrong first at 48 times one, where h = 0.5004.",
    ),
    Published("sequential", "../constructions/decisions/anbn.toml", weights=OPEN),
    Published("suzgun", "../constructions/decisions/dyck1.toml", weights=OPEN),
    Published("weiss", "../constructions/decisions/majority.toml", weights=OPEN),
    Published("korsky-berwick", "../constructions/gru_automaton.toml"),
)

for found in NETWORKS:
    title = found.read.title
    up_to = "at every length" if found.length is None else f"up to {found.length} words"
    claim(found.id, f"{title}: in the limit", expect=found.limit)(found.in_the_limit)
    claim(f"{found.id}-weights", f"{title}: with its weights, {up_to}", expect=found.weights)(found.with_its_weights)
    if found.remark:
        note(f"{found.id}-note", title, found.remark)
