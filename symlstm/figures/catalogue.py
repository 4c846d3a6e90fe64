"""The figures: what theorems say as lines, what networks do as marks. One module a figure.

A line is a certified bound or an exact limit, evaluated from a theorem; a mark is a measurement in
arithmetic of 50 digits and more. Logarithms are taken of exact numbers and balls; what matplotlib
is given are coordinates of six digits. Importing this costs nothing: no SymPy, no matplotlib.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symlstm.figures.paper import Drawing
    from symlstm.proof.claims import Script
    from symlstm.search.construction import Construction


@dataclass(frozen=True)
class Entry:
    """A figure: what it shows, its proof script and claims there; `any_network` if it can show a user's network too."""

    shows: str
    script: str
    claim: str
    any_network: bool = False


FIGURES = {  # the name is that of the module and of the files
    "gates": Entry("how far each gate is from its limit, against the scale", "sentiment", "S1, S3", True),
    "error_by_scale": Entry("the score's error against the scale", "sentiment", "S5", True),
    "error_by_length": Entry("the score's error against the length, past the horizon", "sentiment", "S5", True),
    "reduction": Entry("how far the LSTM is from the RNN it contains", "rnn_in_lstm", "R6-each-time, R6-uniform"),
    "cell": Entry("the cell of the reduction over time", "rnn_in_lstm", "R2"),
    "sentence": Entry("flags and score along the example sentence", "sentiment", "S2, S5, S9"),
    "region": Entry("the weights that make the network right", "region", "S7"),
    "machine": Entry("the saturated automaton as a graph", "sentiment", "S2, S3", True),
    "float_reach": Entry("distinct float states against word sequences", "sentiment", "S10", True),
    "margins": Entry(
        "margins of published networks against the least scale", "published/published", "hewitt-rnn, homework-10"
    ),
    "built": Entry("how large networks built from automata are", "built/built", "lstm-2, relu-16"),
}


OF_NETWORKS = {  # only of a network that is named
    "boxes": Entry("what the readout and a coordinate may be in each class of words at k = 1", "", "", True),
}
EVERY = FIGURES | OF_NETWORKS


def of_script(name: str, script: Script) -> Drawing:
    """A figure about the claims of its proof script."""
    from symlstm.search.construction import Construction

    if FIGURES[name].any_network:
        [construction] = [value for value in script.names.values() if isinstance(value, Construction)]
        return of_network(name, construction, FIGURES[name].claim)
    return _module(name).from_script(script)  # type: ignore[no-any-return]


def of_network(name: str, construction: Construction, claim: str = "") -> Drawing:
    """A figure about a network; raises InputError if it cannot be drawn of it, RuleError where nothing is certified."""
    return _module(name).draw(construction, claim or construction.title)  # type: ignore[no-any-return]


def _module(name: str) -> Any:
    return import_module(f"symlstm.figures.drawings.{name}")
