"""What a certificate is about, as its data: a network, its readout, its specification."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from flint import fmpq
from sympy import Expr

from symlstm.kernel import algebra
from symlstm.kernel.algebra import Apply, Term, Variable
from symlstm.kernel.networks.choices import gaps
from symlstm.kernel.networks.machines import Acceptance, Choices, Form, Machine, Values
from symlstm.kernel.networks.statements import Readout, WeightedAutomaton
from symlstm.model.exact_tensors import k, mapped
from symlstm.model.layers import START, Layer
from symlstm.model.network import Network
from symlstm.model.translation import normal

Data = dict[str, Any]


class Subject(NamedTuple):
    """A network with what it should compute, and the threshold of a decision."""

    network: Network
    specification: WeightedAutomaton | Machine | None = None
    threshold: Term | None = None


class NotCovered(Exception):
    """There is no certificate for a theorem of this kind yet; the message says of which."""


@dataclass
class Atoms:
    """The table of atoms that grows as constants are written: atom n is tanh of arguments[n], a ghost has a number below 0."""

    arguments: list[Any] = field(default_factory=list)
    index: dict[Term, int] = field(default_factory=dict)
    ghosts: Mapping[Variable, int] = field(default_factory=dict)

    def constant(self, term: Term) -> Any:
        """A constant as data: a text, or a list of [rational, [[atom, power], ...]]."""
        value = term.rational()
        if value is not None:
            return str(value)
        products = [(sorted([self._atom(a), n] for a, n in mono), c) for mono, c in term.monomials.items()]
        return [[str(c), powers] for powers, c in sorted(products, key=lambda product: product[0])]

    def _atom(self, atom: algebra.Atom) -> int:
        if isinstance(atom, Variable) and atom in self.ghosts:
            return -1 - self.ghosts[atom]
        if not isinstance(atom, Apply) or atom.function != "tanh" or not {*atom.argument.symbols()} <= {*self.ghosts}:
            raise NotCovered(f"the constant {Term({frozenset({(atom, 1)}): fmpq(1)})}: only tanh of constants")
        if atom.argument not in self.index:
            argument = self.constant(atom.argument)
            self.index[atom.argument] = len(self.arguments)
            self.arguments.append(argument)
        return self.index[atom.argument]


def outward(ends: tuple[fmpq, fmpq], places: int) -> tuple[fmpq, fmpq]:
    """Both ends rounded outward to so many binary places."""
    unit = fmpq(1 << places)
    return (ends[0] * unit).floor() / unit, (ends[1] * unit).ceil() / unit


def parametric(network: Network) -> Atoms:
    """A table for constants with the network's parameters, which stand where ghosts do."""
    return Atoms(ghosts={p: n for n, p in enumerate(network.parameters)})


def subject(
    network: Network, readout: Readout, specification: WeightedAutomaton | Machine | None, atoms: Atoms
) -> Data:
    """The network, a readout of it, and what that should be (nothing, for statements without a specification)."""
    if not {*network.parameters} <= {*atoms.ghosts}:
        raise NotCovered("a network with open parameters")
    if _of_layers(network).system != network.system:
        raise NotCovered("a network that reads something else than its words, one-hot")
    if isinstance(specification, Machine):
        raise NotCovered("specifications by a machine")
    if readout.constant.monomials:
        if specification is None:
            raise NotCovered("a readout with a constant, and no specification")
        readout, specification = other_side(readout, specification)
    terms = _terms(network, readout, atoms)
    return {
        "network": _network(network, atoms),
        "readout": {"delay": 0 if specification is None else readout.delay, "terms": terms},
        "specification": _specification(specification, [*network.vocabulary]),
    }


def _terms(network: Network, readout: Readout, atoms: Atoms) -> list[Any]:
    coordinate = {s: n for n, s in enumerate(network.state_symbols)}
    return [[coordinate[s], atoms.constant(c)] for s, c in readout.terms]


def other_side(readout: Readout, specification: WeightedAutomaton) -> tuple[Readout, WeightedAutomaton]:
    """A readout without its constant, and the specification less the constant: the two are as far apart as before."""
    constant = readout.constant.rational()
    if constant is None:
        raise NotCovered(f"a readout with the constant {readout.constant}: only rational numbers")
    one, rest = fmpq(1), (fmpq(0),) * len(specification.initial)
    matrices = {
        word: (*((*row, fmpq(0)) for row in matrix), (*rest, one)) for word, matrix in specification.matrices.items()
    }
    less = WeightedAutomaton((*specification.initial, one), matrices, (*specification.final, -constant))
    return Readout(readout.terms, readout.delay), less


def _of_layers(network: Network) -> Network:
    """The network that a certificate describes: nothing but what it writes down."""
    first, *above = network.layers
    return Network(
        network.vocabulary,
        **first.tensors,
        cell=first.cell,
        above=above,
        parameters=network.parameters,
        general=network.general,
    )


def _network(network: Network, atoms: Atoms) -> Data:
    layers = [_layer(layer, atoms) for layer in network.layers]
    return {"vocabulary": [*network.vocabulary], "layers": layers}


def _layer(layer: Layer, atoms: Atoms) -> Data:
    tensors = {
        name: _listed(mapped(tensor, lambda entry: _weight(entry, atoms)))
        for name, tensor in layer.weights.tensors.items()
    }
    start = {name: [atoms.constant(normal(x)) for x in getattr(layer, name)] for name in START if name in layer.tensors}
    return {"cell": layer.cell, **tensors, **start}


def _weight(entry: Expr, atoms: Atoms) -> list[Any]:
    powers = normal(entry).coefficients(k)
    if not {*powers} <= {0, 1}:
        raise NotCovered(f"the weight {entry}: only a k + b")
    return [atoms.constant(powers.get(n, algebra.ZERO)) for n in (1, 0)]


def _specification(specification: WeightedAutomaton | None, words: list[str]) -> Data:
    if specification is None:
        return {"initial": [], "matrices": [[] for _ in words], "final": []}
    matrices = [[[*map(str, row)] for row in specification.matrices[word]] for word in words]
    ends = {"initial": [*map(str, specification.initial)], "final": [*map(str, specification.final)]}
    return {"initial": ends["initial"], "matrices": matrices, "final": ends["final"]}


def is_about(
    certificate: Data,
    network: Network,
    specification: WeightedAutomaton | Machine | None,
    threshold: Term | None = None,
) -> bool:
    """Whether a certificate has the network's weights, words, initial state and readout, the specification and threshold."""
    try:
        return any(
            _has(certificate, found, atoms)
            for found, atoms in _subjects(certificate, network, specification, threshold)
        )
    except NotCovered:
        return False


SIDES, CHOICES = ("Decides", "DecidesBy", "DecidesAt", "Misdecision"), ("Chooses", "ChoosesAt", "Mischoice")


def _subjects(
    certificate: Data, network: Network, specification: WeightedAutomaton | Machine | None, threshold: Term | None
) -> Iterator[tuple[Data, Atoms]]:
    """What a certificate of this kind has of these, with the table for it; several where one of several is read."""
    kind, atoms = certificate.get("theorem"), Atoms()
    numbers = kind in ("Computes", "Counterexample") and isinstance(specification, Machine)
    if numbers or kind in (*SIDES, *CHOICES, "RunAt", "WithinAt"):
        if specification is not None:
            yield from _specified(certificate, network, specification, threshold)
    elif kind == "Cells":
        atoms = parametric(network)
        found = subject(network, network.linear_readout, specification, atoms)
        yield found | {"parameters": [p.name for p in network.parameters]}, atoms
    elif kind == "StepTable":
        yield subject(network, Readout((), 0), None, atoms), atoms
    else:
        yield subject(network, network.linear_readout, None if kind == "Trace" else specification, atoms), atoms


def _specified(
    certificate: Data, network: Network, specification: WeightedAutomaton | Machine, threshold: Term | None
) -> Iterator[tuple[Data, Atoms]]:
    """The same where the specification stands as it is, and a constant with the readout."""
    kind, atoms = certificate["theorem"], Atoms()
    if kind in SIDES:
        if isinstance(specification, Machine) and threshold is not None:
            yield decided(network, network.linear_readout, specification, threshold, atoms), atoms
    elif kind in CHOICES:
        yield chosen(network, specification, atoms), atoms
    elif kind == "RunAt":
        for readout in _readouts(network, specification, certificate.get("specified")):
            atoms = Atoms()
            yield with_constant(network, readout, specification, atoms), atoms
    else:
        yield with_constant(network, network.linear_readout, specification, atoms), atoms


def _has(certificate: Data, found: Data, atoms: Atoms) -> bool:
    table = certificate.get("atoms", [])
    return (
        isinstance(table, list)
        and table[: len(atoms.arguments)] == atoms.arguments
        and all(certificate.get(name) == value for name, value in found.items())
    )


def _readouts(network: Network, specification: WeightedAutomaton | Machine, said: Any) -> Sequence[Readout]:
    """What may be read: of several outputs the one that is specified less any other."""
    if not isinstance(specification, Machine) or not isinstance(specification.output, Choices):
        return [network.linear_readout]
    outputs = network.linear_outputs
    return gaps(outputs, said) if type(said) is int and 0 <= said < len(outputs) else []


# -- decisions ---------------------------------------------------------------------------------------------------------


def decided(network: Network, readout: Readout, spec: Machine, threshold: Term, atoms: Atoms) -> Data:
    """The network, its readout without the constant, the machine, and the threshold less the constant."""
    if not isinstance(spec.output, Acceptance):
        raise NotCovered("machines that say more than yes or no")
    return _reading(network, readout, atoms) | {
        "specification": machine(spec, network.vocabulary),
        "threshold": atoms.constant(threshold - readout.constant),
    }


def _reading(network: Network, readout: Readout, atoms: Atoms) -> Data:
    """The network, and a readout of it without its constant."""
    body = subject(network, Readout(readout.terms, 0), None, atoms)
    body["readout"]["delay"] = readout.delay
    return body


def with_constant(network: Network, readout: Readout, specification: WeightedAutomaton | Machine, atoms: Atoms) -> Data:
    """The network, a readout of it with its constant, and what says what should be read."""
    body = _reading(network, readout, atoms)
    if isinstance(specification, Machine):
        body["specification"] = machine(specification, network.vocabulary)
    else:
        body["specification"] = _specification(specification, [*network.vocabulary])
    return body | {"constant": atoms.constant(readout.constant)}


def chosen(network: Network, specification: WeightedAutomaton | Machine, atoms: Atoms) -> Data:
    """The network, its outputs, and the machine that chooses one."""
    outputs = network.linear_outputs
    body = with_constant(network, Readout((), outputs[0].delay if outputs else 0), specification, atoms)
    return body | {"readouts": [[_terms(network, x, atoms), atoms.constant(x.constant)] for x in outputs]}


def machine(found: Machine, words: Sequence[str]) -> Data:
    """A machine, and what it says."""
    moves = [
        [[[_tests(m.when), m.target, [*map(_form, m.updates)]] for m in moves] for moves in found.moves[word]]
        for word in words
    ]
    return {
        "initial": found.initial,
        "start": [*map(str, found.start)],
        "moves": moves,
        **_output(found.output),
        "domain": None if found.domain is None else machine(found.domain, words),
    }


def _output(found: Acceptance | Values | Choices) -> Data:
    if isinstance(found, Acceptance):
        return {"accept": [[_tests(tests) for tests in some] for some in found.conditions]}
    return {"values": [*map(_form, found.forms)]} if isinstance(found, Values) else {"choices": [*found.numbers]}


def _tests(tests: Any) -> list[Any]:
    return [[test.register, test.relation, str(test.bound)] for test in tests]


def _form(form: Form) -> list[Any]:
    return [str(form.constant), [[j, str(c)] for j, c in form.terms]]


def _listed(tensor: Any) -> Any:
    """Nested tuples as lists, as they are read back."""
    return [*map(_listed, tensor)] if isinstance(tensor, tuple) else tensor
