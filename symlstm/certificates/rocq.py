"""Certificates as Rocq files: of derivations by `rocq_steps`, of theorems about networks here.

A file of a network has its tables as definitions, one theorem, and one computation as its proof. `rocq_reading` reads it
back by a grammar of its own: what is compared with the network is what Rocq has read.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

from symlstm.certificates import rocq_boxes, rocq_margins, rocq_runs, rocq_said, rocq_worst
from symlstm.certificates.rocq_stated import STATED, definitions, error, kind_of, row
from symlstm.certificates.rocq_steps import text_of_steps
from symlstm.certificates.rocq_values import constant, listed, rational, record, term, whole
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
LOADED = "Definitions Constants Networks Soundness RatedNetworks Errors"
LOADED_FOR = {
    **dict.fromkeys(rocq_boxes.KINDS, "Definitions Constants Machines Boxes Lines"),
    **{kind: rocq_said.loaded(kind) for kind in rocq_said.PROVED_BY},
    "RunAt": "Definitions Constants Machines Boxes Runs",
    "FiniteError": "Definitions Constants Networks Soundness Machines Boxes Runs WorstCases",
    "StepTable": "Definitions Constants Networks RatedNetworks Tables",
    **dict.fromkeys(("MarginsAt", "LargestMargin"), "Definitions Constants Margins"),
}  # of the library, where it is not LOADED
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


COVERED = {  # of some kinds only what can be written, and is checked in half a minute
    **dict.fromkeys(rocq_boxes.KINDS, rocq_boxes.covers),
    **dict.fromkeys(rocq_said.PROVED_BY, rocq_said.covers),
    "RunAt": rocq_runs.is_short,
    "FiniteError": rocq_worst.is_quick,
}


def covers(certificate: Data) -> bool:
    """Whether there is a Rocq file of such a certificate."""
    if certificate["theorem"] == KIND:
        return True
    kind = kind_of(certificate)
    return kind in STATED and COVERED.get(kind, lambda _: True)(certificate)


def opening(kind: str) -> str:
    """The first lines of a file: what it loads."""
    return (
        "From Coq Require Import String QArith ZArith List.\n"
        f"From Symlstm Require Import {LOADED_FOR.get(kind, LOADED)}.\n"
        "Import ListNotations.\nOpen Scope Q_scope.\n\n"
    )


# -- writing -----------------------------------------------------------------------------------------------------------


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
            "moves": listed(proof["moves"], lambda moves: listed(moves, row)),
            "levels": listed(proof.get("levels", []), lambda level: listed(level, vector)),
            "images": listed(proof.get("images", []), rows),
        }
    )


def _bounds(certificate: Data) -> str:
    given = certificate["proof"]["rates"]

    def situation(box: Any) -> str:
        return listed(box, lambda bound: f"({whole(bound[0])}, ({constant(bound[1])}, {error(bound[2])}))")

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
        "g_quadratic": error(growth["quadratic"]),
        "g_linear": error(growth["linear"]),
        "g_constant": listed(growth["constant"], error),
    }
    return f"({rational(size)}, Some {record(fields)})"


def _limits(certificate: Data) -> Iterator[tuple[str, str, str]]:
    """Name, type and value of what proves a statement about limits."""
    yield "evidence", "proof", _evidence(certificate)


def _rates(certificate: Data) -> Iterator[tuple[str, str, str]]:
    yield "bounds", "rates", _bounds(certificate)


TABLES: dict[
    str, Sequence[Callable[[Data], Iterator[tuple[str, str, str]]]]
] = {  # where they are others than `_limits`
    **dict.fromkeys(rocq_boxes.KINDS, (rocq_boxes.tables,)),
    **dict.fromkeys(rocq_said.PROVED_BY, (rocq_said.tables,)),
    "ErrorBound": (_limits, _rates),
    "FiniteError": (_limits, rocq_worst.tables),
    "RunAt": (rocq_runs.tables,),
    "StepTable": (_rates,),
    **dict.fromkeys(("MarginsAt", "LargestMargin"), (rocq_margins.tables,)),
}


def text_of(certificate: Data) -> str:
    """The Rocq file of a certificate; of a network tables, the theorem, and its proof by computation.

    Raises NotCovered for a derivation with a rule or a function that has no lemma.
    """
    if certificate["theorem"] == KIND:
        return text_of_steps(derivation(certificate))
    kind = kind_of(certificate)
    proof = (table for write in TABLES.get(kind, (_limits,)) for table in write(certificate))
    tables = [*definitions(certificate), *proof]
    defined = "".join(f"Definition {name} : {type_} := {value}.\n" for name, type_, value in tables)
    return f"{opening(kind)}{defined}{theorem_of(kind)}"


def statement_of(certificate: Data) -> str:
    """What a reader of Rocq has to read beside the definitions: the tables or sequences, and the theorem."""
    text = text_of(certificate)
    _, _, theorem = text.partition("\nTheorem statement")
    said = f"Theorem statement{theorem.partition(f'{chr(10)}Proof.')[0]}"
    if certificate["theorem"] == KIND:
        return "".join(line for line in text.splitlines(keepends=True) if line.startswith("Variable ")) + said
    tables = (f"Definition {name} : {kind} := {value}.\n" for name, kind, value in definitions(certificate))
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
