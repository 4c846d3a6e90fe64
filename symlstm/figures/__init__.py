"""Figures from Python: a function each, which returns a matplotlib Figure 3.4 in wide.

    from symlstm import figures
    figures.gates(construction).savefig("gates.pdf")

Those that can show any network take its `Construction`, and show the shipped sentiment network
without one. Lines are what theorems say, marks what the network does in high precision. Raises
RuleError where nothing is certified that could be shown, InputError for a network of another
kind. `symlstm plot` writes the same figures, with their numbers and captions.
"""

from __future__ import annotations

from functools import lru_cache, partial
from typing import TYPE_CHECKING

from symlstm.figures.catalogue import FIGURES, of_network, of_script

if TYPE_CHECKING:
    from matplotlib.figure import Figure

    from symlstm.proof.claims import Script
    from symlstm.search.construction import Construction

__all__ = [*FIGURES]  # noqa: PLE0604


def gates(construction: Construction | None = None) -> Figure:
    """How far each gate is from its limit, against the scale k: certified, and in the network."""
    return _figure("gates", construction)


def error_by_scale(construction: Construction | None = None) -> Figure:
    """The error of the readout against the scale at four lengths: certified, and the worst word of all."""
    return _figure("error_by_scale", construction)


def error_by_length(construction: Construction | None = None) -> Figure:
    """The error of the readout at k = 1 against the length, up to the horizon of rounding and past it."""
    return _figure("error_by_length", construction)


def machine(construction: Construction | None = None) -> Figure:
    """The saturated automaton as a graph."""
    return _figure("machine", construction)


def float_reach(construction: Construction | None = None) -> Figure:
    """In how many distinct float states all words of a length end, against how many words there are."""
    return _figure("float_reach", construction)


def sentence() -> Figure:
    """Flags and score of the sentiment network along the source's example sentence."""
    return _figure("sentence")


def region() -> Figure:
    """The weights that make the sentiment network right."""
    return _figure("region")


def reduction() -> Figure:
    """How far the LSTM is from the RNN that it contains, over bias, initial cell and time."""
    return _figure("reduction")


def cell() -> Figure:
    """The cell of that LSTM over time, and the ceiling that it never passes."""
    return _figure("cell")


def margins() -> Figure:
    """How far the gates of published networks are from their thresholds, against the least scale that is certified."""
    return _figure("margins")


def built() -> Figure:
    """How many units networks built from automata have, and with which weights they are certified, in every cell."""
    return _figure("built")


def _figure(name: str, construction: Construction | None = None) -> Figure:
    from symlstm.figures.paper import paper, picture, settled

    shown = of_script(name, shipped(FIGURES[name].script)) if construction is None else of_network(name, construction)
    with paper():
        settled(shown.figure)
    vars(shown.figure)["_repr_png_"] = partial(picture, shown, "png")  # for notebooks without %matplotlib inline
    return shown.figure


@lru_cache(maxsize=4)
def shipped(stem: str) -> Script:
    """A shipped proof script, run once in a process."""
    from symlstm.proof.claims import run_script
    from symlstm.proof.folder import proofs

    return run_script(proofs() / f"{stem}.py")
