"""A page to explore a network: words in, gates and states out, beside what is proved of them.

The page's own script runs the network in float64, by the operations of program.py. When the page is made the same
operations run here and are compared with the network's run along sample words, the counterexample among them.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator, Sequence
from fractions import Fraction
from html import escape
from typing import Any

from flint import fmpq

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Term
from symlstm.kernel.networks.automata import error_at
from symlstm.kernel.networks.families import machine
from symlstm.kernel.networks.machines import Acceptance, Choices, Conjunction, Form, Machine, Move, Values
from symlstm.kernel.networks.statements import Automaton, Invariant
from symlstm.kernel.theorem import RuleError, Unsupported
from symlstm.model.errors import InputError
from symlstm.model.named_equations import GATE, named_equations
from symlstm.model.network import Network
from symlstm.model.simulation.program import Program, program_of, readout_name
from symlstm.model.simulation.running import float_machine, run_floats
from symlstm.proof.claims import Outcome, Verdict
from symlstm.render.pages.page import page, text
from symlstm.render.statements import plain
from symlstm.render.statements.numbers import round_up
from symlstm.search.construction import Construction
from symlstm.search.error.worst_case import general_bound
from symlstm.search.saturation.exploration import Infinite
from symlstm.search.saturation.gate_limits import Limit, automaton_of, limits_of_step

NEAR = 1e-12  # how far the page's numbers may be from the network's, as a part of their size
SAMPLES, LENGTH = 3, 40  # word sequences that are compared, and their length
LENGTHS = 200  # for which the certified error is on the page
MOST = 100  # situations on a page that are followed
REFUSALS = (RuleError, Unsupported, Infinite, InputError)


def explore_page(construction: Construction, scale: Fraction = Fraction(1)) -> str:
    """The page. Raises RuleError if its numbers are not the network's."""
    outcome = construction.outcome()
    found = data(construction, outcome, scale)
    script = text("explore.js")
    embedded = json.dumps(found).replace("<", "\\u003c")
    body = text("explore.html").format(
        title=escape(construction.title),
        scale=escape(str(scale)),
        verdict=outcome.verdict.value,
        statement=escape(statement(outcome)),
        reason=escape(outcome.reason),
        data=embedded,
        script=script,
    )
    return page(construction.title, body)


def statement(outcome: Outcome) -> str:
    """What was proved, of the claim or against it; or that nothing was."""
    return "nothing is proved" if outcome.theorem is None else plain.statement(outcome.theorem.conclusion)


def data(construction: Construction, outcome: Outcome, scale: Fraction) -> dict[str, Any]:
    """Everything that the page's script works with."""
    network = construction.network
    program = program_of(network, scale)
    start = _start(network, scale)
    inputs = {word: _inputs(network, word) for word in network.vocabulary}
    witness = outcome.witness.words if outcome.witness is not None else None
    _compare(network, scale, program, start, inputs, witness or ())
    return {
        "vocabulary": [*network.vocabulary],
        "delay": network.delay,
        "start": start,
        "inputs": inputs,
        "operations": program.operations,
        "names": program.names,
        "gates": [*_gates(network)],
        "readouts": [_readout(name, reader) for name, reader in network.readers.items()],
        "automaton": _automaton(construction),
        "specification": _machine(machine(construction.specification)),
        "threshold": _number(construction.threshold),
        "bounds": _bounds(construction, outcome, scale),
        "counterexample": [*witness] if outcome.verdict is Verdict.REFUTED and witness else [],
    }


def _readout(name: str, reader: Network) -> dict[str, Any]:
    """A readout by what it is called, and by what the program calls it."""
    terms = [[s.name, _number(x)] for s, x in reader.linear_readout.terms]
    return {"name": name, "place": readout_name(name), "terms": terms, "constant": _number(reader.constant)}


def _machine(spec: Machine) -> dict[str, Any]:
    """A machine with its numbers as texts."""
    moves = {word: [[*map(_move, row)] for row in by_state] for word, by_state in spec.moves.items()}
    output, states = spec.output, range(len(spec.states))
    said: dict[str, Any] = {"kind": "choice", "says": [*output.numbers] if isinstance(output, Choices) else []}
    if isinstance(output, Values):
        said = {"kind": "number", "says": [_form(output.forms[q]) for q in states]}
    elif isinstance(output, Acceptance):
        said = {"kind": "acceptance", "says": [[*map(_tests, output.conditions[q])] for q in states]}
    domain = None if spec.domain is None else _machine(spec.domain)
    return {"initial": spec.initial, "start": [*map(str, spec.start)], "moves": moves, "domain": domain} | said


def _move(move: Move) -> dict[str, Any]:
    return {"when": _tests(move.when), "target": move.target, "updates": [*map(_form, move.updates)]}


def _form(form: Form) -> dict[str, Any]:
    return {"terms": [[j, str(c)] for j, c in form.terms], "constant": str(form.constant)}


def _tests(tests: Conjunction) -> list[list[Any]]:
    return [[test.register, test.relation, str(test.bound)] for test in tests]


def _number(term: Term) -> float:
    return float(algebra.constant_ball(term).mid())


def _start(network: Network, scale: Fraction) -> dict[str, float]:
    machine = float_machine(network, scale, "float64")
    values = (*machine.h0, *machine.c0)
    return {s.name: float(x) for s, x in zip(network.state_symbols, values, strict=True)}


def _inputs(network: Network, word: str) -> dict[str, float]:
    row = network.system.encoding[network.vocabulary.index(word)]
    return {symbol.name: _number(x) for symbol, x in zip(network.input_symbols, row, strict=True)}


def _gates(network: Network) -> Iterator[dict[str, str]]:
    """The gates by name with their pre-activations; of an RNN its units."""
    for name, expression, kind, before in named_equations(network):
        if kind == GATE and before is not None:
            yield {"name": name.name, "before": before.name}
        elif len(expression.args) == 1 and expression.args[0].is_Symbol and not expression.args[0].name.endswith("'"):
            yield {"name": name.name, "before": expression.args[0].name}


def _compare(
    network: Network,
    scale: Fraction,
    program: Program,
    start: dict[str, float],
    inputs: dict[str, dict[str, float]],
    witness: Sequence[str],
) -> None:
    """Raises RuleError unless the program's readouts are those of the network's run."""
    choose = random.Random(0)
    samples = [[choose.choice(network.vocabulary) for _ in range(LENGTH)] for _ in range(SAMPLES)]
    for words in filter(None, [*samples, [*witness]]):
        state = start
        readers = network.readers.items()
        columns = {readout_name(name): run_floats(one, words, scale).readout.tolist() for name, one in readers}
        for n, word in enumerate(words):
            found = program.run(inputs[word] | state)
            for name, column in columns.items():
                if not abs(found[name] - column[n]) <= NEAR * (1 + abs(column[n])):
                    raise RuleError("page", f"{found[name]} after {' '.join(words)}", str(column[n]))
            state = {name: found[f"{name}'"] for name in state}


def _bounds(construction: Construction, outcome: Outcome, scale: Fraction) -> list[str]:
    """The certified errors of every sequence of 1, 2, ... words, rounded up; as many as there are."""
    if outcome.verdict is not Verdict.PROVED or not isinstance(machine(construction.specification).output, Values):
        return []
    k = fmpq(scale.numerator, scale.denominator)
    least = max(1, construction.network.delay)
    try:
        general = general_bound(construction, k)
        found = [round_up(error_at(general, n, k).conclusion.bound, 3) for n in range(least, LENGTHS + 1)]
    except REFUSALS:
        return []
    return [""] * (least - 1) + found


def _automaton(construction: Construction) -> dict[str, Any] | None:
    """The situations with their limits, and each step's; None where none are known. What is outside of them is lost."""
    known = automaton_of(construction, MOST)
    if known is None:
        return None
    automaton, is_whole = known
    words, size = construction.network.vocabulary, len(automaton.situations)
    inside = size if is_whole else size - 1
    return {
        "labels": [[*situation.label] for situation in automaton.situations[:inside]],
        "step": [[p if p < inside else None for p in row] for row in automaton.step[:inside]],
        "steps": [[_step(construction, automaton, q, word) for word in words] for q in range(inside)],
        "start": _registers(construction, automaton),
        "whole": is_whole,
    }


def _registers(construction: Construction, automaton: Automaton) -> dict[str, float]:
    """The registers' initial values."""
    system = construction.network.system
    start = dict(zip(system.state, system.initial, strict=True))
    return {r.name: _number(start[r]) for r in automaton.registers}


def _step(construction: Construction, automaton: Automaton, q: int, word: str) -> dict[str, Any]:
    """A step's limits by name; and for a register r the A and B of r' = A r + B."""
    known = limits_of_step(construction, automaton, q, word)
    limits = {name: _shown(limit) for name, limit in known.items() if limit.limit is not None or limit.slope}
    return {"limits": limits, "registers": _affine(construction, automaton, q, word)}


def _shown(found: Limit) -> list[Any]:
    """[text, number, margin]: a limit, or a pre-activation's margin per unit of k."""
    slope = None if found.slope is None else _number(found.slope)
    return [None, None, slope] if found.limit is None else [str(found.limit), _number(found.limit), slope]


def _affine(construction: Construction, automaton: Automaton, q: int, word: str) -> dict[str, list[float]]:
    if not automaton.registers:
        return {}
    try:
        invariant: Invariant = construction.saturation.limits.conclusion
    except REFUSALS:
        return {}
    move = invariant.transitions[q][construction.network.system.words.index(word)]
    pairs = ((r.name, a.main, b.main) for r, (a, b) in move.registers.items())
    return {name: [_number(a), _number(b)] for name, a, b in pairs if not (a.symbols() or b.symbols())}
