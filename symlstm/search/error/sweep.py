"""Worst cases at many lengths and scales, by as many processes as an executor has.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Executor
from dataclasses import dataclass
from fractions import Fraction
from threading import Lock
from typing import Any

from symlstm.kernel.networks.statements import WeightedAutomaton
from symlstm.model.network import Network
from symlstm.search.construction import Construction
from symlstm.search.error.worst_case import worst_case
from symlstm.search.error.worst_word import Runs


@dataclass(frozen=True)
class PlainCase:
    """A worst case in plain numbers, as it comes back from another process."""

    length: int
    k: Fraction
    lower: Fraction
    upper: Fraction
    runs: Runs


ONE_AT_A_TIME = Lock()  # flint has one precision for all threads of a process
Job = tuple[Network, tuple[Any, ...], str, int, Fraction]  # network, specification, title, length, scale


def sweep(
    construction: Construction, cases: Iterable[tuple[int, Fraction | int]], executor: Executor | None = None
) -> list[PlainCase]:
    """The worst case of each (length, scale), in order; in the executor's processes or threads, if there is one.

    Any `concurrent.futures.Executor` will do, for example one of a cluster. Theorems stay where
    they were made: the rows are plain numbers.
    """
    form = construction.weighted_automaton
    plain = (form.initial, dict(form.matrices), form.final)
    jobs = [(construction.network, plain, construction.title, length, Fraction(k)) for length, k in cases]
    return list((executor.map if executor else map)(row, jobs))


def row(job: Job) -> PlainCase:
    """One job of a sweep."""
    network, plain, title, length, k = job
    with ONE_AT_A_TIME:
        found = worst_case(Construction(network, WeightedAutomaton(*plain), title), length, k)
    lower, upper = (Fraction(int(x.p), int(x.q)) for x in (found.lower, found.upper))
    return PlainCase(length, k, lower, upper, found.runs)
