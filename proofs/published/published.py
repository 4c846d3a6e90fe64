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
    python proofs/published/published.py --short      the same of some of them
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from pathlib import Path

from symlstm import Construction, Outcome, Verdict, as_it_stands, claim, main, note, read_construction, wrong_on

HERE = Path(__file__).parent
PROVED, REFUTED, OPEN = Verdict
SHORT = 8


@dataclass(frozen=True)
class Published:
    """A network: its file, the verdicts expected in the limit and with its weights, and what is to be said.

    With its weights it is claimed to be right up to a length, None for every one. Where it is known to be wrong on
    some words, those are run. `least` is a scale of two digits, the least that was found by halving, at which all
    sequences of up to SHORT words are right.
    """

    id: str
    file: str
    limit: Verdict = PROVED
    weights: Verdict = PROVED
    length: int | None = None
    wrong: str = ""
    remark: str = ""
    least: str = ""

    @cached_property
    def read(self):
        return read_construction(HERE / self.file)

    @cached_property
    def construction(self) -> Construction:
        file = self.read
        return Construction(file.network, file.specification, file.title, file.threshold, file.margin)

    @property
    def reach(self) -> str:
        """Up to which length it is claimed to be right."""
        return "at every length" if self.length is None else f"up to {power_of_ten(self.length)} words"

    def in_the_limit(self) -> Outcome:
        return self.construction.outcome()

    def with_its_weights(self) -> Outcome:
        if self.wrong:
            return wrong_on(self.construction, self.wrong.split(), hint=self.remark)
        return as_it_stands(self.construction, self.length, hint=self.remark)


def power_of_ten(n: int) -> str:
    """A length as it is read best."""
    digits = len(str(n)) - 1
    return f"10^{digits}" if n == 10**digits and digits > 3 else str(n)


NETWORKS = (
    Published(
        "hao-counter",
        "hao_counter.toml",
        least="0.1",
        length=10**10,
        remark="The cell leaks a share sigmoid(-50) a step, so it is right up to a length, and not for ever.",
    ),
    Published(
        "hao-subsequences",
        "hao_subsequences.toml",
        length=8,
        remark="The decision is right although the counts are not: what is never read stays near 0, what is read once is "
        "far from the threshold, a twentieth of one occurrence. Longer words are not certified.",
    ),
    Published(
        "hao-count",
        "hao_b_after_a.toml",
        least="0.75",
        weights=REFUTED,
        wrong="a" + 30 * " b",
        remark="The gate that reads one a has the margin 50 (2 tanh(tanh(7/10)) - 1) = 4.03, so that it is 0.983: of "
        "each b after a single a 0.983 is counted. After a and 9 times b the count is off by 0.16.",
    ),
    Published(
        "hao-automaton",
        "hao_automaton.toml",
        least="0.25",
        remark="A state shows as tanh(tanh(1)) = 0.642 where the gates take 1 and compare with 1/2: the margins are 14, not 50.",
    ),
    Published(
        "hao-automaton-half",
        "hao_automaton_half.toml",
        limit=REFUTED,
        weights=REFUTED,
        wrong="a b",
        remark="With u = 1/2 a state shows as tanh(tanh(1/2)) = 0.432, below the 1/2 that the gates compare it with: from the "
        "second word on they see no state. Wrong at a b. No m helps; u must be above artanh(artanh(1/2)) = 0.616.",
    ),
    Published(
        "hao-stack",
        "hao_stack.toml",
        length=1000,
        remark="Each bracket that is opened inside another adds 1 to the cell which says that the first slot is full, and only "
        "the last one closed takes that away: it shows as tanh(n) instead of tanh(1), which does no harm. Boxes that grow "
        "with it are followed to 1080 words; nothing wrong was found beyond.",
    ),
    Published(
        "hewitt-lstm",
        "hewitt_lstm.toml",
        length=10**100,
        remark="A slot leaks less than 10^-1100 a word. Longer sequences than these are not asked about.",
    ),
    Published("hewitt-lstm-log", "hewitt_lstm_log.toml", length=10**100, remark="As the one above."),
    Published("hewitt-rnn", "hewitt_rnn.toml", least="0.0002"),
    Published(
        "lan-golden",
        "lan_golden.toml",
        least="0.042",
        length=10**27,
        remark="The count shows as tanh(n), the logits of b and # divide it by tanh(1): they are too far apart by at most a "
        "third, which changes no decision. The cell leaks a share sigmoid(-127) a step.",
    ),
    Published(
        "deslab-3",
        "deslab_factor_3.toml",
        least="1.2",
        weights=REFUTED,
        wrong="0 0 0 0 0 1 0 0 0 1",
        remark="The equations are solved for units at +1 and -1, the network's are at tanh(3/2) = 0.905 and below: each step "
        "loses more of the state. Without any noise it is wrong at 10 words.",
    ),
    Published(
        "deslab-3/2",
        "deslab_factor_3_2.toml",
        least="2.4",
        weights=REFUTED,
        wrong="0 0 0 0",
        remark="The same with tanh(3/4) = 0.635: wrong at 4 words.",
    ),
    Published("mitarchuk", "mitarchuk_saturated.toml", least="0.04"),
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
        wrong="0 0 0",
        remark="A unit that gets one of its two inputs is at sigmoid(0) = 1/2 whatever the scale, and the units add up.",
    ),
    Published(
        "minsky-3/2",
        "minsky_bias_3_2.toml",
        least="0.05",
        remark="The threshold between one input and two: margins of half a weight.",
    ),
    Published(
        "merrill-sum",
        "merrill_sum.toml",
        limit=REFUTED,
        weights=REFUTED,
        wrong="1 1 1",
        remark="In the limit, as the source claims it, at a zero both gates are sigmoid(0) = 1/2 whatever the scale: wrong after 0, "
        "where 1/2 is read. The gates have no bias. With -1 for a zero it would forget all ones before.",
    ),
    Published(
        "merrill-bit",
        "merrill_bit.toml",
        limit=REFUTED,
        weights=REFUTED,
        wrong="1 1 0",
        remark="As the one above: in the limit 1/2 is read after 0, and after 1 0 the 1 is still read.",
    ),
    Published(
        "merrill-rnn",
        "merrill_rnn.toml",
        remark="The states after the first word are 1 and -1, before it 0: the unit for that is what the lemma adds.",
    ),
    Published("homework-100", "parity_or_nand_100.toml", least="0.067"),
    Published(
        "homework-10",
        "parity_or_nand_10.toml",
        least="0.66",
        remark="Handed in after a test on all words of length 14, which says nothing of longer ones; here are two boxes of "
        "states that are never left.",
    ),
    Published(
        "homework-38",
        "parity_forget_38.toml",
        least="0.096",
        length=10**14,
        remark="At zero the cell is held by a gate of sigmoid(38 (2 tanh(1) - 1) + ...) < 1 and nothing restores it: wrong after "
        "some 10^15 zeros.",
    ),
    Published(
        "homework-60",
        "parity_forget_60.toml",
        least="0.24",
        length=10**5,
        remark="The forget gate is at its threshold where one is read and the cell is empty, which does no harm; the cell is held "
        "by sigmoid(14.3) only, but wrong is certain after some 7 * 10^25 zeros only.",
    ),
    Published(
        "homework-2",
        "parity_small_weights.toml",
        least="0.74",
        weights=REFUTED,
        wrong=" ".join(48 * ["one"]),
        remark="Right in the limit and on all words of length 14, the course's test: wrong first at 48 times one, where h = 0.5004.",
    ),
    Published("gers", "../constructions/decisions/anbn.toml", length=10**19),
    Published("suzgun", "../constructions/decisions/dyck1.toml", least="0.11", length=10**20),
    Published("weiss", "../constructions/decisions/majority.toml", least="0.048", length=10**21),
    Published("korsky-berwick", "../constructions/gru_parity.toml", least="0.067", length=10**21),
)
BY_ID = {network.id: network for network in NETWORKS}

for network in NETWORKS:
    title = network.read.title
    claim(network.id, f"{title}: in the limit", expect=network.limit)(network.in_the_limit)
    claim(f"{network.id}-weights", f"{title}: with its weights, {network.reach}", expect=network.weights)(
        network.with_its_weights
    )
    if network.remark:
        note(f"{network.id}-note", title, network.remark)


# How large m must be for Hao's count to be right, rounded, on all words of up to 100: the weights are 50 k.
COUNT = BY_ID["hao-count"]


@claim("hao-count-21", "Hao's count of b after an a: with its weights, up to 21 words")
def right_on_short_words() -> Outcome:
    return as_it_stands(COUNT.construction, 21)


@claim("hao-count-70", "Hao's count of b after an a: with m = 70, up to 100 words")
def right_to_100() -> Outcome:
    return as_it_stands(COUNT.construction, 100, k=Fraction(7, 5))


@claim("hao-count-65", "Hao's count of b after an a: with m = 65.7, up to 100 words", expect=REFUTED)
def wrong_at_100() -> Outcome:
    return wrong_on(COUNT.construction, ["a", *99 * ["b"]], k=Fraction(657, 500))


SOME = ("hao-counter", "hao-count", "hao-automaton-half", "hao-stack", "hewitt-lstm", "hewitt-rnn", "lan-golden")
SOME += ("deslab-3", "svete", "minsky-1", "minsky-3/2", "merrill-sum", "homework-38", "homework-2")


def table(networks: Iterable[Published] = NETWORKS) -> Iterator[str]:
    """The networks, their sources, the authors' claims, and both verdicts as they come out, in Markdown."""
    yield "| network | source | claimed | in the limit | with its weights |"
    yield "|---|---|---|---|---|"
    for network in networks:
        file = network.read
        claimed = re.sub(r"[.:;](\s.*|$)", "", file.description)
        limit, weights = network.in_the_limit().verdict, network.with_its_weights().verdict
        yield f"| {file.title} | {source(file.source)} | {claimed} | {limit.value} | {said(network, weights)} |"


def source(text: str) -> str:
    """Author and year; "after" them if the weights are ours."""
    known = re.match(r"(?:after )?(.*?\(\d{4}\))", text)
    name = known[1] if known else re.split(r"[,:;]", text)[0]
    return f"after {name}" if re.search("^after|weights here are ours", text) else name


def said(network: Published, verdict: Verdict) -> str:
    """What became of the claim about the network with its weights."""
    if verdict is PROVED:
        return f"right {network.reach}"
    return f"wrong at {len(network.wrong.split())} words" if verdict is REFUTED else "open"


if __name__ == "__main__":
    if "--table" in sys.argv[1:]:
        sys.stdout.writelines(f"{line}\n" for line in table())
        raise SystemExit
    if "--short" in sys.argv[1:]:
        sys.stdout.writelines(f"{line}\n" for line in table([BY_ID[name] for name in SOME]))
        raise SystemExit
    raise SystemExit(main(__file__))
