"""What proves largest errors at a scale as tables for Rocq: contexts with their boxes, and where the sigmoids of a step are taken."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from typing import Any

from symlstm.certificates.at_scale import GUARD
from symlstm.certificates.recheck import Atoms, AtScale, Bounds, InBox, Interval, Network, box_of
from symlstm.certificates.rocq_values import coordinates, listed, rational, record, whole

Data = dict[str, Any]
LONGEST = 4000  # words
COST_OF_STEP, COST_OF_GAIN, MOST = 50, 0.6, 30_000 * 192**2  # milliseconds at 128 bits and GUARD
BEYOND = 8  # bits of Rocq's intervals beyond those of the kernel's
WIDER = 8  # binary places less than those of the kernel, to which arguments of sigmoids are rounded outward


def is_quick(certificate: Data) -> bool:
    """Whether it is from contexts, without a closed form, and takes Rocq half a minute at most."""
    evidence, said = certificate["proof"]["worst"], certificate["worst"]
    if evidence is None or evidence["tail"] != 0 or said["last"] > LONGEST:
        return False
    steps, level = [c["successors"] for c in evidence["contexts"]], {0}
    reached = 0
    for _ in range(said["last"]):
        level = {p for c in level for p in steps[c]} | (level if said["first"] < said["last"] else set())
        reached += len(level)
    words = len(certificate["network"]["vocabulary"])
    own = COST_OF_STEP * len(steps) + COST_OF_GAIN * reached
    return bool(own * words * evidence["bits"] ** 2 <= MOST)


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """What proves it, beside what the readout tends to."""
    evidence = certificate["proof"]["worst"]
    network = Network(certificate["network"], Atoms(certificate["atoms"]))
    size, contexts = len(network.initial), evidence["contexts"]
    yield "contexts", "list node", listed(contexts, lambda c: _node(c, size))
    by = _Recording(network.atoms, Fraction(certificate["worst"]["scale"]), evidence["bits"])
    for c in contexts:
        box: Bounds = box_of(c["box"], size)
        for w in range(len(c["successors"])):
            InBox(network, w, box, by)
    places = evidence["bits"] - GUARD - WIDER
    yield "arguments", "list (Q * Q)", listed(by.wider(places), lambda x: f"({rational(x[0])}, {rational(x[1])})")
    yield "precision", "positive", f"{evidence['bits'] - GUARD + BEYOND}%positive"


def _node(c: Data, size: int) -> str:
    return record(
        {
            "in_situation": whole(c["situation"]),
            "lies_in": coordinates(c["box"], size),
            "leads_to": listed(c["successors"], whole),
        }
    )


class _Recording(AtScale):
    """Notes the arguments of all sigmoids; tanh(x) is that of sigmoid(2 x)."""

    def __init__(self, atoms: Atoms, scale: Fraction, bits: int) -> None:
        super().__init__(atoms, scale, bits)
        self.seen = set[Interval]()

    def tanh(self, x: Any) -> Any:
        if x is not None:
            self.seen.add((2 * x[0], 2 * x[1]))
        return super().tanh(x)

    def wider(self, places: int) -> list[tuple[str, str]]:
        """A little more than each, with ends of so many binary places."""
        unit = 1 << places
        ends = {(low * unit >> self.bits, -(-high * unit >> self.bits)) for low, high in self.seen}
        return [(str(Fraction(low - 1, unit)), str(Fraction(high + 1, unit))) for low, high in sorted(ends)]
