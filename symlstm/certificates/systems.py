"""The network that has given equations: of a theorem about a network that only its claim knows.  UNTRUSTED."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from symlstm.certificates.subjects import Subject
from symlstm.kernel import algebra
from symlstm.kernel.algebra import ZERO, Apply, Term, Variable
from symlstm.kernel.networks.statements import Readout, System
from symlstm.kernel.theorem import Theorem
from symlstm.model.cells import CELLS, Cell
from symlstm.model.coordinates import Coordinate, parsed, preactivation
from symlstm.model.errors import InputError
from symlstm.model.network import Network, ReadoutTerm, real


def subject_of(theorem: Theorem) -> Subject | None:
    """The network of a theorem's system, with the readout, specification and threshold that it speaks of."""
    goal = theorem.conclusion
    system, readout = getattr(goal, "system", None), getattr(goal, "readout", None)
    readouts = getattr(goal, "readouts", ()) if readout is None else (readout,)
    network = network_of(system, readouts) if system is not None else None
    if network is None:
        return None
    return Subject(network, getattr(goal, "specification", None), getattr(goal, "threshold", None))


def network_of(system: System, readouts: Sequence[Readout]) -> Network | None:
    """A network of one layer with these equations and readouts, both biases in bias_ih; None if there is none."""
    for cell in CELLS.values():
        try:
            found = _layer(system, readouts, cell)
        except (KeyError, InputError):  # it has not the cell's gates, or what they are functions of is not linear
            continue
        if found.system == system:
            return found
    return None


def _layer(system: System, readouts: Sequence[Readout], cell: Cell) -> Network:
    named, start = (
        _preactivations(system),
        {parsed(s.name): x for s, x in zip(system.state, system.initial, strict=True)},
    )
    units = [place.unit for place in start if place is not None and place.letter == "h"]
    rows = [named[real(Coordinate(preactivation(gate), unit).name)] for gate in cell.gates for unit in units]
    h = [real(Coordinate("h", unit).name) for unit in units]
    return Network(
        system.words,
        weight_ih=[[_coefficient(row, x) for x in system.inputs] for row in rows],
        weight_hh=[[_coefficient(row, s) for s in h] for row in rows],
        bias_ih=[algebra.substitute(row, dict.fromkeys((*system.inputs, *h), ZERO), {}) for row in rows],
        h0=[start[Coordinate("h", unit)] for unit in units],
        c0=[start[Coordinate("c", unit)] for unit in units] if "c" in cell.states else None,
        **_read(readouts),
        cell=cell.name,
        parameters=system.parameters,
    )


def _read(readouts: Sequence[Readout]) -> dict[str, Any]:
    """One readout, or several outputs of which the largest is chosen."""
    forms = [([ReadoutTerm(*_place(s), c) for s, c in x.terms], x.constant) for x in readouts]
    delay = {"delay": max((x.delay for x in readouts), default=0)}
    if len(forms) == 1:
        [(terms, constant)] = forms
        return {"readout": terms, "constant": constant, **delay}
    return {"outputs": {f"{n}": form for n, form in enumerate(forms)}, **delay}


def _preactivations(system: System) -> dict[Variable, Term]:
    """By name; those of an Elman cell stand in no table, but in its h."""
    found = dict(system.gates)
    for s, update in zip(system.state, system.updates, strict=True):
        place, atoms = parsed(s.name), [a for mono in update.monomials for a, _ in mono]
        if place is not None and len(atoms) == 1 and isinstance(atoms[0], Apply):
            found.setdefault(real(Coordinate(preactivation("r"), place.unit).name), atoms[0].argument)
    return found


def _coefficient(row: Term, of: Variable) -> Term:
    return row.coefficients(of).get(1, ZERO)


def _place(s: Variable) -> tuple[str, int]:
    found = parsed(s.name)
    if found is None:
        raise KeyError(s.name)
    return found.letter, found.unit - 1
