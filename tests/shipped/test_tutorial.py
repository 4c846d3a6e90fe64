"""The tutorial: what it proves, under which hypotheses, and that it stays short."""

from __future__ import annotations

from functools import cache

import pytest
from support import PROOFS

from symlstm.kernel.theorem import ARITHMETIC, trusted
from symlstm.proof.claims import Result, Verdict, check, load
from symlstm.render.statements.plain import statement
from symlstm.steps import Equal, ForAll

SCRIPT = PROOFS / "tutorial.py"


@cache
def results() -> dict[str, Result]:
    return {made.id: check(made) for made in load(SCRIPT)}


SAYS = {
    "T1": "0 < 1 - sigmoid(B)\nlim_(B -> oo) sigmoid(B) = 1",
    "T2": "lim_(B -> oo) sigmoid(B)^t = 1\nlim_(t -> oo) sigmoid(B)^t = 0",
    "T3": "c_t = C sigmoid(B)^t + 1 - sigmoid(B)^t  for all t",
    "T4": "lim_(B -> oo) h_(t,n)(B) = y_(t,n)  for all n  for all t",
    "T4-bounded": "|h_(t,n)(B)| <= 1  for all t, n, B",
    "T5": "(1 - L/4) e_t <= delta  for all t",
}
SIGNS = {"T5": {"0 <= L", "L < 4", "0 <= delta"}}  # assumed beside the definitions


def test_verdicts() -> None:
    assert {name: result.outcome.verdict for name, result in results().items()} == dict.fromkeys(SAYS, Verdict.PROVED)
    assert all(result.claim.goal is not None for result in results().values())


@pytest.mark.parametrize("name", SAYS)
def test_statements(name: str) -> None:
    theorem = results()[name].outcome.theorem
    assert theorem is not None and theorem.conclusion == results()[name].claim.goal
    assert statement(theorem.conclusion) == SAYS[name]
    assert trusted(theorem) <= {ARITHMETIC}


@pytest.mark.parametrize("name", SAYS)
def test_what_is_assumed_beside_the_definitions(name: str) -> None:
    theorem = results()[name].outcome.theorem
    assert theorem is not None
    definitions = (ForAll, Equal)
    assert {statement(p) for p in theorem.hypotheses if not isinstance(p, definitions)} == SIGNS.get(name, set())


def test_it_is_short_and_no_proof_is_longer_than_four_steps() -> None:
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.splitlines()) < 130
    assert "arithmetic(" not in text and "specialise(" not in text and "assert" not in text
