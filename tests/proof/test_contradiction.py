"""A refuted claim that states its goal: its theorem must deny it."""

from __future__ import annotations

from typing import Any

import pytest

from symlstm import claim, refuted
from symlstm.proof.claims import Verdict, Witness, check
from symlstm.proof.contradiction import contradicts
from symlstm.steps import (
    Diverges,
    Equal,
    ForAll,
    Less,
    LessEqual,
    TendsTo,
    auto,
    every,
    exp,
    natural,
    real,
    sequence,
    sigmoid,
    tanh,
)

t, n = natural("t"), natural("n")
B, C = real("B"), real("C")
c = sequence("c")
LIMIT = ForAll((n,), TendsTo(c(t, n), (t,), C))

DENIED: list[tuple[Any, Any]] = [
    (LIMIT, Diverges(c(t, n), (t,), 1)),
    (LIMIT, ForAll((n,), Diverges(c(t, n), (t,), -1))),
    (Diverges(c(t, n), (t,), 1), TendsTo(c(t, n), (t,), 0)),
    (Diverges(c(t, n), (t,), 1), Diverges(c(t, n), (t,), -1)),
    (every(TendsTo(tanh(B), (B,), C), ForAll((n,), Less(0, 1 - C))), TendsTo(tanh(B), (B,), 1)),
    (ForAll((t,), Less(c(t + 1), t)), ForAll((t,), Equal(c(t), t - 1))),
    (Less(t, c(t + 1)), ForAll((t,), Equal(c(t), t - 1))),
    (Less(t, c(t + 1)), ForAll((t,), LessEqual(c(t), t - 1))),
    (LessEqual(C, c(t)), ForAll((t,), Less(c(t), C))),
]
OTHERS: list[tuple[Any, Any]] = [
    (LIMIT, Diverges(c(n, t), (t,), 1)),
    (LIMIT, Diverges(c(t, n), (n,), 1)),
    (LIMIT, ForAll((n,), TendsTo(c(t, n), (t,), 1))),
    (every(TendsTo(tanh(B), (B,), C), Less(0, 2 - C)), TendsTo(tanh(B), (B,), 1)),
    (Diverges(c(t, n), (t,), 1), Diverges(c(t, n), (t,), 1)),
    (Less(c(t + 1), t), Equal(c(t), t - 1)),
    (Less(c(t + 1), t), ForAll((t,), LessEqual(c(t), t - 1))),
    (LessEqual(C, c(t)), ForAll((t,), LessEqual(c(t), C))),
    (LessEqual(C, c(t)), ForAll((t,), Equal(c(t), C))),
    (Equal(c(t), C), ForAll((t,), Less(c(t), C))),
]


@pytest.mark.parametrize(("found", "claimed"), DENIED, ids=str)
def test_what_a_theorem_denies(found: Any, claimed: Any) -> None:
    assert contradicts(found, claimed)


@pytest.mark.parametrize(("found", "claimed"), OTHERS, ids=str)
def test_what_it_leaves_standing(found: Any, claimed: Any) -> None:
    assert not contradicts(found, claimed)


def test_a_claim_is_refuted_only_by_a_theorem_that_denies_its_goal() -> None:
    theorem = auto(TendsTo(sigmoid(B), (B,), 1))
    witness = Witness(specified="oo")

    def made(goal: Any) -> Any:
        return claim("A", "a", expect=Verdict.REFUTED, statement="it grows", goal=goal)(
            lambda: refuted(theorem, witness)
        )

    assert check(made(Diverges(sigmoid(B), (B,), 1))).as_expected
    failed = check(made(Diverges(exp(B), (B,), 1)))
    assert (
        failed.outcome.verdict is Verdict.OPEN
        and "needed one that denies its goal: lim_(B -> oo) exp(B) = oo"
        in str(failed.error).replace("\n", " ").replace("  ", " ")
    )
