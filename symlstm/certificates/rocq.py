"""Certificates as Rocq files: of derivations by `rocq_steps`, of theorems about networks here.

A file of a network has its tables as definitions, one theorem, and one computation as its proof. `rocq_reading` reads it
back by a grammar of its own: what is compared with the network is what Rocq has read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from symlstm.certificates.rocq_steps import text_of_steps
from symlstm.certificates.steps import KIND, derivation

Data = dict[str, Any]

LIBRARY = (
    "Definitions",
    "Constants",
    "Limits",
    "Networks",
    "Soundness",
    "Rates",
    "RatedNetworks",
    "Errors",
    "SmallSteps",
)  # in the order of compilation
ROCQ_CELLS = {"lstm": "LSTM", "rnn_sigmoid": "RNN_sigmoid", "rnn_tanh": "RNN_tanh"}
PARTS = {
    "quadratic": "quadratic",
    "linear": "linear",
    "rest": "constant",
}  # of an error: name here, and in the certificate
TENSORS = ("weight_ih", "weight_hh", "bias_ih", "bias_hh")
HEADER = """From Coq Require Import String QArith ZArith List.
From Symlstm Require Import Definitions Constants Networks Soundness RatedNetworks Errors.
Import ListNotations.
"""
STATED = {  # what each kind of theorem is about, and after it what it says of that
    "Computes": (("net", "terms", "delay", "wa"), ()),
    "Counterexample": (("net", "terms", "delay", "wa"), ("words", "limit", "other")),
    "Trace": (("net", "terms"), ("words", "limits")),
    "ErrorBound": (("net", "terms", "delay", "wa"), ("k0", "quadratic", "linear", "rest")),
}
PROVED_BY = {  # the predicate, the lemma, and the tables that it needs
    "Computes": ("computes", "check_computes", ("evidence",)),
    "Counterexample": ("counterexample", "check_counterexample", ("evidence",)),
    "Trace": ("trace", "check_trace", ("evidence",)),
    "ErrorBound": ("error_bounded", "check_error_bounded", ("evidence", "bounds")),
}


def covers(certificate: Data) -> bool:
    """Whether there is a Rocq file of a certificate of this kind."""
    return certificate["theorem"] in (*STATED, KIND)


# -- writing -----------------------------------------------------------------------------------------------------------


def _listed(items: Any, write: Callable[[Any], str]) -> str:
    return "[" + "; ".join(map(write, items)) + "]"


def _rational(text: str) -> str:
    numerator, _, denominator = text.partition("/")
    numerator = f"({numerator})" if numerator.startswith("-") else numerator
    return f"{numerator}#{denominator}" if denominator else numerator


def _whole(n: int) -> str:
    return f"{n}%nat"


def _power(pair: list[int]) -> str:
    return f"({pair[0]}%nat, {pair[1]}%Z)" if pair[1] >= 0 else f"({pair[0]}%nat, ({pair[1]})%Z)"


def _constant(data: Any) -> str:
    if isinstance(data, str):
        return "[]" if data == "0" else f"[({_rational(data)}, [])]"
    return _listed(data, lambda part: f"({_rational(part[0])}, {_listed(part[1], _power)})")


def _pair(data: Any) -> str:
    return f"({_constant(data[0])}, {_constant(data[1])})"


def _row(row: Any) -> str:
    return _listed(row, _pair)


def _term(data: Any) -> str:
    return f"({_whole(data[0])}, {_constant(data[1])})"


def _string(text: str) -> str:
    return '"' + text.replace('"', '""') + '"'


def _record(fields: dict[str, str]) -> str:
    return "{|\n" + ";\n".join(f"  {name} := {value}" for name, value in fields.items()) + " |}"


def _matrix(rows: Any) -> str:
    return _listed(rows, lambda row: _listed(row, _rational))


def _network(data: Data, atoms: Any) -> str:
    matrices = {name: _listed(data[name], _row) for name in TENSORS[:2]} | {
        name: _row(data[name]) for name in TENSORS[2:]
    }
    fields = {"cell": ROCQ_CELLS[data["cell"]], "vocabulary": f"{_listed(data['vocabulary'], _string)}%string"}
    starts = {name: _listed(data.get(name, []), _constant) for name in ("h0", "c0")}
    return _record({**fields, "atoms": _listed(atoms, _constant), **matrices, **starts})


def _key(entry: int, certificate: Data) -> str:
    """An entry of a vector by its kind: see `recheck.Comparison`."""
    width, size = 1 + len(certificate["proof"]["registers"]), len(certificate["specification"]["initial"])
    situations = len(certificate["proof"]["situations"]) * width
    if entry >= situations:
        return f"Lag {(entry - situations) // size} {(entry - situations) % size}"
    q, n = divmod(entry, width)
    return f"Reg {q} {n - 1}" if n else f"One {q}"


def _evidence(certificate: Data) -> str:
    proof = certificate["proof"]

    def vector(data: Any) -> str:
        return _listed(data, lambda part: f"({_key(part[0], certificate)}, {_constant(part[1])})")

    def situation(box: Any) -> str:
        return _listed(box, lambda bound: f"({_whole(bound[0])}, ({_constant(bound[1])}, {_constant(bound[2])}))")

    def image(data: Any) -> str:
        return f"({_constant(data[0])}, {_listed(data[1], _term)})"

    def rows(level: Any) -> str:
        return _listed(level, lambda row: _listed(row, image))

    return _record(
        {
            "registers": _listed(proof["registers"], _whole),
            "situations": _listed(proof["situations"], situation),
            "steps": _listed(proof["step"], lambda row: _listed(row, _whole)),
            "moves": _listed(proof["moves"], lambda row: _listed(row, _row)),
            "levels": _listed(proof.get("levels", []), lambda level: _listed(level, vector)),
            "images": _listed(proof.get("images", []), rows),
        }
    )


def _definitions(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what the statement is about."""
    kind, readout, specification = certificate["theorem"], certificate["readout"], certificate["specification"]
    yield "net", "network", _network(certificate["network"], certificate["atoms"])
    yield "terms", "list (nat * constant)", _listed(readout["terms"], _term)
    if kind != "Trace":
        first, final = (_listed(specification[name], _rational) for name in ("initial", "final"))
        matrices = _listed(specification["matrices"], _matrix)
        yield "delay", "nat", _whole(readout["delay"])
        yield "wa", "automaton", _record({"first": first, "matrices": matrices, "final": final})
    if kind in ("Counterexample", "Trace"):
        words = [certificate["network"]["vocabulary"].index(word) for word in certificate["words"]]
        yield "words", "list nat", _listed(words, _whole)
    if kind == "Counterexample":
        yield "limit", "constant", _constant(certificate["limit"])
        yield "other", "constant", _constant(certificate["specified"])
    if kind == "Trace":
        yield "limits", "list constant", _listed(certificate["limits"], _constant)
    if kind == "ErrorBound":
        yield "k0", "Q", _rational(certificate["k0"])
        for name, part in PARTS.items():
            yield name, "error", _error(certificate["bound"][part])


def _error(data: Any) -> str:
    return _listed(data, lambda term: f"({_whole(term[0])}, ({_rational(term[1])}, {_rational(term[2])}))")


def _bounds(certificate: Data) -> str:
    given = certificate["proof"]["rates"]

    def situation(box: Any) -> str:
        return _listed(box, lambda bound: f"({_whole(bound[0])}, ({_constant(bound[1])}, {_error(bound[2])}))")

    return _record(
        {
            "r_situations": _listed(given["situations"], situation),
            "r_equal": _listed(given["equal"], lambda row: _listed(row, _whole)),
            "growths": _listed(certificate["proof"]["growth"], _growth),
        }
    )


def _growth(pair: Any) -> str:
    size, growth = pair
    if growth is None:
        return f"({_rational(size)}, None)"
    fields = {
        "g_slope": _rational(growth["slope"]),
        "g_offset": _listed(growth["offset"], _rational),
        "g_quadratic": _error(growth["quadratic"]),
        "g_linear": _error(growth["linear"]),
        "g_constant": _listed(growth["constant"], _error),
    }
    return f"({_rational(size)}, Some {_record(fields)})"


def text_of(certificate: Data) -> str:
    """The Rocq file of a certificate; of a network tables, the theorem, and its proof by computation.

    Raises NotCovered for a derivation with a rule or a function that has no lemma.
    """
    kind = certificate["theorem"]
    if kind == KIND:
        return text_of_steps(derivation(certificate))
    tables = [*_definitions(certificate), ("evidence", "proof", _evidence(certificate))]
    if kind == "ErrorBound":
        tables.append(("bounds", "rates", _bounds(certificate)))
    defined = "".join(f"Definition {name} : {type_} := {value}.\n" for name, type_, value in tables)
    return f"{HEADER}Open Scope Q_scope.\n\n{defined}{theorem_of(kind)}"


def statement_of(certificate: Data) -> str:
    """What a reader of Rocq has to read beside the definitions: the tables or sequences, and the theorem."""
    text = text_of(certificate)
    _, _, theorem = text.partition("\nTheorem statement")
    said = f"Theorem statement{theorem.partition(f'{chr(10)}Proof.')[0]}"
    if certificate["theorem"] == KIND:
        return "".join(line for line in text.splitlines(keepends=True) if line.startswith("Variable ")) + said
    tables = (f"Definition {name} : {kind} := {value}.\n" for name, kind, value in _definitions(certificate))
    return "".join(tables) + said


def theorem_of(kind: str) -> str:
    """The theorem, its proof, and what it rests on."""
    (about, said), (predicate, lemma, tables) = STATED[kind], PROVED_BY[kind]
    claim = " ".join((predicate, *about, *said))
    proof = " ".join((lemma, *about, *tables, *said))
    return (
        f"\nTheorem statement : {claim}.\n"
        f"Proof. exact ({proof} ltac:(vm_cast_no_check (eq_refl true))). Qed.\n"
        "Print Assumptions statement.\n"
    )
