"""What results are called in one line, at a Python prompt and by print: the verdict, and what the theorem says.

The statements of the kernel keep their own `repr`, which its refusals quote; only `Theorem` has a line here.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from symlstm.floats.reachable_states import Reached
    from symlstm.kernel.theorem import Theorem
    from symlstm.model.file.construction_file import ConstructionFile
    from symlstm.model.network import Network
    from symlstm.proof.claims import Outcome, Result
    from symlstm.proof.goals import Goal, Goals
    from symlstm.search.construction import Construction
    from symlstm.search.containment.embedding import Embedding, SigmoidRNN
    from symlstm.search.error.horizon import Horizon
    from symlstm.search.error.smallest_scale import SmallestScale
    from symlstm.search.error.worst_case import WorstCase
    from symlstm.search.region.region import Cell, Region
    from symlstm.search.saturation.invariant import Saturation

LONGEST = 400  # columns of a statement
WORDS = 8  # of a vocabulary


def of_theorem(theorem: Theorem) -> str:
    """The statement, and the number of its hypotheses, which `symlstm prove -v` and `to_latex` list."""
    return f"proved: {_statement(theorem)}"


def _statement(theorem: Theorem) -> str:
    from symlstm.render.statements import plain as text

    said = _cut(text.statement(theorem.conclusion))
    given = len(theorem.hypotheses)
    return said + (f" (given {given} hypothes{'e' if given > 1 else 'i'}s)" if given else "")


def _cut(words: str) -> str:
    head, *rows = (" ".join(line.split()) for line in words.splitlines() or [""])
    line = " ".join(filter(None, (head, "; ".join(rows))))
    return line if len(line) <= LONGEST else f"{line[: LONGEST - 3]}..."


def of_outcome(outcome: Outcome) -> str:
    """The verdict; then the theorem behind it, or the reason or witness."""
    from symlstm.render.statements.evidence import evidence

    verdict = outcome.verdict.value
    if outcome.theorem is not None:
        return f"{verdict}{', since' if verdict == 'refuted' else ':'} {_statement(outcome.theorem)}"
    return f"{verdict}: {_cut(outcome.reason or ('' if outcome.witness is None else evidence(outcome.witness)))}"


def of_result(result: Result) -> str:
    """A claim's id before its outcome."""
    return f"{result.claim.id}  {of_outcome(result.outcome)}"


def of_goal(goal: Goal) -> str:
    """What is left of it."""
    from symlstm.render.statements import plain as text

    said = "; ".join(f"|- {_cut(text.statement(part.statement))}" for part in goal.open)
    return (
        f"<Goal, {len(goal.open)} left: {said}>" if said else f"<Goal, proved: {_cut(text.statement(goal.statement))}>"
    )


def of_goals(goals: Goals) -> str:
    """Each of them."""
    return f"<Goals: {', '.join(map(of_goal, goals))}>"


def of_network(network: Network) -> str:
    """The cell, its size, the words and what is read."""
    from symlstm.render.statements.plain import readout

    words = f"words {_listed(network.vocabulary)}"
    read = [f"reads {readout(network.linear_readout)}, delay {network.delay}"] if network.readout else []
    title = f"{network.title}: " if network.title else ""
    return f"<Network {title}{'; '.join([f'{network.cell} of hidden size {network.hidden}', words, *read])}>"


def _listed(words: Any) -> str:
    return ", ".join(words[:WORDS]) + (f", ... ({len(words)})" if len(words) > WORDS else "")


def of_construction(found: Construction) -> str:
    """Its title, or the network."""
    return f"<Construction {found.title or of_network(found.network)}>"


def of_file(found: ConstructionFile) -> str:
    """Where it was read, and its title."""
    return f"<ConstructionFile {found.path}: {found.title}>"


def of_saturation(found: Saturation) -> str:
    """How many situations there are, and which coordinates are registers."""
    count, registers = len(found.automaton.situations), found.automaton.registers
    kept = f"; {', '.join(map(str, registers))} {'count' if len(registers) > 1 else 'counts'} on" if registers else ""
    return f"the saturated network has {count} situation{'s' * (count != 1)}{kept}"


def of_worst_case(found: WorstCase) -> str:
    """Both sides, and the sequence."""
    from symlstm.render.statements.spelling import repeated

    own = (
        "" if found.is_attained or not found.attained else f", whose error is at least {_rounded_down(found.attained)}"
    )
    return f"{_statement(found.theorem)}; sequence: {repeated(found.runs)}{own}"


def _rounded_down(value: Any) -> str:
    from symlstm.render.statements.numbers import round_down

    return round_down(value)


def of_horizon(found: Horizon) -> str:
    """Up to where rounding is right, and where it is wrong."""
    from symlstm.render.statements.spelling import repeated

    safe = "nothing known to be right" if found.safe is None else f"right up to {found.safe} words"
    fails = "" if found.fails is None else f", wrong at {found.fails} words: {repeated(found.runs)}"
    return f"at k = {found.k}, rounded: {safe}{fails}" + (f"; open: {_cut(found.reason)}" if found.reason else "")


def of_smallest_scale(found: SmallestScale) -> str:
    """A scale that is enough and one that is not."""
    from symlstm.render.statements.numbers import exactly
    from symlstm.render.statements.spelling import repeated

    where = f"within {found.epsilon} at {found.length} words"
    return f"{where}: k = {exactly(found.above)} is enough, k = {exactly(found.below)} is not: {repeated(found.runs)}"


def of_cell(cell: Cell) -> str:
    """Its inequalities."""
    return f"<Cell {', '.join(map(str, cell.inequalities))}>"


def of_region(found: Region) -> str:
    """How many cells there are, and what else."""
    cells = "; ".join(map(of_cell, found.cells))
    return f"<Region: {len(found.cells)} cell{'s' * (len(found.cells) != 1)}, {len(found.undecided)} open; {cells}>"


def of_reached(found: Reached) -> str:
    """How far every word sequence was right; a run, no theorem."""
    last = found.levels[-1].length if found.levels else 0
    wrong = "" if found.wrong is None else f", wrong on: {' '.join(found.wrong)}"
    return f"<run in {found.dtype}, all words up to length {last}{wrong or ': none wrong'}>"


def of_rnn(rnn: SigmoidRNN) -> str:
    """Its sizes."""
    return f"<SigmoidRNN of hidden size {len(rnn.weight_hh)}, {len(rnn.weight_ih[0])} inputs>"


def of_embedding(found: Embedding) -> str:
    """What it says of itself."""
    return f"<Embedding {found}>"


LINES: dict[tuple[str, str], Callable[[Any], str]] = {
    ("kernel.theorem", "Theorem"): of_theorem,
    ("proof.claims", "Outcome"): of_outcome,
    ("proof.claims", "Result"): of_result,
    ("proof.goals", "Goal"): of_goal,
    ("proof.goals", "Goals"): of_goals,
    ("model.network", "Network"): of_network,
    ("model.file.construction_file", "ConstructionFile"): of_file,
    ("search.construction", "Construction"): of_construction,
    ("search.saturation.invariant", "Saturation"): of_saturation,
    ("search.error.worst_case", "WorstCase"): of_worst_case,
    ("search.error.horizon", "Horizon"): of_horizon,
    ("search.error.smallest_scale", "SmallestScale"): of_smallest_scale,
    ("search.region.region", "Cell"): of_cell,
    ("search.region.region", "Region"): of_region,
    ("floats.reachable_states", "Reached"): of_reached,
    ("search.containment.embedding", "SigmoidRNN"): of_rnn,
    ("search.containment.embedding", "Embedding"): of_embedding,
}
