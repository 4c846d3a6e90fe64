"""Runs at a scale as tables for Rocq: the words, what is read after them, and what a machine says."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symlstm.certificates.recheck import linear_machine
from symlstm.certificates.rocq_machines import acceptance, form_in_registers, machine, promise
from symlstm.certificates.rocq_values import constant, listed, rational, whole

Data = dict[str, Any]
MOST = 1500  # gates of all steps together
BEYOND = 16  # bits of the intervals beyond those of the plain checker, whose numbers are of fixed size


def is_short(certificate: Data) -> bool:
    """Whether each word is followed, and all in a minute."""
    phases, network = certificate["proof"]["phases"], certificate["network"]
    steps = sum(len(words) * times for words, times, _ in phases)
    gates = sum(len(layer["bias_ih"]) for layer in network["layers"])
    return all(boxes is None for _, _, boxes in phases) and steps * gates <= MOST


def specification(certificate: Data) -> Data:
    """The machine; that of a weighted automaton."""
    data: Data = certificate["specification"]
    return linear_machine(data) if "final" in data else data


def definitions(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what is said, after the network and what is read."""
    data = specification(certificate)
    numbers = certificate["network"]["vocabulary"].index
    yield "added", "constant", constant(certificate["constant"])
    yield "delay", "nat", whole(certificate["readout"]["delay"])
    yield "spec", "machine", machine(data)
    yield "domain", "promise", promise(data["domain"])
    yield "at_k", "Q", rational(certificate["scale"])
    phrases = [([*map(numbers, words)], times) for words, times in certificate["runs"]]
    yield "phrases", "list (list nat * N)", listed(phrases, lambda x: f"({listed(x[0], whole)}, {x[1]}%N)")
    yield "lower", "Q", rational(certificate["lower"])
    yield "upper", "Q", rational(certificate["upper"])
    yield "said", "answer", _answer(data, certificate["specified"])


def _answer(data: Data, said: Any) -> str:
    if "accept" in data:
        return f"Says_yes {acceptance(data)} {str(said).lower()}"
    if "values" in data:
        return f"Says_number {listed(data['values'], form_in_registers)} ({rational(said)})"
    return f"Says_choice {listed(data['choices'], whole)} {whole(said)}"


def tables(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """What proves it."""
    yield "precision", "positive", f"{certificate['proof']['bits'] + BEYOND}%positive"
