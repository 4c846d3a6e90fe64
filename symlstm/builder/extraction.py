"""The automaton of a network: what the saturated network does, as the smallest machine, proved on every word sequence.  UNTRUSTED.

Exploration proposes: the situations are the states, the limit of the readout says which accept, or what it adds up.
The kernel then proves that the network decides, or computes, that machine.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction

from flint import fmpq

from symlstm.builder.threshold_layer import minimised
from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.machines import Machine
from symlstm.kernel.networks.statements import Invariant, Readout, Situation
from symlstm.kernel.theorem import RuleError
from symlstm.model.network import Network
from symlstm.model.specifications.machines import Step, machine_value
from symlstm.model.specifications.regular import dfa
from symlstm.proof.claims import Outcome
from symlstm.search.construction import Construction
from symlstm.search.saturation.exploration import explore
from symlstm.search.saturation.invariant import Saturation, saturate


@dataclass(frozen=True)
class Extracted:
    """The machine, and what became of the claim that the network decides or computes it."""

    machine: Machine
    outcome: Outcome


def automaton(network: Network, threshold: Fraction | None = Fraction(1, 2)) -> Extracted:
    """The minimal automaton of the words after which the readout is above the threshold; without one, the machine of its values.

    What is read is the readout after each word, whatever delay the network states. Raises Infinite, RuleError or
    Unsupported where the saturated network has too many states, a sign is open or the readout is at the threshold.
    """
    prompt = replace(network, delay=0)
    system, readout = prompt.system, prompt.linear_readout
    if threshold is None:
        machine = _counting(saturate(system, readout).limits.conclusion, readout)
    else:  # what decides is followed, and no register
        followed = Saturation(system, explore(system, readout, registers=frozenset()))
        machine = _accepting(followed.limits.conclusion, readout, threshold)
    return Extracted(machine, Construction(prompt, machine, threshold=threshold).outcome())


def _accepting(found: Invariant, readout: Readout, threshold: Fraction) -> Machine:
    limit = algebra.rational(threshold.numerator, threshold.denominator)
    signs = []
    for situation in found.automaton.situations:
        form, counted = _read(situation, readout)
        if counted:
            raise RuleError(
                "automaton", f"a decision by the counters {sorted(counted)}", "one by finitely many states, or values"
            )
        signs.append(algebra.sign(form - limit))
    if 0 in signs[1:]:
        label = " ".join(found.automaton.situations[signs.index(0, 1)].label)
        raise RuleError("automaton", f"a readout at the threshold after {label}", "one above or below it")
    words = found.system.words
    table = {
        f"q{q}": {word: f"q{step}" for word, step in zip(words, row, strict=True)}
        for q, row in enumerate(found.automaton.step)
    }
    return minimised(dfa(words, "q0", table, [f"q{q}" for q, sign in enumerate(signs) if sign > 0]))


def _read(situation: Situation, readout: Readout) -> tuple[Term, dict[str, Term]]:
    """The constant part of the readout's limit in a situation, and the coefficients of what has no limit there."""
    total, counted = readout.constant, dict[str, Term]()
    for name, coefficient in readout.terms:
        if name in situation.box:
            total += coefficient * situation.box[name].limit
        else:
            counted[name.name] = coefficient
    return total, counted


def _counting(found: Invariant, readout: Readout) -> Machine:
    """The situations as states, the registers that are read as registers."""
    parts = [_read(situation, readout) for situation in found.automaton.situations]
    names = sorted({name for _, counted in parts for name in counted})
    start = dict(zip((s.name for s in found.system.state), found.system.initial, strict=True))
    steps, words = [], found.system.words
    for q, row in enumerate(found.transitions):
        for word, step in zip(words, row, strict=True):
            changes = {r.name: (a.limit, b.limit) for r, (a, b) in step.registers.items() if r.name in names}
            forms = {name: _form(name, *change) for name, change in changes.items()}
            steps.append(Step(f"q{q}", word, f"q{step.target}", set=forms))
    output = {
        f"q{q}": {"1": _rational(total), **{name: _rational(c) for name, c in counted.items()}}
        for q, (total, counted) in enumerate(parts)
    }
    return machine_value(words, "q0", steps, output, {name: _rational(start[name]) for name in names})


def _form(name: str, factor: Term, increment: Term) -> Mapping[str, Fraction]:
    return {name: _rational(factor), "1": _rational(increment)}


def _rational(term: Term) -> Fraction:
    value: fmpq | None = term.rational()
    if value is None:
        raise RuleError("automaton", f"the number {term}", "rational steps, for a machine's registers are rational")
    return Fraction(int(value.p), int(value.q))
