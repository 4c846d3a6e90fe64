"""What the numbers in a file mean: one text of sorted JSON, so that equal networks make equal files."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from fractions import Fraction
from typing import Any

from symlstm.model.cells import CELLS
from symlstm.model.errors import InputError
from symlstm.model.file.construction_file import MAX_DELAY
from symlstm.model.file.fields import Fields
from symlstm.model.file.network_tables import MAX_LAYERS, MAX_WORDS, TERM, read_term
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
    above: tuple[str, ...] = ()  # the cells of the layers above the first

    @property
    def text(self) -> str:
        """The labels as JSON, keys sorted."""
        table = asdict(self) | {"schema": SCHEMA, "readout": [*map(_written, self.readout)], "scale": str(self.scale)}
        return json.dumps({key: x for key, x in table.items() if x or key != "above"}, sort_keys=True)

    @property
    def described(self) -> dict[str, Any]:
        """What of it `Network` takes beside the tensors."""
        names = ("cell", "above", "vocabulary", "readout", "delay", "title")
        return {name: getattr(self, name) for name in names}


def labels_of(network: Network, gates: tuple[str, ...], scale: Fraction, dtype: str, rounded: int) -> Labels:
    """The labels of a network at a scale."""
    words, readout = tuple(network.vocabulary), tuple(network.readout)
    above = tuple(layer.cell for layer in network.above)
    return Labels(network.cell, gates, words, readout, network.delay, network.title, scale, dtype, rounded, above)


def _written(term: ReadoutTerm) -> dict[str, Any]:
    layer = {"layer": term.layer} if term.layer else {}
    return {"state": term.state, "index": term.index, "coeff": str(term.coeff)} | layer


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
        cell=top.choice("cell", tuple(CELLS)),
        gates=top.texts("gates", 4),
        vocabulary=top.texts("vocabulary", MAX_WORDS),
        readout=_terms(top),
        delay=top.whole("delay", MAX_DELAY),
        title=top.text("title"),
        scale=scale,
        dtype=top.choice("dtype", DTYPES),
        rounded=top.whole("rounded", 10**9),
        above=_cells(top),
    )


def _cells(top: Fields) -> tuple[str, ...]:
    cells = top.texts("above", MAX_LAYERS) if top.has("above") else ()
    for cell in cells:
        if cell not in CELLS:
            raise InputError(top.where("above"), repr(cell), f"cells of {', '.join(CELLS)}")
    return cells


def _terms(top: Fields) -> tuple[ReadoutTerm, ...]:
    return tuple(map(read_term, top.tables("readout", TERM)))
