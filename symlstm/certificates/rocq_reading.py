"""What a Rocq file says, read back by a strict grammar, and compared with a certificate.

Only the definitions, the theorem and the proof that `rocq.text_of` writes can stand in such a file, in that
order: no other command, no notation, no comment. So the names in the statement mean what the library says.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from symlstm.certificates.rocq import PROVED_BY, opening, theorem_of
from symlstm.certificates.rocq_boxes import KINDS
from symlstm.certificates.rocq_machines import RELATIONS
from symlstm.certificates.rocq_stated import (
    ANSWERS,
    MATRICES,
    PARTS,
    ROCQ_CELLS,
    SIGNALS,
    STARTS,
    STATED,
    VECTORS,
    Data,
    kind_of,
    specification,
)

TOKEN = re.compile(
    r'\s+|"(?P<text>(?:[^"]|"")*)"%?|(?P<number>-?[0-9]+)|(?P<name>[A-Za-z_][A-Za-z0-9_]*)|(?P<mark>:=|\{\||\|\}|[][();,#%:.*])'
)
SCOPES = ("nat", "N", "Z", "string", "positive")
TREES = {"Leaf": 1, "Cut": 4}  # constructors and how many values they take
TYPES = {
    "invariant": "families_proof",
    "net": "network",
    "terms": "list ( nat * constant )",
    "delay": "nat",
    "wa": "automaton",
    "words": "list nat",
    "limit": "constant",
    "other": "constant",
    "limits": "list constant",
    "k0": "Q",
    "quadratic": "error",
    "linear": "error",
    "rest": "error",
    "evidence": "proof",
    "bounds": "rates",
    "spec": "machine",
    "accepting": "acceptance",
    "domain": "promise",
    "threshold": "constant",
    "margin": "Q",
    "at_k": "Q",
    "out": "list ( nat * constant ) * constant",
    "outs": "list ( list ( nat * constant ) * constant )",
    "numbers": "list form",
    "choices": "list nat",
    "bound": "Q",
    "up_to": "option Z",
    "lengths": "list positive",
    "classes": "list class",
    "precision": "positive",
    "added": "constant",
    "phrases": "list ( list nat * N )",
    "lower": "Q",
    "upper": "Q",
    "said": "answer",
    "shortest": "N",
    "longest": "N",
    "contexts": "list node",
    "arguments": "list ( Q * Q )",
    "leads": "list ( list nat )",
    "rows": "list ( nat * nat * signal * weight * error )",
    "table": "list constant",
    "forms": "list affine_form",
    "at_point": "list constant",
    "values": "list constant",
    "sizes": "list ( nat * constant )",
    "best": "constant",
    "duals": "multipliers",
}


class Unreadable(ValueError):
    """A Rocq file that is not of the form written here; the message says where."""


@dataclass
class _Tokens:
    items: list[tuple[str, str]]
    position: int = 0

    @classmethod
    def of(cls, text: str) -> _Tokens:
        items, end = [], 0
        while end < len(text):
            match = TOKEN.match(text, end)
            if match is None:
                raise Unreadable(f"{text[end : end + 20]!r} is no token")
            end = match.end()
            if match.lastgroup is not None:
                items.append((match.lastgroup, match[match.lastgroup]))
        return cls(items)

    def peek(self) -> str:
        """The next token, if it is no text: a word of a vocabulary may look like anything."""
        kind, value = self.items[self.position] if self.position < len(self.items) else ("end", "the end")
        return "a text" if kind == "text" else value

    def take(self, wanted: str | None = None, kind: str | None = None) -> str:
        found, value = self.items[self.position] if self.position < len(self.items) else ("end", "the end")
        if (wanted is not None and (value != wanted or found == "text")) or (kind is not None and found != kind):
            raise Unreadable(f"{value!r} where {wanted or f'a {kind}'!r} is needed")
        self.position += 1
        return value


def _value(tokens: _Tokens) -> Any:
    """A list, tuple, record, number or text; a scope after it says nothing more."""
    value = _bare(tokens)
    if tokens.peek() == "%":
        tokens.take("%")
        if tokens.take(kind="name") not in SCOPES:
            raise Unreadable("another scope")
    return value


def _bare(tokens: _Tokens) -> Any:
    kind, text = tokens.items[tokens.position] if tokens.position < len(tokens.items) else ("end", "the end")
    if kind == "text":
        tokens.take()
        return text.replace('""', '"')
    if kind == "number":
        return _number(tokens)
    if kind == "name":
        return _constructor(tokens)
    if text == "{|":
        return _record(tokens)
    if text == "[":
        return [*_items(tokens, "[", ";", "]")]
    inside = (*_items(tokens, "(", ",", ")"),)
    if len(inside) == 1 and tokens.peek() == "#":
        return _quotient(tokens, inside[0])
    return inside[0] if len(inside) == 1 else inside


def _items(tokens: _Tokens, opening: str, separator: str, closing: str) -> Iterator[Any]:
    tokens.take(opening)
    while tokens.peek() != closing:
        yield _value(tokens)
        if tokens.peek() != closing:
            tokens.take(separator)
    tokens.take(closing)


def _number(tokens: _Tokens) -> Fraction:
    value = Fraction(int(tokens.take(kind="number")))
    return _quotient(tokens, value) if tokens.peek() == "#" else value


def _quotient(tokens: _Tokens, numerator: Fraction) -> Fraction:
    tokens.take("#")
    denominator = int(tokens.take(kind="number"))
    if denominator <= 0 or not isinstance(numerator, Fraction):
        raise Unreadable("a quotient of something else")
    return numerator / denominator


def _constructor(tokens: _Tokens) -> Any:
    name = tokens.take(kind="name")
    if name in (*ROCQ_CELLS.values(), *RELATIONS.values()):
        return name
    if name in ("true", "false"):
        return name == "true"
    if name in ANSWERS.values():
        return (name, _value(tokens), _value(tokens))
    if name in ("Some", "None"):
        return (name, _value(tokens)) if name == "Some" else (name,)
    if name in TREES:
        return (name, *(_value(tokens) for _ in range(TREES[name])))
    if name not in ("One", "Reg", "Lag", *SIGNALS.values()):
        raise Unreadable(f"the name {name}")
    return (name, *(tokens.take(kind="number") for _ in range(2 if name in ("Reg", "Lag") else 1)))


def _record(tokens: _Tokens) -> dict[str, Any]:
    fields: dict[str, Any] = {}
    tokens.take("{|")
    while True:
        name = tokens.take(kind="name")
        tokens.take(":=")
        if name in fields:
            raise Unreadable(f"the field {name} twice")
        fields[name] = _value(tokens)
        if tokens.peek() == "|}":
            tokens.take()
            return fields
        tokens.take(";")


def _definition(tokens: _Tokens, name: str) -> Any:
    for wanted in ("Definition", name, ":", *TYPES[name].split(), ":="):
        tokens.take(wanted)
    value = _value(tokens)
    tokens.take(".")
    return value


def statement_in(text: str) -> tuple[str, dict[str, Any]]:
    """The kind of theorem and the values of the names in it. Raises Unreadable for any other file."""
    kind = next((kind for kind in STATED if text.endswith(theorem_of(kind))), None)
    if kind is None or not text.startswith(opening(kind)):
        raise Unreadable("no theorem of a known form at the end, or another beginning")
    tokens = _Tokens.of(text[len(opening(kind)) : -len(theorem_of(kind))])
    about, said = STATED[kind]
    values = {name: _definition(tokens, name) for name in (*about, *said)}
    for table in PROVED_BY[kind][2]:
        _definition(tokens, table)
    if tokens.peek() != "the end":
        raise Unreadable(f"{tokens.peek()!r} after the tables")
    return kind, values


# -- the same from a certificate ---------------------------------------------------------------------------------------


def differences(text: str, certificate: Data) -> list[str]:
    """The names whose values in a Rocq file are not those of the certificate."""
    kind, values = statement_in(text)
    if kind != kind_of(certificate):
        return [f"the theorem is a {kind}"]
    wanted = _stated(certificate)
    return [name for name in values if not _same(values[name], wanted[name])]


def _same(found: Any, wanted: Any) -> bool:
    """Equality of the same kinds of values: lists are not tuples, and texts no numbers."""
    if isinstance(wanted, dict):
        return (
            isinstance(found, dict)
            and found.keys() == wanted.keys()
            and all(_same(found[n], wanted[n]) for n in wanted)
        )
    if isinstance(wanted, list | tuple):
        return type(found) is type(wanted) and len(found) == len(wanted) and all(map(_same, found, wanted))
    return type(found) is type(wanted) and bool(found == wanted)


def _stated(certificate: Data) -> dict[str, Any]:
    if certificate["theorem"] in ("MarginsAt", "LargestMargin"):
        return _margins(certificate)
    network = certificate["network"]
    if certificate["theorem"] == "StepTable":
        return _step_table(certificate)
    if certificate["theorem"] in KINDS:
        return _at_scale(certificate)
    if certificate["theorem"] == "RunAt":
        return _run(certificate)
    words = [Fraction(network["vocabulary"].index(word)) for word in certificate.get("words", [])]
    specified = _weighted_automaton if "matrices" in certificate["specification"] else _decider
    return {
        "net": _with_own_atoms(network, certificate),
        "terms": _terms(certificate["readout"]["terms"]),
        "delay": Fraction(certificate["readout"]["delay"]),
        **specified(certificate["specification"]),
        "words": words,
        "limit": _constant(certificate.get("limit", "0")),
        "other": _constant(other) if isinstance(other := certificate.get("specified", "0"), str | list) else [],
        "limits": [*map(_constant, certificate.get("limits", []))],
        "k0": Fraction(certificate.get("k0", "0")),
        **{name: _error(certificate.get("bound", {}).get(part, [])) for name, part in PARTS.items()},
        "threshold": _constant(certificate.get("threshold", "0")),
        **_worst(certificate.get("worst", {})),
        "margin": Fraction(certificate.get("margin", "0")),
        "out": _output([certificate["readout"]["terms"], certificate.get("constant", "0")]),
        "outs": [*map(_output, certificate.get("readouts", []))],
    }


def _worst(said: Data) -> dict[str, Any]:
    if not said:
        return {}
    lengths = {"shortest": Fraction(said["first"]), "longest": Fraction(said["last"])}
    return {"at_k": Fraction(said["scale"]), **lengths, **{name: Fraction(said[name]) for name in ("lower", "upper")}}


def _at_scale(certificate: Data) -> dict[str, Any]:
    readout, last, spec = certificate["readout"], certificate["last"], specification(certificate)
    level: dict[str, Any] = {}
    if certificate["theorem"] == "DecidesAt":
        level = {"terms": _terms(readout["terms"]), "threshold": _constant(certificate["threshold"])}
    elif certificate["theorem"] == "WithinAt":
        level = {"out": _output([readout["terms"], certificate["constant"]]), "bound": Fraction(certificate["bound"])}
    else:
        level = {"outs": [*map(_output, certificate["readouts"])]}
    return {
        "net": _network(certificate["network"], certificate["atoms"]),
        "delay": Fraction(readout["delay"]),
        **_decider(spec),
        "at_k": Fraction(certificate["scale"]),
        "up_to": ("None",) if last is None else ("Some", Fraction(last)),
        **level,
    }


def _terms(data: Any) -> list[Any]:
    return [(Fraction(n), _constant(c)) for n, c in data]


def _output(data: Any) -> Any:
    return _terms(data[0]), _constant(data[1])


def _with_own_atoms(network: Data, certificate: Data) -> dict[str, Any]:
    """The network, with the atoms before the first that has a ghost: what it says, and the readout, is in these."""
    found = _network(network, certificate["atoms"])
    atoms = found["atoms"]
    moves = (n for n, constant in enumerate(atoms) if any(atom < 0 for _, powers in constant for atom, _ in powers))
    own = found | {"atoms": atoms[: next(moves, len(atoms))]}
    said = (
        own,
        [_constant(c) for _, c in certificate["readout"]["terms"]],
        _constant(certificate.get("threshold", "0")),
    )
    if any(not 0 <= atom < len(own["atoms"]) for atom in _atoms(said)):
        raise Unreadable("a network with atoms that have ghosts")
    return own


def _atoms(value: Any) -> Iterator[Fraction]:
    """The numbers of the atoms in constants, wherever they stand: a power is a pair of numbers."""
    if isinstance(value, tuple) and len(value) == 2 and all(isinstance(x, Fraction) for x in value):
        yield value[0]
    elif isinstance(value, dict | list | tuple):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _atoms(part)


def _step_table(certificate: Data) -> dict[str, Any]:
    rows = [
        (Fraction(q), Fraction(word), (SIGNALS[kind], str(n)), (_constant(a), _constant(b)), _error(error))
        for q, word, (kind, n), (a, b), error in certificate["rows"]
    ]
    leads = [[*map(Fraction, row)] for row in certificate["proof"]["step"]]
    net = _network(certificate["network"], certificate["atoms"])
    return {"net": net, "leads": leads, "k0": Fraction(certificate["k0"]), "rows": rows}


def _run(certificate: Data) -> dict[str, Any]:
    data, number = specification(certificate), certificate["network"]["vocabulary"].index
    kind, said = next(name for name in ANSWERS if name in data), certificate["specified"]
    write = {"accept": _some, "values": _form, "choices": Fraction}[kind]
    outputs = [write(each) for each in data[kind]]
    return {
        "net": _network(certificate["network"], certificate["atoms"]),
        "terms": [(Fraction(n), _constant(c)) for n, c in certificate["readout"]["terms"]],
        "added": _constant(certificate["constant"]),
        "delay": Fraction(certificate["readout"]["delay"]),
        "spec": _machine(data),
        "domain": _promise(data),
        "at_k": Fraction(certificate["scale"]),
        "phrases": [([Fraction(number(word)) for word in words], Fraction(n)) for words, n in certificate["runs"]],
        **{name: Fraction(certificate[name]) for name in ("lower", "upper")},
        "said": (ANSWERS[kind], outputs, said if kind == "accept" else Fraction(said)),
    }


def _margins(certificate: Data) -> dict[str, Any]:
    forms = [(_constant(rest), [(Fraction(n), _constant(c)) for n, c in terms]) for rest, terms in certificate["forms"]]
    return {
        "table": [*map(_constant, certificate["atoms"])],
        "forms": forms,
        "at_point": [*map(_constant, certificate["point"])],
        "values": [*map(_constant, certificate.get("values", []))],
        "sizes": [(Fraction(n), _constant(bound)) for n, bound in certificate.get("bounds", [])],
        "best": _constant(certificate.get("best", "0")),
    }


def _weighted_automaton(specification: Data) -> dict[str, Any]:
    ends = {"first": [*map(Fraction, specification["initial"])], "final": [*map(Fraction, specification["final"])]}
    return {"wa": {"matrices": [[[*map(Fraction, row)] for row in m] for m in specification["matrices"]], **ends}}


def _decider(machine: Data) -> dict[str, Any]:
    """A machine, what it says, and its domain."""
    output: dict[str, Any] = {}
    if "accept" in machine:
        output = {"accepting": _acceptance(machine)}
    elif "values" in machine:
        output = {"numbers": [*map(_form, machine["values"])]}
    else:
        output = {"choices": [*map(Fraction, machine["choices"])]}
    return {"spec": _machine(machine), "domain": _promise(machine)} | output


def _promise(machine: Data) -> Any:
    """The domain, which has none of its own."""
    own = machine["domain"]
    if own is not None and own["domain"] is not None:
        raise Unreadable("a domain of a domain")
    return ("None",) if own is None else ("Some", (_machine(own), _acceptance(own)))


def _machine(machine: Data) -> dict[str, Any]:
    return {
        "initial_state": Fraction(machine["initial"]),
        "initial_registers": [*map(Fraction, machine["start"])],
        "moves_on": [[[*map(_move, moves)] for moves in row] for row in machine["moves"]],
    }


def _move(move: Any) -> dict[str, Any]:
    tests, target, updates = move
    return {"tests": _tests(tests), "target": Fraction(target), "updates": [*map(_form, updates)]}


def _form(form: Any) -> Any:
    return Fraction(form[0]), [(Fraction(j), Fraction(c)) for j, c in form[1]]


def _tests(tests: Any) -> list[Any]:
    return [(Fraction(j), (RELATIONS[relation], Fraction(bound))) for j, relation, bound in tests]


def _acceptance(machine: Data) -> list[Any]:
    return [*map(_some, machine["accept"])]


def _some(conjunctions: Any) -> list[Any]:
    return [*map(_tests, conjunctions)]


def _error(data: Any) -> list[Any]:
    return [(Fraction(p), (Fraction(rate), Fraction(amplitude))) for p, rate, amplitude in data]


def _network(network: Data, atoms: Any) -> dict[str, Any]:
    layers = [*map(_layer, network["layers"])]
    return {"vocabulary": [*network["vocabulary"]], "atoms": [*map(_constant, atoms)], "layers": layers}


def _layer(layer: Data) -> dict[str, Any]:
    def weights(pairs: Any) -> list[Any]:
        return [(_constant(a), _constant(b)) for a, b in pairs]

    matrices = {name: [*map(weights, layer.get(name, []))] for name in MATRICES}
    vectors = {name: weights(layer.get(name, [])) for name in VECTORS}
    starts = {name: [*map(_constant, layer.get(name, []))] for name in STARTS}
    return {"cell": ROCQ_CELLS[layer["cell"]], **matrices, **vectors, **starts}


def _constant(data: Any) -> list[Any]:
    if isinstance(data, str):
        return [(Fraction(data), [])] if Fraction(data) else []
    return [(Fraction(c), [(Fraction(atom), Fraction(n)) for atom, n in powers]) for c, powers in data]
