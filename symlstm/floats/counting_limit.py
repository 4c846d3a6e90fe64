"""How far a register in floating point can count: argued from the format, not run."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from symlstm.kernel.theorem import Unsupported
from symlstm.model.errors import InputError
from symlstm.model.simulation.running import DTYPES


@dataclass(frozen=True)
class CountingLimit:
    """A register c' = 1*c + 1 is exact up to `count` and then stays there.

    `length` is the first number of words after which the readout is wrong, when every word
    that counts adds 1 and the readout is `delay` words late.
    """

    dtype: str
    count: int
    length: int
    reason: str


def counting_limit(dtype: str = "float64", delay: int = 0) -> CountingLimit:
    """Where a float register stops counting, from the format's precision p: at 2^p.

    Premises, which search/ieee.py observes: the forget gate rounds to
    exactly 1, the increment to exactly 1. The format's own arithmetic is asked around 2^p; Unsupported
    if it does not behave so. Raises InputError for another dtype or a negative delay.
    """
    if dtype not in DTYPES or delay < 0:
        raise InputError("counting_limit", f"{dtype!r}, delay {delay}", f"{' or '.join(DTYPES)}, delay >= 0")
    precision = int(np.finfo(dtype).nmant) + 1  # p, with the leading bit that is not stored
    count = 1 << precision
    if not _stalls_first_at(count, dtype):
        raise Unsupported(f"{dtype} here does not add 1 exactly below 2^{precision} and nothing at it")
    return CountingLimit(
        dtype,
        count,
        count + delay + 1,
        f"{dtype} has {precision} significant bits, so it holds every integer up to 2^{precision} = {count}, and "
        f"adding 1 below that is exact. 2^{precision} + 1 lies midway between two neighbours and is rounded to the "
        f"even one, 2^{precision}: with a forget gate and an increment of exactly 1 the register stays at {count}. "
        f"The first wrong readout is the one after {count + delay + 1} counted words{_late(delay)}.",
    )


def _late(delay: int) -> str:
    words = "the last word" if delay == 1 else f"the last {delay} words"
    return f", of which it leaves out {words}" if delay else ""


def _stalls_first_at(count: int, dtype: str) -> bool:
    """count + 1 = count, while below it sums are exact: x and x + 1 differ by 1 where the spacing is 1 at most."""
    number, one = np.dtype(dtype).type, np.dtype(dtype).type(1)
    exact = all(int(number(n)) == n and int(number(n) + one) == n + 1 for n in (count // 2 - 1, count - 2, count - 1))
    return exact and bool(number(count) + one == number(count))
