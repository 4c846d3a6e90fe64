"""Verdicts on random networks against brute force on all short words at a very large scale."""

from __future__ import annotations

from support.corpus import random_case
from support.judging import judge

from fuzz.findings import demand

NAME = "networks"


def check(seed: int) -> str:
    """proved, refuted or open, as judged."""
    judgement = judge(random_case(10**6 + seed), length=6)
    demand(not judgement.false, judgement)
    return judgement.verdict
