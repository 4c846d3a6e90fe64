"""Which tests run in one process: those of a file, and those that share the derivation of all shipped proofs."""

from __future__ import annotations

import pytest
from support import ROOT

SHARED = ROOT / "tests" / "render"  # one derivation for all formats: support/documents.py keeps it


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        place = SHARED if SHARED in item.path.parents else item.path
        item.add_marker(pytest.mark.xdist_group(str(place.relative_to(ROOT))))
