"""The script on finite biases: every claim has its verdict and says the figure that its title means."""

from __future__ import annotations

import pytest
from flint import fmpq
from support import PROOFS

from symlstm.kernel.networks.statements import Bracket, FiniteError
from symlstm.proof.claims import Result, Verdict, check, load
from symlstm.render.statements.numbers import round_up

pytestmark = pytest.mark.slow

CLAIMS = {made.id: made for made in load(PROOFS / "finite_biases.py")}


@pytest.fixture(scope="module", params=CLAIMS)
def result(request: pytest.FixtureRequest) -> Result:
    return check(CLAIMS[request.param])


WORST = {"S5a": "1.85818e-38", "S5b": "6.93703e-6", "S5c": "22.3383"}  # rounded up, over all sequences of 1000 words
FAILS = {"S6a": 5184705528587072464089, "S6b": 268338, "S6c": 150}  # the first length
SUFFICIENT = {  # the least scale, digits known beforehand, and the length
    "S8a": ("0.04615266386701", 8),
    "S8b": ("0.04859362329786523", 10),
    "S8c": ("0.1381417906939881", 1000),
    "S8d": ("0.176222130701353", 10),
    "S8e": ("0.269368734373981", 1000),
}
FLOATS = {"S10a": ("float64", 9007199254740994), "S10b": ("float32", 16777218)}


def test_every_claim_is_as_its_script_expects(result: Result) -> None:
    assert result.as_expected, result.outcome.reason
    assert (result.outcome.verdict is Verdict.OPEN) == (result.claim.id in FLOATS)


def test_every_claim_says_its_figure(result: Result) -> None:
    theorem, name = result.outcome.theorem, result.claim.id
    if name in WORST:
        found: FiniteError = theorem.conclusion
        assert (found.first, found.last, round_up(found.upper, 6)) == (1000, 1000, WORST[name])
        assert found.upper * (1 - fmpq(1, 10**12)) < found.lower <= found.upper
    elif name in FAILS:
        both: Bracket = theorem.conclusion
        assert (both.within.last, both.beyond.first, both.epsilon) == (FAILS[name] - 1, FAILS[name], fmpq(1, 2))
    elif name in SUFFICIENT:
        digits, length = SUFFICIENT[name]
        scale, below = theorem.conclusion.within.k, theorem.conclusion.beyond.k
        assert round_up(scale, 18).startswith(digits) and scale - below <= fmpq(1, 10**17)
        assert theorem.conclusion.within.last == theorem.conclusion.beyond.first == length
    else:
        dtype, stalls = FLOATS[name]
        reason = result.outcome.reason
        assert theorem is None and f"none of the 4^300 sequences in {dtype} is off by more than 0 " in reason
        assert str(stalls) in reason


def test_every_claim_of_the_script_is_checked() -> None:
    assert {*CLAIMS} == {*WORST, *FAILS, *SUFFICIENT, *FLOATS}
