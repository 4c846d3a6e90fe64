"""A short run of every fuzz target; `python tests/fuzz/run.py` is the long one."""

from __future__ import annotations

import pytest

from fuzz import FAMILIES
from fuzz.findings import Wrong, demand

CASES = {
    "automation": range(20),
    "certificates": range(40),
    "embeddings": range(12),
    "growth": range(24),
    "networks": range(12),
    "printing": range(60),
    "regions": range(130, 134),
    "terms": range(150),
}


@pytest.mark.slow
@pytest.mark.parametrize("family", sorted(FAMILIES))
def test_nothing_is_wrong(family: str) -> None:
    said = {FAMILIES[family](seed) for seed in CASES[family]}
    assert len(said) > 1


def test_what_is_wrong_is_raised() -> None:
    demand(True)
    with pytest.raises(Wrong, match="1 is not 2"):
        demand(False, 1, "is not", 2)
