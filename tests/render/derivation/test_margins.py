"""What a derivation says of the pre-activation nearest to 0."""

from __future__ import annotations

import pytest
from support.networks import sentiment
from sympy import Rational

from symlstm.model.exact_tensors import k
from symlstm.model.network import Network, ReadoutTerm
from symlstm.model.specification import pattern_counts
from symlstm.render.derivation.margins import margins, smallest
from symlstm.render.documents.markdown import MarkdownWriter
from symlstm.search.construction import Construction

NEAREST = (
    "Up to an error that vanishes exponentially, no pre-activation but those that are exactly 0 is nearer to 0 than "
)


def said(construction: Construction) -> str:
    found = margins(construction.rates)
    assert found is not None
    names = [symbol.name for symbol in dict.fromkeys(symbol for _, _, symbol, _ in found.table.rows)]
    written = " ".join(MarkdownWriter().block(block).strip() for block in smallest(found, names))
    return written.replace("`", "").replace(" k$", "k$")


def counter(**blocks: object) -> Construction:
    gates = {"W_ig": [[100 * k, 0]], "b_ii": [100 * k], "b_if": [100 * k], "b_io": [-100 * k]}
    network = Network.from_gates(("a", "b"), 1, gates | blocks, readout=[ReadoutTerm("c", 0)])
    return Construction(network, pattern_counts(("a", "b"), {("a",): 1}))


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        ({}, f"{NEAREST}$100\\,k$, 100 a unit of $k$."),
        (
            {"b_io": [Rational(1, 3)]},
            "Every pre-activation that grows with the scale does so at least as fast as $100\\,k$, 100 a unit of $k$. "
            "Bounded at every scale, up to an error that vanishes exponentially, are $\\frac{1}{3}$.",
        ),
        (
            {"b_io": [5 * k - 50]},
            "Every pre-activation that grows with the scale does so at least as fast as $5\\,k$, 5 a unit of $k$.",
        ),
    ],
)
def test_constant_and_affine_pre_activations_are_not_passed_over(blocks: dict[str, object], words: str) -> None:
    assert said(counter(**blocks)) == words


def test_the_margin_of_the_sentiment_network() -> None:
    assert said(Construction(*sentiment())).startswith(NEAREST)
