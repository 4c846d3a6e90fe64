"""Certificates as Rocq files: of derivations by `rocq_steps`, of theorems about networks here.

A file of a network has its tables as definitions, one theorem, and one computation as its proof. `rocq_reading` reads it
back by a grammar of its own: what is compared with the network is what Rocq has read.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from symlstm.certificates import rocq_boxes, rocq_families, rocq_margins, rocq_runs, rocq_said, rocq_worst
from symlstm.certificates.recheck import CELLS
from symlstm.certificates.rocq_steps import text_of_steps
from symlstm.certificates.rocq_values import constant, listed, rational, record, string, term, whole
from symlstm.certificates.steps import KIND, derivation

Data = dict[str, Any]

LIBRARY = (
    "Definitions",
    "Constants",
    "Limits",
    "Piecewise",
    "Steps",
    "Expressions",
    "Known",
    "Networks",
    "Soundness",
    "Rates",
    "RatedNetworks",
    "Errors",
    "SmallSteps",
    "Machines",
    "Families",
    "Words",
    "Boxes",
    "Lines",
    "Runs",
    "WorstCases",
    "Tables",
    "Margins",
)  # in the order of compilation
ROCQ_CELLS = {name: name.replace("lstm", "LSTM").replace("gru", "GRU").replace("rnn", "RNN") for name in CELLS}
PARTS = {
    "quadratic": "quadratic",
    "linear": "linear",
    "rest": "constant",
}  # of an error: name here, and in the certificate
SIGNALS = {"preactivation": "Preactivation", "sigmoid": "Sigmoid", "tanh": "Tanh", "next": "Next"}
MATRICES, VECTORS, STARTS = ("weight_ih", "weight_hh", "weight_hr"), ("bias_ih", "bias_hh", "peephole"), ("h0", "c0")
LOADED = "Definitions Constants Networks Soundness RatedNetworks Errors"
LOADED_FOR = {
    **dict.fromkeys(rocq_boxes.KINDS, "Definitions Constants Machines Boxes Lines"),
    **{kind: rocq_said.loaded(kind) for kind in rocq_said.STATED},
    "RunAt": "Definitions Constants Machines Boxes Runs",
    "FiniteError": "Definitions Constants Networks Soundness Machines Boxes Runs WorstCases",
    "StepTable": "Definitions Constants Networks RatedNetworks Tables",
    **dict.fromkeys(("MarginsAt", "LargestMargin"), "Definitions Constants Margins"),
}  # of the library, where it is not LOADED
STATED = {  # what each kind of theorem is about, and after it what it says of that
    "Computes": (("net", "terms", "delay", "wa"), ()),
    "Counterexample": (("net", "terms", "delay", "wa"), ("words", "limit", "other")),
    "Trace": (("net", "terms"), ("words", "limits")),
    "ErrorBound": (("net", "terms", "delay", "wa"), ("k0", "quadratic", "linear", "rest")),
    "DecidesAt": (("net", "terms", "delay", "spec", "accepting", "domain", "threshold", "at_k", "up_to"), ()),
    "WithinAt": (("net", "out", "delay", "spec", "numbers", "domain", "bound", "at_k", "up_to"), ()),
    "ChoosesAt": (("net", "outs", "delay", "spec", "choices", "domain", "at_k", "up_to"), ()),
    **rocq_said.STATED,
    "FiniteError": (("net", "terms", "delay", "wa", "at_k"), ("shortest", "longest", "lower", "upper")),
    "RunAt": (
        ("net", "terms", "added", "delay", "spec", "domain", "at_k"),
        ("phrases", "lower", "upper", "said"),
    ),
    "StepTable": (("net", "leads"), ("k0", "rows")),
    "MarginsAt": (("table", "forms", "at_point"), ("values",)),
    "LargestMargin": (("table", "forms", "sizes", "at_point"), ("best",)),
}
PROVED_BY = {  # the predicate, the lemma, and the tables that it needs
    "Computes": ("computes", "check_computes", ("evidence",)),
    "Counterexample": ("counterexample", "check_counterexample", ("evidence",)),
    "Trace": ("trace", "check_trace", ("evidence",)),
    "ErrorBound": ("error_bounded", "check_error_bounded", ("evidence", "bounds")),
    "DecidesAt": ("decides_at", "check_decides_at", ("lengths", "classes", "precision")),
    "WithinAt": ("within_at", "check_within_at", ("lengths", "classes", "precision")),
    "ChoosesAt": ("chooses_at", "check_chooses_at", ("lengths", "classes", "precision")),
    **rocq_said.PROVED_BY,
    "FiniteError": (
        "largest_error",
        "check_largest_error",
        ("evidence", "contexts", "arguments", "precision"),
    ),
    "RunAt": ("run_at", "check_run_at", ("precision",)),
    "StepTable": ("step_table", "check_step_table", ("bounds",)),
    "MarginsAt": ("margins_at", "check_margins_at", ()),
    "LargestMargin": ("largest_margin", "check_largest_margin", ("duals",)),
}


def covers(certificate: Data) -> bool:
    """Whether there is a Rocq file of such a certificate."""
    if certificate["theorem"] in rocq_boxes.KINDS:
        return rocq_boxes.covers(certificate)
    if certificate["theorem"] != KIND and rocq_said.kind_of(certificate) in rocq_said.STATED:
        return rocq_said.covers(certificate)
    if certificate["theorem"] == "RunAt":
        return rocq_runs.is_short(certificate)
    if certificate["theorem"] == "FiniteError":
        return rocq_worst.is_quick(certificate)
    return certificate["theorem"] in (*STATED, KIND)


def opening(kind: str) -> str:
    """The first lines of a file: what it loads."""
    return (
        "From Coq Require Import String QArith ZArith List.\n"
        f"From Symlstm Require Import {LOADED_FOR.get(kind, LOADED)}.\n"
        "Import ListNotations.\nOpen Scope Q_scope.\n\n"
    )


# -- writing -----------------------------------------------------------------------------------------------------------


def _pair(data: Any) -> str:
    return f"({constant(data[0])}, {constant(data[1])})"


def _row(row: Any) -> str:
    return listed(row, _pair)


def _matrix(rows: Any) -> str:
    return listed(rows, lambda row: listed(row, rational))


def _network(data: Data, atoms: Any) -> str:
    return record(
        {
            "vocabulary": f"{listed(data['vocabulary'], string)}%string",
            "atoms": listed(atoms, constant),
            "layers": listed(data["layers"], _layer),
        }
    )


def _layer(data: Data) -> str:
    matrices = {name: listed(data.get(name, []), _row) for name in MATRICES}
    vectors = {name: _row(data.get(name, [])) for name in VECTORS}
    starts = {name: listed(data.get(name, []), constant) for name in STARTS}
    return record({"cell": ROCQ_CELLS[data["cell"]], **matrices, **vectors, **starts})


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
        return listed(data, lambda part: f"({_key(part[0], certificate)}, {constant(part[1])})")

    def situation(box: Any) -> str:
        return listed(box, lambda bound: f"({whole(bound[0])}, ({constant(bound[1])}, {error(bound[2])}))")

    def error(data: Any) -> str:
        return "None" if data is None else f"Some {constant(data)}"

    def image(data: Any) -> str:
        return f"({constant(data[0])}, {listed(data[1], term)})"

    def rows(level: Any) -> str:
        return listed(level, lambda row: listed(row, image))

    return record(
        {
            "registers": listed(proof["registers"], whole),
            "situations": listed(proof["situations"], situation),
            "steps": listed(proof["step"], lambda row: listed(row, whole)),
            "moves": listed(proof["moves"], lambda row: listed(row, _row)),
            "levels": listed(proof.get("levels", []), lambda level: listed(level, vector)),
            "images": listed(proof.get("images", []), rows),
        }
    )


def _definitions(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what the statement is about."""
    if certificate["theorem"] in ("MarginsAt", "LargestMargin"):
        yield from rocq_margins.definitions(certificate)
        return
    kind, readout, specification = certificate["theorem"], certificate["readout"], certificate["specification"]
    atoms = rocq_families.network_atoms(certificate["atoms"])
    yield "net", "network", _network(certificate["network"], atoms)
    if kind == "StepTable":
        yield "leads", "list (list nat)", listed(certificate["proof"]["step"], lambda row: listed(row, whole))
        yield "k0", "Q", rational(certificate["k0"])
        yield "rows", "list (nat * nat * signal * weight * error)", listed(certificate["rows"], _table_row)
        return
    if kind in rocq_boxes.KINDS:
        yield from rocq_boxes.said(certificate)
        return
    if rocq_said.kind_of(certificate) in rocq_said.STATED:
        yield from rocq_said.definitions(certificate)
        return
    yield "terms", "list (nat * constant)", listed(readout["terms"], term)
    if kind == "RunAt":
        yield from rocq_runs.definitions(certificate)
    elif kind != "Trace":
        first, final = (listed(specification[name], rational) for name in ("initial", "final"))
        matrices = listed(specification["matrices"], _matrix)
        yield "delay", "nat", whole(readout["delay"])
        yield "wa", "automaton", record({"first": first, "matrices": matrices, "final": final})
    if kind == "FiniteError":
        yield from rocq_worst.definitions(certificate)
    if kind in ("Counterexample", "Trace"):
        words = [certificate["network"]["vocabulary"].index(word) for word in certificate["words"]]
        yield "words", "list nat", listed(words, whole)
    if kind == "Counterexample":
        yield "limit", "constant", constant(certificate["limit"])
        yield "other", "constant", constant(certificate["specified"])
    if kind == "Trace":
        yield "limits", "list constant", listed(certificate["limits"], constant)
    if kind == "ErrorBound":
        yield "k0", "Q", rational(certificate["k0"])
        for name, part in PARTS.items():
            yield name, "error", _error(certificate["bound"][part])


def _table_row(row: Any) -> str:
    q, word, (kind, n), main, error = row
    return f"({whole(q)}, {whole(word)}, {SIGNALS[kind]} {n}, {_pair(main)}, {_error(error)})"


def _error(data: Any) -> str:
    return listed(data, lambda term: f"({whole(term[0])}, ({rational(term[1])}, {rational(term[2])}))")


def _bounds(certificate: Data) -> str:
    given = certificate["proof"]["rates"]

    def situation(box: Any) -> str:
        return listed(box, lambda bound: f"({whole(bound[0])}, ({constant(bound[1])}, {_error(bound[2])}))")

    return record(
        {
            "r_situations": listed(given["situations"], situation),
            "r_equal": listed(given["equal"], lambda row: listed(row, whole)),
            "growths": listed(certificate["proof"].get("growth", []), _growth),
        }
    )


def _growth(pair: Any) -> str:
    size, growth = pair
    if growth is None:
        return f"({rational(size)}, None)"
    fields = {
        "g_slope": rational(growth["slope"]),
        "g_offset": listed(growth["offset"], rational),
        "g_quadratic": _error(growth["quadratic"]),
        "g_linear": _error(growth["linear"]),
        "g_constant": listed(growth["constant"], _error),
    }
    return f"({rational(size)}, Some {record(fields)})"


def text_of(certificate: Data) -> str:
    """The Rocq file of a certificate; of a network tables, the theorem, and its proof by computation.

    Raises NotCovered for a derivation with a rule or a function that has no lemma.
    """
    if certificate["theorem"] == KIND:
        return text_of_steps(derivation(certificate))
    kind = rocq_said.kind_of(certificate)
    tables = [*_definitions(certificate)]
    if kind == "RunAt":
        tables.extend(rocq_runs.tables(certificate))
    elif kind in rocq_boxes.KINDS:
        tables.extend(rocq_boxes.tables(certificate))
    elif kind in rocq_said.STATED:
        tables.extend(rocq_said.tables(certificate))
    elif kind == "LargestMargin":
        tables.append(rocq_margins.duals(certificate))
    elif kind not in ("StepTable", "MarginsAt"):
        tables.append(("evidence", "proof", _evidence(certificate)))
    if kind == "FiniteError":
        tables.extend(rocq_worst.tables(certificate))
    if kind in ("ErrorBound", "StepTable"):
        tables.append(("bounds", "rates", _bounds(certificate)))
    defined = "".join(f"Definition {name} : {type_} := {value}.\n" for name, type_, value in tables)
    return f"{opening(kind)}{defined}{theorem_of(kind)}"


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
