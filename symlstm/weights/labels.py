"""What the numbers in a file mean: one text of sorted JSON, so that equal networks make equal files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from symlstm.model.cells import GATES
from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import MAX_DELAY, MAX_HIDDEN, MAX_WORDS
from symlstm.model.file.fields import Fields
from symlstm.model.file.parser import Entries
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.simulation.running import DTYPES

KEY = "symlstm"  # under which files keep the text
SCHEMA = 1


@dataclass(frozen=True)
class Labels:
    """The meaning of a file's numbers. `gates`: the order of the blocks of rows, in the format's own letters.

    `scale` is the k at which they were taken, `rounded` how many of them are not exactly the
    network's. The readout's coefficients stay exact.
    """

    cell: str
    gates: tuple[str, ...]
    vocabulary: tuple[str, ...]
    readout: tuple[ReadoutTerm, ...]
    delay: int
    title: str
    scale: Fraction
    dtype: str
    rounded: int

    @property
    def text(self) -> str:
        """The labels as JSON, keys sorted."""
        readout = [{"state": term.state, "index": term.index, "coeff": str(term.coeff)} for term in self.readout]
        table = asdict(self) | {"schema": SCHEMA, "readout": readout, "scale": str(self.scale)}
        return json.dumps(table, sort_keys=True)

    @property
    def described(self) -> dict[str, Any]:
        """What of it `Network` takes beside the tensors."""
        names = ("cell", "vocabulary", "readout", "delay", "title")
        return {name: getattr(self, name) for name in names}


def labels_of(network: Network, gates: tuple[str, ...], scale: Fraction, dtype: str, rounded: int) -> Labels:
    """The labels of a network at a scale."""
    words, readout = tuple(network.vocabulary), tuple(network.readout)
    return Labels(network.cell, gates, words, readout, network.delay, network.title, scale, dtype, rounded)


def read_labels(text: str, file: str) -> Labels:
    """The labels that a file's text says; raises InputError naming the file and the field."""
    try:
        table = json.loads(text)
    except (ValueError, RecursionError):
        raise InputError(f"{file}: labels", "no JSON", "the labels that symlstm writes") from None
    known = [*Labels.__dataclass_fields__, "schema"]
    top = Fields(file, "labels.", table, known, Entries())
    scale = top.rational("scale")
    if top.whole("schema", SCHEMA) != SCHEMA or scale <= 0:
        found = f"{top.whole('schema', SCHEMA)}, and scale {scale}"
        raise InputError(top.where("schema"), found, f"{SCHEMA}, and a scale > 0")
    return Labels(
        cell=top.choice("cell", tuple(GATES)),
        gates=top.texts("gates", 4),
        vocabulary=top.texts("vocabulary", MAX_WORDS),
        readout=_terms(top),
        delay=top.whole("delay", MAX_DELAY),
        title=top.text("title"),
        scale=scale,
        dtype=top.choice("dtype", DTYPES),
        rounded=top.whole("rounded", 10**9),
    )


def _terms(top: Fields) -> tuple[ReadoutTerm, ...]:
    terms = top.tables("readout", ("state", "index", "coeff"))
    return tuple(ReadoutTerm(t.text("state"), t.whole("index", MAX_HIDDEN - 1), t.entry("coeff")) for t in terms)
