"""Runs at a scale for Rocq: which are short enough, and the precision of the intervals."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

Data = dict[str, Any]
MOST = 1500  # gates of all steps together
BEYOND = 16  # bits of the intervals beyond those of the plain checker, whose numbers are of fixed size


def is_short(certificate: Data) -> bool:
    """Whether each word is followed, and all in a minute."""
    phases = certificate["proof"]["phases"]
    steps = sum(len(words) * times for words, times, _ in phases)
    return all(boxes is None for _, _, boxes in phases) and steps * gates(certificate) <= MOST


def gates(certificate: Data) -> int:
    """Of a step: the rows of all layers."""
    return sum(len(layer["bias_ih"]) for layer in certificate["network"]["layers"])


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """What proves it."""
    yield "precision", "positive", f"{certificate['proof']['bits'] + BEYOND}%positive"
