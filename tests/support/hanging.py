"""A guard against input that makes a reader hang; how fast it is belongs to the benchmarks."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import contextmanager

PATIENCE = 30  # seconds: far above what any machine needs, far below a hang


@contextmanager
def no_hang() -> Iterator[None]:
    """Fails what goes on for longer than PATIENCE."""

    def give_up(*_: object) -> None:
        raise TimeoutError(f"still going on after {PATIENCE} s")

    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)
