"""What holds at one scale of all words as tables for Rocq: the boxes of classes of words."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise
from typing import Any

from symlstm.certificates.rocq_machines import acceptance, form_in_registers, machine, optional, place, promise
from symlstm.certificates.rocq_runs import specification
from symlstm.certificates.rocq_values import constant, integer, listed, output, rational, record, term, whole

Data = dict[str, Any]
BEYOND = 48  # bits of the intervals beyond those of the plain checker, whose numbers are of fixed size
MOST = 11_000_000  # gates of all steps, times the square of the bits
KINDS = ("DecidesAt", "WithinAt", "ChoosesAt")


def covers(certificate: Data) -> bool:
    """Whether its proof is by boxes, not of a GRU, whose mixtures may need more bits, and Rocq evaluates them in half a
    minute: the time grows with the gates and with the square of the bits.
    """
    proof = certificate["proof"]
    if "classes" not in proof or any(layer["cell"].startswith("gru") for layer in certificate["network"]["layers"]):
        return False
    steps = sum(len([p for p in c["successors"] if p is not None]) * len(c["boxes"]) for c in proof["classes"])
    gates = sum(len(layer["bias_ih"]) for layer in certificate["network"]["layers"])
    return bool(steps * gates * _precision(proof) ** 2 <= MOST)


def _precision(proof: Data) -> int:
    bits: int = proof["bits"]
    return bits + BEYOND


def said(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what the statement says of the network, in the order of `rocq.STATED`."""
    kind, spec, readout = certificate["theorem"], specification(certificate), certificate["readout"]
    if kind == "DecidesAt":
        yield "terms", "list (nat * constant)", listed(readout["terms"], term)
    elif kind == "WithinAt":
        yield "out", "list (nat * constant) * constant", output([readout["terms"], certificate["constant"]])
    else:
        yield "outs", "list (list (nat * constant) * constant)", listed(certificate["readouts"], output)
    yield "delay", "nat", whole(readout["delay"])
    yield "spec", "machine", machine(spec)
    if kind == "DecidesAt":
        yield "accepting", "acceptance", acceptance(spec)
    elif kind == "WithinAt":
        yield "numbers", "list form", listed(spec["values"], form_in_registers)
    else:
        yield "choices", "list nat", listed(spec["choices"], whole)
    yield "domain", "promise", promise(spec["domain"])
    if kind == "DecidesAt":
        yield "threshold", "constant", constant(certificate["threshold"])
    elif kind == "WithinAt":
        yield "bound", "Q", rational(certificate["bound"])
    yield "at_k", "Q", rational(certificate["scale"])
    yield "up_to", "option Z", optional(certificate["last"], integer)


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what proves it: the lengths of the stretches, the classes, the precision of the intervals."""
    proof, network = certificate["proof"], certificate["network"]
    size = sum(len(layer.get(name, [])) for layer in network["layers"] for name in ("h0", "c0"))
    lengths = [t - s for s, t in pairwise(proof["knots"])] or [certificate["last"] or 1]
    yield "lengths", "list positive", listed(lengths, lambda n: f"{n}%positive")
    yield "classes", "list class", listed(proof["classes"], lambda c: _class(c, size))
    yield "precision", "positive", f"{_precision(proof)}%positive"


def _class(c: Data, size: int) -> str:
    return record(
        {
            "recent": listed(reversed(c["configurations"]), place),
            "promise_here": optional(c["domain"], place),
            "least": integer(c["least"]),
            "boxes": listed(c["boxes"], lambda pair: _pair(pair, size)),
            "onward": listed(c["successors"], lambda p: optional(p, whole)),
        }
    )


def _pair(pair: Any, size: int) -> str:
    first, last = _ends(pair[0], size), _ends(pair[-1], size)
    return f"({first}, {'[]' if first == last else last})"


def _ends(box: Any, size: int) -> str:
    known = {n: f"Some ({rational(low)}, {rational(high)})" for n, low, high in box}
    return listed([known.get(n, "None") for n in range(size)], str)
