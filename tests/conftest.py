"""Which tests run in one process: those of a file, and those that share the derivation of all shipped proofs."""

from __future__ import annotations

from typing import Any

import pytest
from xdist.scheduler import LoadFileScheduling

SHARED = "tests/render/"  # one derivation for all formats: support/documents.py keeps it


class Scheduling(LoadFileScheduling):
    """By files, the tests of rendering together."""

    def _split_scope(self, nodeid: str) -> str:
        return SHARED if nodeid.startswith(SHARED) else super()._split_scope(nodeid)


@pytest.hookimpl
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Scheduling:
    return Scheduling(config, log)
