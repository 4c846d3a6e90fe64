"""The script of built networks: each is proved at its weights, and runs of float32 states found none wrong."""

from __future__ import annotations

import pytest
from support import PROOFS

from symlstm.proof.claims import Verdict, check, run_script

SCRIPT = run_script(PROOFS / "built" / "built.py")
SMALL = [claim for claim in SCRIPT.claims if claim.id.endswith(("-2", "-4"))]


@pytest.mark.slow
@pytest.mark.parametrize("claim", SMALL, ids=lambda claim: claim.id)
def test_a_built_network_is_proved(claim):
    result = check(claim)
    assert result.error is None and result.outcome.verdict is Verdict.PROVED
    [example] = [one for one in SCRIPT.names["EXAMPLES"] if one.id == claim.id]
    assert example.built.float32 is not None and example.built.states == example.states
